import path from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "@jest/globals";
import { ArchiveSession } from "../../../adapters/archive/session.js";
import { DiskTree, type WriteOptions } from "../../../src/drivers/disk/tree.js";
import { sampleOwner } from "../../../src/kit/conformance/harness.js";
import { ArchiveBench, NEVER } from "./bench.js";
import { taken } from "../../taken.js";

/** A disk that folds case and accents and keeps the spelling of the last write, as those of Windows and macOS do. */
class FoldingTree extends DiskTree {
  readonly #spelled = new Map<string, string>();

  override at(file: string): string {
    return super.at(file.normalize("NFC").toLowerCase());
  }

  override async write(file: string, bytes: AsyncIterable<Uint8Array>, options?: WriteOptions): Promise<string> {
    const hash = await super.write(file, bytes, options);
    if (!this.#spelled.has(this.at(file))) this.#spelled.set(this.at(file), path.posix.basename(file));
    return hash;
  }

  override async move(from: string, to: string): Promise<boolean> {
    const moved = await super.move(from, to);
    if (moved) {
      this.#spelled.delete(this.at(from));
      this.#spelled.set(this.at(to), path.posix.basename(to));
    }
    return moved;
  }

  override async isSpelled(file: string): Promise<boolean> {
    return (await this.info(file)) !== undefined && this.#spelled.get(this.at(file))?.normalize("NFC") === path.posix.basename(file).normalize("NFC");
  }
}

let bench: ArchiveBench;
beforeEach(async () => { bench = await ArchiveBench.make(); });
afterEach(() => bench.remove());

function sessionOf(workload: "files" | "mail"): ArchiveSession {
  return new ArchiveSession(new FoldingTree(bench.dir), sampleOwner("zoe@commune.example"), workload, () => Promise.resolve());
}

describe("on a file system that folds case and accents", () => {
  it("files whose names it takes for one stay as many, also when put at once and with the same bytes", async () => {
    const session = sessionOf("files");
    const placed = bench.container("files", []);
    const into = await session.prepare(placed, undefined, NEVER);
    const items = ["Café.txt", "CAFÉ.TXT", "Cafe\u0301.txt"].map((name) => bench.file(name, "pareil"));
    const results = (await Promise.all(items.map((item) => session.put(item, bench.context(item, placed, into))))).map(taken);
    const refs = results.map(({ ref }) => ref);
    for (const [index, item] of items.entries()) bench.ledger.settle(into, refs[index] ?? { id: "" }, item);
    expect(new Set(refs.map(({ id }) => id.normalize("NFC").toLowerCase())).size).toBe(3);
    expect(results.flatMap(({ losses }) => losses).map(({ reason }) => reason)).toEqual(["files.renamed-conflict", "files.renamed-conflict"]);
    for (const [index, item] of items.entries()) {
      const ref = refs[index] ?? { id: "" };
      expect((await session.verify(item, ref, bench.context(item, placed, into))).state).toBe("same");
      expect((await session.put(item, bench.context(item, placed, into, ref))).outcome).toBe("unchanged");
    }
    await session.remove(refs[1] ?? { id: "" }, into, NEVER);
    expect(await bench.names(into.id)).toHaveLength(2);
  });

  it("folders whose names it takes for one stay as many", async () => {
    const session = sessionOf("mail");
    const folders = ["Élus", "ÉLUS", "E\u0301lus"].map((name) => bench.container("mail", [name]));
    const ids: string[] = [];
    for (const folder of folders) ids.push((await session.prepare(folder, undefined, NEVER)).id);
    expect(new Set(ids.map((id) => id.normalize("NFC").toLowerCase())).size).toBe(3);
    const again = sessionOf("mail");
    for (const [index, folder] of folders.entries()) expect((await again.prepare(folder, undefined, NEVER)).id).toBe(ids[index]);
  });

  it("a file renamed in its case alone is still there after the old name is removed", async () => {
    const session = sessionOf("files");
    const placed = bench.container("files", []);
    const into = await session.prepare(placed, undefined, NEVER);
    const before = bench.file("rapport.txt", "x", {}, [], "one");
    const { ref } = taken(await session.put(before, bench.context(before, placed, into)));
    const after = bench.file("Rapport.TXT", "x", {}, [], "one");
    const { ref: renamed } = taken(await session.put(after, bench.context(after, placed, into, ref)));
    await session.remove(ref, into, NEVER);
    expect(renamed.id).toBe("Rapport.TXT");
    expect((await session.verify(after, renamed, bench.context(after, placed, into))).state).toBe("same");
  });
});
