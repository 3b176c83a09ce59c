import { describe, expect, it } from "@jest/globals";
import type { Owner } from "../../../src/core/item.js";
import { groupKind } from "../../../src/graph/map/directory.js";
import { owners } from "../../../src/graph/owners.js";
import { createDirectoryWorkload } from "../../../src/graph/workloads/directory.js";
import { FakeContext, fakeClient, page, type Answer } from "../graph-calendar/fake-client.js";

const GROUPS = [
  { id: "11111111-a", displayName: "Projet", mail: "projet@x.example", groupTypes: ["Unified"] }, { id: "22222222-a", displayName: "Droits", mailNickname: "NotSet", groupTypes: [] },
  { id: "33333333-a", displayName: "Droits", mailNickname: "NotSet", groupTypes: [] }, { id: "44444444-a", displayName: null, groupTypes: null }, { id: "55555555-a", displayName: "Tous", mail: "tous@x.example", groupTypes: [] },
];
const GROUP: Owner = { id: "g", name: "g@x.example", kind: "group", displayName: "G" };

async function listed(groups: boolean, entries: boolean, sites = false) {
  const client = fakeClient({ "/users": () => [page()], "/groups": () => [page(...GROUPS)], "/sites/getAllSites": () => [page()], "/groups/11111111-a/sites/root": () => ({ id: "s" }) });
  const found: Owner[] = [];
  for await (const owner of owners(client, { groups, entries, sites }, new AbortController().signal)) found.push(owner);
  return { found, asked: client.asked };
}

async function read(group: object, more: Readonly<Record<string, Answer>> = {}) {
  const client = fakeClient({ "/groups/g": () => ({ id: "g", displayName: "G", ...group }), "/groups/g/owners": () => [page()], "/groups/g/members": () => [page()], ...more });
  const change = await createDirectoryWorkload(client, { cloudLacks: new Set() }).readOne(GROUP, "g", "directory", new FakeContext());
  return { losses: change.kind === "item" ? change.losses.map(({ reason }) => reason) : change, asked: client.asked };
}

describe("groups without content", () => {
  it("are owners of their entry alone where the directory is read, told apart by their ids where their names do not", async () => {
    expect((await listed(true, true)).found.map(({ name, entryOnly }) => [name, entryOnly])).toEqual([
      ["projet@x.example", undefined], ["Droits (22222222)", true], ["Droits (33333333)", true], ["(44444444)", true], ["tous@x.example", true],
    ]);
    expect((await listed(true, false)).found.map(({ name }) => name)).toEqual(["projet@x.example"]);
    expect((await listed(false, true)).found).toEqual([]);
  });

  it("are not asked for a site", async () => {
    expect((await listed(true, true, true)).asked.filter((path) => path.endsWith("/sites/root"))).toEqual(["/groups/11111111-a/sites/root"]);
  });

  it("are of the kind that Microsoft's table says", () => {
    const kind = (groupTypes: readonly string[], mailEnabled: boolean, securityEnabled: boolean): string => groupKind({ id: "g", groupTypes, mailEnabled, securityEnabled });
    expect([kind(["Unified"], true, true), kind([], false, true), kind([], true, true), kind([], true, false), kind(["DynamicMembership"], false, true), kind(["Unified", "DynamicMembership"], true, false)])
      .toEqual(["microsoft365", "security", "mail-security", "distribution", "security", "microsoft365"]);
  });

  it("say what Graph does not tell of them: owners of those made elsewhere, hidden members, names; a group of three requests is none of licences", async () => {
    expect((await read({ mailEnabled: true })).losses).toEqual(["directory.owners-untold"]);
    expect((await read({ onPremisesSyncEnabled: true })).losses).toEqual(["directory.owners-untold"]);
    expect((await read({ visibility: "HiddenMembership" })).losses).toEqual(["directory.members-hidden"]);
    expect((await read({ mailEnabled: true }, { "/groups/g/owners": () => [page({ id: "u", displayName: "Zoé" })], "/groups/g/members": () => [page({ id: "d", "@odata.type": "#microsoft.graph.device", displayName: null })] })).losses).toEqual(["directory.entries-unnamed"]);
    expect((await read({})).asked).toEqual(["/groups/g", "/groups/g/owners", "/groups/g/members"]);
    expect((await read({ assignedLicenses: [{ skuId: "k" }] }, { "/subscribedSkus": () => [page({ skuId: "k", skuPartNumber: "E3" })] })).losses).toEqual([]);
  });
});
