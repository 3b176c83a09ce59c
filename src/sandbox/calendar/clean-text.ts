import ICAL from "ical.js";
import type { Warn } from "./ics-file.js";

/** Components in components that are read: a calendar holds events, which hold alarms. */
const MOST_DEPTH = 8;
const MOST_HEAD = 16_384;
const CONTROLS = /[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f]/g;
const SURROGATES = /\p{Surrogate}/gu;

/**
 * The content lines of a file (RFC 5545 section 3.1), unfolded, with components that begin and end in order: control characters, ends without
 * beginnings and what is nested deeper than any calendar are left out; what was not closed is closed.
 */
export function cleanLines(text: string, warn: Warn): readonly string[] {
  const plain = text.replace(/^\uFEFF/, "").replace(CONTROLS, "").replace(SURROGATES, "\uFFFD");
  if (plain.length !== text.length - (text.startsWith("\uFEFF") ? 1 : 0)) warn("control characters are left out");
  const open: string[] = [];
  const kept: string[] = [];
  for (const line of unfolded(plain)) {
    // ical.js looks for each parameter from the start: its time grows with the square of their length.
    if (line.length > MOST_HEAD && headLength(line) > MOST_HEAD) {
      warn(`lines with more than ${MOST_HEAD} characters before their value are left out`);
      continue;
    }
    const [, edge = "", name = ""] = /^(BEGIN|END)\s*:\s*([^\s]+)\s*$/i.exec(line) ?? [];
    if (edge.toUpperCase() === "BEGIN") {
      open.push(name.toUpperCase());
      if (open.length <= MOST_DEPTH) kept.push(`BEGIN:${name}`);
      else warn(`components nested deeper than ${MOST_DEPTH} are left out`);
    } else if (edge !== "") {
      if (!open.includes(name.toUpperCase())) {
        warn("an END without its BEGIN is left out");
        continue;
      }
      for (let closed = ""; closed !== name.toUpperCase();) {
        closed = open.pop() ?? "";
        if (open.length < MOST_DEPTH) kept.push(`END:${closed}`);
      }
    } else if (open.length > 0 && open.length <= MOST_DEPTH) kept.push(line);
  }
  if (open.length > 0) warn("a component without its END is closed at the end of the file");
  while (open.length > 0) if (open.length <= MOST_DEPTH) kept.push(`END:${open.pop() ?? ""}`); else open.pop();
  return kept;
}

/** jCal of the lines. ical.js gives up a whole file for one line: what it cannot read is then left out, by name. */
export function parseLines(lines: readonly string[], warn: Warn): unknown[] {
  try {
    return ICAL.parse(lines.join("\r\n")) as unknown[];
  } catch {
    // Which line it was, and whether it is the only one, is found by reading each alone.
    const readable = lines.filter((line) => /^(?:BEGIN|END):/i.test(line) || isReadable(line, warn));
    return ICAL.parse(readable.join("\r\n")) as unknown[];
  }
}

function isReadable(line: string, warn: Warn): boolean {
  try {
    ICAL.parse(`BEGIN:VEVENT\r\n${line}\r\nEND:VEVENT`);
    return true;
  } catch {
    warn(`not readable and left out: ${/^[A-Za-z0-9-]{1,40}(?=[;:])/.exec(line)?.[0].toUpperCase() ?? "a line that is no content line"}`);
    return false;
  }
}

function headLength(line: string): number {
  let quoted = false;
  for (let at = 0; at < line.length; at += 1) {
    if (line[at] === "\"") quoted = !quoted;
    else if (line[at] === ":" && !quoted) return at;
  }
  return line.length;
}

/** Lines without their folds; what stands around and between is left out. */
function unfolded(text: string): readonly string[] {
  return text.replace(/(?:\r\n|\n|\r)[ \t]/g, "").split(/\r\n|\n|\r/).filter((line) => line.trim() !== "");
}
