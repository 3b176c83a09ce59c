import { asExodusError } from "../../core/errors.js";
import type { Page } from "../client/client.js";

/** Rows a page where a larger one is more than can be held: events come with their texts. */
const SMALL_PAGE = 5;

/** Pages of `size` rows; from the beginning in small ones, when one of them is more than can be held. Rows may then be told twice. */
export async function* smallerPages<T>(size: number, pages: (size: number) => AsyncIterable<Page<T>>): AsyncIterable<Page<T>> {
  try {
    yield* pages(size);
  } catch (thrown) {
    if (asExodusError(thrown).code !== "GRAPH_OVERSIZED" || size <= SMALL_PAGE) throw thrown;
    yield* pages(SMALL_PAGE);
  }
}
