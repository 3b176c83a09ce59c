import type { TenantStore } from "./store.js";

/** A value made of each tenant once per reading of its folder: every reading changes `seq`, after which it is made anew when it is next asked for. */
export function asRead<T>(make: (tenant: TenantStore) => T): (tenant: TenantStore) => T {
  const made = new WeakMap<TenantStore, { readonly seq: number; readonly value: T }>();
  return (tenant) => {
    const known = made.get(tenant);
    if (known?.seq === tenant.seq) return known.value;
    const value = make(tenant);
    made.set(tenant, { seq: tenant.seq, value });
    return value;
  };
}
