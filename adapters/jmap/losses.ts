import type { Foresight } from "../../src/core/adapter.js";
import type { ForeseenLoss, Item, Loss, PlacedContainer } from "../../src/core/item.js";
import { JMAP_PLAIN } from "../../src/drivers/imap/keywords.js";
import type { MailRecord } from "../../src/format/records.js";
import { declared, foresight, possible, sure } from "../../src/kit/forecast.js";
import { KEYWORDS_REFUSED, wantedState, type WantedState } from "../../src/kit/mail-state.js";
import { mailItem, settingItem } from "../../src/kit/typed-items.js";
import type { Etag } from "./etag.js";
import { manifest } from "./manifest.js";
import { saidResponse, STANDING } from "./reply.js";

const REWRITTEN: Loss = { field: "body", change: "approximated", side: "target", reason: "mail.rewritten" };
/** Only of a server that holds no message twice. */
const STANDING_DATE: Loss = { field: "receivedAt", change: "approximated", side: "target", reason: "mail.standing-date" };
const KEYWORD_CASE: Loss = { field: "categories", change: "approximated", side: "target", reason: "mail.keyword-case" };

/** What the record asks of the mailbox, and what keywords without capitals cost it. */
export function stateOf(record: MailRecord): WantedState {
  const state = wantedState(record, JMAP_PLAIN);
  const capitals = record.categories.some((category) => /[A-Z]/.test(category));
  return capitals ? { ...state, losses: [...state.losses, KEYWORD_CASE] } : state;
}

/** What the server did not take as it was. */
export function lossesOf({ source, stored, unkept }: Etag): readonly Loss[] {
  return [...(unkept.includes("categories") ? [KEYWORDS_REFUSED] : []), ...(unkept.includes("receivedAt") ? [STANDING_DATE] : []), ...(source === stored ? [] : [REWRITTEN])];
}

/** What a server rewrites is its own to say, whatever the bytes; and whether an account has a reply already. */
export function foresee(item: Item, replies: "on" | "off"): Promise<Foresight> {
  if (item.key.workload === "settings") return Promise.resolve(foreseeSetting(item, replies));
  const { losses, keywords } = stateOf(mailItem(item).record);
  // Where the server has labels, a category keeps its name.
  const named = losses.filter(({ field }) => field === "categories");
  return Promise.resolve(foresight(sure(losses.filter((loss) => !named.includes(loss))), possible(named), possible([REWRITTEN, STANDING_DATE]), possible(keywords.length > 0 ? [KEYWORDS_REFUSED] : [])));
}

function foreseeSetting(item: Item, replies: "on" | "off"): Foresight {
  const { record } = settingItem(item);
  if (record.type !== "automatic-reply") return { ...foresight(), skipped: "SETTING_UNPLACED" };
  return foresight(sure(saidResponse(record, replies).losses), possible(record.status === "off" ? [] : [STANDING]));
}

/** The longest name and the characters that are refused are the server's to say. */
export function foreseePlace({ workload }: PlacedContainer): readonly ForeseenLoss[] {
  return workload === "settings" ? [] : declared(manifest, "mail", "container");
}
