import { mkdir, readFile, rm, writeFile } from "node:fs/promises";
import path from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "@jest/globals";
import { useServer } from "../servers.js";
import { cli, records, summary, workDir, type WorkDir } from "./cli.js";
import { compareTrees } from "./compare.js";
import { stage, type Stage } from "./stage.js";

const DIRECTOR = "users/paul@commune.example";
const ASSISTANT = "zoe@commune.example";
const ICS = (uid: string, ...more: readonly string[]): string =>
  ["BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//test//FR", "BEGIN:VEVENT", `UID:${uid}`, "DTSTAMP:20260101T000000Z", "DTSTART:20260302T080000Z", "DTEND:20260302T090000Z", `SUMMARY:${uid}`, ...more, "END:VEVENT", "END:VCALENDAR", ""].join("\r\n");
const RIGHTS = [
  { emailAddress: ASSISTANT, role: "delegateWithPrivateEventAccess" },
  { emailAddress: { name: "Eva", address: "eva@cabinet.example" }, role: "read" },
  { role: "limitedRead", isRemovable: false },
];
process.env["EXODUS_TEST_PASSWORD"] = "secret";
const radicale = useServer("radicale");
const agendas = radicale === undefined ? {} : { agendas: { adapter: "caldav", url: `http://${radicale.host}:${radicale.port}/`, user: "{account}", password: "env:EXODUS_TEST_PASSWORD" } };
const TO = ["archive", ...Object.keys(agendas)];

describe("who may see a calendar", () => {
  let staged: Stage;
  let work: WorkDir;
  const put = async (file: string, content: string | readonly object[]): Promise<void> => {
    const at = path.join(staged.tenant, DIRECTOR, "calendars", file);
    await mkdir(path.dirname(at), { recursive: true });
    await writeFile(at, typeof content === "string" ? content : JSON.stringify(content));
  };
  const migrate = async (...more: readonly string[]) => {
    await staged.served.control("rescan");
    const run = await cli(["migrate", "--config", work.config, "--json", ...more]);
    return { code: run.code, ...summary(run.stdout) };
  };
  const asked = async (): Promise<number> => (await readFile(path.join(staged.tenant, "requests.jsonl"), "utf8")).split("\n").filter((line) => line.includes("/calendarPermissions\"")).length;
  const archived = async (calendar: string): Promise<unknown> => JSON.parse(await readFile(path.join(work.dir, "archive", DIRECTOR, "calendars", `${calendar}.permissions.json`), "utf8")) as unknown;
  const table = async (lang: string): Promise<string[][]> => {
    expect((await cli(["report", "--rights", "--config", work.config, "--lang", lang])).code).toBe(0);
    return (await readFile(path.join(work.dir, "report/rights.csv"), "utf8")).split("\r\n").slice(1, -1).map((line) => line.slice(1, -1).split('";"')).sort();
  };

  beforeAll(async () => {
    staged = await stage(async (tenant) => {
      await mkdir(path.join(tenant, "users", ASSISTANT), { recursive: true });
      await writeFile(path.join(tenant, "users", ASSISTANT, "profile.json"), JSON.stringify({ displayName: "Zoé Martin" }));
      await writeFile(path.join(tenant, "tenant.json"), JSON.stringify({ name: "Commune", domain: "commune.example", language: "fr" }));
    }, (tenant) => ["--log", path.join(tenant, "requests.jsonl")]);
    for (let index = 0; index < 20; index += 1) await put(`Calendrier/${String(index)}.ics`, ICS(`e${String(index)}`));
    await put("Calendrier/prive.ics", ICS("prive", "CLASS:PRIVATE"));
    await put("Calendrier.permissions.json", RIGHTS);
    await put("Congés/c.ics", ICS("conges"));
    await put("Congés.permissions.json", [{ emailAddress: ASSISTANT, role: "write" }]);
    await put("Seul/s.ics", ICS("seul"));
    await staged.served.control("rescan");
    work = await workDir(staged.served, { targets: { archive: { adapter: "archive", path: "./archive", index: false }, ...agendas }, routes: [{ workload: "calendar", to: TO }] });
  });

  afterAll(async () => {
    await work.remove();
    await staged.remove();
  });

  it("is forecast as lost where the target does not take it, before anything is read", async () => {
    const rows = records((await cli(["audit", "--config", work.config, "--json"])).stdout).filter(({ type }) => type === "route-forecast");
    const told = rows.map(({ target, forecast }) => [target, (forecast as { reason: string }[]).some(({ reason }) => reason === "calendar.rights")]);
    expect(Object.fromEntries(told)).toEqual({ archive: false, ...(radicale === undefined ? {} : { agendas: true }) });
  });

  it("reaches the vault and the archive for a request a calendar, and is left out by rule elsewhere", async () => {
    const run = await migrate();
    // 23 events, the rights of two calendars; nobody was let into the third, nor into the assistant's own.
    expect(run).toMatchObject({ code: 0, seen: 25 * TO.length });
    expect(run.counts["skipped"]).toBe(radicale === undefined ? 0 : 2);
    expect(await asked()).toBe(4);
    expect(await archived("Calendrier")).toHaveLength(3);
    expect(await archived("Calendrier")).toEqual(expect.arrayContaining([
      expect.objectContaining({ role: "limitedRead", isRemovable: false, emailAddress: { name: "My Organization" } }),
      expect.objectContaining({ role: "delegateWithPrivateEventAccess", isInsideOrganization: true, emailAddress: { name: "Zoé Martin", address: ASSISTANT } }),
      expect.objectContaining({ role: "read", isInsideOrganization: false, emailAddress: { name: "Eva", address: "eva@cabinet.example" } }),
    ]));
    expect(await archived("Congés")).toMatchObject([{ role: "write" }]);
    expect(await compareTrees(staged.tenant, path.join(work.dir, "archive"))).toMatchObject({ missing: [], extra: [], count: 23 });
    expect((await cli(["verify", "--config", work.config])).code).toBe(0);
    const foreseen = records((await cli(["audit", "--from-vault", "--config", work.config, "--json"])).stdout).filter(({ type, skipped }) => type === "forecast" && skipped === "CALENDAR_PERMISSIONS");
    expect(foreseen.map(({ target }) => target)).toEqual(radicale === undefined ? [] : ["agendas", "agendas"]);
  });

  it("makes a table for people in both languages: who, what they may do, and what the targets do with it", async () => {
    const byHand = (word: string): string => (radicale === undefined ? "" : `, agendas${word}`);
    const there = (kept: string, hand: string): string => `archive${kept}${byHand(hand)}`;
    const [fr, en] = [there(" : gardé à côté, sans effet", " : à régler à la main"), there(": kept beside it, without effect", ": to be set by hand")];
    const row = (name: string, what: string, who: string, kind: string, address: string, account: string, outside: string, role: string, said: string, hidden: string, targets: string): string[] =>
      ["paul@commune.example", name, what, who, kind, address, account, outside, role, said, "", "", "", "", hidden, targets];
    expect(await table("fr")).toEqual([
      row("Calendrier", "agenda", "Eva", "personne", "eva@cabinet.example", "", "oui", "lit tout sauf les événements privés", "read", "oui", fr),
      row("Calendrier", "agenda", "My Organization", "tout l'organisme", "", "", "", "voit heures, titres et lieux", "limitedRead", "oui", fr),
      row("Calendrier", "agenda", "Zoé Martin", "personne", ASSISTANT, ASSISTANT, "", "délégué, événements privés compris", "delegateWithPrivateEventAccess", "oui", fr),
      row("Congés", "agenda", "Zoé Martin", "personne", ASSISTANT, ASSISTANT, "", "modifie tout sauf les événements privés", "write", "", fr),
    ].sort());
    expect(await table("en")).toContainEqual(row("Congés", "calendar", "Zoé Martin", "person", ASSISTANT, ASSISTANT, "", "changes all but private events", "write", "", en));
  });

  it("that changes alone is told by a delta pass at a request a calendar, with no event read again", async () => {
    const before = await asked();
    await put("Calendrier.permissions.json", RIGHTS.slice(0, 1));
    await rm(path.join(staged.tenant, DIRECTOR, "calendars/Congés.permissions.json"));
    const run = await migrate("--pass", "delta", "--apply-deletions");
    expect(run).toMatchObject({ code: 0, removed: 1 });
    expect(run.counts["migrated"]).toBe(1);
    expect(await asked()).toBe(before + 4);
    expect(await archived("Calendrier")).toEqual(expect.arrayContaining([expect.objectContaining({ role: "freeBusyRead" }), expect.objectContaining({ role: "delegateWithPrivateEventAccess" })]));
    await expect(archived("Congés")).rejects.toThrow("ENOENT");
  });

  it("is served again from the archive as the same rights", async () => {
    const copy = await stage(async () => undefined, () => ["--tenant", path.join(work.dir, "archive")]);
    const second = await workDir(copy.served, { routes: [{ workload: "calendar", to: "archive" }] });
    try {
      expect((await cli(["migrate", "--config", second.config])).code).toBe(0);
      expect(JSON.parse(await readFile(path.join(second.dir, "archive", DIRECTOR, "calendars/Calendrier.permissions.json"), "utf8"))).toEqual(await archived("Calendrier"));
    } finally {
      await second.remove();
      await copy.remove();
    }
  });

  it("is named as untold, and costs no event, where a cloud does not tell it or a mailbox refuses", async () => {
    for (const args of [["--lacks", "calendar.calendarPermissions"], ["--faults", path.join(staged.tenant, "faults.json")]]) {
      await writeFile(path.join(staged.tenant, "faults.json"), JSON.stringify([{ match: "GET .*/calendarPermissions", times: "always", status: 403, code: "ErrorAccessDenied" }]));
      const other = await stage(async () => undefined, () => ["--tenant", staged.tenant, ...args]);
      const second = await workDir(other.served, { routes: [{ workload: "calendar", to: "archive" }] });
      try {
        const run = await cli(["migrate", "--config", second.config, "--json", "--lang", "fr"]);
        const { seen, counts } = summary(run.stdout);
        // The same of each calendar, the assistant's own among them.
        expect({ args, code: run.code, seen, skipped: counts["skipped"], failed: counts["failed"] }).toEqual({ args, code: 0, seen: 23 + 4, skipped: 4, failed: 0 });
        expect(await readFile(path.join(second.dir, "report/items.csv"), "utf8")).toContain("CALENDAR_PERMISSIONS_UNTOLD");
      } finally {
        await second.remove();
        await other.remove();
      }
    }
  });
});
