import { spawn, type ChildProcess } from "node:child_process";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { request } from "node:https";
import { tmpdir } from "node:os";
import path from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { stringify } from "yaml";

export const ROOT = fileURLToPath(new URL("../..", import.meta.url));
export const PROGRAM = path.join(ROOT, "bin/o365-exodus.js");

export interface Ended {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs the built program as a user would; never throws for its exit code. */
export async function cli(args: readonly string[], options: { cwd?: string; env?: NodeJS.ProcessEnv } = {}): Promise<Ended> {
  const child = spawn(process.execPath, [PROGRAM, ...args], { cwd: options.cwd ?? ROOT, env: { ...process.env, LANG: "C", ...options.env } });
  return ended(child);
}

/** Likewise, with no more than `most` files and connections open at once (ulimit -n). */
export async function cliWithin(most: number, args: readonly string[]): Promise<Ended> {
  return ended(spawn("sh", ["-c", `ulimit -n ${most} && exec "$@"`, "sh", process.execPath, PROGRAM, ...args], { cwd: ROOT, env: { ...process.env, LANG: "C" } }));
}

export function launch(args: readonly string[], options: { cwd?: string; env?: NodeJS.ProcessEnv } = {}): { child: ChildProcess; done: Promise<Ended> } {
  const child = spawn(process.execPath, [PROGRAM, ...args], { cwd: options.cwd ?? ROOT, env: { ...process.env, LANG: "C", ...options.env } });
  return { child, done: ended(child) };
}

async function ended(child: ChildProcess): Promise<Ended> {
  let [stdout, stderr] = ["", ""];
  child.stdout?.on("data", (chunk) => { stdout += String(chunk); });
  child.stderr?.on("data", (chunk) => { stderr += String(chunk); });
  const code = await new Promise<number | null>((resolve) => child.once("close", resolve));
  return { code, stdout, stderr };
}

/** JSON lines of a `--json` run, but for how far a long reading has come: that is told every ten seconds, so on a slow machine only. */
export function records(stdout: string): Record<string, unknown>[] {
  return stdout.split("\n").filter((line) => line.startsWith("{")).map((line) => JSON.parse(line) as Record<string, unknown>).filter(({ type }) => type !== "progress");
}

/** The last account of a `--json` run. */
export function summary(stdout: string): { seen: number; counts: Record<string, number>; removed: number; keptAfterDeletion: number; blocked: { code: string; message: string; remedy: string }[]; verified: Record<string, number> } {
  const last = records(stdout).filter(({ type }) => type === "summary").at(-1);
  if (last === undefined) throw new Error(`no summary in: ${stdout.slice(-2000)}`);
  return last as never;
}

export interface Served {
  readonly ready: Record<string, string>;
  control(action: "rescan" | "expire-deltas" | "expire-tokens" | "expire-codes" | "revoke-sign-ins"): Promise<void>;
  /** Requests served so far. */
  requests(): Promise<number>;
  /** By file of the tenant folder, what is not served as it stands. */
  warnings(): Promise<Readonly<Record<string, readonly string[]>>>;
  /** Requests served so far by method and status: "GET 200". */
  counts(): Promise<Readonly<Record<string, number>>>;
  /** Answers a device code as a person would on the page: who signs in, or nobody. */
  answerCode(code: string, person: string | undefined): Promise<void>;
  stop(): Promise<void>;
}

/** The sandbox in a process of its own. */
export async function serve(tenant: string, args: readonly string[] = []): Promise<Served> {
  const child = spawn(process.execPath, [PROGRAM, "sandbox", "--tenant", tenant, ...args], { stdio: ["ignore", "pipe", "inherit"] });
  const lines = createInterface({ input: child.stdout });
  const first = await new Promise<string>((resolve, reject) => {
    lines.once("line", resolve);
    child.once("exit", (code) => reject(new Error(`sandbox ended with ${code ?? "a signal"}`)));
  });
  const ready = JSON.parse(first) as Record<string, string>;
  const ca = await readFile(ready["caFile"] ?? "");
  const send = (method: string, target: string, form?: string): Promise<string> => new Promise((resolve, reject) => {
    const headers = form === undefined ? {} : { "content-type": "application/x-www-form-urlencoded" };
    const call = request(`${ready["graph"] ?? ""}${target}`, { method, ca, headers }, (answer) => {
      let text = "";
      answer.on("data", (chunk) => { text += String(chunk); });
      answer.once("end", () => (answer.statusCode === 200 ? resolve(text) : reject(new Error(String(answer.statusCode)))));
    });
    call.once("error", reject);
    call.end(form);
  });
  const ask = (method: string, action: string): Promise<string> => send(method, `/sandbox/${action}`);
  const counts = async (): Promise<Record<string, number>> => JSON.parse(await ask("GET", "requests")) as Record<string, number>;
  return {
    ready, counts,
    control: async (action) => void (await ask("POST", action)),
    requests: async () => Object.values(await counts()).reduce((sum, count) => sum + count, 0),
    warnings: async () => JSON.parse(await ask("GET", "warnings")) as Record<string, string[]>,
    answerCode: async (code, person) => void (await send("POST", "/device", new URLSearchParams({ code, ...(person === undefined ? { decision: "decline" } : { user: person }) }).toString())),
    stop: async () => {
      child.kill("SIGTERM");
      await new Promise((resolve) => child.once("close", resolve));
    },
  };
}

export interface WorkDir {
  readonly dir: string;
  readonly config: string;
  remove(): Promise<void>;
}

/** A configuration against a served sandbox without limits, with the archive as target unless told otherwise. */
export async function workDir(served: Pick<Served, "ready">, changes: Record<string, unknown> = {}, source: Record<string, unknown> = {}): Promise<WorkDir> {
  const dir = await mkdtemp(path.join(tmpdir(), "exodus-e2e-"));
  const { ready } = served;
  await writeFile(path.join(dir, "secret"), `${ready["clientSecret"] ?? ""}\n`);
  const config = path.join(dir, "exodus.yaml");
  await writeFile(config, stringify({
    version: 1,
    source: { tenantId: ready["tenantId"], clientId: ready["clientId"], clientSecret: "file:secret", graph: ready["graph"], authority: ready["authority"], pace: "none", ...source },
    tls: { caFile: ready["caFile"] },
    targets: { archive: { adapter: "archive", path: "./archive", index: false } },
    routes: [{ workload: ["mail", "calendar", "contacts", "files"], to: "archive" }],
    ...changes,
  }));
  return { dir, config, remove: () => rm(dir, { recursive: true, force: true }) };
}
