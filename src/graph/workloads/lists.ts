import { itemDigest } from "../../core/digest.js";
import { asExodusError, ExodusError } from "../../core/errors.js";
import type { Change, Loss, Owner } from "../../core/item.js";
import type { Batch, Cursor, Feed, ReadContext, Workload } from "../../core/source.js";
import { ListItemRecord, ListRecord } from "../../format/list.js";
import { cardOf } from "../reading/card.js";
import type { GraphClient, Page, RequestOptions } from "../client/client.js";
import { lastOfEach, resetWhenExpired } from "../reading/delta-round.js";
import { itemTitle } from "../reading/item-title.js";
import { ALL_FIELDS, fieldsAsked, listItemRecord, listRecord, type GraphColumn, type GraphList, type GraphListItem, type GraphListVersion } from "../map/list.js";
import { batchesOf, ordered } from "../reading/ordered.js";
import { siteOfGroup, SITES_PERMISSION } from "../owners.js";
import { itemFailure } from "../reading/read-errors.js";
import { shaped } from "../reading/shaped.js";

export interface ListsOptions {
  /** Older versions of an item to keep, newest first; each item then costs a request. */
  readonly versions?: number;
  readonly pageSize?: number;
  readonly width?: number;
  readonly batchSize?: number;
}

/** Libraries hold files, which the workload `files` reads (list: "template"). */
const LIBRARIES: ReadonlySet<string> = new Set(["documentLibrary", "mySiteDocumentLibrary"]);

/** What the list of feeds already told of one. */
interface Told {
  readonly list: GraphList;
  readonly site: string;
}

interface ListPage {
  readonly page: Page<GraphListItem>;
  /** What was expanded. */
  readonly fields: string;
  /** Pages of a delta, not of a listing. */
  readonly followed: boolean;
}

/** A list at work. */
interface Place {
  readonly owner: Owner;
  readonly list: string;
  /** `/sites/{id}/lists/{id}`. */
  readonly path: string;
  readonly expand: string;
  readonly context: ReadContext;
  readonly request: RequestOptions;
}

/**
 * Lists of sites and groups: one feed a list, followed by its delta (api-reference/v1.0/api/listitem-delta); the list itself, with its columns, is an item too.
 * Left out are hidden lists, which are the service's own, and document libraries. Attachments of items are out of Graph's reach: it tells that there are some
 * (alcionai/corso#5085, microsoftgraph/msgraph-sdk-go#641). Items that wait for approval are told to applications with `Sites.Manage.All` only (listitem-get).
 */
export function createListsWorkload(client: GraphClient, options: ListsOptions = {}): Workload {
  const { versions = 0, pageSize = 200, width = 4, batchSize = 50 } = options;
  const told = new WeakMap<Feed, Told>();
  const wanted = (owner: Owner, signal: AbortSignal): RequestOptions => ({ signal, key: `graph:drive:${owner.id}`, permission: SITES_PERMISSION });

  async function siteOf(owner: Owner, signal: AbortSignal): Promise<string> {
    return owner.kind === "group" ? siteOfGroup(client, owner, signal) : owner.id;
  }

  async function* lists(owner: Owner, signal: AbortSignal): AsyncIterable<Told> {
    const site = await siteOf(owner, signal);
    if (site === "") return;
    for await (const page of client.pages<GraphList>(`/sites/${site}/lists`, wanted(owner, signal))) {
      for (const list of page.value) if (list.list?.hidden !== true && !LIBRARIES.has(list.list?.template ?? "")) yield { list, site };
    }
  }

  async function columnsOf(path: string, request: RequestOptions): Promise<readonly GraphColumn[]> {
    const columns: GraphColumn[] = [];
    for await (const page of client.pages<GraphColumn>(`${path}/columns`, request)) columns.push(...page.value);
    return columns;
  }

  async function readItem(place: Place, row: GraphListItem): Promise<Change> {
    const { owner, list, context } = place;
    const id = itemId(list, row.id);
    if (row.deleted !== undefined && row.deleted !== null) return { kind: "tombstone", id, container: list };
    const named = { id, container: list, title: titleOf(row) };
    try {
      const version = row.eTag ?? "";
      if (version !== "" && (await context.known(id))?.version === version) return { kind: "unchanged", id, container: list };
      const whole = row.fields === undefined || row.fields === null ? await client.get<GraphListItem>(`${place.path}/items/${row.id}`, { ...place.request, query: { $expand: place.expand } }) : row;
      const losses: Loss[] = whole.fields?.["Attachments"] === true ? [{ field: "attachments", change: "dropped", side: "source", reason: "list.attachments" }] : [];
      const record = shaped(ListItemRecord, listItemRecord(whole, await olderVersions(place, row.id, losses)), "listItem");
      return { kind: "item", key: { workload: "lists", owner: owner.id, id }, container: list, version, title: titleOf(whole), record, parts: [], digest: itemDigest(record, undefined, []), losses };
    } catch (thrown) {
      context.signal.throwIfAborted();
      return itemFailure(thrown, named);
    }
  }

  /** Oldest first. The present one is listed first (listitem-list-versions). */
  async function olderVersions({ path, expand, request }: Place, item: string, losses: Loss[]): Promise<readonly GraphListVersion[]> {
    if (versions === 0) return [];
    const listed: GraphListVersion[] = [];
    for await (const page of client.pages<GraphListVersion>(`${path}/items/${item}/versions`, { ...request, query: { $expand: expand } })) listed.push(...page.value);
    if (listed.length > versions + 1) losses.push({ field: "versions", change: "truncated", side: "tool", reason: "list.versions-limit" });
    return listed.slice(1, versions + 1).reverse();
  }

  /** Pages of changes. Where the cloud has no delta of lists, or refuses columns by name, what it has instead is found by trying; a refusal later on is none of that. */
  async function* pagesOf({ path, expand, request }: Place, since: Cursor | undefined): AsyncIterable<ListPage> {
    const bases = since === undefined ? [`${path}/items/delta`, `${path}/items`] : [since];
    const ways = bases.flatMap((base) => [...new Set([expand, ALL_FIELDS])].map((fields) => ({ base, fields, followed: base !== `${path}/items` })));
    for (const [index, { base, fields, followed }] of ways.entries()) {
      let begun = false;
      try {
        for await (const page of client.pages<GraphListItem>(base, { ...request, ...(since === undefined ? { query: { $top: pageSize, $expand: fields } } : {}) })) {
          yield { page, fields, followed };
          begun = true;
        }
        return;
      } catch (thrown) {
        if (begun || since !== undefined || index === ways.length - 1 || asExodusError(thrown).code !== "GRAPH_REFUSED") throw thrown;
      }
    }
  }

  async function* round(owner: Owner, feed: Feed, since: Cursor | undefined, context: ReadContext): AsyncIterable<Batch> {
    const { list, site } = toldOf(feed);
    const [path, request] = [`/sites/${site}/lists/${list.id}`, wanted(owner, context.signal)];
    const columns = await columnsOf(path, request);
    const place: Place = { owner, list: list.id, path, expand: fieldsAsked(columns).expand, context, request };
    let told = false;
    for await (const { page, fields, followed } of pagesOf(place, since)) {
      if (!told) yield { changes: [await listCard(owner, list, columns, fields, context)], done: false };
      told = true;
      for await (const changes of batchesOf(ordered(lastOfEach(page.value), width, (row) => readItem({ ...place, expand: fields }, row)), batchSize)) yield { changes, done: false };
      // A listing leaves no place to go on from: what was listed and is not any more must be missed.
      const next = followed ? ((page.nextLink ?? page.deltaLink) as Cursor | undefined) : undefined;
      yield { changes: [], done: page.nextLink === undefined, ...(next === undefined ? {} : { next }) };
    }
  }

  const toldOf = (feed: Feed): Told => {
    const known = told.get(feed);
    if (known === undefined) throw new ExodusError("INTERNAL", { params: { message: `the feed ${feed.id} is not one that was listed` } });
    return known;
  };

  return {
    name: "lists",
    width: 4,
    async *feeds(owner, signal) {
      for await (const found of lists(owner, signal)) {
        const { id, displayName, name } = found.list;
        const feed: Feed = { id, listing: false, container: { workload: "lists", owner: owner.id, id, name: displayName ?? name ?? id } };
        told.set(feed, found);
        yield feed;
      }
    },
    changes: (owner, feed, since, context) => resetWhenExpired((from) => round(owner, feed, from, context), since),
    async readOne(owner, id, container, context) {
      const request = wanted(owner, context.signal);
      const path = `/sites/${await siteOf(owner, context.signal)}/lists/${container}`;
      try {
        const { expand } = fieldsAsked(await columnsOf(path, request));
        const place: Place = { owner, list: container, path, expand, context, request };
        return await readItem(place, await client.get<GraphListItem>(`${path}/items/${id.slice(container.length + 1)}`, { ...request, query: { $expand: expand } }));
      } catch (thrown) {
        context.signal.throwIfAborted();
        return itemFailure(thrown, { id, container, title: "" });
      }
    },
    async inventory(owner, signal) {
      let containers = 0;
      for await (const _list of lists(owner, signal)) containers += 1;
      return { containers };
    },
  };
}

/** The list itself as an item. */
function listCard(owner: Owner, list: GraphList, columns: readonly GraphColumn[], fields: string, context: ReadContext): Promise<Change> {
  const { unresolved } = fieldsAsked(columns, fields);
  const losses: readonly Loss[] = unresolved.length === 0 ? [] : [{ field: unresolved.join(", "), change: "approximated", side: "source", reason: "list.lookup-values" }];
  const record = shaped(ListRecord, listRecord(list, columns), "list");
  return cardOf({ key: { workload: "lists", owner: owner.id, id: cardId(list.id) }, container: list.id, title: record.displayName, record, losses }, context);
}

/** Numbers of items are those of their list. */
function itemId(list: string, item: string): string {
  return `${list}/${item}`;
}

function cardId(list: string): string {
  return `${list}/card`;
}

function titleOf({ fields, id }: GraphListItem): string {
  const title = fields?.["Title"];
  return itemTitle(typeof title === "string" ? title : undefined, `#${id}`);
}
