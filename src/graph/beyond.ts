import type { Owner, WorkloadName } from "../core/item.js";
import type { LossReason } from "../core/losses.js";

/**
 * What Graph keeps from applications, whatever they are granted. Calendars of groups: "Application: Not supported" (calendar-get, calendar-list-events,
 * group-list-events, group-get-event; the table of group-list-calendarview says otherwise, and applications report a 403).
 */
export function beyondApplications(kind: Owner["kind"], workload: WorkloadName): LossReason | undefined {
  return kind === "group" && workload === "calendar" ? "calendar.group" : undefined;
}
