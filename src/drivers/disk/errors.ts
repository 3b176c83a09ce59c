import { ExodusError } from "../../core/errors.js";
import type { ErrorCode } from "../../core/errors/catalog.js";

/** What an error of the operating system (`errno(3)`, libuv names) means to the engine. */
const CODES: Readonly<Record<string, ErrorCode>> = {
  ENOSPC: "DISK_FULL", EDQUOT: "DISK_FULL",
  EACCES: "TARGET_DENIED", EPERM: "TARGET_DENIED", EROFS: "TARGET_DENIED", ENOTDIR: "TARGET_DENIED", EEXIST: "TARGET_DENIED", EISDIR: "TARGET_DENIED",
  ENOENT: "TARGET_CONTAINER_MISSING",
  ENAMETOOLONG: "TARGET_REFUSED_ITEM", EINVAL: "TARGET_REFUSED_ITEM", EILSEQ: "TARGET_REFUSED_ITEM",
};

/** Runs an operation on the tree at `root`. Its errors name the tree, never the file: a file's name is content. */
export async function guarded<T>(root: string, operation: () => Promise<T>): Promise<T> {
  try {
    return await operation();
  } catch (cause) {
    throw translated(root, cause);
  }
}

/** The same of bytes that come one after another. */
export async function* guardedBytes(root: string, bytes: () => AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  try {
    yield* bytes();
  } catch (cause) {
    throw translated(root, cause);
  }
}

/** As `guarded`, and `instead` when the file is not there. */
export async function present<T>(root: string, operation: () => Promise<T>, instead: T): Promise<T> {
  return guarded(root, async () => {
    try {
      return await operation();
    } catch (cause) {
      if (isSystemError(cause) && (cause.code === "ENOENT" || cause.code === "ENOTDIR")) return instead;
      throw cause;
    }
  });
}

/** What reading one file ends with: open(2), read(2); EBUSY is what Windows says of one that another program holds. */
const OF_ONE_FILE: readonly unknown[] = ["EACCES", "EPERM", "EIO", "ELOOP", "ENAMETOOLONG", "ENOENT", "ENOTDIR", "EISDIR", "ENXIO", "ESTALE", "EBUSY"];

/** Why one file cannot be read; undefined for what is no file's, but a lack of the machine's: too many open files, no memory. */
export function unreadReason(thrown: unknown): string | undefined {
  const reason = thrown instanceof ExodusError ? thrown.params["reason"] : isSystemError(thrown) ? thrown.code : undefined;
  return OF_ONE_FILE.includes(reason) ? String(reason) : undefined;
}

function translated(root: string, cause: unknown): unknown {
  if (!isSystemError(cause)) return cause;
  return new ExodusError(CODES[cause.code] ?? "TARGET_PASSING", { params: { target: root, file: root, reason: cause.code } });
}

function isSystemError(thrown: unknown): thrown is { readonly code: string } {
  return typeof thrown === "object" && thrown !== null && "syscall" in thrown && "code" in thrown && typeof thrown.code === "string";
}
