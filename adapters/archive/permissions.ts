import type { PutContext, PutResult, TargetRef, Verdict } from "../../src/core/adapter.js";
import { canonicalJson } from "../../src/core/digest.js";
import type { Item } from "../../src/core/item.js";
import type { DiskTree } from "../../src/drivers/disk/tree.js";
import type { Grantee, Permission, Permissions } from "../../src/format/permissions.js";
import type { CalendarRight } from "../../src/format/records.js";
import { calendarItem, folderItem } from "../../src/kit/typed-items.js";
import { shortFileName } from "../../src/lib/file-names.js";
import { chunk } from "./text.js";

/** `<name>.permissions.json` beside a file or folder; a name of full length is cut like any other. */
export function permissionsFileOf(path: string): string {
  const slash = path.lastIndexOf("/") + 1;
  return path.slice(0, slash) + shortFileName(`${path.slice(slash)}.permissions.json`);
}

/** Rights in Graph's words; undefined where there are none of its own, or none were told. */
type Told = readonly object[] | undefined;

/** Writes the rights of a file beside it, or removes what stands there when it has none of its own. */
export function writePermissions(tree: DiskTree, path: string, permissions: Permissions | undefined): Promise<void> {
  return write(tree, path, toldOf(permissions));
}

export function comparePermissions(tree: DiskTree, path: string, permissions: Permissions | undefined): Promise<Verdict["fields"]> {
  return compare(tree, path, toldOf(permissions));
}

async function write(tree: DiskTree, path: string, told: Told): Promise<void> {
  const file = permissionsFileOf(path);
  if (told === undefined) return tree.removeFile(file);
  await tree.write(file, chunk(`${JSON.stringify(told, null, 1)}\n`));
}

async function compare(tree: DiskTree, path: string, told: Told): Promise<Verdict["fields"]> {
  const file = permissionsFileOf(path);
  const text = (await tree.info(file))?.folder === false ? await tree.text(file) : undefined;
  const [expected, found] = [told === undefined ? "" : canonicalJson(told), text === undefined ? "" : canonicalText(text)];
  return expected === found ? [] : [{ field: "permissions", expected, found }];
}

/** The item that tells a folder's or calendar's rights: its file stands beside the folder, so that it goes where the folder goes. No file of the folder has this name. */
const FOLDER_REF: TargetRef = { id: "/" };

export function isFolderRef(ref: TargetRef): boolean {
  return ref.id === FOLDER_REF.id;
}

/** What such an item tells; undefined for every other item. */
export interface RightsCard {
  readonly told: Told;
}

export function rightsCard(item: Item): RightsCard | undefined {
  const folder = folderItem(item);
  if (folder !== undefined) return { told: toldOf(folder.record.permissions) };
  const calendar = calendarItem(item);
  return calendar === undefined ? undefined : { told: calendar.record.granted.map(calendarPermission) };
}

/** `changing` is awaited before something is written. */
export async function putCard(tree: DiskTree, { told }: RightsCard, { into, known }: PutContext, changing: () => Promise<void>): Promise<PutResult> {
  if ((await compare(tree, into.id, told)).length === 0) return { outcome: "unchanged", ref: FOLDER_REF, losses: [] };
  await changing();
  await write(tree, into.id, told);
  return { outcome: known === undefined ? "created" : "updated", ref: FOLDER_REF, losses: [] };
}

export async function findCard(tree: DiskTree, { told }: RightsCard, { into }: PutContext): Promise<TargetRef | undefined> {
  return (await compare(tree, into.id, told)).length === 0 ? FOLDER_REF : undefined;
}

export async function verifyCard(tree: DiskTree, { told }: RightsCard, { into }: PutContext): Promise<Verdict> {
  const missing = told !== undefined && (await tree.info(permissionsFileOf(into.id))) === undefined;
  const fields = missing ? [] : await compare(tree, into.id, told);
  return { state: missing ? "missing" : fields.length === 0 ? "same" : "different", fields };
}

/** In Graph's words (api-reference/v1.0/resources/calendarpermission), which a tenant loader reads; that of the whole organisation has no address, and cannot be removed. */
function calendarPermission({ id, role, whom, name, address, inside }: CalendarRight): object {
  return { id, isRemovable: whom !== "organization", ...(inside === undefined ? {} : { isInsideOrganization: inside }), role, emailAddress: { name, address } };
}

function toldOf(permissions: Permissions | undefined): Told {
  return permissions === undefined ? undefined : graphPermissions(permissions);
}

/** In Graph's words (api-reference/v1.0/resources/permission), which a tenant loader reads. An inherited right of unknown origin tells that those above hold too. */
function graphPermissions({ inherits, granted }: Permissions): readonly object[] {
  return [...granted.map(graphPermission), ...(inherits ? [{ id: "inherited", roles: [], inheritedFrom: {} }] : [])];
}

function graphPermission({ id, roles, to, link, invited, expiresAt, hasPassword }: Permission): object {
  const identities = to.map(graphIdentities);
  return {
    id, roles,
    ...(link === undefined ? (identities[0] === undefined ? {} : { grantedToV2: identities[0] }) : {
      link: {
        type: link.type, scope: link.scope, webUrl: link.url, ...(link.preventsDownload ? { preventsDownload: true } : {}),
        ...(link.application === undefined ? {} : { application: { displayName: link.application } }),
      },
      ...(identities.length === 0 ? {} : { grantedToIdentitiesV2: identities }),
    }),
    ...(invited === undefined ? {} : { invitation: { email: invited } }), ...(expiresAt === undefined ? {} : { expirationDateTime: expiresAt }), ...(hasPassword === undefined ? {} : { hasPassword }),
  };
}

const NAMES = { user: "user", group: "group", "site-group": "siteGroup", application: "application", device: "device", unknown: "siteUser" } as const;

function graphIdentities({ kind, id, name, address, login }: Grantee): object {
  const [own, site] = [NAMES[kind], kind === "site-group" || kind === "unknown"];
  const identity = { id, displayName: name, ...(address === undefined ? {} : { email: address }), ...(site && login !== undefined ? { loginName: login } : {}) };
  return { [own]: identity, ...(site || login === undefined ? {} : { siteUser: { displayName: name, loginName: login } }) };
}

/** What is no JSON differs from all that is. */
function canonicalText(text: string): string {
  try {
    return canonicalJson(JSON.parse(text));
  } catch (thrown) {
    if (thrown instanceof SyntaxError) return " ";
    throw thrown;
  }
}
