import { appendFile, cp, readFile, stat, writeFile } from "node:fs/promises";
import path from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "@jest/globals";
import { parse } from "yaml";
import { ownFolder, startOwn } from "../own-servers.js";
import { titleFor } from "../servers.js";
import { cli, summary, ROOT, workDir, type Ended, type WorkDir } from "./cli.js";
import { idleRun } from "./idle-run.js";
import { killRuns } from "./kills.js";
import { logWrites } from "./server-logs.js";
import { stage, type Stage } from "./stage.js";
import { SERVER, synapsePart } from "./synapse-part.js";

const CHAT = "chats/hélène-loïc";
const WHOLE = { rooms: 6, messages: 17, reactions: 3, media: 2, replies: 5, differences: [] };

const root = await ownFolder("matrix");
const chat = await synapsePart(root);
const servers = await startOwn(root, ["synapse"], chat.env);

/** The default tenant's channels and chats, and a server that knows nothing but the registration file that the program wrote. */
(servers === undefined ? describe.skip : describe)(titleFor("synapse", servers?.running[0]), () => {
  const writes = logWrites([chat.log]);
  let staged: Stage;
  let work: WorkDir;

  const migrate = (...args: string[]): Promise<Ended> => cli(["migrate", "--config", work.config, "--json", ...args]);
  const read = (): Record<string, unknown> => chat.readRooms(staged.tenant);

  beforeAll(async () => {
    staged = await stage((tenant) => cp(path.join(ROOT, "fixtures/tenant"), tenant, { recursive: true }));
    work = await workDir(staged.served, {
      groups: "all", targets: { salons: { adapter: "matrix", ...chat.options } }, routes: [{ workload: ["channels", "chats"], to: "salons" }],
    });
  });

  afterAll(async () => {
    await staged.remove();
    await work.remove();
    await servers?.close();
  });

  it("was registered by the file that the program wrote, readable by its owner alone", async () => {
    expect({ mode: (await stat(chat.registration)).mode & 0o777, told: chat.token.length }).toEqual({ mode: 0o600, told: 64 });
    const doctor = await cli(["doctor", "--config", work.config]);
    expect({ code: doctor.code, told: doctor.stdout.includes("@o365-exodus:eaux-vallee.example") }).toEqual({ code: 0, told: true });
  });

  it("survives kill -9 at random moments: rooms, members, order, authors, dates, threads, reactions and pictures are there once", async () => {
    const progress: unknown[] = [];
    const kills = await killRuns(work.config, { kills: 4, most: 8 }, () => progress.push(read()["messages"]));
    const last = await migrate();
    expect({ code: last.code, kills, progressed: new Set(progress).size > 1 }).toEqual({ code: 0, kills: 4, progressed: true });
    expect(read()).toEqual(WHOLE);
    const verified = await cli(["verify", "--config", work.config, "--json"]);
    expect({ code: verified.code, ...summary(verified.stdout).verified }).toEqual({ code: 0, same: 23, different: 0, missing: 0, unverifiable: 0 });
  });

  it("writes nothing when nothing changed", async () => {
    expect(await idleRun(work.config, writes)).toMatchObject({ code: 0, counts: { migrated: 0, converted: 0, failed: 0, "already-there": 23 }, writes: [] });
  });

  it("brings a later message, an edit and a deletion", async () => {
    const file = path.join(staged.tenant, CHAT, "messages.jsonl");
    const [first = "", ...rest] = (await readFile(file, "utf8")).trim().split("\n");
    const edited = { ...(JSON.parse(first) as object), body: { contentType: "text", content: "Merci d'y être allé si vite !" }, lastEditedDateTime: "2026-01-12T09:00:00.000Z", lastModifiedDateTime: "2026-01-12T09:00:00.000Z" };
    await writeFile(file, `${JSON.stringify(edited)}\n${rest.join("\n")}\n`);
    await appendFile(file, `${JSON.stringify({ createdDateTime: "2026-01-13T08:00:00.000Z", from: `loic.le-goff@${SERVER}`, body: { contentType: "text", content: "Bilan à 14 h ?" } })}\n`);
    await staged.served.control("rescan");
    expect((await migrate("--pass", "delta")).code).toBe(0);
    expect(read()).toEqual({ ...WHOLE, messages: WHOLE.messages + 1 });
    const found = await cli(["verify", "--config", work.config, "--json"]);
    expect({ code: found.code, ...summary(found.stdout).verified }).toEqual({ code: 0, same: 24, different: 0, missing: 0, unverifiable: 0 });

    const lines = (await readFile(file, "utf8")).trim().split("\n");
    const gone = { ...(JSON.parse(lines.at(-1) ?? "") as object), body: { contentType: "html", content: "" }, deletedDateTime: "2026-01-14T08:00:00.000Z", lastModifiedDateTime: "2026-01-14T08:00:00.000Z" };
    await writeFile(file, `${[...lines.slice(0, -1), JSON.stringify(gone)].join("\n")}\n`);
    await staged.served.control("rescan");
    expect(summary((await migrate("--pass", "delta", "--apply-deletions")).stdout).removed).toBe(1);
    await writeFile(file, `${lines.slice(0, -1).join("\n")}\n`);
    expect(read()).toEqual(WHOLE);
  });

  it("doubles nothing when vault and ledger are lost and the server has forgotten all transactions", async () => {
    await staged.served.control("rescan");
    servers?.restart("synapse");
    const anew = await workDir(staged.served, parse(await readFile(work.config, "utf8")) as Record<string, unknown>);
    try {
      const run = await cli(["migrate", "--config", anew.config, "--json"]);
      expect({ code: run.code, counts: summary(run.stdout).counts }).toMatchObject({ code: 0, counts: { migrated: 0, failed: 0 } });
      expect(read()).toEqual(WHOLE);
    } finally {
      await anew.remove();
    }
  });
});
