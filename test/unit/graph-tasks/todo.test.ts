import { describe, expect, it } from "@jest/globals";
import { ExodusError } from "../../../src/core/errors.js";
import type { Cursor } from "../../../src/core/source.js";
import type { TaskRecord } from "../../../src/format/task.js";
import type { GraphTodoTask } from "../../../src/graph/map/graph-task.js";
import { LossLog } from "../../../src/graph/map/loss-log.js";
import { todoTaskRecord } from "../../../src/graph/map/todo-task.js";
import { createTasksWorkload } from "../../../src/graph/workloads/tasks.js";
import { fakeClient, FakeContext, feedsOf, page, round } from "../graph-calendar/fake-client.js";

const LISTS = "/users/u1/todo/lists";
const TASKS = `${LISTS}/l1/tasks`;
const LINK = "https://graph.example/v1.0/delta?$deltatoken=1" as Cursor;
const task = (id: string, more: Partial<GraphTodoTask> = {}): GraphTodoTask => ({
  id, "@odata.etag": `W/"${id}"`, title: `Tâche ${id}`, createdDateTime: "2026-01-05T08:00:00.1234567Z", body: { contentType: "text", content: "" }, checklistItems: [], linkedResources: [], ...more,
});
const list = (wellknownListName = "none") => ({ id: "l1", displayName: "Liste", isOwner: true, isShared: false, wellknownListName });
const record = (more: Partial<GraphTodoTask>, log = new LossLog()): TaskRecord => todoTaskRecord(task("a", more), { steps: [], links: [], attachments: [] }, { ofMessage: false }, log);

describe("a To Do task as a record", () => {
  it.each([["notStarted", "not-started"], ["inProgress", "in-progress"], ["completed", "completed"], ["waitingOnOthers", "waiting"], ["deferred", "deferred"]])("keeps the status %s", (told, status) => {
    expect(record({ status: told }).status).toBe(status);
  });

  it("has the priorities of iCalendar", () => {
    expect(["high", "normal", "low"].map((importance) => record({ importance }).priority)).toEqual([1, 5, 9]);
  });

  it("keeps wall clocks with their zones, Windows names as IANA ones and unknown names as they are", () => {
    const zoned = record({
      dueDateTime: { dateTime: "2026-03-13T00:00:00.0000000", timeZone: "UTC" }, startDateTime: { dateTime: "2026-03-12T09:30:00.0000000", timeZone: "Romance Standard Time" },
      completedDateTime: { dateTime: "2026-03-12T09:30:00", timeZone: "tzone://Microsoft/Custom" }, isReminderOn: true, reminderDateTime: { dateTime: "pas une date", timeZone: "UTC" },
    });
    expect([zoned.due, zoned.start, zoned.completed, zoned.reminder]).toEqual([
      { at: "2026-03-13T00:00:00", zone: "UTC" }, { at: "2026-03-12T09:30:00", zone: "Europe/Paris" }, { at: "2026-03-12T09:30:00", zone: "tzone://Microsoft/Custom" }, undefined,
    ]);
  });

  it("has no reminder that is switched off", () => {
    const reminderDateTime = { dateTime: "2026-03-12T09:00:00", timeZone: "UTC" };
    expect([record({ isReminderOn: false, reminderDateTime }).reminder, record({ isReminderOn: true, reminderDateTime }).reminder?.at]).toEqual([undefined, "2026-03-12T09:00:00"]);
  });

  it("repeats by a rule, and names a pattern that is not documented", () => {
    const log = new LossLog();
    expect(record({ recurrence: { pattern: { type: "daily", interval: 3 }, range: { type: "endDate", startDate: "2026-01-01", endDate: "2026-02-01" } } }, log).recurrence).toBe("FREQ=DAILY;INTERVAL=3;UNTIL=20260201");
    expect(record({ recurrence: { pattern: { type: "lunar" } } }, log).recurrence).toBeUndefined();
    expect(log.losses).toEqual([{ field: "recurrence", change: "dropped", side: "source", reason: "task.unknown-recurrence" }]);
  });

  it("orders steps by their creation and links by their addresses, however they come", () => {
    const steps = [{ id: "b", displayName: "Deux", createdDateTime: "2026-01-02T00:00:00Z" }, { id: "a", displayName: "Un", isChecked: true, createdDateTime: "2026-01-01T00:00:00Z" }];
    const links = [{ webUrl: "https://b.example" }, { webUrl: "https://a.example" }];
    const told = (parts: { steps: typeof steps; links: typeof links }): TaskRecord => todoTaskRecord(task("a"), { ...parts, attachments: [] }, { ofMessage: false }, new LossLog());
    expect(told({ steps, links }).checklist.map(({ title, done }) => [title, done])).toEqual([["Un", true], ["Deux", false]]);
    expect(told({ steps: [...steps].reverse(), links: [...links].reverse() })).toEqual(told({ steps, links }));
  });
});

describe("a round over a list", () => {
  it("asks a task's steps by themselves where they did not come along, or came cut short", async () => {
    const client = fakeClient({
      [LISTS]: () => [page(list())],
      [`${TASKS}/delta`]: () => [{ value: [task("a", { checklistItems: undefined }), task("b", { checklistItems: [{ id: "1" }], "checklistItems@odata.nextLink": "https://graph.example/next" }), task("c")], deltaLink: LINK }],
      [`${TASKS}/a/checklistItems`]: () => [page({ id: "1", displayName: "Un" })],
      [`${TASKS}/b/checklistItems`]: () => [page({ id: "1" }, { id: "2" })],
    });
    const workload = createTasksWorkload(client, {});
    const [feed] = await feedsOf(workload);
    const { changes } = await round(workload, feed ?? never(), new FakeContext());
    expect(changes.flatMap((change) => (change.kind === "item" && change.key.id !== "l1/card" ? [(change.record as TaskRecord).checklist.length] : []))).toEqual([1, 2, 0]);
  });

  it("reads a partial row again, buries removed ones, and knows what it has", async () => {
    const client = fakeClient({
      [LISTS]: () => [page(list())],
      [LINK]: () => [{ value: [{ id: "a", "@odata.etag": "x", title: "Autre" }, { id: "b", "@removed": { reason: "deleted" } }, task("c")], deltaLink: LINK }],
      [`${TASKS}/a`]: () => task("a", { title: "Autre", body: { contentType: "html", content: "<p>x</p>" } }),
    });
    const workload = createTasksWorkload(client, {});
    const [feed] = await feedsOf(workload);
    const context = new FakeContext();
    context.items.set("c", { version: 'W/"c"', container: "l1", digest: "0".repeat(64) as never });
    const { changes } = await round(workload, feed ?? never(), context, LINK);
    expect(changes.slice(1).map((change) => (change.kind === "item" ? [change.title, context.body(change)] : change))).toEqual([
      ["Autre", "<p>x</p>"], { kind: "tombstone", id: "b", container: "l1" }, { kind: "unchanged", id: "c", container: "l1" },
    ]);
  });

  it("keeps tasks of flagged messages and says what they are", async () => {
    const client = fakeClient({ [LISTS]: () => [page(list("flaggedEmails"))], [`${TASKS}/delta`]: () => [{ value: [task("a")], deltaLink: LINK }] });
    const workload = createTasksWorkload(client, {});
    const [feed] = await feedsOf(workload);
    const { changes } = await round(workload, feed ?? never(), new FakeContext());
    expect(changes.map((change) => (change.kind === "item" ? change.record : change.kind))).toEqual([expect.objectContaining({ type: "task-list", purpose: "flagged-mail" }), expect.objectContaining({ ofMessage: true })]);
  });

  it("keeps a task whose file cannot be read, and names the file", async () => {
    const client = fakeClient({
      [LISTS]: () => [page(list())], [`${TASKS}/delta`]: () => [{ value: [task("a", { hasAttachments: true })], deltaLink: LINK }],
      [`${TASKS}/a/attachments`]: () => [page({ id: "f1", name: "plan.PNG", size: 3, contentType: "image/png" }, { id: "f2", name: "perdu" })],
      [`${TASKS}/a/attachments/f1/$value`]: () => Buffer.from("abc"),
      [`${TASKS}/a/attachments/f2/$value`]: () => { throw new ExodusError("GRAPH_REFUSED"); },
    });
    const workload = createTasksWorkload(client, {});
    const [feed] = await feedsOf(workload);
    const { changes } = await round(workload, feed ?? never(), new FakeContext());
    expect(changes.at(1)).toMatchObject({
      record: { attachments: [{ name: "plan.PNG", mediaType: "image/png", size: 3 }] }, parts: [{ size: 3, extension: ".png" }],
      losses: [{ field: "attachments/perdu", reason: "task.attachment-unreadable" }],
    });
  });
});

function never(): never {
  throw new Error("no feed");
}
