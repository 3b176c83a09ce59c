import type { ContainerChanges, PutContext, PutResult, TargetContainer, TargetRef, TargetSession, Verdict } from "../core/adapter.js";
import { ExodusError } from "../core/errors.js";
import type { Item, PlacedContainer } from "../core/item.js";

/**
 * A session of one part of a platform. Addresses of containers carry the part's name, so that the ledger knows who wrote them: a mailbox's path at one
 * protocol says nothing at another, and what one part wrote would be written again by the next.
 */
export class PartSession implements TargetSession {
  constructor(private readonly session: TargetSession, private readonly part: string, private readonly target: string) {}

  async prepare(container: PlacedContainer, known: string | undefined, signal: AbortSignal): Promise<TargetContainer> {
    const prepared = await this.session.prepare(container, known === undefined ? undefined : this.#bare(known), signal);
    return { ...prepared, id: `${this.part}:${prepared.id}` };
  }

  async findContainer(container: PlacedContainer, signal: AbortSignal): Promise<TargetContainer | undefined> {
    const found = await this.session.findContainer?.(container, signal);
    return found === undefined ? undefined : { ...found, id: `${this.part}:${found.id}` };
  }

  put(item: Item, context: PutContext): Promise<PutResult> {
    return this.session.put(item, this.#within(context));
  }

  find(item: Item, context: PutContext): Promise<TargetRef | undefined> {
    return this.session.find(item, this.#within(context));
  }

  remove(ref: TargetRef, into: TargetContainer, signal: AbortSignal): Promise<void> {
    return this.session.remove(ref, this.#own(into), signal);
  }

  removeContainer(id: string, signal: AbortSignal): Promise<boolean> {
    return this.session.removeContainer(this.#bare(id), signal);
  }

  verify(item: Item, ref: TargetRef, context: PutContext): Promise<Verdict> {
    return this.session.verify(item, ref, this.#within(context));
  }

  async changes(container: string, since: string | undefined, signal: AbortSignal): Promise<ContainerChanges | undefined> {
    return this.session.changes?.(this.#bare(container), since, signal);
  }

  async settle(signal: AbortSignal): Promise<void> {
    await this.session.settle?.(signal);
  }

  close(): Promise<void> {
    return this.session.close();
  }

  #within(context: PutContext): PutContext {
    return { ...context, into: this.#own(context.into) };
  }

  #own(into: TargetContainer): TargetContainer {
    return { ...into, id: this.#bare(into.id) };
  }

  #bare(id: string): string {
    const at = id.indexOf(":");
    const writer = id.slice(0, Math.max(at, 0));
    if (writer !== this.part) throw new ExodusError("TARGET_OTHER_PART", { params: { target: this.target, part: this.part, writer } });
    return id.slice(at + 1);
  }
}
