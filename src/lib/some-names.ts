/** Names that a line shows; the others are counted. */
const SHOWN = 5;

/** The first of them, and how many there are where that is not all. */
export function someNames(names: readonly string[]): string {
  return `${names.slice(0, SHOWN).join(", ")}${names.length > SHOWN ? ` … ${String(names.length)}` : ""}`;
}
