import { createHash, randomBytes } from "node:crypto";
import { readdir, readFile, rm } from "node:fs/promises";
import path from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "@jest/globals";
import { useCorpus } from "../corpora.js";
import { titleFor, useServer } from "../servers.js";
import { cli, records, summary, workDir, type Ended, type WorkDir } from "./cli.js";
import { put } from "./fault-tenant.js";
import { stage, type Stage } from "./stage.js";
import { serverBytes } from "./target-servers.js";

const corpus = useCorpus("eml");
const dovecot = useServer("dovecot");
const OWNER = `corpus-${randomBytes(4).toString("hex")}@commune.example`;
/** What the server refuses, and its words (Dovecot adds how long it took). Of the corpus: nothing. */
const REFUSED = { "of no bytes": expect.stringMatching(/^TARGET_REFUSED_ITEM: Can't save a zero byte message\b/) };
process.env["EXODUS_TEST_PASSWORD"] = "secret";

/**
 * Messages of other programs' test suites, from a tenant folder over Graph and the vault to a mail server, and back by a client that shares no code with the program.
 * The vault keeps every byte. IMAP has one line end (RFC 3501 §2.3.4, RFC 5322 §2.3): a message all of whose line ends are CRLF keeps every byte at the server too; in any
 * other, each CR and each LF that stands alone is CRLF there, no other byte differs, and the report names the loss.
 */
(corpus.present && dovecot !== undefined ? describe : describe.skip)(`every message of ${corpus.title} on ${titleFor("dovecot", dovecot)}`, () => {
  const files = new Map<string, Buffer>();
  const port = dovecot?.port ?? 0;
  let staged: Stage;
  let work: WorkDir;
  let migrated: Ended;
  /** Name of the file by the identifier that the program gave its message. */
  const nameOf = new Map<string, string>();

  beforeAll(async () => {
    for (const name of await readdir(corpus.dir)) if (name !== "NOTICE.md") files.set(name, await readFile(path.join(corpus.dir, name)));
    files.set("of no bytes", Buffer.alloc(0));
    staged = await stage(async (tenant) => {
      await put(tenant, "tenant.json", JSON.stringify({ name: "Mairie", domain: "commune.example" }));
      for (const [name, bytes] of files) await put(tenant, `users/${OWNER}/mail/Inbox/${name}.eml`, bytes);
    });
    const targets = { courrier: { adapter: "imap", host: "127.0.0.1", port, security: "none", password: "env:EXODUS_TEST_PASSWORD" } };
    work = await workDir(staged.served, { targets, routes: [{ workload: "mail", to: "courrier" }] });
    migrated = await cli(["migrate", "--config", work.config, "--json"]);
  });

  afterAll(async () => {
    await staged.remove();
    await work.remove();
    await rm(path.join(dovecot?.root ?? "", "data", OWNER), { recursive: true, force: true });
  });

  it("is kept in the vault byte for byte", async () => {
    const exported = await cli(["vault", "export", "--maildir", path.join(work.dir, "maildir"), "--config", work.config]);
    expect({ code: exported.code, stderr: exported.stderr }).toEqual({ code: 0, stderr: "" });
    const index = (await readFile(path.join(work.dir, "maildir/index.jsonl"), "utf8")).trim().split("\n").map((line) => JSON.parse(line) as { id: string; file: string });
    for (const { id, file } of index) nameOf.set(id, nameFor(await readFile(path.join(work.dir, "maildir", file)), files));
    expect([...nameOf.values()].sort()).toEqual([...files.keys()].sort());
    expect(files.size).toBeGreaterThan(170);
    const checked = await cli(["vault", "check", "--read-data", "--schema", "--config", work.config]);
    expect({ code: checked.code, stderr: checked.stderr }).toEqual({ code: 0, stderr: "" });
  });

  it("comes back from the server byte for byte, or is refused for a reason that the report states", () => {
    const { seen, counts } = summary(migrated.stdout);
    expect({ code: migrated.code, seen, failed: counts["failed"] }).toEqual({ code: 3, seen: files.size, failed: Object.keys(REFUSED).length });
    const pushed = records(migrated.stdout).filter(({ type, stage: at }) => type === "item" && at === "push") as { id: string; state: string; failure?: { code: string; params: { reason: string } } }[];
    const failed = pushed.filter(({ state }) => state === "failed").map(({ id, failure }) => [nameOf.get(id), `${failure?.code ?? ""}: ${failure?.params.reason ?? ""}`]);
    expect(Object.fromEntries(failed)).toEqual(REFUSED);
    const arrived = serverBytes(port, OWNER).map(([, folder, sha]) => `${folder} ${sha}`).sort();
    expect(arrived).toEqual([...files].filter(([name]) => !(name in REFUSED)).map(([, bytes]) => `INBOX ${sha256(crlf(bytes))}`).sort());
  });

  it("has its line ends changed only where they are not CRLF, which the report names", () => {
    const pushed = records(migrated.stdout).filter(({ type, stage: at, state }) => type === "item" && at === "push" && state !== "failed") as { id: string; losses?: { reason: string }[] }[];
    const named = pushed.filter(({ losses = [] }) => losses.some(({ reason }) => reason === "mail.line-endings")).map(({ id }) => nameOf.get(id)).sort();
    const bare = [...files].filter(([, bytes]) => !crlf(bytes).equals(bytes)).map(([name]) => name).sort();
    expect(named).toEqual(bare);
    expect([bare.length, files.size - bare.length].map((count) => count > 50)).toEqual([true, true]);
  });

  it("is the same to verify, which reads every byte back", async () => {
    const verified = await cli(["verify", "--config", work.config, "--json"]);
    expect(summary(verified.stdout).verified).toEqual({ same: files.size - Object.keys(REFUSED).length, different: 0, missing: 0, unverifiable: 0 });
  });
});

function nameFor(bytes: Buffer, files: ReadonlyMap<string, Buffer>): string {
  return [...files].find(([, one]) => one.equals(bytes))?.[0] ?? `no file has these bytes: ${bytes.toString("latin1").slice(0, 60)}`;
}

function crlf(bytes: Buffer): Buffer {
  return Buffer.from(bytes.toString("latin1").replace(/\r\n|\r|\n/g, "\r\n"), "latin1");
}

function sha256(bytes: Buffer): string {
  return createHash("sha256").update(bytes).digest("hex");
}
