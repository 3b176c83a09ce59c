import { describe, expect, it } from "@jest/globals";
import { ExodusError } from "../../../src/core/errors.js";
import type { Change, Owner } from "../../../src/core/item.js";
import type { TaskRecord } from "../../../src/format/task.js";
import { plannerTaskRecord } from "../../../src/graph/map/planner-task.js";
import { createTasksWorkload } from "../../../src/graph/workloads/tasks.js";
import { fakeClient, FakeContext, feedsOf, page, type Answer } from "../graph-calendar/fake-client.js";

const GROUP: Owner = { id: "g1", name: "voirie@mairie.example", kind: "group", displayName: "Voirie" };
const TASK = { id: "t1", "@odata.etag": "e1", title: "Nid de poule", bucketId: "b1" };
const DETAILS = { "@odata.etag": "d1", description: "Rue Haute" };
const routes = (more: Record<string, Answer> = {}): Record<string, Answer> => ({
  "/groups/g1/planner/plans": () => [page({ id: "p1", title: "Travaux" })], "/planner/plans/p1/details": () => ({ categoryDescriptions: { category1: "Urgent", category2: null } }),
  "/planner/plans/p1/buckets": () => [page({ id: "b2", name: "Fait", orderHint: "b" }, { id: "b1", name: "À faire", orderHint: "a" })], "/groups/g1/members": () => [page({ id: "u1", displayName: "Luc", mail: "luc@mairie.example" })],
  "/planner/plans/p1/tasks": ({ query }) => [page(query?.["$expand"] === "details" ? { ...TASK, details: DETAILS } : TASK)], "/planner/tasks/t1/details": () => DETAILS, ...more,
});

async function read(table: Record<string, Answer>, context = new FakeContext()): Promise<{ changes: readonly Change[]; asked: readonly string[] }> {
  const client = fakeClient(table);
  const workload = createTasksWorkload(client, {});
  const changes: Change[] = [];
  for (const feed of await feedsOf(workload, GROUP)) for await (const batch of workload.changes(GROUP, feed, undefined, context)) changes.push(...batch.changes);
  context.keep(changes);
  return { changes, asked: client.asked };
}

describe("a plan", () => {
  it("has its columns as containers in its order, and tasks in theirs", async () => {
    const { changes, asked } = await read(routes({ "/planner/plans/p1/tasks": () => [page({ ...TASK, details: DETAILS }, { ...TASK, id: "t2", bucketId: "lost", details: DETAILS }, { ...TASK, id: "t3", bucketId: null, details: DETAILS })] }));
    expect(changes.map((change) => (change.kind === "container" ? [change.container.name, change.container.parentId] : change.kind === "item" ? [change.key.id, change.container] : change))).toEqual([["Fait", "p1"], ["À faire", "p1"], ["p1/card", "p1"], ["t1", "b1"], ["t2", "p1"], ["t3", "p1"]]);
    expect(changes.find((change) => change.kind === "item" && change.key.id === "p1/card")).toMatchObject({ record: { form: "plan", labels: { category1: "Urgent" }, buckets: [{ name: "À faire" }, { name: "Fait" }] } });
    expect(asked.filter((path) => path.endsWith("/details"))).toEqual(["/planner/plans/p1/details"]);
  });

  it.each(["refused", "ignored"])("whose $expand is %s has each task's details asked for", async (how) => {
    const plain: Answer = ({ query }) => {
      if (how === "refused" && query?.["$expand"] !== undefined) throw new ExodusError("GRAPH_REFUSED");
      return [page(TASK)];
    };
    const context = new FakeContext();
    const { changes } = await read(routes({ "/planner/plans/p1/tasks": plain }), context);
    expect(context.body(changes.at(-1))).toBe("Rue Haute");
    // Not to be trusted to a task's own etag: the details' one counts too.
    const later = await read(routes({ "/planner/plans/p1/tasks": plain, "/planner/tasks/t1/details": () => ({ "@odata.etag": "d2", description: "Rue Basse" }) }), context);
    expect(context.body(later.changes.at(-1))).toBe("Rue Basse");
    expect((await read(routes({ "/planner/plans/p1/tasks": plain, "/planner/tasks/t1/details": () => ({ "@odata.etag": "d2", description: "Rue Basse" }) }), context)).changes.at(-1)).toEqual({ kind: "unchanged", id: "t1", container: "b1" });
  });

  it("is not read without Tasks.Read.All, and is read without the names of people", async () => {
    const denied: Answer = () => { throw new ExodusError("GRAPH_CONSENT"); };
    await expect(read(routes({ "/planner/plans/p1/tasks": denied }))).rejects.toMatchObject({ code: "GRAPH_CONSENT" });
    expect((await read(routes({ "/groups/g1/members": denied }))).changes.at(-1)).toMatchObject({ kind: "item" });
  });
});

describe("a Planner task as a record", () => {
  const record = (task: object, details: object = {}): TaskRecord => plannerTaskRecord({ id: "t", ...task }, details, { category2: "Voirie" }, new Map([["u1", { name: "Luc", address: "luc@mairie.example" }]]));

  it("takes Planner's priorities to iCalendar's scale, and the progress to a status", () => {
    expect([0, 1, 3, 5, 9, 10].map((priority) => record({ priority }).priority)).toEqual([1, 1, 3, 5, 9, 9]);
    expect([0, 50, 100].map((percentComplete) => record({ percentComplete }).status)).toEqual(["not-started", "in-progress", "completed"]);
  });

  it("reads the open types: labels by name, people, steps in their order, addresses decoded, what was taken away left out", () => {
    const read = record(
      { appliedCategories: { category10: true, category2: true, category1: false, "@odata.type": "x" }, assignments: { u2: { assignedDateTime: "2026-01-01T00:00:00Z" }, u1: {}, u3: null } },
      { checklist: { b: { title: "Deux", orderHint: "2" }, a: { title: "Trois", orderHint: "3" }, c: { title: "Un", orderHint: "1", isChecked: true } }, references: { "https%3A//a%2Eexample/%C3%A9%": { alias: "Cassé" }, "https%3A//a%2Eexample/x": { alias: "Plan", type: "Word" } } },
    );
    expect(read.categories).toEqual(["Voirie", "category10"]);
    expect(read.assignees).toEqual([{ kind: "user", id: "u1", name: "Luc", address: "luc@mairie.example" }, { kind: "user", id: "u2", at: "2026-01-01T00:00:00.000Z" }]);
    expect(read.checklist.map(({ title, done }) => [title, done])).toEqual([["Un", true], ["Deux", false], ["Trois", false]]);
    expect(read.links.map(({ url }) => url)).toEqual(["https%3A//a%2Eexample/%C3%A9%", "https://a.example/x"]);
  });
});
