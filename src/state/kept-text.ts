/** A text as the index keeps it, to be shown: SQLite's text has no half surrogates, and what is read of it ends at NUL. The record in the vault keeps the text itself. */
export function keptText(text: string): string {
  return text.toWellFormed().replaceAll("\u0000", "\ufffd");
}
