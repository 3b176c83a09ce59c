import { createReadStream } from "node:fs";

export interface TextLine {
  readonly text: string;
  /** Of the first byte. */
  readonly offset: number;
  /** Bytes, line break included. */
  readonly length: number;
}

const LINE_BREAK = 0x0a;

/**
 * Whole lines of a JSON Lines file; what follows the last line break is left out. Only byte 0x0A ends a line: JSON may hold U+2028 unescaped
 * (RFC 8259, section 7), which node:readline takes for a line break.
 */
export async function* readLines(file: string): AsyncGenerator<TextLine> {
  let parts: Buffer[] = [];
  let offset = 0;
  for await (const chunk of createReadStream(file, { highWaterMark: 256 * 1024 }) as AsyncIterable<Buffer>) {
    let start = 0;
    for (let end = chunk.indexOf(LINE_BREAK); end >= 0; end = chunk.indexOf(LINE_BREAK, start)) {
      const line = Buffer.concat([...parts, chunk.subarray(start, end)]);
      yield { text: line.toString("utf8"), offset, length: line.length + 1 };
      offset += line.length + 1;
      parts = [];
      start = end + 1;
    }
    if (start < chunk.length) parts.push(chunk.subarray(start));
  }
}
