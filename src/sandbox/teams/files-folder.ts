import path from "node:path";
import { notFound } from "../answers.js";
import { drivesOf, driveUrl, rootJson } from "../drive/item.js";
import { hasOwnSite, siteName } from "../tenant/scan-teams.js";
import type { Conversation, TeamsStore } from "./teams-store.js";

/** Where a channel's files are (channel-get-filesfolder): a folder of the group's library, or the library of the channel's own site. @throws GraphRefusal 404 until there is one. */
export function filesFolderJson({ tenant }: TeamsStore, { folder, team }: Conversation): Record<string, unknown> {
  const unready = notFound("NotFound", "Folder location for this channel is not ready yet, please try again later.");
  if (team === undefined) throw unready;
  const owner = hasOwnSite(folder) ? tenant.owners.get(siteName(team.folder, folder).toLowerCase()) : team.group;
  if (owner === undefined) throw unready;
  const [drive] = drivesOf(tenant, owner);
  const parentReference = { driveId: drive.id, driveType: "documentLibrary" };
  if (hasOwnSite(folder)) return { ...rootJson(tenant, drive), parentReference };
  const entry = tenant.children(drive.rootId).find(({ file }) => path.basename(file) === path.basename(folder.folder));
  if (entry === undefined) throw unready;
  return {
    id: entry.id, name: folder.name, createdDateTime: "0001-01-01T00:00:00Z", lastModifiedDateTime: new Date(entry.mtimeMs).toISOString(), webUrl: `${driveUrl(drive)}/${encodeURIComponent(folder.name)}`, size: 0, parentReference,
    folder: { childCount: tenant.children(entry.id).length },
  };
}
