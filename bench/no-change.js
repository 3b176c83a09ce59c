// Requests and seconds of a first reading, and of a delta pass in which nothing changed, at several sizes.
// Usage: node bench/no-change.js 20000 100000      (messages in all, over USERS mailboxes: 10 unless the environment says otherwise)
import { spawn } from "node:child_process";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { request } from "node:https";
import { tmpdir } from "node:os";
import path from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";

const program = fileURLToPath(new URL("../bin/o365-exodus.js", import.meta.url));
const users = Number(process.env.USERS ?? 10);

/** Runs to the end; the last account of a --json run, with seconds and peak memory. */
async function run(args) {
  const started = performance.now();
  const child = spawn(process.execPath, [program, ...args], { stdio: ["ignore", "pipe", "inherit"] });
  let [peak, last] = [0, {}];
  const timer = setInterval(async () => {
    peak = Math.max(peak, Number(/VmHWM:\s+(\d+)/.exec(await readFile(`/proc/${child.pid}/status`, "utf8").catch(() => ""))?.[1] ?? 0));
  }, 200);
  createInterface({ input: child.stdout }).on("line", (line) => {
    if (line.startsWith('{"type":"summary"')) last = JSON.parse(line);
  });
  const code = await new Promise((resolve) => child.once("close", resolve));
  clearInterval(timer);
  return { code, seen: last.seen, seconds: Math.round((performance.now() - started) / 100) / 10, peakMB: Math.round(peak / 1024) };
}

for (const messages of process.argv.slice(2).map(Number)) {
  const dir = await mkdtemp(path.join(tmpdir(), "exodus-bench-"));
  const tenant = path.join(dir, "tenant");
  await run(["sandbox", "generate", "--users", String(users), "--messages", String(Math.ceil(messages / users)), "--files", "10", "--median-bytes", "400", "--out", tenant]);
  const sandbox = spawn(process.execPath, ["--max-old-space-size=6000", program, "sandbox", "--tenant", tenant], { stdio: ["ignore", "pipe", "inherit"] });
  const ready = JSON.parse(await new Promise((resolve) => createInterface({ input: sandbox.stdout }).once("line", resolve)));
  const ca = await readFile(ready.caFile);
  const asked = () => new Promise((resolve, reject) => {
    request(`${ready.graph}/sandbox/requests`, { ca }, (answer) => {
      let text = "";
      answer.on("data", (chunk) => { text += chunk; }).once("end", () => resolve(Object.values(JSON.parse(text)).reduce((sum, count) => sum + count, 0)));
    }).once("error", reject).end();
  });
  await writeFile(path.join(dir, "secret"), ready.clientSecret);
  const config = path.join(dir, "exodus.yaml");
  await writeFile(config, JSON.stringify({
    source: { tenantId: ready.tenantId, clientId: ready.clientId, clientSecret: "file:secret", graph: ready.graph, authority: ready.authority, pace: "none" }, tls: { caFile: ready.caFile },
    targets: { archive: { adapter: "archive", path: "archive", index: false } }, routes: [{ workload: ["mail", "contacts", "files"], to: "archive" }],
  }));
  const counts = [await asked()];
  const first = await run(["pull", "--config", config, "--json"]);
  counts.push(await asked());
  const again = await run(["pull", "--pass", "delta", "--config", config, "--json"]);
  counts.push(await asked());
  console.log(JSON.stringify({ messages, users, first: { ...first, requests: counts[1] - counts[0] - 1 }, again: { ...again, requests: counts[2] - counts[1] - 1 } }));
  sandbox.kill();
  await rm(dir, { recursive: true, force: true });
}
