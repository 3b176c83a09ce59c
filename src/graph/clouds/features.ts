import type { Lang } from "../../core/errors.js";
import type { Owner, WorkloadName } from "../../core/item.js";
import type { Cloud } from "./clouds.js";

/** A part of a workload that a cloud has or has not. */
interface Feature {
  readonly workload: WorkloadName;
  readonly owners: readonly Owner["kind"][];
  /** First step of the path that reads it. */
  readonly needs: (kind: Owner["kind"]) => string;
  readonly name: Readonly<Record<Lang, string>>;
}

const feature = (workload: WorkloadName, owners: readonly Owner["kind"][], path: string, en: string, fr: string): Feature =>
  ({ workload, owners, needs: (kind) => (path.includes(".") ? path : `${kind}.${path}`), name: { en, fr } });

/** What each workload reads, by the navigation property that leads to it. */
const FEATURES: readonly Feature[] = [
  feature("mail", ["user"], "mailFolders", "mail", "courrier"),
  feature("mail", ["group"], "threads", "group conversations", "conversations de groupe"),
  feature("calendar", ["user"], "calendars", "calendars", "agendas"),
  feature("calendar", ["group"], "calendar", "group calendars", "agendas de groupe"),
  feature("contacts", ["user"], "contactFolders", "contacts", "contacts"),
  feature("files", ["user", "group", "site"], "drives", "files", "fichiers"),
  feature("channels", ["group"], "team", "Teams channels", "canaux Teams"),
  feature("chats", ["user"], "chats", "Teams chats", "discussions Teams"),
  feature("settings", ["user"], "mailboxSettings", "mailbox settings, automatic replies", "réglages de boîte, réponses automatiques"),
  feature("settings", ["user"], "mailFolder.messageRules", "inbox rules", "règles de boîte de réception"),
  feature("settings", ["user"], "outlookUser.masterCategories", "categories", "catégories"),
  feature("lists", ["group"], "sites", "SharePoint lists", "listes SharePoint"),
  feature("lists", ["site"], "lists", "SharePoint lists", "listes SharePoint"),
  feature("pages", ["group"], "sites", "SharePoint pages", "pages SharePoint"),
  feature("pages", ["site"], "pages", "SharePoint pages", "pages SharePoint"),
  feature("tasks", ["user"], "todo", "To Do", "To Do"),
  feature("tasks", ["group"], "planner", "Planner", "Planner"),
  feature("notes", ["user", "group", "site"], "onenote", "OneNote", "OneNote"),
];

/** Something that the tenant's cloud does not have: told once, never asked for. */
export interface NotOffered {
  readonly workload: WorkloadName;
  readonly what: Readonly<Record<Lang, string>>;
  /** Where that is written. */
  readonly source: string;
}

/** Whether the cloud has anything of a workload for such an owner; what no feature describes is in every cloud. */
export function offers(cloud: Cloud, workload: WorkloadName, kind: Owner["kind"]): boolean {
  const parts = FEATURES.filter((entry) => entry.workload === workload && entry.owners.includes(kind));
  return parts.length === 0 || parts.some(({ needs }) => !cloud.lacks.has(needs(kind)));
}

/** What the cloud lacks of some workloads; `kinds`: whose is read. */
export function notOffered(cloud: Cloud, kinds: (workload: WorkloadName) => ReadonlySet<Owner["kind"]>, workloads: ReadonlySet<WorkloadName>): readonly NotOffered[] {
  const missing = FEATURES.filter(({ workload, owners, needs }) => workloads.has(workload) && owners.some((kind) => kinds(workload).has(kind) && cloud.lacks.has(needs(kind))));
  const told = new Map(missing.map(({ workload, name }) => [`${workload} ${name.en}`, { workload, what: name, source: cloud.source }]));
  return [...told.values()];
}
