import { createHash, type Hash } from "node:crypto";

const CR = 13;
const LF = 10;
const X = 0x58;
/** A huge header is searched for its Message-ID in this much only: the search for a message stays exact without it. */
const HEAD = 256 * 1024;

/** A message as IMAP carries it. */
export interface CanonicalMessage {
  readonly bytes: Buffer;
  /** Bare CR or LF became CRLF (RFC 3501 §2.3.4, RFC 5322 §2.3). */
  readonly lineEndingsChanged: boolean;
  readonly hasNul: boolean;
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
  return { bytes, lineEndingsChanged: missing > 0, hasNul: bytes.includes(0) };
}

/** What tells one message from another, as IMAP carries it: found without holding the message. */
export interface MessagePrint {
  readonly size: number;
  readonly hasNul: boolean;
  /**
   * SHA-256 in hexadecimal; of a message with NUL also as servers show it to clients without BINARY (Dovecot: 0x80); of one with bytes over 127 in its header also as Cyrus
   * stores it (imapd.conf, `munge8bit`: X for each).
   */
  readonly hashes: readonly [sha256: string, ...others: string[]];
  /** Value of the first Message-ID field, without folding; undefined when there is none. */
  readonly messageId: string | undefined;
}

/** Reads a message once, piece by piece. */
export async function printOf(chunks: AsyncIterable<Uint8Array> | Iterable<Uint8Array>): Promise<MessagePrint> {
  const plain = createHash("sha256");
  // The other forms begin where they first differ: most messages have one form only.
  let [shown, munged]: [Hash?, Hash?] = [];
  const header = new HeaderBytes();
  const head: Buffer[] = [];
  let [size, held] = [0, 0];
  for await (const chunk of canonicalChunks(chunks)) {
    size += chunk.length;
    const asMunged = header.munged(chunk);
    if (chunk.includes(0)) shown ??= plain.copy();
    if (header.hasHigh) munged ??= plain.copy();
    plain.update(chunk);
    shown?.update(replaceNul(chunk));
    munged?.update(asMunged);
    // A copy: whoever gives the chunks may use their memory again.
    if (held < HEAD) head.push(Buffer.from(chunk.subarray(0, HEAD - held)));
    held += chunk.length;
  }
  const others = [shown, munged].flatMap((form) => form?.digest("hex") ?? []);
  return { size, hasNul: shown !== undefined, hashes: [plain.digest("hex"), ...others], messageId: messageIdOf(Buffer.concat(head)) };
}

/** Whether the header has bytes that RFC 5322 does not know and some servers therefore replace, without holding the message. */
export async function hasHighHeader(chunks: AsyncIterable<Uint8Array> | Iterable<Uint8Array>): Promise<boolean> {
  const header = new HeaderBytes();
  for await (const chunk of canonicalChunks(chunks)) {
    header.munged(chunk);
    if (header.hasHigh || header.ended) break;
  }
  return header.hasHigh;
}

/** Follows a canonical message to the end of its header, which is the first empty line. */
class HeaderBytes {
  hasHigh = false;
  ended = false;
  /** Length of the line so far, without its CR. */
  #line = 0;

  /** The piece with X for each byte over 127 that stands in the header. */
  munged(chunk: Uint8Array): Uint8Array {
    let out = chunk;
    for (let at = 0; at < chunk.length && !this.ended; at += 1) {
      const byte = chunk[at] ?? 0;
      if (byte === LF) {
        this.ended = this.#line === 0;
        this.#line = 0;
      } else if (byte !== CR) this.#line += 1;
      if (byte < 0x80) continue;
      if (out === chunk) out = Uint8Array.from(chunk);
      out[at] = X;
      this.hasHigh = true;
    }
    return out;
  }
}

/** Pieces of a message with each bare CR or LF as CRLF; those that need nothing are passed on as they are. */
async function* canonicalChunks(chunks: AsyncIterable<Uint8Array> | Iterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  let before = 0;
  for await (const chunk of chunks) {
    yield completed(chunk, before);
    before = chunk.at(-1) ?? before;
  }
  if (before === CR) yield Uint8Array.of(LF);
}

/** A piece with what its bytes and the one before it lack of a CRLF; a CR at its end is left to the next piece. */
function completed(chunk: Uint8Array, before: number): Uint8Array {
  let missing = 0;
  for (let at = 0, last = before; at < chunk.length; last = chunk[at] ?? 0, at += 1) if ((last === CR) !== (chunk[at] === LF)) missing += 1;
  if (missing === 0) return chunk;
  const out = Buffer.allocUnsafe(chunk.length + missing);
  let to = 0;
  for (let at = 0, last = before; at < chunk.length; last = chunk[at] ?? 0, at += 1) {
    if ((last === CR) !== (chunk[at] === LF)) out[to++] = last === CR ? LF : CR;
    out[to++] = chunk[at] ?? 0;
  }
  return out;
}

/** Whether a message has bare CR or LF, without holding it. */
export async function hasBareLineEnd(chunks: AsyncIterable<Uint8Array>): Promise<boolean> {
  let before = 0;
  for await (const chunk of chunks) {
    for (const byte of chunk) {
      if ((before === CR) !== (byte === LF)) return true;
      before = byte;
    }
  }
  return before === CR;
}

function replaceNul(bytes: Uint8Array): Uint8Array {
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

/** Fields end at the first empty line. */
function messageIdOf(bytes: Buffer): string | undefined {
  const window = bytes.subarray(0, HEAD).toString("latin1");
  const blank = window.startsWith("\r\n") ? 0 : window.indexOf("\r\n\r\n");
  const header = blank === -1 ? window : window.slice(0, blank);
  const match = /(?:^|\r\n)message-id:[ \t]*(?:\r\n[ \t]+)?([\x21-\x7e]+)[ \t]*(?:\r\n(?![ \t])|$)/i.exec(header);
  return match?.[1];
}
