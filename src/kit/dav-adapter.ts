import { z } from "zod";
import type { Account, Adapter, Manifest, TargetSession } from "../core/adapter.js";
import { ExodusError } from "../core/errors.js";
import { failedCheck } from "../core/failed-check.js";
import type { CheckResult } from "../core/source.js";
import { DavClient } from "../drivers/dav/client.js";
import { discoverHome, type HomeKind } from "../drivers/dav/discover.js";
import { SCHEMES, type Scheme } from "../drivers/dav/error-table.js";
import { encodeSegment } from "../drivers/dav/paths.js";
import { spaceAt } from "../drivers/dav/quota.js";
import { propfind } from "../drivers/dav/verbs.js";
import { DAV } from "../drivers/dav/xml.js";
import type { AdapterEnvironment } from "./define.js";
import { httpAccess, httpOptions, type HttpOptions } from "./http-options.js";
import { credentialsOf, fillTemplate, signInOptions, type Credentials, type SignInOptions } from "./options.js";
import { webAddress } from "./web-address.js";

/** Options of every adapter that speaks WebDAV: spread into its schema. */
export const davOptions = {
  /** Address at the server; `{account}` stands for the target account, percent-encoded. */
  url: webAddress,
  ...signInOptions,
  /** How the sign-in is sent: a password, or a token in its place that the server's own sign-in gave (RFC 6750). */
  scheme: z.enum(SCHEMES).default("basic"),
  ...httpOptions,
};

export interface DavOptions extends SignInOptions, HttpOptions {
  readonly url: string;
  readonly scheme: Scheme;
}

export interface DavBinding extends Pick<Adapter, "foresee" | "foreseePlace"> {
  readonly manifest: Manifest;
  readonly options: DavOptions;
  readonly environment: AdapterEnvironment;
  /** Finds where the account's content goes, without writing: an address on the client's host. Throws when the account cannot be used. */
  locate(client: DavClient, signal: AbortSignal): Promise<string>;
  /** `home` is a path on the client's server. */
  open(client: DavClient, home: string): TargetSession;
}

/** An adapter whose sessions each sign in to one account of one WebDAV server. */
export async function davAdapter(binding: DavBinding): Promise<Adapter> {
  const { manifest, options, environment, foresee, foreseePlace } = binding;
  const credentials = await credentialsOf(options, environment);
  return {
    manifest,
    check: (signal) => check(binding, credentials, signal),
    connect: async (account, _workload, signal) => connect(binding, account, credentials(account.name), signal),
    foresee, foreseePlace,
    close: () => Promise.resolve(),
  };
}

/** Home of calendars or address books: the address itself when it names the account, else by discovery. */
export async function homeOf(client: DavClient, kind: HomeKind, url: string, signal: AbortSignal): Promise<string> {
  if (!url.includes("{account}")) return discoverHome(client, kind, signal);
  const home = client.access.base.pathname;
  if ((await propfind(client, home, [`{${DAV}}resourcetype`], signal)) === undefined) {
    throw new ExodusError("TARGET_NO_HOME", { params: { target: client.access.target, account: client.access.account } });
  }
  return home;
}

function clientOf({ options, environment }: DavBinding, account: string, { user, password }: Credentials, base?: URL): DavClient {
  return new DavClient({
    ...httpAccess(options, environment, account), base: base ?? new URL(fillTemplate(options.url, account, encodeSegment)), user, password, scheme: options.scheme,
  });
}

async function connect(binding: DavBinding, { name }: Pick<Account, "name">, signIn: Credentials, signal: AbortSignal): Promise<TargetSession> {
  const client = clientOf(binding, name, signIn);
  try {
    const home = new URL(await located(binding, client, signal), client.access.base);
    if (home.origin === client.access.base.origin) return binding.open(client, home.pathname);
    // Discovery led to another port of the same host.
    await client.close();
    return binding.open(clientOf(binding, name, signIn, home), home.pathname);
  } catch (thrown) {
    await client.close();
    throw thrown;
  }
}

/** A refusal concerns the account itself, or the one who signs in for it. */
async function located(binding: DavBinding, client: DavClient, signal: AbortSignal): Promise<string> {
  try {
    return await binding.locate(client, signal);
  } catch (thrown) {
    const { target, account, user } = client.access;
    if (!(thrown instanceof ExodusError) || thrown.code !== "TARGET_DENIED" || user === account) throw thrown;
    throw new ExodusError("TARGET_NO_RIGHT", { params: { ...thrown.params, target, account, user }, cause: thrown });
  }
}

/** With `probe`: sign-in and home of that account; else only that a server answers. */
async function* check(binding: DavBinding, credentials: (account: string) => Credentials, signal: AbortSignal): AsyncGenerator<CheckResult> {
  const { options: { probe }, environment: { target: subject, lang } } = binding;
  let client: DavClient | undefined;
  try {
    client = clientOf(binding, probe ?? "", probe === undefined ? { user: "", password: "" } : credentials(probe));
    if (probe === undefined) {
      const dav = await client.request("OPTIONS", client.access.base.pathname, { expect: [401, 403, 404, 405], signal }, (answer) => Promise.resolve(answer.header("dav")));
      yield { subject, ok: true, code: "DAV_ANSWERS", message: dav ?? "" };
    } else {
      const home = await located(binding, client, signal);
      yield { subject, ok: true, code: "DAV_SIGN_IN", message: `${probe}: ${home}` };
      const space = await spaceAt(client, new URL(home, client.access.base).pathname, signal);
      if (space === 0) throw new ExodusError("TARGET_QUOTA_FULL", { params: { target: subject, account: probe, reason: `${probe}: quota-available-bytes 0` } });
    }
  } catch (thrown) {
    signal.throwIfAborted();
    yield failedCheck(subject, thrown, lang);
  } finally {
    await client?.close();
  }
}
