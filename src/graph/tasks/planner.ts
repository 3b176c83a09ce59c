import { itemDigest } from "../../core/digest.js";
import { asExodusError } from "../../core/errors.js";
import type { Change, Container, Owner } from "../../core/item.js";
import type { Batch, Feed, ReadContext, Workload } from "../../core/source.js";
import { cardOf } from "../reading/card.js";
import type { GraphClient, Page, RequestOptions } from "../client/client.js";
import { itemTitle } from "../reading/item-title.js";
import { text } from "../map/chat-message.js";
import type { GraphBucket, GraphPlan, GraphPlanDetails, GraphPlannerTask, GraphPlannerTaskDetails } from "../map/graph-task.js";
import type { Maybe } from "../map/graph-event.js";
import { categoriesOf, labelsOf, plannerTaskRecord, planRecord, type People } from "../map/planner-task.js";
import { batchesOf, ordered } from "../reading/ordered.js";
import { itemFailure } from "../reading/read-errors.js";
import { textBytes } from "../reading/text-bytes.js";

export interface PlannerOptions {
  readonly width?: number;
  readonly batchSize?: number;
}

/** What belongs to all tasks of a plan. */
interface Plan {
  readonly id: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly buckets: ReadonlySet<string>;
  readonly people: People;
}

/**
 * Planner of groups: one feed a plan, whose buckets are containers; the plan itself is an item too. v1.0 has no delta of plans, so that every round lists
 * them (plannergroup-list-plans, plannerplan-list-buckets, plannerplan-list-tasks: `Tasks.Read.All` for applications). Description, steps and links are a
 * resource of their own with an etag of its own, and no document says that a task's etag changes with them (resources/planner-overview, "Planner resource
 * versioning"): both etags together are the version. `$expand=details` brings both in one answer; it is not documented for the tasks of a plan, and was
 * seen to fail (microsoft-graph-docs issue 8730): where it does, details are asked for one by one, in every round. Plans outside of groups are not read.
 */
export function createPlannerReader(client: GraphClient, options: PlannerOptions): Workload {
  const { width = 4, batchSize = 50 } = options;
  const told = new WeakMap<Feed, { readonly plan: GraphPlan; people(): Promise<People> }>();

  async function* plans(owner: Owner, signal: AbortSignal): AsyncIterable<GraphPlan> {
    for await (const page of client.pages<GraphPlan>(`/groups/${owner.id}/planner/plans`, wanted(signal))) yield* page.value;
  }

  async function buckets(plan: string, signal: AbortSignal): Promise<readonly GraphBucket[]> {
    const all: GraphBucket[] = [];
    for await (const page of client.pages<GraphBucket>(`/planner/plans/${plan}/buckets`, wanted(signal))) all.push(...page.value);
    return all;
  }

  async function* tasks(plan: string, signal: AbortSignal): AsyncIterable<Page<GraphPlannerTask>> {
    const path = `/planner/plans/${plan}/tasks`;
    let begun = false;
    try {
      for await (const page of client.pages<GraphPlannerTask>(path, { ...wanted(signal), query: { $expand: "details" } })) {
        begun = true;
        yield page;
      }
    } catch (thrown) {
      if (begun || asExodusError(thrown).code !== "GRAPH_REFUSED") throw thrown;
      yield* client.pages<GraphPlannerTask>(path, wanted(signal));
    }
  }

  async function planOf(plan: string, people: () => Promise<People>, signal: AbortSignal) {
    const details = await client.get<GraphPlanDetails>(`/planner/plans/${plan}/details`, wanted(signal));
    const columns = await buckets(plan, signal);
    return { details, columns, plan: { id: plan, labels: labelsOf(details), buckets: new Set(columns.map(({ id }) => id)), people: await people() } };
  }

  async function* round(owner: Owner, feed: Feed, context: ReadContext): AsyncIterable<Batch> {
    const known = told.get(feed) ?? { plan: { id: feed.id, title: feed.container.name }, people: () => peopleOf(client, owner, context.signal) };
    const { details, columns, plan } = await planOf(feed.id, known.people, context.signal);
    const record = planRecord(known.plan, details, columns, plan.people);
    const containers = columns.map((bucket) => ({ kind: "container" as const, container: containerOf(owner, feed.id, bucket) }));
    yield { changes: [...containers, await cardOf({ key: { workload: "tasks", owner: owner.id, id: `${feed.id}/card` }, container: feed.id, title: record.name, record, losses: [] }, context)], done: false };
    for await (const page of tasks(feed.id, context.signal)) {
      const read = ordered(page.value, width, (task) => readTask(client, owner, plan, task, context));
      for await (const changes of batchesOf(read, batchSize)) yield { changes, done: false };
    }
    yield { changes: [], done: true };
  }

  return {
    name: "tasks",
    async *feeds(owner, signal) {
      let people: Promise<People> | undefined;
      for await (const plan of plans(owner, signal)) {
        const feed: Feed = { id: plan.id, listing: true, container: { workload: "tasks", owner: owner.id, id: plan.id, name: text(plan.title) ?? plan.id } };
        told.set(feed, { plan, people: () => (people ??= peopleOf(client, owner, signal)) });
        yield feed;
      }
    },
    changes: (owner, feed, _since, context) => round(owner, feed, context),
    async readOne(owner, id, container, context) {
      try {
        const task = await client.get<GraphPlannerTask & { readonly planId?: Maybe<string> }>(`/planner/tasks/${id}`, wanted(context.signal));
        const { plan } = await planOf(task.planId ?? container, () => peopleOf(client, owner, context.signal), context.signal);
        return await readTask(client, owner, plan, task, context);
      } catch (thrown) {
        context.signal.throwIfAborted();
        return itemFailure(thrown, { id, container, title: "" });
      }
    },
    async inventory(owner, signal) {
      let containers = 0;
      for await (const _plan of plans(owner, signal)) containers += 1;
      return { containers };
    },
  };
}

/** No limit of Planner is published: its requests share a key of their own. */
function wanted(signal: AbortSignal): RequestOptions {
  return { signal, permission: "Tasks.Read.All" };
}

function containerOf(owner: Owner, plan: string, { id, name }: GraphBucket): Container {
  return { workload: "tasks", owner: owner.id, id, parentId: plan, name: text(name) ?? id };
}

/** Names and addresses of the group's members (group-list-members), as far as the application may list them. */
async function peopleOf(client: GraphClient, owner: Owner, signal: AbortSignal): Promise<People> {
  const people = new Map<string, { name?: string; address?: string }>();
  try {
    const query = { $select: "id,displayName,mail", $top: 999 };
    for await (const page of client.pages<{ readonly id: string; readonly displayName?: Maybe<string>; readonly mail?: Maybe<string> }>(`/groups/${owner.id}/members`, { signal, query, permission: "GroupMember.Read.All" })) {
      for (const { id, displayName, mail } of page.value) people.set(id, { ...(displayName ? { name: displayName } : {}), ...(mail ? { address: mail } : {}) });
    }
  } catch (thrown) {
    // Ids alone are enough to know who is meant: the directory tells the names.
    if (asExodusError(thrown).code !== "GRAPH_CONSENT") throw thrown;
  }
  return people;
}

async function readTask(client: GraphClient, owner: Owner, plan: Plan, task: GraphPlannerTask, context: ReadContext): Promise<Change> {
  const container = task.bucketId && plan.buckets.has(task.bucketId) ? task.bucketId : plan.id;
  try {
    const details = task.details ?? await client.get<GraphPlannerTaskDetails>(`/planner/tasks/${task.id}/details`, wanted(context.signal));
    const marks = [task["@odata.etag"], details["@odata.etag"]];
    // A renamed label changes what a task says and no etag of it.
    const version = marks.every((mark) => mark !== undefined && mark !== "") ? [...marks, ...categoriesOf(task, plan.labels)].join(" ") : "";
    if (version !== "" && (await context.known(task.id))?.version === version) return { kind: "unchanged", id: task.id, container };
    const record = plannerTaskRecord(task, details, plan.labels, plan.people);
    const description = details.description ?? "";
    const body = description === "" ? undefined : await context.blobs.write(textBytes(description), ".txt");
    return {
      kind: "item", key: { workload: "tasks", owner: owner.id, id: task.id }, container, version, title: record.summary, record, ...(body === undefined ? {} : { body }), parts: [],
      digest: itemDigest(record, body, []), losses: [],
    };
  } catch (thrown) {
    context.signal.throwIfAborted();
    return itemFailure(thrown, { id: task.id, container, title: itemTitle(task.title) });
  }
}
