import type { PutContext, PutResult, TargetContainer, TargetRef, TargetSession, Verdict } from "../../src/core/adapter.js";
import type { ExodusError } from "../../src/core/errors.js";
import type { Item, PlacedContainer } from "../../src/core/item.js";
import { contentOfTag, tagOf, type BodyHash } from "../../src/drivers/http/body-hash.js";
import type { NetframeClient } from "../../src/drivers/netframe/client.js";
import { contentOf, deleteElement, mediaNamed, mediaOf, sendMedia, type Folder, type Media } from "../../src/drivers/netframe/documents.js";
import { shows } from "../../src/drivers/netframe/folder-page.js";
import { kindOf } from "../../src/drivers/netframe/kinds.js";
import type { FileRecord } from "../../src/format/records.js";
import { Claims } from "../../src/kit/claims.js";
import { Doubts } from "../../src/kit/doubts.js";
import { FOLDER_RULE } from "../../src/kit/file-losses.js";
import { fileItem, folderItem, type TypedItem } from "../../src/kit/typed-items.js";
import { retrying } from "../../src/lib/retry.js";
import { serial } from "../../src/lib/serial.js";
import { candidates, kindRule, losses } from "./document-names.js";
import { addressOf, type DocumentPlaces } from "./document-places.js";

const ATTEMPTS = 3;

/**
 * One account's files. TargetRef.id = the file's number, which a change keeps; etag = size and SHA-256 of what was put there: the platform tells the size alone.
 * No request has a key: what may have been done already is asked for by its name in its folder, and known by its bytes.
 */
export class DocumentSession implements TargetSession {
  readonly #claims = new Claims();
  readonly #preparing = serial();
  readonly #doubts = new Doubts();
  #proven = false;

  constructor(private readonly options: { readonly client: NetframeClient; readonly places: DocumentPlaces }) {}

  prepare(container: PlacedContainer, known: string | undefined, signal: AbortSignal): Promise<TargetContainer> {
    return this.#preparing(() => retrying(() => this.options.places.prepare(container, known, signal), { attempts: ATTEMPTS, signal }));
  }

  async put(item: Item, context: PutContext): Promise<PutResult> {
    if (folderItem(item) !== undefined) return { outcome: "skipped", code: FOLDER_RULE };
    const file = fileItem(item);
    const rule = kindRule(file.record.name);
    if (rule !== undefined) return { outcome: "skipped", code: rule };
    return this.#doubts.settle(context.idempotencyKey, () => this.#put(file, context));
  }

  async find(item: Item, context: PutContext): Promise<TargetRef | undefined> {
    if (folderItem(item) !== undefined) return undefined;
    const file = fileItem(item);
    if (kindRule(file.record.name) !== undefined) return undefined;
    const { known, signal } = context;
    return retrying(async () => {
      const names = candidates(file.record.name, context.idempotencyKey);
      const old = known === undefined ? undefined : await this.#media(known.id, signal);
      if (old !== undefined) {
        if (names.includes(old.name) && (await this.#holds(old, file.body, signal))) return { id: String(old.id), etag: tagOf(file.body) };
        // It may have got a content of which the ledger knows nothing, and the source may have gone back since: `put` goes on from there, and looks at the bytes.
        this.#doubts.add(context.idempotencyKey);
        return undefined;
      }
      const found = await this.#standing(this.#folder(context.into), names, file, context);
      return found === undefined ? undefined : { id: String(found.id), etag: tagOf(file.body) };
    }, { attempts: ATTEMPTS, signal });
  }

  /** For good; what somebody has changed or moved elsewhere stays. */
  async remove({ id, etag }: TargetRef, into: TargetContainer, signal: AbortSignal): Promise<void> {
    const { client } = this.options;
    const folder = this.#folder(into);
    const media = await this.#media(id, signal);
    if (media === undefined || !(await this.#standsIn(folder, media, signal))) return;
    // Of an object left by a move the ledger keeps none.
    if (etag !== undefined && !(await this.#holds(media, contentOfTag(etag), signal))) return;
    if ((await deleteElement(client, "media", media.id, signal)) || (await this.#media(id, signal)) === undefined) return;
    throw this.#error("TARGET_REFUSED_ITEM", "medias/delete: HTTP 403: it is locked, or the right is missing");
  }

  removeContainer(id: string, signal: AbortSignal): Promise<boolean> {
    return this.#preparing(() => retrying(() => this.options.places.removeContainer(id, signal), { attempts: ATTEMPTS, signal }));
  }

  async verify(item: Item, { id }: TargetRef, { signal }: PutContext): Promise<Verdict> {
    const { body } = fileItem(item);
    const media = await this.#media(id, signal);
    const found = media === undefined ? undefined : await contentOf(this.options.client, media.id, signal);
    if (found === undefined) return { state: "missing", fields: [] };
    if (found.sha256 === body.sha256) return { state: "same", fields: [] };
    return { state: "different", fields: [{ field: "sha256", expected: body.sha256, found: found.sha256 }, ...(found.size === body.size ? [] : [{ field: "size", expected: String(body.size), found: String(found.size) }])] };
  }

  close(): Promise<void> {
    return this.options.client.close();
  }

  async #put(file: TypedItem<FileRecord>, context: PutContext): Promise<PutResult> {
    const { known, signal } = context;
    const folder = this.#folder(context.into);
    const names = candidates(file.record.name, context.idempotencyKey);
    const old = known === undefined ? undefined : await this.#media(known.id, signal);
    const told = (media: Pick<Media, "id" | "name">, outcome: "created" | "updated" | "unchanged"): PutResult => (
      { outcome, ref: { id: String(media.id), etag: tagOf(file.body) }, losses: losses.file(file.record, media.name) });
    if (old !== undefined) {
      const unsure = known?.etag === undefined || this.#doubts.has(context.idempotencyKey);
      const current = unsure ? await this.#holds(old, file.body, signal) : known.etag === tagOf(file.body);
      if (current && names.includes(old.name)) return told(old, "unchanged");
      const name = names.includes(old.name) ? old.name : await this.#free(folder, names, old, signal);
      return told({ id: await this.#send(folder, name, old.id, file, context), name }, "updated");
    }
    const found = await this.#standing(folder, names, file, context);
    if (found !== undefined) return told(found, known === undefined ? "unchanged" : "updated");
    const name = await this.#free(folder, names, undefined, signal);
    return told({ id: await this.#send(folder, name, undefined, file, context), name }, known === undefined ? "created" : "updated");
  }

  /** A file of the item's bytes under one of its names, which no other item has. */
  async #standing(folder: Folder, names: readonly string[], { body }: TypedItem<FileRecord>, context: PutContext): Promise<Media | undefined> {
    const { client } = this.options;
    for (const name of names) {
      const id = await mediaNamed(client, folder, name, context.signal);
      if (id === undefined || (await context.isTaken({ id: String(id) }))) continue;
      const media = await mediaOf(client, id, context.signal);
      if (media?.name === name && (await this.#holds(media, body, context.signal)) && this.#claims.take(String(id), context)) return media;
    }
    return undefined;
  }

  /** The first name under which nothing is found: what the database takes for the same would hide it from the next search. */
  async #free(folder: Folder, names: readonly string[], own: Media | undefined, signal: AbortSignal): Promise<string> {
    for (const name of names) {
      const id = await mediaNamed(this.options.client, folder, name, signal);
      if (id === undefined || id === own?.id) return name;
    }
    throw this.#error("TARGET_REFUSED_ITEM", `${names.length} names are taken`);
  }

  /** Before a second file is sent the first is read back: what is read of a product's own pages is not trusted with a whole drive. */
  async #send(folder: Folder, name: string, replaces: number | undefined, { body }: TypedItem<FileRecord>, { signal, open }: PutContext): Promise<number> {
    const { client } = this.options;
    signal.throwIfAborted();
    const kind = kindOf(name);
    if (typeof kind === "string") throw this.#error("TARGET_REFUSED_ITEM", `its kind is ${kind}`);
    const id = await sendMedia(client, folder, { name, mediaType: kind.kept, size: body.size, open: () => open(body) }, replaces, signal);
    if (this.#proven) return id;
    const media = await mediaOf(client, id, signal);
    const isKept = media?.name === name && (await this.#holds(media, body, signal)) && (replaces !== undefined || (await mediaNamed(client, folder, name, signal)) === id);
    if (!isKept) throw this.#error("TARGET_NOT_KEPT", "media/upload: not found under its name, or other bytes come back");
    this.#proven = true;
    return id;
  }

  async #standsIn(folder: Folder, { id, name }: Media, signal: AbortSignal): Promise<boolean> {
    const found = await mediaNamed(this.options.client, folder, name, signal);
    // Another's may hide it, of a name that is the same to the database.
    return found === id || (found !== undefined && (await shows(this.options.client, folder, id, signal)));
  }

  #media(id: string, signal: AbortSignal): Promise<Media | undefined> {
    return /^\d+$/.test(id) ? mediaOf(this.options.client, Number(id), signal) : Promise.resolve(undefined);
  }

  async #holds({ id, size }: Media, content: BodyHash, signal: AbortSignal): Promise<boolean> {
    return size === content.size && (await contentOf(this.options.client, id, signal))?.sha256 === content.sha256;
  }

  #folder({ id }: Pick<TargetContainer, "id">): Folder {
    const address = addressOf(id);
    if (address === undefined) throw this.#error("TARGET_CONTAINER_MISSING", "no address of a folder");
    return { profile: address.profile, id: address.id };
  }

  #error(code: Parameters<NetframeClient["error"]>[0], reason: string): ExodusError {
    return this.options.client.error(code, reason);
  }
}
