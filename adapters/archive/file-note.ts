import { canonicalJson } from "../../src/core/digest.js";
import type { Verdict } from "../../src/core/adapter.js";
import type { FileRecord } from "../../src/format/records.js";
import type { FileNote } from "./notes.js";

/** What the file system cannot hold of a file. */
export function noteOf(record: FileRecord, file: string, key: string): FileNote {
  return {
    key, file, name: record.name, createdAt: record.createdAt, modifiedAt: record.modifiedAt, createdBy: record.createdBy, modifiedBy: record.modifiedBy,
    ...(record.permissions === undefined ? {} : { permissions: true }), mediaType: record.mediaType, versions: record.versions.map(({ id, modifiedAt }) => ({ id, modifiedAt })),
    contentType: record.contentType, columns: record.columns, checkedOut: record.checkedOut,
  };
}

const COMPARED = ["name", "createdAt", "createdBy", "modifiedBy", "contentType"] as const;
const WHOLE = ["columns", "checkedOut"] as const;

/** `file` is the component under which the file stands. */
export function compareNote(record: FileRecord, file: string, note: FileNote | undefined): Verdict["fields"] {
  return [
    { field: "note", expected: file, found: note?.file ?? "" },
    ...COMPARED.map((field) => ({ field, expected: record[field] ?? "", found: note?.[field] ?? "" })),
    ...WHOLE.map((field) => ({ field, expected: canonicalJson(record[field] ?? null), found: canonicalJson(note?.[field] ?? null) })),
  ].filter(({ expected, found }) => expected !== found);
}
