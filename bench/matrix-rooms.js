// Many chats of one person to a real Synapse, by one session of the adapter: what the heap holds after each fifty rooms.
// Usage: npm run build && node --expose-gc bench/matrix-rooms.js URL [rooms] [messages of each] [seconds]      (3000 10 86400)
// URL: a Synapse as fixtures/servers/synapse starts it. It stops by itself after so many seconds. Eight rooms at once, which is more than the engine does.
import { adapter } from "../dist/adapters/matrix/index.js";
import { contextOf, MemoryBlobs, MemoryLedger, sampleOwner } from "../dist/src/kit/conformance/harness.js";
import { conversationSamples } from "../dist/src/kit/conformance/sample-conversations.js";

const LANES = 8;
const ACCOUNT = "zoe@commune.example";
const [url, ...numbers] = process.argv.slice(2);
const [rooms = 3_000, messages = 10, seconds = 86_400] = numbers.map(Number);
const { signal } = new AbortController();
const opened = await adapter.create(adapter.options.parse({ url, token: "env:TOKEN", domains: ["commune.example"] }), {
  target: "matrix", secret: () => Promise.resolve("as-secret"), governor: { acquire: () => Promise.resolve({ release: () => undefined }), snapshot: () => ({}) }, ca: undefined, lang: "en",
});
const session = await opened.connect({ owner: sampleOwner(ACCOUNT), name: ACCOUNT }, "chats", signal);
const began = Date.now();
let [next, done] = [0, 0];
await Promise.all(Array.from({ length: LANES }, fill));
await session.settle(signal);
tell("settled");
await session.close();

async function fill() {
  while (next < rooms && Date.now() - began < seconds * 1_000) {
    const id = `chat-${process.pid}-${(next += 1)}`;
    const [blobs, ledger] = [new MemoryBlobs(), new MemoryLedger()];
    const samples = conversationSamples("chats", blobs);
    const placed = { workload: "chats", owner: "o", id, name: "", path: [""] };
    const into = await session.prepare(placed, undefined, signal);
    const card = samples.rich().find(({ item }) => item.record.type === "conversation").item;
    for (const item of [card, ...Array.from({ length: messages }, (_, number) => samples.plain(number))]) await session.put(item, contextOf({ blobs, ledger, signal }, item, placed, into));
    done += 1;
    if (done % 50 === 0) tell("running");
  }
}

function tell(state) {
  globalThis.gc();
  const { heapUsed, rss } = process.memoryUsage();
  const megabytes = (bytes) => Math.round(bytes / 104_857.6) / 10;
  process.stdout.write(`${JSON.stringify({ state, rooms: done, seconds: Math.round((Date.now() - began) / 1_000), heapMb: megabytes(heapUsed), residentMb: megabytes(rss) })}\n`);
}
