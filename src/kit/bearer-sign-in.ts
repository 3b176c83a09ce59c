import { z } from "zod";
import type { ClientCredentials } from "../drivers/http/client-credentials.js";
import { clientCredentials } from "../drivers/http/client-credentials.js";
import { givenToken, type TokenSource } from "../drivers/http/tokens.js";
import type { AdapterEnvironment } from "./define.js";
import { httpAccess, type HttpOptions } from "./http-options.js";
import { secretRef } from "./options.js";
import { webAddress } from "./web-address.js";

/** How an adapter gets the token that it bears: as an application of a sign-in service, or from somebody. */
export const bearerOptions = z.union([
  z.strictObject({ tokenUrl: webAddress, clientId: z.string().min(1), clientSecret: secretRef, scope: z.string().default("openid email") }),
  z.strictObject({ token: secretRef }),
]);
export type BearerOptions = z.infer<typeof bearerOptions>;

/** Looks the secret up once; the function then answers the tokens for any account. @throws ExodusError CONFIG_SECRET_MISSING. */
export async function tokensOf(options: BearerOptions, http: HttpOptions, environment: AdapterEnvironment): Promise<(account: string) => TokenSource> {
  const told = (await environment.secret("token" in options ? options.token : options.clientSecret)).trim();
  if ("token" in options) return (account) => givenToken(told, { target: environment.target, account });
  const access: ClientCredentials = { ...options, ...httpAccess(http, environment, options.clientId), tokenUrl: new URL(options.tokenUrl), clientSecret: told };
  return () => clientCredentials(access);
}
