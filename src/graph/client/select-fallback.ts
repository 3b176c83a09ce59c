import { ExodusError } from "../../core/errors.js";
import type { RequestOptions } from "./client.js";

/** The service's words for a property that its metadata lacks (mguessan/davmail issue 488, microsoftgraph/microsoft-graph-docs issue 9988); types have had other namespaces ("Microsoft.OutlookServices.Message", microsoft-graph-docs issue 11241). */
const UNKNOWN = /Could not find a property named '([\w.]+)' on type '(?:\w+\.)*(\w+)'/;
/** Codes of a refusal that may be one of a property without saying so. */
const MAY_BE: ReadonlySet<string> = new Set(["BadRequest", "ErrorInvalidRequest", "RequestBroker--ParseUri"]);
/** What is told of a property whose type nobody named. */
const SOME_TYPE = "entity";

type Query = NonNullable<RequestOptions["query"]>;

/**
 * Asks again without a property that a cloud refuses in `$select` or `$expand`, and leaves it out from then on. What the cloud is known to lack is not
 * asked for at all, where the request names its type. Readers take an absent property as one that the source does not tell.
 */
export class SelectFallback {
  /** Names that were to be asked and were left out, by type. */
  readonly #leftOut = new Map<string, Set<string>>();
  /** Refused names, by the very question: the same words are asked of the same type. */
  readonly #ofQuestion = new Map<string, Set<string>>();
  /** Questions that were refused for another reason than a property. */
  readonly #refusedOtherwise = new Set<string>();

  /** What the cloud lacks, "type.property": known beforehand, and what it has refused since. */
  readonly #lacks: Set<string>;

  constructor(lacks: ReadonlySet<string> = new Set()) {
    this.#lacks = new Set(lacks);
  }

  /** Grows with each refusal. */
  get lacks(): ReadonlySet<string> {
    return this.#lacks;
  }

  /** Properties that were wanted and not asked for, or refused, so far: "type.property". */
  get all(): readonly string[] {
    return [...this.#leftOut].flatMap(([type, names]) => [...names].map((name) => `${type}.${name}`)).sort();
  }

  leftOut(type: string): readonly string[] {
    return [...(this.#leftOut.get(type) ?? [])].sort();
  }

  async ask<T>(wanted: RequestOptions, call: (options: RequestOptions) => Promise<T>): Promise<T> {
    const { query, type } = wanted;
    if (query === undefined || (query["$select"] === undefined && query["$expand"] === undefined)) return call(wanted);
    const question = `${String(query["$select"])} ${String(query["$expand"])}`;
    for (;;) {
      const asked = without(query, (name) => this.#drops(type, name) || this.#ofQuestion.get(question)?.has(name) === true);
      try {
        return await call({ ...wanted, query: asked });
      } catch (thrown) {
        const told = refusal(thrown);
        const found = told === undefined ? await this.#tried(thrown, question, { ...wanted, query: asked }, call) : [told];
        if (found.length === 0 || !found.every(({ name }) => name !== "id" && namesOf(asked).includes(name))) throw thrown;
        for (const { type: ofType, name } of found) {
          this.#lacks.add(`${ofType}.${name}`);
          added(this.#leftOut, ofType, name);
          added(this.#ofQuestion, question, name);
        }
      }
    }
  }

  /** Where a refusal does not name the property that it is about: each is asked for alone, once the same request is answered without any. */
  async #tried(thrown: unknown, question: string, wanted: RequestOptions, call: (options: RequestOptions) => Promise<unknown>): Promise<readonly Refused[]> {
    const names = terms(String(wanted.query?.["$select"] ?? "")).filter((term) => nameOf(term) !== "id");
    if (!mayBeOfProperty(thrown) || names.length === 0 || this.#refusedOtherwise.has(question)) return [];
    const answers = async (select: string): Promise<boolean> => {
      try {
        await call({ ...wanted, query: { ...wanted.query, $select: select } });
        return true;
      } catch (again) {
        if (!mayBeOfProperty(again)) throw again;
        return false;
      }
    };
    const found: Refused[] = [];
    if (await answers("id")) for (const name of names) if (!(await answers(`id,${name}`))) found.push({ name: nameOf(name), type: wanted.type ?? SOME_TYPE });
    if (found.length === 0) this.#refusedOtherwise.add(question);
    return found;
  }

  #drops(type: string | undefined, name: string): boolean {
    const drops = type !== undefined && this.#lacks.has(`${type}.${name}`);
    if (drops) added(this.#leftOut, type, name);
    return drops;
  }
}

interface Refused {
  readonly name: string;
  readonly type: string;
}

function refusal(thrown: unknown): Refused | undefined {
  if (!(thrown instanceof ExodusError) || thrown.code !== "GRAPH_REFUSED") return undefined;
  const [, name = "", type = ""] = UNKNOWN.exec(String(thrown.params["reason"])) ?? [];
  return name === "" ? undefined : { name, type: `${type.charAt(0).toLowerCase()}${type.slice(1)}` };
}

function mayBeOfProperty(thrown: unknown): boolean {
  return thrown instanceof ExodusError && thrown.code === "GRAPH_REFUSED" && thrown.params["status"] === 400 && MAY_BE.has(String(thrown.params["graphCode"]));
}

/** The query without some names; with nothing left to select, the id alone is. */
function without(query: Query, drops: (name: string) => boolean): Query {
  const kept = (text: string): string => terms(text).filter((term) => !drops(nameOf(term))).join(",");
  return Object.fromEntries(Object.entries(query).flatMap(([option, value]) => {
    if (option === "$select") return [[option, kept(String(value)) || "id"]];
    if (option !== "$expand") return [[option, value]];
    const expand = kept(String(value));
    return expand === "" ? [] : [[option, expand]];
  }));
}

function namesOf(query: Query): readonly string[] {
  return [...terms(String(query["$select"] ?? "")), ...terms(String(query["$expand"] ?? ""))].map(nameOf);
}

/** Terms of a list; a comma within parentheses belongs to its term. */
function terms(list: string): readonly string[] {
  return list.match(/(?:[^,()]|\((?:[^()]|\([^()]*\))*\))+/g) ?? [];
}

function nameOf(term: string): string {
  return term.trim().replace(/[(/].*$/s, "");
}

function added(known: Map<string, Set<string>>, key: string, name: string): void {
  known.set(key, (known.get(key) ?? new Set()).add(name));
}
