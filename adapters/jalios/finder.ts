import { markIn } from "../../src/convert/message/origin.js";
import { asExodusError } from "../../src/core/errors.js";
import type { JaliosClient, Sent } from "../../src/drivers/jalios/client.js";
import { content, search, type Content } from "../../src/drivers/jalios/contents.js";
import { backoffMs, pause } from "../../src/lib/backoff.js";
import type { Kind } from "./options.js";

/** Wait before the search is asked again: at first, and at most. */
const [FIRST_MS, MOST_MS] = [250, 10_000];

/** A place where a post may stand. */
export interface Place {
  readonly name: "root" | "reply";
  readonly kind: Kind;
}

/** Whose posts are looked for: one of ours has this mark, and is the key's member's or the author's. */
export interface Sought {
  readonly mark: string;
  readonly workspace: string;
  readonly places: readonly Place[];
  readonly author: string | undefined;
}

export interface Found {
  readonly place: Place;
  readonly content: Content;
}

/** What is known of the search, by all sessions: a platform whose search has shown nothing of ours after an answer 201 gets no second post. */
export class SearchProof {
  #shown = false;
  #missed: string | undefined;

  shows(): void {
    this.#shown = true;
  }

  misses(reason: string): void {
    this.#missed ??= reason;
  }

  /** Undefined as long as there is nothing to say against it. */
  get fault(): string | undefined {
    return this.#shown ? undefined : this.#missed;
  }
}

/** Posts of ours by their marks. How soon the search shows a new content is told nowhere: what it does not show may stand all the same. */
export class Finder {
  constructor(private readonly client: JaliosClient, private readonly me: (signal: AbortSignal) => Promise<string>, private readonly proof: SearchProof, private readonly waitMs: number) {}

  /** Asks once. */
  async look(sought: Sought, signal: AbortSignal): Promise<Found | undefined> {
    for (const place of sought.places) {
      const { mark: text, workspace } = sought;
      for await (const id of search(this.client, { type: place.kind.type, workspace, text }, signal)) {
        const found = await this.ours(id, place, sought, signal);
        if (found === undefined) continue;
        this.proof.shows();
        return { place, content: found };
      }
    }
    return undefined;
  }

  /** The index is late in forgetting too, and somebody who quotes a post quotes its mark. */
  async ours(id: string, { kind }: Place, { mark, author }: Sought, signal: AbortSignal): Promise<Content | undefined> {
    const found = await content(this.client, id, signal);
    const text = found?.fields[kind.text];
    if (found === undefined || typeof text !== "string" || markIn(text) !== mark) return undefined;
    const me = await this.me(signal);
    return found.author === me || found.operator === me || (author !== undefined && found.author === author) ? found : undefined;
  }

  /**
   * Asks until it is shown, or the wait is over. After something was sent no failure of a question may pass for a failure of the sending: it is told in `reason`.
   * @throws the signal's reason alone.
   */
  async awaited(sought: Sought, sent: Pick<Sent, "location"> | undefined, signal: AbortSignal): Promise<{ readonly found?: Found; readonly reason: string }> {
    const end = Date.now() + this.waitMs;
    for (let attempt = 0, reason = "not shown by the search"; ; attempt += 1) {
      try {
        const found = (attempt === 0 ? await this.#located(sent?.location, sought, signal) : undefined) ?? (await this.look(sought, signal));
        if (found !== undefined) return { found, reason };
      } catch (thrown) {
        signal.throwIfAborted();
        const { code, errorClass } = asExodusError(thrown);
        reason = `not shown by the search: ${code}`;
        // Whoever is refused will be refused again, and repeated refusals shut the door.
        if (!["retryable", "throttled"].includes(errorClass)) return { reason };
      }
      const left = end - Date.now();
      if (left <= 0) return { reason };
      await pause(Math.min(left, backoffMs(attempt, Math.random, FIRST_MS, MOST_MS)), signal);
    }
  }

  /** Where the answer names the new content (RFC 9110 section 10.2.2), it is believed once the mark is seen there. */
  async #located(location: string | undefined, sought: Sought, signal: AbortSignal): Promise<Found | undefined> {
    const id = /\/data\/(\w+)\/?(?:[?#]|$)/.exec(location ?? "")?.[1];
    const [place] = sought.places;
    const found = id === undefined || place === undefined ? undefined : await this.ours(id, place, sought, signal);
    return found === undefined || place === undefined ? undefined : { place, content: found };
  }
}
