import { afterAll, beforeAll, describe, expect, it } from "@jest/globals";
import type { Change } from "../../src/core/item.js";
import { graphError } from "../../src/graph/client/error-table.js";
import { readFile } from "../../src/graph/drive/drive-file.js";
import { NO_LIBRARY } from "../../src/graph/drive/library.js";
import type { DriveItem } from "../../src/graph/drive/drive-item.js";
import { QuickXorHash } from "../../src/graph/drive/quick-xor-hash.js";
import { createFilesWorkload } from "../../src/graph/workloads/files.js";
import type { GraphClient } from "../../src/graph/client/client.js";
import { decodeFileName, encodeFileName, NAME_BYTES, shortFileName } from "../../src/lib/file-names.js";
import { FakeContext, fakeClient, feedsOf, OWNER, page, round, type Answer } from "../unit/graph-calendar/fake-client.js";
import { HOME, TrapStage } from "./stage.js";

const DRIVE = `${HOME}/drive`;
const LONG = "é".repeat(120);

describe("files", () => {
  let stage: TrapStage;

  beforeAll(async () => {
    stage = await TrapStage.start({
      [`${DRIVE}/vide.txt`]: "",
      [`${DRIVE}/Carnet`]: "x", [`${DRIVE}/Raccourci`]: "x",
      [`${DRIVE}/lettre.txt`]: "trois", [`${DRIVE}/lettre.txt.versions/1`]: "un", [`${DRIVE}/lettre.txt.versions/2`]: "deux",
      [`${DRIVE}/Caf\u00e9.txt`]: "NFC", [`${DRIVE}/Cafe\u0301.txt`]: "NFD", [`${DRIVE}/CAF\u00c9.txt`]: "haut",
      [`${DRIVE}/${LONG}/${LONG}/${LONG}/%3Cprovisoire%3E %2A%3F.txt`]: "loin",
      [`${HOME}/drive.json`]: JSON.stringify({ Carnet: { package: true }, Raccourci: { remoteItem: true } }),
    });
  });
  afterAll(() => stage.stop());

  it("12. A download URL expires: it is asked for again when it is refused, and the transfer goes on by Range", async () => {
    const faults = [{ match: "^GET /download/", nth: 1, times: 1, status: 403 }, { match: "^GET /download/", nth: 2, times: 1, action: "truncate" as const }];
    const own = await TrapStage.start({ [`${DRIVE}/a.txt`]: "0123456789" }, { faults });
    try {
      expect((await own.round("files")).body("a.txt")).toBe("0123456789");
      const counts = (await own.served.send("GET", `${own.served.sandbox.ready.graph}/sandbox/requests`)).json;
      expect(counts).toMatchObject({ "GET 302": 2, "GET 206": 1 });
    } finally {
      await own.stop();
    }
  });

  describe("of one drive", () => {
    let files: Awaited<ReturnType<TrapStage["round"]>>;
    beforeAll(async () => {
      files = await stage.round("files");
    });
    const told = (kind: Change["kind"], title: string): Change | undefined => files.changes.find((change) => change.kind === kind && "title" in change && change.title === title);

    it("14. OneNote `package` items have no content stream: left out by rule", () => {
      expect(told("skipped", "Carnet")).toMatchObject({ code: "ONENOTE_PACKAGE" });
      expect(told("item", "Carnet")).toBeUndefined();
    });

    it("15. `remoteItem` shortcuts: the other user's drive is not copied", () => {
      expect(told("skipped", "Raccourci")).toMatchObject({ code: "SHORTCUT" });
      expect(files.changes.filter((change) => change.kind === "container" && change.container.name === "Raccourci")).toEqual([]);
    });

    it("16. Names illegal on targets, over 255 bytes, paths over 400 characters, case twins, NFC and NFD: read as they are, written so that all stay apart", () => {
      const names = files.items.map(({ title }) => title).filter((title) => /^caf/i.test(title) || title.startsWith("<"));
      expect(names.sort()).toEqual(["<provisoire> *?.txt", "CAF\u00c9.txt", "Cafe\u0301.txt", "Caf\u00e9.txt"]);
      for (const name of [...names, "x".repeat(300), ". ", "a/b\\c", "nul\u0000"]) {
        expect(encodeFileName(name)).not.toMatch(/[/\\:*?"<>|\u0000-\u001f]|[. ]$/);
        expect(decodeFileName(encodeFileName(name))).toBe(name);
        expect(Buffer.byteLength(shortFileName(encodeFileName(name)))).toBeLessThanOrEqual(NAME_BYTES);
      }
      expect(files.body("<provisoire> *?.txt")).toBe("loin");
    });

    it("18. Versions of the current item are in `/versions` too: the first entry is the present one, and is not kept twice", () => {
      const { record, parts } = files.item("lettre.txt");
      expect(parts.map(({ sha256 }) => stage.context.texts.get(sha256))).toEqual(["un", "deux"]);
      expect(record["versions"]).toHaveLength(2);
      expect(files.body("lettre.txt")).toBe("trois");
    });
  });
});

describe("files as a fake service tells them", () => {
  const hashOf = (text: string): string => {
    const hash = new QuickXorHash();
    hash.update(Buffer.from(text));
    return hash.digest();
  };
  const item = (extra: Partial<DriveItem>): DriveItem => ({ id: "f", name: "f.docx", size: 5, eTag: "e", cTag: "c", parentReference: { id: "root" }, file: {}, ...extra });

  /** A drive whose addresses lead to `answers`, one after the other, the last one for ever. */
  function drive(routes: Readonly<Record<string, Answer>>, ...answers: readonly (string | Error)[]): GraphClient & { readonly downloads: string[]; readonly addresses: string[] } {
    const [downloads, addresses]: [string[], string[]] = [[], []];
    return {
      ...fakeClient(routes), downloads, addresses,
      location: (path) => { addresses.push(path); return Promise.resolve(`https://x/${addresses.length}`); },
      async *download(url) {
        await Promise.resolve();
        const answer = answers[Math.min(downloads.push(url), answers.length) - 1];
        if (answer instanceof Error) throw answer;
        yield Buffer.from(answer ?? "");
      },
    };
  }
  const read = async (client: GraphClient, one: DriveItem, context = new FakeContext()) => ({ change: await readFile({ client, driveId: "d", request: { signal: context.signal }, context, versions: 0, library: NO_LIBRARY }, OWNER, one, "root"), context });
  const refusal = (status: number, body: string) => graphError({ status, headers: { get: () => null }, body, path: "download", permission: "Files.Read.All" });

  it("13. `quickXorHash` is missing for some items and wrong for others: bytes that come twice the same are kept, with a loss where the hash differs", async () => {
    expect((await read(drive({}, "12345"), item({}))).change).toMatchObject({ kind: "item", losses: [] });
    expect((await read(drive({}, "12345"), item({ file: { hashes: { quickXorHash: hashOf("12345") } } }))).change).toMatchObject({ losses: [] });
    const wrong = drive({}, "12345");
    expect((await read(wrong, item({ file: { hashes: { quickXorHash: hashOf("autre") } } }))).change).toMatchObject({ kind: "item", losses: [{ reason: "files.hash-mismatch", side: "source" }] });
    expect(wrong.downloads).toHaveLength(2);
  });

  it.each(["123", "1234567890"])("40. The size that an item tells is not that of its content (%s): what is served to its end is the content", async (served) => {
    const client = drive({}, served);
    const { change, context } = await read(client, item({ file: { hashes: { quickXorHash: hashOf(served) } } }));
    expect(change).toMatchObject({ kind: "item", losses: [], record: { size: served.length } });
    expect(context.body(change)).toBe(served);
    expect(client.downloads).toHaveLength(1);
  });

  it("17. File of zero bytes: nothing is asked for, whatever the drive would answer, and it needs no hash", async () => {
    const client = drive({}, refusal(416, ""));
    expect((await read(client, item({ size: 0 }))).change).toMatchObject({ kind: "item", body: { size: 0 }, losses: [] });
    expect(client.downloads).toEqual([]);
  });

  describe("a drive", () => {
    const shared = { "/users/u1/drives": () => [page({ id: "d" })], "/drives/d/root": () => ({ id: "root" }), "/users/u1/drive": () => ({ id: "d" }), "/drives/d/items/f/versions": () => [page()], "/drives/d/items/g/versions": () => [page()] };
    const changesOf = async (client: GraphClient, context = new FakeContext()): Promise<readonly Change[]> => {
      const files = createFilesWorkload(client);
      const [feed] = await feedsOf(files);
      if (feed === undefined) throw new Error("no drive");
      return (await round(files, feed, context)).changes;
    };
    const listing = (...rows: readonly object[]) => ({ ...shared, "/drives/d/root/delta": () => [...rows.map((row) => page(row)), { value: [], deltaLink: "d" }] });

    it("41. An infected file whose item does not say so is refused at its download: left out by rule, whatever else is in the drive is read", async () => {
      const infected = refusal(403, JSON.stringify({ error: { code: "malwareDetected", message: "Malware detected" } }));
      const changes = await changesOf(drive(listing(item({}), item({ id: "g", name: "g.txt" })), infected, "12345"));
      expect(changes.filter(({ kind }) => kind === "skipped" || kind === "item")).toEqual([expect.objectContaining({ kind: "skipped", id: "f", code: "MALWARE" }), expect.objectContaining({ kind: "item", title: "g.txt" })]);
    });

    it("42. A download that every fresh address refuses without a word (403 and HTML) is that file's failure, not the drive's", async () => {
      const html = refusal(403, "<html></html>");
      const client = drive(listing(item({}), item({ id: "g", name: "g.txt" })), html, html, html, "12345");
      const changes = await changesOf(client);
      expect(changes.filter(({ kind }) => kind === "unreadable" || kind === "item")).toEqual([expect.objectContaining({ kind: "unreadable", id: "f", code: "GRAPH_REFUSED" }), expect.objectContaining({ kind: "item", title: "g.txt" })]);
      expect(client.addresses).toEqual(["/drives/d/items/f/content", "/drives/d/items/f/content", "/drives/d/items/f/content", "/drives/d/items/g/content"]);
    });

    it("43. An item is made and deleted in the same round, and a deleted row comes without its name: the `deleted` facet buries it", async () => {
      const changes = await changesOf(drive(listing(item({}), { id: "f", deleted: { state: "deleted" }, file: {}, parentReference: { id: "root" } }), "12345"));
      expect(changes.filter((change) => "id" in change ? change.id === "f" : change.kind === "item").map(({ kind }) => kind)).toEqual(["item", "tombstone"]);
    });
  });
});
