import type { PutContext, PutResult, TargetContainer, TargetRef, TargetSession, Verdict } from "../../core/adapter.js";
import { ExodusError } from "../../core/errors.js";
import type { Item, Loss, PlacedContainer } from "../../core/item.js";
import { retrying } from "../../lib/retry.js";
import type { DavClient } from "./client.js";
import { collectionSlug, ensureCollection, removeEmptyCollection, type CollectionKind } from "./collections.js";
import type { FieldDifferences } from "./compare-content.js";
import { below, nameOf, samePath } from "./paths.js";
import { getText, head, put, remove, transfer, type PutAnswer } from "./verbs.js";

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
  /** Told with a container that had a parent: the target has no tree. */
  readonly flattened: Loss;
  /** What is sent for an item's bytes. */
  render(text: string): { readonly text: string; readonly losses: readonly Loss[] };
  /** Reads what the collection accepts, before the first item; may change what `render` does. */
  prepared?(client: DavClient, path: string, signal: AbortSignal): Promise<void>;
  /** The text under another UID. */
  withUid(text: string, uid: string): string;
  uidOf(text: string): string | undefined;
  compare(expected: string, found: string): FieldDifferences;
}

const REPLACED: Loss = { field: "target's own change", change: "dropped", side: "target", reason: "target.edit-replaced" };

/** One resource an item, named by its idempotency key: finding, updating and removing need no search. */
export class ResourceSession implements TargetSession {
  constructor(private readonly client: DavClient, private readonly home: string, private readonly kind: ResourceKind) {}

  async prepare(container: PlacedContainer, _known: string | undefined, signal: AbortSignal): Promise<TargetContainer> {
    // The address never changes: known or not, the answer is the same.
    const label = { name: container.path.join(" / ") || container.name, color: container.color };
    const ensured = await this.#patient(signal, () => ensureCollection(this.client, this.home, collectionSlug(container.owner, container.id), this.kind, label, signal));
    await this.kind.prepared?.(this.client, ensured.path, signal);
    const flattened = container.path.length > 1 ? [this.kind.flattened] : [];
    const refused = ensured.refused.map((name): Loss => ({ field: name.replace(/^\{.*\}/, ""), change: "dropped", side: "target", reason: "container.label-refused" }));
    return { id: ensured.path, created: ensured.created, losses: [...flattened, ...refused] };
  }

  async put(item: Item, context: PutContext): Promise<PutResult> {
    return this.#loaded(item, context, async (rendered) => {
      const name = context.known?.id ?? this.#nameOf(context);
      if (context.known === undefined) return this.#create(name, rendered, context);
      const current = await getText(this.client, below(context.into.id, name), context.signal);
      if (current === undefined) return this.#create(name, rendered, context);
      return this.#replace(name, rendered, current, context, context.known.etag);
    });
  }

  async find(_item: Item, context: PutContext): Promise<TargetRef | undefined> {
    const name = this.#nameOf(context);
    const found = await this.#patient(context.signal, () => head(this.client, below(context.into.id, name), context.signal));
    return found === undefined ? undefined : refOf(name, found.etag);
  }

  async remove(ref: TargetRef, into: TargetContainer, signal: AbortSignal): Promise<void> {
    await remove(this.client, below(into.id, ref.id), signal);
  }

  removeContainer(id: string, signal: AbortSignal): Promise<boolean> {
    return this.#patient(signal, () => removeEmptyCollection(this.client, id, signal));
  }

  async verify(item: Item, ref: TargetRef, context: PutContext): Promise<Verdict> {
    // After a restart no `prepare` came before: what the collection accepts decides what we sent.
    await this.kind.prepared?.(this.client, context.into.id, context.signal);
    return this.#loaded(item, context, async ({ text }) => {
      const current = await getText(this.client, below(context.into.id, ref.id), context.signal);
      if (current === undefined) return { state: "missing", fields: [] };
      const fields = this.#differences(text, current.text, context);
      return { state: fields.length === 0 ? "same" : "different", fields };
    });
  }

  close(): Promise<void> {
    return this.client.close();
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
    const answer = await this.#send(path, rendered.text, { "if-none-match": "*" }, context);
    if (answer.status < 400) return done("created", name, answer, rendered.losses);
    if (answer.status === 412) {
      // Ours: the answer to an earlier sending was lost.
      const current = await getText(this.client, path, context.signal);
      if (current !== undefined) return this.#replace(name, rendered, current, context, undefined);
      throw new ExodusError("TARGET_PASSING", { params: { target: this.client.access.target, reason: "PUT: HTTP 412, and nothing there" } });
    }
    return this.#resolveUid(name, path, rendered, answer, context);
  }

  /** Another object holds the UID: our own in the container that the item left is moved; beside a foreign one, ours takes a UID of its own. */
  async #resolveUid(name: string, path: string, rendered: Rendered, answer: PutAnswer, context: PutContext): Promise<PutResult> {
    const holder = answer.conditions.get(this.kind.uidConflict);
    if (holder !== undefined && holder !== "" && nameOf(holder) === name && !samePath(holder, path)) {
      await transfer(this.client, "MOVE", { from: holder, to: path, overwrite: false }, context.signal);
      const moved = await getText(this.client, path, context.signal);
      if (moved !== undefined) return this.#replace(name, rendered, moved, context, undefined);
    }
    const renamed = { text: this.kind.withUid(rendered.text, derivedUid(context)), losses: [...rendered.losses, this.kind.uidLoss] };
    const again = await put(this.client, path, renamed.text, { headers: { "content-type": this.kind.contentType, "if-none-match": "*" }, signal: context.signal });
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
      await remove(this.client, path, context.signal);
      return this.#create(name, { text: rendered.text, losses: rendered.losses }, context);
    }
    const edited = knownTag !== undefined && current.etag !== undefined && knownTag !== current.etag;
    return done("updated", name, answer, edited ? [...losses, REPLACED] : losses);
  }

  /** Answers 412 and UID conflicts; throws everything else. */
  async #send(path: string, text: string, condition: Readonly<Record<string, string>>, context: PutContext): Promise<PutAnswer> {
    const answer = await put(this.client, path, text, { headers: { "content-type": this.kind.contentType, ...condition }, expect: [403, 409, 412], signal: context.signal });
    if (answer.status < 400 || answer.status === 412 || answer.conditions.has(this.kind.uidConflict)) return answer;
    // Not a conflict of UIDs: the same request again, to be told by the error table.
    return put(this.client, path, text, { headers: { "content-type": this.kind.contentType, ...condition }, signal: context.signal });
  }
}

interface Rendered {
  readonly text: string;
  readonly losses: readonly Loss[];
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
