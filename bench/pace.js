// How much of the time that the published limits allow the pace itself loses, for Teams' channels, whatever the machine: the governor and the prices of the reader against
// the limits of the sandbox, on a clock that only the simulation moves. Nothing is sent and nothing stored; requests follow one another as the reader makes them
// (src/graph/workloads/channels.ts).
// Usage: node bench/pace.js [teams] [applications ...]        (after npm run build); UNITS=96 teams at once, JITTER=5 milliseconds that a way takes longer, on average
import { setMaxListeners } from "node:events";
import { boundOf } from "../dist/src/graph/pace/bound.js";
import { chargesOf, ofApp } from "../dist/src/graph/pace/charges.js";
import { governorLimits } from "../dist/src/graph/pace/limits.js";
import { createGovernor } from "../dist/src/engine/governor.js";
import { GraphRefusal } from "../dist/src/sandbox/answers.js";
import { Throttle } from "../dist/src/sandbox/throttle/throttle.js";

const [teams = 3_600, ...counts] = process.argv.slice(2).map(Number);
const units = Number(process.env.UNITS ?? 96);
const jitterMs = Number(process.env.JITTER ?? 5);
const WAY_MS = 1;
const LATENCY_MS = 20;
/** What a request keeps the only processor of either side busy. */
const WORK_MS = 1.5;
const SIZE = { licences: 1, delegated: false, scale: 1 };

/** Numbers from 0 up to 1, the same at each run. */
function chances(seed) {
  return () => (seed = (seed * 1_103_515_245 + 12_345) & 0x7fffffff) / 0x80000000;
}

/** A clock that goes on to what is next as soon as nothing else is left to do. */
function virtualClock() {
  let now = 1e12;
  const waiting = [];
  const at = (time, run) => {
    const entry = { time, run };
    let place = waiting.length;
    while (place > 0 && waiting[place - 1].time <= time) place -= 1;
    waiting.splice(place, 0, entry);
    return () => { entry.run = () => undefined; };
  };
  const idle = () => new Promise((resolve) => setImmediate(resolve));
  return {
    now: () => now,
    setTimer: (run, ms) => at(now + ms, run),
    sleep: (ms) => new Promise((resolve) => at(now + ms, resolve)),
    async until(work) {
      let ended = false;
      void work.finally(() => { ended = true; });
      for (await idle(); !ended; await idle()) {
        const next = waiting.pop();
        if (next === undefined) continue;
        now = Math.max(now, next.time);
        next.run();
      }
      return work;
    },
  };
}

async function measure(count) {
  const clock = virtualClock();
  const chance = chances(7);
  const late = () => -Math.log(1 - chance()) * jitterMs;
  const apps = Array.from({ length: count }, (_, index) => `app-${index}`);
  const governor = createGovernor({ limits: governorLimits(SIZE), now: () => Math.floor(clock.now()), random: chance, setTimer: clock.setTimer });
  const throttle = new Throttle("tenant", () => ({ users: 1, licences: 1, personOf: (key) => key }), { now: clock.now });
  const free = { theirs: 0, ours: 0 };
  const { signal } = new AbortController();
  setMaxListeners(0, signal);
  let [requests, refused] = [0, 0];

  /** Waits for one's turn at a side that does one thing at a time. */
  const turn = async (side) => {
    const from = Math.max(clock.now(), free[side]);
    free[side] = from + WORK_MS;
    await clock.sleep(from - clock.now());
  };
  /** Asks until it is answered; answers who asked. A link is followed by whom it was given to. */
  const ask = async (path, key, owner) => {
    const able = owner === undefined ? apps : [owner];
    for (;;) {
      const permit = await governor.acquireAny(able.map((app) => ofApp(chargesOf({ path, key }), app)), signal);
      await clock.sleep(WAY_MS + late());
      await turn("theirs");
      requests += 1;
      let outcome = { ok: true };
      try {
        throttle.enter({ path: path.slice(1), query: new URLSearchParams() }, able[permit.way]).leave();
        await clock.sleep(LATENCY_MS);
      } catch (refusal) {
        if (!(refusal instanceof GraphRefusal)) throw refusal;
        refused += 1;
        const told = refusal.headers["retry-after"];
        outcome = { ok: false, throttled: true, retryAfterMs: Number.isNaN(Number(told)) ? Date.parse(told) - clock.now() : Number(told) * 1_000 };
      }
      await clock.sleep(WAY_MS + late());
      await turn("ours");
      permit.release(outcome);
      if (outcome.ok) return able[permit.way];
    }
  };
  const team = async (id) => {
    const [key, base, channel] = [`graph:team:${id}`, `/teams/${id}`, `/teams/${id}/channels/19%3A${id}`];
    await ask(base, key);
    const members = ask(`${base}/members`, key);
    const card = members.then(() => ask(`${base}/incomingChannels`, key));
    await ask(`${base}/channels`, key);
    const parts = members.then(() => Promise.all([ask(`${channel}/tabs`, key), ask(`${channel}/filesFolder`, key)]));
    await ask(`${channel}/messages/delta`, key);
    await ask(`${channel}/messages`, key);
    await Promise.all([card, parts]);
  };
  let next = 0;
  const lane = async () => { while (next < teams) await team(`t${next++}`); };
  const started = clock.now();
  await clock.until(Promise.all(Array.from({ length: Math.min(units, teams) }, lane)));
  const demands = Array.from({ length: teams }, (_, index) => ({ workload: "channels", owner: `t${index}`, containers: 1, items: 50 }));
  const bound = boundOf(demands, { ...SIZE, apps: count, spreadFiles: false, versions: false }).milliseconds / 1_000;
  const seconds = (clock.now() - started) / 1_000;
  return { apps: count, teams, requests, refused, boundSeconds: bound, seconds: Math.round(seconds * 10) / 10, ratio: Math.round((seconds / bound) * 1_000) / 1_000 };
}

for (const count of counts.length > 0 ? counts : [1, 3]) console.log(JSON.stringify(await measure(count)));
