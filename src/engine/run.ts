import pLimit from "p-limit";
import type { Adapter } from "../core/adapter.js";
import { asExodusError, ExodusError } from "../core/errors.js";
import type { Owner, WorkloadName } from "../core/item.js";
import type { Source } from "../core/source.js";
import type { Unit } from "../core/state.js";
import { Backlog } from "./backlog.js";
import { failureOf, type RunContext } from "./context.js";
import { pullUnit } from "./pull.js";
import { pushUnit } from "./push.js";

/**
 * So many times more legs are worked on at once where requests wait most of the time (`Workload.waits`). A channel takes a request a second, and four or five one after
 * another at the least: the 60 a second that three applications may make to all of them are the work of nearly a hundred channels.
 */
const WAITING = 6;

/** Where one owner's one workload goes. */
export interface Leg {
  readonly owner: Owner;
  readonly workload: WorkloadName;
  /** Target names of the configuration, with the account that receives the content there. */
  readonly targets: readonly { readonly name: string; readonly account: string }[];
  /** Which route of the configuration, counted from 1. */
  readonly route?: number;
}

export interface RunPlan {
  readonly legs: readonly Leg[];
  /** Absent: nothing is read, the push works on what the vault holds. */
  readonly source?: Source;
  /** Empty: nothing is written, only the vault is filled. */
  readonly adapters: ReadonlyMap<string, Adapter>;
  readonly parallelLegs: number;
}

export interface RunOutcome {
  /** Nothing was left undone on purpose: no stop was asked for. */
  readonly complete: boolean;
}

/**
 * Pulls and pushes all legs, several beside one another. A leg's pushes start while its pull goes on. A source or target that
 * turns out to be unusable as a whole blocks its remaining units, each accounted for; the others go on.
 */
export async function runLegs(context: RunContext, plan: RunPlan): Promise<RunOutcome> {
  context.emit({ type: "run", pass: context.pass.id, kind: context.pass.kind, resumed: context.pass.resumed, units: plan.legs.length });
  const working = pLimit(plan.parallelLegs);
  const waiting = pLimit(plan.parallelLegs * WAITING);
  const dead: Dead = { targets: new Map() };
  const units = new Set(plan.legs.map(({ workload, owner }) => `${workload} ${owner.id}`));
  const run = (leg: Leg): Promise<void> => {
    const limit = plan.source?.workload(leg.workload)?.waits === true ? waiting : working;
    return limit(() => runLeg(context, plan, leg, dead, units));
  };
  const mail = new Map<string, Promise<void>>();
  for (const leg of plan.legs) if (leg.workload === "mail") mail.set(leg.owner.id, run(leg));
  // Rules name mail folders: which ones those are at a target is known once the owner's mail has been put. A place among the legs is taken only then.
  await Promise.all(plan.legs.map(async (leg) => {
    const own = mail.get(leg.owner.id);
    if (leg.workload === "mail") return own;
    if (leg.workload === "settings") await own;
    return run(leg);
  }));
  const complete = !context.stop.soft.aborted;
  if (complete) await context.state.completePass(context.pass.id);
  return { complete };
}

/** Sides found unusable during the run. */
interface Dead {
  source?: ExodusError;
  readonly targets: Map<string, ExodusError>;
}

async function runLeg(context: RunContext, plan: RunPlan, leg: Leg, dead: Dead, units: ReadonlySet<string>): Promise<void> {
  if (context.stop.soft.aborted) return;
  const backlog = new Backlog();
  await context.state.saveOwner(leg.owner);
  const lanes = plan.adapters.size === 0 ? [] : leg.targets.map(({ name, account }) => pushLeg(context, plan, leg, name, account, backlog, dead));
  await Promise.all([pullLeg(context, plan, leg, backlog, dead, units), ...lanes]);
}

async function pullLeg(context: RunContext, plan: RunPlan, leg: Leg, backlog: Backlog, dead: Dead, units: ReadonlySet<string>): Promise<void> {
  const unit = { workload: leg.workload, owner: leg.owner.id };
  if (plan.source === undefined) return backlog.end(await context.state.pulledCompletely(unit), false);
  const workload = plan.source.workload(leg.workload);
  const error = dead.source ?? (workload === undefined ? new ExodusError("WORKLOAD_UNSUPPORTED", { params: { workload: leg.workload, source: plan.source.name } }) : undefined);
  if (error !== undefined || workload === undefined) {
    backlog.end(false);
    return blockLeg(context, { ...unit, target: "" }, error, "pull");
  }
  try {
    await pullUnit(context, leg.owner, workload, backlog, (owner) => units.has(`${leg.workload} ${owner}`));
  } catch (thrown) {
    dead.source ??= asExodusError(thrown);
  }
}

async function pushLeg(context: RunContext, plan: RunPlan, leg: Leg, target: string, account: string, backlog: Backlog, dead: Dead): Promise<void> {
  const unit: Unit = { workload: leg.workload, owner: leg.owner.id, target };
  const adapter = plan.adapters.get(target);
  const supported = adapter?.manifest.workloads[leg.workload];
  const error = dead.targets.get(target)
    ?? (adapter === undefined || supported === undefined || supported.support === "none"
      ? new ExodusError("ROUTE_UNSUPPORTED", { params: { target, workload: leg.workload } }) : undefined);
  if (error !== undefined || adapter === undefined) return blockLeg(context, unit, error, "push");
  try {
    await pushUnit(context, unit, leg.owner, { owner: leg.owner, name: account }, adapter, backlog);
  } catch (thrown) {
    dead.targets.set(target, asExodusError(thrown));
  }
}

async function blockLeg(context: RunContext, unit: Unit, error: ExodusError | undefined, stage: "pull" | "push"): Promise<void> {
  const failure = failureOf(error);
  await context.state.block({ ...unit, container: "*", failure });
  context.emit({ type: "blocked", stage, ...unit, container: "*", failure });
}
