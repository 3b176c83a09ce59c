import type { ErrorCode } from "../core/errors/catalog.js";
import type { ErrorDetail } from "../core/errors.js";
import { someNames } from "../lib/some-names.js";
import { accountOf, cellOf, IDENTITY_KINDS, IdentityMap, targetOf, type IdentityRow, type IdentityTable } from "./identities.js";

/** Something about the identity map; `note`: nothing that keeps a run from its work. */
export interface IdentityFinding {
  readonly code: Extract<ErrorCode, `IDENTITY_${string}`>;
  readonly params: NonNullable<ErrorDetail["params"]>;
  /** Source accounts concerned. */
  readonly sources: readonly string[];
  readonly note?: boolean;
}

/** Who is there at the source, by name in small letters. */
export interface Present {
  readonly names: ReadonlyMap<string, { readonly id: string; readonly name: string; readonly guest: boolean; readonly person: boolean }>;
  /** Whether guests were asked for: those that are not named are gone then. */
  readonly guests: boolean;
}

/** Everything wrong with a map, so that it is put right at once; `present` absent: without asking the source. `targets`: those that may have accounts of their own. */
export function checkIdentities({ columns, rows }: IdentityTable, targets: readonly string[], present?: Present): readonly IdentityFinding[] {
  return [...twice(rows), ...accounts(rows, columns.flatMap((column) => targetOf(column) ?? [])), ...strangers(columns, targets), ...aliases(rows), ...alone(rows), ...(present === undefined ? [] : against(rows, present, columns.includes("kind")))];
}

/** Lines of one source account, spelled alike or not, or of one id. */
function* twice(rows: readonly IdentityRow[]): Iterable<IdentityFinding> {
  for (const [, same] of grouped(rows, (row) => [cellOf(row, "source").toLowerCase()])) {
    if (same.length < 2) continue;
    const sources = unique(same.map((row) => cellOf(row, "source")));
    yield { code: sources.length > 1 ? "IDENTITY_CASE" : "IDENTITY_TWICE", params: { sources: sources.join(", "), lines: same.map(({ line }) => line).join(", ") }, sources };
  }
  for (const [, same] of grouped(rows, (row) => [cellOf(row, "id")])) {
    const sources = unique(same.map((row) => cellOf(row, "source")));
    // Lines of one name were told above.
    if (unique(sources.map((source) => source.toLowerCase())).length > 1) yield { code: "IDENTITY_TWICE", params: { sources: sources.join(", "), lines: same.map(({ line }) => line).join(", ") }, sources };
  }
}

/** Accounts of several people, at all targets or at one that has its own. */
function* accounts(rows: readonly IdentityRow[], targets: readonly string[]): Iterable<IdentityFinding> {
  const told = new Set<string>();
  for (const target of [undefined, ...targets]) {
    for (const [, same] of grouped(rows, (row) => [accountOf(row, target).toLowerCase()])) {
      const sources = unique(same.map((row) => cellOf(row, "source")));
      if (unique(sources.map((source) => source.toLowerCase())).length < 2) continue;
      const spelled = unique(same.map((row) => accountOf(row, target)));
      // What is one account at all targets is one at each.
      const key = JSON.stringify([spelled, same.map(({ line }) => line)]);
      if (told.has(key)) continue;
      told.add(key);
      yield spelled.length > 1
        ? { code: "IDENTITY_CASE", params: { sources: spelled.join(", "), lines: same.map(({ line }) => line).join(", ") }, sources }
        : { code: "IDENTITY_SHARED", params: { account: spelled[0] ?? "", sources: sources.join(", ") }, sources };
    }
  }
}

/** Columns of accounts at no target that there is. */
function* strangers(columns: readonly string[], targets: readonly string[]): Iterable<IdentityFinding> {
  const known = new Set(targets.map((target) => target.toLowerCase()));
  for (const column of columns) {
    const target = targetOf(column);
    if (target !== undefined && !known.has(target)) yield { code: "IDENTITY_TARGET", params: { column, known: targets.join(", ") }, sources: [] };
  }
}

/** Addresses of one that are another's address or account. */
function* aliases(rows: readonly IdentityRow[]): Iterable<IdentityFinding> {
  const addresses = (row: IdentityRow): readonly string[] => cellOf(row, "addresses").split("|").map((one) => one.trim()).filter((one) => one !== "");
  const named = (row: IdentityRow): readonly string[] => unique([...addresses(row), cellOf(row, "source"), cellOf(row, "account")].map((one) => one.toLowerCase()));
  for (const [address, same] of grouped(rows, named)) {
    const sources = unique(same.map((row) => cellOf(row, "source")));
    const isAlias = same.some((row) => addresses(row).some((one) => one.toLowerCase() === address) && cellOf(row, "source").toLowerCase() !== address && cellOf(row, "account").toLowerCase() !== address);
    if (isAlias && unique(sources.map((source) => source.toLowerCase())).length > 1) yield { code: "IDENTITY_ALIAS", params: { address, sources: sources.join(", ") }, sources };
  }
}

/** What one line says by itself. */
function* alone(rows: readonly IdentityRow[]): Iterable<IdentityFinding> {
  const guests: string[] = [];
  for (const row of rows) {
    const [source, account, kind] = [cellOf(row, "source"), cellOf(row, "account"), cellOf(row, "kind").toLowerCase()];
    if (kind !== "" && !IDENTITY_KINDS.some((known) => known === kind)) yield { code: "IDENTITY_KIND", params: { source, kind, line: row.line, known: IDENTITY_KINDS.join(", ") }, sources: [source] };
    if (source === "" || (account === "" && kind !== "guest")) yield { code: "IDENTITY_EMPTY", params: { source, line: row.line }, sources: [source] };
    if (kind === "guest" && account !== "") guests.push(source);
  }
  if (guests.length > 0) yield { code: "IDENTITY_GUEST", params: { count: guests.length, sources: someNames(guests) }, sources: guests, note: true };
}

/** The map beside the directory. Only a map that says what everybody is claims to name everybody. */
function* against(rows: readonly IdentityRow[], { names: present, guests }: Present, whole: boolean): Iterable<IdentityFinding> {
  const map = new IdentityMap(rows);
  for (const who of present.values()) {
    const row = map.anothers(who);
    if (row !== undefined) yield anothersLine(row, who);
  }
  const unknown = rows.filter((row) => !present.has(cellOf(row, "source").toLowerCase()) && cellOf(row, "status") !== "gone" && (guests || cellOf(row, "kind").toLowerCase() !== "guest")).map((row) => cellOf(row, "source"));
  if (unknown.length > 0) yield { code: "IDENTITY_UNKNOWN", params: { count: unknown.length, sources: someNames(unknown) }, sources: unknown };
  const missing = whole ? [...present.values()].filter((who) => who.person && !who.guest && !map.has(who)).map(({ name }) => name) : [];
  if (missing.length > 0) yield { code: "IDENTITY_MISSING", params: { count: missing.length, sources: someNames(missing) }, sources: missing };
}

/** Of a line that has somebody's name and another's id: nothing of theirs goes to that account until somebody says whose it is. */
export function anothersLine(row: IdentityRow, { id, name }: { readonly id: string; readonly name: string }): IdentityFinding {
  return { code: "IDENTITY_OTHER", params: { source: name, line: row.line, id, other: cellOf(row, "id") }, sources: [name] };
}

/** Rows by each of their keys; empty keys are none. */
function grouped(rows: readonly IdentityRow[], keys: (row: IdentityRow) => readonly string[]): ReadonlyMap<string, readonly IdentityRow[]> {
  const groups = new Map<string, IdentityRow[]>();
  for (const row of rows) for (const key of keys(row)) if (key !== "") groups.set(key, [...(groups.get(key) ?? []), row]);
  return groups;
}

function unique(values: readonly string[]): readonly string[] {
  return [...new Set(values)];
}
