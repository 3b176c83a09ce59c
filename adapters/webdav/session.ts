import type { PutContext, PutResult, TargetContainer, TargetRef, TargetSession, Verdict } from "../../src/core/adapter.js";
import { ExodusError } from "../../src/core/errors.js";
import type { Item, Loss, PlacedContainer } from "../../src/core/item.js";
import type { DavClient } from "../../src/drivers/dav/client.js";
import { below, nameOf, samePath, withoutSlash } from "../../src/drivers/dav/paths.js";
import { getHash, remove } from "../../src/drivers/dav/verbs.js";
import { CaseTwins } from "../../src/drivers/webdav/case-twins.js";
import { keepMarks, partPath, place, uploadPart, type FileUpload } from "../../src/drivers/webdav/files.js";
import { ensureFolder, ensureRoot, removeEmptyFolder } from "../../src/drivers/webdav/folders.js";
import { standing, type Standing } from "../../src/drivers/webdav/marks.js";
import { leastEncoded, spellings, type ServerNames } from "../../src/drivers/webdav/names.js";
import type { FileRecord } from "../../src/format/records.js";
import { bareFileLosses, FOLDER_RULE } from "../../src/kit/file-losses.js";
import { fileItem, folderItem, type TypedItem } from "../../src/kit/typed-items.js";
import { besideName, markedName } from "../../src/lib/beside-names.js";
import { containerMark } from "../../src/lib/container-mark.js";
import { retrying } from "../../src/lib/retry.js";
import { foldedName } from "../../src/lib/target-names.js";
import { differences, sameDates } from "./compare.js";
import { conflictLoss, dateLoss, folderLosses, nameLosses } from "./losses.js";

const ATTEMPTS = 3;

/** One account's files. TargetContainer.id = path of the folder, percent-encoded; TargetRef.id = the file's name in it, as at the target. */
export class WebDavSession implements TargetSession {
  readonly #root: string;
  /** Folders whose address is not made of the source's names (marked, other spelling) and what is below them; few. */
  readonly #elsewhere = new Map<string, string>();
  readonly #twins: CaseTwins;

  constructor(private readonly client: DavClient, root: string, private readonly names: ServerNames) {
    this.#root = withoutSlash(root);
    this.#twins = new CaseTwins(client);
  }

  prepare(container: PlacedContainer, known: string | undefined, signal: AbortSignal): Promise<TargetContainer> {
    return retrying(() => this.#prepare(container, known, signal), { attempts: ATTEMPTS, signal });
  }

  async put(item: Item, context: PutContext): Promise<PutResult> {
    if (folderItem(item) !== undefined) return { outcome: "skipped", code: FOLDER_RULE };
    const file = fileItem(item);
    const names = spellings(file.record.name, this.names.file);
    for (const spelling of names) {
      const result = await this.#putAs(spelling, file, context);
      if (result !== undefined) return result;
    }
    for (const end of new Set(names.map((name) => this.#partEnd(name)))) await remove(this.client, partPath(context.into.id, context.idempotencyKey, end), context.signal);
    throw new ExodusError("TARGET_REFUSED_ITEM", { params: { target: this.client.access.target, reason: "no spelling of the name is accepted" } });
  }

  async find(item: Item, context: PutContext): Promise<TargetRef | undefined> {
    if (folderItem(item) !== undefined) return undefined;
    const file = fileItem(item);
    for (const name of spellings(file.record.name, this.names.file).flatMap((one) => this.#candidates(one, context))) {
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
    if (container.path.length === 0) return { id: this.#root, created: await ensureRoot(this.client, this.#root, this.names.folder, mark, signal), losses: [] };
    const name = container.path.at(-1) ?? "";
    const parent = this.#parentOf(container);
    if (container.path.length === 1) await ensureRoot(this.client, parent, this.names.folder, undefined, signal);
    const wanted = { name, rules: this.names.folder, mark, known: known === undefined ? undefined : withoutSlash(known) };
    const { path, created } = await ensureFolder(this.client, parent, wanted, signal);
    const straight = this.#straight(container.path);
    if (samePath(path, straight)) this.#elsewhere.delete(container.id);
    else this.#elsewhere.set(container.id, path);
    return { id: path, created, losses: folderLosses(name, nameOf(path), this.names) };
  }

  /** The engine prepares parents first, in the same session. */
  #parentOf(container: PlacedContainer): string {
    const elsewhere = container.parentId === undefined ? undefined : this.#elsewhere.get(container.parentId);
    return elsewhere ?? this.#straight(container.path.slice(0, -1));
  }

  /** Where folders of these names stand when nothing holds their places. */
  #straight(path: readonly string[]): string {
    return path.reduce((above, one) => below(above, leastEncoded(one, this.names.folder)), this.#root);
  }

  /** Undefined when the server refuses this spelling of the name. */
  async #putAs(spelling: string, file: TypedItem<FileRecord>, context: PutContext): Promise<PutResult | undefined> {
    const chosen = await this.#choose(spelling, file, context);
    const losses = this.#lossesOf(file.record, chosen.name, spelling);
    const { known, into, signal } = context;
    const target = below(into.id, chosen.name);
    const old = chosen.ours ?? (known === undefined || known.id === chosen.name ? undefined : await this.#ownAt(known, context));
    if (old !== undefined && isWhole(old, file) && sameDates(file.record, old)) {
      const dates = dateLosses(file.record, old);
      if (chosen.ours !== undefined) return { outcome: known === undefined || known.id === chosen.name ? "unchanged" : "updated", ref: refOf(chosen.name, old.etag), losses: [...losses, ...dates] };
      const moved = await place(this.client, below(into.id, known?.id ?? ""), target, false, signal);
      return moved === undefined ? undefined : { outcome: "updated", ref: refOf(chosen.name, moved.etag), losses: [...losses, ...dates] };
    }
    const upload: FileUpload = { key: context.idempotencyKey, sha256: file.body.sha256, end: this.#partEnd(chosen.name), body: { size: file.body.size, bytes: context.open(file.body) }, dates: file.record };
    const part = await uploadPart(this.client, into.id, upload, signal);
    const placed = await place(this.client, part.path, target, chosen.ours !== undefined, signal);
    if (placed === undefined) return undefined;
    const etag = chosen.ours === undefined ? placed.etag : await keepMarks(this.client, target, upload, part, placed.etag, signal);
    const dates = part.dates === "file" ? [] : [dateLoss(part.dates)];
    return { outcome: known === undefined ? "created" : "updated", ref: refOf(chosen.name, etag), losses: [...losses, ...dates] };
  }

  /** The first name that is free or ours; what others wrote is left as it is. */
  async #choose(spelling: string, file: TypedItem<FileRecord>, context: PutContext): Promise<{ readonly name: string; readonly ours?: Standing }> {
    const names = this.#candidates(spelling, context);
    for (const name of names) {
      const found = await this.#look(name, context);
      const respelled = found === undefined && this.names.foldsUnseen === true ? await this.#respell(name, context) : undefined;
      if (respelled === "taken") continue;
      if (respelled !== undefined) return { name, ours: respelled };
      if (found === undefined && this.names.foldsUnseen === true && (await this.#twins.hold(context.into.id, name, context.idempotencyKey, context.signal))) continue;
      if (found === undefined) return { name };
      if (found.folder || (await context.isTaken({ id: name }))) continue;
      const own = found.key === context.idempotencyKey || context.known?.id === name;
      if (own && !(await this.#edited(name, found, context))) return { name, ours: found };
      if (await this.#sameContent(name, found, file, context)) return { name, ours: { ...found, sha256: file.body.sha256 } };
    }
    throw new ExodusError("TARGET_REFUSED_ITEM", { params: { target: this.client.access.target, reason: `${names.length} names are taken` } });
  }

  /**
   * Our own file under a spelling that differs in case alone takes this one, by way of a name of its own: a server that folds names finds the file
   * itself where it is to go. One that a user wrote over keeps its name from us.
   */
  async #respell(name: string, context: PutContext): Promise<Standing | "taken" | undefined> {
    const { known, idempotencyKey, into, signal } = context;
    if (known === undefined || known.id === name || foldedName(known.id) !== foldedName(name)) return undefined;
    const between = this.#made(markedName(name, idempotencyKey));
    // A run that was cut left it there.
    const left = (await this.#look(between, context))?.key === idempotencyKey;
    if (!left && (await this.#look(known.id, context)) === undefined) return undefined;
    if (!left && (await this.#ownAt(known, context)) === undefined) return "taken";
    const moved = left ? true : (await place(this.client, below(into.id, known.id), below(into.id, between), false, signal)) !== undefined;
    if (!moved || (await place(this.client, below(into.id, between), below(into.id, name), false, signal)) === undefined) return "taken";
    return this.#look(name, context);
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

  /** Own name, then beside another's file, then with the item's mark. */
  #candidates(spelling: string, { idempotencyKey }: PutContext): readonly string[] {
    return [spelling, this.#made(besideName(spelling)), this.#made(markedName(spelling, idempotencyKey))];
  }

  #partEnd(name: string): string {
    return this.names.partEnd?.(name) ?? "";
  }

  #made(name: string): string {
    return this.names.made?.(name) ?? name;
  }

  /** `spelling`: the one that the server took; `name`: that, or one beside it because it was taken. */
  #lossesOf(record: FileRecord, name: string, spelling: string): readonly Loss[] {
    return [...nameLosses("name", record.name, spelling, this.names), ...(name === spelling ? [] : [conflictLoss()]), ...bareFileLosses(record)];
  }

  async #sameContent(name: string, found: Standing, file: TypedItem<FileRecord>, { into, signal }: PutContext): Promise<boolean> {
    return found.size === file.body.size && (await getHash(this.client, below(into.id, name), signal))?.sha256 === file.body.sha256;
  }
}

function isWhole(found: Standing, { body }: TypedItem<FileRecord>): boolean {
  return found.sha256 === body.sha256 && found.size === body.size;
}

function dateLosses(record: FileRecord, found: Standing): readonly Loss[] {
  const own = record.modifiedAt === undefined || Math.floor(Date.parse(record.modifiedAt) / 1000) * 1000 === found.lastModified;
  return own ? [] : [dateLoss(found.modified === undefined ? "none" : "property")];
}

function refOf(id: string, etag: string | undefined): TargetRef {
  return etag === undefined ? { id } : { id, etag };
}
