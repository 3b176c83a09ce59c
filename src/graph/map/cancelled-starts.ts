import type { GraphRecurrence } from "./graph-event.js";
import { occurrences } from "./occurrences.js";

const DAY = 86_400_000;

/** What cancelled dates turned out to be: wall-clock starts to exclude, and how many dates met no occurrence. */
export interface Cancelled {
  readonly starts: readonly number[];
  readonly unmatched: number;
}

/**
 * Wall-clock starts of cancelled occurrences. Graph names each by `OID.<master id>.<date>` (event: get, series master example).
 * The date is read as the series' own calendar date; where no occurrence falls on it, as the UTC date of one: far from
 * Greenwich the two differ, and the documentation does not say which is meant.
 */
export function cancelledStarts(ids: readonly string[], recurrence: GraphRecurrence, start: number, offset: (local: number) => number): Cancelled {
  const dates = ids.map((id) => /(\d{4}-\d{2}-\d{2})$/.exec(id)?.[1]);
  const days = dates.flatMap((date) => (date === undefined ? [] : [Date.parse(`${date}T00:00:00Z`)]));
  let unmatched = dates.length - days.length;
  if (days.length === 0) return { starts: [], unmatched };
  const horizon = Math.max(...days) + 3 * DAY;
  const wanted = new Set(days.flatMap((day) => [day - DAY, day, day + DAY]));
  const near = new Map<number, number>();
  for (const local of occurrences(recurrence, start)) {
    if (local > horizon) break;
    const day = midnight(local);
    if (wanted.has(day)) near.set(day, local);
  }
  const starts: number[] = [];
  for (const day of days) {
    const shifted = [day - DAY, day + DAY].map((other) => near.get(other)).find((local) => local !== undefined && midnight(local - offset(local)) === day);
    const local = near.get(day) ?? shifted;
    if (local === undefined) {
      // Excluding a start that the rule does not make harms nothing, and the date stays on record.
      unmatched += 1;
      starts.push(day + (start % DAY));
    } else starts.push(local);
  }
  return { starts: [...new Set(starts)].sort((a, b) => a - b), unmatched };
}

function midnight(local: number): number {
  return Math.floor(local / DAY) * DAY;
}
