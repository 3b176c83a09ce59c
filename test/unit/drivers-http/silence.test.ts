import { createServer, type RequestListener, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { afterEach, describe, expect, it } from "@jest/globals";
import type { ExodusError } from "../../../src/core/errors.js";
import { HttpClient, type HttpRequest } from "../../../src/drivers/http/client.js";
import { silenceAfter } from "../../../src/drivers/http/silence.js";
import { thrownBy } from "../../../src/kit/conformance/expectations.js";
import { testAccess } from "../../environment.js";

const TIMEOUT_MS = 500;
const MB = 1_000_000;

/** Bytes that come in pieces, `pauseMs` before the last. */
async function* bytes(size: number, pauseMs = 0): AsyncGenerator<Uint8Array> {
  for (let left = size; left > 0; left -= MB) {
    if (left <= MB) await new Promise((resolve) => { setTimeout(resolve, pauseMs); });
    yield Buffer.alloc(Math.min(left, MB));
  }
}

describe("a server that says nothing", () => {
  let server: Server;
  let client: HttpClient;

  const serve = async (listener: RequestListener): Promise<void> => {
    server = createServer(listener);
    await new Promise<void>((resolve) => { server.listen(0, "127.0.0.1", resolve); });
    client = new HttpClient({ ...testAccess("cible", "zoe"), timeoutMs: TIMEOUT_MS }, 1);
  };
  const send = (body?: HttpRequest["body"]): Promise<string> =>
    client.send(body === undefined ? "GET" : "PUT", new URL(`http://127.0.0.1:${(server.address() as AddressInfo).port}/`), { headers: {}, body, signal: new AbortController().signal }, ({ text }) => text(100));
  const told = ({ code, errorClass, params }: ExodusError): unknown => [code, errorClass, params["seconds"]];

  afterEach(async () => {
    await client.close();
    await new Promise((resolve) => { server.closeAllConnections(); server.close(resolve); });
  });

  it("to a request is told as such, and may be asked again", async () => {
    await serve(() => undefined);
    expect(told(await thrownBy(() => send()))).toEqual(["TARGET_SILENT", "retryable", 1]);
  });

  it("within its answer is told likewise", async () => {
    await serve((_request, response) => void response.writeHead(200).write("début"));
    expect(told(await thrownBy(() => send()))).toEqual(["TARGET_SILENT", "retryable", 1]);
  });

  it("and reads no further is told likewise", async () => {
    await serve((request) => void request.pause());
    expect(told(await thrownBy(() => send({ size: 12 * MB, bytes: bytes(12 * MB) })))).toEqual(["TARGET_SILENT", "retryable", 4]);
  });

  it("is waited for from the last byte on, however long these take to come from here", async () => {
    await serve((request, response) => void request.resume().once("end", () => response.end("reçu")));
    expect(await send({ size: 2 * MB, bytes: bytes(2 * MB, 6 * TIMEOUT_MS) })).toBe("reçu");
  });

  it("is given more time for what is large", async () => {
    await serve((request, response) => void request.resume().once("end", () => setTimeout(() => response.end("reçu"), 6 * TIMEOUT_MS)));
    expect(await send({ size: 60 * MB, bytes: bytes(60 * MB) })).toBe("reçu");
    expect([0, 30 * MB, 3_000 * MB].map((size) => silenceAfter(size, 120_000))).toEqual([120_000, 127_500, 870_000]);
  });
});
