import { editLines, escapeText, parseLine, unescapeText, unfold } from "./content-lines.js";

/** UID of the first component; alarms may have one of their own (RFC 9074 section 4), which is another thing. */
export function uidOf(text: string): string | undefined {
  const inAlarm = alarms();
  const line = unfold(text).find((one) => !inAlarm(one) && /^([^:;]*\.)?UID[;:]/i.test(one));
  const value = line === undefined ? undefined : parseLine(line)?.value;
  return value === undefined ? undefined : unescapeText(value).trim();
}

/** The text with another UID on each of its components; every other byte stays. */
export function withUid(text: string, uid: string): string {
  const inAlarm = alarms();
  return editLines(text, (line) => (!inAlarm(line) && /^([^:;]*\.)?UID[;:]/i.test(line) ? `UID:${escapeText(uid)}` : line));
}

/** Told the lines in order, answers whether the line is inside an alarm. */
function alarms(): (line: string) => boolean {
  let inside = false;
  return (line) => {
    if (/^BEGIN:VALARM\s*$/i.test(line)) inside = true;
    else if (/^END:VALARM\s*$/i.test(line)) inside = false;
    return inside;
  };
}
