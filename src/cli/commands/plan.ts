import { Command, Option } from "commander";
import pLimit from "p-limit";
import { asExodusError } from "../../core/errors.js";
import { WORKLOADS, type WorkloadName } from "../../core/item.js";
import type { Source } from "../../core/source.js";
import type { Leg } from "../../engine/run.js";
import { boundOf, type Demand } from "../../graph/pace/bound.js";
import { sourceOf } from "../../config/load.js";
import { composeSource } from "../compose.js";
import { clockText } from "../duration.js";
import { EXIT, type ExitCode } from "../exit-codes.js";
import { tellErased } from "../erased-owners.js";
import { framed, tenantSize, type Frame } from "../frame.js";
import { tellIdentities } from "../identity-findings.js";
import { composeLegs } from "../legs.js";
import { routeOption } from "../route-option.js";
import { withPlacements } from "../standing.js";
import { tellRoutes } from "../tell-routes.js";
import { tellUnknown } from "../unknown-owners.js";

interface PlanOptions {
  readonly owner?: readonly string[];
  readonly workload?: readonly WorkloadName[];
  readonly route?: readonly number[];
  readonly explain?: boolean;
}

export function planCommand(): Command {
  return new Command("plan")
    .description("what a run would do, in its order; with --explain the least time that Microsoft's published limits allow, with the arithmetic")
    .option("--owner <name...>", "only these owners")
    .addOption(new Option("--workload <name...>", "only these workloads").choices(WORKLOADS))
    .addOption(routeOption())
    .option("--explain", "count at the source, and show the bound of each workload")
    .addHelpText("after", "\nExamples:\n  o365-exodus plan\n  o365-exodus plan --explain --workload mail")
    .action(async (options: PlanOptions, command: Command) => framed(command, (frame) => plan(frame, options)));
}

/** Prints the units as a run takes them up; reads counts alone, and only with `--explain`. */
async function plan(frame: Frame, options: PlanOptions): Promise<ExitCode> {
  const { output, stop } = frame;
  const loaded = await frame.loaded();
  const source = await composeSource(loaded, frame);
  try {
    const { legs, unknown, erased, mistaken, account } = await withPlacements(loaded, (placements) => composeLegs(loaded, source.owners(stop.hard), { owners: options.owner, workloads: options.workload, routes: options.route, placements }));
    output.line(output.text.planHead(legs.length, loaded.config.limits.parallelUnits));
    for (const [index, { owner, workload, targets, route }] of legs.entries()) {
      output.line(`  ${index + 1}. ${owner.name}  ${output.text.workloads[workload] ?? workload} → ${targets.map(({ name }) => name).join(", ")}`);
      output.record({ type: "plan", order: index + 1, owner: owner.name, workload, targets: targets.map(({ name }) => name), accounts: targets.map(({ account: name }) => name), route });
    }
    tellRoutes(output, loaded.config, { account });
    if (options.explain === true) await explainBound(frame, source, legs);
    tellErased(output, erased);
    tellUnknown(output, loaded, unknown);
    const problems = tellIdentities(output, mistaken);
    return unknown.length + problems > 0 ? EXIT.configuration : EXIT.complete;
  } finally {
    await source.close();
  }
}

async function explainBound(frame: Frame, source: Source, legs: readonly Leg[]): Promise<void> {
  const { output, stop } = frame;
  const loaded = await frame.loaded();
  const { config } = loaded;
  const configured = sourceOf(loaded);
  const limit = pLimit(config.limits.parallelUnits);
  const demands = await Promise.all(legs.map((leg) => limit(() => demandOf(source, leg, stop.hard))));
  const counted = demands.filter((demand) => demand !== undefined);
  const { milliseconds, lines } = boundOf(counted, {
    ...tenantSize(configured), apps: 1 + configured.apps.length, spreadFiles: configured.spreadFiles, versions: configured.versions > 0,
  });
  output.line(output.text.boundHead);
  for (const line of lines) {
    output.line(`  ${output.text.workloads[line.workload] ?? line.workload}: ${line.arithmetic}`);
    output.record({ type: "bound", ...line });
  }
  const uncounted = [...new Set(counted.filter(({ items }) => items === undefined).map(({ workload }) => output.text.workloads[workload] ?? workload))];
  if (uncounted.length > 0) output.line(output.text.boundUncounted(uncounted.join(", ")));
  if (counted.length < legs.length) output.line(output.text.boundBlocked(legs.length - counted.length));
  output.line(output.text.boundTotal(clockText(milliseconds)));
  output.record({ type: "bound-total", milliseconds, units: legs.length, counted: counted.length });
}

/** Undefined for what cannot be counted: `audit` and `doctor` say why. */
async function demandOf(source: Source, { owner, workload }: Leg, signal: AbortSignal): Promise<Demand | undefined> {
  try {
    const { containers, items } = (await source.workload(workload)?.inventory(owner, signal)) ?? { containers: 0, items: 0 };
    return { workload, owner: owner.name, containers, libraries: owner.kind !== "user", ...(items === undefined ? {} : { items }) };
  } catch (thrown) {
    const { errorClass, code } = asExodusError(thrown);
    if (errorClass === "fatal-config" || code === "INTERRUPTED") throw thrown;
    return undefined;
  }
}
