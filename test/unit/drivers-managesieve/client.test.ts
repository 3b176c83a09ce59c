import { createServer, type AddressInfo, type Server, type Socket } from "node:net";
import { afterEach, describe, expect, it } from "@jest/globals";
import { adapter } from "../../../adapters/managesieve/index.js";
import type { CheckResult } from "../../../src/core/source.js";
import { SieveClient } from "../../../src/drivers/managesieve/client.js";
import type { SignIn } from "../../../src/drivers/sasl/exchange.js";
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

  const SIGN_IN: SignIn = { user: "zoe", secret: { kind: "password", value: "secret" } };
  const opened = async (answer: (line: string) => string, timeoutMs = 100): Promise<SieveClient> => {
    const port = await serve(GREETING, (line) => (line.startsWith("CHECKSCRIPT {15+}") ? "OK\r\nOK\r\n" : line.startsWith("CAPABILITY") ? GREETING : line.startsWith("AUTHENTICATE") ? "OK\r\n" : answer(line)));
    return SieveClient.open({ target: "filters", host: HOST, port, security: "none", account: "zoe", governor, timeoutMs }, SIGN_IN, signal);
  };

  it.each([
    ["nothing", "", "TARGET_SILENT"], ["half an answer", '"un" ACTIVE\r\n', "TARGET_SILENT"], ["a string without end", 'NO "a\\', "TARGET_SILENT"],
    ["what no server of filters says", "{pas un nombre}\r\n", "TARGET_PASSING"], ["a refusal that breaks the grammar", 'NO "Syntax Error: Encountered " "{" {x\r\nWas expecting one of:\r\n    "\r\n', "TARGET_REFUSED_ITEM"],
    ["no more, since it is gone", "NO", "TARGET_SILENT"],
  ])("that is asked and hears %s ends in an error with its remedy, and the connection with it", async (_title, said, code) => {
    const client = await opened(() => said);
    await expect(client.listScripts(signal)).rejects.toMatchObject({ code });
    expect(client.usable).toBe(false);
    // There is nobody to say goodbye to.
    await client.close();
  });

  it("that hears a byte now and then ends too", async () => {
    const client = await opened(() => '"');
    const trickle = setInterval(() => { for (const socket of sockets) socket.write("x"); }, 20);
    await expect(client.listScripts(signal)).rejects.toMatchObject({ code: "TARGET_SILENT", params: { seconds: 0 } });
    clearInterval(trickle);
  });

  it("says goodbye to a server that does not answer without waiting for it as for an answer", async () => {
    const client = await opened(() => "", 60_000);
    const started = Date.now();
    await client.close();
    expect(Date.now() - started).toBeLessThan(10_000);
  });

  it("takes a refusal without an end of line, sent again for each line of a script, for one refusal", async () => {
    const client = await opened((line) => (line.startsWith("HAVESPACE") ? "OK\r\n" : "NO Maximum command line length exceededNO Maximum command line length exceeded"), 60_000);
    await expect(client.putScript("long", "keep;\r\n", signal)).rejects.toMatchObject({ code: "TARGET_SCRIPT_LONG", params: { reason: "Maximum command line length exceeded" } });
    expect(client.usable).toBe(false);
  }, 20_000);

  it("to a server that falls silent at STARTTLS is named as such", async () => {
    const port = await serve(GREETING.replace("OK\r\n", '"STARTTLS"\r\nOK\r\n'), (line) => (line.startsWith("STARTTLS") ? "OK\r\n" : ""));
    await expect(SieveClient.open({ target: "filters", host: HOST, port, security: "starttls", account: "zoe", governor, greetingTimeoutMs: 100 }, SIGN_IN, signal)).rejects.toMatchObject({ code: "TARGET_STARTTLS" });
  });

  it("to a server that takes neither number of a script's length counts octets, as the protocol says", async () => {
    const heard: string[] = [];
    const port = await serve(GREETING, (line) => {
      heard.push(line);
      return line.startsWith("CHECKSCRIPT {1") ? "NO\r\nNO\r\n" : line.startsWith("CAPABILITY") ? GREETING : "OK\r\n";
    });
    const client = await SieveClient.open({ target: "filters", host: HOST, port, security: "none", account: "zoe", governor, timeoutMs: 5_000 }, SIGN_IN, signal);
    await client.checkScript("# été\r\n", signal);
    await client.close();
    expect(heard.filter((line) => line.startsWith("CHECKSCRIPT")).map((line) => line.split("\r\n", 1)[0])).toEqual(["CHECKSCRIPT {15+}", "CHECKSCRIPT {12+}", "CHECKSCRIPT {9+}"]);
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
