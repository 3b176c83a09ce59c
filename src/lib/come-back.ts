import { ExodusError } from "../core/errors.js";
import { pause } from "./backoff.js";

/** About a minute: what a mail server takes to restart, or to be taken over by another. */
const WAITS_MS: readonly number[] = [500, 1_000, 2_000, 4_000, 8_000, 15_000, 30_000];

/**
 * Connects anew to a server that has answered before: while it cannot be reached it is waited for, then it counts as unreachable. A first connection is not waited
 * for, since a wrong address never answers. @throws ExodusError TARGET_UNREACHABLE, or whatever else `open` throws, at once.
 */
export async function comeBack<T>(open: () => Promise<T>, signal: AbortSignal, wait: typeof pause = pause): Promise<T> {
  for (const delay of WAITS_MS) {
    try {
      return await open();
    } catch (thrown) {
      if (!(thrown instanceof ExodusError) || thrown.code !== "TARGET_UNREACHABLE") throw thrown;
    }
    await wait(delay, signal);
  }
  return open();
}
