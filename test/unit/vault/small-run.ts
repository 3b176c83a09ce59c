import { createHash } from "node:crypto";
import path from "node:path";
import { expect } from "@jest/globals";
import type { Container, Item } from "../../../src/core/item.js";
import type { Cursor } from "../../../src/core/source.js";
import type { StateStore } from "../../../src/core/state.js";
import type { OwnerVault } from "../../../src/core/vault.js";
import { openStateStore } from "../../../src/state/store.js";
import { checkVault, type Finding } from "../../../src/vault/check.js";
import type { Sizes } from "../../../src/vault/layout.js";
import { repairVault, type Mending } from "../../../src/vault/repair.js";
import type { MendingCode } from "../../../src/vault/repairing.js";
import type { Cipher } from "../../../src/vault/cipher.js";
import { openVault } from "../../../src/vault/vault.js";
import { ALICE, collect, line, pieces } from "./samples.js";

export const UNIT = { workload: "mail", owner: ALICE.id } as const;
const INBOX: Container = { ...UNIT, id: "inbox", name: "Boîte de réception" };
const NOW = new AbortController().signal;

/** Content of an item: the same for the same name, so that reading it again finds the same at the source. */
export function bytesOf(id: string, size: number): Buffer {
  const seed = createHash("sha256").update(id).digest();
  return Buffer.alloc(size, seed);
}

export interface Stored {
  readonly id: string;
  readonly size: number;
}

/** A vault's folder, where its files are sealed, and what opens it. */
export interface Place {
  readonly dir: string;
  readonly sizes: Sizes;
  readonly cipher?: Cipher | undefined;
  /** Stands between the run and its index. */
  readonly told?: (state: StateStore) => StateStore;
}

const openIndex = ({ dir, cipher }: Place): Promise<StateStore> => openStateStore(path.join(dir, "state.sqlite"), { journal: "delete", key: cipher?.stateKey });

/** Opens the vault for one use of its owner, with the index inside it. */
export async function using<T>(at: Place, work: (alice: OwnerVault, state: StateStore) => Promise<T>): Promise<T> {
  let state: StateStore | undefined;
  const vault = await openVault(at.dir, { ...at, index: async () => (state = at.told?.(await openIndex(at)) ?? (await openIndex(at))) });
  try {
    if (state === undefined) throw new Error("no index");
    await state.saveOwner(ALICE);
    await state.openFeed(UNIT, "inbox", INBOX, "run");
    const alice = await vault.owner(ALICE);
    const answer = await work(alice, state);
    await alice.close();
    return answer;
  } finally {
    await vault.close();
  }
}

/** One batch as the engine stores it: blobs, records, then rows and resume point in one transaction. */
export async function storeBatch(alice: OwnerVault, state: StateStore, items: readonly Stored[]): Promise<void> {
  const told = await Promise.all(items.map(async ({ id, size }): Promise<Item> => {
    const body = await alice.write(pieces(bytesOf(id, size)), ".eml");
    return line(id, body);
  }));
  const flushed = await alice.commit("mail", told.map((item) => ({ v: 1, at: "2026-11-24T09:00:00.000Z", ...item })));
  const changes = told.map((change, at) => ({ change, ...(flushed.places[at] === undefined ? {} : { place: flushed.places[at] }) }));
  await state.commitPull({ ...UNIT, feed: "inbox", changes, done: false, next: `after ${items.at(-1)?.id ?? ""}` as Cursor, flushed });
}

/** What a repair did, what a check finds then, and what can be read. */
export interface Examined {
  readonly done: readonly Mending[];
  readonly problems: readonly string[];
  /** Items that the index calls stored; each was read, and had its bytes. */
  readonly stored: ReadonlySet<string>;
}

/** Repairs, checks every byte, and reads every item that the index calls stored. */
export async function examine(at: Place, sizeOf: (id: string) => number, readData = true): Promise<Examined> {
  const state = await openIndex(at);
  try {
    const done = await all(repairVault(at.dir, { index: state, cipher: at.cipher, readData, sizes: at.sizes, signal: NOW }));
    const found: readonly Finding[] = await all(checkVault(at.dir, { index: state, cipher: at.cipher, readData: true, signal: NOW }));
    const problems = found.flatMap((one) => (one.kind === "problem" ? [`${one.code} ${one.file}: ${one.message}`] : []));
    return { done, problems, stored: await readable(at, state, sizeOf) };
  } finally {
    await state.close();
  }
}

/** A repair that is cut off right behind the first thing of that kind. */
export async function repairUntil(at: Place, code: MendingCode): Promise<void> {
  const state = await openIndex(at);
  try {
    for await (const one of repairVault(at.dir, { index: state, cipher: at.cipher, readData: true, sizes: at.sizes, signal: NOW })) if (one.kind === "repaired" && one.code === code) return;
    throw new Error(`nothing of the kind "${code}"`);
  } finally {
    await state.close();
  }
}

export function forgotten(done: readonly Mending[]): readonly string[] {
  return done.flatMap((one) => (one.kind === "to-read-again" ? [one.key.id] : [])).sort();
}

async function readable(at: Place, state: StateStore, sizeOf: (id: string) => number): Promise<ReadonlySet<string>> {
  const vault = await openVault(at.dir, { readOnly: true, cipher: at.cipher, index: () => Promise.resolve({ ...state, close: () => Promise.resolve() }) });
  const alice = await vault.owner(ALICE);
  const ids = new Set<string>();
  for (let after = ""; ; ) {
    const page = await state.stored(UNIT, { after, limit: 100 });
    for (const { key, place } of page) {
      const record = await alice.read(place);
      if (record.kind !== "item" || record.key.id !== key.id || record.body === undefined) throw new Error(`not the record of ${key.id}`);
      const bytes = await collect(alice.open(record.body));
      expect([key.id, bytes.equals(bytesOf(key.id, sizeOf(key.id)))]).toEqual([key.id, true]);
      ids.add(key.id);
      after = key.id;
    }
    if (page.length > 0) continue;
    await vault.close();
    return ids;
  }
}

/** What the next pull does: what is unreadable is read again by its id, what is not known at all is told again. Answers what was read again by its id. */
export async function readAgain(at: Place, batches: readonly (readonly Stored[])[]): Promise<readonly string[]> {
  return using(at, async (alice, state) => {
    const unreadable = (await state.unreadable(UNIT, "", 1_000)).map(({ id }) => id);
    for (const batch of batches) {
      const missing: Stored[] = [];
      for (const one of batch) if ((await state.known(UNIT, one.id)) === undefined) missing.push(one);
      if (missing.length > 0) await storeBatch(alice, state, missing);
    }
    return unreadable;
  });
}

async function all<T>(source: AsyncIterable<T>): Promise<T[]> {
  const found: T[] = [];
  for await (const one of source) found.push(one);
  return found;
}

