import { randomBytes } from "node:crypto";
import { describe, expect, it } from "@jest/globals";
import { adapter } from "../../../adapters/caldav/index.js";
import type { TargetContainer, TargetSession } from "../../../src/core/adapter.js";
import type { Item, PlacedContainer } from "../../../src/core/item.js";
import { CALENDAR_COLOR } from "../../../src/drivers/caldav/calendar-collection.js";
import { textOf } from "../../../src/drivers/dav/multistatus.js";
import { below } from "../../../src/drivers/dav/paths.js";
import { getText, propfind, remove } from "../../../src/drivers/dav/verbs.js";
import { thrownBy } from "../../../src/kit/conformance/expectations.js";
import { contextOf, MemoryBlobs, MemoryLedger, sampleOwner } from "../../../src/kit/conformance/harness.js";
import { sampleItem } from "../../../src/kit/conformance/sample-item.js";
import { NO_ABORT, SECRET, withDav } from "../../dav-client.js";
import { testEnvironment } from "../../environment.js";
import { titleFor, useServer, type RunningServer, type ServerName } from "../../servers.js";
import { taken } from "../../taken.js";

const ACCOUNT = "elodie@commune.example";
const PEOPLE = [`ORGANIZER:mailto:${ACCOUNT}`, "ATTENDEE;PARTSTAT=NEEDS-ACTION:mailto:bob@commune.example", "ATTENDEE;PARTSTAT=NEEDS-ACTION:mailto:prefet@ailleurs.example"];

for (const name of ["radicale", "sabre", "cyrus"] as const satisfies readonly ServerName[]) {
  const running = useServer(name);
  (running === undefined ? describe.skip : describe)(`calendars on ${titleFor(name, running)}`, () => {
    const server = running as RunningServer;

    it("have name and colour, as their owner sees them", async () => {
      await within(server, {}, async (session) => {
        const { into } = await calendar(session, "#3366CC");
        expect(into.losses).toEqual([]);
        expect(await label(server, into)).toEqual(["Élus & agents", "#3366CC"]);
      });
    });

    it.each([["auto", 0], ["request", 0], ["import", 0], ["agent", 3]] as const)("keep who takes part, scheduling: %s", async (scheduling, changed) => {
      await within(server, { scheduling }, async (session) => {
        const { blobs, item } = meeting();
        const { placed, into } = await calendar(session);
        const context = contextOf({ blobs, ledger: new MemoryLedger(), signal: NO_ABORT }, item, placed, into);
        const result = taken(await session.put(item, context));
        expect(result.losses.map(({ reason }) => reason)).toEqual(changed === 0 ? [] : ["calendar.schedule-agent"]);
        const stored = await withDav(server, ACCOUNT, (client) => getText(client, below(into.id, result.ref.id), NO_ABORT));
        const people = stored?.text.replace(/\r?\n[ \t]/g, "").split(/\r?\n/).filter((line) => /^(ORGANIZER|ATTENDEE)/.test(line)) ?? [];
        expect(people).toHaveLength(3);
        expect(people.filter((line) => line.includes("SCHEDULE-AGENT=CLIENT"))).toHaveLength(changed);
        // What a server puts there when it has told somebody, or tried to (RFC 6638 section 7.3).
        expect(people.filter((line) => line.includes("SCHEDULE-STATUS"))).toEqual([]);
        expect((await session.verify(item, result.ref, { ...context, known: result.ref })).state).toBe("same");
        await session.remove(result.ref, into, NO_ABORT);
      });
    });
  });
}

const cyrus = useServer("cyrus");
(cyrus === undefined ? describe.skip : describe)(`a delegate's calendars on ${titleFor("cyrus", cyrus)}`, () => {
  it("have a name that their owner does not see, which is told", async () => {
    const server = cyrus as RunningServer;
    await within(server, { url: `http://${server.host}:${server.port}/dav/calendars/user/{account}/`, user: "admin@commune.example", password: "env:MASTER" }, async (session) => {
      const { into } = await calendar(session, "#3366CC");
      expect(into.losses.map(({ field, reason }) => `${field} ${reason}`)).toEqual(["displayname container.label-refused", "calendar-color container.label-refused"]);
      expect((await label(server, into))[0]).not.toBe("Élus & agents");
    });
  });

  it("are left to their owner when they are to be removed: the server would take the delegate's right instead", async () => {
    const server = cyrus as RunningServer;
    const delegate = { user: "admin@commune.example", password: "admin-pass" };
    await within(server, { url: `http://${server.host}:${server.port}/dav/calendars/user/{account}/`, user: delegate.user, password: "env:MASTER" }, async (session) => {
      // With the last calendar that it may read, the delegate would lose the home too: this one stays.
      await calendar(session);
      const { into: { id } } = await calendar(session);
      expect((await thrownBy(() => session.removeContainer(id, NO_ABORT))).code).toBe("TARGET_OWNER_REMOVES");
      await withDav(server, ACCOUNT, (client) => remove(client, `${id}/`, NO_ABORT));
      expect(await session.removeContainer(id, NO_ABORT)).toBe(true);
      const { into: { id: other } } = await calendar(session);
      await withDav(server, ACCOUNT, (client) => remove(client, `${other}/`, NO_ABORT), delegate);
      expect((await thrownBy(() => session.removeContainer(other, NO_ABORT))).code).toBe("TARGET_DENIED");
      await withDav(server, ACCOUNT, async (client) => {
        expect(await propfind(client, `${other}/`, [CALENDAR_COLOR], NO_ABORT)).toBeDefined();
        await remove(client, `${other}/`, NO_ABORT);
      });
    });
  });
});

async function within(server: RunningServer, options: Record<string, string>, work: (session: TargetSession) => Promise<void>): Promise<void> {
  const environment = testEnvironment("dav", { "env:P": SECRET, "env:MASTER": "admin-pass" });
  const chosen = adapter.options.parse({ url: `http://${server.host}:${server.port}/`, password: "env:P", ...options });
  const session = await (await adapter.create(chosen, environment)).connect({ owner: sampleOwner(ACCOUNT), name: ACCOUNT }, "calendar", NO_ABORT);
  try {
    await work(session);
  } finally {
    await session.close();
  }
}

async function calendar(session: TargetSession, color?: string): Promise<{ placed: PlacedContainer; into: TargetContainer }> {
  const id = randomBytes(6).toString("hex");
  const placed: PlacedContainer = { workload: "calendar", owner: "o", id, name: "Élus & agents", path: ["Élus & agents"], ...(color === undefined ? {} : { color }) };
  return { placed, into: await session.prepare(placed, undefined, NO_ABORT) };
}

function meeting(): { blobs: MemoryBlobs; item: Item } {
  const blobs = new MemoryBlobs();
  const uid = `${randomBytes(6).toString("hex")}@commune.example`;
  const lines = ["BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//t//t//FR", "BEGIN:VEVENT", `UID:${uid}`, "DTSTAMP:20240101T000000Z", "DTSTART:20370325T080000Z", "DTEND:20370325T090000Z", "SUMMARY:x", ...PEOPLE, "END:VEVENT", "END:VCALENDAR", ""];
  return { blobs, item: sampleItem("calendar", "x", { v: 1, type: "event", uid, summary: "x", recurring: false, cancelled: false, organized: true }, blobs.add(lines.join("\r\n"), ".ics")) };
}

function label(server: RunningServer, into: TargetContainer): Promise<(string | undefined)[]> {
  return withDav(server, ACCOUNT, async (client) => {
    const found = await propfind(client, `${into.id}/`, ["{DAV:}displayname", CALENDAR_COLOR], NO_ABORT);
    return [textOf(found, "{DAV:}displayname"), textOf(found, CALENDAR_COLOR)];
  });
}
