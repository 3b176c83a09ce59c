import { unreadReason } from "../../drivers/disk/errors.js";

/** A file of the archive that cannot be read: its error must not be taken for one of the package's own disk. */
export class Unread extends Error {
  constructor(readonly reason: string, override readonly cause: unknown) {
    super(`cannot be read (${reason})`, { cause });
    this.name = "Unread";
  }
}

/** Bytes as they come; ends with `Unread` where the file is what fails. */
export async function* unreadAs(bytes: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  try {
    yield* bytes;
  } catch (thrown) {
    const reason = unreadReason(thrown);
    throw reason === undefined ? thrown : new Unread(reason, thrown);
  }
}
