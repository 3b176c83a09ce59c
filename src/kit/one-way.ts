import { z } from "zod";
import { markOf } from "../convert/message/origin.js";
import type { PutContext, PutResult, TargetContainer, TargetRef, TargetSession, Verdict } from "../core/adapter.js";
import { ExodusError } from "../core/errors.js";
import type { Item, PlacedContainer } from "../core/item.js";
import { conversationItem } from "./typed-items.js";

/** What became of messages whose last call got no answer, by whoever has looked. */
export const unsureOption = z.enum(["report", "arrived", "send"]).default("report");
export type Unsure = z.infer<typeof unsureOption>;

export interface OneWay {
  readonly target: string;
  readonly unsure: Unsure;
  /** Why nothing can be taken away. */
  readonly adds: string;
}

/**
 * At a target that is added to and can be asked nothing (docs/decisions/0023). Of conversations, unless a session says otherwise: TargetContainer.id and
 * TargetRef.id are marks of what the source calls them; etag = digest of what was sent.
 */
export abstract class OneWaySession implements TargetSession {
  constructor(private readonly way: OneWay) {}

  abstract prepare(container: PlacedContainer, known: string | undefined, signal: AbortSignal): Promise<TargetContainer>;
  abstract put(item: Item, context: PutContext): Promise<PutResult>;
  abstract close(): Promise<void>;

  find(item: Item, { known }: PutContext): Promise<TargetRef | undefined> {
    const { target, unsure } = this.way;
    return settled(() => {
      // What stands is not sent again, and a card never was.
      if (known !== undefined || conversationItem(item).record.type === "conversation") return known;
      if (unsure === "report") throw new ExodusError("TARGET_UNSURE", { params: { target, reason: `ref. ${markOf(item.key)}` } });
      return unsure === "arrived" ? sentRef(item) : undefined;
    });
  }

  remove(): Promise<void> {
    return Promise.reject(new ExodusError("TARGET_CANNOT_REMOVE", { params: { target: this.way.target, reason: this.way.adds } }));
  }

  removeContainer(): Promise<boolean> {
    return Promise.resolve(false);
  }

  verify(): Promise<Verdict> {
    return Promise.resolve({ state: "unverifiable", fields: [] });
  }
}

export function markedContainer({ workload, id }: PlacedContainer): string {
  return markOf({ workload, id });
}

export function sentRef({ key, digest }: Item): TargetRef {
  return { id: markOf(key), etag: digest };
}

/** What is thrown becomes a rejection. */
export async function settled<T>(work: () => T): Promise<T> {
  return await Promise.resolve(work());
}
