import { cp, readFile } from "node:fs/promises";
import path from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "@jest/globals";
import { EmulatedJamespot } from "../emulators/jamespot/server.js";
import { SERVICE } from "../jamespot.js";
import { cli, ROOT, summary, workDir, type Ended, type WorkDir } from "./cli.js";
import { put } from "./fault-tenant.js";
import { killAtRequest, type RequestKill } from "./kills.js";
import { stage, type Stage } from "./stage.js";
import { tenantThreads, writtenAt } from "./tenant-threads.js";

/** In the order of the work. */
const KILLS: readonly RequestKill[] = [
  { name: /^spot\/create$/, nth: 1, arrives: true },
  { name: /^spot\/create$/, nth: 1, arrives: false },
  { name: /^article\/create$/, nth: 1, arrives: true },
  { name: /^file\/create$/, nth: 1, arrives: true },
  { name: /^article\/create$/, nth: 1, arrives: false },
  { name: /^objectList\/spotArticles$/, nth: 1, arrives: true },
  { name: /^article\/addComment$/, nth: 1, arrives: true },
  { name: /^article\/addComment$/, nth: 1, arrives: false },
];
const TEAM = "Qualité de l'eau";
process.env["EXODUS_TEST_JAMESPOT"] = SERVICE.password;

describe("the channels of the default tenant to Jamespot (an emulated platform)", () => {
  const server = new EmulatedJamespot([SERVICE]);
  const { store } = server;
  let staged: Stage;
  let work: WorkDir;

  const migrate = (...args: string[]): Promise<Ended> => cli(["migrate", "--config", work.config, "--json", ...args]);
  /** By the emulator's own store. */
  const threads = (): Record<string, string[][]> => Object.fromEntries([...store.spots.values()].filter(({ title }) => title !== TEAM).map(({ id, title }) => [
    title, store.articlesOf(id).map((article) => [article.description, ...store.commentsOf(article.id).map(({ description }) => description)].map(writtenAt)),
  ]));

  beforeAll(async () => {
    await server.start();
    staged = await stage((tenant) => cp(path.join(ROOT, "fixtures/tenant"), tenant, { recursive: true }));
    work = await workDir(staged.served, {
      lang: "fr", groups: "all", routes: [{ workload: "channels", to: "reseau" }],
      targets: { reseau: { adapter: "jamespot", url: server.url, user: SERVICE.mail, password: "env:EXODUS_TEST_JAMESPOT", vendorAgreement: true, category: "1" } },
    });
  });
  afterAll(async () => {
    await work.remove();
    await staged.remove();
    await server.stop();
  });

  it("are looked at without a write, and the vendor's agreement is spoken of", async () => {
    const doctor = await cli(["doctor", "--config", work.config]);
    expect({ code: doctor.code, who: doctor.stdout.includes(SERVICE.title), agreement: /accord de l'éditeur|vendor's agreement/.test(doctor.stdout), writes: server.writes() }).toEqual({ code: 0, who: true, agreement: true, writes: [] });
  });

  it("arrive whole and once, in their order and threads, though killed in the middle of requests, with every item accounted for", async () => {
    let killed = 0;
    for (const kill of KILLS) if (await killAtRequest(work.config, kill, (mishap) => (server.mishap = mishap))) killed += 1;
    const last = await migrate();
    const { seen, counts } = summary(last.stdout);
    const wanted = await tenantThreads(staged.tenant, TEAM);
    expect({ killed, code: last.code, threads: threads() }).toEqual({ killed: KILLS.length, code: 0, threads: wanted });
    expect({ failed: counts["failed"], pending: counts["pending"], accounted: Object.values(counts).reduce((sum, count) => sum + count, 0) }).toEqual({ failed: 0, pending: 0, accounted: seen });
    expect(Object.keys(wanted)).toHaveLength(2);
    expect([...store.spots.values()].map(({ title, privacy }) => [title, privacy])).toEqual(expect.arrayContaining([[TEAM, 0], [`${TEAM} – Général`, 0], [`${TEAM} – Astreinte`, 0]]));
    expect([...store.files.values()].filter(({ on }) => on !== undefined).map(({ title }) => title)).toEqual([expect.stringMatching(/\.png$/)]);
    expect([store.spots.size, server.routes.alerts, server.undescribed]).toEqual([3, [], []]);
    const verified = await cli(["verify", "--config", work.config, "--json"]);
    expect({ code: verified.code, ...summary(verified.stdout).verified }).toEqual({ code: 0, same: seen, different: 0, missing: 0, unverifiable: 0 });
  });

  it("are not written again when nothing changed, and only what changed is when something did", async () => {
    server.writes();
    expect(summary((await migrate()).stdout).counts).toMatchObject({ migrated: 0, failed: 0 });
    expect(server.writes()).toEqual([]);
    const where = `teams/${TEAM}/Général/messages.jsonl`;
    const before = await readFile(path.join(staged.tenant, where), "utf8");
    await put(staged.tenant, where, `${before.trimEnd()}\n${JSON.stringify({ createdDateTime: "2026-03-05T09:00:00.000Z", from: "helene.garcon@eaux-vallee.example", body: { contentType: "text", content: "Suite" } })}\n`);
    await staged.served.control("rescan");
    expect((await migrate()).code).toBe(0);
    expect([threads(), server.writes()]).toEqual([await tenantThreads(staged.tenant, TEAM), ["article/create"]]);
  });
});
