import type { ServerNames } from "../../src/drivers/webdav/names.js";
import { FILE_NAMES, shortFileName } from "../../src/lib/file-names.js";
import { LEAST_PERCENT } from "../../src/lib/name-alphabets.js";
import type { NameRules } from "../../src/lib/target-names.js";

/*
 * Sources: CEO-Vision/gofast@23004fd and Alfresco/alfresco-community-repo. Each pattern finds the one character that is written by the percent rule.
 * FILE_NAMES forbids what Alfresco's names may not hold (contentModel.xml, constraint cm:filename: `" * \ > < ? / : |`, a final dot or space).
 */

/**
 * A first `_` is a space's (gofast_ajax_file_browser.js, validateItemName; script_trigger_replication.js, nodeIsGroup). Files whose name begins with
 * a dot get no document in GoFAST (alfresco_script.php, "Exit conditions"); of folders no source says so, and they are written alike.
 */
const FIRST = "^[._]";

/** Other files that get no document in GoFAST (alfresco_script.php, "Exit conditions"). */
const UNSEEN = ["~(?=\\$)", "(?<=\\.)~(?=lock)", "\\.(?=tmp)", "(?<=Thumbs)\\.(?=db)", "^p(?=df$)"];

/** Files that Alfresco hides once they are renamed to such a name, as what an office program leaves while it saves (WebDAVHelper.java, renameShufflePattern; MoveMethod.java, moveOrCopy). */
const HIDDEN = ["(?<=[a-f0-9]{7})[a-f0-9]$", "\\.(?=(?:tmp|wbk|bak)$)", "(?<=atmp[0-9]*)[0-9]$", "~$", "(?<=backup.*)\\.(?=do[ct]x?m?$)", "\\.(?=sb-\\w{8}-\\w{6}$)"];

/** A folder that GoFAST keeps for itself (gofast_ajax_file_browser.js, validateItemName). */
const RESERVED = "^W(?=ikis$)";

/** Characters that are written by the percent rule before such an end, of which the sequence then is a part (":123456" would end in "3A123456"). */
const WRITTEN = "(?:[\"*\\\\<>?/:|%\\u0000-\\u001f\\u007f\\ud800-\\udfff]|^[._])";
const HIDDEN_THEN = [`(?<=${WRITTEN}[a-f0-9]{5,6})[a-f0-9]$`, `(?<=${WRITTEN}tmp[0-9]*)[0-9]$`];

const hides = new RegExp(HIDDEN.join("|"), "i");

export const GOFAST_NAMES: ServerNames = {
  file: [besides([new RegExp([FIRST, ...UNSEEN].join("|"), "g"), new RegExp([...HIDDEN, ...HIDDEN_THEN].join("|"), "gi")])],
  folder: [besides([new RegExp([FIRST, RESERVED].join("|"), "g")])],
  made: inSight,
  // WebDAVHelper.java, getNodeForPath: found whatever the case, then answered 404 unless it is spelled alike; MoveMethod.java, moveOrCopy does not look twice.
  foldsUnseen: true,
};

/** A mark or a hash at the end looks like a temporary name. */
function inSight(name: string): string {
  return hides.test(name) ? `${name}-` : name;
}

/** What file systems refuse, and the characters that one of the patterns finds. */
function besides(patterns: readonly RegExp[]): NameRules {
  // Every character of a name is asked about; the name is looked through once.
  const known = new WeakMap<readonly string[], ReadonlySet<number>>();
  const foundIn = (all: readonly string[]): ReadonlySet<number> => {
    const found = known.get(all) ?? positions(patterns, all);
    known.set(all, found);
    return found;
  };
  return {
    ...FILE_NAMES, alphabet: LEAST_PERCENT, empty: "%00", shorten: (written) => inSight(shortFileName(written)),
    forbids: (char, at, all) => FILE_NAMES.forbids(char, at, all) || foundIn(all).has(at),
  };
}

/** Where in `all` the patterns' characters stand: a pattern counts in UTF-16. */
function positions(patterns: readonly RegExp[], all: readonly string[]): ReadonlySet<number> {
  const name = all.join("");
  const units = new Set(patterns.flatMap((pattern) => [...name.matchAll(pattern)].map(({ index }) => index)));
  const found = new Set<number>();
  let unit = 0;
  for (const [at, char] of all.entries()) {
    if (units.has(unit)) found.add(at);
    unit += char.length;
  }
  return found;
}
