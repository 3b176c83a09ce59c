import { GraphRefusal } from "./answers.js";

/** Outlook limits per app and mailbox (concepts/throttling-limits, "Outlook service limits"). */
const CONCURRENT = 4;
const REQUESTS = 10_000;
const WINDOW_MS = 600_000;

/** Enforces the published limits: four requests at once and 10,000 in ten minutes for each mailbox. */
export class Throttle {
  readonly #running = new Map<string, number>();
  readonly #window = new Map<string, { start: number; count: number }>();

  /** Answers the function that ends the request. @throws GraphRefusal 429 with Retry-After. */
  enter(path: string): () => void {
    const mailbox = /^\/v1\.0\/users\/([^/]+)\/(?:mailFolders|messages|calendar|calendars|events|contacts|contactFolders)/.exec(path)?.[1];
    if (mailbox === undefined) return () => undefined;
    const now = Date.now();
    const window = this.#window.get(mailbox);
    const current = window === undefined || now - window.start > WINDOW_MS ? { start: now, count: 0 } : window;
    current.count += 1;
    this.#window.set(mailbox, current);
    if (current.count > REQUESTS) throw new GraphRefusal(429, "ApplicationThrottled", "Application is over its request limit.", { "retry-after": String(Math.ceil((current.start + WINDOW_MS - now) / 1000)) });
    const running = this.#running.get(mailbox) ?? 0;
    if (running >= CONCURRENT) throw new GraphRefusal(429, "ApplicationThrottled", "Application is over its MailboxConcurrency limit.", { "retry-after": "1" });
    this.#running.set(mailbox, running + 1);
    return () => this.#running.set(mailbox, (this.#running.get(mailbox) ?? 1) - 1);
  }
}
