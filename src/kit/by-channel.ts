import type { z } from "zod";
import { foldedName } from "../lib/target-names.js";
import { byAccount } from "./by-account.js";

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

/** What a configuration names for channels, each team once, and each channel of it. */
export function byChannel<V extends z.ZodType>(value: V): z.ZodRecord<z.ZodString, z.ZodRecord<z.ZodString, V>> {
  return byAccount(byAccount(value));
}
