import ICAL from "ical.js";
import type { GraphAddress, GraphEvent, GraphLocation, Maybe } from "./graph-event.js";
import { htmlToText } from "../../lib/html-text.js";
import { addList, addMember, addProperty, addX, utcTime } from "./ics-text.js";
import { alarmTrigger } from "./recurrence.js";

/** MS-OXCICAL section 2.1.3.1.1.20 (X-MICROSOFT-CDO-BUSYSTATUS); WORKINGELSEWHERE as newer Outlooks write it. */
const BUSY: Readonly<Record<string, string>> = { free: "FREE", tentative: "TENTATIVE", busy: "BUSY", oof: "OOF", workingElsewhere: "WORKINGELSEWHERE" };
const CLASS: Readonly<Record<string, string>> = { normal: "PUBLIC", personal: "PRIVATE", private: "PRIVATE", confidential: "CONFIDENTIAL" };

/** Prefix of what iCalendar has no property for. */
const OWN = "x-o365-";

/** Everything of a VEVENT but its times, participants and attachments. */
export function addDescriptive(component: ICAL.Component, event: GraphEvent): void {
  addProperty(component, "summary", event.subject ?? "");
  addBody(component, event);
  addPlaces(component, event);
  addState(component, event);
  addList(component, "categories", event.categories ?? []);
  addMeeting(component, event);
  addUnknown(component, event);
  addAlarm(component, event);
}

/** CREATED, LAST-MODIFIED and DTSTAMP come from the source, so that the same event always gives the same bytes. */
export function addStamps(component: ICAL.Component, event: GraphEvent): void {
  const created = Date.parse(event.createdDateTime ?? "");
  const modified = Date.parse(event.lastModifiedDateTime ?? "");
  addProperty(component, "dtstamp", utcTime([modified, created].find((instant) => !Number.isNaN(instant)) ?? 0));
  if (!Number.isNaN(created)) addProperty(component, "created", utcTime(created));
  if (!Number.isNaN(modified)) addProperty(component, "last-modified", utcTime(modified));
}

function addBody(component: ICAL.Component, event: GraphEvent): void {
  const content = event.body?.content ?? "";
  if (content.trim() === "") return;
  const html = event.body?.contentType?.toLowerCase() !== "text";
  const text = html ? htmlToText(content) : content;
  if (text !== "") addProperty(component, "description", text);
  if (html) addX(component, "x-alt-desc", content, { fmttype: "text/html" });
}

function addPlaces(component: ICAL.Component, event: GraphEvent): void {
  const places = (event.locations ?? []).length > 0 ? event.locations ?? [] : event.location ? [event.location] : [];
  const names = places.map(placeText).filter((text) => text !== "");
  const text = names.length > 0 ? names.join("; ") : event.location ? placeText(event.location) : "";
  if (text !== "") addProperty(component, "location", text);
  const at = [event.location, ...places].map((place) => place?.coordinates).find((one) => typeof one?.latitude === "number" && typeof one.longitude === "number");
  if (at) addProperty(component, "geo", [at.latitude, at.longitude]);
  // One place with a name is what LOCATION says; several, their addresses, mailboxes and kinds are kept as the source tells them.
  if (places.length > 1 || places.some(isMoreThanName)) addMember(component, OWN, "locations", places);
}

/** Identifiers that Outlook makes of the name say nothing of their own. */
function isMoreThanName({ displayName, ...rest }: GraphLocation): boolean {
  const { locationType, coordinates, ...others } = rest as Readonly<Record<string, unknown>> & GraphLocation;
  if (locationType !== undefined && locationType !== null && locationType !== "default") return true;
  const told = Object.entries(others).filter(([name]) => name !== "uniqueId" && name !== "uniqueIdType").map(([, value]) => value);
  return told.some((value) => value !== null && value !== undefined && value !== "" && !(typeof value === "object" && Object.values(value).every((part) => part === null || part === ""))) || (displayName ?? "") === "" && coordinates?.latitude !== undefined;
}

function placeText(place: GraphLocation): string {
  const name = place.displayName ?? "";
  const address = addressText(place.address);
  if (name === "" || address === "") return name === "" ? address : name;
  return name.includes(address) ? name : `${name}, ${address}`;
}

function addressText(address: Maybe<GraphAddress>): string {
  const town = [address?.postalCode, address?.city].filter(Boolean).join(" ");
  return [address?.street, town, address?.state, address?.countryOrRegion].filter(Boolean).join(", ");
}

function addState(component: ICAL.Component, event: GraphEvent): void {
  // A date has no TZID: the zone is a hint of where the author was.
  const zone = event.originalStartTimeZone ?? "UTC";
  if (event.isAllDay === true && zone !== "UTC") addMember(component, OWN, "originalTz", zone);
  const showAs = event.showAs ?? "busy";
  addProperty(component, "transp", showAs === "free" || showAs === "workingElsewhere" ? "TRANSPARENT" : "OPAQUE");
  const busy = BUSY[showAs];
  if (busy !== undefined) addX(component, "x-microsoft-cdo-busystatus", busy);
  else addMember(component, OWN, "showAs", showAs);
  addProperty(component, "class", CLASS[event.sensitivity ?? "normal"] ?? "PRIVATE");
  if (event.sensitivity === "personal") addX(component, "x-o365-sensitivity", "personal");
  addProperty(component, "status", event.isCancelled === true ? "CANCELLED" : showAs === "tentative" || event.isDraft === true ? "TENTATIVE" : "CONFIRMED");
  // RFC 5545 section 3.8.1.9: 1 to 4 is high, 6 to 9 low; "normal" is Graph's default and says nothing.
  if (event.importance === "high" || event.importance === "low") addProperty(component, "priority", event.importance === "high" ? 1 : 9);
  // MS-OXCICAL section 2.1.3.1.1.20 names the first property.
  if (event.allowNewTimeProposals === false) addX(component, "x-microsoft-disallow-counter", "TRUE");
  if (event.hideAttendees === true) addX(component, "x-o365-hide-attendees", "TRUE");
  if (event.isDraft === true) addX(component, "x-o365-draft", "TRUE");
  if (event.responseRequested === false) addX(component, "x-o365-response-requested", "FALSE");
  const response = event.responseStatus?.response ?? "none";
  if (event.isOrganizer === false && response !== "none") addX(component, "x-o365-response", response);
  // Graph tells no revision number.
  addProperty(component, "sequence", 0);
}

/** CONFERENCE (RFC 7986 section 5.11) for each way in, and Outlook's own name for the link; what neither says is kept as the source tells it. */
function addMeeting(component: ICAL.Component, event: GraphEvent): void {
  const meeting = event.onlineMeeting;
  const link = meeting?.joinUrl ?? event.onlineMeetingUrl ?? "";
  if (link !== "") {
    addProperty(component, "conference", link, { value: "URI", feature: "VIDEO", label: event.onlineMeetingProvider ?? undefined });
    if (meeting?.joinUrl) addX(component, "x-microsoft-skypeteamsmeetingurl", link);
  }
  for (const number of [meeting?.tollNumber, ...(meeting?.tollFreeNumbers ?? [])]) {
    if (number) addProperty(component, "conference", `tel:${number.replace(/[^\d+#*,;-]/g, "")}`, { value: "URI", feature: "PHONE", label: meeting?.conferenceId ?? undefined });
  }
  if (Object.entries(meeting ?? {}).some(([name, value]) => name !== "joinUrl" && value !== null && value !== "")) addMember(component, OWN, "onlineMeeting", meeting);
  if (event.onlineMeetingUrl && event.onlineMeetingUrl !== link) addMember(component, OWN, "onlineMeetingUrl", event.onlineMeetingUrl);
  const joins = Boolean(meeting?.joinUrl);
  if (event.isOnlineMeeting !== undefined && event.isOnlineMeeting !== joins) addMember(component, OWN, "isOnlineMeeting", event.isOnlineMeeting);
  const provider = event.onlineMeetingProvider ?? "unknown";
  if (event.onlineMeetingProvider && provider !== (joins ? "teamsForBusiness" : "unknown")) addMember(component, OWN, "onlineMeetingProvider", provider);
}

/** Members with a place of their own in the calendar object, and those that name the item at its source and say nothing of the event. */
const MAPPED = new Set([
  "id", "changeKey", "type", "seriesMasterId", "iCalUId", "uid", "subject", "body", "bodyPreview", "start", "end", "originalStart", "originalStartTimeZone", "originalEndTimeZone", "isAllDay", "isCancelled", "isDraft",
  "isOrganizer", "isReminderOn", "reminderMinutesBeforeStart", "isOnlineMeeting", "onlineMeeting", "onlineMeetingUrl", "onlineMeetingProvider", "organizer", "attendees", "hideAttendees",
  "allowNewTimeProposals", "responseRequested", "responseStatus", "location", "locations", "recurrence", "sensitivity", "showAs", "importance", "categories", "hasAttachments", "attachments",
  "createdDateTime", "lastModifiedDateTime", "cancelledOccurrences", "exceptionOccurrences", "occurrenceId", "webLink", "transactionId", "calendar", "instances", "parentFolderId",
]);

/** Whatever else the source tells: nothing is dropped in silence. */
function addUnknown(component: ICAL.Component, event: GraphEvent): void {
  for (const [member, value] of Object.entries(event)) if (!MAPPED.has(member) && !member.includes("@")) addMember(component, OWN, member, value);
}

function addAlarm(component: ICAL.Component, event: GraphEvent): void {
  if (event.isReminderOn !== true) return;
  const alarm = new ICAL.Component("valarm");
  addProperty(alarm, "action", "DISPLAY");
  addProperty(alarm, "description", event.subject ?? "");
  addProperty(alarm, "trigger", alarmTrigger(event.reminderMinutesBeforeStart ?? 0));
  component.addSubcomponent(alarm);
}
