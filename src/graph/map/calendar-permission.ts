import type { CalendarRight } from "../../format/calendar-rights.js";
import type { GraphEmail, Maybe } from "./graph-event.js";

/** Graph `calendarPermission` (api-reference/v1.0/resources/calendarpermission). `allowedRoles` says what the owner might choose, and is not kept. */
export interface GraphCalendarPermission {
  readonly id?: Maybe<string>;
  readonly role?: Maybe<string>;
  readonly emailAddress?: Maybe<GraphEmail>;
  readonly isInsideOrganization?: Maybe<boolean>;
  readonly isRemovable?: Maybe<boolean>;
}

/**
 * Who may see or change a calendar; undefined where that is what every calendar allows: of a primary one, that the organisation sees when its owner is
 * busy, of another one nothing (concepts/outlook-share-or-delegate-calendar: "By default, they … have the `freeBusyRead` permission"). In the order of ids,
 * since Graph promises none.
 */
export function calendarRightsOf(listed: readonly GraphCalendarPermission[], primary: boolean): readonly CalendarRight[] | undefined {
  const rights = listed.map(rightOf);
  const usual = ({ whom, role }: CalendarRight): boolean => whom === "organization" && role === (primary ? "freeBusyRead" : "none");
  return rights.every(usual) ? undefined : rights.sort((a, b) => (a.id < b.id ? -1 : a.id > b.id ? 1 : 0));
}

function rightOf({ id, role, emailAddress, isInsideOrganization }: GraphCalendarPermission): CalendarRight {
  const { name, address } = emailAddress ?? {};
  // "For the "My Organization" sharee, the address property is null": who has none and is of elsewhere is not that.
  const whom = !address && isInsideOrganization !== false ? "organization" : "person";
  return {
    id: id ?? "", role: role ?? "", whom, ...(name ? { name } : {}), ...(address ? { address } : {}), ...(typeof isInsideOrganization === "boolean" ? { inside: isInsideOrganization } : {}),
  };
}
