import { readFile } from "node:fs/promises";
import { afterAll, beforeAll, describe, expect, it } from "@jest/globals";
import type { Change, Owner } from "../../../src/core/item.js";
import type { NotePageRecord, NotePartRecord } from "../../../src/format/note.js";
import { createGovernor } from "../../../src/engine/governor.js";
import { AppPool } from "../../../src/graph/sign-in/app-pool.js";
import { createDispatcher, createGraphClient, type GraphClient } from "../../../src/graph/client/client.js";
import { createNotesWorkload } from "../../../src/graph/workloads/notes.js";
import { FakeContext } from "../../unit/graph-calendar/fake-client.js";
import { Served, writeTree } from "../sandbox/served.js";

const HOME = "users/zoe@mairie.example/onenote/Carnet";
const PNG = Buffer.from([137, 80, 78, 71, 1, 2, 3]);
const html = (body: string): string => `<html><head><title>x</title></head><body>${body}</body></html>`;
const day = (index: number): string => new Date(Date.UTC(2026, 0, 1) + index * 86_400_000).toISOString();

function tenant(): Record<string, string | Buffer> {
  const pages = Array.from({ length: 130 }, (_, index) => [
    [`${HOME}/Journal/p${String(index).padStart(3, "0")}.html`, html(`<p>Jour ${String(index)}</p>`)],
    [`${HOME}/Journal/p${String(index).padStart(3, "0")}.json`, JSON.stringify({ createdDateTime: day(index), lastModifiedDateTime: day(index), order: 129 - index, level: index % 3 })],
  ] as const).flat();
  return {
    "tenant.json": JSON.stringify({ name: "Mairie", domain: "mairie.example" }),
    "users/zoe@mairie.example/profile.json": JSON.stringify({ displayName: "Zoé" }),
    ...Object.fromEntries(pages),
    [`${HOME}/notebook.json`]: JSON.stringify({ isDefault: true }),
    [`${HOME}/Projets/2026/Voirie/page.html`]: html('<img src="resources/petit.png" data-fullres-src="resources/plan.png" data-fullres-src-type="image/png"/><object data-attachment="Devis n° 3.pdf" data="resources/devis.pdf" type="application/pdf"></object><img src="https://evil.example/x.png"/>'),
    [`${HOME}/Projets/2026/Voirie/resources/petit.png`]: Buffer.from("petit"), [`${HOME}/Projets/2026/Voirie/resources/plan.png`]: PNG, [`${HOME}/Projets/2026/Voirie/resources/devis.pdf`]: Buffer.from("%PDF"),
    [`${HOME}/Projets/2026/Vide/section.json`]: "{}",
    "groups/voirie/group.json": JSON.stringify({ displayName: "Voirie", members: ["zoe@mairie.example"] }),
    "groups/voirie/onenote/Commun/Notes/a.html": html("<p>Du groupe</p>"),
  };
}

describe("OneNote, read from the sandbox", () => {
  let served: Served;
  let client: GraphClient;
  let asApplication = false;
  let asked: string[] = [];
  const owner = (kind: Owner["kind"], id: string): Owner => ({ id, kind, name: "x", displayName: "x" });

  beforeAll(async () => {
    served = await Served.start(tenant());
    const { ready } = served.sandbox;
    const application = async (): Promise<string> => String((await served.token({ client_id: ready.clientId, client_secret: ready.clientSecret, scope: `${ready.graph}/.default` })).json["access_token"]);
    client = createGraphClient({
      graphRoot: ready.graph, pool: new AppPool([{ id: "app", auth: { token: () => (asApplication ? application() : served.sandbox.delegatedToken("zoe")) } }]), governor: createGovernor({ limits: {} }), userAgent: "test",
      dispatcher: createDispatcher(await readFile(ready.caFile, "utf8")), attempts: 1,
    });
  });

  afterAll(async () => {
    await client.close();
    await served.stop();
  });

  const idOf = async (of: "users" | "groups"): Promise<string> => ((await served.get(`/${of}?$select=id`)).json["value"] as { id: string }[])[0]?.id ?? "";

  /** All feeds of an owner, as the engine reads them. */
  async function read(from: Owner, context: FakeContext): Promise<readonly Change[]> {
    asked = [];
    const watched: GraphClient = { ...client, get: (at, options) => { asked.push(at); return client.get(at, options); }, pages: (at, options) => { asked.push(`${at} ${String(options.query?.["$skip"] ?? "")}`.trim()); return client.pages(at, options); }, bytes: (at, options, use) => { asked.push(at); return client.bytes(at, options, use); } };
    const workload = createNotesWorkload(watched);
    const changes: Change[] = [];
    for await (const feed of workload.feeds(from, context.signal)) {
      changes.push({ kind: "container", container: feed.container });
      for await (const batch of workload.changes(from, feed, undefined, context)) changes.push(...batch.changes);
    }
    context.keep(changes);
    return changes;
  }
  const itemsOf = (changes: readonly Change[]) => changes.flatMap((change) => (change.kind === "item" ? [change] : []));

  it("arrives whole: notebooks, groups of sections, every page of a long section, pictures and files by their ids", async () => {
    const context = new FakeContext();
    const changes = await read(owner("user", await idOf("users")), context);
    const names = new Map(changes.flatMap((change) => (change.kind === "container" ? [[change.container.id, change.container] as const] : [])));
    const pathOf = (id: string | undefined): string => (id === undefined ? "" : `${pathOf(names.get(id)?.parentId)}/${names.get(id)?.name ?? "?"}`);
    expect([...names.keys()].map(pathOf).sort()).toEqual(["/Carnet", "/Carnet/Journal", "/Carnet/Projets", "/Carnet/Projets/2026", "/Carnet/Projets/2026/Vide", "/Carnet/Projets/2026/Voirie"]);
    const pages = itemsOf(changes).filter(({ record }) => (record as { type: string }).type === "note-page");
    // The listing with $top has no link to go on.
    expect(new Set(pages.map(({ key }) => key.id)).size).toBe(131);
    expect(pages.filter(({ container }) => pathOf(container) === "/Carnet/Journal").map((page) => context.body(page)).sort()).toEqual(Array.from({ length: 130 }, (_, index) => html(`<p>Jour ${String(index)}</p>`)).sort());
    const plan = pages.find(({ container }) => pathOf(container) === "/Carnet/Projets/2026/Voirie");
    const { resources } = plan?.record as NotePageRecord;
    expect(resources.map(({ name, mediaType, size, copies }) => [name, mediaType, size, copies.length])).toEqual([[undefined, "image/png", PNG.length, 1], ["Devis n° 3.pdf", "application/pdf", 4, 0]]);
    expect(plan?.parts.map(({ extension }) => extension)).toEqual([".png", ".pdf"]);
    for (const { id } of resources) expect(context.body(plan)).toContain(`/resources/${id}/$value`);
    const journal = itemsOf(changes).find(({ record }) => (record as NotePartRecord).name === "Journal")?.record as NotePartRecord;
    const title = new Map(pages.map(({ key, title: of }) => [key.id, of]));
    expect(journal.pages?.slice(0, 3).map(({ id, level }) => [title.get(id), level])).toEqual([["p129", 0], ["p128", 2], ["p127", 1]]);
  });

  it("costs no request a page when nothing changed, and brings what changed", async () => {
    const context = new FakeContext();
    const zoe = owner("user", await idOf("users"));
    await read(zoe, context);
    expect(itemsOf(await read(zoe, context))).toEqual([]);
    // The tree, and the lists: two of the long section, one of each other.
    expect(asked.length).toBe(3 + 2 + 1 + 1);
    await served.change((dir) => writeTree(dir, { [`${HOME}/Journal/p100.html`]: html("<p>Corrigé</p>"), [`${HOME}/Journal/p100.json`]: JSON.stringify({ createdDateTime: day(100), lastModifiedDateTime: "2026-12-01T00:00:00Z", order: 29, level: 1 }) }));
    expect(itemsOf(await read(zoe, context)).map((page) => context.body(page))).toEqual([html("<p>Corrigé</p>")]);
  });

  it("of groups is read by the same paths", async () => {
    const context = new FakeContext();
    const changes = await read(owner("group", await idOf("groups")), context);
    expect(itemsOf(changes).map(({ title }) => title)).toEqual(["Commun", "a", "Notes"]);
  });

  it("is refused to an application, whatever it is granted, and that is no fault of its token", async () => {
    asApplication = true;
    try {
      await expect(read(owner("user", await idOf("users")), new FakeContext())).rejects.toMatchObject({ code: "GRAPH_APPLICATION", errorClass: "permanent-container" });
    } finally {
      asApplication = false;
    }
  });

  it("keeps a page whose picture is gone, and names what is missing", async () => {
    await served.change(async (dir) => writeTree(dir, { [`${HOME}/Journal/q.html`]: html(`<img src="${served.sandbox.ready.graph}/v1.0/users/x/onenote/resources/1-perdu!1/$value"/>`) }));
    const context = new FakeContext();
    const page = itemsOf(await read(owner("user", await idOf("users")), context)).find(({ title }) => title === "q");
    expect(page?.losses).toEqual([{ field: "resources/1-perdu!1", change: "dropped", side: "source", reason: "note.resource-unreadable" }]);
    expect(asked.some((at) => at.endsWith("/resources/1-perdu!1/content"))).toBe(true);
  });
});
