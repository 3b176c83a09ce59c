import { once } from "node:events";
import { stat } from "node:fs/promises";
import { availableParallelism } from "node:os";
import { setImmediate } from "node:timers/promises";
import { Worker } from "node:worker_threads";
import pLimit from "p-limit";
import { perform, type Read, type Reading } from "./reading.js";
import type { Answer } from "./reading-thread.js";
import type { SegmentTally, TallyOptions } from "./tally-segment.js";

/** More would only take turns at the disk. */
const MOST_THREADS = 4;
/** A smaller file is read sooner than a thread starts. Bytes. */
const WORTH_A_THREAD = 8 * 1024 * 1024;

/**
 * Reads and hashes whole files, the larger ones in threads: hashing is most of a check, and Node does it in the thread that asks. Readings begin in
 * the order in which they were asked for.
 */
export class Readers {
  readonly width = Math.min(availableParallelism(), MOST_THREADS);
  readonly #limit = pLimit(this.width);
  readonly #idle: Worker[] = [];
  readonly #all: Worker[] = [];

  async segment(file: string, options: TallyOptions): Promise<SegmentTally> {
    return (await this.#read({ do: "segment", file, ...options })) as SegmentTally;
  }

  /** SHA-256 of a file. */
  async hash(file: string): Promise<string> {
    return (await this.#read({ do: "hash", file })) as string;
  }

  /** Ends the threads, whatever they are at: nobody waits for them any more. */
  async close(): Promise<void> {
    this.#limit.clearQueue();
    await Promise.all(this.#all.map((thread) => thread.terminate()));
  }

  #read(reading: Reading): Promise<Read> {
    return this.#limit(async () => {
      if ((await stat(reading.file)).size >= WORTH_A_THREAD) return this.#inThread(reading);
      // Signals and the screen get their turn between two files.
      await setImmediate();
      return perform(reading);
    });
  }

  async #inThread(reading: Reading): Promise<Read> {
    const thread = this.#idle.pop() ?? this.#start();
    thread.postMessage(reading);
    // A thread that fails as a whole is gone: `once` throws what ended it.
    const [answer] = (await once(thread, "message")) as [Answer];
    this.#idle.push(thread);
    if ("read" in answer) return answer.read;
    throw answer.errno === undefined ? answer.failed : Object.assign(answer.failed as Error, { code: answer.errno, syscall: "read" });
  }

  #start(): Worker {
    const thread = new Worker(new URL("./reading-thread.js", import.meta.url));
    this.#all.push(thread);
    return thread;
  }
}
