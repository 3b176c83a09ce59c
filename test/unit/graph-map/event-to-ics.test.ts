import { describe, expect, it } from "@jest/globals";
import fc from "fast-check";
import ICAL from "ical.js";
import { eventToIcs, type EventSource } from "../../../src/graph/map/event-to-ics.js";
import type { GraphEvent } from "../../../src/graph/map/graph-event.js";
import { htmlToText } from "../../../src/lib/html-text.js";

const MEETING: GraphEvent = {
  id: "AAMk-1", changeKey: "ck", iCalUId: "040000008200E00074C5B7101A82E008-1", type: "singleInstance", subject: "Réunion; budget, 2027",
  start: { dateTime: "2026-03-27T09:00:00.0000000", timeZone: "UTC" }, end: { dateTime: "2026-03-27T10:30:00.0000000", timeZone: "UTC" },
  originalStartTimeZone: "Romance Standard Time", originalEndTimeZone: "Romance Standard Time",
  createdDateTime: "2026-01-02T03:04:05.1234567Z", lastModifiedDateTime: "2026-02-03T04:05:06Z",
};
const WEEKLY: GraphEvent = {
  ...MEETING, type: "seriesMaster", recurrence: {
    pattern: { type: "weekly", interval: 1, daysOfWeek: ["friday"], firstDayOfWeek: "monday" },
    range: { type: "endDate", startDate: "2026-03-27", endDate: "2026-05-29", recurrenceTimeZone: "Romance Standard Time" },
  },
};

function map(source: EventSource, options: Parameters<typeof eventToIcs>[1] = {}) {
  const mapped = eventToIcs(source, options);
  if (mapped === undefined) throw new Error("not mapped");
  const calendar = ICAL.Component.fromString(mapped.ics);
  const [event, ...overrides] = calendar.getAllSubcomponents("vevent");
  if (event === undefined) throw new Error("no VEVENT");
  return { ...mapped, calendar, event, overrides, text: mapped.ics.replace(/\r\n /g, ""), reasons: mapped.losses.map((loss) => loss.reason) };
}

describe("a single meeting", () => {
  it("stands on its author's clock, with the zone beside it and the source's name kept", () => {
    const { text, event, record } = map({ event: MEETING });
    expect(text).toContain("DTSTART;TZID=Europe/Paris:20260327T100000\r\n");
    expect(text).toContain("DTEND;TZID=Europe/Paris:20260327T113000\r\n");
    expect(text).toContain("TZID:Europe/Paris\r\nX-O365-ORIGINAL-TZ:Romance Standard Time\r\n");
    expect(text).toContain("DTSTAMP:20260203T040506Z");
    expect(text).toContain("CREATED:20260102T030405Z");
    expect(event.getFirstPropertyValue("summary")).toBe("Réunion; budget, 2027");
    expect(event.getFirstPropertyValue("uid")).toBe(MEETING.iCalUId);
    expect(record).toEqual({ v: 1, type: "event", uid: MEETING.iCalUId, summary: MEETING.subject, start: "2026-03-27T10:00:00", recurring: false, cancelled: false, organized: true });
  });
  it("gives the same bytes twice, CRLF, no line over 75 octets", () => {
    const event = { ...MEETING, subject: "é😀".repeat(80), body: { contentType: "html", content: `<p>${"œuvre ".repeat(60)}</p>` } };
    const { ics } = map({ event });
    expect(eventToIcs({ event })?.ics).toBe(ics);
    expect(ics.replaceAll("\r\n", "")).not.toMatch(/[\r\n]/);
    for (const line of ics.split("\r\n")) expect(Buffer.byteLength(line)).toBeLessThanOrEqual(75);
    expect(ICAL.Component.fromString(ics).getFirstSubcomponent("vevent")?.getFirstPropertyValue("summary")).toBe("é😀".repeat(80));
  });
  it("derives a UID from the id when the source tells none", () => {
    expect(map({ event: { ...MEETING, iCalUId: null } }).record.uid).toBe(map({ event: { ...MEETING, iCalUId: null } }).record.uid);
    expect(map({ event: { ...MEETING, iCalUId: null } }).record.uid).not.toBe(map({ event: { ...MEETING, id: "other", iCalUId: null } }).record.uid);
  });
  it("keeps exact instants and a loss when nobody knows the zone", () => {
    for (const originalStartTimeZone of ["Customized Time Zone", "tzone://Microsoft/Custom", "Heure de la mairie"]) {
      const { text, reasons } = map({ event: { ...MEETING, originalStartTimeZone, originalEndTimeZone: originalStartTimeZone } });
      expect(text).toContain("DTSTART:20260327T090000Z");
      expect(reasons).toContain("calendar.unknown-zone");
    }
    expect(map({ event: { ...MEETING, originalStartTimeZone: "tzone://Microsoft/Utc", originalEndTimeZone: "tzone://Microsoft/Utc" } }).losses).toEqual([]);
  });
  it("takes hints before the territory, and the territory before the zone's first name", () => {
    const event = { ...MEETING, originalStartTimeZone: "SA Western Standard Time", originalEndTimeZone: "SA Western Standard Time" };
    expect(map({ event }, { territory: "MQ" }).text).toContain("DTSTART;TZID=America/Martinique:20260327T050000");
    expect(map({ event }, { territory: "MQ", zoneHints: { "SA Western Standard Time": "America/Guadeloupe" } }).text).toContain("TZID=America/Guadeloupe:");
    const custom = { ...MEETING, originalStartTimeZone: "Mairie", originalEndTimeZone: "Mairie" };
    expect(map({ event: custom }, { zoneHints: { Mairie: "Pacific/Noumea" } }).text).toContain("DTSTART;TZID=Pacific/Noumea:20260327T200000");
  });
  it("says times in the hour that the clock repeats in autumn", () => {
    // Paris shows 02:30 at 00:30 and again at 01:30 UTC on 26 October 2025.
    const utc = (dateTime: string) => ({ dateTime, timeZone: "UTC" });
    const first = map({ event: { ...MEETING, start: utc("2025-10-26T00:30:00"), end: utc("2025-10-26T01:30:00") } });
    expect(first.text).toContain("DTSTART;TZID=Europe/Paris:20251026T023000");
    expect(first.text).toContain("DURATION:PT1H\r\n");
    expect(first.text).not.toContain("DTEND");
    expect(first.losses).toEqual([]);
    const long = map({ event: { ...MEETING, start: utc("2025-10-24T01:30:00"), end: utc("2025-10-26T01:30:00") } });
    expect(long.text).toContain("DURATION:PT48H\r\n");
    const second = map({ event: { ...MEETING, start: utc("2025-10-26T01:30:00"), end: utc("2025-10-26T03:00:00") } });
    expect(second.text).toContain("DTSTART:20251026T013000Z\r\nDTEND:20251026T030000Z");
    expect(second.reasons).toEqual(["calendar.repeated-hour"]);
  });
  it("keeps the length of a series that starts in the hour that autumn repeats, the second time", () => {
    const { text, reasons } = map({ event: { ...MEETING, start: { dateTime: "2025-10-26T01:30:00", timeZone: "UTC" }, end: { dateTime: "2025-10-26T02:30:00", timeZone: "UTC" }, recurrence: { pattern: { type: "daily", interval: 1 }, range: { type: "numbered", startDate: "2025-10-26", numberOfOccurrences: 3 } } } });
    expect(text).toMatch(/DTSTART;TZID=Europe\/Paris:20251026T023000\r\nDURATION:PT1H\r\n/);
    expect(text).not.toContain("DTEND");
    expect(reasons).toEqual(["calendar.repeated-hour"]);
  });
  it("writes categories so that naive readers do not join them", () => {
    const { text } = map({ event: { ...MEETING, categories: ["a,b", "c\\", "d"] } });
    expect(text.match(/^CATEGORIES:.*$/gm)).toEqual(["CATEGORIES:a\\,b,c\\\\", "CATEGORIES:d"]);
    const categories = ICAL.Component.fromString(text).getFirstSubcomponent("vevent")?.getAllProperties("categories").flatMap((property) => property.getValues());
    expect(categories).toEqual(["a,b", "c\\", "d"]);
    // By what is written, not by what was told.
    expect(map({ event: { ...MEETING, categories: ["c\\\u0007", "\u0007", "d"] } }).text.match(/^CATEGORIES:.*$/gm)).toEqual(["CATEGORIES:c\\\\", "CATEGORIES:d"]);
  });
  it("keeps two zones of a journey", () => {
    const { text } = map({ event: { ...MEETING, originalEndTimeZone: "Greenwich Standard Time" } });
    expect(text).toMatch(/DTEND;TZID=(Africa|Atlantic)\/\w+:20260327T103000/);
    expect(text.match(/BEGIN:VTIMEZONE/g)).toHaveLength(2);
  });
  it("drops an end that comes before the start, and has no readable answer without a start", () => {
    const { event, reasons } = map({ event: { ...MEETING, end: { dateTime: "2026-03-27T08:00:00", timeZone: "UTC" } } });
    expect(event.getFirstProperty("dtend")).toBeNull();
    expect(reasons).toEqual(["calendar.end-before-start"]);
    expect(eventToIcs({ event: { id: "x" } })).toBeUndefined();
  });
});

describe("all-day events", () => {
  const day: GraphEvent = { ...MEETING, isAllDay: true, start: { dateTime: "2026-10-25T00:00:00.0000000", timeZone: "UTC" }, end: { dateTime: "2026-10-27T00:00:00.0000000", timeZone: "UTC" } };
  it("are dates with an exclusive end", () => {
    const { text, record } = map({ event: day });
    expect(text).toContain("DTSTART;VALUE=DATE:20261025\r\n");
    expect(text).toContain("DTEND;VALUE=DATE:20261027\r\n");
    expect(text).not.toContain("VTIMEZONE");
    expect(record.start).toBe("2026-10-25");
  });
  it("keep their dates when told as the author's midnight in UTC", () => {
    const { text, losses } = map({ event: { ...day, start: { dateTime: "2026-10-24T22:00:00.0000000", timeZone: "UTC" }, end: { dateTime: "2026-10-26T23:00:00.0000000", timeZone: "UTC" } } });
    expect(text).toContain("DTSTART;VALUE=DATE:20261025");
    expect(text).toContain("DTEND;VALUE=DATE:20261027");
    expect(losses).toEqual([]);
  });
  it("repeat by date: UNTIL, EXDATE and RECURRENCE-ID are dates", () => {
    const event: GraphEvent = {
      ...day, type: "seriesMaster", end: { dateTime: "2026-10-26T00:00:00.0000000", timeZone: "UTC" }, cancelledOccurrences: ["OID.AAMk-1.2026-11-08"],
      recurrence: { pattern: { type: "weekly", interval: 1, daysOfWeek: ["sunday"], firstDayOfWeek: "sunday" }, range: { type: "endDate", startDate: "2026-10-25", endDate: "2026-11-29" } },
    };
    const moved: GraphEvent = { ...day, id: "ex", type: "exception", originalStart: "2026-11-15T00:00:00Z", start: { dateTime: "2026-11-16T00:00:00", timeZone: "UTC" }, end: { dateTime: "2026-11-17T00:00:00", timeZone: "UTC" } };
    const { text } = map({ event, exceptions: [moved] });
    expect(text).toContain(";UNTIL=20261129");
    expect(text).toContain("EXDATE;VALUE=DATE:20261108");
    expect(text).toContain("RECURRENCE-ID;VALUE=DATE:20261115");
    expect(text).toContain("DTSTART;VALUE=DATE:20261116");
  });
});

describe("a series with exceptions", () => {
  const moved: GraphEvent = {
    ...MEETING, id: "ex", type: "exception", subject: "Déplacée", originalStart: "2026-04-03T08:00:00Z",
    start: { dateTime: "2026-04-04T12:00:00.0000000", timeZone: "UTC" }, end: { dateTime: "2026-04-04T13:00:00.0000000", timeZone: "UTC" },
  };
  it("excludes cancelled days and replaces moved ones, on the series' own clock across the change of hour", () => {
    const { text, calendar, event } = map({ event: { ...WEEKLY, cancelledOccurrences: ["OID.AAMk-1.2026-04-17"] }, exceptions: [moved] });
    expect(text).toContain("RRULE:FREQ=WEEKLY;BYDAY=FR;UNTIL=20260529T215959Z");
    expect(text).toContain("EXDATE;TZID=Europe/Paris:20260417T100000");
    expect(text).toContain("RECURRENCE-ID;TZID=Europe/Paris:20260403T100000");
    expect(text).toContain("DTSTART;TZID=Europe/Paris:20260404T140000");
    for (const zone of calendar.getAllSubcomponents("vtimezone")) ICAL.TimezoneService.register(zone);
    const series = new ICAL.Event(event, { exceptions: calendar.getAllSubcomponents("vevent").slice(1).map((one) => new ICAL.Event(one)) });
    const iterator = series.iterator();
    const starts: string[] = [];
    for (let next = iterator.next(); next; next = iterator.next()) starts.push(series.getOccurrenceDetails(next).startDate.toJSDate().toISOString());
    expect(starts).toEqual(["2026-03-27T09:00:00.000Z", "2026-04-04T12:00:00.000Z", "2026-04-10T08:00:00.000Z", "2026-04-24T08:00:00.000Z", "2026-05-01T08:00:00.000Z",
      "2026-05-08T08:00:00.000Z", "2026-05-15T08:00:00.000Z", "2026-05-22T08:00:00.000Z", "2026-05-29T08:00:00.000Z"]);
    ICAL.TimezoneService.reset();
  });
  it("reads a cancelled date far from Greenwich as the series' day, else as the UTC one", () => {
    const noumea: GraphEvent = {
      ...WEEKLY, originalStartTimeZone: "Pacific/Noumea", originalEndTimeZone: "Pacific/Noumea", start: { dateTime: "2026-03-26T21:00:00", timeZone: "UTC" }, end: { dateTime: "2026-03-26T22:00:00", timeZone: "UTC" },
      recurrence: { ...WEEKLY.recurrence, range: { type: "endDate", startDate: "2026-03-27", endDate: "2026-05-29", recurrenceTimeZone: "Pacific/Noumea" } },
    };
    for (const date of ["2026-04-10", "2026-04-09"]) {
      const { text, losses } = map({ event: { ...noumea, cancelledOccurrences: [`OID.AAMk-1.${date}`] } });
      expect(text).toContain("EXDATE;TZID=Pacific/Noumea:20260410T080000");
      expect(losses).toEqual([]);
    }
    expect(map({ event: { ...noumea, cancelledOccurrences: ["OID.AAMk-1.2026-04-07"] } }).reasons).toEqual(["calendar.cancelled-unmatched"]);
  });
  it("counts a numbered range and leaves an endless one open", () => {
    const ranged = (range: NonNullable<GraphEvent["recurrence"]>["range"]) => map({ event: { ...WEEKLY, recurrence: { ...WEEKLY.recurrence, range } } }).text;
    expect(ranged({ type: "numbered", numberOfOccurrences: 7, startDate: "2026-03-27" })).toMatch(/RRULE:FREQ=WEEKLY;(COUNT=7;)?BYDAY=FR(;COUNT=7)?(;WKST=MO)?\r\n/);
    expect(ranged({ type: "noEnd", startDate: "2026-03-27" })).not.toMatch(/RRULE:FREQ=WEEKLY[^\r]*(COUNT|UNTIL)/);
  });
  it("takes an exception's own start, with a loss, when its original one is not told", () => {
    const { text, reasons } = map({ event: WEEKLY, exceptions: [{ ...moved, originalStart: null }] });
    expect(text).toContain("RECURRENCE-ID;TZID=Europe/Paris:20260404T140000");
    expect(reasons).toEqual(["calendar.exception-start"]);
  });
});

describe("what a meeting says", () => {
  const full: GraphEvent = {
    ...MEETING, isOrganizer: false, isReminderOn: true, reminderMinutesBeforeStart: 15, categories: ["Rouge, vif", "Élus"], importance: "high", sensitivity: "private", showAs: "oof",
    responseStatus: { response: "tentativelyAccepted" }, responseRequested: true, isOnlineMeeting: true, onlineMeeting: { joinUrl: "https://visio.example/j?a=1;b,c", tollNumber: "+33 1 02" },
    organizer: { emailAddress: { name: "Martin, \"Zoé\"", address: "zoe@ailleurs.example" } }, location: { displayName: "Salle A", locationType: "conferenceRoom", locationEmailAddress: "salle.a@mairie.example" },
    locations: [{ displayName: "Salle A", locationType: "conferenceRoom", locationEmailAddress: "salle.a@mairie.example" }, { displayName: "Annexe", address: { street: "1 rue X", postalCode: "29200", city: "Brest" }, coordinates: { latitude: 48.39, longitude: -4.48 } }],
    attendees: [
      { type: "required", emailAddress: { name: "Moi", address: "Moi@mairie.example" }, status: { response: "none" } },
      { type: "optional", emailAddress: { address: "b@mairie.example" }, status: { response: "declined" } },
      { type: "resource", emailAddress: { name: "Salle A", address: "salle.a@mairie.example" }, status: { response: "accepted" } },
      { type: "required", emailAddress: { name: "Ancien", address: "/o=ExchangeLabs/cn=ancien" }, status: { response: "none" } },
    ],
    body: { contentType: "html", content: "<html><head><title>x</title></head><body><p>Bonjour&nbsp;à tous,</p><ul><li>un</li><li>deux; trois</li></ul><a href=\"https://a.example\">lien</a></body></html>" },
  };
  it("keeps people, with answers, roles and rooms, and an organiser from elsewhere", () => {
    const { event, reasons, text } = map({ event: full }, { ownerMail: "moi@mairie.example" });
    expect(event.getFirstPropertyValue("organizer")).toBe("mailto:zoe@ailleurs.example");
    expect(event.getFirstProperty("organizer")?.getParameter("cn")).toBe("Martin, \"Zoé\"");
    const people = event.getAllProperties("attendee").map((one) => [one.getFirstValue(), one.getParameter("partstat"), one.getParameter("role"), one.getFirstParameter("cutype") || null, one.getFirstParameter("rsvp") || null]);
    expect(people).toEqual([
      ["mailto:Moi@mairie.example", "TENTATIVE", "REQ-PARTICIPANT", null, null],
      ["mailto:b@mairie.example", "DECLINED", "OPT-PARTICIPANT", null, null],
      ["mailto:salle.a@mairie.example", "ACCEPTED", "NON-PARTICIPANT", "ROOM", null],
      ["urn:x-o365-address:%2Fo%3DExchangeLabs%2Fcn%3Dancien", "NEEDS-ACTION", "REQ-PARTICIPANT", null, "TRUE"],
    ]);
    expect(reasons).toEqual(["calendar.attendee-address"]);
    expect(text).not.toContain("SCHEDULE-AGENT");
  });
  it("keeps words, places, states, the alarm and the ways in", () => {
    const { event, text } = map({ event: full });
    expect(event.getFirstPropertyValue("description")).toBe("Bonjour à tous,\n\n- un\n- deux; trois\nlien (https://a.example)");
    expect(text).toContain("X-ALT-DESC;FMTTYPE=text/html:<html>");
    expect(event.getFirstPropertyValue("location")).toBe("Salle A; Annexe, 1 rue X, 29200 Brest");
    expect(event.getFirstPropertyValue("geo")).toEqual([48.39, -4.48]);
    expect(event.getFirstProperty("categories")?.getValues()).toEqual(["Rouge, vif", "Élus"]);
    for (const [name, value] of [["class", "PRIVATE"], ["priority", 1], ["transp", "OPAQUE"], ["status", "CONFIRMED"], ["x-microsoft-cdo-busystatus", "OOF"]] as const) {
      expect(event.getFirstPropertyValue(name)).toBe(value);
    }
    expect(text).toContain("CONFERENCE;VALUE=URI;FEATURE=VIDEO:https://visio.example/j?a=1;b,c\r\n");
    expect(text).toContain("CONFERENCE;VALUE=URI;FEATURE=PHONE:tel:+33102\r\n");
    expect(event.getFirstSubcomponent("valarm")?.getFirstPropertyValue("trigger")?.toString()).toBe("-PT15M");
  });
  it("gives an appointment of one's own no organiser, and marks cancelled ones", () => {
    const { text, record } = map({ event: { ...MEETING, isOrganizer: true, organizer: { emailAddress: { address: "moi@mairie.example" } }, isCancelled: true, showAs: "free" } });
    expect(text).not.toContain("ORGANIZER");
    expect(text).toContain("STATUS:CANCELLED");
    expect(text).toContain("TRANSP:TRANSPARENT");
    expect(record.cancelled).toBe(true);
  });
  it("inlines files and names what has no bytes", () => {
    const type = (name: string) => `#microsoft.graph.${name}Attachment`;
    const attachments = new Map([[MEETING.id, [
      { "@odata.type": type("file"), name: "ordre du jour; v2.pdf", contentType: "application/pdf", size: 3, contentBytes: "AQID" },
      { "@odata.type": type("file"), name: "gros.zip", size: 99_000_000 }, { "@odata.type": type("file"), name: "perdu.txt", size: 4, contentBytes: null },
      { "@odata.type": type("reference"), name: "partage.xlsx", size: 1, sourceUrl: "https://x.example/f" }, { "@odata.type": type("item"), name: "message", size: 1 },
    ]]]);
    const { event, reasons } = map({ event: MEETING, attachments });
    const [file, link] = event.getAllProperties("attach");
    expect(String(file?.getFirstValue())).toBe("AQID");
    expect(file?.getParameter("filename")).toBe("ordre du jour; v2.pdf");
    expect(link?.getFirstValue()).toBe("https://x.example/f");
    expect(reasons).toEqual(["calendar.attachment-too-large", "calendar.attachment-unreadable", "calendar.reference-attachment", "calendar.item-attachment"]);
    expect(event.getAllProperties("x-o365-attachment-name").map((one) => one.getFirstValue())).toEqual(["gros.zip", "perdu.txt", "message"]);
  });
  it("survives any text", () => {
    fc.assert(fc.property(fc.string({ unit: "binary" }), fc.string({ unit: "binary" }), fc.string(), (subject, name, place) => {
      const { event } = map({ event: { ...full, subject, location: null, locations: [{ displayName: place }], attendees: [{ emailAddress: { name, address: "a@b.example" } }], body: { contentType: "text", content: subject } } });
      // Control characters have no place in iCalendar; every other one comes back.
      const kept = (text: string) => text.replace(/\r\n?/g, "\n").replace(/[^\P{Cc}\n\t]/gu, "");
      const found = String(event.getFirstPropertyValue("summary") ?? "");
      expect(kept(found)).toBe(kept(subject));
    }), { numRuns: 200 });
  });
});

describe("plain text of HTML", () => {
  it("leaves out what is not read, and decodes entities once", () => {
    expect(htmlToText("<style>p{}</style><script>x()</script><p>a &amp;lt; b &#233;&#x20AC; &inconnu;</p><!-- no -->")).toBe("a &lt; b é€ &inconnu;");
    expect(htmlToText("<table><tr><td>a</td><td>b</td></tr><tr><td>c</td></tr></table>l1<br>l2")).toBe("a b\nc\n\nl1\nl2");
  });
});
