import type { Owner } from "../../core/item.js";
import type { Workload } from "../../core/source.js";
import type { GraphClient } from "../client.js";
import { createPlannerReader } from "../planner.js";
import { createTodoReader, type TodoOptions } from "../todo.js";

/** Tasks: To Do of a user, Planner of a group. */
export function createTasksWorkload(client: GraphClient, options: TodoOptions): Workload {
  const [todo, planner] = [createTodoReader(client, options), createPlannerReader(client, options)];
  const of = ({ kind }: Owner): typeof todo => (kind === "group" ? planner : todo);
  return {
    name: "tasks",
    feeds: (owner, signal) => of(owner).feeds(owner, signal),
    changes: (owner, feed, since, context) => of(owner).changes(owner, feed, since, context),
    readOne: (owner, id, container, context) => of(owner).readOne(owner, id, container, context),
    inventory: (owner, signal) => of(owner).inventory(owner, signal),
  };
}
