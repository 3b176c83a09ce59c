import type { PutContext, PutResult, TargetContainer, TargetRef, TargetSession, Verdict } from "../../src/core/adapter.js";
import type { ExodusError } from "../../src/core/errors.js";
import type { Item, PlacedContainer } from "../../src/core/item.js";
import { contentOfTag, md5Of, tagOf } from "../../src/drivers/http/body-hash.js";
import type { WimiClient } from "../../src/drivers/wimi/client.js";
import { contentOfFile, renameFile, trashFile, uploadFile, type Folder } from "../../src/drivers/wimi/documents.js";
import type { FileRecord } from "../../src/format/records.js";
import { Claims } from "../../src/kit/claims.js";
import { Doubts } from "../../src/kit/doubts.js";
import { FOLDER_RULE } from "../../src/kit/file-losses.js";
import { fileItem, folderItem, type TypedItem } from "../../src/kit/typed-items.js";
import { besideName, markedName } from "../../src/lib/beside-names.js";
import { retrying } from "../../src/lib/retry.js";
import { serial } from "../../src/lib/serial.js";
import { foldedName } from "../../src/lib/target-names.js";
import type { Directories } from "./directories.js";
import { losses, wimiName } from "./names.js";
import { addressOf, type Places } from "./places.js";

const ATTEMPTS = 3;

export interface SessionOptions {
  readonly client: WimiClient;
  readonly directories: Directories;
  readonly places: Places;
  /** Whether each file is read once more before it is sent, for its MD5. */
  readonly md5: boolean;
  /** @throws ExodusError where the workspace is full. */
  readonly room: () => void;
}

/**
 * One account's files, in a workspace of theirs. TargetRef.id = the file's name in its folder, etag = size and SHA-256 of what was put there: neither size nor hash
 * comes back from a listing, so what stands under a name is compared by its bytes.
 */
export class WimiSession implements TargetSession {
  readonly #claims = new Claims();
  readonly #preparing = serial();
  readonly #oneByOne = serial();
  readonly #doubts = new Doubts();
  #proven = false;
  /** A rename came out as it was asked for. */
  #renames = false;
  #unkept: ExodusError | undefined;

  constructor(private readonly options: SessionOptions) {}

  prepare(container: PlacedContainer, known: string | undefined, signal: AbortSignal): Promise<TargetContainer> {
    return this.#preparing(() => retrying(() => this.options.places.prepare(container, known, signal), { attempts: ATTEMPTS, signal }));
  }

  async put(item: Item, context: PutContext): Promise<PutResult> {
    if (folderItem(item) !== undefined) return { outcome: "skipped", code: FOLDER_RULE };
    return this.#doubts.settle(context.idempotencyKey, () => this.#put(fileItem(item), context));
  }

  async find(item: Item, context: PutContext): Promise<TargetRef | undefined> {
    if (folderItem(item) !== undefined) return undefined;
    const file = fileItem(item);
    const folder = this.#folder(context.into);
    const { known, signal } = context;
    return retrying(async () => {
      const names = candidates(file, context);
      const id = await this.#standing(folder, names, file, context);
      // The old content still has its name: `put` goes on from there, knowing both.
      const halfway = known !== undefined && known.id !== id && names.includes(known.id) && (await this.options.directories.of(folder, signal)).files.has(known.id);
      return id === undefined || halfway ? undefined : { id, etag: tagOf(file.body) };
    }, { attempts: ATTEMPTS, signal });
  }

  /** To the trash; what somebody put in its place stays. */
  async remove({ id: name, etag }: TargetRef, into: TargetContainer, signal: AbortSignal): Promise<void> {
    const folder = this.#folder(into);
    const file = await this.#numberOf(folder, name, signal);
    if (file === undefined) return;
    // Of an object left by a move or a rewrite the ledger keeps none.
    const put = etag === undefined ? undefined : contentOfTag(etag);
    if (put !== undefined && (await contentOfFile(this.options.client, folder.project, file, put, signal)).sha256 !== put.sha256) return;
    await this.#trash(folder, name, signal);
  }

  removeContainer(id: string, signal: AbortSignal): Promise<boolean> {
    return this.#preparing(() => retrying(() => this.options.places.removeContainer(id, signal), { attempts: ATTEMPTS, signal }));
  }

  async verify(item: Item, { id: name }: TargetRef, { into, signal }: PutContext): Promise<Verdict> {
    const { body } = fileItem(item);
    const folder = this.#folder(into);
    const file = await this.#numberOf(folder, name, signal);
    if (file === undefined) return { state: "missing", fields: [] };
    const { sha256, size } = await contentOfFile(this.options.client, folder.project, file, body, signal);
    if (sha256 === body.sha256) return { state: "same", fields: [] };
    const fields = [{ field: "sha256", expected: body.sha256, found: sha256 }, ...(size === body.size ? [] : [{ field: "size", expected: String(body.size), found: size > body.size ? `> ${body.size}` : String(size) }])];
    return { state: "different", fields };
  }

  /** The client is shared by all accounts. */
  close(): Promise<void> {
    return Promise.resolve();
  }

  async #put(file: TypedItem<FileRecord>, context: PutContext): Promise<PutResult> {
    const { known, signal } = context;
    const folder = this.#folder(context.into);
    const directory = await this.options.directories.of(folder, signal);
    const names = candidates(file, context);
    const old = known !== undefined && directory.files.has(known.id) ? known : undefined;
    const unsure = old?.etag === undefined || this.#doubts.has(context.idempotencyKey);
    const current = old !== undefined && (old.etag === tagOf(file.body) || (unsure && (await this.#holds(folder, old.id, file, signal))));
    const found = current ? old.id : await this.#standing(folder, names.filter((name) => name !== old?.id), file, context);
    const at = found ?? (await this.#send(folder, names, file, context));
    // A content cannot be replaced by any request whose effect is written down: the old one goes to the trash once the new one is whole, and leaves it its name.
    const left = old !== undefined && at !== old.id && names.includes(old.id);
    if (left) await this.#trash(folder, old.id, signal);
    const name = await this.#named(folder, at, names, file, context);
    const ref = { id: name, etag: tagOf(file.body) };
    const changed = found === undefined || left || name !== at || (old !== undefined && name !== old.id);
    return { outcome: !changed ? "unchanged" : known === undefined && found === undefined ? "created" : "updated", ref, losses: losses.file(file.record, name) };
  }

  /** A file of the item's bytes under one of its names, which no other item has. */
  async #standing(folder: Folder, names: readonly string[], file: TypedItem<FileRecord>, context: PutContext): Promise<string | undefined> {
    const directory = await this.options.directories.of(folder, context.signal);
    for (const name of names) {
      if (!directory.files.has(name) || (await context.isTaken({ id: name }))) continue;
      if ((await this.#holds(folder, name, file, context.signal)) && this.#claims.take(foldedName(name), context)) return name;
    }
    return undefined;
  }

  /** Before a second file is sent the first is read back: a form of sending that rests on one old program is not trusted with a whole drive. */
  #send(folder: Folder, names: readonly string[], file: TypedItem<FileRecord>, context: PutContext): Promise<string> {
    if (this.#proven) return this.#upload(folder, names, file, context);
    return this.#oneByOne(async () => {
      if (this.#unkept !== undefined) throw this.#unkept;
      const name = await this.#upload(folder, names, file, context);
      if (!this.#proven) await this.#prove(folder, name, file, context);
      return name;
    });
  }

  async #prove(folder: Folder, name: string, file: TypedItem<FileRecord>, { signal }: PutContext): Promise<void> {
    const there = (await this.options.directories.again(folder, signal)).files.has(name);
    if (there && (await this.#holds(folder, name, file, signal))) this.#proven = true;
    else throw (this.#unkept = this.#error("TARGET_NOT_KEPT", `document.file.Upload: ${there ? "other bytes come back" : "not listed under its name"}`));
  }

  /** Under the first name that is free; answers it. */
  async #upload(folder: Folder, names: readonly string[], file: TypedItem<FileRecord>, context: PutContext): Promise<string> {
    const { client, directories, md5, room } = this.options;
    const { signal, open } = context;
    room();
    const directory = await directories.of(folder, signal);
    const name = names.find((one) => !directory.meets(one) && this.#claims.take(foldedName(one), context));
    if (name === undefined) throw this.#error("TARGET_REFUSED_ITEM", `${names.length} names are taken`);
    const sum = md5 ? { md5: await md5Of(open(file.body), "hex", signal) } : {};
    await this.#listedAnew(folder, () => uploadFile(client, folder, { name, size: file.body.size, ...sum }, () => open(file.body), signal));
    await directories.change(folder, (there) => there.add("files", name, undefined));
    return name;
  }

  /** Under the best of its names. */
  async #named(folder: Folder, at: string, names: readonly string[], file: TypedItem<FileRecord>, context: PutContext): Promise<string> {
    const { client, directories } = this.options;
    const { signal } = context;
    const directory = await directories.of(folder, signal);
    const respelled = (one: string): boolean => !directory.has(one) && foldedName(one) === foldedName(at);
    const best = names.find((one) => one === at || ((!directory.meets(one) || respelled(one)) && this.#claims.take(foldedName(one), context)));
    if (best === undefined || best === at) return at;
    const number = await this.#numberOf(folder, at, signal);
    if (number === undefined) throw this.#error("TARGET_PASSING", "document.file.EditName: it is gone");
    await this.#listedAnew(folder, () => renameFile(client, folder.project, number, best, signal));
    // The whole folder is not listed again for a name that the target was seen to keep, once a rename has come out right.
    if (this.#renames && best === context.known?.id) await directories.change(folder, (there) => there.rename(at, best, number));
    else if ((await directories.again(folder, signal)).files.has(best)) this.#renames = true;
    else throw this.#error("TARGET_REFUSED_ITEM", "document.file.EditName: listed under another name");
    return best;
  }

  async #trash(folder: Folder, name: string, signal: AbortSignal): Promise<void> {
    const { client, directories } = this.options;
    const file = await this.#numberOf(folder, name, signal);
    if (file === undefined) return;
    await this.#listedAnew(folder, () => trashFile(client, folder.project, file, signal));
    if ((await directories.again(folder, signal)).files.has(name)) throw this.#error("TARGET_REFUSED_ITEM", "document.file.MoveToTrash: it stands there still");
  }

  /** Undefined where nothing of that name stands there: asked again before that is said, since people may have changed what was listed. */
  async #numberOf(folder: Folder, name: string, signal: AbortSignal): Promise<number | undefined> {
    const { directories } = this.options;
    const known = (await directories.of(folder, signal)).files.get(name);
    return known ?? (await directories.again(folder, signal)).files.get(name);
  }

  async #holds(folder: Folder, name: string, { body }: TypedItem<FileRecord>, signal: AbortSignal): Promise<boolean> {
    const file = await this.#numberOf(folder, name, signal);
    return file !== undefined && (await contentOfFile(this.options.client, folder.project, file, body, signal)).sha256 === body.sha256;
  }

  /** What an answer that was lost has done is seen in a listing alone. */
  async #listedAnew(folder: Folder, work: () => Promise<void>): Promise<void> {
    try {
      await work();
    } catch (thrown) {
      this.options.directories.forget(folder);
      throw thrown;
    }
  }

  #folder({ id }: Pick<TargetContainer, "id">): Folder {
    const address = addressOf(id);
    if (address === undefined) throw this.#error("TARGET_CONTAINER_MISSING", "no address of a folder");
    return address.dir === undefined ? { project: address.project } : { project: address.project, dir: address.dir };
  }

  #error(code: Parameters<WimiClient["error"]>[0], reason: string): ExodusError {
    return this.options.client.error(code, reason);
  }
}

/** Own name, then beside another's file, then with the item's mark. */
function candidates({ record }: TypedItem<FileRecord>, { idempotencyKey }: PutContext): readonly string[] {
  const { name } = wimiName(record.name);
  return [name, besideName(name), markedName(name, idempotencyKey)];
}
