import type { Lang } from "./errors.js";
import type { WorkloadName } from "./item.js";

/** A store of the source that the reader does not reach; `audit` names those of the workloads that are routed. */
export interface Unreached {
  readonly workload: WorkloadName;
  readonly code: string;
  readonly message: Readonly<Record<Lang, string>>;
}

/**
 * Graph's `archive` folder is not Exchange's archive mailbox (api-reference/v1.0/resources/mailfolder, "Well-known folder names"), which has no address in Graph v1.0;
 * `recoverableitemsdeletions` stands outside the folder tree (the same table).
 */
export const UNREACHED: readonly Unreached[] = [
  {
    workload: "mail", code: "mail.archive-mailbox",
    message: { en: "In-Place Archive mailboxes: Graph gives no access to them.", fr: "Les boîtes d'archive (« In-Place Archive ») : Graph n'y donne pas accès." },
  },
  {
    workload: "mail", code: "mail.recoverable-items",
    message: { en: "Items deleted for good that Exchange still keeps (Recoverable Items).", fr: "Les éléments supprimés définitivement qu'Exchange garde encore (éléments récupérables)." },
  },
];
