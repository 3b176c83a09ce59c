import { chmod, mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "@jest/globals";
import { stringify } from "yaml";
import { freePort } from "../free-port.js";
import { HOSTILE_CALENDARS, HOSTILE_CARDS } from "../round-trip/hostile-files.js";
import { serverVerb, titleFor, useServer } from "../servers.js";
import { summary, workDir, type WorkDir } from "./cli.js";
import { put } from "./fault-tenant.js";
import { cliMeasured, type Measured } from "./measured.js";
import { stage, type Stage } from "./stage.js";

const OWNER = "hostile@commune.example";
/** MiB of heap; all files together have some thirty, the largest two. */
const HEAP = 160;
/** MiB resident. */
const PEAK = 500;
/** Seconds; some forty on a busy machine. What is not bounded takes hours. */
const MOST_SECONDS = 240;
process.env["EXODUS_TEST_PASSWORD"] = "secret";

/** Files as bytes: what no text can hold comes beside the shared ones. */
const raw = (around: string, bytes: readonly number[]): Buffer => Buffer.concat([Buffer.from(around.split("@")[0] ?? ""), Buffer.from(bytes), Buffer.from(around.split("@")[1] ?? "")]);
const EVERY_BYTE = Array.from({ length: 256 }, (_, byte) => byte).filter((byte) => byte !== 10 && byte !== 13);
const SURROGATES = [0xed, 0xa0, 0x80, 0xed, 0xb0, 0x80, 0xed, 0xa0];
const EVENT = "BEGIN:VCALENDAR\r\nBEGIN:VEVENT\r\nUID:u\r\nDTSTART:20260101T090000Z\r\nSUMMARY:x@\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n";
const CARD = "BEGIN:VCARD\r\nVERSION:4.0\r\nFN:n\r\nNOTE:x@\r\nEND:VCARD\r\n";
/** Cut after 150 occurrences like "a billion occurrences", and as slow to send. */
const LIKE_ANOTHER = new Set(["every second for thirty years", "a megabyte of EXDATE in one line"]);
const FILES: Readonly<Record<"ics" | "vcf", Readonly<Record<string, string | Buffer>>>> = {
  ics: { ...Object.fromEntries(Object.entries(HOSTILE_CALENDARS).filter(([name]) => !LIKE_ANOTHER.has(name))), "every byte": raw(EVENT, EVERY_BYTE), "halves of pairs in UTF-8": raw(EVENT, SURROGATES) },
  vcf: { ...HOSTILE_CARDS, "every byte": raw(CARD, EVERY_BYTE), "halves of pairs in UTF-8": raw(CARD, SURROGATES) },
};

const server = await ownRadicale();

/** A Radicale of the suite's own: it is told to stop while it may still think about what it was given. */
async function ownRadicale() {
  const root = await mkdtemp(path.join(tmpdir(), "exodus-hostile-"));
  // The server runs as somebody else.
  await chmod(root, 0o755);
  const env = { EXODUS_SERVERS_DIR: root, EXODUS_RADICALE_PORT: String(await freePort()), EXODUS_RADICALE_ACCOUNTS: OWNER };
  const running = useServer("radicale", env);
  if (running === undefined) await rm(root, { recursive: true, force: true });
  return { running, stop: async () => { serverVerb("radicale", "stop", env); await rm(root, { recursive: true, force: true }); } };
}

(server.running === undefined ? describe.skip : describe)(`calendars and cards that want to take for ever, on ${titleFor("radicale", server.running)}`, () => {
  let staged: Stage;
  let work: WorkDir;
  let migrated: Measured;
  let seconds: number;

  const timed = async (args: readonly string[]): Promise<Measured> => {
    const before = Date.now();
    const run = await cliMeasured(HEAP, args);
    seconds = (Date.now() - before) / 1_000;
    return run;
  };

  beforeAll(async () => {
    staged = await stage(async (tenant) => {
      await put(tenant, "tenant.json", JSON.stringify({ name: "Mairie", domain: "commune.example" }));
      for (const [kind, area] of [["ics", "calendars"], ["vcf", "contacts"]] as const) {
        for (const [position, content] of Object.values(FILES[kind]).entries()) {
          const dir = path.join(tenant, "users", OWNER, area, `dossier ${position}`);
          await mkdir(dir, { recursive: true });
          await writeFile(path.join(dir, `a.${kind}`), content);
        }
      }
    });
    const url = `http://127.0.0.1:${server.running?.port ?? 0}/`;
    const targets = { agenda: { adapter: "caldav", url, password: "env:EXODUS_TEST_PASSWORD" }, carnet: { adapter: "carddav", url, password: "env:EXODUS_TEST_PASSWORD" } };
    work = await workDir(staged.served, { targets, routes: [{ workload: "calendar", to: "agenda" }, { workload: "contacts", to: "carnet" }] });
    migrated = await timed(["migrate", "--config", work.config, "--json"]);
  });

  // On its own, so that nothing that broke before leaves it running.
  afterAll(() => server.stop());
  afterAll(async () => {
    await staged.remove();
    await work.remove();
  });

  it("are read, kept and sent in bounded time and memory, each accounted for", async () => {
    const { seen, counts, blocked } = summary(migrated.stdout);
    expect({ code: migrated.code, blocked, failed: counts["failed"], accounted: Object.values(counts).reduce((sum, count) => sum + count, 0) }).toEqual({ code: 0, blocked: [], failed: 0, accounted: seen });
    expect(seen).toBeGreaterThan(Object.keys(FILES.ics).length);
    expect(migrated.peakMb).toBeLessThan(PEAK);
    expect(seconds).toBeLessThan(MOST_SECONDS);
    // What the sandbox leaves out of a file it names, in few words.
    const warnings = Object.values(await staged.served.warnings()).flat();
    expect(warnings).toEqual(expect.arrayContaining(["components nested deeper than 8 are left out", "control characters are left out", "the rule goes on beyond the occurrences that are served"]));
    expect(Math.max(...warnings.map((one) => one.length))).toBeLessThan(300);
  });

  it("are whole in the vault, stand at the server as they were sent, and go to an archive", async () => {
    const { seen } = summary(migrated.stdout);
    const checked = await timed(["vault", "check", "--read-data", "--schema", "--config", work.config]);
    expect({ code: checked.code, stderr: checked.stderr }).toEqual({ code: 0, stderr: "" });
    const verified = await timed(["verify", "--config", work.config, "--json"]);
    expect(summary(verified.stdout).verified).toEqual({ same: seen, different: 0, missing: 0, unverifiable: 0 });
    const alone = path.join(work.dir, "archive.yaml");
    await put(work.dir, "archive.yaml", stringify({ version: 1, targets: { disque: { adapter: "archive", path: "./archive", index: true } }, routes: [{ workload: ["calendar", "contacts"], to: "disque" }] }));
    const pushed = await timed(["push", "--config", alone, "--json"]);
    const { counts } = summary(pushed.stdout);
    expect({ code: pushed.code, arrived: (counts["migrated"] ?? 0) + (counts["converted"] ?? 0) }).toEqual({ code: 0, arrived: seen });
    expect(Math.max(checked.peakMb, verified.peakMb, pushed.peakMb)).toBeLessThan(PEAK);
  });
});
