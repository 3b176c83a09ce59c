import { markOf } from "../../src/convert/message/origin.js";
import type { Foresight } from "../../src/core/adapter.js";
import type { ForeseenLoss, Item, ItemKey, PlacedContainer } from "../../src/core/item.js";
import { approximated, dropped, FileLosses } from "../../src/kit/file-losses.js";
import { declared } from "../../src/kit/forecast.js";
import { LEAST_PERCENT } from "../../src/lib/name-alphabets.js";
import { rulesOf } from "../../src/lib/name-rules.js";
import { targetName, type NameRules, type TargetName } from "../../src/lib/target-names.js";
import { manifest } from "./manifest.js";

/** No document tells which names a box takes, nor how long: what could be read as a path, or be trimmed, or that the parting of an extension would lose, is written; the rest is the vendor's to refuse. */
const RULES: NameRules = {
  ...rulesOf({ forbidden: /[\0-\x1f\x7f/\\]/, leading: /\s/, trailing: /[\s.]/, most: Number.MAX_SAFE_INTEGER, unit: "characters" }), alphabet: LEAST_PERCENT,
};

export const boxName = (name: string): TargetName => targetName(name, RULES);

/** As Python's splitext, of which the vendor's client makes the two fields (whaller_client/endpoints/box.py, `create_file`). */
export function partedName(name: string): { readonly name: string; readonly ext: string } {
  const [, stem = name, ext = ""] = /^(\.*[^.].*)\.([^.]*)$/s.exec(name) ?? [];
  return { name: stem, ext };
}

/** Of a second one of a name: what the box would make of it is told nowhere. */
export function markedName(name: string, key: Pick<ItemKey, "workload" | "id">): string {
  const { name: stem, ext } = partedName(name);
  return `${stem} (${markOf(key)})${ext === "" ? "" : `.${ext}`}`;
}

export const losses = new FileLosses(manifest, { file: boxName, folder: boxName });
export const CHANGED = dropped("content", "files.unchangeable");
export const RENAMED = dropped("name", "files.unchangeable");
export const STAYS = approximated("folder", "container.stays");

export async function foresee(item: Item): Promise<Foresight> {
  const foreseen = await losses.foresee(item);
  return foreseen.skipped === undefined ? { losses: [...foreseen.losses, ...declared(manifest, "files", "item", ["files.unchangeable", "target.stays"])] } : foreseen;
}

export function foreseePlace(container: PlacedContainer): readonly ForeseenLoss[] {
  const foreseen = losses.foreseePlace(container);
  return container.path.length === 0 ? foreseen : [...foreseen, ...declared(manifest, "files", "container", ["container.stays"])];
}
