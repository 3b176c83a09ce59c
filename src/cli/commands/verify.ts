import { Command, Option } from "commander";
import pLimit from "p-limit";
import { WORKLOADS, type WorkloadName } from "../../core/item.js";
import { totals, unitRows } from "../../engine/summary.js";
import { verifyUnit } from "../../engine/verify.js";
import { composeAdapters } from "../compose.js";
import { EXIT, type ExitCode } from "../exit-codes.js";
import { framed, stoppedCode, type Frame } from "../frame.js";
import { tellIdentities } from "../identity-findings.js";
import { knownLegs } from "../known-legs.js";
import { Progress } from "../progress.js";
import { printGaps } from "../source-gaps.js";
import { exitCodeOfTotals, printTotals } from "../summary.js";
import { saveReport } from "../save-report.js";
import { tellFindings } from "../tell-routes.js";
import { openWorkspace, runContext } from "../workspace.js";

interface VerifyOptions {
  readonly owner?: readonly string[];
  readonly workload?: readonly WorkloadName[];
  readonly changed?: boolean;
}

export function verifyCommand(): Command {
  return new Command("verify")
    .description("re-read the targets and compare every item with the vault; writes nothing there")
    .option("--owner <name...>", "only these owners")
    .addOption(new Option("--workload <name...>", "only these workloads").choices(WORKLOADS))
    .option("--changed", "read only what its server says has changed since it was last verified, or cannot say; the rest keeps its verdict")
    .addHelpText("after", `
--changed goes by the server's own word (CONDSTORE of IMAP, JMAP, sync-collection of CalDAV and CardDAV): what a server
does not know, such as a backup put back or a damaged disk, and damage in the vault, is seen without --changed only.
Servers that cannot say are read whole.

Examples:
  o365-exodus verify --workload files      exit code 4 when something differs
  o365-exodus verify --changed             every night, beside a whole verify now and then`)
    .action(async (options: VerifyOptions, command: Command) => framed(command, (frame) => verify(frame, options)));
}

/** Compares target and vault for all legs that the ledger knows. */
export async function verify(frame: Frame, options: VerifyOptions): Promise<ExitCode> {
  const { output, stop, governor } = frame;
  const loaded = await frame.loaded();
  const adapters = await composeAdapters(loaded, governor, output.lang);
  const workspace = await openWorkspace(loaded);
  const progress = new Progress(output, governor);
  try {
    const { legs, mistaken, ...kept } = await knownLegs(loaded, workspace.state, options);
    const problems = tellIdentities(output, mistaken);
    const pass = await workspace.state.lastPass();
    if (pass === undefined) {
      output.line(output.text.nothingYet);
      return EXIT.complete;
    }
    const context = await runContext(loaded, workspace, pass.kind, { governor, stop, emit: progress.listen, applyDeletions: false, pass });
    let unread = 0;
    const limit = pLimit(loaded.config.limits.parallelUnits);
    await Promise.all(legs.flatMap(({ owner, workload, targets }) => targets.map(({ name, account }) => limit(async () => {
      const adapter = adapters.get(name);
      if (adapter === undefined || stop.soft.aborted) return;
      const left = await verifyUnit(context, { owner: owner.id, workload, target: name }, owner, { owner, name: account }, adapter, { changedOnly: options.changed === true });
      unread += left;
    }))));
    progress.stop();
    const routes = tellFindings(output, kept);
    const units = await unitRows(workspace.state, legs, pass.id, output.lang);
    const sums = totals(units);
    printTotals(output, sums, { pass: pass.id, ...(options.changed === true ? { unread } : {}) });
    if (options.changed === true) output.line(output.text.unread(unread));
    output.line(output.text.report(await saveReport(loaded, workspace, legs, units, pass, !stop.soft.aborted, output.lang, { gaps: printGaps(output, loaded, kept), routes, ...(options.changed === true ? { unread } : {}) })));
    if (stop.soft.aborted) return stoppedCode(stop);
    if (sums.verified.different + sums.verified.missing > 0) return EXIT.different;
    return problems > 0 ? EXIT.configuration : exitCodeOfTotals(sums);
  } finally {
    progress.stop();
    for (const adapter of adapters.values()) await adapter.close();
    await workspace.close();
  }
}
