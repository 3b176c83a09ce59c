import { randomBytes } from "node:crypto";
import { afterAll, beforeAll, describe, expect, it } from "@jest/globals";
import { adapter } from "../../../adapters/gofast/index.js";
import { GOFAST_NAMES } from "../../../adapters/gofast/names.js";
import type { PutContext, TargetContainer, TargetRef, TargetSession } from "../../../src/core/adapter.js";
import type { Item, PlacedContainer } from "../../../src/core/item.js";
import { below, nameOf } from "../../../src/drivers/dav/paths.js";
import { getText, mkcol, propfindAll, put as rawPut, transfer } from "../../../src/drivers/dav/verbs.js";
import { standing } from "../../../src/drivers/webdav/marks.js";
import type { FileRecord } from "../../../src/format/records.js";
import { contextOf, MemoryBlobs, MemoryLedger, sampleOwner } from "../../../src/kit/conformance/harness.js";
import { sampleItem } from "../../../src/kit/conformance/sample-item.js";
import { markedName } from "../../../src/lib/beside-names.js";
import { NO_ABORT, SECRET, withDav } from "../../dav-client.js";
import { AlfrescoFront } from "../../emulators/alfresco/front.js";
import { testEnvironment } from "../../environment.js";
import { titleFor, useServer } from "../../servers.js";
import { taken, type Taken } from "../../taken.js";

const apache = useServer("apache");
const ACCOUNT = "fatou@commune.example";
const SPACE = "/alfresco/webdav/Sites/_Organisations/_Mairie";
const HARD = ["_Budget.xlsx", ".gitignore", "~$Rapport.docx", "notes.tmp.txt", "Thumbs.db", "pdf", "dossier-20240115", "notes.bak", "brouillon~", "a:b?.txt", "fin. "];

(apache === undefined ? describe.skip : describe)(`files of a GoFAST on ${titleFor("apache", apache)} in the manner of Alfresco`, () => {
  const server = apache as NonNullable<typeof apache>;
  const front = new AlfrescoFront(new URL(`http://${server.host}:${server.port}`), SPACE, "/dav");
  const [blobs, ledger] = [new MemoryBlobs(), new MemoryLedger()];
  const folder = `essai-${randomBytes(4).toString("hex")}`;
  const placed: PlacedContainer = { workload: "files", owner: "o", id: folder, name: folder, path: [folder] };
  let session: TargetSession;
  let into: TargetContainer;

  const open = async (url: string): Promise<TargetSession> => {
    const opened = await adapter.create(adapter.options.parse({ webdav: { url, password: "env:P" } }), testEnvironment("gofast", { "env:P": SECRET }));
    return opened.connect({ owner: sampleOwner(ACCOUNT), name: ACCOUNT }, "files", NO_ABORT);
  };

  beforeAll(async () => {
    await front.start();
    session = await open(`${front.url}/{account}`);
    into = await session.prepare(placed, undefined, NO_ABORT);
  });
  afterAll(async () => {
    await session.close();
    await front.stop();
  });

  const file = (name: string, content: string, more: Partial<FileRecord> = {}): Item => {
    const body = blobs.add(content, ".bin");
    const record: FileRecord = { v: 1, type: "file", name, size: body.size, modifiedAt: "2024-03-31T01:30:15Z", versions: [], ...more };
    return sampleItem("files", name, record, body, name);
  };
  const context = (item: Item, known?: TargetRef): PutContext => contextOf({ blobs, ledger, signal: NO_ABORT }, item, placed, into, known);
  const put = async (item: Item, known?: TargetRef): Promise<Taken> => {
    const result = taken(await session.put(item, context(item, known)));
    ledger.settle(into, result.ref, item);
    return result;
  };
  /** At Apache itself, beside the front. */
  const path = (name: string): string => below(into.id.replace("webdav:", "").replace(SPACE, "/dav"), name);
  const content = (name: string) => withDav(server, ACCOUNT, async (client) => (await getText(client, path(name), NO_ABORT))?.text);
  const names = () => withDav(server, ACCOUNT, async (client) => ((await propfindAll(client, `${path("")}`, ["{DAV:}getetag"], "1", NO_ABORT)) ?? []).slice(1).map(({ href }) => nameOf(href)));

  it("puts every name where people see it, and tells which were written otherwise", async () => {
    for (const name of HARD) {
      const { ref, losses } = await put(file(name, `contenu de ${name}`));
      expect([name, ref.id === name, losses.map(({ reason }) => reason)]).toEqual([name, false, expect.arrayContaining(["files.name"])]);
      expect(await content(ref.id)).toBe(`contenu de ${name}`);
    }
    expect({ unseen: [...front.unseen], count: (await names()).length }).toEqual({ unseen: [], count: HARD.length });
  });

  it("keeps its marks on a file whose content is replaced, and so writes it once", async () => {
    const { ref } = await put(file("budget.txt", "premier"));
    const newer = file("budget.txt", "second", { modifiedAt: "2024-05-01T08:00:00Z" });
    const updated = await put(newer, ref);
    const found = await withDav(server, ACCOUNT, (client) => standing(client, path("budget.txt"), NO_ABORT));
    expect({ outcome: updated.outcome, content: await content("budget.txt"), sha: found?.sha256, modified: found?.modified }).toEqual(
      { outcome: "updated", content: "second", sha: newer.body?.sha256, modified: Date.parse("2024-05-01T08:00:00Z") });
    expect((await put(newer, updated.ref)).outcome).toBe("unchanged");
    expect(await session.verify(newer, updated.ref, context(newer, updated.ref))).toEqual({ state: "same", fields: [] });
  });

  it("writes a file once that was moved over before the marks were set again", async () => {
    const { ref } = await put(file("coupe.txt", "premier"));
    const newer = file("coupe.txt", "second");
    // The run ends between the two: content of the second, marks of the first.
    await withDav(server, ACCOUNT, (client) => client.request("PUT", path("coupe.txt"), { body: "second", signal: NO_ABORT }, () => Promise.resolve()));
    expect((await put(newer, ref)).ref.id).toBe("coupe.txt");
    expect((await names()).filter((name) => name.startsWith("coupe"))).toEqual(["coupe.txt"]);
  });

  it("leaves a file of another's whose name differs in case alone", async () => {
    const theirs = `essai-${randomBytes(4).toString("hex")}`;
    const at = (name: string): string => below(`/dav/${encodeURIComponent(ACCOUNT)}/${theirs}`, name);
    await withDav(server, ACCOUNT, async (client) => {
      await mkcol(client, at(""), NO_ABORT);
      await rawPut(client, at("Budget.txt"), "à l'utilisateur", { headers: {}, signal: NO_ABORT });
    });
    const shared: PlacedContainer = { ...placed, id: theirs, name: theirs, path: [theirs] };
    const there = await session.prepare(shared, undefined, NO_ABORT);
    const item = file("budget.txt", "de la source");
    const result = await session.put(item, contextOf({ blobs, ledger, signal: NO_ABORT }, item, shared, there));
    const read = (name: string) => withDav(server, ACCOUNT, async (client) => (await getText(client, at(name), NO_ABORT))?.text);
    expect({ outcome: result.outcome, theirs: await read("Budget.txt"), ours: await read("budget (o365).txt") }).toEqual({ outcome: "created", theirs: "à l'utilisateur", ours: "de la source" });
  });

  it.each([["as it was", "contenu"], ["changed too", "autre contenu"]])("follows the source where a name changes in case alone: content %s", async (_, text) => {
    const lower = `casse-${randomBytes(4).toString("hex")}.txt`;
    const upper = lower.replace("casse", "Casse");
    const ofItem = (name: string, content: string): Item => ({ ...file(name, content), key: { workload: "files", owner: "o", id: lower } });
    const { ref } = await put(ofItem(lower, "contenu"));
    const renamed = ofItem(upper, text);
    const moved = await put(renamed, ref);
    expect([moved.outcome, moved.ref.id, moved.losses.map(({ reason }) => reason).includes("files.renamed-conflict")]).toEqual(["updated", upper, false]);
    expect([(await names()).filter((name) => name.toLowerCase().includes(lower.slice(0, -4))), await content(upper)]).toEqual([[upper], text]);
    expect((await put(renamed, moved.ref)).outcome).toBe("unchanged");
  });

  it("goes on where a run was cut between the two moves of such a name", async () => {
    const lower = `entre-${randomBytes(4).toString("hex")}.txt`;
    const upper = lower.replace("entre", "Entre");
    const ofItem = (name: string): Item => ({ ...file(name, "contenu"), key: { workload: "files", owner: "o", id: lower } });
    const { ref } = await put(ofItem(lower));
    const between = markedName(upper, context(ofItem(upper)).idempotencyKey);
    await withDav(server, ACCOUNT, (client) => transfer(client, "MOVE", { from: path(lower), to: path(GOFAST_NAMES.made?.(between) ?? between), overwrite: false }, NO_ABORT));
    expect((await put(ofItem(upper), ref)).ref.id).toBe(upper);
    expect((await names()).filter((name) => name.toLowerCase().includes(lower.slice(0, -4)))).toEqual([upper]);
  });

  it("leaves a user's words under a name whose case alone changed at the source", async () => {
    const lower = `mienne-${randomBytes(4).toString("hex")}.txt`;
    const ofItem = (name: string): Item => ({ ...file(name, "contenu"), key: { workload: "files", owner: "o", id: lower } });
    const { ref } = await put(ofItem(lower));
    await withDav(server, ACCOUNT, (client) => rawPut(client, path(lower), "à l'utilisateur", { headers: {}, signal: NO_ABORT }));
    const beside = await put(ofItem(lower.replace("mienne", "Mienne")), ref);
    expect([await content(lower), await content(beside.ref.id), beside.ref.id === lower]).toEqual(["à l'utilisateur", "contenu", false]);
  });

  it("makes no space: a path that names one which is not there is refused", async () => {
    const elsewhere = await open(`${front.url}/{account}/_Maire/Reprise`);
    await expect(elsewhere.prepare(placed, undefined, NO_ABORT)).rejects.toMatchObject({ code: "TARGET_CONTAINER_REFUSED" });
    await elsewhere.close();
    expect([...front.unseen]).toEqual([]);
  });
});
