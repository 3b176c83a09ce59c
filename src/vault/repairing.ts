import { readdir, stat } from "node:fs/promises";
import path from "node:path";
import type { ExodusError } from "../core/errors.js";
import type { ItemKey, Owner } from "../core/item.js";
import type { RepairStore } from "../core/repair.js";
import type { BlobIndex } from "../core/vault.js";
import type { Cipher } from "./cipher.js";
import { ifPresent } from "./disk.js";
import type { Sizes } from "./layout.js";
import type { ReadHandles } from "./read-handles.js";
import { keepPart } from "./set-aside.js";

/** What a repair did. `file` is relative to the vault. */
export type Mending =
  | { readonly kind: "repaired"; readonly code: MendingCode; readonly file: string; readonly message: string }
  /** An item whose record or content is lost: the next pull asks the source for it by its id. */
  | { readonly kind: "to-read-again"; readonly key: ItemKey; readonly error: ExodusError };

export type MendingCode = "unfinished" | "card" | "seals" | "segment" | "cut" | "large" | "record" | "lost-file" | "retold";

export type RepairIndex = BlobIndex & RepairStore & { owners(): Promise<readonly Owner[]> };

/** What the parts of a repair share. */
export interface Repairing {
  readonly root: string;
  readonly index: RepairIndex;
  readonly cipher: Cipher | undefined;
  readonly readData: boolean;
  readonly sizes: Sizes;
  readonly handles: ReadHandles;
  readonly signal: AbortSignal;
}

/** Keeps what is cut from the owner's files, and tells of it by `told`. */
export function keepingCuts(root: string, dir: string, told: Mending[]): (file: string, from: number) => Promise<void> {
  return async (file, from) => {
    const { size } = await stat(path.join(root, file));
    const kept = await keepPart(root, dir, file, from, size);
    told.push({ kind: "repaired", code: "cut", file, message: `${size - from} bytes behind byte ${from} were not committed: cut, and kept as ${kept}` });
  };
}

export async function names(dir: string): Promise<readonly string[]> {
  return (await ifPresent(readdir(dir), [])).sort();
}
