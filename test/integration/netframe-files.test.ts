import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "@jest/globals";
import type { Adapter, PutResult, TargetContainer, TargetRef, TargetSession } from "../../src/core/adapter.js";
import type { Item, PlacedContainer } from "../../src/core/item.js";
import { thrownBy } from "../../src/kit/conformance/expectations.js";
import { contextOf, MemoryBlobs, MemoryLedger, sampleOwner } from "../../src/kit/conformance/harness.js";
import { HOSTILE_NAMES } from "../../src/kit/conformance/hostile-names.js";
import { sampleItem } from "../../src/kit/conformance/sample-item.js";
import { EmulatedNetframe, type Mishap } from "../emulators/netframe/server.js";
import type { StoredMedia } from "../emulators/netframe/store.js";
import { HOUSE, openNetframe, SERVICE } from "../netframe.js";

const SIGNAL = new AbortController().signal;
const PROFILE = `${HOUSE.type}/${HOUSE.id}`;
const TOP: PlacedContainer = { workload: "files", owner: "zoe", id: "racine", name: "", path: [] };
const folder = (id: string, ...path: string[]): PlacedContainer => ({ workload: "files", owner: "zoe", id, parentId: "racine", name: path.at(-1) ?? "", path });
const blobs = new MemoryBlobs();

let server: EmulatedNetframe;
let ledger: MemoryLedger;
let opened: Adapter;
let session: TargetSession;
let into: TargetContainer;

async function open(more: Record<string, unknown> = {}): Promise<void> {
  opened = await openNetframe(server, more);
  session = await opened.connect({ owner: sampleOwner("zoe"), name: "zoe" }, "files", SIGNAL);
}

async function reopen(more: Record<string, unknown> = {}): Promise<void> {
  await session.close();
  await opened.close();
  await open(more);
}

function file(name: string, content: string | Uint8Array = `contenu de ${name}`, id = name): Item {
  const body = blobs.add(content, ".bin");
  return sampleItem("files", name, { v: 1, type: "file", name, size: body.size, versions: [] }, body, id);
}

const context = (item: Item, known?: TargetRef, at = into): ReturnType<typeof contextOf> => contextOf({ blobs, ledger, signal: SIGNAL }, item, TOP, at, known);

async function put(item: Item, known?: TargetRef): Promise<Exclude<PutResult, { outcome: "skipped" }>> {
  const result = await session.put(item, context(item, known));
  if (result.outcome === "skipped") throw new Error(result.code);
  ledger.settle(into, result.ref, item);
  return result;
}

/** The mishap befalls the first request of that name alone. */
function once(name: string, mishap: Mishap, nth = 1): void {
  let left = nth;
  server.mishap = (asked) => (asked === name && --left === 0 ? mishap : undefined);
}

const numberOf = ({ id }: { readonly id: string }): number => Number(id.split("/").at(-1));
const standing = (): string[] => server.store.mediasIn(PROFILE, numberOf(into)).map(({ name, bytes }) => `${name}: ${bytes.toString()}`);
/** One that somebody else put there. */
function foreign(name: string, content: string): StoredMedia {
  const media: StoredMedia = { id: server.store.next(), user: 8, name, bytes: Buffer.from(content), linked: 1, place: { profile: PROFILE, folder: numberOf(into) } };
  server.store.medias.set(media.id, media);
  return media;
}
const UPLOAD = "POST /media/upload";
const uploads = (): number => server.writes().filter((name) => name === UPLOAD).length;

beforeAll(async () => {
  server = new EmulatedNetframe([SERVICE], { [PROFILE]: 2, "project/3": 5 });
  await server.start();
});
afterAll(() => server.stop());
beforeEach(async () => {
  server.store.clear();
  server.mishap = () => undefined;
  server.routes.full = false;
  ledger = new MemoryLedger();
  await open();
  into = await session.prepare(TOP, undefined, SIGNAL);
  server.writes();
});
afterEach(async () => {
  server.mishap = () => undefined;
  await session.close();
  await opened.close();
  expect([server.undescribed.splice(0), server.store.mails, server.store.pushes, server.store.posts.size]).toEqual([[], [], [], 0]);
});

describe("a file", () => {
  it("stands in its folder at once, found by no search of those outside, and nobody is told", async () => {
    const { outcome, ref } = await put(file("Avis.docx", "avis"));
    const media = server.store.medias.get(Number(ref.id));
    expect([outcome, standing(), media?.linked, media?.confidentiality]).toEqual(["created", ["Avis.docx: avis"], 1, 0]);
  });

  it.each([["cut", undefined, ["a.txt: a"]], ["cut-after", "1", ["a.txt: a"]]] as const)("whose upload is %s is found or is not, and stands once", async (mishap, found, stands) => {
    await put(file("b.txt"));
    once(UPLOAD, mishap);
    await thrownBy(() => put(file("a.txt", "a")));
    await reopen();
    const ref = await session.find(file("a.txt", "a"), context(file("a.txt", "a")));
    expect(ref === undefined ? undefined : "1").toBe(found);
    await put(file("a.txt", "a"), ref);
    expect(standing().filter((one) => one.startsWith("a"))).toEqual(stands);
  });

  it("that changes keeps its number and its earlier version; a lost answer makes no second one", async () => {
    const { ref } = await put(file("a.txt", "un"));
    once(UPLOAD, "cut-after");
    const changed = file("a.txt", "deux");
    await thrownBy(() => put(changed, ref));
    const again = await put(changed, ref);
    expect([again.outcome, again.ref.id, standing(), server.store.archives.map(({ bytes }) => bytes.toString())]).toEqual(["unchanged", ref.id, ["a.txt: deux"], ["un"]]);
    expect(await session.find(changed, context(changed, again.ref))).toEqual(again.ref);
  });

  it("whose change got no answer is found by the next run, and made anew where the source has gone back since", async () => {
    const [before, after] = [file("a.txt", "un"), file("a.txt", "deux")];
    const { ref } = await put(before);
    once(UPLOAD, "cut-after");
    await thrownBy(() => put(after, ref));
    await reopen();
    const found = await session.find(after, context(after, ref));
    expect([found?.id, found?.etag === ref.etag, standing()]).toEqual([ref.id, false, ["a.txt: deux"]]);
    expect(await session.find(before, context(before, ref))).toBeUndefined();
    expect([(await put(before, ref)).ref.id, standing()]).toEqual([ref.id, ["a.txt: un"]]);
  });

  it("that is renamed keeps its number; one that people have renamed gets its name back with its next content", async () => {
    const { ref } = await put(file("a.txt", "un", "1"));
    expect([(await put(file("b.txt", "un", "1"), ref)).ref.id, standing()]).toEqual([ref.id, ["b.txt: un"]]);
    Object.assign(server.store.medias.get(Number(ref.id)) ?? {}, { name: "à moi.txt" });
    expect([(await put(file("b.txt", "deux", "1"), ref)).ref.id, standing()]).toEqual([ref.id, ["b.txt: deux"]]);
  });

  it("of any name arrives under one that gives it back, apart from all others", async () => {
    const items = HOSTILE_NAMES.map(({ name }) => file(`${name}.txt`));
    for (const item of items) expect(await session.verify(item, (await put(item)).ref, context(item))).toEqual({ state: "same", fields: [] });
    expect(new Set(standing().map((one) => one.split(": ")[0])).size).toBe(items.length);
    expect(standing().length).toBe(items.length);
  });

  it("whose name the database takes for another's stands beside it, and is found there after a lost answer", async () => {
    const theirs = foreign("été.txt", "à quelqu'un");
    await put(file("b.txt"));
    once(UPLOAD, "cut-after");
    const item = file("Ete.txt", "à nous");
    await thrownBy(() => put(item));
    const { outcome, losses } = await put(item);
    expect([outcome, losses.map(({ reason }) => reason), theirs.bytes.toString()]).toEqual(["unchanged", ["files.renamed-conflict"], "à quelqu'un"]);
    expect(standing().sort()).toEqual(["Ete (o365).txt: à nous", "b.txt: contenu de b.txt", "été.txt: à quelqu'un"]);
  });

  it("is not somebody's of the same bytes, whose name only the database takes for its own; of the very name it is", async () => {
    const theirs = [foreign("été.txt", "même"), foreign("b.txt", "même")];
    const [beside, same] = [await put(file("ete.txt", "même")), await put(file("b.txt", "même"))];
    expect([beside.outcome, beside.ref.id === String(theirs[0]?.id), same.outcome, same.ref.id === String(theirs[1]?.id)]).toEqual(["created", false, "unchanged", true]);
  });

  it.each([["Logo.PNG", "FILE_KIND_CHANGED"], ["film.mp4", "FILE_KIND_CHANGED"], ["base.mdb", "FILE_KIND_REFUSED"], ["LISEZMOI", "FILE_KIND_REFUSED"], ["point.", "FILE_KIND_REFUSED"]])("%s is left out by rule without a request", async (name, code) => {
    expect([await session.put(file(name), context(file(name))), await session.find(file(name), context(file(name))), (await opened.foresee(file(name))).skipped]).toEqual([{ outcome: "skipped", code }, undefined, code]);
    expect(uploads()).toBe(0);
  });
});

describe("a refusal", () => {
  it("for want of room is one of the account's", async () => {
    server.routes.full = true;
    expect((await thrownBy(() => put(file("a.txt")))).code).toBe("TARGET_QUOTA_FULL");
    server.routes.full = false;
    expect([(await put(file("a.txt"))).outcome, standing().length]).toEqual(["created", 1]);
  });

  it.each(["POST /medias/test-file-folder", UPLOAD, "GET /media/download/N"])("by a page of something in front of %s is one in passing, and doubles nothing", async (name) => {
    once(name, "page");
    expect((await thrownBy(() => put(file("a.txt", "a")))).code).toBe("TARGET_PASSING");
    await put(file("a.txt", "a"));
    expect(standing()).toEqual(["a.txt: a"]);
  });

  it("of the first file that comes back otherwise stops the run", async () => {
    once(UPLOAD, { json: { files: [{ id: 99, name: "a.txt", size: 1 }] } });
    foreign("c.txt", "c");
    expect((await thrownBy(() => put(file("a.txt", "a")))).code).toBe("TARGET_NOT_KEPT");
  });

  it.each([[{ profiles: {} }, 'no group is named for "zoe" in "profiles"'], [{ profiles: { zoe: "project/3" } }, "medias/load-profile-folders: no right in project/3"]])("where no group takes the files: %j", async (more, reason) => {
    await reopen(more);
    const error = await thrownBy(() => session.prepare(TOP, undefined, SIGNAL));
    expect([error.code, error.params["reason"]]).toEqual(["TARGET_CONTAINER_REFUSED", reason]);
  });
});

describe("a session", () => {
  it.each([["ends", () => server.endSessions()], ["has another token", () => server.changeTokens()]])("that %s is signed in again, before an upload and before bytes that are read", async (_title, end) => {
    const { ref } = await put(file("a.txt", "a"));
    end();
    await put(file("b.txt", "b"));
    end();
    expect([(await session.verify(file("a.txt", "a"), ref, context(file("a.txt", "a")))).state, standing()]).toEqual(["same", ["a.txt: a", "b.txt: b"]]);
  });
});

describe("what is taken away", () => {
  it("is what was put there, where it stands; not what people have changed or moved, nor what is locked", async () => {
    const items = ["a.txt", "b.txt", "c.txt", "d.txt"].map((name) => file(name));
    const refs: TargetRef[] = [];
    for (const item of items) refs.push((await put(item)).ref);
    const [a, b, c, d] = refs.map(({ id }) => server.store.medias.get(Number(id)));
    const elsewhere = await session.prepare(folder("x", "X"), undefined, SIGNAL);
    Object.assign(b ?? {}, { bytes: Buffer.from("à eux") });
    if (c?.place !== undefined) c.place.folder = numberOf(elsewhere);
    Object.assign(d ?? {}, { locked: true });
    for (const ref of refs.slice(0, 3)) await session.remove(ref, into, SIGNAL);
    expect((await thrownBy(() => session.remove(refs[3] ?? { id: "" }, into, SIGNAL))).code).toBe("TARGET_REFUSED_ITEM");
    expect([a, b, c, d].map((one) => server.store.medias.has(one?.id ?? 0))).toEqual([false, true, true, true]);
  });

  it("is found in its folder though another's name hides it", async () => {
    const theirs = foreign("b.txt", "à eux");
    const { ref } = await put(file("a.txt"));
    theirs.name = "A.txt";
    await session.remove(ref, into, SIGNAL);
    expect(standing()).toEqual(["A.txt: à eux"]);
  });

  it("is no folder that holds anything, shown or under a workflow", async () => {
    const at = await session.prepare(folder("x", "X"), undefined, SIGNAL);
    const theirs = foreign("leur.txt", "à eux");
    if (theirs.place !== undefined) theirs.place.folder = numberOf(at);
    for (const underWorkflow of [false, true]) {
      theirs.underWorkflow = underWorkflow;
      expect(await session.removeContainer(at.id, SIGNAL)).toBe(false);
    }
    server.store.medias.delete(theirs.id);
    once("POST /medias/delete", "cut-after");
    expect([await session.removeContainer(at.id, SIGNAL), server.store.folders.has(numberOf(at)), await session.removeContainer(at.id, SIGNAL)]).toEqual([true, false, true]);
  });
});

describe("a folder", () => {
  it("whose making got no answer is made once, with the ledger and without", async () => {
    await session.prepare(folder("w", "W"), undefined, SIGNAL);
    for (const known of [undefined, into.id]) {
      await reopen();
      await session.prepare(TOP, known, SIGNAL);
      once("POST /medias/edit-folder/house/N", "cut-after");
      await session.prepare(folder("x", "X"), undefined, SIGNAL);
    }
    expect([...server.store.folders.values()].map(({ name }) => name).filter((name) => name === "X")).toEqual(["X"]);
  });

  it("of the account is known by its number, whatever people call it; without the ledger by its reference", async () => {
    const root = server.store.folders.get(numberOf(into));
    expect(root?.name).toMatch(/^zoe o365-[a-z2-7]{16}$/);
    await reopen();
    expect((await session.prepare(TOP, undefined, SIGNAL)).id).toBe(into.id);
    Object.assign(root ?? {}, { name: "Zoé" });
    await reopen();
    expect([(await session.prepare(TOP, into.id, SIGNAL)).id, root?.name]).toEqual([into.id, "Zoé"]);
  });

  it("that the source moves and renames is moved and renamed; one that people moved stays there", async () => {
    const x = await session.prepare(folder("x", "X"), undefined, SIGNAL);
    const y = await session.prepare(folder("y", "Y"), undefined, SIGNAL);
    const moved: PlacedContainer = { ...folder("y", "X", "Y bis"), parentId: "x" };
    await reopen();
    await session.prepare(TOP, into.id, SIGNAL);
    await session.prepare(folder("x", "X"), x.id, SIGNAL);
    once("POST /medias/edit-folder/house/N", "cut-after");
    const after = await session.prepare(moved, y.id, SIGNAL);
    expect(server.store.folders.get(numberOf(y))).toMatchObject({ name: "Y bis", parent: numberOf(x) });
    Object.assign(server.store.folders.get(numberOf(y)) ?? {}, { parent: 0 });
    await reopen();
    await session.prepare(TOP, into.id, SIGNAL);
    await session.prepare(folder("x", "X"), x.id, SIGNAL);
    expect([(await session.prepare(moved, after.id, SIGNAL)).id, server.store.folders.get(numberOf(y))?.parent]).toEqual([after.id, 0]);
  });

  it("of a name that another was known by is no adopted one: what is full is another's", async () => {
    const x = await session.prepare(folder("x", "X"), undefined, SIGNAL);
    Object.assign(foreign("a.txt", "a").place ?? {}, { folder: numberOf(x) });
    await reopen();
    await session.prepare(TOP, into.id, SIGNAL);
    const taking = await session.prepare(folder("z", "X"), undefined, SIGNAL);
    expect(taking.losses.map(({ reason }) => reason)).toEqual(["container.marked"]);
    expect((await session.prepare(folder("x", "Ancien X"), x.id, SIGNAL)).id).toBe(x.id);
  });
});
