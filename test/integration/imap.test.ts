import { randomBytes } from "node:crypto";
import { readFileSync } from "node:fs";
import net from "node:net";
import { afterAll, beforeAll, describe, expect, it } from "@jest/globals";
import { adapter } from "../../adapters/imap/index.js";
import type { Adapter, TargetContainer, TargetSession } from "../../src/core/adapter.js";
import type { ExodusError } from "../../src/core/errors.js";
import type { ContainerRole, Item, PlacedContainer } from "../../src/core/item.js";
import type { Outcome, RateGovernor } from "../../src/core/governor.js";
import { contextOf, MemoryBlobs, MemoryLedger, sampleOwner } from "../../src/kit/conformance/harness.js";
import { sampleItem } from "../../src/kit/conformance/sample-item.js";
import { mailSamples } from "../../src/kit/conformance/sample-mail.js";
import { testEnvironment } from "../environment.js";
import { countMessages, withClient } from "../imap-client.js";
import { titleFor, useServer } from "../servers.js";
import { taken } from "../taken.js";

const dovecot = useServer("dovecot");
const suite = dovecot === undefined ? describe.skip : describe;
const host = dovecot?.host ?? "";
const port = dovecot?.port ?? 0;
const signal = new AbortController().signal;
const blobs = new MemoryBlobs();
const ledger = new MemoryLedger();
const samples = mailSamples(blobs);
const RECORD = { v: 1, type: "mail", isRead: false, isDraft: false, flag: "none", importance: "normal", categories: [], hasAttachments: false, receivedAt: "2024-03-31T01:30:15Z" } as const;

const newAccount = (): string => `int-${randomBytes(4).toString("hex")}@commune.example`;
const secrets = { "env:P": "secret", "env:M": "master" };

async function open(options: Record<string, unknown>, ca?: string): Promise<Adapter> {
  return adapter.create(adapter.options.parse({ host, port, security: "none", password: "env:P", ...options }), testEnvironment("mairie", secrets, ca));
}
async function connect(name: string, options: Record<string, unknown> = {}, ca?: string): Promise<TargetSession> {
  return (await open(options, ca)).connect({ owner: sampleOwner(name), name }, "mail", signal);
}
function folder(path: readonly string[], role?: ContainerRole, parentId?: string): PlacedContainer {
  return { workload: "mail", owner: "o", id: path.join("\n"), name: path.at(-1) ?? "", path, ...(role === undefined ? {} : { role }), ...(parentId === undefined ? {} : { parentId }) };
}
const inbox = folder(["Boîte de réception"], "inbox");
const mail = (bytes: Uint8Array | string): Item => sampleItem("mail", "x", RECORD, blobs.add(bytes, ".eml"));
const context = (item: Item, into: TargetContainer, placed = inbox): ReturnType<typeof contextOf> => contextOf({ blobs, ledger, signal }, item, placed, into);
const failing = async (operation: Promise<unknown>): Promise<ExodusError> => operation.then(() => { throw new Error("nothing was thrown"); }, (thrown: unknown) => thrown as ExodusError);

async function listed(name: string): Promise<{ path: string; subscribed: boolean }[]> {
  return withClient({ host, port, user: name, pass: "secret" }, async (client) => (await client.list()).map(({ path, subscribed }) => ({ path, subscribed })));
}

suite(titleFor("dovecot", dovecot), () => {
  describe("mailboxes", () => {
    it("maps the inbox and the sent items, nests French names and subscribes to what it made", async () => {
      const name = newAccount();
      await withClient({ host, port, user: name, pass: "secret" }, (client) => client.mailboxCreate("Sent"));
      const session = await connect(name);
      const paths: string[] = [];
      for (const wish of [
        inbox, folder(["Éléments envoyés"], "sent"), folder(["Boîte de réception", "Élus"], undefined, inbox.id), folder(["Délibérations"]),
        folder(["Délibérations", "Été 2024 & co"]), folder(["Délibérations", "Été 2024 & co", "v1.2/final"]), folder(["Brouillons"], "drafts"),
      ]) paths.push((await session.prepare(wish, undefined, signal)).id);
      await session.close();
      expect(paths).toEqual(["INBOX", "Sent", "INBOX/Élus", "Délibérations", "Délibérations/Été 2024 & co", "Délibérations/Été 2024 & co/v1.2／final", "Brouillons"]);
      expect(await listed(name)).toEqual(expect.arrayContaining(paths.slice(2).map((path) => ({ path, subscribed: true }))));
    });

    it("escapes the separator of a Maildir++ server", async () => {
      const session = await connect("point@commune.example");
      const { id, losses } = await session.prepare(folder([`Marchés ${randomBytes(3).toString("hex")}`, "v1.2/final"]), undefined, signal);
      await session.close();
      expect(id.split(".")[1]).toBe("v1．2／final");
      expect(losses).toEqual([{ field: "name", change: "approximated", side: "target", reason: "mail.folder-name" }]);
    });

    it("puts everything under a prefix", async () => {
      const session = await connect(newAccount(), { prefix: ["Reprise 2026"] });
      expect((await session.prepare(inbox, undefined, signal)).id).toBe("Reprise 2026/Boîte de réception");
      await session.close();
    });
  });

  describe("messages", () => {
    let session: TargetSession;
    let into: TargetContainer;
    const name = newAccount();
    beforeAll(async () => {
      session = await connect(name);
      into = await session.prepare(inbox, undefined, signal);
    });
    afterAll(() => session.close());

    it("keeps NUL bytes (BINARY) and finds them again", async () => {
      const item = mail("Subject: nul\r\n\r\na\0b\r\n");
      const result = await session.put(item, context(item, into));
      const found = await session.find(item, context(item, into));
      expect(result).toMatchObject({ outcome: "created", ref: { id: found?.id } });
      expect((await session.verify(item, found ?? { id: "" }, context(item, into))).state).toBe("same");
    });

    it("names the loss when line ends become CRLF, and verifies against the canonical bytes", async () => {
      const item = mail("Subject: lf\n\nun\ndeux\rtrois\r\n");
      const result = taken(await session.put(item, context(item, into)));
      expect(result).toMatchObject({ outcome: "created", losses: [{ field: "body", reason: "mail.line-endings" }] });
      expect((await session.verify(item, result.ref, context(item, into))).state).toBe("same");
      // So it does when only the flags are brought up to date, or nothing is.
      const restated = samples.restated(item) ?? item;
      for (const outcome of ["updated", "unchanged"]) {
        expect(await session.put(restated, { ...context(restated, into), known: result.ref })).toMatchObject({ outcome, losses: [{ field: "body", reason: "mail.line-endings" }] });
      }
    });

    it("takes 60 MB", async () => {
      const item = samples.sized(60_000_000);
      const result = await session.put(item, context(item, into));
      if (result.outcome !== "skipped") expect((await session.verify(item, result.ref, context(item, into))).state).toBe("same");
    });

    it("leaves flags that a mail program set", async () => {
      const item = samples.plain(900);
      const result = taken(await session.put(item, context(item, into)));
      const uid = result.ref.id.split(".")[1] ?? "";
      await withClient({ host, port, user: name, pass: "secret" }, async (client) => {
        await client.mailboxOpen("INBOX");
        await client.messageFlagsAdd(uid, ["\\Answered", "$Forwarded"], { uid: true });
      });
      const restated = samples.restated(item) ?? item;
      expect(await session.put(restated, { ...context(restated, into), known: result.ref })).toMatchObject({ outcome: "updated", ref: result.ref });
      const flags = await withClient({ host, port, user: name, pass: "secret" }, async (client) => {
        await client.mailboxOpen("INBOX");
        const message = await client.fetchOne(uid, { flags: true }, { uid: true });
        return message === false ? [] : [...(message.flags ?? [])];
      });
      expect(flags).toEqual(expect.arrayContaining(["\\Answered", "$Forwarded", "\\Seen", "\\Flagged"]));
    });

    it("goes on after the server dropped its connections", async () => {
      const proxy = await dropProxy();
      const dropped = await connect(newAccount(), { port: proxy.port });
      const box = await dropped.prepare(inbox, undefined, signal);
      const [first, second] = [samples.plain(1), samples.plain(2)];
      await dropped.put(first, context(first, box));
      proxy.drop();
      // The command that meets the broken connection fails as retryable; the next one opens a new connection.
      const answer = await dropped.put(second, context(second, box)).catch((thrown: unknown) => thrown as ExodusError);
      if ("errorClass" in answer) {
        expect(answer.errorClass).toBe("retryable");
        expect(await dropped.put(second, context(second, box))).toMatchObject({ outcome: "created" });
      }
      await dropped.close();
      proxy.close();
    });
  });

  it("appends once when the answer to APPEND is lost", async () => {
    const name = newAccount();
    const proxy = await dropProxy("[APPENDUID");
    const session = await connect(name, { port: proxy.port });
    const into = await session.prepare(inbox, undefined, signal);
    const item = samples.plain(1);
    const error = await failing(session.put(item, context(item, into)));
    expect(error.errorClass).toBe("retryable");
    expect(await session.put(item, context(item, into))).toMatchObject({ outcome: "created" });
    await session.close();
    proxy.close();
    expect(await countMessages({ host, port, user: name, pass: "secret" }, "INBOX")).toBe(1);
  });

  it("adopts a standing mailbox and keeps what it holds", async () => {
    const name = newAccount();
    const access = { host, port, user: name, pass: "secret" };
    await withClient(access, async (client) => {
      await client.mailboxCreate("Délibérations");
      await client.append("Délibérations", "Subject: ancien\r\n\r\nx\r\n");
      await client.mailboxUnsubscribe("Délibérations");
    });
    const session = await connect(name);
    const into = await session.prepare(folder(["Délibérations"]), undefined, signal);
    expect(into).toMatchObject({ id: "Délibérations", created: false });
    expect(await listed(name)).toContainEqual({ path: "Délibérations", subscribed: true });
    const item = samples.plain(1);
    const result = await session.put(item, context(item, into));
    if (result.outcome !== "skipped") await session.remove(result.ref, into, signal);
    expect(await session.removeContainer(into.id, signal)).toBe(false);
    await session.close();
    expect(await countMessages(access, "Délibérations")).toBe(1);
  });

  it("asks the governor around each command, and tells it how the command ended", async () => {
    const asked: string[] = [];
    const ended: Outcome[] = [];
    const governor: RateGovernor = {
      acquire: (keys) => {
        asked.push(...keys);
        return Promise.resolve({ release: (outcome) => void ended.push(outcome) });
      },
      snapshot: () => ({}),
    };
    const created = await adapter.create(adapter.options.parse({ host, port, security: "none", password: "env:P" }), { ...testEnvironment("mairie", secrets), governor });
    const name = newAccount();
    const session = await created.connect({ owner: sampleOwner(name), name }, "mail", signal);
    const into = await session.prepare(inbox, undefined, signal);
    await session.put(mail("Subject: a\r\n\r\nb\r\n"), context(mail("Subject: a\r\n\r\nb\r\n"), into));
    await failing(session.put(mail(""), context(mail(""), into)));
    await session.close();
    expect(new Set(asked)).toEqual(new Set(["target:mairie"]));
    expect({ asked: asked.length, refused: ended.filter(({ ok }) => !ok).length }).toEqual({ asked: ended.length, refused: 1 });
  });

  describe("refusals", () => {
    it("parks an account over its quota", async () => {
      const session = await connect("plein@commune.example");
      const into = await session.prepare(inbox, undefined, signal);
      const item = samples.sized(70_000);
      const error = await failing(session.put(item, context(item, into)));
      await session.close();
      expect([error.code, error.errorClass]).toEqual(["TARGET_QUOTA_FULL", "permanent-container"]);
    });

    it("parks an account that the server does not know", async () => {
      const error = await failing(connect("absent@commune.example"));
      expect([error.code, error.errorClass]).toEqual(["TARGET_CREDENTIAL", "permanent-container"]);
    });

    it("says that nobody listens", async () => {
      const error = await failing(connect("a@commune.example", { port: 9 }));
      expect(error.code).toBe("TARGET_UNREACHABLE");
    });

    it("tells a mailbox that vanished", async () => {
      const session = await connect(newAccount());
      const item = samples.plain(5);
      const error = await failing(session.put(item, context(item, { id: "Disparu", created: false, losses: [] })));
      await session.close();
      expect(error.code).toBe("TARGET_CONTAINER_MISSING");
    });
  });

  describe("sign-in", () => {
    const ca = dovecot?.caFile === undefined ? "" : readFileSync(dovecot.caFile, "utf8");
    it.each([
      ["TLS", { security: "tls", port: dovecot?.tlsPort }], ["STARTTLS", { security: "starttls" }],
    ])("works over %s with the configured authority, and not without it", async (_title, options) => {
      await (await connect("tls@commune.example", options, ca)).close();
      const error = await failing(connect("tls@commune.example", options));
      expect(error.code).toBe("TARGET_UNREACHABLE");
    });

    it.each([
      ["a master user in the sign-in name", { user: "{account}*admin" }], ["an administrator who acts for the account", { admin: "admin" }],
    ])("works through %s", async (_title, options) => {
      const name = newAccount();
      const session = await connect(name, { ...options, password: "env:M" });
      const into = await session.prepare(inbox, undefined, signal);
      const item = samples.plain(7);
      await session.put(item, context(item, into));
      await session.close();
      const own = await connect(name);
      expect(await own.find(item, context(item, into))).toBeDefined();
      await own.close();
    });

    it("greets without a probe account", async () => {
      const target = await open({});
      const results = [];
      for await (const result of target.check(signal)) results.push(result);
      expect(results).toMatchObject([{ ok: true, code: "IMAP_GREETING" }]);
    });
  });
});

/** Passes bytes to Dovecot until told to cut every connection, or (once) until Dovecot says `cutBefore`. */
async function dropProxy(cutBefore?: string): Promise<{ port: number; drop: () => void; close: () => void }> {
  const sockets = new Set<net.Socket>();
  const drop = (): void => {
    for (const socket of sockets) socket.destroy();
    sockets.clear();
  };
  let armed = cutBefore;
  const server = net.createServer((near) => {
    const far = net.connect({ host, port });
    for (const socket of [near, far]) {
      sockets.add(socket);
      socket.on("error", () => socket.destroy());
    }
    near.on("close", () => far.destroy());
    far.on("close", () => near.destroy());
    near.pipe(far);
    far.on("data", (bytes: Buffer) => {
      if (armed === undefined || !bytes.includes(armed)) return void near.write(bytes);
      armed = undefined;
      drop();
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return { port: (server.address() as net.AddressInfo).port, drop, close: () => { drop(); server.close(); } };
}
