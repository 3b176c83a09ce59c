import type { ContainerChanges, PutContext, PutResult, TargetContainer, TargetRef, TargetSession, Verdict } from "../../src/core/adapter.js";
import { ExodusError } from "../../src/core/errors.js";
import type { BlobRef, Item, PlacedContainer } from "../../src/core/item.js";
import { hasHighHeader } from "../../src/drivers/imap/canonical.js";
import { blobHash, changeEmail, changeKeywords, readEmail, takeOut, type Email, type MailAccess } from "../../src/drivers/jmap/emails.js";
import { BARE, Imports } from "../../src/drivers/jmap/imports.js";
import { flagOf, keywordOf } from "../../src/drivers/jmap/keywords.js";
import type { Labels } from "../../src/drivers/jmap/labels.js";
import { locate } from "../../src/drivers/jmap/locate.js";
import type { Mailboxes } from "../../src/drivers/jmap/mailboxes.js";
import type { MailRecord } from "../../src/format/records.js";
import { serial } from "../../src/lib/serial.js";
import { Claims } from "../../src/kit/claims.js";
import { flagChange, nameLosses, type WantedState } from "../../src/kit/mail-state.js";
import { sameSecond } from "../../src/lib/same-second.js";
import { mailItem, type TypedItem } from "../../src/kit/typed-items.js";
import { MailChanges } from "./changes.js";
import { etagOf, readEtag, type Etag, type Unkept } from "./etag.js";
import { labelledState, stateWithLabels } from "./labelled.js";
import { lossesOf, stateOf } from "./losses.js";
import { compareMessage, readStanding } from "./verify.js";

interface Restated {
  readonly outcome: "updated" | "unchanged";
  readonly ref: TargetRef;
}

/** One account's mail. A reference is the id of the Email; its etag tells the bytes of the vault and what the server did otherwise. */
export class JmapMailSession implements TargetSession {
  readonly #imports: Imports;
  readonly #changes: MailChanges;
  /** Idempotency keys whose import broke before its answer: the message may stand there, so the next put looks first. */
  readonly #doubtful = new Set<string>();
  readonly #claims = new Claims();
  readonly #inTurn = serial();

  /** `labels`: where the server has them, categories become labels. */
  constructor(private readonly mail: MailAccess, private readonly mailboxes: Mailboxes, private readonly labels?: Labels) {
    this.#imports = new Imports(mail);
    this.#changes = new MailChanges(mail, labels);
  }

  async prepare(container: PlacedContainer, known: string | undefined, signal: AbortSignal): Promise<TargetContainer> {
    const { id, created, altered, cut } = await this.mailboxes.ensure(container, known, signal);
    return { id, created, losses: nameLosses({ altered, cut }) };
  }

  async put(item: Item, context: PutContext): Promise<PutResult> {
    const mail = mailItem(item);
    const wanted = this.labels === undefined ? stateOf(mail.record) : await labelledState(mail.record, this.labels, context.signal);
    const standing = context.known !== undefined && readEtag(context.known).source === mail.body.sha256 ? await this.#restate(wanted, context.known, context) : undefined;
    const { outcome, ref } = standing ?? { outcome: "created" as const, ref: await this.#once(mail, wanted, context) };
    return { outcome, ref, losses: [...wanted.losses, ...lossesOf(readEtag(ref))] };
  }

  async find(item: Item, context: PutContext): Promise<TargetRef | undefined> {
    const mail = mailItem(item);
    return this.#locate(mail, stateOf(mail.record), context);
  }

  remove(ref: TargetRef, into: TargetContainer, signal: AbortSignal): Promise<void> {
    return takeOut(this.mail, ref.id, into.id, signal);
  }

  removeContainer(id: string, signal: AbortSignal): Promise<boolean> {
    return this.mailboxes.removeEmpty(id, signal);
  }

  async verify(item: Item, ref: TargetRef, { into, signal }: PutContext): Promise<Verdict> {
    const { record, body } = mailItem(item);
    const standing = await readStanding(this.mail, ref.id, into.id, signal);
    const compared = (wanted: WantedState): Verdict => compareMessage(standing, { ref, sha256: body.sha256, wanted });
    if (this.labels === undefined) return compared(stateOf(record));
    const verdict = compared(await stateWithLabels(record, this.labels, signal));
    // What was written before the server had labels bears keywords of ours.
    if (verdict.state !== "different" || verdict.fields.some(({ field }) => field !== "categories")) return verdict;
    const plain = compared(stateOf(record));
    return plain.state === "same" ? plain : verdict;
  }

  changes(_container: string, since: string | undefined, signal: AbortSignal): Promise<ContainerChanges | undefined> {
    return this.#changes.since(since, signal);
  }

  close(): Promise<void> {
    return this.mail.client.close();
  }

  /** One import in all, also when an earlier one was cut off from its answer. */
  async #once(mail: TypedItem<MailRecord>, wanted: WantedState, context: PutContext): Promise<TargetRef> {
    const { idempotencyKey: key } = context;
    if (this.#doubtful.has(key)) {
      const found = await this.#locate(mail, wanted, context);
      const standing = found === undefined ? undefined : await this.#restate(wanted, found, context);
      this.#doubtful.delete(key);
      if (standing !== undefined) return standing.ref;
    }
    try {
      return await this.#import(mail.body, wanted, context);
    } catch (thrown) {
      if (!(thrown instanceof ExodusError) || thrown.errorClass === "retryable" || thrown.errorClass === "throttled") this.#doubtful.add(key);
      throw thrown;
    }
  }

  async #import(body: BlobRef, wanted: WantedState, context: PutContext): Promise<TargetRef> {
    const { client, account } = this.mail;
    const { into, signal } = context;
    const blobId = await client.upload(account, { size: body.size, bytes: context.open(body) }, "message/rfc822", signal);
    const send = (flags: readonly string[]): ReturnType<Imports["add"]> =>
      this.#imports.add({ mailbox: into.id, blobId, keywords: flags.map(keywordOf), receivedAt: wanted.internalDate ?? new Date() }, signal);
    let unkept: readonly Unkept[] = [];
    const { id, made } = await send([...wanted.system, ...wanted.keywords]).catch((thrown: unknown) => {
      // The server may refuse a keyword rather than the message; its answer to the bare message tells.
      if (!isRefusal(thrown) || wanted.keywords.length === 0) throw thrown;
      unkept = ["categories"];
      return send(wanted.system);
    });
    if (made === undefined) return this.#adopt({ id, sent: blobId }, body, wanted, context);
    this.#claim(id, context);
    const stored = await this.#stored({ sent: blobId, standing: made.blobId }, body, context);
    return { id, etag: etagOf({ source: body.sha256, stored, unkept }) };
  }

  /** A server that keeps a message once for all its mailboxes: the one that stands is put into this mailbox too. */
  async #adopt({ id, sent }: { readonly id: string; readonly sent: string }, body: BlobRef, wanted: WantedState, context: PutContext): Promise<TargetRef> {
    const { target } = this.mail.client.access;
    const { into, signal } = context;
    if (!(await this.#claims.isFree(id, context))) throw new ExodusError("TARGET_REFUSED_ITEM", { params: { target, reason: "Email/import, alreadyExists" } });
    this.#claim(id, context);
    await changeEmail(this.mail, id, { [`mailboxIds/${into.id}`]: true }, signal);
    const email = await readEmail(this.mail, id, signal);
    if (email === undefined) throw new ExodusError("TARGET_PASSING", { params: { target, reason: "Email/import, alreadyExists" } });
    const stored = await this.#stored({ sent, standing: email.blobId }, body, context);
    return (await this.#changeState(email, wanted, { source: body.sha256, stored }, signal)).ref;
  }

  /** Brings the state of a message whose bytes are known to stand. Undefined when it must be imported anew: it is gone, or its date changed, which only an import sets. */
  async #restate(wanted: WantedState, ref: TargetRef, { into, signal }: PutContext): Promise<Restated | undefined> {
    const email = await readEmail(this.mail, ref.id, signal);
    if (email?.mailboxes.has(into.id) !== true) return undefined;
    const etag = readEtag(ref);
    if (hasOtherDate(email, wanted) && !etag.unkept.includes("receivedAt")) return undefined;
    return this.#changeState(email, wanted, etag, signal);
  }

  /** A server refuses a change as a whole for one keyword that it does not take: then the rest of it is sent. */
  async #changeState(email: Email, wanted: WantedState, { source, stored }: Pick<Etag, "source" | "stored">, signal: AbortSignal): Promise<Restated> {
    const { id, keywords } = email;
    const { add, remove } = flagChange(wanted, new Set([...keywords].filter((keyword) => keyword !== BARE).map(flagOf)));
    const known = add.filter((flag) => wanted.system.includes(flag));
    let sent = [...add, ...remove];
    const patch = (added: readonly string[]): Promise<void> => changeKeywords(this.mail, id, { add: added.map(keywordOf), remove: remove.map(keywordOf) }, signal);
    const refused = await patch(add).then(() => false, async (thrown: unknown) => {
      if (!isRefusal(thrown) || known.length === add.length) throw thrown;
      sent = [...known, ...remove];
      await patch(known);
      return true;
    });
    const unkept: Unkept[] = [...(refused ? ["categories" as const] : []), ...(hasOtherDate(email, wanted) ? ["receivedAt" as const] : [])];
    return { outcome: sent.length > 0 ? "updated" : "unchanged", ref: { id, etag: etagOf({ source, stored, unkept }) } };
  }

  /** One at a time, so that two twins do not find the same. */
  #locate({ record, body }: TypedItem<MailRecord>, { internalDate }: WantedState, context: PutContext): Promise<TargetRef | undefined> {
    const wanted = { sha256: body.sha256, size: body.size, receivedAt: internalDate, messageId: record.internetMessageId, open: () => ({ size: body.size, bytes: context.open(body) }) };
    return this.#inTurn(async () => {
      const found = await locate(this.mail, context.into.id, wanted, (id) => this.#claims.isFree(id, context), context.signal);
      if (found === undefined) return undefined;
      this.#claim(found.email.id, context);
      return { id: found.email.id, etag: etagOf({ source: body.sha256, stored: found.stored, unkept: [] }) };
    });
  }

  /** @throws ExodusError TARGET_PASSING when a twin took it in between: then the next attempt finds another one, or makes it. */
  #claim(id: string, context: PutContext): void {
    if (!this.#claims.take(id, context)) throw new ExodusError("TARGET_PASSING", { params: { target: this.mail.client.access.target, reason: "another item's message" } });
  }

  /**
   * SHA-256 of what the server holds. Another id than the upload's says that the bytes are others, or may be (RFC 8621 §4.8): they are read back. Cyrus 3.6 gives the upload's own to
   * a header whose bytes over 127 it replaced: such a message is read back too.
   */
  async #stored({ sent, standing }: { readonly sent: string; readonly standing: string }, body: BlobRef, context: PutContext): Promise<string> {
    if (standing === sent && !(await hasHighHeader(context.open(body)))) return body.sha256;
    const hash = await blobHash(this.mail, standing, context.signal);
    if (hash === undefined) throw new ExodusError("TARGET_PASSING", { params: { target: this.mail.client.access.target, reason: "the imported message is not there" } });
    return hash;
  }
}

function hasOtherDate({ receivedAt }: Email, { internalDate }: WantedState): boolean {
  return internalDate !== undefined && !sameSecond(receivedAt, internalDate);
}

function isRefusal(thrown: unknown): boolean {
  return thrown instanceof ExodusError && thrown.code === "TARGET_REFUSED_ITEM";
}
