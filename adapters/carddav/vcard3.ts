import type { Loss } from "../../src/core/item.js";
import { fold, formatLine, paramValues, parseLine, unescapeText, unfold, type ContentLine } from "../../src/drivers/dav/content-lines.js";

/** Properties that vCard 3.0 has (RFC 2426 section 4), with IMPP (RFC 4770). */
const KEPT = new Set([
  "BEGIN", "END", "FN", "N", "NICKNAME", "PHOTO", "BDAY", "ADR", "LABEL", "TEL", "EMAIL", "MAILER", "TZ", "GEO", "TITLE", "ROLE", "LOGO", "ORG", "CATEGORIES",
  "NOTE", "PRODID", "REV", "SORT-STRING", "SOUND", "UID", "URL", "CLASS", "KEY", "IMPP", "PROFILE", "SOURCE", "NAME",
]);
/** Names in use among address books for what 3.0 lacks. */
const EXTENSIONS: Readonly<Record<string, string>> = { ANNIVERSARY: "X-ANNIVERSARY", GENDER: "X-GENDER", LANG: "X-LANG", KIND: "X-ADDRESSBOOKSERVER-KIND", MEMBER: "X-ADDRESSBOOKSERVER-MEMBER" };
const RELATIONS: Readonly<Record<string, string>> = { spouse: "X-SPOUSE", agent: "X-ASSISTANT", "x-manager": "X-MANAGER", child: "X-CHILD" };
const BINARY = new Set(["PHOTO", "LOGO", "SOUND", "KEY"]);
/** Parameters that only 4.0 knows (RFC 6350 section 5). */
const NEW_PARAMS = new Set(["PREF", "ALTID", "PID", "MEDIATYPE", "CALSCALE", "SORT-AS", "GEO", "TZ"]);

const LOSS = (field: string): Loss => ({ field, change: "approximated", side: "target", reason: "contact.vcard3" });

/**
 * A vCard 4.0 (RFC 6350) as vCard 3.0 (RFC 2426), for servers that take no other. Photos stay inline; what 3.0 has no property for goes to
 * an X- property and is told as a loss. A card that is 3.0 already stays as it is.
 */
export function toVersion3(card: string): { readonly text: string; readonly losses: readonly Loss[] } {
  const lines = unfold(card).map(parseLine).filter((line) => line !== undefined);
  if (lines.some(({ name, value }) => name === "VERSION" && value.trim() === "3.0")) return { text: card, losses: [] };
  const losses = new Map<string, Loss>();
  const out: ContentLine[] = [];
  for (const line of lines) {
    if (line.name === "VERSION") continue;
    const older = olderLine(line);
    if (!KEPT.has(older.name) && older.name !== line.name) losses.set(line.name, LOSS(line.name));
    out.push(older);
    if (line.name === "BEGIN") out.push(property("VERSION", "3.0"));
    if (line.name === "BDAY" && line.value.startsWith("--")) losses.set("BDAY", LOSS("BDAY"));
  }
  // 3.0 asks for an N (RFC 2426 section 3.1.2); an empty one says that the parts are unknown, where the formatted name would be read back as a surname.
  if (!out.some(({ name }) => name === "N")) out.splice(-1, 0, property("N", ";;;;"));
  return { text: out.map((line) => fold(formatLine(line))).join(""), losses: [...losses.values()] };
}

function olderLine(line: ContentLine): ContentLine {
  const plain = { ...line, params: olderParams(line) };
  if (BINARY.has(line.name)) return binary(plain);
  if (line.name === "RELATED") return { ...plain, name: relation(line), params: [] };
  if (line.name === "BDAY" || line.name === "ANNIVERSARY") return { ...date(plain), name: EXTENSIONS[line.name] ?? line.name };
  if (line.name === "TEL" && /^tel:/i.test(line.value)) return { ...plain, value: decodeURIComponentSafely(line.value.slice(4).replace(/;ext=/i, " ext ").replace(/;.*$/, "")) };
  if (line.name === "GEO") return { ...plain, value: line.value.replace(/^geo:([^,;]+),([^,;]+).*$/i, "$1;$2") };
  if (KEPT.has(line.name) || line.name.startsWith("X-")) return plain;
  return { ...plain, name: EXTENSIONS[line.name] ?? `X-${line.name}` };
}

/** PREF=1 is TYPE=PREF in 3.0 (RFC 2426 section 3.3.1); lower preferences are only the order of the lines. */
function olderParams(line: ContentLine): ContentLine["params"] {
  const preferred = line.params.some(([name, value]) => name === "PREF" && value === "1");
  const kept = line.params.filter(([name]) => !NEW_PARAMS.has(name) && name !== "VALUE");
  return preferred ? [...kept, ["TYPE", "PREF"]] : kept;
}

/** `data:image/jpeg;base64,…` becomes ENCODING=b with the type by its name (RFC 2426 section 3.1.4); an address stays one. */
function binary(line: ContentLine): ContentLine {
  const [, media = "", content] = /^data:([^;,]*)(?:;[^;,]*)*;base64,(.*)$/is.exec(line.value.replace(/\\([,;])/g, "$1")) ?? [];
  const others = line.params.filter(([name]) => name !== "ENCODING" && name !== "TYPE");
  if (content === undefined) return { ...line, params: [...others, ["VALUE", "uri"]] };
  const type = media.slice(media.indexOf("/") + 1).toUpperCase().replace(/[^A-Z0-9-]/g, "");
  return { ...line, params: [...others, ["ENCODING", "b"], ...(type === "" ? [] : [["TYPE", type] as const])], value: content };
}

function relation(line: ContentLine): string {
  return paramValues(line, "TYPE").map((type) => RELATIONS[type.toLowerCase()]).find((name) => name !== undefined) ?? "X-RELATED";
}

/** A date without its year has no form in 3.0: 1604 and the parameter by which Apple's and other clients know that the year is unknown. */
function date(line: ContentLine): ContentLine {
  const [, month, day] = /^--(\d{2})-?(\d{2})$/.exec(line.value) ?? [];
  if (month !== undefined) return { ...line, params: [...line.params, ["X-APPLE-OMIT-YEAR", "1604"]], value: `1604-${month}-${day ?? ""}` };
  return { ...line, value: line.value.replace(/^(\d{4})(\d{2})(\d{2})$/, "$1-$2-$3") };
}

function property(name: string, value: string): ContentLine {
  return { group: undefined, name, params: [], value };
}

function decodeURIComponentSafely(text: string): string {
  try {
    return decodeURIComponent(unescapeText(text));
  } catch {
    return text;
  }
}
