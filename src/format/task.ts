import { z } from "zod";
import { hexSha256, instant, Person } from "./common.js";

/** A reading of the wall clock: `at` without offset ("2026-03-15T09:00:00"), `zone` an IANA name or "UTC"; the source's own name where that is no known zone. */
const ZonedTime = z.object({ at: z.string().regex(/^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}$/), zone: z.string() });
export type ZonedTime = z.infer<typeof ZonedTime>;

/** A list of tasks itself: a list of To Do, a plan of Planner. It has no body. */
export const TaskListRecord = z.object({
  v: z.literal(1),
  type: z.literal("task-list"),
  form: z.enum(["list", "plan"]),
  name: z.string(),
  /** "flagged-mail": its tasks stand for messages that carry a flag. */
  purpose: z.enum(["default", "flagged-mail"]).optional(),
  /** Others see it too; absent where the source does not tell. */
  shared: z.boolean().optional(),
  /** The list is the owner's own, not one that somebody shares with them. */
  owned: z.boolean().optional(),
  createdAt: instant.optional(),
  createdBy: Person.optional(),
  /** Names of a plan's labels, by the source's key of each. */
  labels: z.record(z.string(), z.string()).optional(),
  /** Columns of a plan, in its order. */
  buckets: z.array(z.object({ id: z.string(), name: z.string() })).optional(),
  /** People whom the plan is shown to beside its group's members. */
  sharedWith: z.array(Person).optional(),
});
export type TaskListRecord = z.infer<typeof TaskListRecord>;

/** One task, close to VTODO (RFC 5545 section 3.6.2). The body is its description, text or HTML as the source has it; attached files are further blobs. */
export const TaskRecord = z.object({
  v: z.literal(1),
  type: z.literal("task"),
  summary: z.string(),
  /** VTODO: "not-started", "waiting" and "deferred" are NEEDS-ACTION. */
  status: z.enum(["not-started", "in-progress", "completed", "waiting", "deferred"]),
  /** PERCENT-COMPLETE. */
  percent: z.number().int().min(0).max(100).optional(),
  /** PRIORITY: 1 is the highest, 9 the lowest, 5 in between. */
  priority: z.number().int().min(1).max(9),
  start: ZonedTime.optional(),
  due: ZonedTime.optional(),
  /** A VALARM at that moment. */
  reminder: ZonedTime.optional(),
  completed: ZonedTime.optional(),
  completedBy: Person.optional(),
  /** RRULE value; dates count in the task's own zone. */
  recurrence: z.string().optional(),
  createdAt: instant.optional(),
  createdBy: Person.optional(),
  modifiedAt: instant.optional(),
  categories: z.array(z.string()),
  format: z.enum(["text", "html"]),
  /** Steps, in their order. */
  checklist: z.array(z.object({ id: z.string(), title: z.string(), done: z.boolean(), doneAt: instant.optional(), createdAt: instant.optional() })),
  /** Addresses that the task names: the message it was made from, documents. */
  links: z.array(z.object({ name: z.string().optional(), url: z.string().optional(), application: z.string().optional(), externalId: z.string().optional() })),
  attachments: z.array(z.object({ name: z.string(), mediaType: z.string().optional(), size: z.number().int().nonnegative(), sha256: hexSha256, modifiedAt: instant.optional() })),
  assignees: z.array(Person.extend({ at: instant.optional() })),
  /** It stands for a message that carries a flag. */
  ofMessage: z.boolean(),
  /** Place in the list: texts that sort by their characters. */
  order: z.string().optional(),
  /** Id of the group's conversation that holds the comments on the task. */
  commentThread: z.string().optional(),
});
export type TaskRecord = z.infer<typeof TaskRecord>;
