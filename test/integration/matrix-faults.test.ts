import { randomUUID } from "node:crypto";
import { readFileSync } from "node:fs";
import { chmod, mkdtemp, rm } from "node:fs/promises";
import type { IncomingMessage } from "node:http";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterAll, afterEach, describe, expect, it } from "@jest/globals";
import { adapter, type MatrixOptions } from "../../adapters/matrix/index.js";
import type { PutResult, TargetSession } from "../../src/core/adapter.js";
import type { BlobRef, Item, PlacedContainer } from "../../src/core/item.js";
import type { CheckResult } from "../../src/core/source.js";
import type { ChatMessageRecord } from "../../src/format/records.js";
import { contextOf, MemoryBlobs, MemoryLedger, sampleOwner } from "../../src/kit/conformance/harness.js";
import { sampleItem } from "../../src/kit/conformance/sample-item.js";
import { retrying } from "../../src/lib/retry.js";
import { testEnvironment } from "../environment.js";
import { freePort } from "../free-port.js";
import { lossyProxy, type Fate, type LossyProxy } from "../lossy-proxy.js";
import { matrixAs, type ServedMessage } from "../matrix-client.js";
import { serverVerb, titleFor, useServer } from "../servers.js";
import { taken } from "../taken.js";

const TOKEN = "as-secret";
const DOMAIN = "commune.example";
const { signal } = new AbortController();
const root = await mkdtemp(path.join(tmpdir(), "exodus-matrix-faults-"));
await chmod(root, 0o755);
const env = { EXODUS_SERVERS_DIR: root, EXODUS_SYNAPSE_PORT: String(await freePort()), EXODUS_SYNAPSE_LIMITS: "documented", EXODUS_SYNAPSE_UPLOAD: "100K" };
const synapse = useServer("synapse", env);

/** A server with Synapse's own limits, for the application service too, that takes files up to 100 kB. */
(synapse === undefined ? describe.skip : describe)(titleFor("synapse", synapse), () => {
  const url = `http://127.0.0.1:${env.EXODUS_SYNAPSE_PORT}`;
  const blobs = new MemoryBlobs();
  const ledger = new MemoryLedger();
  const open: { close(): Promise<void> }[] = [];
  let proxy: LossyProxy | undefined;

  const made = (at: string, token = TOKEN, options: Partial<MatrixOptions> = {}): ReturnType<typeof adapter.create> =>
    adapter.create(adapter.options.parse({ url: at, token: "env:TOKEN", domains: [DOMAIN], ...options }), testEnvironment("matrix", { "env:TOKEN": token }));
  const connect = async (at = url): Promise<TargetSession> => {
    const target = await made(at);
    const session = await target.connect({ owner: sampleOwner(`zoe@${DOMAIN}`), name: `zoe@${DOMAIN}` }, "channels", signal);
    open.push(session, target);
    return session;
  };
  const behind = async (fateOf: (asked: IncomingMessage) => Fate, address?: (url: string) => string): Promise<string> => (proxy = await lossyProxy(url, fateOf, address)).url;
  const container = (): PlacedContainer => ({ workload: "channels", owner: "o", id: randomUUID(), name: "Essai", path: ["Essai"] });
  const message = (placed: PlacedContainer, id: number, author: string, parts: readonly BlobRef[] = []): Item<ChatMessageRecord> => ({
    ...sampleItem("channels", String(id), {
      v: 1, type: "chat-message", messageId: String(id), kind: "message", author: { kind: "user", id: author, name: author, address: `${author}@${DOMAIN}` }, createdAt: new Date(1_700_000_000_000 + id * 1_000).toISOString(),
      importance: "normal", format: "text", mentions: [], reactions: [], attachments: [], hosted: parts.map(({ sha256, size }, index) => ({ id: `p${index}`, sha256, size })),
    }, blobs.add(`Texte ${id}`, ".txt"), `${placed.id}/${id}`), parts,
  });
  /** As the engine puts: again, for as long as the server asks to wait or fails in passing. */
  const put = async (session: TargetSession, item: Item, placed: PlacedContainer, room: string, attempts = 4): Promise<PutResult> => {
    const into = { id: room, created: false, losses: [] };
    const result = await retrying(() => session.put(item, contextOf({ blobs, ledger, signal }, item, placed, into)), { attempts, signal });
    if (result.outcome !== "skipped") ledger.settle(into, result.ref, item);
    return result;
  };
  const told = async (room: string): Promise<string[]> => (await matrixAs(url, TOKEN).messages(room)).map(({ sender, content }) => `${sender.slice(1, sender.indexOf(":"))}: ${String(content["body"])}`);
  const pictures = async (room: string): Promise<ServedMessage[]> => ((await matrixAs(url, TOKEN).call("GET", `client/v3/rooms/${encodeURIComponent(room)}/messages?dir=b&limit=100`))["chunk"] as ServedMessage[]).filter(({ content }) => content["msgtype"] === "m.image");
  const refused = (): number => readFileSync(path.join(root, "synapse/run/log"), "utf8").split("\n").filter((line) => / 429 /.test(line)).length;
  const picture = (size = 64): BlobRef => blobs.add(Buffer.concat([Buffer.from("89504e470d0a1a0a", "hex"), Buffer.alloc(size, randomUUID())]), ".png");
  /** Sends into a room of their own, until the server takes no more. */
  const spend = async (author: string): Promise<void> => {
    const ask = matrixAs(url, TOKEN, `@${author}:${DOMAIN}`);
    const { room_id: room } = await ask.call("POST", "client/v3/createRoom", {});
    const next = (index: number): Promise<unknown> => ask.call("PUT", `client/v3/rooms/${encodeURIComponent(String(room))}/send/m.room.message/spent-${index}`, { msgtype: "m.text", body: "x" });
    await expect((async () => {
      for (let index = 0; index < 100; index += 1) await next(index);
    })()).rejects.toThrow(": 429 ");
  };
  const sends = ({ method, url: asked = "" }: IncomingMessage): boolean => method === "PUT" && asked.includes("/send/m.room.message/");

  afterEach(async () => {
    for (const one of open.splice(0)) await one.close();
    await proxy?.close();
    proxy = undefined;
  });
  afterAll(async () => {
    serverVerb("synapse", "stop", env);
    await rm(root, { recursive: true, force: true });
  });

  it("waits as long as the server says, loses and doubles nothing, and keeps the order", async () => {
    const placed = container();
    const session = await connect();
    const { id: room } = await session.prepare(placed, undefined, signal);
    const authors = ["zoe", "luc"];
    for (const [id, author] of authors.entries()) expect(await put(session, message(placed, id, author), placed, room)).toMatchObject({ outcome: "created" });
    // Ten at once are free, then one in five seconds, for each author (rc_message): however slow the machine is, zoe has none left.
    await spend("zoe");
    const before = refused();
    for (let id = 2; id < 6; id += 1) expect(await put(session, message(placed, id, authors[id % 2] ?? ""), placed, room)).toMatchObject({ outcome: "created" });
    expect(refused() - before).toBeGreaterThan(0);
    expect(await told(room)).toEqual(Array.from({ length: 6 }, (_, id) => `${authors[id % 2] ?? ""}: Texte ${id}`));
  });

  it("does not double what arrived though its answer was lost, on a server that has forgotten its transactions", async () => {
    const placed = container();
    let [asked, uploads] = [0, 0];
    // Every first try arrives and is not answered; no try has the transaction id of another.
    const at = await behind((request) => {
      if (request.url?.includes("/upload") === true) uploads += 1;
      return sends(request) && (asked += 1) % 2 === 1 ? "lose" : "pass";
    }, (path_) => path_.replace(/(\/send\/m\.room\.message\/[^?]+)/, `$1-${String(asked)}`));
    const session = await connect(at);
    const { id: room } = await session.prepare(placed, undefined, signal);
    for (const [id, author] of ["ana", "bob", "ana"].entries()) await put(session, message(placed, id, author, [picture()]), placed, room);
    expect(await told(room)).toEqual(["ana: Texte 0", "bob: Texte 1", "ana: Texte 2"]);
    const seen = await pictures(room);
    expect(seen.map(({ sender }) => sender)).toEqual(["ana", "bob", "ana"].map((name) => `@${name}:${DOMAIN}`));
    const named = (await matrixAs(url, TOKEN).messages(room)).flatMap(({ content }) => (content["fr.o365exodus.parts"] as { url: string }[]).map((part) => part.url));
    expect(named).toEqual(seen.map(({ content }) => content["url"]).reverse());
    expect({ asked, uploads }).toEqual({ asked: 6, uploads: 3 });
  });

  it("fails by name while the server is down, and goes on when it is back", async () => {
    const placed = container();
    const session = await connect();
    const { id: room } = await session.prepare(placed, undefined, signal);
    await put(session, message(placed, 0, "cid"), placed, room);
    serverVerb("synapse", "stop", env);
    await expect(put(session, message(placed, 1, "cid"), placed, room, 1)).rejects.toMatchObject({ code: "TARGET_CONNECTION", errorClass: "retryable" });
    serverVerb("synapse", "start", env);
    await put(session, message(placed, 1, "cid"), placed, room);
    expect(await told(room)).toEqual(["cid: Texte 0", "cid: Texte 1"]);
  });

  it.each([["the server", "pass"], ["a proxy before it", { status: 413, body: "<html>Too large</html>" }]] as const)("leaves out a picture that %s refuses for its size, and tells so", async (_who, fate) => {
    const placed = container();
    // The limit was lowered since the server was asked for it.
    const at = await behind(({ url: asked = "" }) => (asked.includes("/media/config") ? { status: 200, body: JSON.stringify({ "m.upload.size": 1e9 }) } : asked.includes("/upload") ? fate : "pass"));
    const session = await connect(at);
    const { id: room } = await session.prepare(placed, undefined, signal);
    const item = message(placed, 0, randomUUID().slice(0, 8), [picture(150_000)]);
    const result = await put(session, item, placed, room);
    expect(result).toMatchObject({ outcome: "created", losses: [{ reason: "conversation.file-too-large" }] });
    expect([(await told(room)).length, (await pictures(room)).length]).toEqual([1, 0]);
    const { ref } = taken(result);
    expect(await session.verify(item, ref, contextOf({ blobs, ledger, signal }, item, placed, { id: room, created: false, losses: [] }))).toEqual({ state: "same", fields: [] });
  });

  it("tells an administrator what is wrong, in both languages and without the token", async () => {
    const checked = async (token: string, options: Partial<MatrixOptions>): Promise<CheckResult | undefined> => {
      const target = await made(url, token, options);
      open.push(target);
      for await (const result of target.check(signal)) return result;
      return undefined;
    };
    expect(await checked("wrong-token", {})).toMatchObject({ ok: false, code: "TARGET_AS_TOKEN" });
    expect(await checked(TOKEN, { roomVersion: "99" })).toMatchObject({ ok: false, code: "TARGET_ROOM_VERSION", message: expect.stringContaining("99; 1, 2, 3") as unknown });
    expect(await checked(TOKEN, { roomVersion: "12" })).toMatchObject({ ok: true });
    const [english, french] = await Promise.all((["en", "fr"] as const).map(async (lang) => {
      const target = await adapter.create(adapter.options.parse({ url, token: "env:TOKEN", domains: [DOMAIN] }), { ...testEnvironment("matrix", { "env:TOKEN": "wrong-token" }), lang });
      open.push(target);
      for await (const { message: text, advice } of target.check(signal)) return `${text} ${advice ?? ""}`;
      return "";
    }));
    expect([english?.includes("app_service_config_files"), french?.includes("jeton"), `${english ?? ""}${french ?? ""}`.includes("wrong-token")]).toEqual([true, true, false]);
  });
});
