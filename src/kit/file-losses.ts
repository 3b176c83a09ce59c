import type { Foresight, Gap, Manifest } from "../core/adapter.js";
import type { ForeseenLoss, Item, Loss, PlacedContainer } from "../core/item.js";
import type { LossReason } from "../core/losses.js";
import type { FileRecord } from "../format/records.js";
import type { TargetName } from "../lib/target-names.js";
import { declared, foresight, sure } from "./forecast.js";
import { fileItem, folderItem } from "./typed-items.js";

/** A folder's own rights have no place where a target takes none: `skips.ts`. */
export const FOLDER_RULE = "FOLDER_PERMISSIONS";

export const dropped = (field: string, reason: LossReason): Loss => ({ field, change: "dropped", side: "target", reason });
export const approximated = (field: string, reason: LossReason): Loss => ({ field, change: "approximated", side: "target", reason });

/** What a target loses that keeps one content a file, without authors, rights and columns. */
export function bareFileLosses(record: FileRecord): readonly Loss[] {
  return [...versionedFileLosses(record), ...(record.versions.length === 0 ? [] : [dropped("versions", "files.versions")])];
}

/** What a target loses that keeps older contents too. */
export function versionedFileLosses({ createdBy, modifiedBy, permissions, contentType, columns, checkedOut }: FileRecord): readonly Loss[] {
  return [
    ...(createdBy === undefined && modifiedBy === undefined ? [] : [dropped("createdBy, modifiedBy", "files.authors")]),
    ...(permissions === undefined ? [] : [dropped("permissions", "files.permissions")]),
    ...(contentType === undefined && columns === undefined && checkedOut === undefined ? [] : [dropped("columns", "files.columns")]),
  ];
}

/** Where a target's documents say why it loses what `FileLosses` tells. */
export type FileCites = Readonly<Record<"name" | "shortened" | "twice" | "authors" | "dates" | "versions" | "permissions" | "columns", string>>;

export function fileGaps({ name, shortened, twice, authors, dates, versions, permissions, columns }: FileCites): readonly Gap[] {
  return [
    { of: "item", field: "name", change: "approximated", reason: "files.name", cite: name },
    { of: "item", field: "name", change: "approximated", reason: "files.name-shortened", cite: shortened },
    { of: "item", field: "name", change: "approximated", reason: "files.renamed-conflict", cite: twice },
    { of: "item", field: "createdBy, modifiedBy", change: "dropped", reason: "files.authors", cite: authors },
    { of: "item", field: "createdAt, modifiedAt", change: "dropped", reason: "files.dates", cite: dates },
    { of: "item", field: "versions", change: "dropped", reason: "files.versions", cite: versions },
    { of: "item", field: "permissions", change: "dropped", reason: "files.permissions", cite: permissions },
    { of: "item", field: "columns", change: "dropped", reason: "files.columns", cite: columns },
    { of: "container", field: "folder", change: "approximated", reason: "files.name", cite: name },
    { of: "container", field: "folder", change: "approximated", reason: "files.name-shortened", cite: shortened },
    { of: "container", field: "folder", change: "approximated", reason: "container.marked", cite: twice },
  ];
}

/** How a target spells names. */
export interface FileRules {
  file(name: string): TargetName;
  folder(name: string): TargetName;
}

/** Losses of files and folders at a target that takes one spelling of a name, answers with the name that it gave, and keeps the bytes alone. */
export class FileLosses {
  constructor(private readonly manifest: Manifest, private readonly rules: FileRules) {}

  /** `given`: the file's name at the target. */
  file(record: FileRecord, given: string): readonly Loss[] {
    const wanted = this.rules.file(record.name);
    return [...recordLosses(record), ...spelled("name", wanted), ...(given === wanted.name ? [] : [approximated("name", "files.renamed-conflict")])];
  }

  folder(name: string, given: string): readonly Loss[] {
    const wanted = this.rules.folder(name);
    return [...spelled("folder", wanted), ...(given === wanted.name ? [] : [approximated("folder", "container.marked")])];
  }

  foresee(item: Item): Promise<Foresight> {
    if (folderItem(item) !== undefined) return Promise.resolve({ losses: [], skipped: FOLDER_RULE });
    const { record } = fileItem(item);
    return Promise.resolve(foresight(sure([...recordLosses(record), ...spelled("name", this.rules.file(record.name))]), declared(this.manifest, "files", "item", ["files.renamed-conflict"])));
  }

  foreseePlace({ name, path }: PlacedContainer): readonly ForeseenLoss[] {
    return path.length === 0 ? [] : [...sure(spelled("folder", this.rules.folder(name))), ...declared(this.manifest, "files", "container", ["container.marked"])];
  }
}

function recordLosses(record: FileRecord): readonly Loss[] {
  return [...bareFileLosses(record), ...(record.createdAt === undefined && record.modifiedAt === undefined ? [] : [dropped("createdAt, modifiedAt", "files.dates")])];
}

function spelled(field: "name" | "folder", { altered, cut }: TargetName): readonly Loss[] {
  return altered ? [approximated(field, cut ? "files.name-shortened" : "files.name")] : [];
}
