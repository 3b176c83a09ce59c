import { notFound } from "../answers.js";
import type { Call } from "../odata.js";
import type { Entry } from "../tenant/entry.js";
import type { OwnerFile, TenantStore } from "../tenant/store.js";

/** Length of the mark of a folder inside an id. */
const PLACE = 12;

/**
 * Id of a message as one request wants it (concepts/outlook-immutable-id): with `Prefer: IdType="ImmutableId"` it lasts as long as the message
 * stays in its mailbox; without, it is another one in every folder.
 */
export function messageId(call: Call, id: string, container: string): string {
  return immutable(call) ? id : `${id}.${container.slice(0, PLACE)}`;
}

/** A message by either form of its id. @throws GraphRefusal 404 also for the id of a place that the message has left. */
export function messageOf(store: TenantStore, owner: OwnerFile, key: string): Entry {
  const [id = "", place] = key.split(".");
  const entry = store.entries.get(id);
  const there = entry?.kind === "message" && entry.owner.toLowerCase() === owner.name.toLowerCase();
  if (!there || (place !== undefined && !entry.container.startsWith(place))) throw notFound("ErrorItemNotFound", "");
  return entry;
}

function immutable(call: Call): boolean {
  return call.prefer.get("idtype")?.toLowerCase() === "immutableid";
}
