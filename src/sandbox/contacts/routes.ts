import { readFile } from "node:fs/promises";
import path from "node:path";
import { GraphRefusal, notFound, type Answer } from "../answers.js";
import { userOf } from "../directory.js";
import { mailFolders } from "../mail/folders.js";
import { changeKey, fileInstant } from "../mail/message.js";
import { collection, context, link, readToken, select, type Call, type Route } from "../odata.js";
import type { Entry } from "../tenant/entry.js";
import { decodeName } from "../tenant/names.js";
import type { OwnerFile, TenantStore } from "../tenant/store.js";
import { contactFromVcf, type ContactFile } from "./from-vcf.js";

const ROLE = "Contacts.Read";
/** Names of the folder that is the mailbox's default one. */
const DEFAULT_NAMES = ["Contacts", "Contact"];

/** Contacts, their folders (the default one is not listed) and their photos. */
export function contactRoutes(store: TenantStore): Route[] {
  const owner = (call: Call): OwnerFile => {
    const found = userOf(store, call.params["user"] ?? "");
    mailFolders(store, found);
    return found;
  };
  const root = (of: OwnerFile): string => store.idOf(of.name, "root", "contacts");
  const defaultId = (of: OwnerFile): string => store.children(root(of)).find((entry) => DEFAULT_NAMES.includes(nameOf(entry)))?.id ?? store.idOf(of.name, "folder", "contacts");
  const foldersIn = (of: OwnerFile, parent: string): Entry[] => store.children(parent).filter((entry) => entry.kind === "folder" && entry.id !== defaultId(of));
  const folder = (call: Call): string => {
    const id = call.params["folder"] ?? "";
    const known = id === defaultId(owner(call)) || (store.entries.get(id)?.kind === "folder" && store.entries.get(id)?.owner === owner(call).name);
    if (!known) throw notFound("ErrorItemNotFound", "");
    return id;
  };
  const read = (entry: Entry): Promise<ContactFile | undefined> => readContact(store, entry);
  const listed = async (call: Call, id: string): Promise<Answer> => {
    const files = (await Promise.all(store.children(id).filter(({ kind }) => kind === "contact").map(read))).filter((file) => file !== undefined);
    return collection(call, "contacts", files, 10, ({ json }) => select(json, call.query, new Set(Object.keys(json))));
  };
  const one = async (call: Call): Promise<ContactFile> => {
    const entry = store.entries.get(call.params["contact"] ?? "");
    const file = entry?.kind === "contact" && entry.owner === owner(call).name ? await read(entry) : undefined;
    if (file === undefined) throw notFound("ErrorItemNotFound", "");
    return file;
  };
  const photo = async (call: Call): Promise<NonNullable<ContactFile["photo"]>> => {
    const { photo: found } = await one(call);
    if (found === undefined) throw new GraphRefusal(404, "ErrorItemNotFound", "The photo wasn't found.");
    return found;
  };
  const get = (pattern: string, handle: (call: Call) => Promise<Answer>): Route => ({ method: "GET", pattern, role: ROLE, handle });
  const folderList = (call: Call, parent: string): Promise<Answer> => collection(call, "contactFolders", foldersIn(owner(call), parent), 10, (entry) => folderJson(entry));
  return [
    get("/users/:user/contacts", (call) => listed(call, defaultId(owner(call)))),
    get("/users/:user/contacts/:contact", async (call) => ({ json: { "@odata.context": context(call, "contacts/$entity"), ...select((await one(call)).json, call.query) } })),
    get("/users/:user/contacts/:contact/photo", async (call) => ({ json: { "@odata.context": context(call, "photo"), id: "default", height: 96, width: 96, "@odata.mediaContentType": (await photo(call)).type } })),
    get("/users/:user/contacts/:contact/photo/$value", async (call) => {
      const { bytes, type } = await photo(call);
      return { status: 200, headers: { "content-type": type, "content-length": String(bytes.length) }, stream: single(bytes) };
    }),
    get("/users/:user/contactFolders", (call) => folderList(call, root(owner(call)))),
    get("/users/:user/contactFolders/:folder", async (call) => {
      const entry = store.entries.get(folder(call));
      return { json: { "@odata.context": context(call, "contactFolders/$entity"), ...(entry === undefined ? { id: folder(call), displayName: "Contacts", parentFolderId: root(owner(call)) } : folderJson(entry)) } };
    }),
    get("/users/:user/contactFolders/:folder/childFolders", (call) => folderList(call, folder(call))),
    get("/users/:user/contactFolders/:folder/contacts", (call) => listed(call, folder(call))),
    get("/users/:user/contactFolders/:folder/contacts/delta", async (call) => {
      const base = readToken<{ base: number }>(call.query.get("$deltatoken"))?.base ?? 0;
      if (base > 0 && base < store.expiredBefore) throw new GraphRefusal(410, "SyncStateNotFound", "The sync state generation is not found.");
      const id = folder(call);
      const changed = await Promise.all(store.children(id).filter((entry) => entry.kind === "contact" && entry.seq > base).map(read));
      const removed = base === 0 ? [] : store.departures.filter((gone) => gone.container === id && gone.seq > base).map((gone) => ({ id: gone.id, "@removed": { reason: "deleted" } }));
      const value = [...changed.filter((file) => file !== undefined).map(({ json }) => select(json, call.query)), ...removed];
      return { json: { "@odata.context": context(call, "Collection(contact)"), "@odata.deltaLink": link(call, "$deltatoken", { base: store.seq }), value } };
    }),
  ];
}

async function readContact(store: TenantStore, entry: Entry): Promise<ContactFile | undefined> {
  const text = await readFile(path.join(store.dir, entry.file), "utf8");
  try {
    return contactFromVcf(text, { id: entry.id, parentFolderId: entry.container, changeKey: changeKey(entry), modified: fileInstant(entry) });
  } catch {
    // A card that nobody can parse could not have come from Exchange: it is left out.
    return undefined;
  }
}

function folderJson(entry: Entry): Record<string, unknown> {
  return { id: entry.id, displayName: nameOf(entry), parentFolderId: entry.container };
}

function nameOf(entry: Entry): string {
  return decodeName(path.basename(entry.file));
}

async function* single(bytes: Uint8Array): AsyncIterable<Uint8Array> {
  yield bytes;
}
