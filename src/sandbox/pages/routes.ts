import { GraphRefusal, type Answer } from "../answers.js";
import { collection, context, refuseOptions, select, type Call, type Route } from "../odata.js";
import { personJson } from "../people.js";
import { siteIdOf, siteOf, siteUrl } from "../sites.js";
import { guid, type OwnerFile, type TenantStore } from "../tenant/store.js";
import { PageStore, type SitePage, type Told } from "./page-store.js";

/** Application permission of every page's table (basesitepage-list, sitepage-list, sitepage-get, webpart-list). */
const ROLE = "Sites.Read.All";
const CREATED = "2024-01-01T00:00:00Z";
/** The kind that a path is cast to. */
const KIND = "microsoft.graph.sitePage";

/** Pages of sites: listed, read, and their web parts. A group's are those of its site. There is no delta. */
export function pageRoutes(tenant: TenantStore): Route[] {
  const store = new PageStore(tenant);
  const get = (pattern: string, handle: (call: Call, owner: OwnerFile) => Promise<Answer>): Route => ({
    method: "GET", pattern, role: ROLE,
    handle: (call) => {
      refuseOptions(call, ["$search", "$filter", "$orderby"], "notSupported");
      return handle(call, siteOf(tenant, call.params["site"] ?? ""));
    },
  });
  const all = async (call: Call, owner: OwnerFile): Promise<Answer> => {
    refuseOptions(call, ["$expand"], "notSupported");
    return collection(call, "pages", await store.pages(owner), 100, (page) => select(pageJson(tenant, owner, page), call.query));
  };
  const entity = async (call: Call, owner: OwnerFile, more: (page: SitePage) => Told): Promise<Answer> => {
    const page = await store.page(owner, call.params["page"] ?? "");
    return { json: { "@odata.context": context(call, "pages/$entity"), ...select(pageJson(tenant, owner, page), call.query), ...more(page) } };
  };
  const at = "/sites/:site/pages";
  return [
    get(at, all),
    get(`${at}/${KIND}`, all),
    get(`${at}/:page`, (call, owner) => entity(call, owner, () => {
      const wanted = call.query.get("$expand");
      if (wanted !== null) throw new GraphRefusal(400, "invalidRequest", `Could not find a property named '${wanted}' on type 'oneDrive.baseSitePage'.`);
      return {};
    })),
    get(`${at}/:page/${KIND}`, (call, owner) => entity(call, owner, (page) => expanded(page, call.query.get("$expand")))),
    get(`${at}/:page/${KIND}/webParts`, async (call, owner) => collection(call, "webParts", webParts(await store.page(owner, call.params["page"] ?? "")), 100, (part) => part)),
  ];
}

/** Graph `sitePage` (api-reference/v1.0/resources/sitepage). */
function pageJson(tenant: TenantStore, owner: OwnerFile, { id, name, card, modified, mark }: SitePage): object {
  const { canvasLayout: _canvas, createdBy, lastModifiedBy, publishingState, ...told } = card;
  const state = (publishingState ?? { level: "published", versionId: "1.0" }) as Told;
  const etag = `"{${id.toUpperCase()}},${String(Number.parseInt(mark.slice(0, 6), 16))}"`;
  return {
    "@odata.type": `#${KIND}`, "@odata.etag": etag, eTag: etag, id, name, title: name.replace(/\.aspx$/, ""), createdDateTime: CREATED, webUrl: `${siteUrl(tenant, owner)}/SitePages/${encodeURIComponent(name)}`,
    pageLayout: "article", promotionKind: "page", showComments: true, showRecommendedPages: false, reactions: {},
    contentType: { id: "0x0101009D1CB255DA76424F860D91F20E6C4118", name: "Site Page" }, parentReference: { siteId: siteIdOf(owner) },
    ...told, lastModifiedDateTime: modified, createdBy: personJson(tenant, createdBy), lastModifiedBy: personJson(tenant, lastModifiedBy ?? createdBy),
    publishingState: { ...state, ...(state["checkedOutBy"] === undefined ? {} : { checkedOutBy: personJson(tenant, state["checkedOutBy"]) }) },
  };
}

/** @throws GraphRefusal 400 for what a page does not lead to. */
function expanded(page: SitePage, wanted: string | null): Told {
  if (wanted === null) return {};
  if (wanted === "webParts") return { webParts: webParts(page) };
  if (wanted !== "canvasLayout") throw new GraphRefusal(400, "invalidRequest", `Could not find a property named '${wanted}' on type 'oneDrive.sitePage'.`);
  return { canvasLayout: canvasOf(page) };
}

interface Sections {
  readonly horizontalSections?: readonly { readonly columns?: readonly { readonly webparts?: readonly Told[] }[] }[];
  readonly verticalSection?: { readonly webparts?: readonly Told[] };
}

/** Sections, columns and web parts that a file leaves nameless have a number, and a web part the kind that its properties tell. */
function canvasOf({ id, card }: SitePage): Told {
  const canvas = (card["canvasLayout"] ?? {}) as Sections;
  const parts = (place: string, told: readonly Told[] | undefined): readonly Told[] => (told ?? []).map((part, index) => ({
    "@odata.type": `#microsoft.graph.${part["innerHtml"] === undefined ? "standard" : "text"}WebPart`, id: guid(`part ${id} ${place} ${String(index)}`), ...part,
  }));
  const numbered = (index: number): Told => ({ id: String(index + 1) });
  const { horizontalSections = [], verticalSection } = canvas;
  return {
    id: "1", horizontalSections: horizontalSections.map((section, row) => ({
      ...numbered(row), layout: "oneColumn", emphasis: "none", ...section,
      columns: (section.columns ?? []).map((column, index) => ({ ...numbered(index), width: 12, ...column, webparts: parts(`${String(row)}.${String(index)}`, column.webparts) })),
    })),
    ...(verticalSection === undefined ? {} : { verticalSection: { id: "1", emphasis: "none", ...verticalSection, webparts: parts("v", verticalSection.webparts) } }),
  };
}

/** "Sort by the order in which they appear on the page" (webpart-list). */
function webParts(page: SitePage): readonly Told[] {
  const { horizontalSections = [], verticalSection } = canvasOf(page) as Sections;
  return [...horizontalSections.flatMap(({ columns = [] }) => columns.flatMap(({ webparts = [] }) => webparts)), ...(verticalSection?.webparts ?? [])];
}
