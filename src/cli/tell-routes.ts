import { ExodusError } from "../core/errors.js";
import type { CheckResult } from "../core/source.js";
import { hasChoices, NOWHERE, targetsOf, workloadsOf, type ExodusConfig, type RouteConfig } from "../config/schema.js";
import { someNames } from "../lib/some-names.js";
import type { RouteRow } from "../engine/report/model.js";
import type { Legs } from "./legs.js";
import type { Output } from "./output.js";
import type { RouteFinding } from "./route-account.js";

type Told = Pick<Legs, "account">;

/** Prints who goes where, route by route, and what is to be said of it. */
export function tellRoutes(output: Output, config: ExodusConfig, { account }: Told): readonly RouteRow[] {
  if (!hasChoices(config)) return [];
  output.line(output.text.routesHead);
  for (const [index, route] of config.routes.entries()) {
    const owners = account.ownersOf(index + 1);
    output.line(`  ${String(index + 1)}. ${routeText(output, route)}: ${output.text.routeOwners(owners)}`);
    output.record({ type: "route", ...routeRecord(route, index + 1), owners });
  }
  return tellFindings(output, { account });
}

/** Of who is not migrated, or otherwise than the routes say: told even when quiet. */
const LOUD: ReadonlySet<RouteFinding["code"]> = new Set(["ROUTE_MOVED", "ROUTE_UNTOLD", "ROUTE_UNMATCHED", "ROUTE_LEFT", "ROUTE_OWNER_UNLISTED"]);

/** What is to be said of who goes where; answers it as rows of a report, with all names. */
export function tellFindings(output: Output, { account }: Told): readonly RouteRow[] {
  return account.findings.map((finding) => {
    const { message, remedy } = wordsOf(output, finding);
    const text = `  [${finding.code}] ${message} ${remedy}`;
    if (LOUD.has(finding.code)) output.notice(text);
    else output.line(text);
    const { code, workload, owners, params } = finding;
    output.record({ type: "route-finding", code, workload, ...params, owners, message, remedy });
    return { ...(workload === undefined ? {} : { workload }), code, message, remedy, owners };
  });
}

/** The same as lines of `doctor`: nothing of it keeps a run from its work. */
export function* routeChecks(output: Output, { routes }: ExodusConfig, { account }: Told): Iterable<CheckResult> {
  for (const [index, route] of routes.entries()) {
    yield { subject: output.text.route(index + 1), ok: true, code: "ROUTE", message: `${routeText(output, route)}: ${output.text.routeOwners(account.ownersOf(index + 1))}` };
  }
  for (const finding of account.findings) {
    const { message, remedy } = wordsOf(output, finding);
    yield { subject: nameOf(output, finding), ok: true, code: finding.code, message, advice: remedy };
  }
}

function nameOf({ text }: Output, { workload, params }: RouteFinding): string {
  return workload === undefined ? text.route(Number(params["route"])) : text.workloads[workload] ?? workload;
}

function wordsOf(output: Output, finding: RouteFinding): { readonly message: string; readonly remedy: string } {
  const { code, owners, params } = finding;
  const { lang } = output;
  const error = new ExodusError(code, { params: { ...params, workload: nameOf(output, finding), count: owners.length, owners: someNames(owners) } });
  return { message: error.describe(lang), remedy: error.remedy(lang) };
}

function routeText({ text }: Output, route: RouteConfig): string {
  const what = route.workload === "all" ? text.everything : workloadsOf(route).map((name) => text.workloads[name] ?? name).join(", ");
  const { owners, group, kind, where = {} } = route;
  const who = [
    ...(owners === undefined ? [] : [someNames(owners)]), ...(group === undefined ? [] : [`group: ${[group].flat().join(" | ")}`]),
    ...(kind === undefined ? [] : [`kind: ${[kind].flat().join(" | ")}`]), ...Object.entries(where).map(([name, values]) => `${name}: ${[values].flat().join(" | ")}`),
  ];
  return `${what}${who.length === 0 ? "" : ` (${who.join("; ")})`} → ${targetsOf(route).join(", ") || NOWHERE}`;
}

function routeRecord(route: RouteConfig, number: number): Readonly<Record<string, unknown>> {
  const { owners: named, group, kind, where } = route;
  return {
    route: number, workloads: workloadsOf(route), targets: targetsOf(route), ...(named === undefined ? {} : { named }), ...(group === undefined ? {} : { groups: [group].flat() }), ...(kind === undefined ? {} : { kinds: [kind].flat() }), ...(where === undefined ? {} : { where }),
  };
}
