import { describe, expect, it } from "@jest/globals";
import { MessageRuleRecord } from "../../../src/format/settings.js";
import { context, EVERY_ACTION, EVERY_PREDICATE, reply, rule, scriptFor } from "./sieve-samples.js";

const toFolder = { moveToFolder: { id: "F", path: ["Found"] } };
const scriptOf = (over: Parameters<typeof rule>[0], extensions?: Iterable<string>): string => scriptFor([rule(over)], undefined, context({}, extensions)).script;
const lossesOf = (over: Parameters<typeof rule>[0], extensions?: Iterable<string>): string[] =>
  scriptFor([rule(over)], undefined, context({}, extensions)).rules.flatMap((losses) => losses.map(({ field, change, reason }) => `${field} ${change} ${reason}`));

describe("every predicate and action of the record", () => {
  it("is said or is a named loss", () => {
    expect(Object.keys(EVERY_PREDICATE).sort()).toEqual(Object.keys(MessageRuleRecord.shape.conditions.shape).sort());
    expect(Object.keys(EVERY_ACTION).sort()).toEqual(Object.keys(MessageRuleRecord.shape.actions.shape).sort());
    for (const [name, value] of Object.entries(EVERY_PREDICATE)) {
      const { rules: [said], script } = scriptFor([rule({ conditions: { [name]: value }, actions: toFolder })], undefined, context());
      const dropped = ["isApprovalRequest", "isAutomaticForward"].includes(name);
      const reasons = said?.map(({ reason }) => reason) ?? [];
      expect([name, script.includes("# switched off"), reasons.includes("settings.rule-off")]).toEqual([name, dropped, dropped]);
      if (dropped) expect([name, reasons]).toEqual([name, ["settings.rule-untestable", "settings.rule-off"]]);
      else expect([name, /^if (true|false) \{/m.test(script)]).toEqual([name, false]);
    }
    expect(lossesOf({ actions: EVERY_ACTION })).toEqual(["actions.forwardTo approximated settings.rule-forward", "actions.forwardAsAttachmentTo approximated settings.rule-forward"]);
    expect(lossesOf({ actions: { markImportance: "low", teleport: true } }, ["fileinto"])).toEqual(["actions.markImportance dropped settings.rule-extension", "actions.teleport dropped settings.rule-action"]);
  });
  it("is written switched off when one of its tests cannot be said, and says which", () => {
    const script = scriptOf({ name: "x", conditions: { subjectContains: ["a"] }, exceptions: { isApprovalRequest: true, quantum: true }, actions: toFolder });
    expect(script).toContain("# switched off, not said: exceptions.isApprovalRequest, exceptions.quantum\r\nif allof (\r\n  false,");
    expect(lossesOf({ conditions: { headerContains: ["X-Spam"] }, actions: toFolder })).toContain("conditions.headerContains dropped settings.rule-untestable");
  });
  it("keeps rules that were off, and those that the source could not run, switched off", () => {
    expect(lossesOf({ enabled: false, conditions: { subjectContains: ["a"] }, actions: toFolder })).toEqual([]);
    expect(scriptOf({ enabled: false, actions: toFolder })).toContain("if false {");
    expect(lossesOf({ hasError: true, actions: { moveToFolder: { id: "gone" } } })).toEqual(["rule approximated settings.rule-broken", "actions.moveToFolder dropped settings.rule-folder"]);
    expect(scriptOf({ actions: { moveToFolder: { id: "gone" } } })).toContain("if false {");
    const stopping = { actions: { moveToFolder: { id: "gone" }, markAsRead: true, stopProcessingRules: true } };
    expect(scriptOf(stopping)).toContain("# does nothing but stop, not said: folder\r\nif true {\r\n  stop;\r\n}");
    expect(scriptOf({ ...stopping, enabled: false })).toContain("if false {");
    expect(lossesOf(stopping)).toEqual(["actions.moveToFolder dropped settings.rule-folder"]);
  });
  it("asks for the extensions it uses and no others", () => {
    expect(scriptOf({ actions: toFolder })).toMatch(/^require \["fileinto", "mailbox"\];/m);
    expect(scriptOf({ actions: toFolder }, ["fileinto"])).toMatch(/^require "fileinto";/m);
    expect(scriptOf({ conditions: { subjectContains: ["a"] }, actions: { stopProcessingRules: true } })).not.toContain("require");
    expect(lossesOf({ actions: toFolder }, [])).toEqual(["actions.moveToFolder dropped settings.rule-extension"]);
    expect(lossesOf({ actions: { copyToFolder: { id: "F", path: ["A"] } } }, ["fileinto"])).toEqual(["actions.copyToFolder approximated settings.rule-extension"]);
    expect(lossesOf({ conditions: { bodyContains: ["a"] }, actions: toFolder }, ["fileinto"])).toEqual(["conditions.bodyContains dropped settings.rule-extension", "rule approximated settings.rule-off"]);
    expect(lossesOf({ conditions: { hasAttachments: true }, actions: toFolder }, ["fileinto"])).toEqual(["conditions.hasAttachments approximated settings.rule-test", "conditions.hasAttachments approximated settings.rule-extension"]);
  });
  it("resends to no more people than the server allows, counting earlier rules that go on", () => {
    const to = (...names: string[]) => ({ redirectTo: names.map((name) => ({ address: `${name}@x.example` })) });
    const { rules } = scriptFor([
      rule({ order: 1, actions: to("a", "b") }), rule({ order: 2, actions: { ...to("c"), stopProcessingRules: true } }), rule({ order: 3, actions: to("d", "e", "f") }), rule({ order: 4, actions: to("g") }),
    ], undefined, context());
    expect(rules.map((losses) => losses.map(({ reason }) => reason))).toEqual([[], [], ["settings.rule-redirects"], ["settings.rule-redirects"]]);
  });
});

describe("a rule that cannot resend what it puts away", () => {
  it.each([{ delete: true }, { permanentDelete: true }, { moveToFolder: { id: "T", path: ["Corbeille"], role: "trash" as const } }])("is written switched off: %j", (away) => {
    const inside = context();
    const { script, rules } = scriptFor([rule({ actions: { redirectTo: [{ address: "a@dehors.example" }], ...away } })], undefined, { ...inside, mailbox: { ...inside.mailbox, mayResendTo: () => false } });
    expect([script.includes("if false {"), rules.flat().map(({ reason }) => reason)]).toEqual([true, ["settings.rule-off", "settings.rule-outside"]]);
  });
});

describe("automatic replies", () => {
  const losses = (over: Parameters<typeof reply>[0], extensions?: Iterable<string>) => scriptFor([], reply(over), context({}, extensions)).reply.map(({ reason }) => reason);
  it("name what they lose", () => {
    expect(losses({ status: "off" })).toEqual([]);
    expect(losses({})).toEqual(["settings.reply-repeat"]);
    expect(losses({}, [])).toEqual(["settings.reply-extension"]);
    expect(losses({ outside: "contacts" })).toContain("settings.reply-contacts");
    const dates = { status: "scheduled" as const, start: { local: "2026-07-01T08:00:00", zone: "Romance Standard Time" }, end: { local: "2026-07-15T18:00:00", zone: "Romance Standard Time" } };
    expect(losses(dates)).toEqual([]);
    expect(losses(dates, ["vacation"])).toEqual(["settings.reply-extension"]);
    expect(losses({ ...dates, end: { local: "x" } })).toEqual(["settings.reply-window"]);
    const { script } = scriptFor([], reply(dates), context());
    expect(script).toContain('"ge" "iso8601" "2026-07-01T06:00:00"');
    expect(script).toContain('"lt" "iso8601" "2026-07-15T16:00:00"');
    expect(script).toContain(":days 15 ");
  });
});
