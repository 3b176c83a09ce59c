/** A clock with timers that stands still until the test turns it. */
export function fakeClock() {
  let now = 0;
  const timers = new Set<{ readonly at: number; readonly run: () => void }>();
  const clock = {
    now: () => now,
    setTimer: (run: () => void, ms: number): (() => void) => {
      const timer = { at: now + ms, run };
      timers.add(timer);
      return () => { timers.delete(timer); };
    },
  };
  const settled = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));
  /** Moves the time on, stopping at every timer on the way. */
  const turn = async (ms: number): Promise<void> => {
    const end = now + ms;
    await settled();
    for (let next = earliest(timers, end); next !== undefined; next = earliest(timers, end)) {
      now = Math.max(now, next.at);
      timers.delete(next);
      next.run();
      await settled();
    }
    now = end;
  };
  return { clock, turn, timers };
}

function earliest<T extends { readonly at: number }>(timers: ReadonlySet<T>, end: number): T | undefined {
  return [...timers].filter(({ at }) => at <= end).sort((a, b) => a.at - b.at)[0];
}
