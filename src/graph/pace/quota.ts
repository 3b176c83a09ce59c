import type { Quota } from "../../core/governor.js";

/**
 * `RateLimit-Limit`, `-Remaining` and `-Reset` (seconds), which SharePoint sends from 80 % of an application's minute on
 * ("Avoid getting throttled or blocked in SharePoint Online", "RateLimit headers"; draft-ietf-httpapi-ratelimit-headers-03). Undefined when it says nothing usable.
 */
export function quotaOf(headers: { get(name: string): string | null }): Quota | undefined {
  const [limit, remaining, reset] = ["ratelimit-limit", "ratelimit-remaining", "ratelimit-reset"].map((name) => firstNumber(headers.get(name)));
  if (remaining === undefined || reset === undefined) return undefined;
  return { remaining, resetMs: reset * 1_000, ...(limit === undefined ? {} : { limit }) };
}

/** "1200, 1200;w=60" (the limit with its policies) counts as 1200. */
function firstNumber(header: string | null): number | undefined {
  const digits = /^\s*(\d+)/.exec(header ?? "")?.[1];
  return digits === undefined ? undefined : Number(digits);
}
