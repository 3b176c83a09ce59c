import type { Change, Loss, Owner, WorkloadName } from "../../core/item.js";
import type { Workload } from "../../core/source.js";
import type { SelectFallback } from "../client/select-fallback.js";

/** Type that the items of a workload are made of; of a group, where another. */
const TYPES: Partial<Readonly<Record<WorkloadName, string>>> = {
  mail: "message", calendar: "event", contacts: "contact", files: "driveItem", channels: "chatMessage", chats: "chatMessage", lists: "listItem", pages: "sitePage", tasks: "todoTask", notes: "onenotePage",
};
const OF_GROUPS: typeof TYPES = { mail: "post", tasks: "plannerTask" };

/** Found by other means where they are not told: the changes of a series by its instances. */
const OTHERWISE: ReadonlySet<string> = new Set(["event.cancelledOccurrences", "event.exceptionOccurrences"]);

/** The workload, with a loss on each item for each property that the cloud was not asked for or refused. */
export function tellingUntold(workload: Workload, fallback: SelectFallback): Workload {
  const told = (owner: Owner, change: Change): Change => {
    const type = (owner.kind === "group" ? OF_GROUPS[workload.name] : undefined) ?? TYPES[workload.name] ?? "";
    const names = fallback.leftOut(type).filter((name) => !OTHERWISE.has(`${type}.${name}`));
    if (change.kind !== "item" || names.length === 0) return change;
    const losses = names.map((field): Loss => ({ field, change: "dropped", side: "source", reason: "source.property-untold" }));
    return { ...change, losses: [...change.losses, ...losses] };
  };
  return {
    ...workload,
    async *changes(owner, ...round) {
      for await (const batch of workload.changes(owner, ...round)) yield { ...batch, changes: batch.changes.map((change) => told(owner, change)) };
    },
    readOne: async (owner, ...one) => told(owner, await workload.readOne(owner, ...one)),
  };
}
