import type { Verdict } from "../../src/core/adapter.js";
import type { Standing } from "../../src/drivers/webdav/marks.js";
import type { FileRecord } from "../../src/format/records.js";
import type { TypedItem } from "../../src/kit/typed-items.js";

/** What differs between the record and the file that was read again. */
export function differences({ body, record }: TypedItem<FileRecord>, found: Standing, content: { readonly sha256: string; readonly size: number }): Verdict["fields"] {
  const fields: { field: string; expected: string; found: string }[] = [];
  const compare = (field: string, expected: string, there: string): void => {
    if (expected !== there) fields.push({ field, expected, found: there });
  };
  compare("size", String(body.size), String(content.size));
  compare("sha256", body.sha256, content.sha256);
  // The server's own date where it took ours, else the property that holds it; HTTP dates count in seconds.
  const { modifiedAt, createdAt } = record;
  if (modifiedAt !== undefined && secondOf(modifiedAt) !== found.lastModified) compare("modifiedAt", told(secondOf(modifiedAt)), told(found.modified));
  if (createdAt !== undefined && found.created !== undefined) compare("createdAt", told(secondOf(createdAt)), told(found.created));
  return fields;
}

/** Whether the dates at the target are those of the record, as far as the target keeps any. */
export function sameDates({ modifiedAt, createdAt }: FileRecord, { lastModified, modified, created }: Standing): boolean {
  const fine = (at: string | undefined, ...there: readonly (number | undefined)[]): boolean => at === undefined || there.includes(secondOf(at)) || there.every((one) => one === undefined);
  return (fine(modifiedAt, modified) || fine(modifiedAt, lastModified)) && fine(createdAt, created);
}

function secondOf(at: string): number {
  return Math.floor(Date.parse(at) / 1000) * 1000;
}

function told(instant: number | undefined): string {
  return instant === undefined ? "" : new Date(instant).toISOString();
}
