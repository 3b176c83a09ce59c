import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { afterAll, beforeAll, describe, expect, it } from "@jest/globals";
import { clientCredentials } from "../../../src/drivers/http/client-credentials.js";
import { JsonClient, type Refused } from "../../../src/drivers/http/json-client.js";
import { refusalCode } from "../../../src/drivers/http/refusal-codes.js";
import { toldWords } from "../../../src/drivers/http/told-words.js";
import { givenToken, RenewedTokens } from "../../../src/drivers/http/tokens.js";
import { thrownBy } from "../../../src/kit/conformance/expectations.js";
import { testAccess } from "../../environment.js";

const SIGNAL = new AbortController().signal;
const PLACE = testAccess("cible", "alice");
const meaning = ({ status, text }: Refused): { code: ReturnType<typeof refusalCode>; reason: string; vendor: string } => ({ code: refusalCode(status), reason: `HTTP ${status}`, vendor: toldWords(text).code });

describe("a server that speaks JSON", () => {
  let server: Server;
  let answer: readonly [number, string] = [200, "{}"];
  const seen: (string | undefined)[] = [];
  const origin = (): string => `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
  const client = (base = origin()): JsonClient => new JsonClient({ ...PLACE, base: new URL(base), tokens: givenToken("jeton", PLACE) }, meaning);

  beforeAll(async () => {
    server = createServer((request, response) => {
      seen.push(request.headers.authorization);
      request.resume().on("end", () => response.writeHead(answer[0], { "retry-after": "3" }).end(answer[1]));
    });
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  });
  afterAll(() => new Promise((resolve) => { server.closeAllConnections(); server.close(resolve); }));

  it.each([
    ["a page in JSON's place is a failure in passing, not an absence", [200, "<html>"], { unless: "absent" }, "TARGET_PASSING"],
    ["a refusal is told by its status", [404, ""], {}, "TARGET_CONTAINER_MISSING"],
    ["one that asks to wait is throttled", [429, ""], {}, "TARGET_THROTTLED"],
    ["a refused token that cannot be renewed", [401, ""], {}, "TARGET_TOKEN"],
  ] as const)("%s", async (_title, told, more, code) => {
    answer = told;
    const opened = client();
    const error = await thrownBy(() => opened.request("GET", "x", { action: "look", signal: SIGNAL, ...more }));
    expect([error.code, error.retryAfterMs]).toEqual([code, ["TARGET_THROTTLED", "TARGET_CONTAINER_MISSING"].includes(code) ? 3_000 : undefined]);
    await opened.close();
  });

  it("a refusal that the caller understands is an absence: by our code or the server's", async () => {
    const opened = client();
    answer = [404, ""];
    expect(await opened.request("GET", "x", { action: "look", unless: "TARGET_CONTAINER_MISSING", signal: SIGNAL })).toBeUndefined();
    answer = [400, JSON.stringify({ errors: [{ code: "there_already", detail: "x" }] })];
    expect(await opened.request("GET", "x", { action: "look", unless: "there_already", signal: SIGNAL })).toBeUndefined();
    await opened.close();
  });

  it("bytes go without the token, and not in clear text where the server is behind TLS", async () => {
    answer = [200, ""];
    const body = { size: 1, bytes: (async function* () { yield await Promise.resolve(Buffer.from("x")); })() };
    const [open, safe] = [client(), client("https://cible.example/")];
    seen.splice(0);
    await open.upload(`${origin()}bucket`, body, { headers: {}, action: "upload", signal: SIGNAL });
    const error = await thrownBy(() => safe.upload(`${origin()}bucket`, body, { headers: {}, action: "upload", signal: SIGNAL }));
    expect([seen, error.code]).toEqual([[undefined], "TARGET_UNREACHABLE"]);
    await Promise.all([open.close(), safe.close()]);
  });

  it("a sign-in that is refused names the application and nothing that was sent", async () => {
    answer = [401, JSON.stringify({ error: "invalid_client", error_description: "mot-de-passe is wrong" })];
    const tokens = clientCredentials({ ...PLACE, tokenUrl: new URL(`${origin()}token`), clientId: "application", clientSecret: "mot-de-passe", scope: "openid" });
    const error = await thrownBy(() => tokens.current(SIGNAL));
    expect([error.code, error.params["account"], JSON.stringify([error.message, error.params]).includes("mot-de-passe")]).toEqual(["TARGET_CREDENTIAL", "application", false]);
    await tokens.close();
  });
});

describe("tokens that are renewed", () => {
  it("are asked for once by all who wait, before half of their life is over, and when refused", async () => {
    let [now, asked] = [0, 0];
    const tokens = new RenewedTokens(() => Promise.resolve({ token: `jeton-${(asked += 1)}`, livesMs: 1_000 }), () => Promise.resolve(), () => now);
    expect(await Promise.all([tokens.current(SIGNAL), tokens.current(SIGNAL)])).toEqual(["jeton-1", "jeton-1"]);
    now = 499;
    expect(await tokens.current(SIGNAL)).toBe("jeton-1");
    now = 500;
    expect(await tokens.current(SIGNAL)).toBe("jeton-2");
    // Refused a moment ago, and renewed since by somebody else.
    expect([await tokens.renew("jeton-1", SIGNAL), await tokens.renew("jeton-2", SIGNAL), asked]).toEqual(["jeton-2", "jeton-3", 3]);
  });
});

describe("what a server says of a refusal", () => {
  it.each([
    ["standardized errors", JSON.stringify({ type: "client_error", errors: [{ code: "full", detail: "No room.", attr: null }] }), { code: "full", words: "No room." }],
    ["an object storage", "<Error><Code>SlowDown</Code><Message>Later.</Message></Error>", { code: "SlowDown", words: "Later." }],
    ["an object storage, with signs of XML", "<Error><Code>NoSuchKey</Code><Message> a &amp; b </Message></Error>", { code: "NoSuchKey", words: "a & b" }],
    ["a page", "<h1>Oops</h1>", { code: "", words: "" }],
    ["another form", JSON.stringify({ errors: "no list" }), { code: "", words: "" }],
  ])("%s", (_title, text, told) => expect(toldWords(text)).toEqual(told));
});
