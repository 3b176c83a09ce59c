// Peak resident memory of `migrate` and `verify` for one message with a header field of so many MiB, in a heap of 96 MB: to the archive, and to a mail server if IMAP_PORT names one
// on this machine (fixtures/servers/dovecot start), which takes messages of up to LARGEST bytes. Usage: node bench/one-message.js 1024      (after `npm run build`; takes four times the size on the disk)
import { spawn } from "node:child_process";
import { once } from "node:events";
import { createWriteStream } from "node:fs";
import { mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { createInterface } from "node:readline";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { fileURLToPath } from "node:url";

const program = fileURLToPath(new URL("../bin/o365-exodus.js", import.meta.url));
const size = Number(process.argv[2] ?? 1024);
const block = `\t${"x".repeat(61)}\r\n`.repeat(1 << 14);

function* message() {
  yield "Subject: one\r\nX-Long: x\r\n";
  for (let piece = 0; piece < size; piece += 1) yield block;
  yield "\r\ntext\r\n";
}

async function measured(args) {
  const child = spawn(process.execPath, [program, ...args], { stdio: ["ignore", "ignore", "inherit"], env: { ...process.env, PASSWORD: "secret", NODE_OPTIONS: "--max-old-space-size=96" } });
  let peak = 0;
  const timer = setInterval(async () => {
    peak = Math.max(peak, Number(/VmHWM:\s+(\d+)/.exec(await readFile(`/proc/${child.pid}/status`, "utf8").catch(() => ""))?.[1] ?? 0));
  }, 100);
  const [code] = await once(child, "close");
  clearInterval(timer);
  return { code, peakMB: Math.round(peak / 1024) };
}

const dir = await mkdtemp(path.join(tmpdir(), "exodus-bench-"));
const inbox = path.join(dir, "tenant/users/one@commune.example/mail/Inbox");
await mkdir(inbox, { recursive: true });
await writeFile(path.join(dir, "tenant/tenant.json"), JSON.stringify({ name: "Commune", domain: "commune.example" }));
await pipeline(Readable.from(message()), createWriteStream(path.join(inbox, "one.eml")));
const sandbox = spawn(process.execPath, [program, "sandbox", "--tenant", path.join(dir, "tenant")], { stdio: ["ignore", "pipe", "inherit"] });
const ready = JSON.parse((await once(createInterface({ input: sandbox.stdout }), "line"))[0]);
await writeFile(path.join(dir, "secret"), ready.clientSecret);
const source = { tenantId: ready.tenantId, clientId: ready.clientId, clientSecret: "file:secret", graph: ready.graph, authority: ready.authority, pace: "none" };
const targets = {
  archive: { adapter: "archive", path: "archive", index: true },
  ...(process.env.IMAP_PORT === undefined ? {} : { mail: { adapter: "imap", host: "127.0.0.1", port: Number(process.env.IMAP_PORT), security: "none", password: "env:PASSWORD", ...(process.env.LARGEST === undefined ? {} : { largestMessage: Number(process.env.LARGEST) }) } }),
};
for (const to of Object.keys(targets)) {
  const config = path.join(dir, `${to}.yaml`);
  await writeFile(config, JSON.stringify({ version: 1, source, tls: { caFile: ready.caFile }, vault: { path: `vault-${to}` }, targets: { [to]: targets[to] }, routes: [{ workload: "mail", to }] }));
  for (const command of ["migrate", "verify"]) console.log(JSON.stringify({ command, target: to, mebibytes: size, ...(await measured([command, "--config", config, "--quiet"])) }));
}
sandbox.kill();
await rm(dir, { recursive: true, force: true });
