import { afterAll, describe, it } from "@jest/globals";
import { adapter } from "../../adapters/netframe/index.js";
import { sampleOwner } from "../../src/kit/conformance/harness.js";
import { conformance } from "../../src/kit/conformance/suite.js";
import { EmulatedNetframe } from "../emulators/netframe/server.js";
import { testEnvironment } from "../environment.js";
import { HOUSE, SERVICE } from "../netframe.js";

const emulated = new EmulatedNetframe([SERVICE], { [`${HOUSE.type}/${HOUSE.id}`]: 1 });
await emulated.start();
afterAll(() => emulated.stop());

conformance({
  title: "netframe on the emulator", manifest: adapter.manifest, workload: "channels", secrets: [SERVICE.password, "wrong-secret"],
  adapter: (variant) => adapter.create(
    adapter.options.parse({ url: emulated.url, user: SERVICE.email, password: "env:PASSWORD", brittle: true, profiles: { "*": `${HOUSE.type}/${HOUSE.id}` } }),
    testEnvironment("netframe", { "env:PASSWORD": variant === "good" ? SERVICE.password : "wrong-secret" }),
  ),
  account: () => ({ owner: sampleOwner("eaux@commune.example"), name: "eaux@commune.example" }),
  count: (_account, into) => Promise.resolve(emulated.store.contentsOf(Number(into.id)).length),
  tamper: (_account, _into, { id }) => {
    const post = emulated.store.posts.get(Number(id.split("/")[1]));
    if (post !== undefined) post.content = post.content.replace("Bonjour", "Au revoir");
    return Promise.resolve();
  },
}, { describe, it });

conformance({
  title: "netframe on the emulator", manifest: adapter.manifest, workload: "files", secrets: [SERVICE.password, "wrong-secret"],
  adapter: (variant) => adapter.create(
    adapter.options.parse({ url: emulated.url, user: SERVICE.email, password: "env:PASSWORD", brittle: true, profiles: { "*": `${HOUSE.type}/${HOUSE.id}` } }),
    testEnvironment("netframe", { "env:PASSWORD": variant === "good" ? SERVICE.password : "wrong-secret" }),
  ),
  account: () => ({ owner: sampleOwner("bob@commune.example"), name: "bob@commune.example" }),
  count: (_account, into) => Promise.resolve(emulated.store.mediasIn(`${HOUSE.type}/${HOUSE.id}`, Number(into.id.split("/").at(-1))).length),
  tamper: (_account, _into, { id }) => {
    Object.assign(emulated.store.medias.get(Number(id)) ?? {}, { bytes: Buffer.from("autre contenu") });
    return Promise.resolve();
  },
}, { describe, it });
