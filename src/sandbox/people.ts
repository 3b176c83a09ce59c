import type { TenantStore } from "./tenant/store.js";

/** Who did something in a site, as SharePoint tells it: a user principal name, a plain name, or an identity set. */
export function personJson(tenant: TenantStore, told: unknown): object {
  if (typeof told === "object" && told !== null) return told;
  if (typeof told !== "string") return { user: { displayName: "System Account" } };
  const owner = tenant.owners.get(told.toLowerCase());
  const display = owner?.profile["displayName"];
  return { user: { displayName: typeof display === "string" ? display : told, ...(told.includes("@") ? { email: told } : {}), ...(owner === undefined ? {} : { id: owner.id }) } };
}
