import { randomUUID } from "node:crypto";
import { link, readFile, rename, rm, writeFile } from "node:fs/promises";
import { hostname } from "node:os";
import path from "node:path";
import { ExodusError } from "../core/errors.js";
import { errnoOf, ifPresent, onDisk } from "./disk.js";
import { FILE_MODE } from "./layout.js";

const LOCK = "lock";
const TORN = "torn";

interface Holder {
  readonly id: string;
  readonly pid: number;
  readonly host: string;
  /** Linux: id of the machine's present start (/proc/sys/kernel/random/boot_id, random(4)). Empty elsewhere. */
  readonly boot: string;
  /** Start of the process in clock ticks since boot (Linux, proc(5) field 22): a reused pid is told apart. Empty elsewhere. */
  readonly started: string;
}

/**
 * Takes the vault for this process; answers the function that gives it back. A lock whose process is gone (kill -9, power cut) is taken over.
 *
 * `link` makes a claim atomic. A dead holder's file is never deleted to make room, since two processes could both do so and the second would
 * delete the first one's fresh lock: instead one process at most can claim `lock.after-<dead holder>`, and it then replaces `lock` by a rename.
 * @throws ExodusError VAULT_LOCKED naming the process that holds it.
 */
export async function lockVault(dir: string): Promise<() => Promise<void>> {
  const me: Holder = { id: randomUUID(), pid: process.pid, host: hostname(), boot: await bootId(), started: (await processOf(process.pid)).started };
  const claim = path.join(dir, `${LOCK}.${me.id}`);
  await onDisk(LOCK, () => writeFile(claim, JSON.stringify(me), { mode: FILE_MODE }));
  try {
    while (!(await tryLock(dir, me, claim)));
  } finally {
    await rm(claim, { force: true });
  }
  return async () => {
    if ((await readHolder(path.join(dir, LOCK)))?.id === me.id) await rm(path.join(dir, LOCK), { force: true });
  };
}

/** One attempt; false when another process came between. */
async function tryLock(dir: string, me: Holder, claim: string): Promise<boolean> {
  const before = await walk(dir);
  if (before.last !== undefined && (await isAlive(before.last))) {
    throw new ExodusError("VAULT_LOCKED", { params: { dir, pid: before.last.pid, host: before.last.host } });
  }
  const mine = path.join(dir, before.free);
  if (!(await onDisk(LOCK, () => linked(claim, mine)))) return false;
  // The chain that was read may have been replaced meanwhile; a claim counts only where the chain still leads to it.
  const after = await walk(dir);
  if (after.last?.id !== me.id) {
    await rm(mine, { force: true });
    return false;
  }
  if (before.free === LOCK) return true;
  await rename(claim, path.join(dir, LOCK));
  for (const name of after.names) if (name !== LOCK) await rm(path.join(dir, name), { force: true });
  return true;
}

async function linked(claim: string, name: string): Promise<boolean> {
  try {
    await link(claim, name);
    return true;
  } catch (thrown) {
    if (errnoOf(thrown) === "EEXIST") return false;
    throw thrown;
  }
}

/** Follows `lock`, `lock.after-<its holder>`… up to a living holder or the first free name. */
async function walk(dir: string): Promise<{ readonly names: readonly string[]; readonly last: Holder | undefined; readonly free: string }> {
  const names: string[] = [];
  let last: Holder | undefined;
  let free = LOCK;
  for (;;) {
    const holder = await readHolder(path.join(dir, free));
    if (holder === undefined) return { names, last, free };
    names.push(free);
    last = holder;
    free = `${LOCK}.after-${holder.id}`;
  }
}

async function readHolder(file: string): Promise<Holder | undefined> {
  const text = await ifPresent(readFile(file, "utf8"), undefined);
  if (text === undefined) return undefined;
  try {
    return JSON.parse(text) as Holder;
  } catch {
    // `link` shows whole files only: a torn one is what a power cut left, and its process is gone with it.
    return { id: TORN, pid: 0, host: hostname(), boot: "", started: "" };
  }
}

/** Of another machine (shared disk, container) nothing can be known: it counts as alive. */
async function isAlive(holder: Holder): Promise<boolean> {
  if (holder.id === TORN) return false;
  if (holder.host !== hostname()) return true;
  const boot = await bootId();
  if (holder.boot !== boot && holder.boot !== "" && boot !== "") return false;
  try {
    process.kill(holder.pid, 0);
  } catch (thrown) {
    if (errnoOf(thrown) === "ESRCH") return false;
  }
  const { state, started } = await processOf(holder.pid);
  // proc(5): Z is a zombie, X is dead: killed, only its parent has not looked yet.
  if (state === "Z" || state === "X") return false;
  return holder.started === "" || started === "" || holder.started === started;
}

async function bootId(): Promise<string> {
  return (await readFile("/proc/sys/kernel/random/boot_id", "utf8").catch(() => "")).trim();
}

async function processOf(pid: number): Promise<{ readonly state: string; readonly started: string }> {
  const stat = await readFile(`/proc/${pid}/stat`, "utf8").catch(() => "");
  // The command name, field 2, is in parentheses and may hold spaces; what follows starts with field 3.
  const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
  return { state: fields[0] ?? "", started: fields[19] ?? "" };
}
