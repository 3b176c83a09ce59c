import { afterAll, describe, it } from "@jest/globals";
import { adapter } from "../../adapters/fichiers/index.js";
import { sampleOwner } from "../../src/kit/conformance/harness.js";
import { conformance } from "../../src/kit/conformance/suite.js";
import { EmulatedFichiers } from "../emulators/fichiers/server.js";
import { ACTIONS } from "../fichiers.js";
import { testEnvironment } from "../environment.js";

const SECRET = "mot-de-passe-du-service";
// The suite's files have names without extensions, which a server takes when it does not restrict them.
const emulated = new EmulatedFichiers({ migration: SECRET }, { restrict: false, actions: ACTIONS });
await emulated.start();
afterAll(() => emulated.stop());

for (const way of ["client credentials", "given token"] as const) {
  conformance({
    title: `fichiers on the emulator, ${way}`, manifest: adapter.manifest, workload: "files", secrets: [SECRET, "wrong-secret"],
    adapter: (variant) => {
      const good = variant === "good";
      const signIn = way === "given token" ? { token: "env:TOKEN" } : { tokenUrl: emulated.tokenUrl, clientId: "migration", clientSecret: "env:SECRET" };
      return adapter.create(adapter.options.parse({ url: emulated.url, signIn }), testEnvironment("fichiers", { "env:SECRET": good ? SECRET : "wrong-secret", "env:TOKEN": good ? emulated.issue("migration") : "wrong-secret" }));
    },
    account: () => ({ owner: sampleOwner("bob@commune.example"), name: "bob@commune.example" }),
    count: (_account, into) => Promise.resolve(emulated.store.children(into.id).length),
    tamper: (_account, _into, ref) => Promise.resolve(void emulated.store.items.delete(ref.id)),
  }, { describe, it });
}
