import { z } from "zod";
import { ExodusError } from "../../src/core/errors.js";
import { HttpClient, type HttpAccess } from "../../src/drivers/http/client.js";
import { RenewedTokens } from "../../src/drivers/http/tokens.js";
import { isDone, isRefused, toldBy, type Told } from "./told.js";

export interface SignInAccess extends HttpAccess {
  /** Address of the interface; it ends with "/". */
  readonly base: URL;
  /** Value of the header X-Application. */
  readonly application: string;
  readonly login: string;
  readonly password: string;
  /** After so long the token is renewed. */
  readonly renewMs: number;
}

const Signed = z.object({ auth_token: z.string().min(1) });

/** whaller_client/auth.py, `Authenticator.authenticate`. */
export function applicationHeader(clientId: string, clientToken: string): string {
  return Buffer.from(`${clientId}:::${clientToken}`, "utf8").toString("base64");
}

/** Tokens of one person. One is renewed before it ends, as `Authenticator.refresh_token` does; where that is refused, they sign in anew. */
export function personTokens(access: SignInAccess): RenewedTokens {
  const { target, base, application, login, password, renewMs } = access;
  const http = new HttpClient(access, 1);
  let held: string | undefined;
  const error = (code: "TARGET_CREDENTIAL" | "TARGET_PASSING", reason: string): ExodusError => new ExodusError(code, { params: { target, account: login, reason } });

  const post = (path: string, headers: Readonly<Record<string, string>>, body: object, signal: AbortSignal): Promise<Told> =>
    http.send("POST", new URL(path, base), { headers: { accept: "application/json", "content-type": "application/json", ...headers }, body: JSON.stringify(body), signal }, toldBy);
  /** What the server says of a refusal may quote what was sent. */
  const tokenOf = (told: Told, action: string): string | undefined => {
    if (isRefused(told)) return undefined;
    const signed = Signed.safeParse(told.result);
    if (!isDone(told) || !signed.success) throw error("TARGET_PASSING", `${action}: HTTP ${told.status}`);
    return signed.data.auth_token;
  };
  const renewed = async (token: string, signal: AbortSignal): Promise<string | undefined> =>
    tokenOf(await post("person/status_auth_by_token", { authorization: `Bearer ${token}` }, { auth_token: token, login, renew: true }, signal), "status_auth_by_token");
  const signedIn = async (signal: AbortSignal): Promise<string> => {
    const token = tokenOf(await post("person/login", { "x-application": application }, { "signin-login": login, "signin-password": password }, signal), "login");
    if (token === undefined) throw error("TARGET_CREDENTIAL", "login");
    return token;
  };
  const ask = async (signal: AbortSignal): Promise<{ token: string; livesMs: number }> => {
    held = (held === undefined ? undefined : await renewed(held, signal)) ?? (await signedIn(signal));
    // Asked for anew at half of its life.
    return { token: held, livesMs: 2 * renewMs };
  };
  return new RenewedTokens(ask, () => http.close());
}
