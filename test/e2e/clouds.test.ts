import { cp, mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "@jest/globals";
import ICAL from "ical.js";
import { writeSmallTenant } from "../../src/sandbox/check/small-tenant.js";
import { cli, records, ROOT, summary, workDir } from "./cli.js";
import { compareTrees } from "./compare.js";
import { stage, type Stage } from "./stage.js";

const EVERYTHING = { groups: "all", sites: "all", routes: [{ workload: "all", to: "archive" }] };

/** A weekly series over the change of hour, with two dates cancelled, one moved to another day and one renamed; and an endless one with an exception far from its start. */
const SERIES: Readonly<Record<string, readonly string[]>> = {
  "hebdo.ics": [
    "BEGIN:VEVENT", "UID:hebdo@clouds", "DTSTART;TZID=Europe/Paris:20260302T093000", "DTEND;TZID=Europe/Paris:20260302T103000", "RRULE:FREQ=WEEKLY;BYDAY=MO,TH;COUNT=20", "EXDATE;TZID=Europe/Paris:20260309T093000,20260402T093000", "SUMMARY:Hebdo", "END:VEVENT",
    "BEGIN:VEVENT", "UID:hebdo@clouds", "RECURRENCE-ID;TZID=Europe/Paris:20260326T093000", "DTSTART;TZID=Europe/Paris:20260331T140000", "DTEND;TZID=Europe/Paris:20260331T150000", "SUMMARY:Hebdo déplacé", "END:VEVENT",
    "BEGIN:VEVENT", "UID:hebdo@clouds", "RECURRENCE-ID;TZID=Europe/Paris:20260416T093000", "DTSTART;TZID=Europe/Paris:20260416T093000", "DTEND;TZID=Europe/Paris:20260416T103000", "SUMMARY:Hebdo renommé", "END:VEVENT",
  ],
  "sans-fin.ics": [
    "BEGIN:VEVENT", "UID:sansfin@clouds", "DTSTART;TZID=Europe/Paris:20230110T080000", "DTEND;TZID=Europe/Paris:20230110T083000", "RRULE:FREQ=MONTHLY;BYDAY=2TU", "EXDATE;TZID=Europe/Paris:20250812T080000", "SUMMARY:Relève", "END:VEVENT",
    "BEGIN:VEVENT", "UID:sansfin@clouds", "RECURRENCE-ID;TZID=Europe/Paris:20260714T080000", "DTSTART;TZID=Europe/Paris:20260715T080000", "DTEND;TZID=Europe/Paris:20260715T083000", "SUMMARY:Relève décalée", "END:VEVENT",
  ],
};

/** Starts and titles of all occurrences from 2023 to 2027 in a folder's calendars, by another library than the reader's rules. */
async function instances(home: string): Promise<string[]> {
  const found: string[] = [];
  const files = (await readdir(home, { recursive: true }).catch(() => [] as string[])).filter((name) => /calendars?[/\\].*\.ics$/i.test(name));
  for (const file of files) {
    const calendar = new ICAL.Component(ICAL.parse(await readFile(path.join(home, file), "utf8")) as never[]);
    for (const zone of calendar.getAllSubcomponents("vtimezone")) ICAL.TimezoneService.register(zone);
    const events = calendar.getAllSubcomponents("vevent").map((component) => new ICAL.Event(component));
    for (const master of events.filter((event) => !event.isRecurrenceException())) {
      for (const exception of events.filter((event) => event.isRecurrenceException() && event.uid === master.uid)) master.relateException(exception);
      if (!master.isRecurring()) {
        found.push(`${master.startDate.toString()} ${master.summary}`);
        continue;
      }
      const walk = master.iterator();
      for (let next = walk.next() as ICAL.Time | undefined; next !== undefined && next !== null && next.year < 2028; next = walk.next() as ICAL.Time | undefined) {
        const { startDate, item } = master.getOccurrenceDetails(next);
        found.push(`${startDate.toString()} ${item.summary}`);
      }
    }
  }
  return found.sort();
}

describe("Bleu", () => {
  let staged: Stage;
  let work: Awaited<ReturnType<typeof workDir>>;
  let log = "";

  beforeAll(async () => {
    log = path.join(await mkdtemp(path.join(tmpdir(), "exodus-log-")), "requests.jsonl");
    staged = await stage(async (tenant) => {
      await cp(path.join(ROOT, "fixtures/tenant"), tenant, { recursive: true, preserveTimestamps: true });
      const calendar = path.join(tenant, "users/helene.garcon@eaux-vallee.example/calendars/Calendrier");
      for (const [name, lines] of Object.entries(SERIES)) await writeFile(path.join(calendar, name), ["BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//clouds//FR", ...lines, "END:VCALENDAR", ""].join("\r\n"));
    }, () => ["--cloud", "bleu", "--log", log]);
    work = await workDir(staged.served, EVERYTHING, { cloud: "bleu" });
  });
  afterAll(async () => {
    await work.remove();
    await staged.remove();
    await rm(path.dirname(log), { recursive: true, force: true });
  });

  it("is read whole, and what it does not offer is told, not asked for", async () => {
    const doctor = await cli(["doctor", "--config", work.config, "--json"]);
    const unoffered = records(doctor.stdout).filter(({ code }) => code === "NOT_OFFERED").map(({ subject, ok }) => [subject, ok]);
    expect({ code: doctor.code, unoffered }).toEqual({ code: 0, unoffered: [["tasks", true], ["notes", true]] });

    const run = await cli(["migrate", "--config", work.config, "--json"]);
    const told = records(run.stdout).filter(({ type }) => type === "not-offered").map(({ workload, what, source }) => [workload, what, String(source).includes("v1.0-Bleu.csdl")]);
    const { seen, counts, blocked } = summary(run.stdout);
    expect({ code: run.code, told, blocked, failed: counts["failed"], pending: counts["pending"], skipped: counts["skipped"] }).toEqual({
      code: 0, told: [["tasks", "To Do", true], ["notes", "OneNote", true]], blocked: [], failed: 0, pending: 0, skipped: 1,
    });
    expect((counts["migrated"] ?? 0) + (counts["converted"] ?? 0)).toBe(seen - 1);
    expect(await readFile(path.join(work.dir, "report/report.html"), "utf8")).toContain("OneNote");

    const compared = await compareTrees(staged.tenant, path.join(work.dir, "archive"));
    expect({ missing: compared.missing, extra: compared.extra }).toEqual({ missing: [expect.stringContaining("infecte.com")], extra: [] });
    const asked = (await readFile(log, "utf8")).trim().split("\n").map((line) => JSON.parse(line) as { path: string; query: string; status: number });
    expect(asked.filter(({ path: at, query }) => /\/(?:todo|onenote)\//.test(at) || /exceptionOccurrences|cancelledOccurrences/.test(query))).toEqual([]);
    expect(asked.filter(({ status }) => status === 400)).toEqual([]);
    expect(asked.length).toBeGreaterThan(200);
  });

  it("has every occurrence of every series where the tenant has it", async () => {
    let compared = 0;
    for (const owner of await readdir(path.join(staged.tenant, "users"))) {
      const wanted = await instances(path.join(staged.tenant, "users", owner));
      expect({ owner, found: await instances(path.join(work.dir, "archive/users", owner)) }).toEqual({ owner, found: wanted });
      compared += wanted.length;
    }
    expect(compared).toBeGreaterThan(150);
  });

  it("is found unchanged by a second reading", async () => {
    const { code, stdout } = await cli(["migrate", "--config", work.config, "--pass", "delta", "--json"]);
    const { seen, counts } = summary(stdout);
    expect({ code, again: counts["already-there"], rest: (counts["migrated"] ?? 0) + (counts["converted"] ?? 0) }).toEqual({ code: 0, again: seen - 1, rest: 0 });
  });
});

describe("a cloud that refuses what nobody knew", () => {
  it("is asked again without it, and each item says what it lost", async () => {
    const staged = await stage(writeSmallTenant, () => ["--lacks", "message.categories", "event.cancelledOccurrences"]);
    const work = await workDir(staged.served, EVERYTHING);
    try {
      const { code, stdout } = await cli(["migrate", "--config", work.config, "--json"]);
      const { counts, blocked } = summary(stdout);
      expect({ code, failed: counts["failed"], blocked }).toEqual({ code: 0, failed: 0, blocked: [] });
      expect(records(stdout).find(({ type }) => type === "untold")?.["properties"]).toEqual(["event.cancelledOccurrences", "message.categories"]);
      const report = JSON.parse(await readFile(path.join(work.dir, "report/report.json"), "utf8")) as { items: { workload: string; losses: { field: string; reason: string }[] }[] };
      const lost = report.items.filter(({ losses }) => losses.some(({ reason }) => reason === "source.property-untold"));
      expect(lost.map(({ workload, losses }) => [workload, losses.map(({ field }) => field).join()])).toEqual(Array(4).fill(["mail", "categories"]));
      // A series is read by its instances then.
      const wanted = await instances(path.join(staged.tenant, "users/zoe@test.example"));
      expect(await instances(path.join(work.dir, "archive/users/zoe@test.example"))).toEqual(wanted);
      expect(wanted.length).toBeGreaterThan(9);
    } finally {
      await work.remove();
      await staged.remove();
    }
  });
});

describe("21Vianet", () => {
  const HOME = "users/zoe@test.example";

  it("has no deltas of mail and contacts: folders are listed, and compared in the next pass", async () => {
    const staged = await stage(writeSmallTenant, () => ["--cloud", "china"]);
    const work = await workDir(staged.served, { routes: [{ workload: ["mail", "contacts"], to: "archive" }] }, { cloud: "china" });
    const pass = async () => {
      const { code, stdout } = await cli(["migrate", "--config", work.config, "--json"]);
      const { seen, counts, blocked, removed, keptAfterDeletion } = summary(stdout);
      return { code, blocked, seen, failed: counts["failed"], arrived: (counts["migrated"] ?? 0) + (counts["converted"] ?? 0), there: counts["already-there"], gone: removed + keptAfterDeletion };
    };
    try {
      const quiet = { code: 0, blocked: [], failed: 0 };
      expect(await pass()).toEqual({ ...quiet, seen: 6, arrived: 6, there: 0, gone: 0 });
      expect(await pass()).toEqual({ ...quiet, seen: 6, arrived: 0, there: 6, gone: 0 });
      await writeFile(path.join(staged.tenant, HOME, "mail/Inbox/4.eml"), "Subject: Quatre\r\n\r\nBonjour\r\n");
      await rm(path.join(staged.tenant, HOME, "mail/Inbox/2.eml"));
      await writeFile(path.join(staged.tenant, HOME, "contacts/Presse/ana.vcf"), "BEGIN:VCARD\r\nVERSION:4.0\r\nFN:Ana Changée\r\nEND:VCARD\r\n");
      await staged.served.control("rescan");
      expect(await pass()).toEqual({ ...quiet, seen: 6, arrived: 2, there: 4, gone: 1 });
    } finally {
      await work.remove();
      await staged.remove();
    }
  });
});

describe("other clouds", () => {
  it.each([
    ["china", ["settings", "tasks", "notes"], 0], ["delos", ["channels", "chats", "tasks", "notes"], 0], ["gcc-high", ["notes"], 0], ["dod", ["notes"], 0], ["govsg", ["mail", "calendar", "contacts", "files", "channels", "chats", "settings", "tasks", "notes"], 0],
  ])("%s: what it has is read, the rest is told", async (cloud, missing, code) => {
    const staged = await stage(writeSmallTenant, () => ["--cloud", cloud]);
    const work = await workDir(staged.served, { ...EVERYTHING, sites: "none" }, { cloud });
    try {
      const run = await cli(["migrate", "--config", work.config, "--json"]);
      const told = [...new Set(records(run.stdout).filter(({ type }) => type === "not-offered").map(({ workload }) => workload))];
      const { counts, blocked } = summary(run.stdout);
      expect({ code: run.code, told: told.filter((name) => missing.includes(String(name))), blocked, failed: counts["failed"] }).toEqual({ code, told: missing, blocked: [], failed: 0 });
    } finally {
      await work.remove();
      await staged.remove();
    }
  }, 240_000);
});
