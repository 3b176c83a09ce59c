import { existsSync } from "node:fs";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "@jest/globals";
import { checkSandbox, type CheckReport } from "../../../src/sandbox/check/run.js";
import { writeSmallTenant } from "../../../src/sandbox/check/small-tenant.js";

const REFERENCE = path.join(process.env["EXODUS_SHARED"] ?? path.resolve("../shared"), "graph");
const present = existsSync(path.join(REFERENCE, "csdl-subset.full.json"));
const PLAN = { metadata: REFERENCE, samples: path.join(REFERENCE, "samples") };
const bundled = path.resolve("fixtures", "tenant");

if (!present && process.env["CI"] === "true") throw new ReferenceError(`missing: ${REFERENCE}`);

(present ? describe : describe.skip)(`the sandbox against Microsoft's metadata and samples (${present ? "" : "missing: "}${REFERENCE})`, () => {
  let scratch = "";
  let report: CheckReport | undefined;

  beforeAll(async () => {
    scratch = await mkdtemp(path.join(tmpdir(), "o365-exodus-check-"));
    await writeSmallTenant(scratch);
    report = await checkSandbox({ ...PLAN, tenant: scratch });
  });
  afterAll(() => rm(scratch, { recursive: true, force: true }));

  it("contradicts neither on a tenant with one of each thing", () => {
    expect(report?.violations).toEqual([]);
  });

  it("asks every route and compares with a good part of the samples", () => {
    expect(report?.unexercised).toEqual([]);
    expect(report?.pairs.filter(({ outcome }) => outcome === "same").length).toBeGreaterThanOrEqual(80);
    expect(report?.metadataChecks).toBeGreaterThan(5_000);
  });

  it.each(["bleu", "delos"] as const)("tells nothing that %s lacks, and refuses to be asked for it", async (cloud) => {
    const there = await checkSandbox({ ...PLAN, tenant: scratch, cloud });
    expect(there.violations).toEqual([]);
    expect(there.routes).toBe(report?.routes);
    expect(there.metadataChecks).toBeGreaterThan(1_000);
    expect(there.metadataChecks).toBeLessThan(report?.metadataChecks ?? 0);
  });

  it("tells what became of each pair, of whatever area, and needs neither index nor quality", async () => {
    const dir = await mkdtemp(path.join(tmpdir(), "o365-exodus-pairs-"));
    try {
      const pair = (at: string, body: object, method = "GET"): string => JSON.stringify({ area: "whatever", request: { method, path: at }, response: { status: 200, body } });
      await writeFile(path.join(dir, "right.json"), pair("/v1.0/me/messages?$top=2", { "@odata.context": "c", value: [{ id: "1", subject: "S", isRead: true, neverSeen: 1 }] }));
      await writeFile(path.join(dir, "wrong.json"), pair("/v1.0/users/{id}", { "@odata.context": "c", id: "1", displayName: 7 }));
      await writeFile(path.join(dir, "elsewhere.json"), pair("/v1.0/print/printers", { value: [] }));
      await writeFile(path.join(dir, "post.json"), pair("/v1.0/me/sendMail", {}, "POST"));
      const told = await checkSandbox({ metadata: REFERENCE, samples: dir, tenant: scratch });
      expect(told.pairs.map(({ file, outcome, without }) => [file, outcome, without])).toEqual([["elsewhere.json", "not served", []], ["right.json", "same", ["value/neverSeen"]], ["wrong.json", "different", []]]);
      expect([told.skipped, told.notes, told.violations.length]).toEqual([[{ file: "post.json", why: "POST" }], [expect.stringContaining("quality.json")], 1]);
    } finally {
      await rm(dir, { recursive: true, force: true });
    }
  });

  (existsSync(path.join(bundled, "tenant.json")) ? it : it.skip)(`contradicts neither on the bundled tenant (${bundled})`, async () => {
    expect((await checkSandbox({ ...PLAN, tenant: bundled })).violations).toEqual([]);
  });
});
