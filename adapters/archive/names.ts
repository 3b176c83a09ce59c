import { createHash } from "node:crypto";
import type { Item, Owner, WorkloadName } from "../../src/core/item.js";
import { contactItem, eventItem, fileItem, mailItem } from "../../src/kit/typed-items.js";
import { encodeFileName, NAME_BYTES, shortFileName } from "../../src/lib/file-names.js";
import { percent } from "../../src/lib/name-alphabets.js";
import { foldedName } from "../../src/lib/target-names.js";

const AREAS: Readonly<Partial<Record<WorkloadName, string>>> = { mail: "mail", calendar: "calendars", contacts: "contacts", files: "drive" };
/** Longest readable part of a name: so many characters, and so many bytes. */
const SLUG = 60;
const SLUG_BYTES = 160;

/** Folders of owners in the tenant-folder layout, each with the file that tells about one. */
export const HOMES = { users: "profile.json", groups: "group.json", sites: "site.json" } as const;
export const HOME_NAMES = Object.keys(HOMES) as readonly (keyof typeof HOMES)[];

/** Folder of an owner in the tenant-folder layout. */
export function homeOf(owner: Owner): string {
  return `${owner.kind}s/${component(owner.name)}`;
}

/** Folder of an owner's workload. A team's channels stand by themselves, and chats belong to several. */
export function areaOf(owner: Owner, workload: WorkloadName): string {
  if (workload === "channels") return `teams/${component(owner.name)}`;
  if (workload === "chats") return "chats";
  return `${homeOf(owner)}/${AREAS[workload] ?? workload}`;
}

/** A name as a path component: percent rule, then the length limit. */
export function component(name: string): string {
  return shortFileName(encodeFileName(name));
}

export function isShortened(name: string): boolean {
  return Buffer.byteLength(encodeFileName(name)) > NAME_BYTES;
}

/** Components for one name, the first choice first. */
export interface Spellings {
  /** By the percent rule alone. */
  readonly own: string;
  /** The last character percent-encoded too: it reads back as the same name, but is nobody's sidecar. */
  readonly disguised: string;
  /** With a mark of the item's or container's, for when another holds the name. */
  readonly marked: string;
}

export function spellings(name: string, mark: string): Spellings {
  const last = [...name].at(-1) ?? "";
  const start = name.slice(0, name.length - last.length);
  const own = component(name);
  return { own, disguised: last === "" ? own : shortFileName((start === "" ? "" : encodeFileName(start)) + percent(last)), marked: marked(own, mark) };
}

/** The first spelling that may be used; the second one is only for names that would be read as a sidecar's or have another item for theirs. */
export async function firstFree({ own, disguised, marked: last }: Spellings, look: (name: string) => Promise<"free" | "taken" | "clash">): Promise<string | undefined> {
  const found = await look(own);
  if (found === "free") return own;
  if (found === "clash" && (await look(disguised)) === "free") return disguised;
  return (await look(last)) === "free" ? last : undefined;
}

/** Names that an item may take in its folder. Files keep their own; the others are told by date, title and key. */
export function fileNamesOf(item: Item, key: string): Spellings {
  switch (item.key.workload) {
    case "mail": {
      const { receivedAt, subject } = mailItem(item).record;
      return told(stamp(receivedAt), subject, key, ".eml");
    }
    case "calendar": {
      const { start, summary } = eventItem(item).record;
      return told(stamp(start), summary, key, ".ics");
    }
    case "contacts":
      return told("", contactItem(item).record.displayName, key, ".vcf");
    default:
      return spellings(fileItem(item).record.name, key.slice(0, 8));
  }
}

/** Short stable mark of a container. */
export function containerMark(owner: string, id: string): string {
  return createHash("sha256").update(`${owner}\n${id}`).digest("hex").slice(0, 8);
}

/** `<file>.versions` and `<file>.permissions.json` belong to the file beside them in the layout. */
export const SIDECAR_SUFFIXES = [".versions", ".permissions.json"] as const;

/** The name whose sidecar this component would be. */
export function sidecarBase(name: string): string | undefined {
  const suffix = SIDECAR_SUFFIXES.find((one) => name.endsWith(one));
  return suffix === undefined || name.length === suffix.length ? undefined : name.slice(0, -suffix.length);
}

/** Folder of a file's older versions; beside a name of full length its own is cut like any other. */
export function versionsOf(file: string): string {
  const slash = file.lastIndexOf("/") + 1;
  return file.slice(0, slash) + shortFileName(`${file.slice(slash)}.versions`);
}

/** Names that the file system may take for one another, and those of one file and its sidecars, fold to the same text. */
export function folded(name: string): string {
  return foldedName(sidecarBase(name) ?? name);
}

/** Name without extension of a document: date where there is one, title, mark of its identity. */
export function documentName(title: string, owner: string, id: string): string {
  return told("", title, containerMark(owner, id), "").own;
}

function told(date: string, title: string | undefined, key: string, extension: string): Spellings {
  const start = [date, slug(title)].filter((part) => part !== "").join(" ");
  const name = (mark: string): string => `${start === "" ? "" : `${start} `}${mark}${extension}`;
  return { own: name(key.slice(0, 8)), disguised: name(key.slice(0, 8)), marked: name(key) };
}

/** "2024-03-31 0130" of "2024-03-31T01:30:15Z"; the date alone of a date. */
function stamp(instant: string | undefined): string {
  const found = /^(\d{4}-\d{2}-\d{2})(?:T(\d{2}):(\d{2}))?/.exec(instant ?? "");
  return found === null ? "" : [found[1] ?? "", ...(found[2] === undefined ? [] : [`${found[2]}${found[3] ?? ""}`])].join(" ");
}

/** Readable part of a name: no character that some file system refuses, no leading dot. */
function slug(text: string | undefined): string {
  const plain = (text ?? "").toWellFormed().replace(/[%/\\:*?"<>|\u0000-\u001f\u007f-\u009f\u2028-\u202e\u2066-\u2069\ufffd]+/g, " ").replace(/\s+/g, " ").replace(/^[ .]+/, "");
  let cut = "";
  let bytes = 0;
  for (const character of [...plain].slice(0, SLUG)) {
    bytes += Buffer.byteLength(character);
    if (bytes > SLUG_BYTES) break;
    cut += character;
  }
  return cut.trim();
}

function marked(name: string, mark: string): string {
  const dot = name.lastIndexOf(".");
  const [stem, extension] = dot > 0 ? [name.slice(0, dot), name.slice(dot)] : [name, ""];
  const whole = `${stem}~${mark}${extension}`;
  return Buffer.byteLength(whole) <= NAME_BYTES ? whole : shortFileName(`${stem}~${mark}${"~".repeat(NAME_BYTES)}${extension}`);
}
