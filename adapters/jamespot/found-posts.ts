import { markIn } from "../../src/convert/message/origin.js";
import type { Post } from "../../src/drivers/jamespot/posts.js";
import { FoundByMark, type Marked } from "../../src/kit/found-by-mark.js";

/** Posts of ours by their marks, as the platform lists them: of a group, or of an article. */
export class FoundPosts {
  readonly #found = new FoundByMark();

  /** `me`: what others wrote may quote a mark. */
  constructor(private readonly me: (signal: AbortSignal) => Promise<number>) {}

  async find(place: string, mark: string, list: () => AsyncIterable<Post>, signal: AbortSignal): Promise<number | undefined> {
    const found = await this.#found.find(place, mark, () => this.#ours(list(), signal));
    return found === undefined ? undefined : Number(found);
  }

  add(place: string, mark: string, id: number): void {
    this.#found.add(place, mark, String(id));
  }

  /** Just made: nothing stands there. */
  empty(place: string): void {
    this.#found.empty(place);
  }

  /** What stands there is not known for certain any more. */
  forget(place: string): void {
    this.#found.forget(place);
  }

  close(): void {
    this.#found.close();
  }

  async *#ours(posts: AsyncIterable<Post>, signal: AbortSignal): AsyncGenerator<Marked> {
    const me = await this.me(signal);
    for await (const { id, html, author } of posts) {
      const mark = author === me ? markIn(html) : undefined;
      if (mark !== undefined) yield { mark, value: String(id) };
    }
  }
}
