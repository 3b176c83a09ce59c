import type { Foresight } from "../../src/core/adapter.js";
import type { ForeseenLoss, Item, Loss, PlacedContainer } from "../../src/core/item.js";
import { hasBareLineEnd, hasHighHeader } from "../../src/drivers/imap/canonical.js";
import { mailboxName, NO_SEPARATOR } from "../../src/drivers/imap/mailbox-names.js";
import { declared, foresight, possible, sure } from "../../src/kit/forecast.js";
import { mailItem } from "../../src/kit/typed-items.js";
import { manifest } from "./manifest.js";
import { KEYWORDS_REFUSED, nameLosses, wantedState } from "../../src/kit/mail-state.js";

export const LINE_ENDINGS: Loss = { field: "body", change: "approximated", side: "target", reason: "mail.line-endings" };

/** Of a header with bytes over 127, which Cyrus replaces unless told `munge8bit: no`. */
export const REWRITTEN: Loss = { field: "body", change: "approximated", side: "target", reason: "mail.rewritten" };

/** Who may open the account's folders, where the option `rights` tells; told with one message of the account. */
export const RIGHTS_UNOFFERED: Loss = { field: "rights", change: "dropped", side: "target", reason: "mail.rights-unoffered" };

export function rightsRefused(person: string): Loss {
  return { field: `rights of ${person}`, change: "dropped", side: "target", reason: "mail.rights-refused" };
}

/** With the option `rights`, whatever the message. */
export async function foreseeShared(...asked: Parameters<typeof foresee>): Promise<Foresight> {
  const foreseen = await foresee(...asked);
  return { ...foreseen, losses: [...foreseen.losses, ...possible([RIGHTS_UNOFFERED, rightsRefused("*")])] };
}

export async function foresee(item: Item, open?: (body: NonNullable<Item["body"]>) => AsyncIterable<Uint8Array>): Promise<Foresight> {
  const { record, body } = mailItem(item);
  const { losses, keywords } = wantedState(record);
  const lineEndings = open === undefined ? possible([LINE_ENDINGS]) : sure((await hasBareLineEnd(open(body))) ? [LINE_ENDINGS] : []);
  const rewritten = open === undefined || (await hasHighHeader(open(body)));
  return foresight(sure(losses), lineEndings, possible(rewritten ? [REWRITTEN] : []), possible(keywords.length > 0 ? [KEYWORDS_REFUSED] : []));
}

/** A folder with a role may find its place by that role, whatever its name. What separates names is the server's to say. */
export function foreseePlace({ name, role, path }: PlacedContainer): readonly ForeseenLoss[] {
  const least = role === undefined || role === "root" || path.length > 1 ? mailboxName(name, NO_SEPARATOR, 0) : { altered: false, cut: false };
  // Cut already, it is cut whatever the server says; altered alone, it may have to be cut too.
  if (least.cut) return sure(nameLosses(least));
  return declared(manifest, "mail", "container");
}
