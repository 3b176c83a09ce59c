import type { Workload } from "../../core/source.js";
import { byKind } from "../reading/by-kind.js";
import type { GraphClient } from "../client/client.js";
import { createPlannerReader } from "../tasks/planner.js";
import { createTodoReader, type TodoOptions } from "../tasks/todo.js";

/** Tasks: To Do of a user, Planner of a group. */
export function createTasksWorkload(client: GraphClient, options: TodoOptions): Workload {
  return byKind({ user: createTodoReader(client, options), group: createPlannerReader(client, options) });
}
