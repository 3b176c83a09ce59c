import { z } from "zod";
import type { Adapter, TargetSession } from "../../src/core/adapter.js";
import { ExodusError } from "../../src/core/errors.js";
import type { WorkloadName } from "../../src/core/item.js";
import { failedCheck } from "../../src/core/failed-check.js";
import type { CheckResult } from "../../src/core/source.js";
import { JmapClient } from "../../src/drivers/jmap/client.js";
import { Mailboxes } from "../../src/drivers/jmap/mailboxes.js";
import { Labels } from "../../src/drivers/jmap/labels.js";
import { answersAbsence, FILTERS, LABELS, mailAccount, offers, type JmapSession } from "../../src/drivers/jmap/session.js";
import type { MailAccess } from "../../src/drivers/jmap/emails.js";
import { defineAdapter, type AdapterEnvironment } from "../../src/kit/define.js";
import { httpAccess, httpOptions } from "../../src/kit/http-options.js";
import { signInOptions } from "../../src/kit/options.js";
import { webAddress } from "../../src/kit/web-address.js";
import { foresee, foreseePlace } from "./losses.js";
import { manifest } from "./manifest.js";
import { CategoryPart } from "./category-part.js";
import { ReplyPart } from "./reply-part.js";
import { RulePart } from "./rule-part.js";
import { JmapMailSession } from "./session.js";
import { JmapSettingsSession, type SettingPart } from "./settings-session.js";
import { SignIn, signInKinds } from "./sign-in.js";

export const options = z.strictObject({
  /** The server, or its session resource where `/.well-known/jmap` does not lead there. */
  url: webAddress,
  /** How `password` (or a line of `accounts`) is sent: "password" (Basic), "token" (Bearer), "x-user" (Apache James: X-User, with X-User-Secret where there is one). */
  signIn: z.enum(signInKinds).default("password"),
  ...signInOptions,
  /** Mailbox under which everything is put, from the top level down; default: the account's own top level. */
  prefix: z.array(z.string().min(1)).default([]),
  /** Whether the automatic reply is taken along, where settings are routed here. */
  replies: z.enum(["on", "off"]).default("on"),
  /** Whether inbox rules become filters where the server has those of Twake Mail. */
  rules: z.enum(["filters", "off"]).default("filters"),
  ...httpOptions,
});
export type JmapOptions = z.infer<typeof options>;

export const adapter = defineAdapter<JmapOptions>({
  manifest, options,
  create(chosen, environment): Promise<Adapter> {
    return Promise.resolve({
      manifest,
      check: (signal) => check(chosen, environment, signal),
      connect: (account, workload, signal) => connect(chosen, environment, { name: account.name, workload }, signal),
      foresee: (item) => foresee(item, chosen.replies), foreseePlace,
      close: () => Promise.resolve(),
    });
  },
});

function clientFor(chosen: JmapOptions, environment: AdapterEnvironment, signIn: SignIn): JmapClient {
  const { account, user, refused } = signIn;
  return new JmapClient({ ...httpAccess(chosen, environment, account === "" ? user : account), base: new URL(chosen.url), user, refused, authorization: () => signIn.headers() });
}

/** Signs in and finds the account at once, so that one that cannot be used is told before any item. */
async function connect(chosen: JmapOptions, environment: AdapterEnvironment, { name, workload }: { readonly name: string; readonly workload: WorkloadName }, signal: AbortSignal): Promise<TargetSession> {
  const signIn = new SignIn(chosen, environment, name);
  const client = clientFor(chosen, environment, signIn);
  try {
    const session = await client.session(signal);
    const account = mailAccount(session, name, signIn.own, client.access);
    const mail = { client, account };
    const labels = offers(session, LABELS) ? new Labels(mail) : undefined;
    if (workload !== "settings") return new JmapMailSession(mail, new Mailboxes(mail, chosen.prefix), labels);
    const parts = partsFor(chosen, mail, session, labels);
    if (parts.length === 0) throw new ExodusError("ROUTE_UNSUPPORTED", { params: { target: environment.target, workload } });
    return new JmapSettingsSession(parts, () => client.close());
  } catch (thrown) {
    await client.close();
    throw thrown;
  }
}

/** What the server has a place for: the absence message by the standard, categories and rules by Twake Mail's extensions. */
function partsFor(chosen: JmapOptions, mail: MailAccess, session: JmapSession, labels: Labels | undefined): readonly SettingPart[] {
  return [
    ...(answersAbsence(session, mail.account) ? [new ReplyPart(mail, chosen.replies)] : []),
    ...(labels === undefined ? [] : [new CategoryPart(labels)]),
    ...(offers(session, FILTERS) && chosen.rules === "filters" ? [new RulePart(mail, new Mailboxes(mail, chosen.prefix), labels)] : []),
  ];
}

/** With `probe`, or where one account signs in for all, the sign-in and the limits; else whether JMAP answers at all. */
async function* check(chosen: JmapOptions, environment: AdapterEnvironment, signal: AbortSignal): AsyncGenerator<CheckResult> {
  const subject = environment.target;
  const { probe } = chosen;
  const signIn = new SignIn(chosen, environment, probe ?? "");
  const client = clientFor(chosen, environment, signIn);
  try {
    const session = await client.session(signal);
    if (probe !== undefined) mailAccount(session, probe, signIn.own, client.access);
    const { maxSizeUpload, maxObjectsInSet, maxConcurrentUpload } = session.limits;
    const limits = Object.entries({ maxSizeUpload, maxObjectsInSet, maxConcurrentUpload }).map(([name, value]) => `${name}=${value}`).join(", ");
    const more = Object.entries({ labels: LABELS, filters: FILTERS } as const).flatMap(([name, extension]) => (offers(session, extension) ? [name] : []));
    yield { subject, ok: true, code: "JMAP_SIGN_IN", message: [`${probe ?? session.username}: ${Object.keys(session.accounts).length} accounts`, limits, ...more].join(", ") };
  } catch (thrown) {
    signal.throwIfAborted();
    if (probe === undefined && !signIn.common && thrown instanceof ExodusError && thrown.code === signIn.refused) yield { subject, ok: true, code: "JMAP_ANSWERS", message: new URL(chosen.url).host };
    else yield failedCheck(subject, thrown, environment.lang);
  } finally {
    await client.close();
  }
}
