import { ImapFlow, type ImapFlowError } from "imapflow";
import { ExodusError } from "../../core/errors.js";
import type { SignIn } from "../sasl/exchange.js";
import type { MailServer } from "../sasl/mail-server.js";
import { refusedSignIn } from "../sasl/refused.js";
import { imapError, type ErrorPlace } from "./error-table.js";

export interface ImapAccess extends MailServer {
  /** Asked for each connection, since tokens are renewed. A master user's name is as the server wants it (for example `account*master`). */
  signIn(): Promise<SignIn>;
}

const CONNECT_TIMEOUT_MS = 30_000;
/** A server may index a large message before it answers. */
const SOCKET_TIMEOUT_MS = 10 * 60_000;

export function placeOf({ target, account }: Pick<ImapAccess, "target" | "account">): ErrorPlace {
  return { target, account };
}

/** Opens and signs in one connection; an abort closes it. @throws ExodusError as in `error-table.ts`. */
export async function openConnection(access: ImapAccess, signal: AbortSignal): Promise<ImapFlow> {
  signal.throwIfAborted();
  const signIn = await access.signIn();
  const client = new ImapFlow({
    host: access.host, port: access.port, secure: access.security === "tls", doSTARTTLS: access.security === "starttls",
    auth: authOf(signIn), logger: false, disableAutoIdle: true,
    ...(access.ca === undefined ? {} : { tls: { ca: access.ca } }),
    connectionTimeout: CONNECT_TIMEOUT_MS, greetingTimeout: CONNECT_TIMEOUT_MS, socketTimeout: SOCKET_TIMEOUT_MS,
  });
  // Without a listener an idle connection's end would bring the process down; the next command tells it anyway.
  client.on("error", () => client.close());
  const abort = (): void => client.close();
  signal.addEventListener("abort", abort, { once: true });
  try {
    await client.connect();
    // Without SASL PLAIN the library signs in as the administrator alone: all would land in that account's own mailbox.
    if (signIn.secret.kind === "password" && signIn.authorizeAs !== undefined && !usedPlain(client)) {
      client.close();
      throw mechanismMissing(access, "PLAIN", client);
    }
    return client;
  } catch (thrown) {
    signal.throwIfAborted();
    const { responseStatus, tlsFailed } = thrown as Partial<ImapFlowError>;
    // Before any sign-in the library gives up without a word of the server's. What is offered before TLS says nothing of what would be after it.
    const lacking = responseStatus === undefined && tlsFailed !== true ? lackingMechanism(signIn, client) : undefined;
    if (lacking !== undefined) throw mechanismMissing(access, lacking, client);
    throw imapError(thrown, { ...placeOf(access), user: signIn.user, refused: refusedSignIn(signIn) });
  } finally {
    signal.removeEventListener("abort", abort);
  }
}

/** A token has one name: that of the account to act for. */
function authOf({ user, secret, authorizeAs }: SignIn): { user: string; pass?: string; authzid?: string; accessToken?: string } {
  if (secret.kind === "token") return { user: authorizeAs ?? user, accessToken: secret.value };
  return { user, pass: secret.value, ...(authorizeAs === undefined ? {} : { authzid: authorizeAs }) };
}

/** What the server would have to offer for this credential, when it told what it offers and that is not there. */
function lackingMechanism({ secret }: SignIn, { capabilities }: ImapFlow): string | undefined {
  if (capabilities.size === 0) return undefined;
  const has = (...names: readonly string[]): boolean => names.some((name) => capabilities.has(`AUTH=${name}`));
  if (secret.kind === "token") return has("OAUTHBEARER", "XOAUTH2", "XOAUTH") ? undefined : "OAUTHBEARER, XOAUTH2";
  return capabilities.has("LOGINDISABLED") && !has("PLAIN", "LOGIN") ? "PLAIN" : undefined;
}

function mechanismMissing({ target }: ImapAccess, mechanism: string, { capabilities }: ImapFlow): ExodusError {
  const offered = [...capabilities.keys()].filter((name) => name.startsWith("AUTH=")).map((name) => name.slice("AUTH=".length));
  return new ExodusError("TARGET_MECHANISM", { params: { target, mechanism, offered: offered.join(" ") || "-", reason: "" } });
}

/** The library tells by which mechanism it signed in, in a property that its types leave out. */
function usedPlain(client: ImapFlow): boolean {
  return (client as { readonly authCapabilities?: ReadonlyMap<string, boolean> }).authCapabilities?.get("AUTH=PLAIN") === true;
}
