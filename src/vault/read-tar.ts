import type { FileHandle } from "node:fs/promises";
import { readAt } from "./disk.js";
import { MOST_ENTRY } from "./layout.js";
import { BLOCK, padding, parseTarHeader, TAR_END } from "./tar.js";

const WINDOW = 4 * 1024 * 1024;

export type TarPiece =
  /** `offset` is that of the body. `body` is valid until the next piece is asked for; absent when bodies were not asked for. */
  | { readonly kind: "entry"; readonly name: string; readonly size: number; readonly offset: number; readonly body?: Buffer }
  /** Last piece. `at`: where the whole entries end. `ended`: the archive is closed by its zero blocks; `torn`: other bytes follow. */
  | { readonly kind: "end"; readonly at: number; readonly ended: boolean; readonly torn: boolean };

/** Entries of a segment from byte `from` on, in bounded memory: bodies of small blobs only exist one at a time. */
export async function* readTar(handle: FileHandle, from: number, options: { readonly bodies: boolean }): AsyncGenerator<TarPiece> {
  const { size } = await handle.stat();
  const read = options.bodies ? windowed(handle) : (offset: number, length: number) => readAt(handle, offset, length);
  let at = from;
  while (at < size) {
    const header = await read(at, BLOCK);
    const entry = parseTarHeader(header);
    if (entry === undefined) {
      const rest = await readAt(handle, at, TAR_END.length + 1);
      yield { kind: "end", at, ended: rest.equals(TAR_END), torn: !rest.equals(TAR_END) };
      return;
    }
    const next = at + BLOCK + entry.size + padding(entry.size);
    if (next > size || entry.size > MOST_ENTRY) break;
    const place = { kind: "entry", ...entry, offset: at + BLOCK } as const;
    yield options.bodies ? { ...place, body: await read(at + BLOCK, entry.size) } : place;
    at = next;
  }
  yield { kind: "end", at, ended: false, torn: at < size };
}

/** Reads ahead, so that neighbouring small pieces cost one system call together. */
function windowed(handle: FileHandle): (offset: number, length: number) => Promise<Buffer> {
  let start = 0;
  let window: Buffer = Buffer.alloc(0);
  return async (offset, length) => {
    if (offset < start || offset + length > start + window.length) {
      window = await readAt(handle, offset, Math.max(WINDOW, length));
      start = offset;
    }
    return window.subarray(offset - start, offset - start + length);
  };
}
