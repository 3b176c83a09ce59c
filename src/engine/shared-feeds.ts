import type { Feed } from "../core/source.js";
import { serial } from "../lib/serial.js";
import { Backlog } from "./backlog.js";
import { readContext } from "./read-context.js";
import type { Pull } from "./pull.js";

/** A feed, and the pull that stores what it tells. */
export interface Reading {
  readonly reader: Pull;
  readonly feed: Feed;
  /** To be called when the feed was read. */
  end(): Promise<void>;
}

/**
 * Feeds that several owners list, each read once: by its holder where this run works on that one too, else by the first owner that lists it, into the
 * holder's part of the vault. So nothing is lost when a member leaves a chat, or the organisation, between two passes.
 */
export async function* heldFeeds(pull: Pull): AsyncIterable<Reading> {
  const { context, unit, owner, workload } = pull;
  for await (const feed of workload.feeds(owner, context.stop.hard)) {
    const holder = await context.state.claimFeed(unit, feed.id, feed.container);
    if (holder.id === owner.id) yield { reader: pull, feed, end: nothing };
    else if (!pull.alsoReads(holder.id)) yield* onBehalf(pull, holder, feed.id);
  }
  for (const { id } of await context.state.unopenedFeeds(unit, context.run)) {
    const feed = await workload.reopen?.(owner, id, context.stop.hard);
    if (feed !== undefined) yield { reader: pull, feed, end: nothing };
  }
}

async function* onBehalf(pull: Pull, holder: Pull["owner"], id: string): AsyncIterable<Reading> {
  const { context, workload } = pull;
  const unit = { workload: workload.name, owner: holder.id };
  // Another member of this run was first.
  if (!(await context.state.unopenedFeeds(unit, context.run)).some((unopened) => unopened.id === id)) return;
  const feed = await workload.reopen?.(holder, id, context.stop.hard);
  if (feed === undefined) return;
  const vault = await context.vault.owner(holder);
  yield { reader: { ...pull, unit, owner: holder, vault, read: readContext(context, unit, vault), backlog: new Backlog(), inOrder: serial() }, feed, end: () => vault.close() };
}

const nothing = (): Promise<void> => Promise.resolve();
