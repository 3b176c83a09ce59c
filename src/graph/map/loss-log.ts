import type { Loss } from "../../core/item.js";
import type { LossReason } from "../../core/losses.js";

/** Collects what a mapping could not keep; the same alteration of the same field is told once. */
export class LossLog {
  readonly #losses = new Map<string, Loss>();

  add(field: string, change: Loss["change"], reason: LossReason, side: Loss["side"] = "tool"): void {
    this.#losses.set(`${field} ${reason}`, { field, change, side, reason });
  }

  get losses(): readonly Loss[] {
    return [...this.#losses.values()];
  }
}
