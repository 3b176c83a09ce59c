import type { PutContext, PutResult, TargetContainer, TargetRef, TargetSession, Verdict } from "../../src/core/adapter.js";
import { ExodusError } from "../../src/core/errors.js";
import type { Item, PlacedContainer } from "../../src/core/item.js";
import type { CozyClient } from "../../src/drivers/cozy/client.js";
import type { CozyDocument } from "../../src/drivers/cozy/documents.js";
import { byId, change, childOf, childrenOf, contentHash, createFile, trash, type Change } from "../../src/drivers/cozy/files.js";
import { isSystem } from "../../src/drivers/cozy/folders.js";
import { fileMarkOf, folderMarkOf, withMark } from "../../src/drivers/cozy/marks.js";
import { COZY_NAME_BYTES, cozyName } from "../../src/drivers/cozy/names.js";
import { md5Of } from "../../src/drivers/http/body-hash.js";
import type { FileRecord } from "../../src/format/records.js";
import { FOLDER_RULE, versionedFileLosses } from "../../src/kit/file-losses.js";
import { fileItem, folderItem, type TypedItem } from "../../src/kit/typed-items.js";
import { besideName, markedName } from "../../src/lib/beside-names.js";
import { retrying } from "../../src/lib/retry.js";
import { toldDifferences } from "./compare.js";
import { fileNameLosses, standingLosses } from "./losses.js";
import type { Places } from "./places.js";
import { bringUpToDate, instantOf, revisionsOf, uploadOf } from "./revisions.js";

const ATTEMPTS = 3;

/** One instance's files. TargetContainer.id and TargetRef.id = identifiers of folder and file, which outlive renames; etag = the file's revision. */
export class CozySession implements TargetSession {
  constructor(private readonly client: CozyClient, private readonly places: Places) {}

  prepare(container: PlacedContainer, known: string | undefined, signal: AbortSignal): Promise<TargetContainer> {
    return retrying(() => this.places.prepare(container, known, signal), { attempts: ATTEMPTS, signal });
  }

  async put(item: Item, context: PutContext): Promise<PutResult> {
    if (folderItem(item) !== undefined) return { outcome: "skipped", code: FOLDER_RULE };
    const file = fileItem(item);
    const own = await this.#known(file, context);
    const { document: place, free } = own === undefined ? await this.#search(file, context) : { document: own };
    const there = place === undefined ? await this.#create(free, file, context) : await this.#placed(place, file, context);
    const whole = await this.#dated(await bringUpToDate(this.client, there, file, context), file, context);
    const outcome = place === undefined ? (context.known === undefined ? "created" : "updated") : whole.rev === place.rev ? "unchanged" : "updated";
    const losses = [...fileNameLosses(file.record.name, whole.name), ...versionedFileLosses(file.record), ...standingLosses(file.record, whole)];
    return { outcome, ref: { id: whole.id, etag: whole.rev }, losses };
  }

  async find(item: Item, context: PutContext): Promise<TargetRef | undefined> {
    if (folderItem(item) !== undefined) return undefined;
    const { document } = await retrying(() => this.#search(fileItem(item), context), { attempts: ATTEMPTS, signal: context.signal });
    return document === undefined ? undefined : { id: document.id };
  }

  /** What a user wrote over or took elsewhere, or had there before us, is not ours to remove. */
  async remove(ref: TargetRef, into: TargetContainer, signal: AbortSignal): Promise<void> {
    await retrying(async () => {
      const document = await byId(this.client, ref.id, signal);
      if (document === undefined || document.trashed || document.parent !== into.id || fileMarkOf(document)?.made !== true) return;
      if (!(await trash(this.client, document, signal))) throw this.#passing("DELETE: HTTP 412");
    }, { attempts: ATTEMPTS, signal });
  }

  async removeContainer(id: string, signal: AbortSignal): Promise<boolean> {
    return retrying(async () => {
      const document = await byId(this.client, id, signal);
      if (document === undefined || document.trashed) return true;
      if (folderMarkOf(document)?.made !== true || isSystem(document)) return false;
      for await (const _ of childrenOf(this.client, id, signal)) return false;
      this.places.forget();
      return trash(this.client, document, signal);
    }, { attempts: ATTEMPTS, signal });
  }

  async verify(item: Item, ref: TargetRef, { signal }: PutContext): Promise<Verdict> {
    const file = fileItem(item);
    const found = await byId(this.client, ref.id, signal);
    if (found === undefined || found.folder || found.trashed) return { state: "missing", fields: [] };
    const told = toldDifferences(file, found);
    // The stack's own size and MD5 settle it without reading a byte; sameness is never taken on its word.
    if (told.some(({ field }) => field === "size" || field === "sha256")) return { state: "different", fields: told };
    const content = await contentHash(this.client, ref.id, signal);
    if (content === undefined) return { state: "missing", fields: [] };
    const fields = content.sha256 === file.body.sha256 ? told : [...told, { field: "sha256", expected: file.body.sha256, found: content.sha256 }];
    return { state: fields.length === 0 ? "same" : "different", fields };
  }

  close(): Promise<void> {
    this.places.close();
    return this.client.close();
  }

  /** The item's own file of the last time, unless it was thrown away or written over by somebody else. */
  async #known(file: TypedItem<FileRecord>, { known, signal }: PutContext): Promise<CozyDocument | undefined> {
    const document = known === undefined ? undefined : await byId(this.client, known.id, signal);
    return document === undefined || document.trashed || !mayHold(document, file) ? undefined : document;
  }

  /** A file that is the item's by its mark, or by name and bytes (one of an earlier vault); else the first name that is free. */
  async #search(file: TypedItem<FileRecord>, context: PutContext): Promise<{ readonly document?: CozyDocument; readonly free?: string }> {
    const parent = await this.places.folder(context.into.id, context.signal);
    let md5: string | undefined;
    for (const name of candidates(file, context)) {
      const found = await childOf(this.client, parent, name, context.signal);
      if (found === undefined) return { free: name };
      if (found.folder || (await context.isTaken({ id: found.id }))) continue;
      if (fileMarkOf(found)?.key === context.idempotencyKey && mayHold(found, file)) return { document: found };
      if (found.size !== file.body.size) continue;
      md5 ??= await md5Of(context.open(file.body), "base64", context.signal);
      if (found.md5 === md5) return { document: found };
    }
    return {};
  }

  /** With the oldest content. */
  async #create(free: string | undefined, file: TypedItem<FileRecord>, context: PutContext): Promise<CozyDocument> {
    const [oldest] = revisionsOf(file);
    if (free === undefined || oldest === undefined) throw this.#refused("every name is taken");
    const made = await createFile(this.client, context.into.id, free, await uploadOf(oldest, file, context), context.signal);
    if (made === "refused") throw this.#refused("POST: HTTP 422");
    if (made !== "taken") return made;
    // By another put at the same moment; or the folder was renamed, and its path is not what it was.
    this.places.forget();
    throw this.#passing("POST: HTTP 409");
  }

  /** Under its name and in its folder, with our mark. */
  async #placed(standing: CozyDocument, file: TypedItem<FileRecord>, context: PutContext): Promise<CozyDocument> {
    const { into, signal } = context;
    const names = candidates(file, context);
    const mark = fileMarkOf(standing);
    // Without a mark of ours it was taken for its bytes; with that of an earlier vault, for what that says.
    const { sha256, made } = mark ?? { sha256: file.body.sha256, made: false };
    const marked = mark?.key === context.idempotencyKey ? {} : { metadata: withMark(standing.metadata, { key: context.idempotencyKey, sha256, md5: standing.md5 ?? "", made }) };
    const stays = standing.parent === into.id && names.includes(standing.name);
    for (const name of stays ? [standing.name] : names) {
      const wish: Change = { ...(standing.name === name ? {} : { name }), ...(standing.parent === into.id ? {} : { dir_id: into.id }), ...marked };
      if (Object.keys(wish).length === 0) return standing;
      const changed = await change(this.client, standing, wish, signal);
      if (typeof changed !== "string") return { ...changed, versions: standing.versions };
      if (changed === "refused") break;
    }
    throw this.#refused("PATCH: every name is taken");
  }

  /** The date of change can be set alone; not before that of creation (model/vfs/vfs.go, normalizeDocPatch). */
  async #dated(document: CozyDocument, { record: { modifiedAt } }: TypedItem<FileRecord>, { signal }: PutContext): Promise<CozyDocument> {
    const [wanted, created] = [instantOf(modifiedAt), instantOf(document.createdAt)];
    if (modifiedAt === undefined || wanted === undefined || wanted === instantOf(document.updatedAt) || (created !== undefined && wanted < created)) return document;
    const changed = await change(this.client, document, { updated_at: modifiedAt }, signal);
    if (changed === "taken") throw this.#passing("PATCH: HTTP 409");
    return typeof changed === "string" ? document : { ...changed, versions: document.versions };
  }

  #refused(reason: string): ExodusError {
    return new ExodusError("TARGET_REFUSED_ITEM", { params: { target: this.client.access.target, reason } });
  }

  #passing(reason: string): ExodusError {
    return new ExodusError("TARGET_PASSING", { params: { target: this.client.access.target, reason } });
  }
}

/** Whether the item's content may be put into a file that carries a mark of ours: one that we did not make keeps its own. */
function mayHold(document: CozyDocument, { body }: TypedItem<FileRecord>): boolean {
  const mark = fileMarkOf(document);
  return mark !== undefined && (mark.made || mark.sha256 === body.sha256);
}

/** Own name, then beside another's file, then with the item's mark. */
function candidates({ record }: TypedItem<FileRecord>, { idempotencyKey }: PutContext): readonly string[] {
  const { name } = cozyName(record.name);
  return [name, besideName(name, COZY_NAME_BYTES), markedName(name, idempotencyKey, COZY_NAME_BYTES)];
}
