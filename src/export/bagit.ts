import { createReadStream } from "node:fs";
import { readdir, stat } from "node:fs/promises";
import path from "node:path";
import type { DiskTree } from "../drivers/disk/tree.js";
import { LineFile, oneText } from "./export-folder.js";

const MANIFEST = "manifest-sha256.txt";

export interface BagOptions {
  /** The vault's folder; nobody writes there meanwhile. */
  readonly vault: string;
  readonly vaultId: string;
  readonly agent: string;
  /** Folder names below `owners`; absent: all. */
  readonly owners?: ReadonlySet<string>;
  readonly tree: DiskTree;
  readonly signal: AbortSignal;
  readonly onFile?: (bytes: number) => void;
}

export interface BagCounts {
  files: number;
  bytes: number;
}

/**
 * Puts the vault's own files (header and owners' folders, as docs/format.md defines them) into a bag, BagIt 1.0 (RFC 8493): payload in `data/`,
 * SHA-256 of every file, tag files hashed too. The index and the lock are left out: the index can be made anew from the rest.
 * @throws the signal's reason.
 */
export async function writeBag(options: BagOptions): Promise<BagCounts> {
  const { tree, vault, signal, onFile } = options;
  const counts: BagCounts = { files: 0, bytes: 0 };
  const manifest = LineFile.open(tree, MANIFEST);
  let folder = "";
  for await (const file of payload(options)) {
    signal.throwIfAborted();
    const target = `data/${file}`;
    if (path.dirname(target) !== folder) await tree.makeFolder(path.dirname(target));
    folder = path.dirname(target);
    const sha256 = await tree.write(target, createReadStream(path.join(vault, file), { highWaterMark: 256 * 1024 }), { durable: false, signal });
    const { size } = await stat(path.join(tree.root, target));
    counts.files += 1;
    counts.bytes += size;
    await manifest.add(manifestLine(sha256, target));
    onFile?.(size);
  }
  await manifest.close();
  await writeTags(options, counts);
  return counts;
}

async function writeTags({ tree, vaultId, agent }: BagOptions, counts: BagCounts): Promise<void> {
  const tags: Readonly<Record<string, string>> = {
    "bagit.txt": "BagIt-Version: 1.0\nTag-File-Character-Encoding: UTF-8\n",
    "bag-info.txt": [
      `Bagging-Date: ${new Date().toISOString().slice(0, 10)}`, `Payload-Oxum: ${counts.bytes}.${counts.files}`, `External-Identifier: urn:uuid:${vaultId}`,
      "External-Description: Vault of o365-exodus; its format is described in docs/format.md of that program", `Bag-Software-Agent: ${agent}`, "",
    ].join("\n"),
  };
  const lines = [manifestLine((await tree.hash(MANIFEST)) ?? "", MANIFEST)];
  for (const [name, text] of Object.entries(tags)) lines.push(manifestLine(await tree.write(name, oneText(text)), name));
  await tree.write("tagmanifest-sha256.txt", oneText(lines.map((line) => `${line}\n`).join("")));
}

/** Files of the vault, relative to it, in the order of their names. */
async function* payload({ vault, owners }: BagOptions): AsyncGenerator<string> {
  yield "exodus-vault.json";
  const standing = await readdir(vault);
  // The key of an encrypted vault; and who must not be read again.
  for (const file of ["erasures.jsonl", "key.age"]) if (standing.includes(file)) yield file;
  for (const owner of (await readdir(path.join(vault, "owners"))).sort()) {
    if (owners !== undefined && !owners.has(owner)) continue;
    yield* below(vault, `owners/${owner}`);
  }
}

async function* below(vault: string, dir: string): AsyncGenerator<string> {
  const entries = await readdir(path.join(vault, dir), { withFileTypes: true });
  for (const entry of entries.sort((a, b) => (a.name < b.name ? -1 : 1))) {
    if (entry.isDirectory()) yield* below(vault, `${dir}/${entry.name}`);
    else if (entry.isFile()) yield `${dir}/${entry.name}`;
  }
}

/** RFC 8493 section 2.1.3: CR, LF and "%" of a name are percent-encoded. */
function manifestLine(sha256: string, file: string): string {
  return `${sha256}  ${file.replace(/[\r\n%]/g, (character) => encodeURIComponent(character))}`;
}
