import { Command, Option } from "commander";
import path from "node:path";
import { ExodusError } from "../../core/errors.js";
import { WORKLOADS, type WorkloadName } from "../../core/item.js";
import { UNREACHED } from "../../core/unreached.js";
import { audit } from "../../engine/audit.js";
import { writeAudit } from "../../engine/report/audit-report.js";
import { accountText, lossText } from "../../engine/report/words.js";
import { composeAdapters, composeLegs, composeSource } from "../compose.js";
import { bytesText } from "../duration.js";
import { EXIT, exitCodeOfCode, type ExitCode } from "../exit-codes.js";
import { tellErased } from "../erased-owners.js";
import { framed, type Frame } from "../frame.js";
import { reportFolder } from "../report-files.js";
import { printGaps } from "../source-gaps.js";

interface AuditOptions {
  readonly owner?: readonly string[];
  readonly workload?: readonly WorkloadName[];
}

export function auditCommand(): Command {
  return new Command("audit")
    .description("dry run: what is there per owner and workload, what each route would lose, what blocks; writes nothing but its report")
    .option("--owner <name...>", "only these owners")
    .addOption(new Option("--workload <name...>", "only these workloads").choices(WORKLOADS))
    .addHelpText("after", "\nExample:\n  o365-exodus audit --lang fr")
    .action(async (options: AuditOptions, command: Command) => framed(command, (frame) => runAudit(frame, options)));
}

/** Prints the audit and writes its report; 3 when something blocks. */
export async function runAudit(frame: Frame, options: AuditOptions): Promise<ExitCode> {
  const { output, stop, governor } = frame;
  const loaded = await frame.loaded();
  const source = await composeSource(loaded, frame);
  const adapters = await composeAdapters(loaded, governor, output.lang);
  try {
    const { legs, beyond, unknown, erased, notOffered } = await composeLegs(loaded, source.owners(stop.hard), {
      ...(options.owner === undefined ? {} : { owners: options.owner }), ...(options.workload === undefined ? {} : { workloads: options.workload }),
    });
    const rows = await audit({ legs, beyond, source, adapters, parallelLegs: loaded.config.limits.parallelUnits, lang: output.lang, signal: stop.hard });
    output.line(output.text.auditHead);
    const told = new Set<string>();
    for (const row of rows) {
      const bytes = row.bytes === undefined ? "" : `, ${bytesText(row.bytes)}`;
      output.line(`  ${row.ownerName}  ${output.text.workloads[row.workload] ?? row.workload} → ${row.target}: ${output.text.auditRow(row.items, row.containers, bytes)}`);
      if (row.account !== undefined) output.line(`    ${accountText(row.account, output.lang)}`);
      // Once: owners share them.
      for (const { side, reason } of row.forecast) {
        if (side !== "source" || told.has(reason)) continue;
        told.add(reason);
        output.line(`    ${lossText(reason, output.lang)}`);
      }
      for (const blocker of row.blockers) output.line(`    ${output.text.blocked}: [${blocker.code}] ${blocker.message} ${blocker.remedy}`);
      output.record({ type: "audit", ...row });
    }
    tellUnreached(output, new Set(rows.map(({ workload }) => workload)));
    const gaps = printGaps(output, loaded, notOffered, source.untold?.() ?? []);
    tellErased(output, erased);
    for (const owner of unknown) output.error(new ExodusError("OWNER_UNKNOWN", { params: { owner } }));
    const dir = path.resolve(loaded.baseDir, loaded.config.report);
    await writeAudit(rows, output.lang, reportFolder(dir), gaps);
    output.line(output.text.report(path.join(dir, "audit.html")));
    const blockers = rows.flatMap((row) => row.blockers);
    if (blockers.length === 0) output.line(output.text.noBlockers);
    if (unknown.length > 0) return EXIT.configuration;
    return blockers[0] === undefined ? EXIT.complete : blockerExit(blockers[0].code);
  } finally {
    for (const adapter of adapters.values()) await adapter.close();
    await source.close();
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
