import type { Owner } from "../core/item.js";

/** Whether somebody means this owner: by name without regard to case, or by identifier. */
export function isCalled({ id, name }: Pick<Owner, "id" | "name">, asked: string): boolean {
  return id === asked || name.toLowerCase() === asked.toLowerCase();
}
