import { itemDigest } from "../core/digest.js";
import type { JournalLine } from "../core/vault.js";
import { Line } from "../format/journal.js";

/**
 * The line, or what is wrong with it: the field and the reason, no content. An item's digest covers its record and the names of its blobs (docs/format.md, "Records"): a byte
 * that changed there is found although the line still reads well.
 */
export function parseJournalLine(text: string): { readonly line: JournalLine } | { readonly wrong: string } {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return { wrong: "not JSON" };
  }
  const parsed = Line.safeParse(value);
  if (parsed.success) return isOfItsDigest(value as JournalLine) ? { line: value as JournalLine } : { wrong: "digest: not that of the record and its content" };
  const issue = parsed.error.issues[0];
  return { wrong: `${issue?.path.join(".") ?? ""}: ${issue?.message ?? "invalid"}` };
}

function isOfItsDigest(line: JournalLine): boolean {
  if (line.kind !== "item") return true;
  try {
    return itemDigest(line.record, line.body, line.parts) === line.digest;
  } catch (thrown) {
    // Nested deeper than anything that was ever written.
    if (thrown instanceof RangeError) return false;
    throw thrown;
  }
}
