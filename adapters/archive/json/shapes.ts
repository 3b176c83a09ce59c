import type { Owner, WorkloadName } from "../../../src/core/item.js";
import type { DiskTree } from "../../../src/drivers/disk/tree.js";
import { conversationShape } from "../conversation/shape.js";
import { homeOf } from "../names.js";
import { markStale } from "../stale.js";
import { documentShape } from "./document.js";
import type { JsonShape } from "./session.js";

/** How a workload stands in the archive when it is kept as JSON; undefined for those whose items are files of their own. */
export function jsonShapeOf(tree: DiskTree, owner: Owner, workload: WorkloadName): JsonShape | undefined {
  switch (workload) {
    case "channels":
    case "chats":
      return conversationShape(tree, owner.kind === "group" ? owner.name : undefined);
    case "settings":
    case "lists":
    case "pages":
    case "tasks":
    case "notes":
    case "directory":
      return documentShape(() => markStale(tree, homeOf(owner)));
    default:
      return undefined;
  }
}
