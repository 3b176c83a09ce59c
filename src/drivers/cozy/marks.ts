import type { CozyDocument } from "./documents.js";

/**
 * Key of a document's `metadata` by which we know our own. An overwrite keeps no metadata but what it brings (cozy-stack web/files/files.go,
 * OverwriteFileContent), so that a file which somebody else wrote over has lost it.
 */
const OURS = "o365exodus";

export interface FileMark {
  /** Idempotency key of the item. */
  readonly key: string;
  readonly sha256: string;
  /** Base64, of the same bytes. */
  readonly md5: string;
  /** We made the file; else a user's own of the same name and bytes was taken for the item, and is neither written over nor removed. */
  readonly made: boolean;
}

export interface FolderMark {
  /** Mark of the source's container. */
  readonly container: string;
  /** We made the folder. */
  readonly made: boolean;
}

export function withMark(metadata: CozyDocument["metadata"], mark: FileMark | FolderMark): Record<string, unknown> {
  return { ...metadata, [OURS]: { ...mark } };
}

/** Undefined when the bytes are no longer those that we wrote. */
export function fileMarkOf({ folder, metadata, md5 }: CozyDocument): FileMark | undefined {
  const mark = markOf(metadata);
  if (folder || md5 === undefined || typeof mark?.["key"] !== "string" || typeof mark["sha256"] !== "string" || mark["md5"] !== md5) return undefined;
  return { key: mark["key"], sha256: mark["sha256"], md5, made: mark["made"] !== false };
}

export function folderMarkOf({ folder, metadata }: CozyDocument): FolderMark | undefined {
  const mark = markOf(metadata);
  if (!folder || typeof mark?.["container"] !== "string") return undefined;
  return { container: mark["container"], made: mark["made"] === true };
}

function markOf(metadata: CozyDocument["metadata"]): Record<string, string | boolean | undefined> | undefined {
  const mark = metadata[OURS];
  return typeof mark === "object" && mark !== null ? (mark as Record<string, string | boolean | undefined>) : undefined;
}
