import { mkdir, rename, rm, utimes, writeFile } from "node:fs/promises";
import path from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "@jest/globals";
import { Served, TENANT, writeTree, type Json } from "./served.js";

const HOME = "users/zoe@test.example";
const DRIVE = "/users/zoe@test.example/drive";
const PERMISSION = { id: "p1", roles: ["read"], grantedToV2: { user: { displayName: "Luc" } } };

let served: Served;
beforeEach(async () => {
  served = await Served.start({
    ...TENANT,
    [`${HOME}/drive/Dossier/Sous/plan%3F.txt`]: "0123456789",
    [`${HOME}/drive/Dossier/vide.txt`]: "",
    [`${HOME}/drive/lettre.txt`]: "trois",
    [`${HOME}/drive/lettre.txt.versions/1`]: "un",
    [`${HOME}/drive/lettre.txt.versions/2`]: "deux",
    [`${HOME}/drive/lettre.txt.permissions.json`]: JSON.stringify([PERMISSION]),
    [`${HOME}/drive/virus.com`]: "x",
    [`${HOME}/drive/seul.permissions.json`]: "[]",
    [`${HOME}/drive.json`]: JSON.stringify({ "virus.com": { malware: true }, "lettre.txt": { createdDateTime: "2020-02-03T04:05:06Z", lastModifiedBy: "Ancien" }, "lettre.txt#1": { lastModifiedDateTime: "2019-01-01T00:00:00Z" } }),
    "groups/bureau/group.json": "{}",
    "groups/bureau/drive/note.txt": "note",
  });
});
afterEach(() => served.stop());

const at = (dir: string, ...names: readonly string[]): string => path.join(dir, ...HOME.split("/"), "drive", ...names);
const item = async (where: string): Promise<Json> => (await served.get(`${DRIVE}/root:/${where}`)).json;
const names = (rows: readonly Json[]): unknown[] => rows.map((row) => row["name"] ?? row["deleted"]);

describe("items", () => {
  it("are reached by children, id and path, whatever the case of the path", async () => {
    const { rows } = await served.all(`${DRIVE}/root/children?$top=2`);
    // A sidecar without its file is a file.
    expect(names(rows)).toEqual(["Dossier", "lettre.txt", "seul.permissions.json", "virus.com"]);
    const plan = await item("dossier/SOUS/plan%3F.txt");
    expect(plan).toMatchObject({ name: "plan?.txt", size: 10, file: { mimeType: "text/plain", hashes: { quickXorHash: expect.stringMatching(/^.{28}$/) } } });
    expect((plan["parentReference"] as Json)["path"]).toMatch(/^\/drives\/b!.*\/root:\/Dossier\/Sous$/);
    expect((await served.get(`${DRIVE}/items/${String(plan["id"])}`)).json["eTag"]).toBe(plan["eTag"]);
    expect(names((await served.all(`${DRIVE}/root:/Dossier:/children`)).rows)).toEqual(["Sous", "vide.txt"]);
    expect((await item("Dossier"))).toMatchObject({ size: 10, folder: { childCount: 2 } });
    expect((await served.get(`${DRIVE}/root:/absent`)).json["error"]).toMatchObject({ code: "itemNotFound" });
  });

  it("tell what drive.json knows, and only what was selected", async () => {
    expect(await item("lettre.txt")).toMatchObject({ createdDateTime: "2020-02-03T04:05:06Z", fileSystemInfo: { createdDateTime: "2020-02-03T04:05:06Z" }, lastModifiedBy: { user: { displayName: "Ancien" } } });
    const { rows } = await served.all(`${DRIVE}/root/children?$select=id,name`);
    expect(Object.keys(rows[1] ?? {}).sort()).toEqual(["id", "name"]);
    expect((await served.get(`${DRIVE}/root/children?$select=nonsense`)).status).toBe(400);
  });

  it("exist for groups as well", async () => {
    const [group] = (await served.all("/groups")).rows;
    expect(names((await served.all(`/groups/${String(group?.["id"])}/drive/root/children`)).rows)).toEqual(["note.txt"]);
  });
});

describe("content", () => {
  it("is redirected to an address that needs no token and serves ranges", async () => {
    const plan = await item("Dossier/Sous/plan%3F.txt");
    const redirect = await served.get(`${DRIVE}/items/${String(plan["id"])}/content`);
    expect(redirect.status).toBe(302);
    for (const url of [String(redirect.headers["location"]), String(plan["@microsoft.graph.downloadUrl"])]) expect((await served.send("GET", url)).bytes.toString()).toBe("0123456789");
    const range = async (value: string) => {
      const { status, bytes, headers } = await served.send("GET", String(redirect.headers["location"]), { range: value });
      return [status, status === 416 ? "" : bytes.toString(), headers["content-range"]];
    };
    expect(await range("bytes=4-")).toEqual([206, "456789", "bytes 4-9/10"]);
    expect(await range("bytes=2-3")).toEqual([206, "23", "bytes 2-3/10"]);
    expect(await range("bytes=-3")).toEqual([206, "789", "bytes 7-9/10"]);
    expect(await range("bytes=10-")).toEqual([416, "", "bytes */10"]);
    expect((await served.send("GET", String(redirect.headers["location"]).replace(/e=\d/, "e=9"))).status).toBe(401);
    await served.control("expire-downloads");
    expect((await served.send("GET", String(redirect.headers["location"]))).status).toBe(401);
  });

  it("of nothing is nothing, of an infected file is refused, of a folder does not exist", async () => {
    const empty = await served.send("GET", String((await item("Dossier/vide.txt"))["@microsoft.graph.downloadUrl"]));
    expect([empty.status, empty.headers["content-length"], empty.bytes.length]).toEqual([200, "0", 0]);
    const virus = await item("virus.com");
    expect(virus["malware"]).toBeDefined();
    expect((await served.send("GET", String(virus["@microsoft.graph.downloadUrl"]))).status).toBe(403);
    expect((await served.get(`${DRIVE}/root:/Dossier:/content`)).status).toBe(400);
  });

  it("has its older versions, the present one first", async () => {
    const base = `${DRIVE}/items/${String((await item("lettre.txt"))["id"])}`;
    const { rows } = await served.all(`${base}/versions`);
    expect(rows.map((row) => [row["id"], row["size"]])).toEqual([["3.0", 5], ["2.0", 4], ["1.0", 2]]);
    expect(rows[2]?.["lastModifiedDateTime"]).toBe("2019-01-01T00:00:00Z");
    const first = await served.get(`${base}/versions/1.0/content`);
    expect((await served.send("GET", String(first.headers["location"]))).bytes.toString()).toBe("un");
    expect((await served.all(`${base}/permissions`)).rows).toEqual([PERMISSION]);
  });
});

describe("a name of the full length", () => {
  it("has neither versions nor permissions beside it, and is served", async () => {
    await served.change((dir) => writeFile(at(dir, `${"é".repeat(125)}.txt`), "long"));
    const long = await item(`${encodeURIComponent("é".repeat(125))}.txt`);
    expect(long["size"]).toBe(4);
    expect((await served.all(`${DRIVE}/items/${String(long["id"])}/versions`)).rows).toHaveLength(1);
    expect((await served.all(`${DRIVE}/items/${String(long["id"])}/permissions`)).rows).toEqual([]);
  });
});

describe("drive delta", () => {
  const delta = `${DRIVE}/root/delta`;

  it("tells everything first, without paths, by pages", async () => {
    const { rows, pages } = await served.all(`${delta}?$top=3`);
    expect(names(rows).sort()).toEqual(["Dossier", "Sous", "lettre.txt", "plan?.txt", "root", "seul.permissions.json", "vide.txt", "virus.com"].sort());
    expect(pages).toBe(3);
    for (const row of rows) expect((row["parentReference"] as Json)["path"]).toBeUndefined();
  });

  it("starts from now with token=latest", async () => {
    const latest = await served.get(`${delta}?token=latest`);
    expect(latest.json["value"]).toEqual([]);
    await served.change((dir) => writeFile(at(dir, "neuf.txt"), "n"));
    expect(names((await served.all(String(latest.json["@odata.deltaLink"]))).rows)).toEqual(["root", "neuf.txt"]);
  });

  it("tells a renamed folder alone, a changed file with another cTag, a removed one as deleted", async () => {
    const { rows, deltaLink } = await served.all(delta);
    const old = (name: string) => rows.find((row) => row["name"] === name);
    await served.change(async (dir) => {
      await rename(at(dir, "Dossier"), at(dir, "Dossier 2026"));
      await writeFile(at(dir, "lettre.txt"), "quatre");
      await rm(at(dir, "virus.com"));
    });
    const changes = (await served.all(deltaLink)).rows;
    expect(names(changes)).toEqual(["root", "Dossier 2026", "lettre.txt", { state: "deleted" }]);
    expect(changes[1]?.["id"]).toBe(old("Dossier")?.["id"]);
    expect([changes[2]?.["id"], changes[2]?.["cTag"] === old("lettre.txt")?.["cTag"]]).toEqual([old("lettre.txt")?.["id"], false]);
    expect(changes[3]?.["id"]).toBe(old("virus.com")?.["id"]);
    expect((await served.get(`${DRIVE}/items/${String(old("plan?.txt")?.["id"])}`)).json["name"]).toBe("plan?.txt");
  });

  it("keeps the id and cTag of a moved file, and does not take a new file for the one whose inode it got", async () => {
    const { rows, deltaLink } = await served.all(delta);
    const letter = rows.find((row) => row["name"] === "lettre.txt");
    await served.change(async (dir) => {
      for (const suffix of ["", ".versions", ".permissions.json"]) await rename(at(dir, `lettre.txt${suffix}`), at(dir, "Dossier", `lettre.txt${suffix}`));
    });
    const moved = await served.all(deltaLink);
    expect(moved.rows.filter((row) => row["folder"] === undefined)).toEqual([expect.objectContaining({ id: letter?.["id"], cTag: letter?.["cTag"] })]);
    await served.change(async (dir) => {
      await rm(at(dir, "virus.com"));
      await writeFile(at(dir, "autre.txt"), "tout autre chose");
    });
    const after = (await served.all(moved.deltaLink)).rows.slice(1);
    expect(after.map((row) => [row["name"], row["deleted"] !== undefined])).toEqual([["autre.txt", false], [undefined, true]]);
    expect(after[0]?.["id"]).not.toBe(after[1]?.["id"]);
  });

  it("tells a change of drive.json or of permissions, and nothing when nothing changed", async () => {
    const { deltaLink } = await served.all(delta);
    const same = await served.all(deltaLink);
    expect(names(same.rows)).toEqual(["root"]);
    await served.change(async (dir) => {
      await writeFile(path.join(dir, HOME, "drive.json"), JSON.stringify({ "Dossier/vide.txt": { createdBy: "Luc" }, "virus.com": { malware: true } }));
      await utimes(at(dir, "lettre.txt.permissions.json"), 1_000, 1_000);
    });
    expect(names((await served.all(same.deltaLink)).rows).sort()).toEqual(["lettre.txt", "root", "vide.txt"]);
  });

  it("answers 410 resyncRequired to an expired token", async () => {
    const { deltaLink } = await served.all(delta);
    served.sandbox.expireDeltas();
    const reply = await served.get(deltaLink);
    expect([reply.status, (reply.json["error"] as Json)["code"]]).toEqual([410, "resyncRequired"]);
  });

  it("is not disturbed by a folder removed from the mailbox", async () => {
    await served.change((dir) => mkdir(path.join(dir, HOME, "mail", "Temporaire"), { recursive: true }));
    const { deltaLink } = await served.all(delta);
    await served.change(async (dir) => {
      await rm(path.join(dir, HOME, "mail"), { recursive: true });
      await writeTree(dir, { [`${HOME}/drive/z.txt`]: "z" });
    });
    expect(names((await served.all(deltaLink)).rows)).toEqual(["root", "z.txt"]);
  });
});

describe("sharing", () => {
  const share = (dir: string, name: string, permissions: readonly object[]): Promise<void> => writeFile(at(dir, `${name}.permissions.json`), JSON.stringify(permissions));

  it("is told of what inherits it too, unless a hierarchical answer is preferred", async () => {
    await served.change((dir) => share(dir, "Dossier", [{ grantedToV2: "zoe@test.example" }]));
    const shown = (rows: readonly Json[]): unknown[] => rows.filter((row) => row["shared"] !== undefined).map((row) => [row["name"], (row["shared"] as Json)["scope"]]);
    expect(shown((await served.all(`${DRIVE}/root/delta`)).rows)).toEqual([["Dossier", "users"], ["Sous", "users"], ["plan?.txt", "users"], ["vide.txt", "users"], ["lettre.txt", "users"]]);
    expect(shown((await served.all(`${DRIVE}/root/delta`, { prefer: "deltashowsharingchanges, hierarchicalsharing" })).rows)).toEqual([["root", undefined], ["Dossier", "users"], ["lettre.txt", "users"]]);
  });

  it("changes a folder for the delta, and is inherited below it", async () => {
    const { deltaLink } = await served.all(`${DRIVE}/root/delta`);
    await served.change((dir) => share(dir, "Dossier", [{ id: "l", link: { scope: "anonymous", type: "edit" } }]));
    expect(names((await served.all(deltaLink)).rows)).toEqual(["root", "Dossier"]);
    const rights = async (where: string) => (await served.all(`${DRIVE}/items/${String((await item(where))["id"])}/permissions`)).rows;
    expect(await rights("Dossier")).toEqual([{ id: "l", roles: ["read"], link: { scope: "anonymous", type: "edit" } }]);
    expect(await rights("Dossier/Sous/plan%3F.txt")).toEqual([expect.objectContaining({ id: "l", inheritedFrom: {} })]);
    expect((await item("Dossier"))["shared"]).toMatchObject({ scope: "anonymous", owner: { user: { displayName: "zoe@test.example" } } });
  });
});
