import type { People } from "../../convert/rights/rights.js";
import type { Owner } from "../../core/item.js";
import { DirectoryUserRecord } from "../../format/directory.js";
import { csvLine } from "../../lib/csv.js";

/** A file in the columns of one platform. Only where a source documents them: others get the neutral tables. */
export interface Provisioning {
  readonly file: string;
  readonly header: string;
  /** `kind`: what the identity map says of the owner. Undefined for whoever is no person with an account. */
  row(owner: Owner, record: unknown, people: People, kind: string | undefined): string | undefined;
}

/**
 * Netframe finds its columns by the words of the interface's language, separated by `;`, without byte order mark: NetframeHQ/netframe-core@33e11bf,
 * app/Http/Controllers/Instance/InstanceController.php (create) and lang/fr/instances.php (create.cols). All three are required.
 */
const netframe: Provisioning = {
  file: "provisioning/netframe-users.csv",
  header: csvLine(["Email", "Nom", "Prenom"]),
  row(owner, record, people, kind) {
    if (kind !== undefined && kind !== "person") return undefined;
    const parsed = DirectoryUserRecord.safeParse(record);
    const told = parsed.success ? parsed.data : undefined;
    if (owner.kind !== "user" || owner.guest === true || told?.enabled === false || NO_PERSON.includes(told?.mailbox ?? "")) return undefined;
    const account = people.account(owner.name) ?? owner.name;
    return csvLine([account.includes("@") ? account : (told?.mail ?? owner.mail ?? account), told?.surname ?? owner.displayName, told?.givenName ?? owner.displayName]);
  },
};

/** What a mailbox is for, when nobody signs in to it (format/settings.ts). */
const NO_PERSON: readonly string[] = ["shared", "room", "equipment"];

export const PROVISIONING: Readonly<Record<string, Provisioning>> = { netframe };
