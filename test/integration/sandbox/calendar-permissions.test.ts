import { afterEach, describe, expect, it } from "@jest/globals";
import { Served, TENANT, type Json } from "./served.js";

const HOME = "users/zoe@test.example";
const ICS = (uid: string): string => ["BEGIN:VCALENDAR", "VERSION:2.0", "BEGIN:VEVENT", `UID:${uid}`, "DTSTAMP:20260101T000000Z", "DTSTART:20260302T080000Z", "DTEND:20260302T090000Z", "SUMMARY:Point", "END:VEVENT", "END:VCALENDAR", ""].join("\r\n");
const EVERYBODY = { id: "RGVmYXVsdA==", isRemovable: false, isInsideOrganization: true, role: "freeBusyRead", allowedRoles: ["none", "freeBusyRead", "limitedRead", "read", "write"], emailAddress: { name: "My Organization" } };

let served: Served;
afterEach(() => served.stop());

const rights = async (path: string): Promise<Json[]> => (await served.get(`/users/zoe@test.example/${path}calendar/calendarPermissions`)).json["value"] as Json[];
const start = (told: readonly object[], more: Readonly<Record<string, string>> = {}): Promise<Served> =>
  Served.start({ ...TENANT, [`${HOME}/calendars/Calendrier/a.ics`]: ICS("a"), [`${HOME}/calendars/Calendrier.permissions.json`]: JSON.stringify(told), ...more });

describe("who may see a calendar", () => {
  it("is the organisation of a primary one, in the words of Microsoft's sample, and whom the tenant folder names", async () => {
    served = await start([{ emailAddress: "zoe@test.example", role: "delegateWithPrivateEventAccess" }, { id: "x", emailAddress: { name: "Eva", address: "eva@cabinet.example" } }]);
    const listed = await rights("");
    expect(listed).toEqual([
      { id: expect.any(String), isRemovable: true, isInsideOrganization: true, role: "delegateWithPrivateEventAccess", allowedRoles: ["freeBusyRead", "limitedRead", "read", "write", "delegateWithoutPrivateEventAccess", "delegateWithPrivateEventAccess"], emailAddress: { name: expect.any(String), address: "zoe@test.example" } },
      { id: "x", isRemovable: true, isInsideOrganization: false, role: "read", allowedRoles: ["freeBusyRead", "limitedRead", "read"], emailAddress: { name: "Eva", address: "eva@cabinet.example" } },
      EVERYBODY,
    ]);
    expect(Buffer.from(String(listed[0]?.["id"]), "base64").toString()).not.toBe("");
  });

  it("may be set for the organisation, and is nobody of another calendar", async () => {
    served = await start([{ role: "none", isRemovable: false }], { [`${HOME}/calendars/Congés/b.ics`]: ICS("b") });
    expect(await rights("")).toEqual([{ ...EVERYBODY, role: "none" }]);
    const events = (await served.all("/users/zoe@test.example/events?$select=id,subject,iCalUId")).rows;
    const idOf = (uid: string): string => String(events.find((event) => event["iCalUId"] === uid)?.["id"]);
    expect(await rights(`events/${idOf("b")}/`)).toEqual([]);
    expect(await rights(`events/${idOf("a")}/`)).toEqual([{ ...EVERYBODY, role: "none" }]);
  });

  it("is not told at paths that no page documents, or where the cloud lacks it", async () => {
    served = await start([]);
    const calendar = String(((await served.get("/users/zoe@test.example/calendars")).json["value"] as Json[])[0]?.["id"]);
    expect((await served.get(`/users/zoe@test.example/calendars/${calendar}/calendarPermissions`)).status).toBeGreaterThanOrEqual(400);
    await served.stop();
    served = await Served.start({ ...TENANT, [`${HOME}/calendars/Calendrier/a.ics`]: ICS("a") }, { lacks: ["calendar.calendarPermissions"] });
    const refused = await served.get("/users/zoe@test.example/calendar/calendarPermissions");
    expect([refused.status, String((refused.json["error"] as Json)["message"])]).toEqual([400, expect.stringMatching(/^Resource not found for the segment/)]);
  });
});
