import type { Gap, Manifest } from "../../src/core/adapter.js";
import type { LossReason } from "../../src/core/losses.js";
import { WHOLE } from "../../src/kit/capability.js";

const item = (field: string, reason: LossReason, cite: string, side?: Gap["side"]): readonly Gap[] =>
  (["approximated", "dropped"] as const).map((change) => ({ of: "item", field, change, ...(side === undefined ? {} : { side }), reason, cite }));

const RULES = "docs/conversions.md, \"Inbox rules\"";
const REPLY = "docs/conversions.md, \"Automatic reply\"";
const README = "adapters/managesieve/README.md";

export const manifest: Manifest = {
  name: "managesieve",
  title: "Filters of any mail server (ManageSieve)",
  docs: "https://www.rfc-editor.org/rfc/rfc5804",
  workloads: {
    settings: {
      support: "partial",
      via: "managesieve",
      evidence: "own-server",
      cite: "RFC 5804: scripts of an account are stored and put to use; RFC 5228 and RFC 5230: what they say",
      ...WHOLE,
      gaps: [
        ...item("*", "settings.rule-off", RULES), ...item("*", "settings.rule-broken", RULES, "source"), ...item("*", "settings.rule-untestable", RULES), ...item("*", "settings.rule-test", RULES),
        ...item("*", "settings.rule-false", RULES), ...item("*", "settings.rule-case", "RFC 5228 section 2.7.3: i;ascii-casemap folds ASCII letters only"), ...item("*", "settings.rule-address", RULES),
        ...item("*", "settings.rule-action", RULES), ...item("*", "settings.rule-extension", "RFC 5804 section 1.7: a server announces the extensions of its Sieve"), ...item("*", "settings.rule-folder", RULES),
        ...item("*", "settings.rule-forward", "RFC 5228 section 4.2: redirect resends the message as it came"), ...item("*", "settings.rule-redirects", "RFC 5804 section 1.7, MAXREDIRECTS"),
        ...item("*", "settings.rule-outside", `${README}, "Mail that leaves"`), ...item("*", "settings.reply-extension", REPLY), ...item("*", "settings.reply-window", REPLY),
        ...item("*", "settings.reply-repeat", "RFC 5230 section 4.1: a server may refuse to wait longer than thirty days"), ...item("*", "settings.reply-contacts", REPLY),
        ...item("reply", "settings.reply-off", `${README}, "Options"`, "tool"), ...item("script", "settings.script-inactive", "RFC 5804 section 2.8: one script of an account is active, or none"),
        ...item("script", "target.edit-replaced", `${README}, "One script"`),
      ],
    },
  },
  // One script: each item waits for the one before.
  concurrency: 1,
  skips: ["SETTING_UNPLACED"],
};
