import type { PutContext, PutResult, TargetContainer, TargetRef, TargetSession, Verdict } from "../../src/core/adapter.js";
import { ExodusError } from "../../src/core/errors.js";
import type { Item, Loss, PlacedContainer } from "../../src/core/item.js";
import { append } from "../../src/drivers/imap/append.js";
import { canonicalMessage, type CanonicalMessage } from "../../src/drivers/imap/canonical.js";
import type { Connections } from "../../src/drivers/imap/connections.js";
import { changeFlags } from "../../src/drivers/imap/flags.js";
import { locate, sameSecond } from "../../src/drivers/imap/locate.js";
import type { Mailboxes } from "../../src/drivers/imap/mailboxes.js";
import { readState } from "../../src/drivers/imap/read.js";
import { formatRef, parseRef, type MessageRef } from "../../src/drivers/imap/ref.js";
import { remove } from "../../src/drivers/imap/remove.js";
import { mailItem } from "../../src/kit/typed-items.js";
import { flagChange, wantedState, type WantedState } from "./mapping.js";
import { verifyMessage } from "./verify.js";

/** One account's mail. A reference is `<uidvalidity>.<uid>`; its etag is the SHA-256 of the item's body as the vault holds it. */
export class ImapSession implements TargetSession {
  /** Idempotency keys whose APPEND broke before its answer: the message may stand there, so the next put looks first. */
  readonly #doubtful = new Set<string>();

  constructor(private readonly connections: Connections, private readonly mailboxes: Mailboxes) {}

  async prepare(container: PlacedContainer, known: string | undefined, signal: AbortSignal): Promise<TargetContainer> {
    const { path, created, altered, cut } = await this.mailboxes.ensure(container, known, signal);
    const losses: Loss[] = altered ? [{ field: "name", change: cut ? "truncated" : "approximated", side: "target", reason: "mail.folder-name" }] : [];
    return { id: path, created, losses };
  }

  async put(item: Item, context: PutContext): Promise<PutResult> {
    const { record, body } = mailItem(item);
    const wanted = wantedState(record);
    const standing = context.known?.etag === body.sha256 ? await this.#restate(wanted, context, body.sha256) : undefined;
    if (standing !== undefined) return standing;
    return this.#buffered(item, context, async (message) => {
      const losses = message.lineEndingsChanged ? [...wanted.losses, LINE_ENDINGS] : wanted.losses;
      const { ref, refused } = await this.#once(message, wanted, context);
      return { outcome: "created", ref: { id: formatRef(ref), etag: body.sha256 }, losses: refused ? [...losses, KEYWORDS_REFUSED] : losses };
    });
  }

  async find(item: Item, context: PutContext): Promise<TargetRef | undefined> {
    const { record, body } = mailItem(item);
    const { internalDate } = wantedState(record);
    const found = await this.#buffered(item, context, (message) => locate(this.connections, context.into.id, { message, internalDate }, { accept: isFree(context) }, context.signal));
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
    const wanted = wantedState(mailItem(item).record);
    return this.#buffered(item, context, (message) => verifyMessage(this.connections, context.into.id, parsed, { message, wanted }, context.signal));
  }

  close(): Promise<void> {
    return this.connections.close();
  }

  /** One APPEND in all, also when an earlier one was cut off from its answer. */
  async #once(message: CanonicalMessage, wanted: WantedState, context: PutContext): Promise<{ ref: MessageRef; refused: boolean }> {
    const { idempotencyKey: key, into, signal } = context;
    if (this.#doubtful.has(key)) {
      const ref = await locate(this.connections, into.id, { message, internalDate: wanted.internalDate }, { accept: isFree(context) }, signal);
      this.#doubtful.delete(key);
      if (ref !== undefined) return { ref, refused: false };
    }
    const appending = { message, flags: [...wanted.system, ...wanted.keywords], internalDate: wanted.internalDate };
    try {
      return { ref: await append(this.connections, into.id, appending, signal), refused: false };
    } catch (thrown) {
      if (!(thrown instanceof ExodusError) || thrown.errorClass === "retryable") this.#doubtful.add(key);
      // The server may refuse a keyword rather than the message; its answer to the bare message tells.
      if (!(thrown instanceof ExodusError) || thrown.code !== "TARGET_REFUSED_ITEM" || wanted.keywords.length === 0) throw thrown;
      return { ref: await append(this.connections, into.id, { ...appending, flags: wanted.system }, signal), refused: true };
    }
  }

  /**
   * Brings the flags of a message whose bytes are known to stand. Undefined when it must be appended anew: it is gone, or its internal
   * date changed, which IMAP sets at APPEND only.
   */
  async #restate(wanted: WantedState, context: PutContext, etag: string): Promise<PutResult | undefined> {
    const known = parseRef(context.known?.id ?? "");
    if (known === undefined) return undefined;
    return this.connections.within(context.into.id, async (client, { uidValidity }) => {
      const state = uidValidity === known.uidValidity ? await readState(client, known.uid) : undefined;
      if (state === undefined) return undefined;
      if (wanted.internalDate !== undefined && !sameSecond(state.internalDate, wanted.internalDate)) return undefined;
      const change = flagChange(wanted, state.flags);
      const ref = { id: formatRef(known), etag };
      if (change.add.length + change.remove.length === 0) return { outcome: "unchanged", ref, losses: wanted.losses };
      await changeFlags(client, known.uid, change, this.connections.access.target);
      return { outcome: "updated", ref, losses: wanted.losses };
    }, context.signal);
  }

  /** The library takes whole messages: twice the size, for the raw and the canonical form, is reserved for as long as it is held. */
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

function isFree(context: PutContext): (ref: MessageRef) => Promise<boolean> {
  return async (ref) => !(await context.isTaken({ id: formatRef(ref) }));
}

const LINE_ENDINGS: Loss = { field: "body", change: "approximated", side: "target", reason: "mail.line-endings" };
const KEYWORDS_REFUSED: Loss = { field: "categories", change: "dropped", side: "target", reason: "mail.keywords-refused" };
