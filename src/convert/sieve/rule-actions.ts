import type { LossReason } from "../../core/losses.js";
import type { MessageRuleRecord } from "../../format/settings.js";
import { firstOffered, piece, type Piece, type Saying, type SieveContext, type SieveServer } from "./context.js";
import { quoted, stringList } from "./script-text.js";

type Actions = MessageRuleRecord["actions"];
type Address = NonNullable<Actions["forwardTo"]>[number];

/** RFC 8457 section 2: what the mailboxes at the target have for high importance. */
const IMPORTANT = "$Important";

const KNOWN: ReadonlySet<string> = new Set([
  "moveToFolder", "copyToFolder", "assignCategories", "markAsRead", "markImportance", "delete", "permanentDelete", "forwardTo", "forwardAsAttachmentTo", "redirectTo", "stopProcessingRules",
] satisfies (keyof Actions)[]);

/** RFC 5321 section 4.1.2 without quoted local parts: an address that the filter does not take would make the whole script invalid. */
const MAILBOX = /^[\w!#$%&'*+/=?^`{|}~-]+(\.[\w!#$%&'*+/=?^`{|}~-]+)*@[A-Za-z0-9](-*[A-Za-z0-9])*(\.[A-Za-z0-9](-*[A-Za-z0-9])*)*$/;

export interface SaidActions {
  /** In the order in which they must be run: marks first, since they hold for what is filed afterwards (RFC 5232 section 3). */
  readonly pieces: readonly Piece[];
  readonly losses: readonly { readonly field: string; readonly dropped: boolean; readonly reason: LossReason }[];
  /** Redirects that the rule sets off. */
  readonly redirects: number;
  /** Somebody whom the rule resends mail to gets none, and the rule deletes it: run as it stands, it would lose the message. */
  readonly wouldLose: boolean;
}

/** Actions of one rule. `allowed`: how many redirects it may set off. */
export function ruleActions(actions: Actions, context: SieveContext, allowed: number): SaidActions {
  const said: (readonly [field: string, saying: Saying])[] = [];
  const marks = actions.assignCategories ?? [];
  if (actions.markAsRead === true) said.push(["markAsRead", flag(["\\Seen"], context)]);
  if (marks.length > 0) said.push(["assignCategories", flag(marks.map(context.mailbox.keyword), context)]);
  if (actions.markImportance !== undefined) said.push(["markImportance", importance(actions.markImportance, context)]);
  if (actions.copyToFolder) said.push(["copyToFolder", file(context.mailbox.folder(actions.copyToFolder), context, true)]);
  let redirects = 0;
  let unsent = false;
  for (const field of ["redirectTo", "forwardTo", "forwardAsAttachmentTo"] as const) {
    for (const person of actions[field] ?? []) {
      const saying = redirect(person, field, context, redirects < allowed);
      if (saying.piece === undefined) unsent = true;
      else redirects += 1;
      said.push([field, saying]);
    }
  }
  if (actions.moveToFolder) said.push(["moveToFolder", file(context.mailbox.folder(actions.moveToFolder), context, false)]);
  if (actions.permanentDelete === true) said.push(["permanentDelete", { piece: piece("discard;"), reasons: [] }]);
  else if (actions.delete === true) said.push(["delete", toTrash(context)]);
  for (const field of Object.keys(actions)) if (!KNOWN.has(field)) said.push([field, { reasons: ["settings.rule-action"] }]);
  if (actions.stopProcessingRules === true) said.push(["stopProcessingRules", { piece: piece("stop;"), reasons: [] }]);
  return {
    pieces: said.flatMap(([, saying]) => saying.piece ?? []), redirects, wouldLose: unsent && (actions.delete === true || actions.permanentDelete === true || actions.moveToFolder?.role === "trash"),
    losses: said.flatMap(([field, { piece: text, reasons }]) => reasons.map((reason) => ({ field, dropped: text === undefined, reason }))),
  };
}

/** Resent as it came; what Exchange forwards is a new message of the owner's. Outlook leaves the message in the inbox either way. */
function redirect({ address = "" }: Address, field: string, { server, mailbox }: SieveContext, allowed: boolean): Saying {
  if (!MAILBOX.test(address)) return { reasons: ["settings.rule-address"] };
  if (mailbox.mayResendTo?.(address) === false) return { reasons: ["settings.rule-outside"] };
  if (!allowed) return { reasons: ["settings.rule-redirects"] };
  return firstOffered(server, copying(server, piece(`redirect :copy ${quoted(address)};`, "copy"), piece(`redirect ${quoted(address)};\r\n  keep;`)), ...(field === "redirectTo" ? [] : ["settings.rule-forward" as const]));
}

function toTrash(context: SieveContext): Saying {
  const { server, mailbox: { trash } } = context;
  // RFC 8579 section 4.
  if (server.extensions.has("special-use")) return firstOffered(server, [piece(`fileinto :specialuse "\\\\Trash" ${quoted(trash ?? "Trash")};`, "fileinto", "special-use")]);
  return trash === undefined ? { reasons: ["settings.rule-action"] } : file(trash, context, false);
}

function flag(flags: readonly string[], { server }: SieveContext): Saying {
  return firstOffered(server, [piece(`addflag ${stringList(flags)};`, "imap4flags")]);
}

/** As mail at the target has it: a keyword for high importance, nothing for the others; a header says each, where it may be edited (RFC 5293). */
function importance(word: string, { server }: SieveContext): Saying {
  const header = piece(`deleteheader "Importance";\r\n  addheader "Importance" ${quoted(word)};`, "editheader");
  if (word === "high") return firstOffered(server, [piece(`addflag ${quoted(IMPORTANT)};`, "imap4flags"), header]);
  if (word === "normal") return firstOffered(server, [piece(`removeflag ${quoted(IMPORTANT)};`, "imap4flags"), header]);
  return word === "low" ? firstOffered(server, [header]) : { reasons: ["settings.rule-action"] };
}

/** With "mailbox", a folder that is missing is made (RFC 5490 section 3.2); without it none is, which costs nothing: those of the mailbox are there. */
function file(name: string | undefined, { server }: SieveContext, copy: boolean): Saying {
  if (name === undefined || name === "") return { reasons: ["settings.rule-folder"] };
  const made = server.extensions.has("mailbox");
  const [to, needs] = [`${made ? ":create " : ""}${quoted(name)}`, ["fileinto", ...(made ? ["mailbox"] : [])]];
  if (!copy) return firstOffered(server, [piece(`fileinto ${to};`, ...needs)]);
  return firstOffered(server, copying(server, piece(`fileinto :copy ${to};`, ...needs, "copy"), piece(`fileinto ${to};\r\n  keep;`, ...needs)));
}

function copying({ keepsBeside }: SieveServer, copy: Piece, beside: Piece): readonly Piece[] {
  return keepsBeside === false ? [copy] : [copy, beside];
}
