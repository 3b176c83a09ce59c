/**
 * Any name of a source as a name that a target allows, and back. A character that the target refuses is written by an alphabet whose texts
 * can be read back, so that two names never meet; only a name that is too long cannot be read back, and says so.
 */

/** How refused characters are written. `quotes` tells which others must be written too, so that what is read back is the name. */
export interface Alphabet {
  /** `char`: one code point, or half of a surrogate pair. */
  escape(char: string): string;
  /** Whether a character that is allowed would be read back as something else. */
  ambiguous(char: string, at: number, all: readonly string[]): boolean;
  /** What stands for an ambiguous character. */
  quote(char: string): string;
  unescape(text: string): string;
}

export interface NameRules {
  readonly alphabet: Alphabet;
  /** Whether the target refuses the character where it stands; `all`: code points of the whole name. */
  forbids(char: string, at: number, all: readonly string[]): boolean;
  /** Stands for the empty name. Absent: it is cut like one that is too long. */
  readonly empty?: string;
  readonly most: number;
  /** Length of a written name in the target's unit. */
  measure(written: string): number;
  /** A written name that is too long, cut; `name` tells two apart whose beginnings agree. */
  shorten(written: string, name: string): string;
  /** The only normal form in which the target keeps names: what another form would change is written by the alphabet. */
  readonly form?: "NFC" | "NFD";
  /** What is put behind a written name, so that the target does not change its extension. `shorten` sees to it that it is there. */
  readonly ending?: (written: string) => string;
}

export interface TargetName {
  readonly name: string;
  readonly altered: boolean;
  /** A part is gone: `sourceName` does not give the name back. */
  readonly cut: boolean;
}

export function targetName(name: string, rules: NameRules): TargetName {
  const { empty, form } = rules;
  const all = [...name];
  const nearest = name === "" && empty !== undefined ? empty : writtenBy(rules, all, form === undefined ? NONE : changedBy(all, form));
  // A mark may meet the letter before it only once what stood between is written; ASCII alone has one form.
  const stable = form === undefined || nearest.normalize(form) === nearest;
  const bare = stable ? nearest : writtenBy(rules, all, new Set(all.flatMap((char, at) => (char > "\u007f" ? [at] : []))));
  const written = bare + (rules.ending?.(bare) ?? "");
  const cut = written === "" || rules.measure(written) > rules.most;
  const final = cut ? rules.shorten(written, name) : written;
  return { name: final, altered: final !== name, cut };
}

/** The name that `targetName` was given, when it was not cut. */
export function sourceName(written: string, { alphabet, empty }: Pick<NameRules, "alphabet" | "empty">): string {
  return written === empty ? "" : alphabet.unescape(written);
}

/** Names that a target takes for one another fold to the same text: those who place names keep the second one apart by a mark. */
export function foldedName(name: string): string {
  return name.normalize("NFC").toLowerCase();
}

export type Unit = "bytes" | "characters" | "utf16";
export const MEASURES: Readonly<Record<Unit, (text: string) => number>> = {
  bytes: (text) => Buffer.byteLength(text), characters: (text) => [...text].length, utf16: (text) => text.length,
};

const NONE: ReadonlySet<number> = new Set();

/** `besides`: positions that are written by the alphabet although the target allows them. */
function writtenBy(rules: NameRules, all: readonly string[], besides: ReadonlySet<number>): string {
  const { alphabet } = rules;
  return all.map((char, at) => {
    if (besides.has(at) || rules.forbids(char, at, all)) return alphabet.escape(char);
    return alphabet.ambiguous(char, at, all) ? alphabet.quote(char) : char;
  }).join("");
}

/** Positions of letters that a normal form would change, with their marks. */
function changedBy(all: readonly string[], form: "NFC" | "NFD"): ReadonlySet<number> {
  const changed = new Set<number>();
  for (let start = 0; start < all.length; ) {
    let end = start + 1;
    while (end < all.length && /\p{M}/u.test(all[end] ?? "")) end += 1;
    const cluster = all.slice(start, end).join("");
    if (cluster.normalize(form) !== cluster) for (let at = start; at < end; at += 1) changed.add(at);
    start = end;
  }
  return changed;
}
