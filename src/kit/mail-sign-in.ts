import { z } from "zod";
import { ExodusError } from "../core/errors.js";
import type { SignIn } from "../drivers/sasl/exchange.js";
import type { MailServer } from "../drivers/sasl/mail-server.js";
import type { AdapterEnvironment } from "./define.js";
import { credentialsOf, fillTemplate, secretRef, signInOptions, type SignInOptions } from "./options.js";

/** How an adapter of a mail protocol signs in for an account (SASL, RFC 4422): spread into its options schema. */
export const mailSignInOptions = {
  ...signInOptions,
  /** Account that signs in for every other one, with `user` as authorization identity (RFC 4616); `password` is then its own. */
  admin: z.string().min(1).optional(),
  /** OAuth bearer token instead of a password, read anew for each connection; `{account}` in the reference stands for the target account. */
  token: secretRef.optional(),
};

export interface MailSignInOptions extends SignInOptions {
  readonly admin?: string | undefined;
  readonly token?: string | undefined;
}

/** Where a mail protocol is spoken. */
export function mailServer(place: Pick<MailServer, "host" | "port" | "security">, { target, ca, governor }: AdapterEnvironment, account: string): MailServer {
  return { target, host: place.host, port: place.port, security: place.security, ca, account, governor };
}

/** Answers how to sign in for any account. @throws ExodusError CONFIG_SECRET_MISSING, TARGET_CREDENTIAL. */
export async function mailSignIns(options: MailSignInOptions, environment: AdapterEnvironment): Promise<(account: string) => Promise<SignIn>> {
  const { token, admin } = options;
  const named = (user: string): Pick<SignIn, "user" | "authorizeAs"> => (admin === undefined ? { user } : { user: admin, authorizeAs: user });
  if (token === undefined) {
    const credentials = await credentialsOf(options, environment);
    return (account) => {
      const { user, password } = credentials(account);
      return Promise.resolve({ ...named(user), secret: { kind: "password", value: password } });
    };
  }
  return async (account) => {
    // A name that leads to another folder is no account.
    if (account.includes("/")) throw new ExodusError("TARGET_CREDENTIAL", { params: { target: environment.target, account } });
    const value = (await environment.secret(fillTemplate(token, account))).trim();
    return { ...named(fillTemplate(options.user, account)), secret: { kind: "token", value } };
  };
}
