import { asExodusError, ExodusError } from "../../core/errors.js";
import type { Charge } from "../../core/governor.js";
import { pause } from "../../lib/backoff.js";
import { chargesOf } from "../pace/charges.js";
import type { RequestOptions } from "./client.js";
import { graphError } from "./error-table.js";

export interface BatchRequest {
  readonly path: string;
  readonly options: RequestOptions;
}

/** The body of an answer to `/$batch`: answers come in any order (concepts/json-batching, "Response format"). */
export interface BatchAnswer {
  readonly responses?: readonly { readonly id: string; readonly status: number; readonly headers?: Readonly<Record<string, string>>; readonly body?: unknown }[];
}

export interface BatchDoors {
  /** Sends one batch; governed and retried as any request. */
  post(body: object, charges: readonly Charge[], options: RequestOptions): Promise<BatchAnswer>;
  /** Sends one request by itself. */
  single(request: BatchRequest): Promise<unknown>;
  /** Whether somebody else than the one who sent the batch may be given what was refused. */
  elsewhere(error: ExodusError): boolean;
  address(request: BatchRequest): string;
}

/** Requests in a batch (concepts/json-batching, "Batch size limitations"). */
const MOST = 20;
/** Requests of a batch that the Outlook service is given at once (concepts/throttling-limits, "Outlook service limits for JSON batching"). */
const OUTLOOK_AT_ONCE = 4;
const AGAIN = new Set(["throttled", "retryable", "fatal-config"]);

/**
 * Asks for several small things in one round trip. Limits count each by itself, so that only the way is saved. Each answer stands alone: what was throttled,
 * failed in passing or met an expired token is asked for again by itself, after the wait that its own answer names; so is what was refused and another application
 * may be given.
 */
export async function batched<T>(requests: readonly BatchRequest[], doors: BatchDoors): Promise<readonly PromiseSettledResult<T>[]> {
  const results: PromiseSettledResult<T>[] = [];
  for (let from = 0; from < requests.length; from += MOST) results.push(...(await oneBatch<T>(requests.slice(from, from + MOST), doors)));
  return results;
}

async function oneBatch<T>(requests: readonly BatchRequest[], doors: BatchDoors): Promise<readonly PromiseSettledResult<T>[]> {
  const [first] = requests;
  if (first === undefined) return [];
  const body = { requests: requests.map((request, index) => ({ id: String(index), method: "GET", url: doors.address(request), ...(request.options.headers === undefined ? {} : { headers: request.options.headers }) })) };
  const { responses = [] } = await doors.post(body, batchCharges(requests), { signal: first.options.signal, ...(first.options.permission === undefined ? {} : { permission: first.options.permission }) });
  const byId = new Map(responses.map((response) => [response.id, response]));
  return Promise.allSettled(requests.map(async (request, index): Promise<T> => {
    const answer = byId.get(String(index));
    if (answer !== undefined && answer.status >= 200 && answer.status < 300) return answer.body as T;
    const error = answer === undefined ? new ExodusError("GRAPH_TRUNCATED", { params: { path: "$batch" } }) : failure(request, answer);
    if (!AGAIN.has(error.errorClass) && !doors.elsewhere(error)) throw error;
    await pause(error.retryAfterMs ?? 0, request.options.signal);
    return (await doors.single(request)) as T;
  }));
}

function failure({ path, options }: BatchRequest, { status, headers = {}, body }: NonNullable<BatchAnswer["responses"]>[number]): ExodusError {
  const named = new Map(Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value]));
  return asExodusError(graphError({ status, headers: { get: (name) => named.get(name) ?? null }, body: JSON.stringify(body ?? {}), path, permission: options.permission ?? "-" }));
}

/** Each request's units; of a mailbox no more slots than are used at once. */
export function batchCharges(requests: readonly BatchRequest[]): readonly Charge[] {
  const sums = new Map<string, Required<Charge>>();
  for (const { path, options } of requests) {
    for (const { key, units } of chargesOf({ ...options, path })) {
      const before = sums.get(key) ?? { key, units: 0, slots: 0 };
      const slots = before.slots + 1;
      sums.set(key, { key, units: before.units + units, slots: key.startsWith("graph:mailbox:") ? Math.min(OUTLOOK_AT_ONCE, slots) : slots });
    }
  }
  return [...sums.values()];
}
