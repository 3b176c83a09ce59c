import { existsSync } from "node:fs";
import { readFile } from "node:fs/promises";
import path from "node:path";
import { Edition, type Cloud } from "../clouds/edition.js";
import { PAGE_ENUMS, PAGE_TYPES } from "./page-types.js";

interface Property {
  readonly type: string;
  readonly collection?: boolean;
  readonly nullable?: boolean;
}

interface StructuredType {
  readonly kind: "entity" | "complex";
  readonly base?: string;
  readonly abstract?: boolean;
  /** Takes properties that are not declared (OData CSDL 4.01 section 6.3). */
  readonly open?: boolean;
  readonly props?: Readonly<Record<string, Property>>;
  readonly nav?: Readonly<Record<string, Property>>;
}

interface BoundFunction {
  readonly name: string;
  readonly on: string;
  readonly returns: string;
}

interface Metadata {
  readonly sets: Readonly<Record<string, { readonly kind: "set" | "singleton"; readonly type: string }>>;
  readonly types: Readonly<Record<string, StructuredType>>;
  readonly enums: Readonly<Record<string, { readonly members: Readonly<Record<string, number>>; readonly flags?: boolean }>>;
  readonly functions: readonly BoundFunction[];
}

/** Something that the metadata or the samples contradict. */
export interface Violation {
  /** Request, then the place in its answer. */
  readonly where: string;
  readonly problem: string;
}

/** What a path leads to. */
export interface Target {
  readonly type: string;
  readonly many: boolean;
}

/** Primitive types as JSON (OData JSON Format 4.01 section 7.1). */
const PRIMITIVES: Readonly<Record<string, (value: unknown) => boolean>> = {
  "Edm.String": (value) => typeof value === "string",
  "Edm.Boolean": (value) => typeof value === "boolean",
  "Edm.Int16": (value) => whole(value, 2 ** 15),
  "Edm.Int32": (value) => whole(value, 2 ** 31),
  "Edm.Int64": (value) => whole(value, 2 ** 63),
  "Edm.Double": (value) => typeof value === "number",
  "Edm.DateTimeOffset": (value) => matches(value, /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}(?::\d{2}(?:\.\d{1,12})?)?(?:Z|[+-]\d{2}:\d{2})$/),
  "Edm.Date": (value) => matches(value, /^\d{4}-\d{2}-\d{2}$/),
  "Edm.TimeOfDay": (value) => matches(value, /^\d{2}:\d{2}:\d{2}(?:\.\d{1,12})?$/),
  "Edm.Duration": (value) => matches(value, /^-?P(?:\d+D)?(?:T(?:\d+H)?(?:\d+M)?(?:\d+(?:\.\d+)?S)?)?$/),
  "Edm.Guid": (value) => matches(value, /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i),
  "Edm.Binary": (value) => matches(value, /^[A-Za-z0-9+/_-]*={0,2}$/),
};
/** Annotations: the protocol's, Graph's own, and the tombstone of deltas. */
const ANNOTATION = /^@removed$|@odata\.|@microsoft\.graph\./;

/** Types that the cut leaves out: pages, and those that paths lead through, which have members to lead on to and no other content (v1.0 metadata, MIT). */
const LEFT_OUT: Pick<Metadata, "sets" | "types" | "enums"> = {
  sets: { planner: { kind: "singleton", type: "microsoft.graph.planner" } },
  enums: PAGE_ENUMS,
  types: {
    ...PAGE_TYPES,
    "microsoft.graph.planner": through({ plans: "plannerPlan", buckets: "plannerBucket", tasks: "plannerTask" }),
    "microsoft.graph.plannerGroup": through({ plans: "plannerPlan" }),
    "microsoft.graph.inferenceClassification": through({ overrides: "inferenceClassificationOverride" }),
    "microsoft.graph.onenote": through({ notebooks: "notebook", sectionGroups: "sectionGroup", sections: "onenoteSection", pages: "onenotePage", resources: "onenoteResource" }),
  },
};

function through(collections: Readonly<Record<string, string>>): StructuredType {
  return { kind: "entity", base: "microsoft.graph.entity", nav: Object.fromEntries(Object.entries(collections).map(([name, type]) => [name, { type: `microsoft.graph.${type}`, collection: true }])) };
}

/** What a cloud lacks, by short names. */
interface Lacking {
  type(name: string): boolean;
  set(name: string): boolean;
  member(type: string, name: string): boolean;
}

const short = (type: string): string => type.replace("microsoft.graph.", "");

/** By the cut that the sandbox serves from; for Bleu also by the reference's own comparison of the same files, which others made. */
async function lackingIn(cloud: Cloud, reference: string): Promise<Lacking> {
  const edition = new Edition(cloud);
  type Names = Readonly<Record<string, readonly string[]>>;
  const file = path.join(reference, "bleu-differences.json");
  const told = cloud === "bleu" && existsSync(file) ? JSON.parse(await readFile(file, "utf8")) as { missing_types: readonly string[]; missing_props: Names; missing_nav: Names } : { missing_types: [], missing_props: {}, missing_nav: {} };
  const full = (type: string): string => `microsoft.graph.${type}`;
  return {
    type: (name) => edition.lacksType(name) || told.missing_types.includes(full(name)),
    set: (name) => edition.lacksSet(name),
    member: (type, name) => edition.lacks(type, name) || [told.missing_props, told.missing_nav].some((names) => (names as Names)[full(type)]?.includes(name) === true),
  };
}

/** The metadata as one cloud has it. */
function asIn(lacking: Lacking, { sets, types, functions, ...rest }: Metadata): Metadata {
  const kept = Object.entries(types).filter(([name]) => !lacking.type(short(name))).map(([name, type]) => {
    const own = ([member]: readonly [string, Property]): boolean => !lacking.member(short(name), member);
    return [name, { ...type, props: Object.fromEntries(Object.entries(type.props ?? {}).filter(own)), nav: Object.fromEntries(Object.entries(type.nav ?? {}).filter(own)) }] as const;
  });
  const bound = functions.filter(({ name, on }) => !lacking.member(short(on.replace(/^Collection\((.*)\)$/, "$1")), `${short(name)}()`));
  return { ...rest, sets: Object.fromEntries(Object.entries(sets).filter(([name]) => !lacking.set(name))), types: Object.fromEntries(kept), functions: bound };
}

/** Graph's published metadata, cut to the types that concern us, as a judge of JSON. */
export class Csdl {
  /** Values judged so far. */
  checks = 0;
  /** Types named but left out of the cut: their content is not judged. */
  readonly unknownTypes = new Set<string>();

  private constructor(private readonly metadata: Metadata, private readonly whole: Metadata) {}

  /** `reference`: folder of `csdl-subset.full.json`. `cloud`: whose metadata judges. */
  static async load(reference: string, cloud: Cloud = "global"): Promise<Csdl> {
    const file = JSON.parse(await readFile(path.join(reference, "csdl-subset.full.json"), "utf8")) as Metadata;
    const whole = { ...file, sets: { ...LEFT_OUT.sets, ...file.sets }, types: { ...LEFT_OUT.types, ...file.types }, enums: { ...LEFT_OUT.enums, ...file.enums } };
    return new Csdl(asIn(await lackingIn(cloud, reference), whole), whole);
  }

  /** True for a path that the global cloud has and this one has not. */
  absent(pattern: string): boolean {
    return this.resolve(pattern) === undefined && new Csdl(this.whole, this.whole).resolve(pattern) !== undefined;
  }

  /** Properties of a type that the global cloud has and this one has not. */
  lacking(type: string): readonly string[] {
    const names = (entry: StructuredType | undefined): readonly string[] => [...Object.keys(entry?.props ?? {}), ...Object.keys(entry?.nav ?? {})];
    const here = names(this.metadata.types[type]);
    return names(this.whole.types[type]).filter((name) => !here.includes(name));
  }

  /** Type of what a route's path (with `:name` keys) leads to; undefined when the metadata has no such path, "Edm.Stream" for bytes. */
  resolve(pattern: string): Target | undefined {
    let at: Target | undefined;
    for (const [index, segment] of pattern.split("/").slice(1).entries()) {
      at = index === 0 ? this.#root(segment) : at === undefined ? undefined : this.#step(at, segment);
      if (at === undefined) return undefined;
    }
    return at;
  }

  /** Judges one value against a declared type; `where` names its place. */
  check(type: string, value: unknown, where: string, found: Violation[]): void {
    this.checks += 1;
    const primitive = PRIMITIVES[type];
    const members = this.metadata.enums[type];
    if (primitive !== undefined) {
      if (!primitive(value)) found.push({ where, problem: `${told(value)} is no ${type}` });
    } else if (members !== undefined) {
      const names = typeof value === "string" ? (members.flags === true ? value.split(",") : [value]) : [];
      if (names.length === 0 || names.some((name) => !(name.trim() in members.members))) found.push({ where, problem: `${told(value)} is no member of ${type}` });
    } else if (this.metadata.types[type] !== undefined) this.#structured(type, value, where, found);
    else this.unknownTypes.add(type);
  }

  #structured(declared: string, value: unknown, where: string, found: Violation[]): void {
    if (typeof value !== "object" || value === null || Array.isArray(value)) {
      found.push({ where, problem: `${told(value)} is no ${declared}` });
      return;
    }
    const entity = value as Record<string, unknown>;
    const type = typeof entity["@odata.type"] === "string" ? entity["@odata.type"].replace(/^#/, "") : declared;
    if (this.metadata.types[type] === undefined || !this.#derives(type, declared)) {
      found.push({ where, problem: `@odata.type ${type} is no ${declared}` });
      return;
    }
    if (this.metadata.types[type].abstract === true && entity["@removed"] === undefined) found.push({ where, problem: `${type} is abstract: @odata.type is missing` });
    if (this.metadata.types[type].kind === "entity" && typeof entity["id"] !== "string") found.push({ where, problem: "an entity without id" });
    for (const [name, content] of Object.entries(entity)) {
      if (ANNOTATION.test(name)) continue;
      const property = this.#property(type, name);
      // Identities carry what their service adds (teamworkUserIdentity: tenantId); an entity's unknown key is a mistake, open or not.
      if (property === undefined && this.metadata.types[type].open === true && this.metadata.types[type].kind === "complex") continue;
      if (property === undefined) found.push({ where: `${where}/${name}`, problem: `${type} has no such property` });
      else this.#content(property, content, `${where}/${name}`, found);
    }
  }

  #content(property: Property, value: unknown, where: string, found: Violation[]): void {
    if (property.collection === true) {
      if (!Array.isArray(value)) found.push({ where, problem: `${told(value)} instead of a collection` });
      else for (const [index, item] of value.entries()) this.#content({ ...property, collection: false }, item, `${where}[${index}]`, found);
    } else if (value === null) {
      this.checks += 1;
      if (property.nullable === false) found.push({ where, problem: "null, and not nullable" });
    } else this.check(property.type, value, where, found);
  }

  #property(type: string, name: string): Property | undefined {
    for (let at: string | undefined = type; at !== undefined; at = this.metadata.types[at]?.base) {
      const found = this.metadata.types[at]?.props?.[name] ?? this.metadata.types[at]?.nav?.[name];
      if (found !== undefined) return found;
    }
    return undefined;
  }

  #derives(type: string, from: string): boolean {
    for (let at: string | undefined = type; at !== undefined; at = this.metadata.types[at]?.base) if (at === from) return true;
    return false;
  }

  #root(segment: string): Target | undefined {
    const set = this.metadata.sets[segment];
    return set === undefined ? undefined : { type: set.type, many: set.kind === "set" };
  }

  #step(at: Target, segment: string): Target | undefined {
    if (segment === "$value") return { type: "Edm.Stream", many: false };
    if (at.many && segment.startsWith(":")) return { ...at, many: false };
    // A type cast (OData URL Conventions 4.01 section 4.11).
    if (segment.startsWith("microsoft.graph.") && this.metadata.types[segment] !== undefined && this.#derives(segment, at.type)) return { ...at, type: segment };
    const called = this.#called(at, segment.replace(/\(.*\)$/, ""));
    if (called !== undefined) return called;
    // A literal in the place of a key: a well-known name ("inbox").
    if (at.many) return { ...at, many: false };
    const property = this.#property(at.type, segment);
    return property === undefined ? undefined : { type: property.type, many: property.collection === true };
  }

  /** A bound function; one bound to a base type answers the type that it is called on. */
  #called(at: Target, name: string): Target | undefined {
    for (let type: string | undefined = at.type; type !== undefined; type = this.metadata.types[type]?.base) {
      const on = at.many ? `Collection(${type})` : type;
      const found = this.metadata.functions.find((entry) => entry.name === `microsoft.graph.${name}` && entry.on === on);
      if (found !== undefined) return { type: found.returns === on && at.many ? at.type : found.returns.replace(/^Collection\((.*)\)$/, "$1"), many: found.returns.startsWith("Collection(") };
    }
    return undefined;
  }
}

function whole(value: unknown, limit: number): boolean {
  return Number.isInteger(value) && Math.abs(Number(value)) <= limit;
}

function matches(value: unknown, form: RegExp): boolean {
  return typeof value === "string" && form.test(value);
}

function told(value: unknown): string {
  return (JSON.stringify(value) ?? "undefined").slice(0, 60);
}
