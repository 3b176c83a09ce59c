import { FILE_NAMES, isDots } from "../../lib/file-names.js";
import { isHalf, LEAST_PERCENT } from "../../lib/name-alphabets.js";
import { targetName, type NameRules, type TargetName } from "../../lib/target-names.js";

/**
 * The name as most servers take it: only what no URL segment or POSIX file system holds is written by the percent rule (separators, controls,
 * ".", "..", the empty name, mod_dav's own ".DAV"), and a `%` that would read as such a sequence. Cut with a hash over 255 bytes.
 */
const LEAST: NameRules = {
  ...FILE_NAMES, alphabet: LEAST_PERCENT, empty: "%00",
  forbids: (char, at, all) => /[/\\\u0000-\u001f\u007f]/.test(char) || isHalf(char) || (isDots(all) && at === all.length - 1) || (at === 0 && /^\.dav$/i.test(all.join(""))),
};

/** Rules by which names are spelled for a server, the closest to the source first. */
export interface ServerNames {
  readonly file: readonly [NameRules, ...NameRules[]];
  readonly folder: readonly [NameRules, ...NameRules[]];
  /** A file's name of our own making (cut, marked, beside another's), as the server keeps it in sight. Absent: as it is. */
  readonly made?: (name: string) => string;
  /** End of the name under which a file is on its way to this one, where the server keeps what it takes a file for by that. Absent: none. */
  readonly partEnd?: (name: string) => string;
  /** The server takes names that differ in case alone for one, but answers under the spelling that stands: looking tells nothing, and writing reaches the other. */
  readonly foldsUnseen?: boolean;
}

/** The second spelling holds for servers that refuse what Windows refuses. */
export const MOST_SERVERS: ServerNames = { file: [LEAST, FILE_NAMES], folder: [LEAST, FILE_NAMES] };

export function leastEncoded(name: string, rules: ServerNames["folder"] = MOST_SERVERS.folder): string {
  return targetName(name, rules[0]).name;
}

/** Spellings to offer a server, the closest to the source first. */
export function spellings(name: string, rules: readonly NameRules[] = MOST_SERVERS.file): readonly string[] {
  return [...new Set(spelled(name, rules).map(({ name: spelling }) => spelling))];
}

function spelled(name: string, rules: readonly NameRules[]): readonly TargetName[] {
  return rules.map((one) => targetName(name, one));
}

/** Whether a spelling lost a part of the name, so that it cannot be read back. */
export function isCut(spelling: string, name: string, rules: readonly NameRules[]): boolean {
  return spelled(name, rules).some((one) => one.name === spelling && one.cut);
}

/** Whether the server takes the name as it is. */
export function takesName(name: string, [rules]: ServerNames["folder"]): boolean {
  return ![...name].some((char, at, all) => rules.forbids(char, at, all));
}
