import { GraphRefusal, type Answer } from "../answers.js";
import { GAPS, type Gaps } from "./gaps.js";
import { LEAVES, SETS, TYPES } from "./metadata.js";

/** The clouds that Microsoft publishes metadata for; one file serves both of the American government's. */
const CLOUDS = { global: undefined, "gcc-high": GAPS.usGovernment, dod: GAPS.usGovernment, china: GAPS.china, bleu: GAPS.bleu, delos: GAPS.delos, govsg: GAPS.govsg } as const satisfies Record<string, Gaps | undefined>;

export type Cloud = keyof typeof CLOUDS;
export const CLOUD_NAMES = Object.keys(CLOUDS) as readonly Cloud[];

/** What a path leads to. */
export interface Place {
  readonly type: string;
  readonly many: boolean;
}

/** A route as the edition sees it. */
export interface Found {
  /** Undefined where the metadata says nothing more: bytes, plain values. */
  readonly place: Place | undefined;
  /** The segment that this cloud does not have. */
  readonly missing?: string;
}

const words = (text: string): readonly string[] => (text === "" ? [] : text.split(" "));
const placeOf = (text: string): Place => ({ type: text.replace("*", ""), many: text.endsWith("*") });

/** Graph's types, from the published metadata. */
const TREE: ReadonlyMap<string, { readonly base: string; readonly members: ReadonlyMap<string, string> }> = new Map([
  ...Object.entries(TYPES).map(([name, text]) => {
    const [base = "", ...members] = text.split(" ");
    return [name, { base, members: new Map(members.map((member) => [member.replace(/:.*/, ""), member.replace(/.*:/, "")])) }] as const;
  }),
  ...words(LEAVES).map((leaf) => [leaf.replace(/:.*/, ""), { base: /:(.*)/.exec(leaf)?.[1] ?? "", members: new Map<string, string>() }] as const),
]);

/** Graph as one cloud has it: what its metadata lacks is neither found, nor selectable, nor told. */
export class Edition {
  readonly #sets: ReadonlySet<string>;
  readonly #types: ReadonlySet<string>;
  readonly #members: ReadonlyMap<string, ReadonlySet<string>>;

  /** `further`: more that it lacks, each "type.member" ("message.categories", "user.chats"). */
  constructor(readonly cloud: Cloud = "global", further: readonly string[] = []) {
    const gaps: Gaps | undefined = CLOUDS[cloud];
    this.#sets = new Set(words(gaps?.sets ?? ""));
    this.#types = new Set(words(gaps?.types ?? ""));
    const members = new Map(Object.entries(gaps?.members ?? {}).map(([type, names]) => [type, new Set(words(names))]));
    for (const [type = "", name = ""] of further.map((entry) => entry.split("."))) members.set(type, new Set([...(members.get(type) ?? []), name]));
    this.#members = members;
  }

  get complete(): boolean {
    return this.#members.size === 0;
  }

  lacksSet(name: string): boolean {
    return this.#sets.has(name);
  }

  lacksType(type: string): boolean {
    return this.#types.has(type);
  }

  /** Whether a member of the type, its own or inherited, is one that this cloud does not have. */
  lacks(type: string, member: string): boolean {
    return lineage(type).some((at) => this.#members.get(at)?.has(member) === true);
  }

  /** Follows a path with `:name` keys from its entity set on. */
  find(pattern: string): Found {
    let place: Place | undefined;
    for (const [index, segment] of pattern.split("/").slice(1).entries()) {
      if (index === 0) {
        if (this.#sets.has(segment)) return { place: undefined, missing: segment };
        place = SETS[segment] === undefined ? undefined : placeOf(SETS[segment]);
      } else if (segment.startsWith("microsoft.graph.") && place !== undefined) {
        place = { ...place, type: segment.replace("microsoft.graph.", "") };
      } else if (place !== undefined) {
        const { type, many }: Place = place;
        const called = memberOf(type, `${segment.replace(/\(.*\)$/, "")}()`);
        const name = called === undefined ? segment : `${segment.replace(/\(.*\)$/, "")}()`;
        const isKey = segment.startsWith(":") || (many && called === undefined && !segment.startsWith("$"));
        if (!isKey && this.lacks(type, name)) return { place: undefined, missing: segment };
        place = isKey ? { type, many: false } : called ?? memberOf(type, segment);
      }
    }
    return { place };
  }

  /** @throws GraphRefusal 400 for a property in `$select`, `$expand`, `$filter` or `$orderby` that this cloud does not have, in the service's words (mguessan/davmail issue 488). */
  refuse(place: Place | undefined, query: URLSearchParams): void {
    if (place === undefined || this.complete) return;
    this.#refuseTerms(place.type, query.get("$select") ?? "", query.get("$expand") ?? "");
    for (const name of ["$filter", "$orderby"]) {
      for (const term of (query.get(name) ?? "").replace(/'(?:[^']|'')*'/g, "").match(/[A-Za-z]\w*/g) ?? []) if (this.lacks(place.type, term)) throw unknown(term, place.type, "");
    }
  }

  #refuseTerms(type: string, select: string, expand: string): void {
    for (const { name, options } of [...terms(select), ...terms(expand)]) {
      if (this.lacks(type, name)) throw unknown(name, type, "Parsing OData Select and Expand failed: ");
      const inner = memberOf(type, name);
      const option = (key: string): string => new RegExp(`\\$${key}=([^;]*)`).exec(options)?.[1] ?? "";
      if (inner !== undefined && options !== "") this.#refuseTerms(inner.type, option("select"), option("expand"));
    }
  }

  /** An answer without what this cloud does not have. */
  shown(place: Place | undefined, answer: Answer): Answer {
    if (place === undefined || this.complete || !("json" in answer)) return answer;
    if (!place.many) return { ...answer, json: this.#trimmed(place.type, answer.json) as object };
    return { ...answer, json: Object.fromEntries(Object.entries(answer.json).map(([name, value]) => [name, name === "value" ? this.#trimmed(place.type, value) : value as unknown])) };
  }

  #trimmed(declared: string, value: unknown): unknown {
    if (Array.isArray(value)) return value.map((entry) => this.#trimmed(declared, entry));
    if (typeof value !== "object" || value === null) return value;
    const told = (value as Record<string, unknown>)["@odata.type"];
    const type = typeof told === "string" ? told.replace("#microsoft.graph.", "") : declared;
    // "replies@odata.nextLink" goes with "replies".
    const kept = Object.entries(value).filter(([name]) => !this.lacks(type, name.replace(/@.*$/, "")));
    return Object.fromEntries(kept.map(([name, inner]) => {
      const member = memberOf(type, name);
      return [name, member === undefined ? inner as unknown : this.#trimmed(member.type, inner)];
    }));
  }
}

/** A type with its base types. */
function lineage(type: string): readonly string[] {
  const found: string[] = [];
  for (let at = type; at !== ""; at = TREE.get(at)?.base ?? "") found.push(at);
  return found;
}

function memberOf(type: string, name: string): Place | undefined {
  for (const at of lineage(type)) {
    const found = TREE.get(at)?.members.get(name);
    if (found !== undefined) return placeOf(found);
  }
  return undefined;
}

/** Terms of a `$select` or `$expand` list; what stands in parentheses belongs to its name, and of a path the first part counts. */
export function terms(list: string): readonly { readonly name: string; readonly options: string }[] {
  const found: string[] = [""];
  let depth = 0;
  for (const character of list) {
    depth += character === "(" ? 1 : character === ")" ? -1 : 0;
    if (character === "," && depth === 0) found.push("");
    else found.push(`${found.pop() ?? ""}${character}`);
  }
  return found.map((term) => /^\s*([\w.*]+)[^(]*(?:\((.*)\))?\s*$/s.exec(term)).flatMap((match) => (match === null ? [] : [{ name: match[1] ?? "", options: match[2] ?? "" }]));
}

function unknown(name: string, type: string, start: string): GraphRefusal {
  return new GraphRefusal(400, "BadRequest", `${start}Could not find a property named '${name}' on type 'microsoft.graph.${type}'.`);
}
