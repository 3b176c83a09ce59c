import { readSync } from "node:fs";

/**
 * Fills `buffer` from byte `position` of the file on; answers the part that is filled, shorter at the file's end. Synchronous: for small pieces in a
 * row a promise costs many times what reading does.
 */
export function readFully(fd: number, buffer: Buffer, position: number): Buffer {
  let filled = 0;
  while (filled < buffer.length) {
    const read = readSync(fd, buffer, filled, buffer.length - filled, position + filled);
    if (read === 0) break;
    filled += read;
  }
  return buffer.subarray(0, filled);
}
