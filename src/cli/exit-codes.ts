import type { ErrorCode } from "../core/errors/catalog.js";
import { asExodusError, type ExodusError } from "../core/errors.js";

/** The only table of exit codes; `docs/exit-codes.md` lists the same rows (checked by a test). */
export const EXIT = {
  complete: 0,
  internal: 1,
  usage: 2,
  partial: 3,
  different: 4,
  configuration: 10,
  vaultLocked: 11,
  vaultVersion: 12,
  credential: 13,
  target: 14,
  diskFull: 15,
  stopped: 75,
  interrupted: 130,
} as const;
export type ExitCode = (typeof EXIT)[keyof typeof EXIT];

const BY_CODE: Partial<Record<ErrorCode, ExitCode>> = {
  VAULT_LOCKED: EXIT.vaultLocked,
  VAULT_VERSION: EXIT.vaultVersion,
  STATE_VERSION: EXIT.vaultVersion,
  STATE_BUSY: EXIT.vaultLocked,
  DISK_FULL: EXIT.diskFull,
  VAULT_MISSING: EXIT.configuration,
  VAULT_EXISTS: EXIT.configuration,
  VAULT_INDEX_MISSING: EXIT.configuration,
  VAULT_INDEX_EXISTS: EXIT.configuration,
  VAULT_OWNER_UNKNOWN: EXIT.configuration,
  VAULT_OWNER_AMBIGUOUS: EXIT.configuration,
  VAULT_IDENTITY_MISSING: EXIT.credential,
  VAULT_IDENTITY_WRONG: EXIT.credential,
  VAULT_KEY: EXIT.configuration,
  VAULT_PLAIN: EXIT.configuration,
  VAULT_RECIPIENT: EXIT.configuration,
  VAULT_RECIPIENTS: EXIT.configuration,
  STATE_KEY: EXIT.configuration,
  VAULT_ERASURES: EXIT.configuration,
  VAULT_ERASURE_UNFINISHED: EXIT.configuration,
  VAULT_ERASE_UNCONFIRMED: EXIT.usage,
  VAULT_FOLDER_UNKNOWN: EXIT.configuration,
  VAULT_ITEM_UNKNOWN: EXIT.configuration,
  VAULT_ITEM_AMBIGUOUS: EXIT.configuration,
  VAULT_NO_MESSAGE: EXIT.usage,
  VAULT_HEADER: EXIT.configuration,
  GRAPH_CONSENT: EXIT.credential,
  GRAPH_PERMISSION: EXIT.credential,
  GRAPH_SCOPE: EXIT.credential,
  GRAPH_OUT_OF_SCOPE: EXIT.credential,
  GRAPH_TOKEN: EXIT.credential,
  INTERRUPTED: EXIT.interrupted,
  INTERNAL: EXIT.internal,
  SUMS_DISAGREE: EXIT.internal,
};

/** Areas whose errors mean the same to whoever scheduled the run. */
const BY_PREFIX: readonly (readonly [string, ExitCode])[] = [
  ["CONFIG_", EXIT.configuration],
  ["EXPORT_", EXIT.configuration],
  ["HANDOVER_", EXIT.configuration],
  ["OWNER_", EXIT.configuration],
  ["ROUTE_", EXIT.configuration],
  ["IDENTITY_", EXIT.configuration],
  // One mailbox without a licence, a locked site, a fault that outlived its retries: the rest is complete.
  ["GRAPH_", EXIT.partial],
  ["AUTH_", EXIT.credential],
  ["TARGET_", EXIT.target],
];

/** Exit code of an error that ended the command. */
export function exitCodeOf(thrown: unknown): ExitCode {
  const error: ExodusError = asExodusError(thrown);
  const code = exitCodeOfCode(error.code);
  // What ends the whole command has completed nothing: the way to the source is to be put right.
  return code === EXIT.partial ? EXIT.configuration : code;
}

/** Exit code of one failure among others that went well. */
export function exitCodeOfCode(code: string): ExitCode {
  const exact = BY_CODE[code as ErrorCode];
  if (exact !== undefined) return exact;
  return BY_PREFIX.find(([prefix]) => code.startsWith(prefix))?.[1] ?? EXIT.internal;
}
