import type { Auth } from "./auth.js";

/** Many requests need a token at the same moment, and meet the same expired one: `acquire` runs once for all of them. */
export function sharedToken(acquire: (fresh: boolean) => Promise<string>): Auth {
  const running = new Map<boolean, Promise<string>>();
  let last: string | undefined;
  const once = (fresh: boolean): Promise<string> => {
    const known = running.get(fresh);
    if (known !== undefined) return known;
    const started = acquire(fresh).then((token) => (last = token)).finally(() => running.delete(fresh));
    running.set(fresh, started);
    return started;
  };
  return { token: (refused) => once(refused !== undefined && refused === last) };
}
