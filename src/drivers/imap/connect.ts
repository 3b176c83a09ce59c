import { ImapFlow } from "imapflow";
import type { RateGovernor } from "../../core/governor.js";
import { imapError, type ErrorPlace } from "./error-table.js";

export interface ImapAccess {
  /** Name of the target, for messages. */
  readonly target: string;
  readonly host: string;
  readonly port: number;
  /** "tls" = TLS from the first byte (RFC 8314), "starttls" = required upgrade, "none" = clear text. */
  readonly security: "tls" | "starttls" | "none";
  /** PEM certificates to trust beside the system's. */
  readonly ca?: string | undefined;
  /** Account at the target, for messages. */
  readonly account: string;
  /** Sign-in name; with a master user, as the server wants it (for example `account*master`). */
  readonly user: string;
  readonly password: string;
  readonly governor: RateGovernor;
}

const CONNECT_TIMEOUT_MS = 30_000;
/** A server may index a large message before it answers. */
const SOCKET_TIMEOUT_MS = 10 * 60_000;

export function placeOf({ target, account }: ImapAccess): ErrorPlace {
  return { target, account };
}

/** Opens and signs in one connection; an abort closes it. @throws ExodusError as in `error-table.ts`. */
export async function openConnection(access: ImapAccess, signal: AbortSignal): Promise<ImapFlow> {
  signal.throwIfAborted();
  const client = new ImapFlow({
    host: access.host, port: access.port, secure: access.security === "tls", doSTARTTLS: access.security === "starttls",
    auth: { user: access.user, pass: access.password }, logger: false, disableAutoIdle: true,
    ...(access.ca === undefined ? {} : { tls: { ca: access.ca } }),
    connectionTimeout: CONNECT_TIMEOUT_MS, greetingTimeout: CONNECT_TIMEOUT_MS, socketTimeout: SOCKET_TIMEOUT_MS,
  });
  // Without a listener an idle connection's end would bring the process down; the next command tells it anyway.
  client.on("error", () => client.close());
  const abort = (): void => client.close();
  signal.addEventListener("abort", abort, { once: true });
  try {
    await client.connect();
    return client;
  } catch (thrown) {
    signal.throwIfAborted();
    throw imapError(thrown, placeOf(access));
  } finally {
    signal.removeEventListener("abort", abort);
  }
}
