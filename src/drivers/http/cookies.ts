import { getSetCookies, Headers } from "undici";
import type { HttpAnswer } from "./client.js";

/** Cookies of one server that is spoken to below one address: names and values, without domains and paths. */
export class Cookies {
  readonly #values = new Map<string, string>();

  /** Keeps what an answer sets; one that has run out is taken away (RFC 6265 section 5.3). */
  take(answer: Pick<HttpAnswer, "lines">): void {
    for (const line of answer.lines("set-cookie")) {
      const headers = new Headers();
      headers.append("set-cookie", line);
      for (const { name, value, maxAge, expires } of getSetCookies(headers)) {
        const gone = maxAge === undefined ? expires !== undefined && Number(expires) <= Date.now() : maxAge <= 0;
        if (gone) this.#values.delete(name);
        else this.#values.set(name, value);
      }
    }
  }

  /** The request's header; none before the first cookie. */
  header(): { readonly cookie?: string } {
    return this.#values.size === 0 ? {} : { cookie: [...this.#values].map(([name, value]) => `${name}=${value}`).join("; ") };
  }

  clear(): void {
    this.#values.clear();
  }
}
