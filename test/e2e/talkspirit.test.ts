import { appendFile, cp, readFile, writeFile } from "node:fs/promises";
import path from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "@jest/globals";
import { parse, stringify } from "yaml";
import { EmulatedTalkspirit, type Comment } from "../emulators/talkspirit/server.js";
import { cli, launch, records, ROOT, summary, workDir, type Ended, type WorkDir } from "./cli.js";
import { stage, type Stage } from "./stage.js";

const TEAM = "teams/Qualité de l'eau";
/** Messages of the default tenant's two channels, and their cards. */
const [GENERAL, ASTREINTE, CARDS] = [9, 2, 3];
const THREADS = 20;
const FROM = "helene.garcon@eaux-vallee.example";

/** Threads of a message and two answers, after those of the default tenant. */
const threads = Array.from({ length: THREADS }, (_, at) => {
  const [day, text] = [`2026-04-${String(at + 1).padStart(2, "0")}`, (words: string) => ({ contentType: "text", content: words })];
  const replies = ["a", "b"].map((mark, hour) => ({ createdDateTime: `${day}T1${hour}:00:00.000Z`, from: FROM, body: text(`Réponse ${at}${mark}`) }));
  return { createdDateTime: `${day}T08:00:00.000Z`, from: FROM, body: text(`Point ${at}.`), replies };
});
const ALL = GENERAL + 3 * THREADS;

describe("the channels of the default tenant to Talkspirit (an emulated one)", () => {
  const server = new EmulatedTalkspirit("general", "astreinte");
  let staged: Stage;
  let work: WorkDir;

  const migrate = (...args: string[]): Promise<Ended> => cli(["migrate", "--config", work.config, "--json", ...args]);
  const failures = (stdout: string): { title: string; code: string; reason: string }[] => records(stdout).flatMap(({ type, stage: at, state, title, failure }) => {
    const { code, params } = (failure ?? {}) as { code: string; params: { reason: string } };
    return type === "item" && at === "push" && state === "failed" ? [{ title: String(title), code, reason: params.reason }] : [];
  });
  const configure = async (change: (target: { webhooks: Record<string, Record<string, string>>; unsure?: string }) => void): Promise<void> => {
    const config = parse(await readFile(work.config, "utf8")) as { targets: { publications: Parameters<typeof change>[0] } };
    change(config.targets.publications);
    await writeFile(work.config, stringify(config));
  };
  const refOf = ({ content }: Comment): string => /ref\. (o365-\w+)/.exec(content)?.[1] ?? "";

  beforeAll(async () => {
    await server.start();
    [process.env["EXODUS_TEST_GENERAL"], process.env["EXODUS_TEST_ASTREINTE"]] = [server.address("general"), server.address("astreinte")];
    staged = await stage(async (tenant) => {
      await cp(path.join(ROOT, "fixtures/tenant"), tenant, { recursive: true });
      await appendFile(path.join(tenant, TEAM, "Général/messages.jsonl"), threads.map((thread) => `${JSON.stringify(thread)}\n`).join(""));
    });
    work = await workDir(staged.served, {
      groups: "all", routes: [{ workload: "channels", to: "publications" }], targets: { publications: { adapter: "talkspirit", webhooks: { "qualite-eau": { "Général": "env:EXODUS_TEST_GENERAL" } } } },
    });
  });
  afterAll(async () => {
    await work.remove();
    await staged.remove();
    await server.stop();
  });

  it("are looked at without a call", async () => {
    const doctor = await cli(["doctor", "--config", work.config]);
    expect({ code: doctor.code, told: doctor.stdout.includes("1 incoming webhooks named"), calls: server.calls }).toEqual({ code: 0, told: true, calls: 0 });
  });

  it("survive kill -9 in the middle of calls: nothing is there twice, and every message that may have arrived is named, whether it did or not", async () => {
    const taken: string[] = [];
    let kills = 0;
    // Each message is called for once, so that a call has the message's number: an answer, a message that opens a thread, an answer, another.
    for (const [at, arrives] of [[3, true], [13, false], [30, true], [47, false]] as const) {
      const { child, done } = launch(["migrate", "--config", work.config, "--json"]);
      server.mishap = (call) => {
        if (call !== at) return undefined;
        child.kill("SIGKILL");
        return arrives ? undefined : "cut";
      };
      if ((await done).code === null) kills += 1;
      const last = server.standing("general").at(-1);
      if (arrives && last !== undefined) taken.push(refOf(last));
    }
    server.mishap = () => undefined;
    const run = await migrate();
    const unsure = failures(run.stdout).filter(({ code }) => code === "TARGET_UNSURE");
    const refs = server.standing("general").map(refOf);
    // 14: a channel has no webhook yet.
    expect({ kills, code: run.code, named: unsure.length, standing: refs.length, twice: refs.length - new Set(refs).size }).toEqual({ kills: 4, code: 14, named: 4, standing: ALL - 2, twice: 0 });
    // Two of the four are there, and no other than what is named is missing.
    expect(unsure.filter(({ reason }) => refs.some((ref) => reason.includes(ref))).map(({ reason }) => taken.some((ref) => reason.includes(ref)))).toEqual([true, true]);
  });

  it("are not sent again, and named again, when nothing changed; the channel without a group is named too", async () => {
    const before = server.calls;
    const run = await migrate();
    expect({ code: run.code, calls: server.calls - before, named: failures(run.stdout).filter(({ code }) => code === "TARGET_UNSURE").length }).toEqual({ code: 14, calls: 0, named: 4 });
    const { counts, blocked } = summary(run.stdout);
    // The card of the channel without a group waits with its messages.
    expect(counts).toMatchObject({ "already-there": ALL - 4, failed: 4 + ASTREINTE + 1, skipped: CARDS - 1, pending: 0 });
    expect(blocked.map(({ code, message }) => [code, message.includes("qualite-eau/Astreinte")])).toEqual([["TARGET_NO_WEBHOOK", true]]);
  });

  it("are all there once when somebody has looked, and the channel has a group", async () => {
    const run = await cli(["status", "--config", work.config]);
    expect(run.stdout).not.toContain(server.address("general"));
    // What a person does who found two of the four: they delete those, and have all four sent.
    const named = failures((await migrate()).stdout).map(({ reason }) => /o365-\w+/.exec(reason)?.[0]);
    for (const [token, wall] of server.groups) {
      const kept = wall.filter((post) => !named.includes(refOf(post)));
      for (const { comments } of kept) comments.splice(0, comments.length, ...comments.filter((comment) => !named.includes(refOf(comment))));
      server.groups.set(token, kept);
    }
    await configure((target) => {
      target.unsure = "send";
      target.webhooks["qualite-eau"] = { "*": "env:EXODUS_TEST_ASTREINTE", ...target.webhooks["qualite-eau"] };
    });
    const last = await migrate();
    const refs = server.standing("general").map(refOf);
    expect({ code: last.code, failed: summary(last.stdout).counts["failed"], general: refs.length, distinct: new Set(refs).size, astreinte: server.standing("astreinte").length }).toEqual({ code: 0, failed: 0, general: ALL, distinct: ALL, astreinte: ASTREINTE });
    const before = server.calls;
    expect({ code: (await migrate()).code, calls: server.calls - before }).toEqual({ code: 0, calls: 0 });
    const verified = await cli(["verify", "--config", work.config, "--json"]);
    expect(summary(verified.stdout).verified).toEqual({ same: 0, different: 0, missing: 0, unverifiable: ALL + ASTREINTE });
    expect(server.undescribed).toEqual([]);
  });

  it("stand in the order of their writing, answers below their message", async () => {
    const fresh = new EmulatedTalkspirit("tous");
    await fresh.start();
    process.env["EXODUS_TEST_TOUS"] = fresh.address("tous");
    const other = await workDir(staged.served, {
      groups: "all", routes: [{ workload: "channels", to: "publications" }], targets: { publications: { adapter: "talkspirit", webhooks: { "qualite-eau": { "*": "env:EXODUS_TEST_TOUS" } } } },
    });
    try {
      const run = await cli(["migrate", "--config", other.config, "--json"]);
      const wall = fresh.groups.get("tous") ?? [];
      const ours = wall.filter(({ title }) => title.startsWith("Point")).map((post) => [post, ...post.comments].map(({ content }) => content.split("\n\n")[1]));
      expect({ code: run.code, standing: fresh.standing("tous").length, ours }).toEqual({ code: 0, standing: ALL + ASTREINTE, ours: threads.map(({ body, replies }) => [body, ...replies.map((reply) => reply.body)].map(({ content }) => content)) });
    } finally {
      await other.remove();
      await fresh.stop();
    }
  });
});
