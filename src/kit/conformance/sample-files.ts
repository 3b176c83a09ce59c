import { createHash } from "node:crypto";
import type { Item } from "../../core/item.js";
import type { FileRecord, FolderRecord } from "../../format/records.js";
import { HOSTILE_NAMES } from "./hostile-names.js";
import type { MemoryBlobs } from "./harness.js";
import { sampleItem, type Samples } from "./sample-item.js";

export function fileSamples(blobs: MemoryBlobs): Samples {
  const make = (name: string, content: Uint8Array | string, more: Partial<FileRecord> = {}, id?: string): Item => {
    const body = blobs.add(content, ".bin");
    const record: FileRecord = { v: 1, type: "file", name, size: body.size, createdAt: "2023-01-15T08:00:00Z", modifiedAt: "2024-03-31T01:30:15Z", versions: [], ...more };
    return sampleItem("files", name, record, body, id);
  };
  return {
    plain: (serial) => make(`Délibération ${serial}.txt`, `Contenu ${serial}\n`),
    rich: () => [
      ...HOSTILE_NAMES.map(({ name, title }) => ({ name: `file name: ${title}`, item: make(name, `contenu de ${title}`) })),
      { name: "rights of its own", item: make("partagé.txt", "partagé", { permissions: RIGHTS }) },
      { name: "columns of a library", item: make("classé.txt", "classé", { contentType: "Délibération", columns: [{ name: "Th_x00e8_me", displayName: "Thème", value: ["Eau", "Voirie"] }], checkedOut: { by: "Zoé Martin" } }) },
      { name: "every byte value", item: make("octets.bin", Buffer.from(Array.from({ length: 256 }, (_, byte) => byte))) },
      { name: "3 MB of noise", item: make("bruit.bin", noise(3_000_000)) },
    ],
    changed: (item) => make((item.record as FileRecord).name, "Nouveau contenu\n", { modifiedAt: "2024-05-01T10:00:00Z" }, item.key.id),
    restated: () => undefined,
    twin: (item) => make((item.record as FileRecord).name.toUpperCase(), blobs.read(item.body ?? blobs.add("", ".bin"))),
    sized: (bytes) => make("taille.bin", noise(bytes)),
    empty: () => make("vide.txt", ""),
    besides: () => [
      sampleItem<FolderRecord>("files", "dossier", { v: 1, type: "folder", permissions: RIGHTS }, undefined),
      make("signé.txt", "signé", { createdBy: "Zoé Martin", modifiedBy: "Paul Petit" }),
    ],
  };
}

const RIGHTS: FileRecord["permissions"] = {
  inherits: true,
  granted: [
    { id: "1", roles: ["write"], to: [{ kind: "user", id: "5c2e7d0a", name: "Zoé Martin", address: "zoe@commune.example" }] },
    { id: "2", roles: ["read"], to: [], link: { type: "view", scope: "anonymous", url: "https://commune.example/:t:/s/abc", preventsDownload: false }, expiresAt: "2027-01-01T00:00:00Z" },
  ],
};

/** Incompressible bytes that are the same at each call. */
function noise(bytes: number): Uint8Array {
  const content = Buffer.alloc(bytes);
  let block = createHash("sha256").update(String(bytes)).digest();
  for (let start = 0; start < bytes; start += block.length) {
    block.copy(content, start);
    block = createHash("sha256").update(block).digest();
  }
  return content;
}
