import { createHash } from "node:crypto";
import { isHalf, PERCENT } from "./name-alphabets.js";
import { MEASURES, type NameRules, type Unit } from "./target-names.js";

/** What a target's documentation says about names. */
export interface NameLimits {
  /** Characters refused anywhere. */
  readonly forbidden: RegExp;
  /** Characters refused as the first or last one. */
  readonly leading?: RegExp;
  readonly trailing?: RegExp;
  /** Whole names refused, for example those of devices. */
  readonly reserved?: RegExp;
  readonly most: number;
  readonly unit: Unit;
  /** The only normal form in which the target keeps names. */
  readonly form?: "NFC" | "NFD";
}

/** Names of devices, whatever their extension ("Naming Files, Paths, and Namespaces", learn.microsoft.com/windows/win32/fileio/naming-a-file). */
export const WINDOWS_RESERVED = /^(?:con|prn|aux|nul|com[0-9\u00b9\u00b2\u00b3]|lpt[0-9\u00b9\u00b2\u00b3])(?:\..*)?$/is;

/** Rules by the percent alphabet, which every file system and URL takes. A name that is reserved has its first character written. */
export function rulesOf({ forbidden, leading, trailing, reserved, most, unit, form }: NameLimits): NameRules {
  const measure = MEASURES[unit];
  return {
    alphabet: PERCENT, empty: "%", most, measure, ...(form === undefined ? {} : { form }),
    forbids: (char, at, all) => forbidden.test(char) || isHalf(char) || (at === 0 && (leading?.test(char) === true || reserved?.test(all.join("")) === true))
      || (at === all.length - 1 && trailing?.test(char) === true) || (char === "." && all.length <= 2 && all.every((other) => other === ".")),
    shorten: (written, name) => shortened(written, name, most, measure),
  };
}

/** Start, `~`, eight digits of the name's hash, extension. */
function shortened(written: string, name: string, most: number, measure: (text: string) => number): string {
  const extension = /\.[A-Za-z0-9]{1,11}$/.exec(written)?.[0] ?? "";
  const end = `~${createHash("sha256").update(name).digest("hex").slice(0, 8)}${extension}`;
  let start = "";
  for (const piece of written.slice(0, written.length - extension.length).match(/(?:%[0-9A-F]{2})+|[^]/gu) ?? []) {
    if (measure(start + piece + end) > most) break;
    start += piece;
  }
  return start + end;
}
