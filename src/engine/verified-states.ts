import type { ContainerChanges } from "../core/adapter.js";
import { retrying } from "../lib/retry.js";
import type { WorkRow } from "../core/state.js";
import { failureOf } from "./context.js";
import type { ReadAllReason } from "./events.js";
import type { PutLane } from "./put.js";
import { isInterruption } from "./stop.js";

/** What is kept with a placement. An account or a container of another name is another one, whatever its server's words. */
interface Kept {
  readonly account: string;
  readonly container: string;
  readonly state: string;
}

interface Asked {
  /** To be kept once every item of the container has its verdict. */
  readonly kept: string | undefined;
  /** It is what is kept already. */
  readonly standing: boolean;
  readonly changed: ContainerChanges["changed"];
}

const UNKNOWN: Asked = { kept: undefined, standing: false, changed: "all" };

/**
 * How containers stand in their servers' own words. Each is asked before the first of its items is read and kept when all are verified, so that whatever changed
 * after an item was read has changed since the state that is kept. `leave`: what did not change since the last one is not read again.
 */
export class VerifiedStates {
  readonly #asked = new Map<string, Promise<Asked>>();

  constructor(private readonly lane: PutLane, private readonly account: string, private readonly leave: boolean) {
    if (leave && lane.session.changes === undefined) this.#tell("*", "not-offered");
  }

  /** To be awaited before an item is read: whether it was found the same and has not changed since, at the target and in the vault. */
  async isUnchanged({ seq, ledger }: WorkRow): Promise<boolean> {
    if (ledger?.container === undefined) return false;
    const { changed } = await this.#of(ledger.container);
    // A verdict is forgotten with every put, so that it is of this reference; of what the vault has anew it says nothing.
    return this.leave && changed !== "all" && ledger.verdict === "same" && ledger.seq === seq && ledger.ref !== undefined && !changed.has(ledger.ref);
  }

  /** To be called when every item of the unit has its verdict, and not before: a state that is kept too early hides what was not read. */
  async keep(): Promise<void> {
    const states = new Map<string, string>();
    for (const [container, asking] of this.#asked) {
      const { kept, standing } = await asking;
      if (kept !== undefined && !standing) states.set(container, kept);
    }
    if (states.size > 0) await this.lane.context.state.saveVerifiedStates(this.lane.unit, states);
  }

  #of(container: string): Promise<Asked> {
    const known = this.#asked.get(container) ?? this.#ask(container);
    this.#asked.set(container, known);
    return known;
  }

  /** Whatever goes wrong here leaves everything to be read: reading tells what is the matter. */
  async #ask(container: string): Promise<Asked> {
    const { session, context, unit } = this.lane;
    const placement = await context.state.placement(unit, container);
    if (session.changes === undefined || placement === undefined) return UNKNOWN;
    try {
      const before = await context.state.verifiedState(unit, container);
      const since = this.leave ? sinceOf(before, this.account, placement.targetId) : undefined;
      const told = await retrying(async () => session.changes?.(placement.targetId, since, context.stop.hard), { attempts: context.attempts, signal: context.stop.hard });
      if (told === undefined || told.changed === "all") this.#tell(container, told === undefined ? "not-offered" : since === undefined ? "first" : "unsaid");
      if (told === undefined) return UNKNOWN;
      const kept: Kept = { account: this.account, container: placement.targetId, state: told.state };
      const text = JSON.stringify(kept);
      return { kept: text, standing: text === before, changed: since === undefined ? "all" : told.changed };
    } catch (thrown) {
      if (isInterruption(thrown, context.stop)) throw thrown;
      this.#tell(container, "failed", thrown);
      return UNKNOWN;
    }
  }

  #tell(container: string, why: ReadAllReason, thrown?: unknown): void {
    if (!this.leave && why !== "failed") return;
    this.lane.context.emit({ type: "read-all", stage: "verify", ...this.lane.unit, container, why, ...(thrown === undefined ? {} : { failure: failureOf(thrown) }) });
  }
}

function sinceOf(kept: string | undefined, account: string, container: string): string | undefined {
  if (kept === undefined) return undefined;
  const told = JSON.parse(kept) as Kept;
  return told.account === account && told.container === container ? told.state : undefined;
}
