import type { Owner, WorkloadName } from "../core/item.js";
import { ExodusError } from "../core/errors.js";
import type { LossReason } from "../core/losses.js";
import type { FoundOwner, OwnerFacts } from "../core/source.js";
import type { LeftTargets } from "../core/state.js";
import { anothersLine, type IdentityFinding } from "../config/identity-checks.js";
import { identitiesOf, type LoadedConfig } from "../config/load.js";
import { chooser, NamedOwners, shadowed } from "../config/routes.js";
import { targetsOf, workloadsOf, type ExodusConfig } from "../config/schema.js";
import type { Leg } from "../engine/run.js";
import { beyond as beyondReader } from "../graph/clouds/beyond.js";
import { CLOUDS } from "../graph/clouds/clouds.js";
import { notOffered, offers, type NotOffered } from "../graph/clouds/features.js";
import { erasedMark, erasedMarks } from "../vault/erasures.js";
import { RouteAccount } from "./route-account.js";
import { goingOn, keeping, type Placements } from "./standing.js";
import { vaultDir } from "./workspace.js";

export interface Legs {
  readonly legs: readonly Leg[];
  /** Routed, and kept by the source from whoever reads. */
  readonly beyond: readonly (Leg & { readonly loss: LossReason })[];
  /** Names of `owners` that the source does not have. */
  readonly unknown: readonly string[];
  /** Chosen, but erased from the vault: no leg reads them, unless `again` was asked for. */
  readonly erased: readonly Owner[];
  /** Chosen, but the line of their name in the identity map is another's: no leg reads them. */
  readonly mistaken: readonly IdentityFinding[];
  /** What the tenant's cloud does not have of the routed workloads: no leg asks for it. */
  readonly notOffered: readonly NotOffered[];
  /** How many owners each route takes, and what is to be told of who goes where. */
  readonly account: RouteAccount;
  /** What routes asked about the chosen owners, by their ids. */
  readonly facts: ReadonlyMap<string, OwnerFacts>;
  /** What a run that writes is to keep of targets that units leave, or come back to. */
  readonly left: readonly LeftTargets[];
}

export interface LegOptions {
  /** Narrow the configuration's owners and workloads for one run. */
  readonly owners?: readonly string[] | undefined;
  readonly workloads?: readonly WorkloadName[] | undefined;
  /** Only what these routes take, counted from 1. */
  readonly routes?: readonly number[] | undefined;
  /** Owners that were erased too. */
  readonly again?: boolean;
  /** What earlier runs wrote where; absent when there is nothing that routes could disagree with. */
  readonly placements?: Placements | undefined;
  /** Goes by the routes alone, wherever earlier runs wrote. */
  readonly reroute?: boolean;
  /** Of owners of the ledger: whether the directory answered these routes before, so that whoever is without an answer goes on where it stands. Absent: the source is asked. */
  readonly answered?: boolean;
}

/** Which owner's which workload goes where: by the first route that matches, but where earlier runs wrote it already (docs/routes.md). */
export async function composeLegs(loaded: LoadedConfig, owners: AsyncIterable<FoundOwner> | Iterable<FoundOwner>, only: LegOptions): Promise<Legs> {
  const { config } = loaded;
  const beyondLast = only.routes?.find((route) => route > config.routes.length);
  if (beyondLast !== undefined) throw new ExodusError("ROUTE_NUMBER", { params: { route: beyondLast, routes: config.routes.length } });
  const identities = await identitiesOf(loaded);
  const names = chosenNames(config, only.owners);
  const chosen = chosenBy(names);
  const missing = new Map([...[...names.values()].flatMap((some) => (some === "all" ? [] : some)), ...routedPeople(config, only.owners)].map((name) => [name.toLowerCase(), name]));
  const marks = await erasedMarks(vaultDir(loaded));
  const erased: Owner[] = [];
  const mistaken: IdentityFinding[] = [];
  const legs: Leg[] = [];
  const beyond: (Leg & { readonly loss: LossReason })[] = [];
  const facts = new Map<string, OwnerFacts>();
  const left: LeftTargets[] = [];
  const account = new RouteAccount();
  for (const route of shadowed(config.routes)) if (only.workloads?.includes(route.workload) !== false) account.shadowed(route);
  const [choose, named] = [chooser(config.routes), new NamedOwners(config.routes)];
  const routed = targetsByWorkload(config);
  const cloud = CLOUDS[config.source?.cloud ?? "global"];
  const wanted = new Map<WorkloadName, Set<Owner["kind"]>>();
  for await (const { facts: told, ...owner } of owners) {
    const name = owner.name.toLowerCase();
    named.met(name);
    if (!chosen(owner)) continue;
    missing.delete(name);
    if (marks.has(erasedMark(owner.id))) {
      erased.push(owner);
      if (only.again !== true) continue;
    }
    if (told !== undefined) facts.set(owner.id, told);
    const row = identities.anothers(owner);
    if (row !== undefined) {
      mistaken.push(anothersLine(row, owner));
      continue;
    }
    const choices = choose(owner, told, identities.kind(owner), only.answered);
    for (const [workload, known] of routed) {
      if ((owner.guest === true || owner.entryOnly === true) && workload !== "directory") continue;
      if (only.workloads !== undefined && !only.workloads.includes(workload)) continue;
      const choice = choices.get(workload);
      if (only.routes !== undefined && !only.routes.some((route) => route === choice?.route)) continue;
      const read = OWNERS_OF[workload].includes(owner.kind);
      const targets = choice?.targets ?? [];
      const unit = { workload, owner: owner.id };
      const settled = choice?.untold === true ? await goingOn(unit, known, only.placements)
        : read ? await keeping(unit, targets, known, only.placements, only.reroute === true && choice !== undefined) : { targets };
      if (settled.leaves !== undefined) left.push({ ...unit, targets: settled.leaves });
      if (read) account.count(owner.name, workload, choice, settled);
      if (choice === undefined || settled.targets.length === 0) continue;
      const leg: Leg = { owner, workload, route: choice.route, targets: settled.targets.map((target) => ({ name: target, account: identities.account(owner, target) ?? owner.name })) };
      wanted.set(workload, (wanted.get(workload) ?? new Set()).add(owner.kind));
      // What keeps a source from being read keeps nothing of what the vault holds already.
      const stands = config.source === undefined;
      if (!stands && !offers(cloud, workload, owner.kind)) continue;
      const loss = stands ? undefined : beyondReader(config.source?.deviceCode === true ? "person" : "application", owner.kind, workload);
      if (loss !== undefined) beyond.push({ ...leg, loss });
      else if (read) legs.push(leg);
    }
  }
  // Owners of the ledger are not all whom the source has, nor is who signs in.
  if (only.answered === undefined && config.source?.deviceCode !== true) for (const [route, names] of named.unmet()) account.unlisted(route, names);
  return {
    legs, beyond, unknown: [...missing.values()], erased, mistaken, notOffered: notOffered(cloud, (workload) => wanted.get(workload) ?? new Set(), new Set(wanted.keys())), account, facts, left,
  };
}

/** The routed workloads, each with every target that a route names for it. */
function targetsByWorkload({ routes }: ExodusConfig): ReadonlyMap<WorkloadName, ReadonlySet<string>> {
  const found = new Map<WorkloadName, Set<string>>();
  for (const route of routes) {
    for (const workload of workloadsOf(route)) {
      const targets = found.get(workload) ?? new Set();
      for (const target of targetsOf(route)) targets.add(target);
      found.set(workload, targets);
    }
  }
  return found;
}

/** Which kinds of owner have it, as far as it is read. */
const OWNERS_OF: Readonly<Record<WorkloadName, readonly Owner["kind"][]>> = {
  mail: ["user", "group"],
  calendar: ["user"],
  contacts: ["user"],
  files: ["user", "group", "site"],
  channels: ["group"],
  chats: ["user"],
  settings: ["user"],
  lists: ["group", "site"],
  pages: ["group", "site"],
  tasks: ["user", "group"],
  notes: ["user", "group", "site"],
  directory: ["user", "group"],
};

/** The owners that the configuration names. */
export function wantedOwners({ config }: LoadedConfig): (owner: Owner) => boolean {
  return chosenBy(chosenNames(config, undefined));
}

type Chosen = ReadonlyMap<Owner["kind"], "all" | readonly string[]>;

function chosenBy(names: Chosen): (owner: Owner) => boolean {
  const ready = new Map([...names].map(([kind, some]) => [kind, some === "all" ? some : new Set(some.map((name) => name.toLowerCase()))] as const));
  return ({ kind, name }) => {
    const some = ready.get(kind);
    return some === "all" || some?.has(name.toLowerCase()) === true;
  };
}

/** Names on the command line go before the configuration, whatever kind of owner they name. */
function chosenNames(config: ExodusConfig, only: readonly string[] | undefined): Chosen {
  return new Map<Owner["kind"], "all" | readonly string[]>([["user", only ?? config.owners], ["group", only ?? listedNames(config.groups)], ["site", only ?? listedNames(config.sites)]]);
}

/** Whom routes name: where one person signs in, a route of others would pass in silence. */
function routedPeople({ source, routes }: ExodusConfig, only: readonly string[] | undefined): readonly string[] {
  return source?.deviceCode === true && only === undefined ? routes.flatMap(({ owners = [] }) => owners) : [];
}

function listedNames(told: "all" | "none" | readonly string[]): "all" | readonly string[] {
  return told === "none" ? [] : told;
}
