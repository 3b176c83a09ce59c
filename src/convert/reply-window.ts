import type { AutomaticReplyRecord } from "../format/settings.js";
import { ianaZone, toInstant } from "../lib/time-zones.js";

export interface ReplyWindow {
  readonly from: Date;
  readonly to: Date;
}

/** Between which instants a reply is sent; undefined when its dates cannot be read. `territory`: ISO 3166, picks among a Windows zone's IANA zones. */
export function replyWindow({ start, end }: AutomaticReplyRecord, territory = "FR"): ReplyWindow | undefined {
  const [from, to] = [start, end].map((wall) => {
    const zone = ianaZone(wall?.zone ?? "UTC", territory);
    const local = Date.parse(`${wall?.local ?? ""}Z`);
    return zone === undefined || Number.isNaN(local) ? undefined : toInstant(zone, local);
  });
  return from === undefined || to === undefined || to <= from ? undefined : { from: new Date(from), to: new Date(to) };
}
