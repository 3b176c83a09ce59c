import assert from "node:assert/strict";
import type { ContainerChanges } from "../../core/adapter.js";
import { brief, expectCount, expectSame, thrownBy } from "./expectations.js";
import type { Check } from "./bench.js";

/** Items: arrive whole, once, and are told truly. */
export const ITEM_CHECKS: readonly Check[] = [
  {
    title: "put, then verify: the same",
    async run(bench) {
      const place = await bench.place();
      const item = bench.samples.plain(1);
      const { outcome, ref } = await place.put(item);
      assert.equal(outcome, "created");
      await expectSame(place, item, ref);
    },
  },
  {
    title: "put again with its reference: unchanged, one object",
    async run(bench) {
      const place = await bench.place();
      const item = bench.samples.plain(1);
      const { ref } = await place.put(item);
      const again = await place.put(item, ref);
      assert.equal(again.ref.id, ref.id);
      assert.equal(again.outcome, "unchanged");
      await expectCount(place, 1);
    },
  },
  {
    title: "crash after sending: find answers the object, and putting it again makes no second one",
    when: ({ canFind }) => canFind === true,
    async run(bench) {
      const place = await bench.place();
      const other = bench.samples.plain(1);
      const item = bench.samples.plain(2);
      await place.put(other);
      assert.equal(await place.find(item), undefined, "not sent yet");
      const session = await bench.session();
      const lost = await session.put(item, place.context(item));
      await bench.reopen();
      const found = await place.find(item);
      assert.ok(found !== undefined && lost.outcome !== "skipped");
      assert.equal(found.id, lost.ref.id);
      const again = await place.put(item, found);
      assert.equal(again.ref.id, found.id);
      await expectSame(place, item, again.ref);
      await expectCount(place, 2);
    },
  },
  {
    title: "crash after sending where nothing can be found: find tells the doubt, and sends nothing",
    when: ({ canFind }) => canFind === false,
    async run(bench) {
      const place = await bench.place();
      const item = bench.samples.plain(1);
      const session = await bench.session();
      await session.put(item, place.context(item));
      await bench.reopen();
      assert.equal((await thrownBy(() => place.find(item))).code, "TARGET_UNSURE");
      await expectCount(place, 1);
    },
  },
  {
    title: "where nothing can be found: put says that it sends just before what a repeat would double",
    when: ({ canFind }) => canFind !== true,
    async run(bench) {
      const place = await bench.place();
      const item = bench.samples.plain(1);
      let standing: (number | undefined)[] = [];
      await (await bench.session()).put(item, { ...place.context(item), sending: async () => { standing = [...standing, await place.count()]; } });
      assert.equal(standing.length, 1, "sending was told once");
      assert.ok(standing[0] === undefined || standing[0] === 0, "it stood there before");
      await expectCount(place, 1);
    },
  },
  {
    title: "crash after sending where what stands is found late: find answers the object, and tells the doubt of what it does not see",
    when: ({ canFind }) => canFind === "late",
    async run(bench) {
      const place = await bench.place();
      const [sent, unsent] = [bench.samples.plain(1), bench.samples.plain(2)];
      const session = await bench.session();
      const lost = await session.put(sent, place.context(sent));
      await bench.reopen();
      const found = await place.find(sent);
      assert.ok(found !== undefined && lost.outcome !== "skipped");
      assert.equal(found.id, lost.ref.id);
      assert.equal((await place.put(sent, found)).ref.id, found.id);
      assert.equal((await thrownBy(() => place.find(unsent))).code, "TARGET_UNSURE");
      await expectSame(place, sent, found);
      await expectCount(place, 1);
    },
  },
  {
    title: "identical twins stay two, and a taken object is never found",
    async run(bench) {
      const place = await bench.place();
      const item = bench.samples.plain(1);
      const twin = bench.samples.twin(item);
      const first = await place.put(item);
      if (bench.capability.canFind === true) assert.equal(await place.find(twin), undefined, "found the twin's object");
      else if (bench.capability.canFind === "late") assert.equal((await thrownBy(() => place.find(twin))).code, "TARGET_UNSURE");
      const second = await place.put(twin);
      assert.notEqual(first.ref.id, second.ref.id);
      await expectSame(place, item, first.ref);
      await expectSame(place, twin, second.ref);
      await expectCount(place, 2);
    },
  },
  {
    title: "a changed item is updated, not duplicated",
    when: ({ canUpdate }) => canUpdate,
    async run(bench) {
      const place = await bench.place();
      const item = bench.samples.plain(1);
      const first = await place.put(item);
      const changed = bench.samples.changed(item);
      const second = await place.put(changed, first.ref);
      assert.notEqual(second.outcome, "unchanged");
      await expectSame(place, changed, second.ref);
      await expectCount(place, 1);
    },
  },
  {
    title: "changed state alone is updated in place",
    when: ({ canUpdate }) => canUpdate,
    async run(bench) {
      const place = await bench.place();
      const item = bench.samples.plain(1);
      const restated = bench.samples.restated(item);
      if (restated === undefined) return;
      const first = await place.put(item);
      const second = await place.put(restated, first.ref);
      assert.equal(second.outcome, "updated");
      assert.equal(second.ref.id, first.ref.id);
      await expectSame(place, restated, second.ref);
    },
  },
  {
    title: "putting with a reference whose object is gone makes it anew",
    when: ({ canRemove }) => canRemove,
    async run(bench) {
      const place = await bench.place();
      const item = bench.samples.plain(1);
      const first = await place.put(item);
      await place.remove(first.ref);
      const second = await place.put(item, first.ref);
      await expectSame(place, item, second.ref);
      await expectCount(place, 1);
    },
  },
  {
    title: "remove takes away our object only, and twice is once",
    when: ({ canRemove }) => canRemove,
    async run(bench) {
      const place = await bench.place();
      const [kept, gone] = [bench.samples.plain(1), bench.samples.plain(2)];
      const keptRef = (await place.put(kept)).ref;
      const goneRef = (await place.put(gone)).ref;
      await place.remove(goneRef);
      await place.remove(goneRef);
      await expectSame(place, kept, keptRef);
      if (bench.capability.canReadBack) assert.equal((await place.verify(gone, goneRef)).state, "missing");
      await expectCount(place, 1);
    },
  },
  {
    title: "verify tells an object altered behind our back",
    when: ({ canReadBack }) => canReadBack,
    async run(bench) {
      const { tamper } = bench.setup;
      const place = await bench.place();
      const item = bench.samples.plain(1);
      const { ref } = await place.put(item);
      // Without a hook, the object is compared with another record.
      if (tamper !== undefined) await tamper(bench.account, place.into, ref);
      const verdict = await place.verify(tamper === undefined ? bench.samples.changed(item) : item, ref);
      assert.notEqual(verdict.state, "same");
      assert.ok(verdict.state === "missing" || verdict.fields.length > 0, "a difference names its fields");
    },
  },
  {
    title: "where the target tells what changed since a state, it tells what was altered and what was removed, also in a later run, and all where the state is none of its own",
    async run(bench) {
      const place = await bench.place();
      const [altered, removed] = [bench.samples.plain(1), bench.samples.plain(2)];
      const [ref, gone] = [(await place.put(altered)).ref, (await place.put(removed)).ref];
      const told = await (await bench.session()).changes?.(place.into.id, undefined, bench.signal);
      if (told === undefined) return;
      const ask = async (since: string): Promise<ContainerChanges["changed"] | undefined> => (await (await bench.reopen()).changes?.(place.into.id, since, bench.signal))?.changed;
      assert.equal(await ask("nonsense"), "all");
      const { tamper } = bench.setup;
      if (tamper !== undefined) await tamper(bench.account, place.into, ref);
      else if (bench.capability.canUpdate) await place.put(bench.samples.changed(altered), ref);
      if (bench.capability.canRemove) await place.remove(gone);
      const changed = await ask(told.state);
      assert.ok(changed !== undefined, "what was told once is told again");
      if (changed === "all") return;
      if (tamper !== undefined || bench.capability.canUpdate) assert.ok(changed.has(ref.id), "what was altered is left out");
      if (bench.capability.canRemove) assert.ok(changed.has(gone.id), "what was removed is left out");
    },
  },
  {
    title: "an empty body arrives or is refused by name",
    async run(bench) {
      const item = bench.samples.empty();
      if (item === undefined) return;
      const place = await bench.place();
      try {
        const { ref } = await place.put(item);
        await expectSame(place, item, ref);
      } catch (thrown) {
        assert.equal((await thrownBy(() => Promise.reject(thrown as Error))).errorClass, "permanent-item");
      }
    },
  },
  {
    title: "a body of 2 MB arrives, and one over the declared limit is refused by name",
    async run(bench) {
      const place = await bench.place();
      const { maxBytes } = bench.capability;
      const item = bench.samples.sized(Math.min(2_000_000, maxBytes ?? Infinity, bench.setup.largest ?? Infinity));
      const { ref } = await place.put(item);
      await expectSame(place, item, ref);
      if (maxBytes === undefined || maxBytes > 200_000_000) return;
      const error = await thrownBy(() => place.put(bench.samples.sized(maxBytes + 1)));
      assert.equal(error.code, "ITEM_TOO_LARGE");
    },
  },
  {
    title: "many puts at once, up to the declared concurrency",
    async run(bench) {
      const place = await bench.place();
      const items = Array.from({ length: bench.setup.manifest.concurrency * 3 }, (_, index) => bench.samples.plain(index));
      const refs = new Set<string>();
      for (let start = 0; start < items.length; start += bench.setup.manifest.concurrency) {
        const results = await Promise.all(items.slice(start, start + bench.setup.manifest.concurrency).map((item) => place.put(item)));
        for (const { ref } of results) refs.add(ref.id);
      }
      assert.equal(refs.size, items.length);
      await expectCount(place, items.length);
    },
  },
  {
    title: "an aborted put ends at once with the signal's reason or an error, and the session closes",
    async run(bench) {
      const place = await bench.place();
      const item = bench.samples.sized(2_000_000);
      const session = await bench.session();
      const putting = session.put(item, place.context(item)).then(() => "done", () => "stopped");
      bench.stop.abort(new DOMException("stop", "AbortError"));
      assert.ok(["done", "stopped"].includes(await putting));
      await assert.rejects(session.put(item, place.context(item)));
    },
  },
  {
    title: "every feature of the record and the bytes is the same at the target, a declared loss, or left out by a declared rule",
    async run(bench) {
      const place = await bench.place("Richesses");
      const failures: string[] = [];
      for (const { name, item } of bench.samples.rich()) {
        try {
          const result = await place.offer(item);
          if (result.outcome === "skipped") {
            if (!bench.setup.manifest.skips.includes(result.code)) failures.push(`${name}: left out by ${result.code}, which the manifest does not name`);
            continue;
          }
          const { ref, losses } = result;
          const verdict = await place.verify(item, ref);
          const excused = new Set(losses.map(({ field }) => field));
          const unexcused = verdict.fields.filter(({ field }) => !excused.has(field));
          const fine = verdict.state === "same" || (verdict.state === "different" && unexcused.length === 0) || (verdict.state === "unverifiable" && !bench.capability.canReadBack);
          if (!fine) failures.push(`${name}: ${JSON.stringify(brief({ state: verdict.state, fields: unexcused }))}`);
        } catch (thrown) {
          failures.push(`${name}: ${String(thrown)}`);
        }
      }
      assert.deepEqual(failures, []);
    },
  },
  {
    title: "the errors of a put hold neither a secret nor content",
    async run(bench) {
      const place = await bench.place();
      const item = bench.samples.plain(4_242);
      const nowhere = { ...place.into, id: `${place.into.id}-absent` };
      const error = await thrownBy(async () => (await bench.session()).put(item, { ...place.context(item), into: nowhere }));
      const told = JSON.stringify([error.message, error.params, error.describe("fr"), error.remedy("fr")]);
      for (const word of [...bench.setup.secrets, item.title, "voici le n°"]) assert.ok(!told.includes(word), `a message holds "${word}"`);
    },
  },
];
