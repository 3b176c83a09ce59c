import { randomBytes } from "node:crypto";
import { cp, mkdir, readdir, readFile, writeFile } from "node:fs/promises";
import path from "node:path";
import { describe, expect, it } from "@jest/globals";
import { put, remove } from "../../src/drivers/dav/verbs.js";
import { NO_ABORT, withDav } from "../dav-client.js";
import { withClient } from "../imap-client.js";
import { titleFor, useServer } from "../servers.js";
import { cli, launch, records, ROOT, summary, workDir } from "./cli.js";
import { stage } from "./stage.js";

const server = useServer("dovecot");
const calendars = useServer("radicale");
const env = { EXODUS_TEST_PASSWORD: "secret" };
const TENANT = path.join(ROOT, "fixtures/tenant/users");

/** The mail of the tenant of the fixtures, its people under names of this run: the server's mailboxes are theirs alone. */
async function people(tenant: string): Promise<readonly string[]> {
  const mark = randomBytes(4).toString("hex");
  await writeFile(path.join(tenant, "tenant.json"), JSON.stringify({ name: "Eaux", domain: "commune.example" }));
  const names: string[] = [];
  for (const name of await readdir(TENANT)) {
    if (!(await readdir(path.join(TENANT, name))).includes("mail")) continue;
    const renamed = `${name.split("@")[0] ?? ""}-${mark}@commune.example`;
    await cp(path.join(TENANT, name, "mail"), path.join(tenant, "users", renamed, "mail"), { recursive: true });
    names.push(renamed);
  }
  return names;
}

(server === undefined ? describe.skip : describe)(`verify --changed on ${titleFor("dovecot", server)}`, () => {
  it("reads what changed on the server since it was verified and nothing else, though it was killed in between", async () => {
    let names: readonly string[] = [];
    const staged = await stage(async (tenant) => { names = await people(tenant); });
    const access = { host: server?.host ?? "", port: server?.port ?? 0 };
    const work = await workDir(staged.served, { targets: { courrier: { adapter: "imap", ...access, security: "none", password: "env:EXODUS_TEST_PASSWORD" } }, routes: [{ workload: "mail", to: "courrier" }] });
    const verify = async (...args: readonly string[]): Promise<{ code: number | null; read: string[]; unread: unknown; verified: Record<string, number>; why: unknown[] }> => {
      const { code, stdout } = await cli(["verify", "--config", work.config, "--json", ...args], { env });
      const told = records(stdout);
      return {
        code, read: told.filter(({ type }) => type === "item").map(({ owner, id, verdict }) => `${String(owner)} ${String(id)} ${String(verdict)}`).sort(), verified: summary(stdout).verified,
        unread: told.filter(({ type }) => type === "summary").at(-1)?.["unread"], why: told.filter(({ type }) => type === "read-all").map(({ why }) => why),
      };
    };
    const alter = (name: string, change: (client: Parameters<Parameters<typeof withClient>[1]>[0]) => Promise<unknown>): Promise<void> => withClient({ ...access, user: name, pass: "secret" }, async (client) => {
      await client.mailboxOpen("INBOX");
      await change(client);
    });
    try {
      // Dovecot refuses the tenant's message without a byte.
      expect((await cli(["migrate", "--config", work.config, "--json"], { env })).code).toBe(3);
      const whole = await verify();
      const all = whole.read.length;
      expect(all).toBeGreaterThan(20);
      expect(whole).toMatchObject({ code: 3, unread: undefined, why: [], verified: { same: all, different: 0, missing: 0, unverifiable: 0 } });
      expect(await verify("--changed")).toMatchObject({ code: 3, read: [], unread: all, why: [], verified: whole.verified });

      // A person marks one message, another person deletes one.
      const [first = "", second = ""] = names.filter((name) => !name.startsWith("accueil"));
      await alter(first, (client) => client.messageFlagsAdd("1", ["\\Flagged", "\\Deleted"]));
      await alter(first, (client) => client.messageFlagsRemove("1", ["\\Deleted"]));
      await alter(second, (client) => client.messageDelete("1"));
      const { child, done } = launch(["verify", "--changed", "--config", work.config, "--json"], { env });
      child.stdout?.once("data", () => child.kill("SIGKILL"));
      expect((await done).code).not.toBe(4);
      const found = await verify("--changed");
      expect({ ...found, read: found.read.map((line) => line.split(" ").at(-1)).sort() }).toEqual({ code: 4, read: ["different", "missing"], unread: all - 2, why: [], verified: { same: all - 2, different: 1, missing: 1, unverifiable: 0 } });
      const again = await verify();
      expect(again.read.filter((line) => !line.endsWith(" same"))).toEqual(found.read);

      const french = await cli(["verify", "--changed", "--config", work.config, "--lang", "fr"], { env });
      expect([french.code, french.stdout]).toEqual([4, expect.stringContaining(`dont ${all - 2} non relus`)]);
      const report = path.join(work.dir, "report");
      expect(JSON.parse(await readFile(path.join(report, "report.json"), "utf8"))).toMatchObject({ report: { unread: all - 2 } });
      expect(await readFile(path.join(report, "report.html"), "utf8")).toContain(`${all - 2} des éléments vérifiés identiques`);
    } finally {
      await work.remove();
      await staged.remove();
    }
  }, 300_000);
});

(calendars === undefined ? describe.skip : describe)(`verify --changed of a calendar on ${titleFor("radicale", calendars)}`, () => {
  it("costs a request a calendar where nothing changed, and reads what was altered or removed besides", async () => {
    const [account, mark, events] = ["fatou@commune.example", randomBytes(4).toString("hex"), 60];
    const log = path.join(calendars?.root ?? "", "run/log");
    const requests = async (): Promise<string[]> => (await readFile(log, "utf8")).split("\n").flatMap((line) => / (\w+) request for '([^']*)'/.exec(line)?.slice(1, 3).join(" ") ?? []).filter((line) => line.includes(`/${account}/o365-`));
    const staged = await stage(async (tenant) => {
      await writeFile(path.join(tenant, "tenant.json"), JSON.stringify({ name: "Mairie", domain: "commune.example" }));
      const calendar = path.join(tenant, "users", account, "calendars", `Agenda ${mark}`);
      await mkdir(calendar, { recursive: true });
      for (let number = 0; number < events; number += 1) {
        const start = `203702${String(number % 28 + 1).padStart(2, "0")}T0${number % 9}0000Z`;
        await writeFile(path.join(calendar, `${number}.ics`), ["BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//test//FR", "BEGIN:VEVENT", `UID:${mark}-${number}`, "DTSTAMP:20260105T080000Z", `DTSTART:${start}`, `DTEND:${start.replace(/0000Z$/, "3000Z")}`, `SUMMARY:Point ${number}`, "END:VEVENT", "END:VCALENDAR", ""].join("\r\n"));
      }
    });
    const work = await workDir(staged.served, {
      targets: { agendas: { adapter: "caldav", url: `http://${calendars?.host ?? ""}:${calendars?.port ?? 0}/`, password: "env:EXODUS_TEST_PASSWORD" } }, routes: [{ workload: "calendar", to: "agendas" }],
    });
    const verify = async (...args: readonly string[]): Promise<{ code: number | null; verdicts: unknown[]; unread: unknown; asked: string[] }> => {
      const before = (await requests()).length;
      const { code, stdout } = await cli(["verify", "--config", work.config, "--json", ...args], { env });
      const told = records(stdout);
      return {
        code, verdicts: told.filter(({ type }) => type === "item").map(({ verdict }) => verdict).sort(), unread: told.filter(({ type }) => type === "summary").at(-1)?.["unread"],
        asked: (await requests()).slice(before).map((line) => line.split(" ")[0] ?? "").sort(),
      };
    };
    try {
      expect((await cli(["migrate", "--config", work.config, "--json"], { env })).code).toBe(0);
      const paths = [...new Set((await requests()).filter((line) => line.startsWith("PUT ")).map((line) => line.slice(4)))].slice(-events);
      expect((await verify()).verdicts).toHaveLength(events);
      expect(await verify("--changed")).toEqual({ code: 0, verdicts: [], unread: events, asked: ["REPORT"] });
      await withDav(calendars as never, account, async (client) => {
        const [altered = "", removed = ""] = paths;
        const text = await client.request("GET", altered, { signal: NO_ABORT }, (answer) => answer.text());
        await put(client, altered, text.replace("SUMMARY:", "SUMMARY:Autre "), { headers: { "content-type": "text/calendar; charset=utf-8" }, signal: NO_ABORT });
        await remove(client, removed, NO_ABORT);
      });
      const found = await verify("--changed");
      expect(found).toMatchObject({ code: 4, verdicts: ["different", "missing"], unread: events - 2 });
      expect(found.asked.length).toBeLessThanOrEqual(4);
    } finally {
      await work.remove();
      await staged.remove();
    }
  }, 300_000);
});
