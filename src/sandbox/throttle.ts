import { GraphRefusal } from "./answers.js";

/** Outlook limits per app and mailbox (concepts/throttling-limits, "Outlook service limits"). */
const CONCURRENT = 4;
const REQUESTS = 10_000;
const WINDOW_MS = 600_000;

const MAILBOX = /^\/v1\.0\/users\/([^/]+)\/(?:mailFolders|messages|calendar|calendars|calendarView|calendarGroups|events|contacts|contactFolders|mailboxSettings)/i;

/** True for requests that Outlook answers. */
export function isOutlook(path: string): boolean {
  return MAILBOX.test(path);
}

/** Enforces the published limits: four requests at once and 10,000 in ten minutes for each mailbox. `mailboxOf` makes one key of a user's id and name. */
export class Throttle {
  readonly #running = new Map<string, number>();
  readonly #window = new Map<string, { start: number; count: number }>();

  constructor(private readonly mailboxOf: (key: string) => string, private readonly limits = { concurrent: CONCURRENT, requests: REQUESTS, windowMs: WINDOW_MS }) {}

  /** Answers the function that ends the request; a refused request still counts. @throws GraphRefusal 429 with Retry-After. */
  enter(path: string): () => void {
    const key = MAILBOX.exec(path)?.[1];
    if (key === undefined) return () => undefined;
    const mailbox = this.mailboxOf(key);
    const { concurrent, requests, windowMs } = this.limits;
    const now = Date.now();
    const window = this.#window.get(mailbox);
    const current = window === undefined || now - window.start > windowMs ? { start: now, count: 0 } : window;
    current.count += 1;
    this.#window.set(mailbox, current);
    if (current.count > requests) throw new GraphRefusal(429, "ApplicationThrottled", "Application is over its request limit.", { "retry-after": String(Math.max(1, Math.ceil((current.start + windowMs - now) / 1000))) });
    const running = this.#running.get(mailbox) ?? 0;
    if (running >= concurrent) throw new GraphRefusal(429, "ApplicationThrottled", "Application is over its MailboxConcurrency limit.", { "retry-after": "1" });
    this.#running.set(mailbox, running + 1);
    return () => {
      const left = (this.#running.get(mailbox) ?? 1) - 1;
      if (left === 0) this.#running.delete(mailbox);
      else this.#running.set(mailbox, left);
    };
  }
}
