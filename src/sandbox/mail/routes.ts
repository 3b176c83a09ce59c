import { bytesAnswer, fileAnswer, GraphRefusal, notFound, type Answer } from "../answers.js";
import { userOf } from "../directory.js";
import { collection, context, refuseOptions, select, selected, type Call, type Route } from "../odata.js";
import type { Entry } from "../tenant/entry.js";
import { rememberContent } from "../tenant/fingerprint.js";
import type { OwnerFile, TenantStore } from "../tenant/store.js";
import { folderDelta, messageDelta } from "./delta.js";
import { folderJson, folderOf, mailFolders, messagesIn, messagesOf, requireMailbox, rootFolder, type Folder } from "./folders.js";
import { messageId, messageOf } from "./message-id.js";
import { attachmentJson, attachmentsOf, bytesOf, messageJson, MESSAGE_PROPERTIES, type PlacedAttachment } from "./message.js";

const ROLE = "Mail.Read";
const FOLDER_PROPERTIES: ReadonlySet<string> = new Set(["id", "displayName", "parentFolderId", "childFolderCount", "unreadItemCount", "totalItemCount", "isHidden", "isSupported", "includeNestedFolders", "sourceFolderIds", "filterQuery"]);

/** Mail folders, messages with their MIME and attachments, and the deltas of both. */
export function mailRoutes(store: TenantStore): Route[] {
  const get = (pattern: string, handler: (call: Call, owner: OwnerFile) => Promise<Answer>): Route => ({
    method: "GET", pattern, role: ROLE,
    handle: async (call) => {
      const owner = userOf(store, call.params["user"] ?? "");
      requireMailbox(owner);
      return handler(call, owner);
    },
  });
  const folder = (call: Call, owner: OwnerFile): Folder => folderOf(store, owner, call.params["folder"] ?? "");
  const folderShown = async (call: Call, one: Folder, all: readonly Folder[]): Promise<object> => select(await folderJson(store, one, all), call.query, FOLDER_PROPERTIES);
  const folders = (call: Call, owner: OwnerFile, parent: Folder): Promise<Answer> => {
    refuseOptions(call, ["$filter", "$search", "$expand"]);
    const all = mailFolders(store, owner);
    // Left out unless asked for (api-reference/v1.0/api/user-list-mailfolders, mailfolder-list-childfolders).
    const hiddenToo = call.query.get("includeHiddenFolders") === "true";
    const below = all.filter(({ parentId, hidden }) => parentId === parent.id && (hiddenToo || hidden !== true));
    return collection(call, `users('${owner.id}')/mailFolders`, below, 10, (one) => folderShown(call, one, all));
  };
  const shown = (call: Call) => async (entry: Entry, query: URLSearchParams): Promise<object> => {
    const asText = call.prefer.get("outlook.body-content-type")?.toLowerCase() === "text";
    const json = await messageJson(store, entry, { wanted: selected(query), asText });
    return { ...select({ ...json, id: messageId(call, entry.id, entry.container) }, query, MESSAGE_PROPERTIES), ...(await expanded(store, call, entry)) };
  };
  const list = async (call: Call, entries: readonly Entry[]): Promise<Answer> => {
    refuseOptions(call, ["$filter", "$search"]);
    return collection(call, "messages", await byReceipt(store, entries, call.query.get("$orderby")), 10, (entry) => shown(call)(entry, call.query));
  };
  const message = (call: Call, owner: OwnerFile): Entry => messageOf(store, owner, call.params["message"] ?? "");
  const inFolders = "/users/:user/mailFolders/:folder";
  return [
    get("/users/:user/mailFolders", (call, owner) => folders(call, owner, rootFolder(store, owner))),
    get("/users/:user/mailFolders/delta", (call, owner) => folderDelta(store, call, owner, (one) => folderShown(call, one, mailFolders(store, owner)))),
    get(inFolders, async (call, owner) => ({ json: { "@odata.context": context(call, `users('${owner.id}')/mailFolders/$entity`), ...(await folderShown(call, folder(call, owner), mailFolders(store, owner))) } })),
    get(`${inFolders}/childFolders`, (call, owner) => folders(call, owner, folder(call, owner))),
    get(`${inFolders}/messages`, (call, owner) => list(call, messagesOf(store, folder(call, owner)))),
    get(`${inFolders}/messages/delta`, (call, owner) => messageDelta(store, call, folder(call, owner), shown(call))),
    get("/users/:user/messages", (call, owner) => list(call, mailFolders(store, owner).flatMap(({ id }) => messagesIn(store, id)))),
    ...["/users/:user", inFolders].flatMap((base) => messageRoutes(store, `${base}/messages/:message`, get, message, shown)),
  ];
}

/** The only order that is served is that of receipt; without one, entries stand as they were found. */
async function byReceipt(store: TenantStore, entries: readonly Entry[], orderby: string | null): Promise<readonly Entry[]> {
  if (orderby === null) return entries;
  const direction = /^receivedDateTime(?: (asc|desc))?$/.exec(orderby);
  if (direction === null) throw new GraphRefusal(400, "ErrorInvalidUrlQuery", `The sandbox does not order messages by '${orderby}'.`);
  const keyed = await Promise.all(entries.map(async (entry) => ({ entry, at: await receivedOf(store, entry) })));
  const sign = direction[1] === "desc" ? -1 : 1;
  return keyed.sort((a, b) => sign * (a.at < b.at ? -1 : Number(a.at > b.at))).map(({ entry }) => entry);
}

const received = new WeakMap<Entry, { readonly mark: string; readonly at: Promise<string> }>();

function receivedOf(store: TenantStore, entry: Entry): Promise<string> {
  const known = received.get(entry);
  if (known?.mark === entry.mark) return known.at;
  const at = messageJson(store, entry, { wanted: new Set(["receivedDateTime"]), asText: false }).then((json) => String(json["receivedDateTime"]));
  received.set(entry, { mark: entry.mark, at });
  return at;
}

type Get = (pattern: string, handler: (call: Call, owner: OwnerFile) => Promise<Answer>) => Route;

function messageRoutes(store: TenantStore, base: string, get: Get, message: (call: Call, owner: OwnerFile) => Entry, shown: (call: Call) => (entry: Entry, query: URLSearchParams) => Promise<object>): Route[] {
  const attachment = async (call: Call, entry: Entry): Promise<PlacedAttachment> => {
    const found = (await attachmentsOf(store, entry)).find(({ id }) => id === call.params["attachment"]);
    if (found === undefined) throw notFound("ErrorItemNotFound", "");
    return found;
  };
  return [
    get(base, async (call, owner) => ({ json: { "@odata.context": context(call, `users('${owner.id}')/messages/$entity`), ...(await shown(call)(message(call, owner), call.query)) } })),
    get(`${base}/$value`, async (call, owner) => {
      const entry = message(call, owner);
      await rememberContent(store, entry);
      return fileAnswer(store.disk(entry.file), { "content-type": "text/plain" });
    }),
    get(`${base}/attachments`, async (call, owner) => {
      const entry = message(call, owner);
      return collection(call, `users('${owner.id}')/messages('${entry.id}')/attachments`, await attachmentsOf(store, entry), 50, (one) => select(attachmentJson(entry, one), call.query));
    }),
    get(`${base}/attachments/:attachment`, async (call, owner) => {
      const entry = message(call, owner);
      return { json: { "@odata.context": context(call, "attachments/$entity"), ...select(attachmentJson(entry, await attachment(call, entry)), call.query) } };
    }),
    get(`${base}/attachments/:attachment/$value`, async (call, owner) => {
      const found = await attachment(call, message(call, owner));
      return bytesAnswer(bytesOf(found), found.mimeType);
    }),
  ];
}

/** `$expand=attachments`; nothing else of a message can be expanded here. */
async function expanded(store: TenantStore, call: Call, entry: Entry): Promise<object> {
  const asked = call.query.get("$expand");
  if (asked === null) return {};
  if (asked.replace(/\(.*\)$/, "") !== "attachments") refuseOptions(call, ["$expand"]);
  return { attachments: (await attachmentsOf(store, entry)).map((one) => attachmentJson(entry, one)) };
}
