import type { People } from "../../convert/rights/rights.js";
import type { Lang } from "../../core/errors.js";
import { ExodusError } from "../../core/errors.js";
import type { Item, Owner } from "../../core/item.js";
import type { Standing, StandingItem, Unit } from "../../core/state.js";
import { NeutralRecord } from "../../format/records.js";
import { csvLine, CSV_START } from "../../lib/csv.js";
import type { DiskMap } from "../../lib/disk-map.js";
import type { LineFile } from "../export-folder.js";
import type { Holdings } from "../holdings.js";
import { rightsRows } from "../rights-rows.js";
import { addressesOf } from "./addresses.js";
import { conversationMembers, groupRow, membersOf, userRow, USER_COLUMNS, GROUP_COLUMNS, MEMBER_COLUMNS } from "./people.js";
import { placeKey } from "./package-content.js";
import type { PackageFolder, Written } from "./package-folder.js";

export const TABLES = {
  identities: ["account", "targetAccount", "displayName", "kind", "from"],
  users: USER_COLUMNS,
  groups: GROUP_COLUMNS,
  memberships: MEMBER_COLUMNS,
  rights: ["owner", "path", "kind", "who", "whoKind", "address", "targetAccount", "outside", "role", "said", "besides", "link", "password", "noDownload", "expires", "privateEvents"],
  items: ["owner", "ownerKind", "workload", "title", "standing", "place", "bytes", "code", "reason", "losses", "id"],
  losses: ["owner", "workload", "title", "place", "field", "change", "side", "loss", "meaning", "id"],
  links: ["address", "kind", "owner", "workload", "title", "place", "id"],
  counts: ["owner", "ownerKind", "workload", "delivered", "kept", "skipped", "failed", "pending", "bytes"],
  "not-read": ["owner", "workload", "code", "reason", "remedy", "source"],
} as const;
export type TableName = keyof typeof TABLES;

/** Workloads whose records hold addresses at the source, or people. */
const WITH_RECORDS: readonly string[] = ["files", "channels", "chats", "lists", "pages", "notes"];
/** Items of one kind that an error names. */
const NAMED = 5;

export interface UnitOf extends Unit {
  readonly of: Owner;
}

/** Somebody of the identity map; by name alone where their id is not known. */
interface Whom {
  readonly id?: string;
  readonly name: string;
}

export interface TableSource {
  readonly holdings: Holdings;
  readonly owners: readonly Owner[];
  readonly people: People;
  /** What the identity map says of source accounts, in small letters. */
  readonly identities: { everyone(): Iterable<Whom>; account(whom: Whom): string | undefined; kind(whom: Whom): string | undefined };
  readonly units: readonly UnitOf[];
  standing(unit: Unit): AsyncIterable<StandingItem>;
  /** Where the archive tells of an item; undefined for what is no file there. */
  placeOf(at: { readonly container: string; readonly ref: string }): string | undefined;
  /** What kept units from being read, and what the source does not give. */
  readonly notRead: readonly (readonly [owner: string, workload: string, code: string, reason: string, remedy: string, source: string])[];
  /** In the language of the package. */
  explain(failure: NonNullable<StandingItem["failure"]>): string;
  lossText(reason: string): string;
  readonly lang: Lang;
}

export interface TableOptions extends TableSource {
  readonly folder: PackageFolder;
  readonly places: DiskMap;
  readonly signal: AbortSignal;
  readonly onFailure: (thrown: unknown) => void;
}

export type CountRow = { readonly owner: Owner; readonly workload: string; readonly bytes: number } & Readonly<Record<Standing, number>>;

export interface TableCounts {
  readonly rows: readonly CountRow[];
  readonly losses: ReadonlyMap<string, number>;
  readonly items: Readonly<Record<Standing, number>>;
  /** Delivered by the ledger, and not in the archive. */
  readonly missing: number;
  readonly tables: Readonly<Record<string, Written>>;
}

/** Writes `tables/*.csv`: who is who, who may see what, every item with its place, what was lost, and the old addresses. Memory grows with the owners and their workloads only. */
export async function writeTables(options: TableOptions): Promise<TableCounts> {
  const { folder } = options;
  const files = new Map<TableName, LineFile>();
  for (const [name, columns] of Object.entries(TABLES) as [TableName, readonly string[]][]) {
    const file = await folder.lines(fileOf(name));
    await file.write(CSV_START + csvLine(columns));
    files.set(name, file);
  }
  const add = (name: TableName, cells: readonly (string | number)[]): Promise<void> => (files.get(name) as LineFile).write(csvLine(cells));
  const writing = { ...options, add };
  await writePeople(writing);
  await writeRights(writing);
  const counted = await writeItems(writing);
  for (const row of options.notRead) await add("not-read", row);
  const tables: Record<string, Written> = {};
  for (const [name, file] of files) {
    await file.close();
    tables[fileOf(name)] = await folder.written(fileOf(name));
  }
  return { ...counted, tables };
}

export function fileOf(name: string): string {
  return `tables/${name}.csv`;
}

interface Writing extends TableOptions {
  readonly add: (name: TableName, cells: readonly (string | number)[]) => Promise<void>;
}

async function writePeople({ holdings, owners, people, identities, add, signal, onFailure }: Writing): Promise<void> {
  const named = new Set<string>();
  for (const owner of owners) {
    signal.throwIfAborted();
    if (owner.kind === "user") {
      named.add(owner.id).add(owner.name.toLowerCase());
      const mapped = identities.account(owner);
      await add("identities", [owner.name, mapped ?? owner.name, owner.displayName, identities.kind(owner) ?? "", mapped === undefined ? "same" : "map"]);
    }
    const record = await entryOf(holdings, owner).catch((thrown: unknown) => void onFailure(thrown));
    if (owner.kind === "user") await add("users", userRow(owner, record, people));
    else await add("groups", groupRow(owner, record));
    for (const row of membersOf(owner, record, people)) await add("memberships", row);
  }
  for (const whom of identities.everyone()) if (!named.has(whom.id ?? whom.name)) await add("identities", [whom.name, identities.account(whom) ?? "", "", identities.kind(whom) ?? "", "map"]);
}

/** What the directory tells of an owner; undefined where it was not read. */
export async function entryOf(holdings: Holdings, owner: Owner): Promise<unknown> {
  for await (const stored of holdings.items({ workload: "directory", owner: owner.id })) return (await holdings.record(stored)).record;
  return undefined;
}

async function writeRights({ holdings, owners, people, add, signal, onFailure }: Writing): Promise<void> {
  for (const owner of owners) {
    for await (const { path, kind, right, holder, inheritedFrom, hasPrivate } of rightsRows(holdings, owner, people, (_stored, thrown) => onFailure(thrown))) {
      signal.throwIfAborted();
      const { link } = right;
      await add("rights", [
        owner.name, path, kind, holder?.name ?? "", holder?.kind ?? "", holder?.address ?? "", holder?.account ?? "", holder === undefined ? "" : holder.external ? "yes" : "no",
        right.role, right.said.join(", "), inheritedFrom ?? "", link?.scope ?? "", yes(link?.hasPassword), yes(link?.preventsDownload), right.expiresAt ?? "", yes(hasPrivate),
      ]);
    }
  }
}

async function writeItems(writing: Writing): Promise<Omit<TableCounts, "tables">> {
  const { units, add, onFailure } = writing;
  const rows: CountRow[] = [];
  const losses = new Map<string, number>();
  const items: Record<Standing, number> = { delivered: 0, kept: 0, skipped: 0, failed: 0, pending: 0 };
  const missing = { count: 0, named: [] as string[] };
  for (const unit of units) {
    const row = { owner: unit.of, workload: unit.workload, bytes: 0, delivered: 0, kept: 0, skipped: 0, failed: 0, pending: 0 };
    for await (const item of writing.standing(unit)) {
      writing.signal.throwIfAborted();
      const place = await writeItem(writing, unit.of, item, missing);
      row[item.standing] += 1;
      items[item.standing] += 1;
      if (item.standing === "delivered") row.bytes += item.size;
      for (const reason of new Set(item.losses.map((loss) => loss.reason))) losses.set(reason, (losses.get(reason) ?? 0) + 1);
      if (WITH_RECORDS.includes(unit.workload)) await writeRecord(writing, unit.of, item, place).catch(onFailure);
    }
    const { owner, workload, delivered, kept, skipped, failed, pending, bytes } = row;
    await add("counts", [owner.name, owner.kind, workload, delivered, kept, skipped, failed, pending, bytes]);
    rows.push(row);
  }
  if (missing.count > 0) onFailure(new ExodusError("HANDOVER_ITEM_MISSING", { params: { count: missing.count, items: `${missing.named.join(", ")}${missing.count > NAMED ? " …" : ""}` } }));
  return { rows, losses, items, missing: missing.count };
}

/** Answers where the item's file is, "001/users/…"; empty for an item without one. */
async function writeItem({ add, placeOf, places, explain, lossText }: Writing, owner: Owner, item: StandingItem, missing: { count: number; named: string[] }): Promise<string> {
  const { id, workload, title, standing, at, failure, losses, size } = item;
  const path = at === undefined ? undefined : placeOf(at);
  const place = path === undefined ? "" : (places.get(placeKey(path)) ?? "");
  // Rights that are those of the folder above have no file.
  if (standing === "delivered" && place === "" && at?.ref !== "/") {
    missing.count += 1;
    if (missing.named.length < NAMED) missing.named.push(id);
  }
  await add("items", [owner.name, owner.kind, workload, title, standing, place, size, failure?.code ?? "", failure === undefined ? "" : explain(failure), losses.map(({ field, reason }) => `${field}: ${reason}`).join(" · "), id]);
  for (const { field, change, side, reason } of losses) await add("losses", [owner.name, workload, title, place, field, change, side, reason, lossText(reason), id]);
  return place;
}

async function writeRecord({ holdings, people, add }: Writing, owner: Owner, item: StandingItem, place: string): Promise<void> {
  if (item.place === undefined) return;
  const { workload, container, title, size, id } = item;
  const { record }: Item = await holdings.record({ key: { workload, owner: item.owner, id }, container, title, size, place: item.place });
  const { success, data: told } = NeutralRecord.safeParse(record);
  if (!success) return;
  if (place !== "") for (const { address, kind } of addressesOf(told)) await add("links", [address, kind, owner.name, workload, title, place, id]);
  if (told.type === "conversation") for (const row of conversationMembers(owner, told, people)) await add("memberships", row);
}

function yes(told: boolean | undefined): string {
  return told === true ? "yes" : "";
}
