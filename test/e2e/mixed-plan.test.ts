import { cp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import path from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "@jest/globals";
import { parse, stringify } from "yaml";
import { EmulatedWimi } from "../emulators/wimi/server.js";
import { freePort } from "../free-port.js";
import { ownFolder, startOwn } from "../own-servers.js";
import { cli, records, ROOT, summary, workDir, type Ended, type WorkDir } from "./cli.js";
import { difference } from "./compare.js";
import { startGofast, tenantFiles } from "./gofast-servers.js";
import { idleRun } from "./idle-run.js";
import { killRuns } from "./kills.js";
import { logWrites } from "./server-logs.js";
import { stage, type Stage } from "./stage.js";
import { readback, tenantLines } from "./target-servers.js";
import { optionsFor, SERVICE } from "../wimi.js";

/** Wimi's chat of the channels. */
const CHAT = 31;
const [DIRECTORATE, TECHNICIANS] = ["Direction technique", ["jerome.lefevre", "maelys.nguyen"].map((name) => `${name}@eaux-vallee.example`)];
/** Dovecot refuses a message of no bytes (real-servers.test.ts). */
const OF_NO_BYTES = "users/remi.koenig@eaux-vallee.example/mail/À trier/Messages difficiles/vide.eml";

const root = await ownFolder("mixed");
const owners = await readdir(path.join(ROOT, "fixtures/tenant/users"));
const [imap, dav] = [await freePort(), await freePort()];
const mail = await startOwn(root, ["dovecot", "radicale"], {
  EXODUS_DOVECOT_PORT: String(imap), EXODUS_DOVECOT_TLS_PORT: String(await freePort()), EXODUS_DOVECOT_SIEVE_PORT: String(await freePort()), EXODUS_DOVECOT_LMTP_PORT: String(await freePort()),
  EXODUS_RADICALE_PORT: String(dav), EXODUS_RADICALE_ACCOUNTS: owners.join(" "),
});
const gofast = mail === undefined ? undefined : await startGofast();
if (gofast === undefined) await mail?.close();

/** A plan as a public body has it: mail and calendars to open servers, one directorate's files to a GoFAST, everybody else's and the channels to a Wimi, the rest to a Twake. */
(gofast === undefined ? describe.skip : describe)("one run to Dovecot, Radicale, GoFAST, Wimi and Twake", () => {
  const wimi = new EmulatedWimi(SERVICE);
  const logged = logWrites(["dovecot", "radicale"].map((name) => path.join(root, name, "run/log")));
  let staged: Stage;
  let work: WorkDir;

  const run = (...args: string[]): Promise<Ended> => cli([...args, "--config", work.config, "--json"]);
  const isFile = (line: string): boolean => (JSON.parse(line) as string[])[1] === "file";
  const isTechnician = (line: string): boolean => TECHNICIANS.includes((JSON.parse(line) as string[])[0] ?? "");
  const differences = (wanted: readonly string[], found: readonly string[]): { missing: string[]; extra: string[] } => ({ missing: difference(wanted, found), extra: difference(found, wanted) });
  const writes = async (): Promise<string[]> => [...wimi.writes(), ...await gofast?.writes() ?? [], ...await logged()];

  /** What a person does of messages that a kill left in doubt: deletes those that arrived, and has all of them sent. */
  const settleDoubts = async (): Promise<void> => {
    const named = records((await run("migrate")).stdout).flatMap(({ failure }) => {
      const { code, params } = (failure ?? {}) as { code?: string; params?: { reason?: string } };
      return code === "TARGET_UNSURE" ? [/o365-\w+/.exec(params?.reason ?? "")?.[0] ?? ""] : [];
    });
    if (named.length === 0) return;
    wimi.chats.set(CHAT, (wimi.chats.get(CHAT) ?? []).filter((message) => !named.some((ref) => message.includes(`ref. ${ref})`))));
    const config = parse(await readFile(work.config, "utf8")) as { targets: { espaces: { unsure?: string } } };
    config.targets.espaces.unsure = "send";
    await writeFile(work.config, stringify(config));
  };

  beforeAll(async () => {
    await wimi.start();
    wimi.chats.set(CHAT, []);
    Object.assign(process.env, { EXODUS_TEST_PASSWORD: "secret", EXODUS_TEST_WIMI: SERVICE.password, EXODUS_TEST_WIMI_APP: SERVICE.appToken });
    staged = await stage(async (tenant) => {
      await cp(path.join(ROOT, "fixtures/tenant"), tenant, { recursive: true });
      await rm(path.join(tenant, OF_NO_BYTES));
      for (const owner of TECHNICIANS) {
        const profile = path.join(tenant, "users", owner, "profile.json");
        await writeFile(profile, JSON.stringify({ ...JSON.parse(await readFile(profile, "utf8")) as object, department: DIRECTORATE }));
      }
    });
    const password = "env:EXODUS_TEST_PASSWORD";
    work = await workDir(staged.served, {
      groups: "all",
      targets: {
        courrier: { adapter: "imap", host: "127.0.0.1", port: imap, security: "none", password },
        agenda: { adapter: "caldav", url: `http://127.0.0.1:${dav}/`, password },
        carnet: { adapter: "carddav", url: `http://127.0.0.1:${dav}/`, password },
        gofast: { adapter: "gofast", webdav: gofast?.target.webdav },
        espaces: { adapter: "wimi", ...optionsFor(wimi), password: "env:EXODUS_TEST_WIMI", appToken: "env:EXODUS_TEST_WIMI_APP", channels: { "qualite-eau": { "*": CHAT } } },
        twake: { adapter: "twake", matrix: gofast?.target.matrix },
      },
      routes: [
        { workload: "mail", owners, to: "courrier" }, { workload: "calendar", owners, to: "agenda" }, { workload: "contacts", to: "carnet" },
        { workload: "files", where: { department: DIRECTORATE }, to: "gofast" }, { workload: "files", owners, to: "espaces" },
        { workload: "channels", to: "espaces" }, { workload: "chats", to: "twake" },
      ],
    });
  });

  afterAll(async () => {
    await staged.remove();
    await work.remove();
    await gofast?.close();
    await wimi.stop();
    await mail?.close();
  });

  it("shows who goes where before anything is written", async () => {
    const planned = await run("plan");
    const files = records(planned.stdout).filter(({ type, workload }) => type === "plan" && workload === "files");
    expect({ code: planned.code, gofast: files.filter(({ targets }) => String(targets) === "gofast").map(({ owner }) => owner).sort() }).toEqual({ code: 0, gofast: TECHNICIANS });
    expect(await writes()).toEqual([]);
  });

  it("brings each kind of content of each owner to its own target, whole and once, though killed", async () => {
    expect(await killRuns(work.config, { kills: 1, most: 40, runs: 1 })).toBe(1);
    await settleDoubts();
    const last = await run("migrate");
    const { seen, counts } = summary(last.stdout);
    expect(records(last.stdout).filter(({ type, stage: at, state }) => type === "item" && at === "push" && state === "failed")).toEqual([]);
    expect({ code: last.code, seen, failed: counts["failed"], skipped: counts["skipped"], pending: counts["pending"] }).toEqual({ code: 0, seen: 192, failed: 0, skipped: 5, pending: 0 });

    const [wanted, files] = [tenantLines(staged.tenant), tenantFiles(staged.tenant)];
    const opened = readback(["servers", String(imap), String(dav), "0", path.join(root, "none"), ...owners]);
    expect(differences(wanted.filter((line) => !isFile(line)), opened)).toEqual({ missing: [], extra: [] });
    expect(differences(files.filter(isTechnician), gofast?.readFiles(owners) ?? [])).toEqual({ missing: [], extra: [] });
    const atWimi = [...wimi.store.paths()].map(([where, { sha256 }]) => `${decoded(where.replace(/ o365-[a-z2-7]{16}(?=\/)/, ""))} ${sha256}`);
    expect(differences(wanted.filter((line) => isFile(line) && !isTechnician(line)).map(asPath), atWimi)).toEqual({ missing: [], extra: [] });
    const messages = wimi.chats.get(CHAT) ?? [];
    expect({ messages: messages.length, distinct: new Set(messages.map((message) => /ref\. (o365-\w+)/.exec(message)?.[1])).size }).toEqual({ messages: 11, distinct: 11 });
    // The team and its two channels are Wimi's.
    expect(gofast?.readRooms(staged.tenant, "reply")).toEqual({
      rooms: 3, messages: 6, reactions: 1, media: 1, replies: 0, differences: ["room Astreinte in Qualité de l'eau", "room Général in Qualité de l'eau", "space Qualité de l'eau"].map((what) => [what, "missing"]),
    });
    expect(summary((await run("verify")).stdout).verified).toEqual({ same: 176, different: 0, missing: 0, unverifiable: messages.length });
  });

  it("writes nothing anywhere when nothing changed", async () => {
    expect(await idleRun(work.config, writes)).toMatchObject({ code: 0, counts: { migrated: 0, converted: 0, failed: 0 }, writes: [] });
  });
});

/** A line of the tenant's as owner, path and SHA-256. */
function asPath(line: string): string {
  const [owner = "", , place = "", sha256 = ""] = JSON.parse(line) as string[];
  return `${owner}/${decoded(place)} ${sha256}`;
}

/** Names without the percent rule, by which targets write what they refuse. */
function decoded(where: string): string {
  return where.replace(/(?:%[0-9A-F]{2})+/g, decodeURIComponent);
}
