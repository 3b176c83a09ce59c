import { replyWindow } from "../../src/convert/reply-window.js";
import type { Loss } from "../../src/core/item.js";
import type { LossReason } from "../../src/core/losses.js";
import { BLANK, type VacationResponse } from "../../src/drivers/jmap/vacation.js";
import type { AutomaticReplyRecord } from "../../src/format/settings.js";
import { htmlToText } from "../../src/lib/html-text.js";

export interface SaidResponse {
  readonly response: VacationResponse;
  readonly losses: readonly Loss[];
}

/** The account has a reply at the target that is its owner's. */
export const STANDING: Loss = { field: "reply", change: "dropped", side: "target", reason: "settings.reply-standing" };

/**
 * An absence message as JMAP says it: one text, to everybody. What was not to be told to everybody is not told at all, and of two texts the one for
 * outside is taken, which says less. It has no subject of its own: neither has the source's.
 */
export function saidResponse(reply: AutomaticReplyRecord, replies: "on" | "off"): SaidResponse {
  const off = (...losses: readonly Loss[]): SaidResponse => ({ response: BLANK, losses });
  const loss = (field: string, change: Loss["change"], reason: LossReason, side: Loss["side"] = "target"): Loss => ({ field, change, side, reason });
  const { status, outside, internalText, externalText } = reply;
  if (status === "off") return off();
  if (replies === "off") return off(loss("reply", "dropped", "settings.reply-off", "tool"));
  if (outside !== "everybody") return off(loss("outside", "dropped", "settings.reply-everybody"));
  if (externalText === "") return off(...(internalText === "" ? [] : [loss("outside", "dropped", "settings.reply-everybody")]));
  const window = status === "scheduled" ? replyWindow(reply) : undefined;
  if (status === "scheduled" && window === undefined) return off(loss("start", "dropped", "settings.reply-window"));
  return {
    response: { isEnabled: true, fromDate: window?.from ?? null, toDate: window?.to ?? null, subject: null, textBody: htmlToText(externalText), htmlBody: externalText },
    losses: internalText === externalText ? [] : [loss("internalText", "dropped", "settings.reply-one-text")],
  };
}
