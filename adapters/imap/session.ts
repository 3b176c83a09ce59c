import type { ContainerChanges, PutContext, PutResult, TargetContainer, TargetRef, TargetSession, Verdict } from "../../src/core/adapter.js";
import { ExodusError } from "../../src/core/errors.js";
import type { BlobRef, Item, PlacedContainer } from "../../src/core/item.js";
import { append } from "../../src/drivers/imap/append.js";
import { canonicalMessage, hasHighHeader, printOf, type CanonicalMessage, type MessagePrint } from "../../src/drivers/imap/canonical.js";
import { mailboxChanges } from "../../src/drivers/imap/changes.js";
import type { Connections } from "../../src/drivers/imap/connections.js";
import { changeFlags, keepsKeyword } from "../../src/drivers/imap/flags.js";
import { locate } from "../../src/drivers/imap/locate.js";
import type { Mailboxes } from "../../src/drivers/imap/mailboxes.js";
import { readContentHash, readState } from "../../src/drivers/imap/read.js";
import { formatRef, parseRef, type MessageRef } from "../../src/drivers/imap/ref.js";
import { remove } from "../../src/drivers/imap/remove.js";
import { Claims } from "../../src/kit/claims.js";
import { flagChange, KEYWORDS_REFUSED, nameLosses, wantedState, type WantedState } from "../../src/kit/mail-state.js";
import { serial } from "../../src/lib/serial.js";
import { sameSecond } from "../../src/lib/same-second.js";
import { mailItem } from "../../src/kit/typed-items.js";
import { etagOf, readEtag } from "./etag.js";
import { LINE_ENDINGS, REWRITTEN } from "./losses.js";
import { verifyMessage } from "./verify.js";

type Standing = Exclude<PutResult, { outcome: "skipped" }>;

/** One account's mail. A reference is `<uidvalidity>.<uid>`; its etag tells the bytes of the vault and whether the server refused keywords. */
export class ImapSession implements TargetSession {
  /** Idempotency keys whose APPEND broke before its answer: the message may stand there, so the next put looks first. */
  readonly #doubtful = new Set<string>();
  /** Mailboxes that keep whatever keyword. */
  readonly #takesAny = new Set<string>();
  readonly #claims = new Claims();
  readonly #inTurn = serial();

  constructor(protected readonly connections: Connections, private readonly mailboxes: Mailboxes) {}

  async prepare(container: PlacedContainer, known: string | undefined, signal: AbortSignal): Promise<TargetContainer> {
    const { path, created, altered, cut } = await this.mailboxes.ensure(container, known, signal);
    return { id: path, created, losses: nameLosses({ altered, cut }) };
  }

  async put(item: Item, context: PutContext): Promise<PutResult> {
    const { record, body } = mailItem(item);
    const wanted = wantedState(record);
    const known = context.known !== undefined && readEtag(context.known).body === body.sha256 ? parseRef(context.known.id) : undefined;
    const standing = known === undefined ? undefined : await this.#restate(wanted, known, context, body);
    return standing ?? this.#buffered(item, context, (message) => this.#once(message, wanted, context, body));
  }

  async find(item: Item, context: PutContext): Promise<TargetRef | undefined> {
    const { record, body } = mailItem(item);
    const { internalDate } = wantedState(record);
    const found = await this.#locate(await printOf(context.open(body)), internalDate, context);
    return found === undefined ? undefined : { id: formatRef(found), etag: body.sha256 };
  }

  async remove(ref: TargetRef, into: TargetContainer, signal: AbortSignal): Promise<void> {
    const parsed = parseRef(ref.id);
    if (parsed !== undefined) await remove(this.connections, into.id, parsed, signal);
  }

  removeContainer(id: string, signal: AbortSignal): Promise<boolean> {
    return this.mailboxes.removeEmpty(id, signal);
  }

  async verify(item: Item, ref: TargetRef, context: PutContext): Promise<Verdict> {
    const parsed = parseRef(ref.id);
    if (parsed === undefined) return { state: "missing", fields: [] };
    const { record, body } = mailItem(item);
    const wanted = wantedState(record);
    const expected = { print: await printOf(context.open(body)), wanted: readEtag(ref).keywordsRefused ? { ...wanted, keywords: [] } : wanted };
    return verifyMessage(this.connections, context.into.id, parsed, expected, context.signal);
  }

  changes(container: string, since: string | undefined, signal: AbortSignal): Promise<ContainerChanges | undefined> {
    return mailboxChanges(this.connections, container, since, signal);
  }

  close(): Promise<void> {
    return this.connections.close();
  }

  /** One APPEND in all, also when an earlier one was cut off from its answer. */
  async #once(message: CanonicalMessage, wanted: WantedState, context: PutContext, body: BlobRef): Promise<PutResult> {
    const { idempotencyKey: key } = context;
    if (this.#doubtful.has(key)) {
      const found = await this.#locate(await printOf([message.bytes]), wanted.internalDate, context);
      const standing = found === undefined ? undefined : await this.#restate(wanted, found, context, body);
      this.#doubtful.delete(key);
      if (standing !== undefined) return { ...standing, outcome: "created" };
    }
    try {
      const { ref, kept, keywordsRefused } = await this.#append(message, wanted, context);
      this.#claim(ref, context);
      const rewritten = await this.#isRewritten(ref, () => [message.bytes], context);
      const losses = [...wanted.losses, ...(message.lineEndingsChanged ? [LINE_ENDINGS] : []), ...(rewritten ? [REWRITTEN] : []), ...(kept ? [] : [KEYWORDS_REFUSED])];
      return { outcome: "created", ref: { id: formatRef(ref), etag: etagOf({ body: body.sha256, keywordsRefused }) }, losses };
    } catch (thrown) {
      if (!(thrown instanceof ExodusError) || thrown.errorClass === "retryable") this.#doubtful.add(key);
      throw thrown;
    }
  }

  /** A message with bytes over 127 in its header is read back: a server may have put others for them without a word. One with NUL is shown as it is not. */
  async #isRewritten({ uid }: MessageRef, open: () => AsyncIterable<Uint8Array> | Iterable<Uint8Array>, { into, signal }: PutContext): Promise<boolean> {
    if (!(await hasHighHeader(open()))) return false;
    const { hasNul, hashes: [sent] } = await printOf(open());
    return !hasNul && (await this.connections.within(into.id, (client) => readContentHash(client, uid), signal)) !== sent;
  }

  /** `kept`: with all its keywords. */
  async #append(message: CanonicalMessage, wanted: WantedState, context: PutContext): Promise<{ ref: MessageRef; kept: boolean; keywordsRefused: boolean }> {
    const { into, signal } = context;
    const send = (flags: readonly string[]): Promise<MessageRef> => append(this.connections, into.id, { message, flags, internalDate: wanted.internalDate }, signal);
    const keywords = await this.#keepable(wanted.keywords, context);
    try {
      return { ref: await send([...wanted.system, ...keywords]), kept: keywords.length === wanted.keywords.length, keywordsRefused: false };
    } catch (thrown) {
      // The server may refuse a keyword rather than the message; its answer to the bare message tells.
      if (!isRefusal(thrown) || keywords.length === 0) throw thrown;
      return { ref: await send(wanted.system), kept: false, keywordsRefused: true };
    }
  }

  /** Those that the mailbox keeps; one that takes any is asked once. Of the others, servers and the library drop some without a word. */
  async #keepable(keywords: readonly string[], { into, signal }: PutContext): Promise<readonly string[]> {
    if (keywords.length === 0 || this.#takesAny.has(into.id)) return keywords;
    const permanent = await this.connections.within(into.id, (_client, { permanentFlags }) => Promise.resolve(permanentFlags), signal);
    if (keepsKeyword(permanent, "\\*")) this.#takesAny.add(into.id);
    return keywords.filter((keyword) => keepsKeyword(permanent, keyword));
  }

  /** One at a time, so that two twins do not find the same. */
  #locate(print: MessagePrint, internalDate: Date | undefined, context: PutContext): Promise<MessageRef | undefined> {
    return this.#inTurn(async () => {
      const found = await locate(this.connections, context.into.id, { print, internalDate }, { accept: (ref) => this.#claims.isFree(formatRef(ref), context) }, context.signal);
      if (found !== undefined) this.#claim(found, context);
      return found;
    });
  }

  /** @throws ExodusError TARGET_PASSING when a twin took it in between: then the next attempt finds another one, or appends it. */
  #claim(ref: MessageRef, context: PutContext): void {
    if (!this.#claims.take(formatRef(ref), context)) throw new ExodusError("TARGET_PASSING", { params: { target: this.connections.access.target, reason: "another item's message" } });
  }

  /**
   * Brings the flags of a message whose bytes are known to stand. Undefined when it must be appended anew: it is gone, or its internal
   * date changed, which IMAP sets at APPEND only.
   */
  async #restate(wanted: WantedState, known: MessageRef, context: PutContext, body: BlobRef): Promise<Standing | undefined> {
    const restated = await this.#restateFlags(wanted, known, context, body);
    if (restated === undefined || !(await this.#isRewritten(known, () => context.open(body), context))) return restated;
    return { ...restated, losses: [...restated.losses, REWRITTEN] };
  }

  #restateFlags(wanted: WantedState, known: MessageRef, { into, signal }: PutContext, body: BlobRef): Promise<Standing | undefined> {
    return this.connections.within(into.id, async (client, { uidValidity, permanentFlags }) => {
      const state = uidValidity === known.uidValidity ? await readState(client, known.uid) : undefined;
      if (state === undefined) return undefined;
      if (wanted.internalDate !== undefined && !sameSecond(state.internalDate, wanted.internalDate)) return undefined;
      const { add, remove } = flagChange(wanted, state.flags);
      const system = add.filter((flag) => wanted.system.includes(flag));
      // The library leaves out what the mailbox does not keep, and calls it a failure when nothing else is left.
      let keywordsRefused = false;
      let kept = add.filter((flag) => system.includes(flag) || keepsKeyword(permanentFlags, flag));
      const change = (added: readonly string[]): Promise<void> => changeFlags(client, known.uid, { add: added, remove }, this.connections.access.target);
      await change(kept).catch((thrown: unknown) => {
        if (!isRefusal(thrown) || kept.length === system.length) throw thrown;
        kept = system;
        keywordsRefused = true;
        return change(kept);
      });
      // Of the same content, only line ends that became CRLF make the message longer than its body.
      const losses = [...wanted.losses, ...(state.size === body.size ? [] : [LINE_ENDINGS]), ...(kept.length === add.length ? [] : [KEYWORDS_REFUSED])];
      return { outcome: kept.length + remove.length === 0 ? "unchanged" : "updated", ref: { id: formatRef(known), etag: etagOf({ body: body.sha256, keywordsRefused }) }, losses };
    }, signal);
  }

  /** The library appends whole messages only: twice the size, for the raw and the canonical form, is reserved for as long as it is held. */
  async #buffered<T>(item: Item, context: PutContext, use: (message: CanonicalMessage) => Promise<T>): Promise<T> {
    const { body } = mailItem(item);
    const release = await context.reserve(body.size * 2);
    try {
      return await use(await canonicalMessage(context.open(body), body.size));
    } finally {
      release();
    }
  }
}

function isRefusal(thrown: unknown): boolean {
  return thrown instanceof ExodusError && thrown.code === "TARGET_REFUSED_ITEM";
}
