import { createHash, X509Certificate } from "node:crypto";
import { readFile, stat } from "node:fs/promises";
import path from "node:path";
import { ConfidentialClientApplication, type INetworkModule } from "@azure/msal-node";
import { afterAll, beforeAll, describe, expect, it } from "@jest/globals";
import { decodeJwt, importPKCS8, SignJWT } from "jose";
import { Agent, request } from "undici";
import { Served, TENANT } from "./served.js";

const FILES = { ...TENANT, "users/zoe@test.example/profile.json": "{}" };

let served: Served;
beforeAll(async () => { served = await Served.start(FILES); });
afterAll(() => served.stop());

/** MSAL's own network trusts only the system's authorities. */
async function network(): Promise<{ module: INetworkModule; agent: Agent }> {
  const agent = new Agent({ connect: { ca: await readFile(served.sandbox.ready.caFile) } });
  const call = async (method: "GET" | "POST", url: string, options?: { headers?: Record<string, string>; body?: string }) => {
    const answer = await request(url, { dispatcher: agent, method, ...(options?.headers === undefined ? {} : { headers: options.headers }), ...(options?.body === undefined ? {} : { body: options.body }) });
    return { status: answer.statusCode, headers: {}, body: (await answer.body.json()) as never };
  };
  return { agent, module: { sendGetRequestAsync: (url, options) => call("GET", url, options), sendPostRequestAsync: (url, options) => call("POST", url, options) } };
}

async function msal(credential: object): Promise<string> {
  const { module, agent } = await network();
  const { ready } = served.sandbox;
  try {
    const application = new ConfidentialClientApplication({
      auth: { clientId: ready.clientId, authority: `${ready.authority}/${ready.tenantId}`, knownAuthorities: [new URL(ready.authority).host], ...credential }, system: { networkClient: module },
    });
    return (await application.acquireTokenByClientCredential({ scopes: [`${ready.graph}/.default`] }))?.accessToken ?? "";
  } finally {
    await agent.destroy();
  }
}

describe("sign-in through MSAL", () => {
  it("takes the client secret and lists the granted permissions in the token", async () => {
    const token = await msal({ clientSecret: served.sandbox.ready.clientSecret });
    expect(decodeJwt(token)["roles"]).toEqual(expect.arrayContaining(["Mail.Read", "Files.Read.All", "User.Read.All"]));
    expect((await served.get("/users", { authorization: `Bearer ${token}` })).status).toBe(200);
  });

  it("takes the registered certificate", async () => {
    const { certificateFile, privateKeyFile } = served.sandbox.ready;
    const thumbprintSha256 = new X509Certificate(await readFile(certificateFile)).fingerprint256.replace(/:/g, "");
    const token = await msal({ clientCertificate: { thumbprintSha256, privateKey: await readFile(privateKeyFile, "utf8") } });
    expect((await served.get("/users", { authorization: `Bearer ${token}` })).status).toBe(200);
  });

  it("keeps its keys in a folder of its own", async () => {
    const { privateKeyFile } = served.sandbox.ready;
    expect((await stat(privateKeyFile)).mode & 0o777).toBe(0o600);
    expect((await stat(path.dirname(privateKeyFile))).mode & 0o777).toBe(0o700);
  });
});

describe("what sign-in refuses", () => {
  const good = () => ({ client_id: served.sandbox.ready.clientId, client_secret: served.sandbox.ready.clientSecret, scope: `${served.sandbox.ready.graph}/.default` });
  it.each([
    ["another tenant", {}, "00000000-0000-4000-8000-000000000000", 400, "invalid_request", "AADSTS90002"],
    ["another application", { client_id: "00000000-0000-4000-8000-000000000000" }, undefined, 400, "unauthorized_client", "AADSTS700016"],
    ["a wrong secret", { client_secret: "x" }, undefined, 401, "invalid_client", "AADSTS7000215"],
    ["a scope that is not the resource's", { scope: "Mail.Read" }, undefined, 400, "invalid_scope", "AADSTS70011"],
    ["another grant", { grant_type: "password" }, undefined, 400, "unsupported_grant_type", "AADSTS70003"],
  ])("%s", async (_, change, tenant, status, error, code) => {
    const reply = await served.token({ ...good(), ...(change as Record<string, string>) }, tenant);
    expect({ status: reply.status, error: reply.json["error"] }).toEqual({ status, error });
    expect(String(reply.json["error_description"])).toMatch(new RegExp(`^${code}\\b`));
  });

  async function asserted(claims: { issuer?: string; audience?: string; expires?: number; thumbprint?: string; key?: string }): Promise<string> {
    const { ready } = served.sandbox;
    const certificate = new X509Certificate(await readFile(ready.certificateFile));
    const own = createHash("sha256").update(certificate.raw).digest("base64url");
    const assertion = await new SignJWT({}).setProtectedHeader({ alg: "PS256", "x5t#S256": claims.thumbprint ?? own }).setIssuer(claims.issuer ?? ready.clientId).setSubject(ready.clientId)
      .setAudience(claims.audience ?? `${ready.authority}/${ready.tenantId}/oauth2/v2.0/token`).setExpirationTime(claims.expires ?? Math.floor(Date.now() / 1000) + 300)
      .sign(await importPKCS8(await readFile(ready.privateKeyFile, "utf8"), "PS256"));
    const reply = await served.token({ client_id: ready.clientId, client_assertion_type: "urn:ietf:params:oauth:client-assertion-type:jwt-bearer", client_assertion: assertion, scope: `${ready.graph}/.default` });
    return reply.status === 200 ? "granted" : /AADSTS\d+/.exec(String(reply.json["error_description"]))?.[0] ?? "";
  }

  it("assertions of another issuer, audience, time or certificate", async () => {
    expect(await asserted({})).toBe("granted");
    expect(await asserted({ issuer: "somebody" })).toBe("AADSTS700021");
    expect(await asserted({ audience: "https://elsewhere.example" })).toBe("AADSTS700023");
    expect(await asserted({ expires: 1_000_000_000 })).toBe("AADSTS700024");
    expect(await asserted({ thumbprint: "other" })).toBe("AADSTS700027");
  });

  it("requests without a token, with a foreign one, and with one that was expired; the next one is good", async () => {
    const anonymous = await served.send("GET", `${served.sandbox.ready.graph}/v1.0/users`, { "client-request-id": "mine" });
    expect(anonymous.status).toBe(401);
    expect(anonymous.json["error"]).toMatchObject({ code: "InvalidAuthenticationToken", innerError: { "client-request-id": "mine", "request-id": anonymous.headers["request-id"] } });
    expect((await served.get("/users", { authorization: "Bearer a.b.c" })).status).toBe(401);
    expect((await served.control("expire-tokens")).status).toBe(200);
    expect((await served.get("/users")).status).toBe(401);
    await served.signIn();
    expect((await served.get("/users")).status).toBe(200);
  });
});

describe("permissions that were not granted", () => {
  it("are refused in each workload's words", async () => {
    const narrow = await Served.start({ ...FILES, "tenant.json": JSON.stringify({ domain: "test.example", grantedRoles: ["Group.ReadWrite.All"] }) });
    try {
      const refused = async (path: string) => {
        const { status, json } = await narrow.get(path);
        return [status, (json["error"] as { code: string }).code];
      };
      expect(await refused("/users")).toEqual([403, "Authorization_RequestDenied"]);
      expect(await refused("/users/zoe@test.example/mailFolders")).toEqual([403, "ErrorAccessDenied"]);
      expect(await refused("/users/zoe@test.example/drive")).toEqual([403, "accessDenied"]);
      expect((await narrow.get("/groups")).status).toBe(200);
    } finally {
      await narrow.stop();
    }
  });
});
