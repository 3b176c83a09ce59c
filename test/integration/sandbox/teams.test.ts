import { writeFile } from "node:fs/promises";
import path from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "@jest/globals";
import { Served, TENANT, type Json } from "./served.js";

const ZOE = "zoe@test.example";
const CHANNEL = "teams/Projet/Général/messages.jsonl";
const message = (minute: number, extra: Json = {}): Json => ({ createdDateTime: new Date(Date.now() - (600 - minute) * 60_000).toISOString(), from: ZOE, body: { contentType: "text", content: `n° ${minute}` }, ...extra });
const lines = (rows: readonly Json[]): string => rows.map((row) => `${JSON.stringify(row)}\n`).join("");
const old = { createdDateTime: "2020-01-01T00:00:00.000Z", from: null, body: { contentType: "html", content: "" } };

let served: Served;
let rows: Json[];
let base: string;

beforeEach(async () => {
  rows = [old, ...Array.from({ length: 60 }, (_, index) => message(index)), message(100, { replies: Array.from({ length: 1002 }, (_, index) => message(101 + index / 10)) })];
  served = await Served.start({
    ...TENANT,
    [`users/${ZOE}/profile.json`]: JSON.stringify({ displayName: "Zoé" }),
    "users/luc@test.example/profile.json": "{}",
    "teams/Projet/team.json": JSON.stringify({ group: "projet", members: [{ user: ZOE, roles: ["owner"] }, "ana@ailleurs.example"] }),
    [CHANNEL]: lines(rows),
    "teams/Projet/Général/files/plan.txt": "plan",
    "teams/Projet/Privé/channel.json": JSON.stringify({ membershipType: "private", members: [ZOE] }),
    "teams/Projet/Privé/files/secret.txt": "secret",
    "chats/c/chat.json": JSON.stringify({ chatType: "group", topic: "Tous", members: [ZOE, ...Array.from({ length: 30 }, (_, index) => `p${index}@ailleurs.example`)] }),
    "chats/c/messages.jsonl": lines([message(1, { body: { contentType: "html", content: '<img src="../hostedContents/a.png/$value">' } }), message(2), message(3)]),
    "chats/c/hosted/a.png": Buffer.from([137, 80, 78, 71]),
  });
  const [team] = (await served.all("/teams")).rows;
  const channel = (await served.all(`/teams/${String(team?.["id"])}/channels`)).rows.find(({ displayName }) => displayName === "Général");
  base = `/teams/${String(team?.["id"])}/channels/${encodeURIComponent(String(channel?.["id"]))}`;
});
afterEach(() => served.stop());

const code = async (link: string): Promise<unknown> => ((await served.get(link)).json["error"] as Json | undefined)?.["code"];
const texts = (found: readonly Json[]): unknown[] => found.map(({ body }) => (body as Json)["content"]);

it("takes two slashes for one, and a chat by way of one of its members", async () => {
  expect((await served.get("//teams")).json["value"]).toHaveLength(1);
  const chat = (await served.all(`/users/${ZOE}/chats`)).rows[0];
  expect((await served.all(`/users/${ZOE}/chats/${encodeURIComponent(String(chat?.["id"]))}/messages`)).rows).toHaveLength(3);
});

describe("a team", () => {
  it("is a group, and its members are told with roles, those from elsewhere with their tenant", async () => {
    const group = (await served.all("/groups")).rows[0] ?? {};
    expect(group).toMatchObject({ resourceProvisioningOptions: ["Team"] });
    expect(base.split("/")[2]).toBe(group["id"]);
    const members = (await served.all(`/teams/${String(group["id"])}/members`)).rows;
    expect(members.map(({ email, roles }) => [email, roles])).toEqual([[ZOE, ["owner"]], ["ana@ailleurs.example", []]]);
    expect(members[0]?.["tenantId"]).not.toBe(members[1]?.["tenantId"]);
  });

  it("keeps a standard channel's files in the group's library, and a private one's in a site of its own", async () => {
    const group = String((await served.all("/groups")).rows[0]?.["id"]);
    const file = (await served.get(`/groups/${group}/drive/root:/Général/plan.txt`)).json;
    expect(file).toMatchObject({ name: "plan.txt", size: 4 });
    const bytes = await served.send("GET", String(file["@microsoft.graph.downloadUrl"]));
    expect(bytes.bytes.toString()).toBe("plan");
    const sites = (await served.all("/sites/getAllSites")).rows;
    const own = sites.find(({ displayName }) => displayName === "Projet-Privé");
    expect((await served.all(`/sites/${String(own?.["id"])}/drives`)).rows).toHaveLength(1);
    const drive = (await served.all(`/sites/${String(own?.["id"])}/drives`)).rows[0];
    expect((await served.all(`/drives/${String(drive?.["id"])}/root/children`)).rows.map(({ name }) => name)).toEqual(["secret.txt"]);
  });
});

describe("messages of a channel", () => {
  it("come 20 a page and 50 at most, newest first, without replies unless asked for", async () => {
    const first = (await served.get(`${base}/messages`)).json["value"] as Json[];
    expect(first).toHaveLength(20);
    expect(first[0]).not.toHaveProperty("replies");
    expect((await served.all(`${base}/messages?$top=50`)).pages).toBe(2);
    expect(await code(`${base}/messages?$top=51`)).toBe("BadRequest");
    const [newest] = (await served.get(`${base}/messages?$top=1&$expand=replies`)).json["value"] as Json[];
    expect(newest?.["replies"]).toHaveLength(1000);
    expect((await served.all(String(newest?.["replies@odata.nextLink"]))).rows).toHaveLength(2);
  });

  it("are told by delta no further back than eight months, then by what changed, reply chain by reply chain", async () => {
    const first = await served.all(`${base}/messages/delta?$top=50&$expand=replies`);
    expect(first.rows).toHaveLength(rows.length - 1);
    expect((await served.all(first.deltaLink)).rows).toEqual([]);
    await served.change(async (dir) => {
      rows[5] = { ...rows[5], replies: [message(650)] };
      await writeFile(path.join(dir, CHANNEL), lines(rows));
    });
    const next = await served.all(first.deltaLink);
    expect(texts(next.rows)).toEqual(["n° 4"]);
    expect(next.rows[0]?.["replies"]).toHaveLength(1);
    served.sandbox.expireDeltas();
    expect(await code(next.deltaLink)).toBe("SyncStateNotFound");
  });

  it("tell a broken line by its place", async () => {
    await served.change((dir) => writeFile(path.join(dir, CHANNEL), `${lines(rows.slice(0, 1))}{broken\n`));
    const reply = await served.get(`${base}/messages`);
    expect({ status: reply.status, named: String((reply.json["error"] as Json)["message"]).includes("Général/messages.jsonl, byte") }).toEqual({ status: 500, named: true });
  });
});

describe("chats", () => {
  it("are listed by each member, with 25 members at most beside them", async () => {
    const [chat] = (await served.all(`/users/${ZOE}/chats?$expand=members`)).rows;
    expect(chat?.["members"]).toHaveLength(25);
    expect((await served.all(`/chats/${String(chat?.["id"])}/members`)).rows).toHaveLength(31);
    expect((await served.all("/users/luc@test.example/chats")).rows).toEqual([]);
  });

  it("give their messages newest first only, and filter only beside the same order", async () => {
    const id = encodeURIComponent(String((await served.all(`/users/${ZOE}/chats`)).rows[0]?.["id"]));
    const all = (await served.all(`/chats/${id}/messages`)).rows;
    const since = String(all[1]?.["lastModifiedDateTime"]);
    expect(await code(`/chats/${id}/messages?$orderby=createdDateTime asc`)).toBe("BadRequest");
    expect((await served.all(`/chats/${id}/messages?$filter=lastModifiedDateTime gt ${since}`)).rows).toHaveLength(3);
    expect(texts((await served.all(`/chats/${id}/messages?$orderby=lastModifiedDateTime desc&$filter=lastModifiedDateTime gt ${since}`)).rows)).toEqual(["n° 3"]);
  });

  it("host pictures that their messages name, and no others", async () => {
    const id = encodeURIComponent(String((await served.all(`/users/${ZOE}/chats`)).rows[0]?.["id"]));
    const all = (await served.all(`/chats/${id}/messages`)).rows;
    const picture = /src="([^"]+)"/.exec(String((all[2]?.["body"] as Json)["content"]))?.[1] ?? "";
    const answer = await served.get(picture);
    expect({ type: answer.headers["content-type"], size: answer.bytes.length }).toEqual({ type: "image/png", size: 4 });
    expect((await served.get(`/chats/${id}/messages/${String(all[0]?.["id"])}/hostedContents/a.png/$value`)).status).toBe(404);
  });
});
