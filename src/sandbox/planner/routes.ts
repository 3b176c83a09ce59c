import { GraphRefusal, type Answer } from "../answers.js";
import { groupOf } from "../directory.js";
import { collection, context, refuseOptions, select, type Call, type Route } from "../odata.js";
import type { TenantStore } from "../tenant/store.js";
import { PlannerStore, type Json, type Plan, type Task } from "./planner-store.js";

/** Permission tables of plannergroup-list-plans, plannerplan-list-tasks, plannertaskdetails-get: for applications too. */
const ROLE = "Tasks.Read.All";

/** Planner: plans of groups, their details, buckets and tasks with their details. v1.0 has no delta. */
export function plannerRoutes(tenant: TenantStore): Route[] {
  const store = new PlannerStore(tenant);
  const get = (pattern: string, handle: (call: Call) => Promise<Answer>): Route => ({
    method: "GET", pattern, role: ROLE,
    handle: (call) => {
      refuseOptions(call, ["$search", "$orderby"], "");
      return handle(call);
    },
  });
  const plan = (call: Call): Promise<Plan> => store.plan(call.params["plan"] ?? "");
  const tasks = (call: Call, { expands }: Plan, listed: readonly Task[]): Promise<Answer> => {
    const expand = expandsDetails(call);
    if (expand && !expands) throw new GraphRefusal(400, "", "Query option 'Expand' is not allowed for this resource.");
    return collection(call, "Collection(microsoft.graph.plannerTask)", listed, 400, (task) => select(withDetails(task, expand), call.query));
  };
  return [
    get("/groups/:group/planner/plans", async (call) => {
      const plans = await store.plansOf(groupOf(tenant, call.params["group"] ?? ""));
      return collection(call, "Collection(microsoft.graph.plannerPlan)", plans, 100, ({ json }) => select(json, call.query));
    }),
    get("/planner/plans/:plan", async (call) => entity(call, "plans", (await plan(call)).json)),
    get("/planner/plans/:plan/details", async (call) => entity(call, "plans/details", (await plan(call)).details)),
    get("/planner/plans/:plan/buckets", async (call) => collection(call, "Collection(microsoft.graph.plannerBucket)", (await plan(call)).buckets, 100, ({ json }) => json)),
    get("/planner/plans/:plan/tasks", async (call) => {
      const found = await plan(call);
      return tasks(call, found, found.tasks);
    }),
    get("/planner/buckets/:bucket", async (call) => entity(call, "buckets", bucketOf(await store.withBucket(call.params["bucket"] ?? ""), call))),
    get("/planner/buckets/:bucket/tasks", async (call) => {
      const found = await store.withBucket(call.params["bucket"] ?? "");
      return tasks(call, found, found.tasks.filter(({ bucketId }) => bucketId === call.params["bucket"]));
    }),
    get("/planner/tasks/:task", async (call) => entity(call, "tasks", withDetails((await store.withTask(call.params["task"] ?? "")).task, expandsDetails(call)))),
    get("/planner/tasks/:task/details", async (call) => entity(call, "tasks/details", (await store.withTask(call.params["task"] ?? "")).task.details)),
  ];
}

function bucketOf({ buckets }: Plan, call: Call): Json {
  return buckets.find(({ id }) => id === call.params["bucket"])?.json ?? {};
}

function expandsDetails({ query }: Call): boolean {
  return (query.get("$expand") ?? "").split(",").includes("details");
}

function withDetails({ json, details }: Task, expand: boolean): Json {
  return expand ? { ...json, details } : json;
}

function entity(call: Call, kind: string, json: object): Answer {
  return { json: { "@odata.context": context(call, `planner/${kind}/$entity`), ...select(json, call.query) } };
}
