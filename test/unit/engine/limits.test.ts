import { describe, expect, it } from "@jest/globals";
import { ExodusError } from "../../../src/core/errors.js";
import { Backlog } from "../../../src/engine/backlog.js";
import { ByteBudget } from "../../../src/engine/budget.js";
import { retrying } from "../../../src/lib/retry.js";

const never = new AbortController().signal;
const settled = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

describe("retrying", () => {
  const failing = (errors: readonly ExodusError[]) => {
    const waits: number[] = [];
    let calls = 0;
    const operation = (): Promise<string> => {
      const error = errors[calls];
      calls += 1;
      return error === undefined ? Promise.resolve("done") : Promise.reject(error);
    };
    const run = (attempts: number, patienceMs = 1e9): Promise<string> => retrying(operation, { attempts, patienceMs, signal: never, random: () => 1, wait: (ms) => { waits.push(ms); return Promise.resolve(); } });
    return { run, waits, calls: () => calls };
  };
  const passing = (): ExodusError => new ExodusError("TARGET_PASSING");
  const throttled = (): ExodusError => new ExodusError("TARGET_THROTTLED", { retryAfterMs: 700 });

  it("tries passing faults a bounded number of times, with growing waits", async () => {
    const gives = failing([passing(), passing()]);
    expect([await gives.run(3), gives.waits]).toEqual(["done", [500, 1_000]]);
    const never_ = failing([passing(), passing(), passing()]);
    await expect(never_.run(3)).rejects.toMatchObject({ code: "TARGET_PASSING" });
    expect(never_.calls()).toBe(3);
  });

  it("does not count throttled attempts, waits as asked, and ends with its patience", async () => {
    const patient = failing([throttled(), throttled(), throttled(), throttled()]);
    expect([await patient.run(1), patient.waits]).toEqual(["done", [700, 700, 700, 700]]);
    await expect(failing(Array.from({ length: 9 }, throttled)).run(1, 1_400)).rejects.toMatchObject({ code: "TARGET_THROTTLED" });
  });

  it("never repeats what is the item's own fault", async () => {
    const own = failing([new ExodusError("TARGET_REFUSED_ITEM")]);
    await expect(own.run(5)).rejects.toMatchObject({ code: "TARGET_REFUSED_ITEM" });
    expect(own.calls()).toBe(1);
  });
});

describe("byte budget", () => {
  it("serves in order, and lets what is larger than itself pass alone", async () => {
    const budget = new ByteBudget(100);
    const first = await budget.reserve(60, never);
    const order: string[] = [];
    const large = budget.reserve(500, never).then((release) => { order.push("large"); return release; });
    const small = budget.reserve(10, never).then((release) => { order.push("small"); return release; });
    await settled();
    expect(order).toEqual([]);
    first();
    (await large)();
    (await small)();
    expect({ order, used: budget.used }).toEqual({ order: ["large", "small"], used: 0 });
  });

  it("forgets a waiter that was stopped", async () => {
    const budget = new ByteBudget(100);
    const release = await budget.reserve(100, never);
    const stop = new AbortController();
    const waiting = budget.reserve(1, stop.signal);
    stop.abort(new Error("stopped"));
    await expect(waiting).rejects.toThrow("stopped");
    release();
    release();
    expect(budget.used).toBe(0);
  });
});

describe("backlog", () => {
  it("holds the pull back until the slowest lane has caught up, and never for a closed lane", async () => {
    const backlog = new Backlog(10);
    const [quick, slow] = [backlog.lane(), backlog.lane()];
    backlog.add(10);
    quick.reached(quick.mark());
    let room = false;
    const waiting = backlog.room(never).then(() => { room = true; });
    await settled();
    expect(room).toBe(false);
    slow.reached(slow.mark());
    await waiting;
    expect(room).toBe(true);
    backlog.add(10);
    quick.close();
    slow.close();
    await backlog.room(never);
  });

  it("wakes a lane for new items and for the end", async () => {
    const backlog = new Backlog();
    const lane = backlog.lane();
    const more = lane.more(never);
    backlog.add(1);
    await more;
    const end = lane.more(never);
    backlog.end(true);
    await end;
    expect({ ended: backlog.ended, complete: backlog.complete }).toEqual({ ended: true, complete: true });
  });
});
