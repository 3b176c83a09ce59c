import type { ForeseenLoss, Loss, PlacedContainer } from "../../src/core/item.js";
import { approximated, FileLosses } from "../../src/kit/file-losses.js";
import { sure } from "../../src/kit/forecast.js";
import { FILE_NAMES, NAME_BYTES } from "../../src/lib/file-names.js";
import { LEAST_PERCENT } from "../../src/lib/name-alphabets.js";
import { WINDOWS_RESERVED } from "../../src/lib/name-rules.js";
import { targetName, type NameRules, type TargetName } from "../../src/lib/target-names.js";
import { manifest } from "./manifest.js";

/**
 * "What are the restrictions of Wimi Drive?" (support.wimi-teamwork.com/t/…/84): no `/ \ : * ? < > |`, no dot at either end, and only what Windows and macOS
 * both take. Told for the client that brings files to people's machines: a name that it does not take would not reach them.
 */
const RULES: NameRules = {
  ...FILE_NAMES, alphabet: LEAST_PERCENT, empty: "%00", most: NAME_BYTES,
  forbids: (char, at, all) => FILE_NAMES.forbids(char, at, all) || (at === 0 && (/[. ]/.test(char) || WINDOWS_RESERVED.test(all.join("")))),
};

export const wimiName = (name: string): TargetName => targetName(name, RULES);

/** Levels of folders ("Restrictions"). */
export const LEVELS = 9;

/** Beyond the last level a folder stands at the last, its name after those of the folders above. */
export function folderName({ name, path }: Pick<PlacedContainer, "name" | "path">): TargetName {
  return wimiName(path.length <= LEVELS ? name : path.slice(LEVELS - 1).join(" – "));
}

export const losses = new FileLosses(manifest, { file: wimiName, folder: wimiName });
const flattened: Loss = approximated("folder", "container.flattened");

/** `given`: the folder's name at the target. */
export function placeLosses(placed: PlacedContainer, given: string): readonly Loss[] {
  if (placed.path.length <= LEVELS) return losses.folder(placed.name, given);
  const told = placed.path.slice(LEVELS - 1).join(" – ");
  return [flattened, ...losses.folder(told, given)];
}

export function foreseePlace(placed: PlacedContainer): readonly ForeseenLoss[] {
  if (placed.path.length <= LEVELS) return losses.foreseePlace(placed);
  return [...sure([flattened]), ...losses.foreseePlace({ ...placed, name: placed.path.slice(LEVELS - 1).join(" – ") })];
}
