import type { PutContext, PutResult, TargetRef, Verdict } from "../../src/core/adapter.js";
import { markOf } from "../../src/convert/message/origin.js";
import { asExodusError } from "../../src/core/errors.js";
import type { Item } from "../../src/core/item.js";
import type { Channel } from "../../src/drivers/netframe/channels.js";
import type { NetframeClient } from "../../src/drivers/netframe/client.js";
import { GAP_MS } from "../../src/drivers/netframe/feed.js";
import { post, upload, type SentFile, type StoredFile } from "../../src/drivers/netframe/posts.js";
import type { ChatMessageRecord } from "../../src/format/records.js";
import { withMessageText } from "../../src/kit/message-text.js";
import { pause } from "../../src/lib/backoff.js";
import { draftOf, type Draft, type DraftOptions } from "./draft.js";
import { refOf, type FoundMessage, type FoundMessages } from "./found-messages.js";
import { pictureTooLarge } from "./losses.js";
import type { OwnChannels } from "./own-channels.js";

export interface MessageOptions extends DraftOptions {
  readonly client: NetframeClient;
  readonly found: FoundMessages;
  readonly channels: OwnChannels;
}

/** The text, its renditions, and what the platform shows of it stand in memory together. */
const WEIGHT = 10;

/** One message: a message of its channel, answers too, since a channel shows no others. */
export class MessagePut {
  readonly #mark: string;
  readonly #me: number;

  constructor(private readonly channel: Channel, private readonly item: Item<ChatMessageRecord>, private readonly context: PutContext, private readonly options: MessageOptions) {
    this.#mark = markOf(item.key);
    this.#me = channel.pivot.users_id;
  }

  put(): Promise<PutResult> {
    return this.#drafted(async (draft) => {
      const { known, signal } = this.context;
      const standing = (known === undefined ? undefined : await this.#ours(known)) ?? (await this.#found());
      const { kept, missing, left } = comparedFiles(draft.files, standing?.files ?? []);
      const ref = standing === undefined ? undefined : { id: refOf(standing.id) };
      if (ref !== undefined && standing?.content === draft.content && missing.length === 0 && left.length === 0) return { outcome: "unchanged", ref, losses: draft.losses };
      await this.options.channels.quiet(this.channel.id, signal);
      const files = [...kept];
      let refused = 0;
      for (const file of missing) {
        const id = await upload(this.options.client, this.#me, file, signal);
        if (id === undefined) refused += 1;
        else files.push({ id, name: file.name, size: file.size });
      }
      const id = await this.#send(standing, draft.content, files);
      const losses = [...draft.losses, ...(refused === 0 ? [] : [pictureTooLarge])];
      return { outcome: standing === undefined ? "created" : "updated", ref: ref ?? { id: refOf(id) }, losses };
    });
  }

  async find(): Promise<TargetRef | undefined> {
    const found = await this.#found();
    if (found === undefined) return undefined;
    const ref = { id: refOf(found.id) };
    return (await this.context.isTaken(ref)) ? undefined : ref;
  }

  async verify(ref: TargetRef): Promise<Verdict> {
    const { found } = this.options;
    const standing = await found.seen(this.channel.id, this.#me, ref.id, this.context.signal);
    if (standing?.mark !== this.#mark) return { state: "missing", fields: [] };
    const fields = await this.#drafted((draft) => Promise.resolve(differences(draft, standing)));
    return { state: fields.length === 0 ? "same" : "different", fields };
  }

  /** What was sent may stand although its answer was lost: the next try lists the channel before it sends again. */
  async #send(standing: FoundMessage | undefined, content: string, files: readonly StoredFile[]): Promise<number> {
    const { client, found } = this.options;
    const { id: channel } = this.channel;
    const { signal } = this.context;
    try {
      // No more in a second than a page of the channel shows: the listing hangs on it.
      await pause(GAP_MS, signal);
      const id = await post(client, channel, standing?.id, { content, files: files.map((file) => file.id) }, signal);
      found.wrote(channel, { ...standing, id, mark: this.#mark, content, files: [...files] });
      if (standing === undefined && !found.shown) await this.#prove(id);
      return id;
    } catch (thrown) {
      if (asExodusError(thrown).errorClass !== "throttled") found.forget(channel);
      throw thrown;
    }
  }

  /** Unless a mark of ours was seen before: a platform that does not give it back would get everything twice. */
  async #prove(id: number): Promise<void> {
    this.options.found.forget(this.channel.id);
    if ((await this.#found())?.id !== id) throw this.options.client.error("TARGET_MARK_LOST", "channels, messages");
  }

  #found(): Promise<FoundMessage | undefined> {
    return this.options.found.of(this.channel.id, this.#me, this.#mark, this.context.signal);
  }

  /** Under a reference, where it stands and is this message's. */
  async #ours({ id }: TargetRef): Promise<FoundMessage | undefined> {
    const found = await this.options.found.of(this.channel.id, this.#me, id, this.context.signal);
    return found?.mark === this.#mark ? found : undefined;
  }

  #drafted<T>(work: (draft: Draft) => Promise<T>): Promise<T> {
    const { item, context, options } = this;
    return withMessageText(item, context, WEIGHT, async (text) => work(await draftOf(item, text, options, context)));
  }
}

/** Files that hang there already, that are to, and that are not. */
function comparedFiles(wanted: readonly SentFile[], standing: readonly StoredFile[]): { readonly kept: readonly StoredFile[]; readonly missing: readonly SentFile[]; readonly left: readonly StoredFile[] } {
  const left = [...standing];
  const kept: StoredFile[] = [];
  const missing = wanted.filter(({ name, size }) => {
    const at = left.findIndex((one) => one.name === name && one.size === size);
    if (at >= 0) kept.push(...left.splice(at, 1));
    return at < 0;
  });
  return { kept, missing, left };
}

function differences(draft: Draft, standing: FoundMessage): Verdict["fields"] {
  const { missing, left } = comparedFiles(draft.files, standing.files);
  return [
    ...(draft.content === standing.content ? [] : [{ field: "body", expected: draft.content, found: standing.content }]),
    ...missing.map(({ name }) => ({ field: "pictures", expected: name, found: "" })),
    ...left.map(({ name }) => ({ field: "pictures", expected: "", found: name })),
  ];
}
