import { mkdir, mkdtemp, rm, unlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "@jest/globals";
import type { Answer } from "../../../src/sandbox/answers.js";
import { calendarRoutes } from "../../../src/sandbox/calendar/routes.js";
import { writeSmallTenant } from "../../../src/sandbox/check/small-tenant.js";
import { contactRoutes } from "../../../src/sandbox/contacts/routes.js";
import type { Route } from "../../../src/sandbox/odata.js";
import { TenantStore } from "../../../src/sandbox/tenant/store.js";

interface Body {
  readonly value: readonly (Record<string, unknown> & { id: string })[];
  readonly "@odata.nextLink"?: string;
  readonly "@odata.deltaLink"?: string;
}

const WEEKS = "startDateTime=2026-01-01T00:00:00Z&endDateTime=2026-03-01T00:00:00Z";
const ICS = "users/zoe@test.example/calendars/Calendrier/serie.ics";

describe("calendar and contact routes", () => {
  let dir = "";
  let store: TenantStore;
  const warnings: string[] = [];
  beforeEach(async () => {
    dir = await mkdtemp(path.join(tmpdir(), "sandbox-routes-"));
    await writeSmallTenant(dir);
    store = await TenantStore.load(dir);
    warnings.length = 0;
  });
  afterEach(() => rm(dir, { recursive: true, force: true }));

  /** Finds the most literal route and calls it. */
  const answer = async (pathAndQuery: string, prefer: Record<string, string> = {}, from?: readonly Route[]): Promise<Answer> => {
    const url = new URL(pathAndQuery.replace(/^https:\/\/x\/v1\.0/, ""), "https://x");
    const given = url.pathname.split("/");
    const warn = (file: string, reason: string): void => void warnings.push(`${file}: ${reason}`);
    const routes = from ?? [...calendarRoutes(store, warn), ...contactRoutes(store, warn)];
    const [route] = routes.filter(({ pattern }) => pattern.split("/").length === given.length && pattern.split("/").every((part, index) => part.startsWith(":") || part === given[index]))
      .sort((a, b) => a.pattern.split(":").length - b.pattern.split(":").length);
    const params = Object.fromEntries((route?.pattern ?? "").split("/").flatMap((part, index) => (part.startsWith(":") ? [[part.slice(1), decodeURIComponent(given[index] ?? "")]] : [])));
    if (route === undefined) throw new RangeError(`no route for ${url.pathname}`);
    return route.handle({ app: "app", root: "https://x", path: url.pathname, params, query: url.searchParams, prefer: new Map(Object.entries(prefer)), headers: {} });
  };
  const body = async (...of: Parameters<typeof answer>): Promise<Body & Record<string, unknown>> => {
    const found = await answer(...of);
    return ("json" in found ? found.json : {}) as Body & Record<string, unknown>;
  };
  const zoe = "/users/zoe@test.example";
  const master = async (): Promise<string> => (await body(`${zoe}/events`)).value.find(({ type }) => type === "seriesMaster" )?.id ?? "";
  const point = async (): Promise<string> => (await body(`${zoe}/calendar/events`)).value.find(({ subject }) => subject === "Point d'équipe")?.id ?? "";

  it("lists the default calendar first, and masters and singles only", async () => {
    expect((await body(`${zoe}/calendars`)).value.map(({ name, isDefaultCalendar }) => [name, isDefaultCalendar])).toEqual([["Calendrier", true], ["Congés", false]]);
    expect((await body("/users/luc@test.example/calendars")).value.map(({ name }) => name)).toEqual(["Calendrier"]);
    expect((await body(`${zoe}/events`)).value.map(({ type }) => type).sort()).toEqual(["seriesMaster", "seriesMaster", "singleInstance"]);
    expect(await master()).not.toBe("");
  });

  it("answers the series properties only for one event", async () => {
    const id = await point();
    const one = await body(`${zoe}/events/${id}?$select=subject,cancelledOccurrences&$expand=exceptionOccurrences`);
    expect(one).toMatchObject({ subject: "Point d'équipe", cancelledOccurrences: [`OID.${id}.2026-01-07`], exceptionOccurrences: [{ type: "exception", subject: "Point déplacé" }] });
    expect(await body(`${zoe}/events/${id}`)).not.toHaveProperty("cancelledOccurrences");
    await expect(answer(`${zoe}/events?$select=couleur`)).rejects.toMatchObject({ status: 400 });
  });

  it("follows the preferences of time zone and body, and says so", async () => {
    const id = await point();
    expect(await body(`${zoe}/events/${id}`)).toMatchObject({ start: { dateTime: "2026-01-05T08:00:00.0000000", timeZone: "UTC" }, body: { contentType: "html" } });
    const prefer = { "outlook.timezone": "Romance Standard Time", "outlook.body-content-type": "text" };
    expect(await body(`${zoe}/events/${id}`, prefer)).toMatchObject({ start: { dateTime: "2026-01-05T09:00:00.0000000", timeZone: "Romance Standard Time" }, body: { contentType: "text", content: "Ordre du jour" } });
    expect((await answer(`${zoe}/events/${id}`, prefer)).headers?.["preference-applied"]).toContain('outlook.timezone="Romance Standard Time"');
    await expect(answer(`${zoe}/events/${id}`, { "outlook.timezone": "Nulle part" })).rejects.toMatchObject({ status: 400 });
  });

  it("expands a series, reads each instance by its id, and pages", async () => {
    const id = await point();
    const first = await body(`${zoe}/events/${id}/instances?${WEEKS}&$top=5`);
    const second = await body(first["@odata.nextLink"] ?? "");
    const all = [...first.value, ...second.value];
    expect(all).toHaveLength(9);
    expect(new Set(all.map((event) => event.id)).size).toBe(9);
    for (const event of all) expect(await body(`${zoe}/events/${event.id}`)).toMatchObject({ id: event.id, type: event["type"], start: event["start"], seriesMasterId: id });
    const [attachment] = (await body(`${zoe}/events/${id}/attachments`)).value;
    const bytes = await answer(`${zoe}/events/${id}/attachments/${attachment?.id ?? ""}/$value`);
    expect("stream" in bytes && bytes.headers["content-length"]).toBe("5");
  });

  it("tracks a view: pages, changes, cancelled occurrences, departures, expiry", async () => {
    const routes = calendarRoutes(store);
    const round = async (link: string): Promise<{ rows: Body["value"]; next: string }> => {
      const rows: (Record<string, unknown> & { id: string })[] = [];
      let at: string | undefined = link;
      for (let page = await body(at, { "odata.maxpagesize": "4" }, routes); ; page = await body(at, { "odata.maxpagesize": "4" }, routes)) {
        rows.push(...page.value);
        at = page["@odata.nextLink"];
        if (at === undefined) return { rows, next: page["@odata.deltaLink"] ?? "" };
      }
    };
    const view = `${zoe}/calendar/calendarView/delta?${WEEKS}`;
    const full = await round(view);
    expect(full.rows).toHaveLength(9);
    expect((await round(full.next)).rows).toEqual([]);
    const kept = full.rows.filter(({ type }) => type === "occurrence");
    await writeFile(path.join(dir, ICS), "BEGIN:VCALENDAR\r\nBEGIN:VEVENT\r\nUID:serie@test.example\r\nDTSTART;TZID=Europe/Paris:20260105T090000\r\nRRULE:FREQ=WEEKLY;BYDAY=MO,WE;COUNT=3\r\nSUMMARY:Nouveau\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n");
    await store.rescan();
    const changed = await round(full.next);
    const gone = changed.rows.filter((row) => "@removed" in row).map((row) => row.id);
    expect(changed.rows.filter((row) => !("@removed" in row)).map(({ subject }) => subject)).toEqual(["Nouveau", "Nouveau", "Nouveau"]);
    expect(gone.length).toBe(full.rows.length - 2);
    expect(gone).toContain(kept.at(-1)?.id);
    await unlink(path.join(dir, ICS));
    await store.rescan();
    const after = await round(changed.next);
    expect(after.rows.every((row) => "@removed" in row)).toBe(true);
    expect(after.rows.map(({ id }) => id)).toEqual(expect.arrayContaining(full.rows.map(({ id }) => id)));
    store.expiredBefore = store.seq + 1;
    await expect(round(after.next)).rejects.toMatchObject({ status: 410 });
    await expect(answer(`${view}&$select=subject`)).rejects.toMatchObject({ status: 400, code: "ErrorInvalidUrlQuery" });
  });

  it("serves a broken file as nothing, with one warning", async () => {
    await writeFile(path.join(dir, "users/zoe@test.example/calendars/Calendrier/cassé.ics"), "n'importe quoi");
    await store.rescan();
    expect((await body(`${zoe}/calendar/events`)).value).toHaveLength(2);
    expect(warnings).toEqual([expect.stringContaining("cassé.ics")]);
  });

  it("reaches the default contact folder without listing it, and tracks a folder", async () => {
    expect((await body(`${zoe}/contactFolders`)).value.map(({ displayName }) => displayName)).toEqual(["Presse"]);
    const [luc] = (await body(`${zoe}/contacts`)).value;
    const main = String(luc?.["parentFolderId"]);
    expect(await body(`${zoe}/contactFolders/contacts`)).toMatchObject({ id: main, displayName: "Contacts" });
    expect(await body(`${zoe}/contacts/${luc?.id ?? ""}/photo`)).toMatchObject({ id: "1X1", width: 1, height: 1, "@odata.mediaContentType": "image/png" });
    const full = await body(`${zoe}/contactFolders/${main}/contacts/delta?$select=displayName`);
    expect(full.value).toEqual([expect.objectContaining({ id: luc?.id, displayName: "Luc Garçon" })]);
    await mkdir(path.join(dir, "users/zoe@test.example/contacts/Contacts"), { recursive: true });
    await writeFile(path.join(dir, "users/zoe@test.example/contacts/Contacts/ines.vcf"), "BEGIN:VCARD\r\nVERSION:3.0\r\nFN:Inès\r\nEND:VCARD\r\n");
    await unlink(path.join(dir, "users/zoe@test.example/contacts/Contacts/luc.vcf"));
    await store.rescan();
    const next = await body(full["@odata.deltaLink"] ?? "");
    expect(next.value.map((row) => row["displayName"] ?? row["@removed"])).toEqual(["Inès", { reason: "deleted" }]);
    const ines = next.value.find(({ displayName }) => displayName === "Inès");
    await expect(answer(`${zoe}/contacts/${ines?.id ?? ""}/photo/$value`)).rejects.toMatchObject({ status: 404, code: "ErrorItemNotFound" });
  });
});
