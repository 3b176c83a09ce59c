import { asExodusError } from "../../core/errors.js";
import type { ContainerRole } from "../../core/item.js";
import type { GraphClient, RequestOptions } from "../client/client.js";

/** Well-known folder names (api-reference/v1.0/resources/mailfolder, "Well-known folder names") and what they are for. */
const ROLES = [
  ["inbox", "inbox"], ["sentitems", "sent"], ["drafts", "drafts"], ["deleteditems", "trash"], ["junkemail", "junk"], ["archive", "archive"], ["outbox", "outbox"],
] as const satisfies readonly (readonly [string, ContainerRole])[];
export type FolderRole = (typeof ROLES)[number][1];

/** Which folder of a mailbox has which role, by folder id; one batch. `base`: path of the mailbox's owner. */
export async function folderRoles(client: GraphClient, base: string, wanted: RequestOptions): Promise<ReadonlyMap<string, FolderRole>> {
  const found = new Map<string, FolderRole>();
  const asked = { ...wanted, query: { $select: "id" } };
  const answers = await client.batch<{ readonly id: string }>(ROLES.map(([name]) => ({ path: `${base}/mailFolders/${name}`, options: asked })));
  for (const [index, [, role]] of ROLES.entries()) {
    const answer = answers[index];
    if (answer?.status === "fulfilled") found.set(answer.value.id, role);
    // A mailbox may lack one (archive is made at its first use).
    else if (answer !== undefined && asExodusError(answer.reason).code !== "GRAPH_NOT_FOUND") throw answer.reason;
  }
  return found;
}
