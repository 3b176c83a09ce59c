import { createServer, type IncomingMessage, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { afterEach, describe, expect, it } from "@jest/globals";
import type { ExodusError } from "../../../src/core/errors.js";
import type { Outcome } from "../../../src/core/governor.js";
import { JmapClient } from "../../../src/drivers/jmap/client.js";
import { refusalError } from "../../../src/drivers/jmap/error-table.js";
import { BARE, Imports } from "../../../src/drivers/jmap/imports.js";
import { Mailboxes } from "../../../src/drivers/jmap/mailboxes.js";
import { CORE, MAIL, mailAccount, readSession } from "../../../src/drivers/jmap/session.js";
import { retrying } from "../../../src/lib/retry.js";
import { testAccess } from "../../environment.js";

const { signal } = new AbortController();
const PLACE = { target: "courrier", account: "zoe" };
const LIMITS = { maxSizeUpload: 100, maxObjectsInSet: 3 };

interface Told {
  readonly status?: number;
  readonly headers?: Record<string, string>;
  readonly body: unknown;
}

describe("the JMAP driver", () => {
  const servers: Server[] = [];
  const outcomes: Outcome[] = [];
  let tokens = ["first"];
  const seen: { readonly path: string; readonly authorization: string | undefined; readonly body: string }[] = [];

  /** A server on loopback: its session, and what `answer` says to everything else. */
  const serve = async (answer: (path: string, body: string, request: IncomingMessage) => Told, session: object = {}, base = "/"): Promise<JmapClient> => {
    const server = createServer((request, response) => {
      let body = "";
      request.on("data", (piece) => { body += String(piece); }).once("end", () => {
        const path = request.url ?? "";
        seen.push({ path, authorization: request.headers.authorization, body });
        const told = path === "/.well-known/jmap" ? { body: sessionOf(session) } : answer(path, body, request);
        response.writeHead(told.status ?? 200, { "content-type": "application/json", ...told.headers }).end(JSON.stringify(told.body));
      });
    });
    servers.push(server);
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    const governor = { acquire: () => Promise.resolve({ release: (outcome: Outcome) => void outcomes.push(outcome) }), snapshot: () => ({}) };
    return new JmapClient({
      ...testAccess(PLACE.target, PLACE.account), base: new URL(base, `http://127.0.0.1:${(server.address() as AddressInfo).port}`), governor, user: "", refused: "TARGET_TOKEN",
      authorization: () => Promise.resolve({ authorization: `Bearer ${(tokens.length > 1 ? tokens.shift() : tokens[0]) ?? ""}` }),
    });
  };

  afterEach(async () => {
    outcomes.length = 0;
    seen.length = 0;
    tokens = ["first"];
    for (const server of servers.splice(0)) await new Promise((resolve) => server.close(resolve));
  });

  it.each([
    [{ what: "x", status: 401 }, "TARGET_CREDENTIAL"],
    [{ what: "x", status: 403 }, "TARGET_DENIED"],
    [{ what: "x", status: 429, retryAfter: "2" }, "TARGET_THROTTLED"],
    [{ what: "x", status: 503, retryAfter: "2" }, "TARGET_THROTTLED"],
    [{ what: "x", status: 503 }, "TARGET_PASSING"],
    [{ what: "x", status: 400, type: "limit", names: ["maxConcurrentUpload"] }, "TARGET_THROTTLED"],
    [{ what: "x", status: 400, type: "limit", names: ["maxSizeRequest"] }, "TARGET_REFUSED_ITEM"],
    [{ what: "x", type: "accountNotFound" }, "TARGET_NOT_DELEGATED"],
    [{ what: "x", type: "overQuota" }, "TARGET_QUOTA_FULL"],
    [{ what: "x", type: "forbidden" }, "TARGET_DENIED"],
    [{ what: "x", type: "serverFail" }, "TARGET_PASSING"],
    [{ what: "x", type: "invalidEmail" }, "TARGET_REFUSED_ITEM"],
    [{ what: "x", type: "ofTomorrow" }, "TARGET_REFUSED_ITEM"],
  ])("%j is %s", (refusal, code) => expect(refusalError(refusal, PLACE).code).toBe(code));

  it("waits as long as the server asks and tells the governor", async () => {
    const answers: Told[] = [{ status: 429, headers: { "retry-after": "3" }, body: {} }, { status: 503, headers: { "retry-after": "1" }, body: {} }, { body: answered([["Core/echo", {}]]) }];
    const client = await serve(() => answers.shift() ?? { body: {} });
    const waits: number[] = [];
    await retrying(() => client.call("Core/echo", {}, signal), { attempts: 1, signal, wait: (ms) => { waits.push(ms); return Promise.resolve(); } });
    await client.close();
    expect(waits).toEqual([3_000, 1_000]);
    expect(outcomes.map(({ throttled, retryAfterMs }) => [throttled, retryAfterMs])).toEqual([[undefined, undefined], [true, 3_000], [true, 1_000], [undefined, undefined]]);
  });

  it("looks a refused token up once more, and keeps both out of its messages", async () => {
    tokens = ["first", "second"];
    const client = await serve((_path, _body, { headers }) => (headers.authorization === "Bearer first" ? { status: 401, body: {} } : { body: answered([["Core/echo", { done: true }]]) }));
    expect(await client.call("Core/echo", {}, signal)).toEqual({ done: true });
    tokens = ["second"];
    await client.close();
    expect(seen.map(({ authorization }) => authorization)).toEqual(["Bearer first", "Bearer first", "Bearer second"]);
    const expired = await serve(() => ({ status: 401, body: {} }));
    const error = await thrown(expired.call("Core/echo", {}, signal));
    await expired.close();
    expect(error.code).toBe("TARGET_TOKEN");
    expect(JSON.stringify([error.message, error.params, error.remedy("en")])).not.toMatch(/Bearer|"second"/);
    expect(error.remedy("en")).toContain("token");
  });

  it("sends its credentials to no other host, and no message over the announced limit", async () => {
    const client = await serve(() => ({ body: {} }), { apiUrl: "http://ailleurs.example/jmap" });
    const other = await thrown(client.call("Core/echo", {}, signal));
    const large = await thrown(client.upload("A", { size: 101, bytes: none() }, "message/rfc822", signal));
    await client.close();
    expect([other.code, String(other.params["reason"])]).toEqual(["TARGET_UNREACHABLE", "points to another host, ailleurs.example"]);
    expect([large.code, large.params]).toEqual(["ITEM_TOO_LARGE", { size: 101, limit: 100 }]);
    expect(seen.map(({ path }) => path)).toEqual(["/.well-known/jmap"]);
  });

  it.each([
    ["is not there", 404, {}], ["takes no GET", 405, {}], ["went", 410, {}], ["leads back to itself", 302, { location: "/jmap" }], ["leads nowhere", 302, {}],
  ])("says that a session resource which %s is none, whatever the item", async (_title, status, headers) => {
    const client = await serve(() => ({ status, headers: headers as Record<string, string>, body: {} }), {}, "/jmap");
    const { code, params } = await thrown(client.session(signal));
    await client.close();
    expect([code, params["reason"]]).toEqual(["TARGET_UNREACHABLE", expect.stringContaining("no JMAP session")]);
  });

  it("says of a folder above all that is refused that it is a container", async () => {
    const client = await serve((_path, body) => {
      const [method] = (JSON.parse(body) as { methodCalls: [[string]] }).methodCalls[0];
      return { body: answered([method === "Mailbox/get" ? [method, { list: [] }] : [method, { notCreated: { new: { type: "invalidProperties", properties: ["name"] } } }]]) };
    });
    const { code, params } = await thrown(new Mailboxes({ client, account: "A" }, ["Refus"]).ensure({ id: "c", path: ["Projets"] }, undefined, signal));
    await client.close();
    expect([code, params["reason"]]).toEqual(["TARGET_CONTAINER_REFUSED", "Mailbox/set, invalidProperties, name"]);
  });

  /** Each name that a folder was asked under, and what became of it at last. */
  const namesTried = async (answer: (name: string, turn: number) => object | undefined, path: readonly string[], prefix: readonly string[] = []): Promise<{ readonly names: readonly string[]; readonly made: unknown }> => {
    const names: string[] = [];
    const client = await serve((_path, body) => {
      const [method, args] = (JSON.parse(body) as { methodCalls: [[string, { create?: { new: { name: string } } }]] }).methodCalls[0];
      if (method === "Mailbox/get") return { body: answered([[method, { list: [] }]]) };
      const name = args.create?.new.name ?? "";
      const refusal = answer(name, names.push(name));
      return { body: answered([[method, refusal === undefined ? { created: { new: { id: name } } } : { notCreated: { new: refusal } }]]) };
    });
    const mailboxes = new Mailboxes({ client, account: "A" }, prefix);
    const ensure = (): Promise<unknown> => mailboxes.ensure({ id: "c", path }, undefined, signal);
    const made = await ensure().catch((error: ExodusError) => (error.code === "TARGET_PASSING" ? ensure() : error.code)).catch((error: ExodusError) => error.code);
    await client.close();
    return { names, made };
  };
  const BAD_NAME = { type: "serverFail", description: "Invalid mailbox name" };

  it("gives a folder a look-alike where the server fails of its name, as Cyrus does, in so many words", async () => {
    expect(await namesTried((name) => (name.includes("/") ? BAD_NAME : undefined), ["Marchés/Travaux"])).toMatchObject({ names: ["Marchés/Travaux", "Marchés／Travaux"], made: { id: "Marchés／Travaux", altered: true } });
  });

  it.each([["without a word", {}], ["of something else", { description: "System I/O error" }]])("leaves a folder its name where the server fails once %s", async (_title, words) => {
    expect(await namesTried((_name, turn) => (turn === 1 ? { type: "serverFail", ...words } : undefined), ["Marchés/Travaux"])).toMatchObject({ names: ["Marchés/Travaux", "Marchés/Travaux"], made: { id: "Marchés/Travaux", altered: false } });
  });

  it("asks for each form of a name once where the server refuses all of them", async () => {
    const refused = { type: "invalidProperties", properties: ["name"] };
    expect(await namesTried(() => refused, ["Projets"])).toEqual({ names: ["Projets", expect.stringMatching(/^Projets~[0-9a-f]{8}$/)], made: "TARGET_CONTAINER_REFUSED" });
    expect(await namesTried(() => refused, ["Projets"], ["v1.2"])).toEqual({ names: ["v1.2", "v1．2"], made: "TARGET_CONTAINER_REFUSED" });
  });

  it("says that a server which fails whatever it is asked fails in passing", async () => {
    expect((await namesTried(() => ({ type: "serverFail" }), ["Marchés/Travaux"])).made).toBe("TARGET_PASSING");
  });

  it.each([["taken", undefined], ["refused", { type: "forbidden" }]])("subscribes to a standing mailbox when it is first used, be it %s, and never later", async (_title, refusal) => {
    const changes: object[] = [];
    const client = await serve((_path, body) => {
      const [method, args] = (JSON.parse(body) as { methodCalls: [[string, { update?: object }]] }).methodCalls[0];
      if (args.update !== undefined) changes.push(args.update);
      const standing = [{ id: "i", name: "Inbox", parentId: null, role: "inbox", isSubscribed: true }, { id: "p", name: "Projets", parentId: null, role: null, isSubscribed: false }];
      return { body: answered([method === "Mailbox/get" ? [method, { list: standing }] : [method, refusal === undefined ? {} : { notUpdated: { p: refusal } }]]) };
    });
    const mailboxes = (): Mailboxes => new Mailboxes({ client, account: "A" }, []);
    const projects = { id: "c", path: ["Projets"] };
    const first = mailboxes();
    expect((await first.ensure({ id: "b", path: ["Boîte de réception"], role: "inbox" }, undefined, signal)).id).toBe("i");
    expect(await first.ensure(projects, undefined, signal)).toMatchObject({ id: "p", created: false });
    expect(await mailboxes().ensure(projects, "p", signal)).toMatchObject({ id: "p" });
    await client.close();
    expect(changes).toEqual([{ p: { isSubscribed: true } }]);
  });

  it("imports together what waits, within the server's limit, each with its own answer", async () => {
    const client = await serve((_path, body) => ({ body: imported(body, (blobId) => (blobId === "b3" ? { notCreated: { type: "overQuota", description: "secret words" } } : { created: { id: `id-${blobId}`, blobId } })) }));
    const imports = new Imports({ client, account: "A" });
    const results = await Promise.allSettled([0, 1, 2, 3, 4].map((at) => imports.add(wanted(`b${at}`, ["$seen"]), signal)));
    await client.close();
    expect(results.map((result) => (result.status === "fulfilled" ? result.value.id : (result.reason as ExodusError).code))).toEqual(["id-b0", "id-b1", "id-b2", "TARGET_QUOTA_FULL", "id-b4"]);
    expect(results.map((result) => (result.status === "fulfilled" ? "" : (result.reason as ExodusError).message)).join("")).not.toContain("secret words");
    expect(seen.slice(1).map(({ body }) => Object.keys(entries(body)).length)).toEqual([3, 2]);
  });

  it("sends each alone where one makes the server refuse all, and gives a keyword where it refuses none", async () => {
    const client = await serve((_path, body) => {
      const all = Object.values(entries(body));
      const bad = all.some(({ blobId, keywords }) => blobId === "b1" || Object.keys(keywords).length === 0);
      return { body: bad ? answered([["error", { type: "invalidArguments" }]]) : imported(body, (blobId) => ({ created: { id: `id-${blobId}`, blobId } })) };
    });
    const imports = new Imports({ client, account: "A" });
    const results = await Promise.allSettled([0, 1, 2].map((at) => imports.add(wanted(`b${at}`, []), signal)));
    await client.close();
    expect(results.map((result) => (result.status === "fulfilled" ? result.value.id : (result.reason as ExodusError).code))).toEqual(["id-b0", "TARGET_REFUSED_ITEM", "id-b2"]);
    expect(Object.keys(entries(seen.at(-1)?.body ?? "{}")["m0"]?.keywords ?? {})).toEqual([BARE]);
  });

  it.each([
    ["the server", { status: 400, body: { type: "urn:ietf:params:jmap:error:limit", limit: "maxSizeRequest" } }],
    ["a proxy before it", { status: 413, headers: { "content-type": "text/html" }, body: "<h1>Request Entity Too Large</h1>" }],
  ])("sends each alone where %s refuses the request as a whole", async (_title, refusal) => {
    const client = await serve((_path, body) => {
      const all = Object.values(entries(body));
      return all.length > 1 || all[0]?.blobId === "b1" ? refusal : { body: imported(body, (blobId) => ({ created: { id: `id-${blobId}`, blobId } })) };
    });
    const imports = new Imports({ client, account: "A" });
    const results = await Promise.allSettled([0, 1, 2].map((at) => imports.add(wanted(`b${at}`, ["$seen"]), signal)));
    await client.close();
    expect(results.map((result) => (result.status === "fulfilled" ? result.value.id : (result.reason as ExodusError).code))).toEqual(["id-b0", "TARGET_REFUSED_ITEM", "id-b2"]);
  });

  it("gives no keyword for good because of a message that is refused whatever it has", async () => {
    const client = await serve((_path, body) => (Object.values(entries(body)).some(({ blobId }) => blobId === "b0") ? { body: answered([["error", { type: "invalidArguments" }]]) } : { body: imported(body, (blobId) => ({ created: { id: `id-${blobId}`, blobId } })) }));
    const imports = new Imports({ client, account: "A" });
    expect((await thrown(imports.add(wanted("b0", []), signal))).code).toBe("TARGET_REFUSED_ITEM");
    const results = await Promise.allSettled(["b1", "b0", "b2"].map((blob) => imports.add(wanted(blob, []), signal)));
    await client.close();
    expect(results.map(({ status }) => status)).toEqual(["fulfilled", "rejected", "fulfilled"]);
    const bare = seen.flatMap(({ body }) => (body === "" ? [] : Object.values(entries(body)))).filter(({ keywords }) => BARE in keywords);
    expect(new Set(bare.map(({ blobId }) => blobId))).toEqual(new Set(["b0"]));
  });

  it("tells a message that stands already, a blob that expired, and a server that answers less than it was asked", async () => {
    const client = await serve((_path, body) => ({ body: body.includes("b2") ? imported(body, () => ({ notCreated: { type: "notFound" } })) : body.includes("b0") ? imported(body, () => ({ notCreated: { type: "alreadyExists", existingId: "old" } })) : { methodResponses: [] } }));
    const imports = new Imports({ client, account: "A" });
    expect(await imports.add(wanted("b0", ["$seen"]), signal)).toEqual({ id: "old", made: undefined });
    for (const blob of ["b1", "b2"]) expect((await thrown(imports.add(wanted(blob, ["$seen"]), signal))).code).toBe("TARGET_PASSING");
    await client.close();
  });

  it("finds an account by name, and none that was not delegated or may only be read", () => {
    const account = (name: string, isReadOnly = false): object => ({ name, isReadOnly, accountCapabilities: { [MAIL]: {} } });
    const session = readSession(sessionOf({ accounts: { own: account("exodus@x"), a: account("Zoe@x"), r: account("paul@x", true) }, primaryAccounts: { [MAIL]: "own" } }), PLACE);
    expect(mailAccount(session, "zoe@x", false, PLACE)).toBe("a");
    expect(mailAccount(session, "other-name", true, PLACE)).toBe("own");
    for (const [name, code] of [["marie@x", "TARGET_NOT_DELEGATED"], ["paul@x", "TARGET_DENIED"]] as const) expect(() => mailAccount(session, name, false, PLACE)).toThrow(expect.objectContaining({ code }));
    expect(() => readSession({ hello: "proxy" }, PLACE)).toThrow(expect.objectContaining({ code: "TARGET_UNREACHABLE" }));
  });
});

function sessionOf(more: object): object {
  return { capabilities: { [CORE]: LIMITS }, accounts: {}, primaryAccounts: {}, username: "", apiUrl: "/jmap", downloadUrl: "/d/{accountId}/{blobId}", uploadUrl: "/u/{accountId}", state: "1", ...more };
}

function answered(responses: readonly (readonly [string, object])[]): object {
  return { methodResponses: responses.map(([name, args], at) => [name, args, String(at)]), sessionState: "1" };
}

function entries(body: string): Record<string, { readonly blobId: string; readonly keywords: object }> {
  const { methodCalls } = JSON.parse(body) as { methodCalls?: [string, { emails: Record<string, { blobId: string; keywords: object }> }, string][] };
  return methodCalls?.[0]?.[1].emails ?? {};
}

function imported(body: string, one: (blobId: string) => { created?: object; notCreated?: object }): object {
  const all = Object.entries(entries(body)).map(([key, { blobId }]) => [key, one(blobId)] as const);
  const pick = (part: "created" | "notCreated"): object => Object.fromEntries(all.flatMap(([key, told]) => (told[part] === undefined ? [] : [[key, told[part]]])));
  return answered([["Email/import", { created: pick("created"), notCreated: pick("notCreated") }]]);
}

function wanted(blobId: string, keywords: readonly string[]): Parameters<Imports["add"]>[0] {
  return { mailbox: "M", blobId, keywords, receivedAt: new Date("2024-03-31T01:30:15Z") };
}

async function thrown(promise: Promise<unknown>): Promise<ExodusError> {
  return promise.then(() => { throw new Error("nothing was thrown"); }, (error: unknown) => error as ExodusError);
}

async function* none(): AsyncGenerator<Uint8Array> {
  yield* await Promise.resolve([]);
}
