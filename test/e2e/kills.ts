import { randomOf } from "../random.js";
import { launch } from "./cli.js";

export interface Kills {
  /** Runs that are to be killed. */
  readonly kills: number;
  /** Lines of work after which one is killed at the latest. */
  readonly most: number;
  /** Runs after which it is given up: one that reached its end before its moment does not count. Twice the kills unless told otherwise. */
  readonly runs?: number;
  /** Unless `EXODUS_SEED` tells another. */
  readonly seed?: number;
}

/** A moment in the middle of work: a request that a run is killed in. */
export interface RequestKill {
  /** As the emulated server calls it. */
  readonly name: RegExp;
  /** The how manieth of its name since the run began. */
  readonly nth: number;
  /** Whether it is done all the same. */
  readonly arrives: boolean;
}

/** Runs `migrate` and kills it with SIGKILL in that request; `befall` sets what becomes of requests. False when the run reached its end before. */
export async function killAtRequest(config: string, { name, nth, arrives }: RequestKill, befall: (mishap: (asked: string) => "cut" | undefined) => void): Promise<boolean> {
  const { child, done } = launch(["migrate", "--config", config, "--json"]);
  let left = nth;
  befall((asked) => {
    if (!name.test(asked) || --left !== 0) return undefined;
    child.kill("SIGKILL");
    return arrives ? undefined : "cut";
  });
  const { code } = await done;
  befall(() => undefined);
  return code === null;
}

/** Runs `migrate` and kills it, again and again, with `look` after each kill. How many were killed: on a fast machine perhaps fewer than were asked for. */
export async function killRuns(config: string, { kills, most, runs = kills * 2, seed = 20261126 }: Kills, look: () => unknown = () => undefined): Promise<number> {
  const random = randomOf(Number(process.env["EXODUS_SEED"] ?? seed));
  let killed = 0;
  for (let run = 0; killed < kills && run < runs; run += 1) {
    if (!(await killAtWork(["migrate", "--config", config], most, random))) continue;
    killed += 1;
    await look();
  }
  return killed;
}

/**
 * Starts a run and kills it with SIGKILL at a random moment, counted in work: after up to `most` lines that tell of items read or written, and up to 50 ms
 * more. Seconds since the start would fall before the first write on a slow machine. False when the run reached its end before its moment.
 */
async function killAtWork(args: readonly string[], most: number, random: () => number): Promise<boolean> {
  const { child, done } = launch([...args, "--json"]);
  let left = 1 + Math.floor(random() * most);
  let timer: NodeJS.Timeout | undefined;
  child.stdout?.on("data", (chunk) => {
    left -= String(chunk).match(/"type":"(?:pulled|item)"/g)?.length ?? 0;
    if (left <= 0) timer ??= setTimeout(() => child.kill("SIGKILL"), random() * 50);
  });
  const { code } = await done;
  clearTimeout(timer);
  return code === null;
}
