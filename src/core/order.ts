import type { Item } from "./item.js";

/**
 * When a message of a conversation was written, as an ISO 8601 instant: targets that only append must get the oldest first. Empty for everything else, whose
 * order says nothing.
 */
export function writtenAt({ record }: Pick<Item, "record">): string {
  const { type, createdAt } = record as { readonly type?: unknown; readonly createdAt?: unknown };
  return type === "chat-message" && typeof createdAt === "string" ? createdAt : "";
}
