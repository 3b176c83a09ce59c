import { asExodusError } from "../../core/errors.js";
import type { BlobRef, Change, Container, Loss, Owner } from "../../core/item.js";
import type { AccountFacts, GroupFacts, Workload, ReadContext } from "../../core/source.js";
import { DirectoryGroupRecord, DirectoryUserRecord } from "../../format/directory.js";
import { cardOf } from "../reading/card.js";
import type { GraphClient, RequestOptions } from "../client/client.js";
import { directoryGroupRecord, directoryUserRecord, groupKind, GROUP_PROPERTIES, licencesOf, USER_PROPERTIES, type GraphDirectoryGroup, type GraphDirectoryObject, type GraphDirectoryUser } from "../map/directory.js";
import { mailboxKind } from "../mailbox-kind.js";
import { GROUPS_PERMISSION } from "../owner-facts.js";
import { itemFailure } from "../reading/read-errors.js";
import { shaped } from "../reading/shaped.js";

/** Application permission of subscribedsku-list. */
export const LICENCES_PERMISSION = "Organization.Read.All";
const CONTAINER = "directory";
const NO_NAMES: ReadonlyMap<string, string> = new Map();
const MEMBER = { $select: "id,displayName,userPrincipalName,mail", $top: 999 };

export interface DirectoryOptions {
  /** What the cloud's metadata lacks, as "type.property". */
  readonly cloudLacks: ReadonlySet<string>;
}

/**
 * What the directory tells of users, guests among them, and of groups of every kind: one item an owner. A user costs four requests (user-get with its manager,
 * user-list-transitivememberof, profilephoto-get, user-get-mailboxsettings), a group three; licences have their names from one list (subscribedsku-list).
 * Photos of groups are closed to applications (profilephoto-get, note). Dynamic distribution groups are not in Graph (group-list); organisational contacts need a
 * permission of their own (orgcontact-list: OrgContact.Read.All) and are kept as members only.
 */
export function createDirectoryWorkload(client: GraphClient, { cloudLacks }: DirectoryOptions): Workload {
  const lacksPurpose = ["mailboxSettings.userPurpose", "user.mailboxSettings"].some((name) => cloudLacks.has(name));
  let licences: Promise<ReadonlyMap<string, string> | undefined> | undefined;

  /** Undefined when the application may not read them. */
  const licenceNames = (signal: AbortSignal): Promise<ReadonlyMap<string, string> | undefined> => {
    licences ??= unlessDenied(async () => {
      const names = new Map<string, string>();
      for await (const page of client.pages<{ readonly skuId?: string; readonly skuPartNumber?: string }>("/subscribedSkus", { signal, permission: LICENCES_PERMISSION })) {
        for (const { skuId, skuPartNumber } of page.value) if (skuId !== undefined && skuPartNumber !== undefined) names.set(skuId, skuPartNumber);
      }
      return names;
    });
    // A failure is this attempt's only.
    licences.catch(() => { licences = undefined; });
    return licences;
  };

  async function all(path: string, signal: AbortSignal, permission: string): Promise<readonly GraphDirectoryObject[]> {
    const found: GraphDirectoryObject[] = [];
    for await (const page of client.pages<GraphDirectoryObject>(path, { signal, permission, query: MEMBER })) found.push(...page.value);
    return found;
  }

  const mailboxOf = (owner: Owner, signal: AbortSignal): Promise<string | undefined> => mailboxKind(client, owner, cloudLacks, signal);

  const userOf = (owner: Owner, signal: AbortSignal, expand = false): Promise<GraphDirectoryUser> =>
    client.get<GraphDirectoryUser>(`/users/${owner.id}`, { ...asked(signal, "User.Read.All"), query: { $select: USER_PROPERTIES, ...(expand ? { $expand: "manager" } : {}) } });

  async function readUser(owner: Owner, context: ReadContext): Promise<Change> {
    const { signal } = context;
    const user = await userOf(owner, signal, true);
    const [names, memberOf, mailbox, photo] = await Promise.all([
      licenceNames(signal), all(`/users/${owner.id}/transitiveMemberOf`, signal, "User.Read.All"), mailboxOf(owner, signal), cloudLacks.has("user.photo") ? NO_PHOTO : photoOf(client, owner, context),
    ]);
    const record = shaped(DirectoryUserRecord, directoryUserRecord(user, { mailbox: mailbox ?? "unknown", memberOf, licenceNames: names ?? NO_NAMES, photo: photo.blob && { sha256: photo.blob.sha256, size: photo.blob.size } }), "user");
    const losses: Loss[] = [...photo.losses];
    if (mailbox === undefined) losses.push({ field: "mailbox", change: "dropped", side: "source", reason: lacksPurpose ? "settings.purpose-unknown" : "directory.mailbox-unread" });
    if (names === undefined && record.licences.length > 0) losses.push({ field: "licences", change: "approximated", side: "source", reason: "directory.licences-unnamed" });
    if (record.memberOf.some(({ name }) => name === undefined)) losses.push({ field: "memberOf", change: "approximated", side: "source", reason: "directory.entries-unnamed" });
    return cardOf({ ...itemOf(owner), title: record.displayName || record.name, record, losses, ...(photo.blob === undefined ? {} : { parts: [photo.blob] }) }, context);
  }

  const groupOf = (owner: Owner, signal: AbortSignal): Promise<GraphDirectoryGroup> =>
    client.get<GraphDirectoryGroup>(`/groups/${owner.id}`, { ...asked(signal, GROUPS_PERMISSION), query: { $select: GROUP_PROPERTIES } });

  async function readGroup(owner: Owner, context: ReadContext): Promise<Change> {
    const { signal } = context;
    const [group, owners, members] = await Promise.all([groupOf(owner, signal), all(`/groups/${owner.id}/owners`, signal, GROUPS_PERMISSION), all(`/groups/${owner.id}/members`, signal, GROUPS_PERMISSION)]);
    const names = (group.assignedLicenses ?? []).length === 0 ? NO_NAMES : await licenceNames(signal);
    const record = shaped(DirectoryGroupRecord, directoryGroupRecord(group, { owners, members, licenceNames: names ?? NO_NAMES }), "group");
    return cardOf({ ...itemOf(owner), title: record.displayName || record.name, record, losses: groupLosses(record, names !== undefined) }, context);
  }

  async function read(owner: Owner, context: ReadContext): Promise<Change> {
    try {
      return await (owner.kind === "group" ? readGroup : readUser)(owner, context);
    } catch (thrown) {
      context.signal.throwIfAborted();
      return itemFailure(thrown, { id: owner.id, container: CONTAINER, title: owner.displayName });
    }
  }

  return {
    name: "directory",
    async *feeds(owner) {
      const container: Container = { workload: "directory", owner: owner.id, id: CONTAINER, name: "Directory" };
      yield await Promise.resolve({ id: CONTAINER, container, listing: true });
    },
    async *changes(owner, _feed, _since, context) {
      yield { changes: [await read(owner, context)], done: true };
    },
    readOne: (owner, _id, _container, context) => read(owner, context),
    async inventory(owner, signal) {
      if (owner.kind === "group") {
        const group = await groupOf(owner, signal);
        const { membershipRule, onPremisesSyncEnabled, assignedLicenses } = group;
        const known = (assignedLicenses ?? []).length === 0 ? NO_NAMES : await licenceNames(signal);
        const facts: GroupFacts = { kind: groupKind(group), dynamic: Boolean(membershipRule), synced: onPremisesSyncEnabled === true, licences: licencesOf(group, known ?? NO_NAMES).map(({ id, name }) => name ?? id) };
        return { containers: 1, items: 1, group: facts };
      }
      const [user, mailbox, names] = await Promise.all([userOf(owner, signal), mailboxOf(owner, signal), licenceNames(signal)]);
      const account: AccountFacts = {
        mailbox: mailbox ?? "unknown", enabled: user.accountEnabled !== false, guest: owner.guest === true, licences: licencesOf(user, names ?? NO_NAMES).map(({ id, name }) => name ?? id),
      };
      return { containers: 1, items: 1, account };
    },
  };
}

/**
 * Owners are "not available in Microsoft Graph for groups that were created in Exchange or groups that are synchronized" (group-list-owners); members of a group
 * that hides them are told with Member.Read.Hidden only (group-list-members).
 */
function groupLosses({ kind, synced, visibility, owners, members, licences }: DirectoryGroupRecord, named: boolean): readonly Loss[] {
  const losses: Loss[] = [];
  const madeElsewhere = kind === "mail-security" || kind === "distribution" || synced === true;
  if (owners.length === 0 && madeElsewhere) losses.push({ field: "owners", change: "dropped", side: "source", reason: "directory.owners-untold" });
  if (members.length === 0 && visibility === "hiddenmembership") losses.push({ field: "members", change: "dropped", side: "source", reason: "directory.members-hidden" });
  if (!named && (licences ?? []).length > 0) losses.push({ field: "licences", change: "approximated", side: "source", reason: "directory.licences-unnamed" });
  if ([...owners, ...members].some(({ name }) => name === undefined)) losses.push({ field: "members", change: "approximated", side: "source", reason: "directory.entries-unnamed" });
  return losses;
}

function itemOf(owner: Owner): { readonly key: { readonly workload: "directory"; readonly owner: string; readonly id: string }; readonly container: string } {
  return { key: { workload: "directory", owner: owner.id, id: owner.id }, container: CONTAINER };
}

function asked(signal: AbortSignal, permission: string): RequestOptions {
  return { signal, permission };
}

interface Photo {
  readonly blob?: BlobRef;
  readonly losses: readonly Loss[];
}

const NO_PHOTO: Photo = { losses: [{ field: "photo", change: "dropped", side: "source", reason: "directory.photo-unreadable" }] };

/** 404 means that there is none (profilephoto-get). */
async function photoOf(client: GraphClient, owner: Owner, { blobs, signal }: ReadContext): Promise<Photo> {
  try {
    return { blob: await client.bytes(`/users/${owner.id}/photo/$value`, { signal, permission: "User.Read.All" }, ({ bytes }) => blobs.write(bytes, ".jpg")), losses: [] };
  } catch (thrown) {
    const error = asExodusError(thrown);
    if (["GRAPH_NOT_FOUND", "GRAPH_NO_MAILBOX"].includes(error.code)) return { losses: [] };
    if (signal.aborted || (error.errorClass !== "permanent-item" && error.code !== "GRAPH_CONSENT")) throw error;
    return NO_PHOTO;
  }
}

async function unlessDenied<T>(read: () => Promise<T>): Promise<T | undefined> {
  try {
    return await read();
  } catch (thrown) {
    if (asExodusError(thrown).code !== "GRAPH_CONSENT") throw thrown;
    return undefined;
  }
}
