import { describe, expect, it } from "@jest/globals";
import type { EventContext } from "../../../src/sandbox/calendar/event-json.js";
import { seriesFromIcs, type Series } from "../../../src/sandbox/calendar/from-ics.js";
import { instanceOn, instancesBetween } from "../../../src/sandbox/calendar/instances.js";
import { namedZone, UTC } from "../../../src/sandbox/calendar/zones.js";

const PARIS = namedZone("Europe/Paris") ?? UTC;
const CONTEXT: EventContext = {
  id: "FILE", addresses: new Set(["elodie@mairie.example"]), owner: { name: "Élodie", address: "elodie@mairie.example" }, changeKey: "key", modified: "2026-01-01T00:00:00Z",
};
const YEAR = { from: Date.UTC(2026, 0, 1), to: Date.UTC(2027, 0, 1) };

function served(lines: readonly string[], extra: readonly string[] = []): { all: readonly Series[]; warnings: readonly string[] } {
  const warnings: string[] = [];
  const text = ["BEGIN:VCALENDAR", "VERSION:2.0", ...extra, "BEGIN:VEVENT", "UID:u1", ...lines, "END:VEVENT", "END:VCALENDAR"].join("\r\n");
  return { all: seriesFromIcs(text, PARIS, CONTEXT, (reason) => warnings.push(reason)), warnings };
}

function only(lines: readonly string[], extra: readonly string[] = []): Series {
  const { all } = served(lines, extra);
  expect(all).toHaveLength(1);
  return all[0] as Series;
}

const starts = (series: Series): string[] => instancesBetween(series, YEAR).map(({ start }) => new Date(start).toISOString().slice(0, 16));

describe("an .ics file as Graph events", () => {
  it("keeps the zone under its Windows name and gives UTC instants", () => {
    const { master } = only(["DTSTART;TZID=Europe/Paris:20260701T090000", "DTEND;TZID=Europe/Paris:20260701T103000", "SUMMARY:Conseil"]);
    expect(master.properties).toMatchObject({ type: "singleInstance", subject: "Conseil", originalStartTimeZone: "Romance Standard Time", originalEndTimeZone: "Romance Standard Time", iCalUId: "u1", recurrence: null, isOrganizer: true });
    expect([master.start, master.end]).toEqual([Date.UTC(2026, 6, 1, 7), Date.UTC(2026, 6, 1, 8, 30)]);
  });

  it("names UTC, an overseas zone, an unknown VTIMEZONE and a floating time as Graph does", () => {
    const zone = ["BEGIN:VTIMEZONE", "TZID:Maison", "BEGIN:STANDARD", "DTSTART:19700101T000000", "TZOFFSETFROM:+0130", "TZOFFSETTO:+0130", "END:STANDARD", "END:VTIMEZONE"];
    expect(only(["DTSTART:20260701T090000Z"]).master.properties["originalStartTimeZone"]).toBe("UTC");
    expect(only(["DTSTART;TZID=Indian/Reunion:20260701T090000"]).master.properties["originalStartTimeZone"]).toBe("Mauritius Standard Time");
    const custom = only(["DTSTART;TZID=Maison:20260701T090000"], zone).master;
    expect([custom.properties["originalStartTimeZone"], custom.start]).toEqual(["tzone://Microsoft/Custom", Date.UTC(2026, 6, 1, 7, 30)]);
    expect(only(["DTSTART:20260701T090000"]).master.start).toBe(Date.UTC(2026, 6, 1, 7));
    expect(served(["DTSTART;TZID=Nulle-part:20260701T090000"]).warnings).toEqual([expect.stringContaining("Nulle-part")]);
  });

  it("keeps the wall clock of a series over the change of summer time", () => {
    const series = only(["DTSTART;TZID=Europe/Paris:20260327T100000", "DTEND;TZID=Europe/Paris:20260327T110000", "RRULE:FREQ=WEEKLY;COUNT=2"]);
    expect(starts(series)).toEqual(["2026-03-27T09:00", "2026-04-03T08:00"]);
    expect(series.master.properties["recurrence"]).toMatchObject({ pattern: { type: "weekly", daysOfWeek: ["friday"], firstDayOfWeek: "monday" }, range: { type: "numbered", numberOfOccurrences: 2, startDate: "2026-03-27", recurrenceTimeZone: "Romance Standard Time" } });
  });

  it.each([
    ["FREQ=DAILY;INTERVAL=3;COUNT=3", { type: "daily", interval: 3 }, ["2026-01-06", "2026-01-09", "2026-01-12"]],
    ["FREQ=WEEKLY;INTERVAL=2;WKST=SU;BYDAY=TU,SU;COUNT=4", { type: "weekly", daysOfWeek: ["tuesday", "sunday"], firstDayOfWeek: "sunday" }, ["2026-01-06", "2026-01-18", "2026-01-20", "2026-02-01"]],
    ["FREQ=WEEKLY;INTERVAL=2;BYDAY=TU,SU;COUNT=4", { type: "weekly", firstDayOfWeek: "monday" }, ["2026-01-06", "2026-01-11", "2026-01-20", "2026-01-25"]],
    ["FREQ=MONTHLY;COUNT=3", { type: "absoluteMonthly", dayOfMonth: 6 }, ["2026-01-06", "2026-02-06", "2026-03-06"]],
    ["FREQ=MONTHLY;BYMONTHDAY=-1;COUNT=2", { type: "absoluteMonthly", dayOfMonth: 31 }, ["2026-01-31", "2026-02-28"]],
    ["FREQ=MONTHLY;BYDAY=-1FR;COUNT=2", { type: "relativeMonthly", index: "last", daysOfWeek: ["friday"] }, ["2026-01-30", "2026-02-27"]],
    ["FREQ=MONTHLY;BYDAY=MO,TU,WE,TH,FR;BYSETPOS=2;COUNT=2", { type: "relativeMonthly", index: "second" }, ["2026-02-03", "2026-03-03"]],
    ["FREQ=YEARLY;COUNT=1", { type: "absoluteYearly", month: 1, dayOfMonth: 6 }, ["2026-01-06"]],
    ["FREQ=YEARLY;BYMONTH=5;BYDAY=3TH;COUNT=1", { type: "relativeYearly", month: 5, index: "third", daysOfWeek: ["thursday"] }, ["2026-05-21"]],
    ["FREQ=DAILY;BYDAY=MO,TU,WE,TH,FR;UNTIL=20260108T080000Z", { type: "weekly" }, ["2026-01-06", "2026-01-07"]],
    ["FREQ=DAILY;UNTIL=20260108", { type: "daily" }, ["2026-01-06", "2026-01-07", "2026-01-08"]],
  ])("%s", (rule, pattern, days) => {
    const series = only([`DTSTART;TZID=Europe/Paris:${days[0]?.replaceAll("-", "") ?? ""}T093000`, "DURATION:PT1H", `RRULE:${rule}`]);
    expect(series.recurrence?.pattern).toMatchObject(pattern);
    expect(starts(series).map((start) => start.slice(0, 10))).toEqual(days);
  });

  it("serves moved and cancelled occurrences by their original day", () => {
    const series = only([
      "DTSTART;TZID=Europe/Paris:20260105T090000", "DURATION:PT30M", "RRULE:FREQ=DAILY;COUNT=4", "EXDATE;TZID=Europe/Paris:20260106T090000", "SUMMARY:Point", "END:VEVENT",
      "BEGIN:VEVENT", "UID:u1", "RECURRENCE-ID;TZID=Europe/Paris:20260107T090000", "DTSTART;TZID=Europe/Paris:20260109T140000", "DURATION:PT1H", "SUMMARY:Point (déplacé)",
    ]);
    expect([...series.cancelled]).toEqual(["2026-01-06"]);
    expect(starts(series)).toEqual(["2026-01-05T08:00", "2026-01-08T08:00", "2026-01-09T13:00"]);
    const moved = instanceOn(series, "2026-01-07");
    expect(moved?.properties).toMatchObject({ type: "exception", seriesMasterId: "FILE", originalStart: "2026-01-07T08:00:00Z", subject: "Point (déplacé)" });
    expect(instanceOn(series, "2026-01-06")).toBeUndefined();
    expect(instanceOn(series, "2026-01-08")?.properties).toMatchObject({ type: "occurrence", originalStart: "2026-01-08T08:00:00Z", recurrence: null });
  });

  it("keeps all-day events on their days, end excluded", () => {
    const { master } = only(["DTSTART;VALUE=DATE:20260714", "DTEND;VALUE=DATE:20260716"]);
    expect(master.isAllDay).toBe(true);
    expect([master.start, master.end]).toEqual([Date.UTC(2026, 6, 14), Date.UTC(2026, 6, 16)]);
    expect(only(["DTSTART;VALUE=DATE:20260714"]).master.end).toBe(Date.UTC(2026, 6, 15));
  });

  it("tells people, answers, privacy, alarms, importance and the online meeting", () => {
    const { master } = only([
      "DTSTART:20260701T090000Z", "DURATION:PT1H", "ORGANIZER;CN=Jean:mailto:Jean@prefecture.example", "ATTENDEE;PARTSTAT=ACCEPTED;CN=\"Élodie, mairie\":mailto:ELODIE@mairie.example",
      "ATTENDEE;CUTYPE=ROOM;PARTSTAT=DECLINED:mailto:salle@mairie.example", "ATTENDEE;ROLE=OPT-PARTICIPANT:mailto:zoe@mairie.example", "CLASS:PRIVATE", "PRIORITY:1", "STATUS:CANCELLED",
      "X-MICROSOFT-CDO-BUSYSTATUS:OOF", "CATEGORIES:Élus,Budget", "X-MICROSOFT-SKYPETEAMSMEETINGURL:https://teams.example/join/1", "LOCATION:Salle 1\\, étage 2", "GEO:48.1;2.3",
      "ATTACH;FMTTYPE=text/plain;ENCODING=BASE64;VALUE=BINARY;X-FILENAME=note.txt:aGVsbG8=", "ATTACH:https://exemple.example/dossier/plan.pdf", "DESCRIPTION:Un <texte>\\nlong",
      "BEGIN:VALARM", "ACTION:DISPLAY", "TRIGGER:-PT45M", "END:VALARM",
    ]);
    expect(master.properties).toMatchObject({
      isOrganizer: false, organizer: { emailAddress: { name: "Jean", address: "Jean@prefecture.example" } }, responseStatus: { response: "accepted" }, sensitivity: "private", importance: "high",
      isCancelled: true, showAs: "oof", categories: ["Élus", "Budget"], isOnlineMeeting: true, onlineMeetingProvider: "teamsForBusiness", onlineMeeting: { joinUrl: "https://teams.example/join/1" },
      location: { displayName: "Salle 1, étage 2", coordinates: { latitude: 48.1, longitude: 2.3 } }, reminderMinutesBeforeStart: 45, isReminderOn: true, hasAttachments: true, bodyPreview: "Un <texte>\nlong",
    });
    expect(master.properties["attendees"]).toMatchObject([
      { type: "required", status: { response: "accepted" }, emailAddress: { name: "Élodie, mairie" } }, { type: "resource", status: { response: "declined" } }, { type: "optional", status: { response: "none" } },
    ]);
    expect(master.attachments.map(({ json }) => [json["@odata.type"], json["name"], json["size"]])).toEqual([["#microsoft.graph.fileAttachment", "note.txt", 5], ["#microsoft.graph.referenceAttachment", "plan.pdf", 0]]);
  });

  it.each([
    ["RDATE", ["DTSTART:20260105T090000Z", "RRULE:FREQ=DAILY;COUNT=2", "RDATE:20260110T090000Z"], ["2026-01-05T09:00", "2026-01-06T09:00", "2026-01-10T09:00"]],
    ["two rules", ["DTSTART:20260105T090000Z", "RRULE:FREQ=DAILY;COUNT=2", "RRULE:FREQ=WEEKLY;COUNT=2"], ["2026-01-05T09:00", "2026-01-06T09:00", "2026-01-12T09:00"]],
    ["hours", ["DTSTART:20260105T090000Z", "RRULE:FREQ=HOURLY;INTERVAL=6;COUNT=2", "EXDATE:20260105T090000Z"], ["2026-01-05T15:00"]],
    ["day 31", ["DTSTART:20260131T090000Z", "RRULE:FREQ=MONTHLY;COUNT=2"], ["2026-01-31T09:00", "2026-03-31T09:00"]],
  ])("serves what no pattern says as single events: %s", (_, lines, expected) => {
    const { all, warnings } = served(lines);
    expect(all.map(({ master }) => new Date(master.start).toISOString().slice(0, 16))).toEqual(expected);
    expect(new Set(all.map(({ master }) => master.properties["iCalUId"]))).toEqual(new Set(["u1"]));
    expect(new Set(all.map(({ master }) => master.id)).size).toBe(expected.length);
    expect(warnings.length).toBeGreaterThan(0);
  });

  it("gives the occurrences of Outlook's own identifiers identifiers of their own", () => {
    const uid = `040000008200E00074C5B7101A82E00800000000${"0".repeat(72)}`;
    const [series] = seriesFromIcs(`BEGIN:VCALENDAR\nBEGIN:VEVENT\nUID:${uid}\nDTSTART:20260105T090000Z\nRRULE:FREQ=DAILY;COUNT=2\nEND:VEVENT\nEND:VCALENDAR`, PARIS, CONTEXT, () => undefined);
    expect(series?.master.properties["iCalUId"]).toBe(uid);
    expect(series === undefined ? undefined : instanceOn(series, "2026-01-06")?.properties["iCalUId"]).toBe(`040000008200E00074C5B7101A82E00807EA0106${"0".repeat(72)}`);
  });

  it("leaves out a line that cannot be read, and closes what was not closed, by name", () => {
    const warnings: string[] = [];
    const all = seriesFromIcs("BEGIN:VCALENDAR\nBEGIN:VCALENDAR\nBEGIN:VEVENT\nUID:u\nDTSTART:20260105T090000Z\nSUMMARY=no\nRRULE:FREQ=OFTEN\nSUMMARY:oui\nEND:VALARM\nEND:VEVENT", PARIS, CONTEXT, (reason) => warnings.push(reason));
    expect(all.map(({ master }) => master.properties["subject"])).toEqual(["oui"]);
    expect(warnings).toEqual(["an END without its BEGIN is left out", "a component without its END is closed at the end of the file", "not readable and left out: a line that is no content line", "not readable and left out: RRULE"]);
  });

  it("serves events that wrongly share a UID as events of their own", () => {
    const { all } = served(["DTSTART:20260105T090000Z", "SUMMARY:a", "END:VEVENT", "BEGIN:VEVENT", "UID:u1", "DTSTART:20260106T090000Z", "SUMMARY:b"]);
    expect(all.map(({ master }) => [master.properties["subject"], master.id === CONTEXT.id])).toEqual([["a", true], ["b", false]]);
  });

  it("takes the escapes out of an HTML body", () => {
    expect(only(["DTSTART:20260105T090000Z", "X-ALT-DESC;FMTTYPE=text/html:<p>a\\, b\\; c\\nd</p>"]).master.html).toBe("<p>a, b; c\nd</p>");
  });

  it("reads the last of the 28th, 29th and 30th that a month has as Graph's day 30", () => {
    expect(only(["DTSTART:20260130T090000Z", "RRULE:FREQ=MONTHLY;BYMONTHDAY=28,29,30;BYSETPOS=-1"]).recurrence?.pattern).toMatchObject({ type: "absoluteMonthly", dayOfMonth: 30 });
  });

  it("answers unreadable text with a warning", () => {
    const warnings: string[] = [];
    expect(seriesFromIcs("pas un calendrier", PARIS, CONTEXT, (reason) => warnings.push(reason))).toEqual([]);
    expect(warnings).toHaveLength(1);
  });
});
