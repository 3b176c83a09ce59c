import { afterAll, describe, it } from "@jest/globals";
import { adapter } from "../../adapters/whaller/index.js";
import { sampleOwner } from "../../src/kit/conformance/harness.js";
import { conformance } from "../../src/kit/conformance/suite.js";
import { testEnvironment } from "../environment.js";
import { APPLICATION, emulatedWhaller, PERSON, whallerOptions } from "../whaller.js";

const emulated = emulatedWhaller({ "7cc4wo": "Bob" });
await emulated.start();
afterAll(() => emulated.stop());

conformance({
  title: "whaller on the emulator", manifest: adapter.manifest, workload: "files", secrets: [PERSON.password, APPLICATION.clientToken, "wrong-secret"],
  adapter: (variant) => adapter.create(
    adapter.options.parse(whallerOptions(emulated, { "bob@commune.example": "7cc4wo" })),
    testEnvironment("box", { "env:WHALLER_TOKEN": APPLICATION.clientToken, "env:WHALLER_PASSWORD": variant === "good" ? PERSON.password : "wrong-secret" }),
  ),
  account: () => ({ owner: sampleOwner("bob@commune.example"), name: "bob@commune.example" }),
  count: (_account, into) => Promise.resolve(emulated.store.children("7cc4wo", Number(into.id.split("/").at(-1))).length),
}, { describe, it });
