// Messages a second that arrive at a mail server which is far away, by connections beside one another.
// Usage: node bench/imap-latency.js        (after npm run build; Dovecot by fixtures/servers/dovecot start)
import { execFileSync } from "node:child_process";
import { randomBytes } from "node:crypto";
import net from "node:net";
import { fileURLToPath } from "node:url";
import { adapter } from "../dist/adapters/imap/index.js";
import { contextOf, MemoryBlobs, MemoryLedger, sampleOwner } from "../dist/src/kit/conformance/harness.js";
import { sampleItem } from "../dist/src/kit/conformance/sample-item.js";

const ONE_WAY_MS = Number(process.env.ONE_WAY_MS ?? 10);
const MESSAGES = Number(process.env.MESSAGES ?? 200);
const BYTES = Number(process.env.BYTES ?? 20_000);
const LINE = "Bonjour à tous.\r\n";

const { host, port } = JSON.parse(execFileSync(fileURLToPath(new URL("../fixtures/servers/dovecot", import.meta.url)), ["start"], { encoding: "utf8" }));

/** Every byte comes late by the same time; order is kept. */
const relay = net.createServer((near) => {
  const far = net.connect({ host, port });
  for (const [from, to] of [[near, far], [far, near]]) {
    from.on("data", (bytes) => setTimeout(() => to.writable && to.write(bytes), ONE_WAY_MS));
    from.on("close", () => setTimeout(() => to.destroy(), ONE_WAY_MS)).on("error", () => from.destroy());
  }
});
await new Promise((resolve) => relay.listen(0, "127.0.0.1", resolve));

const signal = new AbortController().signal;
const RECORD = { v: 1, type: "mail", isRead: true, isDraft: false, flag: "none", importance: "normal", categories: [], hasAttachments: false, receivedAt: "2026-01-02T03:04:05Z" };
let first;
for (const connections of [1, 3, 10]) {
  const name = `bench-${randomBytes(4).toString("hex")}@commune.example`;
  const blobs = new MemoryBlobs();
  const environment = { target: "bench", baseDir: "/", ca: undefined, lang: "en", governor: { acquire: () => Promise.resolve({ release: () => undefined }), snapshot: () => ({}) }, secret: () => Promise.resolve("secret") };
  const created = await adapter.create(adapter.options.parse({ host, port: relay.address().port, security: "none", password: "env:P", connections }), environment);
  const session = await created.connect({ owner: sampleOwner(name), name }, "mail", signal);
  const placed = { workload: "mail", owner: "o", id: "inbox", name: "Inbox", path: ["Inbox"], role: "inbox" };
  const into = await session.prepare(placed, undefined, signal);
  const items = Array.from({ length: MESSAGES }, (_, index) => sampleItem("mail", "x", RECORD, blobs.add(`Message-ID: <${index}@bench>\r\nSubject: ${index}\r\n\r\n${LINE.repeat(BYTES / Buffer.byteLength(LINE))}`, ".eml")));
  const around = { blobs, ledger: new MemoryLedger(), signal };
  const started = performance.now();
  const lanes = Array.from({ length: created.manifest.concurrency }, async () => {
    for (let item = items.shift(); item !== undefined; item = items.shift()) await session.put(item, contextOf(around, item, placed, into));
  });
  await Promise.all(lanes);
  const seconds = (performance.now() - started) / 1_000;
  first ??= seconds;
  console.log(JSON.stringify({ connections, messages: MESSAGES, bytes: BYTES, roundTripMs: 2 * ONE_WAY_MS, seconds: Number(seconds.toFixed(2)), times: Number((first / seconds).toFixed(2)) }));
  await session.close();
}
relay.close();
