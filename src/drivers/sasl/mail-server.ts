import type { RateGovernor } from "../../core/governor.js";

/** "tls": from the first byte (RFC 8314); "starttls": a required upgrade; "none": clear text. */
export const SECURITIES = ["tls", "starttls", "none"] as const;

/** A server of a mail protocol, and the account for which it is spoken to. */
export interface MailServer {
  /** Name of the target, for messages. */
  readonly target: string;
  readonly host: string;
  readonly port: number;
  readonly security: (typeof SECURITIES)[number];
  /** PEM certificates to trust beside the system's. */
  readonly ca?: string | undefined;
  /** Account at the target, for messages. */
  readonly account: string;
  readonly governor: RateGovernor;
}
