import { readFile, writeFile } from "node:fs/promises";
import path from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "@jest/globals";
import { Served, TENANT, type Json } from "./served.js";

const LIST = "sites/eau/lists/Interventions";
const ITEMS = [
  { id: 1, createdDateTime: "2026-01-05T09:00:00Z", createdBy: "zoe@test.example", fields: { Title: "Fuite", Agent: { LookupId: 11, LookupValue: "Zoé" }, Heures: 1.5 } },
  { id: 2, createdDateTime: "2026-01-06T09:00:00Z", fields: { Title: "Panne" }, versions: [{ lastModifiedDateTime: "2026-01-05T00:00:00Z", fields: { Title: "Pane" } }] },
];
const lines = (items: readonly object[]): string => items.map((item) => `${JSON.stringify(item)}\n`).join("");

let served: Served;
let at = "";
beforeEach(async () => {
  served = await Served.start({
    ...TENANT,
    "users/zoe@test.example/profile.json": JSON.stringify({ displayName: "Zoé" }),
    "sites/eau/site.json": JSON.stringify({ displayName: "Eau" }),
    [`${LIST}/list.json`]: JSON.stringify({ displayName: "Interventions", columns: [{ name: "Agent", displayName: "Agent", personOrGroup: { allowMultipleSelection: false } }, { name: "Heures", displayName: "Heures", number: {} }, { name: "Interne", hidden: true, text: {} }] }),
    [`${LIST}/items.jsonl`]: lines(ITEMS),
    "sites/eau/lists/Sans fiche/note.json": "{}",
    "groups/bureau/lists/Liens/list.json": "{}",
  });
  const site = (await served.all("/sites/getAllSites")).rows.find(({ name }) => name === "eau");
  const { rows } = await served.all(`/sites/${String(site?.["id"])}/lists`);
  expect(rows.map((row) => [row["displayName"], (row["list"] as Json)["template"]])).toEqual([["Documents", "documentLibrary"], ["Interventions", "genericList"]]);
  at = `/sites/${String(site?.["id"])}/lists/${String(rows[1]?.["id"])}`;
});
afterEach(() => served.stop());

describe("lists", () => {
  it("have columns, hidden ones left out, and items whose fields come when expanded", async () => {
    expect((await served.all(`${at}/columns`)).rows.map(({ name }) => name)).toEqual(["Title", "Attachments", "Created", "Modified", "Author", "Editor", "Agent", "Heures"]);
    expect((await served.all(`${at}/items`)).rows[0]?.["fields"]).toBeUndefined();
    const { rows, pages } = await served.all(`${at}/items?$expand=fields&$top=1`);
    expect([pages, rows[0]?.["createdBy"]]).toEqual([2, { user: expect.objectContaining({ displayName: "Zoé", email: "zoe@test.example" }) }]);
    expect(rows[0]?.["fields"]).toMatchObject({ Title: "Fuite", AgentLookupId: "11", Heures: 1.5 });
    expect((rows[0]?.["fields"] as Json)["Agent"]).toBeUndefined();
    const selected = (await served.get(`${at}/items/1?$expand=fields($select=Title,Agent)`)).json["fields"] as Json;
    expect(selected).toEqual({ "@odata.etag": expect.any(String), id: "1", Title: "Fuite", Agent: "Zoé" });
  });

  it("of a group are those of its site; an unknown list or item is not found", async () => {
    const [group] = (await served.all("/groups")).rows;
    const site = (await served.get(`/groups/${String(group?.["id"])}/sites/root`)).json;
    expect((await served.all(`/sites/${String(site["id"])}/lists`)).rows.map(({ name }) => name)).toEqual(["Documents", "Liens"]);
    expect([(await served.get(`${at}/items/9`)).status, (await served.get(`${at}x`)).status]).toEqual([404, 404]);
  });

  it("tell their changes and what is gone, by the item's number", async () => {
    const { rows, deltaLink } = await served.all(`${at}/items/delta?$expand=fields`);
    expect(rows.map(({ id }) => id)).toEqual(["1", "2"]);
    expect((await served.all(deltaLink)).rows).toEqual([]);
    await served.change((dir) => writeFile(path.join(dir, LIST, "items.jsonl"), lines([{ ...ITEMS[0], fields: { Title: "Fuite réparée" } }, { id: 3, fields: { Title: "Neuf" } }])));
    const changed = await served.all(deltaLink);
    expect(changed.rows.map((row) => [row["id"], row["deleted"] !== undefined, (row["fields"] as Json | undefined)?.["Title"]])).toEqual([["1", false, "Fuite réparée"], ["3", false, "Neuf"], ["2", true, undefined]]);
    expect(changed.rows[0]?.["eTag"]).not.toBe(rows[0]?.["eTag"]);
    await served.control("expire-deltas");
    const expired = await served.get(changed.deltaLink);
    expect([expired.status, (expired.json["error"] as Json)["code"]]).toEqual([410, "resyncChangesApplyDifferences"]);
  });

  it("keep versions of items, the present one first", async () => {
    const { rows } = await served.all(`${at}/items/2/versions?$expand=fields`);
    expect(rows.map((row) => [row["id"], (row["fields"] as Json)["Title"]])).toEqual([["2.0", "Panne"], ["1.0", "Pane"]]);
  });

  it("refuse more than twelve columns that look something up", async () => {
    const names = Array.from({ length: 13 }, (_, index) => `L${String(index)}`);
    await served.change(async (dir) => {
      const file = path.join(dir, LIST, "list.json");
      const card = JSON.parse(await readFile(file, "utf8")) as { columns: object[] };
      await writeFile(file, JSON.stringify({ ...card, columns: names.map((name) => ({ name, lookup: {} })) }));
    });
    const asked = (count: number) => served.get(`${at}/items/1?$expand=fields($select=${names.slice(0, count).join(",")})`);
    expect([(await asked(12)).status, (await asked(13)).status]).toEqual([200, 400]);
  });
});
