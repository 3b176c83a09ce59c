import type { LossReason } from "../../core/losses.js";
import type { FolderRef } from "../../format/settings.js";

/** What a mail server's filter can do, as ManageSieve announces it (RFC 5804 section 1.7: SIEVE, MAXREDIRECTS). */
export interface SieveServer {
  readonly extensions: ReadonlySet<string>;
  /** Redirects that one message may set off; no limit told when absent. */
  readonly maxRedirects?: number;
  /** False where one message is filed or resent once at the most, whatever `keep` says: then nothing is copied but by `copy`. */
  readonly keepsBeside?: boolean;
}

/** What a script needs to know of the mailbox that it is written for. */
export interface SieveMailbox {
  /** Addresses of the owner, which "sent to me" means. */
  readonly addresses: readonly string[];
  /** Name of a folder at the target, hierarchy included; undefined when there is none. */
  readonly folder: (folder: FolderRef) => string | undefined;
  /** Name of the folder for deleted messages; undefined when the target has none. */
  readonly trash?: string;
  /** Keyword that stands for a category at the target. */
  readonly keyword: (category: string) => string;
  /** Whether rules may resend mail to this address; to all when absent. */
  readonly mayResendTo?: (address: string) => boolean;
}

export interface SieveContext {
  readonly server: SieveServer;
  readonly mailbox: SieveMailbox;
}

/** A piece of script with the extensions that it requires. */
export interface Piece {
  readonly text: string;
  readonly needs: readonly string[];
}

/** A piece and what it does not say as the source does; without `piece`, it cannot be said at all. */
export interface Saying {
  readonly piece?: Piece;
  readonly reasons: readonly LossReason[];
}

export const piece = (text: string, ...needs: readonly string[]): Piece => ({ text, needs });

/** The first form of which the server has all extensions. All but the first are second best, which `settings.rule-extension` tells. */
export function firstOffered({ extensions }: SieveServer, forms: readonly Piece[], ...reasons: readonly LossReason[]): Saying {
  const at = forms.findIndex(({ needs }) => needs.every((name) => extensions.has(name)));
  const form = forms[at];
  if (form === undefined) return { reasons: ["settings.rule-extension"] };
  return { piece: form, reasons: at === 0 ? reasons : [...reasons, "settings.rule-extension"] };
}
