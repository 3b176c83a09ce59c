import { afterAll, beforeAll, describe, expect, it } from "@jest/globals";
import { generateTenant } from "../../src/sandbox/generate.js";
import { cli, records, workDir, type WorkDir } from "./cli.js";
import { stage, type Stage } from "./stage.js";

describe("plan", () => {
  let staged: Stage;
  let work: WorkDir;

  beforeAll(async () => {
    staged = await stage((tenant) => generateTenant({ dir: tenant, users: 2, messages: 60, files: 4, seed: 11 }));
    // Limits so short that they bind a tenant so small: 16 requests to a mailbox in a second, 20 units of SharePoint.
    work = await workDir(staged.served, {}, { throttleScale: 0.0001 });
  }, 120_000);

  afterAll(async () => {
    await staged.remove();
    await work.remove();
  });

  it("lists the units in the order of a run, and writes nothing", async () => {
    const { code, stdout } = await cli(["plan", "--config", work.config, "--json"]);
    const units = records(stdout).filter(({ type }) => type === "plan");
    expect({ code, first: units[0], workloads: units.map(({ workload }) => workload) }).toEqual({
      code: 0, first: expect.objectContaining({ order: 1, workload: "mail", targets: ["archive"] }), workloads: ["mail", "calendar", "contacts", "files", "mail", "calendar", "contacts", "files"],
    });
    expect(records(stdout).some(({ type }) => type === "bound")).toBe(false);
  }, 60_000);

  it("shows the arithmetic of the bound with the source's own counts", async () => {
    const { code, stdout, stderr } = await cli(["plan", "--config", work.config, "--explain", "--json", "--workload", "mail", "files"]);
    const bounds = records(stdout).filter(({ type }) => type === "bound") as { workload: string; milliseconds: number; arithmetic: string }[];
    const [total] = records(stdout).filter(({ type }) => type === "bound-total");
    expect({ code, workloads: bounds.map(({ workload }) => workload) }).toEqual({ code: 0, workloads: ["mail", "files"] });
    // 60 messages in folders of a page each, 16 in a second.
    expect(bounds[0]).toMatchObject({ milliseconds: expect.any(Number), arithmetic: expect.stringMatching(/^⌊\((6\d|7\d) − 1\) \/ \(16\)⌋ × 1 s = [34] s \[graph:mailbox:/) });
    expect(total).toMatchObject({ units: 4, counted: 4, milliseconds: Math.max(...bounds.map(({ milliseconds }) => milliseconds)) });
    expect(stderr).toContain("No run can take less than");
  }, 60_000);
});
