import { ExodusError } from "../core/errors.js";
import { WORKLOADS, type Owner, type WorkloadName } from "../core/item.js";
import type { AskedFacts, OwnerAttribute, OwnerFacts } from "../core/source.js";
import type { IdentityKind } from "./identities.js";
import { isSelective, targetsOf, workloadsOf, type RouteConfig } from "./schema.js";

/** Where one owner's one workload goes. Routes are numbered from 1, as people count them. */
export interface Choice {
  readonly route: number;
  /** Empty: left out on purpose. */
  readonly targets: readonly string[];
  /** Further routes that name this owner, or a group or property of theirs, and were not taken. */
  readonly also: readonly number[];
  /** Nobody knows whether the route is theirs: the directory has not told what it asks. */
  readonly untold?: true;
}

/** What the routes ask of the directory; undefined when they ask nothing. */
export function askedFacts(routes: readonly RouteConfig[]): AskedFacts | undefined {
  const groups = new Set(routes.flatMap(({ group }) => listOf(group)));
  const attributes = new Set(routes.flatMap(({ where = {} }) => Object.keys(where) as OwnerAttribute[]));
  return groups.size + attributes.size === 0 ? undefined : { groups: [...groups], attributes: [...attributes] };
}

/** A workload that a route for everybody takes, although a later one for everybody names other targets for it. Routes are numbered from 1. */
export interface Shadowed {
  readonly workload: WorkloadName;
  readonly route: number;
  readonly also: number;
  readonly to: readonly string[];
}

/** Of routes where all that match were once meant to add their targets, what is taken no more: told, since "the rest" is written the same way. */
export function shadowed(routes: readonly RouteConfig[]): readonly Shadowed[] {
  const open = routes.flatMap((route, index) => (isSelective(route) ? [] : [{ number: index + 1, workloads: workloadsOf(route), targets: targetsOf(route) }]));
  return open.flatMap(({ number, workloads, targets }) => workloads.flatMap((workload) => {
    const taken = open.find((route) => route.workloads.includes(workload));
    const to = targets.filter((target) => taken?.targets.includes(target) === false);
    return taken === undefined || taken.targets.length === 0 || to.length === 0 ? [] : [{ workload, route: taken.number, also: number, to }];
  }));
}

/** Names that routes have and nobody who is listed, each with its routes' numbers; `left`: of a route that leaves people out. */
export class NamedOwners {
  readonly #names = new Map<string, { readonly name: string; readonly route: number; readonly left: boolean }[]>();

  constructor(routes: readonly RouteConfig[]) {
    for (const [index, route] of routes.entries()) {
      for (const name of route.owners ?? []) {
        const key = foldedText(name);
        this.#names.set(key, [...(this.#names.get(key) ?? []), { name, route: index + 1, left: targetsOf(route).length === 0 }]);
      }
    }
  }

  /** Somebody is listed by this name. */
  met(name: string): void {
    this.#names.delete(foldedText(name));
  }

  /** @throws ExodusError ROUTE_NONE_UNKNOWN when a person was to be left out, who would be migrated under the right name. */
  unmet(): ReadonlyMap<number, readonly string[]> {
    const found = new Map<number, string[]>();
    for (const { name, route, left } of [...this.#names.values()].flat()) {
      // Sites, and guests, are not all listed by every configuration: then they are not migrated either.
      if (left && !name.includes("/") && !/#ext#/i.test(name)) throw new ExodusError("ROUTE_NONE_UNKNOWN", { params: { owner: name, route } });
      found.set(route, [...(found.get(route) ?? []), name]);
    }
    return found;
  }
}

/** Whether facts answer all that the routes ask. */
export function answers({ groups, attributes }: OwnerFacts, asked: AskedFacts): boolean {
  return asked.groups.every((group) => groups[group] !== undefined) && asked.attributes.every((attribute) => attributes[attribute] !== undefined);
}

/** Whether a route is for an owner; undefined when nobody has said what the owner is, "untold" when the directory has not answered. */
type Match = boolean | "untold" | undefined;

/** An owner with what was asked about it. */
interface Asked {
  readonly owner: Pick<Owner, "name" | "kind">;
  readonly facts: OwnerFacts | undefined;
  readonly kind: IdentityKind | undefined;
}

/** A route whose names are ready to be compared with those of any number of owners. */
interface Ready {
  readonly route: RouteConfig;
  readonly number: number;
  readonly workloads: ReadonlySet<WorkloadName>;
  matches(asked: Asked): Match;
}

/**
 * Of each workload the first route that matches the owner. A route by kind ends the search where the identity map does not say what somebody is: the next route would
 * take it wrongly, and it stays where it is until the map is made again. `answered`: the source answered these routes, and is not asked now, so that it no longer listed whoever is without an answer.
 * @throws ExodusError ROUTE_FACTS_UNTOLD when a route asks what the directory has not told of the owner, unless `answered`.
 */
export function chooser(routes: readonly RouteConfig[]): (owner: Asked["owner"], facts: OwnerFacts | undefined, kind?: IdentityKind, answered?: boolean) => ReadonlyMap<WorkloadName, Choice> {
  const all = routes.map((route, index): Ready => ({ route, number: index + 1, workloads: new Set(workloadsOf(route)), matches: matcher(route) }));
  return (owner, facts, kind, answered = false) => {
    const candidates = all.map((ready) => ({ ...ready, match: ready.matches({ owner, facts, kind }) })).filter(({ match }) => match !== false);
    const untold = candidates.find(({ match }) => match === "untold");
    if (untold !== undefined && !answered) throw new ExodusError("ROUTE_FACTS_UNTOLD", { params: { owner: owner.name, route: untold.number } });
    const choices = new Map<WorkloadName, Choice>();
    for (const workload of WORKLOADS) {
      const [taken, ...others] = candidates.filter(({ workloads }) => workloads.has(workload));
      if (taken?.match === undefined) continue;
      if (taken.match === "untold") {
        choices.set(workload, { route: taken.number, targets: [], also: [], untold: true });
        continue;
      }
      const also = isSelective(taken.route) ? others.filter(({ route, match }) => match === true && isSelective(route) && String(route.to) !== String(taken.route.to)) : [];
      choices.set(workload, { route: taken.number, targets: targetsOf(taken.route), also: also.map(({ number }) => number) });
    }
    return choices;
  };
}

function matcher(route: RouteConfig): Ready["matches"] {
  const names = route.owners === undefined ? undefined : folded(route.owners);
  const groups = listOf(route.group);
  const wanted = Object.entries(route.where ?? {}).map(([attribute, values]) => ({ attribute: attribute as OwnerAttribute, values: folded(listOf(values)) }));
  const kinds = listOf(route.kind);
  return ({ owner, facts, kind }) => {
    if (names?.has(foldedText(owner.name)) === false) return false;
    // The directory has no entry for a site, and the identity map says only of people what they are.
    if ((route.group !== undefined || route.where !== undefined) && owner.kind === "site") return false;
    if (route.kind !== undefined && owner.kind !== "user") return false;
    const inside = groups.map((group) => facts?.groups[group]);
    if (route.group !== undefined && inside.every((member) => member === false)) return false;
    const told = wanted.map(({ attribute, values }) => ({ value: facts?.attributes[attribute], values }));
    if (told.some(({ value, values }) => value !== undefined && !values.has(foldedText(value)))) return false;
    if ((route.group !== undefined && !inside.includes(true)) || told.some(({ value }) => value === undefined)) return "untold";
    if (route.kind === undefined || (kind !== undefined && kinds.includes(kind))) return true;
    return kind === undefined || kind === "unknown" ? undefined : false;
  };
}

/** Capitals and outer spaces do not matter. */
function foldedText(text: string): string {
  return text.trim().toLowerCase();
}

function folded(texts: readonly string[]): ReadonlySet<string> {
  return new Set(texts.map(foldedText));
}

function listOf(value: string | readonly string[] | undefined): readonly string[] {
  return value === undefined ? [] : typeof value === "string" ? [value] : value;
}
