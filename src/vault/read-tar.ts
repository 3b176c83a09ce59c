import type { FileHandle } from "node:fs/promises";
import { readAt, readInto } from "./disk.js";
import { MOST_ENTRY } from "./layout.js";
import { BLOCK, padding, parseTarHeader, TAR_END } from "./tar.js";

const WINDOW = 4 * 1024 * 1024;

export type TarPiece =
  /** `offset` is that of the body. `body` is valid until the next piece is asked for; absent when bodies were not asked for, unless only the body can tell that this is an entry (behind a gap). */
  | { readonly kind: "entry"; readonly name: string; readonly size: number; readonly offset: number; readonly body?: Buffer }
  /** Last piece. `at`: where the whole entries end (the first gap between them). `ended`: the archive is closed by its zero blocks; `torn`: other bytes follow. */
  | { readonly kind: "end"; readonly at: number; readonly ended: boolean; readonly torn: boolean };

/**
 * Entries of a segment from byte `from` on, in bounded memory: bodies of small blobs only exist one at a time. Ends at the first bytes that are no
 * whole entry, unless `past` asks for those that stand behind a damaged header too.
 */
export async function* readTar(handle: FileHandle, from: number, options: { readonly bodies: boolean; readonly past?: boolean }): AsyncGenerator<TarPiece> {
  const { size } = await handle.stat();
  const read = options.bodies || options.past === true ? windowed(handle, size) : (offset: number, length: number) => readAt(handle, offset, length);
  let gap: number | undefined;
  let at = from;
  while (at < size) {
    const entry = parseTarHeader(await read(at, BLOCK));
    const next = at + BLOCK + (entry === undefined ? 0 : entry.size + padding(entry.size));
    if (entry === undefined || next > size || entry.size > MOST_ENTRY) {
      const ended = size - at === TAR_END.length && (await readAt(handle, at, TAR_END.length)).equals(TAR_END);
      if (ended || options.past !== true) {
        yield { kind: "end", at: gap ?? at, ended, torn: !ended || gap !== undefined };
        return;
      }
      gap ??= at;
      at += BLOCK;
      continue;
    }
    const place = { kind: "entry", ...entry, offset: at + BLOCK } as const;
    yield options.bodies || gap !== undefined ? { ...place, body: await read(at + BLOCK, entry.size) } : place;
    at = next;
  }
  yield { kind: "end", at: gap ?? at, ended: false, torn: gap !== undefined };
}

/** Reads ahead, so that neighbouring small pieces cost one system call together. What it gives is good until the next call. */
function windowed(handle: FileHandle, size: number): (offset: number, length: number) => Promise<Buffer> {
  const memory = Buffer.allocUnsafe(Math.min(WINDOW, size));
  let start = 0;
  let filled = 0;
  return async (offset, length) => {
    if (offset < start || offset + length > start + filled) {
      filled = await readInto(handle, memory, offset);
      start = offset;
    }
    return memory.subarray(offset - start, Math.min(offset - start + length, filled));
  };
}
