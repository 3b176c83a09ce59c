import type { Change, Container, Owner } from "../../core/item.js";
import { FolderRecord } from "../../format/records.js";
import { cardOf } from "../reading/card.js";
import type { FileReader } from "./drive-file.js";
import type { DriveItem } from "./drive-item.js";
import { readPermissions } from "./permissions.js";
import { itemFailure } from "../reading/read-errors.js";

const CARD = "/folder";

/** Id of the item that tells a folder's rights. */
export function folderCardId(folder: string): string {
  return `${folder}${CARD}`;
}

/** The folder of a card's id; undefined when the id is another item's. */
export function folderOfCard(id: string): string | undefined {
  return id.endsWith(CARD) ? id.slice(0, -CARD.length) : undefined;
}

export function folderContainer(owner: Owner, item: DriveItem): Container {
  const parentId = item.parentReference?.id;
  return { workload: "files", owner: owner.id, id: item.id, name: item.name ?? "", ...(parentId === undefined || parentId === null ? {} : { parentId }) };
}

/**
 * Rights of a folder as an item in it, when it has some of its own. Only a folder that begins a hierarchy of rights is asked about, one that had a card, and
 * (`top`) the drive's root when the drive is listed whole: what a library inherits from its site is told there.
 */
export async function readFolderCard(reader: FileReader, owner: Owner, item: DriveItem, top = false): Promise<readonly Change[]> {
  const id = folderCardId(item.id);
  const known = (await reader.context.known(id)) !== undefined;
  if (!top && !known && (item.shared === undefined || item.shared === null)) return [];
  const title = item.name ?? "";
  try {
    const { permissions, losses } = await readPermissions(reader.client, reader.driveId, item.id, reader.request, top || item.root !== undefined);
    if (permissions === undefined && losses.length === 0) return known ? [{ kind: "tombstone", id, container: item.id }] : [];
    const record = FolderRecord.parse({ v: 1, type: "folder", permissions });
    return [await cardOf({ key: { workload: "files", owner: owner.id, id }, container: item.id, title, record, losses }, reader.context)];
  } catch (thrown) {
    return [itemFailure(thrown, { id, container: item.id, title })];
  }
}
