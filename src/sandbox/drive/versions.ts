import { readdir, stat } from "node:fs/promises";
import path from "node:path";
import type { Entry } from "../tenant/entry.js";
import { absent } from "../tenant/read.js";
import type { TenantStore } from "../tenant/store.js";
import { relativePath, type DriveRef } from "./item.js";
import { toldOf } from "./told.js";

export interface StoredVersion {
  readonly id: string;
  /** Absolute path of its bytes. */
  readonly file: string;
  readonly size: number;
  readonly modified: string;
  readonly by: string;
}

/** The present content first, then `<file>.versions/<n>`, newest first, as the API lists them (api-reference/v1.0/api/driveitem-list-versions). */
export async function versionsOf(store: TenantStore, drive: DriveRef, entry: Entry): Promise<readonly StoredVersion[]> {
  const dir = store.disk(`${entry.file}.versions`);
  const numbers = (await readdir(dir).catch(absent<string[]>([]))).filter((name) => /^\d+$/.test(name)).map(Number).sort((a, b) => b - a);
  const present = await toldOf(store, drive, relativePath(drive, entry));
  const versions: StoredVersion[] = [{
    id: `${(numbers[0] ?? 0) + 1}.0`, file: store.disk(entry.file), size: entry.size, by: present.lastModifiedBy ?? drive.owner.name,
    modified: present.lastModifiedDateTime ?? seconds(new Date(entry.mtimeMs)),
  }];
  for (const number of numbers) {
    const file = path.join(dir, String(number));
    const info = await stat(file);
    const told = await toldOf(store, drive, `${relativePath(drive, entry)}#${number}`);
    versions.push({ id: `${number}.0`, file, size: info.size, by: told.lastModifiedBy ?? drive.owner.name, modified: told.lastModifiedDateTime ?? seconds(info.mtime) });
  }
  return versions;
}

function seconds(date: Date): string {
  return date.toISOString().replace(/\.\d+Z$/, "Z");
}
