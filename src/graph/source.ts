import type { PoolGovernor } from "../core/governor.js";
import { asExodusError, type ExodusError, type Lang } from "../core/errors.js";
import type { Owner, WorkloadName } from "../core/item.js";
import type { CheckResult, CheckScope, Source, Workload } from "../core/source.js";
import { AppPool, type GraphApp } from "./sign-in/app-pool.js";
import { createAuth, type Credential } from "./sign-in/auth.js";
import { beyondChecks } from "./clouds/beyond.js";
import { byKind } from "./reading/by-kind.js";
import { checkSource } from "./check.js";
import { createDispatcher, createGraphClient, type GraphClient } from "./client/client.js";
import { CLOUDS, type CloudName } from "./clouds/clouds.js";
import { notOffered, offers } from "./clouds/features.js";
import { owners, type Kinds } from "./owners.js";
import { SelectFallback } from "./client/select-fallback.js";
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
import { createTasksWorkload } from "./workloads/tasks.js";
import { createSettingsWorkload } from "./workloads/settings.js";

/** An application registered in the tenant, or consented to. */
export interface Registration {
  readonly clientId: string;
  readonly credential: Credential;
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

/** Microsoft 365 as a source: one or several app registrations reading one tenant through Graph v1.0. */
export function createGraphSource(options: GraphSourceOptions): Source {
  const cloud = CLOUDS[options.cloud];
  const authority = options.authority ?? cloud.authority;
  const graphRoot = options.graphRoot ?? cloud.graphRoot;
  const dispatcher = createDispatcher(options.ca);
  const fallback = new SelectFallback(cloud.lacks);
  const appOf = ({ clientId, credential }: Registration): GraphApp => ({ id: clientId, auth: createAuth({ authority, graphRoot, tenantId: options.tenantId, clientId, credential, dispatcher }) });
  const apps: [GraphApp, ...GraphApp[]] = [appOf(options), ...options.apps.map(appOf)];
  const poolOf = (members: [GraphApp, ...GraphApp[]]): AppPool => new AppPool(members, { spreadFiles: options.spreadFiles, onLeftOut: options.onLeftOut });
  const clientOf = (pool: AppPool): GraphClient => createGraphClient({ graphRoot, pool, governor: options.governor, userAgent: options.userAgent, dispatcher, fallback });
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
    ["tasks", createTasksWorkload(client, mapping)],
    ["notes", createNotesWorkload(client)],
    ["settings", createSettingsWorkload(client, mapping)],
    ["directory", createDirectoryWorkload(client, mapping)],
  ]);
  const kinds: Kinds = { groups: options.groups, guests: options.guests, sites: cloud.lacks.has("site.drives") ? false : options.sites };
  const owned = new Set<Owner["kind"]>(["user", ...(kinds.groups ? ["group" as const] : []), ...(kinds.sites ? ["site" as const] : [])]);
  /** One application asked about alone. */
  const checkApp = ({ id, auth }: GraphApp, scope: CheckScope, signal: AbortSignal): AsyncIterable<CheckResult> => checkSource({
    client: clientOf(poolOf([{ id, auth }])), auth, authority, clientId: id, consentLink: `${authority}/${options.tenantId}/adminconsent?client_id=${id}`,
    kinds, routed: (kind) => new Set([...options.routed].filter((name) => offers(cloud, name, kind))), lang: options.lang,
  }, scope, signal);
  return {
    name: "Microsoft 365",
    async *check(scope, signal) {
      if (apps.length === 1) yield* checkApp(apps[0], scope, signal);
      else for (const app of apps) yield* named(app.id, options.lang, checkApp(app, scope, signal));
      for (const { workload, what, source } of notOffered(cloud, () => owned, options.routed)) yield { subject: workload, ok: true, code: "NOT_OFFERED", message: NOT_OFFERED[options.lang](what[options.lang], cloud.title, source) };
      yield* beyondChecks(options.routed, owned, options.lang);
    },
    owners: (signal) => owners(client, kinds, signal),
    workload(name) {
      const workload = workloads.get(name);
      return workload === undefined ? undefined : tellingUntold(workload, fallback);
    },
    untold: () => fallback.all,
    close: () => client.close(),
  };
}

/** Says of which application a line speaks; one that cannot sign in at all is one line, and the others are still asked. */
async function* named(app: string, lang: Lang, checks: AsyncIterable<CheckResult>): AsyncIterable<CheckResult> {
  try {
    for await (const check of checks) yield { ...check, subject: `${app}: ${check.subject}` };
  } catch (thrown) {
    const error = asExodusError(thrown);
    if (error.code === "INTERRUPTED") throw thrown;
    yield { subject: `${app}: sign-in`, ok: false, code: error.code, message: error.describe(lang), advice: error.remedy(lang) };
  }
}
