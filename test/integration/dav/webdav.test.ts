import { createHash, randomBytes } from "node:crypto";
import { afterAll, beforeAll, describe, expect, it } from "@jest/globals";
import { adapter } from "../../../adapters/webdav/index.js";
import type { PutContext, TargetContainer, TargetRef, TargetSession } from "../../../src/core/adapter.js";
import type { BlobRef, Item, PlacedContainer, Sha256 } from "../../../src/core/item.js";
import { below, nameOf } from "../../../src/drivers/dav/paths.js";
import { getText, propfindAll, put as rawPut } from "../../../src/drivers/dav/verbs.js";
import type { FileRecord } from "../../../src/format/records.js";
import { contextOf, MemoryBlobs, MemoryLedger, sampleOwner } from "../../../src/kit/conformance/harness.js";
import { sampleItem } from "../../../src/kit/conformance/sample-item.js";
import { NO_ABORT, SECRET, withDav } from "../../dav-client.js";
import { corpusNames, useCorpus } from "../../corpora.js";
import { testEnvironment } from "../../environment.js";
import { titleFor, useServer } from "../../servers.js";
import { taken } from "../../taken.js";

const apache = useServer("apache");
const ACCOUNT = "camille@commune.example";
const corpus = useCorpus("names");
const MEGABYTES = Number(process.env["EXODUS_BIG_MB"] ?? 64);

(apache === undefined ? describe.skip : describe)(`webdav driver on ${titleFor("apache", apache)}`, () => {
  const server = apache as NonNullable<typeof apache>;
  const blobs = new MemoryBlobs();
  const ledger = new MemoryLedger();
  let session: TargetSession;
  let into: TargetContainer;
  const folder = `essai-${randomBytes(4).toString("hex")}`;
  const placed: PlacedContainer = { workload: "files", owner: "o", id: folder, name: folder, path: [folder] };

  beforeAll(async () => {
    const opened = await adapter.create(
      adapter.options.parse({ url: `http://${server.host}:${server.port}/dav/{account}`, password: "env:P" }), testEnvironment("webdav", { "env:P": SECRET }),
    );
    session = await opened.connect({ owner: sampleOwner(ACCOUNT), name: ACCOUNT }, "files", NO_ABORT);
    into = await session.prepare(placed, undefined, NO_ABORT);
  });
  afterAll(async () => session.close());

  const file = (name: string, content: string, id?: string, more: Partial<FileRecord> = {}): Item => {
    const body = blobs.add(content, ".bin");
    const record: FileRecord = { v: 1, type: "file", name, size: body.size, modifiedAt: "2024-03-31T01:30:15Z", versions: [], ...more };
    return sampleItem("files", name, record, body, id);
  };
  const context = (item: Item, known?: TargetRef): PutContext => contextOf({ blobs, ledger, signal: NO_ABORT }, item, placed, into, known);
  const put = async (item: Item, known?: TargetRef) => {
    const result = taken(await session.put(item, context(item, known)));
    ledger.settle(into, result.ref, item);
    return result;
  };
  const userWrites = (name: string, text: string) => withDav(server, ACCOUNT, (client) => rawPut(client, below(into.id, name), text, { headers: {}, signal: NO_ABORT }));
  const content = (name: string) => withDav(server, ACCOUNT, async (client) => (await getText(client, below(into.id, name), NO_ABORT))?.text);
  const names = () => withDav(server, ACCOUNT, async (client) => ((await propfindAll(client, `${into.id}/`, ["{DAV:}getetag"], "1", NO_ABORT)) ?? []).slice(1).map(({ href }) => nameOf(href)));

  it("leaves another's file of the same name and writes beside it", async () => {
    await userWrites("rapport.txt", "à l'utilisateur");
    const result = await put(file("rapport.txt", "de la source"));
    expect(result.ref.id).toBe("rapport (o365).txt");
    expect(result.losses.map(({ reason }) => reason)).toContain("files.renamed-conflict");
    expect(await content("rapport.txt")).toBe("à l'utilisateur");
    expect(await content("rapport (o365).txt")).toBe("de la source");
  });

  it("takes an identical file of another's for the item, and never removes it", async () => {
    await userWrites("même.txt", "identique");
    const result = await put(file("même.txt", "identique"));
    expect(result.ref.id).toBe("même.txt");
    expect(result.outcome).toBe("unchanged");
    await session.remove(result.ref, into, NO_ABORT);
    expect(await content("même.txt")).toBe("identique");
    const own = await put(file("autre.txt", "x"));
    await session.remove(own.ref, into, NO_ABORT);
    expect(await content("autre.txt")).toBeUndefined();
  });

  it("keeps what a user wrote over our file when the source changes too, and does not remove it afterwards", async () => {
    const item = file("note.txt", "version 1");
    const first = await put(item);
    await userWrites("note.txt", "réécrit à la cible");
    const second = await put(file("note.txt", "version 2 de la source", item.key.id), first.ref);
    expect(second.ref.id).toBe("note (o365).txt");
    await session.remove(first.ref, into, NO_ABORT);
    expect(await content("note.txt")).toBe("réécrit à la cible");
    expect(await content("note (o365).txt")).toBe("version 2 de la source");
  });

  it("does not overwrite a taken-over file that a user changed since", async () => {
    await userWrites("commun.txt", "identique");
    const item = file("commun.txt", "identique");
    const first = await put(item);
    await userWrites("commun.txt", "identique, puis modifié");
    const second = await put(file("commun.txt", "nouveau à la source", item.key.id), first.ref);
    expect(second.ref.id).toBe("commun (o365).txt");
    expect(await content("commun.txt")).toBe("identique, puis modifié");
  });

  it("renames in place without sending the content again", async () => {
    const item = file("ancien.txt", "inchangé");
    const first = await put(item);
    const renamed = file("nouveau nom.txt", "inchangé", item.key.id);
    const silent: PutContext = { ...context(renamed, first.ref), open: () => { throw new Error("content was read"); } };
    const second = await session.put(renamed, silent);
    expect(second).toMatchObject({ outcome: "updated", ref: { id: "nouveau nom.txt" } });
    expect(await content("ancien.txt")).toBeUndefined();
  });

  it("shows nothing under the real name when an upload is cut, and the next try leaves no part", async () => {
    const item = file("coupé.txt", "contenu entier du fichier");
    const cut: PutContext = {
      ...context(item),
      async *open() {
        yield Buffer.from("contenu");
        throw new Error("cut");
      },
    };
    await expect(session.put(item, cut)).rejects.toThrow();
    expect(await names()).not.toContain("coupé.txt");
    await put(item);
    expect(await content("coupé.txt")).toBe("contenu entier du fichier");
    expect((await names()).filter((name) => name.startsWith(".exodus-"))).toEqual([]);
  });

  it("tells older versions as lost to the target", async () => {
    const { losses } = await put(file("v.txt", "v", undefined, { versions: [{ id: "1", size: 1, sha256: "0".repeat(64) }] }));
    expect(losses.map(({ reason }) => reason)).toContain("files.versions");
  });

  it("keeps both dates where they can be read again", async () => {
    const item = file("daté.txt", "d", undefined, { createdAt: "2019-02-01T08:00:00Z" });
    const { ref, losses } = await put(item);
    expect(losses.map(({ reason }) => reason)).toContain("files.date-as-property");
    expect(await session.verify(item, ref, context(item, ref))).toEqual({ state: "same", fields: [] });
    const later = file("daté.txt", "d", item.key.id, { createdAt: "2019-02-01T08:00:00Z", modifiedAt: "2025-01-01T00:00:00Z" });
    expect((await session.verify(later, ref, context(later, ref))).fields.map(({ field }) => field)).toEqual(["modifiedAt"]);
    const second = await put(later, ref);
    expect(second.outcome).toBe("updated");
    expect((await session.verify(later, second.ref, context(later, second.ref))).state).toBe("same");
  });

  (corpus.present ? it : it.skip)(`keeps every name of ${corpus.title} apart`, async () => {
    const wanted = [...new Set(corpusNames(corpus).authored)];
    const refs = new Set<string>();
    for (const name of wanted) {
      const item = file(name, `contenu de ${name}`);
      const { ref } = await put(item);
      refs.add(ref.id);
      expect([name, (await session.verify(item, ref, context(item, ref))).state]).toEqual([name, "same"]);
    }
    expect(refs.size).toBe(wanted.length);
  });

  it(`streams ${MEGABYTES} MB with flat memory`, async () => {
    const piece = randomBytes(1 << 20);
    const hash = createHash("sha256");
    for (let count = 0; count < MEGABYTES; count += 1) hash.update(piece);
    const body: BlobRef = { sha256: hash.digest("hex") as Sha256, size: MEGABYTES << 20, extension: ".bin" };
    const record: FileRecord = { v: 1, type: "file", name: "gros.bin", size: body.size, versions: [] };
    const item = sampleItem("files", "gros.bin", record, body);
    let peak = 0;
    const before = process.memoryUsage().rss;
    const streaming = (known?: TargetRef): PutContext => ({
      ...context(item, known),
      async *open() {
        for (let count = 0; count < MEGABYTES; count += 1) {
          peak = Math.max(peak, process.memoryUsage().rss - before);
          yield await Promise.resolve(piece);
        }
      },
    });
    const { ref } = taken(await session.put(item, streaming()));
    expect((await session.verify(item, ref, streaming(ref))).state).toBe("same");
    // Half of the smallest file that this test is run with; what is held is a few buffers of 64 KiB to 1 MiB.
    expect(peak).toBeLessThan(32 << 20);
  });
});
