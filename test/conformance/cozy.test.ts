import { afterAll, beforeAll, describe, it } from "@jest/globals";
import { adapter } from "../../adapters/cozy/index.js";
import { sampleOwner } from "../../src/kit/conformance/harness.js";
import { conformance } from "../../src/kit/conformance/suite.js";
import { adminToken, cozyEyes } from "../cozy-client.js";
import { EmulatedStack } from "../emulators/cozy/server.js";
import { testEnvironment } from "../environment.js";

const SECRET = "adminpw";

/** A stack, and one of its instances: that of `EXODUS_COZY` (as in `http://127.0.0.1:8080 http://127.0.0.1:6060 alice.localhost:8080`), whose passphrase is `adminpw`. */
interface Stage {
  readonly stack: string;
  readonly admin: string;
  readonly domain: string;
}

const emulated = new EmulatedStack(SECRET);
await emulated.start();
emulated.add("bob.localhost");
afterAll(() => emulated.stop());

const [stack, admin, domain] = (process.env["EXODUS_COZY"] ?? "").split(" ");
const real: readonly (readonly [string, Stage])[] = stack === undefined || admin === undefined || domain === undefined ? [] : [["cozy-stack", { stack, admin, domain }]];
const stages: readonly (readonly [string, Stage])[] = [["the emulator", { stack: emulated.url, admin: emulated.adminUrl, domain: "bob.localhost" }], ...real];

for (const [title, stage] of stages) {
  // Where the stack is built for development, its administration port takes any passphrase: a wrong token is then the wrong secret.
  for (const way of title === "the emulator" ? (["administration port", "given token"] as const) : (["given token"] as const)) {
    let token = "";
    beforeAll(async () => { token = await adminToken(stage.admin, SECRET, stage.domain); });
    const eyes = cozyEyes(stage.stack, stage.domain, () => adminToken(stage.admin, SECRET, stage.domain));
    const access = way === "administration port" ? { admin: stage.admin, passphrase: "env:SECRET" } : { token: "env:TOKEN" };
    const account = `${stage.domain.split(".")[0] ?? ""}@commune.example`;
    conformance({
      title: `cozy on ${title}, ${way}`, manifest: adapter.manifest, workload: "files", secrets: [SECRET, "wrong-secret"],
      adapter: (variant) => adapter.create(
        adapter.options.parse({ url: `http://${stage.domain.replace(/^[^.]*/, "{local}")}`, stack: stage.stack, folder: "Reprise/OneDrive", probe: account, ...access }),
        testEnvironment("cozy", variant === "good" ? { "env:SECRET": SECRET, "env:TOKEN": token } : { "env:SECRET": "wrong-secret", "env:TOKEN": "wrong-secret" }),
      ),
      account: () => ({ owner: sampleOwner(account), name: account }),
      count: async (_account, into) => (await eyes.names(into.id)).length,
      tamper: (_account, _into, ref) => eyes.overwrite(ref.id, "altered"),
    }, { describe, it });
  }
}
