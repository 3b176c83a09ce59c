import { GraphRefusal, type Answer } from "../answers.js";
import { context, link, pageSize, readToken, type Call } from "../odata.js";
import type { OwnerFile } from "../tenant/store.js";
import type { Calendar, CalendarStore } from "./calendar-store.js";
import { instancesBetween, type Window } from "./instances.js";
import type { Presentation } from "./presentation.js";

/** State that travels in the links: the window, the round's two ends, and the place reached in it. */
interface DeltaState extends Window {
  readonly base: number;
  readonly upto: number;
  /** Order of the file being told, and how many of its rows are told. */
  readonly order: number;
  readonly rows: number;
}

const NOT_TRACKED = ["$select", "$expand", "$filter", "$orderby", "$search"];

/** Changes of a calendar view (api-reference/v1.0/api/event-delta). */
export class ViewDelta {
  /** Ids told so far per calendar, window and file: what was told and is no more becomes a tombstone. */
  readonly #told = new Map<string, Set<string>>();

  constructor(private readonly store: CalendarStore) {}

  async answer(call: Call, owner: OwnerFile, calendar: Calendar, shape: Presentation, windowOf: (call: Call) => Window): Promise<Answer> {
    const refused = NOT_TRACKED.filter((name) => call.query.has(name));
    if (refused.length > 0) throw new GraphRefusal(400, "ErrorInvalidUrlQuery", `The following parameters are not supported with change tracking over the 'CalendarView' resource: '${refused.join(", ")}'.`);
    const state = this.#state(call, windowOf);
    const size = pageSize(call, 10);
    const value: object[] = [];
    let { order, rows } = state;
    for (const entry of this.store.files(calendar)) {
      if (entry.seq <= state.base || entry.seq > state.upto || entry.order < state.order) continue;
      const all = await this.#rowsOf(owner, calendar, entry.id, state, shape);
      if (entry.order > order) [order, rows] = [entry.order, 0];
      const page = all.slice(rows, rows + size - value.length);
      value.push(...page);
      rows += page.length;
      if (rows < all.length) return this.#page(call, "@odata.nextLink", link(call, "$skiptoken", { ...state, order, rows }, false), value);
    }
    value.push(...this.#departed(calendar, state));
    return this.#page(call, "@odata.deltaLink", link(call, "$deltatoken", { ...state, base: state.upto, order: 0, rows: 0 }, false), value);
  }

  #page(call: Call, name: string, next: string, value: readonly object[]): Answer {
    return { json: { "@odata.context": context(call, "Collection(event)"), [name]: next, value } };
  }

  #state(call: Call, windowOf: (call: Call) => Window): DeltaState {
    const { tenant } = this.store;
    const carried = readToken<DeltaState>(call.query.get("$skiptoken") ?? call.query.get("$deltatoken"));
    if (carried === undefined) return { ...windowOf(call), base: 0, upto: tenant.seq, order: 0, rows: 0 };
    if (carried.upto < tenant.expiredBefore) throw new GraphRefusal(410, "SyncStateNotFound", "The sync state generation is not found; start again without a token.");
    return call.query.has("$deltatoken") ? { ...carried, upto: tenant.seq } : carried;
  }

  /** Tombstones of a file's vanished instances, then its instances of the window. */
  async #rowsOf(owner: OwnerFile, calendar: Calendar, id: string, { from, to, base }: DeltaState, shape: Presentation): Promise<readonly object[]> {
    const entry = this.store.tenant.entries.get(id);
    const series = entry === undefined ? [] : await this.store.read(owner, entry);
    const events = series.flatMap((one) => instancesBetween(one, { from, to }));
    const now = new Set(events.map((event) => event.id));
    const told = this.#toldOf(calendar, { from, to }, id);
    const gone = base === 0 ? [] : [...told].filter((known) => !now.has(known));
    for (const known of now) told.add(known);
    return [...gone.map(tombstone), ...events.map((event) => shape.tracked(event))];
  }

  #departed(calendar: Calendar, { from, to, base, upto }: DeltaState): readonly object[] {
    if (base === 0) return [];
    const gone = this.store.tenant.departures.filter((departure) => departure.kind === "event" && departure.container === calendar.id && departure.seq > base && departure.seq <= upto);
    return gone.flatMap(({ id }) => [...new Set([id, ...this.#toldOf(calendar, { from, to }, id)])].map(tombstone));
  }

  #toldOf(calendar: Calendar, { from, to }: Window, file: string): Set<string> {
    const key = `${calendar.id} ${from} ${to} ${file}`;
    const told = this.#told.get(key) ?? new Set<string>();
    this.#told.set(key, told);
    return told;
  }
}

function tombstone(id: string): object {
  return { id, "@removed": { reason: "deleted" } };
}
