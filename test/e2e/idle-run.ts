import { cli, summary } from "./cli.js";

export interface IdleRun {
  readonly code: number | null;
  readonly counts: Readonly<Record<string, number>>;
  /** What it wrote all the same. */
  readonly writes: readonly string[];
}

/** A run when nothing has changed; `writes` answers what the servers wrote since its last call. */
export async function idleRun(config: string, writes: () => readonly string[] | Promise<readonly string[]>): Promise<IdleRun> {
  await writes();
  const { code, stdout } = await cli(["migrate", "--config", config, "--json"]);
  return { code, counts: summary(stdout).counts, writes: await writes() };
}
