import { cp, readdir, rename, rm } from "node:fs/promises";
import path from "node:path";
import { describe, expect, it } from "@jest/globals";
import { cli, records, ROOT, workDir } from "./cli.js";
import { stage } from "./stage.js";
import { changeTenant } from "./tenant-changes.js";

describe("records alone", () => {
  const OWNER = "helene.garcon@eaux-vallee.example";

  it("tell what has moved and gone, by delta and by full listing, as the index does", async () => {
    const staged = await stage(async (tenant) => {
      for (const part of [`users/${OWNER}`, "tenant.json"]) await cp(path.join(ROOT, "fixtures/tenant", part), path.join(tenant, part), { recursive: true });
    });
    const work = await workDir(staged.served, { routes: [{ workload: "all", to: "archive" }] });
    const everything = async (): Promise<unknown[]> => records((await cli(["vault", "grep", "", "-c", work.config, "--json"])).stdout);
    const pull = async (): Promise<void> => expect(await cli(["pull", "--pass", "delta", "-c", work.config])).toMatchObject({ code: 0, stderr: "" });
    try {
      await pull();
      const first = await everything();
      await changeTenant(staged.tenant, OWNER);
      await staged.served.control("rescan");
      await pull();
      // With expired tokens everything is listed anew: what the listings do not name is gone without anybody telling so.
      const sent = path.join(staged.tenant, "users", OWNER, "mail/Éléments envoyés");
      const [gone = "", moved = ""] = (await readdir(sent)).filter((name) => name.endsWith(".eml"));
      await rm(path.join(sent, gone));
      await rename(path.join(sent, moved), path.join(staged.tenant, "users", OWNER, "mail/Classement", moved));
      await staged.served.control("rescan");
      await staged.served.control("expire-deltas");
      await pull();
      const before = await everything();
      expect(first.filter((row) => !before.some((other) => JSON.stringify(other) === JSON.stringify(row))).length).toBeGreaterThan(5);
      for (const end of ["", "-wal", "-shm"]) await rm(path.join(work.dir, `vault/state.sqlite${end}`), { force: true });
      expect((await cli(["vault", "rebuild", "-c", work.config])).code).toBe(0);
      expect(await everything()).toEqual(before);
      await pull();
      expect(await everything()).toEqual(before);
    } finally {
      await staged.remove();
      await work.remove();
    }
  });
});
