import { randomBytes } from "node:crypto";
import { cp, readFile } from "node:fs/promises";
import path from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "@jest/globals";
import type { ForeseenLoss, Loss } from "../../src/core/item.js";
import { announces } from "../../src/kit/forecast.js";
import { useServer } from "../servers.js";
import { cli, records, ROOT, workDir, type Ended, type WorkDir } from "./cli.js";
import { stage, type Stage } from "./stage.js";

const OWNER = "maelys.nguyen@eaux-vallee.example";
process.env["EXODUS_TEST_PASSWORD"] = "secret";

const [dovecot, radicale, apache] = [useServer("dovecot"), useServer("radicale"), useServer("apache")];
const password = "env:EXODUS_TEST_PASSWORD";
const fresh = randomBytes(4).toString("hex");
/** The servers that are there; their accounts are fixed, so that one owner goes to each. */
const targets: Record<string, object> = {
  archive: { adapter: "archive", path: "./archive", index: false },
  ...(dovecot === undefined ? {} : { courrier: { adapter: "imap", host: dovecot.host, port: dovecot.port, security: "none", user: `prevision-${fresh}@commune.example`, password } }),
  ...(radicale === undefined ? {} : {
    agenda: { adapter: "caldav", url: `http://${radicale.host}:${radicale.port}/`, user: "camille@commune.example", password },
    carnet: { adapter: "carddav", url: `http://${radicale.host}:${radicale.port}/`, user: "camille@commune.example", password },
  }),
  ...(apache === undefined ? {} : { fichiers: { adapter: "webdav", url: `http://${apache.host}:${apache.port}/dav/camille@commune.example/prevision-${fresh}`, user: "camille@commune.example", password } }),
};
const WORKLOADS = { courrier: "mail", agenda: "calendar", carnet: "contacts", fichiers: "files" } as const;
const routes = Object.entries(WORKLOADS).map(([target, workload]) => ({ workload, to: ["archive", ...(target in targets ? [target] : [])] }));

interface Foreseen { readonly losses: readonly ForeseenLoss[]; readonly skipped?: string }
const keyOf = ({ workload, target, id }: Record<string, unknown>): string => JSON.stringify([workload, target, id]);

describe("audit foresees what migrate reports", () => {
  let staged: Stage;
  let work: WorkDir;
  const run = (command: string, ...args: string[]): Promise<Ended> => cli([command, "--config", work.config, "--json", ...args]);

  beforeAll(async () => {
    staged = await stage((tenant) => cp(path.join(ROOT, "fixtures/tenant"), tenant, { recursive: true }));
    work = await workDir(staged.served, { owners: [OWNER], targets, routes });
  });

  afterAll(async () => {
    await work.remove();
    await staged.remove();
  });

  it("by kind before anything is read: possible losses bounded by the source's counts", async () => {
    const told = records((await run("audit")).stdout);
    const rows = told.filter(({ type }) => type === "audit");
    expect(rows).toHaveLength(routes.flatMap(({ to }) => to).length);
    const mail = rows.find(({ workload, target }) => workload === "mail" && target === "archive");
    const losses = mail?.["forecast"] as readonly (ForeseenLoss & { items?: number })[];
    expect(losses).toContainEqual({ field: "body", change: "approximated", side: "source", reason: "mail.rebuilt", sure: false, items: mail?.["items"] });
    expect(losses).toContainEqual(expect.objectContaining({ side: "target", reason: "container.marked", sure: false, items: mail?.["items"] }));
    expect(told.filter(({ type }) => type === "route-forecast")).toHaveLength(rows.length);
    const french = await cli(["audit", "--config", work.config, "--lang", "fr"]);
    expect(french.stdout).toMatch(/possible, \d+ éléments au plus/);
  });

  it("refuses to look into a vault that is not there, and into bytes without one", async () => {
    expect((await run("audit", "--from-vault")).code).not.toBe(0);
    const { code, stderr } = await run("audit", "--read-data");
    expect({ code, told: stderr.includes("--from-vault") }).toEqual({ code: 2, told: true });
  });

  it("item by item from the vault: nothing is reported that was not foreseen, and all that was sure is reported", async () => {
    expect((await run("pull")).code).toBe(0);
    const audited = await run("audit", "--from-vault", "--read-data");
    expect(audited.code).toBe(0);
    const foreseen = new Map(records(audited.stdout).filter(({ type }) => type === "forecast").map((record) => [keyOf(record), record as unknown as Foreseen]));
    const rows = records(audited.stdout).filter(({ type }) => type === "audit");

    await run("migrate");
    const report = JSON.parse(await readFile(path.join(work.dir, "report/report.json"), "utf8").catch(() => "{}")) as { items?: (Record<string, unknown> & { losses: readonly Loss[]; state: string })[] };
    const items = report.items ?? [];
    expect(items.length).toBeGreaterThan(0);
    const wrong = items.filter(({ state }) => state === "converted").flatMap((item) => {
      const told = foreseen.get(keyOf(item))?.losses ?? [];
      return item.losses.filter((loss) => !told.some((one) => announces(one, loss))).map((loss) => `${keyOf(item)} not foreseen ${loss.reason}`);
    });
    const reported = new Map(items.map((item) => [keyOf(item), item]));
    for (const [key, { losses, skipped }] of foreseen) {
      const item = reported.get(key);
      if (item?.state === "failed") continue;
      if (skipped !== undefined && item?.state !== "skipped") wrong.push(`${key} not left out`);
      for (const loss of losses) if (loss.sure && item?.losses.some((one) => announces(loss, one)) !== true) wrong.push(`${key} not reported ${loss.reason}`);
    }
    expect(wrong).toEqual([]);

    if (apache === undefined) return;
    const files = rows.find(({ target }) => target === "fichiers");
    const sums = files?.["forecast"] as readonly (ForeseenLoss & { items?: number })[];
    const rightsOf = items.filter(({ target, losses }) => target === "fichiers" && losses.some(({ reason }) => reason === "files.permissions")).length;
    expect(sums.find(({ reason }) => reason === "files.permissions")?.items ?? 0).toBe(rightsOf);
    expect(files?.["leftOut"]).toEqual([{ code: "FOLDER_PERMISSIONS", items: 1 }]);
  });
});
