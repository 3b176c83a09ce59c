import type { ServerNames } from "../../src/drivers/webdav/names.js";
import { FILE_NAMES, shortFileName } from "../../src/lib/file-names.js";
import { FULL_WIDTH, isHalf } from "../../src/lib/name-alphabets.js";
import type { NameRules } from "../../src/lib/target-names.js";

/*
 * Source: help and settings of an installed JPlatform, version 10.0.7. Its WebDAV drops signs from names; its uploads rename extensions that a browser might
 * run. Whether WebDAV does so too is told nowhere: such a file gets a further extension, which no server would change.
 */

/** Dropped from names. `%` is one of them, so that no percent rule can be read back: wide twins stand for them ("？"). */
const DROPPED = /["*:<>?|\\/&=%!']/;
/** What an upload renames to txt, to bin; with what follows here, so that it can be read back. Without an extension a file becomes bin. */
const TEXT = /\.(?:jsp[xf]?|html?|shtml|body|jsv?|xml|xhtml|xsd)(?:\.txt)*$/i;
const BINARY = /\.(?:swf|svgz?)(?:\.bin)*$/i;

const RULES: NameRules = {
  // Half of a surrogate pair has no twin: two names that differ in it alone get places beside one another.
  ...FILE_NAMES, alphabet: { ...FULL_WIDTH, escape: (char) => (isHalf(char) ? "\ufffd" : FULL_WIDTH.escape(char)) },
  // The sign that quotes a wide letter, alone.
  empty: "\u201b",
  forbids: (char, at, all) => FILE_NAMES.forbids(char, at, all) || DROPPED.test(char) || (at === 0 && /^\.dav$/i.test(all.join(""))),
};

export const JALIOS_NAMES: ServerNames = {
  file: [{ ...RULES, ending, shorten: (written) => ended(shortFileName(written)) }],
  folder: [RULES],
  made: ended,
  // It is uploaded under the name of a part, and renamed.
  partEnd: (name) => /\.[^.]+$/.exec(name)?.[0] ?? "",
};

/** What follows a written name, so that its extension stays. */
function ending(written: string): string {
  if (TEXT.test(written)) return ".txt";
  return BINARY.test(written) || !written.includes(".") ? ".bin" : "";
}

function ended(name: string): string {
  return name + ending(name);
}
