import { readFile } from "node:fs/promises";
import { fileAnswer, notFound, type Answer } from "../answers.js";
import { changePage, deltaState } from "../changes.js";
import { userOf } from "../directory.js";
import { requireMailbox } from "../mail/folders.js";
import { collection, context, link, pageSize, readToken, refuseOptions, select, type Call, type Route } from "../odata.js";
import type { Departure, Entry } from "../tenant/entry.js";
import type { OwnerFile, TenantStore } from "../tenant/store.js";
import { TodoStore, type TaskFile } from "./todo-store.js";

/** Every page's table gives it to applications (api-reference/v1.0/api/todo-list-lists, todotask-delta). */
const ROLE = "Tasks.Read.All";
type Part = "checklistItems" | "linkedResources";

type Handler = (call: Call, owner: OwnerFile) => Promise<Answer>;
type Json = Readonly<Record<string, unknown>>;

/** To Do: lists, tasks with steps, links and attached files, and the deltas of lists and tasks. */
export function todoRoutes(tenant: TenantStore): Route[] {
  const store = new TodoStore(tenant);
  const get = (pattern: string, handler: Handler): Route => ({
    method: "GET", pattern, role: ROLE,
    handle: async (call) => {
      refuseOptions(call, ["$search", "$filter", "$orderby"], "BadRequest");
      const owner = userOf(tenant, call.params["user"] ?? "");
      requireMailbox(owner);
      return handler(call, owner);
    },
  });
  const list = (call: Call, owner: OwnerFile): Entry => store.list(owner, call.params["list"] ?? "");
  const task = (call: Call, owner: OwnerFile): Entry => store.task(list(call, owner), call.params["task"] ?? "");
  const file = async (call: Call, owner: OwnerFile): Promise<TaskFile> => {
    const found = (await store.files(task(call, owner))).find(({ json }) => json["id"] === call.params["attachment"]);
    if (found === undefined) throw notFound("ErrorItemNotFound", "");
    return found;
  };
  const part = (name: Part, key: string): Route[] => {
    const all = async (call: Call, owner: OwnerFile): Promise<readonly Json[]> => (await store.taskJson(task(call, owner)))[name] as readonly Json[];
    return [
      get(`${TASK}/${name}`, async (call, owner) => collection(call, `${what(owner)}/tasks/${name}`, await all(call, owner), 100, (one) => select(one, call.query))),
      get(`${TASK}/${name}/:${key}`, async (call, owner) => {
        const found = (await all(call, owner)).find(({ id }) => id === call.params[key]);
        if (found === undefined) throw notFound("ErrorItemNotFound", "");
        return entity(call, `${what(owner)}/tasks/${name}`, found);
      }),
    ];
  };
  return [
    get(LISTS, (call, owner) => collection(call, what(owner), store.lists(owner), 100, async (one) => select(await store.listJson(one), call.query))),
    get(`${LISTS}/delta`, (call, owner) => delta(tenant, call, "todoTaskList", store.lists(owner), store.lostLists(owner), async (one) => store.listJson(one))),
    get(LIST, async (call, owner) => entity(call, what(owner), await store.listJson(list(call, owner)))),
    get(`${LIST}/tasks`, (call, owner) => collection(call, `${what(owner)}/tasks`, store.tasks(list(call, owner)), 20, async (one) => select(shown(await store.taskJson(one), expandOf(call)), call.query))),
    get(`${LIST}/tasks/delta`, (call, owner) => {
      const { id } = list(call, owner);
      const left = tenant.departures.filter(({ kind, container }) => kind === "task" && container === id);
      return delta(tenant, call, "todoTask", store.tasks(list(call, owner)), left, async (one, expand) => shown(await store.taskJson(one), expand));
    }),
    get(TASK, async (call, owner) => entity(call, `${what(owner)}/tasks`, select(shown(await store.taskJson(task(call, owner)), expandOf(call)), call.query))),
    ...part("checklistItems", "checklistItem"), ...part("linkedResources", "linkedResource"),
    get(`${TASK}/attachments`, async (call, owner) => collection(call, `${what(owner)}/tasks/attachments`, await store.files(task(call, owner)), 100, ({ json }) => select(json, call.query))),
    get(`${TASK}/attachments/:attachment`, async (call, owner) => {
      const { json, file: at } = await file(call, owner);
      return entity(call, `${what(owner)}/tasks/attachments`, { ...json, contentBytes: (await readFile(at)).toString("base64") });
    }),
    get(`${TASK}/attachments/:attachment/$value`, async (call, owner) => {
      const { json, file: at } = await file(call, owner);
      return fileAnswer(at, { "content-type": String(json["contentType"]) });
    }),
  ];
}

const LISTS = "/users/:user/todo/lists";
const LIST = `${LISTS}/:list`;
const TASK = `${LIST}/tasks/:task`;

function what(owner: OwnerFile): string {
  return `users('${owner.id}')/todo/lists`;
}

function entity(call: Call, kind: string, json: object): Answer {
  return { json: { "@odata.context": context(call, `${kind}/$entity`), ...json } };
}

function expandOf({ query }: Call): readonly string[] {
  return (query.get("$expand") ?? "").split(",");
}

/** Links come with every task (examples of todotasklist-list-tasks); steps only when asked for. */
function shown(json: Json, expand: readonly string[]): Json {
  const { linkedResources, checklistItems, ...rest } = json;
  const links = (linkedResources as readonly unknown[]).length > 0 || expand.includes("linkedResources") ? { linkedResources } : {};
  return { ...rest, ...links, ...(expand.includes("checklistItems") ? { checklistItems } : {}) };
}

/** Rounds over a journal of entries; `$expand` of the first call is kept in the tokens (todotask-delta, "Query parameters"). */
async function delta(
  tenant: TenantStore, call: Call, type: "todoTask" | "todoTaskList", entries: readonly Entry[], left: readonly Departure[], json: (entry: Entry, expand: readonly string[]) => Promise<Json>,
): Promise<Answer> {
  const [round, page] = [call.query.get("$deltatoken"), call.query.get("$skiptoken")];
  const expand = readToken<{ expand?: readonly string[] }>(page ?? round)?.expand ?? expandOf(call);
  const state = deltaState(tenant, call, round, page);
  const { entries: told, gone, last, next } = changePage(entries, left, state, pageSize(call, 20));
  const query = new URLSearchParams(state.select === null ? {} : { $select: state.select });
  const value = [
    ...(await Promise.all(told.map(async (entry) => select(await json(entry, expand), query)))),
    ...gone.map(({ id }) => ({ "@odata.type": `#microsoft.graph.${type}`, id, "@removed": { reason: "deleted" } })),
  ];
  const [name, token] = last ? ["@odata.deltaLink", "$deltatoken"] as const : ["@odata.nextLink", "$skiptoken"] as const;
  return { json: { "@odata.context": context(call, `Collection(${type})`), [name]: link(call, token, { ...next, expand }, false), value } };
}
