import { describe, expect, it } from "@jest/globals";
import { toVersion3 } from "../../adapters/carddav/vcard3.js";
import { compareCards } from "../../src/drivers/carddav/compare-cards.js";
import { compareEvents } from "../../src/drivers/caldav/compare-events.js";
import { silence } from "../../src/drivers/caldav/silence.js";
import { uidOf, withUid } from "../../src/drivers/dav/uid.js";
import { contactToVcard } from "../../src/graph/map/contact-to-vcard.js";
import { eventToIcs } from "../../src/graph/map/event-to-ics.js";
import type { GraphEvent, GraphRecurrence } from "../../src/graph/map/graph-event.js";
import { contactsFromVcf } from "../../src/sandbox/contacts/from-vcf.js";
import { HOSTILE_CALENDARS, HOSTILE_CARDS, MEGABYTE } from "./hostile-files.js";
import { told, written } from "./through-sandbox.js";

/** Seconds of processor time that no hostile item may take; what grows with the square of its size takes minutes. */
const MOST_SECONDS = 8;

function within<T>(work: () => T): T {
  const before = process.cpuUsage();
  const result = work();
  const { user, system } = process.cpuUsage(before);
  expect((user + system) / 1e6).toBeLessThan(MOST_SECONDS);
  return result;
}

describe("hostile calendars", () => {
  it.each(Object.entries(HOSTILE_CALENDARS))("%s: served or told, kept, and sent in bounded time", (_, text) => {
    const warnings = new Set<string>();
    const all = within(() => told(text, (reason) => warnings.add(reason)));
    expect(all.length + warnings.size).toBeGreaterThan(0);
    expect(all.length).toBeLessThanOrEqual(150);
    const made = within(() => all.map((one) => written(one)));
    for (const { ics } of made) {
      // What the vault keeps is read again, and the calendar driver takes it.
      expect(within(() => told(ics)).length).toBeGreaterThan(0);
      within(() => {
        expect(uidOf(withUid(silence(ics), "other"))).toBe("other");
        expect(compareEvents(ics, ics)).toEqual([]);
      });
    }
  });

  it.each(Object.entries(HOSTILE_CALENDARS))("%s: from a server", (_, text) => {
    within(() => {
      expect(compareEvents(text, text)).toEqual([]);
      expect(typeof withUid(silence(text), "other")).toBe("string");
    });
  });
});

const EVENT: GraphEvent = { id: "e", iCalUId: "u", type: "seriesMaster", subject: "s", start: { dateTime: "2026-01-01T09:00:00", timeZone: "UTC" }, end: { dateTime: "2026-01-01T10:00:00", timeZone: "UTC" }, originalStartTimeZone: "Romance Standard Time" };
const PATTERNS: readonly GraphRecurrence["pattern"][] = [
  ...["daily", "weekly", "absoluteMonthly", "absoluteYearly", "relativeMonthly", "relativeYearly"].flatMap((type) => [
    { type, interval: 2_147_483_647, daysOfWeek: ["monday"], dayOfMonth: 31, month: 2 }, { type, interval: 0, daysOfWeek: ["monday"], dayOfMonth: 0, month: 0 }, { type, interval: -3, daysOfWeek: ["someday"], dayOfMonth: 99, month: 13, index: "ninth" },
  ]),
  null, {},
];
const RANGES: readonly GraphRecurrence["range"][] = [{ type: "numbered", numberOfOccurrences: 1_000_000_000 }, { type: "endDate", endDate: "9999-12-31" }, { type: "endDate", endDate: "soon" }, { type: "noEnd" }, null];

describe("hostile Graph events", () => {
  it.each(PATTERNS.map((pattern) => [JSON.stringify(pattern), pattern] as const))("recur by %s", (_, pattern) => {
    for (const range of RANGES) {
      const made = within(() => eventToIcs({ event: { ...EVENT, recurrence: { pattern, range }, cancelledOccurrences: ["OID.e.2026-02-30", "OID.e.3000-01-01", "nonsense"] } }));
      expect(made?.ics).toContain("BEGIN:VEVENT");
      expect(within(() => told(made?.ics ?? "")).length).toBeGreaterThan(0);
    }
  });

  it.each([
    ["comments", "<!--".repeat(MEGABYTE / 4)], ["styles", "<style>".repeat(MEGABYTE / 7)], ["links", "<a href=\"x".repeat(MEGABYTE / 10)], ["closed links", "<a href='x'>".repeat(MEGABYTE / 12)], ["angles", "<".repeat(MEGABYTE)], ["entities", "&".repeat(MEGABYTE)], ["white space", `x${" ".repeat(MEGABYTE)}x`], ["lines", "<br>".repeat(MEGABYTE / 4)],
  ])("have a body of a megabyte of %s", (_, content) => {
    const made = within(() => eventToIcs({ event: { ...EVENT, body: { contentType: "html", content } } }));
    expect(within(() => told(made?.ics ?? "")).map(({ event }) => event.body?.content)).toEqual([content]);
  });

  it("say which of their members no calendar can carry", () => {
    const made = eventToIcs({ event: { ...EVENT, subject: "a\u0000b\ud800", categories: ["x\u0007"], attendees: [{ emailAddress: { name: "n\u001b", address: "a@b.example" } }] } });
    expect(made?.losses).toEqual(["subject", "categories", "attendees"].map((field) => ({ field, change: "approximated", side: "tool", reason: "text.unwritable" })));
    expect(made?.ics).toContain("SUMMARY:ab\uFFFD\r\n");
    expect(made?.ics).toContain("CATEGORIES:x\r\n");
  });

  it("have 10,000 cancelled occurrences", () => {
    const cancelledOccurrences = Array.from({ length: 10_000 }, (_, day) => `OID.e.${new Date(Date.UTC(2026, 0, 2) + day * 86_400_000).toISOString().slice(0, 10)}`);
    const made = within(() => eventToIcs({ event: { ...EVENT, recurrence: { pattern: { type: "daily", interval: 1 }, range: { type: "noEnd" } }, cancelledOccurrences } }));
    expect(made?.ics.split("\r\nEXDATE").length).toBe(10_001);
    within(() => expect(compareEvents(made?.ics ?? "", made?.ics ?? "")).toEqual([]));
  });
});

describe("hostile cards", () => {
  it.each(Object.entries(HOSTILE_CARDS))("%s: served or told, kept, and sent in bounded time", (_, text) => {
    const warnings = new Set<string>();
    const all = within(() => contactsFromVcf(text, (position) => ({ id: String(position), parentFolderId: "f", changeKey: "k", modified: "2026-01-01T00:00:00Z" }), (reason) => warnings.add(reason)));
    expect(all.length + warnings.size).toBeGreaterThan(0);
    for (const { json } of all) {
      const { vcard } = within(() => contactToVcard(json as never));
      within(() => {
        expect(compareCards(vcard, vcard)).toEqual([]);
        expect(toVersion3(vcard).text).toContain("VERSION:3.0");
      });
    }
    within(() => {
      expect(compareCards(text, text)).toEqual([]);
      expect(typeof toVersion3(text).text).toBe("string");
    });
  });
});
