import { existsSync } from "node:fs";
import { mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
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
    expect(report?.pairs.filter(({ outcome }) => outcome === "same").length).toBeGreaterThanOrEqual(120);
    expect(report?.pairs.filter(({ outcome }) => outcome === "nothing to compare")).toEqual([]);
    expect(report?.metadataChecks).toBeGreaterThan(5_000);
  });

  it("has every property that the samples publish, but for those that docs/sandbox-proof.md names", async () => {
    const missing = new Set(report?.pairs.flatMap(({ without }) => without.map((name) => name.replace(/^value\//, ""))));
    const [, table = ""] = (await readFile("docs/sandbox-proof.md", "utf8")).split("## Published properties that it lacks");
    const named = [...table.matchAll(/^\| `([^|]+)` \|/gm)].flatMap(([, cell = ""]) => cell.split("`, `"));
    expect([...missing].sort()).toEqual(named.sort());
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
      await writeFile(path.join(dir, "right.json"), pair("/v1.0/me/messages?$top=2", { "@odata.context": "c", value: [{ id: "1", subject: "S", isRead: true }] }));
      await writeFile(path.join(dir, "part.json"), pair("/v1.0/me/messages?$top=2", { "@odata.context": "c", value: [{ id: "1", subject: "S", neverSeen: 1 }] }));
      // What a request selects is selected of the sandbox too: the same property is no part of the answer to a request that selects nothing.
      await writeFile(path.join(dir, "selected.json"), pair("/v1.0/users?$select=id,mailNickname", { "@odata.context": "c", value: [{ id: "1", mailNickname: null }] }));
      await writeFile(path.join(dir, "unselected.json"), pair("/v1.0/users", { "@odata.context": "c", value: [{ id: "1", mailNickname: null }] }));
      // Assignments have the ids of people for keys.
      await writeFile(path.join(dir, "keys.json"), pair("/v1.0/planner/tasks/{id}", { id: "1", assignments: { "fbab97d0-4932-4511-b675-204639209557": { orderHint: "x" } } }));
      await writeFile(path.join(dir, "wrong.json"), pair("/v1.0/users/{id}", { "@odata.context": "c", id: "1", displayName: 7 }));
      await writeFile(path.join(dir, "elsewhere.json"), pair("/v1.0/print/printers", { value: [] }));
      await writeFile(path.join(dir, "post.json"), pair("/v1.0/me/sendMail", {}, "POST"));
      const told = await checkSandbox({ metadata: REFERENCE, samples: dir, tenant: scratch });
      expect(told.pairs.map(({ file, outcome, without }) => [file, outcome, without])).toEqual([
        ["elsewhere.json", "not served", []], ["keys.json", "same", []], ["part.json", "in part", ["value/neverSeen"]], ["right.json", "same", []], ["selected.json", "same", []], ["unselected.json", "in part", ["value/mailNickname"]], ["wrong.json", "different", []],
      ]);
      expect([told.skipped, told.notes, told.violations.length]).toEqual([[{ file: "post.json", why: "POST" }], [expect.stringContaining("quality.json")], 1]);
    } finally {
      await rm(dir, { recursive: true, force: true });
    }
  });

  it("does not call a list the same as one of which it has no row", async () => {
    const [dir, bare] = [await mkdtemp(path.join(tmpdir(), "o365-exodus-pairs-")), await mkdtemp(path.join(tmpdir(), "o365-exodus-bare-"))];
    try {
      await writeFile(path.join(bare, "tenant.json"), JSON.stringify({ name: "Vide", domain: "vide.example" }));
      await mkdir(path.join(bare, "users/zoe@vide.example"), { recursive: true });
      await writeFile(path.join(dir, "contacts.json"), JSON.stringify({ request: { method: "GET", path: "/v1.0/me/contacts" }, response: { status: 200, body: { "@odata.context": "c", value: [{ id: "1" }] } } }));
      const told = await checkSandbox({ metadata: REFERENCE, samples: dir, tenant: bare });
      expect(told.pairs.map(({ outcome, comparisons }) => [outcome, comparisons])).toEqual([["nothing to compare", 0]]);
    } finally {
      for (const one of [dir, bare]) await rm(one, { recursive: true, force: true });
    }
  });

  (existsSync(path.join(bundled, "tenant.json")) ? it : it.skip)(`contradicts neither on the bundled tenant (${bundled})`, async () => {
    expect((await checkSandbox({ ...PLAN, tenant: bundled })).violations).toEqual([]);
  });
});
