import { describe, expect, it } from "@jest/globals";
import fc from "fast-check";
import { toVersion3 } from "../../../adapters/carddav/vcard3.js";
import { compareEvents } from "../../../src/drivers/caldav/compare-events.js";
import { silence } from "../../../src/drivers/caldav/silence.js";
import { compareCards } from "../../../src/drivers/carddav/compare-cards.js";
import { editLines, fold, formatLine, parseLine, unfold } from "../../../src/drivers/dav/content-lines.js";
import { uidOf, withUid } from "../../../src/drivers/dav/uid.js";

const ics = (lines: readonly string[]): string => ["BEGIN:VCALENDAR", "VERSION:2.0", "BEGIN:VEVENT", "UID:u", ...lines, "END:VEVENT", "END:VCALENDAR", ""].join("\r\n");
const vcf = (lines: readonly string[]): string => ["BEGIN:VCARD", "VERSION:4.0", "UID:u", ...lines, "END:VCARD", ""].join("\r\n");

describe("content lines", () => {
  it("folds at 75 octets without cutting a character, and unfolds to the same", () => {
    fc.assert(fc.property(fc.string({ unit: "grapheme", maxLength: 300 }).filter((text) => !/[\r\n]/.test(text)), (text) => {
      const line = `NOTE:${text}`;
      const folded = fold(line);
      expect(unfold(folded)).toEqual([line]);
      for (const physical of folded.split("\r\n")) expect(Buffer.byteLength(physical)).toBeLessThanOrEqual(75);
    }), { numRuns: 1_000 });
  });

  it("reads groups, parameters with quotes, and colons in values", () => {
    const line = parseLine('item1.ATTENDEE;CN="Zoé; maire: 1";x=1,2:mailto:zoe@x');
    expect(line).toEqual({ group: "item1", name: "ATTENDEE", params: [["CN", '"Zoé; maire: 1"'], ["X", "1,2"]], value: "mailto:zoe@x" });
    expect(line === undefined ? "" : formatLine(line)).toBe('item1.ATTENDEE;CN="Zoé; maire: 1";X=1,2:mailto:zoe@x');
  });

  it("leaves every byte of what is not edited", () => {
    fc.assert(fc.property(fc.array(fc.constantFrom("A:1\r\n", "B;X=\"é\":2\n", "C:long\r\n  folded\r\n", "\r\n", "D:\r\n\t x\n")), (pieces) => {
      const text = pieces.join("");
      expect(editLines(text, (line) => line)).toBe(text);
    }), { numRuns: 1_000 });
  });
});

describe("silence", () => {
  it("marks participants and takes out METHOD; the rest stays byte for byte", () => {
    const folded = `ATTENDEE;CN=${"a".repeat(80)}:mailto:a@x`;
    const text = ics(["SUMMARY:ATTENDEE:no", "DESCRIPTION:x\r\n y", folded, "ORGANIZER;SCHEDULE-AGENT=SERVER:mailto:o@x"]).replace("VERSION:2.0", "METHOD:REQUEST\r\nVERSION:2.0");
    const lines = unfold(silence(text));
    expect(lines).toContain(`${folded.replace(":mailto", ";SCHEDULE-AGENT=CLIENT:mailto")}`);
    expect(lines).toContain("ORGANIZER;SCHEDULE-AGENT=CLIENT:mailto:o@x");
    expect(lines).not.toContain("METHOD:REQUEST");
    expect(silence(text)).toContain("SUMMARY:ATTENDEE:no\r\nDESCRIPTION:x\r\n y\r\n");
    expect(silence(silence(text))).toBe(silence(text));
  });

  it("changes nothing in an event without participants", () => {
    const text = ics(["SUMMARY:x"]);
    expect(silence(text)).toBe(text);
  });
});

describe("uid", () => {
  it("changes the UID of every component but not of alarms", () => {
    const text = ics(["BEGIN:VALARM", "UID:alarm", "END:VALARM"]);
    const changed = withUid(text, "a;b");
    expect(uidOf(changed)).toBe("a;b");
    expect(changed).toContain("UID:alarm\r\n");
    expect(changed).not.toContain("UID:u\r\n");
  });
});

describe("comparison by meaning", () => {
  it("sees no difference in order, folding, quotes, or what the server added", () => {
    const ours = ics(["SUMMARY:a\\, b", "CATEGORIES:x,y", "ATTENDEE;CN=\"Zoé\";ROLE=CHAIR:mailto:z@x", "RRULE:FREQ=WEEKLY;COUNT=3"]);
    const theirs = ics(["RRULE:COUNT=3;FREQ=WEEKLY", "ATTENDEE;ROLE=CHAIR;CN=Zoé:mailto:z@x", "CATEGORIES:y", "CATEGORIES:x", "SUMMARY:a\\,\r\n  b", "X-SERVER:1"]);
    expect(compareEvents(ours, theirs)).toEqual([]);
  });

  it("names the property that is missing or altered, and the component", () => {
    const ours = ics(["SUMMARY:a", "DTSTART;TZID=Europe/Paris:20240325T090000", "BEGIN:VALARM", "TRIGGER:-PT5M", "END:VALARM"]);
    expect(compareEvents(ours, ics(["SUMMARY:b", "DTSTART:20240325T090000"])).map(({ field }) => field)).toEqual(["VEVENT.SUMMARY", "VEVENT.DTSTART", "VALARM"]);
  });

  it("matches overrides by RECURRENCE-ID", () => {
    const two = (first: string, second: string): string => ics(["RRULE:FREQ=DAILY"]).replace("END:VCALENDAR", [first, second].flatMap((id) => ["BEGIN:VEVENT", "UID:u", `RECURRENCE-ID:${id}`, `SUMMARY:${id}`, "END:VEVENT"]).concat("END:VCALENDAR").join("\r\n"));
    expect(compareEvents(two("1", "2"), two("2", "1"))).toEqual([]);
    expect(compareEvents(two("1", "2"), two("1", "3"))).toHaveLength(1);
  });

  it("counts repeated values", () => {
    expect(compareCards(vcf(["TEL:1", "TEL:1"]), vcf(["TEL:1"])).map(({ field }) => field)).toEqual(["TEL"]);
  });
});

describe("vCard 3.0", () => {
  it("keeps what both versions have and tells the rest as losses", () => {
    const { text, losses } = toVersion3(vcf(["FN:Zoé", "TEL;TYPE=cell;VALUE=uri:tel:+33-6", "EMAIL;PREF=1:a@x", "EMAIL;PREF=2:b@x", "BDAY:--0412", "RELATED;TYPE=child;VALUE=text:Tom\\, l'aîné", "PHOTO:data:image/png;base64,AAAA", "X-MS-INITIALS:Z"]));
    expect(unfold(text)).toEqual([
      "BEGIN:VCARD", "VERSION:3.0", "UID:u", "FN:Zoé", "TEL;TYPE=cell:+33-6", "EMAIL;TYPE=PREF:a@x", "EMAIL:b@x", "BDAY;X-APPLE-OMIT-YEAR=1604:1604-04-12",
      "X-CHILD:Tom\\, l'aîné", "PHOTO;ENCODING=b;TYPE=PNG:AAAA", "X-MS-INITIALS:Z", "N:;;;;", "END:VCARD",
    ]);
    expect(losses.map(({ field }) => field).sort()).toEqual(["BDAY", "RELATED"]);
  });

  it("leaves a card of version 3.0 as it is", () => {
    const card = vcf(["FN:x"]).replace("4.0", "3.0");
    expect(toVersion3(card)).toEqual({ text: card, losses: [] });
  });
});
