import type { CardLine } from "./vcard.js";

/** Parameters that say how a value is written, and those of ours whose words a contact keeps. */
const WRITING = new Set(["VALUE", "ENCODING", "CHARSET", "MEDIATYPE", "X-MS-LABEL", "X-MS-ADDRESS", "X-APPLE-OMIT-YEAR"]);
/** Characters of a parameter that a warning repeats: a hostile one has millions. */
const MOST_SHOWN = 40;
/** Types that a property has unless it says otherwise (RFC 2426 sections 3.2.1, 3.3.1 and 3.3.2), or whose meaning a contact's own member has. */
const MEANT: Readonly<Record<string, readonly string[]>> = {
  EMAIL: ["internet"], TEL: ["voice"], ADR: ["intl", "postal", "parcel"], ORG: ["work"], TITLE: ["work"], ROLE: ["work"], URL: ["work"], RELATED: ["spouse", "child", "agent", "x-manager"],
};

/**
 * What a line's parameters say and a contact does not, in words of a warning. `served`: types that the member says in which the line is served;
 * `inPlace`: the line's place among those of its name tells how much it is preferred.
 */
export function untoldParameters({ name, parameters }: CardLine, served: readonly string[], inPlace: boolean): readonly string[] {
  return Object.entries(parameters).flatMap(([key, values]) => {
    if (WRITING.has(key) || name === "PHOTO" || (key === "PREF" && inPlace)) return [];
    if (key !== "TYPE") return [`${key.slice(0, MOST_SHOWN)} of ${name}`];
    const said = [...served, ...(MEANT[name] ?? []), ...(inPlace ? ["pref"] : [])];
    return values.map((type) => type.trim().toLowerCase()).filter((type) => type !== "" && !said.includes(type)).map((type) => `TYPE=${type.slice(0, MOST_SHOWN)} of ${name}`);
  });
}
