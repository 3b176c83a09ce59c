import { afterAll, beforeAll, describe, expect, it } from "@jest/globals";
import { Served, TENANT, type Json, type Reply } from "./served.js";

const ZOE = "zoe@test.example";
const [SECOND, THIRD] = [{ clientId: "22222222-2222-4222-8222-222222222222", clientSecret: "two" }, { clientId: "33333333-3333-4333-8333-333333333333", clientSecret: "three", grantedRoles: ["Files.Read.All"] }];
const FILES = {
  "tenant.json": JSON.stringify({ ...(JSON.parse(TENANT["tenant.json"]) as object), apps: [SECOND, THIRD] }),
  [`users/${ZOE}/profile.json`]: "{}",
  [`users/${ZOE}/drive/note.txt`]: "une note",
};

let served: Served;
beforeAll(async () => { served = await Served.start(FILES, { throttle: "documented", throttleScale: 0.001 }); });
afterAll(() => served.stop());

/** Token of one of the applications. */
async function tokenOf(app: { clientId: string; clientSecret: string }): Promise<string> {
  const { json } = await served.token({ client_id: app.clientId, client_secret: app.clientSecret, scope: `${served.sandbox.ready.graph}/.default` });
  return String(json["access_token"]);
}

describe("several applications", () => {
  it("sign in each with its own secret and permissions", async () => {
    const [second, third] = [await tokenOf(SECOND), await tokenOf(THIRD)];
    expect((await served.get("/users", { authorization: `Bearer ${second}` })).status).toBe(200);
    expect((await served.get("/users", { authorization: `Bearer ${third}` })).status).toBe(403);
    const { status, json } = await served.token({ client_id: SECOND.clientId, client_secret: THIRD.clientSecret, scope: `${served.sandbox.ready.graph}/.default` });
    expect([status, json["error"]]).toEqual([401, "invalid_client"]);
  });

  it("have limits of their own, which downloads count against too", async () => {
    const drive = String((await served.get(`/users/${ZOE}/drive`)).json["id"]);
    const [first, second] = [await served.get(`/drives/${drive}/root/children`), await served.get(`/drives/${drive}/root/children`, { authorization: `Bearer ${await tokenOf(SECOND)}` })];
    const [ofFirst = "", ofSecond = ""] = [first, second].map(({ json }) => String((json["value"] as Json[])[0]?.["@microsoft.graph.downloadUrl"]));
    let refused: Reply | undefined;
    // Scaled to a second, SharePoint's 1,250 units a minute are 20.8; the second window may begin in between.
    for (let count = 0; count < 60 && refused === undefined; count += 1) {
      const reply = await served.send("GET", ofFirst);
      if (reply.status !== 200) refused = reply;
    }
    expect([refused?.status, refused?.json["error"]]).toEqual([429, expect.objectContaining({ code: "activityLimitReached" })]);
    expect(refused?.headers).toMatchObject({ "retry-after": expect.stringMatching(/^\d+\.\d{3}$/), "ratelimit-limit": "20", "ratelimit-remaining": "0" });
    expect((await served.send("GET", ofSecond)).status).toBe(200);
  });
});

describe("the directory", () => {
  it("tells what a request cost, also when it is refused", async () => {
    expect((await served.get("/users")).headers["x-ms-resource-unit"]).toBe("2");
    const absent = await served.get("/users/nobody");
    expect([absent.status, absent.headers["x-ms-resource-unit"]]).toEqual([404, "1"]);
  });
});
