import { randomBytes } from "node:crypto";
import { mkdir, readFile, writeFile } from "node:fs/promises";
import path from "node:path";
import { describe, expect, it } from "@jest/globals";
import { titleFor, useServer } from "../servers.js";
import { cli, records, summary, workDir } from "./cli.js";
import { stage } from "./stage.js";

const EVENTS = 120;
/** Requests of `verify` for them: fifty objects each, but for the first of a page, and what finds the account. */
const MOST = 10;
const ACCOUNT = "gaston@commune.example";
const server = useServer("radicale");

/** An event of its own UID each time, so that the server's calendar of an earlier run does not stand in its way. */
function event(mark: string, number: number): string {
  const start = `203701${String(number % 28 + 1).padStart(2, "0")}T0${number % 9}0000Z`;
  return ["BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//test//FR", "BEGIN:VEVENT", `UID:${mark}-${number}`, "DTSTAMP:20260105T080000Z", `DTSTART:${start}`, `DTEND:${start.replace(/0000Z$/, "3000Z")}`, `SUMMARY:Point ${number}`, "END:VEVENT", "END:VCALENDAR", ""].join("\r\n");
}

(server === undefined ? describe.skip : describe)(`verify of a calendar on ${titleFor("radicale", server)}`, () => {
  it(`compares the bytes of ${EVENTS} events by fewer than ${MOST} requests`, async () => {
    const log = path.join(server?.root ?? "", "run/log");
    const requests = async (): Promise<string[]> => (await readFile(log, "utf8")).split("\n").filter((line) => line.includes(` request for `) && line.includes(`/${ACCOUNT}/`));
    const mark = randomBytes(4).toString("hex");
    const staged = await stage(async (tenant) => {
      await writeFile(path.join(tenant, "tenant.json"), JSON.stringify({ name: "Mairie", domain: "commune.example" }));
      const calendar = path.join(tenant, "users", ACCOUNT, "calendars/Calendrier");
      await mkdir(calendar, { recursive: true });
      for (let number = 0; number < EVENTS; number += 1) await writeFile(path.join(calendar, `${number}.ics`), event(mark, number));
    });
    const work = await workDir(staged.served, {
      targets: { agendas: { adapter: "caldav", url: `http://${server?.host ?? ""}:${server?.port ?? 0}/`, password: "env:EXODUS_TEST_PASSWORD" } }, routes: [{ workload: "calendar", to: "agendas" }],
    });
    try {
      const env = { EXODUS_TEST_PASSWORD: "secret" };
      expect((await cli(["migrate", "--config", work.config, "--json"], { env })).code).toBe(0);
      const before = (await requests()).length;
      const verified = await cli(["verify", "--config", work.config, "--json"], { env });
      const asked = (await requests()).slice(before);
      expect({ code: verified.code, same: records(verified.stdout).filter(({ type, verdict }) => type === "item" && verdict === "same").length, seen: summary(verified.stdout).seen }).toEqual({ code: 0, same: EVENTS, seen: EVENTS });
      expect(asked.length).toBeGreaterThan(0);
      expect(asked.length).toBeLessThan(MOST);
    } finally {
      await work.remove();
      await staged.remove();
    }
  });
});
