import { z } from "zod";
import { ExodusError } from "../../core/errors.js";
import { HttpClient, type HttpAccess } from "./client.js";
import { jsonOf } from "./json.js";
import { RenewedTokens, type IssuedToken, type TokenSource } from "./tokens.js";

export interface ClientCredentials extends Omit<HttpAccess, "account"> {
  /** Token endpoint of the authorization server. */
  readonly tokenUrl: URL;
  readonly clientId: string;
  readonly clientSecret: string;
  readonly scope: string;
}

/** RFC 6749 section 5.1; `expires_in` in seconds. */
const Issued = z.object({ access_token: z.string().min(1), expires_in: z.number().positive().optional() });
const LONGEST = 256 * 1024;

/** Tokens of an application that signs in as itself (RFC 6749 section 4.4). */
export function clientCredentials(access: ClientCredentials): TokenSource {
  const place = { target: `${access.target} (${access.tokenUrl.host})`, account: access.clientId };
  const http = new HttpClient({ ...access, ...place }, 1);
  const form = new URLSearchParams({ grant_type: "client_credentials", client_id: access.clientId, client_secret: access.clientSecret, scope: access.scope }).toString();
  const ask = (signal: AbortSignal): Promise<IssuedToken> =>
    http.send("POST", access.tokenUrl, { headers: { accept: "application/json", "content-type": "application/x-www-form-urlencoded" }, body: form, signal }, async ({ status, text }) => {
      if (status === 429 || status >= 500) throw new ExodusError("TARGET_PASSING", { params: { ...place, reason: `POST: HTTP ${status}` } });
      const issued = status === 200 ? Issued.safeParse(jsonOf(await text(LONGEST))) : undefined;
      // What the server says of the refusal may quote what was sent.
      if (issued?.success !== true) throw new ExodusError("TARGET_CREDENTIAL", { params: place });
      return { token: issued.data.access_token, livesMs: issued.data.expires_in === undefined ? undefined : issued.data.expires_in * 1_000 };
    });
  return new RenewedTokens(ask, () => http.close());
}
