import { readdir, readFile, rename, rm, writeFile } from "node:fs/promises";
import path from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "@jest/globals";
import { randomOf } from "../random.js";
import { compareTrees } from "./compare.js";
import { cli, summary, workDir, type WorkDir } from "./cli.js";
import { stage, type Stage } from "./stage.js";

const HOURS = 24;
/** Delta tokens are lost in these hours. */
const EXPIRIES = new Set([5, 11, 17, 23]);

/** What goes wrong all day long, each at a beat of its own: the counts never fall together for long. */
const FAULTS = [
  { match: "^GET /v1.0/", every: 37, times: "always", status: 401, code: "InvalidAuthenticationToken", name: "the token's hour is over" },
  { match: "^GET /v1.0/", every: 23, times: "always", status: 429, code: "TooManyRequests", retryAfter: 0.02 },
  { match: "^GET /v1.0/", every: 41, times: "always", status: 503, code: "serviceNotAvailable", retryAfter: 0 },
  { match: "^GET /v1.0/", every: 59, times: "always", action: "reset" },
  { match: "/\\$value", every: 29, times: "always", action: "truncate" },
  { match: "^GET /download/", every: 7, times: "always", status: 403, name: "the address has expired" },
  { match: "/delta", every: 13, times: "always", action: "empty-page" },
  { match: "/delta", every: 17, times: "always", action: "twice" },
];

/** One hour of a body's life: mail comes, is read, filed and deleted, files are written, renamed and removed, meetings and contacts come and go. */
async function live(tenant: string, hour: number, random: () => number): Promise<void> {
  const below = (end: number): number => Math.floor(random() * end);
  for (const user of (await readdir(path.join(tenant, "users"))).sort()) {
    const home = path.join(tenant, "users", user);
    const folders = (await readdir(path.join(home, "mail"))).sort();
    const folder = (): string => path.join(home, "mail", folders[below(folders.length)] ?? "");
    const mailIn = async (dir: string): Promise<readonly string[]> => (await readdir(dir)).filter((name) => name.endsWith(".eml")).sort();
    for (let count = below(4); count > 0; count -= 1) {
      await writeFile(path.join(folder(), `h${hour}-${count}.eml`), `From: x@y.example\r\nSubject: heure ${hour}.${count}\r\nMessage-ID: <${hour}.${count}.${user}>\r\nDate: Tue, 24 Nov 2026 ${String(hour % 24).padStart(2, "0")}:00:00 +0100\r\n\r\n${random()}\r\n`);
    }
    const [from, to] = [folder(), folder()];
    const there = await mailIn(from);
    const taken = there[below(there.length)];
    if (taken !== undefined && from !== to && !(await readdir(to)).includes(taken)) {
      const sidecar = taken.replace(".eml", ".json");
      if ((await readdir(from)).includes(sidecar)) await rename(path.join(from, sidecar), path.join(to, sidecar));
      await rename(path.join(from, taken), path.join(to, taken));
    }
    const left = await mailIn(from);
    const read = left[below(left.length)];
    if (read !== undefined) await writeFile(path.join(from, read.replace(".eml", ".json")), JSON.stringify({ isRead: random() < 0.5, flag: random() < 0.3 ? "flagged" : "notFlagged", receivedDateTime: "2026-01-02T03:04:05Z" }));
    if (left.length > 3) for (const name of [left[0] ?? "", (left[0] ?? "").replace(".eml", ".json")]) await rm(path.join(from, name), { force: true });
    await writeFile(path.join(home, "drive", `note ${below(6)}.txt`), `${hour} ${random()}`);
    if (random() < 0.3) await rm(path.join(home, "drive", `note ${below(6)}.txt`), { force: true });
    const [calendar = ""] = await readdir(path.join(home, "calendars"));
    if (random() < 0.3) await writeFile(path.join(home, "calendars", calendar, `h${hour}.ics`), ["BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//x//FR", "BEGIN:VEVENT", `UID:h${hour}-${user}`, "DTSTAMP:20260101T000000Z", "DTSTART:20260310T090000Z", "DTEND:20260310T100000Z", `SUMMARY:Heure ${hour}`, "END:VEVENT", "END:VCALENDAR", ""].join("\r\n"));
    if (random() < 0.2) await rm(path.join(home, "calendars", calendar, `h${below(hour)}.ics`), { force: true });
    if (random() < 0.3) await writeFile(path.join(home, "contacts/Contacts", `h${hour}.vcf`), ["BEGIN:VCARD", "VERSION:3.0", `FN:Contact ${hour}`, `N:${hour};Contact;;;`, "END:VCARD", ""].join("\r\n"));
  }
}

describe("twenty-four hours", () => {
  let staged: Stage;
  let work: WorkDir;

  beforeAll(async () => {
    staged = await stage(async (tenant) => {
      await cli(["sandbox", "generate", "--users", "2", "--messages", "60", "--files", "12", "--median-bytes", "1500", "--out", tenant]);
      await writeFile(path.join(tenant, "faults.json"), JSON.stringify(FAULTS));
    }, (tenant) => ["--faults", path.join(tenant, "faults.json"), "--log", path.join(tenant, "log")]);
    work = await workDir(staged.served);
  });
  afterAll(async () => {
    await work.remove();
    await staged.remove();
  });

  it("of renewed tokens, expired deltas, throttling and broken answers end with a vault that equals the tenant", async () => {
    const random = randomOf(20_261_125);
    expect((await cli(["pull", "--config", work.config, "--quiet"])).code).toBe(0);
    for (let hour = 1; hour <= HOURS; hour += 1) {
      await live(staged.tenant, hour, random);
      await staged.served.control("rescan");
      if (EXPIRIES.has(hour)) await staged.served.control("expire-deltas");
      const { code, stderr } = await cli(["pull", "--pass", "delta", "--config", work.config, "--quiet"]);
      expect({ hour, code, told: code === 0 ? "" : stderr }).toEqual({ hour, code: 0, told: "" });
    }
    const checked = await cli(["vault", "check", "--read-data", "--config", work.config]);
    expect({ code: checked.code, told: checked.code === 0 ? "" : checked.stdout }).toEqual({ code: 0, told: "" });

    const pushed = await cli(["push", "--config", work.config, "--json"]);
    expect({ code: pushed.code, failed: summary(pushed.stdout).counts["failed"] }).toEqual({ code: 0, failed: 0 });
    const { missing, extra, count } = await compareTrees(staged.tenant, path.join(work.dir, "archive"));
    expect({ missing, extra }).toEqual({ missing: [], extra: [] });
    expect(count).toBeGreaterThan(100);

    // The day was as bad as it was meant to be.
    const statuses = (await readFile(path.join(staged.tenant, "log"), "utf8")).trim().split("\n").map((line) => (JSON.parse(line) as { status: number }).status);
    for (const status of [401, 403, 410, 429, 503]) expect(statuses.filter((one) => one === status).length).toBeGreaterThanOrEqual(EXPIRIES.size);
  }, 900_000);
});
