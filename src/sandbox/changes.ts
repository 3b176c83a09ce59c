import { readToken, type Call } from "./odata.js";
import { expired } from "./router.js";
import type { Departure, Entry } from "./tenant/entry.js";
import type { TenantStore } from "./tenant/store.js";

/** State that travels in the links of a delta: the round's two ends in the journal, and the places reached. */
export interface DeltaState {
  readonly base: number;
  readonly upto: number;
  /** Order of the last entry told. */
  readonly at: number;
  /** Id of the last departure told. */
  readonly gone: string;
  /** What the round's first call selected. */
  readonly select: string | null;
}

export interface ChangePage {
  readonly entries: readonly Entry[];
  readonly gone: readonly Departure[];
  readonly last: boolean;
  /** State of the next link: of this round, or of the next one. */
  readonly next: DeltaState;
}

/** State of a delta request; `round` is the text of a token that opens a new round, `page` of one inside a round. @throws GraphRefusal 410 */
export function deltaState(store: TenantStore, call: Call, round: string | null, page: string | null): DeltaState {
  const select = call.query.get("$select");
  if (round === "latest") return { base: store.seq, upto: store.seq, at: 0, gone: "", select };
  const carried = readToken<DeltaState>(page ?? round);
  if (carried === undefined) return { base: 0, upto: store.seq, at: 0, gone: "", select };
  if (carried.upto < store.expiredBefore) throw expired(call.path);
  const { base, upto, at, gone } = carried;
  const kept = { select: carried.select };
  return page === null ? { base, upto: store.seq, at: 0, gone: "", ...kept } : { base, upto, at, gone, ...kept };
}

/**
 * One page of a round: changed entries in listing order, then what left. Positions are places in an order that never changes, so that a
 * rescan between two pages loses nothing: what changes meanwhile belongs to the next round.
 */
export function changePage(entries: readonly Entry[], departures: readonly Departure[], state: DeltaState, size: number): ChangePage {
  const { base, upto } = state;
  const shown: Entry[] = [];
  let more = false;
  for (let index = firstAfter(entries, state.at); index < entries.length && !more; index += 1) {
    const entry = entries[index];
    if (entry === undefined || entry.seq <= base || entry.seq > upto) continue;
    if (shown.length === size) more = true;
    else shown.push(entry);
  }
  const at = shown.at(-1)?.order ?? state.at;
  if (more) return { entries: shown, gone: [], last: false, next: { ...state, at } };
  const left = base === 0 ? [] : departures.filter(({ seq, id }) => seq > base && seq <= upto && id > state.gone).sort((a, b) => (a.id < b.id ? -1 : 1));
  const gone = left.slice(0, size - shown.length);
  const last = gone.length === left.length;
  const next = last ? { ...state, base: upto, at: 0, gone: "" } : { ...state, at, gone: gone.at(-1)?.id ?? state.gone };
  return { entries: shown, gone, last, next };
}

/** Index of the first entry after a place; entries stand in order. */
function firstAfter(entries: readonly Entry[], order: number): number {
  let [low, high] = [0, entries.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((entries[middle]?.order ?? 0) > order) high = middle;
    else low = middle + 1;
  }
  return low;
}
