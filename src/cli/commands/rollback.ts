import { Command, Option } from "commander";
import type { Adapter } from "../../core/adapter.js";
import { ExodusError } from "../../core/errors.js";
import { WORKLOADS, type Owner, type WorkloadName } from "../../core/item.js";
import type { Unit } from "../../core/state.js";
import { anothersLine, type IdentityFinding } from "../../config/identity-checks.js";
import { identitiesOf } from "../../config/load.js";
import { ROLLED_BACK, rollbackUnit, type RolledBack } from "../../engine/rollback.js";
import { explainFailure } from "../../engine/summary.js";
import { isCalled } from "../../lib/owner-name.js";
import { composeAdapters } from "../compose.js";
import { EXIT, exitCodeOfCode, type ExitCode } from "../exit-codes.js";
import { framed, stoppedCode, type Frame } from "../frame.js";
import { tellIdentities } from "../identity-findings.js";
import { tellUnknown } from "../unknown-owners.js";
import { openWorkspace, runContext, vaultExists, type Workspace } from "../workspace.js";

interface RollbackOptions {
  readonly owner: readonly string[];
  readonly workload?: readonly WorkloadName[];
  readonly target?: readonly string[];
  readonly all?: boolean;
  readonly yes?: boolean;
}

interface Placed {
  readonly owner: Owner;
  readonly unit: Unit;
  readonly objects: number;
}

/** The way back of a pilot: the targets lose what they got, the vault keeps it. */
export function rollbackCommand(): Command {
  return new Command("rollback")
    .description("take back from the targets what was put there for the named owners; the vault keeps everything")
    .requiredOption("--owner <name...>", "whose")
    .addOption(new Option("--workload <name...>", "only these workloads").choices(WORKLOADS))
    .option("--target <name...>", "only at these targets, also ones that no route names any more")
    .option("--all", "also what people have changed there since, what cannot be read again to compare, and what stood there before")
    .option("-y, --yes", "do it; without it, only tell what would be taken back")
    .addHelpText("after", `
Only objects that the ledger names are removed, each only where it still is as it was put, and folders that were made for them once nothing is in them.
What the next migrate routes there is put there again: change the routes first.

Examples:
  o365-exodus rollback --owner claire@mairie.fr                          what would go
  o365-exodus rollback --owner claire@mairie.fr --yes
  o365-exodus rollback --owner claire@mairie.fr --target pilote --yes    after a change of target`)
    .action(async (options: RollbackOptions, command: Command) => framed(command, (frame) => rollback(frame, options)));
}

async function rollback(frame: Frame, options: RollbackOptions): Promise<ExitCode> {
  const { output } = frame;
  const { text } = output;
  const loaded = await frame.loaded();
  if (!(await vaultExists(loaded))) {
    output.line(text.nothingYet);
    return EXIT.complete;
  }
  for (const name of options.target ?? []) {
    if (loaded.config.targets[name] === undefined) throw new ExodusError("CONFIG_ROUTE", { params: { target: name, known: Object.keys(loaded.config.targets).join(", ") } });
  }
  const workspace = await openWorkspace(loaded);
  try {
    const identities = await identitiesOf(loaded);
    const { placed, unknown, mistaken } = await standing(workspace, options, identities);
    tellUnknown(output, loaded, unknown);
    const problems = unknown.length + tellIdentities(output, mistaken);
    for (const { owner, unit, objects } of placed) {
      output.line(text.rollbackOf(owner.name, text.workloads[unit.workload] ?? unit.workload, unit.target, objects));
      if (options.yes !== true) output.record({ type: "would-roll-back", ownerName: owner.name, workload: unit.workload, target: unit.target, objects });
    }
    if (placed.length === 0) output.line(text.nothingToRollBack);
    else if (options.yes !== true) output.line(text.rollbackConfirm);
    else {
      const code = await carryOut(frame, workspace, placed, identities, options.all === true);
      if (code !== EXIT.complete) return code;
    }
    return problems > 0 ? EXIT.configuration : EXIT.complete;
  } finally {
    await workspace.close();
  }
}

type Identities = Awaited<ReturnType<typeof identitiesOf>>;

async function carryOut(frame: Frame, workspace: Workspace, placed: readonly Placed[], identities: Identities, all: boolean): Promise<ExitCode> {
  const { output, stop, governor } = frame;
  const { text } = output;
  const pass = await workspace.state.lastPass();
  if (pass === undefined) return EXIT.complete;
  const loaded = await frame.loaded();
  const adapters = await composeAdapters(loaded, governor, output.lang, placed.map(({ unit }) => unit.target));
  try {
    const context = await runContext(loaded, workspace, pass.kind, { governor, stop, emit: () => undefined, applyDeletions: false, pass });
    const sums: Record<RolledBack, number> = { removed: 0, gone: 0, found: 0, changed: 0, unverifiable: 0, failed: 0 };
    const codes: string[] = [];
    for (const { owner, unit } of placed) {
      if (stop.soft.aborted) break;
      const account = { owner, name: identities.account(owner, unit.target) ?? owner.name };
      // composeAdapters makes each that is named, or throws.
      const { counts, containersLeft, failures } = await rollbackUnit(context, unit, owner, account, adapters.get(unit.target) as Adapter, {
        all,
        tell(row, end, failure) {
          const why = failure === undefined ? undefined : explainFailure(failure, output.lang);
          if (end !== "gone") output.line(`  ${row.title}: ${text.rolledBack[end]}${why === undefined ? "" : ` [${why.code}] ${why.message}`}`);
          output.record({ type: "item", stage: "rollback", owner: owner.id, workload: unit.workload, target: unit.target, id: row.id, title: row.title, state: end, ...(why === undefined ? {} : { failure: why }) });
        },
      });
      for (const end of ROLLED_BACK) sums[end] += counts[end];
      if (containersLeft > 0) output.line(`  ${text.containersLeft(containersLeft)}`);
      for (const { code, message, remedy } of failures.map((failure) => explainFailure(failure, output.lang))) {
        codes.push(code);
        output.line(`  ${text.blocked}: [${code}] ${message}\n  ${text.remedy} ${remedy}`);
        output.record({ type: "blocked", stage: "rollback", owner: owner.id, workload: unit.workload, target: unit.target, code, message, remedy });
      }
    }
    output.line(ROLLED_BACK.filter((end) => sums[end] > 0).map((end) => `${sums[end]} ${text.rolledBack[end]}`).join(", ") || "0");
    output.record({ type: "rollback", ...sums });
    if (stop.soft.aborted) return stoppedCode(stop);
    const first = codes.map(exitCodeOfCode).find((code) => code !== EXIT.internal);
    return first ?? (codes.length + sums.failed + sums.changed + sums.found + sums.unverifiable > 0 ? EXIT.partial : EXIT.complete);
  } finally {
    for (const adapter of adapters.values()) await adapter.close();
  }
}

/** What stands where for the named owners, whatever the routes say now; but not of whoever's line of the identity map is another's, whose account it may be. */
async function standing(
  { state }: Workspace, { owner: names, workload, target }: RollbackOptions, identities: Identities,
): Promise<{ readonly placed: readonly Placed[]; readonly unknown: readonly string[]; readonly mistaken: readonly IdentityFinding[] }> {
  const owners = await state.owners();
  const targets = (await state.placedTargets()).filter((name) => target?.includes(name) !== false);
  const placed: Placed[] = [];
  const mistaken: IdentityFinding[] = [];
  for (const owner of owners.filter((one) => names.some((name) => isCalled(one, name)))) {
    const row = identities.anothers(owner);
    if (row !== undefined) {
      mistaken.push(anothersLine(row, owner));
      continue;
    }
    for (const unit of targets.flatMap((name) => (workload ?? WORKLOADS).map((each): Unit => ({ owner: owner.id, workload: each, target: name })))) {
      if (await state.hasPlacement(unit)) placed.push({ owner, unit, objects: await state.standingCount(unit) });
    }
  }
  return { placed, unknown: names.filter((name) => !owners.some((owner) => isCalled(owner, name))), mistaken };
}
