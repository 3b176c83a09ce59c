import { appendFile, cp, readFile, writeFile } from "node:fs/promises";
import path from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "@jest/globals";
import { parse, stringify } from "yaml";
import { EmulatedWimi } from "../emulators/wimi/server.js";
import { optionsFor, SERVICE } from "../wimi.js";
import { cli, launch, records, ROOT, summary, workDir, type Ended, type WorkDir } from "./cli.js";
import { stage, type Stage } from "./stage.js";

const [GENERAL, ASTREINTE] = [31, 32];
const POST = "chat.chat.PostMessage";
/** Messages of the default tenant's two channels, and threads of a message and an answer that come after those of the first. */
const [OF_GENERAL, OF_ASTREINTE, THREADS] = [9, 2, 12];
const ALL = OF_GENERAL + 2 * THREADS + OF_ASTREINTE;
const FROM = "helene.garcon@eaux-vallee.example";
const threads = Array.from({ length: THREADS }, (_, at) => {
  const day = `2026-04-${String(at + 1).padStart(2, "0")}`;
  const said = (time: string, content: string): object => ({ createdDateTime: `${day}T${time}.000Z`, from: FROM, body: { contentType: "text", content } });
  return { ...said("08:00:00", `Point ${at}.`), replies: [said("10:00:00", `Réponse ${at}`)] };
});
process.env["EXODUS_TEST_WIMI"] = SERVICE.password;
process.env["EXODUS_TEST_WIMI_APP"] = SERVICE.appToken;

describe("the channels of the default tenant to chats of Wimi (an emulated account)", () => {
  const server = new EmulatedWimi(SERVICE);
  let staged: Stage;
  let work: WorkDir;

  const migrate = (): Promise<Ended> => cli(["migrate", "--config", work.config, "--json"]);
  const refs = (): string[] => [...server.chats.values()].flat().map((message) => /ref\. (o365-\w+)/.exec(message)?.[1] ?? "");
  const unsure = (stdout: string): string[] => records(stdout).flatMap(({ type, stage: at, state, failure }) => {
    const { code, params } = (failure ?? {}) as { code: string; params: { reason: string } };
    return type === "item" && at === "push" && state === "failed" && code === "TARGET_UNSURE" ? [/o365-\w+/.exec(params.reason)?.[0] ?? ""] : [];
  });

  beforeAll(async () => {
    await server.start();
    for (const chat of [GENERAL, ASTREINTE]) server.chats.set(chat, []);
    staged = await stage(async (tenant) => {
      await cp(path.join(ROOT, "fixtures/tenant"), tenant, { recursive: true });
      await appendFile(path.join(tenant, "teams/Qualité de l'eau/Général/messages.jsonl"), threads.map((thread) => `${JSON.stringify(thread)}\n`).join(""));
    });
    work = await workDir(staged.served, {
      groups: "all", routes: [{ workload: "channels", to: "espaces" }],
      targets: { espaces: { adapter: "wimi", ...optionsFor(server), password: "env:EXODUS_TEST_WIMI", appToken: "env:EXODUS_TEST_WIMI_APP", channels: { "qualite-eau": { "Général": GENERAL, "*": ASTREINTE } } } },
    });
  });
  afterAll(async () => {
    await work.remove();
    await staged.remove();
    await server.stop();
  });

  it("survive kill -9 in the middle of messages: none is there twice, and each that may have arrived is named", async () => {
    let [kills, posts] = [0, 0];
    for (const [at, mishap] of [[3, "cut-after"], [9, "cut"], [17, "cut-after"], [24, "cut"]] as const) {
      const { child, done } = launch(["migrate", "--config", work.config, "--json"]);
      server.mishap = (target) => {
        if (target === POST) posts += 1;
        if (target !== POST || posts !== at || child.killed) return undefined;
        child.kill("SIGKILL");
        return mishap;
      };
      if ((await done).code === null) kills += 1;
    }
    server.mishap = () => undefined;
    const run = await migrate();
    const [named, there] = [unsure(run.stdout), refs()];
    expect({ kills, code: run.code, named: named.length, standing: there.length, twice: there.length - new Set(there).size }).toEqual({ kills: 4, code: 3, named: 4, standing: ALL - 2, twice: 0 });
    expect(named.filter((ref) => there.includes(ref))).toHaveLength(2);
  });

  it("are not sent again, and named again, when nothing changed", async () => {
    server.writes();
    const run = await migrate();
    expect({ code: run.code, named: unsure(run.stdout).length, writes: server.writes() }).toEqual({ code: 3, named: 4, writes: [] });
  });

  it("are all there once when somebody has looked, in the order of their writing", async () => {
    const named = unsure((await migrate()).stdout);
    // What a person does who found two of the four: they delete those, and have all four sent.
    for (const [chat, messages] of server.chats) server.chats.set(chat, messages.filter((message) => !named.some((ref) => message.includes(`ref. ${ref})`))));
    const config = parse(await readFile(work.config, "utf8")) as { targets: { espaces: { unsure?: string } } };
    config.targets.espaces.unsure = "send";
    await writeFile(work.config, stringify(config));
    const last = await migrate();
    const there = refs();
    expect({ code: last.code, failed: summary(last.stdout).counts["failed"], standing: there.length, distinct: new Set(there).size, astreinte: server.chats.get(ASTREINTE)?.length }).toEqual({ code: 0, failed: 0, standing: ALL, distinct: ALL, astreinte: OF_ASTREINTE });
    server.writes();
    expect({ code: (await migrate()).code, writes: server.writes(), undescribed: server.undescribed }).toEqual({ code: 0, writes: [], undescribed: [] });
  });
});
