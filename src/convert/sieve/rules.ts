import type { Loss } from "../../core/item.js";
import type { MessageRuleRecord } from "../../format/settings.js";
import { ruleActions } from "./rule-actions.js";
import { ruleTest } from "./rule-tests.js";
import { piece, type Piece, type SieveContext } from "./context.js";
import { comment } from "./script-text.js";

/** A rule as it stands in the script. */
export interface SaidRule extends Piece {
  /** Redirects that it sets off for a message that goes on to the next rule; none while it never applies. */
  readonly redirects: number;
  readonly losses: readonly Loss[];
}

/**
 * One inbox rule as Sieve commands (RFC 5228). All conditions must hold, and no exception; of the values of one, any. A rule of which a condition or exception
 * cannot be said is written switched off: without it, it would catch mail that it was not meant for. One that catches the right mail and would lose it keeps its
 * end: later rules do not come to that mail at the source either. `allowed`: how many redirects are left to it by the others.
 */
export function saidRule(rule: MessageRuleRecord, context: SieveContext, allowed: number): SaidRule {
  const conditions = tests("conditions", rule.conditions, context);
  const exceptions = tests("exceptions", rule.exceptions, context);
  const actions = ruleActions(rule.actions, context, allowed);
  const homeless = actions.losses.some(({ reason }) => reason === "settings.rule-folder");
  const missing = [...conditions.missing, ...exceptions.missing];
  const inert = !rule.enabled || rule.hasError || missing.length > 0;
  const stops = rule.actions.stopProcessingRules === true;
  const held = !inert && (homeless || actions.wouldLose);
  const off = inert || (held && !stops);
  const pieces = held && stops ? [piece("stop;")] : actions.pieces;
  const unsaid = [...missing, ...(homeless ? ["folder"] : []), ...(actions.wouldLose ? ["recipient of what is deleted here"] : [])];
  const all = [...(off ? ["false"] : []), ...conditions.pieces.map(({ text }) => text), ...(exceptions.pieces.length === 0 ? [] : [`not anyof (${exceptions.pieces.map(({ text }) => text).join(",\r\n    ")})`])];
  const test = all.length === 0 ? "true" : all.length === 1 ? all.join("") : `allof (\r\n  ${all.join(",\r\n  ")}\r\n)`;
  const head = [comment(`Rule: ${rule.name}`), ...((off || held) && rule.enabled ? [comment(`${off ? "switched off" : "does nothing but stop"}, not said: ${unsaid.join(", ") || "it had an error"}`)] : [])];
  const block = [`if ${test} {`, ...pieces.map(({ text }) => `  ${text}`), "}"];
  return {
    text: [...head, ...block].join("\r\n"), needs: [...conditions.pieces, ...exceptions.pieces, ...pieces].flatMap(({ needs }) => needs),
    redirects: off || stops ? 0 : actions.redirects,
    losses: [
      ...(rule.hasError ? [loss("rule", "approximated", "settings.rule-broken", "source")] : []), ...conditions.losses, ...exceptions.losses,
      ...(rule.enabled && (missing.length > 0 || actions.wouldLose) ? [loss("rule", "approximated", "settings.rule-off")] : []),
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
    pieces: said.flatMap(({ piece: test }) => test ?? []), missing: said.filter(({ piece: test }) => test === undefined).map(({ field }) => field),
    losses: said.flatMap(({ field, piece: test, reasons }) => reasons.map((reason) => loss(field, test === undefined ? "dropped" : "approximated", reason))),
  };
}

function loss(field: string, change: Loss["change"], reason: Loss["reason"], side: Loss["side"] = "target"): Loss {
  return { field, change, side, reason };
}
