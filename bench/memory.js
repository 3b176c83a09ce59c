// Peak resident memory of `migrate` (archive target) at several mailbox sizes, side by side in one run.
// Usage: npm run bench -- 5000 50000      (messages in all, over USERS mailboxes, 1 unless told; the last size also gets a 2 GB file with BIG=2000000000; HEAP=96
// keeps the heap of `migrate` to so many megabytes, so that garbage that is not collected yet does not count)
import { spawn } from "node:child_process";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";

const program = fileURLToPath(new URL("../bin/o365-exodus.js", import.meta.url));
const users = Number(process.env.USERS ?? 1);
const sizes = process.argv.slice(2).map(Number).filter((size) => size > 0);

/** V8's flags for the process that is measured. */
const heap = process.env.HEAP === undefined ? [] : [`--max-old-space-size=${process.env.HEAP}`, "--max-semi-space-size=8"];

async function run(args, flags = []) {
  const child = spawn(process.execPath, [...flags, program, ...args], { stdio: ["ignore", "ignore", "inherit"] });
  let peak = 0;
  const timer = setInterval(async () => {
    const status = await readFile(`/proc/${child.pid}/status`, "utf8").catch(() => "");
    peak = Math.max(peak, Number(/VmHWM:\s+(\d+)/.exec(status)?.[1] ?? 0));
  }, 100);
  const code = await new Promise((resolve) => child.once("close", resolve));
  clearInterval(timer);
  return { code, peakMB: Math.round(peak / 1024) };
}

for (const messages of sizes.length > 0 ? sizes : [1000, 5000]) {
  const dir = await mkdtemp(path.join(tmpdir(), "exodus-bench-"));
  const tenant = path.join(dir, "tenant");
  const big = process.env.BIG !== undefined && messages === sizes.at(-1) ? ["--big-file-bytes", process.env.BIG] : [];
  await run(["sandbox", "generate", "--users", String(users), "--messages", String(Math.ceil(messages / users)), "--files", "10", "--median-bytes", "4000", "--out", tenant, ...big]);
  const sandbox = spawn(process.execPath, [program, "sandbox", "--tenant", tenant], { stdio: ["ignore", "pipe", "inherit"] });
  const ready = JSON.parse(await new Promise((resolve) => createInterface({ input: sandbox.stdout }).once("line", resolve)));
  await writeFile(path.join(dir, "secret"), ready.clientSecret);
  await writeFile(path.join(dir, "exodus.yaml"), JSON.stringify({
    source: { tenantId: ready.tenantId, clientId: ready.clientId, clientSecret: "file:secret", graph: ready.graph, authority: ready.authority, pace: "none" }, tls: { caFile: ready.caFile },
    targets: { archive: { adapter: "archive", path: "archive", index: false } }, routes: [{ workload: ["mail", "files"], to: "archive" }],
  }));
  const started = Date.now();
  const result = await run(["migrate", "--config", path.join(dir, "exodus.yaml"), "--quiet"], heap);
  console.log(JSON.stringify({ messages, users, big: big[1] ?? null, ...result, seconds: Math.round((Date.now() - started) / 1000) }));
  sandbox.kill();
  await rm(dir, { recursive: true, force: true });
}
