import { GraphRefusal, type Answer } from "../answers.js";
import type { FileWarning } from "../calendar/calendar-store.js";
import { userOf } from "../directory.js";
import { mailFolders } from "../mail/folders.js";
import { collection, context, link, pageSize, readToken, select, type Call, type Route } from "../odata.js";
import type { OwnerFile, TenantStore } from "../tenant/store.js";
import { ContactStore, type ContactFolder } from "./contact-store.js";
import type { ContactCard } from "./from-vcf.js";
import type { ContactPhoto } from "./photo.js";

const ROLE = "Contacts.Read";
const NAVIGATION = ["photo", "extensions", "singleValueExtendedProperties", "multiValueExtendedProperties"];

type Handler = (call: Call, owner: OwnerFile) => Promise<Answer>;

/** State that travels in the links of a delta: the round's two ends, the place reached, and what was selected in its first call. */
interface DeltaState {
  readonly base: number;
  readonly upto: number;
  readonly order: number;
  readonly select: string | null;
}

/**
 * Contacts, their folders and photos. The default folder is not in the folder list: its contacts are `/contacts`, it is reached by their
 * `parentFolderId` or by its well-known name. Only the documented delta is served (api-reference/v1.0/api/contact-delta: of one folder).
 */
export function contactRoutes(tenant: TenantStore, warn: FileWarning = () => undefined): Route[] {
  const store = new ContactStore(tenant, warn);
  const get = (pattern: string, handler: Handler): Route => ({ method: "GET", pattern, role: ROLE, handle: async (call) => handler(call, mailboxOf(tenant, call)) });
  const folder = (call: Call, owner: OwnerFile): ContactFolder => store.folder(owner, call.params["folder"] ?? "");
  const shown = ({ json }: ContactCard, query: URLSearchParams): object => select(json, query, new Set([...Object.keys(json), ...NAVIGATION]));
  const listed = async (call: Call, owner: OwnerFile, from: ContactFolder): Promise<Answer> => {
    if (["$filter", "$search"].some((name) => call.query.has(name))) throw new GraphRefusal(400, "ErrorInvalidRequest", "The sandbox serves neither $filter nor $search on contacts.");
    return collection(call, `users('${owner.id}')/contacts`, await store.cards(from), 10, (card) => shown(card, call.query));
  };
  const folders = (call: Call, owner: OwnerFile, parent: ContactFolder): Promise<Answer> =>
    collection(call, `users('${owner.id}')/contactFolders`, store.children(owner, parent), 10, (one) => select(one, call.query, new Set(["id", "displayName", "parentFolderId"])));
  const card = (call: Call, owner: OwnerFile) => store.card(owner, call.params["contact"] ?? "");
  return [
    get("/users/:user/contacts", (call, owner) => listed(call, owner, store.defaultFolder(owner))),
    get("/users/:user/contactFolders", (call, owner) => folders(call, owner, store.defaultFolder(owner))),
    get("/users/:user/contactFolders/delta", (call, owner) => folderDelta(store, call, owner)),
    get("/users/:user/contactFolders/:folder", async (call, owner) => ({ json: { "@odata.context": context(call, `users('${owner.id}')/contactFolders/$entity`), ...select(folder(call, owner), call.query) } })),
    get("/users/:user/contactFolders/:folder/childFolders", (call, owner) => folders(call, owner, folder(call, owner))),
    get("/users/:user/contactFolders/:folder/contacts", (call, owner) => listed(call, owner, folder(call, owner))),
    get("/users/:user/contactFolders/:folder/contacts/delta", (call, owner) => delta(store, call, folder(call, owner), shown)),
    ...["/users/:user/contacts/:contact", "/users/:user/contactFolders/:folder/contacts/:contact"].flatMap((base) => [
      get(base, async (call, owner) => ({ json: { "@odata.context": context(call, `users('${owner.id}')/contacts/$entity`), ...shown(await card(call, owner), call.query) } })),
      get(`${base}/photo`, async (call, owner) => {
        const { type, width, height } = photoOf(await card(call, owner));
        return { json: { "@odata.context": context(call, `users('${owner.id}')/contacts/photo/$entity`), "@odata.mediaContentType": type, id: width === null || height === null ? "default" : `${width}X${height}`, height, width } };
      }),
      get(`${base}/photo/$value`, async (call, owner) => {
        const { bytes, type } = photoOf(await card(call, owner));
        return { status: 200, headers: { "content-type": type, "content-length": String(bytes.length) }, stream: one(bytes) };
      }),
    ]),
  ];
}

/** A user with a mailbox; the refusal for one without is the mail routes' own. */
function mailboxOf(tenant: TenantStore, call: Call): OwnerFile {
  const owner = userOf(tenant, call.params["user"] ?? "");
  mailFolders(tenant, owner);
  return owner;
}

/** Exchange's own words for a contact without photo (microsoftgraph/microsoft-graph-docs issue 2248). */
function photoOf({ photo }: ContactCard): ContactPhoto {
  if (photo === undefined) throw new GraphRefusal(404, "ErrorItemNotFound", "The photo wasn't found.");
  return photo;
}

async function delta(store: ContactStore, call: Call, folder: ContactFolder, shown: (card: ContactCard, query: URLSearchParams) => object): Promise<Answer> {
  const { tenant } = store;
  const carried = readToken<DeltaState>(call.query.get("$skiptoken") ?? call.query.get("$deltatoken"));
  if (carried !== undefined && carried.upto < tenant.expiredBefore) throw new GraphRefusal(410, "SyncStateNotFound", "The sync state generation is not found; start again without a token.");
  const state = nextState(call, carried, tenant.seq);
  const query = new URLSearchParams(state.select === null ? {} : { $select: state.select });
  const size = pageSize(call, 10);
  const changed = store.files(folder).filter((entry) => entry.seq > state.base && entry.seq <= state.upto && entry.order > state.order);
  const page = changed.slice(0, size);
  const last = page.length === changed.length;
  const value: object[] = [];
  for (const entry of page) value.push(...(await store.read(entry)).map((card) => ({ "@odata.type": "#microsoft.graph.contact", ...shown(card, query) })));
  if (last && state.base > 0) {
    const gone = tenant.departures.filter((departure) => departure.kind === "contact" && departure.container === folder.id && departure.seq > state.base && departure.seq <= state.upto);
    value.push(...gone.map(({ id }) => ({ id, "@removed": { reason: "deleted" } })));
  }
  const next = last ? link(call, "$deltatoken", { ...state, base: state.upto, order: 0 }, false) : link(call, "$skiptoken", { ...state, order: page.at(-1)?.order ?? state.order }, false);
  return { json: { "@odata.context": context(call, "Collection(contact)"), [last ? "@odata.deltaLink" : "@odata.nextLink"]: next, value } };
}

/** Folders added or gone (api-reference/v1.0/api/contactfolder-delta), all of them in one page; renamed ones are told again. */
async function folderDelta(store: ContactStore, call: Call, owner: OwnerFile): Promise<Answer> {
  const known = new Map(readToken<{ folders: [string, string][] }>(call.query.get("$deltatoken"))?.folders);
  const now: ContactFolder[] = [];
  const visit = (parent: ContactFolder): void => {
    for (const child of store.children(owner, parent)) {
      now.push(child);
      visit(child);
    }
  };
  visit(store.defaultFolder(owner));
  const gone = [...known.keys()].filter((id) => !now.some((folder) => folder.id === id)).map((id) => ({ id, "@removed": { reason: "deleted" } }));
  const value = [...now.filter(({ id, displayName }) => known.get(id) !== displayName).map((folder) => ({ "@odata.type": "#microsoft.graph.contactFolder", ...folder })), ...gone];
  return { json: { "@odata.context": context(call, "Collection(contactFolder)"), "@odata.deltaLink": link(call, "$deltatoken", { folders: now.map(({ id, displayName }) => [id, displayName]) }, false), value } };
}

function nextState(call: Call, carried: DeltaState | undefined, seq: number): DeltaState {
  if (carried === undefined) return { base: 0, upto: seq, order: 0, select: call.query.get("$select") };
  return call.query.has("$deltatoken") ? { ...carried, upto: seq } : carried;
}

async function* one(bytes: Uint8Array): AsyncIterable<Uint8Array> {
  yield bytes;
}
