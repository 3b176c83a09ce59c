import { createHash } from "node:crypto";
import { mkdtemp, readdir, readFile, rm, stat } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "@jest/globals";
import PostalMime from "postal-mime";
import { generateTenant } from "../../../src/sandbox/generate.js";
import { TenantStore } from "../../../src/sandbox/tenant/store.js";

let scratch = "";
beforeAll(async () => { scratch = await mkdtemp(path.join(tmpdir(), "exodus-generate-")); });
afterAll(() => rm(scratch, { recursive: true, force: true }));

const SIZE = { users: 3, messages: 60, files: 9, medianBytes: 2_000 };

async function made(name: string, change: Partial<Parameters<typeof generateTenant>[0]> = {}): Promise<string> {
  const dir = path.join(scratch, name);
  await generateTenant({ dir, seed: 1, ...SIZE, ...change });
  return dir;
}

/** Every file with its hash; dates of drive files too, since Graph tells them. */
async function listing(dir: string): Promise<readonly string[]> {
  const files = (await readdir(dir, { recursive: true, withFileTypes: true })).filter((entry) => entry.isFile()).map((entry) => path.join(entry.parentPath, entry.name));
  return Promise.all(files.sort().map(async (file) => {
    const time = file.includes("/drive/") ? (await stat(file)).mtimeMs : "";
    return `${path.relative(dir, file)} ${createHash("sha256").update(await readFile(file)).digest("hex")} ${time}`;
  }));
}

describe("a generated tenant", () => {
  it("is the same for the same seed and another for another", async () => {
    const first = await listing(await made("a"));
    expect(await listing(await made("b"))).toEqual(first);
    expect(await listing(await made("c", { seed: 2 }))).not.toEqual(first);
    const shared = await listing(await made("d", { teams: 2 }));
    expect(await listing(await made("e", { teams: 2 }))).toEqual(shared);
    expect(shared.filter((line) => first.includes(line))).toEqual(first);
  });

  it("has the numbers asked for, in each language", async () => {
    for (const language of ["fr", "en"] as const) {
      const store = await TenantStore.load(await made(language, { language }));
      const counts: Record<string, number> = {};
      for (const { kind } of store.entries.values()) counts[kind] = (counts[kind] ?? 0) + 1;
      expect(counts).toMatchObject({ message: 180, file: 27, event: 15, contact: 15 });
      expect(store.owners.size).toBe(3);
    }
    expect(await readdir(path.join(scratch, "en", "users", "elodie.lefevre@genere.example", "mail"))).toContain("Inbox");
  });

  it("holds mail that parses: subjects, attachments, answers, sizes around the median", async () => {
    const dir = await made("mail", { users: 1, messages: 400 });
    const files = (await readdir(dir, { recursive: true })).filter((name) => name.endsWith(".eml"));
    const bytes = await Promise.all(files.map((name) => readFile(path.join(dir, name))));
    const parsed = await Promise.all(bytes.map((one) => PostalMime.parse(one)));
    expect(new Set(parsed.map(({ messageId }) => messageId)).size).toBe(400);
    expect(parsed.every(({ subject, date, text }) => subject !== undefined && date !== undefined && (text ?? "").length > 0)).toBe(true);
    const attached = parsed.filter(({ attachments }) => attachments.length === 1);
    expect(attached.length).toBeGreaterThan(20);
    expect(attached.every(({ attachments: [one] }) => /\.(pdf|xlsx)$/.test(one?.filename ?? "") && (one?.content as ArrayBuffer).byteLength > 0)).toBe(true);
    expect(parsed.filter(({ inReplyTo }) => inReplyTo !== undefined).length).toBeGreaterThan(20);
    const sizes = bytes.map(({ length }) => length).sort((a, b) => a - b);
    expect(sizes[200]).toBeGreaterThan(1_500);
    expect(sizes[200]).toBeLessThan(4_000);
  });

  it("writes one large file without holes when asked", async () => {
    const dir = await made("big", { users: 1, messages: 1, files: 1, bigFileBytes: 3_000_001 });
    const info = await stat(path.join(dir, "users", "elodie.lefevre@genere.example", "drive", "Enregistrement du conseil.bin"));
    expect(info.size).toBe(3_000_001);
    expect(info.blocks * 512).toBeGreaterThanOrEqual(3_000_001);
  });
});
