import { createHash, randomUUID } from "node:crypto";
import { posix } from "node:path";
import { exifDate } from "./exif.js";
import { Refusal } from "./wire.js";

/** A file or directory (model/vfs/file.go, FileDoc; model/vfs/directory.go, DirDoc). */
export interface Document {
  readonly id: string;
  rev: string;
  readonly type: "file" | "directory";
  name: string;
  parent: string | undefined;
  createdAt: string;
  updatedAt: string;
  size: number;
  md5: string;
  mime: string;
  tags: readonly string[];
  trashed: boolean;
  restorePath: string | undefined;
  metadata: Readonly<Record<string, unknown>>;
  content: Uint8Array;
}

/** model/vfs/version.go, Version. `keptAt` is the wall-clock time by which versions are thinned out. */
export interface Version {
  readonly id: string;
  readonly updatedAt: string;
  readonly size: number;
  readonly md5: string;
  readonly tags: readonly string[];
  readonly metadata: Readonly<Record<string, unknown>>;
  readonly content: Uint8Array;
  readonly keptAt: number;
}

export interface Draft {
  readonly name: string;
  readonly parent: string;
  readonly createdAt: string;
  readonly updatedAt: string;
  readonly tags: readonly string[];
  readonly metadata: Readonly<Record<string, unknown>>;
}

export interface Sharing {
  readonly id: string;
  readonly root: string;
  readonly description: string;
}

/** pkg/consts/files.go. */
export const ROOT = "io.cozy.files.root-dir";
export const TRASH = "io.cozy.files.trash-dir";
export const DRIVES = "io.cozy.files.shared-drives-dir";
const SYSTEM = new Set([ROOT, TRASH, DRIVES, "io.cozy.files.shared-with-me-dir", "io.cozy.files.no-longer-shared-dir"]);
/** model/vfs/vfs.go, MaxDepth and checkDepth. */
const DEEPEST = 512;
/** model/vfs/vfsswift/impl_v3.go, maxFileSize. */
export const LARGEST = 5 * 2 ** 30;
/** cozy.example.yaml, fs.versioning. */
const VERSIONS = 20;
const VERSION_DELAY_MS = 15 * 60_000;

/** One instance's virtual file system, as model/vfs has it. Contents are held in memory. */
export class Instance {
  readonly documents = new Map<string, Document>();
  readonly versions = new Map<string, Version[]>();
  readonly sharings: Sharing[] = [];
  readonly metadata = new Map<string, { readonly attributes: Record<string, unknown>; readonly at: number }>();
  /** Bytes; undefined: no limit. */
  quota: number | undefined;
  /** cozy.example.yaml, fs.versioning.max_number_of_versions_to_keep; 0 keeps none. */
  mostVersions = VERSIONS;
  /** As CouchDB's collation does: a directory may be answered for one whose name is the same in another normal form (model/vfs/couchdb_indexer.go, FileByPath). */
  foldsForms = false;

  constructor(readonly domain: string) {
    const at = new Date().toISOString();
    this.#add({ id: ROOT, type: "directory", name: "", parent: undefined }, at);
    this.#add({ id: TRASH, type: "directory", name: ".cozy_trash", parent: ROOT }, at);
    this.#add({ id: randomUUID(), type: "directory", name: "Administratif", parent: ROOT }, at);
    this.#add({ id: randomUUID(), type: "directory", name: "Photos", parent: ROOT }, at);
  }

  #add(one: Pick<Document, "id" | "type" | "name" | "parent"> & Partial<Document>, at: string): Document {
    const document: Document = { rev: "", createdAt: at, updatedAt: at, size: 0, md5: "", mime: "", tags: [], trashed: false, restorePath: undefined, metadata: {}, content: new Uint8Array(), ...one };
    this.documents.set(document.id, document);
    return this.touch(document);
  }

  touch(document: Document): Document {
    document.rev = `${Number.parseInt(document.rev || "0", 10) + 1}-${randomUUID().replaceAll("-", "")}`;
    return document;
  }

  byId(id: string): Document {
    const document = this.documents.get(id);
    if (document === undefined) throw new Refusal(404, "file does not exist");
    return document;
  }

  pathOf({ parent, name }: Pick<Document, "parent" | "name">): string {
    return parent === undefined ? "/" : posix.join(this.pathOf(this.byId(parent)), name);
  }

  /** model/vfs/couchdb_indexer.go, DirOrFileByPath: the path is cleaned, and a directory comes first. */
  byPath(path: string): Document {
    if (!path.startsWith("/")) throw new Refusal(400, "Path should be absolute");
    let document = this.byId(ROOT);
    for (const name of posix.normalize(path).split("/").filter((part) => part !== "")) {
      const inside = this.children(document.id).filter((one) => one.name === name);
      const folded = this.foldsForms ? this.children(document.id).find((one) => one.type === "directory" && one.name.normalize() === name.normalize()) : undefined;
      const next = folded ?? inside.find(({ type }) => type === "directory") ?? inside[0];
      if (next === undefined) throw new Refusal(404, "file does not exist");
      document = next;
    }
    return document;
  }

  /** In the order of the view: directories, then files, by name (model/vfs/couchdb_indexer.go, DirBatch). */
  children(id: string): Document[] {
    return [...this.documents.values()].filter(({ parent }) => parent === id).sort((one, other) => one.type.localeCompare(other.type) || one.name.localeCompare(other.name));
  }

  inTrash(document: Document): boolean {
    return document.id === TRASH || (document.parent !== undefined && this.inTrash(this.byId(document.parent)));
  }

  makeDirectory({ name, parent, createdAt, updatedAt, tags, metadata }: Draft, id: string = randomUUID()): Document {
    checkName(name);
    const above = this.documents.get(parent);
    if (above?.type !== "directory") throw new Refusal(404, "file does not exist");
    this.#checkDepth(this.pathOf({ parent, name }));
    this.#checkFree(parent, name);
    return this.#add({ id, type: "directory", name, parent, createdAt, updatedAt, tags, metadata }, createdAt);
  }

  /** What CreateFile refuses before a byte is read (model/vfs/vfsswift/impl_v3.go; model/vfs/vfs.go, CheckAvailableDiskSpace). */
  checkUpload(size: number, target: { readonly name: string; readonly parent: string } | undefined): void {
    if (size > LARGEST) throw new Refusal(413, "The file is too big and exceeds the filesystem maximum file size");
    if (this.quota !== undefined && size > this.quota - this.used) throw new Refusal(413, "The file is too big and exceeds the disk quota");
    if (target === undefined) return;
    checkName(target.name);
    const parent = this.documents.get(target.parent);
    if (parent?.type !== "directory") throw new Refusal(404, "Parent directory with given DirID does not exist");
    if (this.inTrash(parent)) throw new Refusal(404, "Parent directory is in the trash");
    this.#checkFree(target.parent, target.name);
  }

  createFile(draft: Draft, content: Uint8Array): Document {
    this.checkUpload(content.byteLength, draft);
    return this.#add({ id: randomUUID(), type: "file", ...this.#prepared(draft, content) }, draft.createdAt);
  }

  /** The old content becomes a version, or not (Close of model/vfs/vfsswift/impl_v3.go). The date of creation stays, and metadata is what the request brings. */
  overwrite(document: Document, { updatedAt, tags, metadata }: Pick<Draft, "updatedAt" | "tags" | "metadata">, content: Uint8Array): Document {
    this.checkUpload(content.byteLength, undefined);
    const { id, name, createdAt, md5, size } = document;
    const old: Version = { id: `${id}/${randomUUID().slice(0, 16)}`, updatedAt: document.updatedAt, size, md5, tags: document.tags, metadata: document.metadata, content: document.content, keptAt: Date.now() };
    const next = this.#prepared({ name, parent: document.parent ?? ROOT, createdAt, updatedAt, tags, metadata }, content);
    this.#keepVersion(id, old, next.md5);
    return this.touch(Object.assign(document, next));
  }

  /** model/vfs/version.go, detectVersionsToClean: tagged versions stay; an untagged one too near to its neighbour, or beyond the number, does not. */
  #keepVersion(id: string, candidate: Version, nextMd5: string): void {
    const olds = this.versions.get(id) ?? [];
    if (this.mostVersions === 0) {
      this.versions.delete(id);
      return;
    }
    const [last] = olds.slice(-1);
    const near = last !== undefined && candidate.tags.length === 0 && last.keptAt + VERSION_DELAY_MS > candidate.keptAt;
    const kept = !near && candidate.md5 !== nextMd5;
    let surplus = olds.length === 0 ? 0 : olds.length + 1 - this.mostVersions + (near ? 0 : 1);
    const left = olds.filter(({ tags }) => {
      if (surplus <= 0 || tags.length > 0) return true;
      surplus -= 1;
      return false;
    });
    this.versions.set(id, kept ? [...left, candidate] : left);
  }

  move(document: Document, name: string, parent: string): void {
    checkName(name);
    if (document.name === name && document.parent === parent) return;
    if (document.type === "directory" && document.parent !== parent) {
      if (this.documents.get(parent)?.type !== "directory") throw new Refusal(404, "file does not exist");
    }
    const path = this.pathOf({ parent, name });
    if (document.type === "directory") {
      if (path.startsWith(`${this.pathOf(document)}/`)) throw new Refusal(412, "Forbidden document move", { parameter: "dir-id" });
      this.#checkDepth(path);
    }
    this.#checkFree(parent, name);
    Object.assign(document, { name, parent });
  }

  /** model/vfs/trash.go: a free name is found in the trash; files below a directory are marked too. */
  trash(document: Document): void {
    if (SYSTEM.has(document.id)) throw new Refusal(412, "Forbidden document move", { parameter: "dir-id" });
    if (this.inTrash(document)) throw new Refusal(400, "File or directory is already in the trash");
    const restorePath = posix.dirname(this.pathOf(document));
    let name = document.name;
    for (let number = 2; this.children(TRASH).some((one) => one.name === name); number += 1) name = `${document.name} (${number})`;
    Object.assign(document, { name, parent: TRASH, restorePath });
    for (const one of this.documents.values()) if (one.type === "file" && this.inTrash(one)) one.trashed = true;
  }

  /** web/files/files.go, SharedDrivesCreationHandler; model/instance/instance.go, EnsureSharedDrivesDir. */
  sharedDrives(): Document {
    const at = new Date().toISOString();
    return this.documents.get(DRIVES) ?? this.makeDirectory({ name: "Drives", parent: ROOT, createdAt: at, updatedAt: at, tags: [], metadata: {} }, DRIVES);
  }

  /** model/sharing/files.go, ValidateDriveRoot. */
  shareDrive(root: string, description: string): Sharing {
    if (SYSTEM.has(root)) throw new Refusal(400, "This is a system folder");
    const document = this.documents.get(root);
    if (document === undefined) throw new Refusal(404, "Drive root not found");
    if (this.inTrash(document)) throw new Refusal(400, "This is a system folder");
    const isAbove = (above: string, below: string | undefined): boolean => below !== undefined && (above === below || isAbove(above, this.documents.get(below)?.parent));
    if (this.sharings.some((one) => isAbove(one.root, root) || isAbove(root, one.root))) throw new Refusal(409, "Folder already has an existing sharing");
    const sharing = { id: randomUUID(), root, description: description || document.name };
    this.sharings.push(sharing);
    return sharing;
  }

  get used(): number {
    const files = [...this.documents.values()].reduce((sum, { size }) => sum + size, 0);
    return [...this.versions.values()].flat().reduce((sum, { size }) => sum + size, files);
  }

  /** model/vfs/couchdb_indexer.go, prepareFileDoc: the date of a photo's EXIF, where it is after 1990, is its creation. */
  #prepared({ name, parent, createdAt, updatedAt, tags, metadata }: Draft, content: Uint8Array): Pick<Document, "name" | "parent" | "createdAt" | "updatedAt" | "tags" | "metadata" | "size" | "md5" | "mime" | "content"> {
    const mime = MIME[posix.extname(name).toLowerCase()] ?? "application/octet-stream";
    const taken = mime === "image/jpeg" ? exifDate(content) : undefined;
    const dated = taken !== undefined && taken > "1991" ? { createdAt: taken, updatedAt: Date.parse(updatedAt) < Date.parse(taken) ? taken : updatedAt } : { createdAt, updatedAt };
    return { name, parent, ...dated, tags, metadata, content, size: content.byteLength, md5: createHash("md5").update(content).digest("base64"), mime };
  }

  #checkFree(parent: string, name: string): void {
    if (this.children(parent).some((one) => one.name === name)) throw new Refusal(409, "file already exists");
  }

  #checkDepth(path: string): void {
    if (path.split("/").length - 1 >= DEEPEST) throw new Refusal(422, "Invalid path: too many levels", { parameter: "path" });
  }
}

/** model/vfs/vfs.go, ForbiddenFilenameChars and checkFileName. */
function checkName(name: string): void {
  if (name === "" || name === "." || name === ".." || /[/\u0000\n\r]/.test(name)) throw new Refusal(422, "Invalid filename: empty or contains an illegal character", { parameter: "name" });
}

/** Of the stack's table, what these tests need. */
const MIME: Readonly<Record<string, string>> = { ".jpg": "image/jpeg", ".jpeg": "image/jpeg", ".png": "image/png", ".pdf": "application/pdf", ".txt": "text/plain", ".docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document" };
