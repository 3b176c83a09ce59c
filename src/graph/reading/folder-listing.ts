import { asExodusError, ExodusError } from "../../core/errors.js";
import type { GraphClient, Page, RequestOptions } from "../client/client.js";

/** What a listed row has at least; `$select` of the rows that are asked for by their identifiers alone. */
interface Row {
  readonly id: string;
}
const NAMES_ONLY = "id,changeKey";
/** Rows asked for at once, ever fewer, to find the one that fails its page. */
const NARROWER = [50, 5, 1];
/** Rows in a row that fail alone before the folder, not they, is taken for failing. */
const FAILING = 3;

export interface Listing {
  readonly query: Readonly<Record<string, string>>;
  /** Rows a page. */
  readonly most: number;
  /** Whether whole rows are asked for at all; where their page failed already, only their names are. */
  readonly whole: boolean;
}

export interface Listed<T> {
  readonly rows: readonly T[];
  /** False: only `id` and `changeKey` are told. */
  readonly whole: boolean;
}

/** Failures of a delta that a plain list may not have: not offered, refused, failing at each attempt, or answered with more than can be held. */
export function isDeltaUnusable(thrown: unknown): boolean {
  return ["GRAPH_NOT_OFFERED", "GRAPH_REFUSED", "GRAPH_MAILBOX_FULL", "GRAPH_PASSING", "GRAPH_OVERSIZED"].includes(asExodusError(thrown).code);
}

/**
 * All rows of a folder without delta. A page that fails for good holds a row that the store cannot tell (microsoft-graph-docs#2913): its rows are named only, which reads
 * nothing of them, and if that fails too, it is asked for in ever smaller parts until the row stands alone and is stepped over.
 * `$skip` counts from the front, and drops a row when one before it goes away (trap 11): each page therefore begins with a row of the one before, else it is stepped back.
 * @throws ExodusError GRAPH_UNLISTED at the end, when rows were stepped over: nothing may be believed gone then.
 */
export async function* folderRows<T extends Row>(client: GraphClient, path: string, request: RequestOptions, { query, most, whole }: Listing): AsyncIterable<Listed<T>> {
  const steps = [...(whole ? [{ most, whole }] : []), ...[most, ...NARROWER].map((rows) => ({ most: rows, whole: false }))];
  let [from, step, narrowUntil, failing, unlisted] = [0, 0, 0, 0, 0];
  let before: ReadonlySet<string> = new Set();
  for (;;) {
    const { most: rows, whole: told } = steps[step] ?? { most: 1, whole: false };
    const $top = rows + 1;
    let page: Page<T>;
    try {
      page = await onePage<T>(client, path, { ...request, query: { ...query, ...(told ? {} : { $select: NAMES_ONLY }), $top, $skip: from } });
    } catch (thrown) {
      if (!isOfARow(thrown)) throw thrown;
      if (step === 0) narrowUntil = from + rows;
      if (step + 1 < steps.length) step += 1;
      else {
        failing += 1;
        unlisted += 1;
        if (failing > FAILING) throw thrown;
        from += before.size > 0 ? 2 : 1;
        before = new Set();
      }
      continue;
    }
    const { value } = page;
    if (before.size > 0 && from > 0 && !before.has(value[0]?.id ?? "")) {
      from = Math.max(0, from - rows);
      continue;
    }
    const fresh = value.filter(({ id }) => !before.has(id));
    yield { rows: fresh, whole: told };
    if (value.length === 0 || (value.length < $top && page.nextLink === undefined)) break;
    failing = 0;
    before = new Set(value.map(({ id }) => id));
    from += value.length - 1;
    if (from >= narrowUntil) step = 0;
  }
  if (unlisted > 0) throw new ExodusError("GRAPH_UNLISTED", { params: { count: unlisted } });
}

function isOfARow(thrown: unknown): boolean {
  return ["GRAPH_PASSING", "GRAPH_REFUSED", "GRAPH_OVERSIZED"].includes(asExodusError(thrown).code);
}

async function onePage<T>(client: GraphClient, path: string, request: RequestOptions): Promise<Page<T>> {
  for await (const page of client.pages<T>(path, request)) return page;
  return { value: [] };
}
