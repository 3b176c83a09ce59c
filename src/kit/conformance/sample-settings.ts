import { randomUUID } from "node:crypto";
import { itemDigest } from "../../core/digest.js";
import type { Item } from "../../core/item.js";
import type { AutomaticReplyRecord, CategoryRecord, FocusedOverrideRecord, MailboxSettingsRecord, MessageRuleRecord } from "../../format/settings.js";
import { sampleItem, type Samples } from "./sample-item.js";

type SettingRecord = MailboxSettingsRecord | AutomaticReplyRecord | MessageRuleRecord | CategoryRecord | FocusedOverrideRecord;

/** Mail filters take scripts of some hundred kilobytes. */
const LONGEST = 20_000;

/** Settings of a mailbox: rules and replies, and beside them those that only a mailbox of the same kind has a place for. */
export function settingsSamples(): Samples {
  const make = (title: string, record: SettingRecord, id?: string): Item => sampleItem("settings", title, record, undefined, id);
  const rule = (name: string, over: Partial<MessageRuleRecord> = {}): MessageRuleRecord => ({
    v: 1, type: "message-rule", name, order: 1, enabled: true, hasError: false, readOnly: false, conditions: { subjectContains: ["marché"] }, exceptions: {}, actions: { markAsRead: true }, ...over,
  });
  const reply = (over: Partial<AutomaticReplyRecord> = {}): AutomaticReplyRecord => ({
    v: 1, type: "automatic-reply", status: "on", outside: "everybody", internalText: "<p>Absent jusqu'à lundi</p>", externalText: "<p>Absent</p>", ...over,
  });
  return {
    plain: (serial) => make(`Règle ${serial}`, rule(`Règle ${serial}`, { order: serial, conditions: { subjectContains: [`voici le n°${serial}`] } })),
    rich: () => [
      { name: "a folder and a category", item: make("Classer", rule("Classer", { order: 2, actions: { moveToFolder: { id: "F", path: ["Boîte de réception", "Élus & délégations"], role: "inbox" }, assignCategories: ["Élus"], stopProcessingRules: true } })) },
      { name: "a folder that is gone", item: make("Sans dossier", rule("Sans dossier", { actions: { moveToFolder: { id: "G" } } })) },
      { name: "exceptions and sizes", item: make("Sauf", rule("Sauf", { exceptions: { fromAddresses: [{ address: "a@b.example" }] }, conditions: { withinSizeRange: { minimumSize: 10 }, hasAttachments: true } })) },
      { name: "what no filter tests", item: make("Approbation", rule("Approbation", { conditions: { isApprovalRequest: true } })) },
      { name: "importance, and mail sent on inside and outside", item: make("Transférer", rule("Transférer", { order: 9, actions: { markImportance: "low", forwardTo: [{ address: "chef@commune.example" }, { address: "x@ailleurs.example" }], redirectTo: [{ name: "sans adresse" }] } })) },
      { name: "deleted after it was sent on outside", item: make("Partir", rule("Partir", { actions: { redirectTo: [{ address: "x@ailleurs.example" }], delete: true } })) },
      { name: "switched off, with a hostile name", item: make("\"; discard; #", rule("\"; discard; #\r\n# o365-exodus: end\r\n", { enabled: false })) },
      { name: "an automatic reply", item: make("Réponse", reply()) },
      { name: "a reply within dates", item: make("Réponse", reply({ status: "scheduled", outside: "contacts", start: { local: "2026-08-01T00:00:00", zone: "Romance Standard Time" }, end: { local: "2026-12-01T00:00:00", zone: "UTC" } })) },
      { name: "a reply that is off", item: make("Réponse", reply({ status: "off" })) },
    ],
    changed: (item) => make(item.title, { ...rule(item.title), actions: { markAsRead: true, stopProcessingRules: true } }, item.key.id),
    restated: (item) => {
      const record = { ...(item.record as MessageRuleRecord), enabled: false };
      return { ...item, record, version: randomUUID(), digest: itemDigest(record, undefined, []) };
    },
    twin: (item) => make(item.title, item.record as SettingRecord),
    sized: (bytes) => make("Longue", rule("Longue", { conditions: { subjectContains: Array.from({ length: Math.ceil(Math.min(bytes, LONGEST) / 100) }, (_, index) => `${"m".repeat(90)}${index}`) } })),
    besides: () => [
      make("réglages", { v: 1, type: "mailbox-settings", timeZone: "Romance Standard Time", language: "fr-FR" }),
      make("Élus", { v: 1, type: "category", name: "Élus", color: "blue" }),
      make("lettre", { v: 1, type: "focused-override", sender: { address: "lettre@ailleurs.example" }, inbox: "other" }),
    ],
    empty: () => undefined,
  };
}
