import { afterAll, describe, expect, it } from "@jest/globals";
import fc from "fast-check";
import { LOSSES } from "../../src/core/losses.js";
import type { MessageRuleRecord } from "../../src/format/settings.js";
import { PIGEONHOLE, usePigeonhole } from "../pigeonhole.js";
import { anyReply, anyRule, context, OWN, reply, rule, scriptFor, someExtensions } from "../unit/convert/sieve-samples.js";

type Rule = MessageRuleRecord;

const pigeonhole = usePigeonhole();
afterAll(() => pigeonhole?.close());
const TITLE = pigeonhole === undefined ? "Pigeonhole (skipped: not installed, run fixtures/servers/dovecot install)" : "Pigeonhole";
const real = pigeonhole === undefined ? describe.skip : describe;

const toFolder = { moveToFolder: { id: "F", path: ["Found"] } };
const scriptOf = (over: Parameters<typeof rule>[0], extensions?: Iterable<string>): string => scriptFor([rule(over)], undefined, context({}, extensions)).script;

function mail(headers: Readonly<Record<string, string>> = {}, body = "Bonjour"): string {
  const all = { From: "Jean Dupont <d@ailleurs.example>", To: OWN, Subject: "Devis", "Message-ID": "<1@x>", Date: "Tue, 1 Sep 2026 10:00:00 +0200", ...headers };
  return `${Object.entries(all).map(([name, value]) => `${name}: ${value}\n`).join("")}\n${body}\n`;
}

const PARTS = { "MIME-Version": "1.0", "Content-Type": 'multipart/mixed; boundary="b"' };
const part = (headers: string): string => `--b\nContent-Type: text/plain\n\nBonjour\n--b\n${headers}\n\nx\n--b--`;

real(`inbox rules and automatic replies, judged by ${TITLE}`, () => {
  const found = (conditions: Rule["conditions"], message: string, extra: Partial<Rule> = {}): boolean => {
    const done = pigeonhole?.run(scriptOf({ conditions, actions: toFolder, ...extra }), message);
    return done?.folders.includes("Found") === true;
  };
  it.each<[string, Rule["conditions"], string, string]>([
    ["a subject with accents", { subjectContains: ["élus"] }, mail({ Subject: "=?utf-8?Q?Conseil_des_=C3=89LUS?=" }), mail({ Subject: "Elus" })],
    ["a subject or body", { bodyOrSubjectContains: ["facture"] }, mail({}, "Votre FACTURE"), mail()],
    ["a body in base64", { bodyContains: ["facture"] }, mail({ "MIME-Version": "1.0", "Content-Type": "text/plain; charset=utf-8", "Content-Transfer-Encoding": "base64" }, Buffer.from("ma facture").toString("base64")), mail()],
    ["part of a sender's name", { senderContains: ["dupont"] }, mail(), mail({ From: "x@y.example" })],
    ["a sender's address", { fromAddresses: [{ address: "D@ailleurs.example" }] }, mail(), mail({ From: "xd@ailleurs.example" })],
    ["a recipient", { sentToAddresses: [{ address: "liste@mairie.example" }] }, mail({ Cc: "Liste <liste@mairie.example>" }), mail()],
    ["part of a recipient", { recipientContains: ["liste"] }, mail({ Cc: "Liste <l@mairie.example>" }), mail()],
    ["a header", { headerContains: ["List-Id: eau"] }, mail({ "List-Id": "<eau.example>" }), mail()],
    ["me", { sentToMe: true }, mail(), mail({ To: "x@y.example" })],
    ["me in copy", { sentCcMe: true }, mail({ To: "x@y.example", Cc: OWN }), mail()],
    ["me anywhere", { sentToOrCcMe: true }, mail({ To: "x@y.example", Cc: OWN }), mail({ To: "x@y.example" })],
    ["me alone", { sentOnlyToMe: true }, mail(), mail({ Cc: "x@y.example" })],
    ["not me", { notSentToMe: true }, mail({ To: "x@y.example" }), mail()],
    ["high importance", { importance: "high" }, mail({ "X-Priority": "1 (Highest)" }), mail()],
    ["normal importance", { importance: "normal" }, mail(), mail({ Importance: "High" })],
    ["sensitivity", { sensitivity: "confidential" }, mail({ Sensitivity: "Company-Confidential" }), mail()],
    ["a flag for action", { messageActionFlag: "any" }, mail({ "X-Message-Flag": "Suivi" }), mail()],
    ["a size", { withinSizeRange: { minimumSize: 2, maximumSize: 100 } }, mail({}, "x".repeat(4000)), mail()],
    ["an attachment", { hasAttachments: true }, mail(PARTS, part("Content-Type: application/pdf\nContent-Disposition: attachment; filename=a.pdf")), mail(PARTS, part("Content-Type: text/plain"))],
    ["no attachment", { hasAttachments: false }, mail(), mail(PARTS, part("Content-Type: application/pdf\nContent-Disposition: attachment; filename=a.pdf"))],
    ["a meeting request", { isMeetingRequest: true }, mail(PARTS, part("Content-Type: text/calendar; method=REQUEST")), mail(PARTS, part("Content-Type: text/calendar; method=REPLY"))],
    ["an answer to a meeting", { isMeetingResponse: true }, mail(PARTS, part("Content-Type: text/calendar; method=REPLY")), mail()],
    ["an automatic answer", { isAutomaticReply: true }, mail({ "Auto-Submitted": "auto-replied" }), mail()],
    ["a failed delivery", { isNonDeliveryReport: true }, mail({ ...PARTS, "Content-Type": 'multipart/report; report-type="delivery-status"; boundary="b"' }, part("Content-Type: message/delivery-status")), mail()],
    ["a read receipt", { isReadReceipt: true }, mail({ ...PARTS, "Content-Type": "multipart/report; report-type=disposition-notification; boundary=b" }, part("Content-Type: text/plain")), mail()],
    ["an encrypted message", { isEncrypted: true }, mail({ "Content-Type": "application/pkcs7-mime; smime-type=enveloped-data" }), mail()],
    ["a signed message", { isSigned: true }, mail({ "Content-Type": 'multipart/signed; boundary="b"' }, part("Content-Type: application/pkcs7-signature")), mail()],
    ["a protected message", { isPermissionControlled: true }, mail({ "Content-Class": "rpmsg.message" }), mail()],
    ["a voice message", { isVoicemail: true }, mail({ "Content-Class": "Voice-CA" }), mail()],
  ])("files %s, and nothing else", (_name, conditions, caught, other) => {
    expect([found(conditions, caught), found(conditions, other)]).toEqual([true, false]);
    expect([found({}, caught, { exceptions: conditions }), found({}, other, { exceptions: conditions })]).toEqual([false, true]);
  });
  it("knows the categories that earlier rules gave", () => {
    const { script } = scriptFor([rule({ order: 1, conditions: { subjectContains: ["devis"] }, actions: { assignCategories: ["Rouge"] } }), rule({ order: 2, conditions: { categories: ["Rouge"] }, actions: toFolder })], undefined, context());
    expect(pigeonhole?.run(script, mail()).folders).toEqual(["Found"]);
    expect(pigeonhole?.run(script, mail({ Subject: "autre" })).folders).toEqual(["INBOX"]);
  });
  it("keeps the order, and stops where the source does", () => {
    const script = (stop: boolean) => scriptFor([
      rule({ order: 9, actions: { moveToFolder: { id: "", path: ["Late"] } } }), rule({ order: 2, actions: { moveToFolder: { id: "", path: ["Early", "Sub"] }, markAsRead: true, stopProcessingRules: stop } }),
    ], undefined, context()).script;
    expect(pigeonhole?.run(script(false), mail()).folders).toEqual(["Early/Sub", "Late"]);
    expect(pigeonhole?.run(script(true), mail())).toMatchObject({ folders: ["Early/Sub"], flags: ["\\seen"] });
  });
  it("keeps mail from later rules where a rule stops that cannot do the rest", () => {
    const gone = { moveToFolder: { id: "gone" }, stopProcessingRules: true };
    const unsent = { redirectTo: [{ name: "without address" }], permanentDelete: true, stopProcessingRules: true };
    for (const actions of [gone, unsent]) {
      const { script } = scriptFor([rule({ order: 1, conditions: { subjectContains: ["devis"] }, actions }), rule({ order: 2, actions: { permanentDelete: true } })], undefined, context());
      expect(pigeonhole?.run(script, mail())).toMatchObject({ kept: true, discarded: false });
      expect(pigeonhole?.run(script, mail({ Subject: "autre" }))).toMatchObject({ kept: false, discarded: true });
    }
  });
  it("copies, resends, deletes and discards as told, with fewer extensions too", () => {
    const run = (actions: Rule["actions"], extensions?: Iterable<string>) => pigeonhole?.run(scriptOf({ actions }, extensions), mail());
    for (const extensions of [PIGEONHOLE, ["fileinto"]]) {
      const copied = run({ copyToFolder: { id: "", path: ["Copy"] } }, extensions);
      expect([copied?.folders.includes("Copy"), copied?.kept]).toEqual([true, true]);
      expect(run({ redirectTo: [{ address: "h@x.example" }] }, extensions)).toMatchObject({ redirects: ["h@x.example"], kept: true });
      expect(run({ permanentDelete: true }, extensions)).toMatchObject({ discarded: true, kept: false });
      expect(run({ delete: true }, extensions)).toMatchObject({ kept: false, discarded: false });
    }
    expect(run({ delete: true }, ["fileinto"])?.folders).toEqual(["Trash"]);
    expect(run({ delete: true })?.text).toContain("\\Trash");
    expect(run({ markImportance: "high", assignCategories: ["a"] })?.flags).toEqual(["k_61", "$Important"]);
  });
  it("answers who is to be answered, in the time that is meant, whatever the rules do", () => {
    const answered = (over: Parameters<typeof reply>[0], sender: string) =>
      pigeonhole?.run(scriptFor([rule({ actions: { permanentDelete: true, stopProcessingRules: true } })], reply(over), context()).script, mail({ From: sender }), sender);
    const texts = { internalText: "<p>Dedans &eacute;t&eacute;</p>", externalText: "<p>Dehors</p>" };
    const inside = answered(texts, "x@mairie.example");
    expect(inside?.vacation).toBe(true);
    expect(inside?.text).toContain(Buffer.from("Dedans été").toString("base64"));
    expect(answered(texts, "x@y.example")?.text).toContain(Buffer.from("<p>Dehors</p>").toString("base64"));
    expect(answered({ ...texts, outside: "nobody" }, "x@y.example")?.vacation).toBe(false);
    expect(answered({ ...texts, outside: "nobody" }, "x@mairie.example")?.vacation).toBe(true);
    const during = (from: string, to: string) => answered({ status: "scheduled", start: { local: from, zone: "UTC" }, end: { local: to, zone: "UTC" } }, "x@y.example")?.vacation;
    expect([during("2020-01-01T00:00:00", "2099-01-01T00:00:00"), during("2020-01-01T00:00:00", "2020-02-01T00:00:00"), during("2098-01-01T00:00:00", "2099-01-01T00:00:00")]).toEqual([true, false, false]);
  });
  it("compiles whatever the names, values and extensions are: 1,000 mailboxes", () => {
    const scripts: string[] = [];
    fc.assert(fc.property(fc.array(anyRule, { maxLength: 3 }), anyReply, someExtensions, (rules, answer, extensions) => {
      const made = scriptFor(rules, answer, context({}, extensions));
      scripts.push(made.script);
      expect(made.rules).toHaveLength(rules.length);
      for (const { reason, field } of [...made.reply, ...made.rules.flat()]) expect([field, Object.hasOwn(LOSSES, reason)]).toEqual([field, true]);
    }), { numRuns: 1000, seed: 4 });
    pigeonhole?.compile(scripts);
    expect(scripts.length).toBe(1000);
  });
  it("files by rules as their meaning says: 100 mailboxes against a plain reading of the rules", () => {
    const word = fc.constantFrom("rouge", "vert", "bleu");
    const conditions = fc.record({ subjectContains: fc.array(word, { minLength: 1, maxLength: 2 }), bodyContains: fc.array(word, { minLength: 1, maxLength: 2 }), sentToMe: fc.constant(true) }, { requiredKeys: [] });
    const simple = fc.record({ conditions, exceptions: conditions, stop: fc.boolean(), enabled: fc.constantFrom(true, true, false) });
    fc.assert(fc.property(fc.array(simple, { minLength: 1, maxLength: 5 }), fc.subarray(["rouge", "vert", "bleu"]), word, fc.boolean(), (list, subject, body, mine) => {
      const holds = ({ subjectContains, bodyContains, sentToMe }: (typeof list)[number]["conditions"]): boolean[] => [
        ...(subjectContains ? [subjectContains.some((one) => subject.includes(one))] : []), ...(bodyContains ? [bodyContains.includes(body)] : []), ...(sentToMe ? [mine] : []),
      ];
      const expected: string[] = [];
      for (const [at, one] of list.entries()) {
        if (!one.enabled || holds(one.conditions).includes(false) || holds(one.exceptions).includes(true)) continue;
        expected.push(`F${at}`);
        if (one.stop) break;
      }
      const rules = list.map((one, at) => rule({ order: at, enabled: one.enabled, conditions: one.conditions, exceptions: one.exceptions, actions: { moveToFolder: { id: "", path: [`F${at}`] }, stopProcessingRules: one.stop } }));
      const done = pigeonhole?.run(scriptFor(rules, undefined, context()).script, mail({ Subject: subject.join(" "), To: mine ? OWN : "x@y.example" }, body));
      expect(done?.folders).toEqual(expected.length === 0 ? ["INBOX"] : expected);
    }), { numRuns: 100, seed: 7 });
  });
});
