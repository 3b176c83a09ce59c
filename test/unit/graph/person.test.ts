import { afterEach, beforeEach, describe, expect, it } from "@jest/globals";
import { MockAgent } from "undici";
import { asExodusError } from "../../../src/core/errors.js";
import type { Auth } from "../../../src/graph/sign-in/auth.js";
import { createPersonAuth, type PersonSignIn, type SignInStore } from "../../../src/graph/sign-in/person.js";
import { delegatedName, scopesOf } from "../../../src/graph/sign-in/scopes.js";

const AUTHORITY = "https://login.example";
const GRAPH = "https://graph.example";
const encoded = (value: object): string => Buffer.from(JSON.stringify(value)).toString("base64url");

/** Sign-in as Microsoft's page describes it, its answers in a row; a row that runs out fails the test. */
class Service {
  readonly agent = new MockAgent();
  readonly asked: URLSearchParams[] = [];
  readonly answers: { readonly status: number; readonly body: object }[] = [];

  constructor() {
    this.agent.disableNetConnect();
    const pool = this.agent.get(AUTHORITY);
    pool.intercept({ path: /openid-configuration/ }).reply(200, {
      issuer: `${AUTHORITY}/t/v2.0`, authorization_endpoint: `${AUTHORITY}/t/oauth2/v2.0/authorize`, token_endpoint: `${AUTHORITY}/t/oauth2/v2.0/token`, jwks_uri: `${AUTHORITY}/t/keys`,
    }).persist();
    pool.intercept({ path: /devicecode/, method: "POST" }).reply(200, { device_code: "d", user_code: "ABC", verification_uri: `${AUTHORITY}/device`, expires_in: 60, interval: 0.01 }).persist();
    pool.intercept({ path: /token/, method: "POST" }).reply(({ body }) => {
      this.asked.push(new URLSearchParams(String(body)));
      const { status, body: data } = this.answers.shift() ?? { status: 400, body: { error: "unexpected", error_description: "nothing left to answer" } };
      return { statusCode: status, data };
    }).persist();
  }

  signedIn(who: string, token: string, expiresIn = 3600): this {
    this.answers.push({ status: 200, body: {
      token_type: "Bearer", scope: `${GRAPH}/User.Read`, expires_in: expiresIn, access_token: token, refresh_token: `refresh ${token}`, client_info: encoded({ uid: who, utid: "t" }),
      id_token: `${encoded({ alg: "none" })}.${encoded({ oid: who, tid: "t", sub: who, preferred_username: who, iss: AUTHORITY })}.`,
    } });
    return this;
  }

  refuses(error: string, description: string, status = 400): this {
    this.answers.push({ status, body: { error, error_description: description } });
    return this;
  }

  get grants(): (string | null)[] {
    return this.asked.map((form) => form.get("refresh_token") ?? (form.has("device_code") ? "code" : null));
  }
}

describe("a person's sign-in", () => {
  let service: Service;
  let codes: string[];
  let file: string | undefined;
  const kept: SignInStore = { read: () => Promise.resolve(file), write: (text) => { file = text; return Promise.resolve(); } };
  const auth = (changes: Partial<PersonSignIn> = {}): Auth => createPersonAuth({
    authority: AUTHORITY, graphRoot: GRAPH, tenantId: "t", clientId: "c", scopes: ["User.Read"], dispatcher: service.agent,
    kept, ask: ({ userCode }) => codes.push(userCode), signal: new AbortController().signal, ...changes,
  });
  const codeOf = async (asked: Promise<string>): Promise<unknown> => asked.catch((thrown: unknown) => asExodusError(thrown).code);
  beforeEach(() => { [service, codes, file] = [new Service(), [], undefined]; });
  afterEach(() => service.agent.close());

  it("waits for the person, asks again where the service breaks off, and is shared by whoever needs a token", async () => {
    service.refuses("authorization_pending", "AADSTS70016").refuses("x", "unavailable", 503).signedIn("zoe", "one");
    const person = auth();
    expect(await Promise.all([person.token(), person.token()])).toEqual(["one", "one"]);
    expect([codes, service.grants]).toEqual([["ABC"], ["code", "code", "code"]]);
    expect(JSON.parse(file ?? "")).toHaveProperty("RefreshToken");
  });

  it("is kept: later runs use it without a terminal, and renew it by its refresh token when it runs out or is refused", async () => {
    service.signedIn("zoe", "one", 60);
    await auth().token();
    service.signedIn("zoe", "two").signedIn("zoe", "three");
    const later = auth({ ask: undefined });
    expect([await later.token(), await later.token(), await later.token("two"), await later.token("two")]).toEqual(["two", "two", "three", "three"]);
    expect(service.grants).toEqual(["code", "refresh one", "refresh two"]);
    expect(await auth({ ask: undefined }).token()).toBe("three");
  });

  it("is asked for anew where it was revoked; without a terminal that is an error that says why", async () => {
    service.signedIn("zoe", "one", 60);
    await auth().token();
    service.refuses("invalid_grant", "AADSTS50173: The provided grant has expired due to it being revoked");
    await expect(auth({ ask: undefined }).token()).rejects.toMatchObject({ code: "AUTH_SIGN_IN_NEEDED", params: { reason: expect.stringContaining("AADSTS50173") } });
    service.refuses("invalid_grant", "AADSTS50173: revoked").signedIn("luc", "other");
    expect([await auth().token(), codes]).toEqual(["other", ["ABC", "ABC"]]);
    // Who signs in now takes the former's place.
    expect(Object.values((JSON.parse(file ?? "") as { Account: object }).Account)).toHaveLength(1);
  });

  it.each([
    ["authorization_declined", "AADSTS70018", "AUTH_DECLINED"],
    ["expired_token", "AADSTS70019", "AUTH_CODE_EXPIRED"],
    ["invalid_client", "AADSTS7000218: client_secret", "AUTH_PUBLIC_CLIENT"],
    ["unauthorized_client", "AADSTS700016: no such application", "AUTH_CLIENT"],
    ["invalid_grant", "AADSTS53003: Access has been blocked by Conditional Access policies.", "AUTH_FAILED"],
  ])("that ends with %s is told as such", async (error, description, code) => {
    service.refuses(error, description);
    expect([await codeOf(auth().token()), file]).toEqual([code, undefined]);
  });

  it("ends when the run is stopped, and is not begun where nobody is there", async () => {
    const stop = new AbortController();
    for (let index = 0; index < 50; index += 1) service.refuses("authorization_pending", "AADSTS70016");
    const asked = auth({ signal: stop.signal, ask: () => { stop.abort(); } }).token();
    expect(await codeOf(asked)).toBe("INTERRUPTED");
    expect(await codeOf(auth({ ask: undefined, kept: undefined }).token())).toBe("AUTH_SIGN_IN_NEEDED");
  });
});

describe("delegated permissions", () => {
  it("are the least for what is routed", () => {
    expect(scopesOf(new Set(["notes"]))).toEqual(["User.Read", "Notes.Read"]);
    expect(scopesOf(new Set(["mail", "settings", "files"]))).toEqual(["User.Read", "Mail.Read", "Files.Read", "MailboxSettings.Read"]);
  });
  it("are named for a person where an application's has another name", () => {
    expect(["Mail.Read", "Files.Read.All", "Chat.Read.All", "User.Read.All"].map(delegatedName)).toEqual(["Mail.Read", "Files.Read", "Chat.Read", "User.Read"]);
  });
});
