import { notFound, type Answer } from "./answers.js";
import { groupOf } from "./directory.js";
import { drivesOf } from "./drive/item.js";
import { collection, context, refuseOptions, select, type Call, type Route } from "./odata.js";
import { asRead } from "./tenant/as-read.js";
import { guid, type OwnerFile, type TenantStore } from "./tenant/store.js";

const ROLE = "Sites.Read.All";
const HOST = "sandbox.sharepoint.example";

/** Every Microsoft 365 group has a site (api-reference/v1.0/resources/groups-overview), every user a personal one, and the others stand by themselves. */
export function siteIdOf(owner: OwnerFile): string {
  return `${HOST},${guid(`site ${owner.id}`)},${guid(`web ${owner.id}`)}`;
}

const root = asRead((store) => [...store.owners.values()].find(({ kind, profile }) => kind === "site" && profile["parent"] === undefined));
const byId = asRead((store) => new Map([...store.owners.values()].map((owner) => [siteIdOf(owner).toLowerCase(), owner])));

/** Of two with one path, the first. */
const byPath = asRead((store) => new Map([...store.owners.values()].reverse().map((owner) => [decodeURIComponent(pathOf(store, owner)).toLowerCase(), owner])));

export function siteOf(store: TenantStore, key: string): OwnerFile {
  // The tenant's root site (site-get); the first one stands for it.
  const owner = key === "root" ? root(store) : byId(store).get(key.toLowerCase());
  if (owner === undefined) throw notFound("itemNotFound", "Requested site could not be found");
  return owner;
}

/** Graph `site` (api-reference/v1.0/resources/site). A site whose `site.json` names a parent is a subsite. */
function siteJson(store: TenantStore, owner: OwnerFile): Record<string, unknown> {
  const { profile } = owner;
  const display = profile["displayName"] ?? owner.name;
  return {
    id: siteIdOf(owner), name: owner.name, displayName: display, description: profile["description"] ?? "", createdDateTime: "2024-01-01T00:00:00Z", lastModifiedDateTime: "2024-01-01T00:00:00Z",
    webUrl: siteUrl(store, owner), isPersonalSite: owner.kind === "user", ...(parentOf(store, owner) === undefined ? { root: {}, siteCollection: { hostname: HOST } } : {}),
  };
}

export function siteUrl(store: TenantStore, owner: OwnerFile): string {
  return `https://${HOST}/${pathOf(store, owner)}`;
}

function pathOf(store: TenantStore, owner: OwnerFile): string {
  const parent = parentOf(store, owner);
  if (parent !== undefined) return `${pathOf(store, parent)}/${encodeURIComponent(owner.name)}`;
  return owner.kind === "user" ? `personal/${owner.name.replace(/[@.]/g, "_")}` : `sites/${encodeURIComponent(owner.name)}`;
}

function parentOf(store: TenantStore, owner: OwnerFile): OwnerFile | undefined {
  const parent = owner.profile["parent"];
  return owner.kind === "site" && typeof parent === "string" ? store.owners.get(parent.toLowerCase()) : undefined;
}

/** Addressing by path (api-reference/v1.0/api/site-getbypath): "/sites/{host}:/{path}" and what may follow after another colon; the host alone is the root site. */
export function siteAlias(store: TenantStore, path: string): string {
  const [, host, relative, rest = ""] = /^\/sites\/([^/:,]+\.[^/:,]+)(?::\/([^:]+)(?::(\/.*)?)?)?$/.exec(path) ?? [];
  if (host === undefined) return path;
  if (relative === undefined) return "/sites/root";
  const wanted = decodeURIComponent(relative).replace(/\/$/, "").toLowerCase();
  const owner = byPath(store).get(wanted);
  if (owner === undefined || host.toLowerCase() !== HOST) throw notFound("itemNotFound", "Requested site could not be found");
  return `/sites/${encodeURIComponent(siteIdOf(owner))}${rest}`;
}

/** `Sites.Selected` opens the sites that were granted to the application one by one (concepts/permissions-selected-overview): `selectedSites` of tenant.json, by folder name. */
export function opensSelected(store: TenantStore, held: readonly string[], needed: string, params: Readonly<Record<string, string>>): boolean {
  if (!held.includes("Sites.Selected") || !["Sites.Read.All", "Files.Read.All"].includes(needed)) return false;
  const selected = (store.tenant.selectedSites ?? []).flatMap((name) => store.owners.get(name.toLowerCase()) ?? []);
  const { site, drive } = params;
  return selected.some((owner) => siteIdOf(owner).toLowerCase() === site?.toLowerCase() || drivesOf(store, owner).some(({ id }) => id === drive));
}

/** Sites: all of them, one, those below one, and a group's. */
export function siteRoutes(store: TenantStore): Route[] {
  const sites = (): OwnerFile[] => [...store.owners.values()].filter(({ kind, profile }) => kind !== "group" || !Array.isArray(profile["groupTypes"]) || profile["groupTypes"].includes("Unified"));
  const shown = (owner: OwnerFile, query: URLSearchParams): object => {
    const json = siteJson(store, owner);
    return select(json, query, new Set([...Object.keys(json), "root", "siteCollection", "eTag", "sharepointIds", "error"]));
  };
  const get = (pattern: string, handle: (call: Call) => Promise<Answer>): Route => ({
    method: "GET", pattern, role: ROLE,
    handle: (call) => {
      refuseOptions(call, ["$filter", "$search", "$expand"], "notSupported");
      return handle(call);
    },
  });
  const one = (call: Call, owner: OwnerFile): Promise<Answer> => Promise.resolve({ json: { "@odata.context": context(call, "sites/$entity"), ...shown(owner, call.query) } });
  return [
    get("/sites/getAllSites", (call) => collection(call, "sites", sites().filter((owner) => parentOf(store, owner) === undefined), 100, (owner) => shown(owner, call.query))),
    get("/sites/:site", (call) => one(call, siteOf(store, call.params["site"] ?? ""))),
    get("/sites/:site/sites", (call) => {
      const above = siteOf(store, call.params["site"] ?? "");
      return collection(call, "sites", sites().filter((owner) => parentOf(store, owner) === above), 100, (owner) => shown(owner, call.query));
    }),
    get("/groups/:group/sites/root", (call) => one(call, groupOf(store, call.params["group"] ?? ""))),
  ];
}
