import type { Foresight } from "../../src/core/adapter.js";
import type { ForeseenLoss, Item, Loss, PlacedContainer } from "../../src/core/item.js";
import type { CozyDocument } from "../../src/drivers/cozy/documents.js";
import { COZY_NAME_BYTES, cozyName } from "../../src/drivers/cozy/names.js";
import type { FileRecord } from "../../src/format/records.js";
import { approximated, dropped, FOLDER_RULE, versionedFileLosses } from "../../src/kit/file-losses.js";
import { declared, foresight, sure } from "../../src/kit/forecast.js";
import { fileItem, folderItem } from "../../src/kit/typed-items.js";
import { markedName } from "../../src/lib/beside-names.js";
import { manifest } from "./manifest.js";
import { instantOf, keptTags, tagOf } from "./revisions.js";

/** What differs at the target once the file stands there: by the stack's own answer. */
export function standingLosses(record: FileRecord, { createdAt, updatedAt, versions }: CozyDocument): readonly Loss[] {
  const differs = (wanted: string | undefined, found: string | undefined): boolean => wanted !== undefined && instantOf(wanted) !== instantOf(found);
  const kept = keptTags({ versions });
  return [
    ...(differs(record.createdAt, createdAt) ? [approximated("createdAt", "files.date-rules")] : []),
    ...(differs(record.modifiedAt, updatedAt) ? [approximated("modifiedAt", "files.date-rules")] : []),
    ...(record.versions.every(({ id }) => kept.has(tagOf(id))) ? [] : [dropped("versions", "files.versions-merged")]),
  ];
}

/** `written`: the name that the item has at the target. */
export function fileNameLosses(name: string, written: string): readonly Loss[] {
  const spelled = nameLosses("name", name);
  return written === cozyName(name).name ? spelled : [...spelled, approximated("name", "files.renamed-conflict")];
}

/** `written`: the folder's name, with a mark where something else holds it. */
export function folderLosses(name: string, written: string, mark: string): readonly Loss[] {
  const spelled = nameLosses("folder", name);
  return written === markedName(cozyName(name).name, mark, COZY_NAME_BYTES) ? [...spelled, approximated("folder", "container.marked")] : spelled;
}

function nameLosses(field: "name" | "folder", name: string): readonly Loss[] {
  const { altered, cut } = cozyName(name);
  return altered ? [approximated(field, cut ? "files.name-shortened" : "files.name")] : [];
}

export function foresee(item: Item): Promise<Foresight> {
  if (folderItem(item) !== undefined) return Promise.resolve({ losses: [], skipped: FOLDER_RULE });
  const { record } = fileItem(item);
  const reasons = ["files.renamed-conflict", "files.date-rules"] as const;
  const server = declared(manifest, "files", "item", record.versions.length === 0 ? reasons : [...reasons, "files.versions-merged"]);
  return Promise.resolve(foresight(sure(versionedFileLosses(record)), sure(nameLosses("name", record.name)), server));
}

export function foreseePlace({ name, path }: PlacedContainer): readonly ForeseenLoss[] {
  // A library's drive is called like its owner, whom the container does not name.
  return path.length === 0 ? declared(manifest, "files", "container") : [...sure(nameLosses("folder", name)), ...declared(manifest, "files", "container", ["container.marked"])];
}
