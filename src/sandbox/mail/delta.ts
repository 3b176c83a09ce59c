import type { Answer } from "../answers.js";
import { changePage, deltaState } from "../changes.js";
import { context, link, pageSize, readToken, refuseOptions, type Call } from "../odata.js";
import { expired } from "../router.js";
import type { Entry } from "../tenant/entry.js";
import type { OwnerFile, TenantStore } from "../tenant/store.js";
import { mailFolders, messagesOf, type Folder } from "./folders.js";
import { messageId } from "./message-id.js";

/**
 * Changes of one folder's messages (api-reference/v1.0/api/message-delta): pages by `$skiptoken`, the round ends with a `$deltatoken`. A
 * message that moved is removed here and added there. `$select` is kept in the tokens.
 */
export async function messageDelta(store: TenantStore, call: Call, folder: Folder, shaped: (entry: Entry, query: URLSearchParams) => Promise<object>): Promise<Answer> {
  refuseOptions(call, ["$filter", "$search", "$expand", "$skip", "changeType"]);
  const state = deltaState(store, call, call.query.get("$deltatoken"), call.query.get("$skiptoken"));
  const left = store.departures.filter(({ kind, container }) => kind === "message" && container === folder.id);
  const page = changePage(messagesOf(store, folder), left, state, pageSize(call, 10));
  const query = new URLSearchParams(state.select === null ? {} : { $select: state.select });
  const value = [
    ...(await Promise.all(page.entries.map((entry) => shaped(entry, query)))),
    ...page.gone.map(({ id, container }) => ({ "@odata.type": "#microsoft.graph.message", id: messageId(call, id, container), "@removed": { reason: "deleted" } })),
  ];
  const [name, token] = page.last ? ["@odata.deltaLink", "$deltatoken"] as const : ["@odata.nextLink", "$skiptoken"] as const;
  return { json: { "@odata.context": context(call, "Collection(message)"), [name]: link(call, token, page.next, false), value } };
}

interface FolderState {
  readonly base: number;
  readonly upto: number;
  /** Id of the last folder told. */
  readonly after: string;
}

/** Changes of the folders themselves (api-reference/v1.0/api/mailfolder-delta): names, places, existence; not the counts. */
export async function folderDelta(store: TenantStore, call: Call, owner: OwnerFile, shaped: (folder: Folder) => Promise<object>): Promise<Answer> {
  refuseOptions(call, ["$filter", "$search", "$expand"]);
  const state = folderState(store, call);
  const all = mailFolders(store, owner);
  const present = new Set(all.map(({ id }) => id));
  const changed = all.filter(({ seq }) => state.base === 0 || (seq > state.base && seq <= state.upto)).map((folder) => ({ id: folder.id, folder }));
  const gone = state.base === 0 ? [] : store.departures.filter(({ kind, owner: name, seq, moved, id }) => kind === "folder" && name === owner.name && !moved && seq > state.base && seq <= state.upto && !present.has(id));
  const rows: readonly { readonly id: string; readonly folder?: Folder }[] = [...changed, ...gone.map(({ id }) => ({ id }))];
  const left = rows.filter(({ id }) => id > state.after).sort((a, b) => (a.id < b.id ? -1 : 1));
  const page = left.slice(0, pageSize(call, 50));
  const last = page.length === left.length;
  const value = await Promise.all(page.map(async ({ id, folder }) => (folder === undefined ? { id, "@removed": { reason: "deleted" } } : shaped(folder))));
  const next = last ? link(call, "$deltatoken", { base: state.upto, upto: state.upto, after: "" }) : link(call, "$skiptoken", { ...state, after: page.at(-1)?.id ?? "" });
  return { json: { "@odata.context": context(call, `users('${owner.id}')/mailFolders`), [last ? "@odata.deltaLink" : "@odata.nextLink"]: next, value } };
}

function folderState(store: TenantStore, call: Call): FolderState {
  const given = call.query.get("$deltatoken");
  const carried = readToken<FolderState>(call.query.get("$skiptoken") ?? given);
  if (carried === undefined) return { base: 0, upto: store.seq, after: "" };
  if (carried.upto < store.expiredBefore) throw expired(call.path);
  return given === null ? carried : { base: carried.base, upto: store.seq, after: "" };
}
