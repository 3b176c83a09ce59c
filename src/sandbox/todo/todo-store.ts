import { readdir, stat } from "node:fs/promises";
import path from "node:path";
import { lookup } from "mime-types";
import { notFound } from "../answers.js";
import { changeKey, fileInstant } from "../mail/message.js";
import type { Departure, Entry } from "../tenant/entry.js";
import { decodeName } from "../tenant/names.js";
import { absent, jsonOf } from "../tenant/read.js";
import { taskFiles } from "../tenant/scan.js";
import type { OwnerFile, TenantStore } from "../tenant/store.js";

type Json = Readonly<Record<string, unknown>>;

/** A file attached to a task; `file` is its absolute path. */
export interface TaskFile {
  readonly json: Json;
  readonly file: string;
}

const DEFAULT_LISTS = ["Tasks", "Tâches"];

/** To Do of the tenant folder: `todo/<List>/<task>.json`, each in the shape of Graph's todoTask, or as much of it as the writer cared to give. */
export class TodoStore {
  constructor(readonly tenant: TenantStore) {}

  lists(owner: OwnerFile): readonly Entry[] {
    return this.tenant.children(this.tenant.idOf(owner.name, "root", "todo")).filter(({ kind }) => kind === "folder");
  }

  /** Lists that are gone. */
  lostLists(owner: OwnerFile): readonly Departure[] {
    const root = this.tenant.idOf(owner.name, "root", "todo");
    return this.tenant.departures.filter(({ container, moved }) => container === root && !moved);
  }

  list(owner: OwnerFile, id: string): Entry {
    const found = this.lists(owner).find((list) => list.id === id);
    if (found === undefined) throw notFound("ErrorItemNotFound", "");
    return found;
  }

  tasks(list: Entry): readonly Entry[] {
    return this.tenant.children(list.id).filter(({ kind }) => kind === "task");
  }

  task(list: Entry, id: string): Entry {
    const found = this.tasks(list).find((task) => task.id === id);
    if (found === undefined) throw notFound("ErrorItemNotFound", "");
    return found;
  }

  /** Graph `todoTaskList`. */
  async listJson(entry: Entry): Promise<Json> {
    const card = await jsonOf(path.join(this.tenant.disk(entry.file), "list.json"));
    const name = decodeName(path.basename(entry.file));
    return { displayName: name, isOwner: true, isShared: false, wellknownListName: DEFAULT_LISTS.includes(name) ? "defaultList" : "none", ...card, id: entry.id };
  }

  /** Graph `todoTask`, with its steps and links, which an answer without `$expand` leaves out. */
  async taskJson(entry: Entry): Promise<Json> {
    const raw = await jsonOf(this.tenant.disk(entry.file));
    const { body, checklistItems, linkedResources, dueDateTime, startDateTime, reminderDateTime, completedDateTime, recurrence, ...given } = raw;
    const instant = fileInstant(entry);
    const files = await this.files(entry);
    return {
      "@odata.etag": `W/"${changeKey(entry)}"`, importance: "normal", isReminderOn: reminderDateTime !== undefined, status: "notStarted", title: "", createdDateTime: instant, lastModifiedDateTime: instant,
      bodyLastModifiedDateTime: instant, categories: [], hasAttachments: files.length > 0, ...given, id: entry.id,
      body: typeof body === "string" ? { contentType: "text", content: body } : (body ?? { contentType: "text", content: "" }),
      ...Object.fromEntries(Object.entries({ dueDateTime, startDateTime, reminderDateTime, completedDateTime }).flatMap(([name, value]) => (value === undefined ? [] : [[name, zoned(value)]]))),
      ...(recurrence === undefined ? {} : { recurrence }),
      checklistItems: items(checklistItems).map((item, index) => ({ displayName: "", isChecked: false, createdDateTime: instant, id: this.#idOf(entry, "step", index), ...item })),
      linkedResources: items(linkedResources).map((item, index) => ({ webUrl: null, applicationName: null, displayName: null, externalId: null, id: this.#idOf(entry, "link", index), ...item })),
    };
  }

  async files(entry: Entry): Promise<readonly TaskFile[]> {
    const folder = this.tenant.disk(taskFiles(entry.file));
    const names = (await readdir(folder).catch(absent<string[]>([]))).sort();
    const found = await Promise.all(names.map(async (name) => ({ name, info: await stat(path.join(folder, name)) })));
    return found.filter(({ info }) => info.isFile()).map(({ name, info }) => ({
      file: path.join(folder, name),
      json: {
        "@odata.type": "#microsoft.graph.taskFileAttachment", id: this.#idOf(entry, "file", name), lastModifiedDateTime: fileInstant(entry), name: decodeName(name),
        contentType: lookup(name) || "application/octet-stream", size: info.size,
      },
    }));
  }

  #idOf(entry: Entry, ...parts: readonly (string | number)[]): string {
    return this.tenant.idOf(entry.id, ...parts.map(String)).slice(0, 36);
  }
}

/** A day or an instant, written as text, as Graph's dateTimeTimeZone. */
function zoned(value: unknown): unknown {
  if (typeof value !== "string") return value;
  return { dateTime: `${value.length === 10 ? `${value}T00:00:00` : value.slice(0, 19)}.0000000`, timeZone: "UTC" };
}

function items(value: unknown): readonly Json[] {
  return Array.isArray(value) ? (value as unknown[]).map((item) => (typeof item === "string" ? { displayName: item } : (item as Json))) : [];
}
