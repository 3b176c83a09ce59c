import { cp, mkdtemp, readFile, rm, stat, mkdir, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "@jest/globals";
import { compareTrees } from "./compare.js";
import { cli, records, ROOT } from "./cli.js";

describe("demo", () => {
  let out = "";
  beforeAll(async () => { out = await mkdtemp(path.join(tmpdir(), "exodus-demo-")); });
  afterAll(() => rm(out, { recursive: true, force: true }));

  it("moves the default tenant to the archive, item by item, and says so", async () => {
    const { code, stdout } = await cli(["demo", "--out", out, "--json", "--lang", "fr"]);
    const summaries = records(stdout).filter(({ type }) => type === "summary") as { seen: number; counts: Record<string, number>; verified: Record<string, number> }[];
    expect({ code, steps: summaries.length }).toEqual({ code: 0, steps: 3 });
    const [migrated, delta, verified] = summaries;
    // One file is marked infected at the source.
    expect(migrated?.counts).toMatchObject({ failed: 0, pending: 0, skipped: 1 });
    expect((migrated?.counts["migrated"] ?? 0) + (migrated?.counts["converted"] ?? 0)).toBe((migrated?.seen ?? 0) - 1);
    expect(delta?.counts).toMatchObject({ migrated: 0, converted: 0, "already-there": (migrated?.seen ?? 0) - 1 });
    expect(verified?.verified).toEqual({ same: (migrated?.seen ?? 0) - 1, different: 0, missing: 0, unverifiable: 0 });
    const compared = await compareTrees(path.join(ROOT, "fixtures/tenant"), path.join(out, "archive"));
    expect(compared.extra).toEqual([]);
    expect(compared.missing).toEqual([expect.stringContaining("infecte.com")]);
    expect(await readFile(path.join(out, "archive/index.html"), "utf8")).toContain("helene.garcon@eaux-vallee.example");
    expect(await readFile(path.join(out, "report/report.html"), "utf8")).toContain("Les sommes concordent");
    const later = await cli(["verify", "--config", path.join(out, "exodus.yaml"), "--json"]);
    expect({ code: later.code, verified: records(later.stdout).find(({ type }) => type === "summary")?.["verified"] }).toEqual({ code: 0, verified: verified?.verified });
  });
});

describe("demo --tenant", () => {
  let root = "";
  beforeAll(async () => { root = await mkdtemp(path.join(tmpdir(), "exodus-hostile-")); });
  afterAll(() => rm(root, { recursive: true, force: true }));

  it("takes malformed mail, empty and large files, and hostile names", async () => {
    const tenant = path.join(root, "tenant");
    const home = path.join(tenant, "users/zoé@pirate.example");
    for (const folder of ["mail/Inbox/a%2Fb%5Cc", "mail/Inbox/fin%2E", "mail/Inbox/espace%20", "drive/Sous dossier%20", "drive/😀"]) await mkdir(path.join(home, folder), { recursive: true });
    await writeFile(path.join(tenant, "tenant.json"), JSON.stringify({ name: "Pirate", domain: "pirate.example" }));
    const mails: Record<string, Buffer> = {
      "empty.eml": Buffer.alloc(0), "nul.eml": Buffer.from("Subject: a\0b\r\n\r\nx\0y\r\n"), "binary.eml": Buffer.from([...Array(3000).keys()].map((n) => (n * 7) % 256)),
      "no-headers.eml": Buffer.from("juste du texte\n"), "8bit.eml": Buffer.from("Subject: \xe9t\xe9\r\n\r\n\xff\xfe", "latin1"), "long.eml": Buffer.from(`Subject: ${"x".repeat(100_000)}\r\n\r\nfin\r\n`),
    };
    for (const [name, bytes] of Object.entries(mails)) await writeFile(path.join(home, "mail/Inbox", name), bytes);
    await writeFile(path.join(home, "mail/Inbox/a%2Fb%5Cc/x.eml"), "Subject: =?utf-8?b?w6k=?=\r\nMessage-ID: <same@pirate>\r\n\r\n1\r\n");
    await writeFile(path.join(home, "mail/Inbox/a%2Fb%5Cc/twin.eml"), "Subject: =?utf-8?b?w6k=?=\r\nMessage-ID: <same@pirate>\r\n\r\n1\r\n");
    const names = [
      "a%2Fb%5C%3A%2A%3F%22%3C%3E%7C.txt", "fin%2E", "espace%20", "💶 € ‮ rtl.txt", "Majuscule.txt", "majuscule.txt", "caf\u00e9.txt", "cafe\u0301.txt", `${"é".repeat(125)}.txt`, "100%25.txt",
      "x.versions", "CON", "-rf", "%2E%2E", "tab%09newline%0A.txt",
    ];
    for (const name of names) await writeFile(path.join(home, "drive", name), `contenu de ${name}`);
    await writeFile(path.join(home, "drive/😀/vide.bin"), "");
    await writeBig(path.join(home, "drive/Sous dossier%20/grand.bin"), Number(process.env["EXODUS_BIG_MB"] ?? 300));
    const { code, stdout, stderr } = await cli(["demo", "--tenant", tenant, "--out", path.join(root, "out"), "--json"]);
    const compared = await compareTrees(tenant, path.join(root, "out/archive"));
    expect({ code, ...compared, stderr: code === 0 ? "" : `${stderr}${stdout.slice(-3000)}` }).toEqual({ code: 0, missing: [], extra: [], count: 8 + names.length + 2, stderr: "" });
  });
});

describe("a changed default tenant", () => {
  it("is never written to by the demo", async () => {
    const copy = await mkdtemp(path.join(tmpdir(), "exodus-copy-"));
    try {
      await cp(path.join(ROOT, "fixtures/tenant/users/helene.garcon@eaux-vallee.example"), path.join(copy, "users/helene.garcon@eaux-vallee.example"), { recursive: true });
      await cp(path.join(ROOT, "fixtures/tenant/tenant.json"), path.join(copy, "tenant.json"));
      const before = (await stat(path.join(copy, "users/helene.garcon@eaux-vallee.example"))).mtimeMs;
      const { code } = await cli(["demo", "--tenant", copy, "--out", path.join(copy, "out")]);
      expect(code).toBe(0);
      expect((await stat(path.join(copy, "users/helene.garcon@eaux-vallee.example"))).mtimeMs).toBe(before);
    } finally {
      await rm(copy, { recursive: true, force: true });
    }
  });
});

async function writeBig(file: string, megabytes: number): Promise<void> {
  const block = Buffer.alloc(1 << 20, "0123456789abcdef");
  await writeFile(file, "");
  for (let count = 0; count < megabytes; count += 16) {
    block.writeUInt32LE(count, 0);
    await writeFile(file, Buffer.concat(Array<Buffer>(Math.min(16, megabytes - count)).fill(block)), { flag: "a" });
  }
}
