import { afterAll, beforeAll, describe, expect, it } from "@jest/globals";
import { decodeJwt } from "jose";
import { Served, TENANT, type Json, type Reply } from "./served.js";

const FILES = {
  ...TENANT,
  "tenant.json": JSON.stringify({ name: "Test", domain: "test.example", deviceCode: { interval: 1 } }),
  "users/zoe@test.example/profile.json": JSON.stringify({ displayName: "Zoé" }), "users/zoe@test.example/drive/a.txt": "a", "users/zoe@test.example/onenote/Carnet/Journal/p.html": "<html></html>",
  "users/luc@test.example/profile.json": "{}", "users/luc@test.example/drive/b.txt": "b", "users/luc@test.example/onenote/Carnet/Journal/p.html": "<html></html>",
  "groups/voirie/group.json": JSON.stringify({ members: ["zoe@test.example"] }), "groups/voirie/drive/c.txt": "c",
  "groups/culture/group.json": JSON.stringify({ members: ["luc@test.example"] }), "groups/culture/drive/d.txt": "d",
  "chats/duo/chat.json": JSON.stringify({ chatType: "oneOnOne", members: ["zoe@test.example", "luc@test.example"] }),
};
const GRANT = "urn:ietf:params:oauth:grant-type:device_code";

let served: Served;
let ids: Record<string, string>;
beforeAll(async () => {
  served = await Served.start(FILES);
  ids = Object.fromEntries(((await served.get("/users")).json["value"] as Json[]).map(({ userPrincipalName, id }) => [String(userPrincipalName).split("@")[0], String(id)]));
});
afterAll(() => served.stop());

const form = (url: string, fields: Readonly<Record<string, string>>): Promise<Reply> => served.send("POST", url, { "content-type": "application/x-www-form-urlencoded" }, new URLSearchParams(fields).toString());
const start = (scope: string, clientId = served.sandbox.ready.clientId): Promise<Reply> => form(`${served.sandbox.ready.authority}/${served.sandbox.ready.tenantId}/oauth2/v2.0/devicecode`, { client_id: clientId, scope });
const decide = (code: unknown, fields: Readonly<Record<string, string>>): Promise<Reply> => form(`${served.sandbox.ready.graph}/device`, { code: String(code), ...fields });
const redeem = (code: unknown): Promise<Reply> => served.token({ grant_type: GRANT, client_id: served.sandbox.ready.clientId, device_code: String(code) });
const refresh = (token: unknown, scope: string): Promise<Reply> => served.token({ grant_type: "refresh_token", client_id: served.sandbox.ready.clientId, refresh_token: String(token), scope });

async function signedIn(scopes: readonly string[], user = "zoe"): Promise<Json> {
  const { json } = await start([...scopes, "openid", "offline_access"].join(" "));
  await decide(json["user_code"], { user: `${user}@test.example` });
  return (await redeem(json["device_code"])).json;
}
const as = async (scopes: readonly string[], paths: readonly string[]): Promise<readonly (readonly [string, number])[]> => {
  const token = String((await signedIn(scopes))["access_token"]);
  return Promise.all(paths.map(async (path) => [path, (await served.get(path, { authorization: `Bearer ${token}` })).status] as const));
};

describe("the device code", () => {
  it("waits for the person, and gives tokens that say who it was and what was allowed", async () => {
    const { json } = await start("Mail.Read openid profile offline_access");
    expect(json).toMatchObject({ expires_in: 900, interval: 1, verification_uri: `${served.sandbox.ready.graph}/device`, message: expect.stringContaining(String(json["user_code"])) });
    expect(await redeem(json["device_code"])).toMatchObject({ status: 400, json: { error: "authorization_pending", error_codes: [70016] } });
    expect((await served.send("GET", String(json["verification_uri"]))).bytes.toString()).toContain("<option>zoe@test.example</option>");
    expect((await decide(json["user_code"], { user: "zoe@test.example" })).status).toBe(200);
    const { status, json: tokens } = await redeem(json["device_code"]);
    expect({ status, scope: tokens["scope"] }).toEqual({ status: 200, scope: `${served.sandbox.ready.graph}/Mail.Read openid profile offline_access` });
    expect(decodeJwt(String(tokens["access_token"]))).toMatchObject({ scp: "Mail.Read", oid: ids["zoe"] });
    expect(decodeJwt(String(tokens["id_token"]))).toMatchObject({ preferred_username: "zoe@test.example", name: "Zoé", aud: served.sandbox.ready.clientId });
    expect(await redeem(json["device_code"])).toMatchObject({ status: 400, json: { error: "bad_verification_code" } });
  });

  it("tells a refusal, a code that is too late, one that it does not know, and a page's wrong code", async () => {
    const declined = (await start("Mail.Read")).json;
    await decide(declined["user_code"], { decision: "decline" });
    expect((await redeem(declined["device_code"])).json).toMatchObject({ error: "authorization_declined" });
    const late = (await start("Mail.Read")).json;
    await served.control("expire-codes");
    expect((await redeem(late["device_code"])).json).toMatchObject({ error: "expired_token" });
    expect((await decide(late["user_code"], { user: "zoe@test.example" })).status).toBe(400);
    expect((await redeem("rien")).json).toMatchObject({ error: "bad_verification_code" });
    expect((await start("Mail.Read", "11111111-1111-1111-1111-111111111111")).json).toMatchObject({ error: "unauthorized_client" });
    expect((await start("Courrier.Lire")).json).toMatchObject({ error: "invalid_scope" });
  });

  it("is renewed by the refresh token until that is revoked, and never for more than was allowed", async () => {
    const first = await signedIn(["Mail.Read"]);
    const renewed = await refresh(first["refresh_token"], "Mail.Read openid offline_access");
    expect(decodeJwt(String(renewed.json["access_token"]))).toMatchObject({ scp: "Mail.Read", oid: ids["zoe"] });
    expect((await refresh(first["refresh_token"], "Notes.Read")).json).toMatchObject({ error: "invalid_grant", suberror: "consent_required" });
    await served.control("revoke-sign-ins");
    expect((await refresh(renewed.json["refresh_token"], "Mail.Read")).json).toMatchObject({ error: "invalid_grant", error_codes: [50173] });
    expect((await refresh("rien", "Mail.Read")).json).toMatchObject({ error: "invalid_grant", error_codes: [70000] });
  });
});

describe("whoever is signed in", () => {
  it("reads the own things with the least permissions, by the own id and as /me, and nothing of others", async () => {
    const paths = (who: string): string[] => ["", "/mailFolders", "/calendars", "/contactFolders", "/drives", "/chats", "/todo/lists", "/onenote/notebooks", "/mailboxSettings"].map((path) => `${who}${path}`);
    const least = ["User.Read", "Mail.Read", "Calendars.Read", "Contacts.Read", "Files.Read", "Chat.Read", "Tasks.Read", "Notes.Read", "MailboxSettings.Read"];
    const own = [...paths(`/users/${ids["zoe"] ?? ""}`), ...paths("/me")];
    expect((await as(least, own)).filter(([, status]) => status !== 200)).toEqual([]);
    expect((await as(least, [...paths(`/users/${ids["luc"] ?? ""}`), "/users", "/groups", "/sites/getAllSites"])).filter(([, status]) => status !== 403)).toEqual([]);
  });

  it("needs the permission of each thing", async () => {
    expect(await as(["User.Read", "Mail.Read"], ["/me", "/me/mailFolders", "/me/onenote/notebooks", "/me/drives"])).toEqual([["/me", 200], ["/me/mailFolders", 200], ["/me/onenote/notebooks", 403], ["/me/drives", 403]]);
  });

  it("reaches drives of groups as a member and with the wide permission only, and chats as a member", async () => {
    const groups = Object.fromEntries(((await served.get("/groups")).json["value"] as Json[]).map(({ mailNickname, id }) => [String(mailNickname), String(id)]));
    const drive = async (of: string): Promise<string> => `/drives/${String(((await served.get(`${of}/drives`)).json["value"] as Json[])[0]?.["id"])}/root`;
    const [mine, lucs, voirie, culture] = await Promise.all([`/users/${ids["zoe"] ?? ""}`, `/users/${ids["luc"] ?? ""}`, `/groups/${groups["voirie"] ?? ""}`, `/groups/${groups["culture"] ?? ""}`].map(drive));
    const chat = `/chats/${String(((await served.get(`/users/${ids["zoe"] ?? ""}/chats`)).json["value"] as Json[])[0]?.["id"])}/messages`;
    const statuses = async (scope: string): Promise<number[]> => (await as([scope], [mine ?? "", lucs ?? "", voirie ?? "", culture ?? ""])).map(([, status]) => status);
    expect([await statuses("Files.Read"), await statuses("Files.Read.All")]).toEqual([[200, 403, 403, 403], [200, 403, 200, 403]]);
    expect(await as(["Chat.Read"], [chat])).toEqual([[chat, 200]]);
  });

  it("is nobody where an application acts for itself", async () => {
    expect(await served.get("/me")).toMatchObject({ status: 400, json: { error: { message: "/me request is only valid with delegated authentication flow." } } });
  });
});
