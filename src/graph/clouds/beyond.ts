import type { Lang } from "../../core/errors.js";
import type { Owner, WorkloadName } from "../../core/item.js";
import { LOSSES, type LossReason } from "../../core/losses.js";
import type { CheckResult } from "../../core/source.js";

/**
 * What Graph keeps from applications, whatever they are granted. Calendars of groups: "Application: Not supported" (calendar-get, calendar-list-events,
 * group-list-events, group-get-event; the table of group-list-calendarview says otherwise, and applications report a 403). OneNote: "Effective March 31, 2025,
 * we will retire support for authentication tokens with application permissions" (message center MC1011142), which the service's own refusal repeats
 * (msgraph-sdk-dotnet issue 2939); the permission tables of its pages still name Notes.Read.All for applications.
 */
export function beyondApplications(kind: Owner["kind"], workload: WorkloadName): LossReason | undefined {
  if (workload === "notes") return "notes.application";
  return kind === "group" && workload === "calendar" ? "calendar.group" : undefined;
}

/** What `doctor` says of it: nothing is wrong, and nothing can be granted. */
export function beyondChecks(routed: ReadonlySet<WorkloadName>, kinds: ReadonlySet<Owner["kind"]>, lang: Lang): readonly CheckResult[] {
  const reasons = [...routed].flatMap((workload) => [...kinds].flatMap((kind) => {
    const reason = beyondApplications(kind, workload);
    return reason === undefined ? [] : [[reason, workload] as const];
  }));
  return [...new Map(reasons)].map(([reason, workload]) => ({ subject: workload, ok: true, code: "BEYOND_APPLICATIONS", message: LOSSES[reason][lang] }));
}
