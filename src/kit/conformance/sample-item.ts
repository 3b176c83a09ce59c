import { randomUUID } from "node:crypto";
import { itemDigest } from "../../core/digest.js";
import type { BlobRef, Item, WorkloadName } from "../../core/item.js";

/** Items of one workload that the suite puts. Every call makes an item with an id of its own. */
export interface Samples {
  /** An ordinary item; each `serial` has its own content. */
  plain(serial: number): Item;
  /** Every feature that the record or the bytes can carry, each with a name for the test's title. */
  rich(): readonly { readonly name: string; readonly item: Item }[];
  /** Same identity, other content. */
  changed(item: Item): Item;
  /** Same identity, same bytes, other state; undefined when the workload keeps no state beside the bytes. */
  restated(item: Item): Item | undefined;
  /** As alike as two items of one container may be at the source, with another identity. */
  twin(item: Item): Item;
  /** An item whose body has at least `bytes` bytes; exactly so where the format allows. */
  sized(bytes: number): Item;
  /** Items that a target may leave out by rule. */
  besides?(): readonly Item[];
  /** A body of no bytes; undefined when the format has none. */
  empty(): Item | undefined;
}

/** Builds an item with a fresh id, or with `id`. `version` and `digest` follow from the content. */
export function sampleItem<R>(workload: WorkloadName, title: string, record: R, body: BlobRef | undefined, id?: string): Item<R> {
  const digest = itemDigest(record, body, []);
  return {
    kind: "item", key: { workload, owner: "conformance", id: id ?? `${workload}-${randomUUID()}` },
    container: "conformance", version: digest, title, record, ...(body === undefined ? {} : { body }), parts: [], digest, losses: [],
  };
}
