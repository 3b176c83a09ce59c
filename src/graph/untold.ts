import type { Change, Loss, WorkloadName } from "../core/item.js";
import type { Workload } from "../core/source.js";
import type { SelectFallback } from "./select-fallback.js";

/** Types that the items of a workload are made of. */
const TYPES: Partial<Readonly<Record<WorkloadName, readonly string[]>>> = {
  mail: ["message", "post"], calendar: ["event"], contacts: ["contact"], files: ["driveItem"], channels: ["chatMessage"], chats: ["chatMessage"], lists: ["listItem"], tasks: ["todoTask", "plannerTask"], notes: ["onenotePage"],
};

/** Found by other means where they are not told: the changes of a series by its instances. */
const OTHERWISE: ReadonlySet<string> = new Set(["event.cancelledOccurrences", "event.exceptionOccurrences"]);

/** The workload, with a loss on each item for each property that the cloud was not asked for or refused. */
export function tellingUntold(workload: Workload, fallback: SelectFallback): Workload {
  const types = TYPES[workload.name] ?? [];
  const told = (change: Change): Change => {
    const names = types.flatMap((type) => fallback.leftOut(type).filter((name) => !OTHERWISE.has(`${type}.${name}`)));
    if (change.kind !== "item" || names.length === 0) return change;
    const losses = names.map((field): Loss => ({ field, change: "dropped", side: "source", reason: "source.property-untold" }));
    return { ...change, losses: [...change.losses, ...losses] };
  };
  return {
    ...workload,
    async *changes(...round) {
      for await (const batch of workload.changes(...round)) yield { ...batch, changes: batch.changes.map(told) };
    },
    readOne: async (...one) => told(await workload.readOne(...one)),
  };
}
