import { readdir, readFile, stat } from "node:fs/promises";
import path from "node:path";
import type { Kind } from "./entry.js";
import { decodeName } from "./names.js";
import type { OwnerFile } from "./store.js";

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
}

/** Which files of an area are its items. */
const AREAS: readonly { readonly folder: string; readonly kind: Kind; readonly matches: (name: string) => boolean }[] = [
  { folder: "mail", kind: "message", matches: (name) => name.endsWith(".eml") },
  { folder: "calendars", kind: "event", matches: (name) => name.endsWith(".ics") },
  { folder: "contacts", kind: "contact", matches: (name) => name.endsWith(".vcf") },
  { folder: "drive", kind: "file", matches: () => true },
];

/** Walks a tenant folder (layout in `fixtures/README.md`); folders come before what they hold. */
export async function scanTenant(dir: string): Promise<{ owners: readonly Omit<OwnerFile, "id">[]; found: readonly Found[] }> {
  const owners: Omit<OwnerFile, "id">[] = [];
  const found: Found[] = [];
  for (const [folder, kind, card] of [["users", "user", "profile.json"], ["groups", "group", "group.json"]] as const) {
    for (const name of await names(path.join(dir, folder))) {
      const owner = decodeName(name);
      const base = path.join(folder, name);
      owners.push({ name: owner, kind, profile: await jsonOf(path.join(dir, base, card)) });
      for (const area of AREAS) await walk(dir, path.join(base, area.folder), owner, area, found);
    }
  }
  return { owners, found };
}

async function walk(dir: string, folder: string, owner: string, area: (typeof AREAS)[number], found: Found[]): Promise<void> {
  const listed = await names(path.join(dir, folder));
  const sidecars = area.kind === "file" ? driveSidecars(listed) : new Set<string>();
  for (const name of listed) {
    if (sidecars.has(name)) continue;
    const file = path.join(folder, name);
    const info = await stat(path.join(dir, file), { bigint: true });
    const base = { owner, file, size: Number(info.size), mtimeMs: Number(info.mtimeMs), inode: `${info.dev}:${info.ino}` };
    if (info.isDirectory()) {
      found.push({ ...base, kind: "folder", size: 0, mark: "", contentMark: "" });
      await walk(dir, file, owner, area, found);
    } else if (info.isFile() && area.matches(name)) {
      const contentMark = `${info.mtimeNs}:${info.size}`;
      const beside = area.kind === "message" ? await sidecarMark(path.join(dir, file.replace(/\.eml$/, ".json"))) : "";
      found.push({ ...base, kind: area.kind, contentMark, mark: `${contentMark}:${beside}` });
    }
  }
}

/** `x.versions/` and `x.permissions.json` belong to the file `x` beside them, and are ordinary entries where there is no such file. */
function driveSidecars(listed: readonly string[]): ReadonlySet<string> {
  const all = new Set(listed);
  return new Set(listed.filter((name) => /\.(versions|permissions\.json)$/.test(name) && all.has(name.replace(/\.(versions|permissions\.json)$/, ""))));
}

async function sidecarMark(file: string): Promise<string> {
  return stat(file, { bigint: true }).then((info) => `${info.mtimeNs}:${info.size}`, absent(""));
}

async function names(dir: string): Promise<readonly string[]> {
  return (await readdir(dir).catch(absent<string[]>([]))).sort();
}

export async function jsonOf(file: string): Promise<Readonly<Record<string, unknown>>> {
  const text = await readFile(file, "utf8").catch(absent("{}"));
  return JSON.parse(text) as Record<string, unknown>;
}

function absent<T>(instead: T): (cause: NodeJS.ErrnoException) => T {
  return (cause) => {
    if (cause.code === "ENOENT" || cause.code === "ENOTDIR") return instead;
    throw cause;
  };
}
