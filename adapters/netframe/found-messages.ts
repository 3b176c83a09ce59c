import { z } from "zod";
import { markIn } from "../../src/convert/message/origin.js";
import type { NetframeClient } from "../../src/drivers/netframe/client.js";
import { feed } from "../../src/drivers/netframe/feed.js";
import { FoundByMark, type Marked } from "../../src/kit/found-by-mark.js";

const Message = z.object({
  id: z.number(), mark: z.string(), content: z.string(), files: z.array(z.object({ id: z.number(), name: z.string(), size: z.number() })),
  /** Its place in the channel; absent where it was just made, and no answer told it. */
  feed: z.number().optional(),
});
/** A message of ours, as a channel shows it. */
export type FoundMessage = z.infer<typeof Message>;

/** Messages of ours in channels: no request of Netframe shows one alone. */
export class FoundMessages {
  readonly #found = new FoundByMark();
  readonly #written = new Set<number>();
  #shown = false;

  constructor(private readonly client: NetframeClient) {}

  /** Whether the platform has given a mark of ours back, in this session. */
  get shown(): boolean {
    return this.#shown;
  }

  /** `me`: what others wrote may quote a mark. `name`: the message's mark, or its reference. */
  async of(channel: number, me: number, name: string, signal: AbortSignal): Promise<FoundMessage | undefined> {
    return read(await this.#found.find(placeOf(channel), name, () => this.#list(channel, me, signal)));
  }

  /** As the platform shows it after the last thing that this session wrote there. */
  async seen(channel: number, me: number, ref: string, signal: AbortSignal): Promise<FoundMessage | undefined> {
    if (this.#written.delete(channel)) this.forget(channel);
    return this.of(channel, me, ref, signal);
  }

  wrote(channel: number, message: FoundMessage): void {
    this.#written.add(channel);
    for (const name of [message.mark, refOf(message.id)]) this.#found.add(placeOf(channel), name, JSON.stringify(message));
  }

  removed(channel: number, { mark, id }: FoundMessage): void {
    for (const name of [mark, refOf(id)]) this.#found.drop(placeOf(channel), name);
  }

  /** Just made: nothing stands there. */
  empty(channel: number): void {
    this.#found.empty(placeOf(channel));
  }

  forget(channel: number): void {
    this.#found.forget(placeOf(channel));
  }

  close(): void {
    this.#found.close();
  }

  async *#list(channel: number, me: number, signal: AbortSignal): AsyncGenerator<Marked> {
    for await (const { id, feed: place, author, content, files } of feed(this.client, channel, signal)) {
      const mark = author === me ? markIn(content) : undefined;
      if (mark === undefined) continue;
      this.#shown = true;
      const value = JSON.stringify({ id, feed: place, mark, content, files: [...files] } satisfies FoundMessage);
      yield* [mark, refOf(id)].map((name) => ({ mark: name, value }));
    }
  }
}

export function refOf(id: number): string {
  return `news/${id}`;
}

function placeOf(channel: number): string {
  return `channel/${channel}`;
}

function read(found: string | undefined): FoundMessage | undefined {
  return found === undefined ? undefined : Message.parse(JSON.parse(found));
}
