import { asExodusError } from "../../core/errors.js";
import type { Loss } from "../../core/item.js";
import type { GraphEvent } from "../map/graph-event.js";
import { inferredZone } from "../map/inferred-zone.js";
import { LossLog } from "../map/loss-log.js";
import { occurrences } from "../map/occurrences.js";
import { instantOf, unknownZone, type ZoneOptions } from "../map/zones.js";
import { instancesBetween, type InstancesRequest } from "./instances.js";

/** The zone options for one series, and what it cost to find its zone. */
export interface SeriesZone {
  readonly zones: ZoneOptions;
  readonly losses: readonly Loss[];
}

const DAY = 86_400_000;
const YEAR = 366 * DAY;
/** Occurrences that are looked at: the newest ten years, as far as two years ahead, in which each change of the clock comes round. */
const LOOKED = { back: 10 * YEAR, ahead: 2 * YEAR } as const;

/**
 * Graph tells neither name nor rules of a time zone that Outlook made or an invitation brought (`tzone://Microsoft/Custom`; event:
 * originalStartTimeZone), but it lists when each occurrence takes place: from those the zone is inferred. Costs requests for such series only.
 */
export async function seriesZone(event: GraphEvent, request: InstancesRequest, zones: ZoneOptions, now = Date.now()): Promise<SeriesZone> {
  const first = firstInUnknownZone(event, zones);
  return first === undefined ? { zones, losses: [] } : zoneOfInstances(event, await listed(event, first, now, request), zones);
}

/** Likewise, from instances that were asked for already. */
export function zoneOfInstances(event: GraphEvent, instances: readonly GraphEvent[], zones: ZoneOptions): SeriesZone {
  const [first, name] = [firstInUnknownZone(event, zones), unknownZone(event, zones)];
  const starts = startsOf(instances, zones);
  const found = first === undefined || starts.length === 0 ? undefined : inferredZone(event.recurrence ?? {}, first, starts, zones.territory);
  if (found === undefined || name === undefined) return { zones, losses: [] };
  const log = new LossLog();
  log.add("start.timeZone", "approximated", found.exact ? "calendar.zone-inferred" : "calendar.zone-unmatched", "source");
  return { zones: { ...zones, zoneHints: { ...zones.zoneHints, [name]: found.iana } }, losses: log.losses };
}

/** Epoch ms at which a series in a zone without rules starts; undefined for any other event. */
function firstInUnknownZone(event: GraphEvent, zones: ZoneOptions): number | undefined {
  if (!event.recurrence || event.isAllDay === true || !event.start || unknownZone(event, zones) === undefined) return undefined;
  return instantOf(event.start, zones);
}

/** Instants at which occurrences of the last years stood before anybody moved them, sorted. */
function startsOf(instances: readonly GraphEvent[], zones: ZoneOptions): readonly number[] {
  const starts = instances.flatMap(({ type, start, originalStart }) => {
    const at = type === "exception" ? Date.parse(originalStart ?? "") : start ? instantOf(start, zones) : undefined;
    return at === undefined || Number.isNaN(at) ? [] : [at];
  });
  const oldest = starts.reduce((latest, at) => Math.max(latest, at), -Infinity) - LOOKED.back;
  return [...new Set(starts)].filter((at) => at >= oldest).sort((a, b) => a - b);
}

/** A cloud that refuses the question tells none. */
async function listed(event: GraphEvent, first: number, now: number, request: InstancesRequest): Promise<readonly GraphEvent[]> {
  const end = Math.min(lastStart(event, first, now + LOOKED.ahead), now + LOOKED.ahead) + 2 * DAY;
  const instances: GraphEvent[] = [];
  try {
    for await (const instance of instancesBetween(event.id, Math.max(first - DAY, end - LOOKED.back), end, request)) instances.push(instance);
  } catch (thrown) {
    if (asExodusError(thrown).code !== "GRAPH_REFUSED") throw thrown;
    return [];
  }
  return instances;
}

/** The last start that the rule makes, give or take a day, or the first one after `horizon`. */
function lastStart({ recurrence }: GraphEvent, first: number, horizon: number): number {
  let last = first;
  for (const start of occurrences(recurrence ?? {}, first)) {
    last = start;
    if (start > horizon) break;
  }
  return last;
}
