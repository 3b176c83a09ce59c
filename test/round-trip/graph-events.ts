import fc from "fast-check";
import type { GraphAttachment, GraphEvent, GraphRecurrence } from "../../src/graph/map/graph-event.js";
import { falls, firstDay, pattern } from "./graph-days.js";
import { ianaZone, type Instance } from "./instances.js";
import { OWNER, type Told } from "./through-sandbox.js";

/** An event as Graph could tell it, and when it takes place, by Graph's documentation alone. */
export interface Made extends Told {
  readonly instances: readonly Omit<Instance, "uid">[];
}

const DAY = 86_400_000;
const MINUTE = 60_000;
/** Graph's name of a zone, and the IANA zone that it means in metropolitan France. */
const ZONES: Readonly<Record<string, string>> = {
  "Romance Standard Time": "Europe/Paris", "GMT Standard Time": "Europe/London", "Eastern Standard Time": "America/New_York", "Central Pacific Standard Time": "Pacific/Noumea",
  "India Standard Time": "Asia/Kolkata", "America/Miquelon": "America/Miquelon", "New Zealand Standard Time": "Pacific/Auckland", UTC: "UTC",
};
const MOST = 6;

/** What some layer of iCalendar, vCard, their parameters, URIs or quoted-printable takes for its own. */
const DELIMITERS = [...";,:\\\"^'=-+/@%&<>()[]{}|#?!.~_*$`nNrtTZaé2 \u00a0\u00ad\u200d\ufeff\u0301😀"];

/** Words with what iCalendar and vCard escape, quote and fold. */
export const words = fc.oneof(fc.constantFrom("a;b,c\\d", "«é» \"q\" : ^n", "\\n; \\, ,;", "😀 x".repeat(30), "=?utf-8?q?x?="), fc.string({ unit: "grapheme", minLength: 1, maxLength: 12 }).map(plain), fc.string({ unit: fc.constantFrom(...DELIMITERS), minLength: 1, maxLength: 9 }).map(plain)).filter((text) => text !== "");
const lines = fc.array(words, { minLength: 1, maxLength: 3 }).map((all) => all.join("\n"));
const address = fc.stringMatching(/^[a-z]{1,6}@[a-z]{1,5}\.example$/);
/** ical.js, by which the sandbox reads, takes a backslash in a parameter for an escape, which RFC 5545 section 3.2 does not know. */
const names = words.map((text) => text.replaceAll("\\", "/"));
const email = fc.record({ name: names, address });
const answer = fc.constantFrom("accepted", "declined", "tentativelyAccepted", "notResponded");
const maybe = <T>(one: fc.Arbitrary<T>): fc.Arbitrary<T | null> => fc.option(one, { nil: null });

/** No controls, and no white space at the ends, which neither format promises to keep. */
function plain(text: string): string {
  return text.replace(/[\p{Cc}\p{Zl}\p{Zp}\p{Surrogate}]/gu, "").trim();
}

const attendee = fc.record({
  type: fc.constantFrom("required", "optional", "resource"), emailAddress: email,
  status: fc.record({ response: answer, time: fc.constantFrom("0001-01-01T00:00:00Z", "2026-03-01T08:00:00.000Z") }),
});
const place = fc.record({
  displayName: words, locationType: fc.constantFrom("default", "conferenceRoom", "homeAddress"), locationEmailAddress: maybe(address),
  address: maybe(fc.record({ street: words, city: words, countryOrRegion: words })), coordinates: maybe(fc.record({ latitude: fc.integer({ min: -90, max: 90 }), longitude: fc.integer({ min: -180, max: 180 }) })),
});
const meeting = fc.record({ joinUrl: fc.webUrl({ withQueryParameters: true }), conferenceId: maybe(words), tollNumber: maybe(fc.constantFrom("+33 1 02 03 04 05")), quickDial: maybe(words) });
const attachment: fc.Arbitrary<GraphAttachment> = fc.record({ name: names, contentType: fc.constantFrom("application/pdf", "text/plain"), bytes: fc.uint8Array({ minLength: 1, maxLength: 90 }), isInline: fc.boolean(), contentId: maybe(fc.stringMatching(/^[a-z0-9]{3,9}$/)) })
  .map(({ bytes, ...rest }) => ({ "@odata.type": "#microsoft.graph.fileAttachment", ...rest, contentBytes: Buffer.from(bytes).toString("base64") }));

const said = fc.record({
  subject: words, body: fc.record({ contentType: fc.constant("html"), content: lines.map((text) => `<p>${text}</p>`) }), categories: fc.uniqueArray(words, { maxLength: 3 }),
  sensitivity: fc.constantFrom("normal", "personal", "private", "confidential"), showAs: fc.constantFrom("free", "tentative", "busy", "oof", "workingElsewhere", "unknown"), importance: fc.constantFrom("low", "normal", "high"),
  isReminderOn: fc.boolean(), reminderMinutesBeforeStart: fc.integer({ min: 0, max: 20_160 }), isCancelled: fc.boolean(), isDraft: fc.boolean(), hideAttendees: fc.boolean(), allowNewTimeProposals: fc.boolean(),
  responseRequested: fc.boolean(), locations: fc.array(place, { maxLength: 2 }), onlineMeeting: maybe(meeting), onlineMeetingProvider: fc.constantFrom("teamsForBusiness", "skypeForBusiness", "unknown"),
  attendees: fc.uniqueArray(attendee, { selector: ({ emailAddress }) => emailAddress.address, maxLength: 3 }), organizer: maybe(email), files: fc.array(attachment, { maxLength: 2 }),
}).map(({ organizer, files, ...rest }) => {
  // Without an organiser from elsewhere the meeting is the owner's.
  const own = organizer === null;
  const whole: Omit<GraphEvent, "id"> = {
    ...rest, location: rest.locations[0] ?? null, isOnlineMeeting: rest.onlineMeeting !== null, isOrganizer: own, organizer: { emailAddress: own ? OWNER : organizer },
    responseStatus: { response: own ? "organizer" : "accepted" }, hasAttachments: files.length > 0,
  };
  return { whole, files };
});

const when = fc.record({
  zone: fc.constantFrom(...Object.keys(ZONES)), allDay: fc.boolean(), day: fc.integer({ min: 0, max: 1_000 }), quarter: fc.integer({ min: 0, max: 95 }), quarters: fc.integer({ min: 1, max: 200 }),
  recurring: maybe(fc.record({ pattern, type: fc.constantFrom("noEnd", "endDate", "numbered"), days: fc.integer({ min: 0, max: 500 }), count: fc.integer({ min: 1, max: MOST }) })),
  cancelled: fc.uniqueArray(fc.integer({ min: 1, max: MOST - 1 }), { maxLength: 2 }), changed: fc.uniqueArray(fc.record({ at: fc.integer({ min: 0, max: MOST - 1 }), quarters: fc.integer({ min: -300, max: 300 }), subject: words, own: maybe(said) }), { selector: ({ at }) => at, maxLength: 2 }),
});

/** Single events and series, with occurrences cancelled, moved and renamed. Times that the clock skips in spring are left out. */
export const madeEvent: fc.Arbitrary<Made> = fc.tuple(said, when).map(([{ whole, files }, time]) => assembled(whole, files, time)).filter((one) => one !== undefined);

function assembled(whole: Omit<GraphEvent, "id">, files: readonly GraphAttachment[], { zone, allDay, day, quarter, quarters, recurring, cancelled, changed }: Parameters<Parameters<typeof when.map>[0]>[0]): Made | undefined {
  const clock = allDay ? ianaZone("UTC") : ianaZone(ZONES[zone] ?? "UTC");
  const first = recurring === null ? Date.UTC(2024, 0, 1) + day * DAY : firstDay(recurring.pattern, Date.UTC(2024, 0, 1) + day * DAY);
  const timeOfDay = allDay ? 0 : quarter * 15 * MINUTE;
  const length = allDay ? Math.ceil(quarters / 40) * DAY : quarters * 15 * MINUTE;
  if (clock.toLocal(clock.toInstant(first + timeOfDay)) !== first + timeOfDay) return undefined;
  const recurrence: GraphRecurrence | null = recurring === null ? null : { pattern: recurring.pattern, range: { type: recurring.type, startDate: dateText(first), endDate: dateText(first + recurring.days * DAY), numberOfOccurrences: recurring.count, recurrenceTimeZone: zone } };
  const id = "series";
  const at = (local: number): { readonly start: ReturnType<typeof stamp>; readonly end: ReturnType<typeof stamp> } => ({ start: stamp(clock.toInstant(local)), end: stamp(clock.toInstant(local) + length) });
  const common = { isAllDay: allDay, originalStartTimeZone: zone, originalEndTimeZone: zone };
  const days = recurrence === null ? [first] : daysOf(recurrence, first);
  const gone = new Set(recurrence === null ? [] : cancelled.filter((position) => position < days.length));
  const moves = recurrence === null ? [] : changed.filter((one) => one.at < days.length && !gone.has(one.at));
  const exceptions = moves.map(({ at: position, quarters: shift, subject, own }): GraphEvent => {
    const local = (days[position] ?? 0) + timeOfDay;
    // Whose meeting it is does not change from one occurrence to the next; all else may.
    const { organizer, isOrganizer, responseStatus } = whole;
    const parts = own === null ? { ...whole, hasAttachments: false } : { ...own.whole, organizer, isOrganizer, responseStatus };
    return { ...parts, ...common, id: `x${position}`, type: "exception", subject, ...at(local + (allDay ? Math.round(shift / 40) * DAY : shift * 15 * MINUTE)), originalStart: new Date(clock.toInstant(local)).toISOString(), recurrence: null };
  });
  const event: GraphEvent = {
    ...whole, ...common, id, iCalUId: "uid-1", type: recurrence === null ? "singleInstance" : "seriesMaster", createdDateTime: "2024-01-01T08:00:00Z", lastModifiedDateTime: "2024-01-02T08:00:00Z",
    ...at(first + timeOfDay), recurrence, ...(recurrence === null ? {} : { cancelledOccurrences: [...gone].map((position) => `OID.${id}.${dateText(days[position] ?? 0)}`) }),
  };
  const plainOnes = days.flatMap((midnight, position) => (gone.has(position) || moves.some((one) => one.at === position) ? [] : [instance(clock, clock.toInstant(midnight + timeOfDay), length, allDay, event.subject ?? "")]));
  const changedOnes = exceptions.map((exception) => instance(clock, Date.parse(`${exception.start?.dateTime ?? ""}Z`), length, allDay, exception.subject ?? ""));
  const instances = [...plainOnes, ...changedOnes].sort((a, b) => a.start - b.start || (a.summary < b.summary ? -1 : 1));
  return { event, exceptions, attachments: new Map([[id, files], ...moves.map(({ at: position, own }) => [`x${position}`, own?.files ?? []] as const)]), instances };
}

function instance(clock: ReturnType<typeof ianaZone>, start: number, length: number, allDay: boolean, summary: string): Made["instances"][number] {
  return { start, end: start + length, clock: clock.toLocal(start), allDay, summary };
}

/** The first days of a recurrence, read day by day. */
function daysOf({ pattern: rule, range }: GraphRecurrence, first: number): readonly number[] {
  const last = range?.type === "endDate" ? Date.parse(range.endDate ?? "") : first + 6_000 * DAY;
  const most = range?.type === "numbered" ? range.numberOfOccurrences ?? 0 : MOST;
  const days: number[] = [];
  for (let day = first; day <= last && days.length < most; day += DAY) if (falls(rule ?? {}, first, day)) days.push(day);
  return days;
}

function stamp(instant: number): { readonly dateTime: string; readonly timeZone: string } {
  return { dateTime: `${new Date(instant).toISOString().slice(0, 19)}.0000000`, timeZone: "UTC" };
}

function dateText(day: number): string {
  return new Date(day).toISOString().slice(0, 10);
}
