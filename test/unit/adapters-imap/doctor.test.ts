import net from "node:net";
import { afterEach, describe, expect, it } from "@jest/globals";
import { adapter } from "../../../adapters/imap/index.js";
import type { CheckResult } from "../../../src/core/source.js";
import { testEnvironment } from "../../environment.js";

describe("doctor of IMAP", () => {
  const sockets: net.Socket[] = [];
  let server: net.Server;

  /** A server whose answer to GETQUOTAROOT (RFC 9208 section 4.2) is `quota`. */
  const check = async (quota: string): Promise<CheckResult[]> => {
    server = net.createServer((socket) => {
      sockets.push(socket);
      socket.write("* OK [CAPABILITY IMAP4rev1 QUOTA] ready\r\n");
      socket.on("error", () => undefined).on("data", (chunk) => {
        for (const line of String(chunk).split("\r\n").filter((one) => one !== "")) {
          const [tag = "", verb = ""] = line.split(" ");
          const told: Readonly<Record<string, string>> = { CAPABILITY: "* CAPABILITY IMAP4rev1 QUOTA\r\n", GETQUOTAROOT: `* QUOTAROOT INBOX ""\r\n${quota}` };
          socket.write(`${told[verb] ?? ""}${tag} OK done\r\n`);
        }
      });
    });
    await new Promise<void>((resolve) => { server.listen(0, "127.0.0.1", resolve); });
    const { port } = server.address() as net.AddressInfo;
    const created = await adapter.create(adapter.options.parse({ host: "127.0.0.1", port, security: "none", password: "env:P", probe: "zoe" }), testEnvironment("mairie", { "env:P": "secret" }));
    const results: CheckResult[] = [];
    for await (const result of created.check(new AbortController().signal)) results.push(result);
    return results;
  };
  afterEach(async () => {
    for (const socket of sockets.splice(0)) socket.destroy();
    await new Promise<void>((resolve) => { server.close(() => resolve()); });
  });

  it.each([
    ["all of its room taken", "1 1"],
    ["more than its room taken", "2 1"],
  ])("finds an account with %s wrong before anything is sent", async (_title, storage) => {
    const [result, ...others] = await check(`* QUOTA "" (STORAGE ${storage})\r\n`);
    expect(others).toEqual([]);
    expect(result).toMatchObject({ ok: false, code: "TARGET_QUOTA_FULL", message: expect.stringContaining("zoe"), advice: expect.stringContaining("quota") });
  });

  it.each([
    ["with room", '* QUOTA "" (STORAGE 1 2000)\r\n', / 0\.0 \/ 2\.0 MB$/],
    ["without limit", "", /^zoe: $/],
    ["whose limit is of messages", '* QUOTA "" (MESSAGE 5 5)\r\n', /^zoe: $/],
  ])("takes an account %s", async (_title, quota, message) => {
    expect(await check(quota)).toMatchObject([{ ok: true, code: "IMAP_SIGN_IN", message: expect.stringMatching(message) }]);
  });
});
