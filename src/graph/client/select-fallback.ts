import { ExodusError } from "../../core/errors.js";
import type { RequestOptions } from "./client.js";

/** The service's words for a property that its metadata lacks (mguessan/davmail issue 488, microsoftgraph/microsoft-graph-docs issue 9988). */
const UNKNOWN = /Could not find a property named '([\w.]+)' on type '(?:microsoft\.graph\.)?([\w.]+)'/;

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
        const found = refusal(thrown);
        if (found === undefined || found.name === "id" || !namesOf(asked).includes(found.name)) throw thrown;
        this.#lacks.add(`${found.type}.${found.name}`);
        added(this.#leftOut, found.type, found.name);
        added(this.#ofQuestion, question, found.name);
      }
    }
  }

  #drops(type: string | undefined, name: string): boolean {
    const drops = type !== undefined && this.#lacks.has(`${type}.${name}`);
    if (drops) added(this.#leftOut, type, name);
    return drops;
  }
}

function refusal(thrown: unknown): { readonly name: string; readonly type: string } | undefined {
  if (!(thrown instanceof ExodusError) || thrown.code !== "GRAPH_REFUSED") return undefined;
  const [, name = "", type = ""] = UNKNOWN.exec(String(thrown.params["reason"])) ?? [];
  return name === "" ? undefined : { name, type };
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
