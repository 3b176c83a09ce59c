import type { ErrorClass } from "../errors.js";

/** One row of the error catalogue; `docs/errors.md` lists the same rows (checked by a test). */
export interface ErrorEntry {
  readonly class: ErrorClass;
  readonly en: { readonly message: string; readonly remedy: string };
  readonly fr: { readonly message: string; readonly remedy: string };
}

/** Keeps the literal codes as keys while checking each row. */
export function entries<K extends string>(rows: Record<K, ErrorEntry>): Readonly<Record<K, ErrorEntry>> {
  return rows;
}
