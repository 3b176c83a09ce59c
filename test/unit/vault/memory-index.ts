import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterAll } from "@jest/globals";
import type { BlobRef } from "../../../src/core/item.js";
import type { BlobPlacement, CheckIndex, Flushed, OwnerVault, VaultPort } from "../../../src/core/vault.js";
import { checkVault, type Finding } from "../../../src/vault/check.js";
import type { Sizes } from "../../../src/vault/layout.js";
import type { Cipher } from "../../../src/vault/cipher.js";
import { openVaultKey } from "../../../src/vault/vault-key.js";
import { createVault, openVault } from "../../../src/vault/vault.js";
import { ALICE, line, pieces } from "./samples.js";

export { ALICE, collect, line, pieces } from "./samples.js";

/** What the state store would keep; `save` is its transaction. */
export class MemoryIndex implements CheckIndex {
  readonly blobs = new Map<string, BlobPlacement>();
  readonly lengths = new Map<string, number>();
  adopted = 0;

  find = (owner: string, sha256: string) => Promise.resolve(this.blobs.get(`${owner} ${sha256}`));
  findAll = (owner: string, sha256s: readonly string[]) => Promise.resolve(sha256s.flatMap((sha256) => this.blobs.get(`${owner} ${sha256}`) ?? []));
  committedLength = (file: string) => Promise.resolve(this.lengths.get(file));
  relies = () => Promise.resolve(true);
  reliesOn = (owner: string, file: string, offset: number) => Promise.resolve([...this.blobs.values()].some((blob) => blob.owner === owner && blob.file === file && blob.offset === offset));
  close = () => Promise.resolve();

  adopt(placements: readonly BlobPlacement[]): Promise<void> {
    this.adopted += placements.length;
    this.add(placements);
    return Promise.resolve();
  }

  save(flushed: Flushed): void {
    this.add(flushed.placements);
    for (const [file, length] of Object.entries(flushed.lengths)) this.lengths.set(file, Math.max(length, this.lengths.get(file) ?? 0));
  }

  private add(placements: readonly BlobPlacement[]): void {
    for (const placement of placements) {
      const key = `${placement.owner} ${placement.sha256}`;
      if (!this.blobs.has(key)) this.blobs.set(key, placement);
    }
  }
}

export interface Bench {
  readonly dir: string;
  readonly index: MemoryIndex;
  /** Of an encrypted vault. */
  readonly cipher: Cipher | undefined;
  vault: VaultPort;
  alice: OwnerVault;
  reopen(): Promise<void>;
}

const made: string[] = [];
afterAll(() => Promise.all(made.map((dir) => rm(dir, { recursive: true, force: true }))));

export async function bench(sizes?: Sizes, encryption?: { readonly recipients: readonly string[]; readonly identity: string }): Promise<Bench> {
  const dir = await mkdtemp(path.join(tmpdir(), "exodus-vault-"));
  made.push(dir);
  const cipher = await openVaultKey(dir, await createVault(dir, encryption), encryption?.identity);
  const index = new MemoryIndex();
  const open = () => openVault(dir, { cipher, index: () => Promise.resolve(index), ...(sizes === undefined ? {} : { sizes }) });
  const vault = await open();
  const opened: Bench = {
    dir, index, cipher, vault, alice: await vault.owner(ALICE),
    // Closing writes nothing: what follows meets the same bytes as after kill -9.
    async reopen() {
      await opened.vault.close();
      opened.vault = await open();
      opened.alice = await opened.vault.owner(ALICE);
    },
  };
  return opened;
}

/** Writes a blob and commits one mail line about it. */
export async function put(bench: Bench, id: string, bytes: Uint8Array): Promise<{ readonly blob: BlobRef; readonly flushed: Flushed }> {
  const blob = await bench.alice.write(pieces(bytes), ".eml");
  const flushed = await bench.alice.commit("mail", [line(id, blob)]);
  bench.index.save(flushed);
  return { blob, flushed };
}

/** Closes the vault and checks it with every byte read. */
export async function checked(bench: Bench, readData = true): Promise<{ readonly problems: readonly string[]; readonly information: readonly string[]; readonly summary: Finding | undefined }> {
  await bench.vault.close();
  const found: Finding[] = [];
  for await (const finding of checkVault(bench.dir, { cipher: bench.cipher, index: bench.index, readData, signal: new AbortController().signal })) found.push(finding);
  return {
    problems: found.flatMap((finding) => (finding.kind === "problem" ? [finding.code] : [])),
    information: found.flatMap((finding) => (finding.kind === "information" ? [finding.code] : [])),
    summary: found.find(({ kind }) => kind === "summary"),
  };
}
