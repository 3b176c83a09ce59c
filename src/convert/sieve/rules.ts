import type { Loss } from "../../core/item.js";
import type { MessageRuleRecord } from "../../format/settings.js";
import { ruleActions } from "./rule-actions.js";
import { ruleTest } from "./rule-tests.js";
import type { Piece, SieveContext } from "./context.js";
import { comment } from "./script-text.js";

/** A rule as it stands in the script. */
export interface SaidRule extends Piece {
  /** It stands in the script and never applies: it was off, or a part of it cannot be said without which it would do more than at the source. */
  readonly off: boolean;
  readonly losses: readonly Loss[];
}

/**
 * Inbox rules as Sieve commands (RFC 5228), in the order of the source. All conditions must hold, and no exception; of the values of one, any. A rule of which
 * a condition or exception cannot be said is written switched off: without it, it would catch mail that it was not meant for.
 */
export function saidRules(rules: readonly MessageRuleRecord[], context: SieveContext): readonly SaidRule[] {
  const { maxRedirects = Number.POSITIVE_INFINITY } = context.server;
  // Redirects of earlier rules that a message may have set off before it comes to a rule.
  let before = 0;
  const said = new Map<MessageRuleRecord, SaidRule>();
  for (const rule of [...rules].sort((a, b) => a.order - b.order)) {
    const { redirects, ...done } = saidRule(rule, context, maxRedirects - before);
    if (!done.off && rule.actions.stopProcessingRules !== true) before += redirects;
    said.set(rule, done);
  }
  return [...said.values()];
}

function saidRule(rule: MessageRuleRecord, context: SieveContext, allowed: number): SaidRule & { readonly redirects: number } {
  const conditions = tests("conditions", rule.conditions, context);
  const exceptions = tests("exceptions", rule.exceptions, context);
  const actions = ruleActions(rule.actions, context, allowed);
  const homeless = actions.losses.some(({ reason }) => reason === "settings.rule-folder");
  const missing = [...conditions.missing, ...exceptions.missing];
  const off = !rule.enabled || rule.hasError || missing.length > 0 || homeless;
  const all = [...(off ? ["false"] : []), ...conditions.pieces.map(({ text }) => text), ...(exceptions.pieces.length === 0 ? [] : [`not anyof (${exceptions.pieces.map(({ text }) => text).join(",\r\n    ")})`])];
  const test = all.length === 0 ? "true" : all.length === 1 ? all.join("") : `allof (\r\n  ${all.join(",\r\n  ")}\r\n)`;
  const head = [comment(`Rule: ${rule.name}`), ...(off && rule.enabled ? [comment(`switched off, not said: ${[...missing, ...(homeless ? ["folder"] : [])].join(", ") || "it had an error"}`)] : [])];
  const block = [`if ${test} {`, ...actions.pieces.map(({ text }) => `  ${text}`), "}"];
  return {
    text: [...head, ...block].join("\r\n"), needs: [...conditions.pieces, ...exceptions.pieces, ...actions.pieces].flatMap(({ needs }) => needs), off, redirects: actions.redirects,
    losses: [
      ...(rule.hasError ? [loss("rule", "approximated", "settings.rule-broken", "source")] : []), ...conditions.losses, ...exceptions.losses,
      ...(rule.enabled && missing.length > 0 ? [loss("rule", "approximated", "settings.rule-off")] : []),
      ...actions.losses.map(({ field, dropped, reason }) => loss(`actions.${field}`, dropped ? "dropped" : "approximated", reason)),
    ],
  };
}

function tests(part: "conditions" | "exceptions", predicates: MessageRuleRecord["conditions"], context: SieveContext): { pieces: readonly Piece[]; missing: readonly string[]; losses: readonly Loss[] } {
  const said = Object.entries(predicates).filter(([, value]) => value !== undefined && value !== null).flatMap(([name, value]) => {
    const saying = ruleTest(name, value, context);
    return saying === undefined ? [] : [{ field: `${part}.${name}`, ...saying }];
  });
  return {
    pieces: said.flatMap(({ piece }) => piece ?? []), missing: said.filter(({ piece }) => piece === undefined).map(({ field }) => field),
    losses: said.flatMap(({ field, piece, reasons }) => reasons.map((reason) => loss(field, piece === undefined ? "dropped" : "approximated", reason))),
  };
}

function loss(field: string, change: Loss["change"], reason: Loss["reason"], side: Loss["side"] = "target"): Loss {
  return { field, change, side, reason };
}
