import type { Foresight } from "../../src/core/adapter.js";
import type { ForeseenLoss, Item, Loss, PlacedContainer } from "../../src/core/item.js";
import { declared, foresight, sure } from "../../src/kit/forecast.js";
import { fileItem, folderItem } from "../../src/kit/typed-items.js";
import { manifest } from "./manifest.js";
import { isShortened, spellings } from "./names.js";

const loss = (field: string, reason: string): Loss => ({ field, change: "approximated", side: "target", reason });

/** What the names alone cost; where they end up in a folder is known when they are written. */
function shortened(field: string, name: string): readonly Loss[] {
  return isShortened(name) ? [loss(field, "files.name-shortened")] : [];
}

/** `written`: the component that the file got. */
export function itemLosses(item: Item, written: string): readonly Loss[] {
  if (item.key.workload !== "files") return [];
  const { name } = fileItem(item).record;
  const { own, disguised } = spellings(name, "");
  return [...shortened("name", name), ...(written === own || written === disguised ? [] : [loss("name", "files.renamed-conflict")])];
}

export function placeLosses({ name, path }: PlacedContainer, written: string): readonly Loss[] {
  if (path.length === 0) return [];
  const { own, disguised } = spellings(name, "");
  return [...shortened("folder", name), ...(written === own || written === disguised ? [] : [loss("folder", "container.marked")])];
}

export function foresee(item: Item): Promise<Foresight> {
  const { workload } = item.key;
  if (workload !== "files" || folderItem(item) !== undefined) return Promise.resolve(foresight());
  return Promise.resolve(foresight(sure(shortened("name", fileItem(item).record.name)), declared(manifest, workload, "item", ["files.renamed-conflict"])));
}

export function foreseePlace({ workload, name, path }: PlacedContainer): readonly ForeseenLoss[] {
  return path.length === 0 ? [] : [...sure(shortened("folder", name)), ...declared(manifest, workload, "container", ["container.marked"])];
}
