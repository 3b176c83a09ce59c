import { describe, expect, it } from "@jest/globals";
import { silence } from "../../src/drivers/caldav/silence.js";
import { contactToVcard } from "../../src/graph/map/contact-to-vcard.js";
import { eventToIcs } from "../../src/graph/map/event-to-ics.js";
import type { GraphContact } from "../../src/graph/map/graph-contact.js";
import type { GraphEvent } from "../../src/graph/map/graph-event.js";
import { createCalendarWorkload } from "../../src/graph/workloads/calendar.js";
import { fakeClient, FakeContext, feedsOf, page, round } from "../unit/graph-calendar/fake-client.js";
import { ExodusError } from "../../src/core/errors.js";

const utc = (dateTime: string) => ({ dateTime, timeZone: "UTC" });
const MEETING: GraphEvent = {
  id: "e1", changeKey: "k", iCalUId: "uid-1", type: "singleInstance", subject: "Réunion", start: utc("2026-03-27T09:00:00"), end: utc("2026-03-27T10:00:00"),
  originalStartTimeZone: "Romance Standard Time", originalEndTimeZone: "Romance Standard Time",
};
function ics(event: GraphEvent, exceptions: readonly GraphEvent[] = []): { readonly text: string; readonly reasons: readonly string[] } {
  const mapped = eventToIcs({ event, exceptions }, { ownerMail: "moi@mairie.example" });
  if (mapped === undefined) throw new Error("not mapped");
  return { text: mapped.ics.replace(/\r\n /g, ""), reasons: mapped.losses.map(({ reason }) => reason) };
}

describe("calendars", () => {
  it("19. All-day events keep dates, not instants; the end is exclusive; the zone is only a hint", () => {
    const day: GraphEvent = { ...MEETING, isAllDay: true, start: utc("2026-07-14T00:00:00"), end: utc("2026-07-15T00:00:00") };
    for (const originalStartTimeZone of ["Romance Standard Time", "Hawaiian Standard Time", "UTC", "tzone://Microsoft/Custom"]) {
      const { text, reasons } = ics({ ...day, originalStartTimeZone, originalEndTimeZone: originalStartTimeZone });
      expect(text).toContain("DTSTART;VALUE=DATE:20260714\r\n");
      expect(text).toContain("DTEND;VALUE=DATE:20260715\r\n");
      expect(reasons).toEqual([]);
    }
  });

  it("20. Windows zone names, `UTC`, `Customized Time Zone`, `tzone://Microsoft/Custom`: the original name is kept, CLDR maps it, an unknown one is told", () => {
    expect(ics(MEETING).text).toMatch(/DTSTART;TZID=Europe\/Paris:20260327T100000\r\n/);
    expect(ics(MEETING).text).toContain("X-O365-ORIGINAL-TZ:Romance Standard Time");
    expect(ics({ ...MEETING, originalStartTimeZone: "UTC", originalEndTimeZone: "UTC" })).toMatchObject({ text: expect.stringContaining("DTSTART:20260327T090000Z"), reasons: [] });
    for (const originalStartTimeZone of ["Customized Time Zone", "tzone://Microsoft/Custom"]) {
      expect(ics({ ...MEETING, originalStartTimeZone, originalEndTimeZone: originalStartTimeZone })).toMatchObject({ text: expect.stringContaining("DTSTART:20260327T090000Z"), reasons: ["calendar.unknown-zone"] });
    }
    // Old rules that changed: Moscow was four hours ahead of UTC until October 2014.
    const moscow = (start: string) => ics({ ...MEETING, originalStartTimeZone: "Russian Standard Time", originalEndTimeZone: "Russian Standard Time", start: utc(start), end: utc(start) }).text;
    expect([moscow("2014-07-01T09:00:00"), moscow("2026-07-01T09:00:00")].map((text) => /DTSTART;TZID=Europe\/Moscow:\d+T(\d\d)/.exec(text)?.[1])).toEqual(["13", "12"]);
  });

  const series = (pattern: object, range: object): GraphEvent => ({ ...MEETING, type: "seriesMaster", recurrence: { pattern, range: { startDate: "2026-03-27", recurrenceTimeZone: "Romance Standard Time", ...range } } as GraphEvent["recurrence"] });

  it("21. Recurrences: `relativeMonthly` with `last`, first day of week, the three ranges; exceptions moved outside their day", () => {
    expect(ics(series({ type: "relativeMonthly", interval: 1, daysOfWeek: ["friday"], index: "last" }, { type: "noEnd" })).text).toMatch(/RRULE:(?=.*FREQ=MONTHLY)(?=.*BYDAY=(?:-1FR|FR;BYSETPOS=-1))/);
    expect(ics(series({ type: "weekly", interval: 2, daysOfWeek: ["friday"], firstDayOfWeek: "sunday" }, { type: "numbered", numberOfOccurrences: 5 })).text).toMatch(/RRULE:(?=.*WKST=SU)(?=.*COUNT=5)(?=.*INTERVAL=2)/);
    const ended = series({ type: "weekly", interval: 1, daysOfWeek: ["friday"], firstDayOfWeek: "monday" }, { type: "endDate", endDate: "2026-05-29" });
    expect(ics(ended).text).toMatch(/UNTIL=20260529T(?:08|21|215959|235959)/);
    const moved: GraphEvent = { ...MEETING, id: "x", type: "exception", seriesMasterId: "e1", originalStart: "2026-04-10T08:00:00Z", start: utc("2026-04-13T12:00:00"), end: utc("2026-04-13T13:00:00") };
    expect(ics(ended, [moved]).text).toMatch(/RECURRENCE-ID;TZID=Europe\/Paris:20260410T100000[\s\S]*DTSTART;TZID=Europe\/Paris:20260413T140000|DTSTART;TZID=Europe\/Paris:20260413T140000[\s\S]*RECURRENCE-ID;TZID=Europe\/Paris:20260410T100000/);
  });

  it("44. `originalStart` is an instant, with Z or with an offset, whatever `originalStartTimeZone` says", () => {
    const weekly = series({ type: "weekly", interval: 1, daysOfWeek: ["friday"], firstDayOfWeek: "monday" }, { type: "noEnd" });
    for (const originalStart of ["2026-04-10T08:00:00Z", "2026-04-10T10:00:00+02:00", "2026-04-10T04:00:00-04:00"]) {
      const changed: GraphEvent = { ...MEETING, id: "x", type: "exception", seriesMasterId: "e1", originalStart, originalStartTimeZone: "Eastern Standard Time", start: utc("2026-04-10T12:00:00"), end: utc("2026-04-10T13:00:00") };
      expect(ics(weekly, [changed]).text).toContain("RECURRENCE-ID;TZID=Europe/Paris:20260410T100000");
    }
  });

  it("22. Attendees' answers, an organiser who is not the owner, cancelled events, online-meeting links: kept, and no server is let send invitations", () => {
    const { text } = ics({
      ...MEETING, isOrganizer: false, organizer: { emailAddress: { name: "Luc", address: "luc@ailleurs.example" } }, isCancelled: true,
      attendees: [{ type: "required", emailAddress: { name: "Moi", address: "moi@mairie.example" }, status: { response: "accepted" } }, { type: "optional", emailAddress: { address: "ana@mairie.example" }, status: { response: "declined" } }],
      body: { contentType: "html", content: '<a href="https://teams.microsoft.com/l/meetup-join/1">Rejoindre</a>' }, onlineMeeting: { joinUrl: "https://teams.microsoft.com/l/meetup-join/1" },
    });
    expect(text).toMatch(/ORGANIZER[^\r]*:mailto:luc@ailleurs\.example/);
    expect(text).toMatch(/ATTENDEE[^\r]*PARTSTAT=ACCEPTED[^\r]*:mailto:moi@/);
    expect(text).toMatch(/ATTENDEE[^\r]*PARTSTAT=DECLINED[^\r]*:mailto:ana@/);
    expect(text).toContain("STATUS:CANCELLED");
    expect(text).toContain("https://teams.microsoft.com/l/meetup-join/1");
    const silent = silence(text).replace(/\r\n /g, "");
    expect(silent.match(/^(?:ORGANIZER|ATTENDEE)[^\r]*/gm)?.every((line) => line.includes("SCHEDULE-AGENT=CLIENT"))).toBe(true);
  });

  it("23. Private events keep their class; calendars that others share are left to their owner's mailbox", async () => {
    expect(["private", "confidential", "normal"].map((sensitivity) => /CLASS:(\w+)/.exec(ics({ ...MEETING, sensitivity }).text)?.[1])).toEqual(["PRIVATE", "CONFIDENTIAL", "PUBLIC"]);
    const own = { id: "c1", name: "Calendrier", isDefaultCalendar: true, owner: { address: "zoe@mairie.example" } };
    const shared = { id: "c2", name: "Paul", canShare: false, owner: { address: "paul@mairie.example" } };
    const client = fakeClient({ "/users/u1/calendars": () => [page<object>(own, shared)], "/users/u1/calendarGroups": () => [page()] });
    expect((await feedsOf(createCalendarWorkload(client, { cloudLacks: new Set() }))).map(({ id }) => id)).toEqual(["c1"]);
  });

  it("45. One attachment that the store cannot open does not sink its event", async () => {
    const refused = (): never => { throw new ExodusError("GRAPH_REFUSED", { params: { path: "attachment" } }); };
    const client = fakeClient({
      "/users/u1/calendars/c1/events": () => [page({ ...MEETING, hasAttachments: true })],
      "/users/u1/events/e1/attachments": () => [page({ "@odata.type": "#microsoft.graph.fileAttachment", id: "a", name: "image001.png", size: 3 }, { "@odata.type": "#microsoft.graph.fileAttachment", id: "b", name: "ordre.txt", contentType: "text/plain", size: 3 })],
      "/users/u1/events/e1/attachments/a": refused, "/users/u1/events/e1/attachments/b": () => ({ "@odata.type": "#microsoft.graph.fileAttachment", id: "b", name: "ordre.txt", contentType: "text/plain", size: 3, contentBytes: "AQID" }),
    });
    const feed = { id: "c1", container: { workload: "calendar" as const, owner: "u1", id: "c1", name: "Calendrier" }, listing: true };
    const context = new FakeContext();
    const { changes } = await round(createCalendarWorkload(client, { cloudLacks: new Set() }), feed, context);
    expect(changes).toEqual([expect.objectContaining({ kind: "item", losses: [expect.objectContaining({ reason: "calendar.attachment-unreadable" })] })]);
    expect(context.body(changes[0])).toContain("AQID");
  });
});

describe("contacts", () => {
  it("24. Contacts: three addresses, photos beside, birthdays at UTC noon or midnight, and fields without a home in vCard", () => {
    const contact: GraphContact = {
      id: "c", displayName: "Zoé", emailAddresses: [1, 2, 3].map((number) => ({ name: "Zoé", address: `z${number}@x.example` })), birthday: "1974-07-22T11:59:00Z", spouseName: "Luc", officeLocation: "B 12",
    };
    const { vcard, losses } = contactToVcard(contact, { bytes: Buffer.from([0x89, 0x50, 0x4e, 0x47]) });
    const text = vcard.replace(/\r\n /g, "");
    expect(text.match(/^EMAIL[^\r]*/gm)).toHaveLength(3);
    expect(text).toMatch(/BDAY[^:]*:1974-?07-?22\r\n/);
    expect(text).toContain("PHOTO:data:image/png");
    expect(text).toContain("X-MS-OFFICE-LOCATION:B 12");
    expect(losses.every(({ reason }) => reason === "contact.birthday-time")).toBe(true);
    for (const birthday of ["1974-07-22T00:00:00Z", "1974-07-22T12:00:00Z", "1974-07-21T23:00:00Z"]) {
      expect(contactToVcard({ ...contact, birthday }).vcard).toMatch(/BDAY[^:]*:1974-?07-?22\r\n/);
    }
  });
});
