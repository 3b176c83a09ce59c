import { ExodusError } from "../../core/errors.js";
import { HttpClient, type HttpAccess } from "../http/client.js";
import { RenewedTokens, type IssuedToken, type TokenSource } from "../http/tokens.js";

export interface AdminAccess extends HttpAccess {
  /** Address of the administration port (6060 unless configured otherwise; cozy-stack docs/admin.md). */
  readonly admin: URL;
  readonly passphrase: string;
  /** Domain of the instance, with its port where it has one. */
  readonly domain: string;
  readonly scope: string;
}

/** Life of the command line's tokens (cozy-stack pkg/consts/token.go, CLITokenValidityDuration). */
const LIFE_MS = 30 * 60_000;
const LONGEST = 64 * 1024;

/** Tokens made at the administration port (`POST /instances/token`; cozy-stack web/instances/client.go, createToken; client/instances.go, GetToken). */
export function adminTokens(access: AdminAccess, now: () => number = Date.now): TokenSource {
  const { admin, passphrase, domain, scope, target, account } = access;
  const http = new HttpClient({ ...access, target: `${target} (${admin.host})` }, 1);
  const url = new URL("instances/token", admin.href.endsWith("/") ? admin : `${admin.href}/`);
  for (const [name, value] of Object.entries({ Domain: domain, Audience: "cli", Scope: scope, Subject: "o365-exodus" })) url.searchParams.set(name, value);
  // The user's name is not looked at (docs/admin.md; web/middlewares/basic_auth.go).
  const headers = { authorization: `Basic ${Buffer.from(`admin:${passphrase}`).toString("base64")}` };
  const ask = (signal: AbortSignal): Promise<IssuedToken> => http.send("POST", url, { headers, body: "", signal }, async ({ status, text }) => {
    if (status === 200) return { token: (await text(LONGEST)).trim(), livesMs: LIFE_MS };
    if (status === 404) throw new ExodusError("TARGET_INSTANCE_MISSING", { params: { target, account, instance: domain } });
    if (status === 401 || status === 403) throw new ExodusError("TARGET_ADMIN_REFUSED", { params: { target, reason: `HTTP ${status}` } });
    throw new ExodusError(status >= 500 ? "TARGET_PASSING" : "TARGET_ADMIN_REFUSED", { params: { target, reason: `POST /instances/token: HTTP ${status}` } });
  });
  return new RenewedTokens(ask, () => http.close(), now);
}
