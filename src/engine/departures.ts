import type { Change, Item } from "../core/item.js";
import type { ReadContext } from "../core/source.js";
import type { SourceUnit } from "../core/state.js";
import type { RunContext } from "./context.js";

const PAGE = 500;

interface Telling {
  readonly context: RunContext;
  readonly unit: SourceUnit;
  readonly read: Pick<ReadContext, "stored">;
}

/**
 * What a full listing at its end has not named, page by page, as the changes that a delta would have told: records alone must tell what is gone, or
 * an index made from them would bring it back. To be stored one after another.
 */
export async function* departures({ context, unit }: Telling, feed: string): AsyncGenerator<readonly Change[]> {
  const containers = await context.state.unlistedContainers(unit, feed);
  if (containers.length > 0) yield containers.map((id) => ({ kind: "container-gone", id }));
  for (let after = ""; ; ) {
    const page = await context.state.unlisted(unit, feed, after, PAGE);
    const last = page.at(-1);
    if (last === undefined) return;
    yield page.map((id) => ({ kind: "tombstone", id }));
    after = last;
  }
}

/** The changes with those items told whole that come unchanged but stand elsewhere now, or had gone: their last record would place them wrong. */
export async function resettled({ context, unit, read }: Telling, changes: readonly Change[]): Promise<readonly Change[]> {
  const unchanged = changes.filter((change) => change.kind === "unchanged");
  if (unchanged.length === 0) return changes;
  const moved = new Set(await context.state.displaced(unit, unchanged));
  if (moved.size === 0) return changes;
  return Promise.all(changes.map(async (change): Promise<Change> => {
    const item = change.kind === "unchanged" && moved.has(change.id) ? await read.stored(change.id) : undefined;
    return item === undefined || change.kind !== "unchanged" ? change : itemOf(item, change.container);
  }));
}

function itemOf({ kind, key, version, title, record, body, parts, digest, losses }: Item, container: string): Item {
  return { kind, key, container, version, title, record, ...(body === undefined ? {} : { body }), parts, digest, losses };
}
