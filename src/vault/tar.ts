/** Size of a tar block and of a header, POSIX.1-1988 (ustar). */
export const BLOCK = 512;

const REGULAR = 0x30;
const BLANK = 0x20;

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
  if (header.length < BLOCK || header.toString("latin1", 257, 262) !== "ustar" || header[156] !== REGULAR) return undefined;
  // The sum is made with blanks where it stands.
  if (parseInt(header.toString("latin1", 148, 154), 8) !== checksum(header)) return undefined;
  const size = parseInt(header.toString("latin1", 124, 135), 8);
  const end = header.indexOf(0);
  return Number.isNaN(size) ? undefined : { name: header.toString("latin1", 0, end < 0 || end > 100 ? 100 : end), size };
}

/** The two zero blocks that end an archive. */
export const TAR_END = Buffer.alloc(2 * BLOCK);

const ZEROS = Buffer.alloc(BLOCK);
/** A body of fewer bytes, or of more pieces, costs less copied than written by pieces. */
const [WORTH_ITS_PIECE, MOST_PIECES] = [4096, 8];

/** One entry as it is appended: header, body and padding, in pieces where copying them together would cost more. */
export function tarEntry(name: string, chunks: readonly Uint8Array[], size: number): readonly Uint8Array[] {
  const pieces = [tarHeader(name, size), ...chunks, ZEROS.subarray(0, padding(size))];
  return size < WORTH_ITS_PIECE || chunks.length > MOST_PIECES ? [Buffer.concat(pieces)] : pieces;
}

/** Of the header with blanks in place of the sum. */
function checksum(header: Buffer): number {
  let sum = 8 * BLANK;
  for (let at = 0; at < 148; at += 1) sum += header[at] ?? 0;
  for (let at = 156; at < BLOCK; at += 1) sum += header[at] ?? 0;
  return sum;
}
