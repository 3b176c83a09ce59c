import type { CalendarRecord, CalendarRight } from "../../format/calendar-rights.js";
import { isOutside, type Holder, type People } from "./rights.js";

/**
 * What somebody may do in a calendar: "free-busy": see when its owner is busy; "titles": titles and places too; "read-shown" and "write-shown": all of the
 * events that are not private; "delegate": the same, for the owner; "delegate-private": private events too.
 */
export type CalendarRole = "none" | "free-busy" | "titles" | "read-shown" | "write-shown" | "delegate" | "delegate-private" | "other";

/** One right on a calendar in words that any target may understand. */
export interface RightOnCalendar {
  readonly role: CalendarRole;
  /** The source's own word. */
  readonly said: readonly string[];
  readonly holder: Holder;
}

/** Roles as Graph documents them (resources/calendarpermission, "calendarRoleType values"; concepts/outlook-share-or-delegate-calendar). */
const ROLES: ReadonlyMap<string, CalendarRole> = new Map([
  ["none", "none"], ["freeBusyRead", "free-busy"], ["limitedRead", "titles"], ["read", "read-shown"], ["write", "write-shown"],
  ["delegateWithoutPrivateEventAccess", "delegate"], ["delegateWithPrivateEventAccess", "delegate-private"],
]);

/** The rights on a calendar, one for each that the source tells. */
export function rightsOnCalendar({ granted }: Pick<CalendarRecord, "granted">, people: People): readonly RightOnCalendar[] {
  return granted.map((right) => ({ role: ROLES.get(right.role) ?? "other", said: [right.role], holder: holderOf(right, people) }));
}

function holderOf({ whom, name, address, inside }: CalendarRight, people: People): Holder {
  const account = address === undefined ? undefined : people.account(address);
  return {
    // An address may be a person's or a group's: Graph does not say.
    kind: whom === "organization" ? "organization" : address === undefined ? "unknown" : "user",
    ...(name === undefined ? {} : { name }), ...(address === undefined ? {} : { address }), ...(account === undefined ? {} : { account }),
    external: inside === undefined ? isOutside(address, account, people) : !inside,
  };
}
