import ICAL from "ical.js";
import { findWindows } from "./windows-zones.js";
import { day, graphRecurrence } from "./recurrence.js";

/** What one .ics file becomes in Graph: a single event, or a series with its changed and cancelled occurrences. */
export interface SeriesJson {
  readonly master: Record<string, unknown>;
  readonly exceptions: readonly Record<string, unknown>[];
  readonly attachments: ReadonlyMap<string, readonly Record<string, unknown>[]>;
}

export interface EventContext {
  readonly id: string;
  readonly ownerAddress: string;
  readonly changeKey: string;
  readonly modified: string;
}

interface Stamp {
  readonly context: EventContext;
  readonly id: string;
  readonly extra: Record<string, unknown>;
}

const PARTSTAT: Readonly<Record<string, string>> = { ACCEPTED: "accepted", DECLINED: "declined", TENTATIVE: "tentativelyAccepted", "NEEDS-ACTION": "notResponded" };
const BUSY: Readonly<Record<string, string>> = { FREE: "free", TENTATIVE: "tentative", BUSY: "busy", OOF: "oof", WORKINGELSEWHERE: "workingElsewhere" };

/** Parses one file; undefined when it holds no readable event. What the six Graph patterns cannot say is served as its first occurrence only. */
export function seriesFromIcs(text: string, context: EventContext): SeriesJson | undefined {
  const calendar = new ICAL.Component(ICAL.parse(text) as unknown as string);
  for (const zone of calendar.getAllSubcomponents("vtimezone")) ICAL.TimezoneService.register(new ICAL.Timezone(zone));
  const events = calendar.getAllSubcomponents("vevent");
  const main = events.find((event) => !event.hasProperty("recurrence-id")) ?? events[0];
  const start = main === undefined ? undefined : timeOf(main, "dtstart");
  if (main === undefined || start === undefined) return undefined;
  const zone = zoneName(main, start);
  const rule = main.getFirstPropertyValue("rrule") as ICAL.Recur | null;
  const recurrence = rule === null ? undefined : graphRecurrence(rule, start, zone);
  const master = eventJson(main, { context, id: context.id, extra: { type: recurrence === undefined ? "singleInstance" : "seriesMaster", recurrence: recurrence ?? null, seriesMasterId: null } });
  if (recurrence === undefined) return { master, exceptions: [], attachments: new Map([[context.id, attachmentsOf(main, context)]]) };
  const cancelled = excluded(main).map((time) => `OID.${context.id}.${day(time)}`);
  const attachments = new Map([[context.id, attachmentsOf(main, context)]]);
  const exceptions = events.filter((event) => event !== main && event.hasProperty("recurrence-id")).map((event, index) => {
    const id = `${context.id}.x${index}`;
    attachments.set(id, attachmentsOf(event, { ...context, id }));
    const original = timeOf(event, "recurrence-id") ?? start;
    return eventJson(event, { context, id, extra: { type: "exception", seriesMasterId: context.id, recurrence: null, originalStart: `${utc(original).slice(0, 19)}Z`, "x-original-day": day(original) } });
  });
  return { master: { ...master, cancelledOccurrences: cancelled }, exceptions, attachments };
}

function eventJson(event: ICAL.Component, { context, id, extra }: Stamp): Record<string, unknown> {
  const start = timeOf(event, "dtstart") ?? ICAL.Time.now();
  const allDay = start.isDate;
  const end = endOf(event, start);
  const zone = zoneName(event, start);
  const text = (name: string): string => String(event.getFirstPropertyValue(name) ?? "");
  const html = text("x-alt-desc");
  const organizer = event.getFirstProperty("organizer");
  const organizerAddress = address(organizer);
  const mine = organizerAddress === "" || organizerAddress.toLowerCase() === context.ownerAddress.toLowerCase();
  const busy = text("x-microsoft-cdo-busystatus");
  const place = text("location");
  const join = text("x-microsoft-skypeteamsmeetingurl");
  const alarm = event.getFirstSubcomponent("valarm")?.getFirstPropertyValue("trigger");
  return {
    "@odata.etag": `W/"${context.changeKey}"`, id, changeKey: context.changeKey, createdDateTime: stamp(event, "created") ?? context.modified, lastModifiedDateTime: stamp(event, "last-modified") ?? context.modified,
    categories: event.getAllProperties("categories").flatMap((property) => property.getValues().map(String)),
    originalStartTimeZone: allDay ? "UTC" : zone, originalEndTimeZone: allDay ? "UTC" : zone, iCalUId: text("uid") || id, transactionId: null,
    reminderMinutesBeforeStart: alarm instanceof ICAL.Duration ? Math.max(0, Math.round(-alarm.toSeconds() / 60)) : 15, isReminderOn: alarm !== undefined && alarm !== null,
    hasAttachments: event.hasProperty("attach"), subject: text("summary"), bodyPreview: text("description").slice(0, 255), importance: importanceOf(event),
    sensitivity: { PRIVATE: "private", CONFIDENTIAL: "confidential" }[text("class").toUpperCase()] ?? "normal",
    isAllDay: allDay, isCancelled: text("status").toUpperCase() === "CANCELLED", isOrganizer: mine, isDraft: false, hideAttendees: false, responseRequested: true, allowNewTimeProposals: true,
    showAs: BUSY[busy.toUpperCase()] ?? (text("transp").toUpperCase() === "TRANSPARENT" ? "free" : "busy"), webLink: "https://outlook.office365.com/owa/",
    onlineMeetingUrl: null, isOnlineMeeting: join !== "", onlineMeetingProvider: join === "" ? "unknown" : "teamsForBusiness", onlineMeeting: join === "" ? null : { joinUrl: join },
    responseStatus: { response: mine ? "organizer" : ownResponse(event, context), time: "0001-01-01T00:00:00Z" },
    body: html === "" ? { contentType: "text", content: text("description") } : { contentType: "html", content: html },
    start: { dateTime: `${allDay ? `${day(start)}T00:00:00` : utc(start).slice(0, 19)}.0000000`, timeZone: "UTC" },
    end: { dateTime: `${allDay ? `${day(end)}T00:00:00` : utc(end).slice(0, 19)}.0000000`, timeZone: "UTC" },
    location: { displayName: place, locationType: "default", uniqueIdType: "unknown" }, locations: place === "" ? [] : [{ displayName: place, locationType: "default", uniqueIdType: "unknown" }],
    attendees: event.getAllProperties("attendee").map(attendee),
    organizer: { emailAddress: { name: String(organizer?.getParameter("cn") ?? organizerAddress) || context.ownerAddress, address: organizerAddress || context.ownerAddress } }, ...extra,
  };
}

function attendee(property: ICAL.Property): object {
  const parameter = (name: string): string => String(property.getParameter(name) ?? "").toUpperCase();
  const type = ["ROOM", "RESOURCE"].includes(parameter("cutype")) ? "resource" : parameter("role") === "OPT-PARTICIPANT" ? "optional" : "required";
  const mail = address(property);
  return { type, status: { response: PARTSTAT[parameter("partstat")] ?? "none", time: "0001-01-01T00:00:00Z" }, emailAddress: { name: String(property.getParameter("cn") ?? mail), address: mail } };
}

function ownResponse(event: ICAL.Component, context: EventContext): string {
  const own = event.getAllProperties("attendee").find((property) => address(property).toLowerCase() === context.ownerAddress.toLowerCase());
  return PARTSTAT[String(own?.getParameter("partstat") ?? "").toUpperCase()] ?? "none";
}

function attachmentsOf(event: ICAL.Component, context: { readonly id: string; readonly modified: string }): readonly Record<string, unknown>[] {
  return event.getAllProperties("attach").map((property, index) => {
    const binary = String(property.getParameter("encoding") ?? "").toUpperCase() === "BASE64";
    const value = property.getFirstValue() as unknown;
    const content = binary ? String((value as { value?: string }).value ?? value) : "";
    const base = { id: `${context.id}.a${index}`, name: String(property.getParameter("filename") ?? property.getParameter("x-filename") ?? "attachment"), lastModifiedDateTime: context.modified, isInline: false };
    if (!binary) return { "@odata.type": "#microsoft.graph.referenceAttachment", ...base, contentType: null, size: 0 };
    return {
      "@odata.type": "#microsoft.graph.fileAttachment", ...base, contentType: String(property.getParameter("fmttype") ?? "application/octet-stream"),
      size: Buffer.from(content, "base64").length, contentId: null, contentLocation: null, contentBytes: content,
    };
  });
}

function importanceOf(event: ICAL.Component): string {
  const priority = Number(event.getFirstPropertyValue("priority") ?? 0);
  if (priority === 0 || priority === 5) return "normal";
  return priority < 5 ? "high" : "low";
}

function excluded(event: ICAL.Component): readonly ICAL.Time[] {
  return event.getAllProperties("exdate").flatMap((property) => property.getValues() as ICAL.Time[]);
}

function timeOf(event: ICAL.Component, name: string): ICAL.Time | undefined {
  const value = event.getFirstPropertyValue(name) as unknown;
  return value instanceof ICAL.Time ? value : undefined;
}

function endOf(event: ICAL.Component, start: ICAL.Time): ICAL.Time {
  const end = timeOf(event, "dtend");
  if (end !== undefined) return end;
  const duration = event.getFirstPropertyValue("duration") as unknown;
  const later = start.clone();
  if (duration instanceof ICAL.Duration) later.addDuration(duration);
  else if (start.isDate) later.adjust(1, 0, 0, 0);
  return later;
}

function stamp(event: ICAL.Component, name: string): string | undefined {
  const time = timeOf(event, name);
  return time === undefined ? undefined : `${utc(time).slice(0, 19)}Z`;
}

function utc(time: ICAL.Time): string {
  return time.isDate ? `${day(time)}T00:00:00` : time.toJSDate().toISOString();
}

/** Windows name of the event's zone where there is one, as Exchange keeps it; an unknown zone becomes a custom one. */
function zoneName(event: ICAL.Component, start: ICAL.Time): string {
  const id = String(event.getFirstProperty("dtstart")?.getParameter("tzid") ?? (start.zone === ICAL.Timezone.utcTimezone ? "UTC" : ""));
  return id === "" || id === "UTC" ? "UTC" : (findWindows(id) ?? "tzone://Microsoft/Custom");
}

function address(property: ICAL.Property | null | undefined): string {
  return String(property?.getFirstValue() ?? "").replace(/^mailto:/i, "");
}
