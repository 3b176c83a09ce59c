import { cp, readFile } from "node:fs/promises";
import path from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "@jest/globals";
import { EmulatedNetframe } from "../emulators/netframe/server.js";
import { HOUSE, SERVICE } from "../netframe.js";
import { cli, ROOT, summary, workDir, type Ended, type WorkDir } from "./cli.js";
import { put } from "./fault-tenant.js";
import { killAtRequest, killRuns, type RequestKill } from "./kills.js";
import { stage, type Stage } from "./stage.js";
import { tenantMessages, writtenAt } from "./tenant-threads.js";

const TEAM = "Qualité de l'eau";
const AUTHOR = "helene.garcon@eaux-vallee.example";
process.env["EXODUS_TEST_NETFRAME"] = SERVICE.password;

/** In the order of the work. */
const KILLS: readonly RequestKill[] = [
  { name: /^POST \/channels\/edit$/, nth: 1, arrives: true },
  { name: /^POST \/channels\/edit$/, nth: 1, arrives: false },
  { name: /^POST \/channels\/post$/, nth: 1, arrives: true },
  { name: /^POST \/channels\/post$/, nth: 1, arrives: false },
  { name: /^POST \/channels\/N$/, nth: 1, arrives: true },
  { name: /^POST \/channels\/post$/, nth: 2, arrives: true },
  { name: /^POST \/media\/upload$/, nth: 1, arrives: true },
];
const RANDOM_KILLS = 3;

describe("the channels of the default tenant to Netframe (an emulated instance)", () => {
  const server = new EmulatedNetframe([SERVICE], { [`${HOUSE.type}/${HOUSE.id}`]: 2 });
  const { store } = server;
  let staged: Stage;
  let work: WorkDir;

  const migrate = (...args: string[]): Promise<Ended> => cli(["migrate", "--config", work.config, "--json", ...args]);
  /** By the emulator's own store, in the order of arrival. */
  const messages = (): Record<string, string[]> => Object.fromEntries([...store.channels.values()].map(({ id, name }) => [name, store.contentsOf(id).map(writtenAt)]));

  beforeAll(async () => {
    await server.start();
    staged = await stage(async (tenant) => {
      await cp(path.join(ROOT, "fixtures/tenant"), tenant, { recursive: true });
      const where = `teams/${TEAM}/Général/messages.jsonl`;
      const before = await readFile(path.join(tenant, where), "utf8");
      const more = Array.from({ length: 60 }, (_, at) => JSON.stringify({ createdDateTime: new Date(Date.UTC(2026, 3, 2, 8, at)).toISOString(), from: AUTHOR, body: { contentType: "text", content: `n° ${at} < & >` } }));
      await put(tenant, where, `${before.trimEnd()}\n${more.join("\n")}\n`);
    });
    work = await workDir(staged.served, {
      lang: "fr", groups: "all", routes: [{ workload: "channels", to: "reseau" }],
      targets: { reseau: { adapter: "netframe", url: server.url, user: SERVICE.email, password: "env:EXODUS_TEST_NETFRAME", brittle: true, profiles: { "*": `${HOUSE.type}/${HOUSE.id}` } } },
    });
  });
  afterAll(async () => {
    await work.remove();
    await staged.remove();
    await server.stop();
  });

  it("are looked at without a write, and what is brittle and who would be written to is spoken of", async () => {
    const doctor = await cli(["doctor", "--config", work.config]);
    expect({ code: doctor.code, brittle: doctor.stdout.includes("brittle: true"), phones: /phone|téléphone/.test(doctor.stdout), writes: server.writes() }).toEqual({ code: 0, brittle: true, phones: true, writes: [] });
  });

  it("arrive whole and once, in their order, though killed in the middle of requests and at random moments, with every item accounted for", async () => {
    let killed = 0;
    for (const kill of KILLS) if (await killAtRequest(work.config, kill, (mishap) => (server.mishap = mishap))) killed += 1;
    const random = await killRuns(work.config, { kills: RANDOM_KILLS, most: 12, seed: 20261127 });
    const last = await migrate();
    const { seen, counts } = summary(last.stdout);
    const wanted = await tenantMessages(staged.tenant, TEAM);
    expect({ killed, random, code: last.code, messages: messages() }).toEqual({ killed: KILLS.length, random: RANDOM_KILLS, code: 0, messages: wanted });
    expect({ failed: counts["failed"], pending: counts["pending"], accounted: Object.values(counts).reduce((sum, count) => sum + count, 0) }).toEqual({ failed: 0, pending: 0, accounted: seen });
    expect([...store.channels.values()].map(({ confidentiality, profileId, members }) => [confidentiality, profileId, [...members]])).toEqual(Array(2).fill([0, HOUSE.id, [[SERVICE.id, 1]]]));
    const linked = [...store.posts.values()].flatMap(({ medias }) => medias.map((id) => store.medias.get(id)?.name));
    expect(linked).toEqual([expect.stringMatching(/\.png$/)]);
    expect([store.pushes, store.mails, server.undescribed]).toEqual([[], [], []]);
    const verified = await cli(["verify", "--config", work.config, "--json"]);
    // The team's own card is left out by rule: it has no channel.
    expect({ code: verified.code, ...summary(verified.stdout).verified }).toEqual({ code: 0, same: seen - (counts["skipped"] ?? 0), different: 0, missing: 0, unverifiable: 0 });
  });

  it("are not written again when nothing changed, and only what changed is when something did", async () => {
    server.writes();
    expect(summary((await migrate()).stdout).counts).toMatchObject({ migrated: 0, failed: 0 });
    expect(server.writes()).toEqual([]);
    const where = `teams/${TEAM}/Général/messages.jsonl`;
    const before = await readFile(path.join(staged.tenant, where), "utf8");
    await put(staged.tenant, where, `${before.trimEnd()}\n${JSON.stringify({ createdDateTime: "2026-05-05T09:00:00.000Z", from: AUTHOR, body: { contentType: "text", content: "Suite" } })}\n`);
    await staged.served.control("rescan");
    expect((await migrate()).code).toBe(0);
    expect([messages(), server.writes()]).toEqual([await tenantMessages(staged.tenant, TEAM), ["POST /channels/post"]]);
  });
});
