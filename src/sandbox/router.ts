import type { IncomingMessage } from "node:http";
import { GraphRefusal, type Answer } from "./answers.js";
import type { Route } from "./odata.js";

interface Compiled {
  readonly route: Route;
  readonly parts: readonly string[];
  /** Literal parts weigh more than parameters: "/users/delta" before "/users/:user". */
  readonly weight: number;
}

/** Finds the route of a Graph path and checks the permission that it needs. */
export class Router {
  readonly #routes: readonly Compiled[];

  constructor(routes: readonly Route[]) {
    this.#routes = routes
      .map((route) => ({ route, parts: route.pattern.split("/").slice(1), weight: route.pattern.split("/").filter((part) => !part.startsWith(":")).length }))
      .sort((a, b) => b.weight - a.weight);
  }

  get patterns(): readonly string[] {
    return this.#routes.map(({ route }) => route.pattern);
  }

  async answer(request: IncomingMessage, url: URL, root: string, roles: readonly string[]): Promise<Answer> {
    const path = url.pathname.slice("/v1.0".length);
    const given = path.split("/").slice(1);
    for (const { route, parts } of this.#routes) {
      const params = matched(parts, given);
      if (params === undefined || route.method !== request.method) continue;
      if (!roles.includes(route.role)) throw denied(route.role);
      return route.handle({ root, path, params, query: url.searchParams, prefer: preferences(request.headers["prefer"]), headers: request.headers });
    }
    throw new GraphRefusal(request.method === "GET" ? 400 : 405, "BadRequest", `Resource not found for the segment '${given.at(-1) ?? ""}'.`);
  }
}

function matched(parts: readonly string[], given: readonly string[]): Record<string, string> | undefined {
  if (parts.length !== given.length) return undefined;
  const params: Record<string, string> = {};
  for (const [index, part] of parts.entries()) {
    const value = given[index] ?? "";
    if (part.startsWith(":")) params[part.slice(1)] = decodeURIComponent(value);
    else if (part !== value && part !== decodeURIComponent(value)) return undefined;
  }
  return params;
}

/** Each workload has its own word for a missing permission. */
function denied(role: string): GraphRefusal {
  if (role.startsWith("Files") || role.startsWith("Sites")) return new GraphRefusal(403, "accessDenied", "Access denied.");
  if (role.startsWith("User") || role.startsWith("Group")) return new GraphRefusal(403, "Authorization_RequestDenied", "Insufficient privileges to complete the operation.");
  return new GraphRefusal(403, "ErrorAccessDenied", "Access is denied. Check credentials and try again.");
}

/** `Prefer` (RFC 7240): several preferences, each a token or token=value. */
function preferences(header: string | string[] | undefined): ReadonlyMap<string, string> {
  const found = new Map<string, string>();
  for (const preference of [header ?? []].flat().join(",").split(",")) {
    const [name = "", value = ""] = preference.split("=");
    if (name.trim() !== "") found.set(name.trim().toLowerCase(), value.trim().replace(/^"|"$/g, ""));
  }
  return found;
}
