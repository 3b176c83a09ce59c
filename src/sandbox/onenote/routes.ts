import { lookup } from "mime-types";
import { bytesAnswer, fileAnswer, GraphRefusal, type Answer } from "../answers.js";
import { groupOf, userOf } from "../directory.js";
import { collection, context, refuseOptions, select, type Call, type Route } from "../odata.js";
import { siteOf } from "../sites.js";
import type { OwnerFile, TenantStore } from "../tenant/store.js";
import { missing, OnenoteStore, type Json, type Page, type Part } from "./onenote-store.js";

const ROLE = "Notes.Read.All";
/** GET pages: "up to a maximum of 100. The default value is 20" (concepts/onenote-get-content). */
const PAGES = 20;
const MOST = 100;
const MADE = "2024-01-01T00:00:00Z";

/**
 * OneNote of users, groups and sites. Applications are refused with the service's own words (message center MC1011142; msgraph-sdk-dotnet issue 2939),
 * whatever the permission tables of the pages say. Whoever is signed in is served every notebook, as if all were shared with them.
 */
export function onenoteRoutes(tenant: TenantStore): Route[] {
  const store = new OnenoteStore(tenant);
  const homes: readonly (readonly [string, (call: Call) => OwnerFile])[] = [
    ["/users/:user", (call) => userOf(tenant, call.params["user"] ?? "")], ["/groups/:group", (call) => groupOf(tenant, call.params["group"] ?? "")], ["/sites/:site", (call) => siteOf(tenant, call.params["site"] ?? "")],
  ];
  return homes.flatMap(([home, owner]) => ownedRoutes(store, `${home}/onenote`, owner));
}

function ownedRoutes(store: OnenoteStore, home: string, ownerOf: (call: Call) => OwnerFile): Route[] {
  const get = (path: string, handle: (call: Call, owner: OwnerFile) => Promise<Answer>): Route => ({
    method: "GET", pattern: `${home}/${path}`, role: ROLE,
    handle: async (call) => {
      if (call.user === undefined) throw new GraphRefusal(401, "40001", APPLICATIONS);
      refuseOptions(call, ["$search", "$filter"], "20101");
      return handle(call, ownerOf(call));
    },
  });
  const baseOf = (call: Call): string => `${call.root}/v1.0${/^.*?\/onenote/.exec(call.path)?.[0] ?? ""}`;
  const parts = (kind: Part["kind"], within?: string) => async (call: Call, owner: OwnerFile): Promise<Answer> => {
    const all = (await store.parts(owner)).filter((part) => part.kind === kind && (within === undefined || part.parents.at(-1)?.id === call.params[within]));
    return collection(call, `${kind}s`, all, MOST, (part) => select(partJson(part, baseOf(call)), call.query));
  };
  const part = (kind: Part["kind"], key: string) => async (call: Call, owner: OwnerFile): Promise<Answer> =>
    entity(call, `${kind}s`, partJson(await partOf(store, owner, kind, call.params[key]), baseOf(call)));
  const page = async (call: Call, owner: OwnerFile): Promise<Page> => {
    const found = (await store.allPages(owner)).find(({ id }) => id === call.params["page"]);
    if (found === undefined) throw missing();
    return found;
  };
  const content = async (call: Call, owner: OwnerFile): Promise<Answer> => bytesAnswer(Buffer.from(await store.content(owner, await page(call, owner), baseOf(call))), "text/html; charset=utf-8");
  const bytes = async (call: Call, owner: OwnerFile): Promise<Answer> => {
    const { file, name } = await store.resource(owner, call.params["resource"] ?? "");
    return fileAnswer(file, { "content-type": lookup(name) || "application/octet-stream" });
  };
  return [
    get("notebooks", parts("notebook")), get("notebooks/:notebook", part("notebook", "notebook")), get("notebooks/:notebook/sections", parts("section", "notebook")), get("notebooks/:notebook/sectionGroups", parts("sectionGroup", "notebook")),
    get("sectionGroups", parts("sectionGroup")), get("sectionGroups/:sectionGroup", part("sectionGroup", "sectionGroup")), get("sectionGroups/:sectionGroup/sections", parts("section", "sectionGroup")), get("sectionGroups/:sectionGroup/sectionGroups", parts("sectionGroup", "sectionGroup")),
    get("sections", parts("section")), get("sections/:section", part("section", "section")),
    get("sections/:section/pages", async (call, owner) => {
      const section = await partOf(store, owner, "section", call.params["section"]);
      return pageList(call, await store.pages(owner, section), (one) => pageJson(one, baseOf(call), call.query.get("pagelevel") === "true"));
    }),
    get("pages", async (call, owner) => pageList(call, await store.allPages(owner), (one) => pageJson(one, baseOf(call), false))),
    get("pages/:page", async (call, owner) => entity(call, "pages", pageJson(await page(call, owner), baseOf(call), call.query.get("pagelevel") === "true"))),
    get("pages/:page/content", content), get("pages/:page/$value", content),
    get("resources/:resource/content", bytes), get("resources/:resource/$value", bytes),
  ];
}

const APPLICATIONS = "The request does not contain a valid authentication token. Detailed error information: To improve the security of our customers' data, this API will no longer support app-only tokens starting from March 31st 2025. Customers may still call these APIs using delegated (app+user) tokens. Please refer to this link: https://learn.microsoft.com/en-us/graph/auth-v2-user";

async function partOf(store: OnenoteStore, owner: OwnerFile, kind: Part["kind"], id: string | undefined): Promise<Part> {
  const found = (await store.parts(owner)).find((part) => part.kind === kind && part.id === id);
  if (found === undefined) throw missing();
  return found;
}

/** A list that was given a `$top` has no link to go on ("GET requests for pages that retrieve the default number of entries … return an @odata.nextLink", concepts/onenote-get-content). */
async function pageList(call: Call, pages: readonly Page[], json: (page: Page) => Json): Promise<Answer> {
  const top = Number(call.query.get("$top") ?? PAGES);
  if (!Number.isInteger(top) || top < 1 || top > MOST) throw new GraphRefusal(400, "20112", "The value of $top must be between 1 and 100.");
  const order = /^(\w+)(?: (asc|desc))?$/.exec(call.query.get("$orderby") ?? "lastModifiedDateTime desc");
  const [, name = "", direction] = order ?? [];
  const sorted = pages.map(json).sort((a, b) => (String(a[name]) < String(b[name]) ? -1 : Number(String(a[name]) > String(b[name]))) * (direction === "desc" ? -1 : 1));
  const answer = await collection({ ...call, prefer: new Map([["odata.maxpagesize", String(top)]]) }, "pages", sorted, top, (one) => select(one, call.query));
  if (!call.query.has("$top") || !("json" in answer)) return answer;
  const { "@odata.nextLink": _link, ...rest } = answer.json as Json;
  return { ...answer, json: rest };
}

function partJson({ kind, id, name, card, parents }: Part, base: string): Json {
  const self = `${base}/${kind}s/${id}`;
  const [notebook, above] = [parents[0], parents.at(-1)];
  const told = (parent: Part | undefined): Json | null => (parent === undefined ? null : { id: parent.id, displayName: parent.name, self: `${base}/${parent.kind}s/${parent.id}` });
  const person = { user: { id: null, displayName: "" }, application: null, device: null };
  const links = { oneNoteClientUrl: { href: `onenote:https://sandbox.invalid/${id}` }, oneNoteWebUrl: { href: `https://sandbox.invalid/${id}` } };
  const { id: _id, displayName, ...given } = card;
  const common = { id, self, createdDateTime: MADE, displayName: displayName ?? name, createdBy: person, lastModifiedBy: person, lastModifiedDateTime: MADE };
  if (kind === "notebook") return { ...common, isDefault: false, userRole: "Owner", isShared: false, sectionsUrl: `${self}/sections`, sectionGroupsUrl: `${self}/sectionGroups`, links, ...given };
  const up = { parentNotebook: told(notebook), parentSectionGroup: told(above?.kind === "sectionGroup" ? above : undefined) };
  if (kind === "sectionGroup") return { ...common, sectionsUrl: `${self}/sections`, sectionGroupsUrl: `${self}/sectionGroups`, ...given, ...up };
  return { ...common, isDefault: false, pagesUrl: `${self}/pages`, links, ...given, ...up };
}

function pageJson({ id, card, modified, section, file }: Page, base: string, levels: boolean): Json {
  const { id: _id, level, order, title, ...given } = card;
  const self = `${base}/pages/${id}`;
  return {
    id, self, createdDateTime: MADE, title: title ?? /([^/\\]+)\.html$/.exec(file)?.[1] ?? "", createdByAppId: "", contentUrl: `${self}/content`, userTags: [],
    links: { oneNoteClientUrl: { href: `onenote:https://sandbox.invalid/${id}` }, oneNoteWebUrl: { href: `https://sandbox.invalid/${id}` } }, ...given, lastModifiedDateTime: modified,
    ...(levels ? { level: level ?? 0, order: order ?? 0 } : {}), parentSection: { id: section.id, displayName: section.name, self: `${base}/sections/${section.id}` },
  };
}

function entity(call: Call, kind: string, json: Json): Answer {
  return { json: { "@odata.context": context(call, `${kind}/$entity`), ...select(json, call.query) } };
}
