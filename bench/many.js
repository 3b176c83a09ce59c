// A vault of many small items: files, seconds and peak memory of filling, checking and rebuilding it.
// Usage: npm run build && node bench/many.js [items] [owners] [items of a batch]      (100000 8 500; DIR: the folder, else the system's for temporary files)
// A million items take about 5 GB (reckoned). Each step is a process of its own, so that its memory is its own; one line of JSON a step.
import { spawn } from "node:child_process";
import { createHash } from "node:crypto";
import { mkdtemp, readdir, readFile, rename, rm } from "node:fs/promises";
import { loadavg, tmpdir } from "node:os";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { itemDigest } from "../dist/src/core/digest.js";
import { openStateStore } from "../dist/src/state/store.js";
import { createVault, openVault } from "../dist/src/vault/vault.js";

const program = fileURLToPath(new URL("../bin/o365-exodus.js", import.meta.url));
const TICKS = 100;

const filling = process.argv[2] === "fill";
const [items = 100_000, atOnce = 8, batch = 500] = process.argv.slice(filling ? 4 : 2).map(Number);
await (filling ? fill(process.argv[3]) : measure());

async function measure() {
  const dir = await mkdtemp(path.join(process.env.DIR ?? tmpdir(), "exodus-bench-"));
  try {
    const vault = path.join(dir, "vault");
    await createVault(vault);
    await step("fill", [fileURLToPath(import.meta.url), "fill", vault, ...[items, atOnce, batch].map(String)]);
    const files = (await readdir(vault, { recursive: true, withFileTypes: true })).filter((entry) => entry.isFile());
    console.log(JSON.stringify({ items, owners: atOnce, files: files.length }));
    await step("check", [program, "vault", "check", "--vault", vault, "--json"]);
    await step("check --read-data", [program, "vault", "check", "--vault", vault, "--read-data", "--json"]);
    for (const name of await readdir(vault)) if (name.startsWith("state.sqlite")) await rename(path.join(vault, name), path.join(dir, name));
    await step("rebuild", [program, "vault", "rebuild", "--vault", vault, "--json"]);
    await step("check of the rebuilt", [program, "vault", "check", "--vault", vault, "--json"]);
  } finally {
    await rm(dir, { recursive: true, force: true });
  }
}

/** Seconds by the clock and of processors, and the most memory that was resident (VmHWM, proc(5)). */
async function step(name, args) {
  const started = performance.now();
  const child = spawn(process.execPath, args, { stdio: ["ignore", "pipe", "inherit"] });
  let [peak, cpu, told] = [0, 0, ""];
  const timer = setInterval(async () => {
    const [status, stat] = await Promise.all(["status", "stat"].map((file) => readFile(`/proc/${child.pid}/${file}`, "utf8").catch(() => "")));
    peak = Math.max(peak, Number(/VmHWM:\s+(\d+)/.exec(status)?.[1] ?? 0));
    // Behind the name, which may hold blanks: utime and stime are the 12th and 13th.
    const [user = 0, system = 0] = stat.slice(stat.lastIndexOf(")") + 2).split(" ").slice(11, 13).map(Number);
    cpu = Math.max(cpu, (user + system) / TICKS);
  }, 100);
  child.stdout.on("data", (chunk) => {
    told = (told + chunk).slice(-2_000);
  });
  const code = await new Promise((resolve) => child.once("close", resolve));
  clearInterval(timer);
  const seconds = (performance.now() - started) / 1_000;
  console.log(JSON.stringify({ step: name, code, seconds: Math.round(seconds), processorSeconds: Math.round(cpu), itemsPerSecond: Math.round(items / seconds), peakMB: Math.round(peak / 1024), load: Math.round(loadavg()[0]), told: told.trim().split("\n").at(-1) }));
}

/** As the engine stores what a page tells, of several owners at once. Bodies of 1 to 2 kB, each of its own. */
async function fill(dir) {
  const state = await openStateStore(path.join(dir, "state.sqlite"));
  const vault = await openVault(dir, { index: () => Promise.resolve(state) });
  await Promise.all(Array.from({ length: atOnce }, async (_, at) => {
    const owner = { id: `0e0c2a3e-owner-${at}`, name: `alice${at}@mairie.example`, kind: "user", displayName: "Alice Martin" };
    const unit = { workload: "mail", owner: owner.id };
    await state.saveOwner(owner);
    await state.openFeed(unit, "inbox", { ...unit, id: "inbox", name: "Boîte de réception" }, "run");
    const part = await vault.owner(owner);
    const to = Math.floor((items * (at + 1)) / atOnce);
    for (let first = Math.floor((items * at) / atOnce); first < to; first += batch) {
      const numbers = Array.from({ length: Math.min(batch, to - first) }, (_, n) => first + n);
      const told = await Promise.all(numbers.map(async (n) => lineOf(unit, n, await part.write(pieces(n), ".eml"))));
      const now = new Date().toISOString();
      const flushed = await part.commit("mail", told.map((item) => ({ v: 1, at: now, ...item })));
      await state.commitPull({ ...unit, feed: "inbox", changes: told.map((change, n) => ({ change, place: flushed.places[n] })), done: false, next: `after ${first}`, flushed });
    }
    await part.close();
  }));
  await vault.close();
}

async function* pieces(n) {
  const seed = createHash("sha256").update(String(n)).digest("hex");
  yield Buffer.from(`Message-ID: <${seed}@mairie.example>\r\n\r\n`.padEnd(1_000 + (n % 1_000), seed));
}

function lineOf(unit, n, body) {
  const record = { v: 1, type: "mail", subject: `Conseil municipal ${n}`, isRead: true, isDraft: false, flag: "none", importance: "normal", categories: [], hasAttachments: false };
  return {
    kind: "item", key: { ...unit, id: `AAMkAGI${String(n).padStart(12, "0")}` }, container: "inbox", version: "CQAAABYA", title: `Conseil municipal ${n}`,
    record, body, parts: [], digest: itemDigest(record, body, []), losses: [],
  };
}
