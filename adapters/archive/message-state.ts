import { canonicalJson } from "../../src/core/digest.js";
import type { DiskTree } from "../../src/drivers/disk/tree.js";
import type { MailRecord } from "../../src/format/records.js";
import { chunk } from "./text.js";

const FLAGS = { none: "notFlagged", flagged: "flagged", complete: "complete" } as const;

/** `<name>.json` beside `<name>.eml`. */
export function stateFileOf(file: string): string {
  return file.replace(/\.eml$/, ".json");
}

/** State of a message as the layout's sidecar writes it, in Graph's words (api-reference/v1.0/resources/message). */
export function stateOf(record: MailRecord): object {
  return {
    receivedDateTime: record.receivedAt ?? null, isRead: record.isRead, flag: FLAGS[record.flag], importance: record.importance,
    categories: record.categories, isDraft: record.isDraft,
  };
}

export async function writeState(tree: DiskTree, file: string, record: MailRecord): Promise<void> {
  await tree.write(stateFileOf(file), chunk(`${JSON.stringify(stateOf(record), null, 1)}\n`));
}

/** The sidecar as it stands, in canonical form; undefined when it is missing or no JSON. */
export async function readState(tree: DiskTree, file: string): Promise<string | undefined> {
  const text = await tree.text(stateFileOf(file));
  if (text === undefined) return undefined;
  try {
    return canonicalJson(JSON.parse(text));
  } catch (thrown) {
    if (thrown instanceof SyntaxError) return undefined;
    throw thrown;
  }
}
