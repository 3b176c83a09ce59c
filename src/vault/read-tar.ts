import { fstatSync } from "node:fs";
import { readFully } from "./read-fully.js";
import { MOST_ENTRY } from "./layout.js";
import { BLOCK, padding, parseTarHeader, TAR_END } from "./tar.js";

const WINDOW = 4 * 1024 * 1024;

export type TarPiece =
  /** `offset` is that of the body. `body` is valid until the next piece is asked for; absent when bodies were not asked for, unless only the body can tell that this is an entry (behind a gap). */
  | { readonly kind: "entry"; readonly name: string; readonly size: number; readonly offset: number; readonly body?: Buffer }
  /** Last piece. `at`: where the whole entries end (the first gap between them). `ended`: the archive is closed by its zero blocks; `torn`: other bytes follow. */
  | { readonly kind: "end"; readonly at: number; readonly ended: boolean; readonly torn: boolean };

export interface TarOptions {
  readonly bodies: boolean;
  /** Goes on to whole entries behind a damaged header. */
  readonly past?: boolean;
  /** Given every byte from the beginning to the end, once and in order, when bodies are read. */
  readonly seen?: (bytes: Buffer) => void;
}

/**
 * Entries of a segment from byte `from` on, in bounded memory: bodies of small blobs only exist one at a time. Ends at the first bytes that are no
 * whole entry, unless told otherwise. Reads by large pieces and synchronously: a promise for each entry costs more than its bytes.
 */
export function* readTar(fd: number, from: number, options: TarOptions): Generator<TarPiece> {
  const { size } = fstatSync(fd);
  const read = options.bodies || options.past === true ? windowed(fd, from, size, options.seen) : (offset: number, length: number) => readFully(fd, Buffer.allocUnsafe(length), offset);
  let gap: number | undefined;
  let at = from;
  let end: TarPiece | undefined;
  while (at < size) {
    const entry = parseTarHeader(read(at, BLOCK));
    const next = at + BLOCK + (entry === undefined ? 0 : entry.size + padding(entry.size));
    if (entry === undefined || next > size || entry.size > MOST_ENTRY) {
      const ended = size - at === TAR_END.length && readFully(fd, Buffer.alloc(TAR_END.length), at).equals(TAR_END);
      if (ended || options.past !== true) {
        end = { kind: "end", at: gap ?? at, ended, torn: !ended || gap !== undefined };
        break;
      }
      gap ??= at;
      at += BLOCK;
      continue;
    }
    const place = { kind: "entry", ...entry, offset: at + BLOCK } as const;
    yield options.bodies || gap !== undefined ? { ...place, body: read(at + BLOCK, entry.size) } : place;
    at = next;
  }
  if (options.seen !== undefined) {
    for (; at < size; at += BLOCK) read(at, BLOCK);
    read(size, 0);
  }
  yield end ?? { kind: "end", at: gap ?? at, ended: false, torn: gap !== undefined };
}

/** Reads ahead, so that neighbouring small pieces cost one system call together. What it gives is good until the next call. */
function windowed(fd: number, from: number, size: number, seen?: (bytes: Buffer) => void): (offset: number, length: number) => Buffer {
  const memory = Buffer.allocUnsafe(Math.min(WINDOW, size));
  let start = from;
  let filled = 0;
  return (offset, length) => {
    if (offset < start || offset + length > start + filled) {
      // What was not asked for (padding) is read too: nothing is left out between two pieces.
      const end = start + filled;
      start = Math.min(offset, end);
      filled = readFully(fd, memory, start).length;
      if (start + filled > end) seen?.(memory.subarray(end - start, filled));
    }
    return memory.subarray(offset - start, Math.min(offset - start + length, filled));
  };
}
