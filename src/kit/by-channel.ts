import { foldedName } from "../lib/target-names.js";

/** Any channel of the team that is not named. */
const OTHERS = "*";

/** What the configuration names for channels: by team (its account name) and channel, or "*" for the others of the team. */
export type NamedByChannel<T> = Readonly<Record<string, Readonly<Record<string, T>>>>;

/** Looked up as people write names: case and normal form do not matter. */
export class ByChannel<T> {
  readonly #found = new Map<string, T>();

  constructor(named: NamedByChannel<T>) {
    for (const [team, channels] of Object.entries(named)) {
      for (const [channel, value] of Object.entries(channels)) this.#found.set(keyOf(team, channel), value);
    }
  }

  of(team: string, channel: string): T | undefined {
    return this.#found.get(keyOf(team, channel)) ?? this.#found.get(keyOf(team, OTHERS));
  }

  get all(): readonly T[] {
    return [...this.#found.values()];
  }
}

function keyOf(team: string, channel: string): string {
  return `${foldedName(team)}\n${foldedName(channel)}`;
}
