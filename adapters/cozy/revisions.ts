import type { PutContext } from "../../src/core/adapter.js";
import { ExodusError } from "../../src/core/errors.js";
import type { BlobRef } from "../../src/core/item.js";
import type { CozyClient } from "../../src/drivers/cozy/client.js";
import type { CozyDocument } from "../../src/drivers/cozy/documents.js";
import { change, overwriteFile, type Upload } from "../../src/drivers/cozy/files.js";
import { fileMarkOf, withMark } from "../../src/drivers/cozy/marks.js";
import { md5Of } from "../../src/drivers/http/body-hash.js";
import type { FileRecord } from "../../src/format/records.js";
import type { TypedItem } from "../../src/kit/typed-items.js";
import { manifest } from "./manifest.js";

/** One content of a file, the present one last. */
export interface Revision {
  readonly blob: BlobRef;
  readonly modifiedAt: string | undefined;
  /** Of an older version: the source's name for it. */
  readonly tag?: string;
}

/** Tags part at commas (cozy-stack web/files/files.go, TagSeparator), and are trimmed. */
export function tagOf(version: string): string {
  return version.replaceAll(",", ".").trim() || "0";
}

/**
 * Oldest first. A version over the stack's limit cannot be sent, and one with the very bytes of the next makes no version (cozy-stack
 * model/vfs/vfsswift/impl_v3.go, Close).
 */
export function revisionsOf({ record, body, parts }: TypedItem<FileRecord>): readonly Revision[] {
  const older = record.versions.flatMap(({ id, sha256, modifiedAt }): Revision[] => {
    const blob = [...parts, body].find((part) => part.sha256 === sha256);
    if (blob === undefined) throw new ExodusError("RECORD_MISSING", { params: { item: record.name } });
    return blob.size > (manifest.workloads.files?.maxBytes ?? Infinity) ? [] : [{ blob, modifiedAt, tag: tagOf(id) }];
  });
  const all: readonly Revision[] = [...older, { blob: body, modifiedAt: record.modifiedAt }];
  return all.filter(({ blob }, at) => blob.sha256 !== all[at + 1]?.blob.sha256);
}

/** Tags of the versions that stand; the present content is none. */
export function keptTags({ versions }: Pick<CozyDocument, "versions">): ReadonlySet<string> {
  return new Set(versions.flatMap(({ tags }) => tags));
}

/**
 * Sends what is missing of a file that stands: older contents oldest first, each overwritten by the next, so that the stack keeps them as versions. A
 * version that carries a tag is kept however close to its neighbour it is and however many there are (cozy-stack model/vfs/version.go,
 * detectVersionsToClean), so each carries the source's number. Goes on where a cut run stopped, which the mark of the present content tells.
 */
export async function bringUpToDate(client: CozyClient, standing: CozyDocument, item: TypedItem<FileRecord>, context: PutContext): Promise<CozyDocument> {
  const revisions = revisionsOf(item);
  const mark = fileMarkOf(standing);
  if (mark?.made === false) return standing;
  const present = mark?.sha256;
  const kept = keptTags(standing);
  const at = standsAs(revisions, present, standing.tags, kept);
  const missing = revisions.slice(at + 1).filter((revision) => revision.tag === undefined || !kept.has(revision.tag));
  // The last content stands. Versions that are missing can be put below it only where it is one of them too.
  if (present === item.body.sha256 && (at < 0 || missing.every(({ tag }) => tag === undefined))) return standing;
  let document = standing;
  const tag = revisions[at]?.tag;
  // What is now the content becomes the version that the source calls so.
  if (tag !== undefined && !standing.tags.includes(tag)) document = await tagged(client, standing, tag, context.signal);
  for (const revision of missing) document = await overwriteFile(client, document, await uploadOf(revision, item, context), context.signal);
  return document;
}

/** Which of the older revisions is the present content; -1 for none. Contents may recur: its tag tells, else it is the first that is no version yet. */
function standsAs(revisions: readonly Revision[], present: string | undefined, tags: readonly string[], kept: ReadonlySet<string>): number {
  const like = (fits: (tag: string) => boolean) => ({ blob, tag }: Revision): boolean => blob.sha256 === present && tag !== undefined && fits(tag);
  const told = revisions.findLastIndex(like((tag) => tags.includes(tag)));
  if (told >= 0) return told;
  const lacking = revisions.findIndex(like((tag) => !kept.has(tag)));
  return lacking >= 0 ? lacking : revisions.findLastIndex(like(() => true));
}

export async function uploadOf({ blob, modifiedAt, tag }: Revision, { record }: TypedItem<FileRecord>, context: PutContext): Promise<Upload> {
  const md5 = await md5Of(context.open(blob), "base64", context.signal);
  return {
    body: { size: blob.size, bytes: context.open(blob) }, md5, metadata: withMark({}, { key: context.idempotencyKey, sha256: blob.sha256, md5, made: true }),
    createdAt: record.createdAt, updatedAt: modifiedAt ?? record.modifiedAt, tags: tag === undefined ? [] : [tag],
  };
}

export function instantOf(at: string | undefined): number | undefined {
  const time = Date.parse(at ?? "");
  return Number.isNaN(time) ? undefined : time;
}

async function tagged(client: CozyClient, standing: CozyDocument, tag: string, signal: AbortSignal): Promise<CozyDocument> {
  const changed = await change(client, standing, { tags: [...standing.tags, tag] }, signal);
  if (typeof changed === "string") throw new ExodusError("TARGET_PASSING", { params: { target: client.access.target, reason: "PATCH: tags" } });
  // A change of metadata does not tell the versions.
  return { ...changed, versions: standing.versions };
}
