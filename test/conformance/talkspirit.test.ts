import { afterAll, describe, it } from "@jest/globals";
import { adapter } from "../../adapters/talkspirit/index.js";
import { sampleOwner } from "../../src/kit/conformance/harness.js";
import { conformance } from "../../src/kit/conformance/suite.js";
import { EmulatedTalkspirit } from "../emulators/talkspirit/server.js";
import { testEnvironment } from "../environment.js";

const TOKEN = "jeton-du-groupe";
const emulated = new EmulatedTalkspirit(TOKEN);
await emulated.start();
afterAll(() => emulated.stop());

conformance({
  title: "talkspirit on the emulator", manifest: adapter.manifest, workload: "channels", secrets: [TOKEN, "wrong-secret"],
  // A token that is nobody's is told by the first post alone (test/integration/talkspirit.test.ts): nothing can be asked before.
  adapter: (variant) => adapter.create(adapter.options.parse({ webhooks: { voirie: { "*": "env:WEBHOOK" } } }), testEnvironment("talkspirit", { "env:WEBHOOK": variant === "good" ? emulated.address(TOKEN) : "wrong-secret" })),
  account: () => ({ owner: sampleOwner("voirie@commune.example"), name: "voirie" }),
  count: (_account, into) => Promise.resolve((emulated.groups.get(TOKEN) ?? []).flatMap((post) => (post.thread?.startsWith(`${into.id}/`) === true ? [post, ...post.comments] : [])).length),
}, { describe, it });
