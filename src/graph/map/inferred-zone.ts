import { WINDOWS_TO_IANA_MAP } from "windows-iana";
import { ianaZone, toLocal } from "../../lib/time-zones.js";
import type { GraphRecurrence } from "./graph-event.js";
import { occurrences } from "./occurrences.js";

/** A zone in which the occurrences of a series fall as the source lists them; `exact`: all of them. */
export interface InferredZone {
  readonly iana: string;
  readonly exact: boolean;
}

const DAY = 86_400_000;
/** Windows' row for the zone as a whole (CLDR `windowsZones`, territory 001). */
const WORLD = "001";

/**
 * The zone of a series of which the source tells no rules, from its occurrences: the rule repeats on a wall clock, so that their times of
 * day and dates betray it. `first` is the start of the series, `listed` the instants of its occurrences (epoch ms, not empty). Where no zone
 * explains all of them, the one that explains most is given. UTC comes first, then the territory's zones, those of CLDR, plain offsets.
 */
export function inferredZone(recurrence: GraphRecurrence, first: number, listed: readonly number[], territory = "FR"): InferredZone | undefined {
  const [from, to] = [Math.min(...listed) - 2 * DAY, Math.max(...listed) + 2 * DAY];
  // Zones differ in the day on which the series begins by one at most: the days of the rule are made once for each.
  const days = new Map<number, ReadonlySet<number>>();
  let best: { readonly iana: string; readonly met: number } | undefined;
  for (const iana of candidates(territory)) {
    const start = toLocal(iana, first);
    const [firstDay, timeOfDay] = [Math.floor(start / DAY) * DAY, start - Math.floor(start / DAY) * DAY];
    const due = days.get(firstDay) ?? dueDays(recurrence, firstDay, from, to);
    days.set(firstDay, due);
    // No zone is asked further than it takes to fall behind the best one.
    const most = listed.length - (best?.met ?? 0);
    const missed = missedBy(listed, most, (instant) => due.has(toLocal(iana, instant) - timeOfDay));
    if (missed === 0) return { iana, exact: true };
    if (missed < most) best = { iana, met: listed.length - missed };
  }
  return best === undefined ? undefined : { iana: best.iana, exact: false };
}

/** Each zone once, in the order of the search. */
function candidates(territory: string): ReadonlySet<string> {
  const of = (wanted: string): readonly string[] => WINDOWS_TO_IANA_MAP.filter((row) => row.territory === wanted).flatMap(({ iana }) => iana);
  const offsets = Array.from({ length: 14 }, (_, hours) => [`Etc/GMT-${String(hours + 1)}`, `Etc/GMT+${String(hours + 1)}`]).flat();
  return new Set(["UTC", ...of(territory), ...of(WORLD), ...offsets].flatMap((name) => ianaZone(name) ?? []));
}

/** Days of the rule, as local midnights, between two instants. */
function dueDays(recurrence: GraphRecurrence, firstDay: number, from: number, to: number): ReadonlySet<number> {
  const due = new Set<number>();
  for (const day of occurrences(recurrence, firstDay)) {
    if (day > to) break;
    if (day > from) due.add(day);
  }
  return due;
}

/** How many do not hold, counted up to `most`. */
function missedBy(listed: readonly number[], most: number, holds: (instant: number) => boolean): number {
  let missed = 0;
  for (const instant of listed) if (!holds(instant) && (missed += 1) >= most) return missed;
  return missed;
}
