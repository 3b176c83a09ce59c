import type { Manifest } from "../../src/core/adapter.js";
import { WHOLE } from "../../src/kit/capability.js";

export const manifest: Manifest = {
  name: "jmap",
  title: "Any mail server (JMAP)",
  docs: "https://www.rfc-editor.org/rfc/rfc8621",
  workloads: {
    mail: {
      support: "native",
      via: "jmap",
      evidence: "own-server",
      cite: "RFC 8621 section 4.8: Email/import with keywords and date",
      ...WHOLE,
      gaps: [
        { of: "item", field: "body", change: "approximated", reason: "mail.rewritten", cite: "RFC 8621 section 4.8: the server may modify an imported message; Apache James parses and writes every one anew (EmailImportMethod)" },
        { of: "item", field: "importance", change: "dropped", reason: "mail.low-importance", cite: "RFC 8457 defines the keyword $Important and none for the opposite" },
        { of: "item", field: "categories", change: "approximated", reason: "mail.keyword-case", cite: "RFC 8621 section 4.1.1: servers return keywords in lower case" },
        { of: "item", field: "categories", change: "truncated", reason: "mail.keyword", cite: "Dovecot, mail_max_keyword_length: 50 characters by default, for those who read the same mailbox by IMAP" },
        { of: "item", field: "categories", change: "dropped", reason: "mail.keywords-refused", cite: "RFC 8621 section 4.6, tooManyKeywords, and section 4.8, invalidProperties" },
        { of: "item", field: "receivedAt", change: "approximated", reason: "mail.received-range", cite: "The internal date of IMAP, which JMAP tells as receivedAt (RFC 8621 section 4.1.1), is kept by servers as seconds from 1970 to 2038" },
        { of: "item", field: "receivedAt", change: "approximated", reason: "mail.standing-date", cite: "RFC 8621 section 4.8, alreadyExists: the server may forbid two Emails with the same message; section 4.1.1: receivedAt is immutable" },
        { of: "container", field: "name", change: "approximated", reason: "mail.folder-name", cite: "RFC 8621 section 2: the server may refuse names; Apache James refuses the dot, its separator, and % and *" },
        { of: "container", field: "name", change: "truncated", reason: "mail.folder-name-shortened", cite: "RFC 8621 section 1.3.1, maxSizeMailboxName; section 2: two mailboxes of one parent have two names" },
      ],
    },
    settings: {
      support: "partial",
      via: "jmap",
      // The suite wants more than one item of an account, which has one reply: test/integration/jmap-reply.test.ts runs on James.
      evidence: "documented",
      cite: "RFC 8621 section 8: VacationResponse, one of each account; linagora/tmail-backend@cbb8acd6, jmapLabels.adoc and jmapFilters.adoc",
      ...WHOLE,
      concurrency: 1,
      gaps: [
        { of: "item", field: "outside", change: "dropped", reason: "settings.reply-everybody", cite: "RFC 8621 section 8: a reply says nothing of whom it is for" },
        { of: "item", field: "internalText", change: "dropped", reason: "settings.reply-one-text", cite: "RFC 8621 section 8: one textBody and one htmlBody, of the same content" },
        { of: "item", field: "start", change: "dropped", reason: "settings.reply-window", cite: "RFC 8621 section 8: fromDate and toDate are UTC" },
        { of: "item", field: "reply", change: "dropped", reason: "settings.reply-standing", cite: "RFC 8621 section 8: there is one of each account, and its owner may have set it" },
        { of: "item", field: "color", change: "approximated", reason: "settings.category-color", cite: "jmapLabels.adoc: a colour is its red, green and blue; Graph, outlookCategory: names of preset colours" },
        { of: "item", field: "conditions", change: "approximated", reason: "settings.rule-capitals", cite: "apache/james-project@20bf8083, mailet/filter/ContentMatcher.java: words are compared as written" },
        { of: "item", field: "*", change: "dropped", reason: "settings.rule-action", cite: "jmapFilters.adoc, Action: no end of processing; adapters/jmap/README.md: mail is resent by no filter" },
        { of: "item", field: "reply", change: "dropped", side: "tool", reason: "settings.reply-off", cite: "adapters/jmap/README.md, the option replies" },
      ],
    },
  },
  concurrency: 8,
  skips: ["SETTING_UNPLACED"],
};
