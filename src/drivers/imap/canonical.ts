import { createHash } from "node:crypto";

const CR = 13;
const LF = 10;

/** A message as IMAP carries it. */
export interface CanonicalMessage {
  readonly bytes: Buffer;
  /** Bare CR or LF became CRLF (RFC 3501 §2.3.4, RFC 5322 §2.3). */
  readonly lineEndingsChanged: boolean;
  readonly hasNul: boolean;
  /** Value of the first Message-ID field, without folding; undefined when there is none. */
  readonly messageId: string | undefined;
}

/**
 * Gathers a message of `size` bytes and makes its line ends CRLF. Needs up to twice `size` of memory: reserve that first.
 * A message that is canonical already keeps every byte.
 */
export async function canonicalMessage(chunks: AsyncIterable<Uint8Array>, size: number): Promise<CanonicalMessage> {
  const raw = Buffer.allocUnsafe(size);
  let end = 0;
  for await (const chunk of chunks) {
    raw.set(chunk, end);
    end += chunk.byteLength;
  }
  const source = end === size ? raw : raw.subarray(0, end);
  const missing = countMissing(source);
  const bytes = missing === 0 ? source : withCrlf(source, missing);
  return { bytes, lineEndingsChanged: missing > 0, hasNul: bytes.includes(0), messageId: messageIdOf(bytes) };
}

/** SHA-256 in hexadecimal; `nulAs80` tells it as servers show NUL to clients without BINARY (Dovecot: 0x80). */
export function contentHash(bytes: Uint8Array, nulAs80 = false): string {
  const hash = createHash("sha256");
  return hash.update(nulAs80 ? replaceNul(bytes) : bytes).digest("hex");
}

export function replaceNul(bytes: Uint8Array): Uint8Array {
  return bytes.includes(0) ? bytes.map((byte) => (byte === 0 ? 0x80 : byte)) : bytes;
}

function countMissing(bytes: Buffer): number {
  let missing = 0;
  for (let at = 0; at < bytes.length; at += 1) {
    if (bytes[at] === CR && bytes[at + 1] !== LF) missing += 1;
    else if (bytes[at] === LF && bytes[at - 1] !== CR) missing += 1;
  }
  return missing;
}

function withCrlf(bytes: Buffer, missing: number): Buffer {
  const out = Buffer.allocUnsafe(bytes.length + missing);
  let to = 0;
  for (let at = 0; at < bytes.length; at += 1) {
    const byte = bytes[at] ?? 0;
    if (byte === LF && bytes[at - 1] !== CR) out[to++] = CR;
    out[to++] = byte;
    if (byte === CR && bytes[at + 1] !== LF) out[to++] = LF;
  }
  return out;
}

/** Fields end at the first empty line; a huge header is searched in its first 256 KiB only (the search stays exact without it). */
function messageIdOf(bytes: Buffer): string | undefined {
  const window = bytes.subarray(0, 256 * 1024).toString("latin1");
  const blank = window.startsWith("\r\n") ? 0 : window.indexOf("\r\n\r\n");
  const header = blank === -1 ? window : window.slice(0, blank);
  const match = /(?:^|\r\n)message-id:[ \t]*(?:\r\n[ \t]+)?([\x21-\x7e]+)[ \t]*(?:\r\n(?![ \t])|$)/i.exec(header);
  return match?.[1];
}
