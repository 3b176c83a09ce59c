import type { CheckClient, Reply } from "./client.js";
import type { Csdl, Target, Violation } from "./csdl.js";
import { emptyShape, learn, type Shape } from "./samples.js";

/** What became of one route. */
export interface RouteResult {
  readonly pattern: string;
  /** Good answers, and answers in Graph's error form (a contact without photo, the content of a folder). */
  answered: number;
  refused: number;
  readonly shape: Shape;
}

/** Paths asked per route, spread over all that there are, and pages followed per list. */
const MOST_PATHS = 60;
const MOST_PAGES = 40;
/** Paths asked once more for one sample's query. */
const MOST_ASKED = 20;
/** Small, so that lists have next links. */
const PAGE = "odata.maxpagesize=4";
const WINDOW = "startDateTime=2020-01-01T00:00:00Z&endDateTime=2030-01-01T00:00:00Z";

/** What a library tells of a file, which no drive tells by itself. */
const LIBRARY = "?$select=id,publication,listItem&$expand=listItem($expand=fields)";
/** Queries that bring what a plain answer leaves out, by type: a series' two properties, and what belongs to a task. */
const WANTED: Readonly<Record<string, string>> = {
  "microsoft.graph.event": "$select=subject,start,end,type,cancelledOccurrences&$expand=exceptionOccurrences",
  "microsoft.graph.todoTask": "$expand=checklistItems,linkedResources",
  "microsoft.graph.plannerTask": "$expand=details",
};

/** Asks every route of the server for everything that the tenant has, and judges each answer. */
export class Crawl {
  readonly results: RouteResult[] = [];
  readonly violations: Violation[] = [];
  requests = 0;
  /** Ids by the concrete collection that listed them, and by type. */
  readonly #listed = new Map<string, Set<string>>();
  readonly #ofType = new Map<string, Set<string>>();

  constructor(private readonly client: CheckClient, private readonly csdl: Csdl) {}

  /** `patterns`: GET routes with `:name` keys. Short ones first, so that the ids for the longer ones are known. */
  async run(patterns: readonly string[]): Promise<void> {
    // A function beside a key may be the one that lists ("/sites/getAllSites" before "/sites/:site").
    const endsInKey = (pattern: string): number => Number(/\/:\w+$/.test(pattern));
    const ordered = [...patterns].sort((a, b) => a.split("/").length - b.split("/").length || endsInKey(a) - endsInKey(b) || a.localeCompare(b));
    const early = ordered.filter((pattern) => this.csdl.resolve(pattern) !== undefined && pattern.split("/")[1] === "users");
    // Drives are listed below their users only: what a user owns is walked before what hangs on nobody.
    for (const pattern of new Set([...ordered.filter((entry) => /^\/(?:users|groups)$/.test(entry)), ...early, ...ordered])) {
      this.results.push({ pattern, answered: 0, refused: 0, shape: emptyShape() });
      if (this.csdl.absent(pattern)) await this.#absent(pattern);
      else if (this.csdl.resolve(pattern) === undefined) this.violations.push({ where: pattern, problem: "the metadata has no such path" });
    }
    // A longer path may list what a shorter one asks for ("/planner/plans/:plan/tasks", "/planner/tasks/:task"): what had nothing to ask is asked again.
    for (let round = 0; round < 2; round += 1) for (const result of this.results) if (result.answered + result.refused === 0) await this.#ask(result, patterns);
  }

  /** What a route answers to a sample's own `$select` and `$expand`; undefined where the sandbox serves none of it. */
  async askedAs(pattern: string, patterns: readonly string[], query: string): Promise<Shape | undefined> {
    const [target, result] = [this.csdl.resolve(pattern), { pattern, answered: 0, refused: 0, shape: emptyShape() }];
    if (target === undefined) return undefined;
    for (const path of this.#paths(pattern, patterns).slice(0, MOST_ASKED)) {
      let link: string | undefined = `${path}${query}${needsWindow(path) ? `&${WINDOW}` : ""}`;
      for (let page = 0; page < MOST_PAGES && link !== undefined; page += 1) {
        const reply: Reply = await this.client.get(link);
        this.requests += 1;
        if (!this.#judge(result, target, path, reply)) break;
        const next = (reply.json as Record<string, unknown>)["@odata.nextLink"];
        link = typeof next === "string" ? next : undefined;
      }
    }
    return result.answered === 0 ? undefined : result.shape;
  }

  async #ask(result: RouteResult, patterns: readonly string[]): Promise<void> {
    const target = this.csdl.resolve(result.pattern);
    if (target === undefined) return;
    const paths = this.#paths(result.pattern, patterns);
    for (const path of paths) await this.#visit(result, target, path);
    if (paths[0] !== undefined && target.type !== "Edm.Stream") await this.#unselectable(target, paths[0]);
    if (result.answered === 0 && result.refused > 0) this.violations.push({ where: result.pattern, problem: "every request was refused" });
  }

  /** Concrete paths of a pattern: a key takes the ids that its collection listed; where no route lists the collection, those seen elsewhere. */
  #paths(pattern: string, patterns: readonly string[]): readonly string[] {
    let paths = [""];
    let walked = "";
    for (const segment of pattern.split("/").slice(1)) {
      const [collection, type] = [walked, this.csdl.resolve(walked)?.type ?? ""];
      walked += `/${segment}`;
      paths = paths.flatMap((path) => {
        if (!segment.startsWith(":")) return [`${path}/${segment}`];
        const ids = this.#listed.get(path) ?? (patterns.includes(collection) ? new Set<string>() : this.#near(path, type));
        return [...ids].map((id) => `${path}/${encodeURIComponent(id)}`);
      });
    }
    return paths.filter((_, index) => index % Math.ceil(paths.length / MOST_PATHS) === 0);
  }

  /** Ids of a type that were listed below the same root entity ("/drives/{id}"), or anywhere. */
  #near(path: string, type: string): ReadonlySet<string> {
    const all = this.#ofType.get(type) ?? new Set<string>();
    const root = `${path.split("/").slice(0, 3).join("/")}/`;
    const below = [...this.#listed].filter(([collection]) => collection.startsWith(root)).flatMap(([, ids]) => [...ids].filter((id) => all.has(id)));
    return below.length > 0 ? new Set(below) : all;
  }

  async #visit(result: RouteResult, target: Target, path: string): Promise<void> {
    const query = needsWindow(path) ? `?${WINDOW}` : /\/lists\/[^/]+\/items(?:\/delta|\/[^/]+\/versions)?$/.test(path) ? "?$expand=fields" : /^\/drives\/[^/]+\/items\/[^/]+$/.test(path) ? LIBRARY : "";
    let link: string | undefined = `${path}${query}`;
    let tracked = false;
    for (let page = 0; page < MOST_PAGES && link !== undefined; page += 1) {
      const reply = await this.client.get(link, PAGE);
      this.requests += 1;
      if (!this.#judge(result, target, path, reply)) return;
      const body = (reply.json ?? {}) as Record<string, unknown>;
      const [next, delta] = [body["@odata.nextLink"], body["@odata.deltaLink"]];
      // A delta is asked once more after its first round.
      link = typeof next === "string" ? next : typeof delta === "string" && !tracked ? delta : undefined;
      tracked ||= typeof delta === "string";
    }
    await this.#asked(result, target, path);
  }

  /** What this cloud does not have is refused in the service's words, whatever the key. */
  async #absent(pattern: string): Promise<void> {
    await this.#refused(pattern.replace(/:\w+/g, "x"), "Resource not found for the segment");
  }

  async #unselectable(target: Target, path: string): Promise<void> {
    for (const name of this.csdl.lacking(target.type)) await this.#refused(`${path}?$select=${name}`, `Could not find a property named '${name}'`);
  }

  async #refused(path: string, words: string): Promise<void> {
    const { status, json } = await this.client.get(path);
    this.requests += 1;
    const message = (json as { error?: { message?: unknown } } | undefined)?.error?.message;
    if (status !== 400 || typeof message !== "string" || !message.includes(words)) this.violations.push({ where: path, problem: `answered ${status} ${String(message)}, and is not in this cloud` });
  }

  /** Some properties answer only when asked for by name, of one thing. */
  async #asked(result: RouteResult, target: Target, path: string): Promise<void> {
    const wanted = target.many ? undefined : WANTED[target.type];
    if (wanted === undefined || this.csdl.lacking(target.type).some((name) => wanted.includes(name))) return;
    const reply = await this.client.get(`${path}?${wanted}`, 'outlook.timezone="Romance Standard Time"');
    this.requests += 1;
    this.#judge(result, target, `${path} (asked by name)`, reply);
  }

  #judge(result: RouteResult, target: Target, where: string, reply: Reply): boolean {
    const { json, status } = reply;
    if (status >= 400) {
      const error = (json as { error?: { code?: unknown; message?: unknown } } | undefined)?.error;
      if (typeof error?.code !== "string" || typeof error.message !== "string") this.violations.push({ where, problem: `${status} without Graph's error form` });
      if (status >= 500 || status === 401 || status === 403) this.violations.push({ where, problem: `answered ${status} ${String(error?.code)}` });
      result.refused += 1;
      return false;
    }
    result.answered += 1;
    if (target.type === "Edm.Stream") {
      // Resources of OneNote are listed nowhere: pages name them.
      for (const [, collection = "", id = ""] of (reply.html ?? "").matchAll(/\/v1\.0(\/[^"']+\/resources)\/([^/"']+)\//g)) this.#add(this.#listed, collection, id);
      return false;
    }
    learn(result.shape, json);
    if (typeof json !== "object" || json === null) {
      this.violations.push({ where, problem: "no JSON" });
      return false;
    }
    this.#body(target, where, json as Record<string, unknown>);
    return true;
  }

  #body(target: Target, where: string, body: Record<string, unknown>): void {
    if (typeof body["@odata.context"] !== "string") this.violations.push({ where, problem: "no @odata.context" });
    if (!target.many) {
      this.#remember(target.type, undefined, body);
      this.csdl.check(target.type, body, where, this.violations);
      return;
    }
    const { value, "@odata.nextLink": next, "@odata.deltaLink": delta } = body;
    if (next !== undefined && delta !== undefined) this.violations.push({ where, problem: "both nextLink and deltaLink" });
    if (/\/delta$/.test(where) && next === undefined && delta === undefined) this.violations.push({ where, problem: "neither nextLink nor deltaLink" });
    for (const name of Object.keys(body)) if (name !== "value" && !name.startsWith("@odata.")) this.violations.push({ where: `${where}/${name}`, problem: "not a key of a collection" });
    if (!Array.isArray(value)) {
      this.violations.push({ where, problem: "no value array" });
      return;
    }
    for (const [index, entity] of (value as unknown[]).entries()) {
      this.#remember(target.type, where, entity);
      this.csdl.check(target.type, entity, `${where}[${index}]`, this.violations);
    }
  }

  #remember(type: string, collection: string | undefined, entity: unknown): void {
    const id = (entity as { id?: unknown } | null)?.id;
    if (typeof id !== "string") return;
    this.#add(this.#ofType, type, id);
    if (collection === undefined) return;
    this.#add(this.#listed, collection, id);
    // The default contact folder is not listed: its contacts name it.
    const parent = (entity as { parentFolderId?: unknown }).parentFolderId;
    if (type === "microsoft.graph.contact" && typeof parent === "string" && /^\/users\/[^/]+\/contacts$/.test(collection)) this.#add(this.#listed, collection.replace(/contacts$/, "contactFolders"), parent);
  }

  #add(known: Map<string, Set<string>>, key: string, value: string): void {
    known.set(key, (known.get(key) ?? new Set()).add(value));
  }
}

/** Events are listed between two instants there. */
function needsWindow(path: string): boolean {
  return /\/(?:calendarView(?:\/delta)?|instances)$/.test(path);
}
