import type { HttpAnswer } from "../../src/drivers/http/client.js";
import { jsonOf, membersOf } from "../../src/drivers/http/json.js";
import { leavesOpen } from "../../src/drivers/http/lost-answers.js";
import { retryAfterMs } from "../../src/lib/backoff.js";

/** An answer of the interface: a refusal is an `error` with a `message`, at HTTP 200 too (whaller_client/api.py, `call_json`). */
export interface Told {
  readonly status: number;
  /** A JSON object; false for a page of something in front of it. */
  readonly spoken: boolean;
  readonly result: unknown;
  /** Words of the refusal. */
  readonly error: string | undefined;
  readonly waitMs: number | undefined;
}

/** Spheres of a person with thousands of them. */
const LONGEST = 16 * 1024 * 1024;
const WORDS = 200;

export async function toldBy({ status, header, text }: HttpAnswer): Promise<Told> {
  const value = jsonOf(await text(LONGEST));
  const { error, result = {} } = membersOf(value);
  const { message = "no message" } = membersOf(error);
  return {
    status, result, spoken: typeof value === "object" && value !== null && !Array.isArray(value),
    error: error === undefined ? undefined : String(message).slice(0, WORDS), waitMs: retryAfterMs(header("retry-after"), Date.now()),
  };
}

export function isDone({ status, spoken, error }: Told): boolean {
  return status >= 200 && status < 300 && spoken && error === undefined;
}

/** Whether what was asked may have been done for all that is said. */
export function isOpen({ status, spoken }: Told): boolean {
  return leavesOpen(status) || (status < 300 && !spoken);
}

/** Refused for what it is, or for who asks: by which words or number a sign-in that has ended is told is written nowhere. */
export function isRefused(told: Told): boolean {
  return !isDone(told) && !isOpen(told) && (told.status < 300 || (told.status >= 400 && told.status < 500 && ![408, 413, 429].includes(told.status)));
}
