import { mkdir, readdir, readFile, rm, writeFile } from "node:fs/promises";
import path from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "@jest/globals";
import { cli, summary, workDir, type WorkDir } from "./cli.js";
import { stage, type Stage } from "./stage.js";

type Json = Record<string, unknown>;
type Card = { title: string; details?: { description?: string; checklist?: { title: string; isChecked?: boolean }[] } } & Json;
type Plan = { categoryDescriptions?: Record<string, string>; expandsDetails?: boolean; buckets: { id: string; name: string; tasks: Card[] }[] };

const LUC = "luc@mairie.example";
const ROUTES = [{ workload: ["tasks"], to: "archive" }];

/** Lines, one a task, in words of neither side: where it stands, what it is called and says. */
function ofPlan(name: string, { categoryDescriptions = {}, buckets }: Plan): string[] {
  return buckets.flatMap((bucket) => bucket.tasks.map((task) => JSON.stringify([
    `${name}/${bucket.name}`, task.title, task.details?.description ?? "", (task.details?.checklist ?? []).map(({ title, isChecked }) => [title, isChecked === true]), Object.keys((task["appliedCategories"] ?? {}) as Json).map((key) => categoryDescriptions[key] ?? key),
  ])));
}

async function ofArchive(root: string): Promise<string[]> {
  const lines: string[] = [];
  for (const entry of await readdir(root, { recursive: true })) {
    if (!entry.endsWith(".json")) continue;
    const { record, files } = JSON.parse(await readFile(path.join(root, entry), "utf8")) as { record: Json; files: Record<string, string> };
    if (record["type"] !== "task") continue;
    const [text] = Object.keys(files);
    const steps = (record["checklist"] as { title: string; done: boolean }[]).map(({ title, done }) => [title, done]);
    lines.push(JSON.stringify([path.dirname(entry), record["summary"], text === undefined ? "" : await readFile(path.join(root, path.dirname(entry), text), "utf8"), steps, record["categories"]]));
  }
  return lines.sort();
}

describe("plans of Planner", () => {
  let staged: Stage;
  let work: WorkDir;
  const plans: Record<string, Plan> = {};
  const folder = (): string => path.join(staged.tenant, "groups/voirie/planner");
  const save = async (tenant: string): Promise<void> => {
    await mkdir(path.join(tenant, "groups/voirie/planner"), { recursive: true });
    for (const [name, plan] of Object.entries(plans)) await writeFile(path.join(tenant, "groups/voirie/planner", `${name}.json`), JSON.stringify(plan));
  };
  const wanted = (): string[] => Object.entries(plans).flatMap(([name, plan]) => ofPlan(name, plan)).sort();
  const archived = (): Promise<string[]> => ofArchive(path.join(work.dir, "archive/groups/voirie@mairie.example/tasks"));
  const migrate = async (...args: string[]) => {
    const before = (await log(staged.tenant)).length;
    const run = await cli(["migrate", ...args, "--config", work.config, "--json"]);
    const asked = (await log(staged.tenant)).slice(before).filter((at) => /planner/.test(at));
    return { code: run.code, asked, details: asked.filter((at) => /tasks\/[^/]+\/details/.test(at)).length, ...summary(run.stdout) };
  };
  const card = (plan: string, bucket: number, at: number): Card => plans[plan]?.buckets[bucket]?.tasks[at] ?? never();

  beforeAll(async () => {
    const tasks = (count: number): Card[] => Array.from({ length: count }, (_, index) => ({ id: `t${String(index)}-${String(count)}`, title: `Tâche ${String(index)}`, orderHint: `85${String(index)}P`, ...(index % 2 === 0 ? { details: { description: `Texte ${String(index)}` } } : {}) }));
    plans["Travaux"] = {
      categoryDescriptions: { category1: "Urgent" },
      buckets: [{ id: "b1", name: "À faire", tasks: [{ id: "special", title: "Nid de poule", orderHint: "84P", appliedCategories: { category1: true, category9: true }, assignments: [LUC], priority: 1, details: { description: "Rue Haute", checklist: [{ title: "Signaler", isChecked: true }, { title: "Reboucher" }] } }, ...tasks(500)] }, { id: "b2", name: "Fait", tasks: [] }],
    };
    // As the service was seen to behave: it takes no $expand here.
    plans["Ancien"] = { expandsDetails: false, buckets: [{ id: "b3", name: "Liste", tasks: tasks(7) }] };
    staged = await stage(async (tenant) => {
      await mkdir(path.join(tenant, "users", LUC), { recursive: true });
      await writeFile(path.join(tenant, "tenant.json"), JSON.stringify({ name: "Mairie", domain: "mairie.example" }));
      await writeFile(path.join(tenant, "users", LUC, "profile.json"), JSON.stringify({ displayName: "Luc Roy" }));
      await save(tenant);
      await writeFile(path.join(tenant, "groups/voirie/group.json"), JSON.stringify({ displayName: "Voirie", mail: "voirie@mairie.example", members: [LUC] }));
    }, (tenant) => ["--log", path.join(tenant, "requests.jsonl")]);
    work = await workDir(staged.served, { groups: "all", routes: ROUTES });
  });

  afterAll(async () => {
    await staged.remove();
    await work.remove();
  });

  it("arrive whole: columns as folders, text, steps, labels, people; a pass without change asks by plan, not by task", async () => {
    const first = await migrate();
    expect({ code: first.code, migrated: first.counts["migrated"], seen: first.seen }).toEqual({ code: 0, migrated: 508 + 2, seen: 508 + 2 });
    expect(await archived()).toEqual(wanted());
    const documents = await readdir(path.join(work.dir, "archive/groups/voirie@mairie.example/tasks/Travaux/À faire"));
    const special = documents.find((name) => name.startsWith("Nid de poule") && name.endsWith(".json")) ?? "";
    const { record } = JSON.parse(await readFile(path.join(work.dir, "archive/groups/voirie@mairie.example/tasks/Travaux/À faire", special), "utf8")) as { record: Json };
    expect(record).toMatchObject({ priority: 1, categories: ["Urgent", "category9"], assignees: [{ name: "Luc Roy", address: LUC }] });
    const again = await migrate("--pass", "delta");
    expect({ counts: again.counts, travaux: again.asked.length - again.details, details: again.details }).toEqual({
      // Plans of the group; of each plan details, buckets and tasks (501 in two pages), and one refused $expand.
      counts: expect.objectContaining({ migrated: 0, converted: 0, "already-there": 510 }), travaux: 1 + 3 + 1 + 3 + 1, details: 7,
    });
    expect(summary((await cli(["verify", "--config", work.config, "--json"])).stdout).verified).toMatchObject({ same: 510, missing: 0, different: 0 });
  });

  it("are followed: a description alone, a move to another column, an added and a removed task, a renamed label, a plan that is gone", async () => {
    card("Travaux", 0, 2).details = { description: "Changé" };
    const [moved] = plans["Travaux"]?.buckets[0]?.tasks.splice(5, 1) ?? [];
    plans["Travaux"]?.buckets[1]?.tasks.push(moved ?? never(), { title: "Nouvelle" });
    plans["Travaux"]?.buckets[0]?.tasks.splice(9, 1);
    (plans["Travaux"] ?? never()).categoryDescriptions = { category1: "Très urgent" };
    card("Ancien", 0, 1).details = { description: "Changé aussi" };
    await save(staged.tenant);
    const delta = await migrate("--pass", "delta", "--apply-deletions");
    // Two texts, the moved and the new one, the task with the label, the plan itself.
    expect({ code: delta.code, arrived: delta.counts["migrated"], removed: delta.removed }).toEqual({ code: 0, arrived: 6, removed: 1 });
    expect(await archived()).toEqual(wanted());
    await rm(path.join(folder(), "Ancien.json"));
    delete plans["Ancien"];
    const gone = await migrate("--pass", "delta", "--apply-deletions");
    expect({ code: gone.code, removed: gone.removed, archived: await archived() }).toEqual({ code: 0, removed: 8, archived: wanted() });
  });
});

async function log(tenant: string): Promise<string[]> {
  return (await readFile(path.join(tenant, "requests.jsonl"), "utf8").catch(() => "")).split("\n").filter((line) => line !== "").map((line) => (JSON.parse(line) as { path: string }).path);
}

function never(): never {
  throw new Error("not in the tenant");
}
