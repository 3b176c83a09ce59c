import { asExodusError } from "../core/errors.js";
import type { HandedRow } from "../core/erasure.js";
import { SHARED_WORKLOAD, type Item, type Owner } from "../core/item.js";
import type { Failure, StateStore } from "../core/state.js";
import type { JournalLine, OwnerVault, VaultPort } from "../core/vault.js";
import { ConversationRecord } from "../format/records.js";
import { failureOf } from "./context.js";

/** Items of one transaction. */
const BATCH = 100;

/** What a chat's card tells of its members. */
const Card = ConversationRecord.pick({ type: true, members: true });

/** A shared feed and the owner that receives it. */
export interface Heritage {
  readonly feed: string;
  readonly heir: Owner;
}

/**
 * Who receives what an owner holds for others too: of each chat, the first of its members that the vault knows, in the order of the chat's own list;
 * best one whose chats were read before. A chat without such a member is nobody else's here.
 */
export async function heirsOf({ state, vault }: Held, owner: Owner): Promise<readonly Heritage[]> {
  const feeds = await state.feedsOf(SHARED_WORKLOAD, owner.id);
  if (feeds.length === 0) return [];
  const others = new Map((await state.owners()).filter(({ id, kind }) => id !== owner.id && kind === "user").map((other) => [other.id, other]));
  const found: Heritage[] = [];
  const part = await vault.owner(owner);
  try {
    for (const { feed } of feeds) {
      const members = (await membersOf(state, part, owner, feed)).flatMap((id) => others.get(id) ?? []);
      const readers = await Promise.all(members.map(async ({ id }) => state.pulledCompletely({ workload: SHARED_WORKLOAD, owner: id })));
      const heir = members.find((_, index) => readers[index] === true) ?? members[0];
      if (heir !== undefined) found.push({ feed, heir });
    }
  } finally {
    await part.close();
  }
  return found;
}

interface Held {
  readonly state: StateStore;
  readonly vault: VaultPort;
}

/** By the chat's card; guests have nothing here but an entry in the directory. */
async function membersOf(state: StateStore, part: OwnerVault, owner: Owner, feed: string): Promise<readonly string[]> {
  for (let after = ""; ; ) {
    const page = await state.stored({ workload: SHARED_WORKLOAD, owner: owner.id }, { container: feed, after, limit: BATCH });
    for (const { place } of page) {
      const line = await part.read(place);
      const card = line.kind === "item" ? Card.safeParse(line.record) : undefined;
      if (card?.success === true) return (card.data.members ?? []).flatMap(({ id, guest }) => (id === undefined || guest ? [] : [id]));
    }
    const last = page.at(-1);
    if (last === undefined) return [];
    after = last.key.id;
  }
}

/**
 * Copies a chat into its heir's part of the vault and gives the heir its rows: what the targets hold stays known, and the next delta goes on where
 * the last one ended. Only an item's last form is passed on; one that the vault has lost is unreadable for the heir too, whose next pull asks for it
 * again. Cut off anywhere, it goes on with the items that are left.
 */
export async function passOn({ state, vault }: Held, owner: Owner, { feed, heir }: Heritage, signal: AbortSignal): Promise<number> {
  const [from, to] = [await vault.owner(owner), await vault.owner(heir)];
  let handed = 0;
  try {
    const container = (await state.feedsOf(SHARED_WORKLOAD, owner.id)).find((entry) => entry.feed === feed)?.container;
    if (container !== undefined) await commit([], [{ v: 1, at: new Date().toISOString(), kind: "container", container: { ...container, owner: heir.id } }]);
    for (;;) {
      signal.throwIfAborted();
      const rows = await state.rowsOfFeed(SHARED_WORKLOAD, owner.id, feed, BATCH);
      if (rows.length === 0) break;
      const lines: JournalLine[] = [];
      const kept: HandedRow[] = [];
      const lost: { readonly id: string; readonly failure: Failure }[] = [];
      for (const row of rows) {
        const line = row.place === undefined ? undefined : await copied(row.place).catch((thrown: unknown) => ({ failure: itemFailure(thrown) }));
        if (line !== undefined && "failure" in line) lost.push({ id: row.id, failure: line.failure });
        else if (line !== undefined) lines.push(line);
        kept.push(line === undefined || "failure" in line ? { ...row, place: undefined } : row);
      }
      const gone = kept.filter((row) => row.gone && row.place !== undefined).map(({ id }): JournalLine => ({ v: 1, at: new Date().toISOString(), kind: "tombstone", id }));
      await commit(kept, [...lines, ...gone]);
      for (const { id, failure } of lost) await state.forgetContent({ workload: SHARED_WORKLOAD, owner: heir.id }, id, failure, undefined);
      handed += lines.length;
    }
    await state.handFeed(SHARED_WORKLOAD, owner.id, heir.id, feed);
  } finally {
    await from.close();
    await to.close();
  }
  return handed;

  async function copied(place: NonNullable<HandedRow["place"]>): Promise<JournalLine> {
    const line = (await from.read(place)) as JournalLine & Item;
    for (const blob of line.body === undefined ? line.parts : [line.body, ...line.parts]) await to.write(from.open(blob), blob.extension);
    return { ...line, at: new Date().toISOString(), key: { ...line.key, owner: heir.id } };
  }

  /** Vault first, then the rows: a cut between the two only repeats the batch. The places of items come first, in the order of their rows. */
  async function commit(rows: readonly HandedRow[], lines: readonly JournalLine[]): Promise<void> {
    const flushed = await to.commit(SHARED_WORKLOAD, lines);
    let next = 0;
    await state.handItems(SHARED_WORKLOAD, owner.id, heir.id, rows.map((row) => (row.place === undefined ? row : { ...row, place: flushed.places[next++] })), flushed);
  }
}

/** What the vault has lost concerns one item; anything else ends the erasure, to be gone on with. */
function itemFailure(thrown: unknown): Failure {
  if (asExodusError(thrown).errorClass !== "permanent-item") throw thrown;
  return failureOf(thrown);
}
