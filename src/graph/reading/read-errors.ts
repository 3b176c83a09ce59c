import { asExodusError } from "../../core/errors.js";
import type { Change } from "../../core/item.js";

interface Named {
  readonly id: string;
  readonly container: string;
  readonly title: string;
}

/** Refusals that concern a single item where its list was answered: this one is denied or locked, its container is not. */
export const OF_ONE_ITEM: readonly string[] = ["GRAPH_CONSENT", "GRAPH_LOCKED"];

/**
 * Turns the failure of one item into its accounted state: gone = tombstone, its own fault or a fault that outlived its retries = unreadable.
 * What concerns more than the item (a denied mailbox, a stop, a dead source) is thrown on; `also`: codes that do not.
 */
export function itemFailure(thrown: unknown, item: Named, also: readonly string[] = []): Change {
  const error = asExodusError(thrown);
  if (error.code === "GRAPH_NOT_FOUND") return { kind: "tombstone", id: item.id, container: item.container };
  const own = error.errorClass === "permanent-item" || (error.errorClass === "retryable" && error.code !== "INTERRUPTED") || also.includes(error.code);
  if (!own) throw error;
  return { kind: "unreadable", ...item, code: error.code, message: error.message };
}
