import { createHash, randomUUID } from "node:crypto";
import { createReadStream } from "node:fs";
import { mkdir, open, readdir, readFile, rename, rmdir, stat, unlink, utimes } from "node:fs/promises";
import path from "node:path";
import { ExodusError } from "../../core/errors.js";

const TEMPORARY = ".exodus-";

export interface WriteOptions {
  /** Modification time to set, ISO 8601. */
  readonly modifiedAt?: string | undefined;
}

/** A folder tree on the local disk; every file appears whole under its name or not at all. Paths are relative to the root, with "/". */
export class DiskTree {
  constructor(readonly root: string) {}

  at(file: string): string {
    return path.join(this.root, ...file.split("/"));
  }

  async makeFolder(folder: string): Promise<void> {
    await guarded(folder, () => mkdir(this.at(folder), { recursive: true }));
  }

  /** Streams to a temporary name in the same folder, syncs, sets the time, renames. Answers the SHA-256 of what was written. */
  async write(file: string, bytes: AsyncIterable<Uint8Array>, options: WriteOptions = {}): Promise<string> {
    const target = this.at(file);
    const part = path.join(path.dirname(target), `${TEMPORARY}${randomUUID()}`);
    const hash = createHash("sha256");
    await guarded(file, async () => {
      const handle = await open(part, "wx");
      try {
        for await (const chunk of bytes) {
          hash.update(chunk);
          for (let written = 0; written < chunk.length; ) written += (await handle.write(chunk, written, chunk.length - written)).bytesWritten;
        }
        await handle.sync();
      } catch (thrown) {
        await handle.close();
        await unlink(part);
        throw thrown;
      }
      await handle.close();
      await setTime(part, options.modifiedAt);
      await rename(part, target);
    });
    return hash.digest("hex");
  }

  async setTime(file: string, modifiedAt: string | undefined): Promise<void> {
    await guarded(file, () => setTime(this.at(file), modifiedAt));
  }

  /** Moves a file or folder; answers false when it is not there. The new place's folder must exist. */
  async move(from: string, to: string): Promise<boolean> {
    return present(rename(this.at(from), this.at(to)).then(() => true), false);
  }

  async removeFile(file: string): Promise<void> {
    await present(unlink(this.at(file)), undefined);
  }

  /** Removes a folder when it is empty; answers whether it is gone. */
  async removeFolder(folder: string): Promise<boolean> {
    try {
      await rmdir(this.at(folder));
      return true;
    } catch (cause) {
      const code = (cause as NodeJS.ErrnoException).code;
      if (code === "ENOENT") return true;
      if (code === "ENOTEMPTY" || code === "EEXIST") return false;
      throw cause;
    }
  }

  async info(file: string): Promise<{ readonly size: number; readonly modified: Date; readonly folder: boolean } | undefined> {
    return present(stat(this.at(file)).then((found) => ({ size: found.size, modified: found.mtime, folder: found.isDirectory() })), undefined);
  }

  async hash(file: string): Promise<string | undefined> {
    const hash = createHash("sha256");
    try {
      for await (const chunk of createReadStream(this.at(file), { highWaterMark: 1 << 20 })) hash.update(chunk as Buffer);
    } catch (cause) {
      if ((cause as NodeJS.ErrnoException).code === "ENOENT") return undefined;
      throw cause;
    }
    return hash.digest("hex");
  }

  /** A small file as text; undefined when it is not there. */
  async text(file: string): Promise<string | undefined> {
    return present(readFile(this.at(file), "utf8"), undefined);
  }

  async list(folder: string): Promise<readonly string[]> {
    return (await present(readdir(this.at(folder)), [])).filter((name) => !name.startsWith(TEMPORARY)).sort();
  }

  /** Removes what an abandoned write left in a folder. */
  async sweep(folder: string): Promise<void> {
    for (const name of await present(readdir(this.at(folder)), [])) if (name.startsWith(TEMPORARY)) await unlink(path.join(this.at(folder), name));
  }

  /** Whether the file system tells "a" from "A" and both Unicode forms of "é"; asked once with two probe files. */
  async distinguishes(): Promise<boolean> {
    const probe = `${TEMPORARY}${randomUUID()}`;
    await mkdir(this.root, { recursive: true });
    await (await open(path.join(this.root, `${probe}-aé`.normalize("NFC")), "w")).close();
    const folded = await Promise.all([`${probe}-Aé`.normalize("NFC"), `${probe}-aé`.normalize("NFD")].map((name) => present(stat(path.join(this.root, name)).then(() => true), false)));
    await unlink(path.join(this.root, `${probe}-aé`.normalize("NFC")));
    return !folded.includes(true);
  }
}

async function setTime(file: string, modifiedAt: string | undefined): Promise<void> {
  if (modifiedAt === undefined) return;
  const time = new Date(modifiedAt);
  await utimes(file, time, time);
}

async function guarded<T>(file: string, operation: () => Promise<T>): Promise<T> {
  try {
    return await operation();
  } catch (cause) {
    const code = (cause as NodeJS.ErrnoException).code;
    if (code === "ENOSPC" || code === "EDQUOT") throw new ExodusError("DISK_FULL", { params: { file }, cause });
    if (code === "EACCES" || code === "EROFS" || code === "EPERM") throw new ExodusError("TARGET_DENIED", { params: { target: file, reason: code }, cause });
    throw cause;
  }
}

async function present<T>(operation: Promise<T>, instead: T): Promise<T> {
  try {
    return await operation;
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code === "ENOENT") return instead;
    throw cause;
  }
}
