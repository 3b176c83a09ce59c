import { textOfFile } from "../../src/sandbox/text-file.js";

export const MEGABYTE = 1_048_576;

function calendar(lines: readonly string[]): string {
  return ["BEGIN:VCALENDAR", "VERSION:2.0", "BEGIN:VEVENT", "UID:u", "SUMMARY:s", ...lines, "END:VEVENT", "END:VCALENDAR", ""].join("\r\n");
}

const START = "DTSTART:20260101T090000Z";
const exdates = Array.from({ length: 40_000 }, (_, day) => `EXDATE:${new Date(Date.UTC(2026, 0, 1, 9) + day * 86_400_000).toISOString().replace(/[-:]/g, "").slice(0, 15)}Z`);
const nested = (kind: string): readonly string[] => [...Array.from({ length: 10_000 }, () => `BEGIN:${kind}`), ...Array.from({ length: 10_000 }, () => `END:${kind}`)];

/** Calendars that want to take for ever, or all memory. */
export const HOSTILE_CALENDARS: Readonly<Record<string, string>> = {
  "every second for thirty years": calendar([START, "RRULE:FREQ=SECONDLY;UNTIL=20560101T000000Z"]),
  "a billion occurrences": calendar([START, "RRULE:FREQ=SECONDLY;COUNT=1000000000"]),
  "a billion days": calendar([START, "RRULE:FREQ=DAILY;COUNT=1000000000"]),
  "30 February": calendar([START, "RRULE:FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=30"]),
  "30 February, looked for every second": calendar([START, "RRULE:FREQ=SECONDLY;BYMONTH=2;BYMONTHDAY=30"]),
  "the 25th hour": calendar([START, "RRULE:FREQ=SECONDLY;BYHOUR=25"]),
  "every second of every day, the last of the year": calendar([START, `RRULE:FREQ=YEARLY;BYHOUR=${range(24)};BYMINUTE=${range(60)};BYSECOND=${range(60)};BYDAY=MO,TU,WE,TH,FR,SA,SU;BYSETPOS=-1`]),
  "an interval beyond all years": calendar([START, "RRULE:FREQ=YEARLY;INTERVAL=999999999"]),
  "a rule that EXRULE takes away whole": calendar([START, "RRULE:FREQ=SECONDLY", "EXRULE:FREQ=SECONDLY"]),
  "a megabyte of EXDATE": calendar([START, "RRULE:FREQ=DAILY", ...exdates]),
  "a megabyte of EXDATE in one line": calendar([START, "RRULE:FREQ=HOURLY", `EXDATE:${exdates.map((line) => line.slice(7)).join(",")}`]),
  "10,000 components in one another": calendar([START, ...nested("VALARM")]),
  "10,000 calendars in one another": nested("VCALENDAR").join("\r\n"),
  "a line of a megabyte, folded": calendar([START, `DESCRIPTION:${"abcdefghij".repeat(MEGABYTE / 10).replace(/.{70}/g, "$&\r\n ")}`]),
  "a megabyte of quotes": calendar([START, `ATTENDEE;CN=${"\"".repeat(MEGABYTE)}:mailto:a@b.example`]),
  "a megabyte of semicolons": calendar([START, `ATTENDEE${";X=1".repeat(MEGABYTE / 4)}:mailto:a@b.example`]),
  "a megabyte of comments in HTML": calendar([START, `X-ALT-DESC;FMTTYPE=text/html:${"<!--".repeat(MEGABYTE / 4)}`]),
  "NUL and halves of pairs": calendar([START, "SUMMARY:a\u0000b\ud800c\udfffd"]),
  "no UTF-8": textOfFile(Buffer.concat([Buffer.from(calendar([START, "DESCRIPTION:x"]).replace("x", "caf\u00e9"), "latin1")])),
  "ends only": "END:VEVENT\r\n".repeat(100_000),
};

function range(count: number): string {
  return Array.from({ length: count }, (_, one) => one).join(",");
}

const card = (lines: readonly string[]): string => ["BEGIN:VCARD", "VERSION:4.0", "FN:n", ...lines, "END:VCARD", ""].join("\r\n");
export const HOSTILE_CARDS: Readonly<Record<string, string>> = {
  "10,000 cards in one another": nested("VCARD").join("\r\n"),
  "a note of a megabyte, folded": card([`NOTE:${"abcdefghij".repeat(MEGABYTE / 10).replace(/.{70}/g, "$&\r\n ")}`]),
  "a megabyte of quotes": card([`TEL;TYPE=${"\"".repeat(MEGABYTE)}:1`]),
  "a megabyte of parameters": card([`TEL${";X=1".repeat(MEGABYTE / 4)}:1`]),
  "a megabyte of values": card([`CATEGORIES:${"a,".repeat(MEGABYTE / 2)}`]),
  "a megabyte of backslashes": card([`NOTE:${"\\".repeat(MEGABYTE)}`]),
  "40,000 numbers": card(Array.from({ length: 40_000 }, (_, one) => `TEL:${one}`)),
  "a megabyte of quoted-printable": card([`NOTE;ENCODING=QUOTED-PRINTABLE:${"=41=\r\n".repeat(MEGABYTE / 6)}`]),
  "a photo of a megabyte in bare lines": card(["PHOTO;ENCODING=b:", ...Array.from({ length: MEGABYTE / 64 }, () => "A".repeat(64))]),
  "NUL and halves of pairs": card(["NOTE:a\u0000b\ud800"]),
  "no UTF-8": textOfFile(Buffer.from(card(["NOTE:caf\u00e9"]), "latin1")),
};
