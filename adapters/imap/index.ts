import { z } from "zod";
import type { Adapter, TargetSession } from "../../src/core/adapter.js";
import { asExodusError } from "../../src/core/errors.js";
import type { CheckResult } from "../../src/core/source.js";
import type { ImapAccess } from "../../src/drivers/imap/connect.js";
import { Connections } from "../../src/drivers/imap/connections.js";
import { greeting } from "../../src/drivers/imap/greeting.js";
import { Mailboxes } from "../../src/drivers/imap/mailboxes.js";
import { defineAdapter, type AdapterEnvironment } from "../../src/kit/define.js";
import { forecastOf } from "../../src/kit/forecast.js";
import { credentialsOf, signInOptions, type Credentials } from "../../src/kit/options.js";
import { manifest } from "./manifest.js";
import { ImapSession } from "./session.js";

export const options = z.strictObject({
  host: z.string().min(1),
  /** Default: 993 with TLS, 143 without (RFC 8314, RFC 3501). */
  port: z.int().min(1).max(65_535).optional(),
  /** "none" sends passwords in clear: loopback and tests only. */
  security: z.enum(["tls", "starttls", "none"]).default("tls"),
  ...signInOptions,
  /** Connections an account; servers limit them (Dovecot: mail_max_userip_connections, 10). */
  connections: z.int().min(1).max(10).default(3),
  /** Mailbox under which everything is put, from the top level down; default: the account's own top level. */
  prefix: z.array(z.string().min(1)).default([]),
});
export type ImapOptions = z.infer<typeof options>;

export const adapter = defineAdapter<ImapOptions>({
  manifest, options,
  async create(chosen, environment): Promise<Adapter> {
    const credentials = await credentialsOf(chosen, environment);
    return {
      manifest,
      check: (signal) => check(chosen, environment, credentials, signal),
      connect: (account, _workload, signal) => connect(accessOf(chosen, environment, account.name, credentials(account.name)), chosen, signal),
      forecast: (workload) => forecastOf(manifest, workload),
      close: () => Promise.resolve(),
    };
  },
});

function accessOf(chosen: ImapOptions, environment: AdapterEnvironment, account: string, { user, password }: Credentials): ImapAccess {
  const { host, security, port = security === "tls" ? 993 : 143 } = chosen;
  return { target: environment.target, host, port, security, ca: environment.ca, account, user, password, governor: environment.governor };
}

/** Signs in at once, so that an account that cannot be used is told before any item. */
async function connect(access: ImapAccess, { connections: limit, prefix }: ImapOptions, signal: AbortSignal): Promise<TargetSession> {
  const connections = new Connections(access, limit);
  await connections.run((client) => client.noop(), signal);
  return new ImapSession(connections, new Mailboxes(connections, prefix));
}

/** Greeting and certificate; with `probe`, also the sign-in and the extensions that matter. */
async function* check(chosen: ImapOptions, environment: AdapterEnvironment, credentials: (account: string) => Credentials, signal: AbortSignal): AsyncGenerator<CheckResult> {
  const subject = environment.target;
  const { probe } = chosen;
  try {
    if (probe === undefined) {
      yield { subject, ok: true, code: "IMAP_GREETING", message: await greeting(accessOf(chosen, environment, "", { user: "", password: "" })) };
      return;
    }
    const connections = new Connections(accessOf(chosen, environment, probe, credentials(probe)), 1);
    const extensions = await connections.run((client) => Promise.resolve(["UIDPLUS", "BINARY", "APPENDLIMIT"].map((name) => [name, client.capabilities.get(name)] as const)), signal);
    await connections.close();
    const offered = extensions.filter(([, value]) => value !== undefined).map(([name, value]) => (typeof value === "number" ? `${name}=${value}` : name));
    yield { subject, ok: true, code: "IMAP_SIGN_IN", message: `${probe}: ${offered.join(", ")}` };
  } catch (thrown) {
    signal.throwIfAborted();
    const error = asExodusError(thrown);
    yield { subject, ok: false, code: error.code, message: error.describe(environment.lang), advice: error.remedy(environment.lang) };
  }
}
