import { createHash, randomBytes } from "node:crypto";
import { createReadStream } from "node:fs";
import { readdir, rm } from "node:fs/promises";
import path from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "@jest/globals";
import { stringify } from "yaml";
import { titleFor, useServer } from "../servers.js";
import { summary, workDir, type WorkDir } from "./cli.js";
import { put } from "./fault-tenant.js";
import { HOSTILE_MAIL, longHeader, writePieces } from "./hostile-mail.js";
import { cliMeasured, type Measured } from "./measured.js";
import { stage, type Stage } from "./stage.js";
import { serverBytes } from "./target-servers.js";

const dovecot = useServer("dovecot");
const OWNER = `hostile-${randomBytes(4).toString("hex")}@commune.example`;
/** MiB. A gigabyte is measured by hand: bench/README.md. */
const HEADER = 64;
/** MiB of heap: the program starts with some forty, so that the header alone, as a text, would not fit. */
const HEAP = 96;
/** MiB resident: a message to a mail server is held whole, once (224 measured). */
const PEAK = 400;
process.env["EXODUS_TEST_PASSWORD"] = "secret";

(dovecot === undefined ? describe.skip : describe)(`mail that breaks programs which parse, believe or hold it, on ${titleFor("dovecot", dovecot)}`, () => {
  const port = dovecot?.port ?? 0;
  const names = [...Object.keys(HOSTILE_MAIL), "a header of many megabytes"];
  let staged: Stage;
  let work: WorkDir;
  let migrated: Measured;
  const inbox = (): string => path.join(staged.tenant, "users", OWNER, "mail/Inbox");

  beforeAll(async () => {
    staged = await stage(async (tenant) => {
      await put(tenant, "tenant.json", JSON.stringify({ name: "Mairie", domain: "commune.example" }));
      const all: [string, Iterable<string | Buffer>][] = [...Object.entries(HOSTILE_MAIL).map(([name, pieces]): [string, Iterable<string | Buffer>] => [name, pieces()]), [names.at(-1) ?? "", longHeader(HEADER)]];
      for (const [name, pieces] of all) await writePieces(path.join(tenant, "users", OWNER, "mail/Inbox", `${name}.eml`), pieces);
    });
    const targets = { courrier: { adapter: "imap", host: "127.0.0.1", port, security: "none", password: "env:EXODUS_TEST_PASSWORD" } };
    work = await workDir(staged.served, { targets, routes: [{ workload: "mail", to: "courrier" }] });
    migrated = await cliMeasured(HEAP, ["migrate", "--config", work.config, "--json"]);
  });

  afterAll(async () => {
    await staged.remove();
    await work.remove();
    await rm(path.join(dovecot?.root ?? "", "data", OWNER), { recursive: true, force: true });
  });

  it("is in the vault and at the server, each message accounted for, with little memory", () => {
    const { seen, counts } = summary(migrated.stdout);
    // One message is but a bare LF, which IMAP does not have.
    expect({ code: migrated.code, seen, migrated: counts["migrated"], converted: counts["converted"] }).toEqual({ code: 0, seen: names.length, migrated: names.length - 1, converted: 1 });
    expect(migrated.peakMb).toBeLessThan(PEAK);
  });

  it("stands at the server with its bytes", async () => {
    const arrived = serverBytes(port, OWNER).map(([, , sha]) => sha).sort();
    expect(arrived).toEqual((await shas(inbox(), asImap)).sort());
  });

  it("is whole in the vault, and goes from there to an archive with its pages, byte for byte", async () => {
    const checked = await cliMeasured(HEAP, ["vault", "check", "--read-data", "--schema", "--config", work.config]);
    expect({ code: checked.code, stderr: checked.stderr }).toEqual({ code: 0, stderr: "" });
    const alone = path.join(work.dir, "archive.yaml");
    await put(work.dir, "archive.yaml", stringify({ version: 1, targets: { disque: { adapter: "archive", path: "./archive", index: true } }, routes: [{ workload: "mail", to: "disque" }] }));
    const pushed = await cliMeasured(HEAP, ["push", "--config", alone, "--json"]);
    expect({ code: pushed.code, migrated: summary(pushed.stdout).counts["migrated"] }).toEqual({ code: 0, migrated: names.length });
    expect((await shas(path.join(work.dir, "archive/users", OWNER, "mail"), (bytes) => bytes)).sort()).toEqual((await shas(inbox(), (bytes) => bytes)).sort());
    expect(Math.max(checked.peakMb, pushed.peakMb)).toBeLessThan(PEAK);
    for (const config of [alone, work.config]) {
      const verified = await cliMeasured(HEAP, ["verify", "--config", config, "--json"]);
      expect(summary(verified.stdout).verified).toEqual({ same: names.length, different: 0, missing: 0, unverifiable: 0 });
      expect(verified.peakMb).toBeLessThan(PEAK);
    }
  });

  it("is searched, text and all, without end or harm", async () => {
    const { code, stdout } = await cliMeasured(HEAP, ["vault", "grep", "au fond", "--body", "--json", "--config", work.config]);
    expect({ code, last: stdout.trim().split("\n").at(-1) }).toEqual({ code: 0, last: expect.stringContaining(`"looked":${names.length}`) });
  });
});

/** Line ends as IMAP has them; NUL as Dovecot shows it to a client without BINARY (RFC 3516). */
function asImap(bytes: Buffer): Buffer {
  return Buffer.from(bytes.toString("latin1").replace(/\r\n|\r|\n/g, "\r\n").replaceAll("\0", "\x80"), "latin1");
}

async function shas(dir: string, as: (bytes: Buffer) => Buffer): Promise<string[]> {
  const found: string[] = [];
  for (const name of (await readdir(dir, { recursive: true })).filter((entry) => entry.endsWith(".eml"))) {
    const chunks: Buffer[] = [];
    for await (const chunk of createReadStream(path.join(dir, name))) chunks.push(chunk as Buffer);
    found.push(createHash("sha256").update(as(Buffer.concat(chunks))).digest("hex"));
  }
  return found;
}
