import type { WorkloadName } from "../core/item.js";
import type { Choice, Shadowed } from "../config/routes.js";
import type { Settled } from "./standing.js";

export type RouteFindingCode = "ROUTE_UNMATCHED" | "ROUTE_UNTOLD" | "ROUTE_TWICE" | "ROUTE_MOVED" | "ROUTE_LEFT" | "ROUTE_SHADOWED" | "ROUTE_OWNER_UNLISTED";

/** One thing to be told: about a workload of some owners, of everybody where none is named, or about names of a route. */
export interface RouteFinding {
  readonly code: RouteFindingCode;
  readonly workload?: WorkloadName;
  readonly owners: readonly string[];
  readonly params: Readonly<Record<string, string | number>>;
}

/** Who goes where, in few lines however many owners there are. */
export class RouteAccount {
  readonly #owners = new Map<number, { readonly count: number; readonly last: string }>();
  readonly #findings = new Map<string, RouteFinding & { readonly owners: string[] }>();

  /** One owner's one workload, the route that takes it, if any, and where it stands already. */
  count(owner: string, workload: WorkloadName, choice: Choice | undefined, { standing, held = false, nothing = false }: Settled): void {
    if (choice?.untold === true) {
      if (!nothing) this.#tell("ROUTE_UNTOLD", workload, owner, { route: choice.route });
      return;
    }
    if (standing !== undefined) this.#tell(held ? "ROUTE_MOVED" : "ROUTE_LEFT", workload, owner, { from: standing.join(", "), to: choice?.targets.join(", ") ?? "" });
    if (choice === undefined) {
      if (standing === undefined) this.#tell("ROUTE_UNMATCHED", workload, owner, {});
      return;
    }
    // Owners come one after another, each with all its workloads.
    const { count, last } = this.#owners.get(choice.route) ?? { count: 0, last: undefined };
    this.#owners.set(choice.route, { count: last === owner ? count : count + 1, last: owner });
    if (choice.also.length > 0) this.#tell("ROUTE_TWICE", workload, owner, { route: choice.route, also: choice.also.join(", ") });
  }

  /** What the routes themselves say otherwise than may be meant. */
  shadowed({ workload, route, also, to }: Shadowed): void {
    this.#add({ code: "ROUTE_SHADOWED", workload, owners: [], params: { route, also, to: to.join(", ") } });
  }

  unlisted(route: number, owners: readonly string[]): void {
    this.#add({ code: "ROUTE_OWNER_UNLISTED", owners, params: { route } });
  }

  /** Owners of a route, of whichever of its workloads. */
  ownersOf(route: number): number {
    return this.#owners.get(route)?.count ?? 0;
  }

  get findings(): readonly RouteFinding[] {
    return [...this.#findings.values()];
  }

  #tell(code: RouteFindingCode, workload: WorkloadName, owner: string, params: RouteFinding["params"]): void {
    this.#add({ code, workload, owners: [owner], params });
  }

  #add({ owners, ...finding }: RouteFinding): void {
    const key = JSON.stringify(finding);
    const known = this.#findings.get(key) ?? { ...finding, owners: [] };
    known.owners.push(...owners);
    this.#findings.set(key, known);
  }
}
