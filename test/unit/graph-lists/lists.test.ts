import { describe, expect, it } from "@jest/globals";
import { ExodusError } from "../../../src/core/errors.js";
import type { Change, Owner } from "../../../src/core/item.js";
import type { Batch, Cursor, Feed } from "../../../src/core/source.js";
import type { ListItemRecord, ListRecord } from "../../../src/format/list.js";
import { fieldsAsked, listRecord, type GraphColumn } from "../../../src/graph/map/list.js";
import { createListsWorkload } from "../../../src/graph/workloads/lists.js";
import { FakeContext, fakeClient, page, type Answer } from "../graph-calendar/fake-client.js";

const SITE: Owner = { id: "s1", name: "x.example/sites/eau", kind: "site", displayName: "Eau" };
const LIST = { id: "l1", name: "Interventions", displayName: "Interventions", list: { hidden: false, template: "genericList" } };
const AT = "/sites/s1/lists/l1";
const DELTA = `${AT}/items/delta`;
const COLUMNS: readonly GraphColumn[] = [
  { name: "Title", displayName: "Titre", required: true, text: { maxLength: 255 } },
  { name: "Agent", displayName: "Agent d'astreinte", personOrGroup: { allowMultipleSelection: false } },
  { name: "Equipe", displayName: "Équipe", personOrGroup: { allowMultipleSelection: true } },
  { name: "Author", displayName: "Créé par", readOnly: true, personOrGroup: {} },
  { name: "Interne", hidden: true, text: {} },
  { name: "Cout", displayName: "Coût", readOnly: true, calculated: { formula: "=1+1" } },
];
const row = (id: string, fields: object, more: object = {}) => ({ id, eTag: `"${id},1"`, createdDateTime: "2026-01-05T09:00:00Z", createdBy: { user: { id: "u", displayName: "Zoé", email: "zoe@x.example" } }, contentType: { id: "0x01", name: "Élément" }, fields, ...more });
const refused = (): never => { throw new ExodusError("GRAPH_REFUSED", { params: {} }); };

async function feeds(routes: Readonly<Record<string, Answer>>, owner = SITE, versions = 0) {
  const client = fakeClient(routes);
  const workload = createListsWorkload(client, { versions });
  const found: Feed[] = [];
  for await (const feed of workload.feeds(owner, new AbortController().signal)) found.push(feed);
  return { client, workload, found };
}

async function read(routes: Readonly<Record<string, Answer>>, context = new FakeContext(), since?: string, versions = 0) {
  const { client, workload, found } = await feeds({ "/sites/s1/lists": () => [page(LIST)], [`${AT}/columns`]: () => [page(...COLUMNS)], ...routes }, SITE, versions);
  const batches: Batch[] = [];
  for await (const batch of workload.changes(SITE, found[0] as Feed, since as Cursor | undefined, context)) batches.push(batch);
  const changes = batches.flatMap((batch) => batch.changes);
  context.keep(changes);
  return { client, batches, changes };
}

const item = (changes: readonly Change[], id: string) => changes.find((change) => change.kind === "item" && change.key.id === id) as Extract<Change, { kind: "item" }> | undefined;

describe("lists of a site or group", () => {
  it("are its own ones: neither hidden nor libraries; a group's are those of its site", async () => {
    const lists = [page<object>(LIST, { ...LIST, id: "h", list: { hidden: true } }), page<object>({ ...LIST, id: "d", list: { template: "documentLibrary" } }, { id: "bare" })];
    const { found } = await feeds({ "/sites/s1/lists": () => lists });
    expect(found.map(({ id, container }) => [id, container.name])).toEqual([["l1", "Interventions"], ["bare", "bare"]]);
    const group = await feeds({ "/groups/g/sites/root": () => ({ id: "s1" }), "/sites/s1/lists": () => lists }, { ...SITE, id: "g", kind: "group" });
    expect(group.found.map(({ container }) => [container.owner, container.id])).toEqual([["g", "l1"], ["g", "bare"]]);
    expect((await feeds({}, { ...SITE, id: "g", kind: "group" })).found).toEqual([]);
  });

  it("tell their columns once, as an item", async () => {
    const { changes } = await read({ [DELTA]: () => [{ ...page(), deltaLink: "next" }] });
    const record = item(changes, "l1/card")?.record as ListRecord;
    expect(record.columns.map(({ name, type, required }) => [name, type, required])).toEqual([
      ["Agent", "personOrGroup", false], ["Author", "personOrGroup", false], ["Cout", "calculated", false], ["Equipe", "personOrGroup", false], ["Title", "text", true],
    ]);
    expect(record.columns.find(({ name }) => name === "Cout")?.settings).toEqual({ formula: "=1+1" });
  });
});

describe("items of a list", () => {
  it("come by its delta with people, dates and fields; annotations and repeated fields are left out, removed items are buried", async () => {
    const expand: unknown[] = [];
    const context = new FakeContext();
    const { changes, batches } = await read({
      [DELTA]: ({ query }) => {
        expand.push(query?.["$expand"]);
        return [page(row("1", { "@odata.etag": "e", id: "1", Title: "Fuite", LinkTitle: "Fuite", Agent: "Zoé", AgentLookupId: "11", "Lien@odata.type": "x", Lien: { Url: "https://x.example", "@odata.type": "y" } })), { ...page(row("2", { Title: "" }, { eTag: null })), deltaLink: "next" }];
      },
    }, context);
    expect(expand).toEqual(["fields($select=Title,Agent,Equipe,Cout,AgentLookupId,Attachments,ContentType)"]);
    expect(item(changes, "l1/1")).toMatchObject({ container: "l1", version: '"1,1"', title: "Fuite" });
    expect(item(changes, "l1/1")?.record as ListItemRecord).toEqual({
      v: 1, type: "list-item", number: "1", contentType: "Élément", createdAt: "2026-01-05T09:00:00.000Z", createdBy: { kind: "user", id: "u", name: "Zoé", address: "zoe@x.example" },
      fields: { Title: "Fuite", Agent: "Zoé", AgentLookupId: "11", Lien: { Url: "https://x.example" } }, versions: [],
    });
    expect(item(changes, "l1/2")?.title).toBe("#2");
    expect(batches.at(-1)).toEqual({ changes: [], done: true, next: "next" });
    const second = await read({ next: () => [{ ...page<object>(row("1", {}), { id: "2", deleted: { state: "deleted" } }), deltaLink: "last" }] }, context, "next");
    expect(second.changes).toEqual([{ kind: "unchanged", id: "l1/card", container: "l1" }, { kind: "unchanged", id: "l1/1", container: "l1" }, { kind: "tombstone", id: "l1/2", container: "l1" }]);
  });

  it("whose fields a page leaves out are read by themselves, and attachments are a named loss", async () => {
    const { changes } = await read({ [DELTA]: () => [{ ...page(row("1", {}, { fields: undefined }), row("2", { Title: "b", Attachments: true })), deltaLink: "n" }], [`${AT}/items/1`]: () => row("1", { Title: "a" }) });
    expect([item(changes, "l1/1")?.title, item(changes, "l1/2")?.losses]).toEqual(["a", [{ field: "attachments", change: "dropped", side: "source", reason: "list.attachments" }]]);
  });

  it("keep as many older versions as asked for, the present one left out", async () => {
    const version = (id: string) => ({ id, lastModifiedDateTime: `2026-01-0${id[0] ?? ""}T00:00:00Z`, fields: { Title: id } });
    const { changes } = await read({ [DELTA]: () => [{ ...page(row("1", { Title: "a" })), deltaLink: "n" }], [`${AT}/items/1/versions`]: () => [page(version("4.0"), version("3.0")), page(version("2.0"), version("1.0"))] }, new FakeContext(), undefined, 2);
    expect((item(changes, "l1/1")?.record as ListItemRecord).versions.map(({ id, fields }) => [id, fields["Title"]])).toEqual([["2.0", "2.0"], ["3.0", "3.0"]]);
    expect(item(changes, "l1/1")?.losses.map(({ reason }) => reason)).toEqual(["list.versions-limit"]);
  });

  it("are listed where a cloud has no delta of lists, without a place to go on from", async () => {
    const { batches, changes } = await read({ [DELTA]: refused, [`${AT}/items`]: () => [{ ...page(row("1", { Title: "a" })), nextLink: "more" }, page(row("2", { Title: "b" }))] });
    expect(changes.map((change) => (change.kind === "item" ? change.key.id : change.kind))).toEqual(["l1/card", "l1/1", "l1/2"]);
    expect(batches.filter(({ next }) => next !== undefined)).toEqual([]);
    expect(batches.map(({ done }) => done).at(-1)).toBe(true);
  });

  it("keep numbers where columns by name are refused, and say so; a refusal in the middle is none of that", async () => {
    const { changes } = await read({ [DELTA]: ({ query }) => (query?.["$expand"] === "fields" ? [{ ...page(row("1", { AgentLookupId: "11" })), deltaLink: "n" }] : refused()) });
    expect(item(changes, "l1/card")?.losses).toEqual([{ field: "Agent", change: "approximated", side: "source", reason: "list.lookup-values" }]);
    const broken = function* () {
      yield { ...page(row("1", { Title: "a" })), nextLink: "more" };
      refused();
    };
    await expect(read({ [DELTA]: () => broken() })).rejects.toMatchObject({ code: "GRAPH_REFUSED" });
  });

  it("that could not be read are read again by their number", async () => {
    const { workload } = await feeds({ "/sites/s1/lists": () => [page(LIST)], [`${AT}/columns`]: () => [page(...COLUMNS)], [`${AT}/items/7`]: () => row("7", { Title: "sept" }) });
    expect(await workload.readOne(SITE, "l1/7", "l1", new FakeContext())).toMatchObject({ kind: "item", title: "sept" });
    expect(await workload.readOne(SITE, "l1/8", "l1", new FakeContext())).toEqual({ kind: "tombstone", id: "l1/8", container: "l1" });
  });
});

describe("columns that look something up", () => {
  const many = Array.from({ length: 15 }, (_, index): GraphColumn => ({ name: `C${String(index)}`, lookup: { allowMultipleValues: false } }));

  it("are resolved up to twelve", () => {
    const { expand, unresolved } = fieldsAsked(many);
    expect(unresolved).toEqual(["C12", "C13", "C14"]);
    expect([expand.includes("C11,"), expand.includes("C14LookupId"), expand.includes(",C14,")]).toEqual([true, true, false]);
    expect(fieldsAsked([{ name: "Title", text: {} }])).toEqual({ expand: "fields", unresolved: [] });
  });

  it("do not stand in the way of a list without a name for people", () => {
    expect(listRecord({ id: "x" }, [])).toMatchObject({ name: "x", displayName: "x", columns: [] });
  });
});
