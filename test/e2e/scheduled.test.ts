import { execFileSync, spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { describe, expect, it } from "@jest/globals";
import { parse } from "yaml";
import { cli, PROGRAM, ROOT, serve, workDir } from "./cli.js";

describe("docs/gitlab-ci.yml", () => {
  it("has shell steps that run as they are: 75 while there is work left, 0 at the end", async () => {
    const { migrate } = parse(readFileSync(path.join(ROOT, "docs/gitlab-ci.yml"), "utf8")) as { migrate: { script: string[]; allow_failure: { exit_codes: number[] } } };
    const tenant = await mkdtemp(path.join(tmpdir(), "exodus-tenant-"));
    await cli(["sandbox", "generate", "--users", "1", "--messages", "400", "--files", "5", "--median-bytes", "2000", "--out", tenant]);
    const served = await serve(tenant);
    const work = await workDir(served);
    try {
      const job = (duration: string): number | null => spawnSync("bash", ["-e", "-c", migrate.script.join("\n")], {
        cwd: work.dir, encoding: "utf8", env: { ...process.env, EXODUS: `${process.execPath} ${PROGRAM}`, EXODUS_CONFIG: work.config, EXODUS_DURATION: duration },
      }).status;
      expect(job("0.5s")).toBe(75);
      expect(migrate.allow_failure.exit_codes).toContain(75);
      expect(job("10m")).toBe(0);
      expect(execFileSync("tail", ["-n", "1", path.join(work.dir, "migrate.jsonl")], { encoding: "utf8" })).toContain('"type":"summary"');
    } finally {
      await served.stop();
      await work.remove();
      await rm(tenant, { recursive: true, force: true });
    }
  });
});
