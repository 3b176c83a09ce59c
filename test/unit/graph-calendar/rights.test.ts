import { describe, expect, it } from "@jest/globals";
import { ExodusError } from "../../../src/core/errors.js";
import type { ErrorCode } from "../../../src/core/errors/catalog.js";
import type { Change } from "../../../src/core/item.js";
import type { Feed } from "../../../src/core/source.js";
import { CalendarRecord } from "../../../src/format/records.js";
import { calendarRightsOf, type GraphCalendarPermission } from "../../../src/graph/map/calendar-permission.js";
import type { GraphEvent } from "../../../src/graph/map/graph-event.js";
import { createCalendarWorkload } from "../../../src/graph/workloads/calendar.js";
import { fakeClient, FakeContext, OWNER, page, round, type Answer } from "./fake-client.js";

const utc = (dateTime: string) => ({ dateTime, timeZone: "UTC" });
const event = (id: string, more: Partial<GraphEvent> = {}): GraphEvent => ({ id, changeKey: "k", iCalUId: id, type: "singleInstance", subject: id, start: utc("2026-03-02T08:00:00"), end: utc("2026-03-02T09:00:00"), ...more });
const feed = (role?: "default"): Feed => ({ id: "c1", container: { workload: "calendar", owner: OWNER.id, id: "c1", name: "Agenda", ...(role === undefined ? {} : { role }) }, listing: true });
/** As Microsoft's samples have them (calendar-list-calendarpermissions). */
const EVERYBODY: GraphCalendarPermission = { id: "RGVmYXVsdA==", isRemovable: false, isInsideOrganization: true, role: "freeBusyRead", emailAddress: { name: "My Organization" } };
const LUC: GraphCalendarPermission = { id: "L1", isRemovable: true, isInsideOrganization: true, role: "write", emailAddress: { name: "Luc", address: "luc@mairie.example" } };
const OUTSIDE: GraphCalendarPermission = { id: "A0", isRemovable: true, isInsideOrganization: false, role: "read", emailAddress: { name: "eva@cabinet.example", address: "eva@cabinet.example" } };
const PRIMARY = "/users/u1/calendar/calendarPermissions";
const EVENTS = "/users/u1/calendars/c1/events";

const refusing = (code: ErrorCode): Answer => () => { throw new ExodusError(code); };
const card = (changes: readonly Change[]) => changes.find((change) => change.kind === "item" && change.key.id === "c1/calendar") as Extract<Change, { kind: "item" }> | undefined;

async function read(routes: Readonly<Record<string, Answer>>, { role, context = new FakeContext() }: { role?: "default"; context?: FakeContext } = {}) {
  const client = fakeClient(routes);
  const { changes } = await round(createCalendarWorkload(client, { cloudLacks: new Set() }), feed(role), context);
  return { changes, asked: client.asked.filter((path) => path.endsWith("/calendarPermissions")), record: card(changes)?.record };
}

describe("who may see a calendar, as told by the source", () => {
  it("is kept whole, in an order of its own, when it is more than every calendar allows", () => {
    expect(calendarRightsOf([EVERYBODY, LUC, OUTSIDE, { id: "x", role: null, emailAddress: null }], true)).toEqual([
      { id: "A0", role: "read", whom: "person", name: "eva@cabinet.example", address: "eva@cabinet.example", inside: false },
      { id: "L1", role: "write", whom: "person", name: "Luc", address: "luc@mairie.example", inside: true },
      { id: "RGVmYXVsdA==", role: "freeBusyRead", whom: "organization", name: "My Organization", inside: true },
      { id: "x", role: "", whom: "organization" },
    ]);
  });

  it.each([["freeBusyRead", true, false], ["none", true, true], ["limitedRead", true, true], ["none", false, false], ["freeBusyRead", false, true]] as const)("%s of the organisation, primary: %s, is of note: %s", (role, primary, noted) => {
    expect(calendarRightsOf([{ ...EVERYBODY, role }], primary) !== undefined).toBe(noted);
  });

  it("is nothing where nobody is told", () => expect(calendarRightsOf([], false)).toBeUndefined());

  it("takes who has no address and is of elsewhere for nobody's organisation", () => {
    expect(calendarRightsOf([{ id: "1", role: "read", isInsideOrganization: false, emailAddress: { name: "Anonyme" } }], true)).toMatchObject([{ whom: "person", inside: false }]);
  });
});

describe("a round", () => {
  it("asks once for the primary calendar, whatever it holds, and stores an item that stands in it", async () => {
    const { asked, changes, record } = await read({ [EVENTS]: () => [page(event("s1"), event("s2")), page(event("s3"))], [PRIMARY]: () => [page(EVERYBODY), page(LUC)] }, { role: "default" });
    expect(asked).toEqual([PRIMARY]);
    expect(changes.map((change) => change.kind)).toEqual(["item", "item", "item", "item"]);
    expect(CalendarRecord.parse(record)).toEqual({ v: 1, type: "calendar", hasPrivate: false, granted: [expect.objectContaining({ id: "L1" }), expect.objectContaining({ whom: "organization" })] });
    expect(card(changes)).toMatchObject({ container: "c1", title: "Agenda", losses: [] });
  });

  it("asks for another calendar by one of its events, and not for an empty one", async () => {
    const by = "/users/u1/events/s1/calendar/calendarPermissions";
    expect((await read({ [EVENTS]: () => [page(event("s1"), event("s2"))], [by]: () => [page(LUC)] }))).toMatchObject({ asked: [by], record: { granted: [{ id: "L1" }] } });
    expect(await read({ [EVENTS]: () => [page()] })).toMatchObject({ asked: [], changes: [] });
  });

  it("keeps what it knows of a calendar that was emptied, and stores nothing that did not change", async () => {
    const context = new FakeContext();
    const by = { "/users/u1/events/s1/calendar/calendarPermissions": () => [page(LUC)] };
    await read({ [EVENTS]: () => [page(event("s1"))], ...by }, { context });
    expect((await read({ [EVENTS]: () => [page(event("s1"))], ...by }, { context })).changes.map(({ kind }) => kind)).toEqual(["unchanged", "unchanged"]);
    expect((await read({ [EVENTS]: () => [page()] }, { context })).changes).toEqual([{ kind: "unchanged", id: "c1/calendar", container: "c1" }]);
  });

  it.each(["private", "confidential", "personal"])("says that an event is %s, when that event itself is known already too", async (sensitivity) => {
    const context = new FakeContext();
    const routes = (told: string) => ({ [EVENTS]: () => [page(event("s1"), event("s2", { sensitivity: told }))], [PRIMARY]: () => [page(LUC)] });
    expect((await read(routes("normal"), { role: "default", context })).record).toMatchObject({ hasPrivate: false });
    expect((await read(routes(sensitivity), { role: "default", context })).record).toMatchObject({ hasPrivate: true });
  });

  it("says so of an occurrence that alone is private, of an unchanged series too", async () => {
    const master = event("m1", { type: "seriesMaster", recurrence: { pattern: { type: "daily", interval: 1 }, range: { type: "numbered", startDate: "2026-03-02", numberOfOccurrences: 3 } } });
    const exception = event("e1", { type: "exception", seriesMasterId: "m1", originalStart: "2026-03-03T08:00:00Z", start: utc("2026-03-03T10:00:00"), end: utc("2026-03-03T11:00:00"), sensitivity: "private" });
    const routes = (role: string) => ({ [EVENTS]: () => [page(master)], "/users/u1/events/m1": () => ({ ...master, cancelledOccurrences: [], exceptionOccurrences: [exception] }), [PRIMARY]: () => [page({ ...LUC, role })] });
    const context = new FakeContext();
    expect((await read(routes("read"), { role: "default", context })).record).toMatchObject({ hasPrivate: true });
    const again = await read(routes("write"), { role: "default", context });
    expect(again.changes.map(({ kind }) => kind)).toEqual(["unchanged", "item"]);
    expect(again.record).toMatchObject({ hasPrivate: true, granted: [{ role: "write" }] });
  });

  it.each(["GRAPH_CONSENT", "GRAPH_LOCKED", "GRAPH_NOT_FOUND", "GRAPH_NOT_OFFERED", "GRAPH_REFUSED"] as const)("goes on where the rights alone are refused (%s), and names them as untold", async (code) => {
    const { changes } = await read({ [EVENTS]: () => [page(event("s1"))], [PRIMARY]: refusing(code) }, { role: "default" });
    expect(changes).toEqual([expect.objectContaining({ kind: "item" }), { kind: "skipped", id: "c1/calendar", container: "c1", title: "Agenda", code: "CALENDAR_PERMISSIONS_UNTOLD", detail: code }]);
  });

  it("accounts for what passes as unread, to be tried again alone, and never hides a refused sign-in", async () => {
    const passing = { [EVENTS]: () => [page(event("s1", { sensitivity: "private" }))], [PRIMARY]: refusing("GRAPH_PASSING") };
    expect((await read(passing, { role: "default" })).changes.at(-1)).toMatchObject({ kind: "unreadable", id: "c1/calendar", code: "GRAPH_PASSING" });
    await expect(read({ ...passing, [PRIMARY]: refusing("GRAPH_TOKEN") }, { role: "default" })).rejects.toMatchObject({ code: "GRAPH_TOKEN" });
    const client = fakeClient({ ...passing, "/users/u1/calendars/c1": () => ({ id: "c1", name: "Agenda", isDefaultCalendar: true }), [PRIMARY]: () => [page(LUC)] });
    const one = await createCalendarWorkload(client, { cloudLacks: new Set() }).readOne(OWNER, "c1/calendar", "c1", new FakeContext());
    expect(one).toMatchObject({ kind: "item", title: "Agenda", record: { hasPrivate: true, granted: [{ id: "L1" }] } });
  });
});
