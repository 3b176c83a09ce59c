import { describe, expect, it } from "@jest/globals";
import type { Owner } from "../../../src/core/item.js";
import type { Feed } from "../../../src/core/source.js";
import { createFilesWorkload } from "../../../src/graph/workloads/files.js";
import { fakeClient, OWNER, page, type Answer } from "../graph-calendar/fake-client.js";

const GROUP: Owner = { id: "g1", name: "projet@mairie.example", kind: "group", displayName: "Projet" };
const root = (id: string): Readonly<Record<string, Answer>> => ({ [`/drives/${id}/root`]: () => ({ id: `root-${id}` }) });

async function feeds(owner: Owner, routes: Readonly<Record<string, Answer>>): Promise<Feed[]> {
  const found: Feed[] = [];
  for await (const feed of createFilesWorkload(fakeClient(routes)).feeds(owner, new AbortController().signal)) found.push(feed);
  return found;
}

describe("libraries of an owner", () => {
  it("stand as folders beside the content of a group's main one, wherever that one comes in the list", async () => {
    const found = await feeds(GROUP, {
      "/groups/g1/drives": () => [page({ id: "d1", name: "Archives" }, { id: "d2", name: "Documents" }), page({ id: "d3", name: null })],
      "/groups/g1/drive": () => ({ id: "d2", name: "Documents" }), ...root("d1"), ...root("d2"), ...root("d3"),
    });
    expect(found.map(({ id, container: { id: top, name, role } }) => [id, top, name, role ?? null])).toEqual([["d1", "root-d1", "Archives", null], ["d2", "root-d2", "", "root"], ["d3", "root-d3", "d3", null]]);
  });

  it("are asked for under the user, whose first drive is the main one", async () => {
    const found = await feeds(OWNER, { "/users/u1/drives": () => [page({ id: "d1", name: "OneDrive" })], ...root("d1") });
    expect(found.map(({ id, container }) => [id, container.role])).toEqual([["d1", "root"]]);
  });
});
