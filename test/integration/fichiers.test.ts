import { randomUUID } from "node:crypto";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "@jest/globals";
import { adapter } from "../../adapters/fichiers/index.js";
import type { Adapter, TargetContainer, TargetRef, TargetSession } from "../../src/core/adapter.js";
import type { Item, PlacedContainer } from "../../src/core/item.js";
import type { FileRecord } from "../../src/format/records.js";
import { thrownBy } from "../../src/kit/conformance/expectations.js";
import { contextOf, MemoryBlobs, MemoryLedger, sampleOwner } from "../../src/kit/conformance/harness.js";
import { sampleItem } from "../../src/kit/conformance/sample-item.js";
import { DEFAULTS } from "../emulators/fichiers/items.js";
import { EmulatedFichiers } from "../emulators/fichiers/server.js";
import { testEnvironment } from "../environment.js";
import { ACTIONS } from "../fichiers.js";
import { taken, type Taken } from "../taken.js";

const SECRET = "mot-de-passe-du-service";
const SIGNAL = new AbortController().signal;
const server = new EmulatedFichiers({ migration: SECRET });
const { store, settings } = server;

const blobs = new MemoryBlobs();
const ledger = new MemoryLedger();
let opened: Adapter;
let session: TargetSession;
let into: TargetContainer;
const placed: PlacedContainer = { workload: "files", owner: "zoe", id: "dossier", name: "Dossier", path: ["Dossier"] };

async function open(signIn: Record<string, string> = { tokenUrl: server.tokenUrl, clientId: "migration", clientSecret: "env:SECRET" }, more: Record<string, unknown> = {}, token = ""): Promise<void> {
  opened = await adapter.create(adapter.options.parse({ url: server.url, signIn, ...more }), testEnvironment("suite", { "env:SECRET": SECRET, "env:TOKEN": token }));
  session = await opened.connect({ owner: sampleOwner("zoe@commune.example"), name: "zoe@commune.example" }, "files", SIGNAL);
}

async function shut(): Promise<void> {
  await session.close();
  await opened.close();
}

function file(name: string, content: string | Uint8Array, id: string = randomUUID(), more: Partial<FileRecord> = {}): Item {
  const body = blobs.add(content, ".bin");
  return sampleItem<FileRecord>("files", name, { v: 1, type: "file", name, size: body.size, versions: [], ...more }, body, id);
}

async function put(item: Item, known?: TargetRef): Promise<Taken> {
  return taken(await session.put(item, contextOf({ blobs, ledger, signal: SIGNAL }, item, placed, into, known)));
}

/** Titles and bytes that stand in the folder, by the emulator's own store. */
const standing = (): Record<string, string> => Object.fromEntries(store.children(into.id).filter(({ state }) => state !== "pending").map((item) => [item.title, store.content(item).toString()]));
const pending = (): number => store.children(into.id).filter(({ state }) => state === "pending").length;
/** The mishap befalls the first request of that kind alone. */
function once(kind: RegExp, mishap: number | "cut" | "cut-after"): void {
  let left = 1;
  server.mishap = ({ door, method, path }) => (kind.test(`${door} ${method} ${path}`) && left-- > 0 ? mishap : undefined);
}

beforeAll(() => server.start());
afterAll(() => server.stop());
beforeEach(async () => {
  Object.assign(settings, DEFAULTS, { actions: ACTIONS });
  [server.mishap, server.tokenSeconds] = [() => undefined, 300];
  store.items.clear();
  store.objects.clear();
  await open();
  into = await session.prepare(placed, undefined, SIGNAL);
  server.log.splice(0);
});
afterEach(async () => {
  await shut();
  expect(server.undescribed.splice(0)).toEqual([]);
});

describe("what Fichiers refuses is told in its own words", () => {
  it.each([
    ["an extension", () => file("outil.exe", "x"), {}, "TARGET_REFUSED_ITEM", "children: HTTP 400: item_create_file_extension_not_allowed: This file extension is not allowed."],
    ["no extension", () => file("LISEZMOI", "x"), {}, "TARGET_REFUSED_ITEM", "children: HTTP 400: item_create_file_extension_not_allowed: This file extension is not allowed."],
    ["a kind of content", () => file("outil.pdf", "MZ\u0090"), {}, "TARGET_REFUSED_ITEM", "upload_ended: HTTP 400: file_type_not_allowed: The file type is not allowed."],
    ["a size", () => file("gros.txt", "0123456789"), { maxBytes: 9 }, "TARGET_REFUSED_ITEM", "upload_ended: HTTP 400: file_size_exceeded: The file size is higher than the allowed max size."],
    ["a full account", () => file("de-trop.txt", "x"), { quota: 0 }, "TARGET_QUOTA_FULL", "children: HTTP 403: user_quota_exceeded: You have exceeded your storage limit."],
    ["an action that is not open", () => file("fini.txt", "x"), { actions: ACTIONS.filter((action) => action !== "upload_ended") }, "TARGET_DENIED", "upload_ended: HTTP 403: permission_denied: You do not have permission to perform this action."],
    ["another right than the signed one", () => file("droit.txt", "x"), { acl: "bucket-owner-full-control" }, "TARGET_DENIED", "upload: HTTP 403: SignatureDoesNotMatch: The request signature we calculated does not match the signature you provided."],
  ])("%s", async (_title, make, more, code, reason) => {
    Object.assign(settings, more);
    const error = await thrownBy(() => put(make()));
    expect({ code: error.code, reason: error.params["reason"], standing: standing() }).toEqual({ code, reason, standing: {} });
  });

  it("and nothing is left of a refused file, which arrives once it is allowed", async () => {
    const item = file("outil.pdf", "MZ\u0090");
    await thrownBy(() => put(item));
    settings.types = [...DEFAULTS.types, "application/x-dosexec"];
    expect((await put(item)).outcome).toBe("created");
    expect([Object.keys(standing()), store.objects.size]).toEqual([["outil.pdf"], 1]);
  });

  it("and a suspicious file is told when it is looked at again", async () => {
    settings.scan = "unsafe";
    const item = file("virus.txt", "x");
    const { ref } = await put(item);
    expect(await session.verify(item, ref, contextOf({ blobs, ledger, signal: SIGNAL }, item, placed, into, ref))).toEqual({ state: "different", fields: [{ field: "state", expected: "", found: "suspicious" }] });
  });
});

describe("names at Fichiers", () => {
  it("that are there twice get a number, which is a named loss, and stay as they are", async () => {
    await put(file("note.txt", "une"));
    const second = file("note.txt", "deux");
    const { ref, losses } = await put(second);
    expect(losses).toEqual([{ field: "name", change: "approximated", side: "target", reason: "files.renamed-conflict" }]);
    expect((await put(second, ref)).outcome).toBe("unchanged");
    expect(standing()).toEqual({ "note.txt": "une", "note_01.txt": "deux" });
  });

  it.each([["Budget_2023.txt", "Budget.txt"], ["note_01.txt", "note.txt"]])("that lose a number at the source lose it here: %s", async (from, to) => {
    const id = randomUUID();
    const { ref } = await put(file(from, "x", id));
    const renamed = await put(file(to, "x", id), ref);
    expect([renamed.outcome, renamed.losses, standing()]).toEqual(["updated", [], { [to]: "x" }]);
  });

  it("that lose a number onto a name that is taken get the server's own, and keep it", async () => {
    await put(file("note.txt", "une"));
    const id = randomUUID();
    const { ref } = await put(file("note_2023.txt", "deux", id));
    const renamed = file("note.txt", "deux", id);
    const { losses } = await put(renamed, ref);
    expect([losses.map(({ reason }) => reason), (await put(renamed, ref)).outcome]).toEqual([["files.renamed-conflict"], "unchanged"]);
    const context = contextOf({ blobs, ledger, signal: SIGNAL }, renamed, placed, into, ref);
    expect((await session.verify(renamed, ref, context)).state).toBe("unverifiable");
    for (const item of store.children(into.id)) if (item.title === "note.txt") item.deleted = true;
    expect((await session.verify(renamed, ref, context)).fields.map(({ field }) => field)).toEqual(["name"]);
  });

  it("of folders too", async () => {
    const sub: PlacedContainer = { workload: "files", owner: "zoe", id: "sous", parentId: placed.id, name: "Conseil_2023", path: ["Dossier", "Conseil_2023"] };
    const { id } = await session.prepare(sub, undefined, SIGNAL);
    await session.prepare({ ...sub, name: "Conseil", path: ["Dossier", "Conseil"] }, id, SIGNAL);
    expect(store.items.get(id)?.title).toBe("Conseil");
  });

  it("without a letter of ASCII are written by the percent rule", async () => {
    const { losses } = await put(file("\u65e5\u672c.txt", "x"));
    expect([Object.keys(standing()), losses.map(({ reason }) => reason)]).toEqual([["%E6%97%A5%E6%9C%AC.txt"], ["files.name"]]);
  });

  it("follow the source, as contents do: the old content goes to the trash once the new one is whole", async () => {
    const id = randomUUID();
    const first = await put(file("a.txt", "un", id));
    const second = await put(file("a.txt", "deux", id), first.ref);
    expect([standing(), second.losses, store.items.get(first.ref.id)?.deleted]).toEqual([{ "a.txt": "deux" }, [], true]);
    expect((await put(file("b.txt", "deux", id), second.ref)).outcome).toBe("updated");
    expect(standing()).toEqual({ "b.txt": "deux" });
    // The first content again: its identifier is spent by what lies in the trash.
    const third = await put(file("b.txt", "un", id), second.ref);
    expect([standing(), third.ref.id === first.ref.id]).toEqual([{ "b.txt": "un" }, false]);
  });

  it("a content that is refused leaves the old one where it stands", async () => {
    const id = randomUUID();
    const { ref } = await put(file("a.pdf", "%PDF-1", id));
    await thrownBy(() => put(file("a.pdf", "MZ\u0090", id), ref));
    expect(standing()).toEqual({ "a.pdf": "%PDF-1" });
  });
});

describe("what Fichiers loses is named", () => {
  it("dates, authors, versions and rights", async () => {
    const old = blobs.add("avant", ".bin");
    const { losses } = await put(file("tout.txt", "x", randomUUID(), {
      createdAt: "2020-01-01T00:00:00Z", modifiedAt: "2021-01-01T00:00:00Z", createdBy: "Zoé", permissions: { inherits: true, granted: [] }, versions: [{ id: "1.0", modifiedAt: "2020-06-01T00:00:00Z", size: old.size, sha256: old.sha256 }],
    }));
    expect(losses.map(({ reason }) => reason).sort()).toEqual(["files.authors", "files.dates", "files.permissions", "files.versions"]);
  });
});

describe("a way that breaks", () => {
  it.each([
    ["the item made, its answer lost", /api POST .*children/, "cut-after"],
    ["HTTP 502 instead of the item", /api POST .*children/, 502],
    ["the bytes lost", /storage PUT/, "cut"],
    ["the bytes there, their answer lost", /storage PUT/, "cut-after"],
    ["the storage busy", /storage PUT/, 503],
    ["a killed run between bytes and end", /api POST .*upload-ended/, "stop"],
  ] as const)("%s: put again, it is there once", async (_title, kind, mishap) => {
    const item = file("une-fois.txt", "contenu");
    if (mishap === "stop") {
      // Nothing that is tried later gets through: as if nobody tried.
      server.mishap = ({ door, method, path }) => (kind.test(`${door} ${method} ${path}`) ? "cut" : undefined);
    } else once(kind, mishap);
    const error = await thrownBy(() => put(item));
    expect(["TARGET_PASSING", "TARGET_CONNECTION"]).toContain(error.code);
    server.mishap = () => undefined;
    await shut();
    await open();
    expect((await put(item)).outcome).toBe("created");
    expect([standing(), pending()]).toEqual([{ "une-fois.txt": "contenu" }, 0]);
  });

  it("the end told, its answer lost: told again, the server says so, and nothing is sent twice", async () => {
    once(/api POST .*upload-ended/, "cut-after");
    expect((await put(file("fin.txt", "contenu"))).outcome).toBe("created");
    expect([standing(), server.writes().filter((line) => line.startsWith("storage")).length]).toEqual([{ "fin.txt": "contenu" }, 1]);
  });

  it("an address for bytes that has expired is asked for again", async () => {
    settings.policySeconds = -1;
    const item = file("lent.txt", "contenu");
    expect((await thrownBy(() => put(item))).params["reason"]).toBe("upload: HTTP 403: AccessDenied: Request has expired");
    settings.policySeconds = 60;
    await put(item);
    expect([standing(), pending()]).toEqual([{ "lent.txt": "contenu" }, 0]);
  });

  it("cut twenty times, it arrives the next time", async () => {
    const item = file("malchance.txt", "contenu");
    server.mishap = ({ door }) => (door === "storage" ? "cut" : undefined);
    for (let at = 0; at < 20; at++) await thrownBy(() => put(item));
    server.mishap = () => undefined;
    expect((await put(item)).outcome).toBe("created");
    expect([standing(), pending()]).toEqual([{ "malchance.txt": "contenu" }, 0]);
  });

  it("a server that goes and comes back", async () => {
    const item = file("revenu.txt", "contenu");
    await server.stop();
    expect((await thrownBy(() => put(item))).errorClass).toBe("retryable");
    await server.start();
    await put(item);
    expect(standing()).toEqual({ "revenu.txt": "contenu" });
  });
});

describe("an account's folder", () => {
  const top: PlacedContainer = { workload: "files", owner: "zoe", id: "racine", name: "", path: [] };
  const roots = (): string[] => [...store.items.values()].filter(({ parent, deleted }) => parent === undefined && !deleted).map(({ id }) => id);

  it("is the known one, and is found again, when what came before it in the trash was purged", async () => {
    for (const id of roots()) Object.assign(store.items.get(id) ?? {}, { deleted: true });
    const { id } = await session.prepare(top, undefined, SIGNAL);
    for (const item of [...store.items.values()]) if (item.deleted) store.items.delete(item.id);
    const known = await session.prepare(top, id, SIGNAL);
    const found = await session.prepare(top, undefined, SIGNAL);
    expect([known, found].map((one) => [one.id, one.created])).toEqual([[id, false], [id, false]]);
    expect(roots()).toEqual([id]);
  });
});

describe("another signer", () => {
  it("who began the migration leaves what they made: it is made anew, beside it", async () => {
    const item = file("pilote.txt", "contenu");
    const pilot = { into: into.id, ref: (await put(item)).ref };
    await shut();
    await open({ token: "env:TOKEN" }, {}, server.issue("autre"));
    into = await session.prepare(placed, pilot.into, SIGNAL);
    expect((await put(item, pilot.ref)).outcome).toBe("updated");
    expect([into.id === pilot.into, standing(), store.items.get(pilot.ref.id)?.deleted]).toEqual([false, { "pilote.txt": "contenu" }, false]);
    expect((await thrownBy(() => session.remove(pilot.ref, { id: pilot.into, created: false, losses: [] }, SIGNAL))).code).toBe("TARGET_DENIED");
  });

  it("is not taken for the action that is closed: nothing is made a second time", async () => {
    const item = file("une.txt", "contenu");
    await put(item);
    settings.actions = ACTIONS.filter((action) => action !== "retrieve");
    expect((await thrownBy(() => put(item))).code).toBe("TARGET_DENIED");
    expect(standing()).toEqual({ "une.txt": "contenu" });
  });
});

describe("tokens for Fichiers", () => {
  it("that end are renewed, once for all who wait", async () => {
    server.revoke();
    await Promise.all([1, 2, 3, 4].map((at) => put(file(`note-${at}.txt`, String(at)))));
    expect([Object.keys(standing()).length, server.log.filter(({ door }) => door === "sign-in").length]).toEqual([4, 1]);
  });

  it("that were given and ended stop the account by name", async () => {
    await shut();
    await open({ token: "env:TOKEN" }, {}, server.issue("migration", -1));
    const error = await thrownBy(() => put(file("a.txt", "x")));
    expect([error.code, error.errorClass]).toEqual(["TARGET_TOKEN", "permanent-container"]);
  });

  it("go to no other host: the object storage sees none", async () => {
    await put(file("a.txt", "x"));
    const seen = (name: string): boolean[] => [...new Set(server.log.filter(({ door }) => door === name).map(({ authorization }) => authorization !== undefined))];
    expect([seen("api"), seen("storage"), seen("sign-in")]).toEqual([[true], [false], []]);
  });

  it("a bucket without rights of its own is sent none", async () => {
    settings.acl = "default";
    await put(file("a.txt", "x"));
    expect(standing()).toEqual({ "a.txt": "x" });
  });
});
