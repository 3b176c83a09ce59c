import { createReadStream } from "node:fs";
import path from "node:path";
import { GraphRefusal, notFound, type Answer } from "../answers.js";
import { userOf } from "../directory.js";
import { collection, context, link, pageSize, readToken, select, type Call, type Route } from "../odata.js";
import type { Entry } from "../tenant/entry.js";
import type { TenantStore } from "../tenant/store.js";
import { folderJson, folderOf, mailFolders } from "./folders.js";
import { attachmentJson, attachmentsOf, bytesOf, messageJson, MESSAGE_PROPERTIES } from "./message.js";

const ROLE = "Mail.Read";

/** State of a message delta: `from` the round's base, `upto` its end, `at` the last position told. */
interface DeltaState {
  readonly base: number;
  readonly upto: number;
  readonly at: number;
  readonly select: string | null;
}

export function mailRoutes(store: TenantStore): Route[] {
  const owner = (call: Call) => userOf(store, call.params["user"] ?? "");
  const folder = (call: Call) => folderOf(store, owner(call), call.params["folder"] ?? "");
  const shaped = async (entry: Entry, query: URLSearchParams): Promise<object> =>
    select(await messageJson(store, entry, needsBody(query)), query, MESSAGE_PROPERTIES);
  const message = (call: Call): Entry => {
    mailFolders(store, owner(call));
    const entry = store.entries.get(call.params["message"] ?? "");
    if (entry?.kind !== "message" || entry.owner.toLowerCase() !== owner(call).name.toLowerCase()) throw notFound("ErrorItemNotFound", "");
    return entry;
  };
  const folders = (call: Call, parent: string): Promise<Answer> => {
    const all = mailFolders(store, owner(call));
    return collection(call, `users('${owner(call).id}')/mailFolders`, all.filter(({ parentId }) => parentId === parent), 10, (entry) => select(folderJson(store, entry, all), call.query, FOLDER_PROPERTIES));
  };
  const inFolder = (id: string): readonly Entry[] => store.children(id).filter(({ kind }) => kind === "message");
  return [
    { method: "GET", pattern: "/users/:user/mailFolders", role: ROLE, handle: (call) => folders(call, store.idOf(owner(call).name, "root", "mail")) },
    { method: "GET", pattern: "/users/:user/mailFolders/delta", role: ROLE, handle: (call) => folderDelta(store, call) },
    {
      method: "GET", pattern: "/users/:user/mailFolders/:folder", role: ROLE,
      handle: async (call) => ({ json: { "@odata.context": context(call, "mailFolders/$entity"), ...select(folderJson(store, folder(call), mailFolders(store, owner(call))), call.query, FOLDER_PROPERTIES) } }),
    },
    { method: "GET", pattern: "/users/:user/mailFolders/:folder/childFolders", role: ROLE, handle: (call) => folders(call, folder(call).id) },
    { method: "GET", pattern: "/users/:user/mailFolders/:folder/messages", role: ROLE, handle: (call) => collection(call, "messages", inFolder(folder(call).id), 10, (entry) => shaped(entry, call.query)) },
    { method: "GET", pattern: "/users/:user/mailFolders/:folder/messages/delta", role: ROLE, handle: (call) => messageDelta(store, call, folder(call).id, shaped) },
    {
      method: "GET", pattern: "/users/:user/messages", role: ROLE,
      handle: (call) => collection(call, "messages", mailFolders(store, owner(call)).flatMap(({ id }) => inFolder(id)), 10, (entry) => shaped(entry, call.query)),
    },
    { method: "GET", pattern: "/users/:user/messages/:message", role: ROLE, handle: async (call) => ({ json: { "@odata.context": context(call, "messages/$entity"), ...(await shaped(message(call), call.query)) } }) },
    {
      method: "GET", pattern: "/users/:user/messages/:message/$value", role: ROLE,
      handle: async (call) => {
        const entry = message(call);
        return { status: 200, headers: { "content-type": "text/plain", "content-length": String(entry.size) }, stream: entry.size === 0 ? undefined : createReadStream(path.join(store.dir, entry.file)) };
      },
    },
    {
      method: "GET", pattern: "/users/:user/messages/:message/attachments", role: ROLE,
      handle: async (call) => collection(call, "attachments", await attachmentsOf(store, message(call)), 50, (attachment) => select(attachmentJson(message(call), attachment, true), call.query)),
    },
    {
      method: "GET", pattern: "/users/:user/messages/:message/attachments/:attachment", role: ROLE,
      handle: async (call) => ({ json: { "@odata.context": context(call, "attachments/$entity"), ...attachmentJson(message(call), await attachment(store, message(call), call), true) } }),
    },
    {
      method: "GET", pattern: "/users/:user/messages/:message/attachments/:attachment/$value", role: ROLE,
      handle: async (call) => {
        const found = await attachment(store, message(call), call);
        const bytes = bytesOf(found);
        return { status: 200, headers: { "content-type": found.mimeType, "content-length": String(bytes.length) }, stream: one(bytes) };
      },
    },
  ];
}

const FOLDER_PROPERTIES: ReadonlySet<string> = new Set(["id", "displayName", "parentFolderId", "childFolderCount", "unreadItemCount", "totalItemCount", "sizeInBytes", "isHidden"]);

/** The body is parsed only for those who ask for something that lies in it. */
function needsBody(query: URLSearchParams): boolean {
  const wanted = query.get("$select")?.split(",");
  return wanted === undefined || wanted.some((name) => ["body", "bodyPreview"].includes(name.trim()));
}

async function attachment(store: TenantStore, entry: Entry, call: Call) {
  const found = (await attachmentsOf(store, entry)).find(({ id }) => id === call.params["attachment"]);
  if (found === undefined) throw notFound("ErrorItemNotFound", "");
  return found;
}

/** Message delta of one folder (api-reference/v1.0/api/message-delta): pages by `$skiptoken`, the round ends with a `$deltatoken`. */
async function messageDelta(store: TenantStore, call: Call, folder: string, shaped: (entry: Entry, query: URLSearchParams) => Promise<object>): Promise<Answer> {
  const carried = readToken<DeltaState>(call.query.get("$skiptoken") ?? call.query.get("$deltatoken"));
  if (carried !== undefined && carried.upto < store.expiredBefore) throw new GraphRefusal(410, "SyncStateNotFound", "The sync state generation is not found; start again without a token.");
  const state = nextRound(store, call, carried);
  const query = new URLSearchParams(state.select === null ? {} : { $select: state.select });
  const size = pageSize(call, 10);
  const changed = store.children(folder).filter((entry) => entry.kind === "message" && entry.seq > state.base && entry.seq <= state.upto && entry.order > state.at);
  const page = changed.slice(0, size);
  const last = page.length === changed.length;
  const removed = last ? store.departures.filter((gone) => gone.kind === "message" && gone.container === folder && gone.seq > state.base && gone.seq <= state.upto) : [];
  const next = last ? link(call, "$deltatoken", { ...state, base: state.upto, at: 0 }, false) : link(call, "$skiptoken", { ...state, at: page.at(-1)?.order ?? state.at }, false);
  const value = [...(await Promise.all(page.map((entry) => shaped(entry, query)))), ...removed.map(({ id }) => ({ id, "@removed": { reason: "deleted" } }))];
  return { json: { "@odata.context": context(call, "Collection(message)"), [last ? "@odata.deltaLink" : "@odata.nextLink"]: next, value } };
}

function nextRound(store: TenantStore, call: Call, carried: DeltaState | undefined): DeltaState {
  if (carried === undefined) return { base: 0, upto: store.seq, at: 0, select: call.query.get("$select") };
  return call.query.has("$deltatoken") ? { ...carried, upto: store.seq, at: 0 } : carried;
}

async function folderDelta(store: TenantStore, call: Call): Promise<Answer> {
  const all = mailFolders(store, userOf(store, call.params["user"] ?? ""));
  const known = readToken<{ ids: string[] }>(call.query.get("$deltatoken"))?.ids ?? [];
  const removed = known.filter((id) => !all.some((folder) => folder.id === id)).map((id) => ({ id, "@removed": { reason: "deleted" } }));
  const value = [...all.filter(({ id }) => !known.includes(id)).map((folder) => folderJson(store, folder, all)), ...removed];
  return { json: { "@odata.context": context(call, "mailFolders"), "@odata.deltaLink": link(call, "$deltatoken", { ids: all.map(({ id }) => id) }), value } };
}

async function* one(bytes: Uint8Array): AsyncIterable<Uint8Array> {
  yield bytes;
}
