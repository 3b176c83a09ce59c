import type { Manifest } from "../../src/core/adapter.js";
import { WHOLE } from "../../src/kit/capability.js";

/**
 * Bytes of the largest message that is sent unless the configuration says otherwise: the library takes a message as a whole, so that each is held in memory once.
 * Exchange Online lets nobody send or receive more than 150 MB (Exchange Online limits, "Message limits").
 */
export const LARGEST_MESSAGE = 256 * 2 ** 20;

export const manifest: Manifest = {
  name: "imap",
  title: "Any mail server (IMAP)",
  docs: "https://www.rfc-editor.org/rfc/rfc3501",
  workloads: {
    mail: {
      support: "native",
      via: "imap",
      evidence: "own-server",
      cite: "RFC 3501 section 6.3.11: APPEND with flags and date",
      ...WHOLE,
      maxBytes: LARGEST_MESSAGE,
      gaps: [
        { of: "item", field: "importance", change: "dropped", reason: "mail.low-importance", cite: "RFC 8457 defines the keyword $Important and none for the opposite" },
        { of: "item", field: "categories", change: "truncated", reason: "mail.keyword", cite: "Dovecot, mail_max_keyword_length: 50 characters by default" },
        { of: "item", field: "categories", change: "dropped", reason: "mail.keywords-refused", cite: "RFC 3501 section 7.1, PERMANENTFLAGS: without \\* a mailbox takes no new keyword" },
        { of: "item", field: "receivedAt", change: "approximated", reason: "mail.received-range", cite: "Dovecot 2.3 keeps INTERNALDATE as unsigned seconds since 1970, others as signed ones of 32 bits" },
        { of: "item", field: "body", change: "approximated", reason: "mail.line-endings", cite: "RFC 3501 section 2.3.4 and RFC 5322 section 2.3: CR and LF stand together only" },
        { of: "item", field: "body", change: "approximated", reason: "mail.rewritten", cite: "Cyrus 3.6, imapd.conf: munge8bit, on unless told, puts X for bytes over 127 of a header" },
        { of: "item", field: "rights", change: "dropped", reason: "mail.rights-unoffered", cite: "RFC 4314 section 3: access lists are an extension, ACL" },
        { of: "item", field: "*", change: "dropped", reason: "mail.rights-refused", cite: "RFC 4314 section 3.1: a server may refuse an identifier" },
        { of: "container", field: "name", change: "approximated", reason: "mail.folder-name", cite: "RFC 3501 section 5.1: wildcards and the separator are no part of a name" },
        { of: "container", field: "name", change: "truncated", reason: "mail.folder-name-shortened", cite: "Dovecot keeps a mailbox as a folder of at most 255 bytes" },
      ],
    },
  },
  concurrency: 4,
  skips: [],
};
