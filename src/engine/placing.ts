import type { TargetContainer, TargetSession, WorkloadCapability } from "../core/adapter.js";
import { asExodusError, ExodusError } from "../core/errors.js";
import type { PlacedContainer } from "../core/item.js";
import type { MadePlacement, PlacementState, Unit } from "../core/state.js";
import type { RunContext } from "./context.js";
import { isInterruption } from "./stop.js";

/** Containers prepared lately; a drive may hold any number of folders, so the memory of them is bounded. */
const REMEMBERED = 500;
const PAGE = 200;
/** In the place of an address: the container's making was begun, and whether it is there is not known. */
const BEGUN = "";

export interface Placed {
  readonly target: TargetContainer;
  readonly container: PlacedContainer;
}

/** Makes containers exist at one target, parents first, each once a run; follows renames and moves. */
export class Placing {
  readonly #ready = new Map<string, Promise<Placed>>();
  /** Containers that came into doubt, or were left in it, by this run: asked once, so that none is made twice where the administrator said to make them. */
  readonly #doubts = new Map<string, ExodusError>();

  constructor(
    private readonly context: RunContext,
    private readonly unit: Unit,
    private readonly session: TargetSession,
    private readonly capability: WorkloadCapability | undefined,
  ) {}

  /** Concurrent calls for the same container share one answer; a failure is forgotten, so that the next call tries again. */
  prepare(id: string): Promise<Placed> {
    const known = this.#ready.get(id);
    if (known !== undefined) return known;
    const placing = this.#place(id);
    this.#ready.set(id, placing);
    placing.catch(() => this.#ready.delete(id));
    const oldest = this.#ready.keys().next();
    if (this.#ready.size > REMEMBERED && oldest.done !== true) this.#ready.delete(oldest.value);
    return placing;
  }

  /** Where the container stood at the target when last prepared; undefined when never. */
  async standing(id: string): Promise<TargetContainer | undefined> {
    const placement = await this.context.state.placement(this.unit, id);
    return isMade(placement) ? { id: placement.targetId, created: false, losses: [] } : undefined;
  }

  /** Prepares every container that is new or has another path than at its last prepare (empty folders too). Calls `failed` for each that cannot be. */
  async sweep(failed: (container: string, thrown: unknown) => Promise<void>): Promise<void> {
    let after = "";
    for (;;) {
      const page = await this.context.state.containers(this.unit, after, PAGE);
      for (const { id } of page) {
        if (this.context.stop.soft.aborted) return;
        try {
          if (!(await this.#upToDate(id))) await this.prepare(id);
        } catch (thrown) {
          await failed(id, thrown);
        }
      }
      const last = page.at(-1);
      if (last === undefined) return;
      after = last.id;
    }
  }

  /** Removes containers that are gone at the source, that we made and left empty; one that stood there before is its owner's. Calls `failed` for each that cannot be. */
  async removeOrphans(failed: (container: string, thrown: unknown) => Promise<void>): Promise<void> {
    for (const { container, targetId, made } of await this.context.state.orphanPlacements(this.unit)) {
      if (targetId === BEGUN) continue;
      try {
        if (!made || (await this.session.removeContainer(targetId, this.context.stop.hard))) await this.context.state.dropPlacement(this.unit, container);
      } catch (thrown) {
        await failed(container, thrown);
      }
    }
  }

  /** Removes containers that we made and that nothing is in, those inside others first; answers how many stay. Calls `failed` for each that cannot be. */
  async removeMade(failed: (container: string, thrown: unknown) => void): Promise<number> {
    const { state, stop } = this.context;
    let staying = 0;
    for (let after: MadePlacement | undefined; ;) {
      const page = await state.madePlacements(this.unit, after, PAGE);
      for (const { container, targetId } of page) {
        if (stop.soft.aborted) return staying;
        try {
          if (await this.session.removeContainer(targetId, stop.hard)) await state.dropPlacement(this.unit, container);
          else staying += 1;
        } catch (thrown) {
          if (isInterruption(thrown, stop)) throw thrown;
          failed(container, thrown);
        }
      }
      after = page.at(-1);
      if (after === undefined) return staying;
    }
  }

  async #upToDate(id: string): Promise<boolean> {
    const [placement, placed] = await Promise.all([this.context.state.placement(this.unit, id), this.context.state.placed(this.unit, id)]);
    return isMade(placement) && placed !== undefined && samePath(placement.path, placed.path);
  }

  async #place(id: string): Promise<Placed> {
    const { state, stop } = this.context;
    const container = await state.placed(this.unit, id);
    if (container === undefined) throw new ExodusError("CONTAINER_UNKNOWN", { params: { container: id } });
    // A parent's rename must reach the target before its children are looked for at their new place.
    if (container.parentId !== undefined && (await state.placed(this.unit, container.parentId)) !== undefined) await this.prepare(container.parentId);
    const before = await state.placement(this.unit, id);
    const target = this.capability?.canFindContainers !== false || isMade(before) ? await this.session.prepare(container, before?.targetId, stop.hard) : await this.#make(container, before);
    if (before === undefined || before.targetId !== target.id || !samePath(before.path, container.path)) {
      await state.savePlacement(this.unit, id, { targetId: target.id, path: container.path, made: target.created || before?.made === true });
    }
    return { target, container };
  }

  /** Where it could not be found again, what was begun is written down before: after a crash it is not made a second time by itself. */
  async #make(container: PlacedContainer, begun: PlacementState | undefined): Promise<TargetContainer> {
    const { state, stop } = this.context;
    const doubt = this.#doubts.get(container.id);
    if (doubt !== undefined) throw doubt;
    // Until somebody has said to make it, an older doubt outlives whatever keeps it from being looked at.
    let open = begun !== undefined;
    try {
      const found = begun === undefined ? undefined : await this.session.findContainer?.(container, stop.hard);
      if (found !== undefined) return found;
      open = false;
      await state.savePlacement(this.unit, container.id, { targetId: BEGUN, path: container.path, made: false });
      return await this.session.prepare(container, undefined, stop.hard);
    } catch (thrown) {
      const error = asExodusError(thrown);
      if (error.code === "TARGET_CONTAINER_UNSURE") this.#doubts.set(container.id, error);
      else if (!open && !isInterruption(thrown, stop)) await state.dropPlacement(this.unit, container.id);
      throw thrown;
    }
  }
}

function isMade(placement: PlacementState | undefined): placement is PlacementState {
  return placement !== undefined && placement.targetId !== BEGUN;
}

function samePath(a: readonly string[], b: readonly string[]): boolean {
  return a.length === b.length && a.every((name, index) => name === b[index]);
}
