import { randomUUID } from "node:crypto";
import { chmod, link, rm } from "node:fs/promises";
import path from "node:path";
import { ExodusError } from "../core/errors.js";
import type { BlobIndex, OwnerVault, VaultPort } from "../core/vault.js";
import type { Cipher } from "./cipher.js";
import { ensureFolder, errnoOf, isThere, onDisk, syncFolder, writeWhole } from "./disk.js";
import { DIR_MODE, ENCRYPTED_VERSION, FORMAT, FORMAT_VERSION, HEADER_FILE, RECORDS_BYTES, SEGMENT_BYTES, type Sizes, type VaultHeader } from "./layout.js";
import { Leases } from "./leases.js";
import { lockVault } from "./lock.js";
import { OwnerFolders } from "./owner-folders.js";
import { OpenOwner } from "./owner-vault.js";
import { openBlob, readRecord } from "./read.js";
import { ReadHandles } from "./read-handles.js";
import { emptyTmp } from "./spill.js";
import { vaultHeader } from "./vault-header.js";
import { makeVaultKey, openVaultKey } from "./vault-key.js";

export type { VaultHeader } from "./layout.js";
export { vaultHeader } from "./vault-header.js";

/**
 * Makes an empty vault; the folder may exist. The header appears whole or not at all, and never over another vault's.
 * @param encryption for whom it is encrypted ("age1…"), and an identity that must be able to open it; none: a plain vault.
 * @param id of the vault that this one is a copy of.
 * @throws ExodusError VAULT_EXISTS, VAULT_RECIPIENT, VAULT_IDENTITY_WRONG, DISK_FULL, VAULT_IO.
 */
export async function createVault(dir: string, encryption?: { readonly recipients: readonly string[]; readonly identity: string | undefined }, id: string = randomUUID()): Promise<VaultHeader> {
  const { recipients = [], identity } = encryption ?? {};
  const header: VaultHeader = {
    format: FORMAT, version: recipients.length === 0 ? FORMAT_VERSION : ENCRYPTED_VERSION, id, createdAt: new Date().toISOString(), tool: "o365-exodus",
    ...(recipients.length === 0 ? {} : { recipients }),
  };
  await ensureFolder(path.dirname(dir), path.basename(dir));
  const part = path.join(dir, `${HEADER_FILE}.${header.id}`);
  await onDisk(HEADER_FILE, async () => {
    await chmod(dir, DIR_MODE);
    // The key of a vault that stands there must not be written over.
    if (await isThere(path.join(dir, HEADER_FILE))) throw new ExodusError("VAULT_EXISTS", { params: { dir } });
    if (recipients.length > 0) await makeVaultKey(dir, recipients);
    // Before the vault is one: nobody must fill what nobody can open.
    await openVaultKey(dir, header, identity);
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

export interface OpenOptions {
  /** Opened after the lock is held, since it may live in the vault itself; closed with the vault. */
  index(): Promise<BlobIndex & { close(): Promise<void> }>;
  /** Opens an encrypted vault (`openVaultKey`). */
  readonly cipher?: Cipher | undefined;
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
  if (header.version === ENCRYPTED_VERSION && options.cipher === undefined) throw new ExodusError("VAULT_IDENTITY_MISSING", { params: { dir } });
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
    const part = readOnly ? readOnlyOwners(handles, index, options.cipher) : writableOwners(dir, handles, index, options.cipher, options.sizes ?? { segment: SEGMENT_BYTES, records: RECORDS_BYTES });
    return { id: header.id, owner: (owner) => part.owner(owner), close: () => inTurn([() => part.close(), () => handles.close(), () => index.close(), unlock]) };
  } catch (thrown) {
    await unlock();
    throw thrown;
  }
}

type Owners = Omit<VaultPort, "id">;

function writableOwners(root: string, handles: ReadHandles, index: BlobIndex, cipher: Cipher | undefined, sizes: Sizes): Owners {
  const folders = new OwnerFolders(root, cipher);
  const leases = new Leases();
  return {
    owner: (owner) => leases.take(owner.id, async () => new OpenOwner({ root, dir: await folders.of(owner), owner: owner.id, index, cipher }, handles, sizes)),
    close: () => leases.close(),
  };
}

function readOnlyOwners(handles: ReadHandles, index: BlobIndex, cipher: Cipher | undefined): Owners {
  const refuse = () => Promise.reject(new ExodusError("VAULT_READ_ONLY"));
  return {
    owner: (owner): Promise<OwnerVault> => Promise.resolve({
      write: refuse,
      commit: refuse,
      read: (place) => readRecord(handles, place, cipher),
      async *open(blob) {
        yield* openBlob(handles, blob.sha256, await index.find(owner.id, blob.sha256), cipher);
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
