// Time of a pull under the published limits, against the least time that they allow.
// Usage: node bench/efficiency.js [mail|files|channels ...]        (after npm run build); APPS=3 measures with so many applications alone
// The sandbox enforces the limits shortened (--throttle-scale); the reader is told the same scale (source.throttleScale), so that both keep to the same figures.
import { spawn } from "node:child_process";
import { mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { boundOf } from "../dist/src/graph/pace/bound.js";
import { generateTenant } from "../dist/src/sandbox/generate.js";

const program = fileURLToPath(new URL("../bin/o365-exodus.js", import.meta.url));
const LATENCY_MS = 20;
const extra = [1, 2].map((index) => ({ clientId: `00000000-0000-4000-8000-00000000000${index}`, clientSecret: `secret-${index}` }));

const CASES = {
  // 250 requests to the mailbox in 15 seconds.
  mail: {
    scale: 0.025, parallelUnits: 4, groups: "none",
    fill: (dir) => generateTenant({ dir, users: 1, messages: Number(process.env.MESSAGES ?? 2_300), files: 0, seed: 1, medianBytes: 4_000 }),
  },
  // 312 units of SharePoint in 15 seconds; three drives, so that three applications have one each.
  files: {
    scale: 0.25, parallelUnits: 6, groups: "none",
    fill: (dir) => generateTenant({ dir, users: 6, messages: 0, files: Number(process.env.FILES ?? 130), seed: 1, medianBytes: 4_000 }),
  },
  // Windows of a second are not shortened: one request a second to a channel, twenty to all.
  channels: { scale: 1, parallelUnits: 16, groups: "all", fill: (dir) => teams(dir, Number(process.env.TEAMS ?? 300), 50) },
};

/** Teams of one channel each. */
async function teams(dir, count, messages) {
  await mkdir(path.join(dir, "users", "anne@mairie.example"), { recursive: true });
  await writeFile(path.join(dir, "tenant.json"), JSON.stringify({ name: "Mairie", domain: "mairie.example" }));
  await writeFile(path.join(dir, "users", "anne@mairie.example", "profile.json"), JSON.stringify({ displayName: "Anne" }));
  for (let team = 0; team < count; team += 1) {
    const home = path.join(dir, "teams", `Equipe ${team}`, "General");
    await mkdir(home, { recursive: true });
    await writeFile(path.join(dir, "teams", `Equipe ${team}`, "team.json"), JSON.stringify({ displayName: `Equipe ${team}`, members: [{ user: "anne@mairie.example", roles: ["owner"] }] }));
    await writeFile(path.join(home, "channel.json"), JSON.stringify({ membershipType: "standard" }));
    const lines = Array.from({ length: messages }, (_, index) => JSON.stringify({
      id: String(1_700_000_000_000 + team * 100_000 + index), messageType: "message", createdDateTime: new Date(1_700_000_000_000 + index * 60_000).toISOString(),
      lastModifiedDateTime: new Date(1_700_000_000_000 + index * 60_000).toISOString(), from: null, body: { contentType: "text", content: `Message ${index}` }, replies: [],
    }));
    await writeFile(path.join(home, "messages.jsonl"), `${lines.join("\n")}\n`);
  }
}

async function run(args) {
  const child = spawn(process.execPath, [program, ...args], { stdio: ["ignore", "pipe", "inherit"] });
  let stdout = "";
  child.stdout.on("data", (chunk) => { stdout += chunk; });
  const code = await new Promise((resolve) => child.once("close", resolve));
  return { code, rows: stdout.split("\n").filter((line) => line.startsWith("{")).map((line) => JSON.parse(line)) };
}

for (const workload of process.argv.length > 2 ? process.argv.slice(2) : Object.keys(CASES)) {
  const { scale, parallelUnits, groups, fill } = CASES[workload];
  for (const apps of process.env.APPS === undefined ? [1, 3] : [Number(process.env.APPS)]) {
    const dir = await mkdtemp(path.join(tmpdir(), "exodus-efficiency-"));
    const tenant = path.join(dir, "tenant");
    await fill(tenant);
    const told = JSON.parse(await readFile(path.join(tenant, "tenant.json"), "utf8"));
    await writeFile(path.join(tenant, "tenant.json"), JSON.stringify({ ...told, apps: extra }));
    const log = path.join(dir, "requests.jsonl");
    const sandbox = spawn(process.execPath, [program, "sandbox", "--tenant", tenant, "--throttle", "documented", "--throttle-scale", String(scale), "--latency", String(LATENCY_MS), "--log", log], { stdio: ["ignore", "pipe", "inherit"] });
    const ready = JSON.parse(await new Promise((resolve) => createInterface({ input: sandbox.stdout }).once("line", resolve)));
    const secrets = [ready.clientSecret, ...extra.map(({ clientSecret }) => clientSecret)];
    await Promise.all(secrets.map((secret, index) => writeFile(path.join(dir, `secret-${index}`), secret)));
    const config = path.join(dir, "exodus.yaml");
    await writeFile(config, JSON.stringify({
      source: {
        tenantId: ready.tenantId, clientId: ready.clientId, clientSecret: "file:secret-0", graph: ready.graph, authority: ready.authority, throttleScale: scale, spreadFiles: apps > 1, licences: 1,
        apps: apps === 1 ? [] : extra.map(({ clientId }, index) => ({ clientId, clientSecret: `file:secret-${index + 1}` })),
      },
      tls: { caFile: ready.caFile }, groups, targets: { archive: { adapter: "archive", path: "archive", index: false } }, routes: [{ workload, to: "archive" }], limits: { parallelUnits },
    }));
    const { code, rows } = await run(["pull", "--config", config, "--json"]);
    sandbox.kill();
    await new Promise((resolve) => sandbox.once("close", resolve));
    const requests = (await readFile(log, "utf8")).trim().split("\n").map((line) => JSON.parse(line)).filter(({ path: at }) => at.startsWith("/v1.0/") || at.startsWith("/download/"));
    const ends = requests.map(({ time }) => Date.parse(time));
    const measured = (Math.max(...ends) - Math.min(...ends.map((end, index) => end - requests[index].ms))) / 1_000;
    const demands = await counted(workload, requests, rows, tenant);
    const { milliseconds, lines } = boundOf(demands, { licences: 1, delegated: false, scale, apps, spreadFiles: apps > 1, versions: true, roundTripMs: LATENCY_MS });
    const bound = milliseconds / 1_000;
    console.log(JSON.stringify({
      workload, apps, code, items: demands.reduce((sum, { items }) => sum + items, 0), requests: requests.length, refused: requests.filter(({ status }) => status === 429 || status === 503).length,
      boundSeconds: bound, measuredSeconds: Math.round(measured * 10) / 10, ratio: Math.round((measured / bound) * 1_000) / 1_000, arithmetic: lines.map(({ arithmetic }) => arithmetic),
    }));
    await rm(dir, { recursive: true, force: true });
  }
}

/** What there is to read, from the generator's own figures. */
async function counted(workload, requests, _rows, _tenant) {
  if (workload === "channels") return Array.from({ length: Number(process.env.TEAMS ?? 300) }, (_, index) => ({ workload, owner: `team ${index}`, containers: 1, items: 50 }));
  if (workload === "files") return Array.from({ length: 6 }, (_, index) => ({ workload, owner: `drive ${index}`, containers: 1, items: Number(process.env.FILES ?? 130) }));
  const folders = new Set(requests.filter(({ path: at }) => at.endsWith("/messages/delta")).map(({ path: at }) => at)).size;
  return [{ workload, owner: "mailbox", containers: folders, items: Number(process.env.MESSAGES ?? 2_300) }];
}
