import { MultiBar, Presets, type SingleBar } from "cli-progress";
import type { RateGovernor } from "../core/governor.js";
import type { WorkloadName } from "../core/item.js";
import type { RunEvent } from "../engine/events.js";
import type { Output } from "./output.js";

const PLAIN_EVERY_MS = 10_000;

interface Tally {
  pulled: number;
  ended: number;
  failed: number;
  bytes: number;
}

/** Shows a run while it goes: a bar per workload on a terminal, a line every ten seconds elsewhere, JSON lines with `--json`. */
export class Progress {
  readonly #tallies = new Map<WorkloadName, Tally>();
  readonly #bars = new Map<WorkloadName, SingleBar>();
  readonly #multi: MultiBar | undefined;
  readonly #timer: NodeJS.Timeout;
  readonly #started = Date.now();

  constructor(private readonly output: Output, private readonly governor: RateGovernor) {
    this.#multi = output.live
      ? new MultiBar({
          format: "{name} {bar} {value}/{total}  {speed}/s  {eta_formatted}  {failed}", hideCursor: true, clearOnComplete: false, stopOnComplete: false,
          etaBuffer: 200, stream: process.stderr,
        }, Presets.shades_classic)
      : undefined;
    this.#timer = setInterval(() => this.#tick(), this.#multi === undefined ? PLAIN_EVERY_MS : 500);
    this.#timer.unref();
  }

  readonly listen = (event: RunEvent): void => {
    this.output.record({ time: new Date().toISOString(), ...event });
    switch (event.type) {
      case "pulled":
        this.#tally(event.workload).pulled += event.items;
        this.#draw(event.workload);
        break;
      case "item":
        this.#count(event);
        break;
      case "blocked":
        this.#tally(event.workload).failed += 1;
        break;
      default:
    }
  };

  /** Ends the display; nothing is printed after it. */
  stop(): void {
    clearInterval(this.#timer);
    if (this.#multi !== undefined) {
      for (const workload of this.#tallies.keys()) this.#draw(workload);
      this.#multi.stop();
    }
  }

  #count(event: Extract<RunEvent, { type: "item" }>): void {
    const tally = this.#tally(event.workload);
    if (event.stage !== "pull") tally.ended += 1;
    if (event.state === "failed") tally.failed += 1;
    tally.bytes += event.bytes;
    this.#draw(event.workload);
  }

  #tally(workload: WorkloadName): Tally {
    const known = this.#tallies.get(workload);
    if (known !== undefined) return known;
    const tally = { pulled: 0, ended: 0, failed: 0, bytes: 0 };
    this.#tallies.set(workload, tally);
    return tally;
  }

  #draw(workload: WorkloadName): void {
    if (this.#multi === undefined) return;
    const tally = this.#tally(workload);
    const name = (this.output.text.workloads[workload] ?? workload).padEnd(12);
    const bar = this.#bars.get(workload) ?? this.#multi.create(1, 0, { name });
    this.#bars.set(workload, bar);
    bar.setTotal(Math.max(tally.pulled, tally.ended, 1));
    bar.update(tally.ended, { name, speed: this.#rate(tally), failed: this.#trouble(tally) });
  }

  #tick(): void {
    if (this.#multi !== undefined) return;
    for (const [workload, tally] of this.#tallies) {
      const { text } = this.output;
      this.output.line(`${text.workloads[workload] ?? workload}: ${tally.ended}/${Math.max(tally.pulled, tally.ended)}  ${this.#rate(tally)}/s  ${this.#trouble(tally)}`.trimEnd());
    }
  }

  #rate(tally: Tally): string {
    return (tally.ended / Math.max(1, (Date.now() - this.#started) / 1000)).toFixed(0);
  }

  #trouble(tally: Tally): string {
    const throttledMs = Object.values(this.governor.snapshot()).reduce((sum, reading) => sum + reading.throttledMs, 0);
    const parts = [];
    if (throttledMs > 0) parts.push(`${this.output.text.throttled} ${Math.round(throttledMs / 1000)} s`);
    if (tally.failed > 0) parts.push(`${this.output.text.errors} ${tally.failed}`);
    return parts.join(", ");
  }
}
