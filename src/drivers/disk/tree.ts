import { createHash, randomUUID } from "node:crypto";
import { constants, createReadStream, type Stats } from "node:fs";
import { access, lstat, mkdir, open, opendir, readFile, realpath, rename, rm, rmdir, stat, statfs, unlink, utimes, type FileHandle } from "node:fs/promises";
import path from "node:path";
import { ExodusError } from "../../core/errors.js";
import { guarded, guardedBytes, present } from "./errors.js";

/** Start of unfinished files' names. The percent rule of `lib/file-names.ts` never writes a `%` before a small letter: no item is named so. */
const TEMPORARY = ".%part-";
/** Names held at a time while a folder is listed in order. */
const BATCH = 20_000;
const CHUNK = 256 * 1024;
/** What open(2) says of a link that is not followed, and of a socket. */
const NO_FILE: readonly unknown[] = ["ELOOP", "ENXIO"];

export interface WriteOptions {
  /** Modification time to set, ISO 8601. */
  readonly modifiedAt?: string | undefined;
  /** False for what can be made again: it is not forced to the disk. */
  readonly durable?: boolean;
  readonly signal?: AbortSignal | undefined;
}

export interface FileInfo {
  /** Bytes. */
  readonly size: number;
  readonly modified: Date;
  readonly folder: boolean;
}

/** Modes of what is made, before the umask takes from them. */
export interface Modes {
  readonly folder: number;
  readonly file: number;
}

const BY_UMASK: Modes = { folder: 0o777, file: 0o666 };

/** What stands at a path itself; "other": a link, a device, a pipe. */
export interface Itself extends Pick<Stats, "size" | "mtime"> {
  readonly kind: "file" | "folder" | "other";
}

/**
 * A folder tree on the local disk; every file appears whole under its name or not at all. Paths are relative to the root, with "/".
 * Every method throws ExodusError DISK_FULL, TARGET_DENIED, TARGET_CONTAINER_MISSING, TARGET_REFUSED_ITEM or TARGET_PASSING.
 */
export class DiskTree {
  /** Unfinished files of this process, so that a sweep spares those under way. */
  readonly #mine = `${TEMPORARY}${randomUUID().slice(0, 8)}-`;

  constructor(readonly root: string, readonly modes: Modes = BY_UMASK) {}

  /** The path for the operating system. */
  at(file: string): string {
    return path.join(this.root, ...file.split("/"));
  }

  async makeFolder(folder: string): Promise<void> {
    await guarded(this.root, () => mkdir(this.at(folder), { recursive: true, mode: this.modes.folder }));
  }

  /** Makes one folder in one that is there. What stands in its place and is none, as a link to one, is refused. */
  async makeOwnFolder(folder: string): Promise<void> {
    await guarded(this.root, async () => {
      try {
        await mkdir(this.at(folder), { mode: this.modes.folder });
      } catch (cause) {
        if ((cause as NodeJS.ErrnoException).code !== "EEXIST" || !(await lstat(this.at(folder))).isDirectory()) throw cause;
      }
    });
  }

  /** Streams to a temporary name in the same folder, sets the time, syncs, renames. Answers the SHA-256 of what was written. */
  async write(file: string, bytes: AsyncIterable<Uint8Array>, options: WriteOptions = {}): Promise<string> {
    const target = this.at(file);
    const part = path.join(path.dirname(target), `${this.#mine}${randomUUID()}`);
    const hash = createHash("sha256");
    await guarded(this.root, async () => {
      const handle = await open(part, "wx", this.modes.file);
      try {
        for await (const chunk of bytes) {
          options.signal?.throwIfAborted();
          hash.update(chunk);
          for (let written = 0; written < chunk.length; ) written += (await handle.write(chunk, written, chunk.length - written)).bytesWritten;
        }
        if (options.modifiedAt !== undefined) await handle.utimes(new Date(options.modifiedAt), new Date(options.modifiedAt));
        if (options.durable !== false) await handle.sync();
        await handle.close();
        await rename(part, target);
      } catch (thrown) {
        await handle.close();
        await rm(part, { force: true });
        throw thrown;
      }
      if (options.durable !== false) await syncFolder(path.dirname(target));
    });
    return hash.digest("hex");
  }

  async setTime(file: string, modifiedAt: string): Promise<void> {
    await guarded(this.root, () => utimes(this.at(file), new Date(modifiedAt), new Date(modifiedAt)));
  }

  /** Moves a file or folder; answers false when it is not there. The new place's folder must exist. */
  async move(from: string, to: string): Promise<boolean> {
    return present(this.root, async () => {
      await rename(this.at(from), this.at(to));
      await syncFolder(path.dirname(this.at(to)));
      return true;
    }, false);
  }

  async removeFile(file: string): Promise<void> {
    await present(this.root, () => unlink(this.at(file)), undefined);
  }

  /** Removes a folder when it is empty; answers whether it is gone. */
  async removeFolder(folder: string): Promise<boolean> {
    return present(this.root, async () => {
      try {
        await rmdir(this.at(folder));
        return true;
      } catch (cause) {
        const { code } = cause as NodeJS.ErrnoException;
        // POSIX allows either code for a folder that is not empty.
        if (code === "ENOTEMPTY" || code === "EEXIST") return false;
        throw cause;
      }
    }, true);
  }

  /** Removes a folder with all that it holds; absent already = done. */
  async removeTree(folder: string): Promise<void> {
    await guarded(this.root, () => rm(this.at(folder), { recursive: true, force: true }));
  }

  async info(file: string): Promise<FileInfo | undefined> {
    return present(this.root, async () => {
      const found = await stat(this.at(file));
      return { size: found.size, modified: found.mtime, folder: found.isDirectory() };
    }, undefined);
  }

  /** Looks without following a link. Only the last component is looked at: walks come to a folder by way of those above. */
  async itself(file: string): Promise<Itself | undefined> {
    return present(this.root, async () => {
      const found = await lstat(this.at(file));
      return { kind: found.isFile() ? "file" : found.isDirectory() ? "folder" : "other", size: found.size, mtime: found.mtime };
    }, undefined);
  }

  /** Bytes of a file itself, refused for what took its place since it was looked at. */
  async *bytes(file: string): AsyncGenerator<Uint8Array> {
    const handle = await guarded(this.root, () => this.#openItself(file));
    // What open(2) says of a socket.
    if (handle === undefined) throw new ExodusError("TARGET_DENIED", { params: { target: this.root, reason: "ENXIO" } });
    yield* guardedBytes(this.root, () => handle.createReadStream({ highWaterMark: CHUNK }));
  }

  /** A small file itself as text; undefined when none stands there. */
  async ownText(file: string): Promise<string | undefined> {
    return present(this.root, async () => {
      const handle = await this.#openItself(file).catch((cause: NodeJS.ErrnoException) => {
        if (NO_FILE.includes(cause.code)) return undefined;
        throw cause;
      });
      try {
        return await handle?.readFile("utf8");
      } finally {
        await handle?.close();
      }
    }, undefined);
  }

  /** Whether that very name stands in its folder: a file system that folds case or Unicode forms answers for other spellings too. */
  async isSpelled(file: string): Promise<boolean> {
    const real = await present(this.root, () => realpath(this.at(file)), undefined);
    return real !== undefined && path.basename(real).normalize("NFC") === path.basename(this.at(file)).normalize("NFC");
  }

  async hash(file: string): Promise<string | undefined> {
    return present(this.root, async () => {
      const hash = createHash("sha256");
      for await (const chunk of createReadStream(this.at(file), { highWaterMark: 1 << 20 })) hash.update(chunk as Buffer);
      return hash.digest("hex");
    }, undefined);
  }

  /** A small file as text; undefined when it is not there. */
  async text(file: string): Promise<string | undefined> {
    return present(this.root, () => readFile(this.at(file), "utf8"), undefined);
  }

  /** The first bytes of a file, at most `limit`; undefined when it is not there. */
  async head(file: string, limit: number): Promise<Buffer | undefined> {
    return present(this.root, async () => {
      const handle = await open(this.at(file), "r");
      try {
        const wanted = Math.min(limit, (await handle.stat()).size);
        const bytes = Buffer.alloc(wanted);
        const { bytesRead } = await handle.read(bytes, 0, wanted, 0);
        return bytes.subarray(0, bytesRead);
      } finally {
        await handle.close();
      }
    }, undefined);
  }

  /** Names in a folder in code-unit order, unfinished files left out. Holds `BATCH` names: a larger folder is gone through once for each batch. */
  async *names(folder: string): AsyncGenerator<string> {
    let after: string | undefined;
    for (;;) {
      const { names, more } = await this.#smallest(folder, after);
      yield* names;
      if (!more) return;
      after = names.at(-1);
    }
  }

  /** Removes what a crashed process left unfinished in a folder. */
  async sweep(folder: string): Promise<void> {
    await present(this.root, async () => {
      for await (const { name } of await opendir(this.at(folder))) {
        if (name.startsWith(TEMPORARY) && !name.startsWith(this.#mine)) await rm(path.join(this.at(folder), name), { force: true });
      }
    }, undefined);
  }

  /** Looks without writing: whether the nearest existing folder takes files, and its free space in bytes. */
  async room(): Promise<{ readonly folder: string; readonly writable: boolean; readonly free: number }> {
    let folder = this.root;
    while ((await present(this.root, () => stat(folder), undefined)) === undefined && path.dirname(folder) !== folder) folder = path.dirname(folder);
    return guarded(this.root, async () => {
      const writable = (await stat(folder)).isDirectory() && (await access(folder, constants.W_OK | constants.X_OK).then(() => true, () => false));
      const { bavail, bsize } = await statfs(folder);
      return { folder, writable, free: bavail * bsize };
    });
  }

  /** Looks at what was opened, so that nothing else is read; undefined when it is no file. Nobody is waited for at the other end of a pipe. Windows has neither flag. */
  async #openItself(file: string): Promise<FileHandle | undefined> {
    if (process.platform === "win32" && (await lstat(this.at(file))).isSymbolicLink()) return undefined;
    const handle = await open(this.at(file), constants.O_RDONLY | (constants.O_NOFOLLOW ?? 0) | (constants.O_NONBLOCK ?? 0));
    let isFile = false;
    try {
      isFile = (await handle.stat()).isFile();
    } finally {
      if (!isFile) await handle.close();
    }
    return isFile ? handle : undefined;
  }

  async #smallest(folder: string, after: string | undefined): Promise<{ names: string[]; more: boolean }> {
    const names: string[] = [];
    let more = false;
    const cut = (limit: number): void => {
      names.sort();
      if (names.length <= limit) return;
      names.length = limit;
      more = true;
    };
    await present(this.root, async () => {
      for await (const { name } of await opendir(this.at(folder))) {
        if (name.startsWith(TEMPORARY) || (after !== undefined && name <= after)) continue;
        names.push(name);
        if (names.length >= BATCH * 2) cut(BATCH);
      }
    }, undefined);
    cut(BATCH);
    return { names, more };
  }
}

/** Makes a rename last through a power cut; Windows has no such call and refuses it. */
async function syncFolder(folder: string): Promise<void> {
  if (process.platform === "win32") return;
  const handle = await open(folder, "r");
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}
