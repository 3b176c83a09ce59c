import { randomUUID } from "node:crypto";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "@jest/globals";
import { adapter } from "../../adapters/wimi/index.js";
import type { TargetRef } from "../../src/core/adapter.js";
import { thrownBy } from "../../src/kit/conformance/expectations.js";
import { contextOf } from "../../src/kit/conformance/harness.js";
import { Refusal } from "../emulators/wimi/wire.js";
import { optionsFor, TOP, FOLDER, WimiStage } from "../wimi.js";

const stage = new WimiStage();
const { server, store } = stage;

beforeAll(() => server.start());
afterAll(() => server.stop());
beforeEach(() => stage.fresh());
afterEach(async () => {
  await stage.close();
  expect(server.undescribed.splice(0)).toEqual([]);
});

describe("what Wimi refuses is told in its own words", () => {
  it.each([
    ["a file", "document.file.Upload", new Refusal("Type de fichier interdit", 403), "TARGET_REFUSED_ITEM", "document.file.Upload: error 403: Type de fichier interdit"],
    ["a file, without a number", "document.file.Upload", new Refusal("Espace plein"), "TARGET_REFUSED_ITEM", "document.file.Upload: Espace plein"],
    ["a full account, by HTTP's number", "document.file.Upload", new Refusal("Quota", 507), "TARGET_QUOTA_FULL", "document.file.Upload: error 507: Quota"],
    ["too many requests", "document.file.Upload", new Refusal("Trop", 429), "TARGET_THROTTLED", "document.file.Upload: error 429: Trop"],
    ["a server in trouble", "document.file.Upload", new Refusal("Oups", 500), "TARGET_PASSING", "document.file.Upload: error 500: Oups"],
    ["a proxy's limit of size", "document.file.Upload", 413, "TARGET_REFUSED_ITEM", "document.file.Upload: HTTP 413, no answer of the interface"],
    ["a proxy's error", "document.file.Upload", 502, "TARGET_PASSING", "document.file.Upload: HTTP 502, no answer of the interface"],
    ["a page of maintenance", "document.file.Upload", "page", "TARGET_PASSING", "document.file.Upload: no answer of the interface"],
  ] as const)("%s", async (_title, target, mishap, code, reason) => {
    stage.once(target, mishap);
    const error = await thrownBy(() => stage.put(stage.file("note.txt", "x")));
    expect({ code: error.code, reason: error.params["reason"], standing: stage.standing(), sent: stage.count(target) }).toEqual({ code, reason, standing: {}, sent: 1 });
  });

  it.each([
    ["a folder", "document.directory.Create", "document.directory.Create: Droits insuffisants"],
    ["a listing", "document.entry.List", "document.entry.List: Droits insuffisants"],
  ])("%s, for all that is in it", async (_title, target, reason) => {
    await stage.again();
    await stage.prepare(TOP);
    server.mishap = (asked) => (asked === target ? new Refusal("Droits insuffisants") : undefined);
    const error = await thrownBy(() => stage.prepare({ ...FOLDER, id: "autre", name: "Autre", path: ["Autre"] }));
    expect([error.code, error.errorClass, error.params["reason"]]).toEqual(["TARGET_CONTAINER_REFUSED", "permanent-container", reason]);
  });

  it("a sign-in, without the words, which may quote the password, and one that asks for a second factor", async () => {
    await stage.again({}, "faux-mot-de-passe");
    const refused = await thrownBy(() => stage.prepare(TOP));
    expect([refused.code, refused.params["reason"]]).toEqual(["TARGET_CREDENTIAL", "auth.user.Login"]);
    server.settings.secondFactor = true;
    await stage.again();
    const error = await thrownBy(() => stage.prepare(TOP));
    expect([error.code, error.errorClass]).toEqual(["TARGET_SECOND_FACTOR", "fatal-config"]);
  });

  it("a page in the place of a file's bytes makes no difference of it, and no second copy", async () => {
    const item = stage.file("note.txt", "x".repeat(10));
    const { ref } = await stage.put(item);
    server.mishap = (target) => (target === "document.file.Download" ? "page" : undefined);
    expect((await thrownBy(() => stage.verify(item, ref))).code).toBe("TARGET_PASSING");
    await stage.again();
    expect((await thrownBy(() => stage.put(item))).code).toBe("TARGET_PASSING");
    expect(stage.standing()).toEqual({ "note.txt": "xxxxxxxxxx" });
  });

  it("a page in the place of the bytes of a file that is a page itself is none the less no file", async () => {
    const item = stage.file("index.html", "<!doctype html>la nôtre");
    await stage.put(item);
    await stage.again();
    server.mishap = (target) => (target === "document.file.Download" ? "page" : undefined);
    expect((await thrownBy(() => stage.put(item))).code).toBe("TARGET_PASSING");
    stage.once("document.file.Download", "page");
    expect([(await stage.put(item)).outcome, stage.standing()]).toEqual(["unchanged", { "index.html": "<!doctype html>la nôtre" }]);
  });
});

describe("what nobody has tried", () => {
  it("is done only by whoever says that they know it", () => {
    const { untried: _untried, ...without } = optionsFor(server);
    expect(() => adapter.options.parse(without)).toThrow("nobody has tried this on a real account");
  });

  it.each([
    ["other bytes come back (as of an account that encrypts them)", () => { server.settings.keep = () => Buffer.from("chiffré"); }, "document.file.Upload: other bytes come back"],
    ["the file is not listed", () => { server.settings.keep = (bytes) => { for (const one of store.files.values()) one.name = "autre.txt"; return bytes; }; }, "document.file.Upload: not listed under its name"],
  ])("stops after the first file where %s", async (_title, arrange, reason) => {
    arrange();
    const errors = await Promise.all([1, 2, 3, 4].map((at) => thrownBy(() => stage.put(stage.file(`note-${at}.txt`, String(at))))));
    expect([...new Set(errors.map(({ code, errorClass, params }) => `${code} ${errorClass} ${String(params["reason"])}`))]).toEqual([`TARGET_NOT_KEPT fatal-config ${reason}`]);
    expect(store.files.size).toBe(1);
  });

  it("reads the first file back, and no other", async () => {
    for (const name of ["a", "b", "c"]) await stage.put(stage.file(name, name));
    expect([stage.count("document.file.Upload"), stage.count("document.file.Download"), stage.count("document.entry.List")]).toEqual([3, 1, 2]);
  });
});

describe("names at Wimi", () => {
  it("of people's files are left to them", async () => {
    stage.people("note.txt", "celle d'une autre");
    const item = stage.file("note.txt", "la nôtre");
    const { ref, losses } = await stage.put(item);
    expect([stage.standing(), losses.map(({ reason }) => reason)]).toEqual([{ "note.txt": "celle d'une autre", "note (o365).txt": "la nôtre" }, ["files.renamed-conflict"]]);
    expect((await stage.put(item, ref)).outcome).toBe("unchanged");
  });

  it.each(["index.html", "page"])("of people's pages are left to them too: %s", async (name) => {
    stage.people(name, "<!doctype html>celle d'une autre");
    const item = stage.file(name, "<!doctype html>la nôtre");
    const { ref } = await stage.put(item);
    expect(stage.standing()).toEqual({ [name]: "<!doctype html>celle d'une autre", [name === "page" ? "page (o365)" : "index (o365).html"]: "<!doctype html>la nôtre" });
    for (const one of store.files.values()) one.bytes = Buffer.from("<html>à la main");
    expect((await stage.verify(item, ref)).state).toBe("different");
    await stage.remove(ref);
    expect(stage.trashed()).toEqual([]);
  });

  it("hold the same bytes: it is there already", async () => {
    stage.people("note.txt", "la même");
    expect([(await stage.put(stage.file("note.txt", "la même"))).outcome, stage.standing(), stage.count("document.file.Upload")]).toEqual(["unchanged", { "note.txt": "la même" }, 0]);
  });

  it.each([["A.txt", "a.TXT"], ["réserve", "re\u0301serve"]])("that fold to one stay two: %s", async (one, two) => {
    await stage.put(stage.file(one, "un"));
    await stage.put(stage.file(two, "deux"));
    expect(Object.values(stage.standing()).sort()).toEqual(["deux", "un"]);
  });

  it("that the restrictions exclude are written by the percent rule", async () => {
    for (const name of [".profil", "fin.", "a:b", "CON", " bord"]) await stage.put(stage.file(name, name));
    expect(Object.keys(stage.standing()).sort()).toEqual(["%20bord", "%2Eprofil", "%43ON", "a%3Ab", "fin%2E"]);
  });

  it("follow the source, in case alone too", async () => {
    const id = randomUUID();
    const first = await stage.put(stage.file("Note.txt", "x", id));
    const second = await stage.put(stage.file("note.txt", "x", id), first.ref);
    const third = await stage.put(stage.file("autre.txt", "x", id), second.ref);
    expect([second.outcome, third.outcome, stage.standing(), stage.count("document.file.Upload")]).toEqual(["updated", "updated", { "autre.txt": "x" }, 1]);
  });
});

describe("a content that changed", () => {
  const id = randomUUID();
  it("goes beside the old one, which then goes to the trash and leaves it its name", async () => {
    const { ref } = await stage.put(stage.file("a.txt", "un", id));
    const { outcome, losses } = await stage.put(stage.file("a.txt", "deux", id), ref);
    expect([outcome, losses, stage.standing(), stage.trashed()]).toEqual(["updated", [], { "a.txt": "deux" }, ["un"]]);
  });

  it.each(["document.file.Upload", "document.file.MoveToTrash", "document.file.EditName"].flatMap((target) => [[target, "cut"], [target, "cut-after"]] as const))("whose %s is %s: put again, it is there once", async (target, mishap) => {
    const changed = stage.file("a.txt", "deux", id);
    const { ref } = await stage.put(stage.file("a.txt", "un", id));
    for (const run of ["this run", "the next"]) {
      store.files.clear();
      stage.people("a.txt", "un");
      await stage.again();
      stage.once(target, mishap);
      expect((await thrownBy(() => stage.put(changed, ref))).errorClass).toBe("retryable");
      if (run === "the next") await stage.again();
      await stage.put(changed, run === "the next" ? (await stage.find(changed, ref)) ?? ref : ref);
      expect([run, stage.standing(), stage.trashed()]).toEqual([run, { "a.txt": "deux" }, ["un"]]);
    }
  });

  it("costs one listing of its folder, once a rename has come out right", async () => {
    const names = ["a", "b", "c"];
    const refs = new Map<string, TargetRef>();
    const put = async (name: string, content: string): Promise<number> => {
      const before = stage.count("document.entry.List");
      refs.set(name, (await stage.put(stage.file(name, content, name), refs.get(name))).ref);
      return stage.count("document.entry.List") - before;
    };
    for (const name of names) await put(name, "un");
    await stage.again();
    await stage.find(stage.file("a", "un", "a"), refs.get("a"));
    const costs: number[] = [];
    for (const name of names) costs.push(await put(name, "deux"));
    // What was not listed is known none the less.
    for (const name of names) costs.push(await put(name, "trois"));
    expect([costs, stage.standing()]).toEqual([[3, 1, 1, 1, 1, 1], { a: "trois", b: "trois", c: "trois" }]);
  });

  it("of a page, whose Upload got no answer, is found by the next run", async () => {
    const changed = stage.file("a.html", "<!doctype html>deux", id);
    const { ref } = await stage.put(stage.file("a.html", "<!doctype html>un", id));
    await stage.again();
    stage.once("document.file.Upload", "cut-after");
    expect((await thrownBy(() => stage.put(changed, ref))).errorClass).toBe("retryable");
    await stage.again();
    await stage.put(changed, (await stage.find(changed, ref)) ?? ref);
    expect([stage.standing(), stage.trashed()]).toEqual([{ "a.html": "<!doctype html>deux" }, ["<!doctype html>un"]]);
  });

  it("and a name too: the new one stands before the engine removes the old", async () => {
    const { ref } = await stage.put(stage.file("a.txt", "un", id));
    await stage.put(stage.file("b.txt", "deux", id), ref);
    expect(stage.standing()).toEqual({ "a.txt": "un", "b.txt": "deux" });
    await stage.remove(ref);
    expect(stage.standing()).toEqual({ "b.txt": "deux" });
  });

  it("that is refused leaves the old one where it stands", async () => {
    const { ref } = await stage.put(stage.file("a.txt", "un", id));
    stage.once("document.file.Upload", new Refusal("non"));
    await thrownBy(() => stage.put(stage.file("a.txt", "deux", id), ref));
    expect(stage.standing()).toEqual({ "a.txt": "un" });
  });

  it("in Wimi stays, where it would be removed", async () => {
    const { ref } = await stage.put(stage.file("a.txt", "un", id));
    for (const one of store.files.values()) one.bytes = Buffer.from("à la main");
    await stage.remove(ref);
    expect(stage.standing()).toEqual({ "a.txt": "à la main" });
  });

  it("of more than can be a refusal is removed as well", async () => {
    const { ref } = await stage.put(stage.file("gros.bin", Buffer.alloc(300_000, 7)));
    await stage.remove(ref);
    expect(stage.standing()).toEqual({});
  });
});

describe("files are told with what they lose", () => {
  it("dates, authors, versions, rights and columns", async () => {
    const old = stage.blobs.add("avant", ".bin");
    const { losses } = await stage.put(stage.file("tout.txt", "x", randomUUID(), {
      createdAt: "2020-01-01T00:00:00Z", modifiedAt: "2021-01-01T00:00:00Z", createdBy: "Zoé", permissions: { inherits: true, granted: [] }, contentType: "Document",
      versions: [{ id: "1.0", modifiedAt: "2020-06-01T00:00:00Z", size: old.size, sha256: old.sha256 }],
    }));
    expect(losses.map(({ reason }) => reason).sort()).toEqual(["files.authors", "files.columns", "files.dates", "files.permissions", "files.versions"]);
  });

  it("and with their MD5, where it is asked for", async () => {
    await stage.again({ md5: true });
    const told: unknown[] = [];
    server.mishap = (target, { data }) => { if (target === "document.file.Upload") told.push(data["md5"]); return undefined; };
    await stage.put(stage.file("a.txt", "contenu"));
    expect([told, stage.standing()]).toEqual([["a692357425e2f4b186636edc85908146"], { "a.txt": "contenu" }]);
  });

  it("whose reading ends when the run does", async () => {
    await stage.again({ md5: true });
    const stop = new AbortController();
    let pieces = 0;
    const item = stage.file("a.txt", "contenu");
    const context = {
      ...contextOf({ blobs: stage.blobs, ledger: stage.ledger, signal: stop.signal }, item, FOLDER, stage.into),
      open: async function* () {
        for (; pieces < 100; pieces++) {
          if (pieces === 3) stop.abort(new Error("stopped"));
          yield await Promise.resolve(Buffer.from("x"));
        }
      },
    };
    await expect(stage.session.put(item, context)).rejects.toThrow("stopped");
    expect([pieces, stage.count("document.file.Upload")]).toEqual([3, 0]);
  });
});
