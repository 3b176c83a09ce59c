import { asExodusError, type Lang } from "../core/errors.js";
import type { WorkloadName } from "../core/item.js";
import type { CheckResult } from "../core/source.js";
import type { GraphClient } from "./client.js";
import { groups, users } from "./owners.js";
import { GROUP_MAIL_PERMISSION } from "./workloads/group-mail.js";

/** A small question that needs a permission, and what its answer leads to. */
interface Probe {
  readonly permission: string;
  readonly path: string;
}

/** Least application permission of each workload of users, with the request that needs it (each on its page's permission table). */
const OF_USERS: readonly (readonly [WorkloadName, string, (owner: string) => string])[] = [
  ["mail", "Mail.Read", (owner) => `/users/${owner}/mailFolders?$top=1`],
  ["calendar", "Calendars.Read", (owner) => `/users/${owner}/calendars?$top=1`],
  ["contacts", "Contacts.Read", (owner) => `/users/${owner}/contactFolders?$top=1`],
  ["files", "Files.Read.All", (owner) => `/users/${owner}/drives?$top=1`],
  ["chats", "Chat.Read.All", (owner) => `/users/${owner}/chats?$top=1`],
  ["tasks", "Tasks.Read.All", (owner) => `/users/${owner}/todo/lists`],
  ["settings", "MailboxSettings.Read", (owner) => `/users/${owner}/mailboxSettings`],
];

export interface ProbeContext {
  readonly client: GraphClient;
  /** Address of the page on which an administrator grants what is missing. */
  readonly consentLink: string;
  readonly lang: Lang;
  readonly signal: AbortSignal;
}

/** Asks one small question per workload; a denial names the permission and the page that grants it. */
export async function* probeUsers(context: ProbeContext, workloads: ReadonlySet<WorkloadName>): AsyncIterable<CheckResult> {
  let owner: string | undefined;
  try {
    for await (const first of users(context.client, context.signal)) {
      owner = first.id;
      break;
    }
    yield { subject: "User.Read.All", ok: true, code: "CONSENT", message: "/users" };
  } catch (thrown) {
    yield denied(context, "User.Read.All", thrown);
  }
  if (owner === undefined) return;
  for (const [workload, permission, path] of OF_USERS) if (workloads.has(workload)) yield (await probe(context, { permission, path: path(owner) })).check;
}

/** Asks about the conversations of the first group that has any. */
export async function* probeGroupMail(context: ProbeContext): AsyncIterable<CheckResult> {
  try {
    for await (const { id } of groups(context.client, context.signal)) {
      yield (await probe(context, { permission: GROUP_MAIL_PERMISSION, path: `/groups/${id}/threads?$top=1` })).check;
      return;
    }
  } catch (thrown) {
    // That groups may not be listed is told on its own.
    if (asExodusError(thrown).code !== "GRAPH_CONSENT") throw thrown;
  }
}

/** Teams, channels and messages each have a permission of their own: each is asked about with what the one before found. */
export async function* probeTeams(context: ProbeContext): AsyncIterable<CheckResult> {
  const team = await probe(context, { permission: "Team.ReadBasic.All", path: "/teams?$top=1" });
  yield team.check;
  if (team.id === undefined) return;
  const base = `/teams/${team.id}`;
  yield (await probe(context, { permission: "TeamMember.Read.All", path: `${base}/members` })).check;
  const channel = await probe(context, { permission: "Channel.ReadBasic.All", path: `${base}/channels` });
  yield channel.check;
  if (channel.id === undefined) return;
  const at = `${base}/channels/${encodeURIComponent(channel.id)}`;
  for (const [permission, path] of [["ChannelMember.Read.All", `${at}/members`], ["ChannelMessage.Read.All", `${at}/messages?$top=1`], ["TeamsTab.Read.All", `${at}/tabs`]] as const) {
    yield (await probe(context, { permission, path })).check;
  }
}

export async function probeList(context: ProbeContext, path: string, permission: string): Promise<CheckResult> {
  return (await probe(context, { permission, path })).check;
}

async function probe(context: ProbeContext, { permission, path }: Probe): Promise<{ readonly check: CheckResult; readonly id?: string }> {
  const message = path.replace(/\?.*/, "").replace(/[0-9a-f-]{36}|19%3A[^/]+/g, "…");
  const fine = (text: string): CheckResult => ({ subject: permission, ok: true, code: "CONSENT", message: text });
  try {
    const { value } = await context.client.get<{ readonly value?: readonly { readonly id?: string }[] }>(path, { signal: context.signal, permission });
    const id = value?.[0]?.id;
    return { check: fine(message), ...(id === undefined ? {} : { id }) };
  } catch (thrown) {
    const error = asExodusError(thrown);
    // The first owner may simply have no mailbox: the permission itself is in order.
    if (error.code === "GRAPH_NO_MAILBOX" || error.code === "GRAPH_NOT_FOUND") return { check: fine(error.describe(context.lang)) };
    return { check: denied(context, permission, thrown) };
  }
}

function denied({ consentLink, lang }: ProbeContext, permission: string, thrown: unknown): CheckResult {
  const error = asExodusError(thrown);
  if (error.errorClass === "fatal-config") throw error;
  return { subject: permission, ok: false, code: error.code, message: error.describe(lang), advice: `${error.remedy(lang)} ${consentLink}` };
}
