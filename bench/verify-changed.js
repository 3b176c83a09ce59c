// Seconds of `verify` and of `verify --changed`, one after the other, of mail on a mail server where nothing changed; then of the second where some messages were marked.
// Usage: IMAP_PORT=31143 node bench/verify-changed.js 4000      (messages in all, over USERS mailboxes: 10 unless the environment says otherwise; ROUNDS: 5; any account, password "secret")
import { spawn } from "node:child_process";
import { randomBytes } from "node:crypto";
import { mkdtemp, readdir, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { ImapFlow } from "imapflow";

const program = fileURLToPath(new URL("../bin/o365-exodus.js", import.meta.url));
const [users, rounds, port] = [Number(process.env.USERS ?? 10), Number(process.env.ROUNDS ?? 5), Number(process.env.IMAP_PORT ?? 31143)];
const prefix = `Essai ${randomBytes(4).toString("hex")}`;

async function run(args) {
  const started = performance.now();
  const child = spawn(process.execPath, [program, ...args, "--json"], { stdio: ["ignore", "pipe", "ignore"], env: { ...process.env, PASSWORD: "secret" } });
  let last = {};
  createInterface({ input: child.stdout }).on("line", (line) => {
    if (line.startsWith('{"type":"summary"')) last = JSON.parse(line);
  });
  const code = await new Promise((resolve) => child.once("close", resolve));
  return { code, seconds: Math.round((performance.now() - started) / 10) / 100, verified: last.verified, unread: last.unread };
}

/** As a person marks messages: the first of every full hundred of a mailbox. */
async function mark(user) {
  const client = new ImapFlow({ host: "127.0.0.1", port, secure: false, doSTARTTLS: false, auth: { user, pass: "secret" }, logger: false });
  await client.connect();
  for (const { path: name, flags } of await client.list()) {
    if (!name.startsWith(prefix) || flags.has("\\Noselect") || flags.has("\\NonExistent")) continue;
    const { exists } = await client.mailboxOpen(name);
    const chosen = Array.from({ length: Math.floor(exists / 100) }, (_, at) => at * 100 + 1).join(",");
    if (chosen !== "") await client.messageFlagsAdd(chosen, ["\\Answered", "\\Flagged"]);
  }
  await client.logout();
}

for (const messages of process.argv.slice(2).map(Number)) {
  const dir = await mkdtemp(path.join(tmpdir(), "exodus-bench-"));
  const tenant = path.join(dir, "tenant");
  await run(["sandbox", "generate", "--users", String(users), "--messages", String(Math.ceil(messages / users)), "--files", "0", "--median-bytes", "4000", "--out", tenant]);
  const sandbox = spawn(process.execPath, [program, "sandbox", "--tenant", tenant], { stdio: ["ignore", "pipe", "inherit"] });
  const ready = JSON.parse(await new Promise((resolve) => createInterface({ input: sandbox.stdout }).once("line", resolve)));
  await writeFile(path.join(dir, "secret"), ready.clientSecret);
  const config = path.join(dir, "exodus.yaml");
  await writeFile(config, JSON.stringify({
    source: { tenantId: ready.tenantId, clientId: ready.clientId, clientSecret: "file:secret", graph: ready.graph, authority: ready.authority, pace: "none" }, tls: { caFile: ready.caFile },
    targets: { mail: { adapter: "imap", host: "127.0.0.1", port, security: "none", password: "env:PASSWORD", prefix: [prefix] } }, routes: [{ workload: "mail", to: "mail" }],
  }));
  console.log(JSON.stringify({ migrate: (await run(["migrate", "--config", config])).code, messages, users }));
  for (let round = 0; round < rounds; round += 1) {
    const whole = await run(["verify", "--config", config]);
    const changed = await run(["verify", "--changed", "--config", config]);
    console.log(JSON.stringify({ round, whole: whole.seconds, same: whole.verified.same, changed: changed.seconds, unread: changed.unread }));
  }
  for (const name of await readdir(path.join(tenant, "users"))) await mark(name);
  const changed = await run(["verify", "--changed", "--config", config]);
  console.log(JSON.stringify({ marked: changed.verified, seconds: changed.seconds, unread: changed.unread, code: changed.code }));
  sandbox.kill();
  await rm(dir, { recursive: true, force: true });
}
