import assert from "node:assert/strict";
import type { WorkloadCapability } from "../../core/adapter.js";
import { HOSTILE_NAMES } from "./hostile-names.js";
import { expectSame, thrownBy } from "./expectations.js";
import { Place, type Bench, type Check } from "./bench.js";

/** Containers: made once, kept apart, followed when renamed. */
export const CONTAINER_CHECKS: readonly Check[] = [
  {
    title: "prepare twice gives one container, in one run and in the next",
    when: isFindable,
    async run(bench) {
      const { placed, into } = await bench.place();
      assert.equal((await (await bench.session()).prepare(placed, undefined, bench.signal)).id, into.id);
      const again = await (await bench.reopen()).prepare(placed, undefined, bench.signal);
      assert.equal(again.id, into.id);
      assert.equal(again.created, false);
      assert.equal((await (await bench.reopen()).prepare(placed, into.id, bench.signal)).id, into.id);
    },
  },
  {
    title: "prepare gives the container whose address is known; of one whose making may have been cut, findContainer tells the doubt, and makes nothing",
    when: (capability) => !isFindable(capability),
    async run(bench) {
      const { placed, into } = await bench.place();
      const again = await (await bench.reopen()).prepare(placed, into.id, bench.signal);
      assert.deepEqual([again.id, again.created], [into.id, false]);
      const session = await bench.reopen();
      assert.equal((await thrownBy(async () => session.findContainer?.(placed, bench.signal))).code, "TARGET_CONTAINER_UNSURE");
    },
  },
  {
    title: "containers with hostile names are made, kept apart, and found again by the next run",
    async run(bench) {
      const parent = await bench.place("Hostiles");
      const placed = HOSTILE_NAMES.map(({ name }) => bench.container(name, parent.placed));
      const ids = await prepareAll(bench, placed);
      assert.equal(new Set(ids).size, placed.length, "two names met in one container");
      await bench.reopen();
      await (await bench.session()).prepare(parent.placed, parent.into.id, bench.signal);
      for (const [index, container] of placed.entries()) {
        assert.equal((await (await bench.session()).prepare(container, ids[index], bench.signal)).id, ids[index], container.name);
      }
      if (!isFindable(bench.capability)) return;
      await bench.reopen();
      await (await bench.session()).prepare(parent.placed, undefined, bench.signal);
      assert.deepEqual(await prepareAll(bench, placed), ids, "without the ledger");
    },
  },
  {
    title: "two containers with the same name and parent stay two",
    async run(bench) {
      const parent = await bench.place("Homonymes");
      const twins = [bench.container("Dossier", parent.placed), bench.container("Dossier", parent.placed)];
      const ids = await prepareAll(bench, twins);
      assert.notEqual(ids[0], ids[1]);
    },
  },
  {
    title: "a renamed container keeps its items",
    async run(bench) {
      const place = await bench.place("Avant");
      const item = bench.samples.plain(1);
      const { ref } = await place.put(item);
      const renamed = { ...place.placed, name: `${place.placed.name} après`, path: [`${place.placed.name} après`] };
      const into = await (await bench.reopen()).prepare(renamed, place.into.id, bench.signal);
      await expectSame(new Place(bench, renamed, into), item, ref);
      assert.equal((await (await bench.reopen()).prepare(renamed, into.id, bench.signal)).id, into.id);
    },
  },
  {
    title: "a child follows its renamed parent",
    async run(bench) {
      const parent = await bench.place("Parent");
      const child = bench.container("Enfant é", parent.placed);
      const before = await (await bench.session()).prepare(child, undefined, bench.signal);
      const place = new Place(bench, child, before);
      const item = bench.samples.plain(2);
      const { ref } = await place.put(item);
      const name = `${parent.placed.name} renommé`;
      const session = await bench.reopen();
      await session.prepare({ ...parent.placed, name, path: [name] }, parent.into.id, bench.signal);
      const moved = { ...child, path: [name, child.name] };
      const after = await session.prepare(moved, before.id, bench.signal);
      await expectSame(new Place(bench, moved, after), item, ref);
    },
  },
  {
    title: "removeContainer removes an empty container and spares a full one",
    when: ({ canRemove }) => canRemove,
    async run(bench) {
      const full = await bench.place("Plein");
      const item = bench.samples.plain(3);
      const { ref } = await full.put(item);
      const session = await bench.session();
      assert.equal(await session.removeContainer(full.into.id, bench.signal), false);
      await expectSame(full, item, ref);
      await full.remove(ref);
      if (bench.setup.ownerRemoves !== undefined) {
        assert.equal((await thrownBy(() => session.removeContainer(full.into.id, bench.signal))).code, bench.setup.ownerRemoves);
        // It stands, and the right to write there with it.
        await expectSame(full, item, (await full.put(item)).ref);
        return;
      }
      assert.equal(await session.removeContainer(full.into.id, bench.signal), true);
      assert.equal(await session.removeContainer(full.into.id, bench.signal), true, "gone already");
    },
  },
];

function isFindable({ canFindContainers }: WorkloadCapability): boolean {
  return canFindContainers !== false;
}

async function prepareAll(bench: Bench, placed: readonly Parameters<Awaited<ReturnType<Bench["session"]>>["prepare"]>[0][]): Promise<string[]> {
  const ids: string[] = [];
  for (const container of placed) ids.push((await (await bench.session()).prepare(container, undefined, bench.signal)).id);
  return ids;
}
