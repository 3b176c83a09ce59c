import { cp, mkdtemp, readdir, readFile, rm, stat, truncate, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { generateX25519Identity, identityToRecipient } from "age-encryption";
import { afterAll, beforeAll, describe, expect, it } from "@jest/globals";
import { openVaultKey } from "../../../src/vault/vault-key.js";
import { createVault } from "../../../src/vault/vault.js";
import { bytesOf, examine, forgotten, readAgain, repairUntil, storeBatch, using, type Place, type Stored } from "./small-run.js";

/** Two sealed segments and several sealed records files, then ones that grow. */
const SIZES = { segment: 6_000, records: 1_500 };
const ids = Array.from({ length: 14 }, (_, n) => `m${String(n).padStart(2, "0")}`);
const sizeOf = (id: string): number => (id === "m06" ? 1_200_000 : 700 + Number(id.slice(1)) * 10);
const BATCHES: readonly (readonly Stored[])[] = [0, 2, 4, 6, 8, 10, 12].map((from) => ids.slice(from, from + 2).map((id) => ({ id, size: sizeOf(id) })));

const WHOLE = { done: [], problems: [], stored: new Set(ids) };

describe("a repair", () => {
  let good: string;
  /** The index after the first three batches. */
  let older: Buffer | undefined;
  const made: string[] = [];

  beforeAll(async () => {
    good = await mkdtemp(path.join(tmpdir(), "exodus-repair-"));
    made.push(good);
    await createVault(good);
    for (const batches of [BATCHES.slice(0, 3), BATCHES.slice(3)]) {
      await using({ dir: good, sizes: SIZES }, async (alice, state) => {
        for (const batch of batches) await storeBatch(alice, state, batch);
      });
      older ??= await readFile(path.join(good, "state.sqlite"));
    }
  });
  afterAll(() => Promise.all(made.map((dir) => rm(dir, { recursive: true, force: true }))));

  /** A copy of the vault, and its owner's folder. */
  async function copy(): Promise<{ readonly at: Place; readonly folder: string }> {
    const dir = await mkdtemp(path.join(tmpdir(), "exodus-repair-"));
    made.push(dir);
    await cp(good, dir, { recursive: true });
    return { at: { dir, sizes: SIZES }, folder: path.join(dir, "owners", (await readdir(path.join(dir, "owners")))[0] ?? "") };
  }

  /** Changes the byte at `from` of the first place of `text` in the segments; answers the segment's name. */
  async function spoil(folder: string, text: Buffer, from: number): Promise<string> {
    for (const name of (await readdir(path.join(folder, "segments"))).sort()) {
      const file = path.join(folder, "segments", name);
      const bytes = await readFile(file);
      const at = bytes.indexOf(text);
      if (at < 0) continue;
      bytes.writeUInt8((bytes[at + from] ?? 0) ^ 1, at + from);
      await writeFile(file, bytes);
      return name;
    }
    throw new Error("not in a segment");
  }

  const body = (id: string): Buffer => bytesOf(id, sizeOf(id));

  const DAMAGE: readonly (readonly [what: string, damage: (folder: string, dir: string) => Promise<unknown>, lost: readonly string[], codes: readonly string[]])[] = [
    ["nothing", () => Promise.resolve(), [], []],
    ["a byte of a blob in a sealed segment", (folder) => spoil(folder, body("m01"), 300), ["m01"], ["segment"]],
    ["a byte of a blob in the segment that grows", (folder) => spoil(folder, body("m13"), 300), ["m13"], ["segment"]],
    // The bytes are whole: only tar would not find them.
    ["a header in a sealed segment", (folder) => spoil(folder, body("m01"), -500), [], ["segment"]],
    ["a header in the segment that grows", (folder) => spoil(folder, body("m12"), -500), [], ["segment"]],
    ["the padding behind a blob", (folder) => spoil(folder, body("m01"), sizeOf("m01") + 3), [], ["segment"]],
    ["the end of a sealed segment", (folder) => truncate(path.join(folder, "segments/000001.tar"), 700), ["m00", "m01", "m02", "m03"], ["segment"]],
    ["a whole segment", (folder) => rm(path.join(folder, "segments/000001.tar")), ["m00", "m01", "m02", "m03"], ["lost-file"]],
    ["the middle of a large file", async (folder) => truncate(path.join(folder, "large", (await readdir(path.join(folder, "large")))[0] ?? ""), 5_000), ["m06"], ["large"]],
    ["a large file", (folder) => rm(path.join(folder, "large"), { recursive: true }), ["m06"], []],
    ["a record in a sealed file", (folder) => spoilRecord(folder, "mail-000001.jsonl", "m01"), ["m01"], ["record", "record", "retold"]],
    ["a line break between two records", (folder) => edit(path.join(folder, "records/mail-000002.jsonl"), (text) => text.replace("}\n{", "}|{")), ["m04"], ["record", "record", "retold"]],
    ["the last bytes of a records file", async (folder) => {
      const file = path.join(folder, "records", await growing(folder));
      await truncate(file, (await stat(file)).size - 10);
    }, ["m13"], ["record", "retold"]],
    ["a whole records file", (folder) => rm(path.join(folder, "records/mail-000001.jsonl")), ["m00", "m01", "m02", "m03"], ["retold", "lost-file"]],
    ["the owner's card", (folder) => writeFile(path.join(folder, "owner.json"), "{"), [], ["card"]],
    ["a line of the list of sealed files", (folder) => edit(path.join(folder, "sealed.jsonl"), (text) => text.replace("{", "[")), [], ["seals"]],
    ["unfinished files left behind", async (folder, dir) => {
      await writeFile(path.join(dir, "tmp", "left"), "half");
      await writeFile(path.join(folder, ".0e0c2a3e-5c0b-4e0e-9f0d-0c8d5c1f7a11.part"), "half");
    }, [], ["unfinished", "unfinished"]],
    ["the whole owner", (folder) => rm(folder, { recursive: true }), ids, Array.from({ length: 8 }, () => "lost-file")],
  ];

  async function edit(file: string, change: (text: string) => string): Promise<void> {
    const before = await readFile(file, "utf8");
    const after = change(before);
    expect([after.length, after === before]).toEqual([before.length, false]);
    await writeFile(file, after);
  }

  const growing = async (folder: string): Promise<string> => (await readdir(path.join(folder, "records"))).sort().at(-1) ?? "";
  const spoilRecord = (folder: string, name: string, id: string): Promise<void> => edit(path.join(folder, "records", name), (text) => text.replace(`"id":"${id}"`, `"id"?"${id}"`));

  it.each(DAMAGE)("after damage to %s loses no more than that, names it, and has it read again", async (_, damage, lost, codes) => {
    const { at, folder } = await copy();
    await damage(folder, at.dir);
    const { done, problems, stored } = await examine(at, sizeOf);
    expect(forgotten(done)).toEqual([...lost].sort());
    expect(done.flatMap((one) => (one.kind === "repaired" ? [one.code] : []))).toEqual(codes);
    expect(problems).toEqual([]);
    expect([...stored].sort()).toEqual(ids.filter((id) => !lost.includes(id)));
    // Reading again makes all whole, and leaves nothing to do.
    expect([...(await readAgain(at, BATCHES))].sort()).toEqual([...lost].sort());
    expect(await examine(at, sizeOf)).toEqual(WHOLE);
  });

  it.each([
    // Of a file that grows: of a sealed one the seal still tells that lines were written over.
    ["damaged lines are written over", async (folder: string) => spoilRecord(folder, await growing(folder), "m13")],
    ["the committed length is what is left", async (folder: string) => {
      const file = path.join(folder, "records", await growing(folder));
      await truncate(file, (await stat(file)).size - 10);
    }],
  ] as const)("cut off once %s, tells the next time what the lost lines told besides items", async (_, damage) => {
    const { at, folder } = await copy();
    await damage(folder);
    await repairUntil(at, "record");
    const { done, problems } = await examine(at, sizeOf);
    expect([done.flatMap((one) => (one.kind === "repaired" ? [one.code] : [])).filter((code) => code === "retold"), problems]).toEqual([["retold"], []]);
    await readAgain(at, BATCHES);
    expect(await examine(at, sizeOf)).toEqual(WHOLE);
  });

  it("with an index older than the files takes what it knows, and keeps a copy of what it cuts", async () => {
    const { at, folder } = await copy();
    const records = await readdir(path.join(folder, "records"));
    await writeFile(path.join(at.dir, "state.sqlite"), older ?? "");
    const { done, problems, stored } = await examine(at, sizeOf);
    expect([forgotten(done), problems, stored]).toEqual([[], [], new Set(ids.slice(0, 6))]);
    expect(records.length).toBeGreaterThan(2);
    expect(await readAgain(at, BATCHES)).toEqual([]);
    expect(await examine(at, sizeOf)).toMatchObject({ problems: [], stored: new Set(ids) });
  });

  it("opens what is encrypted, and writes what is whole anew so that it can be opened", async () => {
    const dir = await mkdtemp(path.join(tmpdir(), "exodus-repair-"));
    made.push(dir);
    const identity = await generateX25519Identity();
    const header = await createVault(dir, { recipients: [await identityToRecipient(identity)], identity });
    const at: Place = { dir, sizes: SIZES, cipher: await openVaultKey(dir, header, identity) };
    await using(at, async (alice, state) => {
      for (const batch of BATCHES) await storeBatch(alice, state, batch);
    });
    const folder = path.join(dir, "owners", (await readdir(path.join(dir, "owners")))[0] ?? "");
    // The first blob's message, and the second line of the journal.
    const segment = await readFile(path.join(folder, "segments/000001.tar"));
    segment.writeUInt8((segment[900] ?? 0) ^ 1, 900);
    await writeFile(path.join(folder, "segments/000001.tar"), segment);
    await edit(path.join(folder, "records/mail-000001.jsonl"), (text) => text.replace(/\n"...../, '\n"!!!!!'));
    const { done, problems, stored } = await examine(at, sizeOf);
    expect(done.flatMap((one) => (one.kind === "to-read-again" ? [one.error.code] : [])).sort()).toEqual(["VAULT_BLOB_MISSING", "VAULT_RECORD_TORN"]);
    expect([problems, stored.size]).toEqual([[], ids.length - 2]);
    expect(await readAgain(at, BATCHES)).toHaveLength(2);
    expect(await examine(at, sizeOf)).toEqual(WHOLE);
  });
});
