import { createHash } from "node:crypto";
import { markedName } from "../../lib/beside-names.js";
import type { DiskMap } from "../../lib/disk-map.js";
import { NAME_BYTES } from "../../lib/file-names.js";
import { PERCENT } from "../../lib/name-alphabets.js";
import { rulesOf, WINDOWS_RESERVED } from "../../lib/name-rules.js";
import { foldedName, targetName } from "../../lib/target-names.js";

/**
 * What neither Windows nor Linux refuses ("Naming Files, Paths, and Namespaces", learn.microsoft.com/windows/win32/fileio/naming-a-file). The archive's names are written by
 * the percent rule already: only what it leaves (devices, names of strangers) is written here, by the same alphabet.
 */
const RULES = {
  ...rulesOf({ forbidden: /[/\\:*?"<>|\u0000-\u001f\u007f]/, trailing: /[. ]/, reserved: WINDOWS_RESERVED, most: NAME_BYTES, unit: "bytes" }),
  alphabet: { ...PERCENT, ambiguous: () => false },
};

/** Paths of a package: of two names of a folder that Windows takes for one, the second (in code units) is marked by its hash, until no other has the name. */
export class PackageNames {
  #from: readonly string[] = [];
  #to: readonly string[] = [];

  /** `taken` is on the disk: one entry a name. */
  constructor(private readonly taken: DiskMap) {}

  /** Paths must come in the order of their components. */
  of(path: string): string {
    const from = path.split("/");
    const to: string[] = [];
    for (const [depth, name] of from.entries()) {
      const known = this.#to[depth];
      const same = known !== undefined && from.slice(0, depth + 1).every((part, index) => part === this.#from[index]);
      to.push(same ? known : this.#name(to.join("/"), name));
    }
    [this.#from, this.#to] = [from, to];
    return to.join("/");
  }

  #name(folder: string, name: string): string {
    for (let written = targetName(name, RULES).name; ; written = markedName(written, hashOf(name))) {
      const key = `name ${folder}/${foldedName(written)}`;
      const holder = this.taken.get(key);
      if (holder === undefined) this.taken.set(key, name);
      if (holder === undefined || holder === name) return written;
    }
  }
}

function hashOf(name: string): string {
  return createHash("sha256").update(name).digest("hex");
}
