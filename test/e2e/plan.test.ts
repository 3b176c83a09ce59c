import { readFile } from "node:fs/promises";
import path from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "@jest/globals";
import { generateTenant } from "../../src/sandbox/generate.js";
import { sharePointUnits } from "../../src/sandbox/throttle/charges.js";
import { cli, records, workDir, type WorkDir } from "./cli.js";
import { DOMAIN, put } from "./fault-tenant.js";
import { stage, type Stage } from "./stage.js";

describe("plan", () => {
  let staged: Stage;
  let work: WorkDir;

  beforeAll(async () => {
    staged = await stage((tenant) => generateTenant({ dir: tenant, users: 2, messages: 60, files: 4, seed: 11 }));
    // Limits so short that they bind a tenant so small: 16 requests to a mailbox in a second, 20 units of SharePoint.
    work = await workDir(staged.served, {}, { throttleScale: 0.0001 });
  });

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
  });

  it("shows the arithmetic of the bound with the source's own counts", async () => {
    const { code, stdout, stderr } = await cli(["plan", "--config", work.config, "--explain", "--json", "--workload", "mail", "files"]);
    const bounds = records(stdout).filter(({ type }) => type === "bound") as { workload: string; milliseconds: number; arithmetic: string }[];
    const [total] = records(stdout).filter(({ type }) => type === "bound-total");
    expect({ code, workloads: bounds.map(({ workload }) => workload) }).toEqual({ code: 0, workloads: ["mail", "files"] });
    // 60 messages in folders of a page each, 16 in a second.
    expect(bounds[0]).toMatchObject({ milliseconds: expect.any(Number), arithmetic: expect.stringMatching(/^⌊\((6\d|7\d) − 1\) \/ \(16\)⌋ × 1 s = [34] s \[graph:mailbox:/) });
    expect(total).toMatchObject({ units: 4, counted: 4, milliseconds: Math.max(...bounds.map(({ milliseconds }) => milliseconds)) });
    expect(stderr).toContain("No run can take less than");
  });
});

describe("the count of plan --explain", () => {
  it("of a library with columns, and of pages, is what a run then asks for: never more, and short of it by few requests", async () => {
    const [files, pages, margin] = [40, 30, 15];
    const big = await stage(async (tenant) => {
      await put(tenant, "tenant.json", JSON.stringify({ name: "Mairie", domain: DOMAIN }));
      await put(tenant, "sites/eau/site.json", "{}");
      for (let index = 0; index < files; index += 1) await put(tenant, `sites/eau/drive/f${String(index)}.txt`, String(index));
      for (let index = 0; index < pages; index += 1) await put(tenant, `sites/eau/pages/p${String(index)}.json`, JSON.stringify({ title: `p${String(index)}` }));
    }, (tenant) => ["--log", path.join(tenant, "access.jsonl")]);
    try {
      for (const workload of ["files", "pages"]) {
        const work = await workDir(big.served, { sites: "all", routes: [{ workload, to: "archive" }] });
        const logged = async (): Promise<readonly { readonly path: string; readonly query: string }[]> =>
          (await readFile(path.join(big.tenant, "access.jsonl"), "utf8")).split("\n").filter((line) => line !== "").map((line) => JSON.parse(line) as { path: string; query: string });
        const plan = await cli(["plan", "--explain", "--json", "--config", work.config]);
        const [bound] = records(plan.stdout).filter(({ type }) => type === "bound") as { requests: number; arithmetic: string }[];
        const before = (await logged()).length;
        await cli(["migrate", "--config", work.config]);
        const asked = (await logged()).slice(before).map(({ path: at, query }) => ({ path: at.replace(/^\/(?:v1\.0\/)?/, ""), query: new URLSearchParams(query) })).filter(({ path: at }) => /^(?:sites|drives|download)\//.test(at));
        const units = asked.reduce((sum, one) => sum + sharePointUnits(one), 0);
        const told = { requests: bound?.requests ?? 0, units: Number(/⌊\((\d+) −/.exec(bound?.arithmetic ?? "")?.[1]) };
        expect({ workload, requests: asked.length - told.requests >= 0 && asked.length - told.requests <= margin, units: units - told.units >= 0 && units - told.units <= margin * 2 }).toEqual({ workload, requests: true, units: true });
        expect(told.requests).toBeGreaterThanOrEqual(workload === "files" ? files * 3 : pages);
        await work.remove();
      }
    } finally {
      await big.remove();
    }
  });
});
