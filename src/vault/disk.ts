import { randomUUID } from "node:crypto";
import { mkdir, open, rename, rm, stat, type FileHandle } from "node:fs/promises";
import path from "node:path";
import { ExodusError } from "../core/errors.js";
import { DIR_MODE, FILE_MODE } from "./layout.js";

/**
 * Runs a file operation of the vault and names its failure: a full disk or quota gets its own code, since the remedy is outside the program.
 * @throws ExodusError DISK_FULL, or VAULT_IO for any other error of the operating system.
 */
export async function onDisk<T>(file: string, operation: () => Promise<T>): Promise<T> {
  try {
    return await operation();
  } catch (cause) {
    const code = errnoOf(cause);
    if (code === undefined) throw cause;
    if (code === "ENOSPC" || code === "EDQUOT") throw new ExodusError("DISK_FULL", { params: { file }, cause });
    throw new ExodusError("VAULT_IO", { params: { file, reason: code }, cause });
  }
}

/** Code of an operating system's error ("ENOENT"…); undefined for anything else. */
export function errnoOf(thrown: unknown): string | undefined {
  if (typeof thrown !== "object" || thrown === null || !("syscall" in thrown) || !("code" in thrown)) return undefined;
  return typeof thrown.code === "string" ? thrown.code : undefined;
}

/** The answer, or `instead` when the file or folder is not there. */
export async function ifPresent<T, U>(operation: Promise<T>, instead: U): Promise<T | U> {
  try {
    return await operation;
  } catch (thrown) {
    if (errnoOf(thrown) === "ENOENT") return instead;
    throw thrown;
  }
}

/** Whether a file or folder is there. A disk that cannot tell is an error: what stands on it must not be taken for lost. @throws ExodusError VAULT_IO. */
export async function isThere(file: string): Promise<boolean> {
  return onDisk(file, async () => {
    try {
      await stat(file);
      return true;
    } catch (thrown) {
      if (errnoOf(thrown) === "ENOENT" || errnoOf(thrown) === "ENOTDIR") return false;
      throw thrown;
    }
  });
}

/** Makes names created in a folder survive a power cut (fsync of the folder). */
export async function syncFolder(dir: string): Promise<void> {
  const handle = await open(dir, "r");
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

/** Makes `relative` and what is missing above it, each name durable in its parent. */
export async function ensureFolder(root: string, relative: string): Promise<void> {
  await onDisk(relative, async () => {
    const deepest = path.resolve(root, relative);
    const made = await mkdir(deepest, { recursive: true, mode: DIR_MODE });
    if (made === undefined) return;
    for (let dir = deepest; dir.startsWith(path.resolve(made)); dir = path.dirname(dir)) await syncFolder(path.dirname(dir));
  });
}

/** Writes a small file that appears whole or not at all, also after a power cut. `dir` is on the same file system. */
export function writeWhole(file: string, text: string): Promise<void> {
  return writeBytes(file, Buffer.from(text));
}

/** Likewise for bytes. */
export async function writeBytes(file: string, bytes: Uint8Array): Promise<void> {
  const part = path.join(path.dirname(file), `.${randomUUID()}.part`);
  await onDisk(file, async () => {
    try {
      const handle = await open(part, "wx", FILE_MODE);
      try {
        await writeFully(handle, bytes, 0);
        await handle.sync();
      } finally {
        await handle.close();
      }
      await rename(part, file);
      await syncFolder(path.dirname(file));
    } catch (thrown) {
      await rm(part, { force: true });
      throw thrown;
    }
  });
}

/** write(2) may take fewer bytes than given: goes on until all are taken or the error shows. */
export async function writeFully(handle: FileHandle, bytes: Uint8Array, position: number): Promise<void> {
  let written = 0;
  while (written < bytes.length) written += (await handle.write(bytes, written, bytes.length - written, position + written)).bytesWritten;
}

/** Likewise for pieces that follow one another, without copying them together first. */
export async function writeAll(handle: FileHandle, pieces: readonly Uint8Array[], position: number): Promise<void> {
  const { bytesWritten } = await handle.writev(pieces, position);
  let start = 0;
  for (const piece of pieces) {
    const end = start + piece.length;
    if (end > bytesWritten) await writeFully(handle, piece.subarray(Math.max(0, bytesWritten - start)), position + Math.max(start, bytesWritten));
    start = end;
  }
}

/** Reads exactly `length` bytes at `offset`, or fewer at the end of the file. */
export async function readAt(handle: FileHandle, offset: number, length: number): Promise<Buffer> {
  const buffer = Buffer.allocUnsafe(length);
  return buffer.subarray(0, await readInto(handle, buffer, offset));
}

/** Fills `buffer` from `offset` on, as far as the file goes; answers how many bytes it holds. */
export async function readInto(handle: FileHandle, buffer: Buffer, offset: number): Promise<number> {
  let filled = 0;
  while (filled < buffer.length) {
    const { bytesRead } = await handle.read(buffer, filled, buffer.length - filled, offset + filled);
    if (bytesRead === 0) break;
    filled += bytesRead;
  }
  return filled;
}
