import type { RateGovernor } from "../core/governor.js";
import { asExodusError, type Lang } from "../core/errors.js";
import type { WorkloadName } from "../core/item.js";
import type { CheckResult, Source, Workload } from "../core/source.js";
import { createAuth, type Credential } from "./auth.js";
import { createDispatcher, createGraphClient, type GraphClient } from "./client.js";
import { CLOUDS, type CloudName } from "./clouds.js";
import { GROUPS_PERMISSION, owners, SITES_PERMISSION, users, type Kinds } from "./owners.js";
import { createCalendarWorkload } from "./workloads/calendar.js";
import { createContactsWorkload } from "./workloads/contacts.js";
import { createFilesWorkload } from "./workloads/files.js";
import { createMailWorkload } from "./workloads/mail.js";

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
  readonly governor: RateGovernor;
  readonly territory: string;
  /** Older versions of a file to keep. */
  readonly versions: number;
  readonly lang: Lang;
}

const USER_AGENT = "NONISV|o365-exodus|o365-exodus/0.1.0";

/** Least application permission of each workload, with the request that needs it (each on its page's permission table). */
const PROBES: readonly { readonly workload: WorkloadName; readonly permission: string; readonly path: (owner: string) => string }[] = [
  { workload: "mail", permission: "Mail.Read", path: (owner) => `/users/${owner}/mailFolders?$top=1` },
  { workload: "calendar", permission: "Calendars.Read", path: (owner) => `/users/${owner}/calendars?$top=1` },
  { workload: "contacts", permission: "Contacts.Read", path: (owner) => `/users/${owner}/contactFolders?$top=1` },
  { workload: "files", permission: "Files.Read.All", path: (owner) => `/users/${owner}/drives?$top=1` },
];

/** Microsoft 365 as a source: an app registration reading one tenant through Graph v1.0. */
export function createGraphSource(options: GraphSourceOptions): Source {
  const cloud = CLOUDS[options.cloud];
  const authority = options.authority ?? cloud.authority;
  const graphRoot = options.graphRoot ?? cloud.graphRoot;
  const dispatcher = createDispatcher(options.ca);
  const auth = createAuth({ authority, graphRoot, tenantId: options.tenantId, clientId: options.clientId, credential: options.credential, dispatcher });
  const client = createGraphClient({ graphRoot, auth, governor: options.governor, userAgent: USER_AGENT, dispatcher });
  const mapping = { cloudLacks: cloud.lacks, territory: options.territory };
  const workloads = new Map<WorkloadName, Workload>([
    ["mail", createMailWorkload(client)],
    ["calendar", createCalendarWorkload(client, mapping)],
    ["contacts", createContactsWorkload(client)],
    ["files", createFilesWorkload(client, { versions: options.versions })],
  ]);
  const consentLink = `${authority}/${options.tenantId}/adminconsent?client_id=${options.clientId}`;
  return {
    name: "Microsoft 365",
    async *check(signal) {
      await auth.token();
      yield { subject: "sign-in", ok: true, code: "SIGN_IN", message: `${authority}, ${options.clientId}` };
      yield* probe(client, consentLink, options.lang, signal);
      if (options.groups) yield await probeList(client, "/groups", GROUPS_PERMISSION, consentLink, options.lang, signal);
      if (options.sites) yield await probeList(client, "/sites/getAllSites", SITES_PERMISSION, consentLink, options.lang, signal);
    },
    owners: (signal) => owners(client, options, signal),
    workload: (name) => workloads.get(name),
    close: () => client.close(),
  };
}

/** Asks one small question per workload; a denial names the permission and the page that grants it. */
async function* probe(client: GraphClient, consentLink: string, lang: Lang, signal: AbortSignal): AsyncIterable<CheckResult> {
  let owner: string | undefined;
  try {
    for await (const first of users(client, signal)) {
      owner = first.id;
      break;
    }
    yield { subject: "User.Read.All", ok: true, code: "CONSENT", message: "/users" };
  } catch (thrown) {
    yield denied("User.Read.All", thrown, consentLink, lang);
  }
  if (owner === undefined) return;
  for (const { permission, path } of PROBES) {
    try {
      await client.get(path(owner), { signal, permission });
      yield { subject: permission, ok: true, code: "CONSENT", message: path("…").replace(/\?.*/, "") };
    } catch (thrown) {
      const error = asExodusError(thrown);
      // The first owner may simply have no mailbox: the permission itself is in order.
      if (error.code === "GRAPH_NO_MAILBOX" || error.code === "GRAPH_NOT_FOUND") yield { subject: permission, ok: true, code: "CONSENT", message: error.describe(lang) };
      else yield denied(permission, thrown, consentLink, lang);
    }
  }
}

async function probeList(client: GraphClient, path: string, permission: string, consentLink: string, lang: Lang, signal: AbortSignal): Promise<CheckResult> {
  try {
    await client.get(path, { signal, permission });
    return { subject: permission, ok: true, code: "CONSENT", message: path };
  } catch (thrown) {
    return denied(permission, thrown, consentLink, lang);
  }
}

function denied(permission: string, thrown: unknown, consentLink: string, lang: Lang): CheckResult {
  const error = asExodusError(thrown);
  if (error.errorClass === "fatal-config") throw error;
  return { subject: permission, ok: false, code: error.code, message: error.describe(lang), advice: `${error.remedy(lang)} ${consentLink}` };
}
