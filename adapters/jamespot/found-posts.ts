import { markIn } from "../../src/convert/message/origin.js";
import type { Post } from "../../src/drivers/jamespot/posts.js";
import { DiskMap } from "../../src/lib/disk-map.js";

/**
 * Posts of ours by their marks, as the platform lists them: of a group, or of an article. A place is listed once in a session, and again after an answer that was
 * lost: no request has a key by which the platform would know it again.
 */
export class FoundPosts {
  readonly #known = new DiskMap();
  #listing = 0;

  /** `me`: what others wrote may quote a mark. */
  constructor(private readonly me: (signal: AbortSignal) => Promise<number>) {}

  async find(place: string, mark: string, list: () => AsyncIterable<Post>, signal: AbortSignal): Promise<number | undefined> {
    if (!this.#isListed(place)) await this.#list(place, list(), signal);
    const found = this.#known.get(this.#key(place, mark));
    return found === undefined ? undefined : Number(found);
  }

  add(place: string, mark: string, id: number): void {
    this.#known.set(this.#key(place, mark), String(id));
  }

  /** Just made: nothing stands there. */
  empty(place: string): void {
    this.#listing += 1;
    this.#known.set(place, String(this.#listing));
  }

  /** What stands there is not known for certain any more. */
  forget(place: string): void {
    if (this.#isListed(place)) this.#known.set(place, "");
  }

  close(): void {
    this.#known.close();
  }

  #isListed(place: string): boolean {
    return (this.#known.get(place) ?? "") !== "";
  }

  async #list(place: string, posts: AsyncIterable<Post>, signal: AbortSignal): Promise<void> {
    const me = await this.me(signal);
    this.#listing += 1;
    const listing = String(this.#listing);
    for await (const { id, html, author } of posts) {
      const mark = author === me ? markIn(html) : undefined;
      if (mark !== undefined) this.#known.set(`${place}\n${listing}\n${mark}`, String(id));
    }
    // Only now: a listing that broke off counts for nothing.
    this.#known.set(place, listing);
  }

  #key(place: string, mark: string): string {
    return `${place}\n${this.#known.get(place) ?? ""}\n${mark}`;
  }
}
