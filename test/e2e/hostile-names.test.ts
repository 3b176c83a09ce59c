import { createHash } from "node:crypto";
import { chmod, mkdir, mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "@jest/globals";
import { decodeFileName } from "../../src/lib/file-names.js";
import { encodeName } from "../../src/sandbox/tenant/names.js";
import { corpusNames, useCorpus } from "../corpora.js";
import { freePort } from "../free-port.js";
import { serverVerb, useServer, type RunningServer } from "../servers.js";
import { cli, records, summary, workDir, type Ended, type WorkDir } from "./cli.js";
import { DOMAIN, put } from "./fault-tenant.js";
import { stage, type Stage } from "./stage.js";
import { serverBytes } from "./target-servers.js";

const corpus = useCorpus("names");
const run = Math.random().toString(36).slice(2, 8);
const MANY = `noms-${run}@${DOMAIN}`;
const FEW = `limites-${run}@${DOMAIN}`;
/** Names that no tenant folder holds, told by Graph's list instead: its longest (255 characters, Microsoft support, "Restrictions and limitations in OneDrive and SharePoint") and beyond, half surrogates, names of nothing. */
const TOLD = ["é".repeat(251) + ".txt", "漢".repeat(255), "🗳".repeat(127), "x".repeat(3_000), "\ud83d.txt", "\udc00.txt", "a\u0000b.txt", "a\u0000c.txt", "", " ", "../../etc/passwd", "CON.txt"];
/** Levels of folders of ten characters: a path of 400 and more. */
const DEEP = 45;
process.env["EXODUS_TEST_PASSWORD"] = "secret";

const dovecot = useServer("dovecot");
const apache = await ownApache();

(corpus.present && dovecot !== undefined && apache !== undefined ? describe : describe.skip)(`every name of ${corpus.title}, and names at the limits, on Dovecot, Apache and the disk`, () => {
  let staged: Stage;
  let work: WorkDir;
  let migrated: Ended;
  let files: string[] = [];
  let folders: string[] = [];

  beforeAll(async () => {
    [files, folders] = heldNames();
    staged = await stage(async (tenant) => {
      await put(tenant, "tenant.json", JSON.stringify({ name: "Mairie", domain: DOMAIN }));
      for (const [index, name] of files.entries()) await put(tenant, `users/${MANY}/drive/${encodeName(name)}`, `file ${index}`);
      for (const [index, name] of folders.entries()) await put(tenant, `users/${MANY}/mail/${encodeName(name)}/0.eml`, `Subject: ${index}\r\n\r\nfolder ${index}\r\n`);
      await put(tenant, `users/${MANY}/drive/${Array.from({ length: DEEP }, (_, level) => `niveau ${String(level).padStart(3, "0")}`).join("/")}/fond.txt`, "au fond");
      for (const index of TOLD.keys()) await put(tenant, `users/${FEW}/drive/${String(index).padStart(2, "0")}`, `told ${index}`);
      const edits = TOLD.map((value, index) => ({ at: `/value/${index + 1}/name`, value }));
      await writeFile(path.join(tenant, "faults.json"), JSON.stringify([{ match: "GET .*/root/delta", tells: '"name":"00"', times: "always", edits }]));
    }, (tenant) => ["--faults", path.join(tenant, "faults.json")]);
    const password = "env:EXODUS_TEST_PASSWORD";
    const targets = {
      courrier: { adapter: "imap", host: "127.0.0.1", port: dovecot?.port, security: "none", password }, fichiers: { adapter: "webdav", url: `http://127.0.0.1:${apache?.port ?? 0}/dav/{account}`, password },
      disque: { adapter: "archive", path: "./archive", index: true },
    };
    work = await workDir(staged.served, { targets, routes: [{ workload: "mail", to: ["courrier", "disque"] }, { workload: "files", to: ["fichiers", "disque"] }] });
    migrated = await cli(["migrate", "--config", work.config, "--json"]);
  });

  afterAll(async () => {
    // First, so that the server ends even where nothing was staged.
    if (apache !== undefined) {
      serverVerb("apache", "stop", apache.env);
      await rm(apache.env.EXODUS_SERVERS_DIR, { recursive: true, force: true });
    }
    await staged.remove();
    await work.remove();
    for (const account of [MANY, FEW]) await rm(path.join(dovecot?.root ?? "", "data", account), { recursive: true, force: true });
  });

  it("ends in an accounted state", () => {
    const { counts, blocked } = summary(migrated.stdout);
    const failed = records(migrated.stdout).filter(({ type, state }) => type === "item" && state === "failed");
    expect({ code: migrated.code, failed, blocked, pending: counts["pending"] }).toEqual({ code: 0, failed: [], blocked: [], pending: 0 });
    expect(files.length).toBeGreaterThan(450);
    expect(folders.length).toBeGreaterThan(60);
  });

  it("is at WebDAV once, each with its content, under a name from which the source's can be told unless the report says so", async () => {
    const found = await tree(path.join(apache?.root ?? "", "data/dav", MANY));
    expect([...found.keys()].sort()).toEqual([...files.map((_, index) => `file ${index}`), "au fond"].sort());
    const named = new Set(records(migrated.stdout).filter(({ type, target, losses }) => type === "item" && target === "fichiers" && (losses as { reason: string }[] | undefined)?.some(({ reason }) => /^files\.(?:name|renamed)/.test(reason)) === true).map(({ title }) => title));
    const altered = files.filter((name, index) => path.basename(found.get(`file ${index}`) ?? "").normalize("NFC") !== name.normalize("NFC"));
    // Titles stand in the index, which shows a mark for NUL.
    expect(altered.filter((name) => !named.has(name.replaceAll("\u0000", "\ufffd")))).toEqual([]);
    expect(altered.length).toBeGreaterThan(3);
    const limits = await tree(path.join(apache?.root ?? "", "data/dav", FEW));
    expect([...limits.keys()].sort()).toEqual(TOLD.map((_, index) => `told ${index}`).sort());
  });

  it("is in the archive once, each with its content, in no place outside of it", async () => {
    const drive = (owner: string) => tree(path.join(work.dir, "archive/users", owner, "drive"));
    const [many, few] = [await drive(MANY), await drive(FEW)];
    expect([...many.keys()].sort()).toEqual([...files.map((_, index) => `file ${index}`), "au fond"].sort());
    expect([...few.keys()].sort()).toEqual(TOLD.map((_, index) => `told ${index}`).sort());
    for (const [index, name] of TOLD.entries()) if (Buffer.byteLength(name) < 200) expect(decodeFileName(path.basename(few.get(`told ${index}`) ?? ""))).toBe(name);
    expect((await readdir(work.dir)).sort()).toEqual(["archive", "exodus.yaml", "report", "secret", "vault"]);
  });

  it("is a folder of its own at the mail server", () => {
    const found = new Map(serverBytes(dovecot?.port ?? 0, MANY).map(([, folder, sha]) => [sha, folder]));
    const wanted = folders.map((_, index) => createHash("sha256").update(`Subject: ${index}\r\n\r\nfolder ${index}\r\n`).digest("hex"));
    expect([...found.keys()].sort()).toEqual([...wanted].sort());
    expect(new Set(found.values()).size).toBe(folders.length);
  });

  it("is the same to verify", async () => {
    const verified = await cli(["verify", "--config", work.config, "--json"]);
    const all = 2 * (files.length + 1 + TOLD.length + folders.length);
    expect(summary(verified.stdout).verified).toEqual({ same: all, different: 0, missing: 0, unverifiable: 0 });
  });
});

/** Names that a tenant folder can hold, each once; the hand-written ones are those of mail folders too. */
function heldNames(): [string[], string[]] {
  if (!corpus.present) return [[], []];
  const { authored, naughty } = corpusNames(corpus);
  const holdable = (names: readonly string[]): string[] => [...new Set(names)].filter((name) => name !== "" && name.isWellFormed() && Buffer.byteLength(encodeName(name)) < 230);
  return [holdable([...authored, ...naughty]), holdable(authored)];
}

/** Files below a folder by their content, sidecars left out; a content that stands twice is told as such. */
async function tree(top: string): Promise<Map<string, string>> {
  const found = new Map<string, string>();
  for (const entry of await readdir(top, { recursive: true, withFileTypes: true })) {
    if (!entry.isFile() || entry.parentPath.includes("/.DAV")) continue;
    const content = await readFile(path.join(entry.parentPath, entry.name), "utf8");
    found.set(found.has(content) ? `${content} twice` : content, path.relative(top, path.join(entry.parentPath, entry.name)));
  }
  return found;
}

/** An instance with the accounts of this suite. */
async function ownApache(): Promise<(RunningServer & { readonly env: { readonly EXODUS_SERVERS_DIR: string } }) | undefined> {
  const root = await mkdtemp(path.join(tmpdir(), "exodus-names-"));
  await chmod(root, 0o755);
  await mkdir(path.join(root, "apache"), { recursive: true });
  const env = { EXODUS_SERVERS_DIR: root, EXODUS_APACHE_PORT: String(await freePort()), EXODUS_APACHE_ACCOUNTS: `${MANY} ${FEW}` };
  const server = useServer("apache", env);
  if (server === undefined) await rm(root, { recursive: true, force: true });
  return server === undefined ? undefined : { ...server, env };
}
