import { mkdir, rename, rm } from "node:fs/promises";
import { afterEach, beforeEach, describe, expect, it } from "@jest/globals";
import type { TargetContainer } from "../../../src/core/adapter.js";
import { ExodusError } from "../../../src/core/errors.js";
import type { PlacedContainer } from "../../../src/core/item.js";
import { decodeFileName } from "../../../src/lib/file-names.js";
import { ArchiveBench, NEVER } from "./bench.js";

const HOME = "users/zoe@commune.example";
let bench: ArchiveBench;
beforeEach(async () => { bench = await ArchiveBench.make({ index: false }); });
afterEach(() => bench.remove());

async function drive(): Promise<{ placed: PlacedContainer; into: TargetContainer; session: Awaited<ReturnType<ArchiveBench["session"]>> }> {
  const session = await bench.session("files");
  const placed = bench.container("files", []);
  return { session, placed, into: await session.prepare(placed, undefined, NEVER) };
}

describe("messages", () => {
  it("stand by date, subject and key, byte for byte, with their state beside them", async () => {
    const session = await bench.session("mail");
    const placed = bench.container("mail", ["Boîte", "a/b"]);
    const into = await session.prepare(placed, undefined, NEVER);
    const item = bench.mail("Conseil: ordre/jour?", "Subject: x\r\n\r\n\r\nfin", { flag: "flagged", categories: ["Élus"], isRead: true });
    const { ref } = await expectPut(session.put(item, bench.context(item, placed, into)));
    expect(into.id).toBe(`${HOME}/mail/Boîte/a%2Fb`);
    expect(ref.id).toMatch(/^2024-03-31 0130 Conseil ordre jour [a-z2-7]{8}\.eml$/);
    expect(await bench.text(into.id, ref.id)).toBe("Subject: x\r\n\r\n\r\nfin");
    expect(JSON.parse(await bench.text(into.id, ref.id.replace(".eml", ".json")))).toEqual({
      receivedDateTime: "2024-03-31T01:30:15Z", isRead: true, flag: "flagged", importance: "normal", categories: ["Élus"], isDraft: false,
    });
    expect(await bench.names(into.id)).toHaveLength(2);
  });

  it("follow a changed subject, with their state", async () => {
    const session = await bench.session("mail");
    const placed = bench.container("mail", ["Boîte"]);
    const into = await session.prepare(placed, undefined, NEVER);
    const before = bench.mail("Brouillon", "a", {}, "one");
    const { ref } = await expectPut(session.put(before, bench.context(before, placed, into)));
    const after = bench.mail("Définitif", "b", {}, "one");
    const second = await expectPut(session.put(after, bench.context(after, placed, into, ref)));
    expect(second.outcome).toBe("updated");
    expect(await bench.names(into.id)).toEqual([second.ref.id, second.ref.id.replace(".eml", ".json")].sort());
    await session.remove(ref, into, NEVER);
    expect((await session.verify(after, second.ref, bench.context(after, placed, into))).state).toBe("same");
  });

  it("keep names that fit any file system, however hostile the subject", async () => {
    const session = await bench.session("mail");
    const placed = bench.container("mail", ["Boîte"]);
    const into = await session.prepare(placed, undefined, NEVER);
    for (const subject of ["💧".repeat(200), "../../etc/passwd", "\u202etxt.exe", "\u0000\u0007", "   ", ".cachée", undefined, "\ud800 seule"]) {
      const item = bench.mail(subject, `m ${String(subject)}`, {}, `id ${String(subject)}`);
      const { ref } = await expectPut(session.put(item, bench.context(item, placed, into)));
      expect(Buffer.byteLength(ref.id)).toBeLessThanOrEqual(255);
      expect(ref.id).not.toMatch(/[/\\\u0000-\u001f\u202e]|^\./);
      expect((await session.verify(item, ref, bench.context(item, placed, into))).state).toBe("same");
    }
  });

  it("show a changed sidecar to verify", async () => {
    const session = await bench.session("mail");
    const placed = bench.container("mail", ["Boîte"]);
    const into = await session.prepare(placed, undefined, NEVER);
    const item = bench.mail("x", "x");
    const { ref } = await expectPut(session.put(item, bench.context(item, placed, into)));
    await bench.plant("{ not json", into.id, ref.id.replace(".eml", ".json"));
    expect((await session.verify(item, ref, bench.context(item, placed, into))).fields.map(({ field }) => field)).toEqual(["state"]);
  });
});

describe("files", () => {
  it("keep bytes, dates, older versions, people and full names", async () => {
    const { session, placed, into } = await drive();
    const parts = [bench.blobs.add("v1", ".bin"), bench.blobs.add("v2", ".bin")];
    const versions = parts.map(({ sha256, size }, index) => ({ id: `${index + 1}.0`, sha256, size, modifiedAt: `2023-0${index + 1}-01T00:00:00Z` }));
    const item = bench.file("Vœux?.txt", "v3", { createdAt: "2022-12-20T08:00:00Z", createdBy: "zoe", modifiedBy: "paul", versions }, parts);
    const { ref, losses } = await expectPut(session.put(item, bench.context(item, placed, into)));
    expect({ id: ref.id, losses }).toEqual({ id: "Vœux%3F.txt", losses: [] });
    expect(await bench.modified(into.id, ref.id)).toBe("2024-03-31T01:30:15.000Z");
    expect(await bench.text(into.id, "Vœux%3F.txt.versions", "1")).toBe("v1");
    expect(await bench.modified(into.id, "Vœux%3F.txt.versions", "2")).toBe("2023-02-01T00:00:00.000Z");
    expect((await session.verify(item, ref, bench.context(item, placed, into))).state).toBe("same");
    await bench.endRun();
    expect(JSON.parse(await bench.text(HOME, "drive.json"))).toEqual({
      "Vœux?.txt": { createdDateTime: "2022-12-20T08:00:00Z", lastModifiedDateTime: "2024-03-31T01:30:15Z", createdBy: "zoe", lastModifiedBy: "paul" },
      "Vœux?.txt#1": { lastModifiedDateTime: "2023-01-01T00:00:00Z" }, "Vœux?.txt#2": { lastModifiedDateTime: "2023-02-01T00:00:00Z" },
    });
    await (await bench.session("files")).remove(ref, into, NEVER);
    expect(await bench.names(into.id)).toEqual([]);
  });

  it("cut a name that is too long, say so, and keep it whole in the notes", async () => {
    const { session, placed, into } = await drive();
    const name = `${"💧".repeat(100)}.txt`;
    const item = bench.file(name, "x");
    const { ref, losses } = await expectPut(session.put(item, bench.context(item, placed, into)));
    expect(losses).toEqual([{ field: "name", change: "approximated", side: "target", reason: "files.name-shortened" }]);
    expect(Buffer.byteLength(ref.id)).toBeLessThanOrEqual(249);
    const [note = ""] = (await bench.names("_about", into.id)).filter((one) => one !== "%.json");
    expect(JSON.parse(await bench.text("_about", into.id, note))).toMatchObject({ name, file: ref.id });
  });

  it.each([["the file first", ["x", "x.versions"]], ["the sidecar's name first", ["x.versions", "x"]]])("that look like a sidecar of another stay files, %s", async (_title, order) => {
    const { session, placed, into } = await drive();
    const refs = new Map<string, string>();
    const part = bench.blobs.add("ancien", ".bin");
    for (const name of order) {
      const more = name === "x" ? { versions: [{ id: "1.0", sha256: part.sha256, size: part.size }] } : {};
      const item = bench.file(name, `contenu de ${name}`, more, name === "x" ? [part] : []);
      const { ref, losses } = await expectPut(session.put(item, bench.context(item, placed, into)));
      expect(losses).toEqual([]);
      expect((await session.verify(item, ref, bench.context(item, placed, into))).state).toBe("same");
      refs.set(name, ref.id);
    }
    // A reader of the layout takes `y.versions` beside `y` for a sidecar, and decodes every other name.
    const listed = await bench.names(into.id);
    const files = listed.filter((name) => !(name.endsWith(".versions") && listed.includes(name.slice(0, -9))));
    expect(files.map(decodeFileName).sort()).toEqual(["x", "x.versions"]);
    expect(new Set(refs.values()).size).toBe(2);
  });

  it("leave a stranger's file as it is, and take one with the same bytes for their own", async () => {
    const { session, placed, into } = await drive();
    await bench.plant("d'un autre", into.id, "a.txt");
    await bench.plant("pareil", into.id, "b.txt");
    const [a, b] = [bench.file("a.txt", "à nous"), bench.file("b.txt", "pareil")];
    const first = await expectPut(session.put(a, bench.context(a, placed, into)));
    const second = await expectPut(session.put(b, bench.context(b, placed, into)));
    expect(first.ref.id).toMatch(/^a~[a-z2-7]{8}\.txt$/);
    expect(await bench.text(into.id, "a.txt")).toBe("d'un autre");
    expect(second.ref.id).toBe("b.txt");
  });

  it("go on after a crash between note and file, or half way through a rename", async () => {
    const { session, placed, into } = await drive();
    const item = bench.file("a.txt", "contenu", {}, [], "one");
    const { ref } = await expectPut(session.put(item, bench.context(item, placed, into)));
    await rm(bench.at(into.id, ref.id));
    expect(await session.find(item, bench.context(item, placed, into))).toBeUndefined();
    expect((await expectPut(session.put(item, bench.context(item, placed, into)))).ref.id).toBe("a.txt");
    const renamed = bench.file("b.txt", "contenu", {}, [], "one");
    await rename(bench.at("_about", into.id, "a.txt%.json"), bench.at("_about", into.id, "b.txt%.json"));
    const second = await expectPut(session.put(renamed, bench.context(renamed, placed, into, ref)));
    expect({ id: second.ref.id, names: await bench.names(into.id) }).toEqual({ id: "b.txt", names: ["b.txt"] });
    expect((await session.verify(renamed, second.ref, bench.context(renamed, placed, into))).state).toBe("same");
  });

  it("leave nothing of a put that was cut, and sweep what a killed process left", async () => {
    const { session, placed, into } = await drive();
    const item = bench.file("a.txt", "contenu");
    const cut = { ...bench.context(item, placed, into), open: () => brokenStream() };
    await expect(session.put(item, cut)).rejects.toMatchObject({ code: "GRAPH_CONNECTION" });
    expect(await bench.names(into.id)).toEqual([]);
    await bench.plant("à moitié", into.id, ".%part-0000-dead");
    await session.prepare(placed, into.id, NEVER);
    expect(await bench.names(into.id)).toEqual([]);
  });

  it("named like unfinished files are files like others", async () => {
    const { session, placed, into } = await drive();
    for (const name of [".%part-x", ".exodus-x", "%.json", "a%.json"]) {
      const item = bench.file(name, name);
      const { ref } = await expectPut(session.put(item, bench.context(item, placed, into)));
      await session.prepare(placed, into.id, NEVER);
      expect((await session.verify(item, ref, bench.context(item, placed, into))).state).toBe("same");
    }
  });
});

describe("folders", () => {
  it("swap their names without losing an item", async () => {
    const session = await bench.session("files");
    const root = bench.container("files", []);
    await session.prepare(root, undefined, NEVER);
    const [a, b] = [bench.container("files", ["A"], "a"), bench.container("files", ["B"], "b")];
    const [atA, atB] = [await session.prepare(a, undefined, NEVER), await session.prepare(b, undefined, NEVER)];
    const [inA, inB] = [bench.file("f.txt", "dans A"), bench.file("f.txt", "dans B", {}, [], "other")];
    await session.put(inA, bench.context(inA, a, atA));
    await session.put(inB, bench.context(inB, b, atB));
    const [aAsB, bAsA] = [bench.container("files", ["B"], "a"), bench.container("files", ["A"], "b")];
    const movedA = await session.prepare(aAsB, atA.id, NEVER);
    const movedB = await session.prepare(bAsA, atB.id, NEVER);
    expect(movedA.losses.map(({ reason }) => reason)).toEqual(["container.marked"]);
    expect({ a: await bench.text(movedA.id, "f.txt"), b: await bench.text(movedB.id, "f.txt") }).toEqual({ a: "dans A", b: "dans B" });
    expect(movedB.id).toBe(`${HOME}/drive/A`);
    expect((await session.prepare(aAsB, movedA.id, NEVER)).id).toBe(`${HOME}/drive/B`);
  });

  it("go on after a crash between the move of the notes and of the folder", async () => {
    const session = await bench.session("files");
    const before = bench.container("files", ["Avant"], "one");
    const at = await session.prepare(before, undefined, NEVER);
    const item = bench.file("f.txt", "x");
    const { ref } = await expectPut(session.put(item, bench.context(item, before, at)));
    await rename(bench.at("_about", at.id), bench.at("_about", HOME, "drive", "Après"));
    const after = bench.container("files", ["Après"], "one");
    const moved = await session.prepare(after, at.id, NEVER);
    expect({ id: moved.id, folders: await bench.names(HOME, "drive") }).toEqual({ id: `${HOME}/drive/Après`, folders: ["Après"] });
    expect((await session.verify(item, ref, bench.context(item, after, moved))).state).toBe("same");
  });

  it("with the same name prepared at once stay two", async () => {
    const session = await bench.session("mail");
    const twins = [bench.container("mail", ["Dossier"], "a"), bench.container("mail", ["Dossier"], "b")];
    const places = await Promise.all(twins.map((one) => session.prepare(one, undefined, NEVER)));
    expect(new Set(places.map(({ id }) => id)).size).toBe(2);
  });

  it("that hold something are not removed; their notes go with them", async () => {
    const session = await bench.session("files");
    const placed = bench.container("files", ["Plein"]);
    const into = await session.prepare(placed, undefined, NEVER);
    await bench.plant("x", into.id, "étranger.txt");
    expect(await session.removeContainer(into.id, NEVER)).toBe(false);
    await rm(bench.at(into.id, "étranger.txt"));
    expect(await session.removeContainer(into.id, NEVER)).toBe(true);
    await expect(bench.names("_about", into.id)).rejects.toThrow("ENOENT");
  });
});

describe("the archive", () => {
  it("tells the tenant and its owners, and keeps what others wrote there", async () => {
    await mkdir(bench.at(HOME), { recursive: true });
    await bench.plant('{"department":"Direction","displayName":"?"}', HOME, "profile.json");
    const session = await bench.session("mail", { id: "1", name: "zoe@commune.example", kind: "user", displayName: "Zoé Martin", mail: "zoe@commune.example" });
    await session.prepare(bench.container("mail", ["Boîte"]), undefined, NEVER);
    const group = await bench.session("files", { id: "2", name: "elus", kind: "group", displayName: "Élus" });
    await group.prepare(bench.container("files", []), undefined, NEVER);
    expect(JSON.parse(await bench.text("tenant.json"))).toEqual({ name: "commune.example", domain: "commune.example" });
    expect(JSON.parse(await bench.text(HOME, "profile.json"))).toEqual({ department: "Direction", displayName: "Zoé Martin", mail: "zoe@commune.example" });
    expect(JSON.parse(await bench.text("groups/elus/group.json"))).toEqual({ displayName: "Élus" });
  });

  it("is not written to by a connection alone", async () => {
    await bench.session("mail");
    await bench.endRun();
    expect(await bench.names()).toEqual([]);
  });
});

async function* brokenStream(): AsyncGenerator<Uint8Array> {
  yield await Promise.resolve(Buffer.from("à moit"));
  throw new ExodusError("GRAPH_CONNECTION", { params: { reason: "cut" } });
}

async function expectPut(putting: Promise<unknown>): Promise<{ outcome: string; ref: { id: string }; losses: readonly { reason: string }[] }> {
  return (await putting) as { outcome: string; ref: { id: string }; losses: readonly { reason: string }[] };
}
