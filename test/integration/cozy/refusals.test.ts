import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "@jest/globals";
import { adapter } from "../../../adapters/cozy/index.js";
import { thrownBy } from "../../../src/kit/conformance/expectations.js";
import { collected } from "../../../src/lib/collected.js";
import { sampleOwner } from "../../../src/kit/conformance/harness.js";
import { CozyClient } from "../../../src/drivers/cozy/client.js";
import { childrenOf, createFile } from "../../../src/drivers/cozy/files.js";
import { adminTokens } from "../../../src/drivers/cozy/tokens.js";
import { givenToken } from "../../../src/drivers/http/tokens.js";
import type { Instance } from "../../emulators/cozy/instance.js";
import { EmulatedStack } from "../../emulators/cozy/server.js";
import { testAccess, testEnvironment } from "../../environment.js";
import { CozyBench, groupOwner, SECRET, SIGNAL } from "./bench.js";

const stack = new EmulatedStack(SECRET);
let alice: Instance;
const benches: CozyBench[] = [];
const opened = (...args: ConstructorParameters<typeof CozyBench> extends [unknown, ...infer Rest] ? Rest : never): CozyBench => {
  const bench = new CozyBench(stack, ...args);
  benches.push(bench);
  return bench;
};
const given = (token: string): CozyBench => opened(undefined, { admin: null, passphrase: null, token: "env:TOKEN" }, { "env:TOKEN": token });

beforeAll(() => stack.start());
afterAll(() => stack.stop());
beforeEach(() => {
  alice = stack.add("alice.localhost");
});
afterEach(async () => {
  stack.mishap = () => undefined;
  for (const bench of benches.splice(0)) await bench.close();
});

const PLACE = testAccess("drive", "alice");

function clientAt(url: string, token = "token"): CozyClient {
  return new CozyClient({ ...PLACE, instance: new URL("http://alice.localhost"), stack: new URL(url), tokens: givenToken(token, PLACE) });
}

/** What an administrator reads: code, weight, and a remedy in both languages that names what to touch. */
const told = ({ code, errorClass }: { code: string; errorClass: string }): string => `${code} ${errorClass}`;

describe("what an administrator is told", () => {
  it.each([
    ["a wrong passphrase", () => opened(undefined, {}, { "env:SECRET": "wrong" }), "TARGET_ADMIN_REFUSED fatal-config", "passphrase"],
    ["an instance that is not there", () => opened({ owner: sampleOwner("personne@x"), name: "personne@x" }), "TARGET_INSTANCE_MISSING permanent-container", "url"],
    ["an account that is no name of an instance", () => opened(undefined, { url: "https://{account}" }), "TARGET_INSTANCE_MISSING permanent-container", "url"],
    ["groups without the organisation's instance", () => opened({ owner: groupOwner("g", "G"), name: "g@x" }, { libraries: null }), "TARGET_NO_LIBRARIES permanent-container", "libraries"],
    ["an expired token that was given", () => given(stack.tokens.make("alice.localhost", "cli", "io.cozy.files", -60)), "TARGET_TOKEN_EXPIRED permanent-container", "admin"],
    ["a token of another instance", () => given(stack.tokens.make("bob.localhost", "cli", "io.cozy.files", undefined)), "TARGET_TOKEN_EXPIRED permanent-container", "admin"],
    ["an administration port that is not there", () => opened(undefined, { admin: "http://127.0.0.1:9" }), "TARGET_UNREACHABLE fatal-config", "port"],
  ])("of %s", async (_title, bench, expected, names) => {
    const error = await thrownBy(() => bench().session());
    expect(told(error)).toBe(expected);
    expect([error.remedy("en").includes(names), error.remedy("fr").includes(names), error.describe("fr").includes("drive")]).toEqual([true, true, true]);
    expect(JSON.stringify([error.params, error.describe("fr")])).not.toContain("wrong");
  });

  it.each(["alice@evil", "evil.example/", "evil.example\\", "evil.example?", "evil.example#", "evil.example:443:", "evil example"])("of an account %j that would lead elsewhere, before anything is asked", async (name) => {
    stack.log.splice(0);
    const bench = opened({ owner: sampleOwner(name), name }, { url: "http://{account}.localhost", admin: null, passphrase: null, token: "env:TOKEN" }, { "env:TOKEN": "x" });
    expect((await thrownBy(() => bench.session())).code).toBe("TARGET_INSTANCE_MISSING");
    expect(stack.log).toEqual([]);
  });

  it("of a token without the right to write; that to files is enough for a shared drive", async () => {
    const reader = given(stack.tokens.make("alice.localhost", "cli", "io.cozy.files:GET", undefined));
    const error = await thrownBy(() => reader.place("Dossier"));
    expect([told(error), error.remedy("fr").includes("io.cozy.files")]).toEqual(["TARGET_SCOPE permanent-container", true]);
    const mairie = stack.add("mairie.localhost");
    const library = (scope: string): CozyBench => opened({ owner: groupOwner("eau", "Eau"), name: "eau@x" }, { admin: null, passphrase: null, token: "env:TOKEN" }, { "env:TOKEN": stack.tokens.make("mairie.localhost", "cli", scope, undefined) });
    expect((await thrownBy(() => library("io.cozy.files:GET,POST,PATCH").place(""))).code).toBe("TARGET_SCOPE");
    const drive = await library("io.cozy.files").place("");
    expect(mairie.sharings.map(({ root }) => root)).toEqual([drive.id]);
  });

  it.each([[402, "TARGET_INSTANCE_BLOCKED"], [410, "TARGET_INSTANCE_MISSING"], [308, "TARGET_INSTANCE_MISSING"], [413, "TARGET_REFUSED_ITEM"], [429, "TARGET_THROTTLED"], [500, "TARGET_PASSING"], [503, "TARGET_PASSING"]])("of HTTP %i", async (status, code) => {
    const bench = opened();
    const into = await bench.place("Dossier");
    stack.mishap = ({ method }) => (method === "POST" ? { status } : undefined);
    expect((await thrownBy(() => bench.put(bench.file("x", "x"), into))).code).toBe(code);
  });

  it("by `doctor`, with the space that is left", async () => {
    alice.quota = 1_000;
    const environment = testEnvironment("drive", { "env:SECRET": SECRET });
    const options = { url: "http://{local}.localhost", stack: stack.url, admin: stack.adminUrl, passphrase: "env:SECRET" };
    const results = [];
    for (const probe of [{}, { probe: "alice@x" }, { probe: "personne@x" }]) {
      const one = await adapter.create(adapter.options.parse({ ...options, ...probe }), environment);
      for await (const { ok, code, message } of one.check(SIGNAL)) results.push([ok, code, message]);
    }
    expect(results).toEqual([[true, "COZY_UNTRIED", expect.stringContaining("probe")], [true, "COZY_SIGN_IN", "alice.localhost: 0 / 1000"], [false, "TARGET_INSTANCE_MISSING", expect.stringContaining("personne.localhost")]]);
    expect(adapter.options.safeParse({ url: "http://{local}.localhost" }).success).toBe(false);
  });

  it.each([
    ["each group has its own", { tokens: "env:TOKENS" }, [true, "COZY_UNTRIED", "`libraries`"]],
    ["that is common", { tokens: "env:TOKENS", token: "env:TOKEN" }, [true, "COZY_SIGN_IN", "mairie.localhost: 0"]],
    ["that is common but wrong", { token: "env:WRONG" }, [false, "TARGET_TOKEN_EXPIRED", "drive"]],
  ])("by `doctor` of the organisation's instance, whose token is given: %s", async (_title, access, [ok, code, names]) => {
    stack.add("mairie.localhost");
    const token = (domain: string): string => stack.tokens.make(domain, "cli", "io.cozy.files io.cozy.settings", undefined);
    const environment = testEnvironment("drive", { "env:TOKENS": `alice@x;${token("alice.localhost")}\neau@x;${token("mairie.localhost")}`, "env:TOKEN": token("mairie.localhost"), "env:WRONG": "wrong" });
    const one = await adapter.create(adapter.options.parse({ url: "http://{local}.localhost", libraries: "http://mairie.localhost", stack: stack.url, ...access }), environment);
    const results = [];
    for await (const result of one.check(SIGNAL)) results.push(result);
    expect(results).toEqual([expect.objectContaining({ ok: true, code: "COZY_UNTRIED" }), expect.objectContaining({ ok, code, message: expect.stringContaining(String(names)) })]);
  });
});

describe("in the middle of a run", () => {
  it("a token that expires is renewed, once for all who wait, and nothing is lost", async () => {
    const bench = opened();
    const into = await bench.place("Jetons");
    await bench.put(bench.file("avant", "x"), into);
    stack.tokens.expireAll();
    await Promise.all([1, 2, 3, 4].map((at) => bench.put(bench.file(`après ${at}`, `x${at}`), into)));
    expect(alice.children(into.id).length).toBe(5);
  });

  it("a token that expires under an upload is renewed for the next attempt: a stream that was begun is not sent again", async () => {
    const bench = opened();
    const into = await bench.place("Envoi");
    const item = bench.file("x.bin", Buffer.alloc(300_000, "x"));
    let expired = 0;
    stack.mishap = ({ method, path }) => {
      if (method === "POST" && path === `/files/${into.id}` && (expired += 1) === 1) stack.tokens.expireAll();
      return undefined;
    };
    const error = await thrownBy(() => bench.put(item, into));
    expect([told(error), error.params["reason"]]).toEqual(["TARGET_PASSING retryable", "POST: token renewed"]);
    expect({ expired, outcome: (await bench.put(item, into)).outcome }).toEqual({ expired: 1, outcome: "created" });
    expect(alice.children(into.id).map(({ size }) => size)).toEqual([300_000]);
  });

  it("metadata that the stack held too long is held anew by the next attempt, of a folder, a file and a newer content", async () => {
    const bench = opened();
    const forget = (matches: (request: { readonly method: string; readonly path: string }) => boolean): void => {
      let times = 0;
      stack.mishap = (request) => {
        if (matches(request) && (times += 1) === 1) alice.metadata.clear();
        return undefined;
      };
    };
    forget(({ method, path }) => method === "POST" && path === "/files/io.cozy.files.root-dir");
    const into = await bench.place("Attente");
    const item = bench.file("x", "un");
    forget(({ method, path }) => method === "POST" && path === `/files/${into.id}`);
    const first = await thrownBy(() => bench.put(item, into));
    const { ref } = await bench.put(item, into);
    const newer = bench.file("x", "deux", {}, [], item.key.id);
    forget(({ method }) => method === "PUT");
    const second = await thrownBy(() => bench.put(newer, into, ref));
    expect([first, second].map((error) => [told(error), error.params["reason"]])).toEqual([["TARGET_PASSING retryable", "POST: HTTP 422, MetadataID"], ["TARGET_PASSING retryable", "PUT: HTTP 422, MetadataID"]]);
    expect((await bench.put(newer, into, ref)).losses).toEqual([]);
  });

  it("a date that could not be set, since somebody wrote at that moment, is set by the next attempt", async () => {
    const bench = opened();
    const into = await bench.place("Moment");
    const item = bench.file("x", "x");
    const { ref } = await bench.put(item, into);
    const later = bench.file("x", "x", { modifiedAt: "2025-01-01T00:00:00Z" }, [], item.key.id);
    stack.mishap = ({ method }) => (method === "PATCH" ? { status: 409 } : undefined);
    expect(told(await thrownBy(() => bench.put(later, into, ref)))).toBe("TARGET_PASSING retryable");
    stack.mishap = () => undefined;
    expect((await bench.put(later, into, ref)).losses).toEqual([]);
  });

  it("a token is renewed before its thirty minutes are over", async () => {
    let now = 0;
    const tokens = adminTokens({ ...PLACE, admin: new URL(stack.adminUrl), passphrase: SECRET, domain: "alice.localhost", scope: "io.cozy.files" }, () => now);
    const [first, again] = [await tokens.current(SIGNAL), await tokens.current(SIGNAL)];
    now = 16 * 60_000;
    const later = await tokens.current(SIGNAL);
    await tokens.close();
    expect([first === again, first === later]).toEqual([true, false]);
  });

  it("a quota that fills up stops the account by name, and what is missing arrives when there is room", async () => {
    alice.quota = 25;
    const bench = opened();
    const into = await bench.place("Plein");
    const items = ["0123456789", "abcdefghij", "ABCDEFGHIJ"].map((text, at) => bench.file(`f${at}`, text));
    const done = [];
    let error: unknown;
    for (const item of items) await bench.put(item, into).then((result) => done.push(result), (thrown: unknown) => { error = thrown; });
    expect([done.length, error]).toEqual([2, expect.objectContaining({ code: "TARGET_QUOTA_FULL", errorClass: "permanent-container" })]);
    alice.quota = 1_000;
    for (const item of items) expect((await bench.put(item, into)).losses).toEqual([]);
    expect(alice.children(into.id).map(({ size }) => size)).toEqual([10, 10, 10]);
  });

  it("a server that goes and comes back is no loss", async () => {
    const bench = opened();
    const into = await bench.place("Panne");
    const item = bench.file("x", "x");
    await stack.stop();
    const error = await thrownBy(() => bench.put(item, into));
    expect(told(error)).toBe("TARGET_CONNECTION retryable");
    await stack.start();
    expect((await bench.put(item, into)).outcome).toBe("created");
    expect(alice.children(into.id).length).toBe(1);
  });

  it("a page that is told to follow at another host is not asked for there", async () => {
    const asked: string[] = [];
    const stranger = createServer((request, response) => {
      asked.push(request.headers.authorization ?? "");
      const next = `http://localhost:${(stranger.address() as AddressInfo).port}/files/x`;
      response.end(JSON.stringify({ data: [], links: { next } }));
    });
    await new Promise<void>((resolve) => stranger.listen(0, "127.0.0.1", resolve));
    const client = clientAt(`http://127.0.0.1:${(stranger.address() as AddressInfo).port}`);
    const error = await thrownBy(() => collected(childrenOf(client, "x", SIGNAL)));
    await client.close();
    await new Promise((resolve) => stranger.close(resolve));
    expect([told(error), error.params["reason"]]).toEqual(["TARGET_UNREACHABLE fatal-config", "points to another host, localhost"]);
    expect(asked).toEqual(["Bearer token"]);
  });

  it("bytes that changed on the way are refused by the stack and leave nothing", async () => {
    const client = clientAt(stack.url, stack.tokens.make("alice.localhost", "cli", "io.cozy.files", undefined));
    async function* bytes(): AsyncGenerator<Uint8Array> { yield await Promise.resolve(Buffer.from("autre")); }
    const upload = { body: { size: 5, bytes: bytes() }, md5: "hvsmnRkNLIX24EaM7KQqIA==", metadata: {}, tags: [] };
    const error = await thrownBy(() => createFile(client, "io.cozy.files.root-dir", "x.txt", upload, SIGNAL));
    await client.close();
    expect([told(error), String(error.params["reason"])]).toEqual(["TARGET_PASSING retryable", "POST: HTTP 412, Content-MD5"]);
    expect(alice.children("io.cozy.files.root-dir").map(({ name }) => name)).not.toContain("x.txt");
  });

  it("an upload whose answer was lost is found again, and made once", async () => {
    const bench = opened();
    const into = await bench.place("Perdue");
    const item = bench.file("x.txt", "x");
    stack.mishap = ({ method, path }) => (method === "POST" && path === `/files/${into.id}` ? "cut-after" : undefined);
    expect((await thrownBy(() => bench.put(item, into))).code).toBe("TARGET_CONNECTION");
    stack.mishap = () => undefined;
    const known = await bench.find(item, into);
    expect((await bench.put(item, into, known)).outcome).toBe("unchanged");
    expect(alice.children(into.id).length).toBe(1);
  });
});
