import { randomUUID } from "node:crypto";
import { chmod, link, readFile, rm } from "node:fs/promises";
import path from "node:path";
import { ExodusError } from "../core/errors.js";
import type { BlobIndex, OwnerVault, VaultPort } from "../core/vault.js";
import { refuseUnfinished } from "./erasures.js";
import { ensureFolder, errnoOf, onDisk, syncFolder, writeWhole } from "./disk.js";
import { DIR_MODE, FORMAT, FORMAT_VERSION, HEADER_FILE, RECORDS_BYTES, SEGMENT_BYTES, type Sizes, type VaultHeader } from "./layout.js";
import { Leases } from "./leases.js";
import { lockVault } from "./lock.js";
import { OwnerFolders } from "./owner-folders.js";
import { OpenOwner } from "./owner-vault.js";
import { openBlob, readRecord } from "./read.js";
import { ReadHandles } from "./read-handles.js";
import { emptyTmp } from "./spill.js";

export type { VaultHeader } from "./layout.js";

/**
 * Makes an empty vault; the folder may exist. The header appears whole or not at all, and never over another vault's.
 * @throws ExodusError VAULT_EXISTS, DISK_FULL, VAULT_IO.
 */
export async function createVault(dir: string): Promise<VaultHeader> {
  const header: VaultHeader = { format: FORMAT, version: FORMAT_VERSION, id: randomUUID(), createdAt: new Date().toISOString(), tool: "o365-exodus" };
  await ensureFolder(path.dirname(dir), path.basename(dir));
  const part = path.join(dir, `${HEADER_FILE}.${header.id}`);
  await onDisk(HEADER_FILE, async () => {
    await chmod(dir, DIR_MODE);
    await writeWhole(part, `${JSON.stringify(header, null, 2)}\n`);
    try {
      await link(part, path.join(dir, HEADER_FILE));
    } catch (thrown) {
      if (errnoOf(thrown) === "EEXIST") throw new ExodusError("VAULT_EXISTS", { params: { dir }, cause: thrown });
      throw thrown;
    } finally {
      await rm(part, { force: true });
    }
    await syncFolder(dir);
  });
  return header;
}

/**
 * Reads and judges the header; a vault in which an owner is half erased is refused, unless the caller is about to finish that (`erasing`).
 * @throws ExodusError VAULT_MISSING, VAULT_HEADER, VAULT_VERSION, VAULT_ERASURE_UNFINISHED or VAULT_ERASURES.
 */
export async function vaultHeader(dir: string, erasing = false): Promise<VaultHeader> {
  const text = await readFile(path.join(dir, HEADER_FILE), "utf8").catch((cause: unknown) => {
    const missing = errnoOf(cause) === "ENOENT" || errnoOf(cause) === "ENOTDIR";
    throw new ExodusError(missing ? "VAULT_MISSING" : "VAULT_HEADER", { params: { dir, reason: errnoOf(cause) ?? "?" }, cause });
  });
  let header: Partial<VaultHeader> | null;
  try {
    header = JSON.parse(text) as Partial<VaultHeader> | null;
  } catch (cause) {
    throw new ExodusError("VAULT_HEADER", { params: { dir, reason: "JSON" }, cause });
  }
  if (header?.format !== FORMAT) throw new ExodusError("VAULT_HEADER", { params: { dir, reason: `format ${String(header?.format)}` } });
  if (header.version !== FORMAT_VERSION) throw new ExodusError("VAULT_VERSION", { params: { dir, found: String(header.version), known: FORMAT_VERSION } });
  if (typeof header.id !== "string" || header.id === "") throw new ExodusError("VAULT_HEADER", { params: { dir, reason: "id" } });
  if (!erasing) await refuseUnfinished(dir);
  return header as VaultHeader;
}

export interface OpenOptions {
  /** Opened after the lock is held, since it may live in the vault itself; closed with the vault. */
  index(): Promise<BlobIndex & { close(): Promise<void> }>;
  /** Takes no lock and touches nothing: reads beside a process that writes. Writing throws VAULT_READ_ONLY. */
  readonly readOnly?: boolean;
  /** To erase an owner, or finish an erasure that was cut off. */
  readonly erasing?: boolean;
  /** Where files are sealed; for tests. */
  readonly sizes?: Sizes;
}

/**
 * Opens a vault for one process. Unfinished files of an earlier process are removed; each owner's part recovers at its first write.
 * @throws ExodusError VAULT_MISSING, VAULT_HEADER, VAULT_VERSION, VAULT_LOCKED, DISK_FULL, VAULT_IO.
 */
export async function openVault(dir: string, options: OpenOptions): Promise<VaultPort> {
  const header = await vaultHeader(dir, options.erasing);
  const readOnly = options.readOnly === true;
  const unlock = readOnly ? () => Promise.resolve() : await lockVault(dir);
  try {
    const index = await options.index();
    try {
      if (!readOnly) await emptyTmp(dir);
    } catch (thrown) {
      await index.close();
      throw thrown;
    }
    const handles = new ReadHandles(dir);
    const part = readOnly ? readOnlyOwners(handles, index) : writableOwners(dir, handles, index, options.sizes ?? { segment: SEGMENT_BYTES, records: RECORDS_BYTES });
    return { id: header.id, owner: (owner) => part.owner(owner), close: () => inTurn([() => part.close(), () => handles.close(), () => index.close(), unlock]) };
  } catch (thrown) {
    await unlock();
    throw thrown;
  }
}

type Owners = Omit<VaultPort, "id">;

function writableOwners(root: string, handles: ReadHandles, index: BlobIndex, sizes: Sizes): Owners {
  const folders = new OwnerFolders(root);
  const leases = new Leases();
  return {
    owner: (owner) => leases.take(owner.id, async () => new OpenOwner({ root, dir: await folders.of(owner), owner: owner.id, index }, handles, sizes)),
    close: () => leases.close(),
  };
}

function readOnlyOwners(handles: ReadHandles, index: BlobIndex): Owners {
  const refuse = () => Promise.reject(new ExodusError("VAULT_READ_ONLY"));
  return {
    owner: (owner): Promise<OwnerVault> => Promise.resolve({
      write: refuse,
      commit: refuse,
      read: (place) => readRecord(handles, place),
      async *open(blob) {
        yield* openBlob(handles, blob.sha256, await index.find(owner.id, blob.sha256));
      },
      close: () => Promise.resolve(),
    }),
    close: () => Promise.resolve(),
  };
}

/** Runs every step even if one fails, so that the lock is given back; the first failure is thrown at the end. */
async function inTurn(steps: readonly (() => Promise<void>)[]): Promise<void> {
  const failures: unknown[] = [];
  for (const step of steps) await step().catch((thrown: unknown) => failures.push(thrown));
  if (failures.length > 0) throw failures[0];
}
