import { readFile } from "node:fs/promises";
import path from "node:path";
import { notFound } from "../answers.js";
import type { FileWarning } from "../calendar/calendar-store.js";
import { changeKey, fileInstant } from "../mail/message.js";
import type { Entry } from "../tenant/entry.js";
import { decodeName } from "../tenant/names.js";
import type { OwnerFile, TenantStore } from "../tenant/store.js";
import { contactsFromVcf, type ContactCard } from "./from-vcf.js";
import { textOfFile } from "../text-file.js";

export interface ContactFolder {
  readonly id: string;
  readonly displayName: string;
  readonly parentFolderId: string;
}

const DEFAULT_NAME = "Contacts";
const FILES_KEPT = 2_000;

/**
 * Contacts of the tenant folder, parsed once per version of a file. `contacts/Contacts` is the mailbox's default folder; the other folders lie
 * below it, as those that Graph creates do (api-reference/v1.0/api/user-list-contactfolders: "in the default Contacts folder").
 */
export class ContactStore {
  readonly #parsed = new Map<string, readonly ContactCard[]>();

  constructor(readonly tenant: TenantStore, private readonly warn: FileWarning) {}

  defaultFolder(owner: OwnerFile): ContactFolder {
    const root = this.#root(owner);
    const entry = this.#foldersIn(root).find((folder) => nameOf(folder) === DEFAULT_NAME);
    return { id: entry?.id ?? this.tenant.idOf(owner.name, "folder", "contacts"), displayName: DEFAULT_NAME, parentFolderId: root };
  }

  /** Folders right below one; below the default folder, those beside it on the disk too. */
  children(owner: OwnerFile, parent: ContactFolder): readonly ContactFolder[] {
    const main = this.defaultFolder(owner);
    const beside = parent.id === main.id ? this.#foldersIn(this.#root(owner)).filter(({ id }) => id !== main.id) : [];
    return [...beside, ...this.#foldersIn(parent.id)].map((entry) => ({ id: entry.id, displayName: nameOf(entry), parentFolderId: parent.id }));
  }

  /** A folder by its id, or by the well-known name of the default one. */
  folder(owner: OwnerFile, id: string): ContactFolder {
    const main = this.defaultFolder(owner);
    if (id === main.id || id.toLowerCase() === DEFAULT_NAME.toLowerCase()) return main;
    const entry = this.tenant.entries.get(id);
    if (entry?.kind !== "folder" || !this.#owns(owner, entry) || areaOf(entry) !== "contacts") throw notFound("ErrorItemNotFound", "");
    return { id, displayName: nameOf(entry), parentFolderId: entry.container === this.#root(owner) ? main.id : entry.container };
  }

  files(folder: ContactFolder): readonly Entry[] {
    return this.tenant.children(folder.id).filter(({ kind }) => kind === "contact");
  }

  /** Cards of one file. The first has the file's id. */
  async read(entry: Entry): Promise<readonly ContactCard[]> {
    const key = `${entry.id} ${entry.mark} ${entry.seq}`;
    const known = this.#parsed.get(key);
    if (known !== undefined) return known;
    const text = textOfFile(await readFile(path.join(this.tenant.dir, entry.file)));
    const said = new Set<string>();
    const context = { parentFolderId: entry.container, changeKey: changeKey(entry), modified: fileInstant(entry) };
    const cards = contactsFromVcf(text, (position) => ({ ...context, id: cardId(entry.id, position) }), (reason) => said.add(reason));
    for (const reason of said) this.warn(entry.file, reason);
    this.#parsed.set(key, cards);
    if (this.#parsed.size > FILES_KEPT) this.#parsed.delete(this.#parsed.keys().next().value ?? "");
    return cards;
  }

  async cards(folder: ContactFolder): Promise<readonly ContactCard[]> {
    const found: ContactCard[] = [];
    for (const entry of this.files(folder)) found.push(...(await this.read(entry)));
    return found;
  }

  async card(owner: OwnerFile, id: string): Promise<ContactCard> {
    const entry = this.tenant.entries.get(id) ?? this.tenant.entries.get(Buffer.from(id, "base64url").toString("utf8").split("\n")[0] ?? "");
    const cards = entry?.kind === "contact" && this.#owns(owner, entry) ? await this.read(entry) : [];
    const card = cards.find(({ json }) => json["id"] === id);
    if (card === undefined) throw notFound("ErrorItemNotFound", "");
    return card;
  }

  #root(owner: OwnerFile): string {
    return this.tenant.idOf(owner.name, "root", "contacts");
  }

  #foldersIn(parent: string): readonly Entry[] {
    return this.tenant.children(parent).filter(({ kind }) => kind === "folder");
  }

  #owns(owner: OwnerFile, entry: Entry): boolean {
    return entry.owner.toLowerCase() === owner.name.toLowerCase();
  }
}

/** Id of the n-th card of a file. */
export function cardId(file: string, position: number): string {
  return position === 0 ? file : Buffer.from(`${file}\n${position}`).toString("base64url");
}

function nameOf(entry: Entry): string {
  return decodeName(path.basename(entry.file));
}

function areaOf(entry: Entry): string {
  return entry.file.split(path.sep)[2] ?? "";
}
