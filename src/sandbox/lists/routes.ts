import type { Answer } from "../answers.js";
import { changePage, deltaState } from "../changes.js";
import { groupOf } from "../directory.js";
import { driveName, drivesOf } from "../drive/item.js";
import { collection, context, link, pageSize, refuseOptions, select, type Call, type Route } from "../odata.js";
import { personJson } from "../people.js";
import { siteIdOf, siteOf, siteUrl } from "../sites.js";
import type { Entry } from "../tenant/entry.js";
import { guid, type OwnerFile, type TenantStore } from "../tenant/store.js";
import { columnsOf, contentType, etag, fieldsJson, wantedFields } from "./fields.js";
import { itemId, ListStore, type SiteList, type Told } from "./list-store.js";

const ROLE = "Sites.Read.All";
const CREATED = "2024-01-01T00:00:00Z";

/** Lists of sites with columns, items, changes and versions. A group's are those of its site. */
export function listRoutes(tenant: TenantStore): Route[] {
  const store = new ListStore(tenant);
  const get = (pattern: string, handle: (call: Call, owner: OwnerFile) => Promise<Answer>): Route => ({
    method: "GET", pattern, role: ROLE,
    handle: (call) => {
      refuseOptions(call, ["$search", "$filter", "$orderby"], "notSupported");
      return handle(call, call.params["group"] === undefined ? siteOf(tenant, call.params["site"] ?? "") : groupOf(tenant, call.params["group"]));
    },
  });
  const list = (call: Call, owner: OwnerFile): Promise<SiteList> => store.list(owner, call.params["list"] ?? "");
  const at = "/sites/:site/lists/:list";
  return [
    get("/sites/:site/lists", async (call, owner) => collection(call, "lists", [...libraries(tenant, owner), ...(await store.lists(owner)).map((one) => listJson(tenant, owner, one))], 100, (one) => select(one, call.query))),
    get(at, async (call, owner) => ({ json: { "@odata.context": context(call, "lists/$entity"), ...select(listJson(tenant, owner, await list(call, owner)), call.query) } })),
    get(`${at}/columns`, async (call, owner) => collection(call, "columns", columnsOf(await list(call, owner)).filter(({ hidden }) => hidden !== true), 100, (column) => select(column, call.query))),
    get(`${at}/items`, async (call, owner) => {
      const of = await list(call, owner);
      return collection(call, "items", store.items(of), 200, (entry) => shown(store, call, owner, of, entry));
    }),
    get(`${at}/items/delta`, async (call, owner) => delta(store, call, owner, await list(call, owner))),
    get(`${at}/items/:item`, async (call, owner) => {
      const of = await list(call, owner);
      return { json: { "@odata.context": context(call, "items/$entity"), ...itemJson(tenant, call, owner, of, await store.item(of, call.params["item"] ?? "")) } };
    }),
    get(`${at}/items/:item/versions`, async (call, owner) => {
      const of = await list(call, owner);
      return collection(call, "versions", versionsOf(of, await store.item(of, call.params["item"] ?? ""), tenant, call), 100, (version) => version);
    }),
  ];
}

/** Document libraries are lists too (api-reference/v1.0/resources/list); their items are read as those of drives. */
function libraries(tenant: TenantStore, owner: OwnerFile): readonly Told[] {
  return drivesOf(tenant, owner).map((drive) => ({
    id: guid(`library ${drive.id}`), name: driveName(drive), displayName: driveName(drive), createdDateTime: CREATED, lastModifiedDateTime: CREATED, list: { contentTypesEnabled: false, hidden: false, template: "documentLibrary" },
  }));
}

function listJson(tenant: TenantStore, owner: OwnerFile, { id, name, card }: SiteList): Told {
  const { columns: _columns, ...told } = card;
  return {
    id, name, displayName: name, description: "", createdDateTime: CREATED, lastModifiedDateTime: CREATED, webUrl: `${siteUrl(tenant, owner)}/Lists/${encodeURIComponent(name)}`, parentReference: { siteId: siteIdOf(owner) },
    ...told, list: { contentTypesEnabled: false, hidden: false, template: "genericList", ...(told["list"] as object | undefined) },
  };
}

async function shown(store: ListStore, call: Call, owner: OwnerFile, list: SiteList, entry: Entry): Promise<object> {
  return itemJson(store.tenant, call, owner, list, await store.item(list, itemId(entry)));
}

/** Graph `listItem` (api-reference/v1.0/resources/listitem). */
function itemJson(tenant: TenantStore, call: Call, owner: OwnerFile, list: SiteList, told: Told): object {
  const modified = told["lastModifiedDateTime"] ?? told["createdDateTime"] ?? CREATED;
  const wanted = wantedFields(call.query.get("$expand"));
  const values = { ...told, createdDateTime: told["createdDateTime"] ?? modified, lastModifiedDateTime: modified };
  return {
    "@odata.etag": etag(told), eTag: etag(told), id: String(told["id"]), createdDateTime: values.createdDateTime, lastModifiedDateTime: modified,
    webUrl: `${siteUrl(tenant, owner)}/Lists/${encodeURIComponent(list.name)}/${String(told["id"])}_.000`,
    createdBy: personJson(tenant, told["createdBy"]), lastModifiedBy: personJson(tenant, told["lastModifiedBy"] ?? told["createdBy"]), parentReference: { id: guid(`folder ${list.id}`), siteId: siteIdOf(owner) },
    contentType: contentType(told), ...(wanted === undefined ? {} : { fields: fieldsJson(list, values, (told["fields"] ?? {}) as Told, wanted) }),
  };
}

/** Versions of an item, the present one first: `versions` of its line are the older ones, oldest first, each with its own `fields`. */
function versionsOf(list: SiteList, told: Told, tenant: TenantStore, call: Call): readonly object[] {
  const older = Array.isArray(told["versions"]) ? (told["versions"] as readonly Told[]) : [];
  const wanted = wantedFields(call.query.get("$expand"));
  return [...older, told].map((version, index) => ({
    id: `${String(index + 1)}.0`, lastModifiedDateTime: version["lastModifiedDateTime"] ?? version["createdDateTime"] ?? CREATED, lastModifiedBy: personJson(tenant, version["lastModifiedBy"] ?? version["createdBy"]),
    ...(wanted === undefined ? {} : { fields: fieldsJson(list, { ...told, ...version }, (version["fields"] ?? {}) as Told, wanted) }),
  })).reverse();
}

/** Changes of a list (api-reference/v1.0/api/listitem-delta). */
async function delta(store: ListStore, call: Call, owner: OwnerFile, list: SiteList): Promise<Answer> {
  const state = deltaState(store.tenant, call, call.query.get("token"), call.query.get("$skiptoken"));
  const departures = store.tenant.departures.filter(({ kind, container }) => kind === "list-item" && container === list.entry.id);
  const page = changePage(store.items(list), departures, state, pageSize(call, 200));
  const rows = await Promise.all(page.entries.map((entry) => shown(store, call, owner, list, entry)));
  const gone = page.gone.map((departure) => ({ id: itemId(departure), parentReference: { siteId: siteIdOf(owner) }, contentType: { id: "0x01", name: "Item" }, deleted: { state: "deleted" } }));
  const next = page.last ? link(call, "token", page.next) : link(call, "$skiptoken", page.next);
  return { json: { "@odata.context": context(call, "Collection(listItem)"), [page.last ? "@odata.deltaLink" : "@odata.nextLink"]: next, value: [...rows, ...gone] } };
}
