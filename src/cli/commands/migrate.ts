import { Command, Option } from "commander";
import { WORKLOADS, type WorkloadName } from "../../core/item.js";
import type { PassKind } from "../../core/state.js";
import { failedLegs, missingFails } from "../../engine/failed.js";
import { runLegs } from "../../engine/run.js";
import { totals, unitRows } from "../../engine/summary.js";
import { composeAdapters, composeSource } from "../compose.js";
import { parseDuration } from "../duration.js";
import { EXIT, type ExitCode } from "../exit-codes.js";
import { framed, stoppedCode, type Frame } from "../frame.js";
import { tellIdentities } from "../identity-findings.js";
import { knownOwners } from "../known-legs.js";
import { composeLegs } from "../legs.js";
import { Progress } from "../progress.js";
import { routeOption } from "../route-option.js";
import { printGaps } from "../source-gaps.js";
import { exitCodeOfTotals, printTotals } from "../summary.js";
import { saveReport } from "../save-report.js";
import { settleErased } from "../erased-owners.js";
import { placementsOf } from "../standing.js";
import { tellFindings } from "../tell-routes.js";
import { tellUnknown } from "../unknown-owners.js";
import { openWorkspace, runContext, vaultDir } from "../workspace.js";

export interface RunOptions {
  readonly owner?: readonly string[];
  readonly workload?: readonly WorkloadName[];
  readonly route?: readonly number[];
  readonly pass: PassKind;
  readonly applyDeletions?: boolean;
  readonly again?: boolean;
  readonly reroute?: boolean;
  readonly maxDuration?: number;
  /** Only what failed by the last run, of the owners that the vault knows. */
  readonly failed?: FailedChoice;
}

export interface FailedChoice {
  /** Only where one of these codes was told. */
  readonly codes?: readonly string[] | undefined;
  /** Also what `verify` did not find at the target. */
  readonly missing: boolean;
}

interface Stages {
  readonly name: "migrate" | "pull" | "push" | "retry";
  readonly pull: boolean;
  readonly push: boolean;
}

/** `migrate` is `pull` and `push` as one pipeline. */
export function migrateCommands(): Command[] {
  return [
    runCommand({ name: "migrate", pull: true, push: true }, "read the tenant into the vault and write it to the targets, as one pipeline", `
Examples:
  o365-exodus migrate                             everything that exodus.yaml routes
  o365-exodus migrate --owner claire@mairie.fr    one person
  o365-exodus migrate --route 2                   what the second route of exodus.yaml takes
  o365-exodus migrate --pass delta                what has changed since
  o365-exodus migrate --max-duration 40m          stop in time with exit code 75; run again to go on`),
    runCommand({ name: "pull", pull: true, push: false }, "only read: fill the vault from the tenant", `
Example:
  o365-exodus pull --workload mail`),
    runCommand({ name: "push", pull: false, push: true }, "only write: bring what the vault holds to the targets", `
Example:
  o365-exodus push --owner claire@mairie.fr`),
  ];
}

function runCommand(stages: Stages, description: string, examples: string): Command {
  return new Command(stages.name)
    .description(description)
    .option("--owner <name...>", "only these owners")
    .addOption(new Option("--workload <name...>", "only these workloads").choices(WORKLOADS))
    .addOption(routeOption())
    .addOption(new Option("--pass <kind>", "full, delta or cutover; unfinished passes of the same kind go on").choices(["full", "delta", "cutover"]).default("full"))
    .option("--apply-deletions", "also remove at the target what was deleted at the source (only objects that we created)")
    .option("--again", "read the owners that --owner names again, though they were erased from the vault")
    .option("--reroute", "follow the routes also where an earlier run wrote to another target: what stands there stays")
    .option("--max-duration <time>", "stop in time with everything saved, for example 40m", parseDuration)
    .addHelpText("after", examples)
    .action(async (options: RunOptions, command: Command) => {
      if (options.again === true && options.owner === undefined) command.error("error: --again needs --owner / --again demande --owner");
      return framed(command, (frame) => run(frame, stages, options));
    });
}

/** One run from configuration to report; also the body of `demo`'s steps. */
export async function run(frame: Frame, stages: Stages, options: RunOptions): Promise<ExitCode> {
  const { output, stop, governor } = frame;
  const loaded = await frame.loaded();
  const timer = options.maxDuration === undefined ? undefined : setTimeout(() => stop.request("duration"), options.maxDuration);
  timer?.unref();
  const source = stages.pull ? await composeSource(loaded, frame) : undefined;
  const adapters = stages.push ? await composeAdapters(loaded, governor, output.lang) : new Map();
  const workspace = await openWorkspace(loaded);
  const progress = new Progress(output, governor);
  try {
    const { owners, ...known } = source === undefined || options.failed !== undefined ? await knownOwners(loaded, workspace.state) : { owners: source.owners(stop.hard) };
    const { legs, unknown, erased, mistaken, beyond, notOffered, account, facts, left } = await composeLegs(loaded, owners, {
      owners: options.owner, workloads: options.workload, routes: options.route, again: options.again === true, ...known, reroute: options.reroute === true, placements: await placementsOf(workspace.state),
    });
    if (source !== undefined && facts.size > 0) await workspace.state.saveFacts(facts);
    const told = tellFindings(output, { account });
    const refused = await settleErased(output, vaultDir(loaded), erased, options);
    if (stages.push) await workspace.state.saveLeft(left);
    if (options.failed?.missing === true) await missingFails(workspace.state, legs);
    const worked = options.failed === undefined ? legs : (await failedLegs(workspace.state, legs, options.failed.codes, output.lang)).legs;
    if (options.failed !== undefined && worked.length === 0) {
      output.line(output.text.nothingFailed);
      tellUnknown(output, loaded, unknown);
      return unknown.length + tellIdentities(output, mistaken) > 0 || refused ? EXIT.configuration : EXIT.complete;
    }
    const context = await runContext(loaded, workspace, options.pass, { governor, stop, emit: progress.listen, applyDeletions: options.applyDeletions === true });
    const { complete } = await runLegs(context, {
      legs: worked, adapters, parallelLegs: loaded.config.limits.parallelUnits, ...(source === undefined ? {} : { source }),
    });
    progress.stop();
    const units = await unitRows(workspace.state, legs, context.pass.id, output.lang);
    const sums = totals(worked === legs ? units : await unitRows(workspace.state, worked, context.pass.id, output.lang));
    printTotals(output, sums, { pass: context.pass.id, kind: context.pass.kind, complete, unknownOwners: unknown });
    const gaps = printGaps(output, loaded, { notOffered, beyond }, source?.untold?.() ?? []);
    tellUnknown(output, loaded, unknown);
    const problems = tellIdentities(output, mistaken);
    if (stages.push) output.line(output.text.report(await saveReport(loaded, workspace, legs, units, context.pass, complete, output.lang, { gaps, routes: told })));
    if (!complete) {
      if (stop.reason === "duration") output.line(output.text.stoppedByDuration);
      output.line(output.text.goOn(`o365-exodus ${stages.name}${options.pass === "full" ? "" : ` --pass ${options.pass}`}`));
      return stoppedCode(stop);
    }
    return unknown.length + problems > 0 || refused ? EXIT.configuration : exitCodeOfTotals(sums);
  } finally {
    clearTimeout(timer);
    progress.stop();
    for (const adapter of adapters.values()) await adapter.close();
    await source?.close();
    await workspace.close();
  }
}
