import type { JournalLine } from "../core/vault.js";
import { Line } from "../format/journal.js";

/** The line, or what is wrong with it: the field and the reason, no content. */
export function parseJournalLine(text: string): { readonly line: JournalLine } | { readonly wrong: string } {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return { wrong: "not JSON" };
  }
  const parsed = Line.safeParse(value);
  if (parsed.success) return { line: value as JournalLine };
  const issue = parsed.error.issues[0];
  return { wrong: `${issue?.path.join(".") ?? ""}: ${issue?.message ?? "invalid"}` };
}
