import { failedCheck } from "../core/failed-check.js";
import type { CheckResult } from "../core/source.js";
import type { AdapterEnvironment } from "./define.js";

/** One check of `doctor` at a client of its own, which is closed whatever comes of it. */
export async function* checked<C extends { close(): Promise<void> }>(
  client: C, { target: subject, lang }: AdapterEnvironment, signal: AbortSignal, probe: (client: C) => Promise<Pick<CheckResult, "code" | "message">>,
): AsyncGenerator<CheckResult> {
  try {
    yield { subject, ok: true, ...(await probe(client)) };
  } catch (thrown) {
    signal.throwIfAborted();
    yield failedCheck(subject, thrown, lang);
  } finally {
    await client.close();
  }
}
