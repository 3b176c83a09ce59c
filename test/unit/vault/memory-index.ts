import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterAll } from "@jest/globals";
import type { BlobRef, Item, Owner, Sha256 } from "../../../src/core/item.js";
import type { BlobPlacement, CheckIndex, Flushed, JournalLine, OwnerVault, VaultPort } from "../../../src/core/vault.js";
import { checkVault, type Finding } from "../../../src/vault/check.js";
import type { Sizes } from "../../../src/vault/layout.js";
import type { Cipher } from "../../../src/vault/cipher.js";
import { openVaultKey } from "../../../src/vault/vault-key.js";
import { createVault, openVault } from "../../../src/vault/vault.js";

export const ALICE: Owner = { id: "6f1c-alice", name: "alice@mairie.example", kind: "user", displayName: "Alice Martin" };

/** What the state store would keep; `save` is its transaction. */
export class MemoryIndex implements CheckIndex {
  readonly blobs = new Map<string, BlobPlacement>();
  readonly lengths = new Map<string, number>();
  adopted = 0;

  find = (owner: string, sha256: string) => Promise.resolve(this.blobs.get(`${owner} ${sha256}`));
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

export async function* pieces(bytes: Uint8Array, length = 64 * 1024): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < bytes.length; at += length) yield await Promise.resolve(bytes.subarray(at, at + length));
}

export async function collect(stream: AsyncIterable<Uint8Array>): Promise<Buffer> {
  const chunks: Uint8Array[] = [];
  for await (const chunk of stream) chunks.push(chunk);
  return Buffer.concat(chunks);
}

/** A mail's journal line. */
export function line(id: string, body: BlobRef, subject = id): JournalLine & Item {
  return {
    v: 1, at: "2026-11-24T09:00:00Z", kind: "item", key: { workload: "mail", owner: ALICE.id, id }, container: "inbox", version: "1", title: subject,
    record: { v: 1, type: "mail", subject, isRead: true, isDraft: false, flag: "none", importance: "normal", categories: [], hasAttachments: false },
    body, parts: [], digest: "0".repeat(64) as Sha256, losses: [],
  };
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
