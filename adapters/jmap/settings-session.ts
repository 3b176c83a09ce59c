import type { PutContext, PutResult, TargetContainer, TargetRef, TargetSession, Verdict } from "../../src/core/adapter.js";
import type { Item, PlacedContainer } from "../../src/core/item.js";
import { settingItem } from "../../src/kit/typed-items.js";

/** What takes one kind of setting. Its references are told apart by `prefix`. */
export interface SettingPart extends Pick<TargetSession, "put" | "find" | "remove" | "verify"> {
  readonly type: ReturnType<typeof settingItem>["record"]["type"];
  readonly prefix: string;
}

/** One account's settings: what no part takes has no place here. */
export class JmapSettingsSession implements TargetSession {
  constructor(private readonly parts: readonly SettingPart[], private readonly end: () => Promise<void>) {}

  /** The kind of setting: nothing is made for it. */
  prepare(container: PlacedContainer): Promise<TargetContainer> {
    return Promise.resolve({ id: container.id, created: false, losses: [] });
  }

  put(item: Item, context: PutContext): Promise<PutResult> {
    return this.#partOf(item)?.put(item, context) ?? Promise.resolve({ outcome: "skipped", code: "SETTING_UNPLACED" });
  }

  find(item: Item, context: PutContext): Promise<TargetRef | undefined> {
    return this.#partOf(item)?.find(item, context) ?? Promise.resolve(undefined);
  }

  async remove(ref: TargetRef, into: TargetContainer, signal: AbortSignal): Promise<void> {
    await this.parts.find(({ prefix }) => ref.id.startsWith(prefix))?.remove(ref, into, signal);
  }

  removeContainer(): Promise<boolean> {
    return Promise.resolve(true);
  }

  verify(item: Item, ref: TargetRef, context: PutContext): Promise<Verdict> {
    return this.#partOf(item)?.verify(item, ref, context) ?? Promise.resolve({ state: "missing", fields: [] });
  }

  close(): Promise<void> {
    return this.end();
  }

  #partOf(item: Item): SettingPart | undefined {
    const { type } = settingItem(item).record;
    return this.parts.find((part) => part.type === type);
  }
}
