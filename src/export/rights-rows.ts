import { rightsOnCalendar, type RightOnCalendar } from "../convert/rights/calendar-rights.js";
import { rightsOf, type Holder, type People, type Right } from "../convert/rights/rights.js";
import type { Owner } from "../core/item.js";
import type { SourceUnit, StoredItem } from "../core/state.js";
import { CalendarRecord, FileRecord, FolderRecord } from "../format/records.js";
import { encodeFileName } from "../lib/file-names.js";
import { pathText, type Holdings } from "./holdings.js";

/** One person's one right on a file, folder or calendar that has rights of its own. */
export interface RightsRow {
  readonly ownerName: string;
  /** Of a calendar: its name. */
  readonly path: string;
  readonly kind: "file" | "folder" | "calendar";
  readonly right: Omit<Right, "role" | "holders"> & { readonly role: Right["role"] | RightOnCalendar["role"] };
  /** Absent: whoever the link's scope names. */
  readonly holder?: Holder;
  /** Folder whose rights hold as well, "/" for the drive's own; absent: these are all there are. */
  readonly inheritedFrom?: string;
  /** Of a calendar: some event in it is private, which few of its readers see at the source. */
  readonly hasPrivate?: boolean;
}

/** Rights of one owner's files and calendars, as a stream. Memory grows with the owner's folders. `onFailure` is told of records that cannot be read. */
export async function* rightsRows(holdings: Holdings, owner: Owner, people: People, onFailure: (stored: StoredItem, thrown: unknown) => void): AsyncGenerator<RightsRow> {
  yield* fileRows(holdings, owner, people, onFailure);
  yield* calendarRows(holdings, owner, people, onFailure);
}

/** The rights of a calendar stand in it as an item without bytes: only such are read. */
async function* calendarRows(holdings: Holdings, owner: Owner, people: People, onFailure: (stored: StoredItem, thrown: unknown) => void): AsyncGenerator<RightsRow> {
  for await (const stored of holdings.items({ workload: "calendar", owner: owner.id })) {
    if (stored.size > 0) continue;
    const read = await holdings.record(stored).catch((thrown: unknown) => void onFailure(stored, thrown));
    const told = CalendarRecord.safeParse(read?.record);
    if (!told.success) continue;
    const rest = { ownerName: owner.name, path: pathText(await holdings.pathOf(stored)), kind: "calendar" as const, hasPrivate: told.data.hasPrivate };
    for (const { holder, ...right } of rightsOnCalendar(told.data, people)) yield { ...rest, right, holder };
  }
}

/** Memory grows with the owner's folders. */
async function* fileRows(holdings: Holdings, owner: Owner, people: People, onFailure: (stored: StoredItem, thrown: unknown) => void): AsyncGenerator<RightsRow> {
  const unit: SourceUnit = { workload: "files", owner: owner.id };
  const above = new Ancestors(holdings, unit, await foldersWithRights(holdings, unit));
  for await (const stored of holdings.items(unit)) {
    const told = await recordOf(holdings, stored).catch((thrown: unknown) => void onFailure(stored, thrown));
    if (told?.permissions === undefined) continue;
    const { inherits } = told.permissions;
    const folder = told.type === "folder";
    const place = await holdings.pathOf(stored);
    const rest = {
      ownerName: owner.name, path: folder ? pathText(place) : `${pathText(place).replace(/^\/$/, "")}/${encodeFileName(told.name)}`.replace(/^\//, ""), kind: told.type,
      ...(inherits ? { inheritedFrom: await above.of(stored.container, !folder) } : {}),
    };
    for (const { holders, ...right } of rightsOf(told.permissions, people)) {
      if (holders.length === 0) yield { ...rest, right };
      for (const holder of holders) yield { ...rest, right, holder };
    }
  }
}

async function recordOf(holdings: Holdings, stored: StoredItem): Promise<FileRecord | FolderRecord | undefined> {
  const { record } = await holdings.record(stored);
  const folder = FolderRecord.safeParse(record);
  if (folder.success) return folder.data;
  const file = FileRecord.safeParse(record);
  return file.success ? file.data : undefined;
}

/** A folder's rights stand in it as an item without bytes: only such are read. What cannot be read is told when its own turn comes. */
async function foldersWithRights(holdings: Holdings, unit: SourceUnit): Promise<ReadonlySet<string>> {
  const found = new Set<string>();
  for await (const stored of holdings.items(unit)) {
    if (stored.size > 0) continue;
    const told = await recordOf(holdings, stored).catch(() => undefined);
    if (told?.type === "folder" && told.permissions !== undefined) found.add(stored.container);
  }
  return found;
}

/** The nearest folder above that has rights of its own. */
class Ancestors {
  readonly #known = new Map<string, string>();

  constructor(private readonly holdings: Holdings, private readonly unit: SourceUnit, private readonly own: ReadonlySet<string>) {}

  /** `itself`: the folder counts too. */
  async of(folder: string, itself: boolean): Promise<string> {
    const place = await this.holdings.place(this.unit, folder);
    if (place === undefined) return "/";
    if (itself && this.own.has(folder)) return pathText(place.path);
    const parent = place.parentId;
    if (parent === undefined || parent === folder) return "/";
    const known = this.#known.get(parent) ?? (await this.of(parent, true));
    this.#known.set(parent, known);
    return known;
  }
}
