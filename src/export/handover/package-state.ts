import { createReadStream } from "node:fs";
import { createInterface } from "node:readline";
import { z } from "zod";
import { ExodusError } from "../../core/errors.js";

/** One line of `state.jsonl`: a file that stands now, in this package or an earlier one. */
export const StateLine = z.object({
  /** Owner's kind, owner, and what stands below, as in the archive. */
  path: z.string(),
  /** Number of the package that holds it. */
  package: z.number().int().positive(),
  /** Where in that package. */
  file: z.string(),
  size: z.number().int().nonnegative(),
  sha256: z.string().regex(/^[0-9a-f]{64}$/),
});
export type StateLine = z.infer<typeof StateLine>;

/** The lines of a package before, in the order of their paths' components. @throws ExodusError HANDOVER_STATE naming the file. */
export async function* stateLines(file: string): AsyncGenerator<StateLine> {
  try {
    for await (const line of createInterface({ input: createReadStream(file), crlfDelay: Infinity })) yield StateLine.parse(JSON.parse(line));
  } catch (cause) {
    throw cause instanceof ExodusError ? cause : new ExodusError("HANDOVER_STATE", { params: { file }, cause });
  }
}

/** Order of paths by components, in code units: that of a walk through sorted folders. */
export function comparePaths(one: string, other: string): number {
  const [a, b] = [one.split("/"), other.split("/")];
  for (let index = 0; index < Math.min(a.length, b.length); index += 1) {
    const [left = "", right = ""] = [a[index], b[index]];
    if (left !== right) return left < right ? -1 : 1;
  }
  return a.length - b.length;
}

/** Two streams in the order of their paths, side by side. */
export async function* sideBySide<A extends { readonly path: string }, B extends { readonly path: string }>(now: AsyncIterable<A>, before: AsyncIterable<B>): AsyncGenerator<{ readonly now?: A; readonly before?: B }> {
  const [left, right] = [now[Symbol.asyncIterator](), before[Symbol.asyncIterator]()];
  let [a, b] = [await left.next(), await right.next()];
  while (a.done !== true || b.done !== true) {
    const order = a.done === true ? 1 : b.done === true ? -1 : comparePaths(a.value.path, b.value.path);
    yield { ...(order <= 0 && a.done !== true ? { now: a.value } : {}), ...(order >= 0 && b.done !== true ? { before: b.value } : {}) };
    if (order <= 0) a = await left.next();
    if (order >= 0) b = await right.next();
  }
}
