// Speed of the vault beside what the machine does without it, in the same run: seconds depend on the machine, ratios less so.
// Usage: npm run build && node bench/vault.js [items] [bytes of each] [items of a batch] [rounds] [owners at once] [folders of each at once]      (5000 20000 100 3 4 1)
// The folder: DIR, else the system's for temporary files.
import { createHash, randomBytes } from "node:crypto";
import { spawnSync } from "node:child_process";
import { mkdtemp, open, readdir, rm } from "node:fs/promises";
import { availableParallelism, loadavg, tmpdir } from "node:os";
import path from "node:path";
import { itemDigest } from "../dist/src/core/digest.js";
import { openStateStore } from "../dist/src/state/store.js";
import { checkVault } from "../dist/src/vault/check.js";
import { createVault, openVault } from "../dist/src/vault/vault.js";

const [items = 5_000, bytes = 20_000, batch = 100, rounds = 3, atOnce = 4, feeds = 1] = process.argv.slice(2).map(Number);
const owners = Array.from({ length: atOnce }, (_, n) => ({ id: `0e0c2a3e-owner-${n}`, name: `alice${n}@mairie.example`, kind: "user", displayName: "Alice Martin" }));
const total = items * bytes;

/** About what an item takes in the records and in the journal of the index. Bytes. */
const [RECORD, INDEX] = [650, 1_900];

// Random, so that nothing is found twice; made beforehand, since a source gives its bytes.
const pool = randomBytes(64 * 1024 * 1024);
const bodyOf = (n) => {
  const body = Buffer.from(pool.subarray((n * 7_919) % (pool.length - bytes), ((n * 7_919) % (pool.length - bytes)) + bytes));
  body.writeUInt32LE(n, 0);
  return body;
};

async function* pieces(body) {
  yield body;
}

function lineOf(unit, n, feed, body) {
  const record = { v: 1, type: "mail", subject: `Conseil municipal ${n}`, isRead: true, isDraft: false, flag: "none", importance: "normal", categories: [], hasAttachments: false };
  return {
    kind: "item", key: { ...unit, id: `AAMkAGI${String(n).padStart(12, "0")}` }, container: `inbox${feed}`, version: "CQAAABYA", title: `Conseil municipal ${n}`,
    record, body, parts: [], digest: itemDigest(record, body, []), losses: [],
  };
}

/** Seconds by the clock, and of processors (all threads), which others on the machine lengthen less. */
const timed = async (work) => {
  const [started, before] = [performance.now(), process.cpuUsage()];
  await work();
  const { user, system } = process.cpuUsage(before);
  return { seconds: (performance.now() - started) / 1_000, cpu: (user + system) / 1e6 };
};

/** Owners beside one another, as a run has them. `work` is given an owner's share of the items: the first, and the one behind the last. */
async function opened(dir, work) {
  const state = await openStateStore(path.join(dir, "state.sqlite"));
  const vault = await openVault(dir, { index: () => Promise.resolve(state) });
  await Promise.all(owners.map(async (owner, at) => {
    const unit = { workload: "mail", owner: owner.id };
    await state.saveOwner(owner);
    for (let feed = 0; feed < feeds; feed += 1) await state.openFeed(unit, `inbox${feed}`, { ...unit, id: `inbox${feed}`, name: "Boîte de réception" }, "run");
    const part = await vault.owner(owner);
    await work({ unit, part, state, from: Math.floor((items * at) / atOnce), to: Math.floor((items * (at + 1)) / atOnce) });
    await part.close();
  }));
  await vault.close();
}

/** As the engine stores what a page tells: blobs side by side, records, then rows and resume point in one transaction; some folders beside one another. */
function append(dir) {
  return opened(dir, ({ unit, part, state, from, to }) => Promise.all(Array.from({ length: feeds }, async (_, feed) => {
    const end = from + Math.floor(((to - from) * (feed + 1)) / feeds);
    for (let first = from + Math.floor(((to - from) * feed) / feeds); first < end; first += batch) {
      const numbers = Array.from({ length: Math.min(batch, end - first) }, (_, at) => first + at);
      const told = await Promise.all(numbers.map(async (n) => lineOf(unit, n, feed, await part.write(pieces(bodyOf(n)), ".eml"))));
      const at = new Date().toISOString();
      const flushed = await part.commit("mail", told.map((item) => ({ v: 1, at, ...item })));
      await state.commitPull({ ...unit, feed: `inbox${feed}`, changes: told.map((change, n) => ({ change, place: flushed.places[n] })), done: false, next: `after ${first}`, flushed });
    }
  })));
}

/** The same bytes, forced to the disk after each batch, and nothing else. */
async function writePlain(dir) {
  const handle = await open(path.join(dir, "plain"), "w");
  for (let from = 0; from < items; from += batch) {
    const numbers = Array.from({ length: Math.min(batch, items - from) }, (_, at) => from + at);
    await handle.writev(numbers.map(bodyOf));
    await handle.sync();
  }
  await handle.close();
}

/** The vault's policy: what a batch writes goes to three files one after the other (bodies, records, index), each forced to the disk. */
async function writeAsForced(dir) {
  const files = await Promise.all(["bodies", "records", "index"].map((name) => open(path.join(dir, name), "w")));
  for (let from = 0; from < items; from += batch) {
    const numbers = Array.from({ length: Math.min(batch, items - from) }, (_, at) => from + at);
    for (const [at, pieces] of [numbers.map(bodyOf), numbers.map(() => pool.subarray(0, RECORD)), numbers.map(() => pool.subarray(0, INDEX))].entries()) {
      await files[at].writev(pieces);
      await files[at].sync();
    }
  }
  for (const file of files) await file.close();
}

function readBack(dir) {
  return opened(dir, async ({ unit, part, state }) => {
    for (let after = ""; ; ) {
      const page = await state.stored(unit, { after, limit: 500 });
      if (page.length === 0) return;
      for (const { key, place } of page) {
        for await (const _ of part.open((await part.read(place)).body)) continue;
        after = key.id;
      }
    }
  });
}

async function check(dir) {
  const state = await openStateStore(path.join(dir, "state.sqlite"));
  for await (const found of checkVault(dir, { index: state, readData: true, signal: new AbortController().signal })) if (found.kind !== "summary") throw new Error(JSON.stringify(found));
  await state.close();
}

/** Reads files from their beginning to their end, and hashes each. */
async function hashAll(files) {
  const buffer = Buffer.allocUnsafe(1024 * 1024);
  for (const file of files) {
    const hash = createHash("sha256");
    const handle = await open(file, "r");
    for (;;) {
      const { bytesRead } = await handle.read(buffer, 0, buffer.length, null);
      if (bytesRead === 0) break;
      hash.update(buffer.subarray(0, bytesRead));
    }
    hash.digest();
    await handle.close();
  }
}

const median = (values) => [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)];
let held = 0;
const results = { append: [], plain: [], forced: [], cat: [], read: [], check: [], hash: [] };
for (let round = 0; round < rounds; round += 1) {
  const dir = await mkdtemp(path.join(process.env.DIR ?? tmpdir(), "exodus-bench-"));
  const vault = path.join(dir, "vault");
  await createVault(vault);
  results.plain.push(await timed(() => writePlain(dir)));
  results.forced.push(await timed(() => writeAsForced(dir)));
  results.append.push(await timed(() => append(vault)));
  results.cat.push(await timed(() => spawnSync("sh", ["-c", 'cat "$1/plain" > "$1/cat" && sync "$1/cat"', "sh", dir], { stdio: "inherit" })));
  results.read.push(await timed(() => readBack(vault)));
  const files = (await readdir(path.join(vault, "owners"), { recursive: true, withFileTypes: true })).filter((entry) => entry.isFile()).map((entry) => path.join(entry.parentPath, entry.name));
  held = files.length;
  results.hash.push(await timed(() => hashAll(files)));
  results.check.push(await timed(() => check(vault)));
  await rm(dir, { recursive: true, force: true });
}
const each = (measure) => Object.fromEntries(Object.entries(results).map(([name, all]) => [name, measure(median(all.map(({ seconds }) => seconds)), median(all.map(({ cpu }) => cpu)))]));
/** Of each round, both of which had the same neighbours on the machine; then the median. */
const ratio = (one, other, by = "seconds") => Math.round(median(results[one].map((value, round) => results[other][round][by] / value[by])) * 100) / 100;
console.log(JSON.stringify({
  items, bytes, batch, rounds, atOnce, feeds, files: held, load: loadavg().map((value) => Math.round(value * 10) / 10), processors: availableParallelism(),
  megabytesPerSecond: each((seconds) => Math.round(total / 1e6 / seconds)), processorMicrosecondsAnItem: each((_, cpu) => Math.round((cpu / items) * 1e6)),
  ratios: {
    "append to plain write": ratio("append", "plain"), "append to plain write, forced as often": ratio("append", "forced"), "append to cat": ratio("append", "cat"), "read to read and hash": ratio("read", "hash"),
    "check to read and hash": ratio("check", "hash"), "check to read and hash, by processor time": ratio("check", "hash", "cpu"),
  },
}));
