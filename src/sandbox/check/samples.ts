import { readdir, readFile } from "node:fs/promises";
import path from "node:path";
import type { Violation } from "./csdl.js";

/** One published request with its JSON answer. */
export interface Sample {
  readonly file: string;
  /** Path below the version, `/me` told as a user, without query. */
  readonly path: string;
  /** What the published request selects and expands, as a query; empty without either. */
  readonly query: string;
  readonly body: Readonly<Record<string, unknown>>;
  /** Keys of the answer that the metadata does not have: no shape to follow. */
  readonly ignored: ReadonlySet<string>;
}

type Kind = "null" | "string" | "number" | "boolean" | "array" | "object";

/** JSON kinds seen at one place of many answers. */
export interface Shape {
  readonly kinds: Set<Kind>;
  readonly keys: Map<string, Shape>;
  items: Shape | undefined;
}

/** Segments that stand where a key may stand and are none. */
const NO_KEYS: ReadonlySet<string> = new Set(["delta", "getAllSites", "$count", "$value", "search"]);

/** OData CSDL 4.01 section 15.2, as far as Graph's names go. */
const IDENTIFIER = /^[A-Za-z_]\w*$/;
/** What stands below are columns of a list, which each tenant names for itself. */
const COLUMNS: ReadonlySet<string> = new Set(["fields"]);

interface SampleFile {
  readonly request?: { readonly method?: string | null; readonly path?: string };
  readonly response?: { readonly status?: number; readonly body?: unknown };
}

export interface Samples {
  readonly samples: readonly Sample[];
  /** Pairs that are no good GET with a JSON answer, and why. */
  readonly skipped: readonly { readonly file: string; readonly why: string }[];
  readonly notes: readonly string[];
}

/** Published requests with their answers, one pair a file, of whatever area (the folder's NOTICE.md names the sources). */
export async function readSamples(dir: string): Promise<Samples> {
  const names = (await readdir(dir)).filter((name) => name.endsWith(".json")).sort();
  const notes = names.includes("quality.json") ? [] : ["no quality.json: every published key is held to be one"];
  const quality = notes.length > 0 ? {} : JSON.parse(await readFile(path.join(dir, "quality.json"), "utf8")) as Record<string, { "keys_not_in_v1.0_csdl"?: readonly string[] }>;
  const [samples, skipped]: [Sample[], { file: string; why: string }[]] = [[], []];
  for (const file of names.filter((name) => name !== "index.json" && name !== "quality.json")) {
    const pair = JSON.parse(await readFile(path.join(dir, file), "utf8")) as SampleFile;
    const why = unfit(pair);
    if (why !== undefined) skipped.push({ file, why });
    else samples.push({ file, path: plainPath(pair.request?.path ?? ""), query: queryOf(pair.request?.path ?? ""), body: entityOf(pair.response?.body as Record<string, unknown>), ignored: new Set(quality[file]?.["keys_not_in_v1.0_csdl"] ?? []) });
  }
  return { samples, skipped, notes };
}

/** Why a pair says nothing about the shape of a good GET. */
function unfit({ request, response }: SampleFile): string | undefined {
  const body = response?.body;
  if (request?.method !== "GET") return request?.method ?? "no request";
  if (response?.status !== 200) return `answer ${response?.status ?? "without status"}`;
  return typeof body !== "object" || body === null || "_text" in body ? "no JSON answer" : undefined;
}

function plainPath(asked: string): string {
  return asked.replace(/\?.*$/, "").replace(/^\/(?:v1\.0|beta)(?=\/)/, "").replace(/^\/me(?=\/|$)/, "/users/me").replace(/\/$/, "");
}

/** Filters and orders choose rows, and a tenant has others than the page's: what decides the shape is what is selected and expanded. */
function queryOf(asked: string): string {
  const told = new URL(asked, "https://graph.invalid").searchParams;
  // The dollar sign may be left out (OData URL Conventions 4.01 section 5.1).
  const kept = ["select", "expand"].flatMap((name) => [...told.getAll(`$${name}`), ...told.getAll(name)].map((value) => `$${name}=${encodeURIComponent(value)}`));
  return kept.length === 0 ? "" : `?${kept.join("&")}`;
}

/** Some pages wrap a single entity in `value` (linkedresource-get), which OData JSON Format 4.01 section 6 does for values that are no entity only. */
function entityOf(body: Readonly<Record<string, unknown>>): Readonly<Record<string, unknown>> {
  const { value } = body;
  return typeof value === "object" && value !== null && !Array.isArray(value) ? (value as Record<string, unknown>) : body;
}

/** The route (pattern with `:name` keys) that a sample's path asks for. */
export function routeOf(sample: Sample, patterns: readonly string[]): string | undefined {
  const given = sample.path.split("/").map((segment) => segment.replace(/^(\w+)\(.*\)$/, "$1"));
  const fits = patterns.filter((pattern) => {
    const parts = pattern.split("/");
    return parts.length === given.length && parts.every((part, index) => (part.startsWith(":") ? !NO_KEYS.has(given[index] ?? "") : part === given[index]));
  });
  return fits.sort((a, b) => keysOf(a) - keysOf(b))[0];
}

export function emptyShape(): Shape {
  return { kinds: new Set(), keys: new Map(), items: undefined };
}

/** Adds one answer to what is known of a place. */
export function learn(shape: Shape, value: unknown): void {
  const kind: Kind = value === null ? "null" : Array.isArray(value) ? "array" : (typeof value as Kind);
  shape.kinds.add(kind);
  if (Array.isArray(value)) {
    shape.items ??= emptyShape();
    for (const item of value) learn(shape.items, item);
  } else if (kind === "object") {
    for (const [name, content] of Object.entries(value as Record<string, unknown>)) {
      const inner = shape.keys.get(name) ?? emptyShape();
      shape.keys.set(name, inner);
      learn(inner, content);
    }
  }
}

/** Compares all answers of a route with a sample of it: envelope keys must be there, keys present in both must be of the same kind. Returns the number of comparisons. */
export function compare(sample: Sample, ours: Shape, found: Violation[]): number {
  const published = emptyShape();
  learn(published, sample.body);
  for (const name of ["value", "@odata.context"]) {
    if (name in sample.body && !ours.keys.has(name)) found.push({ where: `${sample.file} ${sample.path}`, problem: `the sample has ${name}, no answer of ours has` });
  }
  const links = ["@odata.nextLink", "@odata.deltaLink"];
  if (/\/delta\b/.test(sample.path) && links.some((name) => name in sample.body) && !links.some((name) => ours.keys.has(name))) {
    found.push({ where: `${sample.file} ${sample.path}`, problem: "the sample has a link to go on, no answer of ours has" });
  }
  return 1 + compareShapes(published, ours, `${sample.file} ${sample.path} `, sample.ignored, found);
}

/** Published properties that no answer of ours has, as paths. */
export function withoutThese(sample: Sample, ours: Shape): readonly string[] {
  const published = emptyShape();
  learn(published, sample.body);
  const walk = (theirs: Shape, own: Shape, at: string): readonly string[] => [
    ...(theirs.items !== undefined && own.items !== undefined ? walk(theirs.items, own.items, at) : []),
    ...[...theirs.keys].flatMap(([name, inner]) => {
      if (sample.ignored.has(name) || name.includes("@")) return [];
      const found = counterpart(own, name);
      return found === undefined ? [`${at}${name}`] : COLUMNS.has(name) ? [] : walk(inner, found, `${at}${name}/`);
    }),
  ];
  return walk(published, ours, "");
}

/** Whether the sample tells rows of a list of which no answer of ours has any: nothing of them can be compared. */
export function hasNoRows({ body }: Sample, ours: Shape): boolean {
  const { value } = body;
  return Array.isArray(value) && value.length > 0 && (ours.keys.get("value")?.items?.kinds.size ?? 0) === 0;
}

/** Ours at the place of a published key. A key that is no identifier ("fbab97d0-…" among assignments) is no property but data of an open type: any other of its kind stands for it. */
function counterpart(own: Shape, name: string): Shape | undefined {
  if (IDENTIFIER.test(name)) return own.keys.get(name);
  return [...own.keys].find(([other]) => !IDENTIFIER.test(other) && !other.includes("@"))?.[1];
}

function compareShapes(published: Shape, ours: Shape, where: string, ignored: ReadonlySet<string>, found: Violation[]): number {
  const told = [...published.kinds].filter((kind) => kind !== "null");
  const wrong = told.length === 0 ? [] : [...ours.kinds].filter((kind) => kind !== "null" && !told.includes(kind));
  if (wrong.length > 0) found.push({ where, problem: `${wrong.join(", ")} where the sample has ${told.join(", ")}` });
  let compared = 1;
  if (published.items !== undefined && ours.items !== undefined) compared += compareShapes(published.items, ours.items, `${where}[]`, ignored, found);
  for (const [name, inner] of published.keys) {
    const own = name.includes("@") ? ours.keys.get(name) : counterpart(ours, name);
    if (own !== undefined && !ignored.has(name)) compared += compareShapes(inner, own, `${where}/${name}`, ignored, found);
  }
  return compared;
}

function keysOf(pattern: string): number {
  return pattern.split("/").filter((part) => part.startsWith(":")).length;
}
