import { DiskMap } from "../lib/disk-map.js";

/** What a listing shows of one thing of ours: a name by which it is asked for, and what is to be known of it. */
export interface Marked {
  readonly mark: string;
  readonly value: string;
}

/**
 * Things of ours by their marks, as a platform lists them where no request has a key by which it would know it again. A place is listed once in a session, and
 * again after an answer that was lost. On disk: a place may hold more than memory.
 */
export class FoundByMark {
  readonly #known = new DiskMap();
  #listing = 0;

  async find(place: string, mark: string, list: () => AsyncIterable<Marked>): Promise<string | undefined> {
    if (!this.#isListed(place)) await this.#list(place, list());
    const found = this.#known.get(this.#key(place, mark)) ?? "";
    return found === "" ? undefined : found;
  }

  add(place: string, mark: string, value: string): void {
    this.#known.set(this.#key(place, mark), value);
  }

  /** Taken away, as is known for certain. */
  drop(place: string, mark: string): void {
    this.add(place, mark, "");
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

  async #list(place: string, all: AsyncIterable<Marked>): Promise<void> {
    this.#listing += 1;
    const listing = String(this.#listing);
    for await (const { mark, value } of all) this.#known.set(`${place}\n${listing}\n${mark}`, value);
    // Only now: a listing that broke off counts for nothing.
    this.#known.set(place, listing);
  }

  #key(place: string, mark: string): string {
    return `${place}\n${this.#known.get(place) ?? ""}\n${mark}`;
  }
}
