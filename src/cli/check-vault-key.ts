import type { CheckResult } from "../core/source.js";
import { ExodusError } from "../core/errors.js";
import type { LoadedConfig } from "../config/load.js";
import { vaultConfig } from "../config/schema.js";
import { proveIdentity } from "../vault/vault-key.js";
import { vaultHeader } from "../vault/vault.js";
import { vaultAccess } from "./vault-access.js";
import { agreeOnRecipients, configuredIdentity, vaultDir, vaultExists } from "./workspace.js";
import type { Text } from "./text.js";

/**
 * Whether the configuration's identity opens the vault, or would open the one that the first run makes: a run of days must not end in a vault that
 * nobody can read. Says nothing of a plain vault.
 * @throws ExodusError VAULT_PLAIN, VAULT_RECIPIENTS, VAULT_RECIPIENT, VAULT_IDENTITY_MISSING, VAULT_IDENTITY_WRONG, VAULT_KEY, CONFIG_SECRET_MISSING.
 */
export async function* checkVaultKey(loaded: LoadedConfig, text: Text): AsyncGenerator<CheckResult> {
  const dir = vaultDir(loaded);
  const { recipients, identity } = vaultConfig(loaded.config);
  const standing = await vaultExists(loaded);
  if (standing) await agreeOnRecipients(loaded, dir);
  else if (recipients === undefined && identity !== undefined) throw new ExodusError("VAULT_PLAIN", { params: { dir } });
  const named = standing ? (await vaultHeader(dir)).recipients : recipients;
  if (named === undefined) return;
  if (standing) await vaultAccess(dir, () => configuredIdentity(loaded));
  else await proveIdentity(dir, named, await configuredIdentity(loaded));
  yield { subject: "identity", ok: true, code: "VAULT_IDENTITY", message: text.identityOpens(dir, named.length, standing) };
}
