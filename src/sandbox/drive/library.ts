import path from "node:path";
import { GraphRefusal } from "../answers.js";
import { terms } from "../clouds/edition.js";
import { columnsOf, fieldsJson, wantedFields } from "../lists/fields.js";
import type { SiteList, Told } from "../lists/list-store.js";
import type { Entry } from "../tenant/entry.js";
import { jsonOf } from "../tenant/read.js";
import { guid, type TenantStore } from "../tenant/store.js";
import { relativePath, type DriveRef } from "./item.js";
import { toldOf } from "./told.js";

const TEXT = { allowMultipleLines: false, appendChangesToExistingText: false, linesForEditing: 0, maxLength: 255 };
/** Columns that a library has beside those of every list. */
const OF_LIBRARIES: readonly Told[] = [{ name: "FileLeafRef", displayName: "Name", required: true, text: TEXT }, { name: "ContentType", displayName: "Content Type" }];

/** The list behind a drive; `<drive>.columns.json` holds its own columns. */
async function listOf(store: TenantStore, drive: DriveRef): Promise<Pick<SiteList, "id" | "card">> {
  const own: unknown = await jsonOf(path.join(store.dir, drive.owner.base, `${drive.area}.columns.json`));
  return { id: guid(`library ${drive.id}`), card: { columns: [...OF_LIBRARIES, ...(Array.isArray(own) ? (own as readonly Told[]) : [])] } };
}

/** Graph `columnDefinition`s of a library. */
export async function libraryColumns(store: TenantStore, drive: DriveRef): Promise<readonly Told[]> {
  return columnsOf(await listOf(store, drive)).filter(({ name }) => name !== "Attachments");
}

/** What `$expand` and `$select` ask of an item that no item tells by itself. @throws GraphRefusal for an expansion that is not served. */
export async function libraryParts(store: TenantStore, drive: DriveRef, entry: Entry, query: URLSearchParams): Promise<object> {
  const told = await toldOf(store, drive, relativePath(drive, entry));
  const asked = terms(query.get("$expand") ?? "");
  const unknown = asked.find(({ name }) => name !== "listItem");
  if (unknown !== undefined) throw new GraphRefusal(400, "notSupported", `The sandbox does not expand ${unknown.name} here.`);
  const { checkedOutBy } = told;
  const level = checkedOutBy === undefined ? { level: "published", versionId: "1.0" } : { level: "checkout", versionId: "1.1", checkedOutBy: { user: { displayName: checkedOutBy } } };
  return {
    ...((query.get("$select") ?? "").split(",").includes("publication") ? { publication: level } : {}),
    ...(asked.length === 0 ? {} : { listItem: await listItem(store, drive, entry, told, asked[0]?.options ?? "") }),
  };
}

async function listItem(store: TenantStore, drive: DriveRef, entry: Entry, told: Awaited<ReturnType<typeof toldOf>>, options: string): Promise<object> {
  const list = await listOf(store, drive);
  const { name = "Document", id = "0x0101" } = told.contentType ?? {};
  const item: Told = { id: String(entry.order), contentType: { id, name }, createdDateTime: told.createdDateTime, lastModifiedDateTime: told.lastModifiedDateTime };
  const wanted = wantedFields(/\$?expand=([\s\S]*)$/.exec(options)?.[1] ?? null);
  const fileName = relativePath(drive, entry).split("/").at(-1);
  const { Attachments: _attachments, ...fields } = wanted === undefined ? { Attachments: undefined } : fieldsJson(list, item, { FileLeafRef: fileName, ...told.fields }, wanted);
  return { id: String(entry.order), contentType: { id, name }, ...(wanted === undefined ? {} : { fields }) };
}
