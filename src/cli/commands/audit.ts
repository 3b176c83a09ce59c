import { Command, Option } from "commander";
import path from "node:path";
import { WORKLOADS, type WorkloadName } from "../../core/item.js";
import { UNREACHED } from "../../core/unreached.js";
import { audit } from "../../engine/audit.js";
import { auditVault } from "../../engine/audit-vault.js";
import { routesOf } from "../../engine/forecast.js";
import { writeAudit } from "../../engine/report/audit-report.js";
import type { AuditRow } from "../../engine/report/model.js";
import { certaintyText, factsText, leftOutText, lossText } from "../../engine/report/words.js";
import { collected } from "../../lib/collected.js";
import { composeAdapters, composeSource } from "../compose.js";
import { bytesText } from "../duration.js";
import { EXIT, exitCodeOfCode, type ExitCode } from "../exit-codes.js";
import { tellErased } from "../erased-owners.js";
import { framed, type Frame } from "../frame.js";
import { identityFindings, tellIdentities } from "../identity-findings.js";
import { knownLegs } from "../known-legs.js";
import { composeLegs, type Legs } from "../legs.js";
import { openHoldings } from "../opened-vault.js";
import { reportFolder } from "../report-files.js";
import { printGaps } from "../source-gaps.js";
import { withPlacements } from "../standing.js";
import { tellRoutes } from "../tell-routes.js";
import { tellUnknown } from "../unknown-owners.js";

interface AuditOptions {
  readonly owner?: readonly string[];
  readonly workload?: readonly WorkloadName[];
  readonly fromVault?: boolean;
  readonly readData?: boolean;
}

export function auditCommand(): Command {
  return new Command("audit")
    .description("dry run: what is there per owner and workload, what each route would lose, what blocks; writes nothing but its report")
    .option("--owner <name...>", "only these owners")
    .addOption(new Option("--workload <name...>", "only these workloads").choices(WORKLOADS))
    .option("--from-vault", "foresee item by item from what was pulled already, without asking the source")
    .option("--read-data", "with --from-vault: also by the bytes of messages and cards, where something hangs on them")
    .addHelpText("after", `
A sure loss follows from the item alone; a possible one hangs on the target, or on what was not read.

Examples:
  o365-exodus audit --lang fr
  o365-exodus audit --from-vault --workload files --json`)
    .action(async (options: AuditOptions, command: Command) => {
      if (options.readData === true && options.fromVault !== true) command.error("error: --read-data goes with --from-vault");
      await framed(command, async (frame) => runAudit(frame, options));
    });
}

/** Prints the audit and writes its report; 3 when something blocks. */
export async function runAudit(frame: Frame, options: AuditOptions): Promise<ExitCode> {
  const { output, governor } = frame;
  const loaded = await frame.loaded();
  const adapters = await composeAdapters(loaded, governor, output.lang);
  try {
    const { rows, legs: { unknown, erased, notOffered, account }, untold, failed, problems } = options.fromVault === true ? await ofVault(frame, options, adapters) : await ofSource(frame, options, adapters);
    const routes = tellRoutes(output, loaded.config, { account });
    tellRows(output, rows);
    tellForecast(output, rows);
    tellUnreached(output, new Set(rows.map(({ workload }) => workload)));
    const gaps = printGaps(output, loaded, { notOffered, beyond: [] }, untold);
    tellErased(output, erased);
    tellUnknown(output, loaded, unknown);
    const dir = path.resolve(loaded.baseDir, loaded.config.report);
    await writeAudit(rows, output.lang, reportFolder(dir), gaps, routes);
    output.line(output.text.report(path.join(dir, "audit.html")));
    const blockers = rows.flatMap((row) => row.blockers);
    if (blockers.length === 0) output.line(output.text.noBlockers);
    if (unknown.length + problems > 0) return EXIT.configuration;
    if (blockers[0] !== undefined) return blockerExit(blockers[0].code);
    return failed > 0 ? EXIT.partial : EXIT.complete;
  } finally {
    for (const adapter of adapters.values()) await adapter.close();
  }
}

interface Audited {
  readonly rows: readonly AuditRow[];
  readonly legs: Legs;
  readonly untold: readonly string[];
  /** Records that could not be read. */
  readonly failed: number;
  /** Problems of the identity map. */
  readonly problems: number;
}

type Adapters = Awaited<ReturnType<typeof composeAdapters>>;

async function ofSource(frame: Frame, options: AuditOptions, adapters: Adapters): Promise<Audited> {
  const { output, stop } = frame;
  const loaded = await frame.loaded();
  const source = await composeSource(loaded, frame);
  try {
    const owners = await collected(source.owners(stop.hard));
    const problems = tellIdentities(output, await identityFindings(loaded, owners));
    const legs = await withPlacements(loaded, (placements) => composeLegs(loaded, owners, { owners: options.owner, workloads: options.workload, placements }));
    const rows = await audit({ legs: legs.legs, beyond: legs.beyond, source, adapters, parallelLegs: loaded.config.limits.parallelUnits, lang: output.lang, signal: stop.hard });
    return { rows, legs, untold: source.untold?.() ?? [], failed: 0, problems };
  } finally {
    await source.close();
  }
}

async function ofVault(frame: Frame, options: AuditOptions, adapters: Adapters): Promise<Audited> {
  const { output, stop } = frame;
  const { holdings, state, close } = await openHoldings(frame, {});
  let failed = 0;
  try {
    const legs = await knownLegs(await frame.loaded(), state, options);
    const rows = await auditVault({
      legs: legs.legs, beyond: legs.beyond, adapters, stock: holdings, readData: options.readData === true, lang: output.lang, signal: stop.hard,
      onItem: ({ owner, workload }, target, { key, title }, { losses, skipped }) => {
        output.record({ type: "forecast", ownerName: owner.name, workload, target, id: key.id, title, losses, ...(skipped === undefined ? {} : { skipped }) });
      },
      onFailure: (_stored, thrown) => {
        failed += 1;
        output.error(thrown);
      },
    });
    return { rows, legs, untold: [], failed, problems: tellIdentities(output, legs.mistaken) };
  } finally {
    await close();
  }
}

function tellRows(output: Frame["output"], rows: readonly AuditRow[]): void {
  output.line(output.text.auditHead);
  for (const row of rows) {
    const bytes = row.bytes === undefined ? "" : `, ${bytesText(row.bytes)}`;
    output.line(`  ${row.ownerName}  ${output.text.workloads[row.workload] ?? row.workload} → ${row.target}: ${output.text.auditRow(row.items, row.containers, bytes)}`);
    const facts = factsText(row, output.lang);
    if (facts !== undefined) output.line(`    ${facts}`);
    for (const blocker of row.blockers) output.line(`    ${output.text.blocked}: [${blocker.code}] ${blocker.message} ${blocker.remedy}`);
    output.record({ type: "audit", ...row });
  }
}

/** Owners share their routes: told once a route, with the sum of their items. */
function tellForecast(output: Frame["output"], rows: readonly AuditRow[]): void {
  const { lang, text } = output;
  if (rows.length > 0) output.line(text.forecastHead);
  for (const route of routesOf(rows)) {
    output.line(`  ${text.workloads[route.workload] ?? route.workload} → ${route.target}:${route.forecast.length + route.leftOut.length === 0 ? ` ${text.noForecast}` : ""}`);
    for (const loss of route.forecast) output.line(`    ${certaintyText(loss, lang)}: ${lossText(loss.reason, lang)}`);
    for (const { code, items } of route.leftOut) output.line(`    ${text.leftOut(items)}: ${leftOutText(code, lang)}`);
    output.record({ type: "route-forecast", ...route });
  }
}

/** What a reading would leave behind whatever its routes are: better told before than missed after. */
function tellUnreached(output: Frame["output"], routed: ReadonlySet<WorkloadName>): void {
  const told = UNREACHED.filter(({ workload }) => routed.has(workload));
  if (told.length > 0) output.line(output.text.unreached);
  for (const { workload, code, message, source } of told) {
    output.line(`  ${output.text.workloads[workload]}: ${message[output.lang]}`);
    output.record({ type: "unreached", workload, code, message: message[output.lang], source });
  }
}

function blockerExit(code: string): ExitCode {
  const exit = exitCodeOfCode(code);
  return exit === EXIT.internal ? EXIT.partial : exit;
}
