import type { Person } from "../../format/common.js";
import { TaskListRecord, TaskRecord, type ZonedTime } from "../../format/task.js";
import { percentDecoded } from "../../lib/percent.js";
import { instant, personOf, text } from "./chat-message.js";
import type { Maybe } from "./graph-event.js";
import type { GraphBucket, GraphPlan, GraphPlanDetails, GraphPlannerTask, GraphPlannerTaskDetails } from "./graph-task.js";

/** People of the group by object id: Planner tells ids alone. */
export type People = ReadonlyMap<string, Pick<Person, "name" | "address">>;

/** A plan with its columns and the names of its labels, `category1` to `category25` (resources/plannercategorydescriptions). */
export function planRecord(plan: GraphPlan, details: GraphPlanDetails, buckets: readonly GraphBucket[], people: People): TaskListRecord {
  return TaskListRecord.parse({
    v: 1, type: "task-list", form: "plan", name: text(plan.title) ?? plan.id, createdAt: instant(plan.createdDateTime), createdBy: named(personOf(plan.createdBy, new Map()), people),
    labels: labelsOf(details), buckets: byHint(buckets).map(({ id, name }) => ({ id, name: name ?? "" })),
    sharedWith: keysOf(details.sharedWith).map((id) => named({ kind: "user", id }, people)),
  });
}

export function labelsOf({ categoryDescriptions }: GraphPlanDetails): Readonly<Record<string, string>> {
  return Object.fromEntries(Object.entries(categoryDescriptions ?? {}).flatMap(([key, name]) => (/^category\d+$/.test(key) && text(name) !== undefined ? [[key, name ?? ""]] : [])));
}

/** Labels of a task by their names; one without a name is called by its key. */
export function categoriesOf({ appliedCategories }: GraphPlannerTask, labels: Readonly<Record<string, string>>): string[] {
  return keysOf(appliedCategories).sort(byNumber).map((key) => labels[key] ?? key);
}

/** What Planner calls urgent, important, medium and low (resources/plannertask, "priority": 0 the highest, 10 the lowest) on iCalendar's scale of 1 to 9. */
function priorityOf(told: Maybe<number>): number {
  return told === null || told === undefined ? 5 : Math.min(9, Math.max(1, told));
}

/** The neutral record of a Planner task; its description is the item's body. */
export function plannerTaskRecord(task: GraphPlannerTask, details: GraphPlannerTaskDetails, labels: Readonly<Record<string, string>>, people: People): TaskRecord {
  const percent = task.percentComplete ?? 0;
  return TaskRecord.parse({
    v: 1, type: "task", summary: task.title ?? "", status: percent >= 100 ? "completed" : percent > 0 ? "in-progress" : "not-started", percent, priority: priorityOf(task.priority),
    start: utc(task.startDateTime), due: utc(task.dueDateTime), completed: utc(task.completedDateTime), completedBy: named(personOf(task.completedBy, new Map()), people),
    createdAt: instant(task.createdDateTime), createdBy: named(personOf(task.createdBy, new Map()), people),
    categories: categoriesOf(task, labels), format: "text",
    checklist: byHint(entriesOf<Step>(details.checklist)).map(({ key, title, isChecked }) => ({ id: key, title: title ?? "", done: isChecked === true })),
    // Names of open properties hold none of `. : % @ #` (resources/plannerexternalreferences).
    links: entriesOf<Reference>(details.references).map(({ key, alias, type }) => ({ name: text(alias), url: percentDecoded(key), application: text(type) })),
    attachments: [], assignees: entriesOf<Assignment>(task.assignments).map(({ key, assignedDateTime }) => ({ ...named({ kind: "user", id: key }, people), at: instant(assignedDateTime) })),
    ofMessage: false, order: text(task.orderHint), commentThread: text(task.conversationThreadId),
  });
}

/** Members of the open types (resources/plannerchecklistitem, plannerexternalreference, plannerassignment), as far as they are kept. */
interface Step { readonly title?: Maybe<string>; readonly isChecked?: Maybe<boolean>; readonly orderHint?: Maybe<string> }
interface Reference { readonly alias?: Maybe<string>; readonly type?: Maybe<string> }
interface Assignment { readonly assignedDateTime?: Maybe<string> }

/** Keys are in no promised order: they are sorted; annotations and what is null are left out. */
function entriesOf<T extends object>(open: Maybe<Readonly<Record<string, unknown>>>): readonly (T & { readonly key: string })[] {
  return keysOf(open).map((key) => ({ ...(open?.[key] as T), key }));
}

function keysOf(open: Maybe<Readonly<Record<string, unknown>>>): string[] {
  return Object.entries(open ?? {}).filter(([key, value]) => !key.includes("@") && value !== null && value !== false).map(([key]) => key).sort();
}

/** "category10" after "category9". */
function byNumber(a: string, b: string): number {
  return Number(a.replace(/\D/g, "")) - Number(b.replace(/\D/g, ""));
}

/** By the ordinal value of their characters (resources/planner-order-hint-format). */
function byHint<T extends { readonly orderHint?: Maybe<string> }>(values: readonly T[]): readonly T[] {
  return [...values].sort((a, b) => ((a.orderHint ?? "") < (b.orderHint ?? "") ? -1 : Number((a.orderHint ?? "") > (b.orderHint ?? ""))));
}

/** Always in UTC (resources/plannertask). */
function utc(told: Maybe<string>): ZonedTime | undefined {
  const at = instant(told);
  return at === undefined ? undefined : { at: at.slice(0, 19), zone: "UTC" };
}

function named<P extends Person | undefined>(person: P, people: People): P {
  return person === undefined ? person : { ...people.get(person.id ?? ""), ...person };
}
