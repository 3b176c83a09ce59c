import { spawnSync } from "node:child_process";
import { copyFile, mkdir, mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "@jest/globals";
import { useCorpus } from "../corpora.js";
import { instancesOf, type Instance } from "../round-trip/instances.js";
import { textOfFile } from "../../src/sandbox/text-file.js";
import { lostOfCards } from "./card-values.js";
import { cli, summary, workDir, type WorkDir } from "./cli.js";
import { stage, type Stage } from "./stage.js";

const corpora = { ics: useCorpus("ics"), vcf: useCorpus("vcf") };
const missing = Object.values(corpora).find(({ present }) => !present);
const OWNER = "zoe@mairie.example";
const SCOPE = { floating: "Europe/Paris", horizon: Date.UTC(2030, 0, 1) };

const GOES_ON = "the rule goes on beyond the occurrences that are served";

/**
 * Files of which not every occurrence arrives as it stood, each with what the sandbox and the vault say of it. This one follows for ever the rules of
 * a zone of its own, which are those of the United States before 2007: no zone has kept them, and Graph tells no rules.
 */
const DIFFERENT: Readonly<Record<string, readonly string[]>> = { "ical.net__WeeklyWkst1": ["calendar.zone-unmatched"] };

/** Endless rules without a pattern in Graph (Friday 13th, week 20, every second): so many single events, the warning says that they go on. */
const CUT: readonly string[] = [
  ...["ALARM3", "ALARM4", "ALARM5", "ByMonthDay1", "DailyByHourMinute1", "HourlyInterval1", "HourlyInterval2", "Minutely1", "MinutelyByHour1", "MonthlyByMonthDay1", "MonthlyByMonthDay2", "MonthlyBySetPos2", "MonthlyInterval1", "USHolidays", "YearlyByMonth3", "YearlyByMonthDay1", "YearlyByWeekNo1", "YearlyByWeekNo2", "YearlyByWeekNo3", "YearlyByWeekNo5"].map((name) => `ical.net__${name}`),
  ...["CalendarDataFile", "friday13-NOT", "mathBirthdays", "smallcluster"].map((name) => `ical4j__${name}`),
];

interface Kept {
  readonly text: string;
  readonly losses: readonly string[];
}

/** The file's own zone has no name at the source: instants are compared, not the clock. */
const ANOTHER_CLOCK: readonly string[] = ["calendar.unknown-zone", "calendar.zone-inferred", "calendar.zone-unmatched"];

(missing === undefined ? describe : describe.skip)(`calendars and cards of ${missing?.title ?? "corpora"}`, () => {
  let staged: Stage;
  let work: WorkDir;
  let kept: ReadonlyMap<string, readonly Kept[]>;
  let warnings: Readonly<Record<string, readonly string[]>>;
  const files = new Map<string, readonly string[]>();

  beforeAll(async () => {
    staged = await stage(async (tenant) => {
      await writeFile(path.join(tenant, "tenant.json"), JSON.stringify({ name: "Mairie", domain: "mairie.example" }));
      for (const [kind, area] of [["ics", "calendars"], ["vcf", "contacts"]] as const) {
        files.set(kind, (await readdir(corpora[kind].dir)).filter((name) => name.endsWith(`.${kind}`)).map((name) => name.slice(0, -4)));
        // A folder for each file: identifiers repeat among them.
        for (const name of files.get(kind) ?? []) {
          const dir = path.join(tenant, "users", OWNER, area, name);
          await mkdir(dir, { recursive: true });
          await copyFile(path.join(corpora[kind].dir, `${name}.${kind}`), path.join(dir, `a.${kind}`));
        }
      }
    });
    work = await workDir(staged.served, { routes: [{ workload: ["calendar", "contacts"], to: "archive" }] });
    const run = await cli(["pull", "--config", work.config, "--json"]);
    expect({ code: run.code, failed: summary(run.stdout).counts["failed"] }).toEqual({ code: 0, failed: 0 });
    kept = await readVault(path.join(work.dir, "vault"));
    warnings = await staged.served.warnings();
  });

  afterAll(async () => {
    await work.remove();
    await staged.remove();
  });

  const reasonsOf = (area: string, kind: string, name: string): string[] =>
    [...new Set([...(warnings[path.join("users", OWNER, area, name, `a.${kind}`)] ?? []), ...(kept.get(name) ?? []).flatMap(({ losses }) => losses)])].sort();

  it("keep every occurrence of every calendar, or say why not", async () => {
    const found: Record<string, readonly string[]> = {};
    let compared = 0;
    const cut: string[] = [];
    for (const name of files.get("ics") ?? []) {
      const source = textOfFile(await readFile(path.join(corpora.ics.dir, `${name}.ics`)));
      // One file has 1,331 series: fewer of each are enough.
      const scope = { ...SCOPE, most: source.length > 300_000 ? 10 : 40 };
      const before = instancesOf(source, scope);
      const after = (kept.get(name) ?? []).map(({ text }) => instancesOf(text, scope));
      const until = Math.min(before.until, ...after.map((one) => one.until));
      const reasons = reasonsOf("calendars", "ics", name);
      const clockKept = !reasons.some((reason) => ANOTHER_CLOCK.includes(reason));
      if (reasons.includes(GOES_ON)) cut.push(name);
      const lines = (all: readonly Instance[]): string[] => all.filter(({ start }) => start < until).map((one) => line(one, clockKept)).sort();
      const wanted = lines(before.all);
      if (JSON.stringify(wanted) !== JSON.stringify(lines(after.flatMap(({ all }) => all)))) found[name] = reasons;
      else compared += wanted.length;
    }
    expect(found).toEqual(DIFFERENT);
    expect(cut.sort()).toEqual(CUT);
    expect(compared).toBeGreaterThan(2_000);
  });

  it("keep every value and parameter of every card, or say which has no place", async () => {
    const silent: Record<string, readonly string[]> = {};
    let compared = 0;
    for (const name of files.get("vcf") ?? []) {
      const source = textOfFile(await readFile(path.join(corpora.vcf.dir, `${name}.vcf`)));
      const result = lostOfCards(source, (kept.get(name) ?? []).map(({ text }) => text), reasonsOf("contacts", "vcf", name));
      if (result.lost.length > 0) silent[name] = result.lost;
      compared += result.compared;
    }
    expect(silent).toEqual({});
    expect(compared).toBeGreaterThan(500);
  });
});

function line({ start, end, clock, allDay, summary: text }: Instance, clockKept: boolean): string {
  const local = clockKept ? new Date(clock).toISOString() : "";
  return [new Date(start).toISOString(), allDay ? "date" : local, (end - start) / 60_000, text.trim()].join(" ");
}

/** Bodies of all items by the name of their container, with the reasons of their losses; with ordinary tools, as docs/format.md says. */
async function readVault(vault: string): Promise<ReadonlyMap<string, readonly Kept[]>> {
  const bodies = await mkdtemp(path.join(tmpdir(), "exodus-bodies-"));
  try {
    const found = new Map<string, Kept[]>();
    const [owner = ""] = await readdir(path.join(vault, "owners"));
    const at = path.join(vault, "owners", owner);
    for (const segment of await readdir(path.join(at, "segments"))) spawnSync("tar", ["xf", path.join(at, "segments", segment), "-C", bodies]);
    const names = new Map<string, string>();
    for (const file of await readdir(path.join(at, "records"))) {
      for (const text of (await readFile(path.join(at, "records", file), "utf8")).split("\n").filter((one) => one !== "")) {
        const record = JSON.parse(text) as { kind: string; container: never; body?: { sha256: string; extension: string }; losses?: { reason: string }[] };
        if (record.kind === "container") names.set((record.container as { id: string }).id, (record.container as { name: string }).name);
        if (record.kind !== "item" || record.body === undefined) continue;
        const name = names.get(record.container) ?? "";
        const body = await readFile(path.join(bodies, `${record.body.sha256}${record.body.extension}`), "utf8");
        found.set(name, [...(found.get(name) ?? []), { text: body, losses: (record.losses ?? []).map(({ reason }) => reason) }]);
      }
    }
    return found;
  } finally {
    await rm(bodies, { recursive: true, force: true });
  }
}
