import { GraphRefusal } from "../answers.js";
import { costsOf, type Asked, type Charge, type Place, type Tenant } from "./charges.js";
import type { Rate, Service } from "./limits.js";
import { Meter, type Reading } from "./meter.js";

export interface ThrottleOptions {
  /** Outlook's four requests at once are for all mailboxes of an app together. */
  readonly strict?: boolean;
  /** Shortens windows, and what they allow with them, but none below a second: the rates stay, and bind sooner. */
  readonly scale?: number;
  readonly now?: () => number;
}

/** A request that was let in. */
export interface Admission {
  /** What the service tells of its limits on this answer. */
  readonly headers: Readonly<Record<string, string>>;
  leave(): void;
}

interface Counted {
  readonly charge: Charge;
  readonly reading: Reading;
}

const SHORTEST_MS = 1_000;
/** From this share of a limit on, services tell it. */
const TOLD = 0.8;
/** An app that goes on beyond its limit is blocked with 503 (SharePoint, "What happens when you get throttled"); at what point is not told. */
const BLOCKED = 2;

/** Enforces the published limits, app by app, with each service's own way of refusing. */
export class Throttle {
  readonly #meters = new Map<string, Meter>();
  readonly #running = new Map<string, number>();
  readonly #strict: boolean;
  readonly #scale: number;
  readonly #now: () => number;
  #refused = 0;

  constructor(private readonly tenantId: string, private readonly tenant: () => Tenant, { strict = false, scale = 1, now = Date.now }: ThrottleOptions = {}) {
    this.#strict = strict;
    this.#scale = scale;
    this.#now = now;
  }

  /** @throws GraphRefusal 429 or 503 in the service's own form; the request counts all the same. */
  enter(asked: Asked, app: string): Admission {
    const { charges, places } = costsOf(asked, app, this.tenant(), this.#strict);
    const now = this.#now();
    const counted = charges.map((charge): Counted => ({ charge, reading: this.#meter(charge, now).take(charge.units, now) }));
    const over = counted.filter(({ reading }) => reading.over).sort((a, b) => b.reading.waitMs - a.reading.waitMs)[0];
    if (over !== undefined) throw this.#overRate(over, app);
    const full = places.find((place) => (this.#running.get(keyOf(place)) ?? 0) >= place.limit.atOnce);
    if (full !== undefined) throw tooManyAtOnce(full);
    for (const place of places) this.#move(keyOf(place), 1);
    return { headers: Object.assign({}, ...counted.map(told)) as Record<string, string>, leave: () => places.forEach((place) => this.#move(keyOf(place), -1)) };
  }

  #meter(charge: Charge, now: number): Meter {
    const key = keyOf(charge);
    const known = this.#meters.get(key) ?? new Meter(this.#scaled(charge.limit), now);
    this.#meters.set(key, known);
    return known;
  }

  #scaled(limit: Rate): Rate {
    const factor = Math.min(1, Math.max(this.#scale, SHORTEST_MS / limit.windowMs));
    return { ...limit, units: limit.units * factor, windowMs: limit.windowMs * factor };
  }

  #move(key: string, by: number): void {
    const running = (this.#running.get(key) ?? 0) + by;
    if (running === 0) this.#running.delete(key);
    else this.#running.set(key, running);
  }

  #overRate({ charge, reading }: Counted, app: string): GraphRefusal {
    const { limit } = charge;
    if (limit.service === "onenote") return new GraphRefusal(429, "20166", "The app has issued too many requests.");
    const retry = { "retry-after": this.#retryAfter(reading.waitMs) };
    switch (limit.service) {
      case "sharepoint": {
        const blocked = reading.used > BLOCKED;
        const told = blocked ? {} : rateLimit(limit, reading);
        return blocked ? new GraphRefusal(503, "serviceNotAvailable", "The service is not available.", retry) : new GraphRefusal(429, "activityLimitReached", "The request has been throttled.", { ...retry, ...told });
      }
      case "directory": return new GraphRefusal(429, "TooManyRequests", "Too many requests.", {
        ...retry, "x-ms-resource-unit": String(charge.units), "x-ms-throttle-information": "ResourceUnitLimitExceeded",
        "x-ms-throttle-scope": `Tenant_Application/ReadWrite/${app}/${this.tenantId}`,
      });
      case "outlook": return new GraphRefusal(429, "ApplicationThrottled", "Application is over its request limit.", retry);
      default: return new GraphRefusal(429, "TooManyRequests", "Please retry again later.", retry);
    }
  }

  /** Whole seconds, and every fourth time a date (RFC 9110 section 10.2.3 has both); parts of a second where windows are short, as in Microsoft's own example ("2.128"). */
  #retryAfter(waitMs: number): string {
    this.#refused += 1;
    if (this.#scale < 1) return (waitMs / 1000).toFixed(3);
    const seconds = Math.max(1, Math.ceil(waitMs / 1000));
    // A date has no parts of a second: one more keeps it from being too early.
    return this.#refused % 4 === 0 ? new Date(this.#now() + (seconds + 1) * 1000).toUTCString() : String(seconds);
  }
}

function keyOf({ limit, key }: Charge | Place): string {
  return `${limit.service} ${limit.name} ${key}`;
}

function tooManyAtOnce({ limit }: Place): GraphRefusal {
  const refuse: Partial<Record<Service, GraphRefusal>> = {
    outlook: new GraphRefusal(429, "ApplicationThrottled", `Application is over its ${limit.name} limit.`, { "retry-after": "1" }),
    onenote: new GraphRefusal(429, "20166", "The app has issued too many requests."),
  };
  return refuse[limit.service] ?? new GraphRefusal(429, "TooManyRequests", "Please retry again later.");
}

/** Headers of an answer that was let through. */
function told({ charge: { limit, units }, reading }: Counted): Readonly<Record<string, string>> {
  if (limit.service === "sharepoint") return reading.used >= TOLD ? rateLimit(limit, reading) : {};
  if (limit.name !== "ResourceUnit") return {};
  return { "x-ms-resource-unit": String(units), ...(reading.used > TOLD ? { "x-ms-throttle-limit-percentage": reading.used.toFixed(2) } : {}) };
}

/** Told for the app's limit in a minute alone ("RateLimit headers - preview"). */
function rateLimit({ name }: Rate, { limit, remaining, waitMs }: Reading): Readonly<Record<string, string>> {
  if (!name.startsWith("App 1-minute")) return {};
  return { "ratelimit-limit": String(Math.floor(limit)), "ratelimit-remaining": String(Math.floor(remaining)), "ratelimit-reset": String(Math.ceil(waitMs / 1000)) };
}
