import { GraphRefusal, type Answer } from "./answers.js";
import { Edition, type Found } from "./clouds/edition.js";
import type { DelegatedAccess } from "./delegated-access.js";
import type { Access } from "./mailbox-access.js";
import { readToken, type Caller, type GraphRequest, type Route } from "./odata.js";
import { grants } from "./roles.js";

interface Compiled {
  readonly route: Route;
  readonly parts: readonly string[];
  /** Literal parts weigh more than parameters: "/users/delta" before "/users/:user". */
  readonly weight: number;
  readonly found: Found;
}

export interface RouterOptions {
  /** Page size of requests that ask for none. */
  readonly pageSize?: number;
  /** Rows of a page at most where a client only prefers a size. */
  readonly pageMost?: number;
  /** Life of a delta token in milliseconds; endless when absent. */
  readonly tokenLifetimeMs?: number;
  /** Turns another way of naming a thing ("/drives/1/root:/a/b:/children") into the path that a route serves. */
  readonly alias?: (path: string) => string;
  /** The cloud that is served; the complete one when absent. */
  readonly edition?: Edition;
  /** Who may ask for what; by the granted permissions alone when absent. */
  readonly access?: Access;
  /** Who of the people that signed in may ask for what; by the granted permissions alone when absent. */
  readonly delegated?: DelegatedAccess;
  /** Whether a permission for selected sites opens what a path names. */
  readonly selected?: (held: readonly string[], needed: string, params: Readonly<Record<string, string>>) => boolean;
}

/** Finds the route of a Graph path and checks the permission that it needs. */
export class Router {
  readonly #routes: readonly Compiled[];
  readonly #edition: Edition;
  readonly #access: Access;

  constructor(routes: readonly Route[], private readonly options: RouterOptions = {}) {
    this.#edition = options.edition ?? new Edition();
    this.#access = options.access ?? grants;
    this.#routes = routes
      .map((route) => ({ route, found: this.#edition.find(route.pattern), parts: route.pattern.split("/").slice(1), weight: route.pattern.split("/").filter((part) => !part.startsWith(":")).length }))
      .sort((a, b) => b.weight - a.weight);
  }

  async answer({ method, url, headers }: GraphRequest, root: string, { app, roles, user }: Caller): Promise<Answer> {
    // Clients in use join their pieces with two slashes, and Graph takes them for one.
    const asked = ofPerson(url.pathname.slice("/v1.0".length).replace(/\/{2,}/g, "/"), user);
    const path = this.options.alias?.(asked) ?? asked;
    const given = path.split("/").slice(1);
    let served = false;
    for (const { route, parts, found } of this.#routes) {
      const params = matched(parts, given);
      if (params === undefined) continue;
      if (found.missing !== undefined) throw noSegment(found.missing);
      served = true;
      if (route.method !== method) continue;
      if (!this.#allowed({ roles, ...(user === undefined ? {} : { user }) }, route.role, params)) throw denied(route.role);
      this.#refuseOldToken(path, url.searchParams);
      this.#edition.refuse(found.place, url.searchParams);
      const answer = await route.handle({ root, app, ...(user === undefined ? {} : { user }), path, params, query: url.searchParams, prefer: this.#preferences(headers["prefer"], url.searchParams), headers });
      return this.#edition.shown(found.place, answer);
    }
    if (served) throw new GraphRefusal(405, "Request_BadRequest", "Specified HTTP method is not allowed for the request target.");
    throw noSegment(given.at(-1) ?? "");
  }

  #allowed({ roles, user }: Pick<Caller, "roles" | "user">, needed: string, params: Readonly<Record<string, string>>): boolean {
    const { delegated, selected } = this.options;
    if (user !== undefined && delegated !== undefined) return delegated(user, roles, needed, params);
    return this.#access(roles, needed, params["user"]) || selected?.(roles, needed, params) === true;
  }

  /** Sync states live for a limited time (concepts/delta-query-overview, "Token duration"); what is answered then is each workload's own. */
  #refuseOldToken(path: string, query: URLSearchParams): void {
    const { tokenLifetimeMs } = this.options;
    const text = query.get("$deltatoken") ?? query.get("token");
    if (tokenLifetimeMs === undefined || !path.endsWith("/delta") || text === null || text === "latest") return;
    const given = readToken<{ given?: number }>(text)?.given ?? 0;
    if (Date.now() - given > tokenLifetimeMs) throw expired(path);
  }

  /** `Prefer` (RFC 7240): several preferences, each a token or token=value. */
  #preferences(header: string | string[] | undefined, query: URLSearchParams): ReadonlyMap<string, string> {
    const found = new Map<string, string>();
    for (const preference of [header ?? []].flat().join(",").split(",")) {
      const [name = "", value = ""] = preference.split("=");
      if (name.trim() !== "") found.set(name.trim().toLowerCase(), value.trim().replace(/^"|"$/g, ""));
    }
    const { pageSize, pageMost } = this.options;
    if (pageSize !== undefined && !found.has("odata.maxpagesize") && !query.has("$top")) found.set("odata.maxpagesize", String(pageSize));
    const preferred = found.get("odata.maxpagesize");
    if (pageMost !== undefined && preferred !== undefined) found.set("odata.maxpagesize", String(Math.min(Number(preferred), pageMost)));
    return found;
  }
}

/** The answer to a delta token that is too old: drives have a word of their own (api-reference/v1.0/api/driveitem-delta, "Scenarios for Resync"). */
export function expired(path: string): GraphRefusal {
  // And so have lists (listitem-delta, "Response").
  if (path.endsWith("/items/delta")) return new GraphRefusal(410, "resyncChangesApplyDifferences", "Resync required. Replace any local items with the server's version.");
  if (path.endsWith("/root/delta")) return new GraphRefusal(410, "resyncRequired", "Resync required. Replace any local items with the server's version.");
  return new GraphRefusal(410, "SyncStateNotFound", "The sync state generation is not found; start again without a token.");
}

/** `/me` is whoever is signed in. @throws GraphRefusal 400 where nobody is, in the service's own words (msgraph-sdk-php issue 1163). */
function ofPerson(path: string, user: string | undefined): string {
  if (!/^\/me(?:\/|$)/i.test(path)) return path;
  if (user === undefined) throw new GraphRefusal(400, "BadRequest", "/me request is only valid with delegated authentication flow.");
  return `/users/${user}${path.slice("/me".length)}`;
}

function noSegment(segment: string): GraphRefusal {
  return new GraphRefusal(400, "BadRequest", `Resource not found for the segment '${segment}'.`);
}

function matched(parts: readonly string[], given: readonly string[]): Record<string, string> | undefined {
  if (parts.length !== given.length) return undefined;
  const params: Record<string, string> = {};
  for (const [index, part] of parts.entries()) {
    const value = given[index] ?? "";
    if (part.startsWith(":")) params[part.slice(1)] = decoded(value);
    else if (part.toLowerCase() !== value.toLowerCase() && part.toLowerCase() !== decoded(value).toLowerCase()) return undefined;
  }
  return params;
}

/** @throws GraphRefusal 400 for a broken percent sequence. */
export function decoded(segment: string): string {
  try {
    return decodeURIComponent(segment);
  } catch (cause) {
    throw new GraphRefusal(400, "BadRequest", `Badly formed segment '${segment}': ${String(cause)}`);
  }
}

/** Each workload has its own word for a missing permission. */
function denied(role: string): GraphRefusal {
  if (role.startsWith("Files") || role.startsWith("Sites")) return new GraphRefusal(403, "accessDenied", "Access denied.");
  if (/^(?:User|Group(?!-))/.test(role)) return new GraphRefusal(403, "Authorization_RequestDenied", "Insufficient privileges to complete the operation.");
  if (/^(?:Team|Channel|Chat)/.test(role)) return new GraphRefusal(403, "Forbidden", `Missing role permissions on the request. API requires one of '${role}'.`);
  return new GraphRefusal(403, "ErrorAccessDenied", "Access is denied. Check credentials and try again.");
}
