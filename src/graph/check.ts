import { asExodusError, type ExodusError, type Lang } from "../core/errors.js";
import { failedCheck } from "../core/failed-check.js";
import type { Owner } from "../core/item.js";
import type { CheckResult, CheckScope } from "../core/source.js";
import { grantedTo, OF_MAILBOXES } from "./sign-in/app-permissions.js";
import type { Auth } from "./sign-in/auth.js";
import { clockError } from "./sign-in/auth-errors.js";
import type { GraphClient } from "./client/client.js";
import { ordered } from "./reading/ordered.js";
import { GROUPS_PERMISSION } from "./owner-facts.js";
import { namedSites, SELECTED_PERMISSION, sitePath, SITES_PERMISSION, users, type Kinds } from "./owners.js";
import {
  ask, listsGroups, neededPermissions, ofGroupSites, outOfScope, probeGroupMail, probeList, probeTeams, probeUsers, questionsOf, USERS_PERMISSION, type ProbeContext, type Question, type Reply, type Routed,
} from "./probes.js";

export interface Checked {
  readonly client: GraphClient;
  readonly auth: Auth;
  /** Where the application signs in, and as which one. */
  readonly authority: string;
  readonly clientId: string;
  readonly consentLink: string;
  readonly kinds: Kinds;
  readonly routed: Routed;
  readonly lang: Lang;
}

/** Owners tried for one permission: enough to meet one that has a mailbox, and one inside the application's scope. */
const CANDIDATES = 10;
/** Mailboxes asked at once. */
const WIDTH = 8;
/** Refusals in a row, and no answer, after which the others are taken for refused too. */
const ENOUGH = 1000;

const WORDS: Readonly<Record<Lang, { permissions: string; missing: string; mailboxes: string; sum: (open: number, refused: number, none: number) => string; more: (asked: number) => string }>> = {
  en: {
    permissions: "application permissions for these routes", missing: "missing:", mailboxes: "mailboxes",
    sum: (open, refused, none) => `${open} answer, ${refused} refused, ${none} without mailbox`, more: (asked) => ` (the first ${asked}; doctor --owners asks all)`,
  },
  fr: {
    permissions: "autorisations d'application pour ces routes", missing: "manquent :", mailboxes: "boîtes",
    sum: (open, refused, none) => `${open} répondent, ${refused} refusées, ${none} comptes sans boîte`, more: (asked) => ` (les ${asked} premières ; doctor --owners les demande toutes)`,
  },
};

/** Sign-in, the mailboxes of the configuration one by one, then every permission of the routes. */
export async function* checkSource(checked: Checked, scope: CheckScope, signal: AbortSignal): AsyncIterable<CheckResult> {
  const { auth, authority, clientId, client, consentLink, kinds, routed, lang } = checked;
  const token = await auth.token();
  yield { subject: "sign-in", ok: true, code: "SIGN_IN", message: `${authority}, ${clientId}` };
  const late = clockError(auth.driftMs ?? 0, undefined);
  if (late !== undefined) yield failedCheck("clock", late, lang);
  const context: ProbeContext = { client, consentLink, lang, granted: grantedTo(token), signal };
  const needed = neededPermissions(routed, kinds);
  const missing: string[] = [];
  for await (const check of probes(context, kinds, routed, scope)) {
    if (!check.ok && needed.includes(check.subject)) missing.push(check.subject);
    yield check;
  }
  const words = WORDS[lang];
  const lacking = missing.length === 0 ? "" : `; ${words.missing} ${missing.join(", ")}`;
  yield { subject: words.permissions, ok: missing.length === 0, code: missing.length === 0 ? "CONSENT" : "GRAPH_CONSENT", message: `${needed.join(", ")}${lacking}; ${consentLink}` };
}

async function* probes(context: ProbeContext, kinds: Kinds, routed: Routed, scope: CheckScope): AsyncIterable<CheckResult> {
  const list = await probeList(context, "/users?$top=1", USERS_PERMISSION);
  yield list;
  const questions = list.ok ? questionsOf(routed("user")) : [];
  const ofMailboxes = questions.find(({ permission }) => OF_MAILBOXES.has(permission));
  const owners = ofMailboxes === undefined ? await candidates(context, scope) : yield* mailboxes(context, ofMailboxes, scope);
  for (const question of questions) if (owners.length > 0) yield await probeUsers(context, question, owners);
  const listed = questions.some(({ permission }) => permission === GROUPS_PERMISSION);
  if (listsGroups(kinds) && !listed) yield await probeList(context, "/groups?$top=1", GROUPS_PERMISSION);
  if (kinds.groups && routed("group").has("mail")) yield* probeGroupMail(context);
  if (kinds.groups && routed("group").has("channels")) yield* probeTeams(context);
  for (const address of namedSites(kinds)) yield await probeList(context, sitePath(address), SELECTED_PERMISSION);
  const ofGroups = kinds.groups ? ofGroupSites(routed) : undefined;
  if (kinds.sites === true) yield await probeList(context, "/sites/getAllSites", SITES_PERMISSION);
  else if (ofGroups !== undefined) yield await probeList(context, ofGroups, SITES_PERMISSION);
}

async function candidates({ client, signal }: ProbeContext, scope: CheckScope): Promise<readonly string[]> {
  const found: string[] = [];
  for await (const user of users(client, signal)) {
    if (scope.wants(user)) found.push(user.id);
    if (found.length === CANDIDATES) break;
  }
  return found;
}

/**
 * Who is refused, who has no mailbox, and how many answer. While nobody answers, a refusal may be that of a missing permission and is held back: the permission's
 * own check tells it then. Answers owners to ask the other questions of: those who answered, or anybody.
 */
async function* mailboxes(context: ProbeContext, { permission, path }: Question, scope: CheckScope): AsyncGenerator<CheckResult, readonly string[]> {
  const { client, lang, signal } = context;
  const counts = { open: 0, denied: 0, absent: 0, failed: 0 };
  const [inside, others, held]: [string[], string[], CheckResult[]] = [[], [], []];
  const wanted = firstOf(users(client, signal), scope);
  const asked = ordered(wanted.owners, WIDTH, async (owner) => ({ owner, reply: await askOrFail(context, path(owner.id), permission) }));
  for await (const { owner, reply } of asked) {
    counts[reply.state] += 1;
    const list = reply.state === "open" ? inside : others;
    if (list.length < CANDIDATES) list.push(owner.id);
    if (reply.state === "open") {
      yield* held.splice(0);
      continue;
    }
    const error = reply.state === "denied" ? outOfScope(reply.error, permission) : reply.error;
    const check: CheckResult = { ...failedCheck(owner.name, error, lang), ok: reply.state === "absent" };
    if (reply.state !== "denied" || inside.length > 0) yield check;
    else held.push(check);
    if (held.length >= ENOUGH) break;
  }
  const { sum, more, mailboxes: subject } = WORDS[lang];
  const ok = counts.denied + counts.failed === 0;
  yield { subject, ok, code: ok ? "MAILBOXES" : "GRAPH_OUT_OF_SCOPE", message: `${sum(counts.open, counts.denied, counts.absent)}${wanted.more() ? more(scope.most) : ""}` };
  return inside.length > 0 ? inside : others;
}

/** What fails for another reason is one owner's matter, unless it ends everything. */
async function askOrFail(context: ProbeContext, path: string, permission: string): Promise<Reply | { readonly state: "failed"; readonly error: ExodusError }> {
  try {
    return await ask(context, path, permission);
  } catch (thrown) {
    const error = asExodusError(thrown);
    if (context.signal.aborted || error.errorClass === "fatal-config") throw error;
    return { state: "failed", error };
  }
}

/** The owners of the configuration, as many as are to be asked; `more` tells afterwards whether there were others. */
function firstOf(all: AsyncIterable<Owner>, scope: CheckScope): { readonly owners: AsyncIterable<Owner>; more(): boolean } {
  let more = false;
  return {
    owners: (async function* () {
      let count = 0;
      for await (const owner of all) {
        if (!scope.wants(owner)) continue;
        more = count === scope.most;
        if (more) return;
        count += 1;
        yield owner;
      }
    })(),
    more: () => more,
  };
}
