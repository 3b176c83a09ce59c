import type { Verdict } from "../../core/adapter.js";
import { parseLine, splitOutsideQuotes, unescapeText, unfold, type ContentLine } from "./content-lines.js";

export type FieldDifferences = Verdict["fields"];

/** A component with its properties (BEGIN … END); a vCard is one component. */
export interface Component {
  readonly kind: string;
  readonly lines: readonly ContentLine[];
  readonly inner: readonly Component[];
}

export interface CompareRules {
  /** Properties that belong to the server or carry nothing of ours. */
  readonly ignored: ReadonlySet<string>;
  /** Components of the expected text that need not be found. */
  readonly ignoredComponents?: ReadonlySet<string>;
  /** Parameters that change nothing: defaults, and those that the server may add to. */
  readonly ignoredParams: ReadonlySet<string>;
  /** Tells components of one kind apart, beside their order (an override by its RECURRENCE-ID). */
  identity(component: Component): string;
  /** Properties whose values may stand in one line or in several. */
  readonly lists: ReadonlySet<string>;
}

const MOST_DEPTH = 32;

/** Components of the text in order; lines outside of any, and lines that are no content lines, are left out. */
export function componentsOf(text: string): readonly Component[] {
  const top: Component[] = [];
  const open: { kind: string; lines: ContentLine[]; inner: Component[] }[] = [];
  let depth = 0;
  for (const line of unfold(text).map(parseLine)) {
    if (line === undefined) continue;
    // Deeper than any calendar, a component is lines of the one that holds it.
    if (line.name === "BEGIN" && depth++ < MOST_DEPTH) open.push({ kind: line.value.trim().toUpperCase(), lines: [], inner: [] });
    else if (line.name === "END" && --depth < MOST_DEPTH) {
      const closed = open.pop();
      if (closed !== undefined) (open.at(-1)?.inner ?? top).push(closed);
    } else open.at(-1)?.lines.push(line);
  }
  return top;
}

/**
 * Whether everything in `expected` is in `found`, by meaning: same components, in them the same properties with the same values and
 * parameters, whatever the order and the folding. What the server added is not looked at.
 */
export function compareContent(expected: string, found: string, rules: CompareRules): FieldDifferences {
  return compareAll(componentsOf(expected), componentsOf(found), rules, true);
}

function compareAll(expected: readonly Component[], found: readonly Component[], rules: CompareRules, top: boolean): FieldDifferences {
  const label = (one: Component): string => `${one.kind} ${rules.identity(one)}`.trim();
  const left = new Map<string, Component[]>();
  for (const one of [...found].reverse()) {
    const same = left.get(label(one));
    if (same === undefined) left.set(label(one), [one]);
    else same.push(one);
  }
  const fields: { field: string; expected: string; found: string }[] = [];
  for (const component of expected) {
    if (rules.ignoredComponents?.has(component.kind) === true) continue;
    const match = left.get(label(component))?.pop();
    if (match === undefined) fields.push({ field: component.kind, expected: label(component), found: "" });
    else fields.push(...compareLines(component, match, rules, top ? "" : `${component.kind}.`), ...compareAll(component.inner, match.inner, rules, false));
  }
  return fields;
}

function compareLines(expected: Component, found: Component, rules: CompareRules, prefix: string): FieldDifferences {
  const wanted = valuesByName(expected, rules);
  const there = valuesByName(found, rules);
  const fields: { field: string; expected: string; found: string }[] = [];
  for (const [name, values] of wanted) {
    const found = there.get(name) ?? [];
    const missing = withoutThose(values, found);
    if (missing.length > 0) fields.push({ field: `${prefix}${name}`, expected: missing.join(" | "), found: withoutThose(found, values).join(" | ") });
  }
  return fields;
}

/** Values less others, each as often as it stands there. */
function withoutThose(values: readonly string[], others: readonly string[]): readonly string[] {
  const left = new Map<string, number>();
  for (const other of others) left.set(other, (left.get(other) ?? 0) + 1);
  return values.filter((value) => {
    const count = left.get(value) ?? 0;
    left.set(value, count - 1);
    return count <= 0;
  });
}

function valuesByName(component: Component, rules: CompareRules): ReadonlyMap<string, readonly string[]> {
  const values = new Map<string, string[]>();
  for (const line of component.lines) {
    if (rules.ignored.has(line.name)) continue;
    const own = values.get(line.name) ?? [];
    values.set(line.name, own);
    const params = canonicalParams(line, rules);
    const pieces = rules.lists.has(line.name) ? line.value.split(/(?<!\\),/) : [line.value];
    for (const piece of pieces) own.push(`${params}${canonicalValue(line, piece)}`);
  }
  return values;
}

/** Escaped or not where both are allowed, and empty fields at the end of a structured value: the same. */
function canonicalValue({ name, params }: ContentLine, value: string): string {
  const encoding = params.find(([key]) => key === "ENCODING")?.[1].toLowerCase();
  if (encoding === "b" || encoding === "base64") return value.replace(/\s/g, "");
  const structured = name === "N" || name === "ADR" || name === "ORG" || name === "RRULE";
  if (name === "RRULE") return value.toUpperCase().split(";").sort().join(";");
  return structured ? value.split(/(?<!\\);/).map((part) => unescapeText(part).trim()).join("\u0000").replace(/\u0000+$/, "").replaceAll("\u0000", ";") : unescapeText(value).replace(/\r\n?/g, "\n").trim();
}

function canonicalParams(line: ContentLine, rules: CompareRules): string {
  const params = new Map<string, string[]>();
  for (const [name, value] of line.params) {
    if (rules.ignoredParams.has(name)) continue;
    const values = splitOutsideQuotes(value, ",").map((one) => one.replace(/^"(.*)"$/, "$1"));
    const known = params.get(name) ?? [];
    params.set(name, known);
    for (const one of values) known.push(name === "TYPE" ? one.toLowerCase() : one);
  }
  return [...params].sort(([a], [b]) => (a < b ? -1 : 1)).map(([name, values]) => `${name}=${values.sort().join(",")};`).join("");
}
