import path from "node:path";
import { Command } from "commander";
import { ExodusError } from "../../../core/errors.js";
import type { DirectoryPerson } from "../../../core/source.js";
import { cellOf, readIdentityTable, type IdentityTable } from "../../../config/identities.js";
import { checkIdentities, type Present } from "../../../config/identity-checks.js";
import { mergeIdentities, type IdentityChange } from "../../../config/identity-merge.js";
import type { LoadedConfig } from "../../../config/load.js";
import { targetsOf } from "../../../config/schema.js";
import { CSV_START, csvLine } from "../../../lib/csv.js";
import { collected } from "../../../lib/collected.js";
import { someNames } from "../../../lib/some-names.js";
import { isThere } from "../../../vault/disk.js";
import { composeSource } from "../../compose.js";
import { EXIT, type ExitCode } from "../../exit-codes.js";
import { framed, type Frame } from "../../frame.js";
import { tellIdentities } from "../../identity-findings.js";
import { reportFolder } from "../../report-files.js";

interface IdentitiesOptions {
  readonly out?: string;
  readonly check?: boolean;
}

export function identitiesCommand(): Command {
  return new Command("identities")
    .description("write the identity map from the directory: who has which account at the targets; made again, it keeps what was edited and tells what is new, changed, gone")
    .option("--out <file>", "the file; default: `identities` of the configuration, else identities.csv beside it")
    .option("--check", "write nothing: exit code 10 when something is wrong, 4 when the directory has changed since")
    .addHelpText("after", `
Columns, kinds and findings: docs/identities.md.

Examples:
  o365-exodus init identities --lang fr        then edit the columns account, kind, note
  o365-exodus init identities --check --json   before each pass`)
    .action(async (options: IdentitiesOptions, command: Command) => framed(command, (frame) => identities(frame, options)));
}

async function identities(frame: Frame, options: IdentitiesOptions): Promise<ExitCode> {
  const { output } = frame;
  const loaded = await frame.loaded();
  const file = path.resolve(loaded.baseDir, options.out ?? loaded.config.identities ?? "identities.csv");
  let failed = 0;
  const { people, present } = await directoryOf(frame, loaded, (thrown) => {
    failed += 1;
    output.error(thrown);
  });
  const before = (await isThere(file)) ? await readIdentityTable(file) : undefined;
  const targets = [...new Set(loaded.config.routes.flatMap(targetsOf))];
  const { table, changes } = mergeIdentities(before, people, targets, new Set([...present.names].flatMap(([name, { person }]) => (person ? [] : [name]))));
  if (options.check !== true) await write(file, table);
  const findings = checkIdentities(options.check === true ? before ?? { ...table, rows: [] } : table, Object.keys(loaded.config.targets), present);
  tellChanges(frame, file, table, changes);
  const problems = tellIdentities(output, findings);
  if (options.check !== true) output.line(output.text.written(file));
  if (problems > 0) return EXIT.configuration;
  if (failed > 0) return EXIT.partial;
  return options.check === true && changes.length > 0 ? EXIT.different : EXIT.complete;
}

/** Everybody by name, and what else the configuration chooses that may have an account: groups, sites. @throws ExodusError IDENTITY_SOURCE. */
async function directoryOf(frame: Frame, loaded: LoadedConfig, onFailure: (thrown: unknown) => void): Promise<{ readonly people: readonly DirectoryPerson[]; readonly present: Present }> {
  const signal = frame.stop.hard;
  const source = await composeSource(loaded, frame);
  try {
    if (source.people === undefined) throw new ExodusError("IDENTITY_SOURCE", { params: { source: source.name } });
    const people = (await collected(source.people(signal, onFailure))).sort((a, b) => (a.name < b.name ? -1 : 1));
    const names = new Map(people.map(({ id, name, guest }) => [name.toLowerCase(), { id, name, guest, person: true }]));
    const { groups, sites } = loaded.config;
    if (groups !== "none" || sites !== "none") for await (const { id, name } of source.owners(signal, ["group", "site"])) names.set(name.toLowerCase(), { id, name, guest: false, person: false });
    return { people, present: { names, guests: true } };
  } finally {
    await source.close();
  }
}

async function write(file: string, { columns, rows }: IdentityTable): Promise<void> {
  const sink = await reportFolder(path.dirname(file)).open(path.basename(file));
  await sink.write(CSV_START + csvLine(columns));
  for (const { cells } of rows) await sink.write(csvLine(columns.map((column) => cells.get(column) ?? "")));
  await sink.close();
}

function tellChanges({ output }: Frame, file: string, { rows }: IdentityTable, changes: readonly IdentityChange[]): void {
  const kinds: Record<string, number> = {};
  for (const row of rows) kinds[cellOf(row, "kind")] = (kinds[cellOf(row, "kind")] ?? 0) + 1;
  output.line(output.text.identities(rows.length, Object.entries(kinds).map(([kind, count]) => `${kind} ${String(count)}`).join(", ")));
  for (const status of ["new", "changed", "gone"] as const) {
    const names = changes.filter((change) => change.status === status).map(({ source, columns }) => (columns.length === 0 ? source : `${source} (${columns.join(", ")})`));
    if (names.length > 0) output.line(`  ${output.text.identityStatus[status]}: ${String(names.length)} (${someNames(names)})`);
  }
  for (const change of changes) output.record({ type: "identity-change", ...change });
  output.record({ type: "identities", file, rows: rows.length, kinds, changes: changes.length });
}
