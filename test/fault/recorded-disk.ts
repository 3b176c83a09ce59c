import { mkdirSync, readFileSync, readdirSync, writeFileSync } from "node:fs";
import type * as FileSystem from "node:fs/promises";
import path from "node:path";

type Fs = typeof FileSystem;
type Handle = FileSystem.FileHandle;

/** One thing that a run asked of its disk. A file is told by a number, since its name may change. */
type Step =
  | { readonly do: "write"; readonly file: number; readonly at: number; readonly bytes: Buffer }
  | { readonly do: "truncate"; readonly file: number; readonly length: number }
  | { readonly do: "sync"; readonly file: number }
  | { readonly do: "name"; readonly path: string; readonly file: number | "folder" }
  | { readonly do: "rename"; readonly from: string; readonly to: string }
  | { readonly do: "remove"; readonly path: string }
  | { readonly do: "sync-folder"; readonly path: string }
  /** The index after a transaction: SQLite keeps its own promises. */
  | { readonly do: "commit"; readonly index: Buffer };

/** What a disk writes whole or not at all. */
const SECTOR = 512;

/** Numbers from 0 up to 1, the same ones for the same seed. */
export type Chance = () => number;

/**
 * Records what a run writes below a folder, so that the disk can be laid out as it may stand after the power failed at any moment. What POSIX does not
 * promise is not given: bytes that were not forced to the disk (fsync(2)) are there up to any one of them, and so are names whose folder was not.
 */
export class RecordedDisk {
  steps: Step[] = [];
  #root = "";
  #numbers = new Map<string, number>();
  #before = new Map<string, Buffer | "folder">();
  #recording = false;

  constructor(private readonly real: Fs) {}

  /** From here on; what stands below `root` now is on the disk. */
  start(root: string): void {
    [this.#root, this.steps, this.#numbers, this.#before] = [root, [], new Map(), new Map()];
    for (const entry of readdirSync(root, { recursive: true, withFileTypes: true })) {
      const absolute = path.join(entry.parentPath, entry.name);
      const name = path.relative(root, absolute);
      if (!isOther(name)) this.#before.set(name, entry.isDirectory() ? "folder" : readFileSync(absolute));
    }
    this.#recording = true;
  }

  stop(): void {
    this.#recording = false;
  }

  committed(index: Buffer): void {
    if (this.#recording) this.steps.push({ do: "commit", index });
  }

  /** The module that the program is to be given instead of node:fs/promises. */
  fs(): Fs {
    return {
      ...this.real,
      open: async (file, ...rest) => {
        const known = await this.real.stat(file).then(() => true, () => false);
        return this.#handle(await this.real.open(file, ...rest), String(file), !known);
      },
      rename: async (from, to) => {
        await this.real.rename(from, to);
        const names = [this.#name(from), this.#name(to)] as const;
        if (names[0] === undefined || names[1] === undefined) return;
        this.steps.push({ do: "rename", from: names[0], to: names[1] });
        this.#numbers.set(names[1], this.#number(names[0]));
        this.#numbers.delete(names[0]);
      },
      rm: async (file, options) => {
        await this.real.rm(file, options);
        const name = this.#name(file);
        if (name !== undefined) this.steps.push({ do: "remove", path: name });
      },
      mkdir: (async (dir: string, options?: FileSystem.FileHandle | object) => {
        const made = await this.real.mkdir(dir, options as Parameters<Fs["mkdir"]>[1]);
        const name = this.#name(dir);
        const first = made === undefined ? name : this.#name(made);
        if (name === undefined || first === undefined || (made === undefined && isRecursive(options))) return made;
        for (let below = name.split("/"), depth = first.split("/").length; depth <= below.length; depth += 1) {
          this.steps.push({ do: "name", path: below.slice(0, depth).join("/"), file: "folder" });
        }
        return made;
      }) as Fs["mkdir"],
    };
  }

  /** Lays out below `dir` what may be on the disk when the power fails after `count` steps. Answers whether there is an index. `chance` 1: all is there. */
  layOut(dir: string, count: number, chance: Chance): boolean {
    const done = this.steps.slice(0, count);
    const names = new Map<string, number | "folder">([...this.#before].map(([name, content]) => [name, content === "folder" ? content : this.#number(name)]));
    done.forEach((step, at) => {
      if (step.do !== "name" && step.do !== "rename" && step.do !== "remove") return;
      const name = step.do === "rename" ? step.to : step.path;
      const durable = done.slice(at + 1).some((later) => later.do === "sync-folder" && later.path === parent(name));
      // What a lost name would have replaced is still there; a file that was renamed has one of its names.
      if (!durable && chance() < 0.5) return;
      if (step.do === "name") names.set(name, step.file);
      else if (step.do === "remove") for (const one of [...names.keys()]) if (one === name || one.startsWith(`${name}/`)) names.delete(one);
      if (step.do !== "rename") return;
      const file = names.get(step.from) ?? numberBefore(done, at, step.from);
      if (file !== undefined) names.set(name, file);
      names.delete(step.from);
    });
    for (const [name, file] of [...names].sort(([a], [b]) => (a < b ? -1 : 1))) {
      if (parent(name) !== "" && names.get(parent(name)) !== "folder") names.delete(name);
      else if (file === "folder") mkdirSync(path.join(dir, name));
      else writeFileSync(path.join(dir, name), this.#content(file, done, chance));
    }
    const index = done.findLast((step) => step.do === "commit");
    if (index?.do === "commit") writeFileSync(path.join(dir, "state.sqlite"), index.index);
    return index !== undefined;
  }

  /** What was forced to the disk, and of the rest everything up to some byte; behind it a file may already be longer, with nothing in it. */
  #content(file: number, done: readonly Step[], chance: Chance): Buffer {
    const name = [...this.#before.keys()].find((one) => this.#numbers.get(one) === file && this.#before.get(one) !== "folder");
    const first = name === undefined ? undefined : this.#before.get(name);
    let content = Buffer.isBuffer(first) ? first : Buffer.alloc(0);
    const synced = done.findLastIndex((step) => step.do === "sync" && step.file === file);
    const apply = (step: Step, length = Number.MAX_SAFE_INTEGER): void => {
      if (step.do === "truncate") content = Buffer.concat([content, Buffer.alloc(Math.max(0, step.length - content.length))]).subarray(0, step.length);
      if (step.do !== "write") return;
      const bytes = step.bytes.subarray(0, length);
      const grown = Buffer.alloc(Math.max(content.length, step.at + bytes.length));
      content.copy(grown);
      bytes.copy(grown, step.at);
      content = grown;
    };
    done.forEach((step, at) => {
      if ("file" in step && step.file === file && at <= synced) apply(step);
    });
    const rest = done.filter((step, at) => "file" in step && step.file === file && at > synced && step.do !== "sync" && step.do !== "name");
    if (chance() < 0.5) return this.#outOfOrder(content, rest, chance);
    let left = Math.floor(chance() * (1 + rest.reduce((sum, step) => sum + (step.do === "write" ? step.bytes.length : 1), 0)));
    for (const step of rest) {
      const size = step.do === "write" ? step.bytes.length : 1;
      if (left > 0) apply(step, left);
      // The length of a file reaches the disk apart from its bytes.
      if (left < size) {
        if (step.do === "write" && chance() < 0.5) apply({ do: "truncate", file, length: Math.max(content.length, step.at + step.bytes.length) });
        break;
      }
      left -= size;
    }
    return content;
  }

  /** Sectors reach the disk in any order: each of those that were not forced is there or not, whatever comes before and behind it. */
  #outOfOrder(forced: Buffer, rest: readonly Step[], chance: Chance): Buffer {
    let content = forced;
    for (const step of rest) {
      if (step.do === "truncate") {
        if (chance() < 0.5) content = Buffer.concat([content, Buffer.alloc(Math.max(0, step.length - content.length))]).subarray(0, step.length);
      } else if (step.do === "write") {
        for (let from = 0; from < step.bytes.length; ) {
          const to = Math.min(step.bytes.length, from + SECTOR - ((step.at + from) % SECTOR));
          if (chance() < 0.5) {
            const grown = Buffer.alloc(Math.max(content.length, step.at + to));
            content.copy(grown);
            step.bytes.copy(grown, step.at + from, from, to);
            content = grown;
          }
          from = to;
        }
      }
    }
    return content;
  }

  async #handle(handle: Handle, file: string, made: boolean): Promise<Handle> {
    const name = this.#name(file);
    if (name === undefined) return handle;
    if ((await handle.stat()).isDirectory()) return watched(handle, { sync: () => this.steps.push({ do: "sync-folder", path: name === "." ? "" : name }) });
    const number = this.#number(name);
    if (made) this.steps.push({ do: "name", path: name, file: number });
    return watched(handle, {
      sync: () => this.steps.push({ do: "sync", file: number }),
      truncate: ([length]) => this.steps.push({ do: "truncate", file: number, length: Number(length ?? 0) }),
      writev: ([pieces, position], { bytesWritten }) => {
        this.steps.push({ do: "write", file: number, at: Number(position), bytes: Buffer.concat(pieces as Uint8Array[]).subarray(0, bytesWritten) });
      },
      write: ([bytes, offset, length, position], { bytesWritten }) => {
        const from = Number(offset ?? 0);
        if (bytes instanceof Uint8Array && bytesWritten <= Number(length)) this.steps.push({ do: "write", file: number, at: Number(position), bytes: Buffer.from(bytes.subarray(from, from + bytesWritten)) });
      },
    });
  }

  #number(name: string): number {
    const number = this.#numbers.get(name) ?? this.#numbers.size + this.steps.length * 1_000 + 1;
    this.#numbers.set(name, number);
    return number;
  }

  #name(file: unknown): string | undefined {
    const name = path.relative(this.#root, String(file));
    return !this.#recording || name.startsWith("..") || isOther(name) ? undefined : name === "" ? "." : name;
  }
}

interface Watch {
  readonly sync: () => void;
  readonly truncate?: (given: readonly unknown[]) => void;
  readonly writev?: (given: readonly unknown[], answer: { readonly bytesWritten: number }) => void;
  readonly write?: (given: readonly unknown[], answer: { readonly bytesWritten: number }) => void;
}

/** The handle; each of the watched calls is told of once it has succeeded. */
function watched(handle: Handle, watch: Watch): Handle {
  return new Proxy(handle, {
    get(target, property) {
      const value: unknown = Reflect.get(target, property, target);
      if (typeof value !== "function") return value;
      return async (...given: readonly unknown[]): Promise<unknown> => {
        const answer: unknown = await Reflect.apply(value, target, given);
        if (property === "sync" || property === "datasync") watch.sync();
        else if (property === "truncate") watch.truncate?.(given);
        else if (property === "writev") watch.writev?.(given, answer as { readonly bytesWritten: number });
        else if (property === "write") watch.write?.(given, answer as { readonly bytesWritten: number });
        return answer;
      };
    },
  });
}

/** The number of a file whose first name may never have reached the disk. */
function numberBefore(done: readonly Step[], at: number, name: string): number | "folder" | undefined {
  const made = done.slice(0, at).findLast((step) => step.do === "name" && step.path === name);
  return made?.do === "name" ? made.file : undefined;
}

/** The lock is of the process, and the index SQLite's. */
function isOther(name: string): boolean {
  return name.startsWith("lock") || name.startsWith("state.sqlite");
}

function isRecursive(options: unknown): boolean {
  return typeof options === "object" && options !== null && "recursive" in options && options.recursive === true;
}

function parent(name: string): string {
  const dir = path.posix.dirname(name);
  return dir === "." ? "" : dir;
}
