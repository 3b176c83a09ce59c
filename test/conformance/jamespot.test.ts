import { afterAll, describe, it } from "@jest/globals";
import { adapter } from "../../adapters/jamespot/index.js";
import { sampleOwner } from "../../src/kit/conformance/harness.js";
import { conformance } from "../../src/kit/conformance/suite.js";
import { EmulatedJamespot } from "../emulators/jamespot/server.js";
import { SERVICE } from "../jamespot.js";
import { testEnvironment } from "../environment.js";

const emulated = new EmulatedJamespot([SERVICE]);
await emulated.start();
afterAll(() => emulated.stop());

conformance({
  title: "jamespot on the emulator", manifest: adapter.manifest, workload: "channels", secrets: [SERVICE.password, "wrong-secret"],
  adapter: (variant) => adapter.create(
    adapter.options.parse({ url: emulated.url, user: SERVICE.mail, password: "env:PASSWORD", vendorAgreement: true, category: "1" }),
    testEnvironment("jamespot", { "env:PASSWORD": variant === "good" ? SERVICE.password : "wrong-secret" }),
  ),
  account: () => ({ owner: sampleOwner("eaux@commune.example"), name: "eaux@commune.example" }),
  count: (_account, into) => {
    const articles = emulated.store.articlesOf(Number(into.id));
    return Promise.resolve(articles.reduce((sum, { id }) => sum + 1 + emulated.store.commentsOf(id).length, 0));
  },
  tamper: (_account, _into, { id }) => {
    const article = emulated.store.articles.get(Number(id.split("/")[1]));
    if (article !== undefined) article.description = article.description.replace("Bonjour", "Au revoir");
    return Promise.resolve();
  },
}, { describe, it });
