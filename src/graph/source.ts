import type { PoolGovernor } from "../core/governor.js";
import { asExodusError, type ExodusError, type Lang } from "../core/errors.js";
import { failedCheck } from "../core/failed-check.js";
import type { Owner, WorkloadName } from "../core/item.js";
import type { CheckResult, CheckScope, Source, Workload } from "../core/source.js";
import { AppPool, type GraphApp } from "./sign-in/app-pool.js";
import { createAuth, type Auth, type Credential } from "./sign-in/auth.js";
import { createPersonAuth, type PersonSignIn } from "./sign-in/person.js";
import { delegatedName, scopesOf } from "./sign-in/scopes.js";
import { beyondChecks } from "./clouds/beyond.js";
import { checkPerson } from "./check-person.js";
import { byKind } from "./reading/by-kind.js";
import { checkSource } from "./check.js";
import { createDispatcher, createGraphClient, type GraphClient } from "./client/client.js";
import { CLOUDS, type CloudName } from "./clouds/clouds.js";
import { notOffered, offers } from "./clouds/features.js";
import { me, owners, type Kinds } from "./owners.js";
import { people } from "./people.js";
import { SelectFallback } from "./client/select-fallback.js";
import { foreseeReading } from "./foreseen.js";
import { tellingUntold } from "./clouds/untold.js";
import { createCalendarWorkload } from "./workloads/calendar.js";
import { createChannelsWorkload } from "./workloads/channels.js";
import { createChatsWorkload } from "./workloads/chats.js";
import { createContactsWorkload } from "./workloads/contacts.js";
import { createDirectoryWorkload } from "./workloads/directory.js";
import { createFilesWorkload } from "./workloads/files.js";
import { createGroupMailWorkload } from "./workloads/group-mail.js";
import { createListsWorkload } from "./workloads/lists.js";
import { createMailWorkload } from "./workloads/mail.js";
import { createNotesWorkload } from "./workloads/notes.js";
import { createPagesWorkload } from "./workloads/pages.js";
import { createTasksWorkload } from "./workloads/tasks.js";
import { createSettingsWorkload } from "./workloads/settings.js";

/** An application registered in the tenant, or consented to; `credential`: how it signs in by itself, or how a person signs in to it. */
export interface Registration {
  readonly clientId: string;
  readonly credential: Credential | ({ readonly kind: "person" } & PersonSignIn);
}

export interface GraphSourceOptions extends Kinds, Registration {
  /** Further applications, each with its share of Microsoft's limits. */
  readonly apps: readonly Registration[];
  readonly spreadFiles: boolean;
  /** Told of an application that cannot sign in while others can. */
  readonly onLeftOut: (app: string, error: ExodusError) => void;
  readonly cloud: CloudName;
  /** Instead of the cloud's own addresses (the sandbox). */
  readonly authority?: string;
  readonly graphRoot?: string;
  readonly tenantId: string;
  /** PEM certificates to trust beside the system's. */
  readonly ca?: string;
  readonly governor: PoolGovernor;
  /** What `check` asks about: workloads that go nowhere need no permission. */
  readonly routed: ReadonlySet<WorkloadName>;
  readonly territory: string;
  /** Names us as SharePoint asks: `NONISV|Company|App/Version`. */
  readonly userAgent: string;
  /** Whether recoverable items of mailboxes are read. */
  readonly recoverable: boolean;
  /** Older versions of a file to keep. */
  readonly versions: number;
  /** Older versions of an item of a list to keep. */
  readonly listVersions: number;
  readonly lang: Lang;
}

const NOT_OFFERED: Readonly<Record<Lang, (what: string, cloud: string, source: string) => string>> = {
  en: (what, cloud, source) => `${what}: not offered by ${cloud} (${source})`, fr: (what, cloud, source) => `${what} : non proposé par ${cloud} (${source})`,
};

/** Microsoft 365 as a source: one or several app registrations reading one tenant through Graph v1.0, or one for the person who signs in. */
export function createGraphSource(options: GraphSourceOptions): Source {
  const cloud = CLOUDS[options.cloud];
  const authority = options.authority ?? cloud.authority;
  const graphRoot = options.graphRoot ?? cloud.graphRoot;
  const dispatcher = createDispatcher(options.ca);
  const fallback = new SelectFallback(cloud.lacks);
  const person = options.credential.kind === "person";
  const offered = (kind: Owner["kind"]): ReadonlySet<WorkloadName> => new Set([...options.routed].filter((name) => offers(cloud, name, kind)));
  const authOf = ({ clientId, credential }: Registration): Auth => {
    const where = { authority, graphRoot, tenantId: options.tenantId, clientId, dispatcher };
    return credential.kind === "person" ? createPersonAuth({ ...where, ...credential, scopes: scopesOf(offered("user")) }) : createAuth({ ...where, credential });
  };
  const appOf = (registration: Registration): GraphApp => ({ id: registration.clientId, auth: authOf(registration) });
  const apps: [GraphApp, ...GraphApp[]] = [appOf(options), ...options.apps.map(appOf)];
  const poolOf = (members: [GraphApp, ...GraphApp[]]): AppPool => new AppPool(members, { spreadFiles: options.spreadFiles, onLeftOut: options.onLeftOut });
  const clientOf = (pool: AppPool): GraphClient => createGraphClient({ graphRoot, pool, governor: options.governor, userAgent: options.userAgent, dispatcher, fallback, ...(person ? { permissionName: delegatedName } : {}) });
  const client = clientOf(poolOf(apps));
  const mapping = { cloudLacks: fallback.lacks, territory: options.territory };
  const workloads = new Map<WorkloadName, Workload>([
    // Four requests at once to a mailbox are each application's share ("Outlook service limits").
    ["mail", byKind({ user: createMailWorkload(client, { width: 4 * apps.length, recoverable: options.recoverable }), group: createGroupMailWorkload(client) })],
    ["calendar", createCalendarWorkload(client, mapping)],
    ["contacts", createContactsWorkload(client)],
    ["files", createFilesWorkload(client, { versions: options.versions })],
    ["channels", createChannelsWorkload(client)],
    ["chats", createChatsWorkload(client)],
    ["lists", createListsWorkload(client, { versions: options.listVersions })],
    ["pages", createPagesWorkload(client)],
    ["tasks", createTasksWorkload(client, mapping)],
    ["notes", createNotesWorkload(client)],
    ["settings", createSettingsWorkload(client, mapping)],
    ["directory", createDirectoryWorkload(client, mapping)],
  ]);
  const kinds: Kinds = { groups: options.groups, entries: options.entries, sites: cloud.lacks.has("site.drives") ? false : options.sites, ...(options.asked === undefined ? {} : { asked: options.asked }) };
  const owned = new Set<Owner["kind"]>(["user", ...(kinds.groups ? ["group" as const] : []), ...(kinds.sites ? ["site" as const] : [])]);
  /** One application asked about alone. */
  const checkApp = ({ id, auth }: GraphApp, scope: CheckScope, signal: AbortSignal): AsyncIterable<CheckResult> => {
    const checked = { client: clientOf(poolOf([{ id, auth }])), auth, authority, clientId: id, consentLink: `${authority}/${options.tenantId}/adminconsent?client_id=${id}`, kinds, routed: offered, lang: options.lang };
    return person ? checkPerson(checked, signal) : checkSource(checked, scope, signal);
  };
  return {
    name: "Microsoft 365",
    async *check(scope, signal) {
      if (apps.length === 1) yield* checkApp(apps[0], scope, signal);
      else for (const app of apps) yield* named(app.id, options.lang, checkApp(app, scope, signal));
      for (const { workload, what, source } of notOffered(cloud, () => owned, options.routed)) yield { subject: workload, ok: true, code: "NOT_OFFERED", message: NOT_OFFERED[options.lang](what[options.lang], cloud.title, source) };
      yield* beyondChecks(person ? "person" : "application", options.routed, owned, options.lang);
    },
    owners: (signal, only) => (person ? me(client, signal) : owners(client, kinds, signal, only)),
    ...(person ? {} : { people: (signal: AbortSignal, onFailure: (thrown: unknown) => void) => people(client, fallback.lacks, signal, onFailure) }),
    workload(name) {
      const workload = workloads.get(name);
      return workload === undefined ? undefined : tellingUntold(workload, fallback);
    },
    foresee: foreseeReading,
    untold: () => fallback.all,
    close: () => client.close(),
  };
}

/** Says of which application a line speaks; one that cannot sign in at all is one line, and the others are still asked. */
async function* named(app: string, lang: Lang, checks: AsyncIterable<CheckResult>): AsyncIterable<CheckResult> {
  try {
    for await (const check of checks) yield { ...check, subject: `${app}: ${check.subject}` };
  } catch (thrown) {
    if (asExodusError(thrown).code === "INTERRUPTED") throw thrown;
    yield failedCheck(`${app}: sign-in`, thrown, lang);
  }
}
