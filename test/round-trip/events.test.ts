import { describe, expect, it } from "@jest/globals";
import fc from "fast-check";
import windowsZones from "windows-iana";
import type { GraphEvent } from "../../src/graph/map/graph-event.js";
import { madeEvent } from "./graph-events.js";
import { instancesOf } from "./instances.js";
import { RUNS } from "./runs.js";
import { told, written, type Told } from "./through-sandbox.js";

describe("a Graph event as iCalendar", () => {
  it("takes place when Graph's documentation says, by an independent reading of both", () => {
    fc.assert(fc.property(madeEvent, (made) => {
      const { ics } = written(made);
      const most = made.event.recurrence?.range?.type === "numbered" || made.event.recurrence == null ? 99 : 6;
      const { all, until } = instancesOf(ics, { floating: "Asia/Tokyo", horizon: Date.UTC(2200, 0, 1), most });
      const wanted = made.instances.filter(({ start }) => start < until);
      expect(all.filter(({ start }) => start < until).map(({ uid: _, ...one }) => one)).toEqual(wanted);
    }), RUNS);
  });

  it("comes back from it as the same event", () => {
    fc.assert(fc.property(madeEvent, (made) => {
      const mapped = written(made);
      const warnings: string[] = [];
      const back = told(mapped.ics, (reason) => warnings.push(reason));
      expect({ warnings, losses: mapped.losses, count: back.length }).toEqual({ warnings: [], losses: [], count: 1 });
      expect(back.map(canonical)).toEqual([canonical(made)]);
    }), RUNS);
  });
});

/** What a Graph event says, in one form: what Graph leaves out, defaults and identifiers of the source do not count. */
function canonical({ event, exceptions, attachments }: Told): object {
  const cancelled = (event.cancelledOccurrences ?? []).map((id) => id.slice(-10)).sort();
  const files = (id: string) => (attachments.get(id) ?? []).map(({ name, contentType, contentBytes, isInline, contentId }) => ({ name, contentType, contentBytes, isInline, contentId: contentId ?? null }));
  return { ...said(event), recurrence: recurrenceOf(event), cancelled, files: files(event.id), exceptions: exceptions.map((one) => ({ ...said(one), files: files(one.id), originalStart: Date.parse(one.originalStart ?? "") })).sort((a, b) => a.originalStart - b.originalStart) };
}

function said(event: GraphEvent): object {
  const { subject, categories, sensitivity, showAs, importance, isReminderOn, isCancelled, isDraft, hideAttendees, allowNewTimeProposals, responseRequested, onlineMeetingProvider, isOnlineMeeting, isOrganizer, organizer, isAllDay } = event;
  const withPeople = (event.attendees ?? []).length > 0 || isOrganizer === false;
  return {
    subject, categories, sensitivity, showAs, importance, isReminderOn, isCancelled, isDraft, hideAttendees, allowNewTimeProposals, responseRequested, onlineMeetingProvider, isOnlineMeeting, isOrganizer, isAllDay,
    start: event.start, end: event.end, zones: [event.originalStartTimeZone, event.originalEndTimeZone].map(civil), reminder: isReminderOn === true ? event.reminderMinutesBeforeStart : undefined,
    body: event.body, organizer: withPeople ? organizer : undefined, response: isOrganizer === false ? event.responseStatus?.response : undefined,
    attendees: (event.attendees ?? []).map(({ type, status, emailAddress }) => ({ type, response: status?.response, time: Date.parse(status?.time ?? ""), emailAddress })),
    meeting: present(event.onlineMeeting), locations: (event.locations ?? []).map(present),
  };
}

/** A zone's name by either list: Exchange knows "America/Miquelon" as "Saint Pierre Standard Time". */
function civil(name: string | null | undefined): string {
  const [windows] = [windowsZones.findWindows(name ?? "")].flat();
  return windows ?? name ?? "";
}

/** Members that say something; identifiers that Outlook makes of a place's name do not. */
function present(value: unknown): unknown {
  if (typeof value !== "object" || value === null) return value ?? null;
  return Object.fromEntries(Object.entries(value).filter(([name, part]) => part !== null && part !== undefined && name !== "uniqueId" && name !== "uniqueIdType").map(([name, part]) => [name, present(part)]));
}

function recurrenceOf({ recurrence, isAllDay }: GraphEvent): object | null {
  if (!recurrence) return null;
  const { type, interval, daysOfWeek, firstDayOfWeek, dayOfMonth, month, index } = recurrence.pattern ?? {};
  const weekly = type === "weekly";
  const relative = type?.startsWith("relative") === true;
  const { range } = recurrence;
  return {
    type, interval, days: weekly || relative ? [...(daysOfWeek ?? [])].sort() : undefined, firstDayOfWeek: weekly ? firstDayOfWeek : undefined, dayOfMonth: type?.startsWith("absolute") === true ? dayOfMonth : undefined,
    month: type?.endsWith("Yearly") === true ? month : undefined, index: relative ? index : undefined,
    range: { type: range?.type, startDate: range?.startDate, end: range?.type === "endDate" ? range.endDate : range?.type === "numbered" ? range.numberOfOccurrences : undefined, zone: isAllDay === true ? undefined : civil(range?.recurrenceTimeZone) },
  };
}
