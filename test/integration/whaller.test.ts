import { createHash, randomUUID } from "node:crypto";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "@jest/globals";
import { adapter } from "../../adapters/whaller/index.js";
import { applicationHeader, personTokens } from "../../adapters/whaller/sign-in.js";
import type { Adapter, TargetContainer, TargetRef, TargetSession } from "../../src/core/adapter.js";
import type { Item, PlacedContainer } from "../../src/core/item.js";
import type { FileRecord } from "../../src/format/records.js";
import { thrownBy } from "../../src/kit/conformance/expectations.js";
import { contextOf, MemoryBlobs, MemoryLedger, sampleOwner } from "../../src/kit/conformance/harness.js";
import { sampleItem } from "../../src/kit/conformance/sample-item.js";
import { retrying } from "../../src/lib/retry.js";
import { DEFAULTS, type Mishap } from "../emulators/whaller/server.js";
import { testAccess, testEnvironment } from "../environment.js";
import { taken, type Taken } from "../taken.js";
import { APPLICATION, emulatedWhaller, PERSON, whallerOptions } from "../whaller.js";

const SIGNAL = new AbortController().signal;
const SPHERE = "7cc4wo";
const PIECE = 10 * 1024 * 1024;
const server = emulatedWhaller({ [SPHERE]: "Eau", autre: "Autre" });
const { store, settings } = server;
const blobs = new MemoryBlobs();
const TOP: PlacedContainer = { workload: "files", owner: "eau", id: "racine", name: "", path: [] };
const DOSSIER: PlacedContainer = { workload: "files", owner: "eau", id: "dossier", parentId: "racine", name: "Marchés", path: ["Marchés"] };
let ledger = new MemoryLedger();
let opened: Adapter;
let session: TargetSession;
let into: TargetContainer;
/** What stood in the folder each time that `put` said that it sends. */
let told: number[] = [];

async function open(more: Record<string, unknown> = {}, password = PERSON.password): Promise<void> {
  const environment = testEnvironment("box", { "env:WHALLER_TOKEN": APPLICATION.clientToken, "env:WHALLER_PASSWORD": password });
  opened = await adapter.create(adapter.options.parse({ ...whallerOptions(server, { "Qualité-Eau": SPHERE }), ...more }), environment);
  session = await opened.connect({ owner: sampleOwner("qualité-eau"), name: "qualité-eau" }, "files", SIGNAL);
}

async function shut(): Promise<void> {
  await session.close();
  await opened.close();
}

function file(name: string, content: string | Uint8Array, id: string = randomUUID(), more: Partial<FileRecord> = {}): Item {
  const body = blobs.add(content, ".bin");
  return sampleItem<FileRecord>("files", name, { v: 1, type: "file", name, size: body.size, versions: [], ...more }, body, id);
}

const contextFor = (item: Item, known?: TargetRef): ReturnType<typeof contextOf> => ({
  ...contextOf({ blobs, ledger, signal: SIGNAL }, item, DOSSIER, into, known), sending: () => Promise.resolve(void told.push(store.files().length)),
});

async function put(item: Item, known?: TargetRef): Promise<Taken> {
  const result = taken(await session.put(item, contextFor(item, known)));
  ledger.settle(into, result.ref, item);
  return result;
}

const sha = (content: string | Uint8Array): string => createHash("sha256").update(content).digest("hex");
/** Names of what stands in the folder, by the emulator's own store. */
const standing = (): string[] => store.files().map((line) => line.replace(/ \w+$/, "").replace(`${SPHERE}/qualité-eau/Marchés/`, ""));
/** The mishap befalls the first request of that path alone. */
function once(path: RegExp, mishap: Mishap): void {
  let left = 1;
  server.mishap = (asked) => (path.test(asked) && left-- > 0 ? mishap : undefined);
}
const [UPLOAD, ENTRY] = [/^upload\//, /boxresources$/];

beforeAll(() => server.start());
afterAll(() => server.stop());
beforeEach(async () => {
  Object.assign(settings, DEFAULTS);
  [server.mishap, ledger, told] = [() => undefined, new MemoryLedger(), []];
  store.clear();
  await open();
  await session.prepare(TOP, undefined, SIGNAL);
  into = await session.prepare(DOSSIER, undefined, SIGNAL);
  server.log.splice(0);
});
afterEach(async () => {
  await shut();
  expect(server.undescribed.splice(0)).toEqual([]);
});

describe("an account's files in the box of its sphere", () => {
  it("stand in a folder of their own, under their names, with their type; folders in folders", async () => {
    await put(file("Avis v1.2.final.pdf", "un", "a", { mediaType: "application/pdf" }));
    await put(file(".gitignore", "deux", "b", { mediaType: "x\r\nEvil: 1" }));
    await put(file("LISEZMOI", "trois"));
    const below: PlacedContainer = { ...DOSSIER, id: "2026", parentId: DOSSIER.id, name: "2026", path: ["Marchés", "2026"] };
    await session.prepare(below, undefined, SIGNAL);
    expect(store.folders()).toEqual(["7cc4wo/qualité-eau", "7cc4wo/qualité-eau/Marchés", "7cc4wo/qualité-eau/Marchés/2026"]);
    expect(store.files()).toEqual(["Avis v1.2.final.pdf", ".gitignore", "LISEZMOI"].map((name, at) => `7cc4wo/qualité-eau/Marchés/${name} ${sha(["un", "deux", "trois"][at] ?? "")}`));
    expect(store.resources.filter(({ type }) => type === 2).map(({ name, ext, cloudFile }) => [name, ext, cloudFile?.mediaType])).toEqual([
      ["Avis v1.2.final", "pdf", "application/pdf"], [".gitignore", "", "application/octet-stream"], ["LISEZMOI", "", "application/octet-stream"],
    ]);
  });

  it.each([[0, 1], [PIECE, 1], [PIECE + 1, 2], [25_000_000, 3]])("of %i bytes are sent in %i pieces", async (size, pieces) => {
    const content = Buffer.alloc(size, "0123456789é");
    await put(file("gros.bin", content));
    expect([server.log.filter((path) => UPLOAD.test(path)).length, store.files(), store.pending.size]).toEqual([pieces, [`7cc4wo/qualité-eau/Marchés/gros.bin ${sha(content)}`], 0]);
  });

  it("of one name, in letters of another case too, and folders likewise, are told apart by a mark, which is a named loss", async () => {
    await put(file("Note.txt", "une"));
    const second = file("note.txt", "deux");
    const { ref, losses } = await put(second);
    expect([standing(), losses]).toEqual([["Note.txt", expect.stringMatching(/^note \(o365-[a-z2-7]{16}\)\.txt$/)], [{ field: "name", change: "approximated", side: "target", reason: "files.renamed-conflict" }]]);
    expect((await put(second, ref)).losses).toEqual(losses);
    const twin = await session.prepare({ ...DOSSIER, id: "autre", name: "MARCHÉS", path: ["MARCHÉS"] }, undefined, SIGNAL);
    expect([twin.losses.map(({ reason }) => reason), store.folders()[2]]).toEqual([["container.marked"], expect.stringMatching(/MARCHÉS \(o365-[a-z2-7]{16}\)$/)]);
  });

  it("stay as they were sent: a change or a new name is told as lost, and nothing is sent", async () => {
    const { ref } = await put(file("a.txt", "un", "id"));
    server.log.splice(0);
    const told = async (name: string, content: string): Promise<string[]> => (await put(file(name, content, "id"), ref)).losses.map(({ field, reason }) => `${field}: ${reason}`);
    expect(await told("a.txt", "un")).toEqual([]);
    expect(await told("a.txt", "deux")).toEqual(["content: files.unchangeable"]);
    expect(await told("b.txt", "deux")).toEqual(["name: files.unchangeable", "content: files.unchangeable"]);
    expect([standing(), server.log]).toEqual([["a.txt"], []]);
  });

  it("have folders that stay as they were made: a new name or place is told as lost; the next run knows them by their address, whatever the sphere is by then", async () => {
    await shut();
    await open({ spheres: { "qualité-eau": "autre" } });
    server.log.splice(0);
    const top = await session.prepare(TOP, `${SPHERE}//qualit%C3%A9-eau/101`, SIGNAL);
    expect([top.losses, (await session.prepare(DOSSIER, into.id, SIGNAL)).losses]).toEqual([[], []]);
    const renamed = await session.prepare({ ...DOSSIER, name: "Marchés publics", path: ["Marchés publics"] }, into.id, SIGNAL);
    const moved = await session.prepare({ ...DOSSIER, id: "autre", parentId: "dossier", path: ["x", "Marchés"] }, into.id, SIGNAL);
    expect([renamed.id, renamed.losses.map(({ reason }) => reason), moved.losses.map(({ reason }) => reason), server.log]).toEqual([into.id, ["container.stays"], ["container.stays"], []]);
    await put(file("a.txt", "un"));
    expect(standing()).toEqual(["a.txt"]);
  });

  it("lose what a box has no place for, by name", async () => {
    const { losses } = await put(file("tout.txt", "x", "id", { createdAt: "2020-01-01T00:00:00Z", createdBy: "Zoé", permissions: { inherits: true, granted: [] }, versions: [{ id: "1.0", size: 1, sha256: "0".repeat(64) }] }));
    expect(losses.map(({ reason }) => reason).sort()).toEqual(["files.authors", "files.dates", "files.permissions", "files.versions"]);
  });
});

describe("an answer that is lost", () => {
  const item = (): Item => file("une-fois.txt", "contenu");

  it.each<[string, Mishap, string, number]>([
    ["cut before the entry was made", "cut", "TARGET_UNSURE", 0],
    ["cut after it was made", "cut-after", "TARGET_UNSURE", 1],
    ["an error of the server", 500, "TARGET_UNSURE", 0],
    ["a gateway's error", 502, "TARGET_UNSURE", 0],
    ["a gateway's patience", 504, "TARGET_UNSURE", 0],
    ["a page in its place", "page", "TARGET_UNSURE", 0],
    ["no room for now", 503, "TARGET_PASSING", 0],
    ["too slow", 408, "TARGET_PASSING", 0],
    ["too many requests", 429, "TARGET_THROTTLED", 0],
    ["another place", 302, "TARGET_UNREACHABLE", 0],
    ["a refusal in words", { error: "Quota dépassé" }, "TARGET_REFUSED_ITEM", 0],
    ["a refusal by number", 404, "TARGET_REFUSED_ITEM", 0],
  ])("by a file's entry is told from one that surely was not made: %s", async (_what, mishap, code, count) => {
    once(ENTRY, mishap);
    const error = await thrownBy(() => put(item()));
    expect({ code: error.code, told, standing: standing().length, sent: server.writes().length }).toEqual({ code, told: [0], standing: count, sent: 2 });
    if (code === "TARGET_UNSURE") expect(error.params["reason"]).toMatch(/^boxresources, file: .+; sphere\/7cc4wo\/box\/102$/);
  });

  it.each<[string, Mishap, string]>([
    ["cut", "cut", "TARGET_CONNECTION"],
    ["cut after they were there", "cut-after", "TARGET_CONNECTION"],
    ["an error of the server", 500, "TARGET_PASSING"],
    ["a page", "page", "TARGET_PASSING"],
    ["too many requests", 429, "TARGET_THROTTLED"],
    ["too large", 413, "TARGET_REFUSED_ITEM"],
    ["a refusal in words", { error: "Virus" }, "TARGET_REFUSED_ITEM"],
  ])("by the bytes leaves no doubt, and they are sent again: %s", async (_what, mishap, code) => {
    once(UPLOAD, mishap);
    const twice = item();
    expect([(await thrownBy(() => put(twice))).code, told, standing()]).toEqual([code, [], []]);
    await put(twice);
    // What is nobody's is no entry of the box.
    expect([standing(), store.cloudFiles.length]).toEqual([["une-fois.txt"], mishap === "cut-after" ? 2 : 1]);
  });

  it("by a piece in the middle has all of them sent anew, under another number", async () => {
    const content = Buffer.alloc(25_000_000, "é");
    let pieces = 0;
    server.mishap = (path) => (UPLOAD.test(path) && (pieces += 1) === 2 ? "cut-after" : undefined);
    const large = file("gros.bin", content);
    expect((await thrownBy(() => put(large))).code).toBe("TARGET_CONNECTION");
    await put(large);
    expect([pieces, store.files(), store.pending.size]).toEqual([5, [`7cc4wo/qualité-eau/Marchés/gros.bin ${sha(content)}`], 1]);
  });

  const NEW: PlacedContainer = { ...DOSSIER, id: "neuf", name: "Neuf", path: ["Neuf"] };
  it.each<[string, Mishap, string, number]>([
    ["cut before it was made", "cut", "TARGET_CONTAINER_UNSURE", 0],
    ["cut after it was made", "cut-after", "TARGET_CONTAINER_UNSURE", 1],
    ["a gateway's error", 502, "TARGET_CONTAINER_UNSURE", 0],
    ["a page in its place", "page", "TARGET_CONTAINER_UNSURE", 0],
    ["a refusal in words", { error: "Interdit" }, "TARGET_CONTAINER_REFUSED", 0],
    ["another place", 302, "TARGET_UNREACHABLE", 0],
  ])("by a folder is told, and it is not made again: %s", async (_what, mishap, code, count) => {
    once(ENTRY, mishap);
    const error = await thrownBy(() => session.prepare(NEW, undefined, SIGNAL));
    expect([error.code, store.folders().filter((one) => one.endsWith("/Neuf")).length, server.writes().length]).toEqual([code, count, 1]);
    if (code === "TARGET_CONTAINER_UNSURE") expect(error.params["container"]).toBe('sphere/7cc4wo/box/101: "Neuf"');
  });

  it("by a folder that surely was not made has it made at once", async () => {
    once(ENTRY, 503);
    await session.prepare(NEW, undefined, SIGNAL);
    expect(store.folders().filter((one) => one.endsWith("/Neuf")).length).toBe(1);
  });

  it("ends as somebody who has looked says", async () => {
    const one = item();
    const doubt = await thrownBy(() => session.find(one, contextFor(one)));
    expect([doubt.code, doubt.params["reason"]]).toEqual(["TARGET_UNSURE", "sphere/7cc4wo/box/102"]);
    expect((await thrownBy(async () => session.findContainer?.(NEW, SIGNAL))).code).toBe("TARGET_CONTAINER_UNSURE");
    await shut();
    await open({ unsure: "arrived" });
    const ref = await session.find(one, contextFor(one));
    expect([ref?.id, (await put(one, ref)).outcome, (await thrownBy(async () => session.findContainer?.({ ...NEW, parentId: "x", path: ["Neuf"] }, SIGNAL))).code]).toEqual(["une-fois.txt", "unchanged", "TARGET_CONTAINER_UNSURE"]);
    await shut();
    await open({ unsure: "send" });
    expect([await session.find(one, contextFor(one)), await session.findContainer?.({ ...NEW, path: ["Neuf"] }, SIGNAL), server.writes()]).toEqual([undefined, undefined, []]);
  });
});

describe("the sign-in", () => {
  it.each([200, 401, 403])("that has ended, told by HTTP %i, is made anew, and each thing stands once", async (status) => {
    settings.refusals = status;
    server.endTokens();
    const below = await session.prepare({ ...DOSSIER, id: "2", name: "Deux", path: ["Deux"] }, undefined, SIGNAL);
    let entries = 0;
    server.mishap = (path) => {
      if (ENTRY.test(path) && (entries += 1) === 1) server.endTokens();
      return undefined;
    };
    await put(file("a.txt", "un"));
    expect([standing(), below.created, store.folders().length, server.log.filter((path) => path === "person/login").length]).toEqual([["a.txt"], true, 3, 2]);
  });

  it("that ends between pieces has all of them sent anew", async () => {
    let pieces = 0;
    server.mishap = (path) => {
      if (UPLOAD.test(path) && (pieces += 1) === 2) server.endTokens();
      return undefined;
    };
    const large = file("gros.bin", Buffer.alloc(PIECE + 5, "a"));
    expect((await thrownBy(() => put(large))).params["reason"]).toBe("upload/box_resource: the sign-in had ended");
    await put(large);
    expect([standing(), told]).toEqual([["gros.bin"], [0]]);
  });

  it("is renewed before it ends, and made anew where that is refused", async () => {
    const tokens = personTokens({ ...testAccess("box", PERSON.login), base: new URL(`${server.url}/api/`), application: applicationHeader(APPLICATION.clientId, APPLICATION.clientToken), ...PERSON, renewMs: 0 });
    const first = await tokens.current(SIGNAL);
    const second = await tokens.current(SIGNAL);
    server.endTokens();
    const third = await tokens.renew(second, SIGNAL);
    await tokens.close();
    expect([new Set([first, second, third]).size, server.log]).toEqual([3, ["person/login", "person/status_auth_by_token", "person/status_auth_by_token", "person/login"]]);
  });

  it("that is refused stops the account, without the words, which may quote the password", async () => {
    await shut();
    await open({}, "faux-mot-de-passe");
    const error = await thrownBy(() => session.prepare(TOP, undefined, SIGNAL));
    expect([error.code, JSON.stringify([error.message, error.params])]).toEqual(["TARGET_CREDENTIAL", expect.not.stringContaining("faux-mot-de-passe")]);
  });

  it.each<[string, Mishap, string]>([["a page", "page", "TARGET_PASSING"], ["too many requests", 429, "TARGET_PASSING"], ["a cut", "cut", "TARGET_CONNECTION"]])("that gets no answer is tried again: %s", async (_what, mishap, code) => {
    server.endTokens();
    once(/^person\/login$/, mishap);
    const one = file("a.txt", "un");
    expect([(await thrownBy(() => put(one))).code, told]).toEqual([code, []]);
    await retrying(() => put(one), { attempts: 2, signal: SIGNAL });
    expect(standing()).toEqual(["a.txt"]);
  });

  it.each([["application", "form"], ["bearer", "query"], ["application", "query"]] as const)("and the fields of an upload are what Whaller wants: %s, %s", async (uploadAuth, uploadFields) => {
    Object.assign(settings, { uploadAuth, uploadFields });
    const one = file("été & hiver.txt", Buffer.alloc(PIECE + 1, "b"));
    expect((await thrownBy(() => put(one))).code).toBe("TARGET_REFUSED_ITEM");
    await shut();
    await open({ uploadAuth, uploadFields });
    await put(one);
    expect(standing()).toEqual(["été & hiver.txt"]);
    await shut();
    await open({ uploadAuth: "both", uploadFields });
    await put(file("deux.txt", "b"));
    expect(standing()).toEqual(["été & hiver.txt", "deux.txt"]);
  });
});

describe("a server that goes and comes back", () => {
  it("leaves no doubt about what it did not take", async () => {
    const one = file("revenu.txt", "contenu");
    await server.stop();
    expect([(await thrownBy(() => put(one))).errorClass, (await thrownBy(() => session.prepare({ ...DOSSIER, id: "3", name: "Trois", path: ["Trois"] }, undefined, SIGNAL))).errorClass]).toEqual(["retryable", "retryable"]);
    await server.start();
    await put(one);
    expect([standing(), told]).toEqual([["revenu.txt"], [0]]);
  });
});

describe("what is looked at before", () => {
  it("that two accounts of one sphere have folders of two names", () => {
    const asked = (folder: string | undefined, ...spheres: string[]): boolean => adapter.options.safeParse({ ...whallerOptions(server, Object.fromEntries(spheres.map((one, at) => [`compte-${at}`, one]))), folder }).success;
    expect([asked("Reprise", SPHERE, SPHERE), asked("Reprise", SPHERE, "autre"), asked("Reprise {account}", SPHERE, SPHERE), asked(undefined, SPHERE, SPHERE)]).toEqual([false, true, true, true]);
  });

  it("that an account, however it is spelled, is named once", () => {
    const told = adapter.options.safeParse(whallerOptions(server, { "Qualité-Eau": SPHERE, ["qualité-eau".normalize("NFD")]: "autre" }));
    expect(told.error?.issues.map(({ path, message }) => [path, message])).toEqual([[["spheres"], expect.stringContaining("are one and the same")]]);
  });

  it("an account without a sphere is refused by name", async () => {
    const error = await thrownBy(() => opened.connect({ owner: sampleOwner("voirie"), name: "voirie" }, "files", SIGNAL));
    expect([error.code, error.params["account"]]).toEqual(["TARGET_NO_SPHERE", "voirie"]);
  });

  it("whoever signs in, and spheres that are not told among theirs; that nobody has seen the upload work is said", async () => {
    await shut();
    await open({ spheres: { "qualité-eau": SPHERE, voirie: "inconnue" } });
    server.log.splice(0);
    const checks = [];
    for await (const check of opened.check(SIGNAL)) checks.push(check);
    expect(checks).toMatchObject([{ ok: true, code: "WHALLER_SIGN_IN", message: "reprise@commune.example; files are sent in a way that the vendor's client shows and cannot run: begin with one small sphere, and look at it; spheres told: 2; not told among them, as far as is seen: inconnue" }]);
    expect(server.writes()).toEqual([]);
    const without = adapter.options.safeParse({ ...whallerOptions(server, {}), untried: undefined });
    expect(without.error?.issues[0]?.message).toContain("untried: true");
  });
});
