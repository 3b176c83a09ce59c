import { createServer, type IncomingMessage, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { afterEach, describe, expect, it } from "@jest/globals";
import { parse } from "yaml";
import type { ExodusError } from "../../../src/core/errors.js";
import type { Outcome } from "../../../src/core/governor.js";
import { MatrixClient } from "../../../src/drivers/matrix/client.js";
import { refusalError } from "../../../src/drivers/matrix/error-table.js";
import type { MatrixEvent } from "../../../src/drivers/matrix/events.js";
import { mediaDigest } from "../../../src/drivers/matrix/media.js";
import { registrationYaml } from "../../../src/drivers/matrix/registration.js";
import { RoomHistory } from "../../../src/drivers/matrix/room-history.js";
import { Room } from "../../../src/drivers/matrix/rooms.js";
import { asLocalpart, Users } from "../../../src/drivers/matrix/users.js";
import { DiskMap } from "../../../src/lib/disk-map.js";
import { retrying } from "../../../src/lib/retry.js";
import { testAccess } from "../../environment.js";

const { signal } = new AbortController();
const PLACE = { target: "salons", account: "zoe" };

describe("the Matrix driver", () => {
  let server: Server | undefined;
  const outcomes: Outcome[] = [];
  /** A server that answers what `answer` says, on loopback. */
  const serve = async (answer: (request: IncomingMessage) => { readonly status?: number; readonly headers?: Record<string, string>; readonly body: unknown }): Promise<MatrixClient> => {
    server = createServer((request, response) => {
      request.resume().once("end", () => {
        const { status = 200, headers = {}, body } = answer(request);
        response.writeHead(status, headers).end(typeof body === "string" ? body : JSON.stringify(body));
      });
    });
    await new Promise<void>((resolve) => server?.listen(0, "127.0.0.1", resolve));
    const { port } = server.address() as AddressInfo;
    const governor = { acquire: () => Promise.resolve({ release: (outcome: Outcome) => void outcomes.push(outcome) }), snapshot: () => ({}) };
    return new MatrixClient({ ...testAccess(PLACE.target, PLACE.account), base: new URL(`http://127.0.0.1:${port}/matrix`), token: "tok", governor });
  };
  afterEach(async () => {
    outcomes.length = 0;
    await new Promise((resolve) => (server === undefined ? resolve(undefined) : server.close(resolve)));
    server = undefined;
  });

  it("waits as long as the server asks, tells the governor, and uses up no attempt", async () => {
    const limited = (headers: Record<string, string>, told: object): { status: number; headers: Record<string, string>; body: unknown } => ({ status: 429, headers, body: { errcode: "M_LIMIT_EXCEEDED", ...told } });
    const answers = [limited({ "retry-after": "3" }, { retry_after_ms: 9_999 }), limited({}, { retry_after_ms: 1_500 }), { body: { user_id: "@bot:x" } }];
    const asked: string[] = [];
    const client = await serve((request) => {
      asked.push(`${request.url ?? ""} ${request.headers.authorization ?? ""}`);
      return answers.shift() ?? { body: {} };
    });
    const waits: number[] = [];
    const answer = await retrying(() => client.request("GET", "client/v3/account/whoami", { as: "@zoé:x", signal }), { attempts: 1, signal, wait: (ms) => { waits.push(ms); return Promise.resolve(); } });
    await client.close();
    expect({ answer, waits }).toEqual({ answer: { errcode: undefined, body: { user_id: "@bot:x" } }, waits: [3_000, 1_500] });
    expect(outcomes.map(({ ok, throttled, retryAfterMs }) => [ok, throttled, retryAfterMs])).toEqual([[false, true, 3_000], [false, true, 1_500], [true, undefined, undefined]]);
    expect(new Set(asked)).toEqual(new Set(["/matrix/_matrix/client/v3/account/whoami?user_id=%40zo%C3%A9%3Ax Bearer tok"]));
  });

  it.each([
    [401, "M_UNKNOWN_TOKEN", "TARGET_AS_TOKEN", "fatal-config"],
    [403, "M_USER_DEACTIVATED", "TARGET_ACCOUNT_CLOSED", "permanent-item"],
    [403, "M_USER_SUSPENDED", "TARGET_ACCOUNT_CLOSED", "permanent-item"],
    [401, "M_USER_LOCKED", "TARGET_ACCOUNT_CLOSED", "permanent-item"],
    [400, "M_UNSUPPORTED_ROOM_VERSION", "TARGET_ROOM_VERSION", "fatal-config"],
    [403, "M_RESOURCE_LIMIT_EXCEEDED", "TARGET_QUOTA_FULL", "permanent-container"],
    [507, undefined, "TARGET_QUOTA_FULL", "permanent-container"],
    [403, "M_FORBIDDEN", "TARGET_DENIED", "permanent-container"],
    [400, "M_EXCLUSIVE", "TARGET_NAMESPACE", "permanent-container"],
    [413, "M_TOO_LARGE", "TARGET_REFUSED_ITEM", "permanent-item"],
    [400, "M_BAD_JSON", "TARGET_REFUSED_ITEM", "permanent-item"],
    [429, undefined, "TARGET_THROTTLED", "throttled"],
    [502, undefined, "TARGET_PASSING", "retryable"],
    [418, undefined, "TARGET_REFUSED_ITEM", "permanent-item"],
  ])("HTTP %s %s is %s", (status, errcode, code, errorClass) => {
    expect(refusalError({ method: "PUT", status, errcode, retryAfter: undefined, retryAfterMs: undefined }, PLACE)).toMatchObject({ code, errorClass });
  });

  it.each([
    [{ status: 401, body: { errcode: "M_USER_LOCKED" } }, { code: "TARGET_ACCOUNT_CLOSED", errorClass: "permanent-item" }],
    [{ status: 429, body: { errcode: "M_LIMIT_EXCEEDED", retry_after_ms: 1_500 } }, { code: "TARGET_THROTTLED", retryAfterMs: 1_500 }],
    [{ status: 502, body: "<html>Bad gateway</html>" }, { code: "TARGET_PASSING" }],
  ])("tells why a picture is not given: %j", async (answer, expected) => {
    const client = await serve(() => answer);
    await expect(mediaDigest(client, "@zoe:x", "mxc://mairie.example/m", signal)).rejects.toMatchObject(expected);
    await client.close();
  });

  it("keeps its token out of every refusal", async () => {
    const client = await serve(() => ({ status: 500, body: "{}" }));
    const refusals = await Promise.all([client.request("GET", "client/v3/x", { signal }), mediaDigest(client, undefined, "mxc://mairie.example/m", signal)].map((asked) => asked.catch((thrown: unknown) => thrown)));
    await client.close();
    const nobody = new MatrixClient({ ...client.access, base: new URL("http://127.0.0.1:1/") });
    refusals.push(await nobody.request("GET", "client/v3/x", { signal }).catch((thrown: unknown) => thrown));
    await nobody.close();
    for (const refusal of refusals) expect(Object.keys((refusal as ExodusError).params).sort()).toEqual(["account", "reason", "target"]);
  });

  it("takes a proxy's page for an outage, and a server that is not there for a wrong address", async () => {
    const client = await serve(() => ({ status: 502, body: "<html>Bad gateway</html>" }));
    await expect(client.request("GET", "client/v3/x", { signal })).rejects.toMatchObject({ code: "TARGET_PASSING" });
    await client.close();
    const nobody = new MatrixClient({ ...client.access, base: new URL("http://127.0.0.1:1/") });
    await expect(nobody.request("GET", "client/v3/x", { signal })).rejects.toMatchObject({ code: "TARGET_UNREACHABLE" });
    await nobody.close();
  });

  it("makes an account once, and leaves the name of one that is there", async () => {
    const asked: string[] = [];
    const client = await serve((request) => {
      asked.push(`${request.method ?? ""} ${(request.url ?? "").split("?")[0] ?? ""}`);
      return asked.length === 1 ? { body: { user_id: "@a:x" } } : (request.url ?? "").includes("register") ? { status: 400, body: { errcode: "M_USER_IN_USE" } } : { body: {} };
    });
    const users = new Users(client);
    for (const user of ["@a:x", "@a:x", "@b:x"]) await users.ensure(user, "Nom", signal);
    await client.close();
    expect(asked).toEqual(["POST /matrix/_matrix/client/v3/register", "PUT /matrix/_matrix/client/v3/profile/%40a%3Ax/displayname", "POST /matrix/_matrix/client/v3/register"]);
  });

  it("pages back in a room only as far as needed, each page once, whichever history of the room asks", async () => {
    const event = (index: number): Pick<MatrixEvent, "event_id" | "type" | "content"> => ({ event_id: `$${index}`, type: "m.room.message", content: { source: `s${index % 4_990}` } });
    const pages: string[] = [];
    const client = await serve((request) => {
      const from = Number(new URL(request.url ?? "", "http://x").searchParams.get("from") ?? "0");
      pages.push(String(from));
      const chunk = Array.from({ length: 500 }, (_, index) => event(4_999 - from * 500 - index));
      return { body: { chunk, ...(from < 9 ? { end: String(from + 1) } : {}) } };
    });
    const known = new DiskMap();
    const history = (room = "!r:x"): RoomHistory => new RoomHistory(new Room(client, room, undefined), known, ({ content }) => String(content["source"]));
    history().add("s4999", "$sent");
    expect(await history().find("s4999", signal)).toBe("$sent");
    expect(pages).toEqual([]);
    expect(await history().find("s4600", signal)).toBe("$4600");
    expect(pages).toEqual(["0"]);
    expect(await history().find("s4000", signal)).toBe("$4000");
    expect(pages).toEqual(["0", "1"]);
    expect(await history().find("absent", signal)).toBeUndefined();
    expect(pages).toHaveLength(10);
    // The newest of two, and all of it without another page.
    expect([await history().find("s5", signal), await history().find("s0", signal), await history().find("absent too", signal)]).toEqual(["$4995", "$4990", undefined]);
    expect(pages).toHaveLength(10);
    expect(history("!other:x").seen("s5")).toBeUndefined();
    history().add("new", "$new");
    expect(await history().find("new", signal)).toBe("$new");
    known.close();
    await client.close();
  });

  it("looks for what was sent last no further back than to the newest event of ours", async () => {
    const foreign = { type: "m.room.message", content: { body: "x" } };
    const edit = { type: "m.room.message", content: { "m.new_content": { source: "edited" } } };
    const newest = [{ ...foreign, event_id: "$f" }, { ...edit, event_id: "$e" }, { type: "m.room.message", event_id: "$gone", content: {} }];
    let pages = 0;
    const client = await serve(({ url: asked = "" }) => {
      pages += 1;
      return asked.includes("from=") ? { body: { chunk: [{ type: "m.room.message", event_id: "$1", content: { source: "s1" } }, { type: "m.room.message", event_id: "$0", content: { source: "s0" } }], end: `p${pages}` } } : { body: { chunk: newest, end: "p1" } };
    });
    // Of a session that has seen nothing of the room yet.
    const known = new DiskMap();
    const history = new RoomHistory(new Room(client, "!r:x", undefined), known, ({ content }) => (typeof content["source"] === "string" ? content["source"] : undefined));
    expect([await history.findLast("s1", signal), pages]).toEqual(["$1", 2]);
    expect([await history.findLast("lost", signal), pages]).toEqual([undefined, 4]);
    expect([await history.findLast("s0", signal), pages]).toEqual([undefined, 6]);
    known.close();
    await client.close();
  });

  it("writes local parts by the mapping of the specification", () => {
    expect(["Marie", "é=#", "a.b_c-d/e+f", "日"].map(asLocalpart)).toEqual(["marie", "=c3=a9=3d=23", "a.b_c-d/e+f", "=e6=97=a5"]);
  });

  it("registers ghosts and people, people never exclusively", () => {
    const told = parse(registrationYaml({ server: "mairie.example", sender: "o365-exodus", exclusive: true, ghostsOnly: false })) as Record<string, unknown>;
    const { as_token: a, hs_token: h, ...rest } = told;
    expect([a, h].map((token) => /^[0-9a-f]{64}$/.test(String(token)))).toEqual([true, true]);
    expect(a).not.toBe(h);
    expect(rest).toEqual({
      id: "o365-exodus", url: null, sender_localpart: "o365-exodus", rate_limited: false,
      namespaces: { users: [{ exclusive: true, regex: "@m365_.*:mairie\\.example" }, { exclusive: false, regex: "@.*:mairie\\.example" }], aliases: [{ exclusive: true, regex: "#m365_.*:mairie\\.example" }], rooms: [] },
    });
    const ghosts = parse(registrationYaml({ server: "x.example", sender: "s", exclusive: false, ghostsOnly: true })) as { readonly namespaces: { readonly users: unknown } };
    expect(ghosts.namespaces.users).toEqual([{ exclusive: false, regex: "@m365_.*:x\\.example" }]);
  });
});
