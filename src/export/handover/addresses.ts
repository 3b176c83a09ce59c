import type { NeutralRecord } from "../../format/records.js";

export interface Address {
  readonly address: string;
  /** "page": where people saw it; "sharing": a link that somebody made to it. */
  readonly kind: "page" | "sharing";
}

/** Addresses that an item had at the source. What no record of ours tells has none here: nothing is made up from names. */
export function addressesOf(told: NeutralRecord): readonly Address[] {
  const own = "url" in told && typeof told.url === "string" ? [{ address: told.url, kind: "page" as const }] : [];
  const granted = "permissions" in told ? (told.permissions?.granted ?? []) : [];
  const shared = granted.flatMap(({ link }) => (link?.url === undefined ? [] : [{ address: link.url, kind: "sharing" as const }]));
  return [...own, ...shared].filter(({ address }) => address !== "");
}
