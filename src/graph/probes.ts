import { asExodusError, ExodusError, type Lang } from "../core/errors.js";
import { failedCheck } from "../core/failed-check.js";
import type { Owner, WorkloadName } from "../core/item.js";
import type { CheckResult } from "../core/source.js";
import { covers, OF_MAILBOXES } from "./sign-in/app-permissions.js";
import { delegatedName } from "./sign-in/scopes.js";
import type { GraphClient } from "./client/client.js";
import { GROUPS_PERMISSION } from "./owner-facts.js";
import { groups, namedSites, SELECTED_PERMISSION, SITES_PERMISSION, type Kinds } from "./owners.js";
import { LICENCES_PERMISSION } from "./workloads/directory.js";
import { GROUP_MAIL_PERMISSION } from "./workloads/group-mail.js";

/** A small question that needs a permission. */
export interface Question {
  readonly workload: WorkloadName;
  readonly permission: string;
  path(owner: string): string;
}

/** What is routed and offered, of each kind of owner. */
export type Routed = (kind: Owner["kind"]) => ReadonlySet<WorkloadName>;

const question = (workload: WorkloadName, permission: string, path: (owner: string) => string): Question => ({ workload, permission, path });

/** Least application permission of each workload of users, with the request that needs it (each on its page's permission table). */
const OF_USERS: readonly Question[] = [
  question("mail", "Mail.Read", (owner) => `/users/${owner}/mailFolders?$top=1`),
  question("calendar", "Calendars.Read", (owner) => `/users/${owner}/calendars?$top=1`),
  question("contacts", "Contacts.Read", (owner) => `/users/${owner}/contactFolders?$top=1`),
  question("files", "Files.Read.All", (owner) => `/users/${owner}/drives?$top=1`),
  question("chats", "Chat.Read.All", (owner) => `/users/${owner}/chats?$top=1`),
  question("tasks", "Tasks.Read.All", (owner) => `/users/${owner}/todo/lists`),
  question("settings", "MailboxSettings.Read", (owner) => `/users/${owner}/mailboxSettings`),
  question("directory", GROUPS_PERMISSION, () => "/groups?$top=1"),
  question("directory", LICENCES_PERMISSION, () => "/subscribedSkus"),
  question("directory", "MailboxSettings.Read", (owner) => `/users/${owner}/mailboxSettings`),
  question("settings", "Mail.Read", (owner) => `/users/${owner}/mailFolders?$top=1`),
];
const OF_TEAMS = ["Team.ReadBasic.All", "TeamMember.Read.All", "Channel.ReadBasic.All", "ChannelMember.Read.All", "ChannelMessage.Read.All", "TeamsTab.Read.All"] as const;
/** Lists users (user-list). */
export const USERS_PERMISSION = "User.Read.All";

/** Questions about a user for these workloads, one a permission. */
export function questionsOf(routed: ReadonlySet<WorkloadName>): readonly Question[] {
  const asked = new Map<string, Question>();
  for (const one of OF_USERS) if (routed.has(one.workload) && !asked.has(one.permission)) asked.set(one.permission, one);
  return [...asked.values()];
}

/** The same of one's own, for a person who signs in. The directory is beyond people, OneNote beyond applications. */
export function ownQuestions(routed: ReadonlySet<WorkloadName>): readonly Question[] {
  const notes = question("notes", "Notes.Read.All", (owner) => `/users/${owner}/onenote/notebooks?$top=1`);
  return [...questionsOf(new Set([...routed].filter((workload) => workload !== "directory"))), ...(routed.has("notes") ? [notes] : [])]
    .map((one) => ({ ...one, permission: delegatedName(one.permission) }));
}

/** The least set of application permissions for these routes. */
export function neededPermissions(routed: Routed, kinds: Kinds): readonly string[] {
  return [...new Set([
    USERS_PERMISSION, ...questionsOf(routed("user")).map(({ permission }) => permission), ...(listsGroups(kinds) ? [GROUPS_PERMISSION] : []),
    ...(kinds.groups && routed("group").has("mail") ? [GROUP_MAIL_PERMISSION] : []), ...(kinds.groups && routed("group").has("channels") ? OF_TEAMS : []), ...(kinds.sites === true || (kinds.groups && ofGroupSites(routed) !== undefined) ? [SITES_PERMISSION] : []), ...(namedSites(kinds).length > 0 ? [SELECTED_PERMISSION] : []),
  ])];
}

/** Groups are listed as owners, to tell their sites from others, or because routes name some. */
export function listsGroups({ groups: wanted, sites, asked }: Kinds): boolean {
  return wanted || sites === true || (asked?.groups ?? []).length > 0;
}

/** A small question about a site's lists or pages, where they are routed for groups: the root site stands for theirs. */
export function ofGroupSites(routed: Routed): string | undefined {
  const wanted = routed("group");
  return wanted.has("lists") ? "/sites/root/lists?$top=1" : wanted.has("pages") ? "/sites/root/pages/microsoft.graph.sitePage?$top=1" : undefined;
}

export interface ProbeContext {
  readonly client: GraphClient;
  /** Address of the page on which an administrator grants what is missing. */
  readonly consentLink: string;
  readonly lang: Lang;
  /** Permissions that the token names; undefined when it cannot be read. */
  readonly granted: readonly string[] | undefined;
  /** Whether a person signed in. */
  readonly person?: boolean;
  readonly signal: AbortSignal;
}

/** What one small question was answered with. */
export type Reply = { readonly state: "open"; readonly id?: string } | { readonly state: "absent" | "denied"; readonly error: ExodusError };

/** @throws ExodusError for what is neither an answer, nor an absence, nor a denial. */
export async function ask({ client, signal }: ProbeContext, path: string, permission: string): Promise<Reply> {
  try {
    const { value } = await client.get<{ readonly value?: readonly { readonly id?: string }[] }>(path, { signal, permission });
    const id = value?.[0]?.id;
    return { state: "open", ...(id === undefined ? {} : { id }) };
  } catch (thrown) {
    const error = asExodusError(thrown);
    if (error.code === "GRAPH_NO_MAILBOX" || error.code === "GRAPH_NOT_FOUND") return { state: "absent", error };
    if (error.code === "GRAPH_CONSENT") return { state: "denied", error };
    throw error;
  }
}

/**
 * Whether the application holds a permission: it does when one of the owners answers. One that has no mailbox or drive, or that lies outside the application's
 * scope, proves nothing about the others.
 */
export async function probeUsers(context: ProbeContext, { permission, path }: Question, owners: readonly string[]): Promise<CheckResult> {
  let first: Reply | undefined;
  for (const owner of owners) {
    const reply = await tried(context, path(owner), permission);
    if ("subject" in reply) return reply;
    if (reply.state === "open") return granted(permission, shown(path(owner)));
    if (first?.state !== "denied") first = reply;
    // Where Exchange grants nothing by itself, all owners answer alike.
    if (reply.state === "denied" && !OF_MAILBOXES.has(permission)) break;
  }
  if (first === undefined || first.state === "open") return granted(permission, "-");
  return first.state === "absent" ? granted(permission, first.error.describe(context.lang)) : denied(context, permission, first.error);
}

/** Asks about the conversations of the first group that has any. */
export async function* probeGroupMail(context: ProbeContext): AsyncIterable<CheckResult> {
  try {
    for await (const { id } of groups(context.client, context.signal)) {
      yield (await probe(context, GROUP_MAIL_PERMISSION, `/groups/${id}/threads?$top=1`)).check;
      return;
    }
  } catch (thrown) {
    // That groups may not be listed is told on its own.
    if (asExodusError(thrown).code !== "GRAPH_CONSENT") throw thrown;
  }
}

/** Teams, channels and messages each have a permission of their own: each is asked about with what the one before found. */
export async function* probeTeams(context: ProbeContext): AsyncIterable<CheckResult> {
  const [teams, members, channels, ...ofChannel] = OF_TEAMS;
  const team = await probe(context, teams, "/teams?$top=1");
  yield team.check;
  if (team.id === undefined) return;
  const base = `/teams/${team.id}`;
  yield (await probe(context, members, `${base}/members`)).check;
  const channel = await probe(context, channels, `${base}/channels`);
  yield channel.check;
  if (channel.id === undefined) return;
  const at = `${base}/channels/${encodeURIComponent(channel.id)}`;
  for (const [index, path] of ["members", "messages?$top=1", "tabs"].entries()) yield (await probe(context, ofChannel[index] ?? "", `${at}/${path}`)).check;
}

export async function probeList(context: ProbeContext, path: string, permission: string): Promise<CheckResult> {
  return (await probe(context, permission, path)).check;
}

async function probe(context: ProbeContext, permission: string, path: string): Promise<{ readonly check: CheckResult; readonly id?: string }> {
  const reply = await tried(context, path, permission);
  if ("subject" in reply) return { check: reply };
  if (reply.state === "open") return { check: granted(permission, shown(path)), ...(reply.id === undefined ? {} : { id: reply.id }) };
  return { check: reply.state === "absent" ? granted(permission, reply.error.describe(context.lang)) : denied(context, permission, reply.error) };
}

/** A failure that tells nothing about the permission is a failed check; one of the whole source ends them all. */
async function tried(context: ProbeContext, path: string, permission: string): Promise<Reply | CheckResult> {
  try {
    return await ask(context, path, permission);
  } catch (thrown) {
    const error = asExodusError(thrown);
    if (error.errorClass === "fatal-config") throw error;
    return failed(context, permission, error);
  }
}

function granted(permission: string, message: string): CheckResult {
  return { subject: permission, ok: true, code: "CONSENT", message };
}

/** What a denial means, by what the token says: not granted at all, or granted and held back from this mailbox. */
function denied(context: ProbeContext, permission: string, error: ExodusError): CheckResult {
  const { granted: held, person = false } = context;
  if (held === undefined) return failed(context, permission, error);
  if (!covers(held, permission)) return failed(context, permission, new ExodusError(person ? "GRAPH_SCOPE" : "GRAPH_PERMISSION", { params: { ...error.params, permission }, cause: error }));
  return failed(context, permission, OF_MAILBOXES.has(permission) && !person ? outOfScope(error, permission) : error);
}

/** A mailbox that the application may not open although it opens others. */
export function outOfScope(error: ExodusError, permission: string): ExodusError {
  return new ExodusError("GRAPH_OUT_OF_SCOPE", { params: { ...error.params, permission }, cause: error });
}

function failed({ consentLink, lang }: ProbeContext, subject: string, error: ExodusError): CheckResult {
  const link = error.code === "GRAPH_OUT_OF_SCOPE" ? "" : ` ${consentLink}`;
  const check = failedCheck(subject, error, lang);
  return { ...check, advice: `${check.advice}${link}` };
}

function shown(path: string): string {
  return path.replace(/\?.*/, "").replace(/[0-9a-f-]{36}|19%3A[^/]+/g, "…");
}
