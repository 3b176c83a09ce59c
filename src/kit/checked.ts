import { failedCheck } from "../core/failed-check.js";
import type { CheckResult } from "../core/source.js";
import type { AdapterEnvironment } from "./define.js";

type Probe<C> = (client: C) => Promise<Pick<CheckResult, "code" | "message">>;

/** Checks of `doctor` at a client of its own, which is closed whatever comes of them; the first that fails ends them. */
export async function* checked<C extends { close(): Promise<void> }>(client: C, { target: subject, lang }: AdapterEnvironment, signal: AbortSignal, ...probes: readonly Probe<C>[]): AsyncGenerator<CheckResult> {
  try {
    for (const probe of probes) yield { subject, ok: true, ...(await probe(client)) };
  } catch (thrown) {
    signal.throwIfAborted();
    yield failedCheck(subject, thrown, lang);
  } finally {
    await client.close();
  }
}
