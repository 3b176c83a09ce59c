import { parse } from "csv-parse/sync";
import { z } from "zod";
import { ExodusError } from "../core/errors.js";
import type { AdapterEnvironment } from "./define.js";

/** `env:NAME` or `file:PATH` (relative to the configuration): a secret by reference, never by value. */
export const secretRef = z.string().regex(/^(env|file):.+/, "a secret is named by env:NAME or file:PATH");

/** How an adapter signs in for an account: spread into its options schema. */
export const signInOptions = {
  /** Sign-in name; `{account}` stands for the target account, for example `{account}*admin` for a master user. */
  user: z.string().min(1).default("{account}"),
  /** One password for all accounts (a master user's, or a test server's). */
  password: secretRef.optional(),
  /** Lines `account;password`, for the accounts that have passwords of their own; comes before `password`. */
  accounts: secretRef.optional(),
  /** Account with which `doctor` tries to sign in. */
  probe: z.string().min(1).optional(),
};

export interface SignInOptions {
  readonly user: string;
  readonly password?: string | undefined;
  readonly accounts?: string | undefined;
  readonly probe?: string | undefined;
}

export interface Credentials {
  readonly user: string;
  readonly password: string;
}

/** Puts the account in the place of every `{account}`. */
export function fillTemplate(template: string, account: string, encode: (text: string) => string = (text) => text): string {
  return template.replaceAll("{account}", () => encode(account));
}

/** Resolves the passwords once; the function then answers the credentials of any account. @throws ExodusError CONFIG_SECRET_MISSING. */
export async function credentialsOf(options: SignInOptions, environment: AdapterEnvironment): Promise<(account: string) => Credentials> {
  const own = options.accounts === undefined ? new Map<string, string>() : passwordsOf(await environment.secret(options.accounts), options.accounts);
  const common = options.password === undefined ? undefined : await environment.secret(options.password);
  return (account) => {
    const password = own.get(account.toLowerCase()) ?? common;
    if (password === undefined) throw new ExodusError("TARGET_CREDENTIAL", { params: { target: environment.target, account } });
    return { user: fillTemplate(options.user, account), password };
  };
}

/** The parser's own message would quote the line, hence the password: it is not passed on. */
function passwordsOf(text: string, reference: string): Map<string, string> {
  try {
    const rows = parse(text, { delimiter: ";", bom: true, skip_empty_lines: true, relax_column_count: true, trim: true }) as string[][];
    return new Map(rows.flatMap(([account, password]) => (account === undefined || password === undefined ? [] : [[account.toLowerCase(), password] as const])));
  } catch {
    throw new ExodusError("CONFIG_SECRET_MISSING", { params: { reference } });
  }
}
