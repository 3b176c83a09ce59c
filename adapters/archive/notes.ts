import { createHash } from "node:crypto";
import { z } from "zod";
import { canonicalJson } from "../../src/core/digest.js";
import type { DiskTree } from "../../src/drivers/disk/tree.js";
import { NAME_BYTES } from "../../src/lib/file-names.js";
import { chunk } from "./text.js";

/** What is known of a container: which one it is, and its full name. */
const FolderNote = z.object({ owner: z.string(), id: z.string(), name: z.string() });
export type FolderNote = z.infer<typeof FolderNote>;

/** What a file system cannot hold of a file: whose it is (`key`), its full name, its creation date, who worked on it. */
const FileNote = z.object({
  key: z.string(),
  /** Component under which the file stands. */
  file: z.string(),
  name: z.string(),
  createdAt: z.string().optional(),
  modifiedAt: z.string().optional(),
  createdBy: z.string().optional(),
  modifiedBy: z.string().optional(),
  mediaType: z.string().optional(),
  /** Rights of its own stand beside it. */
  permissions: z.boolean().optional(),
  versions: z.array(z.object({ id: z.string(), modifiedAt: z.string().optional() })),
  /** What a document library tells of it. */
  contentType: z.string().optional(),
  columns: z.array(z.object({ name: z.string(), displayName: z.string(), value: z.unknown() })).optional(),
  checkedOut: z.object({ by: z.string().optional() }).optional(),
});
export type FileNote = z.infer<typeof FileNote>;

const ROOT = "_about";
/** The percent rule never writes a `%` before anything but two digits: no item's name ends so. */
const SUFFIX = "%.json";

/**
 * Notes beside the content, under `_about/`, in a tree of the same shape: `<folder>/%.json` about a folder, `<file>%.json` about a file.
 * They tell two items apart whose names a file system takes for one, whatever the ledger knows.
 */
export class Notes {
  constructor(private readonly tree: DiskTree) {}

  folder(folder: string): Promise<FolderNote | undefined> {
    return this.#read(`${ROOT}/${folder}/${SUFFIX}`, FolderNote);
  }

  async saveFolder(folder: string, note: FolderNote): Promise<void> {
    await this.#write(`${ROOT}/${folder}/${SUFFIX}`, note);
  }

  file(file: string): Promise<FileNote | undefined> {
    return this.#read(noteOf(file), FileNote);
  }

  saveFile(file: string, note: FileNote): Promise<void> {
    return this.#write(noteOf(file), note);
  }

  async moveFile(from: string, to: string): Promise<void> {
    await this.tree.move(noteOf(from), noteOf(to));
  }

  async removeFile(file: string): Promise<void> {
    await this.tree.removeFile(noteOf(file));
  }

  /** The new place must hold no folder of ours. */
  async moveFolder(from: string, to: string): Promise<void> {
    if ((await this.tree.info(`${ROOT}/${from}`)) === undefined) return;
    await this.tree.removeTree(`${ROOT}/${to}`);
    await this.tree.makeFolder(`${ROOT}/${to.slice(0, to.lastIndexOf("/"))}`);
    await this.tree.move(`${ROOT}/${from}`, `${ROOT}/${to}`);
  }

  async removeFolder(folder: string): Promise<void> {
    await this.tree.removeTree(`${ROOT}/${folder}`);
  }

  async sweep(folder: string): Promise<void> {
    await this.tree.sweep(`${ROOT}/${folder}`);
  }

  /** Notes of the files in a folder, with the components under which they stand, in order. */
  async *files(folder: string): AsyncGenerator<{ readonly component: string; readonly note: FileNote }> {
    for await (const name of this.tree.names(`${ROOT}/${folder}`)) {
      if (name === SUFFIX) continue;
      const note = name.endsWith(SUFFIX) ? await this.#read(`${ROOT}/${folder}/${name}`, FileNote) : undefined;
      if (note !== undefined) yield { component: note.file, note };
    }
  }

  /** Components of the folders in a folder that have notes, in order. */
  async *folders(folder: string): AsyncGenerator<string> {
    for await (const name of this.tree.names(`${ROOT}/${folder}`)) if ((await this.tree.info(`${ROOT}/${folder}/${name}`))?.folder === true) yield name;
  }

  /** A note that cannot be read counts as none: it is written anew with its item. */
  async #read<T>(file: string, schema: z.ZodType<T>): Promise<T | undefined> {
    if ((await this.tree.info(file))?.folder !== false) return undefined;
    try {
      return schema.parse(JSON.parse((await this.tree.text(file)) ?? ""));
    } catch (thrown) {
      if (thrown instanceof SyntaxError || thrown instanceof z.ZodError) return undefined;
      throw thrown;
    }
  }

  async #write(file: string, note: object): Promise<void> {
    await this.tree.makeFolder(file.slice(0, file.lastIndexOf("/")));
    await this.tree.write(file, chunk(`${canonicalJson(note)}\n`));
  }
}

/** A file name of full length leaves no room for the suffix: its hash stands for it. */
function noteOf(file: string): string {
  const slash = file.lastIndexOf("/") + 1;
  const name = `${file.slice(slash)}${SUFFIX}`;
  const short = Buffer.byteLength(name) <= NAME_BYTES ? name : `${createHash("sha256").update(name).digest("hex")}${SUFFIX}`;
  return `${ROOT}/${file.slice(0, slash)}${short}`;
}
