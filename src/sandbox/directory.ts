import { notFound } from "./answers.js";
import { collection, context, link, readToken, select, type Call, type Route } from "./odata.js";
import type { OwnerFile, TenantStore } from "./tenant/store.js";

/** Finds a user by object id or user principal name. */
export function userOf(store: TenantStore, key: string): OwnerFile {
  const wanted = key.toLowerCase();
  const owner = store.owners.get(wanted) ?? [...store.owners.values()].find((entry) => entry.id === wanted);
  if (owner === undefined || owner.kind !== "user") throw notFound("Request_ResourceNotFound", `Resource '${key}' does not exist.`);
  return owner;
}

/** Graph `user` with the properties that its default answer and common `$select`s have. */
function userJson(store: TenantStore, owner: OwnerFile): Record<string, unknown> {
  const { profile } = owner;
  const text = (name: string): string | null => (typeof profile[name] === "string" ? profile[name] : null);
  return {
    id: owner.id, userPrincipalName: owner.name, displayName: text("displayName") ?? owner.name.split("@")[0], mail: text("mail") ?? owner.name,
    givenName: text("givenName"), surname: text("surname"), jobTitle: text("jobTitle"), department: text("department"), mobilePhone: text("mobilePhone"),
    officeLocation: text("officeLocation"), preferredLanguage: text("preferredLanguage") ?? (store.tenant.language === "fr" ? "fr-FR" : null), businessPhones: [],
    accountEnabled: profile["accountEnabled"] !== false, userType: text("userType") ?? "Member",
  };
}

function groupJson(owner: OwnerFile): Record<string, unknown> {
  const { profile } = owner;
  return {
    id: owner.id, displayName: profile["displayName"] ?? owner.name, mailNickname: owner.name, description: profile["description"] ?? null, mail: profile["mail"] ?? null,
    groupTypes: ["Unified"], mailEnabled: true, securityEnabled: false, visibility: profile["visibility"] ?? "Private", resourceProvisioningOptions: [],
  };
}

const USER_DEFAULT = "businessPhones,displayName,givenName,jobTitle,mail,mobilePhone,officeLocation,preferredLanguage,surname,userPrincipalName,id";

export function directoryRoutes(store: TenantStore): Route[] {
  const owners = (kind: OwnerFile["kind"]): OwnerFile[] => [...store.owners.values()].filter((owner) => owner.kind === kind);
  const shaped = (owner: OwnerFile, query: URLSearchParams): object => {
    const json = userJson(store, owner);
    return select(json, query.has("$select") ? query : new URLSearchParams({ $select: USER_DEFAULT }), new Set(Object.keys(json)));
  };
  const groupOf = (key: string): OwnerFile => {
    const group = owners("group").find((owner) => owner.id === key);
    if (group === undefined) throw notFound("Request_ResourceNotFound", `Resource '${key}' does not exist.`);
    return group;
  };
  const named = (value: unknown): OwnerFile[] => (Array.isArray(value) ? value : []).flatMap((name) => store.owners.get(String(name).toLowerCase()) ?? []);
  const members = (name: "members" | "owners") => (call: Call) =>
    collection(call, "directoryObjects", named(groupOf(call.params["group"] ?? "").profile[name]), 100, (owner) => ({ "@odata.type": "#microsoft.graph.user", ...shaped(owner, call.query) }));
  return [
    {
      method: "GET", pattern: "/organization", role: "User.Read.All",
      handle: async (call) => ({ json: { "@odata.context": context(call, "organization"), value: [{ id: store.tenantId, displayName: store.tenant.name ?? "", verifiedDomains: [{ name: store.tenant.domain ?? "", isDefault: true, isInitial: false, capabilities: "", type: "Managed" }] }] } }),
    },
    { method: "GET", pattern: "/users", role: "User.Read.All", handle: (call) => collection(call, "users", filtered(owners("user"), call.query), 100, (owner) => shaped(owner, call.query)) },
    {
      method: "GET", pattern: "/users/delta", role: "User.Read.All",
      handle: async (call) => {
        const known = readToken<{ ids: string[] }>(call.query.get("$deltatoken"))?.ids ?? [];
        const now = owners("user");
        const removed = known.filter((id) => !now.some((owner) => owner.id === id)).map((id) => ({ id, "@removed": { reason: "deleted" } }));
        const added = now.filter((owner) => !known.includes(owner.id)).map((owner) => shaped(owner, call.query));
        return { json: { "@odata.context": context(call, "users"), "@odata.deltaLink": link(call, "$deltatoken", { ids: now.map(({ id }) => id) }), value: [...added, ...removed] } };
      },
    },
    { method: "GET", pattern: "/users/:user", role: "User.Read.All", handle: async (call) => ({ json: { "@odata.context": context(call, "users/$entity"), ...shaped(userOf(store, call.params["user"] ?? ""), call.query) } }) },
    { method: "GET", pattern: "/groups", role: "Group.Read.All", handle: (call) => collection(call, "groups", owners("group"), 100, (owner) => select(groupJson(owner), call.query)) },
    { method: "GET", pattern: "/groups/:group", role: "Group.Read.All", handle: async (call) => ({ json: { "@odata.context": context(call, "groups/$entity"), ...select(groupJson(groupOf(call.params["group"] ?? "")), call.query) } }) },
    { method: "GET", pattern: "/groups/:group/members", role: "Group.Read.All", handle: members("members") },
    { method: "GET", pattern: "/groups/:group/owners", role: "Group.Read.All", handle: members("owners") },
  ];
}

/** The two filters that readers use: equality of the name or the address. */
function filtered(users: readonly OwnerFile[], query: URLSearchParams): readonly OwnerFile[] {
  const value = /^(?:userPrincipalName|mail) eq '([^']*)'$/.exec(query.get("$filter") ?? "")?.[1];
  return value === undefined ? users : users.filter((owner) => owner.name.toLowerCase() === value.toLowerCase());
}

