import { text as textFrom } from "node:stream/consumers";
import type { Adapter } from "../../src/core/adapter.js";
import type { ForeseenLoss, PlacedContainer } from "../../src/core/item.js";
import type { Scheduling } from "../../src/drivers/caldav/scheduling.js";
import { flattenedLosses } from "../../src/drivers/dav/resource-session.js";
import { declared, foresight, possible, sure } from "../../src/kit/forecast.js";
import { calendarItem, eventItem } from "../../src/kit/typed-items.js";
import { renderEvent, RIGHTS_RULE } from "./kind.js";
import { manifest } from "./manifest.js";

/** By what the configuration chose; "auto" leaves it to the server. The rest hangs on what stands in the calendar. */
export function foreseeing(scheduling: Scheduling): Adapter["foresee"] {
  const target = declared(manifest, "calendar", "item", ["calendar.uid-changed", "target.edit-replaced"]);
  return async (item, open) => {
    if (calendarItem(item) !== undefined) return { losses: [], skipped: RIGHTS_RULE };
    if (scheduling === "request" || scheduling === "import") return foresight(target);
    if (open === undefined) return foresight(target, declared(manifest, "calendar", "item", ["calendar.schedule-agent"]));
    const { losses } = renderEvent(await textFrom(open(eventItem(item).body)), true);
    return foresight(target, scheduling === "agent" ? sure(losses) : possible(losses));
  };
}

export function foreseePlace(container: PlacedContainer): readonly ForeseenLoss[] {
  return [...sure(flattenedLosses(container)), ...declared(manifest, "calendar", "container", ["container.label-refused"])];
}
