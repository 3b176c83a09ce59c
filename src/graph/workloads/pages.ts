import { itemDigest } from "../../core/digest.js";
import { asExodusError } from "../../core/errors.js";
import type { Change, Container, Loss, Owner } from "../../core/item.js";
import type { Batch, Feed, Inventory, ReadContext, Workload } from "../../core/source.js";
import { SitePageRecord } from "../../format/page.js";
import type { GraphClient, RequestOptions } from "../client/client.js";
import { pageHtml } from "../map/page-html.js";
import { pageTitle, pageVersion, sectionsOf, sitePageRecord, type GraphSitePage } from "../map/site-page.js";
import { siteOfGroup, SITES_PERMISSION } from "../owners.js";
import { batchesOf, ordered } from "../reading/ordered.js";
import { itemFailure } from "../reading/read-errors.js";
import { shaped } from "../reading/shaped.js";
import { textBytes } from "../reading/text-bytes.js";

export interface PagesOptions {
  readonly pageSize?: number;
  readonly width?: number;
  readonly batchSize?: number;
}

/** A site has one library of pages. */
const CONTAINER = "pages";
/** A list tells the kind it is asked for; there is no other in v1.0 (api-reference/v1.0/api/basesitepage-list, "available subtypes"). */
const KIND = "microsoft.graph.sitePage";
/** Attempts at what some pages never answer to. */
const ATTEMPTS = 3;
/** Answers of a service that is there, and cannot tell what a page consists of. */
const UNTOLD: ReadonlySet<string> = new Set(["GRAPH_PASSING", "GRAPH_REFUSED", "GRAPH_NOT_OFFERED"]);

/**
 * Pages and news posts of sites and groups (api-reference/v1.0/api/sitepage-list, sitepage-get). There is no delta: pages are listed, a hundred a request, and
 * one that looks different is read, a request each. Their texts come as web parts; pictures and files in them are in the site's libraries, which the workload
 * `files` reads. Of comments and likes Graph tells the numbers, of versions nothing (resources/sitepage, "Properties" and "Relationships").
 */
export function createPagesWorkload(client: GraphClient, options: PagesOptions = {}): Workload {
  const { pageSize = 100, width = 4, batchSize = 20 } = options;
  const found = new WeakMap<Feed, string>();
  const wanted = (owner: Owner, signal: AbortSignal): RequestOptions => ({ signal, key: `graph:drive:${owner.id}`, permission: SITES_PERMISSION });

  /** `/sites/{id}/pages`; undefined for a group without site. */
  async function pagesOf(owner: Owner, signal: AbortSignal): Promise<string | undefined> {
    const site = owner.kind === "group" ? await siteOfGroup(client, owner, signal) : owner.id;
    return site === "" ? undefined : `/sites/${site}/pages`;
  }

  async function* listed(owner: Owner, pages: string, signal: AbortSignal, more: Readonly<Record<string, string>> = {}): AsyncIterable<readonly GraphSitePage[]> {
    for await (const page of client.pages<GraphSitePage>(`${pages}/${KIND}`, { ...wanted(owner, signal), query: { $top: pageSize, ...more } })) yield page.value;
  }

  /**
   * The page with what it consists of, which the service cannot tell of some pages at any attempt: "generalException" (SharePoint/sp-dev-docs#9465, #9637).
   * Such a page is kept without, and asked for again by each round.
   */
  async function wholePage(owner: Owner, path: string, signal: AbortSignal): Promise<{ readonly page: GraphSitePage; readonly told: boolean }> {
    try {
      return { page: await client.get<GraphSitePage>(path, { ...wanted(owner, signal), attempts: ATTEMPTS, query: { $expand: "canvasLayout" } }), told: true };
    } catch (thrown) {
      if (signal.aborted || !UNTOLD.has(asExodusError(thrown).code)) throw thrown;
      return { page: await client.get<GraphSitePage>(path, wanted(owner, signal)), told: false };
    }
  }

  async function readPage(owner: Owner, pages: string, row: GraphSitePage, context: ReadContext): Promise<Change> {
    const { id } = row;
    const version = pageVersion(row);
    try {
      if (version !== "" && (await context.known(id))?.version === version) return { kind: "unchanged", id, container: CONTAINER };
      const { page, told } = await wholePage(owner, `${pages}/${encodeURIComponent(id)}/${KIND}`, context.signal);
      // The list may tell less than the page itself.
      const record = shaped(SitePageRecord, sitePageRecord({ ...row, ...page }, told ? sectionsOf(page.canvasLayout) : undefined), "sitePage");
      const body = told ? await context.blobs.write(textBytes(pageHtml(record)), ".html") : undefined;
      const losses = lossesOf(record);
      const bytes = body === undefined ? {} : { body };
      return { kind: "item", key: { workload: "pages", owner: owner.id, id }, container: CONTAINER, version: told ? version : "", title: record.title, record, ...bytes, parts: [], digest: itemDigest(record, body, []), losses };
    } catch (thrown) {
      context.signal.throwIfAborted();
      return itemFailure(thrown, { id, container: CONTAINER, title: pageTitle(row) });
    }
  }

  async function* round(owner: Owner, feed: Feed, context: ReadContext): AsyncIterable<Batch> {
    const pages = found.get(feed) ?? (await pagesOf(owner, context.signal));
    if (pages !== undefined) {
      for await (const rows of listed(owner, pages, context.signal)) {
        for await (const changes of batchesOf(ordered(rows, width, (row) => readPage(owner, pages, row, context)), batchSize)) yield { changes, done: false };
      }
    }
    yield { changes: [], done: true };
  }

  return {
    name: "pages",
    async *feeds(owner, signal) {
      const pages = await pagesOf(owner, signal);
      if (pages === undefined) return;
      const container: Container = { workload: "pages", owner: owner.id, id: CONTAINER, name: "Pages" };
      const feed: Feed = { id: CONTAINER, container, listing: true };
      found.set(feed, pages);
      yield feed;
    },
    changes: (owner, feed, _since, context) => round(owner, feed, context),
    async readOne(owner, id, container, context) {
      try {
        const pages = await pagesOf(owner, context.signal);
        if (pages === undefined) return { kind: "tombstone", id, container };
        return await readPage(owner, pages, await client.get<GraphSitePage>(`${pages}/${encodeURIComponent(id)}/${KIND}`, wanted(owner, context.signal)), context);
      } catch (thrown) {
        context.signal.throwIfAborted();
        return itemFailure(thrown, { id, container, title: "" });
      }
    },
    async inventory(owner, signal): Promise<Inventory> {
      const pages = await pagesOf(owner, signal);
      if (pages === undefined) return { containers: 0, items: 0 };
      let items = 0;
      for await (const rows of listed(owner, pages, signal, { $select: "id" })) items += rows.length;
      return { containers: 1, items };
    },
  };
}

function lossesOf({ sections, comments }: SitePageRecord): readonly Loss[] {
  const losses: Loss[] = [];
  if (sections === undefined) losses.push({ field: "sections", change: "dropped", side: "source", reason: "pages.content-untold" });
  if (comments > 0) losses.push({ field: "comments", change: "dropped", side: "source", reason: "pages.comments-untold" });
  return losses;
}
