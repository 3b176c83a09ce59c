import { afterAll, beforeAll, describe, expect, it } from "@jest/globals";
import { eml, Served, TENANT, type Json } from "./served.js";

const ZOE = "/users/zoe@test.example";
const FILES = {
  ...TENANT,
  "users/zoe@test.example/profile.json": JSON.stringify({ displayName: "Zoé" }),
  "users/zoe@test.example/drive/note.txt": "une note",
  ...Object.fromEntries([1, 2, 3].map((number) => [`users/zoe@test.example/mail/Inbox/${number}.eml`, eml(number)])),
};

interface Part {
  readonly id: string;
  readonly status: number;
  readonly headers: Record<string, string>;
  readonly body: unknown;
}

/** What each request of a batch was answered, by id. */
async function parts(served: Served, requests: readonly object[]): Promise<Map<string, Part>> {
  const reply = await served.post("/$batch", { requests });
  if (reply.status !== 200) throw new Error(`${reply.status} ${reply.bytes.toString()}`);
  return new Map((reply.json["responses"] as Part[]).map((part) => [part.id, part]));
}

const get = (id: string, url: string, more: object = {}): object => ({ id, method: "GET", url, ...more });

describe("$batch", () => {
  let served: Served;
  beforeAll(async () => { served = await Served.start(FILES); });
  afterAll(() => served.stop());

  it("answers each request by itself: JSON, bytes, redirects and refusals", async () => {
    const [message] = (await served.all(`${ZOE}/mailFolders/inbox/messages`)).rows;
    const note = (await served.get(`${ZOE}/drive/root:/note.txt`)).json["id"] as string;
    const answers = await parts(served, [
      get("page", `${ZOE}/mailFolders/inbox/messages?$select=subject`, { headers: { Prefer: "odata.maxpagesize=2" } }),
      get("mime", `${ZOE}/messages/${String(message?.["id"])}/$value`),
      get("bytes", `${ZOE}/drive/items/${note}/content`),
      get("gone", "/users/nobody"),
      get("bare", "users"),
    ]);
    expect(answers.get("page")).toMatchObject({ status: 200, headers: { "Content-Type": "application/json" }, body: { value: [expect.anything(), expect.anything()], "@odata.nextLink": expect.stringContaining("$skiptoken") } });
    expect(Buffer.from(String(answers.get("mime")?.body), "base64").toString()).toBe((await served.get(`${ZOE}/messages/${String(message?.["id"])}/$value`)).bytes.toString());
    expect(answers.get("bytes")).toMatchObject({ status: 302, headers: { Location: expect.stringMatching(/^https:/) } });
    expect(answers.get("gone")).toMatchObject({ status: 404, body: { error: { code: "Request_ResourceNotFound", innerError: { "request-id": expect.any(String) } } } });
    expect(answers.get("bare")).toMatchObject({ status: 200 });
  });

  it("does not answer what depends on a failure", async () => {
    const answers = await parts(served, [get("1", "/users/nobody"), get("2", "/users", { dependsOn: ["1"] }), get("3", "/users", { dependsOn: ["2"] }), get("4", "/users"), get("5", "/groups", { dependsOn: ["4"] })]);
    expect([...answers.values()].map(({ id, status }) => [id, status])).toEqual([["1", 404], ["2", 424], ["3", 424], ["4", 200], ["5", 200]]);
  });

  it.each([
    ["too many", Array.from({ length: 21 }, (_, index) => get(String(index), "/users")), "MaximumValueExceeded"],
    ["an id twice", [get("a", "/users"), get("A", "/users")], "BadRequest"],
    ["a dependency that comes later", [get("1", "/users", { dependsOn: ["2"] }), get("2", "/users")], "BadRequest"],
    ["no id", [{ method: "GET", url: "/users" }], "BadRequest"],
    ["nothing", [], "BadRequest"],
  ])("is refused as a whole with %s", async (_what, requests, code) => {
    const reply = await served.post("/$batch", { requests });
    expect([reply.status, (reply.json["error"] as Json)["code"]]).toEqual([400, code]);
  });

  it("needs a token", async () => {
    expect((await served.send("POST", `${served.sandbox.ready.graph}/v1.0/$batch`, {}, JSON.stringify({ requests: [get("1", "/users")] }))).status).toBe(401);
  });
});

describe("$batch under the published limits", () => {
  let served: Served;
  beforeAll(async () => { served = await Served.start({ ...FILES, "tenant.json": JSON.stringify({ domain: "test.example", grantedRoles: ["User.Read.All", "Mail.Read"] }) }, { throttle: "documented", latencyMs: 200 }); });
  afterAll(() => served.stop());
  const folders = Array.from({ length: 8 }, (_, index) => get(String(index), `${ZOE}/mailFolders`));

  it("runs four requests to Outlook at a time, and counts them with those outside", async () => {
    expect([...(await parts(served, folders)).values()].map(({ status }) => status)).toEqual(folders.map(() => 200));
    const [one, two] = await Promise.all([parts(served, folders), parts(served, folders)]);
    const refused = [...one.values(), ...two.values()].filter(({ status }) => status === 429);
    expect(refused.length).toBeGreaterThan(0);
    expect(refused[0]?.headers["Retry-After"]).toBe("1");
  });

  it("asks for each request's own permission", async () => {
    const answers = await parts(served, [get("1", "/users"), get("2", "/groups")]);
    expect([answers.get("1")?.status, answers.get("2")?.status]).toEqual([200, 403]);
  });
});
