import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "@jest/globals";
import { thrownBy } from "../../../src/kit/conformance/expectations.js";
import type { Instance } from "../../emulators/cozy/instance.js";
import { EmulatedStack } from "../../emulators/cozy/server.js";
import { CozyBench, groupOwner, SECRET, SIGNAL } from "./bench.js";

const stack = new EmulatedStack(SECRET);
let alice: Instance;
let bench: CozyBench;

beforeAll(() => stack.start());
afterAll(() => stack.stop());
beforeEach(() => {
  alice = stack.add("alice.localhost");
  stack.add("mairie.localhost");
  bench = new CozyBench(stack);
});
afterEach(async () => {
  stack.mishap = () => undefined;
  await bench.close();
  expect(stack.undescribed).toEqual([]);
});

/** Older contents of the one file of that name, as the instance keeps them. */
function versionsOf(name: string, instance = alice): { text: string; tags: readonly string[]; at: string }[] {
  const file = [...instance.documents.values()].find((one) => one.name === name);
  return (instance.versions.get(file?.id ?? "") ?? []).map(({ content, tags, updatedAt }) => ({ text: Buffer.from(content).toString(), tags, at: updatedAt }));
}

describe("older versions", () => {
  const OLD = [
    { text: "un", tags: ["1.0"], at: "2023-02-01T10:00:00Z" }, { text: "deux", tags: ["2.0"], at: "2023-02-02T10:00:00Z" }, { text: "trois", tags: ["3.0"], at: "2023-02-03T10:00:00Z" },
  ];

  it("arrive oldest first with their dates, all of them, although they are sent within one second", async () => {
    const into = await bench.place("Budget");
    const texts = Array.from({ length: 9 }, (_, at) => `texte ${at}`);
    const item = bench.file("budget.txt", "neuf", {}, texts);
    const { losses, ref, outcome } = await bench.put(item, into);
    expect({ losses, outcome, versions: versionsOf("budget.txt").map(({ text, at }) => [text, at]) }).toEqual({ losses: [], outcome: "created", versions: texts.map((text, at) => [text, `2023-02-0${at + 1}T10:00:00Z`]) });
    expect(await bench.verify(item, ref, into)).toEqual({ state: "same", fields: [] });
    stack.writes();
    expect((await bench.put(item, into, ref)).outcome).toBe("unchanged");
    expect(stack.writes()).toEqual([]);
  });

  it("go on where a run was cut, whichever request it was", async () => {
    for (const step of [1, 2, 3, 4]) {
      const into = await bench.place(`Coupure ${step}`);
      const item = bench.file(`coupe ${step}.txt`, "quatre", {}, ["un", "deux", "trois"]);
      let left = step;
      stack.mishap = ({ method, path }) => ((method === "PUT" || (method === "POST" && path === `/files/${into.id}`)) && (left -= 1) === 0 ? "cut-after" : undefined);
      expect((await thrownBy(() => bench.put(item, into))).code).toBe("TARGET_CONNECTION");
      stack.mishap = () => undefined;
      await bench.reopen();
      const known = await bench.find(item, into);
      expect(known).toBeDefined();
      const { losses, ref } = await bench.put(item, into, known);
      expect({ step, losses, versions: versionsOf(`coupe ${step}.txt`), children: alice.children(into.id).length }).toEqual({ step, losses: [], versions: OLD, children: 1 });
      expect((await bench.verify(item, ref, into)).state).toBe("same");
    }
  });

  it.each([
    ["an older content is restored", ["A", "B"], "A"], ["one that was restored is changed again", ["A", "B", "A"], "C"],
  ])("arrive where contents recur: %s, whichever request is cut", async (title, older, body) => {
    const wanted = older.map((text, at) => [text, `${at + 1}.0`]);
    for (let step = 0; step <= older.length + 1; step += 1) {
      const into = await bench.place(`${title} ${step}`);
      const item = bench.file(`${title} ${step}.txt`, body, {}, older);
      let left = step;
      stack.mishap = ({ method, path }) => ((method === "PUT" || (method === "POST" && path === `/files/${into.id}`)) && (left -= 1) === 0 ? "cut-after" : undefined);
      if (step > 0) expect((await thrownBy(() => bench.put(item, into))).code).toBe("TARGET_CONNECTION");
      stack.mishap = () => undefined;
      await bench.reopen();
      const { losses, ref } = await bench.put(item, into, await bench.find(item, into));
      expect({ step, losses, versions: versionsOf(item.title).map(({ text, tags: [tag] }) => [text, tag]) }).toEqual({ step, losses: [], versions: wanted });
      expect(await bench.verify(item, ref, into)).toEqual({ state: "same", fields: [] });
      expect((await bench.put(item, into, ref)).outcome).toBe("unchanged");
    }
  });

  it.each([["A", ["A", "B"]], ["C", ["A", "B", "A"]]])("arrive when an older content was restored since the last time, and %s is the last", async (body, older) => {
    const into = await bench.place("Restaurée");
    const item = bench.file(`restaurée ${body}.txt`, "A");
    const { ref } = await bench.put(item, into);
    const restored = bench.file(item.title, body, { modifiedAt: "2024-05-01T00:00:00Z" }, older, item.key.id);
    expect((await bench.put(restored, into, ref)).losses).toEqual([]);
    expect(versionsOf(item.title).map(({ text, tags: [tag] }) => [text, tag])).toEqual(older.map((text, at) => [text, `${at + 1}.0`]));
  });

  it("that can be none, since the next content has the same bytes, are a named loss, in put and in verify", async () => {
    const into = await bench.place("Pareilles");
    for (const [name, older, lacking] of [["seule.txt", ["A"], "1.0"], ["deux.txt", ["A", "A", "B"], "1.0"]] as const) {
      const item = bench.file(name, "A", {}, older);
      const { losses, ref } = await bench.put(item, into);
      expect(losses).toEqual([{ field: "versions", change: "dropped", side: "target", reason: "files.versions-merged" }]);
      expect((await bench.verify(item, ref, into)).fields).toEqual([{ field: "versions", expected: lacking, found: "" }]);
    }
    expect(versionsOf("deux.txt").map(({ text, tags }) => [text, tags])).toEqual([["A", ["2.0"]], ["B", ["3.0"]]]);
  });

  it("grow by what the source calls the content of the last time", async () => {
    const into = await bench.place("Suite");
    const item = bench.file("suite.txt", "deux", {}, ["un"]);
    const { ref } = await bench.put(item, into);
    const next = bench.file("suite.txt", "quatre", { modifiedAt: "2024-05-01T00:00:00Z" }, ["un", "deux", "trois"], item.key.id);
    const again = await bench.put(next, into, ref);
    expect({ outcome: again.outcome, id: again.ref.id, losses: again.losses }).toEqual({ outcome: "updated", id: ref.id, losses: [] });
    // The date of "deux" is that which it had as the content.
    expect(versionsOf("suite.txt").map(({ text, tags }) => [text, tags])).toEqual([["un", ["1.0"]], ["deux", ["2.0"]], ["trois", ["3.0"]]]);
    expect((await bench.verify(next, again.ref, into)).state).toBe("same");
  });

  it("that the instance does not keep are a named loss, in put and in verify", async () => {
    alice.mostVersions = 0;
    const into = await bench.place("Sans");
    const item = bench.file("sans.txt", "deux", {}, ["un"]);
    const { losses, ref } = await bench.put(item, into);
    expect(losses).toEqual([{ field: "versions", change: "dropped", side: "target", reason: "files.versions-merged" }]);
    expect((await bench.verify(item, ref, into)).fields.map(({ field }) => field)).toEqual(["versions"]);
  });
});

describe("dates", () => {
  it("are kept to the millisecond, before 1970 too, and a change of date alone uploads nothing", async () => {
    const into = await bench.place("Dates");
    const item = bench.file("dates.txt", "x", { createdAt: "1969-07-20T20:17:40.123Z", modifiedAt: "2024-03-31T01:30:15.987Z" });
    const { ref, losses } = await bench.put(item, into);
    expect({ losses, state: (await bench.verify(item, ref, into)).state }).toEqual({ losses: [], state: "same" });
    stack.writes();
    const later = bench.file("dates.txt", "x", { createdAt: "1969-07-20T20:17:40.123Z", modifiedAt: "2025-01-01T00:00:00Z" }, [], item.key.id);
    expect((await bench.put(later, into, ref)).outcome).toBe("updated");
    expect(stack.writes().map((line) => line.split(" ")[1])).toEqual(["PATCH"]);
    expect((await bench.verify(later, ref, into)).state).toBe("same");
  });

  it("of a photo are those of its EXIF, which is a named loss", async () => {
    const into = await bench.place("Photos");
    const item = bench.file("vue.jpg", jpeg("2019:05:04 12:00:00"));
    const { ref, losses } = await bench.put(item, into);
    expect(losses).toEqual([{ field: "createdAt", change: "approximated", side: "target", reason: "files.date-rules" }]);
    expect((await bench.verify(item, ref, into)).fields).toEqual([{ field: "createdAt", expected: "2023-01-15T08:00:00.000Z", found: "2019-05-04T12:00:00.000Z" }]);
  });
});

describe("what belongs to people", () => {
  it("stays: a file of theirs under the same name, one of ours that they wrote over, one that they took elsewhere", async () => {
    const into = await bench.place("Partage");
    const [root] = alice.children("io.cozy.files.root-dir");
    alice.createFile({ name: "à moi.txt", parent: into.id, createdAt: "2020-01-01T00:00:00Z", updatedAt: "2020-01-01T00:00:00Z", tags: [], metadata: {} }, Buffer.from("le mien"));
    const first = await bench.put(bench.file("à moi.txt", "le vôtre"), into);
    expect(first.losses.map(({ reason }) => reason)).toEqual(["files.renamed-conflict"]);

    const item = bench.file("commun.txt", "avant");
    const second = await bench.put(item, into);
    alice.overwrite(alice.byId(second.ref.id), { updatedAt: "2025-01-01T00:00:00Z", tags: [], metadata: {} }, Buffer.from("à lui"));
    const changed = bench.file("commun.txt", "après", { modifiedAt: "2025-02-01T00:00:00Z" }, [], item.key.id);
    const third = await bench.put(changed, into, second.ref);
    expect(third.ref.id).not.toBe(second.ref.id);
    await (await bench.session()).remove(second.ref, into, SIGNAL);

    const taken = await bench.put(bench.file("emporté.txt", "x"), into);
    alice.move(alice.byId(taken.ref.id), "emporté.txt", root?.id ?? "");
    await (await bench.session()).remove(taken.ref, into, SIGNAL);
    expect(alice.children(into.id).map(({ name, content }) => [name, Buffer.from(content).toString()]).sort()).toEqual([
      ["commun (o365).txt", "après"], ["commun.txt", "à lui"], ["à moi (o365).txt", "le vôtre"], ["à moi.txt", "le mien"],
    ]);
    expect(alice.byId(taken.ref.id).trashed).toBe(false);
  });

  it("is used when a file of theirs has the very bytes, and neither written over nor removed, by this vault or the next", async () => {
    const into = await bench.place("Même");
    const theirs = alice.createFile({ name: "plan.txt", parent: into.id, createdAt: "2020-01-01T00:00:00Z", updatedAt: "2020-01-01T00:00:00Z", tags: ["à garder"], metadata: { leur: 1 } }, Buffer.from("plan"));
    const next = new CozyBench(stack);
    for (const one of [bench, next]) {
      const item = one.file("plan.txt", "plan", {}, ["plan", "autre"]);
      const { ref } = await one.put(item, into);
      expect(ref.id).toBe(theirs.id);
      await (await one.session()).remove(ref, into, SIGNAL);
      expect(alice.byId(theirs.id)).toMatchObject({ trashed: false, parent: into.id, metadata: { leur: 1 }, tags: ["à garder"] });
      const changed = one.file("plan.txt", `le nôtre, de ${one === bench ? "un" : "deux"}`, { modifiedAt: "2025-02-01T00:00:00Z" }, [], item.key.id);
      const { ref: ours, losses } = await one.put(changed, into, ref);
      expect({ same: ours.id === theirs.id, losses: losses.map(({ reason }) => reason) }).toEqual({ same: false, losses: ["files.renamed-conflict"] });
      expect((await one.put(changed, into)).ref.id).toBe(ours.id);
      await (await one.session()).remove(ours, into, SIGNAL);
    }
    await next.close();
    expect(alice.children(into.id).map(({ name, content }) => [name, Buffer.from(content).toString()])).toEqual([["plan.txt", "plan"]]);
    expect(alice.versions.get(theirs.id)).toBeUndefined();
  });

  it("goes to the trash when the source removed it, and is made anew when they threw it away", async () => {
    const into = await bench.place("Corbeille");
    const item = bench.file("vieux.txt", "x");
    const { ref } = await bench.put(item, into);
    await (await bench.session()).remove(ref, into, SIGNAL);
    expect(alice.byId(ref.id)).toMatchObject({ trashed: true, restorePath: "/Corbeille" });
    const again = await bench.put(item, into, ref);
    expect(again.ref.id).not.toBe(ref.id);
    // A folder in the trash is no place either.
    alice.trash(alice.byId(into.id));
    const id = bench.container("Corbeille").id;
    const anew = await (await bench.reopen()).prepare(bench.container("Corbeille", id), into.id, SIGNAL);
    expect({ created: anew.created, same: anew.id === into.id }).toEqual({ created: true, same: false });
  });

  it("is taken for the item when it holds the same bytes: a lost vault doubles nothing", async () => {
    const into = await bench.place("Perdu");
    const item = bench.file("même.txt", "mêmes octets", {}, ["avant"]);
    const { ref } = await bench.put(item, into);
    const another = new CozyBench(stack);
    const twin = another.file("même.txt", "mêmes octets", {}, ["avant"]);
    const again = await another.put(twin, into);
    await another.close();
    expect({ id: again.ref.id, losses: again.losses, children: alice.children(into.id).length }).toEqual({ id: ref.id, losses: [], children: 1 });
  });
});

describe("folders", () => {
  it("of hundreds of files are listed to their end, and deep ones are found although their path is too long to be asked for", async () => {
    const into = await bench.place("Longue");
    for (let at = 0; at < 450; at += 1) alice.createFile({ name: `f${at}`, parent: into.id, createdAt: "2020-01-01T00:00:00Z", updatedAt: "2020-01-01T00:00:00Z", tags: [], metadata: {} }, Buffer.from("x"));
    expect(await (await bench.session()).removeContainer(into.id, SIGNAL)).toBe(false);
    let placed = bench.container("Longue", "racine-longue");
    let deep = await (await bench.session()).prepare(placed, into.id, SIGNAL);
    for (let level = 0; level < 8; level += 1) {
      placed = { ...placed, id: `n${level}`, parentId: placed.id, name: "é".repeat(115), path: [...placed.path, "é".repeat(115)] };
      deep = await (await bench.session()).prepare(placed, undefined, SIGNAL);
    }
    const item = bench.file("profond.txt", "x", {}, ["avant"]);
    const { ref } = await bench.put(item, deep);
    stack.log.splice(0);
    await bench.reopen();
    expect((await bench.find(item, deep))?.id).toBe(ref.id);
    expect(await bench.put(item, deep)).toMatchObject({ outcome: "unchanged", losses: [] });
    expect(Math.max(...stack.log.map(({ path }) => path.length))).toBeLessThan(4_200);
  });

  it("are asked for once, and again when somebody renamed one meanwhile", async () => {
    const into = await bench.place("Avant");
    const [one, two] = [bench.file("un.txt", "un"), bench.file("deux.txt", "deux")];
    stack.log.splice(0);
    const { ref } = await bench.put(one, into);
    await bench.put(two, into);
    const asked = (): string[] => stack.log.splice(0).filter(({ method, path }) => method === "GET" && path.startsWith(`/files/${into.id}`)).map(({ path }) => path);
    expect(asked()).toEqual([]);
    alice.move(alice.byId(into.id), "Après", "io.cozy.files.root-dir");
    expect((await thrownBy(() => bench.put(one, into))).code).toBe("TARGET_PASSING");
    expect(await bench.put(one, into)).toMatchObject({ outcome: "unchanged", ref: { id: ref.id } });
    expect({ asked: asked().length, children: alice.children(into.id).length }).toEqual({ asked: 1, children: 2 });
  });

  it("whose names differ by the form of a letter alone stay two, although the stack answers one for the other", async () => {
    alice.foldsForms = true;
    const places = [["composed", "r\u00e9serve"], ["decomposed", "re\u0301serve"]] as const;
    const ids = async (): Promise<string[]> => {
      const found: string[] = [];
      for (const [id, name] of places) found.push((await bench.place(name, id)).id);
      return found;
    };
    const made = await ids();
    await bench.reopen();
    expect({ again: await ids(), names: made.map((id) => alice.byId(id).name) }).toEqual({ again: made, names: places.map(([, name]) => name) });
    expect(new Set(made).size).toBe(2);
  });
});

describe("libraries", () => {
  it("become shared drives of the organisation's instance, each once, whatever is cut, and twins of one name two", async () => {
    const mairie = stack.add("mairie.localhost");
    const eau = { owner: groupOwner("eau", "Projet Eau"), name: "eau@commune.example" };
    const group = new CozyBench(stack, eau);
    stack.mishap = ({ method, path }) => (method === "POST" && path === "/sharings/drives" ? { status: 403 } : undefined);
    expect((await thrownBy(() => group.place("", "racine"))).code).toBe("TARGET_SCOPE");
    stack.mishap = () => undefined;
    await group.reopen();
    const drive = await group.place("", "racine");
    const again = new CozyBench(stack, eau);
    expect((await again.place("", "racine", drive.id)).id).toBe(drive.id);
    await again.put(again.file("plan.txt", "plan"), drive);
    const twin = new CozyBench(stack, { owner: groupOwner("eau-2", "Projet Eau"), name: "eau-2@commune.example" });
    const other = await twin.place("", "racine-2");
    for (const one of [group, again, twin]) await one.close();
    expect(mairie.sharings.map(({ root, description }) => [root, description])).toEqual([[drive.id, "Projet Eau"], [other.id, "Projet Eau"]]);
    expect({ path: mairie.pathOf(mairie.byId(drive.id)), losses: other.losses.map(({ reason }) => reason) }).toEqual({ path: "/Drives/Projet Eau", losses: ["container.marked"] });
    expect(alice.children("io.cozy.files.root-dir").map(({ name }) => name)).not.toContain("Projet Eau");
  });
});

/** The least JPEG that tells when it was taken. */
function jpeg(taken: string): Buffer {
  const tiff = Buffer.alloc(46);
  tiff.write("II*\0", 0, "latin1");
  tiff.writeUInt32LE(8, 4);
  tiff.writeUInt16LE(1, 8);
  tiff.writeUInt16LE(0x0132, 10);
  tiff.writeUInt16LE(2, 12);
  tiff.writeUInt32LE(20, 14);
  tiff.writeUInt32LE(26, 18);
  tiff.write(`${taken}\0`, 26, "latin1");
  const app1 = Buffer.concat([Buffer.from("Exif\0\0", "latin1"), tiff]);
  const length = Buffer.alloc(2);
  length.writeUInt16BE(app1.length + 2);
  return Buffer.concat([Buffer.from([0xff, 0xd8, 0xff, 0xe1]), length, app1, Buffer.from([0xff, 0xd9])]);
}
