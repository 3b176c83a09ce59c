/** The first of these names that shows something: a message without a subject is still to be named in a report. */
export function itemTitle(...names: readonly (string | null | undefined)[]): string {
  return names.find((name) => name !== undefined && name !== null && name.trim() !== "") ?? "";
}
