import { existsSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "@jest/globals";
import { checkSandbox, type CheckReport } from "../../../src/sandbox/check/run.js";
import { writeSmallTenant } from "../../../src/sandbox/check/small-tenant.js";

const REFERENCE = path.join(process.env["EXODUS_SHARED"] ?? path.resolve("../shared"), "graph");
const present = existsSync(path.join(REFERENCE, "csdl-subset.full.json"));
const bundled = path.resolve("fixtures", "tenant");

if (!present && process.env["CI"] === "true") throw new ReferenceError(`missing: ${REFERENCE}`);

(present ? describe : describe.skip)(`the sandbox against Microsoft's metadata and samples (${present ? "" : "missing: "}${REFERENCE})`, () => {
  let scratch = "";
  let report: CheckReport | undefined;

  beforeAll(async () => {
    scratch = await mkdtemp(path.join(tmpdir(), "o365-exodus-check-"));
    await writeSmallTenant(scratch);
    report = await checkSandbox(REFERENCE, scratch);
  });
  afterAll(() => rm(scratch, { recursive: true, force: true }));

  it("contradicts neither on a tenant with one of each thing", () => {
    expect(report?.violations).toEqual([]);
  });

  it("asks every route and compares with a good part of the samples", () => {
    expect(report?.unexercised).toEqual([]);
    expect(report?.samples).toBeGreaterThanOrEqual(40);
    expect(report?.metadataChecks).toBeGreaterThan(5_000);
  });

  (existsSync(path.join(bundled, "tenant.json")) ? it : it.skip)(`contradicts neither on the bundled tenant (${bundled})`, async () => {
    expect((await checkSandbox(REFERENCE, bundled)).violations).toEqual([]);
  });
});
