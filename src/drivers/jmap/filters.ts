import { itemDigest } from "../../core/digest.js";
import type { Arguments } from "./client.js";
import { errorOf, setRefusal, type MailAccess } from "./emails.js";
import { SINGLETON } from "./vacation.js";

/** A condition of a rule of Twake Mail (linagora/tmail-backend@cbb8acd6, docs/modules/ROOT/pages/tmail-backend/jmap-extensions/jmapFilters.adoc). */
interface FilterCondition {
  /** `from`, `to`, `cc`, `recipient`, `subject`, or `header:` and a name. */
  readonly field: string;
  readonly comparator: "contains" | "not-contains" | "exactly-equals" | "not-exactly-equals";
  readonly value: string;
}

interface FilterAction {
  readonly appendIn: { readonly mailboxIds: readonly string[] };
  readonly markAsSeen: boolean;
  readonly markAsImportant: boolean;
  readonly withKeywords: readonly string[];
}

export interface FilterRule {
  readonly name: string;
  readonly conditionGroup: { readonly conditionCombiner: "AND" | "OR"; readonly conditions: readonly FilterCondition[] };
  readonly action: FilterAction;
}

/** Rules of an account in the order in which they are run, as the server tells them: without identifiers. */
interface StandingRules {
  readonly state: string;
  readonly rules: readonly Arguments[];
}

export async function readRules({ client, account }: MailAccess, signal: AbortSignal): Promise<StandingRules> {
  const { state, list } = await client.call("Filter/get", { accountId: account, ids: [SINGLETON] }, signal);
  const { rules } = (Array.isArray(list) ? (list as readonly Arguments[]) : [])[0] ?? {};
  return { state: String(state), rules: Array.isArray(rules) ? (rules as readonly Arguments[]) : [] };
}

/** Replaces all of them, if nobody did since they were read. @throws ExodusError TARGET_PASSING when somebody did. */
export async function writeRules({ client, account }: MailAccess, state: string, rules: readonly (Arguments | FilterRule)[], signal: AbortSignal): Promise<void> {
  const { notUpdated } = await client.call("Filter/set", { accountId: account, ifInState: state, update: { [SINGLETON]: rules.map(written) } }, signal);
  const error = errorOf(notUpdated, SINGLETON);
  if (error !== undefined) throw setRefusal(client, "Filter/set", error);
}

/** Identifiers need only differ from one another (FilterSetMethod.scala, validateRules); `condition`, the old form, is refused beside `conditionGroup` (FilterSerializer.scala). */
function written(rule: Arguments | FilterRule, index: number): Arguments {
  const { condition, ...rest } = rule as Arguments;
  return { ...(rest["conditionGroup"] === undefined ? { condition } : {}), ...rest, id: String(index + 1) };
}

/** One word for all that a rule says, whoever tells it. What a rule does not tell of its action it does not do; undefined for one that does more than ours can. */
export function wordFor(rule: Arguments | FilterRule): string | undefined {
  const { name, conditionGroup, action } = rule as Arguments;
  const { conditionCombiner, conditions } = (conditionGroup ?? {}) as { readonly conditionCombiner?: unknown; readonly conditions?: unknown };
  const { appendIn, markAsSeen, markAsImportant, withKeywords, reject, forwardTo, moveTo } = (action ?? {}) as Readonly<Record<string, unknown>>;
  if (!Array.isArray(conditions) || reject === true || (forwardTo ?? null) !== null || (moveTo ?? null) !== null) return undefined;
  const tests = (conditions as readonly FilterCondition[]).map(({ field, comparator, value }) => [field, comparator, value]);
  const { mailboxIds } = (appendIn ?? {}) as { readonly mailboxIds?: unknown };
  return itemDigest([name, conditionCombiner, tests, mailboxIds ?? [], markAsSeen === true, markAsImportant === true, withKeywords ?? []], undefined, []);
}
