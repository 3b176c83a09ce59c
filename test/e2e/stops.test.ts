import { access } from "node:fs/promises";
import path from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "@jest/globals";
import { compareTrees } from "./compare.js";
import { cli, launch, summary, workDir } from "./cli.js";
import { stage, type Stage } from "./stage.js";

describe("a run that is stopped on purpose", () => {
  let staged: Stage;

  beforeAll(async () => {
    staged = await stage(async (tenant) => {
      await cli(["sandbox", "generate", "--users", "2", "--messages", "500", "--files", "40", "--median-bytes", "3000", "--out", tenant]);
    });
  });

  afterAll(async () => {
    await staged.remove();
  });

  it("goes on where --max-duration cut it, five times, and ends like an uncut one", async () => {
    const work = await workDir(staged.served);
    try {
      // Five cuts in the middle of the work, each after more had arrived than at the one before, however long this machine takes to start.
      const arrived = [0];
      for (let seconds = 0.4; arrived.length <= 5;) {
        expect((await cli(["migrate", "--max-duration", `${seconds.toFixed(1)}s`, "--config", work.config])).code).toBe(75);
        const { count, missing } = await compareTrees(staged.tenant, path.join(work.dir, "archive"));
        if (count - missing.length > (arrived.at(-1) ?? 0)) arrived.push(count - missing.length);
        else seconds *= 1.5;
      }
      const last = await cli(["migrate", "--config", work.config, "--json"]);
      expect({ code: last.code, ...summary(last.stdout).counts }).toEqual({ code: 0, migrated: 1_100, "already-there": 0, converted: 0, skipped: 0, failed: 0, pending: 0 });
      expect(await compareTrees(staged.tenant, path.join(work.dir, "archive"))).toEqual({ missing: [], extra: [], count: 1_100 });
    } finally {
      await work.remove();
    }
  });

  it("ends cleanly on Ctrl-C, says how to go on, and goes on", async () => {
    const work = await workDir(staged.served);
    try {
      const { child, done } = launch(["migrate", "--config", work.config]);
      await started(work.dir);
      child.kill("SIGINT");
      const { code, stdout } = await done;
      expect({ code, told: stdout.includes("Go on with: o365-exodus migrate") }).toEqual({ code: 130, told: true });
      expect((await cli(["migrate", "--config", work.config])).code).toBe(0);
      expect(await compareTrees(staged.tenant, path.join(work.dir, "archive"))).toEqual({ missing: [], extra: [], count: 1_100 });
    } finally {
      await work.remove();
    }
  });

  it("refuses a second run on the same vault with exit code 11", async () => {
    const work = await workDir(staged.served);
    try {
      const { child, done } = launch(["migrate", "--config", work.config]);
      await started(work.dir);
      const second = await cli(["migrate", "--config", work.config]);
      child.kill("SIGTERM");
      expect({ second: second.code, told: second.stderr.includes("VAULT_LOCKED"), first: (await done).code }).toEqual({ second: 11, told: true, first: 75 });
    } finally {
      await work.remove();
    }
  });
});

/** Waits until the run has begun to write its archive. */
async function started(dir: string): Promise<void> {
  const begun = (): Promise<boolean> => access(path.join(dir, "archive/users")).then(() => true, () => false);
  while (!(await begun())) await new Promise((resolve) => setTimeout(resolve, 50));
}
