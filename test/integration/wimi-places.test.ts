import { createHash } from "node:crypto";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "@jest/globals";
import { adapter } from "../../adapters/wimi/index.js";
import type { Adapter, TargetSession } from "../../src/core/adapter.js";
import type { PlacedContainer } from "../../src/core/item.js";
import { thrownBy } from "../../src/kit/conformance/expectations.js";
import { contextOf, sampleOwner } from "../../src/kit/conformance/harness.js";
import { collected } from "../../src/lib/collected.js";
import { WimiClient } from "../../src/drivers/wimi/client.js";
import { testAccess } from "../environment.js";
import { taken } from "../taken.js";
import { FOLDER, openWimi, optionsFor, SERVICE, SIGNAL, TOP, WimiStage } from "../wimi.js";

const stage = new WimiStage();
const { server, store } = stage;

const folder = (id: string, ...path: string[]): PlacedContainer => ({ workload: "files", owner: "zoe", id, parentId: "racine", name: path.at(-1) ?? "", path });
const inFolder = (parent: PlacedContainer, id: string, name: string): PlacedContainer => ({ ...parent, id, parentId: parent.id, name, path: [...parent.path, name] });

const sessions = (opened: Adapter, ...names: string[]): Promise<TargetSession[]> =>
  Promise.all(names.map((name) => opened.connect({ owner: sampleOwner(name), name }, "files", SIGNAL)));

beforeAll(() => server.start());
afterAll(() => server.stop());
beforeEach(() => stage.fresh());
afterEach(async () => {
  await stage.close();
  expect(server.undescribed.splice(0)).toEqual([]);
});

describe("a workspace", () => {
  it("is made once, quietly, under a name with a reference; renamed by people it stays the account's", async () => {
    const [[id, name] = []] = store.projects;
    expect(name).toMatch(/^zoe@mairie\.example o365-[a-z2-7]{16}$/);
    store.projects.set(id ?? 0, "Zoé");
    await stage.again();
    expect([await stage.prepare(TOP, String(id)), store.projects.size]).toEqual([{ id: String(id), created: false, losses: [] }, 1]);
  });

  it("costs one sign-in to be made, after the first of all, whether its answer is lost or not", async () => {
    const opened = await openWimi(server);
    const [one, other] = await sessions(opened, "a@x.example", "b@x.example");
    const cost = async (session?: TargetSession): Promise<number> => {
      const before = stage.count("auth.user.Login");
      await session?.prepare(TOP, undefined, SIGNAL);
      return stage.count("auth.user.Login") - before;
    };
    const first = await cost(one);
    stage.once("main.project.Create", "cut-after");
    const second = await cost(other);
    await opened.close();
    expect([first, second, store.projects.size, stage.count("main.project.Create")]).toEqual([2, 1, 3, 2]);
  });

  it("that is named is used, by number or by name, and none is made", async () => {
    const given = store.addProject("Service des eaux");
    for (const named of [given, "Service des eaux"]) {
      await stage.again({ projects: { "zoe@mairie.example": named }, category: undefined });
      expect((await stage.prepare(TOP)).id).toBe(String(given));
    }
    expect(store.projects.size).toBe(2);
  });

  it("is found whatever the case of the account's name; two spellings of one account are no configuration", async () => {
    const given = store.addProject("Service des eaux");
    await stage.again({ projects: { "Zoe@Mairie.example": given }, category: undefined });
    expect((await stage.prepare(TOP)).id).toBe(String(given));
    expect(() => adapter.options.parse({ ...optionsFor(server), projects: { "Zoe@Mairie.example": given, "zoe@mairie.example": 4711 } })).toThrow("are one and the same");
  });

  it.each([[4711], ["Service des eaux"]])("is one account's: %s, named for two, is no configuration", (named) => {
    expect(() => adapter.options.parse({ ...optionsFor(server), projects: { "zoe@mairie.example": named, "bob@mairie.example": named } })).toThrow("a workspace is one account's");
  });

  it("is one account's, named by number for one and by name for the other", async () => {
    const given = store.addProject("Service des eaux");
    const opened = await openWimi(server, { projects: { "a@x.example": given, "b@x.example": "Service des eaux" } });
    const [one, other] = await sessions(opened, "a@x.example", "b@x.example");
    expect((await one?.prepare(TOP, undefined, SIGNAL))?.id).toBe(String(given));
    const error = await thrownBy(async () => other?.prepare(TOP, undefined, SIGNAL));
    expect([error.code, error.params["reason"]]).toEqual(["TARGET_CONTAINER_REFUSED", `projects: workspace ${given} has the files of a@x.example, those of b@x.example need another`]);
    // The same account again, as for its second drive.
    const [again] = await sessions(opened, "a@x.example");
    expect((await again?.prepare(TOP, undefined, SIGNAL))?.id).toBe(String(given));
    await opened.close();
  });

  it.each([
    ["is not there", { projects: { "zoe@mairie.example": "Nulle part" } }, 'projects: 0 of "Nulle part"; reprise@mairie.example must be a member'],
    ["is there twice", { projects: { "zoe@mairie.example": "Deux" } }, 'projects: 2 of "Deux"; reprise@mairie.example must be a member'],
    ["is not named, where none is made", { category: undefined }, 'no workspace is named for "zoe@mairie.example" in "projects", and without "category" none is made'],
  ])("that %s stops the account by name", async (_title, more, reason) => {
    store.clear();
    for (const name of ["Deux", "Deux"]) store.addProject(name);
    await stage.again(more);
    const error = await thrownBy(() => stage.prepare(TOP));
    expect([error.code, error.params["reason"], store.projects.size]).toEqual(["TARGET_CONTAINER_REFUSED", reason, 2]);
  });

  it("takes as many files and folders as it is said to, and the others are named", async () => {
    await stage.again({ entries: 3 });
    await stage.prepare(TOP);
    stage.into = await stage.prepare(FOLDER);
    await stage.put(stage.file("a", "1"));
    await stage.put(stage.file("b", "2"));
    const error = await thrownBy(() => stage.put(stage.file("c", "3")));
    expect([error.code, error.params["reason"]]).toEqual(["TARGET_QUOTA_FULL", '3 files and folders in one workspace ("entries")']);
    expect(Object.keys(stage.standing())).toEqual(["a", "b"]);
  });
});

describe("folders", () => {
  it("beyond the ninth level stand on the ninth, with a named loss, and their children with them", async () => {
    let parent = folder("n1", "n1");
    const ids: string[] = [(await stage.prepare(parent)).id];
    const told: string[][] = [];
    for (let level = 2; level <= 11; level++) {
      parent = inFolder(parent, `n${level}`, `n${level}`);
      const { id, losses } = await stage.prepare(parent);
      ids.push(id);
      told.push(losses.map(({ reason }) => reason));
    }
    const eight = ["n1", "n2", "n3", "n4", "n5", "n6", "n7", "n8"].join("/");
    expect(stage.folders().filter((path) => path.startsWith(`${eight}/`))).toEqual([`${eight}/n9`, `${eight}/n9 – n10`, `${eight}/n9 – n10 – n11`]);
    expect([told.slice(0, 8).flat(), told.slice(8)]).toEqual([[], [["container.flattened"], ["container.flattened"]]]);
    expect(new Set(ids).size).toBe(11);
  });

  it("are moved and renamed with what is in them", async () => {
    const [from, to] = [folder("de", "De"), folder("vers", "Vers")];
    await stage.prepare(from);
    await stage.prepare(to);
    const before = await stage.prepare(inFolder(from, "e", "Enfant"));
    await stage.again();
    for (const one of [TOP, from, to]) await stage.prepare(one);
    const after = await stage.prepare({ ...inFolder(to, "e", "Renommé"), name: "Renommé" }, before.id);
    expect([stage.folders(), after.id.split("/")[2]]).toEqual([["De", "Dossier", "Vers", "Vers/Renommé"], before.id.split("/")[2]]);
  });

  it.each(["document.directory.Move", "document.directory.EditName"].flatMap((target) => [[target, "cut"], [target, "cut-after"]] as const))("whose %s is %s are found again", async (target, mishap) => {
    const [from, to] = [folder("de", "De"), folder("vers", "Vers")];
    for (const one of [from, to]) await stage.prepare(one);
    const before = await stage.prepare(inFolder(from, "e", "Enfant"));
    stage.once(target, mishap);
    await stage.prepare(inFolder(to, "e", "Renommé"), before.id);
    expect(stage.folders()).toEqual(["De", "Dossier", "Vers", "Vers/Renommé"]);
  });

  it.each(["ÉCOLES", "Écoles".normalize("NFD")])("keep their names where only the spelling changes: %j", async (name) => {
    const { id } = await stage.prepare(folder("x", "Écoles"));
    const { losses } = await stage.prepare(folder("x", name), id);
    expect([losses, stage.folders()]).toEqual([[], ["Dossier", name]]);
  });

  it("one that was renamed and a new one of its name stay two, whichever comes first", async () => {
    for (const order of [["renamed", "new"], ["new", "renamed"]]) {
      await stage.fresh();
      const old = await stage.prepare(folder("x", "Budget"));
      stage.into = old;
      await stage.put(stage.file("ancien.txt", "ancien"));
      await stage.again();
      await stage.prepare(TOP, old.id.split("/")[0]);
      const ids: string[] = [];
      for (const which of order) ids.push((await (which === "new" ? stage.prepare(folder("y", "Budget")) : stage.prepare(folder("x", "Budget 2025"), old.id))).id);
      expect([new Set(ids).size, stage.standing()]).toEqual([2, { "ancien.txt": "ancien" }]);
      expect(store.pathOf(Number(old.id.split("/")[2]))).toEqual(["Budget 2025"]);
    }
  });

  it("that are empty at the end go to the trash, full ones and people's workspaces stay", async () => {
    const { id } = await stage.prepare(folder("vide", "Vide"));
    await stage.put(stage.file("a", "1"));
    expect([await stage.session.removeContainer(id, SIGNAL), await stage.session.removeContainer(id, SIGNAL), await stage.session.removeContainer(stage.into.id, SIGNAL)]).toEqual([true, true, false]);
    expect([stage.folders(), store.projects.size]).toEqual([["Dossier"], 1]);
  });
});

describe("doctor", () => {
  const check = async (more: Record<string, unknown>): Promise<unknown[]> => {
    const opened = await openWimi(server, more);
    const told = await collected(opened.check(SIGNAL));
    await opened.close();
    return told;
  };

  it("counts workspaces, says that nobody has tried this, and writes nothing", async () => {
    server.writes();
    expect(await check({})).toEqual([expect.objectContaining({ ok: true, message: expect.stringContaining("1 workspaces seen; nobody has tried this on a real account") })]);
    expect(server.writes()).toEqual([]);
  });

  it("misses a workspace that is named and not there", async () => {
    expect(await check({ projects: { "bob@mairie.example": 42 } })).toEqual([expect.objectContaining({ ok: false, code: "TARGET_CONTAINER_REFUSED" })]);
  });
});

describe("a session", () => {
  it("is begun again before its token ends", async () => {
    let hours = 0;
    const access = { ...testAccess("espaces", SERVICE.login), base: new URL(server.url), files: new URL(server.filesUrl), accountName: SERVICE.account, ...SERVICE };
    const client = new WimiClient(access, () => hours * 3_600_000);
    for (const at of [0, 9, 11]) {
      hours = at;
      await client.me(SIGNAL);
    }
    await client.close();
    expect(stage.count("auth.user.Login")).toBe(2);
  });
});

describe("a large file", () => {
  it("goes through as a stream", async () => {
    await stage.put(stage.file("premier", "lu et relu"));
    const [piece, pieces] = [Buffer.alloc(1024 * 1024, 7), 400];
    const hash = createHash("sha256");
    for (let at = 0; at < pieces; at++) hash.update(piece);
    const sha256 = hash.digest("hex") as never;
    const small = stage.file("gros.bin", "x");
    const item = { ...small, record: { ...(small.record as object), size: piece.length * pieces }, body: { sha256, size: piece.length * pieces, extension: ".bin" } };
    const context = {
      ...contextOf({ blobs: stage.blobs, ledger: stage.ledger, signal: SIGNAL }, item, FOLDER, stage.into),
      open: async function* () { for (let at = 0; at < pieces; at++) yield await Promise.resolve(piece); },
    };
    const before = process.memoryUsage().rss;
    let most = 0;
    const watch = setInterval(() => { most = Math.max(most, process.memoryUsage().rss - before); }, 20);
    const { ref } = taken(await stage.session.put(item, context));
    clearInterval(watch);
    const found = [...store.files.values()].find(({ name }) => name === ref.id);
    expect([found?.sha256, found?.size]).toEqual([sha256, piece.length * pieces]);
    // Both ends of the connection are in this process, with what lies between them.
    expect(most).toBeLessThan(150 * 1024 * 1024);
  });
});

it("an account of somebody else has a workspace of its own", async () => {
  const opened = await openWimi(server);
  const ids = await Promise.all((await sessions(opened, "a@x.example", "b@x.example")).map((one) => one.prepare(TOP, undefined, SIGNAL)));
  await opened.close();
  expect([new Set(ids.map(({ id }) => id)).size, store.projects.size]).toEqual([2, 3]);
});
