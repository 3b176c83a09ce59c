import { readFileSync } from "node:fs";
import { rm } from "node:fs/promises";
import type { IncomingMessage, ServerResponse } from "node:http";
import { createServer, type Server } from "node:https";
import type { AddressInfo } from "node:net";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "@jest/globals";
import type { ExodusError } from "../../../src/core/errors.js";
import { CALENDAR_HOME } from "../../../src/drivers/caldav/calendar-collection.js";
import { DavClient } from "../../../src/drivers/dav/client.js";
import { discoverHome } from "../../../src/drivers/dav/discover.js";
import type { HttpAccess } from "../../../src/drivers/http/client.js";
import { toldAddress } from "../../../src/drivers/http/told-address.js";
import { JmapClient } from "../../../src/drivers/jmap/client.js";
import { makePki, type Pki } from "../../../src/sandbox/pki.js";
import { testAccess } from "../../environment.js";

const PLACE = { target: "mairie", account: "zoe" };
const { signal } = new AbortController();

describe("an address that a server told", () => {
  const [tls, clear] = [new URL("https://mairie.example/dav/"), new URL("http://127.0.0.1:8080/")];

  it.each([
    ["/jmap", tls, "https://mairie.example/jmap"],
    ["https://mairie.example:8443/jmap", tls, "https://mairie.example:8443/jmap"],
    ["/jmap", clear, "http://127.0.0.1:8080/jmap"],
    ["https://127.0.0.1/jmap", clear, "https://127.0.0.1/jmap"],
  ])("%s is taken", (told, base, address) => expect(toldAddress(told, base, PLACE).href).toBe(address));

  it.each([
    ["https://ailleurs.example/jmap", "points to another host, ailleurs.example"],
    ["http://mairie.example/jmap", "points away from TLS"],
    ["http://mairie.example:443/jmap", "points away from TLS"],
  ])("%s is not", (told, reason) => expect(() => toldAddress(told, tls, PLACE)).toThrow(expect.objectContaining({ code: "TARGET_UNREACHABLE", params: { ...PLACE, reason } })));
});

describe("credentials of a server with TLS", () => {
  let pki: Pki;
  let server: Server;
  let base: URL;
  const asked: (string | undefined)[] = [];

  const serve = async (answer: (clear: string, request: IncomingMessage, response: ServerResponse) => void): Promise<void> => {
    server = createServer({ key: pki.serverKeyPem, cert: pki.serverCertificatePem }, (request, response) => {
      asked.push(request.url);
      request.resume().once("end", () => answer(`http://127.0.0.1:${base.port}`, request, response));
    });
    await new Promise<void>((resolve) => { server.listen(0, "127.0.0.1", resolve); });
    base = new URL(`https://127.0.0.1:${(server.address() as AddressInfo).port}/`);
  };
  const access = (): HttpAccess & { readonly base: URL } => ({ ...testAccess(PLACE.target, PLACE.account), base, ca: readFileSync(pki.caFile, "utf8") });
  const jmap = (): JmapClient => new JmapClient({ ...access(), user: "", refused: "TARGET_TOKEN", authorization: () => Promise.resolve({ authorization: "Bearer token" }) });

  beforeAll(async () => { pki = await makePki(); });
  afterAll(() => rm(pki.dir, { recursive: true, force: true }));
  afterEach(async () => {
    asked.length = 0;
    await new Promise((resolve) => { server.closeAllConnections(); server.close(resolve); });
  });

  it("do not go where a JMAP session leads to clear text", async () => {
    await serve((clear, _request, response) => void response.end(JSON.stringify({ capabilities: {}, accounts: {}, apiUrl: `${clear}/jmap`, downloadUrl: "/d", uploadUrl: `${clear}/u`, state: "1" })));
    const client = jmap();
    for (const work of [client.call("Core/echo", {}, signal), client.upload("A", { size: 0, bytes: none() }, "message/rfc822", signal)]) expect(await reason(work)).toEqual(["TARGET_UNREACHABLE", "points away from TLS"]);
    await client.close();
    expect(asked).toEqual(["/.well-known/jmap"]);
  });

  it("do not follow a redirect to clear text, by JMAP and by WebDAV", async () => {
    await serve((clear, { url }, response) => void response.writeHead(url === "/" ? 404 : 301, { location: `${clear}/` }).end());
    const clients = [jmap(), new DavClient({ ...access(), user: "zoe", password: "secret" })] as const;
    expect(await reason(clients[0].session(signal))).toEqual(["TARGET_UNREACHABLE", "points away from TLS"]);
    expect(await reason(discoverHome(clients[1], CALENDAR_HOME, signal))).toEqual(["TARGET_UNREACHABLE", "points away from TLS"]);
    for (const client of clients) await client.close();
  });
});

function reason(work: Promise<unknown>): Promise<readonly unknown[]> {
  return work.then(() => ["nothing was thrown"], (thrown: unknown) => [(thrown as ExodusError).code, (thrown as ExodusError).params["reason"]]);
}

async function* none(): AsyncGenerator<Uint8Array> {
  yield* await Promise.resolve([]);
}
