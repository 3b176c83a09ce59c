import { parentPort } from "node:worker_threads";
import { perform, type Read, type Reading } from "./reading.js";

/** What the thread answers. The code of an operating system's error does not survive the way between threads by itself. */
export type Answer = { readonly read: Read } | { readonly failed: unknown; readonly errno: string | undefined };

// The program of one reading thread: one reading, one answer.
parentPort?.on("message", (reading: Reading) => {
  const given = answer(reading);
  // Handed over, not copied: the names of a segment are some megabytes.
  parentPort?.postMessage(given, "read" in given && typeof given.read !== "string" ? [given.read.names.buffer as ArrayBuffer] : []);
});

function answer(reading: Reading): Answer {
  try {
    return { read: perform(reading) };
  } catch (thrown) {
    return { failed: thrown, errno: (thrown as NodeJS.ErrnoException).code };
  }
}
