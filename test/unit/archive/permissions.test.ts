import { afterEach, beforeEach, describe, expect, it } from "@jest/globals";
import { itemDigest } from "../../../src/core/digest.js";
import type { Item } from "../../../src/core/item.js";
import type { CalendarRecord } from "../../../src/format/records.js";
import type { Permissions } from "../../../src/format/permissions.js";
import { ArchiveBench, NEVER } from "./bench.js";
import { taken } from "../../taken.js";

const HOME = "users/zoe@commune.example";
const RIGHTS: Permissions = {
  inherits: true,
  granted: [
    { id: "1", roles: ["write"], to: [{ kind: "user", id: "u", name: "Luc", address: "luc@commune.example", login: "i:0#.f|membership|luc" }], expiresAt: "2027-01-01T00:00:00.000Z" },
    { id: "2", roles: ["read"], to: [{ kind: "group", id: "g", name: "Élus" }, { kind: "site-group", id: "5", name: "Visiteurs", login: "Visiteurs" }], link: { type: "view", scope: "users", url: "https://x.example/s", preventsDownload: true, application: "Portail" }, hasPassword: false },
    { id: "3", roles: ["read"], to: [], invited: "ext@ailleurs.example" },
  ],
};
const IN_GRAPHS_WORDS = [
  { id: "1", roles: ["write"], grantedToV2: { user: { id: "u", displayName: "Luc", email: "luc@commune.example" }, siteUser: { displayName: "Luc", loginName: "i:0#.f|membership|luc" } }, expirationDateTime: "2027-01-01T00:00:00.000Z" },
  {
    id: "2", roles: ["read"], link: { type: "view", scope: "users", webUrl: "https://x.example/s", preventsDownload: true, application: { displayName: "Portail" } }, hasPassword: false,
    grantedToIdentitiesV2: [{ group: { id: "g", displayName: "Élus" } }, { siteGroup: { id: "5", displayName: "Visiteurs", loginName: "Visiteurs" } }],
  },
  { id: "3", roles: ["read"], invitation: { email: "ext@ailleurs.example" } },
  { id: "inherited", roles: [], inheritedFrom: {} },
];

let bench: ArchiveBench;
beforeEach(async () => { bench = await ArchiveBench.make({ index: false }); });
afterEach(() => bench.remove());

function card(permissions: Permissions): Item {
  const record = { v: 1, type: "folder", permissions };
  return { kind: "item", key: { workload: "files", owner: "owner-zoe", id: "f/folder" }, container: "f", version: "1", title: "Dossier", record, parts: [], digest: itemDigest(record, undefined, []), losses: [] };
}

async function drive(names: readonly string[] = []) {
  const session = await bench.session("files");
  const placed = bench.container("files", names);
  const into = await session.prepare(placed, undefined, NEVER);
  return { session, placed, into };
}

describe("rights of a file", () => {
  it("stand beside it in Graph's words, are verified, follow a new name, and go with it", async () => {
    const { session, placed, into } = await drive();
    const item = bench.file("Plan.txt", "plan", { permissions: RIGHTS }, [], "one");
    const put = taken(await session.put(item, bench.context(item, placed, into)));
    expect(JSON.parse(await bench.text(HOME, "drive", "Plan.txt.permissions.json"))).toEqual(IN_GRAPHS_WORDS);
    expect((await session.put(item, bench.context(item, placed, into, put.ref))).outcome).toBe("unchanged");
    await bench.plant("[]", HOME, "drive", "Plan.txt.permissions.json");
    expect((await session.verify(item, put.ref, bench.context(item, placed, into))).fields.map(({ field }) => field)).toEqual(["permissions"]);
    const renamed = bench.file("Plan 2.txt", "plan", { permissions: RIGHTS }, [], "one");
    const moved = taken(await session.put(renamed, bench.context(renamed, placed, into, put.ref)));
    expect(await bench.names(HOME, "drive")).toEqual(["Plan 2.txt", "Plan 2.txt.permissions.json"]);
    const closed = bench.file("Plan 2.txt", "plan", {}, [], "one");
    const last = await session.put(closed, bench.context(closed, placed, into, moved.ref));
    expect([last.outcome, await bench.names(HOME, "drive")]).toEqual(["updated", ["Plan 2.txt"]]);
    expect((await session.verify(closed, moved.ref, bench.context(closed, placed, into))).state).toBe("same");
  });

  it("that somebody else left there are not ours to compare or remove", async () => {
    const { session, placed, into } = await drive();
    await bench.plant("[1]", HOME, "drive", "Seul.txt.permissions.json");
    const item = bench.file("Seul.txt", "x");
    const put = taken(await session.put(item, bench.context(item, placed, into)));
    expect((await session.verify(item, put.ref, bench.context(item, placed, into))).state).toBe("same");
    await session.remove(put.ref, into, NEVER);
    expect(await bench.text(HOME, "drive", "Seul.txt.permissions.json")).toBe("[1]");
  });
});

describe("rights of a folder", () => {
  it("stand beside it, go where it goes, are found after a crash, and are removed", async () => {
    const { session, placed, into } = await drive(["Dossier"]);
    const item = card(RIGHTS);
    const put = taken(await session.put(item, bench.context(item, placed, into)));
    expect(put).toMatchObject({ outcome: "created" });
    expect(await session.find(item, bench.context(item, placed, into))).toEqual(put.ref);
    expect(await bench.names(HOME, "drive")).toEqual(["Dossier", "Dossier.permissions.json"]);
    const renamed = { ...placed, name: "Archives", path: ["Archives"] };
    const there = await session.prepare(renamed, into.id, NEVER);
    expect(await bench.names(HOME, "drive")).toEqual(["Archives", "Archives.permissions.json"]);
    expect((await session.verify(item, put.ref, bench.context(item, renamed, there))).state).toBe("same");
    await session.remove(put.ref, there, NEVER);
    expect((await session.verify(item, put.ref, bench.context(item, renamed, there))).state).toBe("missing");
    expect(await session.removeContainer(there.id, NEVER)).toBe(true);
  });

  it("of the whole drive stand beside its folder", async () => {
    const { session, placed, into } = await drive();
    const item = card({ inherits: false, granted: [] });
    await session.put(item, bench.context(item, placed, into));
    expect(await bench.names(HOME)).toContain("drive.permissions.json");
  });
});

describe("rights of a calendar", () => {
  const GRANTED = [
    { id: "1", role: "delegateWithPrivateEventAccess", whom: "person" as const, name: "Luc", address: "luc@commune.example", inside: true },
    { id: "2", role: "freeBusyRead", whom: "organization" as const, name: "My Organization", inside: true },
    { id: "3", role: "custom", whom: "person" as const },
  ];
  const item = (granted: CalendarRecord["granted"]): Item => {
    const record: CalendarRecord = { v: 1, type: "calendar", granted, hasPrivate: true };
    return { kind: "item", key: { workload: "calendar", owner: "owner-zoe", id: "c/calendar" }, container: "c", version: "1", title: "Agenda", record, parts: [], digest: itemDigest(record, undefined, []), losses: [] };
  };

  it("stand beside it in Graph's words, go where it goes, and go when they are gone", async () => {
    const session = await bench.session("calendar");
    const placed = bench.container("calendar", ["Agenda"]);
    const into = await session.prepare(placed, undefined, NEVER);
    const put = taken(await session.put(item(GRANTED), bench.context(item(GRANTED), placed, into)));
    expect(put.outcome).toBe("created");
    expect(JSON.parse(await bench.text(HOME, "calendars", "Agenda.permissions.json"))).toEqual([
      { id: "1", isRemovable: true, isInsideOrganization: true, role: "delegateWithPrivateEventAccess", emailAddress: { name: "Luc", address: "luc@commune.example" } },
      { id: "2", isRemovable: false, isInsideOrganization: true, role: "freeBusyRead", emailAddress: { name: "My Organization" } },
      { id: "3", isRemovable: true, role: "custom", emailAddress: {} },
    ]);
    expect((await session.put(item(GRANTED), bench.context(item(GRANTED), placed, into, put.ref))).outcome).toBe("unchanged");
    const renamed = { ...placed, name: "Agenda 2", path: ["Agenda 2"] };
    const there = await session.prepare(renamed, into.id, NEVER);
    expect(await bench.names(HOME, "calendars")).toEqual(["Agenda 2", "Agenda 2.permissions.json"]);
    expect((await session.verify(item(GRANTED.slice(1)), put.ref, bench.context(item(GRANTED), renamed, there))).fields.map(({ field }) => field)).toEqual(["permissions"]);
    await session.remove(put.ref, there, NEVER);
    expect(await bench.names(HOME, "calendars")).toEqual(["Agenda 2"]);
    expect((await session.verify(item(GRANTED), put.ref, bench.context(item(GRANTED), renamed, there))).state).toBe("missing");
  });

  it("never stand where another calendar does", async () => {
    const session = await bench.session("calendar");
    const [placed, beside] = [bench.container("calendar", ["Agenda"]), bench.container("calendar", ["Agenda.permissions.json"])];
    const into = await session.prepare(placed, undefined, NEVER);
    const other = await session.prepare(beside, undefined, NEVER);
    await session.put(item(GRANTED), bench.context(item(GRANTED), placed, into));
    expect(await bench.names(HOME, "calendars")).toEqual(["Agenda", "Agenda.permissions.json", other.id.slice(other.id.lastIndexOf("/") + 1)].sort());
    expect(other.losses).toEqual([]);
  });
});
