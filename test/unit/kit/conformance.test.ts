import { describe, expect, it } from "@jest/globals";
import { Bench, type ConformanceSetup } from "../../../src/kit/conformance/bench.js";
import { sampleOwner } from "../../../src/kit/conformance/harness.js";
import { conformanceChecks } from "../../../src/kit/conformance/suite.js";
import { fakeAdapter, FakeServer, manifest, type Fault } from "./fake-target.js";

/** Titles of the checks that fail. */
async function failures(faults: readonly Fault[]): Promise<string[]> {
  const server = new FakeServer();
  const setup: ConformanceSetup = {
    title: "fake", manifest, workload: "mail", secrets: ["secret", "hunter2"],
    adapter: (variant) => Promise.resolve(fakeAdapter(server, variant === "good" ? "secret" : "hunter2", new Set(faults))),
    account: () => ({ owner: sampleOwner("zoe"), name: "zoe" }),
    count: (_account, into) => Promise.resolve(server.boxes.get(into.id)?.items.size ?? -1),
    tamper: (_account, into, ref) => Promise.resolve(void server.boxes.get(into.id)?.items.set(ref.id, { sha: "other", record: "" })),
  };
  const failed: string[] = [];
  for (const check of conformanceChecks(setup)) {
    const bench = new Bench(setup);
    await check.run(bench).catch(() => failed.push(check.title));
    await bench.close();
  }
  return failed;
}

describe("the conformance suite", () => {
  it("passes a target that keeps the contract", async () => {
    expect(await failures([])).toEqual([]);
  });

  it.each<Fault>([
    "duplicates", "loses-updates", "finds-taken", "finds-nothing", "verifies-blindly", "merges-names", "forgets-rename", "removes-neighbours",
    "removes-full-containers", "repeats-secret", "check-is-blind", "truncates", "throws-plain-errors", "drops-state",
    "hides-a-loss", "hides-a-container-loss", "foresees-what-does-not-come", "leaves-out-unforeseen",
  ])("notices a target that %s", async (fault) => {
    expect(await failures([fault])).not.toEqual([]);
  });

  it.each<[Fault, string]>([
    ["hides-a-loss", "no loss of an item is reported that was not declared and foreseen, and every sure one is"],
    ["foresees-what-does-not-come", "no loss of an item is reported that was not declared and foreseen, and every sure one is"],
    ["hides-a-container-loss", "no loss of a container is reported that was not declared and foreseen, and every sure one is"],
  ])("tells by name that a target %s", async (fault, title) => {
    expect(await failures([fault])).toEqual([title]);
  });

  it("leaves out by declaration only", () => {
    const mail = manifest.workloads.mail;
    if (mail === undefined) throw new Error("the fake declares mail");
    const setup = (capability: typeof mail): ConformanceSetup => ({
      title: "fake", manifest: { ...manifest, workloads: { mail: capability } }, workload: "mail", secrets: [],
      adapter: () => Promise.reject(new Error("unused")), account: () => ({ owner: sampleOwner("zoe"), name: "zoe" }),
    });
    const all = conformanceChecks(setup(mail)).length;
    expect(conformanceChecks(setup({ ...mail, canFind: false })).length).toBe(all - 1);
    expect(conformanceChecks(setup({ ...mail, canRemove: false, canUpdate: false })).length).toBeLessThan(all - 3);
  });
});
