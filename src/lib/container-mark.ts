import { createHash } from "node:crypto";

/** Mark of a container of the source on its folder at the target. */
export function containerMark(owner: string, id: string): string {
  return createHash("sha256").update(`${owner}\n${id}`).digest("hex").slice(0, 32);
}
