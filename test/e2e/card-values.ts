import { createHash } from "node:crypto";

/** One line of a vCard, read from RFC 2426 and RFC 6350 without any code of the program. */
interface Line {
  readonly name: string;
  readonly params: readonly (readonly [name: string, value: string])[];
  /** What it says: each part of a structured or listed value, each line of a text. */
  readonly atoms: readonly string[];
}

/** Where the vault's vCard 4.0 says what older cards say otherwise. */
const CHAT = ["X-MS-IMADDRESS", "X-AIM", "X-ICQ", "X-JABBER", "X-MSN", "X-YAHOO", "X-SKYPE", "IMPP"];
const BECOMES: Readonly<Record<string, readonly string[]>> = {
  "X-MS-MANAGER": ["RELATED"], "X-MS-ASSISTANT": ["RELATED"], "X-SPOUSE": ["RELATED"], "X-MS-SPOUSE": ["RELATED"], ADR: ["X-MS-OFFICE-LOCATION"], TEL: ["TEL"],
  ...Object.fromEntries(CHAT.map((name) => [name, ["IMPP", "X-MS-IM-ADDRESS"]])),
};
/** Properties of the card itself, which the vault writes anew. */
const ABOUT_THE_CARD = new Set(["BEGIN", "END", "VERSION", "PRODID", "REV", "UID", "KIND"]);
/** How a value is written, and the types that a property has unless it says otherwise (RFC 2426 sections 3.2.1, 3.3.1, 3.3.2). */
const WRITING = new Set(["ENCODING", "CHARSET", "VALUE"]);
const MEANT: Readonly<Record<string, readonly string[]>> = { EMAIL: ["internet"], TEL: ["voice"], ADR: ["intl", "postal", "parcel"], ORG: ["work"], URL: ["work"], PHOTO: ["jpeg"] };

/** What of the cards of `source` neither `kept` nor a reason tells, as "PROPERTY: value" and "PROPERTY;PARAMETER=value". */
export function lostOfCards(source: string, kept: readonly string[], reasons: readonly string[]): { readonly lost: readonly string[]; readonly compared: number } {
  const after = kept.flatMap((text) => cardsIn(text).flat());
  const lost: string[] = [];
  let compared = 0;
  for (const card of cardsIn(source)) {
    if (card.some(({ name, atoms }) => name === "KIND" && atoms[0]?.toLowerCase() === "group") && reasons.includes("a distribution list is no contact")) continue;
    for (const line of card) {
      if (ABOUT_THE_CARD.has(line.name) || reasons.includes(`a contact has no place for ${line.name}`)) continue;
      const ofName = card.filter(({ name, atoms }) => name === line.name && atoms.length > 0);
      if (line !== ofName[0] && reasons.includes(`only the first ${line.name} is served`)) continue;
      if (line.name === "ADR" && ofName.find((one) => place(one) === place(line)) !== line && reasons.includes("only the first ADR of a kind is served")) continue;
      if (line.name === "PHOTO" && reasons.includes("a photo that is a link is not served") && !/^[0-9a-f]{64}$/.test(line.atoms[0] ?? "")) continue;
      const there = after.filter(({ name }) => [line.name, ...(BECOMES[line.name] ?? [])].includes(name));
      const told = (atom: string): boolean => there.some(({ atoms }) => atoms.includes(atom)) || (line.name === "TEL" && reasons.some((reason) => /fax or pager number|third number/.test(reason)) && mayBeLost(line, card));
      compared += line.atoms.length + line.params.length;
      const atoms = line.name === "ORG" && reasons.includes("a contact has no place for a third unit of ORG") ? line.atoms.slice(0, 2) : line.atoms;
      lost.push(...atoms.filter((atom) => !told(atom)).map((atom) => `${line.name}: ${atom}`));
      if (line.atoms.length === 0) continue;
      for (const [param, value] of line.params) {
        if (WRITING.has(param) || MEANT[line.name]?.includes(value) === true || ((param === "PREF" || value === "pref") && ofName.slice(0, ofName.indexOf(line)).every(isPreferred))) continue;
        const same = there.some(({ atoms, params }) => atoms.some((atom) => line.atoms.includes(atom)) && params.some(([name, one]) => name === param && one === value));
        const named = reasons.includes(`a contact has no place for ${param === "TYPE" ? `TYPE=${value}` : param} of ${line.name}`);
        if (!same && !named && !(line.name === "TEL" && isMachine(line) && reasons.includes("a contact has no place for a fax or pager number"))) lost.push(`${line.name};${param}=${value}`);
      }
    }
  }
  return { lost: [...new Set(lost)], compared };
}

function place({ params }: Line): string {
  return params.filter(([name, value]) => name === "TYPE" && (value === "work" || value === "home")).map(([, value]) => value)[0] ?? "";
}

/** Those that stand first say by their place what PREF said. */
function isPreferred({ params }: Line): boolean {
  return params.some(([name, value]) => name === "PREF" || value === "pref");
}

function isMachine({ params }: Line): boolean {
  return params.some(([name, value]) => name === "TYPE" && ["fax", "pager"].includes(value));
}

/** A fax or pager number, or a third one of its place. */
function mayBeLost(line: Line, card: readonly Line[]): boolean {
  const numbers = card.filter((one) => one.name === "TEL" && !isMachine(one) && one.atoms.length > 0 && (place(one) === "home") === (place(line) === "home"));
  return isMachine(line) || numbers.indexOf(line) >= 2;
}

function cardsIn(text: string): readonly (readonly Line[])[] {
  const cards: Line[][] = [];
  let depth = 0;
  for (const raw of linesOf(text)) {
    const line = lineOf(raw);
    if (line?.name === "BEGIN") {
      depth += 1;
      if (depth === 1) cards.push([]);
    } else if (line?.name === "END") depth -= 1;
    else if (line !== undefined && depth === 1) cards.at(-1)?.push(line);
  }
  return cards;
}

/** Folds of both versions: white space, and "=" at the end of quoted-printable; base64 may go on without any. */
function linesOf(text: string): readonly string[] {
  const lines: string[] = [];
  for (const line of text.replace(/^\uFEFF/, "").split(/\r\n|\r|\n/)) {
    const last = lines.at(-1) ?? "";
    if (last.endsWith("=") && /QUOTED-PRINTABLE[^:]*:/i.test(last)) lines.push(`${(lines.pop() ?? "").slice(0, -1)}${line}`);
    else if (/^[ \t]/.test(line) && lines.length > 0) lines.push(`${lines.pop() ?? ""}${line.slice(1)}`);
    else if (/^[A-Za-z0-9+/=]+$/.test(line) && /[;=](?:BASE64|B)[;:]/i.test(last)) lines.push(`${lines.pop() ?? ""}${line}`);
    else if (line.trim() !== "") lines.push(line);
  }
  return lines;
}

function lineOf(raw: string): Line | undefined {
  const [, head = "", content = ""] = /^((?:[^:"]|"[^"]*")*):(.*)$/s.exec(raw) ?? [];
  if (head === "") return undefined;
  const [full = "", ...told] = head.split(/;(?=(?:[^"]*"[^"]*")*[^"]*$)/);
  const name = full.slice(full.lastIndexOf(".") + 1).trim().toUpperCase();
  const params = told.flatMap((one) => {
    const at = one.indexOf("=");
    const key = at > 0 ? one.slice(0, at).trim().toUpperCase() : /^(?:QUOTED-PRINTABLE|BASE64|8BIT|7BIT|B)$/i.test(one.trim()) ? "ENCODING" : "TYPE";
    const value = (at > 0 ? one.slice(at + 1) : one).replace(/"/g, "").trim();
    return (key === "TYPE" ? value.split(",") : [value]).map((part) => [key, key === "TYPE" ? part.trim().toLowerCase() : part] as const);
  });
  return { name, params, atoms: atomsOf(name, decoded(content, params), params) };
}

function decoded(content: string, params: Line["params"]): string {
  if (!params.some(([name, value]) => name === "ENCODING" && /^quoted-printable$/i.test(value))) return content;
  const bytes = Buffer.from(content.replace(/=([0-9A-F]{2})/gi, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16))), "latin1");
  return new TextDecoder(params.find(([name]) => name === "CHARSET")?.[1] ?? "utf-8").decode(bytes);
}

const STRUCTURED = new Set(["N", "ADR", "ORG"]);
const LISTED = new Set(["CATEGORIES"]);

function atomsOf(name: string, content: string, params: Line["params"]): readonly string[] {
  if (name === "PHOTO") {
    const data = /^data:[^,]*;base64,(.*)$/is.exec(content)?.[1] ?? (params.some(([key, value]) => key === "ENCODING" && /^(?:b|base64)$/i.test(value)) ? content : undefined);
    return [data === undefined ? content : createHash("sha256").update(Buffer.from(data, "base64")).digest("hex")];
  }
  const values = STRUCTURED.has(name) ? split(content, ";") : LISTED.has(name) ? split(content, ",") : [content];
  const texts = values.flatMap((value) => value.replace(/\\(.)/gs, (_, one: string) => (/n/i.test(one) ? "\n" : one)).split("\n")).map((text) => text.replace(/\s+/g, " ").trim()).filter((text) => text !== "");
  if (name === "BDAY") return texts.map((text) => text.replace(/T.*/, "").replace(/^--/, "0000").replace(/-/g, ""));
  return texts.map((text) => (name === "TEL" || name === "EMAIL" || CHAT.includes(name) ? text.replace(/^(?:tel|mailto|im|aim|icq|xmpp|msn|ymsgr|skype):/i, "") : text));
}

function split(content: string, mark: string): readonly string[] {
  return content.match(new RegExp(`(?:\\\\.|[^\\\\${mark}])+`, "gs")) ?? [];
}
