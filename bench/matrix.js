// A long conversation to a real Synapse, killed on the way, read back by a program of its own: seconds and resident memory as it grows.
// Usage: npm run build && node bench/matrix.js DIR [messages] [pictures] [killed at …]      (20000 2000 5000 10000 15000)
// DIR keeps tenant, server and vault, so that it may be run in pieces: SECONDS=800 kills the run then, and the next call goes on. One line of JSON a run, and one of the reading.
import { execFileSync, spawn } from "node:child_process";
import { createHash, randomInt } from "node:crypto";
import { chmod, mkdir, readFile, writeFile } from "node:fs/promises";
import { createServer } from "node:net";
import path from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";

const program = fileURLToPath(new URL("../bin/o365-exodus.js", import.meta.url));
const synapse = fileURLToPath(new URL("../fixtures/servers/synapse", import.meta.url));
const reader = fileURLToPath(new URL("../test/e2e/read_matrix.py", import.meta.url));
const DOMAIN = "commune.example";
const TOKEN = "as-secret";
const PEOPLE = 20;
const RICH = "<p><at id=\"0\">Agent 3</at></p><table><tr><td>Cote</td><td>12</td></tr></table><pre><code>si (a &lt; b) alors</code></pre>";
const HEAP = "--max-old-space-size=96 --max-semi-space-size=8";

const [told, messages = 20_000, pictures = 2_000, ...kills] = process.argv.slice(2).map((arg, at) => (at === 0 ? path.resolve(arg) : Number(arg)));
const dir = told;
const ends = Date.now() + Number(process.env.SECONDS ?? 86_400) * 1_000;
const tenant = path.join(dir, "tenant");
await mkdir(dir, { recursive: true });
await chmod(dir, 0o755);
const port = await remembered("port", freePort);
await remembered("filled", fill);
const env = { ...process.env, EXODUS_SERVERS_DIR: process.env.EXODUS_SERVERS_DIR ?? path.join(dir, "servers"), EXODUS_SYNAPSE_PORT: process.env.EXODUS_SYNAPSE_PORT ?? port };
const { host, port: listens } = JSON.parse(execFileSync(synapse, ["start"], { env, encoding: "utf8" }));
const url = `http://${host}:${listens}`;

// The vault remembers where to read on: the sandbox has to be there again.
const sandbox = spawn(process.execPath, [program, "sandbox", "--tenant", tenant, "--port", await remembered("sandbox-port", freePort)], { stdio: ["ignore", "pipe", "inherit"] });
try {
  const config = await configure(JSON.parse(await new Promise((resolve) => createInterface({ input: sandbox.stdout }).once("line", resolve))));
  let pushed = Number(await remembered("pushed", () => "0"));
  for (let ended = false; !ended && Date.now() < ends;) {
    const killAt = kills.find((at) => at > pushed);
    const run = await migrate(config, killAt === undefined ? Infinity : killAt - pushed);
    pushed += run.items;
    await writeFile(path.join(dir, "pushed"), String(pushed));
    console.log(JSON.stringify({ run: run.code === null ? "killed" : "ended", ...run, pushed }));
    ended = run.code !== null;
    if (ended) console.log(JSON.stringify({ read: JSON.parse(execFileSync("python3", [reader, tenant, url, TOKEN, DOMAIN, "500"], { encoding: "utf8", maxBuffer: 1 << 28 })) }));
  }
} finally {
  sandbox.kill();
  if (process.env.EXODUS_SERVERS_DIR === undefined) execFileSync(synapse, ["stop"], { env });
}

/** Runs `migrate` until it ends, has pushed `most` items or the time is over; the last two by SIGKILL. */
async function migrate(config, most) {
  const started = Date.now();
  const child = spawn(process.execPath, [program, "migrate", "--config", config, "--json"], { stdio: ["ignore", "pipe", "inherit"], env: { ...process.env, NODE_OPTIONS: HEAP, EXODUS_BENCH_TOKEN: TOKEN } });
  const kill = () => child.kill("SIGKILL");
  const timer = setTimeout(kill, Math.max(0, ends - Date.now()));
  process.once("SIGTERM", kill);
  const residentMB = {};
  let [items, summary] = [0, {}];
  const step = Math.max(1, Math.round(messages / 20));
  for await (const line of createInterface({ input: child.stdout })) {
    const record = line.startsWith("{") ? JSON.parse(line) : {};
    if (record.type === "summary") summary = record.counts;
    if (record.type !== "item" || record.stage !== "push") continue;
    items += 1;
    if (items % step === 0) residentMB[items] = await resident(child.pid);
    if (items >= most) kill();
  }
  const code = child.exitCode ?? (child.signalCode === null ? await new Promise((resolve) => child.once("close", resolve)) : null);
  clearTimeout(timer);
  process.off("SIGTERM", kill);
  return { code, items, seconds: Math.round((Date.now() - started) / 1_000), residentMB, counts: summary };
}

async function resident(pid) {
  const status = await readFile(`/proc/${pid}/status`, "utf8").catch(() => "");
  return Math.round(Number(/VmRSS:\s+(\d+)/.exec(status)?.[1] ?? 0) / 1_024);
}

async function configure(ready) {
  await writeFile(path.join(dir, "secret"), ready.clientSecret);
  const config = path.join(dir, "exodus.yaml");
  await writeFile(config, JSON.stringify({
    source: { tenantId: ready.tenantId, clientId: ready.clientId, clientSecret: "file:secret", graph: ready.graph, authority: ready.authority, pace: "none" }, tls: { caFile: ready.caFile }, groups: "all",
    targets: { salons: { adapter: "matrix", url, token: "env:EXODUS_BENCH_TOKEN", domains: [DOMAIN] } }, routes: [{ workload: "channels", to: "salons" }],
  }));
  return config;
}

/** One channel. Two messages of five answer one that came before, some of them one of long ago. */
async function fill() {
  const person = (at) => `agent${at % PEOPLE}@${DOMAIN}`;
  for (let at = 0; at < PEOPLE; at += 1) await write(path.join("users", person(at), "profile.json"), { displayName: `Agent ${at}` });
  await write("tenant.json", { name: "Commune", domain: DOMAIN });
  await write("teams/Chantiers/team.json", { displayName: "Chantiers", members: Array.from({ length: PEOPLE }, (_, at) => (at === 0 ? { user: person(at), roles: ["owner"] } : person(at))) });
  await write("teams/Chantiers/Fil/channel.json", { displayName: "Fil", membershipType: "standard", description: "Relevés des chantiers" });
  const roots = [];
  for (let index = 0; index < messages; index += 1) {
    const picture = Math.floor(((index + 1) * pictures) / messages) > Math.floor((index * pictures) / messages);
    const name = `photo-${index}.png`;
    if (picture) await write(`teams/Chantiers/Fil/hosted/${name}`, pictureOf(index));
    const at = new Date(Date.UTC(2023, 0, 2) + index * 61_000).toISOString();
    // One of twenty has a table, code, a mention and a reaction.
    const rich = index % 20 === 7;
    const more = { mentions: [{ id: 0, mentionText: "Agent 3", mentioned: person(3) }], reactions: [{ reactionType: "like", createdDateTime: at, user: person(index) }] };
    const message = {
      createdDateTime: at, lastModifiedDateTime: at, from: person(index * 7), ...(rich ? more : {}),
      body: { contentType: "html", content: `<p>Relevé ${index} du chantier</p>${picture ? `<p><img src="../hostedContents/${name}/$value" alt="Photo ${index}"></p>` : ""}${rich ? RICH : ""}` },
    };
    if (index % 5 === 3) roots[roots.length - 1].replies.push(message);
    else if (index % 5 === 4) roots[Math.floor(roots.length / 2)].replies.push(message);
    else roots.push({ ...message, replies: [] });
  }
  await write("teams/Chantiers/Fil/messages.jsonl", `${roots.map((root) => JSON.stringify(root)).join("\n")}\n`);
  return "yes";
}

/** Begins as a PNG does; each with bytes of its own, 2 to 20 kB. */
function pictureOf(index) {
  const pieces = Array.from({ length: 60 + ((index * 37) % 560) }, (_, piece) => createHash("sha256").update(`${index} ${piece}`).digest());
  return Buffer.concat([Buffer.from("89504e470d0a1a0a", "hex"), ...pieces]);
}

async function write(file, content) {
  await mkdir(path.dirname(path.join(tenant, file)), { recursive: true });
  await writeFile(path.join(tenant, file), typeof content === "string" || Buffer.isBuffer(content) ? content : JSON.stringify(content));
}

/** What an earlier call wrote down, else what `make` gives. */
async function remembered(name, make) {
  const file = path.join(dir, name);
  const before = await readFile(file, "utf8").catch(() => undefined);
  if (before !== undefined) return before;
  const value = await make();
  await writeFile(file, value);
  return value;
}

/** Remembered, and bound again by the next call: below those that Linux gives to outgoing connections (fixtures/servers/PORTS.md). */
async function freePort() {
  for (;;) {
    const port = 20_000 + randomInt(10_000);
    if (await isFree(port)) return String(port);
  }
}

function isFree(port) {
  return new Promise((resolve) => {
    const probe = createServer().once("error", () => resolve(false)).listen(port, "127.0.0.1", () => probe.close(() => resolve(true)));
  });
}
