import type { Loss } from "../../src/core/item.js";
import type { Section } from "../../src/convert/sieve/marked-script.js";
import { saidRule } from "../../src/convert/sieve/rules.js";
import { saidReply, type ReplyContext } from "../../src/convert/sieve/vacation.js";
import type { AutomaticReplyRecord, FolderRef, MessageRuleRecord } from "../../src/format/settings.js";

/** What a mail filter has a place for. */
export type Filtered = MessageRuleRecord | AutomaticReplyRecord;

/** A setting as its piece of the script, and what that does not say as the source does. */
export interface Said extends Pick<Section, "order" | "redirects" | "needs" | "text"> {
  readonly losses: readonly Loss[];
}

export const REPLY_OFF: Loss = { field: "reply", change: "dropped", side: "tool", reason: "settings.reply-off" };

export interface Surroundings {
  readonly context: ReplyContext;
  readonly replies: "on" | "off";
  /** Redirects that other rules may have set off already for a message. */
  readonly taken: number;
}

export function isFiltered(record: { readonly type: string }): record is Filtered {
  return record.type === "message-rule" || record.type === "automatic-reply";
}

/** The folders that a setting names, of which the target's names must be known before it can be said. */
export function foldersOf(record: Filtered): readonly FolderRef[] {
  return record.type === "message-rule" ? [record.actions.moveToFolder, record.actions.copyToFolder].flatMap((folder) => folder ?? []) : [];
}

/** The reply has no place among the rules: it comes first, since Exchange answers whatever they do. */
export function said(record: Filtered, { context, replies, taken }: Surroundings): Said {
  if (record.type === "message-rule") {
    const { text, needs, redirects, losses } = saidRule(record, context, (context.server.maxRedirects ?? Number.POSITIVE_INFINITY) - taken);
    return { order: record.order, redirects, needs, text, losses };
  }
  const shut = replies === "off" && record.status !== "off";
  const { text = "# Automatic reply: off", needs = [], losses } = saidReply(shut ? { ...record, status: "off" } : record, context);
  return { order: null, redirects: 0, needs, text, losses: shut ? [REPLY_OFF] : losses };
}
