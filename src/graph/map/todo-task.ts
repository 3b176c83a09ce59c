import { TaskListRecord, TaskRecord, type ZonedTime } from "../../format/task.js";
import { instant, text } from "./chat-message.js";
import type { GraphDateTime, Maybe } from "./graph-event.js";
import type { GraphStep, GraphTaskLink, GraphTodoList, GraphTodoTask } from "./graph-task.js";
import type { LossLog } from "./loss-log.js";
import { recurrenceRule } from "./recurrence.js";
import { digits, resolveZone, type ZoneOptions } from "./zones.js";

const STATUS: Readonly<Record<string, TaskRecord["status"]>> = { inProgress: "in-progress", completed: "completed", waitingOnOthers: "waiting", deferred: "deferred" };
const PRIORITY: Readonly<Record<string, number>> = { high: 1, low: 9 };
const PURPOSE: Readonly<Record<string, TaskListRecord["purpose"]>> = { defaultList: "default", flaggedEmails: "flagged-mail" };

/** What belongs to a task and is asked for apart. */
export interface TodoParts {
  readonly steps: readonly GraphStep[];
  readonly links: readonly GraphTaskLink[];
  readonly attachments: TaskRecord["attachments"];
}

export function todoListRecord({ displayName, wellknownListName, isShared, isOwner, id }: GraphTodoList): TaskListRecord {
  return TaskListRecord.parse({
    v: 1, type: "task-list", form: "list", name: text(displayName) ?? id, purpose: PURPOSE[wellknownListName ?? ""], shared: isShared ?? undefined, owned: isOwner ?? undefined,
  });
}

/**
 * The neutral record of a To Do task (api-reference/v1.0/resources/todotask); its description is the item's body. Graph promises no order of steps and
 * links: steps stand by their creation, links by their addresses.
 */
export function todoTaskRecord(task: GraphTodoTask, { steps, links, attachments }: TodoParts, options: ZoneOptions & { readonly ofMessage: boolean }, log: LossLog): TaskRecord {
  const recurrence = task.recurrence ? recurrenceRule(task.recurrence, { allDay: true }) : undefined;
  if (task.recurrence && recurrence === undefined) log.add("recurrence", "dropped", "task.unknown-recurrence", "source");
  const status = STATUS[task.status ?? ""] ?? "not-started";
  return TaskRecord.parse({
    v: 1, type: "task", summary: task.title ?? "", status, priority: PRIORITY[task.importance ?? ""] ?? 5,
    start: zoned(task.startDateTime, options), due: zoned(task.dueDateTime, options), completed: zoned(task.completedDateTime, options),
    // A reminder that is switched off keeps its time at the source, and rings no more.
    reminder: task.isReminderOn === true ? zoned(task.reminderDateTime, options) : undefined,
    recurrence, createdAt: instant(task.createdDateTime), modifiedAt: instant(task.lastModifiedDateTime), categories: [...(task.categories ?? [])],
    format: task.body?.contentType === "html" ? "html" : "text",
    checklist: sorted(steps, ({ createdDateTime }) => createdDateTime ?? "").map(({ id, displayName, isChecked, checkedDateTime, createdDateTime }) => ({
      id, title: displayName ?? "", done: isChecked === true, doneAt: instant(checkedDateTime), createdAt: instant(createdDateTime),
    })),
    links: sorted(links, ({ webUrl, id }) => `${webUrl ?? ""} ${id ?? ""}`).map(({ webUrl, displayName, applicationName, externalId }) => ({
      name: text(displayName), url: text(webUrl), application: text(applicationName), externalId: text(externalId),
    })),
    attachments, assignees: [], ofMessage: options.ofMessage,
  });
}

/** Digits without offset, in the zone that the answer names (dateTimeTimeZone). What is no date is left out. */
function zoned(value: Maybe<GraphDateTime>, options: ZoneOptions): ZonedTime | undefined {
  const local = value ? digits(value.dateTime) : undefined;
  if (!value || local === undefined) return undefined;
  const name = /Z$/i.test(value.dateTime) ? "UTC" : value.timeZone ?? "UTC";
  return { at: new Date(local).toISOString().slice(0, 19), zone: resolveZone(name, options)?.iana ?? name };
}

function sorted<T>(values: readonly T[], key: (value: T) => string): readonly T[] {
  return [...values].sort((a, b) => (key(a) < key(b) ? -1 : Number(key(a) > key(b))));
}
