import type { Verdict } from "../../src/core/adapter.js";
import type { CozyDocument } from "../../src/drivers/cozy/documents.js";
import { fileMarkOf } from "../../src/drivers/cozy/marks.js";
import type { FileRecord } from "../../src/format/records.js";
import type { TypedItem } from "../../src/kit/typed-items.js";
import { instantOf, keptTags, tagOf } from "./revisions.js";

type Fields = { field: string; expected: string; found: string }[];

/** What the stack tells of a file, before a byte of it is read: size, MD5, dates, versions. */
export function toldDifferences({ record, body }: TypedItem<FileRecord>, found: CozyDocument): Verdict["fields"] {
  const fields: Fields = [];
  const compare = (field: string, expected: string, there: string): void => {
    if (expected !== there) fields.push({ field, expected, found: there });
  };
  compare("size", String(body.size), String(found.size ?? ""));
  const mark = fileMarkOf(found);
  // Without our mark the bytes themselves decide.
  if (mark !== undefined) compare("sha256", body.sha256, mark.sha256);
  compare("createdAt", told(record.createdAt, found.createdAt), told(found.createdAt, found.createdAt));
  compare("modifiedAt", told(record.modifiedAt, found.updatedAt), told(found.updatedAt, found.updatedAt));
  const kept = keptTags(found);
  const lacking = record.versions.map(({ id }) => tagOf(id)).filter((tag) => !kept.has(tag));
  compare("versions", lacking.join(" "), "");
  return fields;
}

/** An instant in one form; `otherwise` where the record tells none. */
function told(at: string | undefined, otherwise: string | undefined): string {
  const instant = instantOf(at ?? otherwise);
  return instant === undefined ? "" : new Date(instant).toISOString();
}
