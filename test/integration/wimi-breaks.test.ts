import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "@jest/globals";
import { thrownBy } from "../../src/kit/conformance/expectations.js";
import { retrying } from "../../src/lib/retry.js";
import { Refusal } from "../emulators/wimi/wire.js";
import { FOLDER, SIGNAL, TOP, WimiStage } from "../wimi.js";
import type { Taken } from "../taken.js";

const stage = new WimiStage();
const { server, store } = stage;

beforeAll(() => server.start());
afterAll(() => server.stop());
beforeEach(() => stage.fresh());
afterEach(async () => {
  await stage.close();
  expect(server.undescribed.splice(0)).toEqual([]);
});

describe("a way that breaks", () => {
  const steps = ["auth.user.Login", "main.project.Create", "document.entry.List", "document.directory.Create", "document.file.Upload", "document.file.Download"];
  it.each(steps.flatMap((step) => (["cut", "cut-after", "cut-within", "page", 502] as const).map((mishap) => [step, mishap] as const)))("at %s (%s): all is there once", async (step, mishap) => {
    store.clear();
    await stage.again();
    stage.once(step, mishap);
    const item = stage.file("une-fois.txt", "contenu");
    const sending = async (): Promise<Taken> => {
      await stage.prepare(TOP);
      stage.into = await stage.prepare(FOLDER);
      return stage.put(item);
    };
    // A first connection that breaks off is taken for a wrong address; the next run goes on.
    await retrying(sending, { attempts: 2, signal: SIGNAL, wait: () => Promise.resolve() }).catch(async () => { await stage.again(); await sending(); });
    expect([stage.standing(), stage.folders(), store.projects.size, store.files.size]).toEqual([{ "une-fois.txt": "contenu" }, ["Dossier"], 1, 1]);
  });

  it("a lost answer is found by the next run, and never another's file", async () => {
    const item = stage.file("trouvé.txt", "contenu");
    stage.once("document.file.Upload", "cut-after");
    await thrownBy(() => stage.put(item));
    await stage.again();
    expect(await stage.find(stage.file("trouvé.txt", "autre contenu"))).toBeUndefined();
    const found = await stage.find(item);
    expect([found?.id, (await stage.put(item, found)).outcome, store.files.size]).toEqual(["trouvé.txt", "unchanged", 1]);
  });

  it("an upload that breaks while others run costs the others nothing", async () => {
    await stage.put(stage.file("premier", "0"));
    let left = 1;
    server.mishap = (target, { data }) => (target === "document.file.Upload" && data["name"] === "b" && left-- > 0 ? "cut" : undefined);
    const items = ["a", "b", "c", "d"].map((name) => stage.file(name, name));
    const ends = await Promise.allSettled(items.map((item) => stage.put(item)));
    expect(ends.map(({ status }) => status)).toEqual(["fulfilled", "rejected", "fulfilled", "fulfilled"]);
    for (const item of items) await stage.put(item, stage.ledger.refOf(stage.into, item.key.id));
    expect(stage.standing()).toEqual({ premier: "0", a: "a", b: "b", c: "c", d: "d" });
  });

  it("a server that goes and comes back", async () => {
    const item = stage.file("revenu.txt", "contenu");
    await server.stop();
    expect((await thrownBy(() => stage.put(item))).errorClass).toBe("retryable");
    await server.start();
    await stage.put(item);
    expect(stage.standing()).toEqual({ "revenu.txt": "contenu" });
  });
});

describe("a session", () => {
  it.each(["document.file.Upload", "document.entry.List"])("that ends before %s is begun again, once for all who wait", async (target) => {
    await stage.put(stage.file("premier", "0"));
    if (target === "document.entry.List") {
      const { id } = stage.into;
      await stage.again();
      stage.into = await stage.prepare(FOLDER, id);
    }
    server.log.splice(0);
    server.revoke();
    await Promise.all([1, 2, 3, 4].map((at) => stage.put(stage.file(`note-${at}.txt`, String(at)))));
    expect([Object.keys(stage.standing()).length, stage.count("auth.user.Login")]).toEqual([5, 1]);
  });

  it("that lasts is not begun again for a refusal, and nothing is sent twice", async () => {
    server.mishap = (target) => (target === "document.file.Upload" ? new Refusal("non") : undefined);
    await thrownBy(() => stage.put(stage.file("a.txt", "x")));
    expect([stage.count("document.file.Upload"), stage.count("main.user.GetSelf"), stage.count("auth.user.Login")]).toEqual([1, 1, 0]);
  });
});
