import type { Account, PutContext, PutResult, TargetContainer } from "../../src/core/adapter.js";
import { ExodusError } from "../../src/core/errors.js";
import type { Item, PlacedContainer } from "../../src/core/item.js";
import { CARD_RULE, UNCHANGEABLE } from "../../src/kit/message-losses.js";
import { withMessageText } from "../../src/kit/message-text.js";
import { markedContainer, OneWaySession, sentRef, settled, type Unsure } from "../../src/kit/one-way.js";
import { conversationItem } from "../../src/kit/typed-items.js";
import type { WebhookClient } from "./client.js";
import { THREAD_MISSING } from "./losses.js";
import { postOf, rootOf, type PostOptions } from "./post.js";
import type { Webhooks } from "./webhooks.js";

/** The text, its rendition and the call stand in memory together. */
const WEIGHT = 6;

export interface SessionOptions extends PostOptions {
  readonly target: string;
  readonly account: Account;
  readonly webhooks: Webhooks;
  readonly client: WebhookClient;
  readonly unsure: Unsure;
}

/** Channels of one team, each in the group of its webhook. */
export class TalkspiritSession extends OneWaySession {
  constructor(private readonly options: SessionOptions) {
    super({ target: options.target, unsure: options.unsure, adds: "an incoming webhook only adds" });
  }

  /** Groups are made by people: all that is needed is their webhook. What tells about the team itself is left out. */
  prepare(container: PlacedContainer): Promise<TargetContainer> {
    const { webhooks, account } = this.options;
    return settled(() => {
      if (container.role !== "root") webhooks.of(account.name, container.name);
      return { id: markedContainer(container), created: false, losses: [] };
    });
  }

  async put(item: Item, context: PutContext): Promise<PutResult> {
    const { into, placed, known, signal, refOf } = context;
    const { record, ...rest } = conversationItem(item);
    if (record.type === "conversation") return { outcome: "skipped", code: CARD_RULE };
    const { target, account, webhooks, client } = this.options;
    if (into.id !== markedContainer(placed)) throw new ExodusError("TARGET_CONTAINER_MISSING", { params: { target, reason: "another channel's" } });
    const message = { ...rest, record };
    const alone = record.replyTo !== undefined && (await refOf(rootOf(message))) === undefined;
    const standing = { thread: `${into.id}/${record.replyTo ?? record.messageId}`, opens: alone || record.replyTo === undefined };
    return withMessageText(message, context, WEIGHT, async (text) => {
      const { post, losses } = postOf(message, standing, placed, text, this.options);
      if (known !== undefined) return { outcome: "unchanged", ref: known, losses: known.etag === item.digest ? losses : [...losses, UNCHANGEABLE] };
      const ref = sentRef(item);
      const webhook = webhooks.of(account.name, placed.name);
      await context.sending();
      await client.send(webhook, post, ref.id, signal);
      return { outcome: "created", ref, losses: alone ? [...losses, THREAD_MISSING] : losses };
    });
  }

  close(): Promise<void> {
    return this.options.client.close();
  }
}
