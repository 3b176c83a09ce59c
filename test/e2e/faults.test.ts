import { readFile, writeFile } from "node:fs/promises";
import path from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "@jest/globals";
import { drivesOf } from "../../src/sandbox/drive/item.js";
import type { Fault } from "../../src/sandbox/faults/plan.js";
import { TenantStore } from "../../src/sandbox/tenant/store.js";
import { compareTrees } from "./compare.js";
import { cli, records, summary, workDir, type Ended, type WorkDir } from "./cli.js";
import { chat, DOMAIN, person, put, type Content, type Ids } from "./fault-tenant.js";
import { stage, type Stage } from "./stage.js";

/** One fault, and the person whom alone it meets. */
interface Case extends Content {
  readonly what: string;
  readonly faults: (ids: Ids) => readonly Fault[];
}

/** A fault that stays, and what becomes of what it meets. */
interface Lasting extends Case {
  /** Workload and code of what is parked. */
  readonly blocked?: readonly string[];
  /** Codes of items that are given up, or left by rule. */
  readonly items?: readonly string[];
  /** Items that do not arrive. */
  readonly missing: number;
}

const every = "always" as const;
const mailOf = ({ user }: Ids): string => `^GET /v1.0/users/${user}/mailFolders/[^/]+/messages/delta`;
const mimeOf = ({ user }: Ids): string => `^GET /v1.0/users/${user}/messages/[^/]+/\\$value`;
const deltaOf = ({ drive }: Ids): string => `^GET /v1.0/drives/${drive}/root/delta`;

/** A fault of downloads, which do not name their drive: by the extension that the person's file alone has. */
const downloadOf = (extension: string): string => `^GET /download/content\\.${extension}`;

/** Everything arrives all the same. */
const PASSING: readonly Case[] = [
  { what: "401 in the middle of the pages", mail: 105, faults: (ids) => [{ match: `${mailOf(ids)}.*skiptoken`, status: 401, code: "InvalidAuthenticationToken" }] },
  { what: "410 in the middle of the pages of a listing", mail: 105, faults: (ids) => [{ match: `${mailOf(ids)}.*skiptoken`, status: 410, code: "SyncStateNotFound" }] },
  { what: "429 with Retry-After in seconds", mail: 3, faults: (ids) => [{ match: mimeOf(ids), nth: 2, status: 429, code: "ApplicationThrottled", retryAfter: 1 }] },
  { what: "429 with Retry-After as a date", mail: 3, faults: (ids) => [{ match: mimeOf(ids), nth: 2, status: 429, code: "TooManyRequests", retryAfter: 1, retryAfterDate: true }] },
  { what: "429 with Retry-After 0, five times", mail: 3, faults: (ids) => [{ match: mimeOf(ids), times: 5, status: 429, code: "ApplicationThrottled", retryAfter: 0 }] },
  { what: "429 without Retry-After, oftener than a passing fault is borne", mail: 1, faults: (ids) => [{ match: mimeOf(ids), times: 7, status: 429, code: "ApplicationThrottled" }] },
  { what: "429 of a drive", files: 3, faults: (ids) => [{ match: deltaOf(ids), times: 2, status: 429, code: "activityLimitReached", retryAfter: 1 }] },
  { what: "503", contacts: 3, faults: ({ user }) => [{ match: `/users/${user}/contactFolders`, times: 3, status: 503, code: "serviceNotAvailable" }] },
  { what: "504", events: 3, faults: ({ user }) => [{ match: `/users/${user}/calendars`, times: 2, status: 504, code: "timeout" }] },
  { what: "509 of a download, ten times", files: 1, faults: () => [{ match: downloadOf("gif"), times: 10, status: 509, code: "activityLimitReached", retryAfter: 0 }] },
  { what: "500 and 502", mail: 3, faults: (ids) => [{ match: mailOf(ids), status: 500, code: "UnknownError" }, { match: mimeOf(ids), times: 2, status: 502, code: "generalException" }] },
  { what: "a broken connection", mail: 3, files: 2, faults: (ids) => [{ match: mailOf(ids), action: "reset" }, { match: mimeOf(ids), action: "reset" }, { match: deltaOf(ids), action: "reset" }, { match: downloadOf("bmp"), action: "reset" }] },
  { what: "a body cut short", mail: 3, files: 2, faults: (ids) => [{ match: mailOf(ids), action: "truncate" }, { match: mimeOf(ids), times: 2, action: "truncate" }, { match: deltaOf(ids), action: "truncate" }, { match: downloadOf("tif"), times: 3, action: "truncate" }] },
  { what: "kept connections that are closed", mail: 6, faults: ({ user }) => [{ match: `/users/${user}/`, times: every, action: "close" }] },
  { what: "a proxy's page with 502", mail: 3, faults: (ids) => [{ match: mailOf(ids), action: "html" }, { match: mimeOf(ids), action: "html" }] },
  { what: "a proxy's page with 200 in the place of a list", mail: 3, files: 1, faults: (ids) => [{ match: mailOf(ids), action: "html", status: 200 }, { match: deltaOf(ids), action: "html", status: 200 }] },
  { what: "a proxy's page with 200 in the place of a message", mail: 3, faults: (ids) => [{ match: mimeOf(ids), nth: 2, action: "html", status: 200 }] },
  { what: "a proxy's page with 200 in the place of a file without hash", files: 1, faults: (ids) => [{ match: deltaOf(ids), times: every, edits: [{ at: "/value/*/file/hashes" }] }, { match: downloadOf("png"), action: "html", status: 200 }] },
  { what: "JSON that is no list, with 200", mail: 3, faults: (ids) => [{ match: mailOf(ids), status: 200, body: { error: { code: "UnknownError" } } }] },
  { what: "empty pages with a nextLink", mail: 3, files: 2, events: 2, contacts: 2, faults: ({ user, drive }) => [{ match: `/users/${user}/.*(messages/delta|events\\?|contacts/delta)|/drives/${drive}/root/delta`, every: 2, times: every, action: "empty-page" }] },
  { what: "a nextLink that repeats once", mail: 105, faults: (ids) => [{ match: mailOf(ids), action: "repeat-link" }] },
  { what: "rows told twice", mail: 3, files: 3, events: 2, contacts: 2, faults: ({ user, drive }) => [{ match: `/users/${user}/(mailFolders/.*/messages/delta|calendars|contactFolders)|/drives/${drive}/root/delta`, times: every, action: "twice" }] },
  { what: "download addresses that expired", files: 3, faults: () => [{ match: downloadOf("jpg"), status: 401, code: "unauthenticated" }, { match: downloadOf("jpg"), nth: 2, status: 404, code: "itemNotFound" }] },
  { what: "missing hashes", files: 2, faults: (ids) => [{ match: deltaOf(ids), times: every, edits: [{ at: "/value/*/file/hashes" }] }] },
  { what: "null authors", mail: 3, files: 2, events: 2, faults: ({ user, drive }) => [
    { match: `/users/${user}/mailFolders/.*/messages/delta`, times: every, edits: [{ at: "/value/*/from", value: null }] },
    { match: `/drives/${drive}/root/delta`, times: every, edits: [{ at: "/value/*/createdBy" }, { at: "/value/*/lastModifiedBy/user", value: null }] },
    { match: `/users/${user}/.*events`, times: every, edits: [{ at: "/value/*/organizer", value: null }, { at: "/organizer", value: null }] },
  ] },
  { what: "unknown time zones", events: 4, faults: ({ user }) => [{ match: `/users/${user}/.*events`, times: every, edits: ["/value/*", ""].flatMap((at) => [{ at: `${at}/originalStartTimeZone`, value: "tzone://Microsoft/Custom" }, { at: `${at}/originalEndTimeZone`, value: "Customized Time Zone" }]) }] },
  { what: "a property that is refused without being named (400)", mail: 3, faults: ({ user }) => [{ match: `/users/${user}/.*messages.*[$]select=.*categories`, times: every, status: 400, code: "BadRequest" }] },
  { what: "a delta that expired: resyncRequired", files: 2, faults: (ids) => [{ match: `${deltaOf(ids)}.*[?&]token=`, status: 410, code: "resyncRequired" }] },
  { what: "a delta that expired: resyncChangesApplyDifferences", files: 2, faults: (ids) => [{ match: `${deltaOf(ids)}.*[?&]token=`, status: 410, code: "resyncChangesApplyDifferences" }] },
  { what: "a delta that expired: resyncChangesUploadDifferences", files: 2, faults: (ids) => [{ match: `${deltaOf(ids)}.*[?&]token=`, status: 410, code: "resyncChangesUploadDifferences" }] },
  { what: "a delta that expired: SyncStateNotFound", mail: 2, faults: (ids) => [{ match: `${mailOf(ids)}.*deltatoken`, status: 410, code: "SyncStateNotFound" }] },
  { what: "a delta that expired: SyncStateInvalid, with 400", mail: 2, faults: (ids) => [{ match: `${mailOf(ids)}.*deltatoken`, status: 400, code: "SyncStateInvalid" }] },
];

/** What is met is accounted for by name; all the rest arrives. */
const LASTING: readonly Lasting[] = [
  { what: "a mailbox out of the app's scope (403)", mail: 2, files: 1, missing: 2, blocked: ["mail GRAPH_CONSENT"], faults: ({ user }) => [{ match: `/users/${user}/mailFolders`, times: every, status: 403, code: "ErrorAccessDenied" }] },
  { what: "no mailbox (404 MailboxNotEnabledForRESTAPI)", mail: 1, events: 1, contacts: 1, files: 1, missing: 3, blocked: ["calendar GRAPH_NO_MAILBOX", "contacts GRAPH_NO_MAILBOX", "mail GRAPH_NO_MAILBOX"],
    faults: ({ user }) => [{ match: `/users/${user}/(mailFolders|calendar|contact)`, times: every, status: 404, code: "MailboxNotEnabledForRESTAPI" }] },
  { what: "no drive (404 ResourceNotFound)", mail: 1, files: 1, missing: 1, blocked: ["files GRAPH_NO_MAILBOX"], faults: ({ user }) => [{ match: `/users/${user}/drives`, times: every, status: 404, code: "ResourceNotFound" }] },
  { what: "a locked site (423)", mail: 1, files: 2, missing: 2, blocked: ["files GRAPH_LOCKED"], faults: (ids) => [{ match: deltaOf(ids), times: every, status: 423, code: "resourceLocked" }] },
  { what: "a site that is not allowed (403 notAllowed)", files: 1, missing: 1, blocked: ["files GRAPH_LOCKED"], faults: (ids) => [{ match: deltaOf(ids), times: every, status: 403, code: "notAllowed" }] },
  { what: "a message that went away since it was listed (404)", mail: 3, missing: 1, faults: (ids) => [{ match: mimeOf(ids), nth: 2, status: 404, code: "ErrorItemNotFound" }] },
  { what: "a file that went away since its address was given", files: 2, missing: 1, faults: ({ drive }) => [{ match: downloadOf("gif"), status: 404, code: "itemNotFound" }, { match: `/drives/${drive}/items/[^/]+/content`, times: every, status: 404, code: "itemNotFound" }] },
  { what: "a message that fails again and again (500)", mail: 3, missing: 3, items: ["GRAPH_PASSING", "GRAPH_PASSING", "GRAPH_PASSING"], faults: (ids) => [{ match: mimeOf(ids), times: every, status: 500, code: "UnknownError" }] },
  { what: "a proxy that answers in Graph's place for good", mail: 1, missing: 1, items: ["GRAPH_FOREIGN"], faults: (ids) => [{ match: mimeOf(ids), times: every, action: "html", status: 200 }] },
  { what: "pages that lead back for ever", mail: 105, missing: 5, blocked: ["mail GRAPH_LOOP"], faults: (ids) => [{ match: mailOf(ids), times: every, action: "loop" }] },
  { what: "a file that the source tells to be infected", files: 2, missing: 2, items: ["MALWARE", "MALWARE"], faults: (ids) => [{ match: deltaOf(ids), times: every, edits: [{ at: "/value/*/malware", value: { description: "EICAR" } }, { at: "/value/*/folder/malware" }] }] },
  { what: "a file whose download is refused as infected", files: 2, missing: 1, items: ["MALWARE"], faults: () => [{ match: downloadOf("com"), status: 403, code: "malwareDetected" }] },
  { what: "a hash that is wrong", files: 1, missing: 0, faults: (ids) => [{ match: deltaOf(ids), times: every, edits: [{ at: "/value/*/file/hashes/quickXorHash", value: "AAAAAAAAAAAAAAAAAAAAAAAAAAA=" }] }] },
];

/** Names by which the people of a list go; downloads are told apart by extension. */
const nameOf = (index: number): string => `p${String(index).padStart(2, "0")}`;
const EXTENSIONS = ["gif", "bmp", "tif", "png", "jpg", "com", "doc"];

async function tenantOf(tenant: string, cases: readonly Case[]): Promise<void> {
  await put(tenant, "tenant.json", JSON.stringify({ name: "Mairie", domain: DOMAIN }));
  for (const [index, one] of cases.entries()) await person(tenant, nameOf(index), one, extensionOf(one));
}

/** The extension that a case's faults of downloads name. */
function extensionOf({ faults }: Case): string | undefined {
  const text = JSON.stringify(faults({ user: "", drive: "" }));
  return EXTENSIONS.find((extension) => text.includes(`content\\\\.${extension}`));
}

async function idsOf(tenant: string): Promise<(name: string) => Ids> {
  const store = await TenantStore.load(tenant);
  return (name) => {
    const owner = store.owners.get(`${name}@${DOMAIN}`);
    return { user: owner?.id ?? "", drive: owner === undefined ? "" : (drivesOf(store, owner)[0]?.id ?? "").replace(/[.*+?^${}()|[\]\\!]/g, "\\$&") };
  };
}

async function faultsFile(tenant: string, cases: readonly Case[], more: readonly Fault[] = []): Promise<void> {
  const ids = await idsOf(tenant);
  await writeFile(path.join(tenant, "faults.json"), JSON.stringify([...cases.flatMap((one, index) => one.faults(ids(nameOf(index)))), ...more]));
}

async function staged(cases: readonly Case[], fill: (tenant: string) => Promise<unknown> = () => Promise.resolve(), more: readonly Fault[] = []): Promise<Stage> {
  return stage(async (tenant) => {
    await tenantOf(tenant, cases);
    await fill(tenant);
    await faultsFile(tenant, cases, more);
  }, (tenant) => ["--faults", path.join(tenant, "faults.json"), "--page-most", "100", "--log", path.join(tenant, "requests.jsonl")]);
}

/** Lines of a comparison that are a person's. */
const of = (lines: readonly string[], name: string): string[] => lines.filter((line) => line.startsWith(`${name}@`));

describe("faults that pass", () => {
  let stand: Stage;
  let work: WorkDir;
  let first: Ended;
  let second: Ended;
  let compared: Awaited<ReturnType<typeof compareTrees>>;
  const CHATS: readonly Fault[] = [
    { match: "/chats/[^/]+/messages\\?", nth: 2, status: 401, code: "InvalidAuthenticationToken" }, { match: "/chats/[^/]+/messages\\?.*skip", action: "repeat-link" },
    { match: "/chats/[^/]+/messages", times: every, edits: [{ at: "/value/*/from", value: null }] },
  ];

  beforeAll(async () => {
    stand = await staged(PASSING, (tenant) => chat(tenant, "Projet", ["p02", "p03"], 120), CHATS);
    work = await workDir(stand.served, { routes: [{ workload: ["mail", "calendar", "contacts", "files", "chats"], to: "archive" }] });
    first = await cli(["migrate", "--config", work.config, "--json"]);
    compared = await compareTrees(stand.tenant, path.join(work.dir, "archive"));
    second = await cli(["migrate", "--pass", "delta", "--config", work.config, "--json"]);
  }, 600_000);

  afterAll(async () => {
    await stand.remove();
    await work.remove();
  });

  it("end well, with nothing failed or blocked", () => {
    const { counts, blocked } = summary(first.stdout);
    expect({ code: first.code, failed: counts["failed"], blocked }).toEqual({ code: 0, failed: 0, blocked: [] });
  });

  it.each(PASSING.map(({ what, ...content }, index) => ({ what, content, name: nameOf(index) })))("$what: all of $name arrives, once", ({ name, content }) => {
    expect({ missing: of(compared.missing, name), extra: of(compared.extra, name) }).toEqual({ missing: [], extra: [] });
    const { mail = 0, files = 0, events = 0, contacts = 0 } = content;
    expect(mail + files + events + contacts).toBeGreaterThan(0);
  });

  it("every message of the chat arrives once, whoever wrote it", async () => {
    const lines = (await readFile(path.join(work.dir, "archive/chats/Projet/messages.jsonl"), "utf8")).trim().split("\n").map((line) => JSON.parse(line) as { createdDateTime: string });
    expect(new Set(lines.map(({ createdDateTime }) => Date.parse(createdDateTime))).size).toBe(120);
    expect(lines).toHaveLength(120);
  });

  it("a second pass survives expired deltas and writes nothing twice", async () => {
    const { counts } = summary(second.stdout);
    expect({ code: second.code, migrated: counts["migrated"], failed: counts["failed"] }).toEqual({ code: 0, migrated: 0, failed: 0 });
    const after = await compareTrees(stand.tenant, path.join(work.dir, "archive"));
    expect({ missing: after.missing, extra: after.extra }).toEqual({ missing: [], extra: [] });
    const expired = (await readFile(path.join(stand.tenant, "requests.jsonl"), "utf8")).split("\n").filter((line) => /"status":410/.test(line) || (/"status":400/.test(line) && line.includes("deltatoken")));
    // One while listing, and the five of the second pass.
    expect(expired).toHaveLength(6);
  });

  it("leave a sound vault", async () => {
    const check = await cli(["vault", "check", "--read-data", "--config", work.config, "--json"]);
    expect({ code: check.code, problems: records(check.stdout).filter(({ kind }) => kind === "problem") }).toEqual({ code: 0, problems: [] });
  });
});

describe("faults that stay", () => {
  let stand: Stage;
  let work: WorkDir;
  let run: Ended;
  let compared: Awaited<ReturnType<typeof compareTrees>>;
  const PICTURES: readonly Fault[] = [{ match: "/hostedContents/", times: every, status: 403, code: "Forbidden" }];

  beforeAll(async () => {
    stand = await staged(LASTING, (tenant) => chat(tenant, "Projet", ["p02", "p03"], 3), PICTURES);
    work = await workDir(stand.served, { routes: [{ workload: ["mail", "calendar", "contacts", "files", "chats"], to: "archive" }] });
    run = await cli(["migrate", "--config", work.config, "--json"]);
    compared = await compareTrees(stand.tenant, path.join(work.dir, "archive"));
  }, 600_000);

  afterAll(async () => {
    await stand.remove();
    await work.remove();
  });

  it("end with the exit code that asks for consent, which one mailbox lacks", () => {
    expect(run.code).toBe(13);
  });

  it.each(LASTING.map(({ what, blocked = [], items = [], missing }, index) => ({ what, blocked, items, missing, name: nameOf(index) })))("$what: $name is accounted for", ({ name, blocked, items, missing }) => {
    const parked = (summary(run.stdout).blocked as unknown as { code: string; workload: string; ownerName: string }[]).filter(({ ownerName }) => ownerName.startsWith(`${name}@`));
    const given = records(run.stdout).filter(({ type, stage, state, title }) => type === "item" && stage === "pull" && (state === "failed" || state === "skipped") && String(title).startsWith(name));
    expect({
      blocked: parked.map(({ code, workload }) => `${workload} ${code}`).sort(), items: given.map(({ failure }) => (failure as { code: string }).code), missing: of(compared.missing, name).length,
      extra: of(compared.extra, name),
    }).toEqual({ blocked, items, missing, extra: [] });
  });

  it("a chat whose pictures are refused arrives with a loss", () => {
    const reasons = records(run.stdout).filter(({ type, stage }) => type === "item" && stage === "push").flatMap(({ losses }) => ((losses ?? []) as { reason: string }[]).map(({ reason }) => reason));
    expect(reasons).toEqual(expect.arrayContaining(["conversation.picture-unreadable", "files.hash-mismatch"]));
  });

  it("leave a sound vault", async () => {
    expect((await cli(["vault", "check", "--read-data", "--config", work.config])).code).toBe(0);
  });
});
