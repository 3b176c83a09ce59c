import path from "node:path";
import { fileAnswer, notFound, type Answer } from "./answers.js";
import { groupJson, managerOf, personJson, userOf } from "./directory.js";
import { collection, context, refuseOptions, select, type Call, type Route } from "./odata.js";
import { names } from "./tenant/read.js";
import type { OwnerFile, TenantStore } from "./tenant/store.js";

const PHOTO = /^photo\.(jpg|png)$/;

/** What hangs on users: manager, memberships, photo; and the tenant's licences (`subscribedSkus` of `tenant.json`). */
export function directoryMoreRoutes(store: TenantStore): Route[] {
  const get = (pattern: string, role: string, handle: (call: Call) => Promise<Answer>): Route => ({
    method: "GET", pattern, role,
    handle: (call) => {
      refuseOptions(call, ["$search", "$expand", "$filter"], "Request_UnsupportedQuery");
      return handle(call);
    },
  });
  const user = (call: Call): OwnerFile => userOf(store, call.params["user"] ?? "");
  const groups = (all: boolean) => (call: Call): Promise<Answer> =>
    collection(call, "directoryObjects", groupsOf(store, user(call), all), 100, (group) => ({ "@odata.type": "#microsoft.graph.group", ...select(groupJson(group), call.query, new Set([...Object.keys(groupJson(group)), "userPrincipalName"])) }));
  return [
    get("/users/:user/manager", "User.Read.All", async (call) => {
      const manager = managerOf(store, user(call));
      if (manager === undefined) throw notFound("Request_ResourceNotFound", "Resource 'manager' does not exist or one of its queried reference-property objects are not present.");
      return { json: { "@odata.context": context(call, "directoryObjects/$entity"), "@odata.type": "#microsoft.graph.user", ...personJson(store, manager, call.query) } };
    }),
    get("/users/:user/memberOf", "User.Read.All", groups(false)),
    get("/users/:user/transitiveMemberOf", "User.Read.All", groups(true)),
    get("/users/:user/photo", "User.Read.All", async (call) => {
      const file = await photoFile(store, user(call));
      return { json: { "@odata.context": context(call, `users('${user(call).id}')/photo/$entity`), "@odata.mediaContentType": file.endsWith("png") ? "image/png" : "image/jpeg", id: "240X240", height: 240, width: 240 } };
    }),
    get("/users/:user/photo/$value", "User.Read.All", async (call) => {
      const file = await photoFile(store, user(call));
      return fileAnswer(store.disk(file), { "content-type": file.endsWith("png") ? "image/png" : "image/jpeg" });
    }),
    get("/subscribedSkus", "Organization.Read.All", (call) => collection(call, "subscribedSkus", store.tenant.subscribedSkus ?? [], 100, (sku) => select({
      id: `${store.tenantId}_${sku.skuId}`, accountId: store.tenantId, accountName: store.tenant.name ?? "", appliesTo: "User", capabilityStatus: "Enabled", consumedUnits: 0,
      prepaidUnits: { enabled: 0, lockedOut: 0, suspended: 0, warning: 0 }, servicePlans: [], subscriptionIds: [], ...sku,
    }, call.query))),
  ];
}

/** A user without photo has 404 (api-reference/v1.0/api/profilephoto-get). */
async function photoFile(store: TenantStore, owner: OwnerFile): Promise<string> {
  const name = (await names(store.disk(owner.base))).find((one) => PHOTO.test(one));
  if (name === undefined) throw notFound("ImageNotFound", "");
  return path.join(owner.base, name);
}

/** Groups whose `members` name somebody; `all`: those too of which such a group is a member, and so on. */
function groupsOf(store: TenantStore, owner: OwnerFile, all: boolean): readonly OwnerFile[] {
  const groups = [...store.owners.values()].filter(({ kind }) => kind === "group");
  const found = new Set<OwnerFile>();
  const waiting = [owner];
  for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
    for (const group of groups) {
      if (found.has(group) || !isNamedIn(group, next)) continue;
      found.add(group);
      if (all) waiting.push(group);
    }
  }
  return groups.filter((group) => found.has(group));
}

function isNamedIn({ profile }: OwnerFile, { name }: OwnerFile): boolean {
  return Array.isArray(profile["members"]) && profile["members"].some((one) => String(one).toLowerCase() === name.toLowerCase());
}
