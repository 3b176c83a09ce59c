import { FileLosses } from "../../src/kit/file-losses.js";
import { LEAST_PERCENT } from "../../src/lib/name-alphabets.js";
import { rulesOf } from "../../src/lib/name-rules.js";
import { targetName, type NameRules, type TargetName } from "../../src/lib/target-names.js";
import { manifest } from "./manifest.js";

/** core/models.py, Item.title: 255 characters; Django REST framework's CharField takes no NUL and trims white space. */
const RULES: NameRules = { ...rulesOf({ forbidden: /\0/, leading: /[\s\x1c-\x1f\x85]/, trailing: /[\s\x1c-\x1f\x85]/, most: 255, unit: "characters" }), alphabet: LEAST_PERCENT };

export const folderTitle = (name: string): TargetName => targetName(name, RULES);

/** A name of which nothing is left in ASCII is refused (core/api/utils.py, sanitize_filename): it is written by the percent rule. */
export function fileTitle(name: string): TargetName {
  const plain = targetName(name, RULES);
  return /[-\w.]/.test(stemOf(plain.name).normalize("NFKD")) ? plain : targetName(name, { ...RULES, forbids: (char) => !/[-\w.]/.test(char) });
}

/** The title with the number that tells a second one from the first (core/utils/item_title.py). */
export function isNumbered(title: string, wanted: string): boolean {
  const stem = stemOf(wanted);
  const end = wanted.slice(stem.length);
  return title.startsWith(`${stem}_`) && title.endsWith(end) && /^\d{2,}$/.test(title.slice(stem.length + 1, title.length - end.length));
}

/** As Python's splitext: dots in front are no extension. */
function stemOf(name: string): string {
  return /^(\.*[^.].*)\.[^.]*$/s.exec(name)?.[1] ?? name;
}

export const losses = new FileLosses(manifest, { file: fileTitle, folder: folderTitle });
