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
  DISK_FULL: EXIT.diskFull,
  INTERRUPTED: EXIT.interrupted,
  INTERNAL: EXIT.internal,
  SUMS_DISAGREE: EXIT.internal,
};

/** Areas whose errors mean the same to whoever scheduled the run. */
const BY_PREFIX: readonly (readonly [string, ExitCode])[] = [
  ["CONFIG_", EXIT.configuration],
  ["OWNER_", EXIT.configuration],
  ["ROUTE_", EXIT.configuration],
  ["GRAPH_CONSENT", EXIT.credential],
  ["GRAPH_", EXIT.credential],
  ["AUTH_", EXIT.credential],
  ["TARGET_", EXIT.target],
];

/** Exit code of an error that ended the command. */
export function exitCodeOf(thrown: unknown): ExitCode {
  const error: ExodusError = asExodusError(thrown);
  return exitCodeOfCode(error.code);
}

export function exitCodeOfCode(code: string): ExitCode {
  const exact = BY_CODE[code as ErrorCode];
  if (exact !== undefined) return exact;
  return BY_PREFIX.find(([prefix]) => code.startsWith(prefix))?.[1] ?? EXIT.internal;
}
