import { z } from "zod";
import type { Account, Adapter } from "../../src/core/adapter.js";
import { ExodusError } from "../../src/core/errors.js";
import { failedCheck } from "../../src/core/failed-check.js";
import type { CheckResult } from "../../src/core/source.js";
import { CozyClient } from "../../src/drivers/cozy/client.js";
import { ROOT_ID } from "../../src/drivers/cozy/documents.js";
import { byId } from "../../src/drivers/cozy/files.js";
import { adminTokens } from "../../src/drivers/cozy/tokens.js";
import { diskUsage } from "../../src/drivers/cozy/usage.js";
import { givenToken, type TokenSource } from "../../src/drivers/http/tokens.js";
import { defineAdapter, type AdapterEnvironment } from "../../src/kit/define.js";
import { httpAccess, httpOptions } from "../../src/kit/http-options.js";
import { credentialsOf, fillTemplate, secretRef } from "../../src/kit/options.js";
import { webAddress } from "../../src/kit/web-address.js";
import { foresee, foreseePlace } from "./losses.js";
import { manifest } from "./manifest.js";
import { Places } from "./places.js";
import { CozySession } from "./session.js";

export const options = z.strictObject({
  /** Address of a person's instance; `{account}` stands for the target account, `{local}` for what is before its "@". */
  url: webAddress,
  /** Folder of the instance that receives the files, made when it is not there; the root when absent. */
  folder: z.string().min(1).optional(),
  /** Address of the organisation's instance, where libraries of groups and sites become shared drives; the same places are filled as in `url`. */
  libraries: webAddress.optional(),
  /** Where cozy-stack itself listens, when it is not to be reached through the instances' own names. */
  stack: webAddress.optional(),
  /** Administration port, which makes a token for each instance; with `passphrase`. */
  admin: webAddress.optional(),
  passphrase: secretRef.optional(),
  /** Without the administration port: one token, or lines `account;token`. */
  token: secretRef.optional(),
  tokens: secretRef.optional(),
  /** Account with which `doctor` tries to sign in. */
  probe: z.string().min(1).optional(),
  ...httpOptions,
}).refine(({ admin, passphrase, token, tokens }) => (admin !== undefined && passphrase !== undefined) || token !== undefined || tokens !== undefined,
  { path: ["admin"], message: "tokens come from `admin` and `passphrase`, or from `token` or `tokens`" });
export type CozyOptions = z.infer<typeof options>;

/**
 * Rights of the tokens that the program makes (cozy-stack docs/permissions.md): files, which is what shared drives ask for too (web/sharings/drives.go,
 * ListSharedDrives; web/sharings/sharings.go, checkCreatePermissions), and to read the space that is left.
 */
const SCOPE = "io.cozy.files io.cozy.settings:GET:io.cozy.settings.disk-usage";

type Tokens = (account: string, instance: URL) => TokenSource;

export const adapter = defineAdapter<CozyOptions>({
  manifest, options,
  async create(chosen, environment): Promise<Adapter> {
    const tokens = await tokensOf(chosen, environment);
    return {
      manifest,
      check: (signal) => check(chosen, tokens, environment, signal),
      connect: (account, _workload, signal) => connect(chosen, tokens, environment, account, signal),
      foresee, foreseePlace,
      close: () => Promise.resolve(),
    };
  },
});

/** Whether a token is there for an account that `tokens` does not name. */
function hasCommonToken({ admin, passphrase, token }: CozyOptions): boolean {
  return token !== undefined || (admin !== undefined && passphrase !== undefined);
}

async function tokensOf(chosen: CozyOptions, environment: AdapterEnvironment): Promise<Tokens> {
  const { admin, passphrase, token, tokens } = chosen;
  if (admin !== undefined && passphrase !== undefined) {
    const secret = (await environment.secret(passphrase)).trim();
    return (account, instance) => adminTokens({ ...httpAccess(chosen, environment, account), admin: new URL(admin), passphrase: secret, domain: instance.host, scope: SCOPE });
  }
  const given = await credentialsOf({ user: "{account}", password: token, accounts: tokens }, environment);
  return (account) => givenToken(given(account).password.trim(), { target: environment.target, account }, "TARGET_TOKEN_EXPIRED");
}

async function connect(chosen: CozyOptions, tokens: Tokens, environment: AdapterEnvironment, { owner, name }: Account, signal: AbortSignal): Promise<CozySession> {
  const library = owner.kind !== "user";
  const pattern = library ? chosen.libraries : chosen.url;
  if (pattern === undefined) throw new ExodusError("TARGET_NO_LIBRARIES", { params: { target: environment.target, account: name } });
  const client = clientOf(chosen, tokens, environment, name, pattern);
  try {
    await root(client, signal);
    const folder = (chosen.folder ?? "").split("/").filter((part) => part !== "");
    return new CozySession(client, new Places(client, { owner, folder, drive: library ? owner.displayName || owner.name : undefined }));
  } catch (thrown) {
    await client.close();
    throw thrown;
  }
}

function clientOf(chosen: CozyOptions, tokens: Tokens, environment: AdapterEnvironment, account: string, pattern: string): CozyClient {
  const { stack } = chosen;
  const instance = instanceOf(fillTemplate(pattern, account).replaceAll("{local}", () => account.split("@")[0] ?? ""), { target: environment.target, account });
  return new CozyClient({ ...httpAccess(chosen, environment, account), instance, stack: stack === undefined ? undefined : new URL(stack), tokens: tokens(account, instance) });
}

/**
 * The address of an instance, which is an origin and nothing more: what an account's name puts before or after it (`alice@` of
 * `https://{account}`) would send the token to another host.
 * @throws ExodusError TARGET_INSTANCE_MISSING.
 */
function instanceOf(filled: string, place: { readonly target: string; readonly account: string }): URL {
  const url = URL.canParse(filled) ? new URL(filled) : undefined;
  if (url?.href !== `${url?.origin ?? ""}/`) throw new ExodusError("TARGET_INSTANCE_MISSING", { params: { ...place, instance: url?.host ?? place.account } });
  return url;
}

/** @throws ExodusError TARGET_INSTANCE_MISSING, TARGET_TOKEN_EXPIRED, TARGET_SCOPE … */
async function root(client: CozyClient, signal: AbortSignal): Promise<void> {
  if ((await byId(client, ROOT_ID, signal)) === undefined) throw new ExodusError("TARGET_INSTANCE_MISSING", { params: { ...client.place } });
}

/** The instance of `probe`, and the organisation's where it has one token whatever the group or site: token, root folder, space. Writes nothing. */
async function* check(chosen: CozyOptions, tokens: Tokens, environment: AdapterEnvironment, signal: AbortSignal): AsyncGenerator<CheckResult> {
  const { libraries, probe, url } = chosen;
  const untried = (which: keyof typeof UNTRIED): CheckResult => ({ subject: environment.target, ok: true, code: "COZY_UNTRIED", message: UNTRIED[which][environment.lang] });
  yield probe === undefined ? untried("probe") : await checkInstance(chosen, tokens, environment, [probe, url], signal);
  if (libraries === undefined) return;
  const several = /\{(account|local)\}/.test(libraries) || !hasCommonToken(chosen);
  yield several ? untried("libraries") : await checkInstance(chosen, tokens, environment, ["", libraries], signal);
}

async function checkInstance(chosen: CozyOptions, tokens: Tokens, environment: AdapterEnvironment, [account, pattern]: readonly [string, string], signal: AbortSignal): Promise<CheckResult> {
  const { target: subject, lang } = environment;
  let client: CozyClient | undefined;
  try {
    client = clientOf(chosen, tokens, environment, account, pattern);
    await root(client, signal);
    const usage = await diskUsage(client, signal);
    return { subject, ok: true, code: "COZY_SIGN_IN", message: [client.place.instance, ...(usage === undefined ? [] : [`${usage.used}${usage.quota === undefined ? "" : ` / ${usage.quota}`}`])].join(": ") };
  } catch (thrown) {
    signal.throwIfAborted();
    return failedCheck(subject, thrown, lang);
  } finally {
    await client?.close();
  }
}

const UNTRIED = {
  probe: { en: "set `probe` to have an instance tried", fr: "renseignez `probe` pour qu'une instance soit essayée" },
  libraries: {
    en: "`libraries` is not tried: its address or its token is told for each group and site alone",
    fr: "`libraries` n'est pas essayé : son adresse ou son jeton n'est donné que pour chaque groupe et site",
  },
} as const;
