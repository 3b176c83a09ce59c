import type { IcsEvent, IcsProperty, IcsTime } from "./ics-file.js";
import { ownMembers } from "./own-members.js";
import { attachmentsOf, type EventAttachment } from "./attachments.js";

/** What the server knows about the file and its mailbox. */
export interface EventContext {
  /** Id of the file's first event. */
  readonly id: string;
  /** Addresses of the mailbox, lower case: an event organised by one of them is its owner's. */
  readonly addresses: ReadonlySet<string>;
  /** The mailbox itself, organiser of events that name none. */
  readonly owner: { readonly name: string; readonly address: string };
  readonly changeKey: string;
  /** Time of the file's last change. */
  readonly modified: string;
}

/** An event before a request shapes it: time zone and body format depend on the `Prefer` header. */
export interface GraphEvent {
  readonly id: string;
  /** Everything but `start`, `end` and `body`. */
  readonly properties: Readonly<Record<string, unknown>>;
  /** UTC epoch ms; of an all-day event, its day's midnight read as UTC. */
  readonly start: number;
  readonly end: number;
  readonly isAllDay: boolean;
  readonly html: string | undefined;
  readonly text: string;
  readonly attachments: readonly EventAttachment[];
}

const NEVER = "0001-01-01T00:00:00Z";
const DAY_MS = 86_400_000;
/** Outlook's default reminder, shown with `isReminderOn: false` where the event has none. */
const DEFAULT_REMINDER = 15;
const PARTSTAT: Readonly<Record<string, string>> = { ACCEPTED: "accepted", DECLINED: "declined", TENTATIVE: "tentativelyAccepted", "NEEDS-ACTION": "notResponded" };
const BUSY: Readonly<Record<string, string>> = { FREE: "free", TENTATIVE: "tentative", BUSY: "busy", OOF: "oof", WORKINGELSEWHERE: "workingElsewhere" };

/** VEVENT → Graph `event`; meanings of the X-MICROSOFT properties: [MS-OXCICAL] section 2.1.3.1.1.20. `start` is the event's own DTSTART. */
export function eventJson(event: IcsEvent, start: IcsTime, id: string, context: EventContext, extra: Readonly<Record<string, unknown>>): GraphEvent {
  const end = endOf(event, start);
  const zones = { originalStartTimeZone: start.zone.name, originalEndTimeZone: (event.time("dtend") ?? start).zone.name };
  const html = event.text("x-alt-desc") || undefined;
  const text = event.text("description") || (html === undefined ? "" : plainText(html));
  const from = utcOf(start);
  const attachments = attachmentsOf(event, id, context.modified);
  const properties = {
    "@odata.etag": `W/"${context.changeKey}"`, id, changeKey: context.changeKey,
    createdDateTime: instant(event, "created") ?? instant(event, "dtstamp") ?? context.modified,
    lastModifiedDateTime: instant(event, "last-modified") ?? instant(event, "dtstamp") ?? context.modified,
    categories: event.all("categories").flatMap(({ values }) => values.map(String)).filter((name) => name !== ""),
    transactionId: null, ...zones, iCalUId: event.text("uid") || id, ...reminder(event, from, end), hasAttachments: attachments.length > 0,
    subject: event.text("summary"), bodyPreview: text.slice(0, 255), importance: importance(event), sensitivity: sensitivity(event),
    isAllDay: start.isDate, isCancelled: event.text("status").toUpperCase() === "CANCELLED", ...people(event, context), ...online(event),
    isDraft: false, hideAttendees: false, responseRequested: true, allowNewTimeProposals: event.text("x-microsoft-disallow-counter").toUpperCase() !== "TRUE",
    showAs: showAs(event), webLink: `https://outlook.office365.com/owa/?itemid=${encodeURIComponent(id)}&exvsurl=1&path=/calendar/item`, ...places(event), ...ownMembers(event), ...extra,
  };
  return { id, properties, start: from, end: Math.max(end, from), isAllDay: start.isDate, html, text, attachments };
}

/** UTC instant; a date stays its midnight. */
export function utcOf(time: IcsTime): number {
  return time.isDate ? time.local : time.zone.toUtc(time.local);
}

/** RFC 5545 section 3.6.1: without DTEND and DURATION a date lasts its day, an instant lasts nothing. */
export function endOf(event: IcsEvent, start: IcsTime): number {
  const end = event.time("dtend");
  if (end !== undefined && end.isDate === start.isDate) return start.isDate ? Math.max(end.local, start.local + DAY_MS) : utcOf(end);
  const length = durationOf(event.text("duration"));
  if (start.isDate) return start.local + Math.max(DAY_MS, Math.ceil((length ?? 0) / DAY_MS) * DAY_MS);
  return utcOf(start) + (length ?? 0);
}

/** RFC 5545 section 3.3.6; milliseconds. */
function durationOf(text: string): number | undefined {
  const parts = /^([+-]?)P(?:(\d+)W)?(?:(\d+)D)?(?:T(?:(\d+)H)?(?:(\d+)M)?(?:(\d+)S)?)?$/.exec(text);
  if (parts === null) return undefined;
  const [weeks, days, hours, minutes, seconds] = parts.slice(2).map((part) => Number(part ?? 0)) as [number, number, number, number, number];
  return (parts[1] === "-" ? -1000 : 1000) * ((((weeks * 7 + days) * 24 + hours) * 60 + minutes) * 60 + seconds);
}

function instant(event: IcsEvent, name: string): string | undefined {
  const time = event.time(name);
  return time === undefined ? undefined : graphInstant(utcOf(time));
}

/** Graph writes instants without fraction here. */
export function graphInstant(utc: number): string {
  return `${new Date(utc).toISOString().slice(0, 19)}Z`;
}

/** Graph has one reminder, in minutes before the start: the first alarm that shows or sounds; one after the start is at the start. */
function reminder(event: IcsEvent, start: number, end: number): object {
  const alarm = event.alarms.find((entry) => ["DISPLAY", "AUDIO", ""].includes(entry.text("action").toUpperCase()));
  const trigger = alarm?.first("trigger");
  if (alarm === undefined || trigger === undefined) return { reminderMinutesBeforeStart: DEFAULT_REMINDER, isReminderOn: false };
  const at = alarm.time("trigger");
  const offset = durationOf(alarm.text("trigger")) ?? 0;
  const fires = at !== undefined ? utcOf(at) : (trigger.parameters["related"]?.toUpperCase() === "END" ? end : start) + offset;
  return { reminderMinutesBeforeStart: Math.max(0, Math.min(Math.round((start - fires) / 60_000), 2_147_483_647)), isReminderOn: true };
}

function importance(event: IcsEvent): string {
  const told = ["low", "normal", "high"][Number(event.text("x-microsoft-cdo-importance") || "-1")];
  const priority = Number(event.text("priority") || 0);
  return told ?? (priority >= 1 && priority <= 4 ? "high" : priority >= 6 && priority <= 9 ? "low" : "normal");
}

function sensitivity(event: IcsEvent): string {
  return { PRIVATE: "private", CONFIDENTIAL: "confidential", "X-PERSONAL": "personal" }[event.text("class").toUpperCase()] ?? "normal";
}

function showAs(event: IcsEvent): string {
  const told = event.text("x-microsoft-cdo-busystatus") || event.text("x-microsoft-cdo-intendedstatus");
  const status = event.text("status").toUpperCase() === "TENTATIVE" ? "tentative" : "busy";
  return BUSY[told.toUpperCase()] ?? (event.text("transp").toUpperCase() === "TRANSPARENT" ? "free" : status);
}

function people(event: IcsEvent, context: EventContext): object {
  const organizer = event.first("organizer");
  const address = organizer === undefined ? "" : addressOf(organizer);
  const isOrganizer = address === "" || context.addresses.has(address.toLowerCase());
  const attendees = event.all("attendee");
  const own = attendees.find((attendee) => context.addresses.has(addressOf(attendee).toLowerCase()));
  return {
    isOrganizer, organizer: { emailAddress: address === "" ? context.owner : { name: organizer?.parameters["cn"] ?? address, address } },
    responseStatus: { response: isOrganizer ? "organizer" : (PARTSTAT[own?.parameters["partstat"]?.toUpperCase() ?? ""] ?? "none"), time: NEVER },
    attendees: attendees.map((attendee) => {
      const mail = addressOf(attendee);
      const status = { response: PARTSTAT[attendee.parameters["partstat"]?.toUpperCase() ?? ""] ?? "none", time: attendee.parameters["x-o365-response-time"] ?? NEVER };
      return { type: attendeeType(attendee), status, emailAddress: { name: attendee.parameters["cn"] ?? mail, address: mail }, ...proposal(attendee) };
    }),
  };
}

/** `proposedNewTime`, which a vault's .ics keeps as a period in UTC. */
function proposal({ parameters }: IcsProperty): object {
  const [start, end] = (parameters["x-o365-proposed-time"] ?? "").split("/").map((stamp) => stamp.replace(/^(\d{4})(\d{2})(\d{2})T(\d{2})(\d{2})(\d{2})Z$/, "$1-$2-$3T$4:$5:$6.0000000"));
  return start === undefined || end === undefined ? {} : { proposedNewTime: { start: { dateTime: start, timeZone: "UTC" }, end: { dateTime: end, timeZone: "UTC" } } };
}

function attendeeType({ parameters }: IcsProperty): string {
  if (["ROOM", "RESOURCE"].includes(parameters["cutype"]?.toUpperCase() ?? "")) return "resource";
  return ["OPT-PARTICIPANT", "NON-PARTICIPANT"].includes(parameters["role"]?.toUpperCase() ?? "") ? "optional" : "required";
}

/** RFC 5545 section 3.3.3: a mailto URI; other URIs name their address in EMAIL (RFC 7986 section 6.2) or stay as they are. */
function addressOf({ parameters, values }: IcsProperty): string {
  const value = String(values[0] ?? "").trim();
  const own = /^urn:x-o365-address:(.*)$/i.exec(value)?.[1];
  if (own !== undefined) return decoded(own);
  return /^mailto:/i.test(value) ? value.slice("mailto:".length).trim() : (parameters["email"] ?? value);
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch (thrown) {
    if (!(thrown instanceof URIError)) throw thrown;
    return text;
  }
}

function online(event: IcsEvent): object {
  const teams = event.text("x-microsoft-skypeteamsmeetingurl");
  const skype = event.text("x-microsoft-onlinemeetingexternallink");
  const other = event.text("x-google-conference") || event.text("conference");
  const join = teams || skype;
  return {
    isOnlineMeeting: join !== "", onlineMeetingProvider: teams !== "" ? "teamsForBusiness" : skype !== "" ? "skypeForBusiness" : "unknown",
    onlineMeeting: join === "" ? null : { joinUrl: join }, onlineMeetingUrl: join === "" && other !== "" ? other : null,
  };
}

function places(event: IcsEvent): object {
  const displayName = event.text("location");
  const [latitude, longitude] = [event.first("geo")?.values[0] ?? []].flat().map(Number);
  const coordinates = latitude === undefined || longitude === undefined || Number.isNaN(latitude + longitude) ? {} : { coordinates: { latitude, longitude } };
  if (displayName === "") return { location: { displayName, locationType: "default", uniqueIdType: "unknown", address: {}, coordinates: {}, ...coordinates }, locations: [] };
  const place = { displayName, locationType: "default", uniqueId: displayName, uniqueIdType: "private", ...coordinates };
  return { location: place, locations: [place] };
}

/** Text of an HTML body, for previews and for those who prefer text. */
export function plainText(html: string): string {
  const named: Readonly<Record<string, string>> = { amp: "&", lt: "<", gt: ">", quot: '"', apos: "'", nbsp: " " };
  return ["style", "script", "head"].reduce(withoutElement, html).replace(/\r?\n/g, " ").replace(/<br\s*\/?>|<\/(?:p|div|li|tr|h\d)>/gi, "\r\n").replace(/<[^<>]*>/g, "")
    .replace(/&(?:#(\d+)|#x([0-9a-f]+)|(\w+));/gi, (whole, decimal: string | undefined, hex: string | undefined, name: string | undefined) => {
      const code = decimal !== undefined ? Number(decimal) : hex !== undefined ? Number.parseInt(hex, 16) : undefined;
      return code === undefined ? (named[name?.toLowerCase() ?? ""] ?? whole) : code <= 0x10ffff ? String.fromCodePoint(code) : whole;
    }).trim();
}

/** Split at its ends, so that openings without one cost nothing. */
function withoutElement(html: string, name: string): string {
  const pieces = html.split(new RegExp(`</${name}>`, "i"));
  return pieces.map((piece, position) => {
    const opened = position === pieces.length - 1 ? -1 : piece.search(new RegExp(`<${name}\\b`, "i"));
    return opened < 0 ? piece : piece.slice(0, opened);
  }).join("");
}
