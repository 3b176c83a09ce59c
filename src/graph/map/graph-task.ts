import type { GraphIdentitySet } from "./graph-conversation.js";
import type { GraphDateTime, GraphRecurrence, Maybe } from "./graph-event.js";

/** Graph `todoTaskList` (api-reference/v1.0/resources/todotasklist). */
export interface GraphTodoList {
  readonly id: string;
  readonly displayName?: Maybe<string>;
  readonly isOwner?: Maybe<boolean>;
  readonly isShared?: Maybe<boolean>;
  readonly wellknownListName?: Maybe<string>;
}

/** Graph `checklistItem` of To Do. */
export interface GraphStep {
  readonly id: string;
  readonly displayName?: Maybe<string>;
  readonly createdDateTime?: Maybe<string>;
  readonly checkedDateTime?: Maybe<string>;
  readonly isChecked?: Maybe<boolean>;
}

/** Graph `linkedResource`. */
export interface GraphTaskLink {
  readonly id?: Maybe<string>;
  readonly webUrl?: Maybe<string>;
  readonly applicationName?: Maybe<string>;
  readonly displayName?: Maybe<string>;
  readonly externalId?: Maybe<string>;
}

/** Graph `taskFileAttachment`, without its bytes. */
export interface GraphTaskFile {
  readonly id: string;
  readonly name?: Maybe<string>;
  readonly contentType?: Maybe<string>;
  readonly size?: Maybe<number>;
  readonly lastModifiedDateTime?: Maybe<string>;
}

/** Graph `todoTask` (api-reference/v1.0/resources/todotask), with what `$expand` brings. */
export interface GraphTodoTask {
  readonly id: string;
  readonly "@odata.etag"?: string;
  readonly "@removed"?: { readonly reason?: string };
  readonly title?: Maybe<string>;
  readonly status?: Maybe<string>;
  readonly importance?: Maybe<string>;
  readonly isReminderOn?: Maybe<boolean>;
  readonly createdDateTime?: Maybe<string>;
  readonly lastModifiedDateTime?: Maybe<string>;
  readonly startDateTime?: Maybe<GraphDateTime>;
  readonly dueDateTime?: Maybe<GraphDateTime>;
  readonly reminderDateTime?: Maybe<GraphDateTime>;
  readonly completedDateTime?: Maybe<GraphDateTime>;
  readonly recurrence?: Maybe<GraphRecurrence>;
  readonly categories?: Maybe<readonly string[]>;
  readonly hasAttachments?: Maybe<boolean>;
  readonly body?: Maybe<{ readonly contentType?: Maybe<string>; readonly content?: Maybe<string> }>;
  readonly checklistItems?: Maybe<readonly GraphStep[]>;
  readonly linkedResources?: Maybe<readonly GraphTaskLink[]>;
  readonly "checklistItems@odata.nextLink"?: string;
  readonly "linkedResources@odata.nextLink"?: string;
}

/** Graph `plannerPlan`, `plannerPlanDetails`, `plannerBucket` (api-reference/v1.0/resources). */
export interface GraphPlan {
  readonly id: string;
  readonly title?: Maybe<string>;
  readonly createdDateTime?: Maybe<string>;
  readonly createdBy?: Maybe<GraphIdentitySet>;
}

export interface GraphPlanDetails {
  readonly categoryDescriptions?: Maybe<Readonly<Record<string, Maybe<string>>>>;
  readonly sharedWith?: Maybe<Readonly<Record<string, unknown>>>;
}

export interface GraphBucket {
  readonly id: string;
  readonly name?: Maybe<string>;
  readonly orderHint?: Maybe<string>;
}

/** Graph `plannerTask` (api-reference/v1.0/resources/plannertask). */
export interface GraphPlannerTask {
  readonly id: string;
  readonly "@odata.etag"?: string;
  readonly bucketId?: Maybe<string>;
  readonly title?: Maybe<string>;
  readonly percentComplete?: Maybe<number>;
  readonly priority?: Maybe<number>;
  readonly startDateTime?: Maybe<string>;
  readonly dueDateTime?: Maybe<string>;
  readonly completedDateTime?: Maybe<string>;
  readonly completedBy?: Maybe<GraphIdentitySet>;
  readonly createdDateTime?: Maybe<string>;
  readonly createdBy?: Maybe<GraphIdentitySet>;
  readonly orderHint?: Maybe<string>;
  readonly conversationThreadId?: Maybe<string>;
  readonly appliedCategories?: Maybe<Readonly<Record<string, unknown>>>;
  readonly assignments?: Maybe<Readonly<Record<string, unknown>>>;
  readonly details?: Maybe<GraphPlannerTaskDetails>;
}

/** Graph `plannerTaskDetails`: open types, whose keys are ids of steps and encoded addresses of links. */
export interface GraphPlannerTaskDetails {
  readonly "@odata.etag"?: string;
  readonly description?: Maybe<string>;
  readonly checklist?: Maybe<Readonly<Record<string, unknown>>>;
  readonly references?: Maybe<Readonly<Record<string, unknown>>>;
}
