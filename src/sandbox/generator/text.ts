import { below, oneOf, type Random } from "./random.js";

const BLOCK_BYTES = 256 * 1024;

/** Bytes to cut bodies from: made once per person, so that writing a message costs little more than its bytes. */
export interface Stock {
  /** Lines of sentences, UTF-8, CRLF. */
  readonly text: Buffer;
  /** Lines of 76 base64 characters (RFC 2045 section 6.8), CRLF. */
  readonly base64: Buffer;
}

export function stockOf(random: Random, sentences: readonly [string, ...string[]]): Stock {
  const lines: string[] = [];
  for (let bytes = 0; bytes < BLOCK_BYTES;) {
    const line = `${oneOf(random, sentences)}\r\n`;
    lines.push(line);
    bytes += Buffer.byteLength(line);
  }
  const raw = Buffer.alloc(Math.floor(BLOCK_BYTES / 78) * 57);
  for (let at = 0; at + 4 <= raw.length; at += 4) raw.writeUInt32LE(below(random, 2 ** 32), at);
  return { text: Buffer.from(lines.join("")), base64: Buffer.from(raw.toString("base64").replace(/.{76}/g, "$&\r\n")) };
}

/** Whole lines of a block, about `bytes` in all, from a random place on. */
export function cut(random: Random, block: Buffer, bytes: number): Buffer {
  const pieces: Buffer[] = [];
  let from = lineAfter(block, below(random, block.length));
  for (let left = bytes; left > 0;) {
    const end = lineAfter(block, Math.min(block.length - 1, from + left - 1));
    const to = end > from ? end : block.length;
    pieces.push(block.subarray(from, to));
    left -= to - from;
    from = to >= block.length ? 0 : to;
  }
  return Buffer.concat(pieces);
}

/** Start of the line after a place; the beginning when that was the last line. */
function lineAfter(block: Buffer, at: number): number {
  const end = block.indexOf(0x0a, at);
  return end === -1 || end + 1 >= block.length ? 0 : end + 1;
}
