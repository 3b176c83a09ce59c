import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "@jest/globals";
import { startSandbox } from "../../../src/sandbox/server.js";
import { eml, Served, TENANT, writeTree, type Json } from "./served.js";

const FILES = {
  ...TENANT,
  "users/zoe@test.example/profile.json": JSON.stringify({ displayName: "Zoé", mail: "zoe.benard@test.example", department: "DSI" }),
  "users/luc@test.example/profile.json": JSON.stringify({ displayName: "Luc" }),
  "users/ana@test.example/profile.json": JSON.stringify({ userType: "Guest" }),
  "groups/bureau/group.json": JSON.stringify({ displayName: "Bureau", members: ["zoe@test.example", "absent@test.example"], owners: ["luc@test.example"] }),
  ...Object.fromEntries([1, 2, 3].map((number) => [`users/zoe@test.example/mail/Inbox/${number}.eml`, eml(number)])),
};
const INBOX = "/users/zoe@test.example/mailFolders/inbox/messages";
const code = (json: Json): unknown => (json["error"] as Json | undefined)?.["code"];

let scratch = "";
beforeAll(async () => { scratch = await mkdtemp(path.join(tmpdir(), "exodus-sandbox-scratch-")); });
afterAll(() => rm(scratch, { recursive: true, force: true }));

describe("the directory", () => {
  let served: Served;
  beforeAll(async () => { served = await Served.start(FILES); });
  afterAll(() => served.stop());

  it("answers the default properties, or those selected", async () => {
    const { rows, pages } = await served.all("/users?$top=2");
    expect([rows.length, pages]).toEqual([3, 2]);
    expect(Object.keys(rows[0] ?? {})).not.toContain("department");
    const one = await served.get("/users/ZOE@test.example?$select=department,mail,assignedLicenses,userType");
    expect(one.json).toMatchObject({ department: "DSI", mail: "zoe.benard@test.example", assignedLicenses: [], userType: "Member" });
    expect((await served.get(`/users/${String(rows[0]?.["id"])}`)).json["userPrincipalName"]).toBe(rows[0]?.["userPrincipalName"]);
    expect((await served.get("/users?$select=nonsense")).status).toBe(400);
    expect(code((await served.get("/users/nobody")).json)).toBe("Request_ResourceNotFound");
  });

  it("filters by equality and refuses other filters", async () => {
    expect((await served.all("/users?$filter=mail eq 'zoe.benard@test.example'")).rows).toHaveLength(1);
    expect((await served.all("/users?$filter=mail eq 'zoe@test.example'")).rows).toHaveLength(0);
    expect((await served.get("/users?$filter=startswith(mail,'z')")).status).toBe(400);
  });

  it("knows members and owners of groups", async () => {
    const [group] = (await served.all("/groups")).rows;
    const base = `/groups/${String(group?.["id"])}`;
    expect((await served.all(`${base}/members`)).rows.map((row) => row["userPrincipalName"])).toEqual(["zoe@test.example"]);
    expect((await served.all(`${base}/owners`)).rows.map((row) => row["userPrincipalName"])).toEqual(["luc@test.example"]);
  });

  it("tracks people who come, change and go, by pages", async () => {
    const { rows, pages, deltaLink } = await served.all("/users/delta?$select=displayName", { prefer: "odata.maxpagesize=2" });
    expect([rows.length, pages]).toEqual([3, 2]);
    const luc = rows.find((row) => row["displayName"] === "Luc")?.["id"];
    await served.change(async (dir) => {
      await writeTree(dir, { "users/eve@test.example/profile.json": JSON.stringify({ displayName: "Ève" }), "users/zoe@test.example/profile.json": JSON.stringify({ displayName: "Zoé B." }) });
      await rm(path.join(dir, "users", "luc@test.example"), { recursive: true });
    });
    const changes = (await served.all(deltaLink)).rows;
    expect(changes.map((row) => row["displayName"] ?? row["id"]).sort()).toEqual([luc, "Zoé B.", "Ève"].sort());
    expect(changes.find((row) => row["id"] === luc)).toMatchObject({ "@removed": { reason: "deleted" } });
  });
});

describe("a restart", () => {
  it("keeps the ids of messages, people and application", async () => {
    const ids: unknown[] = [];
    for (let run = 0; run < 2; run += 1) {
      const served = await Served.start(FILES);
      ids.push([(await served.all(INBOX)).rows.map((row) => row["id"]), (await served.all("/users")).rows.map((row) => row["id"]), served.sandbox.ready.clientId]);
      await served.stop();
    }
    expect(ids[0]).toEqual(ids[1]);
  });
});

describe("options", () => {
  async function withServed(options: Parameters<typeof Served.start>[1], work: (served: Served) => Promise<void>): Promise<void> {
    const served = await Served.start(FILES, options);
    try {
      await work(served);
    } finally {
      await served.stop();
    }
  }

  it("pageSize is for requests that ask for none", () => withServed({ pageSize: 1 }, async (served) => {
    expect((await served.all(INBOX)).pages).toBe(3);
    expect((await served.all(`${INBOX}?$top=2`)).pages).toBe(2);
    expect((await served.all(`${INBOX}/delta`, { prefer: "odata.maxpagesize=50" })).pages).toBe(1);
  }));

  it("tokenLifetimeMs lets delta tokens grow old", () => withServed({ tokenLifetimeMs: 0 }, async (served) => {
    const { deltaLink } = await served.all(`${INBOX}/delta`);
    await new Promise((resolve) => setTimeout(resolve, 5));
    const reply = await served.get(deltaLink);
    expect([reply.status, code(reply.json)]).toEqual([410, "SyncStateNotFound"]);
  }));

  it("cloud bleu has no isHidden", () => withServed({ cloud: "bleu" }, async (served) => {
    expect(Object.keys((await served.all("/users/zoe@test.example/mailFolders")).rows[0] ?? {})).not.toContain("isHidden");
    expect((await served.get("/users/zoe@test.example/mailFolders?$select=isHidden")).status).toBe(400);
  }));

  it("throttle lets four requests of a mailbox run at once, by whatever name", () => withServed({ throttle: "documented", latencyMs: 1_000 }, async (served) => {
    const id = String((await served.get("/users/zoe@test.example")).json["id"]);
    const replies = await Promise.all([1, 2, 3, 4, 5, 6].map((number) => served.get(`/users/${number % 2 === 0 ? id : "zoe@test.example"}/mailFolders`)));
    expect(replies.map(({ status }) => status).sort()).toEqual([200, 200, 200, 200, 429, 429]);
    const refused = replies.find(({ status }) => status === 429);
    expect([refused?.headers["retry-after"], code(refused?.json ?? {})]).toEqual(["1", "ApplicationThrottled"]);
    expect((await served.get("/users/zoe@test.example/mailFolders")).status).toBe(200);
  }));

  it("logFile and GET /sandbox/requests tell every request", async () => {
    const logFile = path.join(scratch, "requests.jsonl");
    await withServed({ logFile }, async (served) => {
      await served.get("/users");
      await served.get("/nonsense");
      expect((await served.send("GET", `${served.sandbox.ready.graph}/sandbox/requests`)).json).toEqual({ "POST 200": 1, "GET 200": 1, "GET 400": 1 });
    });
    const lines = (await readFile(logFile, "utf8")).trim().split("\n").map((line) => JSON.parse(line) as Json);
    expect(lines.map((line) => [line["method"], line["status"]])).toEqual([["POST", 200], ["GET", 200], ["GET", 400], ["GET", 200]]);
    expect(lines[1]).toMatchObject({ path: "/v1.0/users", ms: expect.any(Number), time: expect.any(String) });
  });

  it("faults strike where they are planned", async () => {
    const faultsFile = path.join(scratch, "faults.json");
    await writeFile(faultsFile, JSON.stringify([
      { match: "GET /v1.0/users$", nth: 2, status: 503, headers: { "retry-after": "7" }, body: { error: { code: "serviceNotAvailable", message: "" } } },
      { match: "/organization", action: "reset" }, { match: "/groups", action: "html", status: 200 }, { match: "/messages\\?", action: "truncate" },
      { match: "/calendars", action: "close", times: 2 }, { match: "/mailFolders$", edits: [{ at: "/value/*/displayName", value: null }] },
    ]));
    await withServed({ faultsFile }, async (served) => {
      expect((await served.get("/users")).status).toBe(200);
      const struck = await served.get("/users");
      expect([struck.status, struck.headers["retry-after"], code(struck.json)]).toEqual([503, "7", "serviceNotAvailable"]);
      expect((await served.get("/users")).status).toBe(200);
      await expect(served.get("/organization")).rejects.toThrow();
      expect((await served.get("/organization")).status).toBe(200);
      const html = await served.get("/groups");
      expect([html.status, html.headers["content-type"]]).toEqual([200, "text/html; charset=utf-8"]);
      await expect(served.get(`${INBOX}?$top=1`)).rejects.toThrow();
      expect((await served.get(`${INBOX}?$top=1`)).status).toBe(200);
      expect((await served.get("/users/zoe@test.example/calendars")).status).toBe(200);
      // The client still holds the closed connection: it opens another, or says that it was closed.
      await served.get("/users/zoe@test.example/calendars").catch((thrown: { code?: string }) => expect(thrown.code).toMatch(/UND_ERR_SOCKET|ECONNRESET/));
      const body = { requests: [1, 2].map((id) => ({ id: String(id), method: "GET", url: "/users/zoe@test.example/mailFolders" })) };
      const parts = (await served.post("/$batch", body)).json["responses"] as { body: { value: Json[] } }[];
      expect(parts.map((part) => part.body.value[0]?.["displayName"])).toEqual([null, expect.any(String)]);
    });
  });
});

describe("what cannot start", () => {
  const refusal = (options: Parameters<typeof startSandbox>[0]) => startSandbox(options).then(() => "started", (thrown: { code?: string }) => thrown.code);
  it("says so with a code of its own", async () => {
    const tenantDir = path.join(scratch, "tenant");
    await writeTree(tenantDir, FILES);
    expect(await refusal({ tenantDir: path.join(scratch, "absent") })).toBe("SANDBOX_FAILED");
    const faultsFile = path.join(scratch, "bad.json");
    await writeFile(faultsFile, JSON.stringify([{ match: "(" }]));
    expect(await refusal({ tenantDir, faultsFile })).toBe("SANDBOX_FAILED");
    const taken = createServer().listen(0, "127.0.0.1");
    await new Promise((resolve) => taken.once("listening", resolve));
    expect(await refusal({ tenantDir, port: (taken.address() as { port: number }).port })).toBe("SANDBOX_FAILED");
    taken.close();
    await writeTree(tenantDir, { "users/zoe@test.example/profile.json": "{" });
    expect(await refusal({ tenantDir })).toBe("SANDBOX_FAILED");
  });
});
