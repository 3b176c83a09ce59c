import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, readdir, readFile, writeFile } from "node:fs/promises";
import { hostname, tmpdir } from "node:os";
import path from "node:path";
import { describe, expect, it } from "@jest/globals";
import { lockVault } from "../../../src/vault/lock.js";

const dirOf = () => mkdtemp(path.join(tmpdir(), "exodus-lock-"));

/** The lock file of a process that was killed. */
async function leave(dir: string, holder: Readonly<Record<string, unknown>>, name = "lock"): Promise<void> {
  await writeFile(path.join(dir, name), JSON.stringify({ id: "dead", host: hostname(), boot: "", started: "", ...holder }));
}

async function gonePid(): Promise<number> {
  const child = spawn("true");
  await once(child, "exit");
  return child.pid ?? 0;
}

describe("the lock", () => {
  it("lets one in and names it to the other", async () => {
    const dir = await dirOf();
    const unlock = await lockVault(dir);
    await expect(lockVault(dir)).rejects.toMatchObject({ code: "VAULT_LOCKED", params: { pid: process.pid, host: hostname(), dir } });
    await unlock();
    expect(await readdir(dir)).toEqual([]);
    await (await lockVault(dir))();
  });

  it("is taken over from a process that is gone, a reused pid, an earlier start of the machine, and from a torn file", async () => {
    for (const holder of [{ pid: await gonePid() }, { pid: process.pid, started: "1" }, { pid: process.pid, boot: "other" }]) {
      const dir = await dirOf();
      await leave(dir, holder);
      const unlock = await lockVault(dir);
      expect(JSON.parse(await readFile(path.join(dir, "lock"), "utf8"))).toMatchObject({ pid: process.pid });
      await unlock();
      expect(await readdir(dir)).toEqual([]);
    }
    const dir = await dirOf();
    await writeFile(path.join(dir, "lock"), "{");
    await (await lockVault(dir))();
    expect(await readdir(dir)).toEqual([]);
  });

  it("is not taken from another machine", async () => {
    const dir = await dirOf();
    await leave(dir, { pid: 1, host: "elsewhere" });
    await expect(lockVault(dir)).rejects.toMatchObject({ code: "VAULT_LOCKED", params: { host: "elsewhere" } });
  });

  it("goes to one process only when many find it orphaned, also behind one that died while taking it over", async () => {
    for (let round = 0; round < 20; round += 1) {
      const dir = await dirOf();
      await leave(dir, { pid: process.pid, started: "1" });
      if (round % 2 === 1) await leave(dir, { id: "dead2", pid: process.pid, started: "1" }, "lock.after-dead");
      const results = await Promise.allSettled(Array.from({ length: 8 }, () => lockVault(dir)));
      const taken = results.filter(({ status }) => status === "fulfilled");
      const refused = results.flatMap((result) => (result.status === "rejected" ? [(result.reason as { code: string }).code] : []));
      expect({ taken: taken.length, refused: [...new Set(refused)] }).toEqual({ taken: 1, refused: ["VAULT_LOCKED"] });
      expect(await readdir(dir)).toEqual(["lock"]);
    }
  });
});
