import type { PutContext, PutResult, TargetContainer, TargetRef, Verdict } from "../../src/core/adapter.js";
import type { Item, Loss } from "../../src/core/item.js";
import { plainRule } from "../../src/convert/filter/rule.js";
import type { Arguments } from "../../src/drivers/jmap/client.js";
import type { MailAccess } from "../../src/drivers/jmap/emails.js";
import { readRules, wordFor, writeRules, type FilterRule } from "../../src/drivers/jmap/filters.js";
import type { Labels } from "../../src/drivers/jmap/labels.js";
import type { Mailboxes } from "../../src/drivers/jmap/mailboxes.js";
import type { FolderRef, MessageRuleRecord } from "../../src/format/settings.js";
import { settingItem } from "../../src/kit/typed-items.js";
import type { SettingPart } from "./settings-session.js";

const INBOX: FolderRef = { id: "", path: ["INBOX"], role: "inbox" };

const PREFIX = "rule:";

interface Said {
  readonly rule: FilterRule;
  readonly losses: readonly Loss[];
}

/**
 * Inbox rules as filters of Twake Mail, behind those of the owner's own, which stay as they are. The server tells no identifiers of rules: one is known by all that it says, so that a
 * repeat finds it and one that the owner changed is theirs.
 */
export class RulePart implements SettingPart {
  readonly type = "message-rule";
  readonly prefix = PREFIX;

  constructor(private readonly mail: MailAccess, private readonly mailboxes: Mailboxes, private readonly labels: Labels | undefined) {}

  async put(item: Item, { known, signal }: PutContext): Promise<PutResult> {
    const said = await this.#said(item, true, signal);
    if (said === undefined) return { outcome: "skipped", code: "SETTING_UNPLACED" };
    const { rule, losses } = said;
    const { state, rules } = await readRules(this.mail, signal);
    const first = known === undefined;
    const ref = this.#refOf(rule);
    if (find(rules, ref) >= 0) return { outcome: first ? "created" : "unchanged", ref, losses };
    const at = find(rules, known);
    await writeRules(this.mail, state, at < 0 ? [...rules, rule] : rules.map((one, index) => (index === at ? rule : one)), signal);
    return { outcome: first ? "created" : "updated", ref, losses };
  }

  async find(item: Item, { signal }: PutContext): Promise<TargetRef | undefined> {
    const said = await this.#said(item, false, signal);
    if (said === undefined) return undefined;
    const ref = this.#refOf(said.rule);
    return find((await readRules(this.mail, signal)).rules, ref) < 0 ? undefined : ref;
  }

  async remove(ref: TargetRef, _into: TargetContainer, signal: AbortSignal): Promise<void> {
    const { state, rules } = await readRules(this.mail, signal);
    const at = find(rules, ref);
    if (at >= 0) await writeRules(this.mail, state, rules.filter((_, index) => index !== at), signal);
  }

  async verify(_item: Item, ref: TargetRef, { signal }: PutContext): Promise<Verdict> {
    return { state: find((await readRules(this.mail, signal)).rules, ref) < 0 ? "missing" : "same", fields: [] };
  }

  /** Undefined where the filter cannot say it, or its folder is not there. `make`: labels that it gives are made. */
  async #said(item: Item, make: boolean, signal: AbortSignal): Promise<Said | undefined> {
    const plain = plainRule(settingItem(item).record as MessageRuleRecord);
    if (plain === undefined) return undefined;
    const folders = [...(plain.copy === undefined ? [] : [plain.copy, ...(plain.move === undefined ? [INBOX] : [])]), ...(plain.move === undefined ? [] : [plain.move])];
    const mailboxIds: string[] = [];
    for (const { id, path, role } of folders) {
      const found = path === undefined ? undefined : await this.mailboxes.find({ id, path, role }, signal);
      if (found === undefined) return undefined;
      mailboxIds.push(found);
    }
    const keywords: string[] = [];
    for (const name of this.labels === undefined ? [] : plain.categories) {
      const label = make ? (await this.labels?.ensure(name, null, signal))?.label : await this.labels?.find(name, signal);
      if (label !== undefined) keywords.push(label.keyword);
    }
    const unlabelled = this.labels === undefined && plain.categories.length > 0;
    if (unlabelled && mailboxIds.length === 0 && !plain.read && !plain.important) return undefined;
    return {
      rule: {
        name: plain.name,
        conditionGroup: { conditionCombiner: plain.all ? "AND" : "OR", conditions: plain.tests.map(({ field, how, value, not }) => ({ field, comparator: comparator(how, not), value })) },
        action: { appendIn: { mailboxIds }, markAsSeen: plain.read, markAsImportant: plain.important, withKeywords: keywords },
      },
      losses: [...plain.losses, ...(unlabelled ? [{ field: "actions.assignCategories", change: "dropped", side: "target", reason: "settings.rule-action" } as const] : [])],
    };
  }

  #refOf(rule: FilterRule): TargetRef {
    return { id: PREFIX + (wordFor(rule) ?? "") };
  }
}

function find(rules: readonly Arguments[], ref: TargetRef | undefined): number {
  return ref === undefined ? -1 : rules.findIndex((rule) => PREFIX + (wordFor(rule) ?? "") === ref.id);
}

function comparator(how: "contains" | "equals", not: boolean): FilterRule["conditionGroup"]["conditions"][number]["comparator"] {
  if (how === "contains") return not ? "not-contains" : "contains";
  return not ? "not-exactly-equals" : "exactly-equals";
}
