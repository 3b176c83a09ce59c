import { closeSync, openSync } from "node:fs";
import { readFully } from "./read-fully.js";

export interface TextLine {
  readonly text: string;
  /** Of the first byte. */
  readonly offset: number;
  /** Bytes, line break included. */
  readonly length: number;
}

const LINE_BREAK = 0x0a;
const CHUNK = 256 * 1024;

/**
 * Whole lines of a JSON Lines file; what follows the last line break is left out. Only byte 0x0A ends a line: JSON may hold U+2028 unescaped
 * (RFC 8259, section 7), which node:readline takes for a line break.
 */
export function* readLines(file: string): Generator<TextLine> {
  const memory = Buffer.allocUnsafe(CHUNK);
  const fd = openSync(file, "r");
  try {
    let begun: Buffer[] = [];
    let [offset, read] = [0, 0];
    for (;;) {
      const chunk = readFully(fd, memory, read);
      if (chunk.length === 0) return;
      read += chunk.length;
      let start = 0;
      for (let end = chunk.indexOf(LINE_BREAK); end >= 0; end = chunk.indexOf(LINE_BREAK, start)) {
        const line = begun.length === 0 ? chunk.subarray(start, end) : Buffer.concat([...begun, chunk.subarray(start, end)]);
        yield { text: line.toString("utf8"), offset, length: line.length + 1 };
        offset += line.length + 1;
        begun = [];
        start = end + 1;
      }
      if (start < chunk.length) begun.push(Buffer.from(chunk.subarray(start)));
    }
  } finally {
    closeSync(fd);
  }
}
