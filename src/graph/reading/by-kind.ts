import type { Owner } from "../../core/item.js";
import type { Workload } from "../../core/source.js";

/** One workload that is read in another way for each kind of owner. */
export function byKind({ user, group }: { readonly user: Workload; readonly group: Workload }): Workload {
  const of = (owner: Owner): Workload => (owner.kind === "group" ? group : user);
  return {
    name: user.name,
    ...(user.width === undefined ? {} : { width: user.width }),
    feeds: (owner, signal) => of(owner).feeds(owner, signal),
    changes: (owner, feed, since, context) => of(owner).changes(owner, feed, since, context),
    readOne: (owner, id, container, context) => of(owner).readOne(owner, id, container, context),
    inventory: (owner, signal) => of(owner).inventory(owner, signal),
  };
}
