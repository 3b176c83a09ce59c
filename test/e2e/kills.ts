import { launch } from "./cli.js";

/**
 * Starts a run and kills it with SIGKILL at a random moment, counted in work: after up to `most` lines that tell of items read or written, and up to 50 ms
 * more. Seconds since the start would fall before the first write on a slow machine. False when the run reached its end before its moment.
 */
export async function killAtWork(args: readonly string[], most: number, random: () => number): Promise<boolean> {
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
