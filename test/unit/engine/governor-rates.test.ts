import { describe, expect, it } from "@jest/globals";
import type { Charge, KeyLimit } from "../../../src/core/governor.js";
import { createGovernor } from "../../../src/engine/governor.js";
import { fakeClock } from "../../fake-clock.js";

const never = new AbortController().signal;
const WIDE = { start: 1_000, max: 1_000 };

/** Starts requests that end at once, and notes when each started and which way it took. */
function runner(limits: Readonly<Record<string, KeyLimit>>) {
  const { clock, turn, timers } = fakeClock();
  const governor = createGovernor({ limits, random: () => 1, ...clock });
  const started: { at: number; way: number }[] = [];
  const run = (ways: readonly (readonly Charge[])[], outcome = { ok: true } as Parameters<Awaited<ReturnType<typeof governor.acquireAny>>["release"]>[0], signal = never) =>
    governor.acquireAny(ways, signal).then((permit) => {
      started.push({ at: clock.now(), way: permit.way });
      permit.release(outcome);
    });
  return { governor, clock, turn, timers, started, run };
}

const units = (key: string, count = 1): readonly Charge[] => [{ key, units: count }];
/** Most units that started within any span of `perMs`. */
const densest = (starts: readonly number[], perMs: number): number => Math.max(...starts.map((from) => starts.filter((at) => at >= from && at < from + perMs).length));

describe("governor, rates", () => {
  it("never starts more than the rate in any span of its window, and loses little of it", async () => {
    const { run, turn, started } = runner({ k: { ...WIDE, rates: [{ units: 100, perMs: 60_000 }] } });
    for (let index = 0; index < 450; index += 1) void run([units("k")]);
    await turn(10 * 60_000);
    const starts = started.map(({ at }) => at);
    expect(starts).toHaveLength(450);
    expect(densest(starts, 60_000)).toBeLessThanOrEqual(100);
    // Four windows are the bound; the guard of a quarter of a second is added to each.
    expect(starts.at(-1)).toBeLessThanOrEqual(4 * 60_000 * 1.01);
  });

  it("holds several rates of one key, and rates of several keys", async () => {
    const { run, turn, started } = runner({
      narrow: { ...WIDE, rates: [{ units: 4, perMs: 1_000 }, { units: 10, perMs: 60_000 }] }, wide: { ...WIDE, rates: [{ units: 5, perMs: 1_000 }] },
    });
    for (let index = 0; index < 20; index += 1) void run([[...units("wide"), ...units("narrow")]]);
    await turn(59_000);
    const first = started.map(({ at }) => at);
    expect({ count: first.length, densest: densest(first, 1_000) }).toEqual({ count: 10, densest: 4 });
    await turn(61_000);
    expect(started).toHaveLength(20);
  });

  it("counts a request whose answer is later than usual as late itself, up to a quarter of its second", async () => {
    const { governor, clock, turn } = runner({ "k:": { ...WIDE, rates: [{ units: 1, perMs: 1_000 }] } });
    const answeredAfter = async (key: string, ms: number): Promise<number> => {
      const permit = await governor.acquire([key], never);
      await turn(ms);
      permit.release({ ok: true });
      return clock.now();
    };
    await answeredAfter("k:1:usual", 50);
    for (const [key, ms, next] of [["k:1:quick", 50, 1_020], ["k:1:late", 150, 1_120], ["k:1:very-late", 900, 1_270]] as const) {
      const start = await answeredAfter(key, ms) - ms;
      let at = 0;
      void governor.acquire([key], never).then(() => { at = clock.now(); });
      await turn(3_000);
      expect({ key, at: at - start }).toEqual({ key, at: next });
    }
  });

  it("does not hold back a window of many units for answers that are late", async () => {
    const { governor, clock, turn } = runner({ "k:": { ...WIDE, rates: [{ units: 20, perMs: 1_000 }] } });
    const permits = await Promise.all(Array.from({ length: 20 }, () => governor.acquire(["k:1:wide"], never)));
    await turn(50);
    permits.pop()?.release({ ok: true });
    await turn(200);
    for (const permit of permits) permit.release({ ok: true });
    const starts: number[] = [];
    for (let index = 0; index < 20; index += 1) void governor.acquire(["k:1:wide"], never).then(() => { starts.push(clock.now()); });
    await turn(3_000);
    expect(new Set(starts)).toEqual(new Set([1_020]));
    expect(starts).toHaveLength(20);
  });

  it("takes what a request costs, and lets a dear one start although cheap ones keep coming", async () => {
    const { run, turn, started, clock } = runner({ k: { ...WIDE, rates: [{ units: 10, perMs: 1_000 }] } });
    for (let index = 0; index < 8; index += 1) void run([units("k")]);
    let dearAt: number | undefined;
    void run([units("k", 5)]).then(() => { dearAt = clock.now(); });
    for (let index = 0; index < 30; index += 1) void run([units("k")]);
    await turn(1_500);
    expect(dearAt).toBeLessThanOrEqual(1_100);
    await turn(10_000);
    expect(started).toHaveLength(39);
  });

  it("lets a request that costs more than a window start when nothing else is counted", async () => {
    const { run, turn, started } = runner({ k: { ...WIDE, rates: [{ units: 3, perMs: 1_000 }] } });
    void run([units("k")]);
    void run([units("k", 7)]);
    await turn(2_000);
    expect(started.map(({ at }) => at > 0)).toEqual([false, true]);
  });

  it("obeys what is told to be left, before any refusal", async () => {
    const { run, turn, started } = runner({ k: { ...WIDE, rates: [{ units: 100, perMs: 60_000 }] } });
    await run([units("k")], { ok: true, quota: { remaining: 2, resetMs: 5_000 } });
    for (let index = 0; index < 10; index += 1) void run([units("k")]);
    await turn(4_999);
    expect(started).toHaveLength(3);
    await turn(2);
    expect(started).toHaveLength(11);
  });

  it("learns a larger window from what it is told", async () => {
    const { run, turn, started } = runner({ k: { ...WIDE, rates: [{ units: 10, perMs: 60_000 }] } });
    await run([units("k")], { ok: true, quota: { limit: 50, remaining: 49, resetMs: 60_000 } });
    for (let index = 0; index < 60; index += 1) void run([units("k")]);
    await turn(59_000);
    expect(started).toHaveLength(50);
  });

  it("halves the pace of a short window on a throttle, and regains it by successes", async () => {
    const { run, turn, started } = runner({ k: { ...WIDE, rates: [{ units: 1, perMs: 1_000 }] } });
    await run([units("k")], { ok: false, throttled: true, retryAfterMs: 0 });
    const times = 200;
    for (let index = 0; index < times; index += 1) void run([units("k")]);
    await turn(400_000);
    const gaps = started.slice(1).map(({ at }, index) => at - (started[index]?.at ?? 0));
    expect({ first: gaps[0], last: gaps.at(-1) }).toEqual({ first: 2_020, last: 1_020 });
  });

  it("takes another way when the first has no room, and gives each its turn", async () => {
    const { run, turn, started } = runner({ "app:": { ...WIDE, rates: [{ units: 5, perMs: 60_000 }] } });
    const ways = [units("app:a"), units("app:b"), units("app:c")];
    for (let index = 0; index < 20; index += 1) void run(ways);
    await turn(1_000);
    const byWay = [0, 1, 2].map((way) => started.filter((start) => start.way === way).length);
    expect(byWay).toEqual([5, 5, 5]);
    await turn(60_000);
    expect(started).toHaveLength(20);
  });

  it("counts the slots of a batch, and lets one that is wider than the key run alone", async () => {
    const { governor, turn } = runner({ k: { start: 4, max: 4 } });
    const first = await governor.acquireAny([[{ key: "k", units: 3, slots: 3 }]], never);
    let second = false;
    void governor.acquireAny([[{ key: "k", units: 6, slots: 6 }]], never).then(() => { second = true; });
    await turn(1);
    expect(second).toBe(false);
    first.release({ ok: true });
    await turn(1);
    expect(second).toBe(true);
  });

  it("keeps no timer when nothing waits", async () => {
    const { run, turn, timers } = runner({ k: { ...WIDE, rates: [{ units: 1, perMs: 60_000 }] } });
    const stop = new AbortController();
    await run([units("k")]);
    const waiting = run([units("k")], { ok: true }, stop.signal);
    await turn(1);
    expect(timers.size).toBe(1);
    stop.abort(new Error("stopped"));
    await expect(waiting).rejects.toThrow("stopped");
    expect(timers.size).toBe(0);
  });

  it("remembers a window while nothing runs in it, and forgets it once it is over", async () => {
    const { governor, run, turn } = runner({ "graph:mailbox:": { ...WIDE, rates: [{ units: 2, perMs: 60_000 }] } });
    for (let index = 0; index < 3_000; index += 1) await run([units(`graph:mailbox:${index}`)]);
    await turn(61_000);
    for (let index = 0; index < 3_100; index += 1) await run([units(`graph:mailbox:again-${index}`)]);
    expect(governor.snapshot()["graph:mailbox"]?.limit).toBeLessThan(5_000 * 1_000);
  });
});
