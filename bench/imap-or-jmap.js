// The same messages to the same server by IMAP and by JMAP: which of the two is quicker there.
// Usage: node bench/imap-or-jmap.js        (after npm run build; James by fixtures/servers/james start)
// A server of one's own: ACCOUNT, PASSWORD, IMAP_HOST, IMAP_PORT, IMAP_SECURITY and JMAP_URL. A mailbox "exodus-…" is left there.
import { execFileSync } from "node:child_process";
import { randomBytes } from "node:crypto";
import { fileURLToPath } from "node:url";
import { adapter as imap } from "../dist/adapters/imap/index.js";
import { adapter as jmap } from "../dist/adapters/jmap/index.js";
import { contextOf, MemoryBlobs, MemoryLedger, sampleOwner } from "../dist/src/kit/conformance/harness.js";
import { sampleItem } from "../dist/src/kit/conformance/sample-item.js";

const { MESSAGES = "200", ROUNDS = "3", ACCOUNT = `bench-${randomBytes(4).toString("hex")}@commune.example`, PASSWORD = "secret", IMAP_SECURITY = "tls", IMAP_PORT = "993", JMAP_URL, IMAP_HOST } = process.env;
const LINE = "Bonjour à tous.\r\n";
const signal = new AbortController().signal;
const RECORD = { v: 1, type: "mail", isRead: true, isDraft: false, flag: "none", importance: "normal", categories: [], hasAttachments: false, receivedAt: "2026-01-02T03:04:05Z" };
const environment = { target: "bench", baseDir: "/", ca: undefined, lang: "en", governor: { acquire: () => Promise.resolve({ release: () => undefined }), snapshot: () => ({}) }, secret: () => Promise.resolve(PASSWORD) };
const servers = JMAP_URL === undefined ? await ours() : { imap: { host: IMAP_HOST, port: Number(IMAP_PORT), security: IMAP_SECURITY }, jmap: { url: JMAP_URL } };

for (let round = 1; round <= Number(ROUNDS); round += 1) for (const bytes of [4_000, 20_000, 1_000_000]) for (const [way, module] of [["imap", imap], ["jmap", jmap]]) {
  const count = Math.max(10, Math.round(Number(MESSAGES) / (bytes / 4_000) ** 0.5));
  const blobs = new MemoryBlobs();
  const created = await module.create(module.options.parse({ ...servers[way], password: "env:P" }), environment);
  const session = await created.connect({ owner: sampleOwner(ACCOUNT), name: ACCOUNT }, "mail", signal);
  const name = `exodus-${randomBytes(4).toString("hex")}`;
  const placed = { workload: "mail", owner: "o", id: name, name, path: [name] };
  const into = await session.prepare(placed, undefined, signal);
  const items = Array.from({ length: count }, (_, index) => sampleItem("mail", "x", RECORD, blobs.add(`From: a@b.example\r\nMessage-ID: <${name}-${index}@bench>\r\nSubject: ${index}\r\n\r\n${LINE.repeat(bytes / Buffer.byteLength(LINE))}`, ".eml")));
  const around = { blobs, ledger: new MemoryLedger(), signal };
  const started = performance.now();
  await Promise.all(Array.from({ length: created.manifest.concurrency }, async () => {
    for (let item = items.shift(); item !== undefined; item = items.shift()) await session.put(item, contextOf(around, item, placed, into));
  }));
  const seconds = (performance.now() - started) / 1_000;
  console.log(JSON.stringify({ round, way, bytes, messages: count, seconds: Number(seconds.toFixed(2)), perSecond: Math.round(count / seconds) }));
  await session.close();
}

async function ours() {
  const { host, port, adminPort, imapPort } = JSON.parse(execFileSync(fileURLToPath(new URL("../fixtures/servers/james", import.meta.url)), ["start"], { encoding: "utf8" }));
  await fetch(`http://${host}:${adminPort}/users/${ACCOUNT}`, { method: "PUT", body: JSON.stringify({ password: PASSWORD }) });
  return { imap: { host, port: imapPort, security: "none" }, jmap: { url: `http://${host}:${port}` } };
}
