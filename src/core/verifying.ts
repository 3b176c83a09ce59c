import type { Unit, VerifyState, WorkRow } from "./state.js";

/** What `verify` reads and keeps. */
export interface VerifyStore {
  settled(unit: Unit, afterId: string, limit: number): Promise<readonly WorkRow[]>;
  saveVerdict(unit: Unit, id: string, verdict: VerifyState): Promise<void>;
  /** How a container stood, in its server's own word, before all its items were verified. */
  verifiedState(unit: Unit, container: string): Promise<string | undefined>;
  /** By container; kept for as long as its placement is. */
  saveVerifiedStates(unit: Unit, states: ReadonlyMap<string, string>): Promise<void>;
}
