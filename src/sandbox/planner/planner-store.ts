import { createHash } from "node:crypto";
import path from "node:path";
import { notFound } from "../answers.js";
import { decodeName } from "../tenant/names.js";
import { jsonOf, names } from "../tenant/read.js";
import { guid, type OwnerFile, type TenantStore } from "../tenant/store.js";

export type Json = Readonly<Record<string, unknown>>;

export interface Bucket {
  readonly json: Json;
  readonly id: string;
}

export interface Task {
  readonly json: Json;
  readonly details: Json;
  readonly id: string;
  readonly bucketId: string | undefined;
}

/** A plan of the tenant folder, `groups/<group>/planner/<Plan>.json`: in Graph's shapes, buckets with their tasks, tasks with their details. */
export interface Plan {
  readonly id: string;
  readonly json: Json;
  readonly details: Json;
  readonly buckets: readonly Bucket[];
  readonly tasks: readonly Task[];
  /** The service's list of a plan's tasks takes `$expand=details`, or refuses it (microsoft-graph-docs issue 8730). */
  readonly expands: boolean;
}

const MADE = "2024-01-01T00:00:00Z";

/** Plans are read whenever they are asked for: v1.0 has no delta of them. */
export class PlannerStore {
  constructor(readonly tenant: TenantStore) {}

  async plansOf(group: OwnerFile): Promise<readonly Plan[]> {
    const folder = path.join(group.base, "planner");
    const files = (await names(this.tenant.disk(folder))).filter((name) => name.endsWith(".json"));
    return Promise.all(files.map((name) => this.#read(group, path.join(folder, name))));
  }

  async plan(id: string): Promise<Plan> {
    return this.#first(({ id: own }) => own === id);
  }

  async withBucket(id: string): Promise<Plan> {
    return this.#first(({ buckets }) => buckets.some((bucket) => bucket.id === id));
  }

  async withTask(id: string): Promise<{ readonly plan: Plan; readonly task: Task }> {
    const plan = await this.#first(({ tasks }) => tasks.some((task) => task.id === id));
    const task = plan.tasks.find((one) => one.id === id);
    if (task === undefined) throw missing();
    return { plan, task };
  }

  async #first(wanted: (plan: Plan) => boolean): Promise<Plan> {
    for (const group of this.tenant.owners.values()) {
      const found = group.kind === "group" ? (await this.plansOf(group)).find(wanted) : undefined;
      if (found !== undefined) return found;
    }
    throw missing();
  }

  async #read(group: OwnerFile, file: string): Promise<Plan> {
    const { title, buckets, tasks, categoryDescriptions, sharedWith, expandsDetails, createdBy, id: given, ...rest } = await jsonOf(this.tenant.disk(file));
    const id = typeof given === "string" ? given : this.#idOf("plan", file);
    const columns = list(buckets).map((bucket, index) => ({ bucket, id: typeof bucket["id"] === "string" ? bucket["id"] : this.#idOf("bucket", file, String(bucket["name"])), index }));
    const raw = [...columns.flatMap(({ bucket, id: bucketId }) => list(bucket["tasks"]).map((task) => ({ task, bucketId }))), ...list(tasks).map((task) => ({ task, bucketId: undefined }))];
    return {
      id, expands: expandsDetails !== false,
      json: marked({
        createdDateTime: MADE, title: title ?? decodeName(path.basename(file, ".json")), ...rest, id, owner: group.id, createdBy: this.#person(createdBy),
        container: { containerId: group.id, type: "group", url: `https://graph.microsoft.com/v1.0/groups/${group.id}` },
      }),
      details: marked({ id, categoryDescriptions: { ...Object.fromEntries(Array.from({ length: 25 }, (_, at) => [`category${String(at + 1)}`, null])), ...(categoryDescriptions as object | undefined) }, sharedWith: Object.fromEntries(texts(sharedWith).map((upn) => [this.#userId(upn), true])) }),
      buckets: columns.map(({ bucket, id: bucketId, index }) => ({ id: bucketId, json: marked({ name: bucket["name"], orderHint: bucket["orderHint"] ?? hint(index), planId: id, id: bucketId }) })),
      tasks: raw.map(({ task, bucketId }, index) => this.#task(file, id, bucketId, task, index)),
    };
  }

  #task(file: string, planId: string, bucketId: string | undefined, raw: Json, index: number): Task {
    const { details, assignments, createdBy, completedBy, id: given, ...rest } = raw;
    const id = typeof given === "string" ? given : this.#idOf("task", file, String(raw["title"]));
    const { checklist, references, description = "", previewType = "automatic" } = (details ?? {}) as Json;
    const steps = open(checklist, "plannerChecklistItem", (step, at) => [guid(`${id} step ${String(at)}`), { isChecked: false, orderHint: hint(at), title: "", lastModifiedDateTime: MADE, lastModifiedBy: this.#person(createdBy), ...step }]);
    const links = open(references, "plannerExternalReference", ({ url, ...reference }, at) => [encoded(String(url)), { alias: null, type: "Other", previewPriority: hint(at), lastModifiedDateTime: MADE, lastModifiedBy: this.#person(createdBy), ...reference }]);
    const people = texts(assignments).map((upn) => [this.#userId(upn), { "@odata.type": "#microsoft.graph.plannerAssignment", assignedDateTime: MADE, orderHint: " !", assignedBy: this.#person(createdBy) }] as const);
    const open_ = Object.values(steps).filter((step) => (step as Json)["isChecked"] !== true).length;
    return {
      id, bucketId,
      json: marked({
        title: "", percentComplete: 0, priority: 5, startDateTime: null, dueDateTime: null, completedDateTime: null, createdDateTime: MADE, conversationThreadId: null, assigneePriority: "", appliedCategories: {},
        ...rest, orderHint: rest["orderHint"] ?? hint(index), hasDescription: description !== "", previewType, checklistItemCount: Object.keys(steps).length, activeChecklistItemCount: open_, referenceCount: Object.keys(links).length,
        assignments: Object.fromEntries(people), createdBy: this.#person(createdBy), completedBy: completedBy === undefined ? null : this.#person(completedBy), planId, bucketId: bucketId ?? null, id,
      }),
      details: marked({ description, previewType, references: links, checklist: steps, id }),
    };
  }

  #userId(upn: string): string {
    return this.tenant.owners.get(upn.toLowerCase())?.id ?? guid(`elsewhere ${upn.toLowerCase()}`);
  }

  #person(upn: unknown): Json {
    return { application: { displayName: null, id: guid("planner") }, user: typeof upn === "string" ? { displayName: null, id: this.#userId(upn) } : null };
  }

  /** 28 characters (resources/plannertask, "id"). */
  #idOf(...parts: readonly string[]): string {
    return this.tenant.idOf(...parts).slice(0, 28);
  }
}

/** Each resource has an etag of its own: a task's does not change with its details (resources/planner-overview, "Planner resource versioning"). */
function marked(json: Json): Json {
  return { "@odata.etag": `W/"${createHash("sha256").update(JSON.stringify(json)).digest("base64").slice(0, 24)}"`, ...json };
}

/** Open types, from a list as people write it or from Graph's own form. */
function open(value: unknown, type: string, entry: (one: Json, at: number) => readonly [string, Json]): Json {
  if (!Array.isArray(value)) return (value ?? {}) as Json;
  return Object.fromEntries(list(value).map((one, at) => {
    const [key, json] = entry(one, at);
    return [key, { "@odata.type": `#microsoft.graph.${type}`, ...json }];
  }));
}

/** Names of open properties hold none of these characters (resources/plannerexternalreferences). */
function encoded(url: string): string {
  return url.replace(/[.:%@#]/g, (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`);
}

function hint(index: number): string {
  return `85${String(index).padStart(6, "0")}P!`;
}

function list(value: unknown): readonly Json[] {
  return Array.isArray(value) ? (value as unknown[]).map((one) => (typeof one === "string" ? { title: one } : (one as Json))) : [];
}

function texts(value: unknown): readonly string[] {
  return Array.isArray(value) ? value.map(String) : [];
}

function missing() {
  return notFound("", "The requested item is not found.");
}
