import { randomUUID } from "node:crypto";
import type { Holding } from "../core/erasure.js";
import { ExodusError } from "../core/errors.js";
import type { Owner } from "../core/item.js";
import type { StateStore } from "../core/state.js";
import type { VaultPort } from "../core/vault.js";
import { heirsOf, passOn, type Heritage } from "../engine/heirs.js";
import { isCalled } from "../lib/owner-name.js";
import { foldersOf, hashOfRecords, removeFolders, removeLeavings } from "../vault/erase.js";
import { erasedMark, erasures, saveErasure, type Erasure } from "../vault/erasures.js";
import { ownersIn } from "../vault/owner-folders.js";
import { openVault } from "../vault/vault.js";
import { openState, type VaultAccess } from "./vault-access.js";

/** What an erasure would take, and who would receive what others share. */
export interface ErasurePlan {
  readonly owner: Owner;
  readonly folders: readonly string[];
  readonly holdings: readonly Holding[];
  readonly heritage: readonly Heritage[];
}

/** A vault opened to erase: nobody else uses it. */
export class Erasing {
  private constructor(private readonly access: VaultAccess, private readonly held: { readonly vault: VaultPort; readonly state: StateStore }, private readonly signal: AbortSignal) {}

  /** @throws ExodusError VAULT_LOCKED and what else opening throws. */
  static async open(access: VaultAccess, signal: AbortSignal): Promise<Erasing> {
    let state: StateStore | undefined;
    const vault = await openVault(access.dir, { erasing: true, cipher: access.cipher, index: async () => (state = await openState(access)) });
    if (state === undefined) throw new ExodusError("INTERNAL", { params: { message: "no state" } });
    return new Erasing(access, { vault, state }, signal);
  }

  /** @throws ExodusError VAULT_OWNER_UNKNOWN, VAULT_OWNER_AMBIGUOUS. */
  async plan(name: string): Promise<ErasurePlan> {
    const owner = await this.#owner(name);
    return { owner, folders: await foldersOf(this.access.dir, owner.id, this.access.cipher), holdings: await this.held.state.holdings(owner.id), heritage: await heirsOf(this.held, owner) };
  }

  async erase({ owner, folders, holdings, heritage }: ErasurePlan): Promise<Erasure> {
    const begun: Erasure = {
      v: 1, id: randomUUID(), owner: erasedMark(owner.id), begunAt: new Date().toISOString(), workloads: [...holdings],
      records: await hashOfRecords(this.access.dir, folders, this.signal), unfinished: { id: owner.id, name: owner.name, folders: [...folders] },
    };
    await saveErasure(this.access.dir, begun);
    return this.#goOn(begun, owner, heritage);
  }

  /** Goes on with what an earlier process could not end. */
  async finish(): Promise<readonly (Erasure & { readonly name: string })[]> {
    const ended: (Erasure & { readonly name: string })[] = [];
    for (const erasure of await erasures(this.access.dir)) {
      const { unfinished } = erasure;
      if (unfinished === undefined) continue;
      // The card and the row may be gone already; then nothing is left to hand over.
      const owner = (await this.#owners()).find(({ id }) => id === unfinished.id) ?? { id: unfinished.id, name: unfinished.name, kind: "user", displayName: unfinished.name };
      ended.push({ ...(await this.#goOn(erasure, owner, erasure.handed === undefined ? await heirsOf(this.held, owner) : [])), name: unfinished.name });
    }
    return ended;
  }

  async close(): Promise<void> {
    await this.held.vault.close();
  }

  /** Each step may be repeated, and tells on disk that it is done before the next begins. */
  async #goOn(erasure: Erasure, owner: Owner, heritage: readonly Heritage[]): Promise<Erasure> {
    let now = erasure;
    if (now.handed === undefined) {
      for (const one of heritage) await passOn(this.held, owner, one, this.signal);
      now = { ...now, ...remaining(now.workloads, await this.held.state.holdings(owner.id)) };
      await saveErasure(this.access.dir, now);
    }
    const folders = await foldersOf(this.access.dir, owner.id, this.access.cipher);
    await removeFolders(this.access.dir, folders);
    await removeLeavings(this.access.dir);
    await this.held.state.eraseOwner(owner.id, [...new Set([...folders, ...(now.unfinished?.folders ?? [])])]);
    await this.held.state.scrub();
    const ended: Erasure = { ...now, endedAt: new Date().toISOString(), unfinished: undefined };
    await saveErasure(this.access.dir, ended);
    return ended;
  }

  async #owner(name: string): Promise<Owner> {
    const found = (await this.#owners()).filter((owner) => isCalled(owner, name));
    const [owner] = found;
    if (owner === undefined) throw new ExodusError("VAULT_OWNER_UNKNOWN", { params: { owner: name } });
    if (found.length > 1) throw new ExodusError("VAULT_OWNER_AMBIGUOUS", { params: { owner: name, found: found.map(({ id }) => id).join(", ") } });
    return owner;
  }

  /** By the index and by the folders, in case one of the two is older. */
  async #owners(): Promise<readonly Owner[]> {
    const cards = await ownersIn(this.access.dir, this.access.cipher);
    return [...cards, ...(await this.held.state.owners()).filter(({ id }) => !cards.some((owner) => owner.id === id))];
  }
}

/** What was removed, and how many items were handed over instead. */
function remaining(begun: Erasure["workloads"], left: readonly Holding[]): Pick<Erasure, "workloads" | "handed"> {
  const sum = (holdings: readonly Holding[]): number => holdings.reduce((items, holding) => items + holding.items, 0);
  return { workloads: [...left], handed: sum(begun) - sum(left) };
}
