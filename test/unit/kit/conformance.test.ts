import { describe, expect, it } from "@jest/globals";
import type { WorkloadCapability } from "../../../src/core/adapter.js";
import { Bench, type ConformanceSetup } from "../../../src/kit/conformance/bench.js";
import { sampleOwner } from "../../../src/kit/conformance/harness.js";
import { conformanceChecks } from "../../../src/kit/conformance/suite.js";
import { fakeAdapter, FakeServer, manifest, type Fault } from "./fake-target.js";

const MAIL = manifest.workloads.mail as WorkloadCapability;

/** Titles of the checks that fail. */
async function failures(faults: readonly Fault[], declared: Partial<WorkloadCapability> = {}): Promise<string[]> {
  const server = new FakeServer();
  const setup: ConformanceSetup = {
    title: "fake", manifest: { ...manifest, workloads: { mail: { ...MAIL, ...declared } } }, workload: "mail", secrets: ["secret", "hunter2"],
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

  it("notices a target that declares that nothing can be found, answers a doubt with silence, and does not say when it sends", async () => {
    expect(await failures(["finds-nothing"], { canFind: false })).toEqual([
      "crash after sending where nothing can be found: find tells the doubt, and sends nothing",
      "where nothing can be found: put says that it sends just before what a repeat would double",
    ]);
  });

  it("notices a target that declares that no container can be found, and tells no doubt", async () => {
    expect(await failures([], { canFindContainers: false })).toEqual(["prepare gives the container whose address is known; of one whose making may have been cut, findContainer tells the doubt, and makes nothing"]);
  });

  it("leaves out by declaration only", () => {
    const setup = (capability: WorkloadCapability): ConformanceSetup => ({
      title: "fake", manifest: { ...manifest, workloads: { mail: capability } }, workload: "mail", secrets: [],
      adapter: () => Promise.reject(new Error("unused")), account: () => ({ owner: sampleOwner("zoe"), name: "zoe" }),
    });
    const titles = (declared: Partial<WorkloadCapability>): string[] => conformanceChecks(setup({ ...MAIL, ...declared })).map(({ title }) => title);
    const all = titles({});
    expect(all.filter((title) => !titles({ canFind: false }).includes(title))).toEqual(["crash after sending: find answers the object, and putting it again makes no second one"]);
    expect(titles({ canRemove: false, canUpdate: false }).length).toBeLessThan(all.length - 3);
  });
});
