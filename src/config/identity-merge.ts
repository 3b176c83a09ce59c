import type { DirectoryPerson } from "../core/source.js";
import { atTarget, cellOf, IDENTITY_COLUMNS, type IdentityKind, type IdentityRow, type IdentityTable } from "./identities.js";

/** What became of a line since the file was made. */
export interface IdentityChange {
  readonly source: string;
  readonly status: "new" | "changed" | "gone";
  /** Columns that the directory tells otherwise now. */
  readonly columns: readonly string[];
}

export interface Merged {
  readonly table: IdentityTable;
  readonly changes: readonly IdentityChange[];
}

/** Told by the directory; the other columns are whoever edits the file's. */
const TOLD = ["source", "found", "name", "addresses"] as const;

/**
 * The file made again: lines keep their order and every cell that people edit, new people are added at the end, and who is gone stays with that word. People are found
 * again by their id, whatever they are called now, and by name in lines without one. `kind` follows the directory until somebody has changed it; an account, once written, is never changed, and suggested where there must be one (a guest who became a member). `others`: names in
 * small letters of what is there and nobody, groups and sites, whose lines are taken over as they are.
 */
export function mergeIdentities(before: IdentityTable | undefined, people: readonly DirectoryPerson[], targets: readonly string[], others: ReadonlySet<string> = new Set()): Merged {
  const byId = new Map<string, DirectoryPerson>(people.map((person) => [person.id, person]));
  const byName = new Map<string, DirectoryPerson>(people.map((person) => [person.name.toLowerCase(), person]));
  const changes: IdentityChange[] = [];
  const met = new Set<string>();
  const rows: IdentityRow[] = [];
  for (const row of before?.rows ?? []) {
    if (others.has(cellOf(row, "source").toLowerCase())) {
      rows.push(row);
      continue;
    }
    // A name that was given to another takes the line of who had it no further.
    const person = cellOf(row, "id") === "" ? byName.get(cellOf(row, "source").toLowerCase()) : byId.get(cellOf(row, "id"));
    if (person !== undefined) met.add(person.id);
    const { merged, change } = person === undefined ? goneRow(row) : knownRow(row, person);
    rows.push(merged);
    if (change !== undefined) changes.push(change);
  }
  for (const person of people) {
    if (met.has(person.id)) continue;
    rows.push({ line: 0, cells: new Map(Object.entries({ ...told(person), account: suggested(person), kind: kindOf(person), status: "new", id: person.id })) });
    changes.push({ source: person.name, status: "new", columns: [] });
  }
  const columns = [...IDENTITY_COLUMNS, ...targets.map(atTarget)];
  return { table: { columns: [...columns, ...(before?.columns ?? []).filter((column) => !columns.includes(column))], rows }, changes };
}

function goneRow(row: IdentityRow): { readonly merged: IdentityRow; readonly change?: IdentityChange } {
  const merged = { ...row, cells: new Map([...row.cells, ["status", "gone"]]) };
  return cellOf(row, "status") === "gone" ? { merged } : { merged, change: { source: cellOf(row, "source"), status: "gone", columns: [] } };
}

function knownRow(row: IdentityRow, person: DirectoryPerson): { readonly merged: IdentityRow; readonly change?: IdentityChange } {
  const now = { ...told(person), found: foundOf(person, cellOf(row, "found")) };
  const untouched = cellOf(row, "kind") === "" || cellOf(row, "kind") === cellOf(row, "found");
  const kind = untouched ? now.found : cellOf(row, "kind");
  const account = cellOf(row, "account") === "" && kind.toLowerCase() !== "guest" ? suggested(person) : "";
  // A file that had no such column before has nothing that could differ.
  const differ = TOLD.filter((column) => row.cells.has(column) && (column === "source" ? now.source.toLowerCase() !== cellOf(row, column).toLowerCase() : now[column] !== cellOf(row, column)));
  const columns = account === "" ? differ : [...differ, "account"];
  const status = columns.length > 0 ? `changed: ${columns.join(", ")}` : "";
  const cells = new Map([...row.cells, ...Object.entries({ ...now, status, id: person.id, kind, ...(account === "" ? {} : { account }) })]);
  return { merged: { ...row, cells }, ...(columns.length === 0 ? {} : { change: { source: person.name, status: "changed" as const, columns } }) };
}

function told(person: DirectoryPerson): Readonly<Record<(typeof TOLD)[number], string>> {
  return { source: person.name, found: kindOf(person), name: person.displayName, addresses: person.addresses.join(" | ") };
}

/** What mailboxes may be for, one of each that decides otherwise. */
const MAILBOXES = ["user", "shared", "room", "none"] as const;

/** As `kindOf`; while the mailbox cannot be asked, what was found earlier stands, unless no answer could make it so any more. */
function foundOf(person: DirectoryPerson, earlier: string): IdentityKind {
  const possible = person.mailbox === "unknown" ? MAILBOXES.map((mailbox) => kindOf({ ...person, mailbox })) : [];
  return possible.find((kind) => kind === earlier) ?? kindOf(person);
}

/** The address that mail comes from, which most targets name accounts by; guests have their account where they come from. */
export function suggested(person: DirectoryPerson): string {
  return person.guest ? "" : person.mail ?? person.name;
}

/**
 * What somebody is, by what the directory tells. The account of a shared or room mailbox is disabled as a rule, so the mailbox decides first; a disabled account of which
 * no mailbox could be asked may be either. Without mailbox, licence and a person's name it is taken for a program's.
 */
export function kindOf({ guest, mailbox, enabled, licensed, givenName, surname }: DirectoryPerson): IdentityKind {
  if (guest) return "guest";
  if (mailbox === "shared") return "shared";
  if (mailbox === "room" || mailbox === "equipment") return "room";
  if (!enabled) return mailbox === "unknown" ? "unknown" : "leaver";
  return mailbox === "none" && !licensed && givenName === undefined && surname === undefined ? "service" : "person";
}
