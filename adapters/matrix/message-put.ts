import type { PutContext, PutResult, TargetRef, Verdict } from "../../src/core/adapter.js";
import type { Lang } from "../../src/core/errors.js";
import type { Item, Loss } from "../../src/core/item.js";
import { eventOf, presentContent, redact, relations, send, type MatrixEvent } from "../../src/drivers/matrix/events.js";
import { sameJson } from "../../src/drivers/matrix/rooms.js";
import type { ChatMessageRecord } from "../../src/format/records.js";
import { withMessageText } from "../../src/kit/message-text.js";
import { AUTHOR, PARTS, SOURCE, transactionOf } from "./keys.js";
import { draftOf, type Draft } from "./message.js";
import type { MovedLinks } from "./moved-links.js";
import type { OpenRoom } from "./open-room.js";
import { missingParts, partsIn, sendParts } from "./parts.js";
import type { Identity, People } from "./people.js";
import { bringReactions, comparedReactions, reactionsOn, wantedReactions } from "./reactions.js";

export interface MessageOptions {
  readonly people: People;
  readonly lang: Lang;
  readonly replies: "threads" | "rich";
  readonly links: MovedLinks;
  /** Largest file that the server takes. */
  readonly limit: number | undefined;
}

type MessageItem = Item<ChatMessageRecord>;
/** The text, its renditions and the event stand in memory together. */
const WEIGHT = 6;

/** One message of a conversation: its pictures, the text, its reactions, in this order. */
export class MessagePut {
  constructor(private readonly open: OpenRoom, private readonly item: MessageItem, private readonly context: PutContext, private readonly options: MessageOptions) {}

  async put(): Promise<PutResult> {
    return this.#drafted(async (draft) => {
      const { signal } = this.context;
      // An earlier try of this session may have sent it and been refused a reaction: the ledger still names what stood before.
      const known = this.open.history.seen(this.item.key.id) ?? this.context.known?.id ?? (await this.#standing());
      const event = known === undefined ? undefined : await eventOf(this.open.room, known, signal);
      return event === undefined ? this.#create(draft, known) : this.#update(draft, event);
    });
  }

  /** In a room of an earlier ledger. */
  async #standing(): Promise<string | undefined> {
    const { open, item, context } = this;
    if ((await open.card(context.signal)).adopted !== true) return undefined;
    const id = await open.history.find(item.key.id, context.signal);
    return id === undefined || (await context.isTaken({ id })) ? undefined : id;
  }

  async verify(ref: TargetRef): Promise<Verdict> {
    const event = await eventOf(this.open.room, ref.id, this.context.signal);
    if (event === undefined) return { state: "missing", fields: [] };
    const fields = await this.#drafted((draft) => this.#differences(draft, event));
    return { state: fields.length === 0 ? "same" : "different", fields };
  }

  get #author(): Identity {
    return this.options.people.of(this.item.record.author);
  }

  get #at(): number {
    return Date.parse(this.item.record.createdAt);
  }

  /** `gone`: the event that stood for it, and was redacted. */
  async #create(draft: Draft, gone: string | undefined): Promise<PutResult> {
    const { open, item, context: { signal } } = this;
    const author = this.#author;
    await open.enter(author, signal, this.#at);
    const { relation, losses } = await this.#relation();
    const parts = await sendParts(open, draft, { source: item.key.id, as: author.user, at: this.#at, relation: threadOf(relation), limit: this.options.limit, standing: [] }, this.context);
    const content = { ...draft.content, ...(parts.sent.length === 0 ? {} : { [PARTS]: parts.sent }), ...(relation === undefined ? {} : { "m.relates_to": relation }) };
    const id = await open.sendOnce(item.key.id, { type: "m.room.message", content, as: author.user, at: this.#at, txn: transactionOf(open.room.id, item.key.id, gone ?? "") }, signal);
    const told = await this.#complete(id, true);
    return { outcome: "created", ref: { id }, losses: [...draft.losses, ...losses, ...parts.losses, ...told.losses] };
  }

  /** A changed text is an edit by whoever wrote the message; what a cut run left undone is done. */
  async #update(draft: Draft, event: MatrixEvent): Promise<PutResult> {
    const { open, item, context: { signal } } = this;
    const present = presentContent(event);
    const parts = await sendParts(open, draft, { source: item.key.id, as: event.sender, at: this.#editedAt, relation: threadOf(event.content["m.relates_to"]), limit: this.options.limit, standing: partsIn(present) }, this.context);
    const wanted = { ...draft.content, ...(parts.sent.length === 0 ? {} : { [PARTS]: parts.sent }) };
    const changed = !sameJson(withoutRelation(present), wanted);
    if (changed) {
      await open.enter({ user: event.sender, name: undefined, ghost: false }, signal, this.#editedAt);
      await send(open.room, {
        type: "m.room.message", as: event.sender, at: this.#editedAt, txn: transactionOf(open.room.id, item.key.id, event.event_id, JSON.stringify(wanted), JSON.stringify(present)),
        // The fallback is cut: both texts have to fit into one event.
        content: { msgtype: draft.content["msgtype"], body: `* ${String(draft.content["body"]).slice(0, 500)}`, "m.mentions": {}, "m.new_content": wanted, "m.relates_to": { rel_type: "m.replace", event_id: event.event_id } },
      }, signal);
      await removeParts(open, event, partsIn(present).filter(({ event_id: id }) => !parts.sent.some((one) => one.event_id === id)), signal);
    }
    const told = await this.#complete(event.event_id, false);
    return { outcome: changed || told.changed ? "updated" : "unchanged", ref: { id: event.event_id }, losses: [...draft.losses, ...parts.losses, ...told.losses] };
  }

  async #complete(event: string, fresh: boolean): Promise<{ readonly changed: boolean; readonly losses: readonly Loss[] }> {
    const { open, item, context: { signal } } = this;
    const { wanted, losses } = wantedReactions(item.record, this.options.people);
    const brought = await bringReactions(open, event, item.key.id, wanted, fresh, signal);
    await open.pinIfTold(item.record.messageId, event, signal);
    return { changed: brought.changed, losses: [...losses, ...brought.losses] };
  }

  get #editedAt(): number {
    return Date.parse(this.item.record.editedAt ?? this.item.record.modifiedAt ?? this.item.record.createdAt);
  }

  /** Source id of the thread's first message: a reply's is that of its conversation, its thread and itself. */
  get #thread(): string {
    const { id } = this.item.key;
    return id.slice(0, Math.max(0, id.lastIndexOf("/")));
  }

  /** The first message of the thread; in a chat, the message that is quoted. One that is not at the target is lost as a relation. */
  async #relation(): Promise<{ readonly relation: object | undefined; readonly losses: readonly Loss[] }> {
    const { item: { record, container } } = this;
    if (record.replyTo !== undefined) {
      const root = await this.#standsAt(this.#thread);
      if (root === undefined) return { relation: undefined, losses: [{ field: "replyTo", change: "dropped", side: "target", reason: "conversation.thread-missing" }] };
      const answer = { "m.in_reply_to": { event_id: root } };
      return { relation: this.options.replies === "rich" ? answer : { rel_type: "m.thread", event_id: root, is_falling_back: false, ...answer }, losses: [] };
    }
    const quoted = record.attachments.find(({ mediaType }) => mediaType === "messageReference");
    const event = quoted === undefined ? undefined : await this.#standsAt(`${container}/${quoted.id}`);
    return { relation: event === undefined ? undefined : { "m.in_reply_to": { event_id: event } }, losses: [] };
  }

  /** Event of another message. The ledger knows what it has sent; the room, what a ledger that is lost had. */
  async #standsAt(source: string): Promise<string | undefined> {
    return (await this.context.refOf(source))?.id ?? this.open.history.find(source, this.context.signal);
  }

  async #differences(draft: Draft, event: MatrixEvent): Promise<Verdict["fields"]> {
    const { open, item: { key, record }, options: { people }, context: { signal } } = this;
    const fields: { field: string; expected: string; found: string }[] = [];
    const compare = (field: string, expected: unknown, found: unknown): void => {
      if (!sameJson(expected ?? null, found ?? null)) fields.push({ field, expected: JSON.stringify(expected ?? null), found: JSON.stringify(found ?? null) });
    };
    const present = presentContent(event);
    for (const field of ["msgtype", "body", "formatted_body", "m.mentions", SOURCE]) compare(field === "formatted_body" ? "body" : field, draft.content[field], present[field]);
    // Whoever left the conversation since has no address any more: the directory's id tells that it is the same person.
    const sameAuthor = event.sender === this.#author.user || (record.author?.id !== undefined && record.author.address === undefined && present[AUTHOR] === record.author.id);
    if (!sameAuthor) compare("author", this.#author.user, event.sender);
    if (this.#at >= 0) compare("createdAt", this.#at, event.origin_server_ts);
    if (record.replyTo !== undefined) {
      const relation = event.content["m.relates_to"] as { readonly "m.in_reply_to"?: { readonly event_id?: string } } | undefined;
      const root = await this.#standsAt(this.#thread);
      // A thread whose first message is not at the target was told as lost.
      if (root !== undefined) compare("replyTo", root, relation?.["m.in_reply_to"]?.event_id);
    }
    for (const missing of await missingParts(open, draft, event, { standing: partsIn(present), limit: this.options.limit }, this.context)) compare("pictures", missing, null);
    const reactions = await comparedReactions(open, event.event_id, key.id, wantedReactions(record, people).wanted, signal);
    compare("reactions", reactions.expected, reactions.found);
    return fields;
  }

  #drafted<T>(work: (draft: Draft) => Promise<T>): Promise<T> {
    const { item, context, options: { people, lang, links } } = this;
    return withMessageText(item, context, WEIGHT, ({ body, snippets }) => work(draftOf(item.key.id, item.record, body, item.parts, { people, lang, links, snippets })));
  }
}

/** Takes a message away, its pictures and our reactions to it first. */
export async function removeMessage(open: OpenRoom, id: string, signal: AbortSignal): Promise<void> {
  const event = await eventOf(open.room, id, signal);
  if (event === undefined) return;
  await removeParts(open, event, partsIn(presentContent(event)), signal);
  for (const reaction of await reactionsOn(open, id, signal)) {
    if (reaction.content[SOURCE] === event.content[SOURCE]) await redact(open.room, reaction, signal);
  }
  // An edit holds a text of its own.
  for await (const edit of relations(open.room, id, "m.replace", "m.room.message", signal)) await redact(open.room, edit, signal);
  await redact(open.room, event, signal);
}

async function removeParts(open: OpenRoom, { sender }: MatrixEvent, parts: readonly { readonly event_id?: string }[], signal: AbortSignal): Promise<void> {
  for (const { event_id: id } of parts) if (id !== undefined) await redact(open.room, { event_id: id, sender }, signal);
}

/** Pictures of a reply stand in its thread; anywhere else they stand alone. */
function threadOf(relation: unknown): object | undefined {
  return (relation as { readonly rel_type?: unknown } | undefined)?.rel_type === "m.thread" ? (relation as object) : undefined;
}

function withoutRelation(content: Readonly<Record<string, unknown>>): Readonly<Record<string, unknown>> {
  return Object.fromEntries(Object.entries(content).filter(([name]) => name !== "m.relates_to"));
}
