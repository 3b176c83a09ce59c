import { z } from "zod";
import { ExodusError } from "../../core/errors.js";
import type { HttpPlace } from "../http/errors.js";

export const CORE = "urn:ietf:params:jmap:core";
export const MAIL = "urn:ietf:params:jmap:mail";
/** RFC 8621 section 1.3.3. */
export const VACATION = "urn:ietf:params:jmap:vacationresponse";
/** Extensions of Twake Mail (linagora/tmail-backend@cbb8acd6, docs/modules/ROOT/pages/tmail-backend/jmap-extensions: jmapLabels.adoc, jmapFilters.adoc). */
export const LABELS = "com:linagora:params:jmap:labels";
export const FILTERS = "com:linagora:params:jmap:filter";

/** Capability `core` (RFC 8620 §2), with the least values that the RFC suggests where a server tells none. */
const Limits = z.object({
  maxSizeUpload: z.number().default(50_000_000),
  maxConcurrentUpload: z.number().min(1).default(4),
  maxSizeRequest: z.number().default(10_000_000),
  maxConcurrentRequests: z.number().min(1).default(4),
  maxObjectsInGet: z.number().min(1).default(500),
  maxObjectsInSet: z.number().min(1).default(500),
});

const SessionBody = z.object({
  capabilities: z.record(z.string(), z.unknown()),
  accounts: z.record(z.string(), z.object({ name: z.string(), isReadOnly: z.boolean().default(false), accountCapabilities: z.record(z.string(), z.unknown()) })),
  primaryAccounts: z.record(z.string(), z.string()).default({}),
  username: z.string().default(""),
  apiUrl: z.string(),
  downloadUrl: z.string(),
  uploadUrl: z.string(),
  state: z.string().default(""),
});

/** What the server says of itself and of whoever signed in (RFC 8620 §2). */
export interface JmapSession extends z.infer<typeof SessionBody> {
  readonly limits: z.infer<typeof Limits>;
}

/** @throws ExodusError TARGET_UNREACHABLE when the body is not that of a session: another service answers there. */
export function readSession(body: unknown, { target, account }: HttpPlace): JmapSession {
  const session = SessionBody.safeParse(body);
  const limits = Limits.safeParse(session.data?.capabilities[CORE] ?? {});
  if (!session.success || !limits.success) throw new ExodusError("TARGET_UNREACHABLE", { params: { target, account, reason: "no JMAP session" } });
  return { ...session.data, limits: limits.data };
}

/**
 * Id of the account named `name`. Whoever signed in as that account need not find the name again: servers name accounts as they like (RFC 8620 §2).
 * @throws ExodusError TARGET_NOT_DELEGATED when it is not among those that the sign-in may use, TARGET_DENIED when it may not be written.
 */
export function mailAccount({ accounts, primaryAccounts, username }: JmapSession, name: string, own: boolean, { target }: HttpPlace): string {
  const named = Object.entries(accounts).find(([, account]) => same(account.name, name))?.[0];
  const id = named ?? (own || same(username, name) ? primaryAccounts[MAIL] : undefined);
  const account = id === undefined ? undefined : accounts[id];
  if (id === undefined || account === undefined || !(MAIL in account.accountCapabilities)) throw new ExodusError("TARGET_NOT_DELEGATED", { params: { target, account: name, reason: "session" } });
  if (account.isReadOnly) throw new ExodusError("TARGET_DENIED", { params: { target, account: name, reason: "isReadOnly" } });
  return id;
}

/** Whether the account has an automatic reply (RFC 8621 §8). */
export function answersAbsence({ accounts }: JmapSession, account: string): boolean {
  return VACATION in (accounts[account]?.accountCapabilities ?? {});
}

/** Whether the server has an extension; such a one is advertised "through the session capabilities" (jmapLabels.adoc). */
export function offers({ capabilities }: JmapSession, extension: typeof LABELS | typeof FILTERS): boolean {
  return extension in capabilities;
}

/** Longest name of a mailbox in octets of UTF-8 (RFC 8621 §1.3.1, which asks for at least 100). */
export function mailboxNameLimit({ accounts }: JmapSession, account: string): number {
  const { data } = z.object({ maxSizeMailboxName: z.number().min(1) }).safeParse(accounts[account]?.accountCapabilities[MAIL]);
  return data?.maxSizeMailboxName ?? 100;
}

function same(a: string, b: string): boolean {
  return a.toLowerCase() === b.toLowerCase();
}
