import { describe, expect, it } from "@jest/globals";
import type { KeyLimit, Permit } from "../../../src/core/governor.js";
import { createGovernor } from "../../../src/engine/governor.js";
import { fakeClock } from "../../fake-clock.js";

const KEY = ["graph", "graph:mailbox:a"];
const never = new AbortController().signal;

const LIMITS = { graph: { start: 100, max: 100 }, "graph:mailbox:": { start: 4, max: 4 } };

/** A governor on a clock that the test turns. */
function onClock(limits: Readonly<Record<string, KeyLimit>> = LIMITS) {
  const { clock, turn } = fakeClock();
  return { governor: createGovernor({ limits, random: () => 1, ...clock }), turn };
}

/** How many of `count` requests start without any of them ending. */
async function started(governor: ReturnType<typeof createGovernor>, keys: readonly string[], count: number): Promise<Permit[]> {
  const permits: Permit[] = [];
  for (let index = 0; index < count; index += 1) void governor.acquire(keys, never).then((permit) => permits.push(permit));
  await new Promise((resolve) => setImmediate(resolve));
  return permits;
}

describe("governor", () => {
  it("lets as many start as the narrowest key allows, and the next when one ends", async () => {
    const { governor } = onClock();
    const permits = await started(governor, KEY, 6);
    expect(permits.length).toBe(4);
    permits[0]?.release({ ok: true });
    await new Promise((resolve) => setImmediate(resolve));
    expect(permits.length).toBe(5);
  });

  it("pauses only the narrowest key of a throttled request, for the time that was asked for", async () => {
    const { governor, turn } = onClock();
    const [first] = await started(governor, KEY, 1);
    first?.release({ ok: false, throttled: true, retryAfterMs: 5_000 });
    const waiting = await started(governor, KEY, 1);
    expect({ same: waiting.length, other: (await started(governor, ["graph", "graph:mailbox:b"], 1)).length }).toEqual({ same: 0, other: 1 });
    await turn(4_999);
    expect(waiting.length).toBe(0);
    await turn(2);
    await new Promise((resolve) => setImmediate(resolve));
    expect(waiting.length).toBe(1);
    expect(governor.snapshot()["graph:mailbox"]?.throttledMs).toBe(5_000);
  });

  it("halves on a throttle, and keeps that through idle moments until successes raise it again one by one", async () => {
    const { governor, turn } = onClock();
    const [first] = await started(governor, KEY, 1);
    first?.release({ ok: false, throttled: true, retryAfterMs: 0 });
    await turn(10);
    const [second] = await started(governor, KEY, 1);
    second?.release({ ok: true });
    const held = await started(governor, KEY, 4);
    expect(held.length).toBe(2);
    for (const permit of held) permit.release({ ok: true });
    await new Promise((resolve) => setImmediate(resolve));
    expect((await started(governor, KEY, 4)).length).toBeLessThanOrEqual(3);
  });

  it("forgets idle keys, so that memory does not grow with the number of mailboxes", async () => {
    const { governor, turn } = onClock();
    for (let index = 0; index < 3_000; index += 1) {
      const permit = await governor.acquire(["graph", `graph:mailbox:${index}`], never);
      permit.release({ ok: false, throttled: true, retryAfterMs: 0 });
    }
    await turn(10);
    for (let index = 0; index < 3_000; index += 1) (await governor.acquire(["graph", `graph:mailbox:${index}`], never)).release({ ok: true });
    // A kept key still counts towards its family's limit; 2 each after the halving.
    expect(governor.snapshot()["graph:mailbox"]?.limit).toBeLessThanOrEqual(2 * 1_001);
  });

  it("gives up waiting when the signal aborts", async () => {
    const { governor } = onClock();
    await started(governor, KEY, 4);
    const stop = new AbortController();
    const waiting = governor.acquire(KEY, stop.signal);
    stop.abort(new Error("stopped"));
    await expect(waiting).rejects.toThrow("stopped");
    expect(governor.snapshot()["graph:mailbox"]).toMatchObject({ inFlight: 4, waiting: 0 });
  });
});
