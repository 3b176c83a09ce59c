import { FILE_NAMES, isDots, shortFileName } from "../../lib/file-names.js";
import { isHalf, LEAST_PERCENT } from "../../lib/name-alphabets.js";
import { targetName, type NameRules, type TargetName } from "../../lib/target-names.js";

/** A stack on a local disk makes a temporary file of the name and ten digits, of 255 bytes at most (cozy-stack model/vfs/vfsafero/impl.go, CreateFile). */
export const COZY_NAME_BYTES = 240;

/**
 * What the stack refuses in a name: "/", NUL, line breaks, ".", "..", nothing at all (model/vfs/vfs.go, ForbiddenFilenameChars and checkFileName).
 * The dot of ".cozy-note" is written too: the stack would turn such a file into a note and change its bytes (web/files/files.go, createFileHandler).
 */
const RULES: NameRules = {
  ...FILE_NAMES, alphabet: LEAST_PERCENT, empty: "%00", most: COZY_NAME_BYTES, shorten: (written) => shortFileName(written, COZY_NAME_BYTES),
  forbids: (char, at, all) => /[/\u0000\n\r]/.test(char) || isHalf(char) || (isDots(all) && at === all.length - 1) || (char === "." && all.slice(at).join("") === ".cozy-note"),
};

/** The nearest name that the stack takes. */
export function cozyName(name: string): TargetName {
  return targetName(name, RULES);
}
