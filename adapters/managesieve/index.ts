import { z } from "zod";
import type { Account, Adapter, TargetSession } from "../../src/core/adapter.js";
import { failedCheck } from "../../src/core/failed-check.js";
import type { CheckResult } from "../../src/core/source.js";
import { stringList } from "../../src/convert/sieve/script-text.js";
import { Connections } from "../../src/drivers/imap/connections.js";
import { Mailboxes } from "../../src/drivers/imap/mailboxes.js";
import { SieveClient, type SieveAccess } from "../../src/drivers/managesieve/client.js";
import { SECURITIES } from "../../src/drivers/sasl/mail-server.js";
import { defineAdapter, type AdapterEnvironment } from "../../src/kit/define.js";
import { mailServer, mailSignIns, mailSignInOptions } from "../../src/kit/mail-sign-in.js";
import { dependable } from "./dependable.js";
import { computedFolders, standingFolders, type TargetFolders } from "./folders.js";
import { foresee } from "./losses.js";
import { manifest } from "./manifest.js";
import { SieveSession } from "./session.js";

const security = z.enum(SECURITIES);

export const options = z.strictObject({
  host: z.string().min(1),
  /** RFC 5804 section 1.8. */
  port: z.int().min(1).max(65_535).default(4190),
  /** "none" sends passwords in clear: loopback and tests only. */
  security: security.default("starttls"),
  ...mailSignInOptions,
  /** Seconds that the server may say nothing for, once it has greeted. */
  timeout: z.number().min(1).max(3_600).default(120),
  /** Name of the script, which no other program may use. */
  script: z.string().regex(/^[^/\u0000-\u001f\u007f-\u009f\u2028\u2029]{1,100}$/, "1 to 100 characters, without a slash or control characters").default("o365-exodus"),
  /** When the script is put to use: where no other is, in any case, or never. */
  activate: z.enum(["when-free", "replace", "never"]).default("when-free"),
  /** Whether the automatic reply is taken along. */
  replies: z.enum(["on", "off"]).default("on"),
  /** To whom rules may resend mail: nobody, addresses of `domains`, or everybody. */
  redirects: z.enum(["none", "inside", "all"]).default("inside"),
  /** Mail domains of the organisation; default: those of the owner's addresses. */
  domains: z.array(z.string().min(1)).default([]),
  /** The IMAP server of the same accounts, asked for the names of folders; it signs in the same way. Without it they are computed. */
  imap: z.strictObject({ host: z.string().min(1).optional(), port: z.int().min(1).max(65_535).optional(), security: security.default("tls") }).optional(),
  /** What separates the names of folders where `imap` is not asked. */
  separator: z.string().length(1).default("/"),
  /** As at the target `imap`: the mailbox under which everything is. */
  prefix: z.array(z.string().min(1)).default([]),
});
export type ManageSieveOptions = z.infer<typeof options>;

export const adapter = defineAdapter<ManageSieveOptions>({
  manifest, options,
  async create(chosen, environment): Promise<Adapter> {
    const signIns = await mailSignIns(chosen, environment);
    const open = async (account: string, signal: AbortSignal): Promise<SieveClient> => SieveClient.open(accessOf(chosen, environment, account), await signIns(account), signal);
    return {
      manifest,
      check: (signal) => check(chosen, environment, open, signal),
      connect: async (account, _workload, signal) => connect(chosen, environment, account, { client: await open(account.name, signal), open, folders: foldersAt(chosen, environment, account.name, signIns) }),
      foresee: (item) => Promise.resolve(foresee(item, { replies: chosen.replies, resending: resending(chosen) })),
      foreseePlace: () => [],
      close: () => Promise.resolve(),
    };
  },
});

function accessOf(chosen: ManageSieveOptions, environment: AdapterEnvironment, account: string): SieveAccess {
  return { ...mailServer(chosen, environment, account), timeoutMs: chosen.timeout * 1_000 };
}

interface Opened {
  readonly client: SieveClient;
  readonly folders: TargetFolders;
  open(account: string, signal: AbortSignal): Promise<SieveClient>;
}

function connect(chosen: ManageSieveOptions, { target }: AdapterEnvironment, { owner, name }: Account, { client, folders, open }: Opened): TargetSession {
  const addresses = [...new Set([name, owner.mail ?? "", owner.name].filter((address) => address.includes("@")).map((address) => address.toLowerCase()))];
  const domains = chosen.domains.length > 0 ? chosen.domains : [...new Set(addresses.map(domainOf))];
  return new SieveSession({
    target, account: name, script: chosen.script, activate: chosen.activate, replies: chosen.replies, domains, folders,
    mailbox: { addresses, mayResendTo: (address) => mayResendTo(chosen, domains, address) }, connect: (signal) => open(name, signal),
  }, client);
}

function foldersAt({ host, imap, separator, prefix }: ManageSieveOptions, environment: AdapterEnvironment, account: string, signIns: Awaited<ReturnType<typeof mailSignIns>>): TargetFolders {
  if (imap === undefined) return computedFolders(separator, prefix);
  const { security: kind, port = kind === "tls" ? 993 : 143 } = imap;
  const connections = new Connections({ ...mailServer({ host: imap.host ?? host, port, security: kind }, environment, account), signIn: () => signIns(account) }, 1);
  return standingFolders(new Mailboxes(connections, prefix), () => connections.close());
}

function mayResendTo({ redirects }: ManageSieveOptions, domains: readonly string[], address: string): boolean {
  return redirects === "all" || (redirects === "inside" && domains.some((domain) => domain.toLowerCase() === domainOf(address.toLowerCase())));
}

/** Without domains in the configuration, an owner's own decide, which a record does not tell. */
function resending(chosen: ManageSieveOptions): readonly ((address: string) => boolean)[] {
  if (chosen.redirects === "inside" && chosen.domains.length === 0) return [() => true, () => false];
  return [(address) => mayResendTo(chosen, chosen.domains, address)];
}

function domainOf(address: string): string {
  return address.slice(address.lastIndexOf("@") + 1);
}

/** Extensions that ordinary rules and replies need. */
const USEFUL = ["fileinto", "mailbox", "copy", "imap4flags", "body", "vacation", "date", "relational"];

/** Greeting, TLS and what the server's Sieve has; with `probe`, the sign-in too, and that what is announced compiles. Stores nothing. */
async function* check(chosen: ManageSieveOptions, environment: AdapterEnvironment, open: Opened["open"], signal: AbortSignal): AsyncGenerator<CheckResult> {
  const subject = environment.target;
  const { probe } = chosen;
  let client: SieveClient | undefined;
  try {
    client = probe === undefined ? await SieveClient.open(accessOf(chosen, environment, ""), undefined, signal) : await open(probe, signal);
    const { implementation } = client.capabilities;
    const { extensions } = dependable(client.capabilities);
    const lacking = USEFUL.filter((name) => !extensions.has(name));
    const offered = USEFUL.filter((name) => extensions.has(name));
    if (probe !== undefined) await client.checkScript(`${offered.length === 0 ? "" : `require ${stringList(offered)};\r\n`}keep;\r\n`, signal);
    yield { subject, ok: true, code: probe === undefined ? "SIEVE_GREETING" : "SIEVE_SIGN_IN", message: `${probe === undefined ? "" : `${probe}: `}${implementation}${lacking.length === 0 ? "" : ` (-${lacking.join(", -")})`}` };
  } catch (thrown) {
    signal.throwIfAborted();
    yield failedCheck(subject, thrown, environment.lang);
  } finally {
    await client?.close();
  }
}
