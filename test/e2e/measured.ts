import { readFileSync } from "node:fs";
import { launch, type Ended } from "./cli.js";

export interface Measured extends Ended {
  /** Most memory that the process had resident, in MiB. */
  readonly peakMb: number;
}

/** Runs the built program with a heap of no more than `heapMb`, as an administrator would where memory is scarce. */
export async function cliMeasured(heapMb: number, args: readonly string[]): Promise<Measured> {
  const { child, done } = launch(args, { env: { NODE_OPTIONS: `--max-old-space-size=${heapMb}` } });
  let peak = 0;
  // The kernel keeps the peak (proc_pid_status(5), VmHWM) for as long as the process is there.
  const look = setInterval(() => { peak = Math.max(peak, Number(/VmHWM:\s+(\d+)/.exec(statusOf(child.pid))?.[1] ?? 0)); }, 50);
  try {
    return { ...(await done), peakMb: Math.round(peak / 1024) };
  } finally {
    clearInterval(look);
  }
}

function statusOf(pid: number | undefined): string {
  try {
    return readFileSync(`/proc/${pid ?? ""}/status`, "utf8");
  } catch (thrown) {
    if (["ENOENT", "ESRCH"].includes((thrown as NodeJS.ErrnoException).code ?? "")) return "";
    throw thrown;
  }
}
