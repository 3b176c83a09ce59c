import { asExodusError, ExodusError } from "../core/errors.js";
import type { Change, Owner } from "../core/item.js";
import type { Batch, Cursor, Feed, ReadContext, Workload } from "../core/source.js";
import type { CommittedChange, SourceUnit } from "../core/state.js";
import type { Flushed, JournalLine, OwnerVault } from "../core/vault.js";
import { serial } from "../lib/serial.js";
import { SideBySide } from "../lib/side-by-side.js";
import type { Backlog } from "./backlog.js";
import { heldFeeds, type Reading } from "./shared-feeds.js";
import { departures, resettled } from "./departures.js";
import { failureOf, type RunContext } from "./context.js";
import { readContext } from "./read-context.js";
import { isInterruption } from "./stop.js";

const NOTHING: Flushed = { places: [], placements: [], lengths: {} };
const RETRY_PAGE = 50;

export interface Pull {
  readonly context: RunContext;
  readonly unit: SourceUnit;
  readonly owner: Owner;
  readonly workload: Workload;
  readonly vault: OwnerVault;
  readonly read: ReadContext;
  readonly backlog: Backlog;
  /** Feeds read beside one another store one after another: what stands first in the vault is first in the account. */
  readonly inOrder: ReturnType<typeof serial>;
  /** Whether this run works on the same workload of another owner. */
  readonly alsoReads: (owner: string) => boolean;
}

/**
 * Reads one owner's one workload into the vault, feed by feed, until it has caught up with the source.
 * Never throws for a failure of the unit or of one feed: those are recorded as blockages. Answers whether everything was seen.
 * @throws ExodusError of class fatal-config: the whole source is unusable.
 */
export async function pullUnit(context: RunContext, owner: Owner, workload: Workload, backlog: Backlog, alsoReads: Pull["alsoReads"]): Promise<boolean> {
  const unit: SourceUnit = { workload: workload.name, owner: owner.id };
  const here = { owner: owner.id, workload: workload.name, target: "" };
  context.emit({ type: "unit", stage: "pull", state: "started", ...here });
  await context.state.clearBlockages({ ...unit, target: "" });
  let complete = false;
  await context.state.savePulled(unit, false);
  try {
    const vault = await context.vault.owner(owner);
    try {
      const read = readContext(context, unit, vault);
      const pull: Pull = { context, unit, owner, workload, vault, read, backlog, inOrder: serial(), alsoReads };
      complete = (await retryUnreadable(pull)) && (await readFeeds(pull));
    } finally {
      await vault.close();
    }
    await context.state.savePulled(unit, complete);
  } catch (thrown) {
    if (!isInterruption(thrown, context.stop)) await blockPull(context, unit, "*", thrown);
  } finally {
    backlog.end(complete);
    context.emit({ type: "unit", stage: "pull", state: "ended", ...here });
  }
  return complete;
}

async function readFeeds(pull: Pull): Promise<boolean> {
  const { context, unit, workload, owner } = pull;
  const listed = workload.shared === true ? heldFeeds(pull) : own(pull, workload.feeds(owner, context.stop.hard));
  const feeds = new SideBySide(workload.width ?? 1);
  let complete = true;
  const reading = async ({ reader, feed, end }: Reading, since: Cursor | undefined): Promise<void> => {
    try {
      complete = (await orBlocked(reader, feed, () => readFeed(reader, feed, since))) === true && complete;
    } finally {
      await end();
    }
  };
  try {
    for await (const read of listed) {
      const { reader, feed, end } = read;
      // Opened one after another, so that a folder is known before those inside it.
      const opened = context.stop.soft.aborted || feeds.failed ? undefined : await orBlocked(reader, feed, () => openFeed(reader, feed));
      if (opened === undefined) {
        complete = false;
        await end();
      } else await feeds.start(() => reading(read, opened.since));
      if (context.stop.soft.aborted || feeds.failed) break;
    }
  } finally {
    await feeds.end();
  }
  if (context.stop.soft.aborted) return false;
  // Not listed by one of its members, a shared feed is not gone.
  if (workload.shared !== true) {
    for (const { id, container } of await context.state.unopenedFeeds(unit, context.run)) await commit(pull, id, { changes: [{ kind: "container-gone", id: container }], done: false });
    await context.state.retireFeeds(unit, context.run);
  }
  return complete;
}

async function* own(reader: Pull, feeds: AsyncIterable<Feed>): AsyncIterable<Reading> {
  for await (const feed of feeds) yield { reader, feed, end: () => Promise.resolve() };
}

/** What `work` answers; undefined when it failed, which is recorded then. @throws ExodusError of class fatal-config alone. */
async function orBlocked<T>({ context, unit }: Pull, feed: Feed, work: () => Promise<T>): Promise<T | undefined> {
  try {
    return await work();
  } catch (thrown) {
    if (!isInterruption(thrown, context.stop)) await blockPull(context, unit, feed.container.id, thrown);
    return undefined;
  }
}

async function openFeed(pull: Pull, feed: Feed): Promise<{ readonly since: Cursor | undefined }> {
  const { context, unit } = pull;
  const state = await context.state.openFeed(unit, feed.id, feed.container, context.run);
  if (feed.listing || state.cursor === undefined) await context.state.startListing(unit, feed.id);
  if (state.containerChanged) {
    await commit(pull, feed.id, { changes: [{ kind: "container", container: feed.container }], done: false });
  }
  return { since: feed.listing ? undefined : state.cursor };
}

async function readFeed(pull: Pull, feed: Feed, since: Cursor | undefined): Promise<boolean> {
  const { context } = pull;
  for await (const batch of pull.workload.changes(pull.owner, feed, since, pull.read)) {
    await commit(pull, feed.id, batch);
    if (batch.done) return true;
    if (context.stop.soft.aborted) return false;
    await pull.backlog.room(context.stop.soft);
  }
  throw new ExodusError("FEED_UNFINISHED", { params: { container: feed.container.name } });
}

/** Vault first (synced), then rows and cursor in one transaction: a crash between the two only repeats the batch. */
async function commit(pull: Pull, feed: string, batch: Batch, retry = false): Promise<void> {
  await pull.inOrder(async () => {
    const ends = batch.done && (batch.changes.some(({ kind }) => kind === "reset") || (await pull.context.state.listing(pull.unit, feed)));
    if (!ends) return store(pull, feed, batch, retry);
    // A listing that ends: what it named last must be known before anything is believed gone.
    if (batch.changes.length > 0) await store(pull, feed, { changes: batch.changes, done: false }, retry);
    for await (const gone of departures(pull, feed)) await store(pull, feed, { changes: gone, done: false }, retry);
    await store(pull, feed, { ...batch, changes: [] }, retry);
  });
  report(pull, batch.changes);
}

async function store(pull: Pull, feed: string, batch: Batch, retry: boolean): Promise<void> {
  const { context, unit } = pull;
  const at = new Date().toISOString();
  const lines: JournalLine[] = [];
  const told = await resettled(pull, batch.changes);
  const lineOf = told.map((change) => {
    const line = journalLine(change, at);
    return line === undefined ? -1 : lines.push(line) - 1;
  });
  const flushed = lines.length === 0 ? NOTHING : await pull.vault.commit(unit.workload, lines);
  const changes = told.map((change, index): CommittedChange => {
    const place = flushed.places[lineOf[index] ?? -1];
    return place === undefined ? { change } : { change, place };
  });
  const row = { ...unit, feed, changes, done: batch.done, flushed, ...(batch.next === undefined ? {} : { next: batch.next }) };
  await (retry ? context.state.commitRetry(row) : context.state.commitPull(row));
}

function journalLine(change: Change, at: string): JournalLine | undefined {
  switch (change.kind) {
    case "item":
    case "container":
    case "container-gone":
    case "tombstone":
      return { v: 1, at, ...change };
    default:
      return undefined;
  }
}

function report(pull: Pull, changes: readonly Change[]): void {
  const { context, unit } = pull;
  let items = 0;
  let bytes = 0;
  for (const change of changes) {
    if (change.kind === "item") {
      items += 1;
      bytes += (change.body?.size ?? 0) + change.parts.reduce((sum, part) => sum + part.size, 0);
    } else if (change.kind === "unreadable" || change.kind === "skipped") {
      context.emit({
        type: "item", stage: "pull", ...unit, target: "", id: change.id, title: change.title, bytes: 0,
        state: change.kind === "skipped" ? "skipped" : "failed",
        failure: { code: change.code, params: change.kind === "unreadable" ? { message: change.message } : change.detail === undefined ? {} : { detail: change.detail } },
      });
    }
  }
  if (items > 0) context.emit({ type: "pulled", ...unit, items, bytes });
  pull.backlog.add(changes.filter((change) => change.kind === "item" || change.kind === "unchanged").length);
}

/** What an earlier run could not read is asked for again by its id, since a delta will not name it a second time. */
async function retryUnreadable(pull: Pull): Promise<boolean> {
  const { context, unit } = pull;
  let after = "";
  for (;;) {
    const page = await context.state.unreadable(unit, after, RETRY_PAGE);
    for (const { id, container, feed } of page) {
      if (context.stop.soft.aborted) return false;
      const change = await pull.workload.readOne(pull.owner, id, container, pull.read);
      await commit(pull, feed, { changes: [change], done: false }, true);
    }
    const last = page.at(-1);
    if (last === undefined) return true;
    after = last.id;
  }
}

async function blockPull(context: RunContext, unit: SourceUnit, container: string, thrown: unknown): Promise<void> {
  const failure = failureOf(thrown);
  await context.state.block({ ...unit, target: "", container, failure });
  context.emit({ type: "blocked", stage: "pull", ...unit, target: "", container, failure });
  const error = asExodusError(thrown);
  if (error.errorClass === "fatal-config") throw error;
}
