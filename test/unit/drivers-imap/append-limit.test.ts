import net from "node:net";
import { afterAll, beforeAll, describe, expect, it } from "@jest/globals";
import type { ExodusError } from "../../../src/core/errors.js";
import { append } from "../../../src/drivers/imap/append.js";
import { canonicalMessage } from "../../../src/drivers/imap/canonical.js";
import { Connections } from "../../../src/drivers/imap/connections.js";

const signal = new AbortController().signal;

/** A server that tells the limit of each mailbox when it is selected (RFC 7889), and notes what it is asked. */
const asked: string[] = [];
const server = net.createServer((socket) => {
  let literal = 0;
  socket.write("* OK [CAPABILITY IMAP4rev1 APPENDLIMIT UIDPLUS] ready\r\n");
  socket.on("error", () => undefined).on("data", (chunk) => {
    for (const line of String(chunk).split("\r\n")) {
      if (literal > 0) literal -= line.length + 2;
      const [tag, verb = "", ...rest] = line.split(" ");
      const size = /\{(\d+)\}$/.exec(line)?.[1];
      if (!/^[0-9A-Z]+$/.test(tag ?? "") || !/^[A-Z]+$/.test(verb)) continue;
      asked.push(verb);
      if (verb === "CAPABILITY") socket.write("* CAPABILITY IMAP4rev1 APPENDLIMIT UIDPLUS\r\n");
      if (verb === "SELECT") socket.write(`* 0 EXISTS\r\n* OK [UIDVALIDITY 1] ok\r\n${rest.join(" ").includes("Petit") ? "* OK [APPENDLIMIT 10] limit\r\n" : ""}`);
      if (size === undefined) socket.write(`${tag ?? ""} OK done\r\n`);
      else {
        socket.write("+ go\r\n");
        socket.once("data", () => socket.write(`${tag ?? ""} OK [APPENDUID 1 7] done\r\n`));
      }
    }
  });
});

describe("a limit of each mailbox for itself", () => {
  let connections: Connections;
  beforeAll(async () => {
    await new Promise<void>((resolve) => { server.listen(0, "127.0.0.1", resolve); });
    connections = new Connections({
      target: "mairie", host: "127.0.0.1", port: (server.address() as net.AddressInfo).port, security: "none", account: "zoe",
      signIn: () => Promise.resolve({ user: "zoe", secret: { kind: "password", value: "secret" } }),
      governor: { acquire: () => Promise.resolve({ release: () => undefined }), snapshot: () => ({}) },
    }, 1);
  });
  afterAll(async () => {
    await connections.close();
    await new Promise<void>((resolve) => { server.close(() => resolve()); });
  });
  const message = async (): ReturnType<typeof canonicalMessage> => canonicalMessage((async function* () { yield await Promise.resolve(Buffer.from("Subject: a\r\n\r\nbonjour\r\n")); })(), 23);

  it("is asked for once, and a message over it is refused before it is sent", async () => {
    for (const _try of [1, 2]) {
      const error = await append(connections, "Petit", { message: await message(), flags: [] }, signal).then(() => { throw new Error("nothing was thrown"); }, (thrown: unknown) => thrown as ExodusError);
      expect([error.code, error.params]).toEqual(["ITEM_TOO_LARGE", { size: 23, limit: 10 }]);
    }
    expect([asked.filter((verb) => verb === "SELECT").length, asked.includes("APPEND")]).toEqual([1, false]);
  });

  it("that a mailbox does not have keeps nothing out", async () => {
    expect(await append(connections, "Grand", { message: await message(), flags: [] }, signal)).toEqual({ uidValidity: 1n, uid: 7 });
  });
});
