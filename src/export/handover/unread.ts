import { ExodusError } from "../../core/errors.js";

/** What reading one file ends with (open(2), read(2)), as against a lack of the machine's. */
const READING = ["EACCES", "EPERM", "EIO", "ELOOP", "ENOENT", "ENOTDIR", "EISDIR", "ENXIO", "ESTALE"];
/** The same from below, where it has been translated. */
const TRANSLATED = ["TARGET_DENIED", "TARGET_PASSING", "TARGET_CONTAINER_MISSING"];

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
    const reason = reasonOf(thrown);
    throw reason === undefined ? thrown : new Unread(reason, thrown);
  }
}

function reasonOf(thrown: unknown): string | undefined {
  if (thrown instanceof ExodusError) return TRANSLATED.includes(thrown.code) ? String(thrown.params["reason"] ?? thrown.code) : undefined;
  const code = thrown instanceof Error && "code" in thrown ? String(thrown.code) : "";
  return READING.includes(code) ? code : undefined;
}
