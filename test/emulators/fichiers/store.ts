import { randomUUID } from "node:crypto";
import { Refusal } from "./wire.js";

/** core/models.py, Item; `parent` stands for its path. */
export interface Item {
  readonly id: string;
  parent: string | undefined;
  title: string;
  filename: string | undefined;
  readonly type: "file" | "folder";
  state: "pending" | "analyzing" | "ready" | "suspicious" | undefined;
  size: number | undefined;
  mimetype: string | undefined;
  readonly creator: string;
  deleted: boolean;
  hardDeleted: boolean;
  readonly createdAt: string;
  updatedAt: string;
}

export interface Draft {
  readonly id: string | undefined;
  readonly type: Item["type"];
  readonly title: string;
  readonly filename: string | undefined;
}

/** The tree of items and the bucket beside it. */
export class Store {
  readonly items = new Map<string, Item>();
  /** Object storage: bytes by key. */
  readonly objects = new Map<string, Buffer>();

  /** core/models.py, ItemManager.create_child. */
  create(draft: Draft, parent: Item | undefined, creator: string): Item {
    const now = new Date().toISOString();
    const item: Item = {
      id: draft.id ?? randomUUID(), parent: parent?.id, title: parent === undefined ? draft.title : this.uniqueTitle(parent.id, draft.title), filename: draft.filename, type: draft.type,
      state: draft.type === "file" ? "pending" : undefined, size: undefined, mimetype: undefined, creator, deleted: false, hardDeleted: false, createdAt: now, updatedAt: now,
    };
    this.items.set(item.id, item);
    return item;
  }

  /** core/utils/item_title.py, manage_unique_title: among what is not deleted, pending items too. */
  uniqueTitle(parent: string | undefined, title: string): string {
    const titles = [...this.items.values()].filter((one) => one.parent === parent && !one.deleted && !one.hardDeleted).map((one) => one.title);
    if (!titles.includes(title)) return title;
    const [stem, extension] = splitext(title);
    const numbers = titles.flatMap((one) => (one.startsWith(`${stem}_`) && one.endsWith(extension) ? [one.slice(stem.length + 1, one.length - extension.length)] : [])).filter((text) => /^\d+$/.test(text)).map(Number);
    return `${stem}_${numbers.length === 0 ? "01" : String(Math.max(...numbers) + 1).padStart(2, "0")}${extension}`;
  }

  ancestry(item: Item): Item[] {
    const above = item.parent === undefined ? undefined : this.items.get(item.parent);
    return above === undefined ? [item] : [...this.ancestry(above), item];
  }

  /** Itself or a folder above lies in the trash. */
  inTrash(item: Item): boolean {
    return this.ancestry(item).some(({ deleted }) => deleted);
  }

  children(id: string): Item[] {
    return [...this.items.values()].filter((one) => one.parent === id && !one.deleted && !one.hardDeleted);
  }

  key({ id, filename = "" }: Item): string {
    return `item/${id}/${filename}`;
  }

  /** core/api/viewsets.py, _complete_item_deletion, and the purge that follows (core/tasks/item.py). */
  purge(item: Item): void {
    this.objects.delete(this.key(item));
    this.items.delete(item.id);
  }

  /** core/tasks/item.py, rename_file: of a file that is ready; the extension comes twice. */
  rename(item: Item, title: string): void {
    if (item.type !== "file" || item.state !== "ready" || item.filename === undefined) return;
    const [from, filename] = [this.key(item), sanitized(`${title}${splitext(item.filename)[1]}`)];
    if (filename === item.filename) return;
    const bytes = this.objects.get(from);
    item.filename = filename;
    this.objects.delete(from);
    if (bytes !== undefined) this.objects.set(this.key(item), bytes);
  }

  /** What stands, as titles from the root; for tests. */
  paths(): Map<string, Item> {
    const standing = [...this.items.values()].filter((item) => !this.inTrash(item) && !item.hardDeleted && item.state !== "pending");
    return new Map(standing.map((item) => [this.ancestry(item).map(({ title }) => title).join("/"), item]));
  }

  /** Bytes of a file that stands. */
  content(item: Item): Buffer {
    const bytes = this.objects.get(this.key(item));
    if (bytes === undefined) throw new Error(`no object ${this.key(item)}`);
    return bytes;
  }
}

/** Python's os.path.splitext. */
export function splitext(name: string): [string, string] {
  const lead = name.length - name.replace(/^\.+/, "").length;
  const [slash, dot] = [name.lastIndexOf("/"), name.lastIndexOf(".")];
  return dot > Math.max(slash, lead - 1) && dot >= lead ? [name.slice(0, dot), name.slice(dot)] : [name, ""];
}

/** core/api/utils.py, sanitize_filename. */
export function sanitized(filename: string): string {
  const [stem, extension] = splitext(filename);
  const ascii = [...stem.normalize("NFKD")].filter((char) => (char.codePointAt(0) ?? 0) < 128).join("").trim().replaceAll(" ", "_").replace(/[^-\w.]/g, "");
  if (ascii === "") throw new Refusal(400, "invalid", "filename is empty once sanitized and it is not allowed", "non_field_errors");
  return ascii + extension.trim();
}
