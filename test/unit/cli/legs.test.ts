import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "@jest/globals";
import { composeLegs } from "../../../src/cli/legs.js";
import { loadConfig } from "../../../src/config/load.js";
import type { Owner } from "../../../src/core/item.js";

let dir = "";
beforeAll(async () => { dir = await mkdtemp(path.join(tmpdir(), "exodus-legs-")); });
afterAll(() => rm(dir, { recursive: true, force: true }));

async function* listed(...owners: readonly Owner[]): AsyncIterable<Owner> {
  for (const owner of owners) yield await Promise.resolve(owner);
}
const user = (id: string, name: string): Owner => ({ id, name, kind: "user", displayName: name });

describe("whose account a leg writes to", () => {
  it("follows the id of the identity map through another name, and leaves out whose name's line is another's", async () => {
    await writeFile(path.join(dir, "identities.csv"), "source;account;id\njulie.martin@x;jm;A\npaul@x;p;\n");
    await writeFile(path.join(dir, "exodus.yaml"), "owners: all\nidentities: identities.csv\nvault: vault\ntargets: { copie: { adapter: archive, path: copie } }\nroutes: [{ workload: mail, to: copie }]\n");
    const { legs, mistaken, account } = await composeLegs(await loadConfig(path.join(dir, "exodus.yaml")), listed(user("A", "julie.petit@x"), user("B", "julie.martin@x"), user("C", "paul@x"), user("D", "zoe@x")), {});
    expect(legs.map(({ owner, targets }) => [owner.id, targets.map(({ account: name }) => name)])).toEqual([["A", ["jm"]], ["C", ["p"]], ["D", ["zoe@x"]]]);
    expect(mistaken).toEqual([{ code: "IDENTITY_OTHER", params: { source: "julie.martin@x", line: 2, id: "B", other: "A" }, sources: ["julie.martin@x"] }]);
    expect(account.ownersOf(1)).toBe(3);
  });
});
