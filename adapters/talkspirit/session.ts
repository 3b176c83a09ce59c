import { markOf } from "../../src/convert/message/origin.js";
import type { Account, PutContext, PutResult, TargetContainer, TargetRef, TargetSession, Verdict } from "../../src/core/adapter.js";
import { ExodusError } from "../../src/core/errors.js";
import type { Item, PlacedContainer } from "../../src/core/item.js";
import { withMessageText } from "../../src/kit/message-text.js";
import { conversationItem } from "../../src/kit/typed-items.js";
import type { WebhookClient } from "./client.js";
import { CARD_RULE, THREAD_MISSING, UNCHANGEABLE } from "./losses.js";
import { postOf, rootOf, type PostOptions } from "./post.js";
import type { Webhooks } from "./webhooks.js";

/** The text, its rendition and the call stand in memory together. */
const WEIGHT = 6;

export interface SessionOptions extends PostOptions {
  readonly target: string;
  readonly account: Account;
  readonly webhooks: Webhooks;
  readonly client: WebhookClient;
  /** What became of messages whose last call got no answer, by whoever has looked. */
  readonly unsure: "report" | "arrived" | "send";
}

/** Channels of one team, each in the group of its webhook. TargetContainer.id and TargetRef.id are marks of what the source calls them; etag = digest of what was sent. */
export class TalkspiritSession implements TargetSession {
  constructor(private readonly options: SessionOptions) {}

  /** Groups are made by people: all that is needed is their webhook. What tells about the team itself is left out. */
  prepare(container: PlacedContainer): Promise<TargetContainer> {
    const { webhooks, account } = this.options;
    return settled(() => {
      if (container.role !== "root") webhooks.of(account.name, container.name);
      return { id: idOf(container), created: false, losses: [] };
    });
  }

  async put(item: Item, context: PutContext): Promise<PutResult> {
    const { into, placed, known, signal, refOf } = context;
    const { record, ...rest } = conversationItem(item);
    if (record.type === "conversation") return { outcome: "skipped", code: CARD_RULE };
    const { target, account, webhooks, client } = this.options;
    if (into.id !== idOf(placed)) throw new ExodusError("TARGET_CONTAINER_MISSING", { params: { target, reason: "another channel's" } });
    const message = { ...rest, record };
    const alone = record.replyTo !== undefined && (await refOf(rootOf(message))) === undefined;
    const standing = { thread: `${into.id}/${record.replyTo ?? record.messageId}`, opens: alone || record.replyTo === undefined };
    return withMessageText(message, context, WEIGHT, async (text) => {
      const { post, losses } = postOf(message, standing, placed, text, this.options);
      if (known !== undefined) return { outcome: "unchanged", ref: known, losses: known.etag === item.digest ? losses : [...losses, UNCHANGEABLE] };
      const ref = refOfItem(item);
      const webhook = webhooks.of(account.name, placed.name);
      await context.sending();
      await client.send(webhook, post, ref.id, signal);
      return { outcome: "created", ref, losses: alone ? [...losses, THREAD_MISSING] : losses };
    });
  }

  find(item: Item, { known }: PutContext): Promise<TargetRef | undefined> {
    const { target, unsure } = this.options;
    return settled(() => {
      // What stands is not sent again, and a card never was.
      if (known !== undefined || conversationItem(item).record.type === "conversation") return known;
      if (unsure === "report") throw new ExodusError("TARGET_UNSURE", { params: { target, reason: `ref. ${markOf(item.key)}` } });
      return unsure === "arrived" ? refOfItem(item) : undefined;
    });
  }

  remove(): Promise<void> {
    return Promise.reject(new ExodusError("TARGET_CANNOT_REMOVE", { params: { target: this.options.target, reason: "an incoming webhook only adds" } }));
  }

  removeContainer(): Promise<boolean> {
    return Promise.resolve(false);
  }

  verify(): Promise<Verdict> {
    return Promise.resolve({ state: "unverifiable", fields: [] });
  }

  close(): Promise<void> {
    return this.options.client.close();
  }
}

function idOf({ workload, id }: PlacedContainer): string {
  return markOf({ workload, id });
}

function refOfItem({ key, digest }: Item): TargetRef {
  return { id: markOf(key), etag: digest };
}

/** What is thrown becomes a rejection. */
async function settled<T>(work: () => T): Promise<T> {
  return await Promise.resolve(work());
}
