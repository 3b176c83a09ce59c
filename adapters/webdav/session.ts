import type { PutContext, PutResult, TargetContainer, TargetRef, TargetSession, Verdict } from "../../src/core/adapter.js";
import { ExodusError } from "../../src/core/errors.js";
import type { Item, Loss, PlacedContainer } from "../../src/core/item.js";
import type { DavClient } from "../../src/drivers/dav/client.js";
import { below, decodeSegment, nameOf, samePath, withoutSlash } from "../../src/drivers/dav/paths.js";
import { getHash, remove } from "../../src/drivers/dav/verbs.js";
import { partPath, place, uploadPart } from "../../src/drivers/webdav/files.js";
import { ensureFolder, ensureRoot, removeEmptyFolder } from "../../src/drivers/webdav/folders.js";
import { containerMark, standing, type Standing } from "../../src/drivers/webdav/marks.js";
import { besideName, leastEncoded, markedName, spellings } from "../../src/drivers/webdav/names.js";
import type { FileRecord } from "../../src/format/records.js";
import { fileItem, folderItem, type TypedItem } from "../../src/kit/typed-items.js";
import { retrying } from "../../src/lib/retry.js";
import { differences, sameDates } from "./compare.js";

const ATTEMPTS = 3;

/** One account's files. TargetContainer.id = path of the folder, percent-encoded; TargetRef.id = the file's name in it, as at the target. */
export class WebDavSession implements TargetSession {
  readonly #root: string;
  /** Folders whose address is not made of the source's names (marked, other spelling) and what is below them; few. */
  readonly #elsewhere = new Map<string, string>();

  constructor(private readonly client: DavClient, root: string) {
    this.#root = withoutSlash(root);
  }

  prepare(container: PlacedContainer, known: string | undefined, signal: AbortSignal): Promise<TargetContainer> {
    return retrying(() => this.#prepare(container, known, signal), { attempts: ATTEMPTS, signal });
  }

  async put(item: Item, context: PutContext): Promise<PutResult> {
    if (folderItem(item) !== undefined) return { outcome: "skipped", code: "FOLDER_PERMISSIONS" };
    const file = fileItem(item);
    for (const spelling of spellings(file.record.name)) {
      const result = await this.#putAs(spelling, file, context);
      if (result !== undefined) return result;
    }
    await remove(this.client, partPath(context.into.id, context.idempotencyKey), context.signal);
    throw new ExodusError("TARGET_REFUSED_ITEM", { params: { target: this.client.access.target, reason: "no spelling of the name is accepted" } });
  }

  async find(item: Item, context: PutContext): Promise<TargetRef | undefined> {
    if (folderItem(item) !== undefined) return undefined;
    const file = fileItem(item);
    for (const name of spellings(file.record.name).flatMap((one) => candidates(one, context))) {
      const found = await retrying(() => this.#look(name, context), { attempts: ATTEMPTS, signal: context.signal });
      if (found === undefined || found.folder || (await context.isTaken({ id: name }))) continue;
      // Without the etag: whether a user wrote over it since is for `put` to find out.
      if (found.key === context.idempotencyKey || (await this.#sameContent(name, found, file, context))) return { id: name };
    }
    return undefined;
  }

  async remove(ref: TargetRef, into: TargetContainer, signal: AbortSignal): Promise<void> {
    const path = below(into.id, ref.id);
    const found = await standing(this.client, path, signal);
    if (found !== undefined && (await this.#isOurs(path, found, into, signal))) await remove(this.client, path, signal);
  }

  removeContainer(id: string, signal: AbortSignal): Promise<boolean> {
    return retrying(() => removeEmptyFolder(this.client, id, signal), { attempts: ATTEMPTS, signal });
  }

  async verify(item: Item, ref: TargetRef, context: PutContext): Promise<Verdict> {
    const file = fileItem(item);
    const found = await this.#look(ref.id, context);
    const content = found === undefined || found.folder ? undefined : await getHash(this.client, below(context.into.id, ref.id), context.signal);
    if (found === undefined || content === undefined) return { state: "missing", fields: [] };
    const fields = differences(file, found, content);
    return { state: fields.length === 0 ? "same" : "different", fields };
  }

  close(): Promise<void> {
    return this.client.close();
  }

  async #prepare(container: PlacedContainer, known: string | undefined, signal: AbortSignal): Promise<TargetContainer> {
    const mark = containerMark(container.owner, container.id);
    if (container.path.length === 0) return { id: this.#root, created: await ensureRoot(this.client, this.#root, mark, signal), losses: [] };
    const name = container.path.at(-1) ?? "";
    const parent = this.#parentOf(container);
    if (container.path.length === 1) await ensureRoot(this.client, parent, undefined, signal);
    const { path, created } = await ensureFolder(this.client, parent, name, mark, known === undefined ? undefined : withoutSlash(known), signal);
    const straight = [this.#root, ...container.path].reduce((above, one) => below(above, leastEncoded(one)));
    if (samePath(path, straight)) this.#elsewhere.delete(container.id);
    else this.#elsewhere.set(container.id, path);
    return { id: path, created, losses: nameOf(path) === name ? [] : [nameLoss(name, nameOf(path), "folder")] };
  }

  /** The engine prepares parents first, in the same session. */
  #parentOf(container: PlacedContainer): string {
    const elsewhere = container.parentId === undefined ? undefined : this.#elsewhere.get(container.parentId);
    return elsewhere ?? [this.#root, ...container.path.slice(0, -1)].reduce((above, one) => below(above, leastEncoded(one)));
  }

  /** Undefined when the server refuses this spelling of the name. */
  async #putAs(spelling: string, file: TypedItem<FileRecord>, context: PutContext): Promise<PutResult | undefined> {
    const chosen = await this.#choose(spelling, file, context);
    const losses = lossesOf(file.record, chosen.name, spelling);
    const { known, into, signal } = context;
    const target = below(into.id, chosen.name);
    const old = chosen.ours ?? (known === undefined || known.id === chosen.name ? undefined : await this.#ownAt(known, context));
    if (old !== undefined && isWhole(old, file) && sameDates(file.record, old)) {
      const dates = dateLosses(file.record, old);
      if (chosen.ours !== undefined) return { outcome: "unchanged", ref: refOf(chosen.name, old.etag), losses: [...losses, ...dates] };
      const moved = await place(this.client, below(into.id, known?.id ?? ""), target, false, signal);
      return moved === undefined ? undefined : { outcome: "updated", ref: refOf(chosen.name, moved.etag), losses: [...losses, ...dates] };
    }
    const part = await uploadPart(this.client, into.id, {
      key: context.idempotencyKey, sha256: file.body.sha256, body: { size: file.body.size, bytes: context.open(file.body) }, dates: file.record,
    }, signal);
    const placed = await place(this.client, part.path, target, chosen.ours !== undefined, signal);
    if (placed === undefined) return undefined;
    const dates = part.dates === "file" ? [] : [dateLoss(part.dates)];
    return { outcome: known === undefined ? "created" : "updated", ref: refOf(chosen.name, placed.etag), losses: [...losses, ...dates] };
  }

  /** The first name that is free or ours; what others wrote is left as it is. */
  async #choose(spelling: string, file: TypedItem<FileRecord>, context: PutContext): Promise<{ readonly name: string; readonly ours?: Standing }> {
    const names = candidates(spelling, context);
    for (const name of names) {
      const found = await this.#look(name, context);
      if (found === undefined) return { name };
      if (found.folder || (await context.isTaken({ id: name }))) continue;
      const own = found.key === context.idempotencyKey || context.known?.id === name;
      if (own && !(await this.#edited(name, found, context))) return { name, ours: found };
      if (await this.#sameContent(name, found, file, context)) return { name, ours: { ...found, sha256: file.body.sha256 } };
    }
    throw new ExodusError("TARGET_REFUSED_ITEM", { params: { target: this.client.access.target, reason: `${names.length} names are taken` } });
  }

  /** Whether a user put other content into our file since we wrote it: told by the etag, proved by the bytes. */
  async #edited(name: string, found: Standing, { known, into, signal }: PutContext): Promise<boolean> {
    const sameTag = known?.id === name && known.etag !== undefined && known.etag === found.etag;
    if (sameTag) return false;
    if (found.sha256 === undefined) return known?.id === name && known.etag !== undefined && found.etag !== undefined;
    return (await getHash(this.client, below(into.id, name), signal))?.sha256 !== found.sha256;
  }

  /** What a user wrote over, or what was there before us, is not ours to remove. A server that keeps no marks leaves only the ledger's word. */
  async #isOurs(path: string, found: Standing, into: TargetContainer, signal: AbortSignal): Promise<boolean> {
    if (found.sha256 !== undefined) return (await getHash(this.client, path, signal))?.sha256 === found.sha256;
    return (await standing(this.client, `${into.id}/`, signal))?.container === undefined;
  }

  async #ownAt(known: TargetRef, context: PutContext): Promise<Standing | undefined> {
    const found = await this.#look(known.id, context);
    return found === undefined || found.folder || (await this.#edited(known.id, found, context)) ? undefined : found;
  }

  #look(name: string, { into, signal }: PutContext): Promise<Standing | undefined> {
    return standing(this.client, below(into.id, name), signal);
  }

  async #sameContent(name: string, found: Standing, file: TypedItem<FileRecord>, { into, signal }: PutContext): Promise<boolean> {
    return found.size === file.body.size && (await getHash(this.client, below(into.id, name), signal))?.sha256 === file.body.sha256;
  }
}

/** Own name, then beside another's file, then with the item's mark. */
function candidates(spelling: string, { idempotencyKey }: PutContext): readonly string[] {
  return [spelling, besideName(spelling), markedName(spelling, idempotencyKey.slice(0, 8))];
}

function isWhole(found: Standing, { body }: TypedItem<FileRecord>): boolean {
  return found.sha256 === body.sha256 && found.size === body.size;
}

function lossesOf(record: FileRecord, name: string, spelling: string): readonly Loss[] {
  const losses: Loss[] = [];
  if (name !== spelling) losses.push({ field: "name", change: "approximated", side: "target", reason: "files.renamed-conflict" });
  else if (name !== record.name) losses.push(nameLoss(record.name, name, "name"));
  if (record.versions.length > 0) losses.push({ field: "versions", change: "dropped", side: "target", reason: "files.versions" });
  if (record.permissions !== undefined) losses.push({ field: "permissions", change: "dropped", side: "target", reason: "files.permissions" });
  if (record.contentType !== undefined || record.columns !== undefined || record.checkedOut !== undefined) losses.push({ field: "columns", change: "dropped", side: "target", reason: "files.columns" });
  return losses;
}

function nameLoss(name: string, written: string, field: string): Loss {
  const cut = Buffer.byteLength(name) > Buffer.byteLength(decodeSegment(written));
  return { field, change: "approximated", side: "target", reason: cut ? "files.name-shortened" : "files.name" };
}

function dateLosses(record: FileRecord, found: Standing): readonly Loss[] {
  const own = record.modifiedAt === undefined || Math.floor(Date.parse(record.modifiedAt) / 1000) * 1000 === found.lastModified;
  return own ? [] : [dateLoss(found.modified === undefined ? "none" : "property")];
}

function dateLoss(kept: "property" | "none"): Loss {
  return kept === "property"
    ? { field: "modifiedAt", change: "approximated", side: "target", reason: "files.date-as-property" }
    : { field: "modifiedAt", change: "dropped", side: "target", reason: "files.dates" };
}

function refOf(id: string, etag: string | undefined): TargetRef {
  return etag === undefined ? { id } : { id, etag };
}
