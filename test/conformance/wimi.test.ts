import { afterAll, describe, it } from "@jest/globals";
import { adapter } from "../../adapters/wimi/index.js";
import { sampleOwner } from "../../src/kit/conformance/harness.js";
import { conformance } from "../../src/kit/conformance/suite.js";
import { EmulatedWimi } from "../emulators/wimi/server.js";
import { openWimi, SERVICE } from "../wimi.js";

const emulated = new EmulatedWimi(SERVICE);
await emulated.start();
afterAll(() => emulated.stop());

conformance({
  title: "wimi on the emulator", manifest: adapter.manifest, workload: "files", secrets: [SERVICE.password, SERVICE.appToken, "wrong-secret"],
  adapter: (variant) => openWimi(emulated, {}, variant === "good" ? SERVICE.password : "wrong-secret"),
  account: () => ({ owner: sampleOwner("bob@mairie.example"), name: "bob@mairie.example" }),
  count: (_account, into) => Promise.resolve(standing(into.id).length),
  tamper: (_account, into, ref) => {
    const file = standing(into.id).find(({ name }) => name === ref.id);
    if (file !== undefined) file.bytes = Buffer.from("autre contenu");
    return Promise.resolve();
  },
}, { describe, it });

const CHAT = 31;

conformance({
  title: "wimi on the emulator, channels", manifest: adapter.manifest, workload: "channels", secrets: [SERVICE.password, SERVICE.appToken, "wrong-secret"],
  adapter: (variant) => openWimi(emulated, { channels: { voirie: { "*": CHAT } } }, variant === "good" ? SERVICE.password : "wrong-secret"),
  // A chat is one line of messages, and each check begins with an empty one.
  account: () => {
    emulated.chats.set(CHAT, []);
    return { owner: sampleOwner("voirie@mairie.example"), name: "voirie" };
  },
  count: () => Promise.resolve(emulated.chats.get(CHAT)?.length ?? 0),
}, { describe, it });

function standing(id: string): ReturnType<typeof emulated.store.filesOf> {
  const [project, , dir = "0"] = id.split("/");
  return emulated.store.filesOf(Number(project), Number(dir));
}
