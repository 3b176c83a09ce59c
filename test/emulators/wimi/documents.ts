import { Refusal, Undescribed, type Asked } from "./wire.js";
import type { Dir, File, Incoming, Store } from "./store.js";

/** "What are the restrictions of Wimi Drive?": names, and levels of folders. */
const FORBIDDEN = /[/\\:*?<>|]|^\.|\.$/;
const LEVELS = 9;

/** Requests below `document.`, and the two that bytes travel with. */
export class Documents {
  constructor(private readonly store: Store) {}

  /** Undefined for a target that is none of these. */
  serve(asked: Asked): object | undefined {
    switch (asked.target) {
      case "document.entry.List": return this.#list(asked);
      case "document.directory.Create": return this.#createDir(asked);
      case "document.directory.EditName": return this.#renameDir(asked);
      case "document.directory.Move": return this.#moveDir(asked);
      case "document.directory.MoveToTrash": return this.#trashDirs(asked);
      case "document.file.EditName": return this.#renameFile(asked);
      case "document.file.MoveToTrash": return this.#trashFiles(asked);
      default: return undefined;
    }
  }

  upload(asked: Asked, incoming: Incoming): object {
    const { project, dir } = this.#folder(asked, ["account_name"]);
    const { name, size, md5, ...others } = fields(asked, ["name", "size", "md5", "notify", "replace_master", "conflict_rename"]);
    if (others["notify"] !== false || others["replace_master"] !== false || others["conflict_rename"] !== false) throw new Undescribed("an upload that notifies, replaces or renames");
    const { sha256, md5: own, size: came, bytes } = incoming.end();
    if (size !== came) throw new Refusal("size");
    if (md5 !== undefined && md5 !== own) throw new Refusal("md5");
    this.#free(project, dir, name);
    const id = this.store.next();
    this.store.files.set(id, { id, project, dir, name: String(name), size: came, sha256, bytes, trashed: false });
    return {};
  }

  download(asked: Asked): Buffer {
    const { bytes } = this.#file(asked);
    if (bytes === undefined) throw new Undescribed("bytes that this emulator has not kept");
    return bytes;
  }

  /** What programs of third parties read of it, and no more. */
  #list(asked: Asked): object {
    const { project, dir } = this.#folder(asked);
    fields(asked, ["no_comment_count", "process_thumbnail"]);
    return {
      files: this.store.filesOf(project, dir).map(({ id, name }) => ({ file_id: id, name, date: "2026-11-27 08:00:00", extension: name.split(".").at(-1) ?? "" })),
      dirs: this.store.dirsOf(project, dir).map(({ id, name }) => ({ dir_id: id, name })),
    };
  }

  #createDir(asked: Asked): object {
    const { project, dir } = this.#folder(asked);
    const { name, conflict_rename } = fields(asked, ["name", "conflict_rename"]);
    if (conflict_rename !== false) throw new Undescribed("a folder that is renamed");
    this.#free(project, dir, name);
    if ((this.store.pathOf(dir) ?? []).length >= LEVELS) throw new Undescribed(`a folder below level ${LEVELS}`);
    this.store.addDir(project, dir, String(name));
    return {};
  }

  #renameDir(asked: Asked): object {
    const dir = this.#dir(asked, asked.identification["dir_id"]);
    const { name, conflict_rename } = fields(asked, ["name", "conflict_rename"]);
    if (conflict_rename !== false) throw new Undescribed("a folder that is renamed otherwise");
    this.#free(dir.project, dir.parent, name, dir.name);
    dir.name = String(name);
    return {};
  }

  #moveDir(asked: Asked): object {
    const into = this.#folder(asked, ["dir_id_list"]);
    fields(asked, ["conflict_rename"]);
    for (const id of list(asked, "dir_id_list")) {
      const dir = this.#dir(asked, id);
      if (dir.project !== into.project) throw new Undescribed("a move to another workspace");
      this.#free(into.project, into.dir, dir.name);
      dir.parent = into.dir;
    }
    return {};
  }

  #trashDirs(asked: Asked): object {
    fields(asked, []);
    for (const id of list(asked, "dir_id_list")) this.#dir(asked, id).trashed = true;
    return {};
  }

  #renameFile(asked: Asked): object {
    const file = this.#file(asked);
    const { name, conflict_rename } = fields(asked, ["name", "conflict_rename"]);
    if (conflict_rename !== false) throw new Undescribed("a file that is renamed otherwise");
    this.#free(file.project, file.dir, name, file.name);
    file.name = String(name);
    return {};
  }

  #trashFiles(asked: Asked): object {
    fields(asked, []);
    for (const id of list(asked, "file_id_list")) this.#file({ ...asked, identification: { ...asked.identification, file_id: id } }).trashed = true;
    return {};
  }

  #folder({ identification }: Asked, more: readonly string[] = []): { readonly project: number; readonly dir: number } {
    const other = Object.keys(identification).find((name) => !["account_id", "user_id", "project_id", "dir_id", ...more].includes(name));
    if (other !== undefined) throw new Undescribed(`identification.${other}`);
    const { project_id: project, dir_id: dir = 0 } = identification;
    if (typeof project !== "number" || typeof dir !== "number" || dir === 0 && "dir_id" in identification) throw new Undescribed("no number of a workspace or folder");
    if (!this.store.projects.has(project) || this.store.pathOf(dir) === undefined) throw new Refusal("no such folder");
    return { project, dir };
  }

  #dir({ identification: { project_id: project } }: Asked, id: unknown): Dir {
    const dir = this.store.dirs.get(Number(id));
    if (dir === undefined || dir.project !== project || this.store.pathOf(dir.id) === undefined) throw new Refusal("no such folder");
    return dir;
  }

  #file({ identification: { project_id: project, file_id: id } }: Asked): File {
    const file = this.store.files.get(Number(id));
    if (file === undefined || file.project !== project || file.trashed || this.store.pathOf(file.dir) === undefined) throw new Refusal("no such file");
    return file;
  }

  /** What a second one of a name becomes is in no source: nobody may ask for it. */
  #free(project: number, dir: number, name: unknown, own?: string): void {
    if (typeof name !== "string" || name === "" || FORBIDDEN.test(name)) throw new Undescribed("a name that the restrictions exclude");
    const folded = (text: string): string => text.normalize("NFC").toLowerCase();
    const there = [...this.store.dirsOf(project, dir), ...this.store.filesOf(project, dir)];
    if (there.some((one) => one.name !== own && folded(one.name) === folded(name))) throw new Undescribed("a name that is taken");
  }
}

function fields({ data }: Asked, known: readonly string[]): Readonly<Record<string, unknown>> {
  const other = Object.keys(data).find((name) => !known.includes(name));
  if (other !== undefined) throw new Undescribed(`data.${other}`);
  return data;
}

function list({ identification }: Asked, name: string): readonly unknown[] {
  const found = identification[name];
  if (!Array.isArray(found) || found.length === 0) throw new Undescribed(`identification.${name}`);
  return found;
}
