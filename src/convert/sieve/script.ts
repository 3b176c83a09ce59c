import type { Loss } from "../../core/item.js";
import type { AutomaticReplyRecord, MessageRuleRecord } from "../../format/settings.js";
import { saidRules } from "./rules.js";
import { stringList } from "./script-text.js";
import { saidReply, type ReplyContext } from "./vacation.js";

export type { SieveMailbox, SieveServer } from "./context.js";
export type { ReplyContext } from "./vacation.js";

export interface MailboxScript {
  /** RFC 5228, UTF-8 without BOM, CRLF. */
  readonly script: string;
  /** By the rules in their order. */
  readonly rules: readonly { readonly name: string; readonly off: boolean; readonly losses: readonly Loss[] }[];
  readonly reply: readonly Loss[];
}

/**
 * The one script that a mailbox has: the automatic reply, then the inbox rules in order. The reply comes first because Exchange sends it whatever the rules
 * do, and a rule may end the script.
 */
export function mailboxScript(rules: readonly MessageRuleRecord[], reply: AutomaticReplyRecord | undefined, context: ReplyContext): MailboxScript {
  const answer = reply === undefined ? undefined : saidReply(reply, context);
  const said = saidRules(rules, context);
  const ordered = [...rules].sort((a, b) => a.order - b.order);
  const needs = [...new Set([...(answer?.needs ?? []), ...said.flatMap((rule) => rule.needs)])].sort();
  const head = needs.length === 0 ? [] : [`require ${stringList(needs)};`];
  return {
    script: `${[...head, ...(answer?.text === undefined ? [] : [answer.text]), ...said.map(({ text }) => text)].join("\r\n\r\n")}\r\n`,
    rules: said.map(({ off, losses }, at) => ({ name: ordered[at]?.name ?? "", off, losses })), reply: answer?.losses ?? [],
  };
}
