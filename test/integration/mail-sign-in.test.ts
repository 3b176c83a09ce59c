import { randomBytes } from "node:crypto";
import { readFileSync } from "node:fs";
import net from "node:net";
import { describe, expect, it } from "@jest/globals";
import { SignJWT } from "jose";
import { adapter as imap } from "../../adapters/imap/index.js";
import { adapter as managesieve } from "../../adapters/managesieve/index.js";
import type { Adapter, TargetSession } from "../../src/core/adapter.js";
import type { ExodusError } from "../../src/core/errors.js";
import type { Item, PlacedContainer, WorkloadName } from "../../src/core/item.js";
import { contextOf, MemoryBlobs, MemoryLedger, sampleOwner } from "../../src/kit/conformance/harness.js";
import { samplesOf } from "../../src/kit/conformance/samples.js";
import { testEnvironment } from "../environment.js";
import { literal, sieveTalk } from "../managesieve-client.js";
import { titleFor, useServer } from "../servers.js";

const dovecot = useServer("dovecot");
const { host, port, tlsPort, sievePort = 0, caFile } = dovecot ?? { host: "", port: 0, tlsPort: 0, caFile: undefined };
const signal = new AbortController().signal;
const blobs = new MemoryBlobs();
const KEY = new TextEncoder().encode("shared-key-of-the-tests-32-bytes");
const newAccount = (): string => `acces-${randomBytes(4).toString("hex")}@commune.example`;

function token(account: string, lifeSeconds: number): Promise<string> {
  const now = Math.floor(Date.now() / 1_000);
  return new SignJWT({ sub: account }).setProtectedHeader({ alg: "HS256", typ: "JWT" }).setIssuedAt(now - 3_600).setExpirationTime(now + lifeSeconds).sign(KEY);
}

interface Protocol {
  readonly name: string;
  readonly workload: WorkloadName;
  readonly port: number;
  create(options: Record<string, unknown>, secrets: Readonly<Record<string, string>>): Promise<Adapter>;
}

const PROTOCOLS: readonly Protocol[] = [
  { name: "imap", workload: "mail", port, create: (options, secrets) => imap.create(imap.options.parse({ host, port, security: "none", ...options }), testEnvironment("mairie", secrets)) },
  { name: "managesieve", workload: "settings", port: sievePort, create: (options, secrets) => managesieve.create(managesieve.options.parse({ host, port: sievePort, security: "none", ...options }), testEnvironment("mairie", secrets)) },
];

const place = (workload: WorkloadName): PlacedContainer => ({ workload, owner: "o", id: "c", name: "Essai", path: ["Essai"] });
const failing = async (operation: Promise<unknown>): Promise<ExodusError> => operation.then(() => { throw new Error("nothing was thrown"); }, (thrown: unknown) => thrown as ExodusError);
async function checked(adapter: Adapter): Promise<{ ok: boolean; code: string; message: string; advice?: string }[]> {
  const results = [];
  for await (const result of adapter.check(signal)) results.push(result);
  return results;
}

(dovecot === undefined ? describe.skip : describe).each(PROTOCOLS)(`$name on ${titleFor("dovecot", dovecot)}`, ({ name, workload, port: own, create }) => {
  const connect = async (account: string, options: Record<string, unknown>, secrets: Readonly<Record<string, string>>): Promise<TargetSession> =>
    (await create(options, secrets)).connect({ owner: sampleOwner(account), name: account }, workload, signal);
  /** Puts one item as the engine would. */
  const put = async (session: TargetSession, item: Item): Promise<unknown> => {
    const into = await session.prepare(place(workload), undefined, signal);
    return session.put(item, contextOf({ blobs, ledger: new MemoryLedger(), signal }, item, place(workload), into));
  };

  it("signs in by a bearer token, and as an administrator for an account, each to the account's own", async () => {
    const account = newAccount();
    const item = samplesOf(workload, blobs).plain(1);
    const byToken = await connect(account, { token: "env:T" }, { "env:T": await token(account, 600) });
    expect(await put(byToken, item)).toMatchObject({ outcome: "created" });
    await byToken.close();
    const byAdmin = await connect(account, { admin: "admin", password: "env:M" }, { "env:M": "master" });
    const into = await byAdmin.prepare(place(workload), undefined, signal);
    expect(await byAdmin.find(item, contextOf({ blobs, ledger: new MemoryLedger(), signal }, item, place(workload), into))).toBeDefined();
    await byAdmin.close();
  });

  it.each([
    ["an expired token", "TARGET_TOKEN", { token: "env:T" }, (account: string) => token(account, -60)],
    ["somebody else's token", "TARGET_TOKEN", { token: "env:T" }, () => token("paul@commune.example", 600)],
    ["an account without the right to act for others", "TARGET_DELEGATION", { admin: "paul@commune.example", password: "env:T" }, () => Promise.resolve("secret")],
    ["a wrong password of the administrator", "TARGET_DELEGATION", { admin: "admin", password: "env:T" }, () => Promise.resolve("faux-mot-de-passe")],
    ["a wrong password", "TARGET_CREDENTIAL", { password: "env:T" }, () => Promise.resolve("faux-mot-de-passe")],
  ] as const)("names %s, with a remedy in both languages and no secret", async (_title, code, options, secretOf) => {
    const account = newAccount();
    const secret = await secretOf(account);
    const error = await failing(connect(account, options, { "env:T": secret }));
    expect([error.code, error.errorClass]).toEqual([code, "permanent-container"]);
    const told = (["en", "fr"] as const).map((lang) => `${error.describe(lang)} ${error.remedy(lang)}`);
    for (const text of told) expect([text.includes(account), /[{}?]/.test(text), text.includes(secret)]).toEqual([true, false, false]);
    const [result] = await checked(await create({ ...options, probe: account }, { "env:T": secret }));
    expect(result).toMatchObject({ ok: false, code, advice: error.remedy("en") });
  });

  it("names an account that is not there", async () => {
    const error = await failing(connect("absent@commune.example", { password: "env:T" }, { "env:T": "secret" }));
    expect([error.code, error.remedy("fr").includes("existence du compte")]).toEqual(["TARGET_CREDENTIAL", true]);
  });

  it("reads a token anew for each connection", async () => {
    const account = newAccount();
    const secrets = { "env:T": await token(account, -60) };
    const adapter = await create({ token: "env:T" }, secrets);
    const open = (): Promise<TargetSession> => adapter.connect({ owner: sampleOwner(account), name: account }, workload, signal);
    expect((await failing(open())).code).toBe("TARGET_TOKEN");
    secrets["env:T"] = await token(account, 600);
    await (await open()).close();
  });

  it("waits for a server that goes down and comes back, and says what is wrong with one that never answered", async () => {
    const account = newAccount();
    const relay = await relayTo(own);
    const session = await connect(account, { port: relay.port, password: "env:T" }, { "env:T": "secret" });
    const samples = samplesOf(workload, blobs);
    expect(await put(session, samples.plain(1))).toMatchObject({ outcome: "created" });
    await relay.down();
    setTimeout(() => void relay.up(), 1_200);
    // The engine tries again what broke in passing.
    const item = samples.plain(2);
    const answer = await put(session, item).catch((thrown: unknown) => thrown as ExodusError);
    if (answer instanceof Error) expect((answer as ExodusError).errorClass).toBe("retryable");
    expect(await put(session, item)).toMatchObject({ outcome: answer instanceof Error ? "created" : expect.any(String) });
    await session.close();
    await relay.down();
    const error = await failing(connect(account, { port: relay.port, password: "env:T" }, { "env:T": "secret" }));
    expect([error.code, error.errorClass]).toEqual(["TARGET_UNREACHABLE", "fatal-config"]);
  });

  it(`takes TLS with the configured authority, and is told by ${name === "imap" ? "the certificate" : "STARTTLS"} that it has none`, async () => {
    const account = newAccount();
    const security = name === "imap" ? { security: "tls", port: tlsPort } : { security: "starttls" };
    const ca = caFile === undefined ? "" : readFileSync(caFile, "utf8");
    const module = name === "imap" ? imap : managesieve;
    const created = await module.create(module.options.parse({ host, port: own, password: "env:T", ...security }) as never, testEnvironment("mairie", { "env:T": "secret" }, ca));
    await (await created.connect({ owner: sampleOwner(account), name: account }, workload, signal)).close();
    expect((await failing(connect(account, { ...security, password: "env:T" }, { "env:T": "secret" }))).code).toBe("TARGET_UNREACHABLE");
  });
});

(dovecot === undefined ? describe.skip : describe)(`room on ${titleFor("dovecot", dovecot)}`, () => {
  it("is told by doctor for mail", async () => {
    const [told] = await checked(await PROTOCOLS[0]?.create({ password: "env:T", probe: "plein@commune.example" }, { "env:T": "secret" }) as Adapter);
    expect(told).toMatchObject({ ok: true, code: "IMAP_SIGN_IN", message: expect.stringMatching(/ \d+\.\d \/ 0\.1 MB$/) });
  });

  it("that scripts have used up parks the account by name, and the owner's scripts stay", async () => {
    const account = newAccount();
    const at = { host, port: sievePort, user: account, pass: "secret" };
    await sieveTalk(at, Array.from({ length: 5 }, (_, index) => `PUTSCRIPT "s${index}" ${literal("keep;\r\n")}`));
    const session = await (await PROTOCOLS[1]?.create({ password: "env:T" }, { "env:T": "secret" }) as Adapter).connect({ owner: sampleOwner(account), name: account }, "settings", signal);
    const item = samplesOf("settings", blobs).plain(1);
    const into = await session.prepare(place("settings"), undefined, signal);
    const error = await failing(session.put(item, contextOf({ blobs, ledger: new MemoryLedger(), signal }, item, place("settings"), into)));
    await session.close();
    expect([error.code, error.errorClass, error.params["reason"]]).toEqual(["TARGET_QUOTA_FULL", "permanent-container", expect.stringContaining("QUOTA/MAXSCRIPTS")]);
    expect((await sieveTalk(at, ["LISTSCRIPTS"]))[0]?.match(/"s\d"/g)).toHaveLength(5);
  });
});

/** Passes bytes to a port of the server; `down` cuts everything and listens no more. */
async function relayTo(far: number): Promise<{ readonly port: number; down(): Promise<void>; up(): Promise<void> }> {
  const sockets = new Set<net.Socket>();
  let listening = 0;
  const server = net.createServer((near) => {
    const socket = net.connect({ host, port: far });
    for (const end of [near, socket]) {
      sockets.add(end);
      end.on("error", () => end.destroy()).on("close", () => void sockets.delete(end));
    }
    near.on("close", () => socket.destroy()).pipe(socket);
    socket.on("close", () => near.destroy()).pipe(near);
  });
  const up = (): Promise<void> => new Promise((resolve) => { server.listen(listening, "127.0.0.1", resolve); });
  await up();
  listening = (server.address() as net.AddressInfo).port;
  return {
    port: listening, up,
    down: () => new Promise((resolve) => {
      for (const socket of sockets) socket.destroy();
      server.close(() => resolve());
    }),
  };
}
