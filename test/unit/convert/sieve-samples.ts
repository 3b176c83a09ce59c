import fc from "fast-check";
import { EMPTY_SCRIPT, writeMarked, type Section } from "../../../src/convert/sieve/marked-script.js";
import { saidRule } from "../../../src/convert/sieve/rules.js";
import { saidReply, type ReplyContext } from "../../../src/convert/sieve/vacation.js";
import type { Loss } from "../../../src/core/item.js";
import type { AutomaticReplyRecord, MessageRuleRecord } from "../../../src/format/settings.js";
import { PIGEONHOLE } from "../../pigeonhole.js";

export const OWN = "me@mairie.example";

export function context(over: Partial<ReplyContext> = {}, extensions: Iterable<string> = PIGEONHOLE): ReplyContext {
  return {
    server: { extensions: new Set(extensions), maxRedirects: 4 }, domains: ["mairie.example"],
    mailbox: { addresses: [OWN], folder: ({ path }) => path?.join("/"), trash: "Trash", keyword: (category) => `k_${Buffer.from(category.toWellFormed()).toString("hex").slice(0, 40)}` }, ...over,
  };
}

export function rule(over: Partial<MessageRuleRecord> = {}): MessageRuleRecord {
  return { v: 1, type: "message-rule", name: "R", order: 1, enabled: true, hasError: false, readOnly: false, conditions: {}, exceptions: {}, actions: {}, ...over };
}

export function reply(over: Partial<AutomaticReplyRecord> = {}): AutomaticReplyRecord {
  return { v: 1, type: "automatic-reply", status: "on", outside: "everybody", internalText: "<p>Absent</p>", externalText: "<p>Absent</p>", ...over };
}

/** The script that these rules and this reply come to, in the order of the rules, and what it does not say. */
export function scriptFor(rules: readonly MessageRuleRecord[], answer: AutomaticReplyRecord | undefined, around: ReplyContext): { script: string; rules: (readonly Loss[])[]; reply: readonly Loss[] } {
  const said = answer === undefined ? undefined : saidReply(answer, around);
  const sections: Section[] = said?.text === undefined ? [] : [{ id: "reply", container: "mailbox", order: null, redirects: 0, needs: said.needs ?? [], text: said.text }];
  const losses = [...rules].sort((a, b) => a.order - b.order).map((one, at) => {
    const taken = sections.reduce((sum, { redirects }) => sum + redirects, 0);
    const { text, needs, redirects, losses: lost } = saidRule(one, around, (around.server.maxRedirects ?? Number.POSITIVE_INFINITY) - taken);
    sections.push({ id: `rule${at}`, container: "rules", order: at, redirects, needs, text });
    return lost;
  });
  return { script: writeMarked({ ...EMPTY_SCRIPT, sections }), rules: losses, reply: said?.losses ?? [] };
}

/** Every predicate of Graph's messageRulePredicates, each with a value. */
export const EVERY_PREDICATE: Required<MessageRuleRecord["conditions"]> = {
  bodyContains: ["devis"], bodyOrSubjectContains: ["devis"], categories: ["Rouge"], headerContains: ["List-Id: <eau>"], recipientContains: ["mairie"], senderContains: ["dupont"], subjectContains: ["Élus"],
  fromAddresses: [{ name: "D", address: "d@ailleurs.example" }], sentToAddresses: [{ address: "liste@mairie.example" }],
  hasAttachments: true, isApprovalRequest: true, isAutomaticForward: true, isAutomaticReply: true, isEncrypted: true, isMeetingRequest: true, isMeetingResponse: true, isNonDeliveryReport: true,
  isPermissionControlled: true, isReadReceipt: true, isSigned: true, isVoicemail: true, notSentToMe: true, sentCcMe: true, sentOnlyToMe: true, sentToMe: true, sentToOrCcMe: true,
  importance: "high", messageActionFlag: "followUp", sensitivity: "private", withinSizeRange: { minimumSize: 1, maximumSize: 100 },
};

/** Every action of Graph's messageRuleActions. */
export const EVERY_ACTION: Required<MessageRuleRecord["actions"]> = {
  moveToFolder: { id: "F", path: ["Projets"] }, copyToFolder: { id: "G", path: ["Copies", "2027"] }, assignCategories: ["Rouge"], markAsRead: true, markImportance: "high", delete: true, permanentDelete: true,
  forwardTo: [{ address: "f@ailleurs.example" }], forwardAsAttachmentTo: [{ address: "g@ailleurs.example" }], redirectTo: [{ address: "h@ailleurs.example" }], stopProcessingRules: true,
};

const hostile = fc.oneof(
  fc.string({ unit: "binary", maxLength: 30 }), fc.string({ maxLength: 20 }),
  fc.constantFrom("\"; discard; #", "\\", "\\\"", "${subject}", "${hex:22}", ".\r\n.\r\n", "text:\r\n", "a\u0000b", "\ud800", "É", "/* x", "*/ stop;", "[", "] {", "\u2028", "x".repeat(500), "INBOX", "../..", " lead", "%", "*", "&AOk-", "~x"),
);
const person = fc.record({ name: hostile, address: fc.oneof(hostile, fc.emailAddress()) }, { requiredKeys: [] });
const folder = fc.record({ id: hostile, path: fc.array(hostile, { minLength: 1, maxLength: 3 }) }, { requiredKeys: ["id"] });
const texts = fc.array(hostile, { maxLength: 3 });
const people = fc.array(person, { maxLength: 3 });

const predicates = fc.record(Object.fromEntries(Object.entries(EVERY_PREDICATE).map(([name, value]) => [name, arbitraryLike(name, value)])), { requiredKeys: [] });
const actions = fc.record({
  moveToFolder: folder, copyToFolder: folder, assignCategories: texts, markAsRead: fc.boolean(), markImportance: fc.constantFrom("low", "normal", "high", "other"), delete: fc.boolean(), permanentDelete: fc.boolean(),
  forwardTo: people, forwardAsAttachmentTo: people, redirectTo: people, stopProcessingRules: fc.boolean(), someday: fc.constant(true),
}, { requiredKeys: [] });

function arbitraryLike(name: string, value: unknown): fc.Arbitrary<unknown> {
  if (typeof value === "boolean") return fc.boolean();
  if (name === "withinSizeRange") return fc.record({ minimumSize: fc.integer(), maximumSize: fc.integer() }, { requiredKeys: [] });
  if (Array.isArray(value)) return typeof value[0] === "string" ? texts : people;
  return fc.oneof(fc.constantFrom("any", "normal", "low", "high", "personal", "private", "confidential", "followUp", "review"), hostile);
}

export const anyRule: fc.Arbitrary<MessageRuleRecord> = fc.record({
  v: fc.constant(1 as const), type: fc.constant("message-rule" as const), name: hostile, order: fc.integer({ min: -5, max: 50 }), enabled: fc.boolean(), hasError: fc.constantFrom(false, false, false, true), readOnly: fc.boolean(),
  conditions: predicates, exceptions: predicates, actions,
}) as fc.Arbitrary<MessageRuleRecord>;

export const anyReply: fc.Arbitrary<AutomaticReplyRecord> = fc.record({
  v: fc.constant(1 as const), type: fc.constant("automatic-reply" as const), status: fc.constantFrom("off", "on", "scheduled"), outside: fc.constantFrom("nobody", "contacts", "everybody"),
  start: fc.record({ local: fc.constantFrom("2026-07-01T08:00:00", "nonsense"), zone: fc.constantFrom("Romance Standard Time", "UTC", "Mairie") }), end: fc.constant({ local: "2026-08-01T08:00:00", zone: "Romance Standard Time" }),
  internalText: hostile, externalText: hostile,
}) as fc.Arbitrary<AutomaticReplyRecord>;

export const someExtensions = fc.subarray([...PIGEONHOLE]);
