import { mkdtemp, readdir, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "@jest/globals";
import { codeOf } from "../../../src/cli/hand-over.js";
import { EXIT } from "../../../src/cli/exit-codes.js";
import type { Owner } from "../../../src/core/item.js";
import type { StandingItem } from "../../../src/core/state.js";
import type { Holdings } from "../../../src/export/holdings.js";
import type { ContentFile } from "../../../src/export/handover/package-content.js";
import { PackageFolder } from "../../../src/export/handover/package-folder.js";
import { languageOf, writePackage, type PackageOptions, type PackageResult } from "../../../src/export/handover/package.js";

const ZOE: Owner = { id: "z", name: "zoe@commune.example", kind: "user", displayName: "Zoé" };
const DELIVERED: StandingItem = {
  owner: ZOE.id, workload: "files", id: "1", title: "Plan.pdf", standing: "delivered", size: 3, losses: [], at: { container: "users/zoe/drive", ref: "Plan.pdf" },
} as unknown as StandingItem;

async function* stream<T>(rows: readonly T[]): AsyncGenerator<T> {
  for (const row of rows) yield await Promise.resolve(row);
}

function file(name: string, text: string): ContentFile {
  return { path: name, size: Buffer.byteLength(text), open: () => stream([Buffer.from(text)]) };
}

describe("one package after another", () => {
  let dir = "";
  let failures: unknown[] = [];
  beforeEach(async () => {
    dir = await mkdtemp(path.join(tmpdir(), "exodus-packages-"));
    failures = [];
  });
  afterEach(() => rm(dir, { recursive: true, force: true }));

  const nothing = { owners: () => Promise.resolve([]), items: () => stream([]), folders: () => stream([]) } as unknown as Holdings;
  const next = (files: readonly ContentFile[], items: readonly StandingItem[] = [DELIVERED], more: Partial<PackageOptions> = {}): Promise<PackageResult> =>
    writePackage({
      dir, receiver: "wimi", vault: "v", target: "archive", archive: "/srv/archive", agent: "test", asOf: undefined, partSize: 1e9, files: stream(files), signal: new AbortController().signal, lang: "fr",
      holdings: nothing, owners: [ZOE], people: { account: () => undefined, domains: new Set() }, identities: { everyone: () => [], account: () => undefined, kind: () => undefined },
      units: [{ owner: ZOE.id, workload: "files", target: "archive", of: ZOE }], standing: () => stream(items), placeOf: ({ container, ref }) => `${container}/${ref}`,
      notRead: [], explain: () => "", lossText: () => "", receiverIn: () => ({ title: "Wimi", page: "", known: [], asks: [] }), wordsIn: () => ({ lossText: () => "", workload: (name) => name }),
      onRefused: () => undefined, onFailure: (thrown) => { failures.push(thrown); }, ...more,
    });

  it("does not take an archive that is away for one of which everything is gone", async () => {
    await next([file("users/zoe/drive/Plan.pdf", "one")]);
    await expect(next([])).rejects.toMatchObject({ code: "HANDOVER_EMPTY", params: { dir: "/srv/archive" } });
    expect(await readdir(dir)).toEqual(["001"]);
    // The archive is back: nothing has changed.
    expect((await next([file("users/zoe/drive/Plan.pdf", "one")])).written).toBeUndefined();
    // Nothing was ever handed over, or all was removed on purpose.
    await rm(path.join(dir, "001"), { recursive: true });
    await expect(next([], [])).rejects.toMatchObject({ code: "HANDOVER_EMPTY" });
    await next([file("users/zoe/drive/Plan.pdf", "one")]);
    expect(await next([], [])).toMatchObject({ number: 2, written: { content: { files: 0, gone: 1 } } });
  });

  it("tells what is lacking although nothing has changed", async () => {
    const lacking = [DELIVERED, { ...DELIVERED, id: "2", standing: "failed", at: undefined, failure: { code: "TARGET_DENIED", params: {} } }, { ...DELIVERED, id: "3", standing: "pending", at: undefined }] as readonly StandingItem[];
    const files = [file("users/zoe/drive/Plan.pdf", "one")];
    await next(files, lacking);
    const again = await next(files, lacking);
    expect(again).toMatchObject({ number: 1, tables: { items: { delivered: 1, failed: 1, pending: 1 } } });
    expect(again.written).toBeUndefined();
    expect(failures).toEqual([]);
    const none = { delivered: 1, kept: 1, skipped: 1, failed: 0, pending: 0 };
    expect([codeOf(0, again.tables.items), codeOf(0, { ...none, failed: 1 }), codeOf(0, { ...none, pending: 1 }), codeOf(1, none), codeOf(0, none)]).toEqual([EXIT.partial, EXIT.partial, EXIT.partial, EXIT.partial, EXIT.complete]);
    expect(await readFile(path.join(dir, "001/tables/items.csv"), "utf8")).toContain('"pending"');
  });

  it("tells the address that a page of a notebook had", async () => {
    const record = { v: 1, type: "note-page", title: "Séance", tags: [], url: "https://onenote.example/seance", resources: [] };
    const holdings = { ...nothing, record: () => Promise.resolve({ record }) } as unknown as Holdings;
    const page = { ...DELIVERED, workload: "notes", title: "Séance", place: {}, at: { container: "users/zoe/notes", ref: "Séance.json" } } as unknown as StandingItem;
    await next([file("users/zoe/notes/Séance.json", "{}")], [page], { holdings, units: [{ owner: ZOE.id, workload: "notes", target: "archive", of: ZOE }] });
    expect((await readFile(path.join(dir, "001/tables/links.csv"), "utf8")).split("\r\n")[1]).toBe('"https://onenote.example/seance";"page";"zoe@commune.example";"notes";"Séance";"001/users/zoe/part-001/notes/Séance.json";"1"');
    expect(failures).toEqual([]);
  });

  it("goes on in the language of the package before, or of the one that was cut off", async () => {
    expect(await languageOf(path.join(dir, "none"))).toBeUndefined();
    await next([file("users/zoe/drive/Plan.pdf", "one")], [DELIVERED], { lang: "en" });
    expect(await languageOf(dir)).toBe("en");
    const cut = await PackageFolder.open(dir, 2, false, "fr");
    expect(await languageOf(dir)).toBe("fr");
    // One that was cut off before it could say.
    await cut.finish();
    expect(await languageOf(dir)).toBe("en");
  });
});
