import { markOf } from "../../src/convert/message/origin.js";
import type { Account, Foresight } from "../../src/core/adapter.js";
import type { Item } from "../../src/core/item.js";
import { kindOf } from "../../src/drivers/netframe/kinds.js";
import { FileLosses } from "../../src/kit/file-losses.js";
import { fillTemplate } from "../../src/kit/options.js";
import { fileItem, folderItem } from "../../src/kit/typed-items.js";
import { besideName, markedName } from "../../src/lib/beside-names.js";
import { FILE_NAMES, isDots, shortFileName } from "../../src/lib/file-names.js";
import { isHalf, LEAST_PERCENT } from "../../src/lib/name-alphabets.js";
import { targetName, type NameRules, type TargetName } from "../../src/lib/target-names.js";
import { manifest } from "./manifest.js";

/** docker/database-init/00-schema.sql, medias.name: 245 characters, beyond which it is cut without a word; counted in bytes here, which are never fewer. */
export const NAME_MOST = 245;
/** What the product takes off the ends of a text (app/Http/Middleware/TrimStrings.php). */
const SPACE = /[\s\ufeff\u200b]/;

/**
 * No separator, since what stands before one is taken off a file's name (Symfony, UploadedFile), nor a quotation mark, which a form writes as %22; no character of
 * four bytes, which the columns do not hold; and no folder whose name begins as a level of the list of folders does.
 */
const RULES: NameRules = {
  ...FILE_NAMES, alphabet: LEAST_PERCENT, empty: "%00", most: NAME_MOST,
  forbids: (char, at, all) => /["/\\\u0000-\u001f\u007f]/.test(char) || char.length > 1 || isHalf(char) || isDots(all) || ((at === 0 || at === all.length - 1) && SPACE.test(char)) || (at === 0 && all.slice(0, 6).join("") === "&nbsp;"),
  shorten: (written) => shortFileName(written, NAME_MOST),
};

export const documentName = (name: string): TargetName => targetName(name, RULES);

/** Own name, then beside another's file, then with the item's mark. */
export function candidates(name: string, key: string): readonly string[] {
  const wanted = documentName(name).name;
  return [wanted, besideName(wanted, NAME_MOST), markedName(wanted, key, NAME_MOST)];
}

/** Own name, then with the container's mark. */
export function folderNames(name: string, mark: string): readonly string[] {
  const wanted = documentName(name).name;
  return [wanted, markedName(wanted, mark, NAME_MOST)];
}

/** The folder of an account at the group's own level, where anybody may have one of any name. */
export function rootName(template: string, { name, owner }: Account): string {
  return `${documentName(fillTemplate(template, name)).name} ${markOf({ workload: "files", id: owner.id })}`;
}

export const losses = new FileLosses(manifest, { file: documentName, folder: documentName });

/** Rules of `skips.ts`: what is refused writes an e-mail to the product's administrator, and what is changed would not be the file. */
export function kindRule(name: string): "FILE_KIND_REFUSED" | "FILE_KIND_CHANGED" | undefined {
  const kind = kindOf(documentName(name).name);
  return kind === "refused" ? "FILE_KIND_REFUSED" : kind === "changed" ? "FILE_KIND_CHANGED" : undefined;
}

export function foreseeFile(item: Item): Promise<Foresight> {
  const rule = folderItem(item) === undefined ? kindRule(fileItem(item).record.name) : undefined;
  return rule === undefined ? losses.foresee(item) : Promise.resolve({ losses: [], skipped: rule });
}
