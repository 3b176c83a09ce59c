import { createHash } from "node:crypto";
import { stat } from "node:fs/promises";
import path from "node:path";
import type { Kind, OwnerFile } from "./entry.js";
import { decodeName } from "./names.js";
import { absent, jsonOf, names, rowOf } from "./read.js";
import { scanLists } from "./scan-lists.js";
import { Mounts, ownersWithTeams, scanConversations, type ConversationFolder, type TeamFolder } from "./scan-teams.js";

/** One entry as it stands on the disk. */
export interface Found {
  readonly kind: Kind;
  readonly owner: string;
  readonly file: string;
  readonly size: number;
  readonly mtimeMs: number;
  readonly mark: string;
  readonly contentMark: string;
  readonly inode: string;
  readonly born: string;
  readonly shared: boolean;
}

export interface Scan {
  readonly owners: readonly Pick<OwnerFile, "name" | "kind" | "profile" | "base" | "drives">[];
  /** Folders come before what they hold. */
  readonly found: readonly Found[];
  readonly teams: readonly TeamFolder[];
  readonly chats: readonly ConversationFolder[];
  readonly mounts: Mounts;
}

interface Area {
  readonly folder: string;
  readonly kind: Kind;
  readonly matches: (name: string) => boolean;
}

/** Which files of an area are its items. */
const AREAS: readonly Area[] = [
  { folder: "mail", kind: "message", matches: (name) => name.endsWith(".eml") },
  { folder: "recoverable", kind: "message", matches: (name) => name.endsWith(".eml") },
  { folder: "calendars", kind: "event", matches: (name) => name.endsWith(".ics") },
  { folder: "contacts", kind: "contact", matches: (name) => name.endsWith(".vcf") },
  { folder: "todo", kind: "task", matches: (name) => name.endsWith(".json") && name !== "list.json" },
];
/** Files asked about at once. */
const WIDTH = 64;

/** Walks a tenant folder (layout in `fixtures/README.md`). */
export async function scanTenant(dir: string): Promise<Scan> {
  const listed: Scan["owners"][number][] = [];
  const found: Found[] = [];
  const { teams, chats } = await scanConversations(dir);
  for (const [folder, kind, card] of [["users", "user", "profile.json"], ["groups", "group", "group.json"], ["sites", "site", "site.json"]] as const) {
    for (const name of await names(path.join(dir, folder))) {
      const base = path.join(folder, name);
      if (!(await stat(path.join(dir, base))).isDirectory()) continue;
      const drives = await drivesOf(path.join(dir, base));
      listed.push({ name: decodeName(name), kind, base, drives, profile: await jsonOf(path.join(dir, base, card)) });
    }
  }
  const owners = ownersWithTeams(listed, teams);
  const mounts = new Mounts(dir, owners, teams);
  for (const { name, base, drives } of owners) {
    if (/^(?:groups|sites)\b/.test(base)) found.push(...(await scanLists(dir, name, base)));
    for (const area of AREAS) await walk({ mounts, base, owner: name, area, sheet: {} }, path.join(base, area.folder), found);
    for (const folder of drives) {
      const sheet = await jsonOf(path.join(dir, base, `${folder}.json`));
      await walk({ mounts, base, owner: name, area: { folder, kind: "file", matches: () => true }, sheet }, path.join(base, folder), found);
    }
  }
  return { owners, found, teams, chats, mounts };
}

/** Everybody has a drive, which may be empty; further libraries stand beside it. */
async function drivesOf(base: string): Promise<readonly string[]> {
  const further = (await names(base)).filter((name) => name.startsWith("drive."));
  const folders = await Promise.all(further.map(async (name) => (await stat(path.join(base, name))).isDirectory()));
  return ["drive", ...further.filter((_name, index) => folders[index] === true)];
}

/** One area of one owner; `sheet` is what `drive.json` tells of a drive. */
interface Walk {
  readonly mounts: Mounts;
  readonly base: string;
  readonly owner: string;
  readonly area: Area;
  readonly sheet: Readonly<Record<string, unknown>>;
}

async function walk(of: Walk, folder: string, found: Found[]): Promise<void> {
  const listed = [...new Set([...(await names(of.mounts.disk(folder))), ...of.mounts.below(folder)])];
  const all = new Set(listed);
  const shown = listed.filter((name) => !isSidecar(of.area.kind, name, all));
  for (let from = 0; from < shown.length; from += WIDTH) {
    const batch = await Promise.all(shown.slice(from, from + WIDTH).map((name) => look(of, path.join(folder, name), all)));
    for (const one of batch) {
      if (one === undefined) continue;
      found.push(one);
      if (one.kind === "folder") await walk(of, one.file, found);
    }
  }
}

/** Undefined for what is no item, and for what went away since it was listed. */
async function look(of: Walk, file: string, beside: ReadonlySet<string>): Promise<Found | undefined> {
  const { mounts, owner, area } = of;
  const info = await stat(mounts.disk(file), { bigint: true }).catch(absent(undefined));
  if (info === undefined) return undefined;
  const shared = area.kind === "file" && beside.has(path.basename(permissionsFileOf(file)));
  const base = { owner, file, mtimeMs: Number(info.mtimeMs), inode: `${info.dev}:${info.ino}`, born: String(info.birthtimeNs), shared };
  const contentMark = info.isDirectory() ? "" : `${info.mtimeNs}:${info.size}`;
  if (info.isDirectory()) return { ...base, kind: "folder", size: 0, contentMark, mark: area.kind === "file" ? await besideMark(of, file, beside) : "" };
  if (!info.isFile() || !area.matches(path.basename(file))) return undefined;
  return { ...base, kind: area.kind, size: Number(info.size), contentMark, mark: `${contentMark}:${await besideMark(of, file, beside)}` };
}

/** Signature of what is told about a file beside its bytes: a message's sidecar, a task's attached files, a drive file's permissions and its row in `drive.json`. */
async function besideMark({ mounts, base, area, sheet }: Walk, file: string, beside: ReadonlySet<string>): Promise<string> {
  if (area.kind === "task") return beside.has(path.basename(taskFiles(file))) ? signature(mounts.disk(taskFiles(file))) : "";
  if (area.kind !== "message" && area.kind !== "file") return "";
  const sidecar = area.kind === "message" ? sidecarOf(file) : permissionsFileOf(file);
  const signed = beside.has(path.basename(sidecar)) ? await signature(mounts.disk(sidecar)) : "";
  if (area.kind === "message") return signed;
  const row = rowOf(sheet, file.slice(path.join(base, area.folder).length + 1).split(path.sep).map(decodeName).join("/"));
  return row === undefined ? signed : `${signed} ${createHash("sha256").update(JSON.stringify(row)).digest("base64url").slice(0, 12)}`;
}

/** The file that holds a message's state. */
export function sidecarOf(file: string): string {
  return file.replace(/\.eml$/, ".json");
}

/** The file that holds the rights of a file or folder of a drive, or of a drive. */
export function permissionsFileOf(file: string): string {
  return `${file}.permissions.json`;
}

/** The folder of the files attached to a task. */
export function taskFiles(file: string): string {
  return file.replace(/\.json$/, ".files");
}

function isSidecar(kind: Kind, name: string, beside: ReadonlySet<string>): boolean {
  if (kind === "task") return name.endsWith(".files") && beside.has(name.replace(/\.files$/, ".json"));
  return kind === "file" && isDriveSidecar(name, beside);
}

/** `x.versions/` and `x.permissions.json` belong to the file or folder `x` beside them, and are ordinary entries where there is none. */
function isDriveSidecar(name: string, beside: ReadonlySet<string>): boolean {
  const of = name.replace(/\.(?:versions|permissions\.json)$/, "");
  return of !== name && beside.has(of);
}

async function signature(file: string): Promise<string> {
  return stat(file, { bigint: true }).then((info) => `${info.mtimeNs}:${info.size}`, absent(""));
}
