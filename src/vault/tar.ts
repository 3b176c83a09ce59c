/** Size of a tar block and of a header, POSIX.1-1988 (ustar). */
export const BLOCK = 512;

/** Bytes after a body of `size` up to the next block. */
export function padding(size: number): number {
  return (BLOCK - (size % BLOCK)) % BLOCK;
}

/**
 * Header of a regular file in ustar form (POSIX.1-1988 "ustar Interchange Format"): mode 0600, owner 0, modification time 0, so that
 * the same blob always gives the same bytes. `name` ≤ 100 bytes of ASCII, `size` < 8 GiB.
 */
export function tarHeader(name: string, size: number): Buffer {
  const header = Buffer.alloc(BLOCK);
  header.write(name, 0, 100, "ascii");
  header.write("0000600\0", 100, "ascii");
  header.write("0000000\0", 108, "ascii");
  header.write("0000000\0", 116, "ascii");
  header.write(`${size.toString(8).padStart(11, "0")}\0`, 124, "ascii");
  header.write("00000000000\0", 136, "ascii");
  header.write("        ", 148, "ascii");
  header.write("0", 156, "ascii");
  header.write("ustar\0" + "00", 257, "ascii");
  header.write(`${checksum(header).toString(8).padStart(6, "0")}\0 `, 148, "ascii");
  return header;
}

export interface TarEntry {
  readonly name: string;
  readonly size: number;
}

/** Reads a header back; undefined when it is not one of ours (torn, zero or foreign). */
export function parseTarHeader(header: Buffer): TarEntry | undefined {
  if (header.length < BLOCK || header.toString("ascii", 257, 262) !== "ustar" || header.toString("ascii", 156, 157) !== "0") return undefined;
  const told = parseInt(header.toString("ascii", 148, 154), 8);
  const blank = Buffer.from(header);
  blank.write("        ", 148, "ascii");
  if (told !== checksum(blank)) return undefined;
  const size = parseInt(header.toString("ascii", 124, 135), 8);
  const name = header.toString("ascii", 0, 100).replace(/\0.*$/s, "");
  return Number.isNaN(size) ? undefined : { name, size };
}

/** The two zero blocks that end an archive. */
export const TAR_END = Buffer.alloc(2 * BLOCK);

/** One entry as it is appended: header, body and padding in one piece, for one write. */
export function tarEntry(name: string, chunks: readonly Uint8Array[], size: number): Buffer {
  return Buffer.concat([tarHeader(name, size), ...chunks, Buffer.alloc(padding(size))]);
}

function checksum(header: Buffer): number {
  let sum = 0;
  for (let index = 0; index < BLOCK; index += 1) sum += header[index] ?? 0;
  return sum;
}
