import { mkdir, readdir, readFile, writeFile } from "node:fs/promises";
import path from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "@jest/globals";
import ICAL from "ical.js";
import { cli, records, serve, summary, workDir, type Served } from "./cli.js";
import { stage, type Stage } from "./stage.js";

const ROUTES = [{ workload: "calendar", to: "archive" }];
const PARIS = ["BEGIN:VTIMEZONE", "TZID:Europe/Paris", "BEGIN:DAYLIGHT", "TZOFFSETFROM:+0100", "TZOFFSETTO:+0200", "DTSTART:19700329T020000", "RRULE:FREQ=YEARLY;BYMONTH=3;BYDAY=-1SU", "END:DAYLIGHT", "BEGIN:STANDARD", "TZOFFSETFROM:+0200", "TZOFFSETTO:+0100", "DTSTART:19701025T030000", "RRULE:FREQ=YEARLY;BYMONTH=10;BYDAY=-1SU", "END:STANDARD", "END:VTIMEZONE"];
const CUSTOM = ["BEGIN:VTIMEZONE", "TZID:Horaire de la régie", "BEGIN:STANDARD", "TZOFFSETFROM:+0130", "TZOFFSETTO:+0130", "DTSTART:19700101T000000", "END:STANDARD", "END:VTIMEZONE"];

function ics(events: readonly (readonly string[])[], zone: readonly string[] = PARIS): string {
  return ["BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//test//FR", ...zone, ...events.flatMap((lines) => ["BEGIN:VEVENT", "DTSTAMP:20260105T080000Z", ...lines, "END:VEVENT"]), "END:VCALENDAR", ""].join("\r\n");
}

const FILES: Readonly<Record<string, string>> = {
  // Weekly over the change of summer time; one occurrence cancelled, one moved out of its day, one renamed.
  "Calendrier/hebdo.ics": ics([
    ["UID:hebdo", "DTSTART;TZID=Europe/Paris:20260316T090000", "DTEND;TZID=Europe/Paris:20260316T100000", "RRULE:FREQ=WEEKLY;BYDAY=MO,WE;COUNT=12", "EXDATE;TZID=Europe/Paris:20260325T090000", "SUMMARY:Point"],
    ["UID:hebdo", "RECURRENCE-ID;TZID=Europe/Paris:20260330T090000", "DTSTART;TZID=Europe/Paris:20260402T150000", "DTEND;TZID=Europe/Paris:20260402T160000", "SUMMARY:Point déplacé"],
    ["UID:hebdo", "RECURRENCE-ID;TZID=Europe/Paris:20260401T090000", "DTSTART;TZID=Europe/Paris:20260401T090000", "DTEND;TZID=Europe/Paris:20260401T100000", "SUMMARY:Point spécial"],
  ]),
  "Calendrier/dernier.ics": ics([["UID:dernier", "DTSTART;TZID=Europe/Paris:20260130T140000", "DTEND;TZID=Europe/Paris:20260130T150000", "RRULE:FREQ=MONTHLY;BYDAY=-1FR;COUNT=9", "SUMMARY:Dernier vendredi"]]),
  "Calendrier/conges.ics": ics([["UID:conges", "DTSTART;VALUE=DATE:20260803", "DTEND;VALUE=DATE:20260808", "RRULE:FREQ=YEARLY;COUNT=3", "SUMMARY:Congés"]], []),
  "Calendrier/long.ics": ics([["UID:long", "DTSTART;TZID=Europe/Paris:20180108T080000", "DTEND;TZID=Europe/Paris:20180108T083000", "RRULE:FREQ=WEEKLY;BYDAY=MO;COUNT=300", "EXDATE;TZID=Europe/Paris:20221226T080000", "SUMMARY:Cinq ans"]]),
  "Calendrier/ancien.ics": ics([["UID:ancien", "DTSTART;TZID=Europe/Paris:20040607T100000", "DTEND;TZID=Europe/Paris:20040607T110000", "SUMMARY:Ancien"]]),
  "Calendrier/lointain.ics": ics([["UID:lointain", "DTSTART;TZID=Europe/Paris:20340607T100000", "DTEND;TZID=Europe/Paris:20340607T110000", "SUMMARY:Lointain"]]),
  "Calendrier/prive.ics": ics([["UID:prive", "DTSTART;TZID=Europe/Paris:20260407T100000", "DTEND;TZID=Europe/Paris:20260407T110000", "CLASS:PRIVATE", "SUMMARY:Médecin"]]),
  "Calendrier/annule.ics": ics([["UID:annule", "DTSTART;TZID=Europe/Paris:20260408T100000", "DTEND;TZID=Europe/Paris:20260408T110000", "STATUS:CANCELLED", "ORGANIZER;CN=Luc:mailto:luc@ailleurs.example", "ATTENDEE;PARTSTAT=ACCEPTED:mailto:zoe@mairie.example", "SUMMARY:Annulée"]]),
  "Calendrier/pieces.ics": ics([["UID:pieces", "DTSTART;TZID=Europe/Paris:20260409T100000", "DTEND;TZID=Europe/Paris:20260409T110000", "ATTACH;FMTTYPE=text/plain;ENCODING=BASE64;VALUE=BINARY;X-FILENAME=note.txt:aGVsbG8=", "ATTACH:https://sites.example/plan.docx", "SUMMARY:Pièces"]]),
  "Régie/fuseau.ics": ics([["UID:fuseau", "DTSTART;TZID=Horaire de la régie:20260410T100000", "DTEND;TZID=Horaire de la régie:20260410T110000", "SUMMARY:Ronde"]], CUSTOM),
};

/** Starts of all occurrences with their summaries, by a library of its own. */
function occurrences(text: string): readonly string[] {
  const calendar = new ICAL.Component(ICAL.parse(text) as never);
  for (const zone of calendar.getAllSubcomponents("vtimezone")) ICAL.TimezoneService.register(zone as never);
  const events = calendar.getAllSubcomponents("vevent").map((component) => new ICAL.Event(component));
  const master = events.find((event) => !event.isRecurrenceException());
  if (master === undefined) throw new Error("no master");
  for (const event of events) if (event.isRecurrenceException()) master.relateException(event);
  const shown = (start: ICAL.Time, summary: string): string => `${start.isDate ? start.toString() : start.toJSDate().toISOString()} ${summary}`;
  if (!master.isRecurring()) return [shown(master.startDate, master.summary)];
  const found: string[] = [];
  const iterator = master.iterator();
  for (let next: ICAL.Time | undefined = iterator.next(); next !== undefined && next !== null && found.length < 500; next = iterator.next()) {
    const details = master.getOccurrenceDetails(next);
    found.push(shown(details.startDate, details.item.summary));
  }
  return found.sort();
}

async function archived(dir: string): Promise<Map<string, string>> {
  const found = new Map<string, string>();
  for (const entry of await readdir(path.join(dir, "archive"), { recursive: true, withFileTypes: true })) {
    if (!entry.name.endsWith(".ics")) continue;
    const text = await readFile(path.join(entry.parentPath, entry.name), "utf8");
    found.set(/^UID:(.*)$/m.exec(text)?.[1]?.trim() ?? "", text);
  }
  return found;
}

describe("calendars", () => {
  let staged: Stage;
  let bleu: Served;

  beforeAll(async () => {
    staged = await stage(async (tenant) => {
      await writeFile(path.join(tenant, "tenant.json"), JSON.stringify({ name: "Mairie", domain: "mairie.example" }));
      for (const [name, text] of Object.entries(FILES)) {
        const file = path.join(tenant, "users/zoe@mairie.example/calendars", name);
        await mkdir(path.dirname(file), { recursive: true });
        await writeFile(file, text);
      }
    });
    bleu = await serve(staged.tenant, ["--cloud", "bleu"]);
  });

  afterAll(async () => {
    await bleu.stop();
    await staged.remove();
  });

  it("arrive whole, whatever their year, with series, all-day dates, unknown zones, private and cancelled events; and the same from a cloud that tells no exceptions", async () => {
    const wholes: Map<string, string>[] = [];
    for (const [served, cloud] of [[staged.served, "global"], [bleu, "bleu"]] as const) {
      const work = await workDir(served, { routes: ROUTES }, { cloud });
      try {
        const run = await cli(["migrate", "--config", work.config, "--json"]);
        const { code } = run;
        const { counts, seen } = summary(run.stdout);
        const losses = records(run.stdout).filter(({ type, stage: at }) => type === "item" && at === "push").flatMap(({ losses: told }) => ((told as { reason: string }[] | undefined) ?? []).map(({ reason }) => reason));
        expect({ cloud, code, seen, failed: counts["failed"], losses: losses.sort() }).toEqual({ cloud, code: 0, seen: 10, failed: 0, losses: ["calendar.reference-attachment", "calendar.unknown-zone"] });
        const again = summary((await cli(["migrate", "--pass", "delta", "--config", work.config, "--json"])).stdout);
        expect(again.counts).toMatchObject({ migrated: 0, converted: 0, "already-there": 10 });
        wholes.push(await archived(work.dir));
      } finally {
        await work.remove();
      }
    }
    const [whole, other] = wholes;
    expect(other).toEqual(whole);
    const uidOf = (text: string): string => /^UID:(.*)$/m.exec(text)?.[1]?.trim() ?? "";
    for (const source of Object.values(FILES)) {
      const found = whole?.get(uidOf(source));
      if (found === undefined) throw new Error(`${uidOf(source)} is not in the archive`);
      expect({ uid: uidOf(source), starts: occurrences(found) }).toEqual({ uid: uidOf(source), starts: occurrences(source) });
    }
    expect(whole?.get("conges")).toMatch(/^DTSTART;VALUE=DATE:20260803\r\nDTEND;VALUE=DATE:20260808\r$/m);
    expect(whole?.get("prive")).toMatch(/^CLASS:PRIVATE\r$/m);
    expect(whole?.get("annule")).toMatch(/^STATUS:CANCELLED\r$/m);
    expect(whole?.get("annule")).toMatch(/^ORGANIZER;[^\r]*luc@ailleurs\.example\r$/m);
    expect(whole?.get("pieces")?.replace(/\r\n /g, "")).toContain("aGVsbG8=");
  });

  it("that one application may not open are named, and the others go on", async () => {
    const faults = path.join(staged.tenant, "faults.json");
    await writeFile(faults, JSON.stringify([{ match: "/calendars/[^/]+/events", nth: 2, times: 1, status: 403, body: { error: { code: "ErrorAccessDenied", message: "Access is denied." } } }]));
    const served = await serve(staged.tenant, ["--faults", faults]);
    const work = await workDir(served, { routes: ROUTES });
    try {
      const run = await cli(["migrate", "--config", work.config, "--json"]);
      const { seen, blocked } = summary(run.stdout);
      expect({ code: run.code, read: seen > 0 && seen < 10, blocked: blocked.map(({ code }) => code) }).toEqual({ code: 13, read: true, blocked: ["GRAPH_CONSENT"] });
      const later = await cli(["migrate", "--pass", "delta", "--config", work.config, "--json"]);
      expect({ code: later.code, seen: summary(later.stdout).seen }).toEqual({ code: 0, seen: 10 });
    } finally {
      await work.remove();
      await served.stop();
    }
  });
});
