import type { PutResult } from "../src/core/adapter.js";

/** What `put` answers for an item that the target took. */
export type Taken = Exclude<PutResult, { outcome: "skipped" }>;

/** @throws Error that says why, for an item that was left out. */
export function taken(result: PutResult): Taken {
  if (result.outcome === "skipped") throw new Error(result.code);
  return result;
}
