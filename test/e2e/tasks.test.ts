import { createHash } from "node:crypto";
import { cp, mkdir, readdir, readFile, rename, rm, writeFile } from "node:fs/promises";
import path from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "@jest/globals";
import { cli, ROOT, summary, workDir, type WorkDir } from "./cli.js";
import { stage, type Stage } from "./stage.js";

type Json = Record<string, unknown>;

const ZOE = "zoe@mairie.example";
const ROUTES = [{ workload: ["tasks"], to: "archive" }];

/** What a task of the tenant folder, or one of the archive, says, in words of neither. Shares no code with the program. */
interface Told {
  readonly list: string;
  readonly title: string;
  readonly done: boolean;
  readonly due: string | null;
  readonly text: string;
  readonly steps: readonly [string, boolean][];
  readonly links: readonly string[];
  readonly files: readonly [string, string][];
  readonly categories: readonly string[];
}

async function ofTenant(home: string): Promise<Told[]> {
  const told: Told[] = [];
  for (const list of await names(path.join(home, "todo"))) {
    for (const name of (await names(path.join(home, "todo", list))).filter((one) => one.endsWith(".json") && one !== "list.json")) {
      const file = path.join(home, "todo", list, name);
      const task = JSON.parse(await readFile(file, "utf8")) as Json;
      const attached = file.replace(/\.json$/, ".files");
      const body = task["body"] ?? "";
      const due = task["dueDateTime"];
      told.push({
        list, title: String(task["title"]), done: task["status"] === "completed", due: typeof due === "string" ? due.slice(0, 10) : null, text: typeof body === "string" ? body : String((body as Json)["content"]),
        steps: array(task["checklistItems"]).map((step) => (typeof step === "string" ? [step, false] : [String(step["displayName"]), step["isChecked"] === true])),
        links: array(task["linkedResources"]).map((link) => String((link as Json)["webUrl"])), files: await Promise.all((await names(attached)).map(async (one): Promise<[string, string]> => [one, await sha(path.join(attached, one))])),
        categories: array(task["categories"]).map(String),
      });
    }
  }
  return told.sort(byTitle);
}

async function ofArchive(home: string): Promise<Told[]> {
  const told: Told[] = [];
  for (const list of await names(path.join(home, "tasks"))) {
    const folder = path.join(home, "tasks", list);
    for (const name of (await names(folder)).filter((one) => one.endsWith(".json"))) {
      const { record, files } = JSON.parse(await readFile(path.join(folder, name), "utf8")) as { record: Json; files: Record<string, string> };
      if (record["type"] !== "task") continue;
      for (const [file, hash] of Object.entries(files)) expect(await sha(path.join(folder, file))).toBe(hash);
      const text = Object.keys(files).find((file) => !file.includes("/"));
      told.push({
        list, title: String(record["summary"]), done: record["status"] === "completed", due: (record["due"] as { at: string } | undefined)?.at.slice(0, 10) ?? null,
        text: text === undefined ? "" : await readFile(path.join(folder, text), "utf8"), steps: array(record["checklist"]).map((step) => [String((step as Json)["title"]), (step as Json)["done"] === true]),
        links: array(record["links"]).map((link) => String((link as Json)["url"])), files: array(record["attachments"]).map((one) => [String((one as Json)["name"]), String((one as Json)["sha256"])]),
        categories: array(record["categories"]).map(String),
      });
    }
  }
  return told.sort(byTitle);
}

describe("tasks of To Do", () => {
  let staged: Stage;
  let home: string;
  const put = async (file: string, value: unknown): Promise<void> => {
    await mkdir(path.dirname(path.join(home, "todo", file)), { recursive: true });
    await writeFile(path.join(home, "todo", file), Buffer.isBuffer(value) ? value : JSON.stringify(value));
  };
  const archived = (work: WorkDir): Promise<Told[]> => ofArchive(path.join(work.dir, "archive/users", ZOE));
  const migrate = async (work: WorkDir, ...args: string[]) => {
    const run = await cli(["migrate", ...args, "--config", work.config, "--json"]);
    return { code: run.code, ...summary(run.stdout) };
  };

  beforeAll(async () => {
    staged = await stage(async (tenant) => {
      await writeFile(path.join(tenant, "tenant.json"), JSON.stringify({ name: "Mairie", domain: "mairie.example" }));
      home = path.join(tenant, "users", ZOE);
      await mkdir(home, { recursive: true });
      await writeFile(path.join(home, "profile.json"), JSON.stringify({ displayName: "Zoé" }));
      // More than a page of 100.
      for (let index = 0; index < 130; index += 1) await put(`Tâches/t${String(index).padStart(3, "0")}.json`, { title: `Tâche ${String(index).padStart(3, "0")}`, status: index % 3 === 0 ? "completed" : "notStarted" });
      await put("Tâches/t007.json", {
        title: "Tâche 007", importance: "high", dueDateTime: "2026-03-13", body: { contentType: "html", content: "<p>Détail</p>" }, categories: ["Élus"], checklistItems: [{ displayName: "Un", isChecked: true }, "Deux"],
        linkedResources: [{ webUrl: "https://mairie.example/1" }], recurrence: { pattern: { type: "weekly", interval: 2, daysOfWeek: ["friday"], firstDayOfWeek: "monday" }, range: { type: "noEnd", startDate: "2026-03-13" } },
      });
      await put("Tâches/t007.files/plan.png", Buffer.from([137, 80, 78, 71, 0, 255]));
      await put("Tâches/t007.files/note.txt", Buffer.from("bonjour"));
      await put("Partagée/list.json", { isShared: true });
      await put("Partagée/a.json", { title: "À deux" });
      await put("Indicateurs/list.json", { wellknownListName: "flaggedEmails" });
      await put("Indicateurs/m.json", { title: "Message à suivre", linkedResources: [{ webUrl: "https://outlook.example/1" }] });
    }, (tenant) => ["--log", path.join(tenant, "requests.jsonl")]);
  });

  afterAll(() => staged.remove());

  it("arrive whole, with text, steps, links and files, and are the same on a second pass", async () => {
    const work = await workDir(staged.served, { routes: ROUTES });
    try {
      const doctor = await cli(["doctor", "--config", work.config]);
      expect({ code: doctor.code, asked: doctor.stdout.includes("Tasks.Read.All") }).toEqual({ code: 0, asked: true });
      const run = await migrate(work);
      const wanted = await ofTenant(home);
      // Each list is an item too.
      expect({ code: run.code, seen: run.seen, migrated: run.counts["migrated"] }).toEqual({ code: 0, seen: 132 + 3, migrated: 132 + 3 });
      expect(await archived(work)).toEqual(wanted);
      const seven = wanted.find(({ title }) => title === "Tâche 007");
      expect({ files: seven?.files.length, steps: seven?.steps.length }).toEqual({ files: 2, steps: 2 });
      const folder = path.join(work.dir, "archive/users", ZOE, "tasks");
      const documents = async (list: string): Promise<Json[]> => Promise.all((await names(path.join(folder, list))).filter((one) => one.endsWith(".json")).map(async (one) => (JSON.parse(await readFile(path.join(folder, list, one), "utf8")) as { record: Json }).record));
      expect((await documents("Tâches")).find(({ summary: title }) => title === "Tâche 007")).toMatchObject({ priority: 1, due: { at: "2026-03-13T00:00:00", zone: "UTC" }, recurrence: "FREQ=WEEKLY;INTERVAL=2;BYDAY=FR;WKST=MO" });
      expect(await documents("Indicateurs")).toEqual(expect.arrayContaining([expect.objectContaining({ type: "task-list", purpose: "flagged-mail" }), expect.objectContaining({ summary: "Message à suivre", ofMessage: true })]));
      expect(await documents("Partagée")).toEqual(expect.arrayContaining([expect.objectContaining({ type: "task-list", shared: true, owned: true })]));
      const again = await migrate(work, "--pass", "delta");
      expect(again.counts).toMatchObject({ migrated: 0, converted: 0, "already-there": 135 });
      expect(summary((await cli(["verify", "--config", work.config, "--json"])).stdout).verified).toMatchObject({ same: 135, missing: 0, different: 0 });
      expect((await cli(["vault", "check", "--read-data", "--config", work.config])).code).toBe(0);
    } finally {
      await work.remove();
    }
  });

  it("are followed: changed, added, removed and moved ones, a renamed list and a file attached later", async () => {
    const work = await workDir(staged.served, { routes: ROUTES });
    try {
      await migrate(work);
      await put("Tâches/t001.json", { title: "Tâche 001", status: "completed", body: "faite" });
      await put("Tâches/t002.files/tard.txt", Buffer.from("tard"));
      await put("Tâches/nouvelle.json", { title: "Nouvelle" });
      await rm(path.join(home, "todo/Tâches/t003.json"));
      await rename(path.join(home, "todo/Tâches/t004.json"), path.join(home, "todo/Partagée/t004.json"));
      await rename(path.join(home, "todo/Indicateurs"), path.join(home, "todo/À suivre"));
      await staged.served.control("rescan");
      const before = (await requests(staged.tenant)).length;
      const delta = await migrate(work, "--pass", "delta", "--apply-deletions");
      // The changed one, the one with a file, the new one, the moved one, and the list's card.
      expect({ code: delta.code, arrived: (delta.counts["migrated"] ?? 0) + (delta.counts["converted"] ?? 0), removed: delta.removed }).toEqual({ code: 0, arrived: 5, removed: 1 });
      expect(await archived(work)).toEqual(await ofTenant(home));
      const asked = (await requests(staged.tenant)).slice(before).filter(({ path: at }) => at.includes("/todo/"));
      // The list of lists, a delta each, and what the one attached file needs.
      expect(asked.map(({ path: at }) => at.replace(/.*\/todo\/lists\/?/, "").replace(/[\w-]{30,}/g, "…")).sort()).toEqual(["", "…/tasks/delta", "…/tasks/delta", "…/tasks/delta", "…/tasks/…/attachments", "…/tasks/…/attachments/…/$value"]);
      await staged.served.control("expire-deltas");
      expect((await migrate(work, "--pass", "delta")).counts).toMatchObject({ migrated: 0, converted: 0, failed: 0 });
    } finally {
      await work.remove();
    }
  });
});

describe("tasks of To Do, cut in the middle of a list", () => {
  it("go on from the page that was not read", async () => {
    let tasks = 0;
    const staged = await stage(async (tenant) => {
      await cp(path.join(ROOT, "fixtures/tenant/tenant.json"), path.join(tenant, "tenant.json"));
      const list = path.join(tenant, "users", ZOE, "todo/Tâches");
      await mkdir(list, { recursive: true });
      for (; tasks < 230; tasks += 1) await writeFile(path.join(list, `${String(tasks)}.json`), JSON.stringify({ title: `Tâche ${String(tasks)}` }));
      await writeFile(path.join(tenant, "faults.json"), JSON.stringify([{ match: "tasks/delta.*skiptoken", nth: 2, status: 403, body: { error: { code: "ErrorAccessDenied", message: "Access is denied." } } }]));
    }, (tenant) => ["--faults", path.join(tenant, "faults.json"), "--log", path.join(tenant, "requests.jsonl")]);
    const work = await workDir(staged.served, { routes: ROUTES });
    try {
      const cut = await cli(["migrate", "--config", work.config, "--json"]);
      expect({ code: cut.code, blocked: summary(cut.stdout).blocked.map(({ code }) => code), seen: summary(cut.stdout).seen }).toEqual({ code: expect.any(Number), blocked: ["GRAPH_CONSENT"], seen: 201 });
      const before = (await requests(staged.tenant)).length;
      const whole = await cli(["migrate", "--config", work.config, "--json"]);
      expect({ code: whole.code, seen: summary(whole.stdout).seen }).toEqual({ code: 0, seen: tasks + 1 });
      const deltas = (await requests(staged.tenant)).slice(before).filter(({ path: at }) => at.endsWith("/delta"));
      expect(deltas).toEqual([expect.objectContaining({ query: expect.stringContaining("skiptoken") })]);
      expect((await ofArchive(path.join(work.dir, "archive/users", ZOE))).length).toBe(tasks);
    } finally {
      await work.remove();
      await staged.remove();
    }
  });
});

async function requests(tenant: string): Promise<{ path: string; query: string }[]> {
  return (await readFile(path.join(tenant, "requests.jsonl"), "utf8")).trim().split("\n").map((line) => JSON.parse(line) as { path: string; query: string });
}

async function names(dir: string): Promise<string[]> {
  return (await readdir(dir).catch(() => [] as string[])).map((name) => name.normalize("NFC")).sort();
}

async function sha(file: string): Promise<string> {
  return createHash("sha256").update(await readFile(file)).digest("hex");
}

function array(value: unknown): (string | Json)[] {
  return Array.isArray(value) ? (value as (string | Json)[]) : [];
}

function byTitle(a: Told, b: Told): number {
  return a.title < b.title ? -1 : 1;
}
