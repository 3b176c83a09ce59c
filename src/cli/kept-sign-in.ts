import { readFile, rm } from "node:fs/promises";
import path from "node:path";
import { ExodusError } from "../core/errors.js";
import type { LoadedConfig } from "../config/load.js";
import { sourceOf } from "../config/load.js";
import { vaultConfig } from "../config/schema.js";
import type { SignInStore } from "../graph/sign-in/person.js";
import { ensureFolder, ifPresent, writeBytes } from "../vault/disk.js";
import { vaultHeader } from "../vault/vault-header.js";
import { isSealed, openedText, sealedText } from "../vault/vault-key.js";
import { configuredIdentity, vaultDir, vaultExists } from "./workspace.js";

/** Where a person's sign-in is kept; undefined where the configuration keeps none. Beside the vault, never in it: see docs/decisions/0013-a-persons-sign-in.md. */
export function signInFile(loaded: LoadedConfig): string | undefined {
  const { keepSignIn } = sourceOf(loaded);
  if (keepSignIn === false) return undefined;
  return keepSignIn === true ? `${vaultDir(loaded)}.sign-in` : path.resolve(loaded.baseDir, keepSignIn);
}

/** A file of mode 0600 that appears whole or not at all; for an encrypted vault, an age message for the vault's recipients. */
export function keptSignIn(loaded: LoadedConfig): SignInStore | undefined {
  const file = signInFile(loaded);
  if (file === undefined) return undefined;
  return {
    async read() {
      const bytes = await ifPresent(readFile(file), undefined);
      if (bytes === undefined) return undefined;
      try {
        return cacheText(isSealed(bytes) ? await openedText(bytes, (await configuredIdentity(loaded)) ?? "") : bytes.toString("utf8"));
      } catch (cause) {
        const reason = cause instanceof ExodusError ? cause.describe("en") : (cause as Error).message;
        throw new ExodusError("AUTH_KEPT", { params: { file, reason }, cause });
      }
    },
    async write(text) {
      const recipients = await vaultRecipients(loaded);
      await ensureFolder(path.dirname(file), ".");
      await writeBytes(file, recipients === undefined ? Buffer.from(text) : await sealedText(text, recipients));
    },
  };
}

/** Forgets the sign-in. Microsoft still honours what was copied from it until it is revoked there. */
export async function forgetSignIn(loaded: LoadedConfig): Promise<void> {
  const file = signInFile(loaded);
  if (file !== undefined) await rm(file, { force: true });
}

/** Those of the vault that stands (`vault recipients add` knows more than the configuration), else of the one that will be made. */
async function vaultRecipients(loaded: LoadedConfig): Promise<readonly string[] | undefined> {
  return (await vaultExists(loaded)) ? (await vaultHeader(vaultDir(loaded))).recipients : vaultConfig(loaded.config).recipients;
}

/** What JSON.parse says of a text quotes it, and this text is a secret. */
function cacheText(text: string): string {
  try {
    JSON.parse(text);
  } catch {
    throw new Error("not a token cache");
  }
  return text;
}
