import { z } from "zod";
import { foldedName } from "../lib/target-names.js";

/** Looked up as people write names of accounts: case and normal form do not matter. */
export class ByAccount<T> {
  readonly #found: ReadonlyMap<string, T>;

  constructor(named: Readonly<Record<string, T>>) {
    this.#found = new Map(Object.entries(named).map(([account, value]) => [foldedName(account), value]));
  }

  of(account: string): T | undefined {
    return this.#found.get(foldedName(account));
  }

  get all(): readonly T[] {
    return [...this.#found.values()];
  }
}

/** What a configuration names for accounts, each once: of two spellings of one account nobody could say which holds. */
export function byAccount<V extends z.ZodType>(value: V): z.ZodRecord<z.ZodString, V> {
  return z.record(z.string().min(1), value).superRefine((named, context) => {
    const first = new Map<string, string>();
    for (const account of Object.keys(named)) {
      const other = first.get(foldedName(account));
      if (other === undefined) first.set(foldedName(account), account);
      else context.addIssue({ code: "custom", message: `"${other}" and "${account}" are one and the same: case and the form of accents do not matter` });
    }
  });
}
