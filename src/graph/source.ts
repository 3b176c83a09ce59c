import type { PoolGovernor } from "../core/governor.js";
import type { Lang } from "../core/errors.js";
import type { WorkloadName } from "../core/item.js";
import type { Source, Workload } from "../core/source.js";
import { createAuth, type Credential } from "./auth.js";
import { createDispatcher, createGraphClient } from "./client.js";
import { byKind } from "./by-kind.js";
import { CLOUDS, type CloudName } from "./clouds.js";
import { GROUPS_PERMISSION, owners, SITES_PERMISSION, type Kinds } from "./owners.js";
import { probeGroupMail, probeList, probeTeams, probeUsers } from "./probes.js";
import { createCalendarWorkload } from "./workloads/calendar.js";
import { createChannelsWorkload } from "./workloads/channels.js";
import { createChatsWorkload } from "./workloads/chats.js";
import { createContactsWorkload } from "./workloads/contacts.js";
import { createFilesWorkload } from "./workloads/files.js";
import { createGroupMailWorkload } from "./workloads/group-mail.js";
import { createMailWorkload } from "./workloads/mail.js";
import { createTasksWorkload } from "./workloads/tasks.js";
import { createSettingsWorkload } from "./workloads/settings.js";

export interface GraphSourceOptions extends Kinds {
  readonly cloud: CloudName;
  /** Instead of the cloud's own addresses (the sandbox). */
  readonly authority?: string;
  readonly graphRoot?: string;
  readonly tenantId: string;
  readonly clientId: string;
  readonly credential: Credential;
  /** PEM certificates to trust beside the system's. */
  readonly ca?: string;
  readonly governor: PoolGovernor;
  /** What `check` asks about: workloads that go nowhere need no permission. */
  readonly routed: ReadonlySet<WorkloadName>;
  readonly territory: string;
  /** Older versions of a file to keep. */
  readonly versions: number;
  readonly lang: Lang;
}

const USER_AGENT = "NONISV|o365-exodus|o365-exodus/0.1.0";

/** Microsoft 365 as a source: an app registration reading one tenant through Graph v1.0. */
export function createGraphSource(options: GraphSourceOptions): Source {
  const cloud = CLOUDS[options.cloud];
  const authority = options.authority ?? cloud.authority;
  const graphRoot = options.graphRoot ?? cloud.graphRoot;
  const dispatcher = createDispatcher(options.ca);
  const auth = createAuth({ authority, graphRoot, tenantId: options.tenantId, clientId: options.clientId, credential: options.credential, dispatcher });
  const client = createGraphClient({ graphRoot, app: options.clientId, auth, governor: options.governor, userAgent: USER_AGENT, dispatcher });
  const mapping = { cloudLacks: cloud.lacks, territory: options.territory };
  const workloads = new Map<WorkloadName, Workload>([
    ["mail", byKind({ user: createMailWorkload(client), group: createGroupMailWorkload(client) })],
    ["calendar", createCalendarWorkload(client, mapping)],
    ["contacts", createContactsWorkload(client)],
    ["files", createFilesWorkload(client, { versions: options.versions })],
    ["channels", createChannelsWorkload(client)],
    ["chats", createChatsWorkload(client)],
    ["tasks", createTasksWorkload(client, mapping)],
    ["settings", createSettingsWorkload(client, mapping)],
  ]);
  const consentLink = `${authority}/${options.tenantId}/adminconsent?client_id=${options.clientId}`;
  return {
    name: "Microsoft 365",
    async *check(signal) {
      await auth.token();
      yield { subject: "sign-in", ok: true, code: "SIGN_IN", message: `${authority}, ${options.clientId}` };
      const context = { client, consentLink, lang: options.lang, signal };
      yield* probeUsers(context, options.routed);
      if (options.groups) yield await probeList(context, "/groups", GROUPS_PERMISSION);
      if (options.groups && options.routed.has("mail")) yield* probeGroupMail(context);
      if (options.groups && options.routed.has("channels")) yield* probeTeams(context);
      if (options.sites) yield await probeList(context, "/sites/getAllSites", SITES_PERMISSION);
    },
    owners: (signal) => owners(client, options, signal),
    workload: (name) => workloads.get(name),
    close: () => client.close(),
  };
}
