import { createServer, type AddressInfo, type Server, type Socket } from "node:net";
import { afterEach, describe, expect, it } from "@jest/globals";
import { adapter } from "../../../adapters/managesieve/index.js";
import type { CheckResult } from "../../../src/core/source.js";
import { SieveClient } from "../../../src/drivers/managesieve/client.js";
import { testEnvironment } from "../../environment.js";

const HOST = "127.0.0.1";
const signal = new AbortController().signal;
const { governor } = testEnvironment("filters", {});
const GREETING = '"IMPLEMENTATION" "scripted"\r\n"SASL" "PLAIN"\r\n"SIEVE" "fileinto"\r\nOK\r\n';

describe("a ManageSieve connection", () => {
  let server: Server | undefined;
  const sockets = new Set<Socket>();
  /** A server that speaks by a script: what it says first, and to each line. */
  const serve = async (greeting: string, answer: (line: string) => string): Promise<number> => {
    const listening = server = createServer((socket) => {
      sockets.add(socket);
      socket.on("close", () => sockets.delete(socket));
      socket.write(greeting);
      socket.on("data", (bytes: Buffer) => socket.write(answer(bytes.toString("utf8"))));
    });
    await new Promise<void>((resolve) => { listening.listen(0, HOST, resolve); });
    return (listening.address() as AddressInfo).port;
  };
  afterEach(() => {
    for (const socket of sockets) socket.destroy();
    server?.close();
  });

  it.each([["says nothing", ""], ["stops in its greeting", '"IMPLEMENTATION" "x"\r\n']])("to a server that %s is not to be had", async (_title, greeting) => {
    const port = await serve(greeting, () => "");
    await expect(SieveClient.open({ target: "filters", host: HOST, port, security: "none", account: "zoe", governor, greetingTimeoutMs: 50 }, undefined, signal))
      .rejects.toMatchObject({ code: "TARGET_UNREACHABLE", params: { reason: "NO_GREETING" } });
  });

  it("that was greeted waits longer for answers", async () => {
    const port = await serve(GREETING, () => "");
    const client = await SieveClient.open({ target: "filters", host: HOST, port, security: "none", account: "zoe", governor, greetingTimeoutMs: 50 }, undefined, signal);
    const listed = client.listScripts(signal);
    const first = await Promise.race([listed.then(() => "answered"), new Promise((resolve) => { setTimeout(() => resolve("waiting"), 200); })]);
    for (const socket of sockets) socket.write("OK\r\n");
    expect([first, await listed]).toEqual(["waiting", []]);
    for (const socket of sockets) socket.write("OK\r\n");
    await client.close();
  });

  it("is closed by doctor where the server does not take what it announces", async () => {
    const port = await serve(GREETING, (line) => (line.startsWith("CAPABILITY") ? GREETING : line.startsWith("CHECKSCRIPT") ? "NO \"no\"\r\n" : "OK\r\n"));
    const made = await adapter.create(adapter.options.parse({ host: HOST, port, security: "none", password: "env:P", probe: "zoe" }), testEnvironment("filters", { "env:P": "secret" }));
    const results: CheckResult[] = [];
    for await (const result of made.check(signal)) results.push(result);
    expect(results).toMatchObject([{ ok: false, code: "TARGET_REFUSED_ITEM" }]);
    for (let tries = 0; tries < 50 && sockets.size > 0; tries += 1) await new Promise((resolve) => { setTimeout(resolve, 10); });
    expect(sockets.size).toBe(0);
  });
});
