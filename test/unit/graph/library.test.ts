import { describe, expect, it } from "@jest/globals";
import { ExodusError } from "../../../src/core/errors.js";
import { libraryOf } from "../../../src/graph/drive/library.js";
import { fakeClient, page, type Answer } from "../graph-calendar/fake-client.js";

const signal = new AbortController().signal;
const COLUMNS = "/drives/d/list/columns";
const FILE = "/drives/d/items/f";
const text = { text: {} };
const columns = [
  { name: "FileLeafRef", displayName: "Name", ...text }, { name: "ContentType", displayName: "Content Type" }, { name: "Title", displayName: "Title", ...text }, { name: "Th_x00e8_me", displayName: "Thème", choice: {} },
  { name: "Agent", displayName: "Agent", personOrGroup: { allowMultipleSelection: false } }, { name: "Modified", displayName: "Modified", readOnly: true, dateTime: {} }, { name: "_Secret", displayName: "s", hidden: true, ...text },
];
const listItem = {
  contentType: { name: "Délibération" },
  fields: { "@odata.etag": "x", id: "1", FileLeafRef: "a.txt", ContentType: "Délibération", Title: "", Th_x00e8_me: ["Eau"], Agent: "Zoé", AgentLookupId: "11", Modified: "2026-01-01T00:00:00Z", _Secret: "s" },
};
const refused = (code: "GRAPH_REFUSED" | "GRAPH_CONSENT" | "GRAPH_NO_MAILBOX"): never => { throw new ExodusError(code, { params: { path: "x", permission: "-", graphCode: "-", requestId: "-", reason: "", status: 0 } }); };

async function read(routes: Readonly<Record<string, Answer>>, files: readonly string[] = ["f"]) {
  const client = fakeClient(routes);
  const library = libraryOf(client, "d", { signal });
  const facts = [];
  for (const file of files) facts.push(await library(file));
  return { facts, asked: client.asked };
}

describe("what a library tells of a file", () => {
  it("is the content type, filled columns of its own by their names for people, and who has it checked out", async () => {
    const { facts } = await read({ [COLUMNS]: () => [page(...columns)], [FILE]: () => ({ listItem, publication: { level: "checkout", checkedOutBy: { user: { displayName: "Zoé" } } } }) });
    expect(facts).toEqual([{
      told: { contentType: "Délibération", columns: [{ name: "Agent", displayName: "Agent", value: "Zoé" }, { name: "Th_x00e8_me", displayName: "Thème", value: ["Eau"] }], checkedOut: { by: "Zoé" } }, losses: [],
    }]);
  });

  it("costs one request a file, and the columns one for all", async () => {
    const { asked } = await read({ [COLUMNS]: () => [page(...columns)], [FILE]: () => ({ listItem }), "/drives/d/items/g": () => ({ listItem: null, publication: { level: "published" } }) }, ["f", "g", "f"]);
    expect(asked).toEqual([COLUMNS, FILE, "/drives/d/items/g", FILE]);
  });

  it("is asked for with all fields where columns cannot be named, and says which stay numbers", async () => {
    const { facts } = await read({
      [COLUMNS]: () => [page(...columns)],
      [FILE]: ({ query }) => (query?.["$expand"] === "listItem($expand=fields)" ? { listItem: { fields: { AgentLookupId: "11" } } } : refused("GRAPH_REFUSED")),
    });
    expect(facts).toEqual([{ told: { columns: [{ name: "Agent", displayName: "Agent", value: "11" }] }, losses: [expect.objectContaining({ field: "Agent", reason: "list.lookup-values" })] }]);
  });

  it("is a named loss where it is refused, and a failure where the drive fails", async () => {
    const lost = { told: {}, losses: [expect.objectContaining({ reason: "files.columns-unreadable", side: "source" })] };
    const denied = await read({ [COLUMNS]: () => refused("GRAPH_CONSENT") }, ["f", "f"]);
    expect(denied).toEqual({ facts: [lost, lost], asked: [COLUMNS] });
    expect((await read({ [COLUMNS]: () => [page(...columns)], [FILE]: () => refused("GRAPH_REFUSED") })).facts).toEqual([lost]);
    await expect(read({ [COLUMNS]: () => refused("GRAPH_NO_MAILBOX") })).rejects.toMatchObject({ code: "GRAPH_NO_MAILBOX" });
  });
});
