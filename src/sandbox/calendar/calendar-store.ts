import { readFile } from "node:fs/promises";
import path from "node:path";
import { notFound } from "../answers.js";
import { changeKey, fileInstant } from "../mail/message.js";
import type { Entry } from "../tenant/entry.js";
import { decodeName } from "../tenant/names.js";
import type { OwnerFile, TenantStore } from "../tenant/store.js";
import { textOfFile } from "../text-file.js";
import { seriesFromIcs, type Series } from "./from-ics.js";
import { partOf } from "./instance-id.js";
import { instanceOn } from "./instances.js";
import type { GraphEvent } from "./event-json.js";
import { namedZone, UTC } from "./zones.js";

/** Told for a file whose content is not served as it stands; `file` is its path below the tenant folder. */
export type FileWarning = (file: string, reason: string) => void;

export interface Calendar {
  readonly id: string;
  readonly name: string;
  readonly isDefault: boolean;
}

/** Names under which a calendar is the mailbox's default one. */
const DEFAULT_NAMES = ["Calendar", "Calendrier"];
/** Zone of mailboxes whose profile has no `timeZone`: floating times are read in it. */
const MAILBOX_ZONE = "Romance Standard Time";
/** Parsed files kept; the oldest goes first. */
const FILES_KEPT = 2_000;

/** Calendars of the tenant folder, parsed once per version of a file. */
export class CalendarStore {
  readonly #parsed = new Map<string, readonly Series[]>();

  constructor(readonly tenant: TenantStore, private readonly warn: FileWarning) {}

  /** Calendars of an owner; the default one comes first and exists even without a folder. */
  calendars(owner: OwnerFile): readonly Calendar[] {
    const root = this.tenant.idOf(owner.name, "root", "calendars");
    const folders = this.tenant.children(root).filter(({ kind }) => kind === "folder").map((entry) => ({ id: entry.id, name: decodeName(path.basename(entry.file)) }));
    const first = folders.find(({ name }) => DEFAULT_NAMES.includes(name));
    const main = first ?? { id: this.tenant.idOf(owner.name, "folder", "calendar"), name: this.tenant.tenant.language === "fr" ? "Calendrier" : "Calendar" };
    return [{ ...main, isDefault: true }, ...folders.filter((folder) => folder !== first).map((folder) => ({ ...folder, isDefault: false }))];
  }

  /** Calendar of an id, the default one without; a refusal when there is none. */
  calendar(owner: OwnerFile, id: string | undefined): Calendar {
    const found = this.calendars(owner).find((calendar) => (id === undefined ? calendar.isDefault : calendar.id === id));
    if (found === undefined) throw notFound("ErrorItemNotFound", "");
    return found;
  }

  /** Files of a calendar, in listing order. */
  files(calendar: Calendar): readonly Entry[] {
    return this.tenant.children(calendar.id).filter(({ kind }) => kind === "event");
  }

  async series(owner: OwnerFile, files: readonly Entry[]): Promise<readonly Series[]> {
    const found: Series[] = [];
    for (const entry of files) found.push(...(await this.read(owner, entry)));
    return found;
  }

  /** What one file holds. */
  async read(owner: OwnerFile, entry: Entry): Promise<readonly Series[]> {
    const key = `${entry.id} ${entry.mark} ${entry.seq}`;
    const known = this.#parsed.get(key);
    if (known !== undefined) return known;
    const text = textOfFile(await readFile(path.join(this.tenant.dir, entry.file)));
    const said = new Set<string>();
    const parsed = seriesFromIcs(text, zoneOf(owner), { id: entry.id, ...mailboxOf(owner), changeKey: changeKey(entry), modified: fileInstant(entry) }, (reason) => said.add(reason));
    for (const reason of said) this.warn(entry.file, reason);
    this.#parsed.set(key, parsed);
    if (this.#parsed.size > FILES_KEPT) this.#parsed.delete(this.#parsed.keys().next().value ?? "");
    return parsed;
  }

  /** An event of any kind by its id, with the calendar that holds it: master, single event, exception or occurrence. */
  async event(owner: OwnerFile, id: string): Promise<{ readonly series: Series; readonly event: GraphEvent; readonly calendar: string }> {
    const outer = partOf(id);
    // An occurrence of the n-th event of a file is a part of a part.
    const fileId = (outer === undefined ? undefined : partOf(outer.whole)?.whole) ?? outer?.whole ?? id;
    const entry = this.tenant.entries.get(fileId);
    if (entry?.kind === "event" && entry.owner.toLowerCase() === owner.name.toLowerCase()) {
      for (const series of await this.read(owner, entry)) {
        const event = series.master.id === id ? series.master : outer !== undefined && series.master.id === outer.whole ? instanceOn(series, outer.part) : undefined;
        if (event !== undefined) return { series, event, calendar: entry.container };
      }
    }
    throw notFound("ErrorItemNotFound", "");
  }
}

function mailboxOf(owner: OwnerFile): { addresses: ReadonlySet<string>; owner: { name: string; address: string } } {
  const { displayName, mail, proxyAddresses } = owner.profile;
  const proxies = Array.isArray(proxyAddresses) ? proxyAddresses.map((address) => String(address).replace(/^smtp:/i, "")) : [];
  const address = typeof mail === "string" ? mail : owner.name;
  return {
    addresses: new Set([owner.name, address, ...proxies].map((entry) => entry.toLowerCase())),
    owner: { name: typeof displayName === "string" ? displayName : address, address },
  };
}

function zoneOf(owner: OwnerFile) {
  const told = owner.profile["timeZone"];
  return (typeof told === "string" ? namedZone(told) : undefined) ?? namedZone(MAILBOX_ZONE) ?? UTC;
}
