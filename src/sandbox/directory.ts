import { GraphRefusal, notFound, type Answer } from "./answers.js";
import { directoryDelta } from "./directory-delta.js";
import { collection, context, pageSize, refuseOptions, select, type Call, type Route } from "./odata.js";
import { ownerById } from "./tenant/owner-by-id.js";
import type { OwnerFile, TenantStore } from "./tenant/store.js";

/** Finds a user by object id or user principal name. */
export function userOf(store: TenantStore, key: string): OwnerFile {
  return ownerOf(store, key, "user");
}

export function groupOf(store: TenantStore, key: string): OwnerFile {
  return ownerOf(store, key, "group");
}

/** A group's name is no key of its own in Graph; a user's is. */
function ownerOf(store: TenantStore, key: string, kind: OwnerFile["kind"]): OwnerFile {
  const wanted = key.toLowerCase();
  const named = kind === "user" ? store.owners.get(wanted) : undefined;
  const owner = named ?? ownerById(store).get(wanted);
  if (owner === undefined || owner.kind !== kind) throw notFound("Request_ResourceNotFound", `Resource '${key}' does not exist or one of its queried reference-property objects are not present.`);
  return owner;
}

/** Answered when nothing is selected (api-reference/v1.0/resources/user, "Properties"). */
const USER_DEFAULT = "businessPhones,displayName,givenName,jobTitle,mail,mobilePhone,officeLocation,preferredLanguage,surname,userPrincipalName,id";
/** Text properties that `profile.json` may give, null without. */
const USER_TEXTS = [
  "ageGroup", "city", "companyName", "country", "createdDateTime", "creationType", "department", "employeeId", "employeeType", "externalUserState", "faxNumber", "givenName", "jobTitle",
  "mailNickname", "mobilePhone", "officeLocation", "postalCode", "preferredDataLocation", "state", "streetAddress", "surname", "usageLocation",
];
const GROUP_TEXTS = [
  "classification", "createdDateTime", "deletedDateTime", "description", "expirationDateTime", "isAssignableToRole", "mail", "membershipRule", "onPremisesDomainName", "onPremisesLastSyncDateTime", "onPremisesNetBiosName",
  "onPremisesSamAccountName", "onPremisesSecurityIdentifier", "preferredDataLocation", "preferredLanguage", "renewedDateTime", "securityIdentifier", "theme",
];

/** Graph `user` with the properties that the sandbox knows (metadata of August 2026). */
function userJson(store: TenantStore, owner: OwnerFile): Record<string, unknown> {
  const { profile } = owner;
  const text = (name: string): string | null => (typeof profile[name] === "string" ? profile[name] : null);
  const list = (name: string): readonly unknown[] => (Array.isArray(profile[name]) ? profile[name] : []);
  const mail = profile["mail"] === null ? null : (text("mail") ?? owner.name);
  return {
    id: owner.id, userPrincipalName: owner.name, displayName: text("displayName") ?? owner.name.split("@")[0], mail,
    ...Object.fromEntries(USER_TEXTS.map((name) => [name, text(name)])),
    preferredLanguage: text("preferredLanguage") ?? (store.tenant.language === "fr" ? "fr-FR" : null), businessPhones: list("businessPhones"), otherMails: list("otherMails"),
    proxyAddresses: profile["proxyAddresses"] === undefined && mail !== null ? [`SMTP:${mail}`] : list("proxyAddresses"), assignedLicenses: list("assignedLicenses"),
    accountEnabled: profile["accountEnabled"] !== false, userType: text("userType") ?? "Member", onPremisesSyncEnabled: null, onPremisesExtensionAttributes: profile["onPremisesExtensionAttributes"] ?? null, showInAddressList: null,
  };
}

export function groupJson(owner: OwnerFile): Record<string, unknown> {
  const { profile } = owner;
  const list = (name: string, otherwise: readonly string[]): readonly unknown[] => (Array.isArray(profile[name]) ? profile[name] : otherwise);
  return {
    id: owner.id, displayName: profile["displayName"] ?? owner.name, mailNickname: owner.name,
    ...Object.fromEntries(GROUP_TEXTS.map((name) => [name, profile[name] ?? null])),
    groupTypes: list("groupTypes", ["Unified"]), mailEnabled: profile["mailEnabled"] !== false, securityEnabled: profile["securityEnabled"] === true,
    visibility: profile["visibility"] ?? "Private", membershipRuleProcessingState: profile["membershipRuleProcessingState"] ?? (profile["membershipRule"] === undefined ? null : "On"),
    onPremisesSyncEnabled: profile["onPremisesSyncEnabled"] === true ? true : null, assignedLicenses: list("assignedLicenses", []), resourceProvisioningOptions: list("resourceProvisioningOptions", []), resourceBehaviorOptions: list("resourceBehaviorOptions", []),
    onPremisesProvisioningErrors: list("onPremisesProvisioningErrors", []), proxyAddresses: list("proxyAddresses", []),
  };
}

/** `manager` of `profile.json`, a user principal name. */
export function managerOf(store: TenantStore, owner: OwnerFile): OwnerFile | undefined {
  const name = owner.profile["manager"];
  return typeof name === "string" ? store.owners.get(name.toLowerCase()) : undefined;
}

/** A user as selected, or with the default properties. */
export function personJson(store: TenantStore, owner: OwnerFile, query: URLSearchParams): object {
  const json = userJson(store, owner);
  return select(json, query.has("$select") ? query : new URLSearchParams({ $select: USER_DEFAULT }), new Set([...Object.keys(json), ...UNTOLD]));
}

/** Users, groups and the organisation. Guests are users; members and owners of groups are named in `group.json` by user principal name, groups by their
 * nickname, and devices, contacts and applications stand there as Graph tells them. */
export function directoryRoutes(store: TenantStore): Route[] {
  const owners = (kind: OwnerFile["kind"]): OwnerFile[] => [...store.owners.values()].filter((owner) => owner.kind === kind);
  const user = (owner: OwnerFile, query: URLSearchParams): object => personJson(store, owner, query);
  const group = (owner: OwnerFile, query: URLSearchParams): object => {
    const json = groupJson(owner);
    return select(json, query, new Set([...Object.keys(json), "organizationId", "serviceProvisioningErrors"]));
  };
  /** Among others: what is selected of them all may be a user's ("userPrincipalName"), which a group leaves out. */
  const member = (owner: OwnerFile, query: URLSearchParams): object => select(groupJson(owner), query);
  const get = (pattern: string, role: string, handle: (call: Call) => Promise<Answer>): Route => ({
    method: "GET", pattern, role,
    handle: (call) => {
      refuseOptions(call, call.query.get("$expand") === "manager" && call.params["user"] !== undefined ? ["$search"] : ["$search", "$expand"], "Request_UnsupportedQuery");
      // The directory takes up to 999 a page (api-reference/v1.0/api/user-list).
      if (Number(call.query.get("$top") ?? 1) > 999) throw new GraphRefusal(400, "Request_UnsupportedQuery", "Invalid page size specified. Must be between 1 and 999 inclusive.");
      return handle(call);
    },
  });
  /** Who stands in a group's file: owners of this tenant, and whatever else as it is told there. */
  const listed = ({ profile }: OwnerFile, name: "members" | "owners"): readonly (OwnerFile | object)[] =>
    (Array.isArray(profile[name]) ? (profile[name] as readonly unknown[]) : []).flatMap((one) => {
      if (typeof one === "object" && one !== null) return [one];
      const owner = store.owners.get(String(one).toLowerCase());
      return owner === undefined ? [] : [owner];
    });
  const isOwner = (one: OwnerFile | object): one is OwnerFile => "base" in one && "seq" in one;
  const shown = (one: OwnerFile | object, query: URLSearchParams): object => (isOwner(one) ? { "@odata.type": `#microsoft.graph.${one.kind}`, ...(one.kind === "user" ? user : member)(one, query) } : one);
  const persons = (name: "members" | "owners") => (call: Call): Promise<Answer> => collection(call, "directoryObjects", listed(groupOf(store, call.params["group"] ?? ""), name), 100, (one) => shown(one, call.query));
  /** Members of groups inside it too, each once (api-reference/v1.0/api/group-list-transitivemembers). */
  const everybody = (call: Call): Promise<Answer> => {
    const found = new Set<OwnerFile | object>();
    const waiting = [groupOf(store, call.params["group"] ?? "")];
    for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
      for (const one of listed(next, "members")) {
        if (found.has(one)) continue;
        found.add(one);
        if (isOwner(one) && one.kind === "group") waiting.push(one);
      }
    }
    return collection(call, "directoryObjects", [...found], 100, (one) => shown(one, call.query));
  };
  const organisation = (): object => ({
    id: store.tenantId, displayName: store.tenant.name ?? "", assignedPlans: [], businessPhones: [], city: null, country: null, countryLetterCode: store.tenant.language === "fr" ? "FR" : null, verifiedDomains: [{ name: store.tenant.domain ?? "", isDefault: true, isInitial: false, capabilities: "", type: "Managed" }],
  });
  return [
    get("/organization", "User.Read.All", (call) => collection(call, "organization", [organisation()], 100, (one) => select(one, call.query))),
    get("/users", "User.Read.All", (call) => collection(call, "users", filtered(store, owners("user"), call.query), 100, (owner) => user(owner, call.query))),
    get("/users/delta", "User.Read.All", async (call) => directoryDelta(store, call, "user", pageSize(call, 200), user)),
    get("/users/:user", "User.Read.All", async (call) => {
      const owner = userOf(store, call.params["user"] ?? "");
      const manager = call.query.has("$expand") ? managerOf(store, owner) : undefined;
      const shown = manager === undefined ? {} : { manager: { "@odata.type": "#microsoft.graph.user", ...personJson(store, manager, new URLSearchParams()) } };
      return { json: { "@odata.context": context(call, "users/$entity"), ...user(owner, call.query), ...shown } };
    }),
    get("/groups", "GroupMember.Read.All", (call) => collection(call, "groups", filtered(store, owners("group"), call.query), 100, (owner) => group(owner, call.query))),
    get("/groups/delta", "Group.Read.All", async (call) => directoryDelta(store, call, "group", pageSize(call, 200), group)),
    get("/groups/:group", "GroupMember.Read.All", async (call) => ({ json: { "@odata.context": context(call, "groups/$entity"), ...group(groupOf(store, call.params["group"] ?? ""), call.query) } })),
    get("/groups/:group/members", "GroupMember.Read.All", persons("members")),
    get("/groups/:group/transitiveMembers", "GroupMember.Read.All", everybody),
    get("/groups/:group/owners", "GroupMember.Read.All", persons("owners")),
  ];
}

/** Properties of `user` in the metadata that a tenant folder has nothing about: they may be selected and are left out. */
const UNTOLD = [
  "aboutMe", "assignedPlans", "authorizationInfo", "birthday", "consentProvidedForMinor", "customSecurityAttributes", "deletedDateTime", "employeeHireDate", "employeeLeaveDateTime",
  "employeeOrgData", "externalUserStateChangeDateTime", "hireDate", "identities", "imAddresses", "interests", "isManagementRestricted", "isResourceAccount", "lastPasswordChangeDateTime",
  "legalAgeGroupClassification", "licenseAssignmentStates", "mailboxSettings", "mySite", "onPremisesDistinguishedName", "onPremisesDomainName",
  "onPremisesImmutableId", "onPremisesLastSyncDateTime", "onPremisesProvisioningErrors", "onPremisesSamAccountName", "onPremisesSecurityIdentifier", "onPremisesUserPrincipalName",
  "passwordPolicies", "passwordProfile", "pastProjects", "preferredName", "provisionedPlans", "responsibilities", "schools", "securityIdentifier", "signInActivity",
  "signInSessionsValidFromDateTime", "skills", "print", "serviceProvisioningErrors",
];

/** The filters that are served: equality of one text property, quotes doubled inside it (OData 4.01 ABNF, primitiveLiteral). */
function filtered(store: TenantStore, owners: readonly OwnerFile[], query: URLSearchParams): readonly OwnerFile[] {
  const filter = query.get("$filter");
  if (filter === null) return owners;
  const [, name = "", quoted = ""] = /^\s*(userPrincipalName|mail|displayName|mailNickname|userType)\s+eq\s+'((?:[^']|'')*)'\s*$/.exec(filter) ?? [];
  if (name === "") throw new GraphRefusal(400, "Request_UnsupportedQuery", `The sandbox does not serve the filter: ${filter}`);
  const value = quoted.replace(/''/g, "'").toLowerCase();
  return owners.filter((owner) => String((owner.kind === "user" ? userJson(store, owner) : groupJson(owner))[name] ?? "").toLowerCase() === value);
}
