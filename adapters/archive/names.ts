import { encodeFileName, shortFileName } from "../../src/lib/file-names.js";
import type { Item, Owner } from "../../src/core/item.js";
import { ContactRecord, EventRecord, FileRecord, MailRecord } from "../../src/format/records.js";

const AREAS: Readonly<Record<string, string>> = { mail: "mail", calendar: "calendars", contacts: "contacts", files: "drive" };
const SLUG = 60;

/** Folder of an owner's workload in the tenant-folder layout (`fixtures/README.md`). */
export function areaOf(owner: Owner, workload: string): string {
  return `${owner.kind === "group" ? "groups" : "users"}/${component(owner.name)}/${AREAS[workload] ?? workload}`;
}

/** A name as a path component: percent rule, then the length limit. */
export function component(name: string): string {
  return shortFileName(encodeFileName(name));
}

/** File name of an item: files keep their own, the others are told by date, title and key. */
export function fileNameOf(item: Item, key: string): string {
  const mark = key.slice(0, 8);
  switch (item.key.workload) {
    case "mail": {
      const { receivedAt, subject } = MailRecord.parse(item.record);
      return `${stamp(receivedAt)}${slug(subject)}${mark}.eml`;
    }
    case "calendar": {
      const { start, summary } = EventRecord.parse(item.record);
      return `${stamp(start)}${slug(summary)}${mark}.ics`;
    }
    case "contacts":
      return `${slug(ContactRecord.parse(item.record).displayName)}${mark}.vcf`;
    default:
      return component(FileRecord.parse(item.record).name);
  }
}

/** The name that an item takes when another item holds its own. */
export function withMark(name: string, key: string): string {
  const dot = name.lastIndexOf(".");
  return dot > 0 ? `${name.slice(0, dot)}~${key.slice(0, 8)}${name.slice(dot)}` : `${name}~${key.slice(0, 8)}`;
}

function stamp(instant: string | undefined): string {
  return instant === undefined ? "" : `${instant.slice(0, 16).replace("T", " ").replaceAll(":", "")} `;
}

/** Readable part of a name: no character that some file system refuses, no leading dot. */
function slug(text: string | undefined): string {
  const plain = (text ?? "").toWellFormed().replace(/[%/\\:*?"<>|\u0000-\u001f\u007f-\u009f\ufffd]+/g, " ").replace(/\s+/g, " ").replace(/^[ .]+/, "").trim();
  const cut = [...plain].slice(0, SLUG).join("").trim();
  return cut === "" ? "" : `${cut} `;
}
