import { randomUUID } from "node:crypto";
import type { Item } from "../../core/item.js";
import type { CalendarRecord, EventRecord } from "../../format/records.js";
import type { MemoryBlobs } from "./harness.js";
import { sampleItem, type Samples } from "./sample-item.js";

/** Europe/Paris since 1996 (Directive 2000/84/EC: last Sundays of March and October, 01:00 UTC), as RFC 5545 §3.6.5 writes it. */
const PARIS = [
  "BEGIN:VTIMEZONE", "TZID:Europe/Paris",
  "BEGIN:STANDARD", "DTSTART:19961027T030000", "TZOFFSETFROM:+0200", "TZOFFSETTO:+0100", "TZNAME:CET", "RRULE:FREQ=YEARLY;BYMONTH=10;BYDAY=-1SU", "END:STANDARD",
  "BEGIN:DAYLIGHT", "DTSTART:19970330T020000", "TZOFFSETFROM:+0100", "TZOFFSETTO:+0200", "TZNAME:CEST", "RRULE:FREQ=YEARLY;BYMONTH=3;BYDAY=-1SU", "END:DAYLIGHT",
  "END:VTIMEZONE",
];

const newUid = (): string => `${randomUUID()}@commune.example`;

export function calendarSamples(blobs: MemoryBlobs): Samples {
  const make = (uid: string, summary: string, lines: readonly string[], id?: string): Item => {
    const recurring = lines.some((line) => line.startsWith("RRULE"));
    const record: EventRecord = { v: 1, type: "event", uid, summary, recurring, cancelled: lines.includes("STATUS:CANCELLED"), organized: true, start: "2024-03-25T09:00:00" };
    return sampleItem("calendar", summary, record, blobs.add(calendar(lines), ".ics"), id);
  };
  const single = (uid: string, summary: string, more: readonly string[] = [], id?: string): Item => make(uid, summary, [...PARIS, ...event(uid, summary, more)], id);
  return {
    plain: (serial) => single(newUid(), `Réunion ${serial}`),
    rich: () => richEvents(make, single),
    changed: (item) => single((item.record as EventRecord).uid, "Réunion déplacée", ["LOCATION:Salle du conseil"], item.key.id),
    restated: () => undefined,
    twin: (item) => single(newUid(), item.title),
    sized: (bytes) => single(newUid(), "Longue description", folded(`DESCRIPTION:${"a".repeat(bytes)}`)),
    empty: () => undefined,
    besides: () => [sampleItem<CalendarRecord>("calendar", "Agenda", { v: 1, type: "calendar", granted: RIGHTS, hasPrivate: true }, undefined)],
  };
}

const RIGHTS: CalendarRecord["granted"] = [
  { id: "1", role: "delegateWithPrivateEventAccess", whom: "person", name: "Zoé Martin", address: "zoe@commune.example", inside: true },
  { id: "2", role: "freeBusyRead", whom: "organization", name: "My Organization", inside: true },
];

function richEvents(make: (uid: string, summary: string, lines: readonly string[]) => Item, single: (uid: string, summary: string, more?: readonly string[]) => Item): readonly { name: string; item: Item }[] {
  const weekly = newUid();
  const allDay = newUid();
  const hostile = `a/b?c#d%25 é:${newUid()}`;
  return [
    {
      name: "a weekly series across the change of summer time, one occurrence moved and one cancelled",
      item: make(weekly, "Bureau municipal", [
        ...PARIS,
        ...event(weekly, "Bureau municipal", ["RRULE:FREQ=WEEKLY;COUNT=6", "EXDATE;TZID=Europe/Paris:20240408T090000"]),
        ...event(weekly, "Bureau municipal (décalé)", ["RECURRENCE-ID;TZID=Europe/Paris:20240401T090000"], "20240402T140000", "20240402T150000"),
      ]),
    },
    { name: "an all-day event", item: make(allDay, "Fête nationale", ["BEGIN:VEVENT", `UID:${allDay}`, "DTSTAMP:20240101T000000Z", "DTSTART;VALUE=DATE:20240714", "DTEND;VALUE=DATE:20240715", "SUMMARY:Fête nationale", "END:VEVENT"]) },
    { name: "participants and an alarm", item: single(newUid(), "Entretien", ["ORGANIZER;CN=Zoé:mailto:zoe@commune.example", "ATTENDEE;CN=Paul;PARTSTAT=ACCEPTED:mailto:paul@commune.example", "BEGIN:VALARM", "ACTION:DISPLAY", "DESCRIPTION:Rappel", "TRIGGER:-PT15M", "END:VALARM"]) },
    { name: "escaped text, emoji and categories", item: single(newUid(), "Point 🗳️", ["DESCRIPTION:ligne 1\\nligne 2\\, suite\\; fin", "CATEGORIES:Catégorie rouge,Élus"]) },
    { name: "an UID with characters that no address may hold as they are", item: single(hostile, "UID hostile") },
    { name: "private", item: single(newUid(), "Privé", ["CLASS:PRIVATE", "TRANSP:TRANSPARENT"]) },
  ];
}

function event(uid: string, summary: string, more: readonly string[] = [], start = "20240325T090000", end = "20240325T100000"): string[] {
  return ["BEGIN:VEVENT", `UID:${uid}`, "DTSTAMP:20240101T000000Z", `DTSTART;TZID=Europe/Paris:${start}`, `DTEND;TZID=Europe/Paris:${end}`, `SUMMARY:${summary}`, ...more, "END:VEVENT"];
}

function calendar(lines: readonly string[]): string {
  return ["BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//o365-exodus//conformance//FR", ...lines, "END:VCALENDAR", ""].join("\r\n");
}

/** Folds an ASCII line at 75 octets (RFC 5545 §3.1). */
function folded(line: string): string[] {
  const pieces = line.match(/.{1,74}/g) ?? [];
  return [pieces.join("\r\n ")];
}
