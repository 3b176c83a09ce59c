import { getEventListeners } from "node:events";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { Readable } from "node:stream";
import { afterEach, beforeEach, describe, expect, it } from "@jest/globals";
import type { ExodusError } from "../../../src/core/errors.js";
import { AppPool } from "../../../src/graph/sign-in/app-pool.js";
import { createDispatcher, createGraphClient, type GraphClient } from "../../../src/graph/client/client.js";
import { createGovernor } from "../../../src/engine/governor.js";

/** Answers that would fill memory, overflow the stack, or never end; `sent` counts what was taken from them. */
const HOSTILE: Readonly<Record<string, { readonly status: number; readonly type: string; readonly body: () => Iterable<string> }>> = {
  "/endless": { status: 200, type: "application/json", body: () => endless('{"value":["') },
  "/refusal": { status: 400, type: "application/json", body: () => endless('{"error":{"code":"') },
  "/page": { status: 200, type: "text/html", body: () => endless("<title>Portail") },
  "/deep": { status: 200, type: "application/json", body: () => [`{"value":[${"[".repeat(10_000)}${"]".repeat(10_000)}]}`] },
  "/brackets": { status: 200, type: "application/json", body: () => [`{"value":[{"subject":"${"[{\\\"".repeat(10_000)}"}]}`] },
  "/surrogates": { status: 200, type: "application/json", body: () => ['{"value":[{"subject":"\\ud83d x \\udc00"}]}'] },
};
const MIB = 1024 * 1024;
let sent = 0;

function* endless(start: string): Iterable<string> {
  yield start;
  for (let piece = "x".repeat(MIB / 4); sent < 1024 * MIB; sent += piece.length) yield piece;
}

let server: Server;
let client: GraphClient;

beforeEach(async () => {
  server = createServer((request, response) => {
    if (request.url?.includes("/slow") === true) return;
    const hostile = Object.entries(HOSTILE).find(([name]) => request.url?.includes(name) === true)?.[1];
    if (hostile !== undefined) {
      response.writeHead(hostile.status, { "content-type": hostile.type });
      Readable.from(hostile.body()).on("error", () => undefined).pipe(response);
      return;
    }
    response.writeHead(request.url?.includes("/missing") === true ? 404 : 200, { "content-type": "application/json" });
    response.end(`{"value":[]}`);
  });
  await new Promise<void>((resolve) => { server.listen(0, "127.0.0.1", resolve); });
  client = createGraphClient({
    graphRoot: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, pool: new AppPool([{ id: "app", auth: { token: () => Promise.resolve("t") } }]), governor: createGovernor({ limits: {} }),
    userAgent: "test", dispatcher: createDispatcher(undefined), attempts: 1,
  });
});

afterEach(async () => {
  await client.close();
  server.closeAllConnections();
  await new Promise((resolve) => { server.close(resolve); });
});

describe("the Graph client", () => {
  it("leaves nothing on the run's signal once a request has ended, well or badly", async () => {
    const run = new AbortController();
    for (let count = 0; count < 30; count += 1) {
      await client.get("/users", { signal: run.signal });
      await expect(client.get("/missing", { signal: run.signal })).rejects.toMatchObject({ code: "GRAPH_NOT_FOUND" });
    }
    expect(getEventListeners(run.signal, "abort")).toHaveLength(0);
  });

  it("ends a request under way when the run is stopped", async () => {
    const run = new AbortController();
    const reading = client.get("/slow", { signal: run.signal });
    setTimeout(() => { run.abort(); }, 20);
    await expect(reading).rejects.toMatchObject({ code: "INTERRUPTED" });
    expect(getEventListeners(run.signal, "abort")).toHaveLength(0);
  });

  const failure = async (path: string): Promise<{ code: string; sent: number; message: string }> => {
    sent = 0;
    const { code, message } = await client.get(path, { signal: new AbortController().signal }).then(() => { throw new Error("answered"); }, (thrown: unknown) => thrown as ExodusError);
    return { code, sent: sent / MIB, message };
  };

  it("breaks off an answer that never ends, and says so by name", async () => {
    const endless = await failure("/endless");
    expect(endless).toEqual({ code: "GRAPH_OVERSIZED", sent: expect.any(Number), message: expect.stringContaining("64 MiB") });
    // What waits in the sockets between the two is a few megabytes.
    expect([endless.sent > 60, endless.sent < 100]).toEqual([true, true]);
  });

  it("looks at no more than the beginning of a refusal, or of a proxy's page", async () => {
    const [refusal, page] = [await failure("/refusal"), await failure("/page")];
    expect([refusal.code, page.code]).toEqual(["GRAPH_REFUSED", "GRAPH_FOREIGN"]);
    expect(Math.max(refusal.sent, page.sent)).toBeLessThan(30);
    expect(Math.max(refusal.message.length, page.message.length)).toBeLessThan(500);
  });

  it("refuses nesting that no walk through values survives, and counts no bracket of a text", async () => {
    expect(await failure("/deep")).toMatchObject({ code: "GRAPH_OVERSIZED", message: expect.stringContaining("256 levels") });
    expect(await client.get("/brackets", { signal: new AbortController().signal })).toEqual({ value: [{ subject: '[{"'.repeat(10_000) }] });
  });

  it("takes half surrogates as they are told", async () => {
    expect(await client.get("/surrogates", { signal: new AbortController().signal })).toEqual({ value: [{ subject: "\ud83d x \udc00" }] });
  });
});
