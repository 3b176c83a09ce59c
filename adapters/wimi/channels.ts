import { renderMessage } from "../../src/convert/message/message.js";
import { markOf, originLine, originLosses } from "../../src/convert/message/origin.js";
import type { Account, Foresight, PutContext, PutResult, TargetContainer } from "../../src/core/adapter.js";
import { ExodusError, type Lang } from "../../src/core/errors.js";
import type { Item, Loss, PlacedContainer } from "../../src/core/item.js";
import { postMessage } from "../../src/drivers/wimi/chats.js";
import type { WimiClient } from "../../src/drivers/wimi/client.js";
import type { ChatMessageRecord } from "../../src/format/records.js";
import type { ByChannel } from "../../src/kit/by-channel.js";
import { CARD_RULE, foreseenMessage, importanceLosses, UNCHANGEABLE, wordLosses } from "../../src/kit/message-losses.js";
import { withMessageText, type MessageText } from "../../src/kit/message-text.js";
import { markedContainer, OneWaySession, sentRef, type Unsure } from "../../src/kit/one-way.js";
import { conversationItem } from "../../src/kit/typed-items.js";
import { shownText } from "../../src/lib/shown-text.js";
import { manifest } from "./manifest.js";

/** The text, its rendition and the call stand in memory together. */
const WEIGHT = 6;
const FLAT: Loss = { field: "replyTo", change: "approximated", side: "target", reason: "conversation.thread-flat" };
const WORDS = { en: { channel: "channel", answers: "In answer to ref." }, fr: { channel: "canal", answers: "En réponse à réf." } } as const;

export interface ChannelOptions {
  readonly client: WimiClient;
  readonly target: string;
  readonly lang: Lang;
  readonly zone: string;
  readonly unsure: Unsure;
  readonly account: Account;
  /** Numbers of chats. */
  readonly chats: ByChannel<number>;
}

/** Channels of one team, each in the chat that the administrator names for it: no source shows how one is found. */
export class ChannelSession extends OneWaySession {
  constructor(private readonly options: ChannelOptions) {
    super({ target: options.target, unsure: options.unsure, adds: "no source shows how a message is found" });
  }

  /** Chats are made by people: all that is needed is their number. What tells about the team itself is left out. */
  async prepare(container: PlacedContainer, _known: string | undefined, signal: AbortSignal): Promise<TargetContainer> {
    await this.options.client.me(signal);
    if (container.role !== "root") this.#chat(container);
    return { id: markedContainer(container), created: false, losses: [] };
  }

  async put(item: Item, context: PutContext): Promise<PutResult> {
    const { into, placed, known, signal } = context;
    const { record, ...rest } = conversationItem(item);
    if (record.type === "conversation") return { outcome: "skipped", code: CARD_RULE };
    const { client } = this.options;
    if (into.id !== markedContainer(placed)) throw client.error("TARGET_CONTAINER_MISSING", "another channel's");
    const message = { ...rest, record };
    return withMessageText(message, context, WEIGHT, async (body) => {
      const { text, losses } = messageOf(message, placed, body, this.options);
      if (known !== undefined) return { outcome: "unchanged", ref: known, losses: known.etag === item.digest ? losses : [...losses, UNCHANGEABLE] };
      const [ref, chat] = [sentRef(item), this.#chat(placed)];
      // A sign-in that fails leaves nothing in doubt.
      await client.me(signal);
      await context.sending();
      await postMessage(client, chat, text, ref.id, signal);
      return { outcome: "created", ref, losses };
    });
  }

  /** The client is shared by all accounts. */
  close(): Promise<void> {
    return Promise.resolve();
  }

  #chat({ name }: PlacedContainer): number {
    const { chats, account, target } = this.options;
    const chat = chats.of(account.name, name);
    if (chat !== undefined) return chat;
    throw new ExodusError("TARGET_CONTAINER_REFUSED", { params: { target, account: account.name, reason: `no chat is named for "${account.name}/${name}" in "channels"` } });
  }
}

/** Who wrote it and when, what it answers, its text. A chat is one line of messages; whether it takes HTML is in no source. */
function messageOf(item: Item<ChatMessageRecord>, { name }: PlacedContainer, { body, snippets }: MessageText, { lang, zone }: ChannelOptions): { readonly text: string; readonly losses: readonly Loss[] } {
  const { record, key, container } = item;
  const { channel, answers } = WORDS[lang];
  const { text, losses } = renderMessage(record, body, "text", { lang, reactions: true, snippet: (id) => snippets.get(id) });
  const origin = originLine(record, { lang, zone, from: `Microsoft Teams, ${channel} ${shownText(name)}`, mark: markOf(key) });
  const answered = record.replyTo === undefined ? [] : [`${answers} ${markOf({ workload: key.workload, id: `${container}/${record.replyTo}` })}`];
  return { text: [origin, ...answered, text].filter((part) => part !== "").join("\n\n"), losses: [...losses, ...recordLosses(record)] };
}

function recordLosses(record: ChatMessageRecord): readonly Loss[] {
  return [...originLosses(), ...(record.replyTo === undefined ? [] : [FLAT]), ...importanceLosses(record), ...wordLosses(record)];
}

export function foreseeMessage(item: Item): Promise<Foresight> {
  return foreseenMessage(item, manifest, recordLosses, [FLAT.reason]);
}
