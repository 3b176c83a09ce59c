import { appendFile, cp, readFile, writeFile } from "node:fs/promises";
import path from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "@jest/globals";
import { parse, stringify } from "yaml";
import { markIn } from "../../src/convert/message/origin.js";
import { EmulatedJalios } from "../emulators/jalios/server.js";
import { KEY, MEMBER } from "../jalios.js";
import { cli, records, ROOT, summary, workDir, type Ended, type WorkDir } from "./cli.js";
import { killAtRequest } from "./kills.js";
import { stage, type Stage } from "./stage.js";

const CHANNELS = "teams/Qualité de l'eau";
const [EAU, NUIT] = ["j_20", "j_21"];
/** Messages of the default tenant's two channels, and the cards of team and channels. */
const [GENERAL, ASTREINTE, CARDS] = [9, 2, 3];
const THREADS = 8;
const FROM = "helene.garcon@eaux-vallee.example";
process.env["EXODUS_TEST_JALIOS"] = KEY;

/** Threads of a message and two answers, after those of the default tenant. */
const threads = Array.from({ length: THREADS }, (_, at) => {
  const [day, text] = [`2026-04-${String(at + 1).padStart(2, "0")}`, (words: string) => ({ contentType: "text", content: words })];
  const replies = ["a", "b"].map((mark, hour) => ({ createdDateTime: `${day}T1${hour}:00:00.000Z`, from: FROM, body: text(`Réponse ${at}${mark}`) }));
  return { createdDateTime: `${day}T08:00:00.000Z`, from: FROM, body: text(`Point ${at}.`), replies };
});
const ALL = GENERAL + ASTREINTE + 3 * THREADS;
/** What of it is ours to compare, without the first line. */
const WANTED = threads.map(({ body, replies }) => [body.content, ...replies.map((reply) => reply.body.content)]);

describe("the channels of the default tenant to a JPlatform (an emulated one)", () => {
  const server = new EmulatedJalios(KEY, MEMBER);
  const { store } = server;
  let staged: Stage;
  let work: WorkDir;

  const configured = (): Promise<WorkDir> => workDir(staged.served, {
    lang: "fr", groups: "all", routes: [{ workload: "channels", to: "plateforme" }],
    targets: { plateforme: { adapter: "jalios", untried: true, openapi: { url: server.url, key: "env:EXODUS_TEST_JALIOS", workspaces: { "qualite-eau": { "Général": EAU, Astreinte: NUIT } }, searchWait: 1 } } },
  });
  const migrate = (config = work.config): Promise<Ended> => cli(["migrate", "--config", config, "--json"]);
  const failures = (stdout: string): { code: string; reason: string }[] => records(stdout).flatMap(({ type, stage: at, state, failure }) => {
    const { code, params } = (failure ?? {}) as { code: string; params: { reason: string } };
    return type === "item" && at === "push" && state === "failed" ? [{ code, reason: params.reason }] : [];
  });
  const unsure = (run: Ended): string[] => failures(run.stdout).filter(({ code }) => code === "TARGET_UNSURE").map(({ reason }) => markIn(reason) ?? "");
  /** By the emulator's own store. */
  const marks = (): string[] => [...store.contents.values()].map(({ fields }) => markIn(fields["content"] ?? fields["description"] ?? "") ?? "");
  const read = (): string[][] => store.threads(EAU).map((texts) => texts.map((text) => text.replace(/<[^>]*>/g, " ").replace(/^[^]*?Microsoft Teams.*?\)/, "").trim())).filter(([first = ""]) => first.startsWith("Point"));
  const configure = async (unsure: unknown): Promise<void> => {
    const config = parse(await readFile(work.config, "utf8")) as { targets: { plateforme: { openapi: Record<string, unknown> } } };
    config.targets.plateforme.openapi["unsure"] = unsure;
    await writeFile(work.config, stringify(config));
  };

  beforeAll(async () => {
    await server.start();
    store.workspaces.set(EAU, "Qualité de l'eau").set(NUIT, "Astreinte");
    server.lag = 120;
    staged = await stage(async (tenant) => {
      await cp(path.join(ROOT, "fixtures/tenant"), tenant, { recursive: true });
      await appendFile(path.join(tenant, CHANNELS, "Général/messages.jsonl"), threads.map((thread) => `${JSON.stringify(thread)}\n`).join(""));
    });
    work = await configured();
  });
  afterAll(async () => {
    await work.remove();
    await staged.remove();
    await server.stop();
  });

  it("are looked at without a write, and doctor says that nobody has tried it", async () => {
    const doctor = await cli(["doctor", "--config", work.config]);
    expect({ code: doctor.code, who: doctor.stdout.includes(MEMBER.fullName), untried: doctor.stdout.includes("non essayé sur une vraie plateforme"), writes: server.writes() }).toEqual({ code: 0, who: true, untried: true, writes: [] });
  });

  it("survive kill -9 before, in and after a request: each message is there once, or named as one that may be", async () => {
    const kills: boolean[] = [];
    // Which of them opens a thread hangs on what went before: between answers and first messages there are some of both.
    for (const [name, nth, arrives] of [
      [/^POST/, 2, true], [/^POST/, 3, false], [/^GET search$/, 9, true], [/^POST/, 4, false], [/^GET data/, 7, true], [/^POST/, 5, true], [/^POST/, 2, false],
    ] as const) kills.push(await killAtRequest(work.config, { name, nth, arrives }, (mishap) => (server.mishap = mishap)));
    const run = await migrate();
    const [named, there] = [unsure(run), marks()];
    const waiting = failures(run.stdout).filter(({ code }) => code === "TARGET_THREAD_IN_DOUBT").length;
    expect({ kills, code: run.code, named: named.length, twice: there.length - new Set(there).size, unknown: there.filter((mark) => mark === "") }).toEqual({ kills: kills.map(() => true), code: 3, named: 3, twice: 0, unknown: [] });
    // What is named did not arrive, and nothing else is missing but answers that wait for their first message.
    expect({ named: named.filter((mark) => there.includes(mark)), all: there.length + named.length + waiting }).toEqual({ named: [], all: ALL });
    const { seen, counts } = summary(run.stdout);
    expect({ failed: counts["failed"], pending: counts["pending"], accounted: Object.values(counts).reduce((sum, count) => sum + count, 0) }).toEqual({ failed: named.length + waiting, pending: 0, accounted: seen });
  });

  it("are not sent again, and named again, when nothing changed", async () => {
    server.writes();
    const [first, second] = [await migrate(), await migrate()];
    expect({ code: first.code, named: unsure(first).sort(), writes: server.writes() }).toEqual({ code: 3, named: unsure(second).sort(), writes: [] });
  });

  it("are all there once, in their threads, when somebody has looked; then nothing is written any more", async () => {
    await configure("send");
    const last = await migrate();
    const there = marks();
    expect({ code: last.code, failed: summary(last.stdout).counts["failed"], there: there.length, distinct: new Set(there).size }).toEqual({ code: 0, failed: 0, there: ALL, distinct: ALL });
    // What was sent later stands below what was not in doubt.
    expect(read().map((thread) => [...thread].sort()).sort()).toEqual(WANTED.map((thread) => [...thread].sort()).sort());
    await configure("report");
    server.writes();
    const idle = await migrate();
    expect({ code: idle.code, counts: summary(idle.stdout).counts, writes: server.writes() }).toMatchObject({ code: 0, counts: { migrated: 0, converted: 0, failed: 0, skipped: CARDS }, writes: [] });
    const verified = await cli(["verify", "--config", work.config, "--json"]);
    expect(summary(verified.stdout).verified).toEqual({ same: ALL, different: 0, missing: 0, unverifiable: 0 });
    expect([server.undescribed, store.activities]).toEqual([[], []]);
  });

  it("are known again by a vault and a ledger that know nothing", async () => {
    const other = await configured();
    try {
      server.writes();
      const run = await migrate(other.config);
      expect({ code: run.code, there: summary(run.stdout).counts["already-there"], writes: server.writes() }).toEqual({ code: 0, there: ALL, writes: [] });
    } finally {
      await other.remove();
    }
  });

  it("stand in the order of their writing where nothing happened, and what is new comes alone", async () => {
    store.contents.clear();
    server.lag = 0;
    const other = await configured();
    try {
      expect((await migrate(other.config)).code).toBe(0);
      expect([read(), store.of("Article", NUIT).length + store.of("DBComment", NUIT).length]).toEqual([WANTED, ASTREINTE]);
      await appendFile(path.join(staged.tenant, CHANNELS, "Général/messages.jsonl"), `${JSON.stringify({ createdDateTime: "2026-05-05T09:00:00.000Z", from: FROM, body: { contentType: "text", content: "Point neuf." } })}\n`);
      await staged.served.control("rescan");
      server.writes();
      expect([(await migrate(other.config)).code, server.writes(), read().at(-1)]).toEqual([0, ["POST data/Article"], ["Point neuf."]]);
    } finally {
      await other.remove();
    }
  });
});
