import { readFile } from "node:fs/promises";
import path from "node:path";
import { Decrypter, Encrypter, generateX25519Identity } from "age-encryption";
import { ExodusError } from "../core/errors.js";
import { Cipher } from "./cipher.js";
import { writeBytes, writeWhole } from "./disk.js";
import { ENCRYPTED_VERSION, HEADER_FILE, type VaultHeader } from "./layout.js";
import { vaultHeader } from "./vault-header.js";

/** The vault's own identity, encrypted for its recipients; relative to the vault. */
export const KEY_FILE = "key.age";

const AGE = Buffer.from("age-encryption.org/v1\n");

/** Makes the key of a new vault. @throws ExodusError VAULT_RECIPIENT. */
export async function makeVaultKey(root: string, recipients: readonly string[]): Promise<void> {
  await wrap(root, await generateX25519Identity(), recipients);
}

/**
 * Opens an encrypted vault's key with the identity of one of its recipients; undefined for a plain vault.
 * @param identity text of an age identity file (age-keygen(1)): comments and one or more AGE-SECRET-KEY lines.
 * @throws ExodusError VAULT_IDENTITY_MISSING, VAULT_IDENTITY_WRONG, VAULT_KEY.
 */
export async function openVaultKey(root: string, header: VaultHeader, identity: string | undefined): Promise<Cipher | undefined> {
  return header.version === ENCRYPTED_VERSION ? Cipher.of(await unwrap(root, identity)) : undefined;
}

/** Encrypts the key anew, for further recipients too; nothing else changes. @throws as `openVaultKey`; VAULT_RECIPIENT. */
export async function addRecipients(root: string, identity: string | undefined, added: readonly string[]): Promise<readonly string[]> {
  const header = await vaultHeader(root);
  const recipients = [...new Set([...(header.recipients ?? []), ...added])];
  // The key first: a name in the header must never promise what the key does not keep.
  await wrap(root, await unwrap(root, identity), recipients);
  await writeWhole(path.join(root, HEADER_FILE), `${JSON.stringify({ ...header, recipients }, null, 2)}\n`);
  return recipients;
}

/** Whether the identity opens what is encrypted for the recipients, before there is a vault. @throws ExodusError VAULT_RECIPIENT, VAULT_IDENTITY_MISSING, VAULT_IDENTITY_WRONG. */
export async function proveIdentity(root: string, recipients: readonly string[], identity: string | undefined): Promise<void> {
  if (identity === undefined) throw new ExodusError("VAULT_IDENTITY_MISSING", { params: { dir: root } });
  await openWith(root, identity, await sealedText("o365-exodus", recipients));
}

/** A text as an age message that each of the recipients can open. @throws ExodusError VAULT_RECIPIENT. */
export async function sealedText(text: string, recipients: readonly string[]): Promise<Uint8Array> {
  const encrypter = new Encrypter();
  for (const recipient of recipients) {
    try {
      encrypter.addRecipient(recipient);
    } catch (cause) {
      throw new ExodusError("VAULT_RECIPIENT", { params: { recipient }, cause });
    }
  }
  return encrypter.encrypt(text);
}

/** Whether bytes are such a message: its first line says so (age-encryption.org/v1, "Header"). */
export function isSealed(bytes: Uint8Array): boolean {
  return Buffer.from(bytes.subarray(0, AGE.length)).equals(AGE);
}

/** The text of such a message. @param identity text of an age identity file. @throws Error when none of its identities opens it. */
export async function openedText(message: Uint8Array, identity: string): Promise<string> {
  const decrypter = new Decrypter();
  for (const line of identity.split(/\r?\n/).map((text) => text.trim()).filter((text) => text !== "" && !text.startsWith("#"))) decrypter.addIdentity(line);
  return decrypter.decrypt(message, "text");
}

async function wrap(root: string, key: string, recipients: readonly string[]): Promise<void> {
  await writeBytes(path.join(root, KEY_FILE), await sealedText(`${key}\n`, recipients));
}

async function unwrap(root: string, identity: string | undefined): Promise<string> {
  if (identity === undefined) throw new ExodusError("VAULT_IDENTITY_MISSING", { params: { dir: root } });
  const kept = await readFile(path.join(root, KEY_FILE)).catch((cause: unknown) => {
    throw new ExodusError("VAULT_KEY", { params: { dir: root }, cause });
  });
  return (await openWith(root, identity, kept)).trim();
}

async function openWith(root: string, identity: string, kept: Uint8Array): Promise<string> {
  try {
    return await openedText(kept, identity);
  } catch (cause) {
    throw new ExodusError("VAULT_IDENTITY_WRONG", { params: { dir: root }, cause });
  }
}
