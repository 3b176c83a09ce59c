import { z } from "zod";
import type { Adapter, Manifest, TargetSession } from "../../src/core/adapter.js";
import { ExodusError } from "../../src/core/errors.js";
import { failedCheck } from "../../src/core/failed-check.js";
import type { CheckResult } from "../../src/core/source.js";
import type { Grant } from "../../src/drivers/imap/acl.js";
import type { ImapAccess } from "../../src/drivers/imap/connect.js";
import { Connections } from "../../src/drivers/imap/connections.js";
import { greeting } from "../../src/drivers/imap/greeting.js";
import { roomOf } from "../../src/drivers/imap/room.js";
import { Mailboxes } from "../../src/drivers/imap/mailboxes.js";
import type { SignIn } from "../../src/drivers/sasl/exchange.js";
import { SECURITIES, type MailServer } from "../../src/drivers/sasl/mail-server.js";
import { defineAdapter, type AdapterEnvironment } from "../../src/kit/define.js";
import { mailServer, mailSignIns, mailSignInOptions } from "../../src/kit/mail-sign-in.js";
import { foldedName } from "../../src/lib/target-names.js";
import { foresee, foreseePlace, foreseeShared } from "./losses.js";
import { LARGEST_MESSAGE, manifest } from "./manifest.js";
import { readRights } from "./rights.js";
import { ImapSession } from "./session.js";
import { SharedSession } from "./shared-session.js";

export const options = z.strictObject({
  host: z.string().min(1),
  /** Default: 993 with TLS, 143 without (RFC 8314, RFC 3501). */
  port: z.int().min(1).max(65_535).optional(),
  /** "none" sends passwords in clear: loopback and tests only. */
  security: z.enum(SECURITIES).default("tls"),
  ...mailSignInOptions,
  /** Connections an account; servers limit them (Dovecot: mail_max_userip_connections, 10). */
  connections: z.int().min(1).max(10).default(3),
  /** Bytes of the largest message; it is held in memory, once, while it is sent. */
  largestMessage: z.int().min(1).default(LARGEST_MESSAGE),
  /** Mailbox under which everything is put, from the top level down; default: the account's own top level. */
  prefix: z.array(z.string().min(1)).default([]),
  /** CSV of who may open whose mail: `mailbox`, `person`, `right`, in account names of the target. */
  rights: z.string().regex(/^file:.+/, "a file is named by file:PATH").optional(),
});
export type ImapOptions = z.infer<typeof options>;

export const adapter = defineAdapter<ImapOptions>({
  manifest, options,
  async create(chosen, environment): Promise<Adapter> {
    const signIns = await mailSignIns(chosen, environment);
    const rights = chosen.rights === undefined ? undefined : await readRights(chosen.rights, environment);
    return {
      manifest: withOptions(chosen),
      check: (signal) => check(chosen, environment, signIns, signal),
      connect: (account, _workload, signal) => connect({ ...placeOf(chosen, environment, account.name), signIn: () => signIns(account.name) }, chosen, rights?.get(foldedName(account.name)), signal),
      foresee: rights === undefined ? foresee : foreseeShared, foreseePlace,
      close: () => Promise.resolve(),
    };
  },
});

function withOptions({ connections, largestMessage }: ImapOptions): Manifest {
  const { mail } = manifest.workloads;
  // One message more than can be sent is made ready meanwhile.
  return { ...manifest, concurrency: connections + 1, workloads: mail === undefined ? {} : { mail: { ...mail, maxBytes: largestMessage } } };
}

function placeOf({ host, security, port = security === "tls" ? 993 : 143 }: ImapOptions, environment: AdapterEnvironment, account: string): MailServer {
  return mailServer({ host, port, security }, environment, account);
}

/** Signs in at once, so that an account that cannot be used is told before any item. */
async function connect(access: ImapAccess, { connections: limit, prefix }: ImapOptions, grants: readonly Grant[] | undefined, signal: AbortSignal): Promise<TargetSession> {
  const connections = new Connections(access, limit);
  await connections.run((client) => client.noop(), signal);
  const mailboxes = new Mailboxes(connections, prefix);
  return grants === undefined ? new ImapSession(connections, mailboxes) : new SharedSession(connections, mailboxes, grants);
}

/** Greeting and certificate; with `probe`, also the sign-in, the extensions that matter and the room that the account has. */
async function* check(chosen: ImapOptions, environment: AdapterEnvironment, signIns: (account: string) => Promise<SignIn>, signal: AbortSignal): AsyncGenerator<CheckResult> {
  const subject = environment.target;
  const { probe } = chosen;
  try {
    if (probe === undefined) {
      yield { subject, ok: true, code: "IMAP_GREETING", message: await greeting(placeOf(chosen, environment, "")) };
      return;
    }
    const connections = new Connections({ ...placeOf(chosen, environment, probe), signIn: () => signIns(probe) }, 1);
    const [extensions, room] = await connections.run(async (client) => [["UIDPLUS", "BINARY", "APPENDLIMIT", "ACL"].map((name) => [name, client.capabilities.get(name)] as const), await roomOf(client)] as const, signal);
    await connections.close();
    const offered = extensions.filter(([, value]) => value !== undefined).map(([name, value]) => (typeof value === "number" ? `${name}=${value}` : name));
    const said = room === undefined ? [] : [`${megabytes(room.used)} / ${megabytes(room.limit)} MB`];
    if (room !== undefined && room.used >= room.limit) throw new ExodusError("TARGET_QUOTA_FULL", { params: { target: subject, reason: `${probe}: ${said.join("")}` } });
    yield { subject, ok: true, code: "IMAP_SIGN_IN", message: `${probe}: ${[...offered, ...said].join(", ")}` };
    if (chosen.rights !== undefined && !offered.includes("ACL")) throw new ExodusError("TARGET_NO_ACL", { params: { target: subject } });
  } catch (thrown) {
    signal.throwIfAborted();
    yield failedCheck(subject, thrown, environment.lang);
  }
}

function megabytes(bytes: number): string {
  return (bytes / 1_000_000).toFixed(1);
}
