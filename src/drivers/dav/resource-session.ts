import type { ContainerChanges, PutContext, PutResult, TargetContainer, TargetRef, TargetSession, Verdict } from "../../core/adapter.js";
import { ExodusError } from "../../core/errors.js";
import type { Item, Loss, PlacedContainer } from "../../core/item.js";
import { retrying } from "../../lib/retry.js";
import { serial } from "../../lib/serial.js";
import { BatchReader, type MultigetReport } from "./batch-reader.js";
import { collectionChanges } from "./changes.js";
import type { DavClient } from "./client.js";
import { collectionSlug, ensureCollection, removeEmptyCollection, type CollectionKind, type CollectionLabel } from "./collections.js";
import type { FieldDifferences } from "./compare-content.js";
import { isSharee } from "./delegate.js";
import { textOf } from "./multistatus.js";
import { below, nameOf, samePath } from "./paths.js";
import { spaceAt } from "./quota.js";
import { getText, propfind, put, remove, transfer, type PutAnswer, type TextResource } from "./verbs.js";
import { DAV } from "./xml.js";

const ETAG = `{${DAV}}getetag`;
/** Bytes of an object that may be read together with others. */
const BATCHED = 64 * 1024;
const ATTEMPTS = 3;
/** The text, its decoded form and its comparison stand in memory together. */
const WEIGHT = 4;

/** What differs between calendars and address books. */
export interface ResourceKind extends CollectionKind {
  /** With the dot. */
  readonly extension: string;
  readonly contentType: string;
  /** Clark name of the precondition that refuses a second object with the same UID in a collection. */
  readonly uidConflict: string;
  readonly uidLoss: Loss;
  /** Clark name of the collection's property that tells the largest object it takes. */
  readonly maxSize: string;
  /** Sent with every request that writes or removes an object. */
  readonly headers?: Readonly<Record<string, string>>;
  /** What is asked for when an object is read (`Accept`), where a server would else answer it in another form than it stores. */
  accept?(): string;
  /** How several objects are read at once. */
  multiget(): MultigetReport;
  /** Query of the request that makes an object. */
  readonly creationQuery?: string;
  /** The rule of `skips.ts` by which an item is left out that is no object of the collection. */
  leavesOut?(item: Item): string | undefined;
  /** What is sent for an item's bytes. */
  render(text: string): Rendered;
  /** Reads what the collection accepts, before the first item; may change what `render` does. */
  prepared?(client: DavClient, path: string, signal: AbortSignal): Promise<void>;
  /** The text under another UID. */
  withUid(text: string, uid: string): string;
  uidOf(text: string): string | undefined;
  compare(expected: string, found: string): FieldDifferences;
}

const REPLACED: Loss = { field: "target's own change", change: "dropped", side: "target", reason: "target.edit-replaced" };

/** Told with a container that had a parent: calendars and address books make no tree. */
export function flattenedLosses({ path }: PlacedContainer): readonly Loss[] {
  return path.length > 1 ? [{ field: "folder", change: "approximated", side: "target", reason: "container.flattened" }] : [];
}

/** One resource an item, named by its idempotency key: finding, updating and removing need no search. */
export class ResourceSession implements TargetSession {
  #isSharee: boolean | undefined;
  /** By collection, likewise the readers. */
  readonly #limits = new Map<string, number>();
  readonly #readers = new Map<string, BatchReader>();
  /** What a collection accepts is asked once by those who wait for it together. */
  readonly #inTurn = serial();

  constructor(private readonly client: DavClient, private readonly home: string, private readonly kind: ResourceKind) {}

  async prepare(container: PlacedContainer, _known: string | undefined, signal: AbortSignal): Promise<TargetContainer> {
    // The address never changes: known or not, the answer is the same.
    const label = { name: container.path.join(" / ") || container.name, color: container.color };
    const ensured = await this.#patient(signal, () => ensureCollection(this.client, this.home, collectionSlug(container.owner, container.id), this.kind, label, signal));
    await this.#prepared(ensured.path, signal);
    const refused = [...ensured.refused, ...await this.#unseen(label, signal)].map((name): Loss => ({ field: name.replace(/^\{.*\}/, ""), change: "dropped", side: "target", reason: "container.label-refused" }));
    return { id: ensured.path, created: ensured.created, losses: [...flattenedLosses(container), ...refused] };
  }

  async put(item: Item, context: PutContext): Promise<PutResult> {
    const rule = this.kind.leavesOut?.(item);
    if (rule !== undefined) return { outcome: "skipped", code: rule };
    return this.#loaded(item, context, async (rendered) => {
      await this.#admit(rendered.text, context);
      const name = context.known?.id ?? this.#nameOf(context);
      if (context.known === undefined) return this.#create(name, rendered, context);
      const current = await this.#read(below(context.into.id, name), context.signal);
      if (current === undefined) return this.#create(name, rendered, context);
      return this.#replace(name, rendered, current, context, context.known.etag);
    });
  }

  async find(item: Item, context: PutContext): Promise<TargetRef | undefined> {
    if (this.kind.leavesOut?.(item) !== undefined) return undefined;
    const name = this.#nameOf(context);
    // Not HEAD: sabre/dav 4.7 answers 500 to it for a card.
    const found = await this.#patient(context.signal, () => propfind(this.client, below(context.into.id, name), [ETAG], context.signal));
    return found === undefined ? undefined : refOf(name, textOf(found, ETAG));
  }

  async remove(ref: TargetRef, into: TargetContainer, signal: AbortSignal): Promise<void> {
    await this.#remove(below(into.id, ref.id), signal);
  }

  removeContainer(id: string, signal: AbortSignal): Promise<boolean> {
    return this.#patient(signal, () => removeEmptyCollection(this.client, id, () => this.#sharee(signal), signal));
  }

  async verify(item: Item, ref: TargetRef, context: PutContext): Promise<Verdict> {
    // After a restart no `prepare` came before: what the collection accepts decides what we sent.
    await this.#prepared(context.into.id, context.signal);
    // Asked for before room is waited for: what is small comes with others by one request.
    const small = item.body === undefined || item.body.size <= BATCHED;
    const early = small ? await this.#batched(context.into.id).read(ref.id, context.signal) : undefined;
    return this.#loaded(item, context, async ({ text }) => {
      const current = small ? early : await this.#read(below(context.into.id, ref.id), context.signal);
      if (current === undefined) return { state: "missing", fields: [] };
      const fields = this.#differences(text, current.text, context);
      return { state: fields.length === 0 ? "same" : "different", fields };
    });
  }

  changes(container: string, since: string | undefined, signal: AbortSignal): Promise<ContainerChanges | undefined> {
    return collectionChanges(this.client, container, since, signal);
  }

  close(): Promise<void> {
    return this.client.close();
  }

  /** Labels that only we would see. */
  async #unseen(label: CollectionLabel, signal: AbortSignal): Promise<readonly string[]> {
    return (await this.#sharee(signal)) ? this.kind.labels(label).map(({ name }) => name) : [];
  }

  async #sharee(signal: AbortSignal): Promise<boolean> {
    this.#isSharee ??= await this.#patient(signal, () => isSharee(this.client, this.home, signal));
    return this.#isSharee;
  }

  /** A server may take the whole body before it refuses it, or cut the connection. @throws ExodusError ITEM_TOO_LARGE. */
  async #admit(text: string, { into, signal }: PutContext): Promise<void> {
    let limit = this.#limits.get(into.id);
    if (limit === undefined) {
      const told = textOf(await propfind(this.client, `${into.id}/`, [this.kind.maxSize], signal), this.kind.maxSize) ?? "";
      limit = /^[1-9]\d*$/.test(told) ? Number(told) : Infinity;
      this.#limits.set(into.id, limit);
    }
    const size = Buffer.byteLength(text);
    if (size > limit) throw new ExodusError("ITEM_TOO_LARGE", { params: { size, limit } });
  }

  #remove(path: string, signal: AbortSignal): Promise<void> {
    return remove(this.client, path, signal, this.kind.headers);
  }

  #nameOf({ idempotencyKey }: PutContext): string {
    return `${idempotencyKey}${this.kind.extension}`;
  }

  #patient<T>(signal: AbortSignal, operation: () => Promise<T>): Promise<T> {
    return retrying(operation, { attempts: ATTEMPTS, signal });
  }

  /** Buffers the item's bytes inside the process-wide budget while `work` runs. */
  async #loaded<T>(item: Item, context: PutContext, work: (rendered: Rendered) => Promise<T>): Promise<T> {
    const { body } = item;
    if (body === undefined) throw new ExodusError("RECORD_MISSING", { params: { item: item.key.id } });
    const release = await context.reserve(body.size * WEIGHT);
    try {
      const pieces: Uint8Array[] = [];
      for await (const piece of context.open(body)) pieces.push(piece);
      return await work(this.kind.render(Buffer.concat(pieces).toString("utf8")));
    } finally {
      release();
    }
  }

  /** The object at the target may stand under the UID that a conflict made us derive. */
  #differences(expected: string, found: string, context: PutContext): FieldDifferences {
    const derived = derivedUid(context);
    return this.kind.compare(this.kind.uidOf(found) === derived ? this.kind.withUid(expected, derived) : expected, found);
  }

  async #create(name: string, rendered: Rendered, context: PutContext): Promise<PutResult> {
    const path = below(context.into.id, name);
    const answer = await this.#send(this.#created(path), rendered.text, { "if-none-match": "*" }, context);
    if (answer.status < 400) return done("created", name, answer, rendered.losses);
    if (answer.status === 412) {
      // Ours: the answer to an earlier sending was lost.
      const current = await this.#read(path, context.signal);
      if (current !== undefined) return this.#replace(name, rendered, current, context, undefined);
      throw new ExodusError("TARGET_PASSING", { params: { target: this.client.access.target, reason: "PUT: HTTP 412, and nothing there" } });
    }
    return this.#resolveUid(name, path, rendered, answer, context);
  }

  /** Another object holds the UID: our own in the container that the item left is moved; beside a foreign one, ours takes a UID of its own. */
  async #resolveUid(name: string, path: string, rendered: Rendered, answer: PutAnswer, context: PutContext): Promise<PutResult> {
    const holder = answer.conditions.get(this.kind.uidConflict);
    if (holder !== undefined && holder !== "" && nameOf(holder) === name && !samePath(holder, path)) {
      await transfer(this.client, "MOVE", { from: holder, to: path, overwrite: false }, context.signal, this.kind.headers);
      const moved = await this.#read(path, context.signal);
      if (moved !== undefined) return this.#replace(name, rendered, moved, context, undefined);
    }
    const renamed = { text: this.kind.withUid(rendered.text, derivedUid(context)), losses: [...rendered.losses, this.kind.uidLoss] };
    const again = await put(this.client, this.#created(path), renamed.text, { headers: this.#headers({ "if-none-match": "*" }), signal: context.signal });
    return done("created", name, again, renamed.losses);
  }

  async #replace(name: string, rendered: Rendered, current: { readonly text: string; readonly etag: string | undefined }, context: PutContext, knownTag: string | undefined): Promise<PutResult> {
    const path = below(context.into.id, name);
    const derived = this.kind.uidOf(current.text) === derivedUid(context);
    const text = derived ? this.kind.withUid(rendered.text, derivedUid(context)) : rendered.text;
    const losses = derived ? [...rendered.losses, this.kind.uidLoss] : rendered.losses;
    if (this.kind.compare(text, current.text).length === 0) return { outcome: "unchanged", ref: refOf(name, current.etag), losses };
    const condition: Record<string, string> = current.etag === undefined ? {} : { "if-match": current.etag };
    const answer = await this.#send(path, text, condition, context);
    if (answer.status === 412) throw new ExodusError("TARGET_PASSING", { params: { target: this.client.access.target, reason: "PUT: HTTP 412" } });
    if (answer.status >= 400) {
      // The source gave the item another UID; a server may refuse to change the one of an object (RFC 4791 section 5.3.2.1).
      await this.#remove(path, context.signal);
      return this.#create(name, { text: rendered.text, losses: rendered.losses }, context);
    }
    const edited = knownTag !== undefined && current.etag !== undefined && knownTag !== current.etag;
    return done("updated", name, answer, edited ? [...losses, REPLACED] : losses);
  }

  /** Answers 412 and UID conflicts; throws everything else. */
  async #send(path: string, text: string, condition: Readonly<Record<string, string>>, context: PutContext): Promise<PutAnswer> {
    const answer = await put(this.client, path, text, { headers: this.#headers(condition), expect: [400, 403, 409, 412], signal: context.signal })
      .catch((thrown: unknown) => this.#whetherFull(thrown, text, context));
    if (answer.status < 400 || answer.status === 412 || isUidConflict(answer, this.kind)) return answer;
    // Not a conflict of UIDs: the same request again, to be told by the error table.
    return put(this.client, path, text, { headers: this.#headers(condition), signal: context.signal });
  }

  async #prepared(collection: string, signal: AbortSignal): Promise<void> {
    await this.#inTurn(async () => this.kind.prepared?.(this.client, collection, signal));
  }

  #batched(collection: string): BatchReader {
    const known = this.#readers.get(collection) ?? new BatchReader(this.client, collection, () => this.kind.multiget(), (path, signal) => this.#read(path, signal));
    this.#readers.set(collection, known);
    return known;
  }

  #read(path: string, signal: AbortSignal): Promise<TextResource | undefined> {
    const accept = this.kind.accept?.();
    return getText(this.client, path, signal, accept === undefined ? {} : { accept });
  }

  /** Cyrus says 500 of a full account: what is left of its quota tells (RFC 4331 section 3). */
  async #whetherFull(thrown: unknown, text: string, { into, signal }: PutContext): Promise<never> {
    if (!(thrown instanceof ExodusError) || thrown.code !== "TARGET_PASSING") throw thrown;
    const left = await spaceAt(this.client, `${into.id}/`, signal);
    if (left === undefined || left >= Buffer.byteLength(text)) throw thrown;
    throw new ExodusError("TARGET_QUOTA_FULL", { params: { ...thrown.params, reason: `quota-available-bytes ${left}` }, cause: thrown });
  }

  #headers(condition: Readonly<Record<string, string>>): Record<string, string> {
    return { "content-type": this.kind.contentType, ...this.kind.headers, ...condition };
  }

  #created(path: string): string {
    return this.kind.creationQuery === undefined ? path : `${path}?${this.kind.creationQuery}`;
  }
}

export interface Rendered {
  readonly text: string;
  readonly losses: readonly Loss[];
}

/**
 * Nextcloud names no condition, nor who holds the UID: HTTP 400 in these words (nextcloud/server, apps/dav/lib/CalDAV/CalDavBackend.php,
 * createCalendarObject, also of what lies in the trash; lib/CardDAV/CardDavBackend.php, createCard), by sabre/dav's element for them.
 */
function isUidConflict({ status, conditions }: PutAnswer, { uidConflict }: ResourceKind): boolean {
  return conditions.has(uidConflict) || (status === 400 && /object with uid already exists in this /i.test(conditions.get("{http://sabredav.org/ns}message") ?? ""));
}

function derivedUid({ idempotencyKey }: PutContext): string {
  return `o365-exodus-${idempotencyKey}`;
}

function refOf(id: string, etag: string | undefined): TargetRef {
  return etag === undefined ? { id } : { id, etag };
}

function done(outcome: "created" | "updated", name: string, answer: PutAnswer, losses: readonly Loss[]): PutResult {
  return { outcome, ref: refOf(name, answer.etag), losses };
}
