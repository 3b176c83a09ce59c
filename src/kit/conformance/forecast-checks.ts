import assert from "node:assert/strict";
import type { Foresight, PutResult, TargetRef } from "../../core/adapter.js";
import type { ForeseenLoss, Item, Loss } from "../../core/item.js";
import { announces, lossOf } from "../forecast.js";
import type { Bench, Check, Place } from "./bench.js";
import { HOSTILE_NAMES } from "./hostile-names.js";

/** One truth about losses: what is reported was declared and foreseen, and what was called sure is reported. */
export const FORECAST_CHECKS: readonly Check[] = [
  {
    title: "no loss of an item is reported that was not declared and foreseen, and every sure one is",
    async run(bench) {
      const place = await bench.place("Pertes");
      const failures: string[] = [];
      const { samples } = bench;
      const plain = samples.plain(1);
      // In order: a twin meets the name of the first, and a changed item the object that stands.
      const items = [plain, samples.twin(plain), samples.changed(plain), ...samples.rich().map(({ item }) => item), ...(samples.besides?.() ?? [])];
      const refs = new Map<string, TargetRef>();
      for (const item of items) failures.push(...(await itemFailures(place, item, refs)));
      assert.deepEqual(failures, []);
    },
  },
  {
    title: "no loss of a container is reported that was not declared and foreseen, and every sure one is",
    async run(bench) {
      const parent = await bench.place("Pertes");
      const names = [...HOSTILE_NAMES.map(({ name }) => name), "Dossier", "Dossier", "dossier"];
      const adapter = await bench.setup.adapter("good");
      const failures: string[] = [];
      for (const name of names) {
        const placed = bench.container(name, parent.placed);
        const { losses } = await (await bench.session()).prepare(placed, undefined, bench.signal);
        failures.push(...failuresOf(bench, "container", name, adapter.foreseePlace(placed), losses));
      }
      await adapter.close();
      assert.deepEqual(failures, []);
    },
  },
];

async function itemFailures(place: Place, item: Item, refs: Map<string, TargetRef>): Promise<string[]> {
  const { bench } = place;
  const adapter = await bench.setup.adapter("good");
  const context = place.context(item, refs.get(item.key.id));
  const [byRecord, byBytes] = [await adapter.foresee(item), await adapter.foresee(item, (blob) => context.open(blob))];
  await adapter.close();
  const result = await (await bench.session()).put(item, context);
  if (result.outcome !== "skipped") {
    bench.ledger.settle(place.into, result.ref, item);
    refs.set(item.key.id, result.ref);
  }
  return [byRecord, byBytes].flatMap((told) => resultFailures(bench, item, told, result));
}

function resultFailures(bench: Bench, { title }: Item, { losses, skipped }: Foresight, result: PutResult): string[] {
  const found = result.outcome === "skipped" ? result.code : undefined;
  if (found !== skipped) return [`${title}: left out by ${String(found)}, foreseen ${String(skipped)}`];
  return failuresOf(bench, "item", title, losses, result.outcome === "skipped" ? [] : result.losses);
}

function failuresOf({ capability }: Bench, of: "item" | "container", name: string, told: readonly ForeseenLoss[], reported: readonly Loss[]): string[] {
  const gaps = capability.gaps.filter((gap) => gap.of === of).map(lossOf);
  const say = (what: string, losses: readonly Loss[]): string[] => losses.map(({ field, change, reason }) => `${name}: ${what}: ${reason} (${field}, ${change})`);
  const covered = (by: readonly Loss[]) => (loss: Loss): boolean => by.some((one) => announces(one, loss));
  return [
    ...say("reported, not declared", reported.filter((loss) => !covered(gaps)(loss))),
    ...say("foreseen, not declared", told.filter((loss) => !gaps.some((gap) => announces(gap, loss)))),
    ...say("reported, not foreseen", reported.filter((loss) => !covered(told)(loss))),
    ...say("sure, not reported", told.filter((loss) => loss.sure && !reported.some((one) => announces(loss, one)))),
  ];
}
