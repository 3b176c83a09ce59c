import { rm } from "node:fs/promises";
import net from "node:net";
import tls from "node:tls";
import { afterAll, beforeAll, describe, expect, it } from "@jest/globals";
import type { ExodusError } from "../../../src/core/errors.js";
import { openConnection } from "../../../src/drivers/imap/connect.js";
import { makePki, type Pki } from "../../../src/sandbox/pki.js";

/** A server without SASL PLAIN, which takes any name and password by LOGIN. */
const sockets: net.Socket[] = [];
const server = net.createServer((socket) => {
  sockets.push(socket);
  socket.write("* OK [CAPABILITY IMAP4rev1] ready\r\n");
  socket.on("error", () => undefined).on("data", (chunk) => {
    for (const line of String(chunk).split("\r\n").filter((one) => one !== "")) {
      const [tag, verb = ""] = line.split(" ");
      socket.write(`${verb === "CAPABILITY" ? "* CAPABILITY IMAP4rev1\r\n" : ""}${tag ?? ""} OK done\r\n`);
    }
  });
});

describe("an administrator who signs in for others", () => {
  beforeAll(() => new Promise<void>((resolve) => { server.listen(0, "127.0.0.1", resolve); }));
  afterAll(() => new Promise<void>((resolve) => {
    for (const socket of sockets) socket.destroy();
    server.close(() => resolve());
  }));

  const open = (admin?: string): ReturnType<typeof openConnection> => openConnection({
    target: "mairie", host: "127.0.0.1", port: (server.address() as net.AddressInfo).port, security: "none", account: "marie",
    signIn: () => Promise.resolve({ user: admin ?? "marie", secret: { kind: "password", value: "secret" }, ...(admin === undefined ? {} : { authorizeAs: "marie" }) }),
    governor: { acquire: () => Promise.resolve({ release: () => undefined }), snapshot: () => ({}) },
  }, new AbortController().signal);

  it("is refused where the server would sign in the administrator alone", async () => {
    const error = await open("admin").then((client) => { client.close(); }, (thrown: unknown) => thrown as ExodusError);
    expect(error).toMatchObject({ code: "TARGET_MECHANISM", params: { target: "mairie", mechanism: "PLAIN", offered: "-" } });
  });

  it("is not asked for where each account signs in for itself", async () => {
    const client = await open();
    expect(client.usable).toBe(true);
    client.close();
  });
});

describe("a certificate that is not trusted, after STARTTLS", () => {
  let pki: Pki;
  const upgrading = net.createServer((socket) => {
    sockets.push(socket);
    // Before TLS, servers offer no sign-in (RFC 8314 section 3.2; RFC 3501 section 6.2.3, LOGINDISABLED).
    socket.write("* OK [CAPABILITY IMAP4rev1 STARTTLS LOGINDISABLED] ready\r\n");
    socket.on("error", () => undefined).on("data", (chunk) => {
      const [tag = "", verb] = String(chunk).trim().split(" ");
      socket.write(verb === "CAPABILITY" ? `* CAPABILITY IMAP4rev1 STARTTLS LOGINDISABLED\r\n${tag} OK done\r\n` : `${tag} OK begin\r\n`);
      if (verb !== "STARTTLS") return;
      socket.removeAllListeners("data");
      new tls.TLSSocket(socket, { isServer: true, key: pki.serverKeyPem, cert: pki.serverCertificatePem }).on("error", () => undefined);
    });
  });

  beforeAll(async () => {
    pki = await makePki();
    await new Promise<void>((resolve) => { upgrading.listen(0, "127.0.0.1", resolve); });
  });
  afterAll(async () => {
    for (const socket of sockets) socket.destroy();
    await new Promise<void>((resolve) => { upgrading.close(() => resolve()); });
    await rm(pki.dir, { recursive: true, force: true });
  });

  it.each(["password", "token"] as const)("is told as such and not as a sign-in by %s that is not offered", async (kind) => {
    const error = await openConnection({
      target: "mairie", host: "127.0.0.1", port: (upgrading.address() as net.AddressInfo).port, security: "starttls", account: "marie",
      signIn: () => Promise.resolve({ user: "marie", secret: { kind, value: "secret" } }),
      governor: { acquire: () => Promise.resolve({ release: () => undefined }), snapshot: () => ({}) },
    }, new AbortController().signal).then((client) => { client.close(); }, (thrown: unknown) => thrown as ExodusError);
    expect(error).toMatchObject({ code: "TARGET_UNREACHABLE", params: { target: "mairie", reason: "UNABLE_TO_VERIFY_LEAF_SIGNATURE" } });
  });
});
