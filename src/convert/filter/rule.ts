import type { Loss } from "../../core/item.js";
import type { FolderRef, MessageRuleRecord } from "../../format/settings.js";

type Predicates = MessageRuleRecord["conditions"];
type Address = NonNullable<Predicates["fromAddresses"]>[number];

/** One test of a header, as filters of Twake Mail have it. */
export interface Test {
  readonly field: string;
  readonly how: "contains" | "equals";
  readonly value: string;
  readonly not: boolean;
}

/** A rule that such a filter can be given; what it leaves of the source's is in `losses`. */
interface PlainRule {
  readonly name: string;
  readonly all: boolean;
  readonly tests: readonly Test[];
  readonly move: FolderRef | undefined;
  readonly copy: FolderRef | undefined;
  readonly read: boolean;
  readonly important: boolean;
  readonly categories: readonly string[];
  readonly losses: readonly Loss[];
}

type Asked = readonly Pick<Test, "field" | "how" | "value">[] | undefined;

const PREDICATES: Readonly<Record<string, (value: never) => Asked>> = {
  subjectContains: (texts: readonly string[]) => each(texts, "subject"),
  senderContains: (texts: readonly string[]) => each(texts, "from"),
  recipientContains: (texts: readonly string[]) => each(texts, "recipient"),
  fromAddresses: (people: readonly Address[]) => addresses(people, "from"),
  sentToAddresses: (people: readonly Address[]) => addresses(people, "recipient"),
  headerContains: (texts: readonly string[]) => {
    const named = texts.map((text) => /^([A-Za-z][A-Za-z0-9-]*):\s*(.+)$/s.exec(text));
    return named.some((match) => match === null) ? undefined : named.flatMap((match) => [{ field: `header:${match?.[1] ?? ""}`, how: "contains" as const, value: match?.[2] ?? "" }]);
  },
};

/** Fields whose words are compared with their capitals (apache/james-project@20bf8083, mailet/filter/ContentMatcher.java: addresses without). */
const CAPITALS = /^(subject|header:)/;
const SAID = new Set(["moveToFolder", "copyToFolder", "assignCategories", "markAsRead", "markImportance"]);
const DELETES: readonly (keyof MessageRuleRecord["actions"])[] = ["delete", "permanentDelete"];

/**
 * A rule in the terms of a filter that joins all its tests by one AND or one OR, knows no end of processing and no rule that is switched off (jmapFilters.adoc). Undefined where
 * it would catch other mail than at the source, or where it deletes: which rules come before it would decide of a message's life, and that cannot be said.
 */
export function plainRule(rule: MessageRuleRecord): PlainRule | undefined {
  const { actions } = rule;
  if (!rule.enabled || rule.hasError || DELETES.some((field) => actions[field] === true) || actions.moveToFolder?.role === "trash") return undefined;
  const [conditions, exceptions] = [asked(rule.conditions), asked(rule.exceptions)];
  if (conditions === undefined || exceptions === undefined || conditions.length === 0) return undefined;
  const single = conditions.every((values) => values.length === 1);
  if (!single && (conditions.length > 1 || exceptions.length > 0)) return undefined;
  const tests = [...conditions.flat().map((test) => ({ ...test, not: false })), ...exceptions.flat().map((test) => ({ ...test, not: true }))];
  const important = actions.markImportance === "high";
  const said = { move: actions.moveToFolder, copy: actions.copyToFolder, read: actions.markAsRead === true, important, categories: actions.assignCategories ?? [] };
  if (said.move === undefined && said.copy === undefined && !said.read && !important && said.categories.length === 0) return undefined;
  const unsaid = Object.keys(actions).filter((field) => !isEmpty(actions[field]) && (!SAID.has(field) || (field === "markImportance" && !important)));
  return {
    name: rule.name, all: single, tests, ...said,
    losses: [
      ...(tests.some(({ field, value }) => CAPITALS.test(field) && value.toLowerCase() !== value.toUpperCase()) ? [{ field: "conditions", change: "approximated", side: "target", reason: "settings.rule-capitals" } as const] : []),
      ...unsaid.map((field): Loss => ({ field: `actions.${field}`, change: "dropped", side: "target", reason: "settings.rule-action" })),
    ],
  };
}

/** One list for each predicate, of which any must hold; undefined where one cannot be said. */
function asked(predicates: Predicates): readonly NonNullable<Asked>[] | undefined {
  const all = Object.entries(predicates).filter(([, value]) => !isEmpty(value)).map(([name, value]) => (Object.hasOwn(PREDICATES, name) ? PREDICATES[name]?.(value as never) : undefined));
  return all.some((one) => one === undefined || one.length === 0) ? undefined : all.flatMap((one) => (one === undefined ? [] : [one]));
}

/** A boolean predicate that is false asks for something, which nobody has defined. */
function isEmpty(value: unknown): boolean {
  return value === undefined || value === null || (Array.isArray(value) && value.length === 0);
}

function each(texts: readonly string[], field: string): Asked {
  return texts.some((text) => text === "") ? undefined : texts.map((value) => ({ field, how: "contains" as const, value }));
}

/** Somebody without an address cannot be recognised in a header. */
function addresses(people: readonly Address[], field: string): Asked {
  const known = people.flatMap(({ address }) => (address === undefined || address === "" ? [] : [{ field, how: "equals" as const, value: address }]));
  return known.length < people.length ? undefined : known;
}
