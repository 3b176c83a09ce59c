import type { Lang } from "../../core/errors.js";
import type { Owner, WorkloadName } from "../../core/item.js";
import { LOSSES, type LossReason } from "../../core/losses.js";
import type { CheckResult } from "../../core/source.js";

/** Who reads: an application by itself, or the person who signed in. */
export type Reader = "application" | "person";

/**
 * What Graph keeps from whoever reads, whatever was granted. From applications, calendars of groups: "Application: Not supported" (calendar-get,
 * calendar-list-events, group-list-events, group-get-event; the table of group-list-calendarview says otherwise, and applications report a 403); and OneNote:
 * "Effective March 31, 2025, we will retire support for authentication tokens with application permissions" (message center MC1011142), which the service's own
 * refusal repeats (msgraph-sdk-dotnet issue 2939); the permission tables of its pages still name Notes.Read.All for applications. From people, entries of the
 * directory: each comes with its manager, which needs User.Read.All (user-list-manager), and that only an administrator can grant.
 */
export function beyond(reader: Reader, kind: Owner["kind"], workload: WorkloadName): LossReason | undefined {
  if (reader === "person") return workload === "directory" ? "directory.person" : undefined;
  if (workload === "notes") return "notes.application";
  return kind === "group" && workload === "calendar" ? "calendar.group" : undefined;
}

/** What `doctor` says of it: nothing is wrong, and nothing can be granted. */
export function beyondChecks(reader: Reader, routed: ReadonlySet<WorkloadName>, kinds: ReadonlySet<Owner["kind"]>, lang: Lang): readonly CheckResult[] {
  const reasons = [...routed].flatMap((workload) => [...kinds].flatMap((kind) => {
    const reason = beyond(reader, kind, workload);
    return reason === undefined ? [] : [[reason, workload] as const];
  }));
  return [...new Map(reasons)].map(([reason, workload]) => ({ subject: workload, ok: true, code: reader === "person" ? "BEYOND_PERSON" : "BEYOND_APPLICATIONS", message: LOSSES[reason][lang] }));
}

/** Where it is written that something is kept back. */
const SOURCES: Readonly<Partial<Record<LossReason, string>>> = {
  "calendar.group": "api-reference/v1.0/api/calendar-get, group-list-events, \"Permissions\"", "notes.application": "message center MC1011142",
  "directory.person": "api-reference/v1.0/api/user-list-manager, \"Permissions\"",
};

export function beyondSource(reason: LossReason): string {
  return SOURCES[reason] ?? "";
}
