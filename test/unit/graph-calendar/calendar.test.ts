import { describe, expect, it } from "@jest/globals";
import { ExodusError } from "../../../src/core/errors.js";
import type { Feed } from "../../../src/core/source.js";
import { EventRecord } from "../../../src/format/records.js";
import type { RequestOptions } from "../../../src/graph/client/client.js";
import type { GraphEvent } from "../../../src/graph/map/graph-event.js";
import { createCalendarWorkload } from "../../../src/graph/workloads/calendar.js";
import { fakeClient, FakeContext, feedsOf, OWNER, page, round, type Answer } from "./fake-client.js";

const COMPLETE = { cloudLacks: new Set<string>() };
const BLEU = { cloudLacks: new Set(["event.cancelledOccurrences", "event.exceptionOccurrences"]) };
const FEED: Feed = { id: "c1", container: { workload: "calendar", owner: OWNER.id, id: "c1", name: "Calendrier" }, listing: true };
const utc = (dateTime: string) => ({ dateTime, timeZone: "UTC" });

const SINGLE: GraphEvent = { id: "s1", changeKey: "k1", iCalUId: "uid-s1", type: "singleInstance", subject: "Seul", start: utc("2026-03-02T08:00:00"), end: utc("2026-03-02T09:00:00"), originalStartTimeZone: "Romance Standard Time" };
const MASTER: GraphEvent = {
  id: "m1", changeKey: "k1", iCalUId: "uid-m1", type: "seriesMaster", subject: "Série", start: utc("2026-03-06T09:00:00"), end: utc("2026-03-06T10:00:00"),
  originalStartTimeZone: "Romance Standard Time", originalEndTimeZone: "Romance Standard Time",
  recurrence: { pattern: { type: "weekly", interval: 1, daysOfWeek: ["friday"], firstDayOfWeek: "monday" }, range: { type: "endDate", startDate: "2026-03-06", endDate: "2026-04-17" } },
};
const EXCEPTION: GraphEvent = { ...MASTER, id: "e1", changeKey: "x1", type: "exception", seriesMasterId: "m1", recurrence: null, subject: "Déplacée", originalStart: "2026-04-03T08:00:00Z", start: utc("2026-04-02T12:00:00"), end: utc("2026-04-02T13:00:00") };
const EVENTS = "/users/u1/calendars/c1/events";

describe("feeds", () => {
  const list = (value: readonly unknown[]): Answer => () => [page(...value)];
  const group = (calendars: readonly unknown[]) => ({ "/users/u1/calendarGroups": list([{ id: "g1" }]), "/users/u1/calendarGroups/g1/calendars": list(calendars) });
  it("tells every calendar of the owner once, groups included, and none that others share", async () => {
    const own = { id: "c1", name: "Calendrier", isDefaultCalendar: true, hexColor: "#A1b2C3", owner: { address: "Z.Ancien@mairie.example" } };
    const second = { id: "c2", name: "Anniversaires", canShare: false, owner: { address: "z.ancien@MAIRIE.example" } };
    const shared = { id: "c3", name: "Paul", canShare: false, owner: { address: "paul@mairie.example" } };
    const grouped = { id: "c4", name: "Autre groupe", hexColor: "", owner: null };
    const alias = { id: "c5", name: "Sous alias", canShare: true, owner: { address: "alias@mairie.example" } };
    const client = fakeClient({ "/users/u1/calendars": list([own, second, shared]), ...group([own, grouped, alias, shared]) });
    const feeds = await feedsOf(createCalendarWorkload(client, COMPLETE));
    expect(feeds.map((feed) => [feed.id, feed.listing, feed.container.role ?? null, feed.container.color ?? null])).toEqual([["c1", true, "default", "#A1b2C3"], ["c2", true, null, null], ["c4", true, null, null], ["c5", true, null, null]]);
  });
});

describe("a round", () => {
  it("stores singles and series, then says that nothing changed", async () => {
    const expanded = { ...MASTER, cancelledOccurrences: ["OID.m1.2026-03-20"], exceptionOccurrences: [EXCEPTION] };
    let query: RequestOptions["query"];
    const client = fakeClient({ [EVENTS]: () => [page(SINGLE), page(MASTER)], "/users/u1/events/m1": (options) => { query = options.query; return expanded; } });
    const workload = createCalendarWorkload(client, COMPLETE);
    const context = new FakeContext();
    const { changes, batches } = await round(workload, FEED, context);
    expect(changes.map((change) => change.kind)).toEqual(["item", "item"]);
    expect(batches.at(-1)).toEqual({ changes: [], next: "listed", done: true });
    expect(String(query?.["$select"])).toMatch(/attendees.*cancelledOccurrences/);
    expect(query?.["$expand"]).toBe("exceptionOccurrences");
    const series = changes[1];
    expect(context.body(series)).toContain("EXDATE;TZID=Europe/Paris:20260320T100000");
    expect(context.body(series)).toContain("RECURRENCE-ID;TZID=Europe/Paris:20260403T100000");
    for (const change of changes) if (change.kind === "item") expect(EventRecord.parse(change.record)).toEqual(change.record);
    const before = client.asked.length;
    expect((await round(workload, FEED, context)).changes.map((change) => change.kind)).toEqual(["unchanged", "unchanged"]);
    expect(client.asked.slice(before)).toEqual([EVENTS, "/users/u1/events/m1"]);
  });
  it("reads a series again when only an occurrence changed", async () => {
    let exception = EXCEPTION;
    let cancelled: string[] = [];
    const client = fakeClient({ [EVENTS]: () => [page(MASTER)], "/users/u1/events/m1": () => ({ ...MASTER, cancelledOccurrences: cancelled, exceptionOccurrences: [exception] }) });
    const workload = createCalendarWorkload(client, COMPLETE);
    const context = new FakeContext();
    await round(workload, FEED, context);
    exception = { ...EXCEPTION, changeKey: "x2", subject: "Encore" };
    const second = await round(workload, FEED, context);
    expect(context.body(second.changes[0])).toContain("SUMMARY:Encore");
    cancelled = ["OID.m1.2026-03-13"];
    expect((await round(workload, FEED, context)).changes.map((change) => change.kind)).toEqual(["item"]);
  });
  it("cuts pages into batches of at most twenty", async () => {
    const many = Array.from({ length: 45 }, (_, at) => ({ ...SINGLE, id: `s${String(at)}` }));
    const { batches } = await round(createCalendarWorkload(fakeClient({ [EVENTS]: () => [page(...many)] }), COMPLETE), FEED, new FakeContext());
    expect(batches.map((batch) => [batch.changes.length, batch.done])).toEqual([[20, false], [20, false], [5, false], [0, true]]);
  });
  it("leaves occurrences to their series, and keeps one whose series is elsewhere", async () => {
    const lone = { ...EXCEPTION, id: "e2", seriesMasterId: "elsewhere" };
    const client = fakeClient({ [EVENTS]: () => [page(EXCEPTION, lone)], "/users/u1/events/m1": () => MASTER });
    const { changes } = await round(createCalendarWorkload(client, COMPLETE), FEED, new FakeContext());
    expect(changes.map((change) => (change.kind === "item" ? change.key.id : change.kind))).toEqual(["e2"]);
  });
  it("accounts for an event that cannot be read, by its subject, and goes on", async () => {
    const client = fakeClient({ [EVENTS]: () => [page(MASTER, { ...SINGLE, start: null }, { ...SINGLE, id: "s2" })], "/users/u1/events/m1": () => { throw new ExodusError("GRAPH_PASSING"); } });
    const { changes } = await round(createCalendarWorkload(client, COMPLETE), FEED, new FakeContext());
    expect(changes.map((change) => (change.kind === "unreadable" ? [change.title, change.code] : change.kind))).toEqual([["Série", "GRAPH_PASSING"], ["Seul", "GRAPH_SHAPE"], "item"]);
  });
  it("stops on what concerns the whole mailbox, and on request", async () => {
    const denied = fakeClient({ [EVENTS]: () => [page(MASTER)], "/users/u1/events/m1": () => { throw new ExodusError("GRAPH_CONSENT"); } });
    await expect(round(createCalendarWorkload(denied, COMPLETE), FEED, new FakeContext())).rejects.toMatchObject({ code: "GRAPH_CONSENT" });
    const context = new FakeContext();
    const stopped = fakeClient({ [EVENTS]: () => [page(MASTER)], "/users/u1/events/m1": () => { context.stop.abort(); throw new ExodusError("GRAPH_PASSING"); } });
    await expect(round(createCalendarWorkload(stopped, COMPLETE), FEED, context)).rejects.toMatchObject({ name: "AbortError" });
  });
  it("answers a tombstone for an event that is gone", async () => {
    const workload = createCalendarWorkload(fakeClient({ "/users/u1/events/s1": () => SINGLE }), COMPLETE);
    expect(await workload.readOne(OWNER, "nowhere", "c1", new FakeContext())).toEqual({ kind: "tombstone", id: "nowhere", container: "c1" });
    expect((await workload.readOne(OWNER, "s1", "c1", new FakeContext())).kind).toBe("item");
  });
});

describe("a cloud that does not tell exceptions", () => {
  const starts = ["2026-03-06T09:00:00", "2026-03-13T09:00:00", "2026-03-27T09:00:00", "2026-04-10T08:00:00", "2026-04-17T08:00:00"];
  const occurrence = (start: string): GraphEvent => ({ id: `o${start}`, type: "occurrence", start: utc(start), originalStart: `${start}Z` });
  const light: GraphEvent = { id: "e1", changeKey: "x1", type: "exception", start: utc("2026-04-02T12:00:00"), originalStart: "2026-04-03T08:00:00Z" };
  const within = (options: RequestOptions) => [...starts.map(occurrence), light].filter((one) => (one.start?.dateTime ?? "") >= String(options.query?.["startDateTime"]).slice(0, 19) && (one.start?.dateTime ?? "") < String(options.query?.["endDateTime"]).slice(0, 19));
  it.each([["that lacks the properties", BLEU, undefined], ["that refuses them", COMPLETE, "refuse"], ["that leaves them out", COMPLETE, "silent"]])(
    "%s: finds them by comparing instances with the rule, across the change of hour", async (_, options, mode) => {
      const client = fakeClient({
        [EVENTS]: () => [page(MASTER)], "/users/u1/events/m1": () => { if (mode === "refuse") throw new ExodusError("GRAPH_REFUSED"); return MASTER; },
        "/users/u1/events/m1/instances": (request) => [page(...within(request))], "/users/u1/events/e1": () => EXCEPTION,
      });
      const workload = createCalendarWorkload(client, options);
      const context = new FakeContext();
      const { changes } = await round(workload, FEED, context);
      const body = context.body(changes[0]);
      expect(body.match(/EXDATE[^\r]*/g)).toEqual(["EXDATE;TZID=Europe/Paris:20260320T100000"]);
      expect(body).toContain("RECURRENCE-ID;TZID=Europe/Paris:20260403T100000");
      expect(body).toContain("SUMMARY:Déplacée");
      expect(changes[0]?.kind === "item" ? changes[0].losses : undefined).toEqual([]);
      if (mode === undefined) expect(client.asked).not.toContain("/users/u1/events/m1");
      expect((await round(workload, FEED, context)).changes.map((change) => change.kind)).toEqual(["unchanged"]);
    });
  it("covers a long endless series window by window and says where it stopped", async () => {
    const old: GraphEvent = { ...MASTER, start: utc("2016-01-01T09:00:00"), end: utc("2016-01-01T10:00:00"), recurrence: { ...MASTER.recurrence, range: { type: "noEnd", startDate: "2016-01-01" } } };
    const windows: string[][] = [];
    const client = fakeClient({ [EVENTS]: () => [page(old)], "/users/u1/events/m1/instances": ({ query }) => { windows.push([String(query?.["startDateTime"]), String(query?.["endDateTime"])]); return [page()]; } });
    const { changes } = await round(createCalendarWorkload(client, BLEU), FEED, new FakeContext());
    expect(changes[0]?.kind === "item" ? changes[0].losses.map((loss) => loss.reason) : []).toEqual(["calendar.exceptions-window"]);
    expect(windows.length).toBeGreaterThan(5);
    for (const [at, [from]] of windows.entries()) if (at > 0) expect(from).toBe(windows[at - 1]?.[1]);
  });
});

describe("a series in a zone that only Outlook knows", () => {
  const zone = { originalStartTimeZone: "tzone://Microsoft/Custom", originalEndTimeZone: "tzone://Microsoft/Custom" };
  const custom: GraphEvent = { ...MASTER, ...zone, recurrence: { ...MASTER.recurrence, range: { ...MASTER.recurrence?.range, recurrenceTimeZone: "tzone://Microsoft/Custom" } }, cancelledOccurrences: [], exceptionOccurrences: [] };
  const occurrence = (start: string): GraphEvent => ({ id: `o${start}`, type: "occurrence", start: utc(start) });
  const moved: GraphEvent = { ...EXCEPTION, ...zone };
  const answers = (instances: Answer) => ({ [EVENTS]: () => [page(custom)], "/users/u1/events/m1": () => ({ ...custom, exceptionOccurrences: [moved] }), "/users/u1/events/m1/instances": instances });
  const reasons = (changes: readonly { readonly kind: string; readonly losses?: readonly { readonly reason: string }[] }[]) => changes.flatMap(({ losses }) => (losses ?? []).map(({ reason }) => reason));

  it("gets the zone in which its occurrences fall as listed, changed ones by the start that they had", async () => {
    const client = fakeClient(answers(() => [page(...["2026-03-06T09:00:00", "2026-03-27T09:00:00", "2026-04-10T08:00:00"].map(occurrence), moved)]));
    const context = new FakeContext();
    const { changes } = await round(createCalendarWorkload(client, COMPLETE), FEED, context);
    expect(context.body(changes[0])).toContain("DTSTART;TZID=Europe/Paris:20260306T100000");
    expect(context.body(changes[0])).toContain("RECURRENCE-ID;TZID=Europe/Paris:20260403T100000");
    expect(context.body(changes[0])).toContain("X-O365-ORIGINAL-TZ:tzone://Microsoft/Custom");
    expect(reasons(changes)).toEqual(["calendar.zone-inferred"]);
    const before = client.asked.length;
    await round(createCalendarWorkload(client, COMPLETE), FEED, context);
    expect(client.asked.slice(before)).toEqual([EVENTS, "/users/u1/events/m1"]);
  });
  it.each([["before it", "2026-01-04T22:00:00"], ["after it", "2026-01-06T01:00:00"]])(
    "keeps every occurrence but the cancelled one where Mondays are another day in UTC, %s, in a cloud that tells no exceptions", async (_, first) => {
      const start = Date.parse(`${first}Z`);
      const weeks = [0, 1, 2, 3, 4].map((week) => new Date(start + week * 7 * 86_400_000).toISOString().slice(0, 19));
      const mondays: GraphEvent = {
        ...MASTER, ...zone, start: utc(first), end: utc(new Date(start + 3_600_000).toISOString().slice(0, 19)),
        recurrence: { pattern: { type: "weekly", interval: 1, daysOfWeek: ["monday"], firstDayOfWeek: "monday" }, range: { type: "endDate", startDate: "2026-01-05", endDate: "2026-02-02", recurrenceTimeZone: "tzone://Microsoft/Custom" } },
      };
      const listed = weeks.filter((_week, at) => at !== 2).map(occurrence);
      const within = ({ query }: RequestOptions) => listed.filter(({ start: at }) => (at?.dateTime ?? "") >= String(query?.["startDateTime"]).slice(0, 19) && (at?.dateTime ?? "") < String(query?.["endDateTime"]).slice(0, 19));
      const client = fakeClient({ [EVENTS]: () => [page(mondays)], "/users/u1/events/m1/instances": (request) => [page(...within(request))] });
      const context = new FakeContext();
      const { changes } = await round(createCalendarWorkload(client, BLEU), FEED, context);
      // Several zones explain five Mondays: whichever was taken, the third one is left out, at the hour of the first.
      const body = context.body(changes[0]);
      const [, at] = /DTSTART;TZID=[^:]*:20260105(T\d{6})/.exec(body) ?? [];
      expect(body.match(/EXDATE[^\r]*/g)?.map((line) => line.split(":").at(-1))).toEqual([`20260119${at ?? ""}`]);
      expect(reasons(changes)).toEqual(["calendar.zone-inferred"]);
      expect(client.asked.filter((path) => path.endsWith("/instances")).length).toBe(1);
    });
  it("gets the nearest zone, and says that some are off", async () => {
    const client = fakeClient(answers(() => [page(...["2026-03-06T09:00:00", "2026-03-13T09:00:00", "2026-03-27T09:17:00", "2026-04-10T08:00:00"].map(occurrence))]));
    expect(reasons((await round(createCalendarWorkload(client, COMPLETE), FEED, new FakeContext())).changes)).toEqual(["calendar.zone-unmatched"]);
  });
  it("stays in UTC where the cloud lists no instances", async () => {
    const client = fakeClient(answers(() => { throw new ExodusError("GRAPH_REFUSED"); }));
    const context = new FakeContext();
    const { changes } = await round(createCalendarWorkload(client, COMPLETE), FEED, context);
    expect(context.body(changes[0])).toContain("DTSTART:20260306T090000Z");
    expect(reasons(changes)).toEqual(["calendar.unknown-zone"]);
  });
});

describe("attachments", () => {
  const file = { "@odata.type": "#microsoft.graph.fileAttachment", contentType: "text/plain" };
  it("are read one by one within the limit of the event", async () => {
    const listed = [{ ...file, id: "a1", name: "un", size: 60 }, { ...file, id: "a2", name: "deux", size: 60 }, { ...file, id: "a3", name: "trois", size: 30 }, { ...file, id: "a4", name: "perdu", size: 5 }];
    const at = "/users/u1/events/s1/attachments";
    const client = fakeClient({ [EVENTS]: () => [page({ ...SINGLE, hasAttachments: true })], [at]: () => [page(...listed)], [`${at}/a1`]: () => ({ ...listed[0], contentBytes: "AQID" }), [`${at}/a3`]: () => ({ ...listed[2], contentBytes: "BAUG" }) });
    const context = new FakeContext();
    const { changes } = await round(createCalendarWorkload(client, { ...COMPLETE, attachmentLimit: 100 }), FEED, context);
    expect(context.body(changes[0]).replace(/\r\n /g, "").match(/ATTACH;[^\r]*:(\w+)/g)?.map((line) => line.split(":").at(-1))).toEqual(["AQID", "BAUG"]);
    expect(changes[0]?.kind === "item" ? changes[0].losses.map((loss) => loss.reason) : []).toEqual(["calendar.attachment-too-large", "calendar.attachment-unreadable"]);
    expect(client.asked).not.toContain(`${at}/a2`);
  });
  it("are asked for when the body shows a picture of its own", async () => {
    const at = "/users/u1/events/s1/attachments";
    const client = fakeClient({ [EVENTS]: () => [page({ ...SINGLE, hasAttachments: false, body: { contentType: "html", content: "<img src=\"cid:1\">" } })], [at]: () => [page()] });
    await round(createCalendarWorkload(client, COMPLETE), FEED, new FakeContext());
    expect(client.asked).toContain(at);
  });
});
