import { markOf } from "../../src/convert/message/origin.js";
import type { Account, PutContext, PutResult, TargetContainer, TargetRef, TargetSession, Verdict } from "../../src/core/adapter.js";
import type { Item, PlacedContainer } from "../../src/core/item.js";
import type { Channel } from "../../src/drivers/netframe/channels.js";
import { deletePost, entries } from "../../src/drivers/netframe/posts.js";
import type { ConversationRecord } from "../../src/format/records.js";
import type { ByChannel } from "../../src/kit/by-channel.js";
import { CARD_RULE } from "../../src/kit/message-losses.js";
import { conversationItem } from "../../src/kit/typed-items.js";
import { retrying } from "../../src/lib/retry.js";
import { channelTitle, described } from "./channel-texts.js";
import { cardLosses, placeLosses } from "./losses.js";
import { MessagePut, type MessageOptions } from "./message-put.js";

const ATTEMPTS = 3;
/** Container of what a team itself tells, and reference of a channel's card, which is its description. */
const [ROOT, CARD] = ["team", "card"];

export interface SessionOptions extends MessageOptions {
  readonly account: Account;
  /** Channels that the administrator made. */
  readonly given: ByChannel<number>;
}

/** The channels of one team. TargetContainer.id = the channel's number; TargetRef.id = the post's. */
export class NetframeSession implements TargetSession {
  constructor(private readonly options: SessionOptions) {}

  prepare(container: PlacedContainer, known: string | undefined, signal: AbortSignal): Promise<TargetContainer> {
    return retrying(() => this.#prepare(container, known, signal), { attempts: ATTEMPTS, signal });
  }

  async put(item: Item, context: PutContext): Promise<PutResult> {
    const { record, ...rest } = conversationItem(item);
    if (record.type === "chat-message") return (await this.#message({ ...rest, record }, context)).put();
    if (this.#isForeign(context)) return { outcome: "skipped", code: CARD_RULE };
    const [channel, bare] = [await this.#channel(context), this.#described(context.placed)];
    const isFirst = channel.description === bare;
    const isChanged = await this.options.channels.describe(channel, this.#described(context.placed, record), context.signal);
    return { outcome: isFirst && context.known === undefined ? "created" : isChanged ? "updated" : "unchanged", ref: { id: CARD }, losses: cardLosses(record) };
  }

  find(item: Item, context: PutContext): Promise<TargetRef | undefined> {
    return retrying(async () => {
      const { record, ...rest } = conversationItem(item);
      if (record.type === "chat-message") return (await this.#message({ ...rest, record }, context)).find();
      return this.#isForeign(context) || (await this.#channel(context)).description === this.#described(context.placed) ? undefined : { id: CARD };
    }, { attempts: ATTEMPTS, signal: context.signal });
  }

  /** A description goes with its channel. */
  async remove(ref: TargetRef, into: TargetContainer, signal: AbortSignal): Promise<void> {
    if (ref.id === CARD || into.id === ROOT) return;
    const { client, found, channels } = this.options;
    const channel = await channels.of(numberOf(into.id), signal);
    if (channel === undefined) return;
    const [id, me] = [channel.id, channel.pivot.users_id];
    let message = await found.of(id, me, ref.id, signal);
    if (message !== undefined && message.feed === undefined) {
      // Made in this session: where it stands was not told.
      found.forget(id);
      message = await found.of(id, me, ref.id, signal);
    }
    if (message?.feed === undefined) return;
    try {
      await deletePost(client, message.feed, signal);
      found.removed(id, message);
    } catch (thrown) {
      found.forget(id);
      throw thrown;
    }
  }

  /** An empty channel of ours; one that the administrator made stays theirs. */
  async removeContainer(id: string, signal: AbortSignal): Promise<boolean> {
    const { channels, client, given } = this.options;
    const channel = id === ROOT || given.all.includes(numberOf(id)) ? undefined : await channels.of(numberOf(id), signal);
    if (channel === undefined) return true;
    if ((await entries(client, channel.id, undefined, signal)).length > 0) return false;
    await channels.remove(channel.id, signal);
    return true;
  }

  async verify(item: Item, ref: TargetRef, context: PutContext): Promise<Verdict> {
    const { record, ...rest } = conversationItem(item);
    if (record.type === "chat-message") return (await this.#message({ ...rest, record }, context)).verify(ref);
    if (this.#isForeign(context)) return { state: "unverifiable", fields: [] };
    const channel = await this.options.channels.of(numberOf(context.into.id), context.signal);
    if (channel === undefined) return { state: "missing", fields: [] };
    const [expected, found] = [this.#described(context.placed, record), channel.description ?? ""];
    return expected === found ? { state: "same", fields: [] } : { state: "different", fields: [{ field: "description", expected, found }] };
  }

  async close(): Promise<void> {
    this.options.found.close();
    await this.options.client.close();
  }

  async #prepare(container: PlacedContainer, known: string | undefined, signal: AbortSignal): Promise<TargetContainer> {
    const { channels, found, client } = this.options;
    if (container.role === "root") {
      await client.token(signal);
      return { id: ROOT, created: false, losses: [] };
    }
    const given = this.#given(container);
    if (given !== undefined) return { id: String((await channels.given(given, signal)).id), created: false, losses: [] };
    const { channel, made } = await channels.claim(container, channelTitle(this.#team, container), known === undefined ? undefined : numberOf(known), signal);
    if (made) found.empty(channel.id);
    return { id: String(channel.id), created: made, losses: placeLosses(this.#team, container) };
  }

  get #team(): string {
    return this.options.account.owner.displayName;
  }

  #given({ name }: PlacedContainer): number | undefined {
    return this.options.given.of(this.options.account.name, name);
  }

  /** What tells of a team, or of a channel whose description is the administrator's. */
  #isForeign({ into, placed }: PutContext): boolean {
    return into.id === ROOT || this.#given(placed) !== undefined;
  }

  #described(container: PlacedContainer, record?: ConversationRecord): string {
    return described(channelTitle(this.#team, container), markOf(container), this.options.lang, record);
  }

  async #channel({ into, signal }: PutContext): Promise<Channel> {
    const channel = await this.options.channels.of(numberOf(into.id), signal);
    if (channel === undefined) throw this.options.client.error("TARGET_CONTAINER_MISSING", `channel ${into.id}`);
    return channel;
  }

  async #message(item: ConstructorParameters<typeof MessagePut>[1], context: PutContext): Promise<MessagePut> {
    return new MessagePut(await this.#channel(context), item, context, this.options);
  }
}

/** No number that a channel has, for what is none. */
function numberOf(id: string): number {
  return /^\d+$/.test(id) ? Number(id) : 0;
}
