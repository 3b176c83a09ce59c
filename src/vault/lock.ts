import { randomUUID } from "node:crypto";
import { link, readFile, rm, unlink, writeFile } from "node:fs/promises";
import { hostname } from "node:os";
import path from "node:path";
import { ExodusError } from "../core/errors.js";
import { FILE_MODE } from "./layout.js";

interface Holder {
  readonly pid: number;
  readonly host: string;
  /** Start of the process in clock ticks since boot (Linux, proc(5) field 22): a reused pid is told apart. Empty elsewhere. */
  readonly started: string;
}

/**
 * Takes the vault for this process; answers the function that gives it back. A lock whose process is gone (kill -9, power cut) is taken
 * over. `link` makes the claim atomic.
 * @throws ExodusError VAULT_LOCKED naming the process that holds it.
 */
export async function lockVault(dir: string): Promise<() => Promise<void>> {
  const file = path.join(dir, "lock");
  const mine = path.join(dir, `lock.${randomUUID()}`);
  const holder: Holder = { pid: process.pid, host: hostname(), started: await processStart(process.pid) };
  await writeFile(mine, JSON.stringify(holder), { mode: FILE_MODE });
  try {
    for (let attempt = 0; ; attempt += 1) {
      try {
        await link(mine, file);
        break;
      } catch (cause) {
        if ((cause as NodeJS.ErrnoException).code !== "EEXIST") throw cause;
        const other = await readHolder(file);
        if (other !== undefined && (attempt > 3 || (await isAlive(other)))) {
          throw new ExodusError("VAULT_LOCKED", { params: { dir, pid: other.pid, host: other.host }, cause });
        }
        await rm(file, { force: true });
      }
    }
  } finally {
    await unlink(mine);
  }
  return async () => {
    await rm(file, { force: true });
  };
}

async function readHolder(file: string): Promise<Holder | undefined> {
  try {
    return JSON.parse(await readFile(file, "utf8")) as Holder;
  } catch (cause) {
    // Given back between our attempt and this look, or torn by a power cut: nobody holds it.
    if ((cause as NodeJS.ErrnoException).code === "ENOENT" || cause instanceof SyntaxError) return undefined;
    throw cause;
  }
}

/** Of another machine (shared disk) nothing can be known: it counts as alive. */
async function isAlive(holder: Holder): Promise<boolean> {
  if (holder.host !== hostname()) return true;
  try {
    process.kill(holder.pid, 0);
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code === "ESRCH") return false;
  }
  return holder.started === "" || holder.started === (await processStart(holder.pid));
}

async function processStart(pid: number): Promise<string> {
  const stat = await readFile(`/proc/${pid}/stat`, "utf8").catch(() => "");
  // The command name, field 2, is in parentheses and may hold spaces.
  return stat.slice(stat.lastIndexOf(")") + 2).split(" ")[19] ?? "";
}
