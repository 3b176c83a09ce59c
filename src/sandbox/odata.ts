import { GraphRefusal, type Answer } from "./answers.js";

/** A request to Graph, whether it came alone or in a batch. */
export interface GraphRequest {
  readonly method: string;
  readonly url: URL;
  /** Lower-case names. */
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
}

/** Whom a token stands for. */
export interface Caller {
  /** Id of the app. */
  readonly app: string;
  /** Application permissions, or those delegated to the app. */
  readonly roles: readonly string[];
  /** Object id of who is signed in; absent: the app acts for itself. */
  readonly user?: string;
}

/** A request as the routes see it: path parameters decoded, query by name. */
export interface Call {
  /** Root of this server, without version. */
  readonly root: string;
  /** Id of the app that asks. */
  readonly app: string;
  /** Object id of who is signed in; absent: the app acts for itself. */
  readonly user?: string;
  readonly path: string;
  readonly params: Readonly<Record<string, string>>;
  readonly query: URLSearchParams;
  /** Preferences of the `Prefer` header, lower-case names. */
  readonly prefer: ReadonlyMap<string, string>;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
}

/**
 * One path of Graph. A workload exports a function from the store to its routes (`mailRoutes(store)`, `calendarRoutes(store)`), and
 * `allRoutes` in `service.ts` joins them: a new workload is one more line there. A handler throws `GraphRefusal` for an error in Graph's form.
 */
export interface Route {
  readonly method: "GET" | "POST";
  /** Path with `:name` parts, for example "/users/:user/messages/:message/$value". */
  readonly pattern: string;
  /** Application permission that it needs. */
  readonly role: string;
  /** Applications are refused, whatever permission they hold. */
  readonly delegatedOnly?: boolean;
  handle(call: Call): Promise<Answer>;
}

/** `$select` of an entity: the id always rides along. An unknown name is a 400, as Graph answers it. */
export function select<T extends object>(entity: T, query: URLSearchParams, known?: ReadonlySet<string>): object {
  const wanted = selected(query);
  if (wanted === undefined) return entity;
  for (const name of wanted) {
    if (known !== undefined && !known.has(name)) throw new GraphRefusal(400, "BadRequest", `Parsing OData Select and Expand failed: Could not find a property named '${name}'.`);
  }
  return Object.fromEntries(Object.entries(entity).filter(([name]) => name === "id" || name.startsWith("@") || wanted.has(name)));
}

/** Names of `$select`; undefined when everything is wanted. */
export function selected(query: URLSearchParams): ReadonlySet<string> | undefined {
  const names = query.get("$select")?.split(",").map((name) => name.trim()).filter((name) => name !== "");
  return names === undefined || names.includes("*") ? undefined : new Set(names);
}

/** Query options that would change the answer and are not served: a reader must not believe that they worked. */
export function refuseOptions(call: Call, names: readonly string[], code = "ErrorInvalidUrlQuery"): void {
  const used = names.filter((name) => call.query.has(name));
  if (used.length > 0) throw new GraphRefusal(400, code, `The sandbox does not serve ${used.join(", ")} here.`);
}

/** Page size: `$top`, then `Prefer: odata.maxpagesize`, then the collection's own. */
export function pageSize(call: Call, own: number, most = 1000): number {
  const asked = Number(call.query.get("$top") ?? call.prefer.get("odata.maxpagesize") ?? own);
  return Number.isInteger(asked) && asked > 0 ? Math.min(asked, most) : own;
}

/** Opaque state of a link, with the time at which it was given. */
export function token(state: object): string {
  return Buffer.from(JSON.stringify({ ...state, given: Date.now() })).toString("base64url");
}

export function readToken<T>(text: string | null): T | undefined {
  if (text === null) return undefined;
  try {
    return JSON.parse(Buffer.from(text, "base64url").toString("utf8")) as T;
  } catch (cause) {
    throw new GraphRefusal(400, "BadRequest", "Badly formed token.", { "x-cause": String(cause).replace(/[^\x20-\x7e]/g, "?").slice(0, 40) });
  }
}

/** Link back to the same path: the query's own options stay, the named one is added. */
export function link(call: Call, name: string, state: object, keep = true): string {
  const query = new URLSearchParams(keep ? [...call.query].filter(([key]) => !["$skiptoken", "$deltatoken", "token", "$skip"].includes(key)) : []);
  query.set(name, token(state));
  return `${call.root}/v1.0${call.path}?${query.toString().replace(/%24/g, "$")}`;
}

export function context(call: Call, what: string): string {
  return `${call.root}/v1.0/$metadata#${what}`;
}

/** One page of a collection that fits in memory, by position. */
export async function collection<T>(call: Call, what: string, values: readonly T[], own: number, render: (value: T) => object | Promise<object>): Promise<Answer> {
  const size = pageSize(call, own);
  const from = readToken<{ at: number }>(call.query.get("$skiptoken"))?.at ?? skipped(call);
  const value = await Promise.all(values.slice(from, from + size).map(render));
  const more = from + size < values.length;
  return {
    json: {
      "@odata.context": context(call, what), ...(call.query.get("$count") === "true" ? { "@odata.count": values.length } : {}),
      ...(more ? { "@odata.nextLink": link(call, "$skiptoken", { at: from + size }) } : {}), value,
    },
  };
}

function skipped(call: Call): number {
  const skip = Number(call.query.get("$skip") ?? 0);
  if (!Number.isInteger(skip) || skip < 0) throw new GraphRefusal(400, "BadRequest", "Invalid value for the query option '$skip'.");
  return skip;
}
