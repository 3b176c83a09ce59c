import ICAL from "ical.js";

export type Params = Readonly<Record<string, string | undefined>>;

/** RFC 5545 section 3.1 and RFC 6350 section 3.3: no control character but tab and line break; line breaks become LF. */
const CONTROLS = new RegExp(`[${[[0x00, 0x08], [0x0b, 0x0c], [0x0e, 0x1f], [0x7f, 0x7f]].map(([from = 0, to = 0]) => `\\u${hex(from)}-\\u${hex(to)}`).join("")}]`, "g");

/** Halves of surrogate pairs: no UTF-8 exists for them. */
const SURROGATES = /\p{Surrogate}/gu;

function hex(code: number): string {
  return code.toString(16).padStart(4, "0");
}

export function cleanText(text: string): string {
  return text.replace(/\r\n?/g, "\n").replace(CONTROLS, "").replace(SURROGATES, "\uFFFD");
}

/** Adds a property with its parameters; undefined ones are left out. The name is lower case, as ical.js keys its design by it. */
export function addProperty(component: ICAL.Component, name: string, value: unknown, params: Params = {}): ICAL.Property {
  const property = new ICAL.Property(name, component);
  for (const [key, content] of Object.entries(params)) {
    if (content !== undefined && content !== "") property.setParameter(key, cleanText(content).replace(/\n/g, " "));
  }
  property.setValue(typeof value === "string" ? cleanText(value) : value);
  component.addProperty(property);
  return property;
}

/**
 * Adds a property that the format does not know (X- names and newer RFCs). Their value type is TEXT (RFC 5545 section 3.8.8.2),
 * but ical.js writes an unknown name's value as it comes: the TEXT escapes of section 3.3.11 are made here.
 */
export function addX(component: ICAL.Component, name: string, text: string, params: Params = {}): void {
  addProperty(component, name, cleanText(text).replace(/\\/g, "\\\\").replace(/;/g, "\\;").replace(/,/g, "\\,").replace(/\n/g, "\\n"), params);
}

/**
 * Adds a property of several values, none where there are none; empty ones are left out. A value that ends in a backslash stands last on its line: ical.js, by which
 * Thunderbird and Nextcloud read, takes the comma after its escape for an escaped one.
 */
export function addList(component: ICAL.Component, name: string, values: readonly string[]): void {
  let line: string[] = [];
  const clean = values.map(cleanText).filter((value) => value !== "");
  for (const [position, value] of clean.entries()) {
    line.push(value);
    if (!value.endsWith("\\") && position < clean.length - 1) continue;
    const property = new ICAL.Property(name, component);
    property.setValues(line);
    component.addProperty(property);
    line = [];
  }
}

/** Adds a member that the format has no property for: its name in kebab form behind `prefix`, text as it is, the rest as JSON. Empty ones are left out. */
export function addMember(component: ICAL.Component, prefix: string, member: string, value: unknown): void {
  if (value === null || value === undefined || value === "" || (Array.isArray(value) && value.length === 0)) return;
  const name = `${prefix}${member.replace(/([a-z0-9])([A-Z])/g, "$1-$2").replace(/[^A-Za-z0-9-]/g, "-").toLowerCase()}`;
  addX(component, name, typeof value === "string" ? value : JSON.stringify(value));
}

/** Names of the members that hold, at any depth, characters which neither format can carry: controls, and halves of surrogate pairs. */
export function unwritable(item: object): readonly string[] {
  const bad = (value: unknown): boolean => {
    if (typeof value === "string") return cleanText(value) !== value.replace(/\r\n?/g, "\n");
    return typeof value === "object" && value !== null && Object.values(value).some(bad);
  };
  return Object.entries(item).filter(([, value]) => bad(value)).map(([member]) => member);
}

/** UTC date-time property value from epoch ms. */
export function utcTime(instant: number): ICAL.Time {
  return ICAL.Time.fromJSDate(new Date(Math.floor(instant / 1000) * 1000), true);
}

/** Longest line without its end, in octets (RFC 5545 section 3.1, RFC 6350 section 3.2). */
const LINE = 75;

/**
 * Text of a whole calendar or card, each content line passed through `edit`, folded at 75 octets between code points. ical.js does not
 * count the space that starts a continuation line, so its own folds are undone first.
 */
export function contentLines(component: ICAL.Component, edit: (line: string) => string = (line) => line): string {
  return component.toString().replace(/\r\n /g, "").split("\r\n").filter((line) => line !== "").map((line) => `${folded(edit(line))}\r\n`).join("");
}

function folded(line: string): string {
  const bytes = Buffer.from(line, "utf8");
  if (bytes.length <= LINE) return line;
  const pieces: string[] = [];
  for (let from = 0; from < bytes.length; ) {
    let to = Math.min(from + LINE - (from === 0 ? 0 : 1), bytes.length);
    // A UTF-8 continuation byte (10xxxxxx) never starts a piece.
    while (to < bytes.length && ((bytes[to] ?? 0) & 0xc0) === 0x80) to -= 1;
    pieces.push(bytes.toString("utf8", from, to));
    from = to;
  }
  return pieces.join("\r\n ");
}
