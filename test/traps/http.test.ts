import { readFile, rm } from "node:fs/promises";
import type { IncomingMessage, ServerResponse } from "node:http";
import { createServer, type Server } from "node:https";
import type { AddressInfo } from "node:net";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "@jest/globals";
import { createGovernor } from "../../src/engine/governor.js";
import { AppPool } from "../../src/graph/sign-in/app-pool.js";
import { createDispatcher, createGraphClient, type GraphClient, type Page } from "../../src/graph/client/client.js";
import { retryAfterMs } from "../../src/lib/backoff.js";
import { makePki } from "../../src/sandbox/pki.js";

type Script = (url: string, response: ServerResponse, request: IncomingMessage) => void;

let pki: Awaited<ReturnType<typeof makePki>>;
let server: Server;
let client: GraphClient;
let root: string;
let script: Script;
let asked: string[];
let tokens: string[];
const { signal } = new AbortController();

beforeAll(async () => {
  pki = await makePki();
});
afterAll(() => rm(pki.dir, { recursive: true, force: true }));

beforeEach(async () => {
  [asked, tokens] = [[], ["first"]];
  server = createServer({ key: pki.serverKeyPem, cert: pki.serverCertificatePem }, (request, response) => {
    asked.push(request.url ?? "");
    script(request.url ?? "", response, request);
  });
  await new Promise<void>((resolve) => { server.listen(0, "127.0.0.1", resolve); });
  root = `https://localhost:${(server.address() as AddressInfo).port}`;
  const auth = { token: (refused?: string) => { if (refused !== undefined) tokens.push("fresh"); return Promise.resolve(tokens.at(-1) ?? ""); } };
  client = createGraphClient({ graphRoot: root, pool: new AppPool([{ id: "app", auth }]), governor: createGovernor({ limits: {} }), userAgent: "test", dispatcher: createDispatcher(await readFile(pki.caFile, "utf8")), attempts: 3 });
});
afterEach(async () => {
  await client.close();
  server.closeAllConnections();
  await new Promise((resolve) => { server.close(resolve); });
});

const json = (response: ServerResponse, body: unknown, status = 200, headers: Record<string, string> = {}): void => {
  response.writeHead(status, { "content-type": "application/json", ...headers }).end(JSON.stringify(body));
};
async function everything(path: string): Promise<readonly Page<{ readonly id: string }>[]> {
  const pages: Page<{ readonly id: string }>[] = [];
  for await (const page of client.pages<{ readonly id: string }>(path, { signal })) pages.push(page);
  return pages;
}

describe("10. A page may be empty and still have a nextLink; a nextLink may repeat", () => {
  it("10. … an empty page is followed", async () => {
    script = (url, response) => { json(response, url.endsWith("/list") ? { value: [], "@odata.nextLink": `${root}/v1.0/list?p=2` } : { value: [{ id: "a" }] }); };
    expect((await everything("/list")).flatMap(({ value }) => value)).toEqual([{ id: "a" }]);
  });

  it.each([1, 2, 3, 7])("10. … links that lead in a circle of %i are not followed for ever", async (length) => {
    script = (url, response) => { json(response, { value: [{ id: url }], "@odata.nextLink": `${root}/v1.0/list?p=${(Number(/p=(\d+)/.exec(url)?.[1] ?? -1) + 1) % length}` }); };
    await expect(everything("/list")).rejects.toMatchObject({ code: "GRAPH_LOOP" });
    expect(asked.length).toBeLessThan(4 * length + 4);
  });

  it("37. Each nextLink is new, and the rows are the same for ever", async () => {
    script = (_url, response) => { json(response, { value: [{ id: "a" }], "@odata.nextLink": `${root}/v1.0/list?p=${asked.length}` }); };
    await expect(everything("/list")).rejects.toMatchObject({ code: "GRAPH_LOOP" });
    expect(asked.length).toBeLessThan(10);
  });

  it("38. Links come in forms that no builder would make (`microsoft.graph.delta(token='…')`, quotes, stars): they are followed to the letter", async () => {
    const link = "/v1.0/drives('b!1')/root/microsoft.graph.delta(token='MzsyM%3B(*)')?$top=2&x=a%20b+c";
    script = (url, response) => { json(response, url.endsWith("/list") ? { value: [], "@odata.nextLink": `${root}${link}` } : { value: [] }); };
    await everything("/list");
    expect(asked.at(-1)).toBe(link);
  });
});

describe("31. Retry-After may be an HTTP date, may be 0, may be missing; proxies add HTML pages with status 200 or 502", () => {
  const now = Date.parse("2026-01-01T00:00:00Z");

  it.each([["120", 120_000], ["0", 0], ["2.128", 2_128], ["Thu, 01 Jan 2026 00:01:30 GMT", 90_000], ["Wed, 31 Dec 2025 00:00:00 GMT", 0], [null, undefined], ["soon", undefined]])("31. … %s", (header, ms) => {
    expect(retryAfterMs(header, now)).toBe(ms);
  });

  it("31. … a throttled answer without the header is asked again, and does not count as an attempt", async () => {
    script = (_url, response) => { if (asked.length <= 4) json(response, { error: { code: "TooManyRequests", message: "" } }, 429, asked.length === 4 ? {} : { "retry-after": "0" }); else json(response, { id: "a" }); };
    expect(await client.get("/users/a", { signal })).toEqual({ id: "a" });
    expect(asked).toHaveLength(5);
  });

  it.each([200, 502])("31. … an HTML page with status %i is a passing fault", async (status) => {
    script = (_url, response) => { if (asked.length === 1) response.writeHead(status, { "content-type": "text/html" }).end("<html>Proxy</html>"); else json(response, { id: "a" }); };
    expect(await client.get("/users/a", { signal })).toEqual({ id: "a" });
  });

  it("39. A 504 has no Retry-After: it is waited out like a throttle", async () => {
    script = (_url, response) => { if (asked.length === 1) response.writeHead(504).end(); else json(response, { id: "a" }); };
    expect(await client.get("/users/a", { signal })).toEqual({ id: "a" });
  });
});

describe("32. Connections are reset in long runs, and a body may stop short of its Content-Length", () => {
  it("32. … a reset is a passing fault", async () => {
    script = (_url, response, request) => { if (asked.length === 1) request.socket.destroy(); else json(response, { id: "a" }); };
    expect(await client.get("/users/a", { signal })).toEqual({ id: "a" });
  });

  it.each(["closed", "chunked"])("32. … bytes that stop in the middle (%s) are never taken for the whole", async (how) => {
    script = (_url, response) => {
      const cut = asked.length === 1;
      response.writeHead(200, how === "closed" ? { "content-length": "10" } : {});
      if (!cut) response.end("0123456789");
      else response.write("01234", () => setTimeout(() => response.socket?.destroy(), 20));
    };
    const text = await client.bytes("/users/a/messages/1/$value", { signal }, async ({ bytes }) => {
      const parts: Uint8Array[] = [];
      for await (const part of bytes) parts.push(part);
      return Buffer.concat(parts).toString();
    });
    expect(text).toBe("0123456789");
  });

  it("32. … a JSON page cut in the middle is asked again", async () => {
    script = (_url, response) => { if (asked.length === 1) response.writeHead(200, { "content-type": "application/json" }).end('{"value":[{"id":'); else json(response, { value: [{ id: "a" }] }); };
    expect((await everything("/list"))[0]?.value).toEqual([{ id: "a" }]);
  });
});

describe("33. Clock drift makes tokens \"not yet valid\"", () => {
  const refused = { error: { code: "InvalidAuthenticationToken", message: "Lifetime validation failed, the token is not yet valid." } };

  it("33. … one fresh token is asked for", async () => {
    script = (_url, response, { headers }) => { if (headers.authorization === "Bearer first") json(response, refused, 401); else json(response, { id: "a" }); };
    expect(await client.get("/users/a", { signal })).toEqual({ id: "a" });
    expect(tokens).toEqual(["first", "fresh"]);
  });

  it("33. … and when that one is refused too, the run stops with a reason, not after endless attempts", async () => {
    script = (_url, response) => { json(response, refused, 401); };
    await expect(client.get("/users/a", { signal })).rejects.toMatchObject({ code: "GRAPH_TOKEN", errorClass: "fatal-config" });
    expect(asked).toHaveLength(2);
  });
});
