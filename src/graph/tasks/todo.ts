import { itemDigest } from "../../core/digest.js";
import { asExodusError } from "../../core/errors.js";
import type { BlobRef, Change, Owner } from "../../core/item.js";
import type { Batch, Cursor, Feed, ReadContext, Workload } from "../../core/source.js";
import type { TaskRecord } from "../../format/task.js";
import { fileExtension } from "../../lib/file-names.js";
import { cardOf } from "../reading/card.js";
import type { GraphClient, RequestOptions } from "../client/client.js";
import { lastOfEach, resetWhenExpired } from "../reading/delta-round.js";
import { itemTitle } from "../reading/item-title.js";
import { instant, text } from "../map/chat-message.js";
import type { GraphStep, GraphTaskFile, GraphTaskLink, GraphTodoList, GraphTodoTask } from "../map/graph-task.js";
import { LossLog } from "../map/loss-log.js";
import { todoListRecord, todoTaskRecord } from "../map/todo-task.js";
import type { ZoneOptions } from "../map/zones.js";
import { batchesOf, ordered } from "../reading/ordered.js";
import { itemFailure } from "../reading/read-errors.js";
import { textBytes } from "../reading/text-bytes.js";

export interface TodoOptions extends ZoneOptions {
  /** Tasks a page, asked for by `odata.maxpagesize` (todotask-delta). */
  readonly pageSize?: number;
  readonly width?: number;
  readonly batchSize?: number;
}

/** What rides along with a task: delta supports `$expand` (todotask-delta, "OData query parameters"). */
const EXPAND = "checklistItems,linkedResources";

/**
 * To Do of users: one feed a list, followed by its delta (api-reference/v1.0/api/todotask-delta); the list itself is an item too. Every page's table gives
 * `Tasks.Read.All` to applications (todo-list-lists, todotask-delta, todotask-list-attachments). An id changes "by default" when a task moves to another
 * list (resources/todotask): immutable ids are asked for, and without them a move is one task gone and another one come.
 * Tasks of the list "flaggedEmails" stand for messages, which are not read here; they are kept, for their dates and steps are the task's own.
 */
export function createTodoReader(client: GraphClient, options: TodoOptions): Workload {
  const { pageSize = 100, width = 4, batchSize = 50 } = options;
  const told = new WeakMap<Feed, GraphTodoList>();
  const place = (owner: Owner, list: string, ofMessage: boolean): Place => ({ client, owner, list, base: `${base(owner)}/${encodeURIComponent(list)}/tasks`, options, ofMessage });

  async function* round(owner: Owner, feed: Feed, since: Cursor | undefined, context: ReadContext): AsyncIterable<Batch> {
    const record = todoListRecord(told.get(feed) ?? { id: feed.id, displayName: feed.container.name });
    yield { changes: [await cardOf({ key: { workload: "tasks", owner: owner.id, id: `${feed.id}/card` }, container: feed.id, title: record.name, record, losses: [] }, context)], done: false };
    const found = place(owner, feed.id, record.purpose === "flagged-mail");
    const request = { ...wanted(owner, context.signal, `, odata.maxpagesize=${String(pageSize)}`), ...(since === undefined ? { query: { $expand: EXPAND } } : {}) };
    for await (const page of client.pages<GraphTodoTask>(since ?? `${found.base}/delta`, request)) {
      const read = ordered(lastOfEach(page.value), width, (row) => readRow(found, row, context));
      for await (const changes of batchesOf(read, batchSize)) yield { changes, done: false };
      const next = (page.nextLink ?? page.deltaLink) as Cursor | undefined;
      yield { changes: [], done: page.deltaLink !== undefined, ...(next === undefined ? {} : { next }) };
    }
  }

  return {
    name: "tasks",
    async *feeds(owner, signal) {
      for await (const page of client.pages<GraphTodoList>(base(owner), wanted(owner, signal))) {
        for (const list of page.value) {
          const isDefault = list.wellknownListName === "defaultList";
          const feed: Feed = { id: list.id, listing: false, container: { workload: "tasks", owner: owner.id, id: list.id, name: text(list.displayName) ?? list.id, ...(isDefault ? { role: "default" as const } : {}) } };
          told.set(feed, list);
          yield feed;
        }
      }
    },
    changes: (owner, feed, since, context) => resetWhenExpired((from) => round(owner, feed, from, context), since),
    async readOne(owner, id, container, context) {
      try {
        const list = await client.get<GraphTodoList>(`${base(owner)}/${encodeURIComponent(container)}`, wanted(owner, context.signal));
        return await readWhole(place(owner, container, list.wellknownListName === "flaggedEmails"), id, context);
      } catch (thrown) {
        context.signal.throwIfAborted();
        return itemFailure(thrown, { id, container, title: "" });
      }
    },
    async inventory(owner, signal) {
      let containers = 0;
      for await (const page of client.pages<GraphTodoList>(base(owner), wanted(owner, signal))) containers += page.value.length;
      return { containers };
    },
  };
}

/** Where tasks are read: one list of one owner. */
interface Place {
  readonly client: GraphClient;
  readonly owner: Owner;
  readonly list: string;
  /** Path of its tasks. */
  readonly base: string;
  readonly options: TodoOptions;
  readonly ofMessage: boolean;
}

function base(owner: Owner): string {
  return `/users/${owner.id}/todo/lists`;
}

/** To Do keeps its tasks in the mailbox: they count against its limits. */
function wanted(owner: Owner, signal: AbortSignal, prefer = ""): RequestOptions {
  return { signal, key: `graph:mailbox:${owner.id}`, permission: "Tasks.Read.All", headers: { Prefer: `IdType="ImmutableId"${prefer}` } };
}

/** A changed task comes "with at least the updated properties" (concepts/delta-query-overview): a row that lacks what every whole one has is read again. */
async function readRow(place: Place, row: GraphTodoTask, context: ReadContext): Promise<Change> {
  if (row["@removed"] !== undefined) return { kind: "tombstone", id: row.id, container: place.list };
  try {
    const whole = row.createdDateTime && row.title !== undefined && row.body !== undefined;
    return whole ? await readTask(place, row, context) : await readWhole(place, row.id, context);
  } catch (thrown) {
    context.signal.throwIfAborted();
    return itemFailure(thrown, { id: row.id, container: place.list, title: itemTitle(row.title) });
  }
}

async function readWhole(place: Place, id: string, context: ReadContext): Promise<Change> {
  const task = await place.client.get<GraphTodoTask>(`${place.base}/${encodeURIComponent(id)}`, { ...wanted(place.owner, context.signal), query: { $expand: EXPAND } });
  return readTask(place, task, context);
}

async function readTask(place: Place, task: GraphTodoTask, context: ReadContext): Promise<Change> {
  const { owner, list, options, ofMessage } = place;
  const version = task["@odata.etag"] ?? "";
  if (version !== "" && (await context.known(task.id))?.version === version) return { kind: "unchanged", id: task.id, container: list };
  const log = new LossLog();
  const path = `${place.base}/${encodeURIComponent(task.id)}`;
  const steps = await expanded<GraphStep>(place, task.checklistItems, task["checklistItems@odata.nextLink"], `${path}/checklistItems`, context);
  const links = await expanded<GraphTaskLink>(place, task.linkedResources, task["linkedResources@odata.nextLink"], `${path}/linkedResources`, context);
  const { attachments, parts } = task.hasAttachments === true ? await readFiles(place, `${path}/attachments`, log, context) : { attachments: [], parts: [] };
  const record = todoTaskRecord(task, { steps, links, attachments }, { ...options, ofMessage }, log);
  const content = task.body?.content ?? "";
  const body = content === "" ? undefined : await context.blobs.write(textBytes(content), record.format === "html" ? ".html" : ".txt");
  return {
    kind: "item", key: { workload: "tasks", owner: owner.id, id: task.id }, container: list, version, title: record.summary, record, ...(body === undefined ? {} : { body }), parts,
    digest: itemDigest(record, body, parts), losses: log.losses,
  };
}

/** What came along, unless the service left it out or cut it short: then the list of its own. */
async function expanded<T>({ client, owner }: Place, inline: readonly T[] | null | undefined, more: string | undefined, path: string, { signal }: ReadContext): Promise<readonly T[]> {
  if (inline && more === undefined) return inline;
  const all: T[] = [];
  for await (const page of client.pages<T>(path, wanted(owner, signal))) all.push(...page.value);
  return all;
}

/** Files by `$value` (taskfileattachment-get), never as base64 in JSON: one may have 25 MB (taskfileattachment-createuploadsession). */
async function readFiles({ client, owner }: Place, path: string, log: LossLog, { blobs, signal }: ReadContext): Promise<{ readonly attachments: TaskRecord["attachments"]; readonly parts: readonly BlobRef[] }> {
  const files: GraphTaskFile[] = [];
  for await (const page of client.pages<GraphTaskFile>(path, wanted(owner, signal))) files.push(...page.value);
  files.sort((a, b) => (`${a.name ?? ""} ${a.id}` < `${b.name ?? ""} ${b.id}` ? -1 : 1));
  const [attachments, parts]: [TaskRecord["attachments"], BlobRef[]] = [[], []];
  for (const { id, name, contentType, lastModifiedDateTime } of files) {
    try {
      const blob = await client.bytes(`${path}/${encodeURIComponent(id)}/$value`, wanted(owner, signal), ({ bytes }) => blobs.write(bytes, fileExtension(name ?? "")));
      attachments.push({ name: name ?? "", mediaType: text(contentType), size: blob.size, sha256: blob.sha256, modifiedAt: instant(lastModifiedDateTime) });
      parts.push(blob);
    } catch (thrown) {
      if (asExodusError(thrown).errorClass !== "permanent-item" || signal.aborted) throw thrown;
      log.add(`attachments/${name ?? id}`, "dropped", "task.attachment-unreadable", "source");
    }
  }
  return { attachments, parts };
}
