import { mkdtemp, readdir, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "@jest/globals";
import { generateTenant } from "../../src/sandbox/generate.js";
import { cliWithin, serve, summary, workDir, type Served, type WorkDir } from "./cli.js";

const OWNERS = 160;
/** Less than all owners have: a segment and three records files each. Node alone opens hundreds at once while it loads the program. */
const FILES = 512;

describe("more owners than a process may have open files", () => {
  let tenant: string;
  let served: Served;
  let work: WorkDir;

  beforeAll(async () => {
    tenant = await mkdtemp(path.join(tmpdir(), "exodus-generated-"));
    await generateTenant({ dir: tenant, users: OWNERS, messages: 1, files: 1, medianBytes: 400, seed: 5 });
    served = await serve(tenant);
    work = await workDir(served, { routes: [{ workload: ["mail", "contacts", "files"], to: "archive" }] });
  });

  afterAll(async () => {
    await served.stop();
    await work.remove();
    await rm(tenant, { recursive: true, force: true });
  });

  it("are read, written, checked and repaired", async () => {
    const run = await cliWithin(FILES, ["migrate", "-c", work.config, "--json"]);
    expect([run.code, run.stderr]).toEqual([0, expect.not.stringContaining("EMFILE")]);
    expect(summary(run.stdout).counts).toMatchObject({ failed: 0, pending: 0 });
    expect(await readdir(path.join(work.dir, "vault/owners"))).toHaveLength(OWNERS);
    expect((await cliWithin(FILES, ["vault", "check", "--read-data", "--repair", "-c", work.config])).code).toBe(0);
  });
});
