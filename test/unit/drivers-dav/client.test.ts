import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { afterEach, describe, expect, it } from "@jest/globals";
import { ExodusError } from "../../../src/core/errors.js";
import type { Outcome } from "../../../src/core/governor.js";
import { DavClient } from "../../../src/drivers/dav/client.js";
import { discoverHome } from "../../../src/drivers/dav/discover.js";
import { getHash, put } from "../../../src/drivers/dav/verbs.js";
import { eventKind } from "../../../adapters/caldav/kind.js";
import { contextOf, MemoryBlobs, MemoryLedger } from "../../../src/kit/conformance/harness.js";
import { sampleItem } from "../../../src/kit/conformance/sample-item.js";
import { ResourceSession } from "../../../src/drivers/dav/resource-session.js";
import { CALENDAR_HOME } from "../../../src/drivers/caldav/calendar-collection.js";
import { testAccess } from "../../environment.js";

const KEY = "abcdefghijklmnopqrstuvwxyz234567";
const ICS = "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nBEGIN:VEVENT\r\nUID:u\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n";
const opened: (() => Promise<unknown>)[] = [];
afterEach(async () => { for (const close of opened.splice(0)) await close(); });
const signal = new AbortController().signal;

async function serving(answer: (request: IncomingMessage, response: ServerResponse) => void): Promise<{ client: DavClient; outcomes: Outcome[]; server: Server }> {
  const server = createServer(answer);
  await new Promise<void>((resolve) => { server.listen(0, "127.0.0.1", resolve); });
  const outcomes: Outcome[] = [];
  const client = new DavClient({
    ...testAccess("t", "u"), base: new URL(`http://127.0.0.1:${(server.address() as AddressInfo).port}/`), user: "u", password: "hidden",
    governor: { acquire: () => Promise.resolve({ release: (outcome) => { outcomes.push(outcome); } }), snapshot: () => ({}) },
  });
  opened.push(() => client.close(), () => new Promise((resolve) => { server.closeAllConnections(); server.close(resolve); }));
  return { client, outcomes, server };
}

const failure = async (work: Promise<unknown>): Promise<ExodusError> => work.then(() => { throw new Error("nothing thrown"); }, (thrown: unknown) => thrown as ExodusError);
const status = (code: number, headers: Record<string, string> = {}, body = "") => (request: IncomingMessage, response: ServerResponse): void => {
  request.resume().on("end", () => response.writeHead(code, headers).end(body));
};

describe("DavClient", () => {
  it.each([
    [401, "TARGET_CREDENTIAL"], [403, "TARGET_DENIED"], [404, "TARGET_CONTAINER_MISSING"], [409, "TARGET_CONTAINER_MISSING"], [412, "TARGET_PASSING"],
    [413, "TARGET_REFUSED_ITEM"], [415, "TARGET_REFUSED_ITEM"], [423, "TARGET_PASSING"], [429, "TARGET_THROTTLED"], [500, "TARGET_PASSING"], [502, "TARGET_PASSING"],
    [503, "TARGET_PASSING"], [507, "TARGET_QUOTA_FULL"],
  ])("HTTP %d is %s", async (code, expected) => {
    const { client } = await serving(status(code));
    expect((await failure(put(client, "/x", "body", { headers: {}, signal }))).code).toBe(expected);
  });

  it("obeys Retry-After and tells the governor", async () => {
    const { client, outcomes } = await serving(status(503, { "retry-after": "7" }));
    const error = await failure(put(client, "/x", "body", { headers: {}, signal }));
    expect(error.retryAfterMs).toBe(7_000);
    expect(outcomes).toEqual([{ ok: false, throttled: true, retryAfterMs: 7_000 }]);
  });

  it("lets a named condition weigh more than the status", async () => {
    const { client } = await serving(status(403, { "content-type": "application/xml" }, `<D:error xmlns:D="DAV:"><D:quota-not-exceeded/></D:error>`));
    expect((await failure(put(client, "/x", "body", { headers: {}, signal }))).code).toBe("TARGET_QUOTA_FULL");
  });

  it("sends a stream with its length, and an empty one too", async () => {
    const seen: { length: string | undefined; bytes: number }[] = [];
    const { client } = await serving((request, response) => {
      let bytes = 0;
      request.on("data", (piece: Buffer) => { bytes += piece.length; }).on("end", () => {
        seen.push({ length: request.headers["content-length"], bytes });
        response.writeHead(201).end();
      });
    });
    async function* pieces() { for (let count = 0; count < 3; count += 1) yield await Promise.resolve(new Uint8Array(70_000)); }
    async function* none() { yield* await Promise.resolve([]); }
    await put(client, "/x", { size: 210_000, bytes: pieces() }, { headers: {}, signal });
    await put(client, "/x", { size: 0, bytes: none() }, { headers: {}, signal });
    expect(seen).toEqual([{ length: "210000", bytes: 210_000 }, { length: "0", bytes: 0 }]);
  });

  it("passes the stream's own error on as it is", async () => {
    const { client } = await serving(status(201));
    async function* broken() {
      yield await Promise.resolve(new Uint8Array(10));
      throw new ExodusError("INTERNAL", { params: { message: "vault" } });
    }
    expect((await failure(put(client, "/x", { size: 20, bytes: broken() }, { headers: {}, signal }))).code).toBe("INTERNAL");
  });

  it("a refused connection is the address's fault at first, and passing later", async () => {
    const { client, server } = await serving(status(201));
    await put(client, "/x", "1", { headers: {}, signal });
    await new Promise((resolve) => { server.closeAllConnections(); server.close(resolve); });
    const later = await failure(put(client, "/x", "1", { headers: {}, signal }));
    expect(later.errorClass).toBe("retryable");
    const fresh = new DavClient({ ...client.access });
    opened.push(() => fresh.close());
    expect((await failure(put(fresh, "/x", "1", { headers: {}, signal }))).code).toBe("TARGET_UNREACHABLE");
  });

  it("rejects with the signal's reason while the answer is on its way", async () => {
    const { client } = await serving((_request, response) => { response.writeHead(200, { "content-length": "1000" }).write("x"); });
    const stop = new AbortController();
    const reading = getHash(client, "/x", stop.signal);
    const reason = new Error("stop");
    setTimeout(() => stop.abort(reason), 50);
    await expect(reading).rejects.toBe(reason);
  });

  it("takes no password to another host", async () => {
    const { client } = await serving((request, response) => {
      if (request.url === "/") response.writeHead(404).end();
      else response.writeHead(301, { location: "http://evil.example/dav/" }).end();
    });
    expect((await failure(discoverHome(client, CALENDAR_HOME, signal))).params["reason"]).toContain("evil.example");
  });

  it("follows the well-known address to the principal and its home", async () => {
    const prop = (inner: string): string => `<multistatus xmlns="DAV:"><response><href>/</href><propstat><prop>${inner}</prop><status>HTTP/1.1 200 OK</status></propstat></response></multistatus>`;
    const { client } = await serving((request, response) => {
      const xml = { "content-type": "application/xml" };
      request.resume().on("end", () => {
        if (request.url === "/.well-known/caldav") response.writeHead(301, { location: "/dav/" }).end();
        else if (request.url === "/dav/") response.writeHead(207, xml).end(prop("<current-user-principal><href>/p/a/</href></current-user-principal>"));
        else if (request.url === "/p/a/") response.writeHead(207, xml).end(prop(`<C:calendar-home-set xmlns:C="urn:ietf:params:xml:ns:caldav"><href>/cal/a/</href></C:calendar-home-set>`));
        else response.writeHead(405).end();
      });
    });
    expect(await discoverHome(client, CALENDAR_HOME, signal)).toBe("/cal/a/");
  });

  it("moves our own object when the server knows its UID in another collection", async () => {
    const log: string[] = [];
    let moved = false;
    const { client } = await serving((request, response) => {
      request.resume().on("end", () => {
        log.push(`${request.method} ${request.url}`);
        if (request.method === "MOVE") {
          moved = true;
          response.writeHead(201).end();
        } else if (request.method === "PROPFIND") response.writeHead(404).end();
        else if (request.method === "GET") response.writeHead(moved ? 200 : 404).end(ICS);
        else response.writeHead(409, { "content-type": "application/xml" }).end(`<error xmlns="DAV:"><C:no-uid-conflict xmlns:C="urn:ietf:params:xml:ns:caldav"><href>/old/${KEY}.ics</href></C:no-uid-conflict></error>`);
      });
    });
    const blobs = new MemoryBlobs();
    const item = sampleItem("calendar", "x", {}, blobs.add(ICS, ".ics"));
    const placed = { workload: "calendar" as const, owner: "o", id: "new", name: "new", path: ["new"] };
    const context = { ...contextOf({ blobs, ledger: new MemoryLedger(), signal }, item, placed, { id: "/new", created: false, losses: [] }), idempotencyKey: KEY };
    expect(await new ResourceSession(client, "/", eventKind("request")).put(item, context)).toEqual({ outcome: "unchanged", ref: { id: `${KEY}.ics` }, losses: [] });
    expect(log).toEqual(["PROPFIND /new/", `PUT /new/${KEY}.ics`, `MOVE /old/${KEY}.ics`, `GET /new/${KEY}.ics`]);
  });

  it("says nothing of the password or the path in its errors", async () => {
    const { client } = await serving(status(403));
    const error = await failure(put(client, "/secret-name", "body", { headers: {}, signal }));
    const told = JSON.stringify([error.message, error.params, error.describe("fr"), error.remedy("fr")]);
    expect(told).not.toMatch(/hidden|secret-name/);
  });
});
