import { describe, expect, it } from "@jest/globals";
import { ExodusError } from "../../../src/core/errors.js";
import type { Change, Owner } from "../../../src/core/item.js";
import type { Batch, Feed } from "../../../src/core/source.js";
import type { SitePageRecord } from "../../../src/format/page.js";
import { pageHtml } from "../../../src/graph/map/page-html.js";
import { pageVersion, sectionsOf, sitePageRecord } from "../../../src/graph/map/site-page.js";
import { createPagesWorkload } from "../../../src/graph/workloads/pages.js";
import { FakeContext, fakeClient, page, type Answer } from "../graph-calendar/fake-client.js";

const SITE: Owner = { id: "s1", name: "x.example/sites/eau", kind: "site", displayName: "Eau" };
const LIST = "/sites/s1/pages/microsoft.graph.sitePage";
const at = (id: string): string => `/sites/s1/pages/${id}/microsoft.graph.sitePage`;
const row = (id: string, more: object = {}) => ({ id, eTag: `"{${id}},1"`, name: `${id}.aspx`, title: `Page ${id}`, lastModifiedDateTime: "2026-01-05T09:00:00Z", reactions: {}, ...more });
const CANVAS = {
  horizontalSections: [{ layout: "oneColumn", columns: [{ width: 12, webparts: [{ "@odata.type": "#oneDrive.textWebPart", id: "t", innerHtml: "<p>Bonjour <script>1</script></p>" }, {
    "@odata.type": "#microsoft.graph.standardWebPart", id: "l", webPartType: "c703", data: {
      title: "Liens", "@odata.x": 1, properties: { "items@odata.type": "y", items: [1] },
      serverProcessedContent: { htmlStrings: [{ key: "h", value: "<b>gras</b>" }], searchablePlainTexts: [{ key: "a", value: "Voir < ici" }], links: [{ key: "u", value: "/sites/eau/x" }, { key: "v", value: "javascript:alert(1)" }], imageSources: [{ key: "i", value: 7 }] },
    },
  }] }] }],
  verticalSection: { emphasis: "soft", webparts: [{ id: "v", innerHtml: "<p>À côté</p>" }] },
};
const fails = (code: "GRAPH_PASSING" | "GRAPH_CONSENT"): never => { throw new ExodusError(code, { params: {} }); };

async function read(routes: Readonly<Record<string, Answer>>, context = new FakeContext(), owner = SITE) {
  const client = fakeClient(routes);
  const workload = createPagesWorkload(client);
  const feeds: Feed[] = [];
  for await (const feed of workload.feeds(owner, new AbortController().signal)) feeds.push(feed);
  const batches: Batch[] = [];
  if (feeds[0] !== undefined) for await (const batch of workload.changes(owner, feeds[0], undefined, context)) batches.push(batch);
  const changes = batches.flatMap((batch) => batch.changes);
  context.keep(changes);
  return { client, workload, feeds, batches, changes };
}

const item = (changes: readonly Change[], id: string) => changes.find((change) => change.kind === "item" && change.key.id === id) as Extract<Change, { kind: "item" }> | undefined;

describe("pages of a site", () => {
  it("are listed, those of a group at its site, and read one by one with their sections; a list is whole, so that what it does not name is gone", async () => {
    const expand: unknown[] = [];
    const context = new FakeContext();
    const { changes, feeds, batches } = await read({ [LIST]: () => [page(row("a")), page(row("b", { promotionKind: "newsPost" }))], [at("a")]: ({ query }) => { expand.push(query?.["$expand"]); return { ...row("a"), canvasLayout: CANVAS }; }, [at("b")]: () => row("b", { promotionKind: "newsPost" }) }, context);
    expect([feeds.map(({ id, listing }) => [id, listing]), expand, batches.at(-1)]).toEqual([[["pages", true]], ["canvasLayout"], { changes: [], done: true }]);
    expect(item(changes, "a")).toMatchObject({ container: "pages", title: "Page a", losses: [], body: { extension: ".html" }, record: { kind: "page", name: "a.aspx" } });
    expect((item(changes, "b")?.record as SitePageRecord).kind).toBe("news");
    const group = { ...SITE, id: "g", kind: "group" as const };
    expect((await read({ "/groups/g/sites/root": () => ({ id: "s1" }), [LIST]: () => [page(row("a"))], [at("a")]: () => row("a") }, new FakeContext(), group)).changes).toHaveLength(1);
    expect((await read({}, new FakeContext(), group)).feeds).toEqual([]);
  });

  it("are not read again until their ETag, dates, state, comments or likes are others", async () => {
    const context = new FakeContext();
    let told = row("a");
    let reads = 0;
    const routes = { [LIST]: () => [page(told)], [at("a")]: () => { reads += 1; return told; } };
    await read(routes, context);
    expect((await read(routes, context)).changes).toEqual([{ kind: "unchanged", id: "a", container: "pages" }]);
    for (const more of [{ eTag: '"{a},2"' }, { publishingState: { level: "draft", versionId: "1.1" } }, { reactions: { commentCount: 1 } }, { reactions: { likeCount: 1 } }]) {
      told = row("a", more);
      await read(routes, context);
    }
    expect(reads).toBe(5);
    expect(pageVersion({ id: "a" })).toBe("");
  });

  it("whose sections the service cannot tell are kept without them, say so, and are asked for by each round", async () => {
    const context = new FakeContext();
    const broken: Answer = ({ query }) => (query?.["$expand"] === undefined ? row("a", { reactions: { commentCount: 3 } }) : fails("GRAPH_PASSING"));
    const { changes } = await read({ [LIST]: () => [page(row("a"))], [at("a")]: broken }, context);
    expect(item(changes, "a")).toMatchObject({ version: "", losses: [{ reason: "pages.content-untold" }, { reason: "pages.comments-untold" }] });
    expect([item(changes, "a")?.body, (item(changes, "a")?.record as SitePageRecord).sections]).toEqual([undefined, undefined]);
    const second = await read({ [LIST]: () => [page(row("a"))], [at("a")]: () => ({ ...row("a"), canvasLayout: CANVAS }) }, context);
    expect(item(second.changes, "a")).toMatchObject({ losses: [], body: { extension: ".html" } });
  });

  it("that fail altogether fail alone, and are read again by their id; a refusal of all is thrown", async () => {
    const { changes, workload } = await read({ [LIST]: () => [page(row("a"), row("b"))], [at("a")]: () => fails("GRAPH_PASSING"), [at("b")]: () => row("b") });
    expect(changes.map((change) => [change.kind, "key" in change ? change.key.id : change.kind === "unreadable" ? change.title : ""])).toEqual([["unreadable", "Page a"], ["item", "b"]]);
    expect(await workload.readOne(SITE, "b", "pages", new FakeContext())).toMatchObject({ kind: "item", title: "Page b" });
    expect(await workload.readOne(SITE, "c", "pages", new FakeContext())).toEqual({ kind: "tombstone", id: "c", container: "pages" });
    await expect(read({ [LIST]: () => [page(row("a"))], [at("a")]: () => fails("GRAPH_CONSENT") })).rejects.toMatchObject({ code: "GRAPH_CONSENT" });
  });

  it("are counted by the list alone", async () => {
    const { workload } = await read({ [LIST]: () => [page(row("a")), page(row("b"))], [at("a")]: () => row("a"), [at("b")]: () => row("b") });
    expect(await workload.inventory(SITE, new AbortController().signal)).toEqual({ containers: 1, items: 2 });
  });
});

describe("the record of a page", () => {
  it("holds sections, columns and parts, without the protocol's annotations", () => {
    expect(sectionsOf(CANVAS)).toEqual([
      { layout: "oneColumn", emphasis: undefined, vertical: false, columns: [{ width: 12, parts: [
        { id: "t", kind: "text", html: "<p>Bonjour <script>1</script></p>" },
        { id: "l", kind: "other", program: "c703", title: "Liens", description: undefined, within: undefined, data: { title: "Liens", properties: { items: [1] }, serverProcessedContent: CANVAS.horizontalSections[0]?.columns[0]?.webparts[1]?.data?.serverProcessedContent } },
      ] }] },
      { emphasis: "soft", vertical: true, columns: [{ parts: [{ id: "v", kind: "text", html: "<p>À côté</p>" }] }] },
    ]);
    expect(sectionsOf(null)).toEqual([]);
  });

  it("names a page by its file where it has no title, keeps words that it does not know, and people with their addresses", () => {
    const record = sitePageRecord({ id: "x", name: "x.aspx", title: "", promotionKind: "microsoftReserved", createdBy: { user: { displayName: "Zoé", email: "zoe@x.example" } as object }, publishingState: { level: "checkout", checkedOutBy: { user: { displayName: "Luc" } } } }, undefined);
    expect(record).toMatchObject({ title: "x.aspx", kind: "microsoftReserved", createdBy: { name: "Zoé", address: "zoe@x.example" }, publishing: { level: "checkout", checkedOutBy: { name: "Luc" } }, comments: 0, likes: 0 });
  });

  it("reads as one document that runs nothing: texts as they are, the rest as titles, texts and web addresses", () => {
    const html = pageHtml(sitePageRecord({ id: "x", title: "Été <1>", webUrl: "https://x.example/sites/eau/SitePages/x.aspx" }, sectionsOf(CANVAS)));
    expect(html.indexOf("Content-Security-Policy")).toBeLessThan(html.indexOf("<script>"));
    for (const part of ["<h1>Été &#60;1&#62;</h1>", "default-src 'none'", "<h2>Liens</h2>", "<div><b>gras</b></div>", "<p>Voir &#60; ici</p>", '<a href="https://x.example/sites/eau/x">/sites/eau/x</a>', "<aside>"]) expect(html).toContain(part);
    expect(html).not.toContain('href="javascript');
    expect(html).toContain("<p>javascript:alert(1)</p>");
  });
});
