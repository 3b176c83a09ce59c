import { execFileSync } from "node:child_process";
import { randomBytes } from "node:crypto";
import { chmod, mkdir, mkdtemp, readdir, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, it } from "@jest/globals";
import { freePort } from "../free-port.js";
import { serverVerb, titleFor, useServer, type RunningServer } from "../servers.js";
import { cli, records, summary, workDir, type WorkDir } from "./cli.js";
import { difference } from "./compare.js";
import { stage, type Stage } from "./stage.js";
import { pythonWithDateutil, tenantLines } from "./target-servers.js";

const ZOE = "zoe@commune.example";
const BOB = "bob@commune.example";
const MEETINGS = 500;
const READ_DAV = fileURLToPath(new URL("read_dav.py", import.meta.url));
process.env["EXODUS_TEST_PASSWORD"] = "secret";
process.env["EXODUS_TEST_MASTER"] = "admin-pass";

/** A server whose scheduling can be seen: what it would send by mail, and what its own accounts find. */
interface Scheduling {
  readonly name: "sabre" | "cyrus";
  /** Options of the targets beside `adapter` and `url`. */
  readonly signIn: Record<string, string>;
  /** The account's home, for its owner. */
  home(server: RunningServer, home: "calendars" | "addressbooks", account: string): string;
  /** Messages on their way out. */
  readonly outbox: string;
}

const SERVERS: readonly Scheduling[] = [{
  name: "sabre", outbox: "data/itip",
  signIn: { user: "admin&{account}", password: "env:EXODUS_TEST_MASTER" },
  home: ({ host, port }, home, account) => `http://${host}:${port}/${home}/${account}/`,
}, {
  name: "cyrus", outbox: "data/imip",
  signIn: { password: "env:EXODUS_TEST_PASSWORD" },
  home: ({ host, port }, home, account) => `http://${host}:${port}/dav/${home}/user/${account}/`,
}];

for (const scheduling of SERVERS) {
  const root = await mkdtemp(path.join(tmpdir(), "exodus-scheduling-"));
  await chmod(root, 0o755);
  const env = { EXODUS_SERVERS_DIR: root, [`EXODUS_${scheduling.name.toUpperCase()}_PORT`]: String(await freePort()), EXODUS_CYRUS_IMAP_PORT: String(await freePort()), EXODUS_CYRUS_SIEVE_PORT: String(await freePort()) };
  const running = useServer(scheduling.name, env);
  if (running === undefined) await rm(root, { recursive: true });

  (running === undefined ? describe.skip : describe)(`500 meetings to ${titleFor(scheduling.name, running)}`, () => {
    const server = running as RunningServer;
    let staged: Stage;
    let work: WorkDir;

    beforeAll(async () => {
      staged = await stage(fillTenant);
      const target = { url: `http://${server.host}:${server.port}/`, ...scheduling.signIn };
      work = await workDir(staged.served, {
        owners: [ZOE],
        targets: { agenda: { adapter: "caldav", ...target }, carnet: { adapter: "carddav", ...target } },
        routes: [{ workload: "calendar", to: "agenda" }, { workload: "contacts", to: "carnet" }],
      });
    });

    afterAll(async () => {
      await staged.remove();
      await work.remove();
      serverVerb(scheduling.name, "stop", env);
      await rm(root, { recursive: true, force: true });
    });

    const held = (mode: "items" | "arrived", home: "calendars" | "addressbooks", account: string): string[] =>
      execFileSync(pythonWithDateutil(), [READ_DAV, mode, scheduling.home(server, home, account), account, "secret"], { encoding: "utf8", maxBuffer: 1 << 28 }).split("\n").filter((line) => line !== "");
    /** Whoever was told of a meeting: by mail, or in the calendars of the other account here. */
    const told = async (): Promise<{ mails: number; arrived: number }> => ({ mails: (await readdir(path.join(server.root, scheduling.outbox))).length, arrived: held("arrived", "calendars", BOB).length });
    const compared = (): { missing: string[]; extra: string[] } => {
      const [wanted, found] = [tenantLines(staged.tenant), [...held("items", "calendars", ZOE), ...held("items", "addressbooks", ZOE)]].map((lines) => lines.map(withoutOwner));
      return { missing: difference(wanted ?? [], found ?? []), extra: difference(found ?? [], wanted ?? []) };
    };

    it("brings meetings, series and photos whole, and tells nobody", async () => {
      const run = await cli(["migrate", "--config", work.config, "--json"]);
      const { counts, seen } = summary(run.stdout);
      expect({ code: run.code, seen, failed: counts["failed"], pending: counts["pending"] }).toEqual({ code: 0, seen: MEETINGS + 20, failed: 0, pending: 0 });
      expect(losses(run.stdout)).not.toContain("calendar.schedule-agent");
      expect(await told()).toEqual({ mails: 0, arrived: 0 });
      expect(compared()).toEqual({ missing: [], extra: [] });
      const verified = await cli(["verify", "--config", work.config, "--json"]);
      expect(summary(verified.stdout).verified).toEqual({ same: MEETINGS + 20, different: 0, missing: 0, unverifiable: 0 });
    });

    it("tells nobody when meetings are changed and deleted later", async () => {
      const folder = path.join(staged.tenant, "users", ZOE, "calendars/Calendrier");
      const names = (await readdir(folder)).sort();
      for (const name of names.slice(0, 5)) await rm(path.join(folder, name));
      for (const name of names.slice(5, 10)) await writeFile(path.join(folder, name), meeting(Number(/\d+/.exec(name)?.[0]), "14"));
      await staged.served.control("rescan");
      const run = await cli(["migrate", "--config", work.config, "--pass", "delta", "--apply-deletions", "--json"]);
      expect({ code: run.code, removed: summary(run.stdout).removed }).toEqual({ code: 0, removed: 5 });
      expect(await told()).toEqual({ mails: 0, arrived: 0 });
      expect(compared()).toEqual({ missing: [], extra: [] });
    });

    it("would have told them: the same meeting, stored by an ordinary client, is a message", async () => {
      const calendar = held("arrived", "calendars", ZOE).map((line) => String((JSON.parse(line) as string[])[0]).replace(/[^/]*$/, "")).find((one) => one.includes("/o365-")) ?? "";
      const answer = await fetch(new URL(`${calendar}temoin.ics`, scheduling.home(server, "calendars", ZOE)), {
        method: "PUT", body: meeting(9999, "09"), headers: { "content-type": "text/calendar", authorization: `Basic ${Buffer.from(`${ZOE}:secret`).toString("base64")}` },
      });
      expect(answer.status).toBe(201);
      const { mails, arrived } = await afterMail(told);
      expect(mails + arrived).toBeGreaterThanOrEqual(2);
      expect(mails).toBeGreaterThanOrEqual(1);
    });
  });
}

/** A mail leaves by a process of its own. */
async function afterMail(told: () => Promise<{ mails: number; arrived: number }>): Promise<{ mails: number; arrived: number }> {
  for (let tries = 0; tries < 50; tries += 1) {
    const now = await told();
    if (now.mails > 0) return now;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  return told();
}

async function fillTenant(tenant: string): Promise<void> {
  await writeFile(path.join(tenant, "tenant.json"), JSON.stringify({ name: "Commune", domain: "commune.example", language: "fr" }));
  const home = path.join(tenant, "users", ZOE);
  for (const folder of ["calendars/Calendrier", "calendars/Conseil municipal", "contacts/Élus"]) await mkdir(path.join(home, folder), { recursive: true });
  for (let number = 0; number < MEETINGS; number += 1) {
    await writeFile(path.join(home, "calendars", number % 5 === 4 ? "Conseil municipal" : "Calendrier", `reunion-${number}.ics`), meeting(number, "09"));
  }
  for (let number = 0; number < 20; number += 1) {
    const card = ["BEGIN:VCARD", "VERSION:4.0", `UID:urn:uuid:00000000-0000-4000-8000-${String(number).padStart(12, "0")}`, `FN:Élu ${number}`, `N:Élu ${number};;;;`, `EMAIL:elu${number}@ailleurs.example`, `PHOTO:data:image/jpeg;base64,${photo()}`, "END:VCARD", ""];
    await writeFile(path.join(home, "contacts/Élus", `elu-${number}.vcf`), card.join("\r\n"));
  }
}

/** JPEG's first bytes and noise. */
function photo(): string {
  return Buffer.concat([Buffer.from([0xff, 0xd8, 0xff, 0xe0]), randomBytes(6_000)]).toString("base64");
}

/** One with an account of the server and one from elsewhere; every seventh a series over the change of summer time, with an occurrence moved. */
function meeting(number: number, hour: string): string {
  // To come: Cyrus tells nobody of what is over.
  const day = `203703${String((number % 20) + 1).padStart(2, "0")}`;
  const people = [`ORGANIZER:mailto:${ZOE}`, `ATTENDEE;PARTSTAT=ACCEPTED;RSVP=TRUE:mailto:${ZOE}`, `ATTENDEE;PARTSTAT=NEEDS-ACTION;RSVP=TRUE:mailto:${BOB}`, "ATTENDEE;PARTSTAT=NEEDS-ACTION;RSVP=TRUE:mailto:prefet@ailleurs.example"];
  const at = (date: string, time: string): string[] => [`DTSTART;TZID=Europe/Paris:${date}T${time}0000`, `DTEND;TZID=Europe/Paris:${date}T${time}3000`];
  const event = (lines: readonly string[]): string[] => ["BEGIN:VEVENT", `UID:reunion-${number}@commune.example`, "DTSTAMP:20260105T080000Z", `SUMMARY:Réunion ${number}\\, salle 2`, ...people, ...lines, "END:VEVENT"];
  const zone = ["BEGIN:VTIMEZONE", "TZID:Europe/Paris", "BEGIN:DAYLIGHT", "TZOFFSETFROM:+0100", "TZOFFSETTO:+0200", "DTSTART:19700329T020000", "RRULE:FREQ=YEARLY;BYMONTH=3;BYDAY=-1SU", "END:DAYLIGHT", "BEGIN:STANDARD", "TZOFFSETFROM:+0200", "TZOFFSETTO:+0100", "DTSTART:19701025T030000", "RRULE:FREQ=YEARLY;BYMONTH=10;BYDAY=-1SU", "END:STANDARD", "END:VTIMEZONE"];
  const series = number % 7 === 0 ? [...event([...at(day, hour), "RRULE:FREQ=DAILY;COUNT=40"]), ...event([`RECURRENCE-ID;TZID=Europe/Paris:${day}T${hour}0000`, ...at(day, "17")])] : event(at(day, hour));
  return ["BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//test//FR", ...zone, ...series, "END:VCALENDAR", ""].join("\r\n");
}

function losses(stdout: string): string[] {
  return records(stdout).flatMap((record) => (Array.isArray(record["losses"]) ? (record["losses"] as { reason: string }[]).map(({ reason }) => reason) : []));
}

function withoutOwner(line: string): string {
  return JSON.stringify((JSON.parse(line) as unknown[]).slice(1));
}
