import type { Transaction } from "kysely";
import type { Container, Item } from "../core/item.js";
import { writtenAt } from "../core/order.js";
import type { CommittedChange, PullCommit, SourceUnit } from "../core/state.js";
import { BULK, bulkInsert, bulkSelect } from "./bulk.js";
import { keptText } from "./kept-text.js";
import { bury, retireContainer } from "./retire.js";
import type { Tables } from "./schema.js";
import { Sequence } from "./sequence.js";

type Trx = Transaction<Tables>;
type Change = CommittedChange["change"];
type Kind<K extends Change["kind"]> = Extract<Change, { readonly kind: K }>;

/** Changes of one commit while they are written: in order, numbered one after the other. */
interface Applying {
  readonly trx: Trx;
  readonly commit: PullCommit;
  readonly sequence: Sequence;
  /** Listing of the feed that names what is written. */
  generation: number;
}

/** An item with the place of its record. */
type Placed = CommittedChange & { readonly change: Item };

/** Writes what a feed told, in order. Neighbours of one kind are written together: a page is mostly new items, or mostly unchanged ones. */
export async function applyChanges(trx: Trx, commit: PullCommit): Promise<void> {
  if (commit.changes.length === 0) return;
  const feed = await trx.selectFrom("feed").select("generation")
    .where("workload", "=", commit.workload).where("owner", "=", commit.owner).where("id", "=", commit.feed).executeTakeFirst();
  const applying: Applying = { trx, commit, sequence: await Sequence.of(trx), generation: feed?.generation ?? 0 };
  for (const run of runsOf(commit.changes)) {
    if (run.every(isItem)) await saveItems(applying, run);
    else if (run.every(isUnchanged)) await touchItems(applying, run.map(({ change }) => change));
    else for (const { change } of run) await applyOne(applying, change);
  }
}

/** Neighbours of one kind, no identifier twice, as many as go into one statement. */
function* runsOf(changes: readonly CommittedChange[]): Generator<readonly CommittedChange[]> {
  let run: CommittedChange[] = [];
  let ids = new Set<string>();
  for (const one of changes) {
    const { change } = one;
    const id = change.kind === "item" ? change.key.id : change.kind === "unchanged" ? change.id : "";
    if (run.length > 0 && (run.length >= BULK || run[0]?.change.kind !== change.kind || ids.has(id))) {
      yield run;
      [run, ids] = [[], new Set()];
    }
    run.push(one);
    ids.add(id);
  }
  if (run.length > 0) yield run;
}

function isItem(one: CommittedChange): one is Placed {
  return one.change.kind === "item";
}

function isUnchanged(one: CommittedChange): one is CommittedChange & { readonly change: Kind<"unchanged"> } {
  return one.change.kind === "unchanged";
}

async function applyOne(applying: Applying, change: Change): Promise<void> {
  const { trx, commit, sequence } = applying;
  switch (change.kind) {
    case "container":
      return saveContainer(trx, change.container, commit.feed, applying.generation);
    case "container-gone":
      return retireContainer(trx, commit, change.id, sequence);
    case "reset":
      applying.generation += 1;
      await trx.updateTable("feed").set({ generation: applying.generation, listing: 1, cursor: null })
        .where("workload", "=", commit.workload).where("owner", "=", commit.owner).where("id", "=", commit.feed).execute();
      return;
    case "tombstone":
      return buryItem(applying, change);
    case "unreadable":
      return saveUnread(applying, change, { pull_state: "unreadable", code: change.code, params: JSON.stringify({ message: change.message }) });
    case "skipped":
      return saveUnread(applying, change, { pull_state: "skipped", code: change.code, params: JSON.stringify(change.detail === undefined ? {} : { detail: change.detail }) });
    case "item":
    case "unchanged":
      // Written in runs.
      return;
  }
}

export async function saveContainer(trx: Trx, container: Container, feed: string, generation: number): Promise<void> {
  const values = {
    parent_id: container.parentId ?? null, name: keptText(container.name), role: container.role ?? null, hidden: container.hidden === true ? 1 : 0,
    color: container.color ?? null, count: container.count ?? null, feed, generation, gone: 0,
  };
  await trx.insertInto("container").values({ workload: container.workload, owner: container.owner, id: container.id, ...values })
    .onConflict((c) => c.columns(["workload", "owner", "id"]).doUpdateSet(values)).execute();
}

const standingRows = bulkSelect<Pick<Tables["item"], "id" | "container" | "digest" | "pull_state" | "seq">>(
  "select id, container, digest, pull_state, seq from item where workload = ? and owner = ? and id in");

function rowsOf(trx: Trx, unit: SourceUnit, ids: readonly string[]): ReturnType<typeof standingRows> {
  return standingRows(trx, [unit.workload, unit.owner], ids);
}

const COLUMNS = [
  "workload", "owner", "id", "container", "feed", "generation", "seq", "pull_state", "version", "digest", "title", "code", "params", "losses",
  "body_sha256", "body_size", "body_extension", "file", "offset", "length", "written",
] as const satisfies readonly (keyof Tables["item"])[];

const insertItems = bulkInsert("item", COLUMNS, `(workload, owner, id) do update set ${COLUMNS.slice(3).map((column) => `"${column}" = excluded."${column}"`).join(", ")}`);

async function saveItems({ trx, commit, sequence, generation }: Applying, run: readonly Placed[]): Promise<void> {
  const standing = new Map((await rowsOf(trx, commit, run.map(({ change }) => change.key.id))).map((row) => [row.id, row]));
  const rows = run.map(({ change: item, place }): Tables["item"] => {
    const before = standing.get(item.key.id);
    const same = before !== undefined && before.pull_state === "present" && before.digest === item.digest && before.container === item.container;
    return {
      workload: commit.workload, owner: commit.owner, id: item.key.id, container: item.container, feed: commit.feed, generation, pull_state: "present",
      version: item.version, digest: item.digest, title: keptText(item.title), code: null, params: null, losses: JSON.stringify(item.losses),
      body_sha256: item.body?.sha256 ?? null, body_size: item.body?.size ?? 0, body_extension: item.body?.extension ?? null,
      file: place?.file ?? null, offset: place?.offset ?? 0, length: place?.length ?? 0, written: writtenAt(item), seq: same ? before.seq : sequence.next(),
    };
  });
  await insertItems(trx, rows);
}

/** Only those that were elsewhere, or gone, need another number. */
async function touchItems({ trx, commit, sequence, generation }: Applying, changes: readonly Kind<"unchanged">[]): Promise<void> {
  const standing = new Map((await rowsOf(trx, commit, changes.map(({ id }) => id))).map((row) => [row.id, row]));
  const stayed = changes.filter(({ id, container }) => standing.get(id)?.container === container && standing.get(id)?.pull_state === "present").map(({ id }) => id);
  if (stayed.length > 0) {
    await trx.updateTable("item").set({ feed: commit.feed, generation })
      .where("workload", "=", commit.workload).where("owner", "=", commit.owner).where("id", "in", stayed).execute();
  }
  const here = new Set(stayed);
  for (const { id, container } of changes) {
    if (here.has(id)) continue;
    await trx.updateTable("item").set({ container, feed: commit.feed, generation, pull_state: "present", seq: sequence.next() })
      .where("workload", "=", commit.workload).where("owner", "=", commit.owner).where("id", "=", id).execute();
  }
}

async function buryItem({ trx, commit, sequence }: Applying, { id, container }: Kind<"tombstone">): Promise<void> {
  const [before] = await rowsOf(trx, commit, [id]);
  if (before === undefined || before.pull_state === "gone") return;
  // A move is told twice; the removal from the old folder must not bury what already stands in the new one.
  if (container !== undefined && before.container !== container) return;
  await bury(trx, commit, id, sequence);
}

async function saveUnread(
  { trx, commit, sequence, generation }: Applying, change: Kind<"unreadable"> | Kind<"skipped">, state: { readonly pull_state: string; readonly code: string; readonly params: string },
): Promise<void> {
  const values = { container: change.container, feed: commit.feed, generation, title: keptText(change.title), ...state, seq: sequence.next() };
  await trx.insertInto("item")
    .values({
      workload: commit.workload, owner: commit.owner, id: change.id, version: "", digest: "", losses: "[]",
      body_sha256: null, body_size: 0, body_extension: null, file: null, offset: 0, length: 0, written: "", ...values,
    })
    .onConflict((c) => c.columns(["workload", "owner", "id"]).doUpdateSet(values)).execute();
}
