import { randomBytes } from "node:crypto";
import ICAL from "ical.js";
import { afterAll, beforeAll, describe, expect, it } from "@jest/globals";
import { adapter as caldav } from "../../../adapters/caldav/index.js";
import { adapter as carddav } from "../../../adapters/carddav/index.js";
import type { TargetContainer, TargetRef, TargetSession } from "../../../src/core/adapter.js";
import type { Item, PlacedContainer } from "../../../src/core/item.js";
import { textOf } from "../../../src/drivers/dav/multistatus.js";
import { below } from "../../../src/drivers/dav/paths.js";
import { getText, propfind, put as rawPut } from "../../../src/drivers/dav/verbs.js";
import { CALENDAR_COLOR } from "../../../src/drivers/caldav/calendar-collection.js";
import { contextOf, MemoryBlobs, MemoryLedger, sampleOwner } from "../../../src/kit/conformance/harness.js";
import { sampleItem } from "../../../src/kit/conformance/sample-item.js";
import { samplesOf } from "../../../src/kit/conformance/samples.js";
import { NO_ABORT, SECRET, withDav } from "../../dav-client.js";
import { testEnvironment } from "../../environment.js";
import { titleFor, useServer } from "../../servers.js";
import { taken } from "../../taken.js";

const radicale = useServer("radicale");
const ACCOUNT = "denis@commune.example";

(radicale === undefined ? describe.skip : describe)(`calendars and address books on ${titleFor("radicale", radicale)}`, () => {
  const server = radicale as NonNullable<typeof radicale>;
  const blobs = new MemoryBlobs();
  const ledger = new MemoryLedger();
  const sessions: TargetSession[] = [];
  let calendars: TargetSession;
  let books: TargetSession;

  beforeAll(async () => {
    const options = { url: `http://${server.host}:${server.port}/`, password: "env:P" };
    const account = { owner: sampleOwner(ACCOUNT), name: ACCOUNT };
    const environment = testEnvironment("dav", { "env:P": SECRET });
    calendars = await (await caldav.create(caldav.options.parse(options), environment)).connect(account, "calendar", NO_ABORT);
    books = await (await carddav.create(carddav.options.parse(options), environment)).connect(account, "contacts", NO_ABORT);
    sessions.push(calendars, books);
  });
  afterAll(async () => { for (const session of sessions) await session.close(); });

  const container = (workload: "calendar" | "contacts", more: Partial<PlacedContainer> = {}): PlacedContainer => {
    const id = randomBytes(6).toString("hex");
    return { workload, owner: "o", id, name: id, path: [id], ...more };
  };
  const context = (item: Item, placed: PlacedContainer, into: TargetContainer, known?: TargetRef) => contextOf({ blobs, ledger, signal: NO_ABORT }, item, placed, into, known);
  const stored = (into: TargetContainer, name: string) => withDav(server, ACCOUNT, async (client) => (await getText(client, below(into.id, name), NO_ABORT))?.text ?? "");
  const event = (uid: string, lines: readonly string[], id?: string): Item => sampleItem("calendar", "x", {
    v: 1, type: "event", uid, summary: "x", recurring: false, cancelled: false, organized: true,
  }, blobs.add(["BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//t//t//FR", "METHOD:REQUEST", "BEGIN:VEVENT", `UID:${uid}`, "DTSTAMP:20240101T000000Z", "DTSTART:20240325T080000Z", "SUMMARY:x", ...lines, "END:VEVENT", "END:VCALENDAR", ""].join("\r\n"), ".ics"), id);
  const newUid = (): string => `${randomBytes(6).toString("hex")}@commune.example`;
  const created = async (session: TargetSession, item: Item, placed: PlacedContainer, into: TargetContainer) => taken(await session.put(item, context(item, placed, into)));

  it("keeps name and colour of a calendar, and follows a rename without moving it", async () => {
    const placed = container("calendar", { name: "Élus <& agents>", path: ["Élus <& agents>"], color: "#3366CC" });
    const into = await calendars.prepare(placed, undefined, NO_ABORT);
    const label = () => withDav(server, ACCOUNT, async (client) => {
      const found = await propfind(client, `${into.id}/`, ["{DAV:}displayname", CALENDAR_COLOR], NO_ABORT);
      return [textOf(found, "{DAV:}displayname"), textOf(found, CALENDAR_COLOR)];
    });
    expect(await label()).toEqual(["Élus <& agents>", "#3366CC"]);
    const again = await calendars.prepare({ ...placed, name: "Nouveau", path: ["Nouveau"] }, into.id, NO_ABORT);
    expect(again.id).toBe(into.id);
    expect(await label()).toEqual(["Nouveau", "#3366CC"]);
  });

  it("stores the participants as they are where no server schedules, and no METHOD", async () => {
    const placed = container("calendar");
    const into = await calendars.prepare(placed, undefined, NO_ABORT);
    const item = event(newUid(), ["ORGANIZER;CN=\"Zoé; maire\":mailto:zoe@commune.example", "ATTENDEE;PARTSTAT=NEEDS-ACTION:mailto:paul@commune.example"]);
    const { ref } = await created(calendars, item, placed, into);
    const lines = (await stored(into, ref.id)).replace(/\r?\n[ \t]/g, "").split(/\r?\n/);
    const people = lines.filter((line) => /^(ORGANIZER|ATTENDEE)/.test(line));
    expect(people).toHaveLength(2);
    for (const line of people) expect(line).not.toContain("SCHEDULE-");
    expect(lines.some((line) => line.startsWith("METHOD"))).toBe(false);
    expect((await calendars.verify(item, ref, context(item, placed, into, ref))).state).toBe("same");
  });

  it("gives an UID of its own beside a foreign event with the same one, and keeps it through updates", async () => {
    const placed = container("calendar");
    const into = await calendars.prepare(placed, undefined, NO_ABORT);
    const uid = newUid();
    const foreign = Buffer.from(blobs.read(event(uid, []).body ?? blobs.add("", ""))).toString().replace("METHOD:REQUEST\r\n", "");
    await withDav(server, ACCOUNT, (client) => rawPut(client, below(into.id, "autre.ics"), foreign, { headers: { "content-type": "text/calendar" }, signal: NO_ABORT }));
    const item = event(uid, []);
    const { ref, losses } = await created(calendars, item, placed, into);
    expect(losses.map(({ reason }) => reason)).toEqual(["calendar.uid-changed"]);
    expect((await calendars.verify(item, ref, context(item, placed, into, ref))).state).toBe("same");
    const changed = event(uid, ["LOCATION:Mairie"], item.key.id);
    const second = await calendars.put(changed, context(changed, placed, into, ref));
    expect(second).toMatchObject({ outcome: "updated", ref: { id: ref.id } });
    expect(await stored(into, "autre.ics")).toContain(uid);
    expect(await stored(into, ref.id)).not.toContain(`UID:${uid}`);
  });

  it("replaces an object that was changed at the target, and says so", async () => {
    const placed = container("calendar");
    const into = await calendars.prepare(placed, undefined, NO_ABORT);
    const uid = newUid();
    const item = event(uid, []);
    const { ref } = await created(calendars, item, placed, into);
    const theirs = (await stored(into, ref.id)).replace("SUMMARY:x", "SUMMARY:modifié");
    await withDav(server, ACCOUNT, (client) => rawPut(client, below(into.id, ref.id), theirs, { headers: { "content-type": "text/calendar" }, signal: NO_ABORT }));
    expect((await calendars.verify(item, ref, context(item, placed, into, ref))).fields.map(({ field }) => field)).toEqual(["VEVENT.SUMMARY"]);
    const changed = event(uid, ["LOCATION:Mairie"], item.key.id);
    const second = await calendars.put(changed, context(changed, placed, into, ref));
    expect(second).toMatchObject({ outcome: "updated", losses: [{ reason: "target.edit-replaced" }] });
  });

  it("keeps a series across the change of summer time: same instants when read again", async () => {
    const placed = container("calendar");
    const into = await calendars.prepare(placed, undefined, NO_ABORT);
    const sample = samplesOf("calendar", blobs).rich().find(({ name }) => name.includes("summer time"));
    if (sample === undefined) throw new Error("no sample");
    const { ref } = await created(calendars, sample.item, placed, into);
    const sent = Buffer.from(blobs.read(sample.item.body ?? blobs.add("", ""))).toString();
    const found = instants(await stored(into, ref.id));
    expect(found).toEqual(instants(sent));
    // 09:00 in Paris is 08:00 UTC before 31 March 2024 and 07:00 UTC after.
    expect(found).toContain("2024-03-25T08:00:00.000Z");
    expect(found).toContain("2024-04-15T07:00:00.000Z");
  });

  it("sends vCard 3.0 to a server that names no version, photo whole", async () => {
    const placed = container("contacts", { path: ["Parent", "Enfant"] });
    const into = await books.prepare(placed, undefined, NO_ABORT);
    expect(into.losses.map(({ reason }) => reason)).toEqual(["container.flattened"]);
    const photo = randomBytes(40_000).toString("base64");
    const card = ["BEGIN:VCARD", "VERSION:4.0", `UID:urn:uuid:${newUid()}`, "FN:Zoé", "N:Zoé;;;;", `PHOTO:data:image/jpeg;base64,${photo}`, "RELATED;TYPE=spouse;VALUE=text:Ann", "END:VCARD", ""].join("\r\n");
    const item = sampleItem("contacts", "Zoé", { v: 1, type: "contact", uid: "u", displayName: "Zoé", hasPhoto: true }, blobs.add(card, ".vcf"));
    const { ref, losses } = await created(books, item, placed, into);
    expect(losses).toEqual([{ field: "RELATED", change: "approximated", side: "target", reason: "contact.vcard3" }]);
    const text = (await stored(into, ref.id)).replace(/\r?\n[ \t]/g, "");
    expect(text).toContain("VERSION:3.0");
    expect(text).toContain(photo);
    expect(text).toContain("X-SPOUSE:Ann");
    expect((await books.verify(item, ref, context(item, placed, into, ref))).state).toBe("same");
  });
});

/** Starts of all occurrences, in UTC, as an independent reader expands them. */
function instants(text: string): readonly string[] {
  const calendar = new ICAL.Component(ICAL.parse(text) as never);
  for (const zone of calendar.getAllSubcomponents("vtimezone")) ICAL.TimezoneService.register(new ICAL.Timezone(zone));
  const [master, ...overrides] = calendar.getAllSubcomponents("vevent").sort((a, b) => Number(a.hasProperty("recurrence-id")) - Number(b.hasProperty("recurrence-id")));
  if (master === undefined) return [];
  const event = new ICAL.Event(master, { exceptions: overrides });
  const iterator = event.iterator();
  const starts: string[] = [];
  for (let next = iterator.next(); next; next = iterator.next()) starts.push(event.getOccurrenceDetails(next).startDate.toJSDate().toISOString());
  return starts;
}
