import type { Foresight } from "../../src/core/adapter.js";
import type { Item, Loss } from "../../src/core/item.js";
import { foresight, possible, sure } from "../../src/kit/forecast.js";
import { settingItem } from "../../src/kit/typed-items.js";
import type { SieveServer } from "../../src/convert/sieve/context.js";
import type { ReplyContext } from "../../src/convert/sieve/vacation.js";
import { isFiltered, said } from "./section.js";

export const INACTIVE: Loss = { field: "script", change: "dropped", side: "target", reason: "settings.script-inactive" };
export const EDIT_REPLACED: Loss = { field: "script", change: "approximated", side: "target", reason: "target.edit-replaced" };

/** Servers between which every real one lies: all that the conversion knows, what Pigeonhole has unless told otherwise, what James has, and bare Sieve. */
const COMMON = ["fileinto", "mailbox", "copy", "imap4flags", "body", "envelope", "relational", "comparator-i;ascii-numeric", "date", "mime", "vacation"];
const SERVERS: readonly SieveServer[] = [
  { extensions: new Set([...COMMON, "editheader", "special-use"]) }, { extensions: new Set(COMMON) }, { extensions: new Set(["fileinto", "envelope"]), keepsBeside: false }, { extensions: new Set() },
];

export interface Chosen {
  readonly replies: "on" | "off";
  /** Every rule by which the program may judge an address; several where the owner's domains decide. */
  readonly resending: readonly ((address: string) => boolean)[];
}

/**
 * By the record alone. Sure is what every server costs; possible what some do, what a limit of redirects or a folder's name may, or an account's own script.
 */
export function foresee(item: Item, { replies, resending }: Chosen): Foresight {
  const { record } = settingItem(item);
  if (!isFiltered(record)) return { ...foresight(), skipped: "SETTING_UNPLACED" };
  const told = SERVERS.flatMap((server) => resending.map((mayResendTo) => said(record, { replies, taken: 0, context: contextOf(server, mayResendTo) }).losses));
  const everywhere = (told[0] ?? []).filter((loss) => told.every((losses) => losses.some((other) => same(other, loss))));
  const resent = record.type === "message-rule" && ["forwardTo", "forwardAsAttachmentTo", "redirectTo"].some((name) => name in record.actions);
  const files = record.type === "message-rule" && ["moveToFolder", "copyToFolder"].some((name) => name in record.actions);
  return foresight(sure(everywhere), possible([
    ...told.flat().filter((loss) => !everywhere.some((other) => same(other, loss))),
    ...told.flat().filter(({ reason }) => reason === "settings.rule-extension").map((loss): Loss => ({ ...loss, change: "approximated" })),
    ...(resent ? ["actions.forwardTo", "actions.forwardAsAttachmentTo", "actions.redirectTo"].map((field): Loss => ({ field, change: "dropped", side: "target", reason: "settings.rule-redirects" })) : []),
    ...(files ? ["actions.moveToFolder", "actions.copyToFolder"].map((field): Loss => ({ field, change: "dropped", side: "target", reason: "settings.rule-folder" })) : []),
    ...(resent || files || told.flat().length > 0 ? [{ field: "rule", change: "approximated", side: "target", reason: "settings.rule-off" } as const] : []),
    INACTIVE, EDIT_REPLACED,
  ]));
}

function contextOf(server: SieveServer, mayResendTo: (address: string) => boolean): ReplyContext {
  return {
    server, domains: ["owner.example"],
    mailbox: { addresses: ["owner@owner.example"], folder: ({ path }) => path?.join("/"), trash: "Trash", keyword: (category) => category, mayResendTo },
  };
}

function same(a: Loss, b: Loss): boolean {
  return a.reason === b.reason && a.field === b.field && a.change === b.change && a.side === b.side;
}
