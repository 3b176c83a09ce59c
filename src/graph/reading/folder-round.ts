import { asExodusError } from "../../core/errors.js";
import type { Change } from "../../core/item.js";
import type { Batch, Cursor } from "../../core/source.js";
import type { GraphClient, RequestOptions } from "../client/client.js";
import { lastOfEach, resetWhenExpired } from "./delta-round.js";
import { folderRows, isDeltaUnusable } from "./folder-listing.js";
import { batchesOf, ordered } from "./ordered.js";

/** Rows a page where larger pages fail: a smaller one may still be answered (alcionai/corso#5201). */
const SMALL_PAGE = 10;

/** A folder of an Outlook mailbox, and how its rows are read. */
export interface OutlookFolder<T extends { readonly id: string }> {
  readonly client: GraphClient;
  /** Of its items; `/delta` stands below. */
  readonly path: string;
  /** `prefer`: preferences beside those that every request has. */
  readonly request: (prefer: string) => RequestOptions;
  /** Query of the first call of a delta; its links carry it on. */
  readonly select: Readonly<Record<string, string>>;
  /** Order of a list: one to which what arrives is added at the end, where there is one. */
  readonly order: Readonly<Record<string, string>>;
  readonly pageSize: number;
  readonly width: number;
  readonly batchSize: number;
  readonly read: (row: T) => Promise<Change>;
  /** Reads a row of which `id` and `changeKey` alone are told. */
  readonly readNamed: (row: T) => Promise<Change>;
}

/** One round of a folder: by its delta, and where that cannot be used, by a list that is compared (docs/decisions/0010-listing-where-delta-fails.md). */
export function folderRound<T extends { readonly id: string }>(folder: OutlookFolder<T>, since: Cursor | undefined): AsyncIterable<Batch> {
  return resetWhenExpired((from) => deltaRound(folder, from, folder.pageSize), since);
}

async function* deltaRound<T extends { readonly id: string }>(folder: OutlookFolder<T>, since: Cursor | undefined, size: number): AsyncIterable<Batch> {
  const request = { ...folder.request(`, odata.maxpagesize=${size}`), ...(since === undefined ? { query: folder.select } : {}) };
  let reached = since;
  try {
    for await (const page of folder.client.pages<T>(since ?? `${folder.path}/delta`, request)) {
      yield* stored(folder, page.value, folder.read);
      const next = (page.nextLink ?? page.deltaLink) as Cursor | undefined;
      yield { changes: [], done: page.deltaLink !== undefined, ...(next === undefined ? {} : { next }) };
      reached = next;
    }
  } catch (thrown) {
    if (!isDeltaUnusable(thrown)) throw thrown;
    const { code } = asExodusError(thrown);
    if ((code === "GRAPH_PASSING" || code === "GRAPH_OVERSIZED") && size > SMALL_PAGE) yield* deltaRound(folder, reached, SMALL_PAGE);
    else yield* listing(folder, code === "GRAPH_NOT_OFFERED" || code === "GRAPH_MAILBOX_FULL");
  }
}

/** A full list, which leaves no cursor, so that the next round asks for a delta again. `whole`: no row failed so far. */
async function* listing<T extends { readonly id: string }>(folder: OutlookFolder<T>, whole: boolean): AsyncIterable<Batch> {
  const list = folderRows<T>(folder.client, folder.path, folder.request(""), { query: { ...folder.order, ...folder.select }, most: folder.pageSize, whole });
  let begun = false;
  for await (const { rows, whole: told } of list) {
    // Not before there is a list: a cursor is not given up for a service that is down.
    if (!begun) yield { changes: [{ kind: "reset" }], done: false };
    begun = true;
    yield* stored(folder, rows, told ? folder.read : folder.readNamed);
  }
  yield { changes: [], done: true };
}

async function* stored<T extends { readonly id: string }>({ width, batchSize }: OutlookFolder<T>, rows: readonly T[], read: (row: T) => Promise<Change>): AsyncIterable<Batch> {
  for await (const changes of batchesOf(ordered(lastOfEach(rows), width, read), batchSize)) yield { changes, done: false };
}
