import { asExodusError } from "../../core/errors.js";
import type { Change, Owner } from "../../core/item.js";
import type { SkipCode } from "../../core/skips.js";
import type { ReadContext } from "../../core/source.js";
import { CalendarRecord } from "../../format/calendar-rights.js";
import type { GraphClient, RequestOptions } from "../client/client.js";
import { calendarRightsOf, type GraphCalendarPermission } from "../map/calendar-permission.js";
import type { GraphEvent } from "../map/graph-event.js";
import { cardOf } from "../reading/card.js";
import { itemFailure } from "../reading/read-errors.js";

const CARD = "/calendar";
/** Answers that say of the rights alone that they are not told: the calendar's events were read. */
const UNTOLD: readonly string[] = ["GRAPH_CONSENT", "GRAPH_LOCKED", "GRAPH_NOT_FOUND", "GRAPH_NOT_OFFERED", "GRAPH_REFUSED"];
const RULE: SkipCode = "CALENDAR_PERMISSIONS_UNTOLD";

/** Id of the item that tells a calendar's rights. */
export function calendarCardId(calendar: string): string {
  return `${calendar}${CARD}`;
}

/** The calendar of a card's id; undefined when the id is another item's. */
export function calendarOfCard(id: string): string | undefined {
  return id.endsWith(CARD) ? id.slice(0, -CARD.length) : undefined;
}

/** What the listing of a calendar's events shows on the way. */
export class Seen {
  /** Any event of the calendar. */
  event: string | undefined;
  hasPrivate = false;

  note(...events: readonly Pick<GraphEvent, "id" | "sensitivity">[]): void {
    this.event ??= events[0]?.id;
    this.hasPrivate ||= events.some(({ sensitivity }) => (sensitivity ?? "normal") !== "normal");
  }
}

interface CalendarRights {
  readonly client: GraphClient;
  readonly owner: Owner;
  readonly calendar: { readonly id: string; readonly name: string; readonly primary: boolean };
  readonly seen: Seen;
  readonly request: RequestOptions;
}

/**
 * Who may see a calendar, as an item that stands in it, when that is more than every calendar allows: one request a calendar and round. Graph documents
 * the list for the primary calendar and for that of a known event (api-reference/v1.0/api/calendar-list-calendarpermissions): another calendar is asked for by
 * any event of its own, and an empty one keeps what is known of it.
 */
export async function readCalendarCard({ client, owner, calendar, seen, request }: CalendarRights, context: ReadContext): Promise<readonly Change[]> {
  const [id, container, title] = [calendarCardId(calendar.id), calendar.id, calendar.name];
  if (!calendar.primary && seen.event === undefined) return (await context.known(id)) === undefined ? [] : [{ kind: "unchanged", id, container }];
  const path = `/users/${owner.id}/${calendar.primary ? "" : `events/${seen.event ?? ""}/`}calendar/calendarPermissions`;
  try {
    const listed: GraphCalendarPermission[] = [];
    for await (const page of client.pages<GraphCalendarPermission>(path, request)) listed.push(...page.value);
    const granted = calendarRightsOf(listed, calendar.primary);
    if (granted === undefined) return [];
    const record = CalendarRecord.parse({ v: 1, type: "calendar", granted, hasPrivate: seen.hasPrivate });
    return [await cardOf({ key: { workload: "calendar", owner: owner.id, id }, container, title, losses: [], record }, context)];
  } catch (thrown) {
    context.signal.throwIfAborted();
    const { code } = asExodusError(thrown);
    return [UNTOLD.includes(code) ? { kind: "skipped", id, container, title, code: RULE, detail: code } : itemFailure(thrown, { id, container, title })];
  }
}
