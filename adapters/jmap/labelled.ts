import { ExodusError } from "../../src/core/errors.js";
import type { Labels } from "../../src/drivers/jmap/labels.js";
import type { MailRecord } from "../../src/format/records.js";
import type { WantedState } from "../../src/kit/mail-state.js";
import { stateOf } from "./losses.js";

/** What the record asks where categories are labels: each by its label's keyword, with a label made for it where there is none. A category that the server refuses as a label is a keyword like elsewhere. */
export async function labelledState(record: MailRecord, labels: Labels, signal: AbortSignal): Promise<WantedState> {
  const keywords: string[] = [];
  const others: string[] = [];
  for (const category of record.categories) {
    const keyword = await labels.ensure(category, null, signal).then(({ label }) => label.keyword, (thrown: unknown) => {
      if (thrown instanceof ExodusError && thrown.code === "TARGET_REFUSED_ITEM") return undefined;
      throw thrown;
    });
    if (keyword === undefined) others.push(category);
    else keywords.push(keyword);
  }
  return merged(record, keywords, others);
}

/** The same of what stands, without making any. */
export async function stateWithLabels(record: MailRecord, labels: Labels, signal: AbortSignal): Promise<WantedState> {
  const found = await Promise.all(record.categories.map(async (category) => ({ category, label: await labels.find(category, signal) })));
  return merged(record, found.flatMap(({ label }) => label?.keyword ?? []), found.flatMap(({ category, label }) => (label === undefined ? [category] : [])));
}

function merged(record: MailRecord, keywords: readonly string[], others: readonly string[]): WantedState {
  const state = stateOf({ ...record, categories: [...others] });
  return { ...state, keywords: [...new Set([...state.keywords, ...keywords])] };
}
