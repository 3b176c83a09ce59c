import { readFile } from "node:fs/promises";
import path from "node:path";
import { ExodusError } from "../core/errors.js";
import { errnoOf } from "./disk.js";
import { refuseUnfinished } from "./erasures.js";
import { ENCRYPTED_VERSION, FORMAT, FORMAT_VERSION, HEADER_FILE, type VaultHeader } from "./layout.js";

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
  if (header.version !== FORMAT_VERSION && header.version !== ENCRYPTED_VERSION) throw new ExodusError("VAULT_VERSION", { params: { dir, found: String(header.version), known: `${FORMAT_VERSION}, ${ENCRYPTED_VERSION}` } });
  if (typeof header.id !== "string" || header.id === "") throw new ExodusError("VAULT_HEADER", { params: { dir, reason: "id" } });
  if ((header.version === ENCRYPTED_VERSION) !== (header.recipients !== undefined)) throw new ExodusError("VAULT_HEADER", { params: { dir, reason: "recipients" } });
  if (!erasing) await refuseUnfinished(dir);
  return header as VaultHeader;
}
