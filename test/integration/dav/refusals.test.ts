import { createHmac, randomBytes } from "node:crypto";
import { chmodSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterAll, describe, expect, it } from "@jest/globals";
import { adapter } from "../../../adapters/caldav/index.js";
import type { TargetSession } from "../../../src/core/adapter.js";
import { asExodusError, type ExodusError } from "../../../src/core/errors.js";
import type { Item } from "../../../src/core/item.js";
import { contextOf, MemoryBlobs, MemoryLedger, sampleOwner } from "../../../src/kit/conformance/harness.js";
import { sampleItem } from "../../../src/kit/conformance/sample-item.js";
import { NO_ABORT, SECRET } from "../../dav-client.js";
import { testEnvironment } from "../../environment.js";
import { freePort } from "../../free-port.js";
import { serverVerb, titleFor, useServer, type RunningServer } from "../../servers.js";

const sabre = useServer("sabre");
const cyrus = useServer("cyrus");
const PLACED = { workload: "calendar", owner: "o", id: "refus", name: "refus", path: ["refus"] } as const;

/** What an administrator gets to read, in both languages. */
function told(error: ExodusError): { code: string; en: string; fr: string } {
  return { code: error.code, en: `${error.describe("en")} ${error.remedy("en")}`, fr: `${error.describe("fr")} ${error.remedy("fr")}` };
}

async function opened(server: RunningServer, account: string, options: Record<string, string> = {}, secrets: Record<string, string> = {}): Promise<TargetSession> {
  const environment = testEnvironment("agenda", { "env:P": SECRET, "env:MASTER": "admin-pass", ...secrets });
  const chosen = adapter.options.parse({ url: `http://${server.host}:${server.port}/`, password: "env:P", ...options });
  return (await adapter.create(chosen, environment)).connect({ owner: sampleOwner(account), name: account }, "calendar", NO_ABORT);
}

async function refused(work: Promise<unknown>): Promise<ExodusError> {
  return work.then(() => { throw new Error("nothing thrown"); }, asExodusError);
}

function event(text = "x", end = "DTEND:20370325T090000Z"): { blobs: MemoryBlobs; item: Item } {
  const blobs = new MemoryBlobs();
  const uid = randomBytes(8).toString("hex");
  const lines = ["BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//t//t//FR", "BEGIN:VEVENT", `UID:${uid}`, "DTSTAMP:20240101T000000Z", "DTSTART:20370325T080000Z", end, `SUMMARY:${text}`, "END:VEVENT", "END:VCALENDAR", ""];
  return { blobs, item: sampleItem("calendar", "x", { v: 1, type: "event", uid, summary: "x", recurring: false, cancelled: false, organized: true }, blobs.add(lines.join("\r\n"), ".ics")) };
}

async function stored(session: TargetSession, { blobs, item }: ReturnType<typeof event>): Promise<unknown> {
  const into = await session.prepare(PLACED, undefined, NO_ABORT);
  return session.put(item, contextOf({ blobs, ledger: new MemoryLedger(), signal: NO_ABORT }, item, PLACED, into));
}

(sabre === undefined ? describe.skip : describe)(`what an administrator reads, ${titleFor("sabre", sabre)}`, () => {
  const server = sabre as RunningServer;

  it("tells an account's wrong password from an administrator's, and from a user who is not there", async () => {
    const own = told(await refused(opened(server, "marie@commune.example", { password: "env:BAD" }, { "env:BAD": "faux" })));
    expect(own.code).toBe("TARGET_CREDENTIAL");
    for (const [account, password] of [["marie@commune.example", "faux"], ["absente@commune.example", "admin-pass"]] as const) {
      const error = told(await refused(opened(server, account, { user: "admin&{account}", password: "env:BAD" }, { "env:BAD": password })));
      expect(error.code).toBe("TARGET_DELEGATION");
      for (const text of [error.en, error.fr]) {
        expect(text).toContain(`admin&${account}`);
        expect(text).toContain("SABRE_IMPERSONATION_ENABLED");
        expect(text).not.toContain(password);
      }
    }
  });

  it("says that the quota is full, and what to do", async () => {
    const session = await opened(server, "plein@commune.example");
    const error = told(await refused(stored(session, event())));
    await session.close();
    expect(error.code).toBe("TARGET_QUOTA_FULL");
    expect(error.fr).toContain("507");
    expect(error.fr).toContain("Relevez le quota");
  });
});

(cyrus === undefined ? describe.skip : describe)(`what an administrator reads, ${titleFor("cyrus", cyrus)}`, () => {
  const server = cyrus as RunningServer;
  const delegate = { url: `http://${server?.host}:${server?.port}/dav/calendars/user/{account}/`, user: "admin@commune.example", password: "env:MASTER" };

  it("tells a right that is missing from an account that is not there", async () => {
    const error = told(await refused(opened(server, "bob@commune.example", delegate)));
    expect(error.code).toBe("TARGET_NO_RIGHT");
    expect(error.en).toContain("admin@commune.example has no right to what belongs to bob@commune.example");
    expect(error.fr).toContain("délégué");
    expect((await refused(opened(server, "absente@commune.example", delegate))).code).toBe("TARGET_NO_HOME");
  });

  it("says that the quota is full, at the sign-in of doctor too", async () => {
    const session = await opened(server, "plein@commune.example");
    const error = await refused(stored(session, event()));
    await session.close();
    expect(error.code).toBe("TARGET_QUOTA_FULL");
    const checked = await (await adapter.create(adapter.options.parse({ url: `http://${server.host}:${server.port}/`, password: "env:P", probe: "plein@commune.example" }), testEnvironment("agenda", { "env:P": SECRET }))).check(NO_ABORT);
    const codes: string[] = [];
    for await (const { code } of checked) codes.push(code);
    expect(codes).toEqual(["DAV_SIGN_IN", "TARGET_QUOTA_FULL"]);
  });

  it("refuses an event over the calendar's limit before sending it", async () => {
    const session = await opened(server, "marie@commune.example");
    const error = await refused(stored(session, event("x".repeat(4_000_000))));
    await session.close();
    expect([error.code, error.params["limit"]]).toEqual(["ITEM_TOO_LARGE", 4_000_000]);
  });

  it("names what the server says of an event that it refuses", async () => {
    const session = await opened(server, "marie@commune.example");
    const error = await refused(stored(session, event("x", "DTEND:20370325T080000Z")));
    await session.close();
    expect(error.code).toBe("TARGET_REFUSED_ITEM");
    expect(error.describe("fr")).toContain("DTEND must occur after DTSTART");
  });

  it("takes a token, and says when it has expired", async () => {
    const session = await opened(server, "marie@commune.example", { scheme: "bearer", password: "env:TOKEN" }, { "env:TOKEN": token("marie@commune.example", 0) });
    expect(await stored(session, event())).toMatchObject({ outcome: "created" });
    await session.close();
    const old = token("marie@commune.example", 2 * 3600);
    const error = told(await refused(opened(server, "marie@commune.example", { scheme: "bearer", password: "env:TOKEN" }, { "env:TOKEN": old })));
    expect(error.code).toBe("TARGET_TOKEN");
    expect(`${error.en}${error.fr}`).not.toContain(old);
    expect(error.fr).toContain("expirent");
  });
});

const root = mkdtempSync(path.join(tmpdir(), "exodus-refusals-"));
const env = { EXODUS_SERVERS_DIR: root, EXODUS_RADICALE_PORT: String(await freePort()) };
// The server runs as another user.
chmodSync(root, 0o755);
const radicale = useServer("radicale", env);
(radicale === undefined ? describe.skip : describe)(`a server that is away and comes back, ${titleFor("radicale", radicale)}`, () => {
  const server = radicale as RunningServer;
  afterAll(() => {
    serverVerb("radicale", "stop", env);
    rmSync(root, { recursive: true, force: true });
  });

  it("is unreachable to a run that begins, a broken connection to one under way, and takes the item when back", async () => {
    const session = await opened(server, "marie@commune.example");
    const [first, second] = [event(), event("y")];
    expect(await stored(session, first)).toMatchObject({ outcome: "created" });
    serverVerb("radicale", "stop", env);
    const broken = await refused(stored(session, second));
    expect([broken.code, broken.errorClass]).toEqual(["TARGET_CONNECTION", "retryable"]);
    const away = told(await refused(opened(server, "marie@commune.example")));
    expect(away.code).toBe("TARGET_UNREACHABLE");
    expect(away.fr).toContain("injoignable");
    serverVerb("radicale", "start", env);
    expect(await stored(session, second)).toMatchObject({ outcome: "created" });
    expect(await stored(session, first)).toMatchObject({ outcome: "unchanged" });
    await session.close();
  });
});

/** A JSON Web Token as Cyrus takes it (imapd.conf(5), http_jwt_key_dir), issued so many seconds ago. */
function token(account: string, age: number): string {
  const part = (value: object): string => Buffer.from(JSON.stringify(value)).toString("base64url");
  const signed = `${part({ alg: "HS256", typ: "JWT" })}.${part({ sub: account, iat: Math.floor(Date.now() / 1000) - age })}`;
  return `${signed}.${createHmac("sha256", "exodus-exodus-exodus-exodus-key").update(signed).digest("base64url")}`;
}
