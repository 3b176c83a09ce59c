import { ExodusError } from "../core/errors.js";
import { csvRows, type CsvRow } from "../lib/read-csv.js";

/** What somebody is; routes and checks go by it (docs/identities.md). */
export const IDENTITY_KINDS = ["person", "shared", "room", "guest", "leaver", "service", "unknown"] as const;
export type IdentityKind = (typeof IDENTITY_KINDS)[number];

/** Columns that the program knows, by name in any capitals; the first two may be called otherwise. `account@TARGET` is the account at one target. */
export const IDENTITY_COLUMNS = ["source", "account", "kind", "found", "name", "addresses", "status", "note", "id"] as const;
export type IdentityColumn = (typeof IDENTITY_COLUMNS)[number];
const AT_TARGET = "account@";

/** The column of accounts at a target; names of columns are the same whatever their capitals. */
export function atTarget(target: string): string {
  return `${AT_TARGET}${target.toLowerCase()}`;
}

/** The target that a column has accounts of, in small letters. */
export function targetOf(column: string): string | undefined {
  return column.startsWith(AT_TARGET) ? column.slice(AT_TARGET.length) : undefined;
}

/** The account of a line: the one at that target, where it tells one, or else the one for all. */
export function accountOf(row: IdentityRow, target?: string): string {
  return (target === undefined ? "" : row.cells.get(atTarget(target)) ?? "") || cellOf(row, "account");
}

/** One line of the file, cells by column, in the order of the file. */
export interface IdentityRow {
  readonly line: number;
  readonly cells: ReadonlyMap<string, string>;
}

export interface IdentityTable {
  readonly columns: readonly string[];
  readonly rows: readonly IdentityRow[];
}

/** A cell; empty where there is no such column. */
export function cellOf({ cells }: IdentityRow, column: IdentityColumn): string {
  return cells.get(column) ?? "";
}

/** Who is looked up; the id is the directory's, absent where only a name is known, as of those whom a file is shared with. */
export interface Whom {
  readonly id?: string;
  readonly name: string;
}

/** Who is who at the targets. People are known by their id, since names change and are given to others; by name in lines that tell none. */
export class IdentityMap {
  readonly #ofId = new Map<string, IdentityRow>();
  readonly #ofName = new Map<string, IdentityRow>();

  constructor(rows: Iterable<IdentityRow> = []) {
    for (const row of rows) {
      this.#ofName.set(cellOf(row, "source").toLowerCase(), row);
      if (cellOf(row, "id") !== "") this.#ofId.set(cellOf(row, "id"), row);
    }
  }

  /** Account of somebody, at one target where the map says so; undefined when the map has none, and empty when the name's line is another's, whose account it would be. */
  account(whom: Whom, target?: string): string | undefined {
    if (this.anothers(whom) !== undefined) return "";
    const row = this.#rowOf(whom);
    if (row === undefined) return undefined;
    return accountOf(row, target) || undefined;
  }

  /** What the map says that somebody is; undefined when it does not. */
  kind(whom: Whom): IdentityKind | undefined {
    const row = this.#rowOf(whom);
    return row === undefined ? undefined : IDENTITY_KINDS.find((kind) => kind === cellOf(row, "kind").toLowerCase());
  }

  /** Whether a line is theirs, or has their name. */
  has({ id, name }: Whom): boolean {
    return (id !== undefined && this.#ofId.has(id)) || this.#ofName.has(name.toLowerCase());
  }

  /** The line that has somebody's name and another's id, where no line has theirs. */
  anothers({ id, name }: Whom): IdentityRow | undefined {
    if (id === undefined || this.#ofId.has(id)) return undefined;
    const row = this.#ofName.get(name.toLowerCase());
    return row === undefined || cellOf(row, "id") === "" ? undefined : row;
  }

  /** Whom the lines are of, names in small letters. */
  *everyone(): Iterable<Whom> {
    for (const [name, row] of this.#ofName) yield cellOf(row, "id") === "" ? { name } : { id: cellOf(row, "id"), name };
  }

  #rowOf(whom: Whom): IdentityRow | undefined {
    if (this.anothers(whom) !== undefined) return undefined;
    return (whom.id === undefined ? undefined : this.#ofId.get(whom.id)) ?? this.#ofName.get(whom.name.toLowerCase());
  }
}

/**
 * Reads the identity map: a CSV with a header line, separated by `;` or `,`, whose first two columns are the source account and the target account. Guests need none.
 * @throws ExodusError CONFIG_IDENTITIES naming the line.
 */
export async function readIdentities(file: string): Promise<IdentityMap> {
  const seen = new Set<string>();
  const { rows } = await readIdentityTable(file);
  for (const row of rows) {
    const source = cellOf(row, "source");
    if (source === "" || (cellOf(row, "account") === "" && cellOf(row, "kind").toLowerCase() !== "guest")) throw problem(file, row.line, "source;target");
    for (const key of [source.toLowerCase(), cellOf(row, "id")]) {
      if (seen.has(key)) throw problem(file, row.line, `"${key}" ×2`);
      if (key !== "") seen.add(key);
    }
  }
  return new IdentityMap(rows);
}

/**
 * The file as it stands, for checks and for making it again: cells that the header has no name for are in columns of their place.
 * @throws ExodusError CONFIG_IDENTITIES when it is no CSV in UTF-8, or has two columns of one name.
 */
export async function readIdentityTable(file: string): Promise<IdentityTable> {
  const read: CsvRow[] = [];
  try {
    for await (const row of csvRows(file)) read.push(row);
  } catch (thrown) {
    throw new ExodusError("CONFIG_IDENTITIES", { params: { file, line: "?", reason: (thrown as Error).message }, cause: thrown });
  }
  const [header, ...lines] = read;
  if (header === undefined) return { columns: [...IDENTITY_COLUMNS], rows: [] };
  // Trailing separators alone make no column.
  const width = lines.reduce((most, { cells }) => Math.max(most, cells.findLastIndex((cell) => cell !== "") + 1), Math.max(header.cells.length, 2));
  const columns = Array.from({ length: width }, (_, index) => ["source", "account"][index] ?? columnName(header.cells[index] ?? "", index));
  const twice = columns.find((column, index) => columns.indexOf(column) !== index);
  if (twice !== undefined) throw problem(file, header.line, `"${twice}" ×2`);
  return { columns, rows: lines.map(({ line, cells }) => ({ line, cells: new Map(columns.map((column, index) => [column, cells[index] ?? ""])) })) };
}

/** Names that the program knows, in its own letters; a column without a name has that of its place. */
function columnName(name: string, index: number): string {
  const plain = name.toLowerCase();
  if (targetOf(plain) !== undefined || IDENTITY_COLUMNS.some((known) => known === plain)) return plain;
  return name || `column ${String(index + 1)}`;
}

function problem(file: string, line: number, reason: string): ExodusError {
  return new ExodusError("CONFIG_IDENTITIES", { params: { file, line, reason } });
}
