import { randomUUID } from "node:crypto";
import { itemDigest } from "../../core/digest.js";
import type { BlobRef, Item, WorkloadName } from "../../core/item.js";
import type { MemoryBlobs } from "./harness.js";
import { sampleItem, type Samples } from "./sample-item.js";

interface DocumentRecord {
  readonly v: 1;
  readonly type: string;
  readonly name: string;
  readonly fields: Readonly<Record<string, unknown>>;
}

/** Items of workloads whose records say everything, with a text or pictures beside them at most (tasks, notes, list items, directory entries). */
export function documentSamples(workload: WorkloadName, blobs: MemoryBlobs): Samples {
  const make = (name: string, fields: DocumentRecord["fields"], body?: BlobRef, parts: readonly BlobRef[] = [], id?: string): Item => {
    const record: DocumentRecord = { v: 1, type: workload, name, fields };
    const item = sampleItem(workload, name, record, body, id);
    return { ...item, parts, digest: itemDigest(record, body, parts) };
  };
  const picture = blobs.add(Buffer.from(Array.from({ length: 2_000 }, (_, index) => index % 251)), ".png");
  return {
    plain: (serial) => make(`Fiche ${serial}`, { serial }),
    rich: () => [
      { name: "no title", item: make("", { done: false }) },
      { name: "values of all kinds", item: make("Été", { text: "ligne 1\nligne 2 \u2028", number: -1.5, yes: true, none: null, list: ["a", { b: "c" }], "clé: «»": "🎉" }) },
      { name: "a text beside it", item: make("Compte rendu", {}, blobs.add("<h1>Réunion</h1>", ".html")) },
      { name: "a text and pictures", item: make("Croquis", {}, blobs.add('<img src="a">', ".html"), [picture, blobs.add("autre", ".bin")]) },
      { name: "the same picture twice", item: make("Deux fois", {}, undefined, [picture, picture]) },
    ],
    changed: (item) => make(item.title, { changed: true }, blobs.add("changé", ".txt"), [], item.key.id),
    restated: (item) => {
      const record = { ...(item.record as DocumentRecord), fields: { restated: true } };
      return { ...item, record, version: randomUUID(), digest: itemDigest(record, item.body, item.parts) };
    },
    twin: (item) => make(item.title, (item.record as DocumentRecord).fields),
    sized: (bytes) => make("Grand", {}, blobs.add("a".repeat(bytes), ".txt")),
    empty: () => make("Vide", {}, blobs.add("", ".txt")),
  };
}
