import ICAL from "ical.js";
import type { GraphAddress, GraphEvent, GraphLocation, Maybe } from "./graph-event.js";
import { htmlToText } from "../../lib/html-text.js";
import { addProperty, addX, utcTime } from "./ics-text.js";
import { alarmTrigger } from "./recurrence.js";

/** MS-OXCICAL section 2.1.3.1.1.20 (X-MICROSOFT-CDO-BUSYSTATUS); WORKINGELSEWHERE as newer Outlooks write it. */
const BUSY: Readonly<Record<string, string>> = { free: "FREE", tentative: "TENTATIVE", busy: "BUSY", oof: "OOF", workingElsewhere: "WORKINGELSEWHERE" };
const CLASS: Readonly<Record<string, string>> = { normal: "PUBLIC", personal: "PRIVATE", private: "PRIVATE", confidential: "CONFIDENTIAL" };

/** Everything of a VEVENT but its times, participants and attachments. */
export function addDescriptive(component: ICAL.Component, event: GraphEvent): void {
  addProperty(component, "summary", event.subject ?? "");
  addBody(component, event);
  addPlaces(component, event);
  addState(component, event);
  const categories = (event.categories ?? []).filter((category) => category !== "");
  if (categories.length > 0) {
    const property = new ICAL.Property("categories", component);
    property.setValues([...categories]);
    component.addProperty(property);
  }
  addMeeting(component, event);
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
  for (const place of places) {
    const address = place.locationEmailAddress ?? place.locationUri ?? "";
    if (address !== "") addX(component, "x-o365-location-address", address, { "x-name": place.displayName ?? undefined, "x-type": place.locationType ?? undefined });
  }
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
  const showAs = event.showAs ?? "busy";
  addProperty(component, "transp", showAs === "free" || showAs === "workingElsewhere" ? "TRANSPARENT" : "OPAQUE");
  const busy = BUSY[showAs];
  if (busy !== undefined) addX(component, "x-microsoft-cdo-busystatus", busy);
  addProperty(component, "class", CLASS[event.sensitivity ?? "normal"] ?? "PRIVATE");
  if (event.sensitivity === "personal") addX(component, "x-o365-sensitivity", "personal");
  addProperty(component, "status", event.isCancelled === true ? "CANCELLED" : showAs === "tentative" || event.isDraft === true ? "TENTATIVE" : "CONFIRMED");
  // RFC 5545 section 3.8.1.9: 1 to 4 is high, 6 to 9 low; "normal" is Graph's default and says nothing.
  if (event.importance === "high" || event.importance === "low") addProperty(component, "priority", event.importance === "high" ? 1 : 9);
  // MS-OXCICAL section 2.1.3.1.1.20 names the first property.
  if (event.allowNewTimeProposals === false) addX(component, "x-microsoft-disallow-counter", "TRUE");
  if (event.hideAttendees === true) addX(component, "x-o365-hide-attendees", "TRUE");
  if (event.isDraft === true) addX(component, "x-o365-draft", "TRUE");
  const response = event.responseStatus?.response ?? "none";
  if (event.isOrganizer === false && response !== "none") addX(component, "x-o365-response", response);
  // Graph tells no revision number.
  addProperty(component, "sequence", 0);
}

/** CONFERENCE (RFC 7986 section 5.11) for each way in, and Outlook's own name for the link. */
function addMeeting(component: ICAL.Component, event: GraphEvent): void {
  const meeting = event.onlineMeeting;
  const link = meeting?.joinUrl ?? event.onlineMeetingUrl ?? "";
  if (link !== "") {
    addProperty(component, "conference", link, { value: "URI", feature: "VIDEO", label: event.onlineMeetingProvider ?? undefined });
    addX(component, "x-microsoft-skypeteamsmeetingurl", link);
  }
  for (const number of [meeting?.tollNumber, ...(meeting?.tollFreeNumbers ?? [])]) {
    if (number) addProperty(component, "conference", `tel:${number.replace(/[^\d+#*,;-]/g, "")}`, { value: "URI", feature: "PHONE", label: meeting?.conferenceId ?? undefined });
  }
}

function addAlarm(component: ICAL.Component, event: GraphEvent): void {
  if (event.isReminderOn !== true) return;
  const alarm = new ICAL.Component("valarm");
  addProperty(alarm, "action", "DISPLAY");
  addProperty(alarm, "description", event.subject ?? "");
  addProperty(alarm, "trigger", alarmTrigger(event.reminderMinutesBeforeStart ?? 0));
  component.addSubcomponent(alarm);
}
