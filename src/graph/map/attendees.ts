import type ICAL from "ical.js";
import type { GraphAttendee, GraphEmail, GraphEvent, GraphLocation, Maybe } from "./graph-event.js";
import { addProperty } from "./ics-text.js";
import type { LossLog } from "./loss-log.js";
import { instantOf, type ZoneOptions } from "./zones.js";

const PARTSTAT: Readonly<Record<string, string>> = {
  accepted: "ACCEPTED", organizer: "ACCEPTED", tentativelyAccepted: "TENTATIVE", declined: "DECLINED", none: "NEEDS-ACTION", notResponded: "NEEDS-ACTION",
};
const ROLE: Readonly<Record<string, string>> = { required: "REQ-PARTICIPANT", optional: "OPT-PARTICIPANT", resource: "NON-PARTICIPANT" };

/**
 * ORGANIZER and ATTENDEE (RFC 5545 sections 3.8.4.1 and 3.8.4.3). An appointment without attendees gets no ORGANIZER, or servers
 * take it for a meeting; an organiser who is not the owner is always kept.
 * No SCHEDULE-AGENT here: who may send invitations is the target's affair.
 */
export function addParticipants(component: ICAL.Component, event: GraphEvent, ownerMail: string | undefined, options: ZoneOptions, log: LossLog): void {
  const attendees = event.attendees ?? [];
  const organizer = event.organizer?.emailAddress;
  if (hasAddress(organizer) && (attendees.length > 0 || event.isOrganizer === false)) {
    addProperty(component, "organizer", calendarAddress(organizer, "organizer", log), { cn: commonName(organizer) });
  }
  const rooms = roomAddresses(event);
  const asksAnswer = event.responseRequested !== false;
  for (const attendee of attendees) {
    const email = attendee.emailAddress;
    if (!hasAddress(email)) {
      log.add("attendees", "dropped", "calendar.attendee-address", "source");
      continue;
    }
    const status = PARTSTAT[answer(attendee, event, ownerMail)] ?? "NEEDS-ACTION";
    addProperty(component, "attendee", calendarAddress(email, "attendees", log), {
      cn: commonName(email),
      cutype: cuType(attendee, rooms),
      role: ROLE[attendee.type ?? "required"] ?? "REQ-PARTICIPANT",
      partstat: status,
      rsvp: asksAnswer && status === "NEEDS-ACTION" && event.isCancelled !== true ? "TRUE" : undefined,
      "x-o365-proposed-time": proposal(attendee, options),
      "x-o365-response-time": answeredAt(attendee),
    });
  }
}

function hasAddress(email: Maybe<GraphEmail>): email is GraphEmail {
  return (email?.address ?? "") !== "" || (email?.name ?? "") !== "";
}

function commonName(email: GraphEmail): string | undefined {
  return email.name === null || email.name === undefined || email.name === email.address ? undefined : email.name;
}

/** RFC 5545 wants a URI. Exchange also knows attendees by a legacy directory path or a name only: kept in a URI of our own. */
function calendarAddress(email: GraphEmail, field: string, log: LossLog): string {
  const address = (email.address ?? "").trim();
  if (/^[^\s@<>"]+@[^\s@<>"]+$/.test(address)) return `mailto:${address}`;
  log.add(field, "approximated", "calendar.attendee-address", "source");
  return `urn:x-o365-address:${encodeURIComponent(address === "" ? email.name ?? "" : address)}`;
}

/** In an attendee's own copy only `responseStatus` tells his answer; his row among the attendees stays at "none". */
function answer(attendee: GraphAttendee, event: GraphEvent, ownerMail: string | undefined): string {
  const told = attendee.status?.response ?? "none";
  const own = ownerMail !== undefined && attendee.emailAddress?.address?.toLowerCase() === ownerMail.toLowerCase();
  return own && (told === "none" || told === "notResponded") ? event.responseStatus?.response ?? told : told;
}

function roomAddresses(event: GraphEvent): ReadonlySet<string> {
  const places: readonly Maybe<GraphLocation>[] = [event.location, ...(event.locations ?? [])];
  return new Set(places.flatMap((place) => place?.locationType === "conferenceRoom"
    ? [place.locationUri, place.locationEmailAddress].flatMap((address) => (address ? [address.toLowerCase()] : [])) : []));
}

function cuType(attendee: GraphAttendee, rooms: ReadonlySet<string>): string | undefined {
  if (attendee.type !== "resource") return undefined;
  return rooms.has(attendee.emailAddress?.address?.toLowerCase() ?? "") ? "ROOM" : "RESOURCE";
}

/** When the attendee answered; Graph tells the year 1 for "never". */
function answeredAt({ status }: GraphAttendee): string | undefined {
  const at = Date.parse(status?.time ?? "");
  return Number.isNaN(at) || at < 0 ? undefined : new Date(at).toISOString();
}

/** A counter-proposal, as an RFC 5545 period in UTC. */
function proposal(attendee: GraphAttendee, options: ZoneOptions): string | undefined {
  const slot = attendee.proposedNewTime;
  if (slot === null || slot === undefined) return undefined;
  const [start, end] = [instantOf(slot.start, options), instantOf(slot.end, options)];
  const stamp = (instant: number) => new Date(instant).toISOString().replace(/[-:]/g, "").replace(/\.\d+/, "");
  return start === undefined || end === undefined ? undefined : `${stamp(start)}/${stamp(end)}`;
}
