import type { Owner } from "../core/item.js";
import type { Tables } from "./schema.js";

export function ownerOf(row: Tables["owner"]): Owner {
  return { id: row.id, name: row.name, kind: row.kind as Owner["kind"], displayName: row.display_name, ...(row.mail === null ? {} : { mail: row.mail }) };
}
