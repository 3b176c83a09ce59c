import { readdir, readFile, writeFile } from "node:fs/promises";
import path from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "@jest/globals";
import { cli, records, summary, workDir, type WorkDir } from "./cli.js";
import { DOMAIN, person, put } from "./fault-tenant.js";
import { writePieces } from "./hostile-mail.js";
import { cliMeasured, type Measured } from "./measured.js";
import { stage, type Stage } from "./stage.js";

const HEAP = 128;
/** MiB resident: a page of 64 MiB may be in memory when it is broken off. */
const PEAK = 450;
const MAIL = 12;
/** Half surrogates, which no UTF-8 holds, with text around them and without. */
const HALVES = ["\ud83d", "\udc00", "a\ud83d\ud83d b", "\udc00\ud83d\n\u0000\u001b[31m"];

/** A page whose text is of so many megabytes, as text of a fault's body. */
function* bigPage(megabytes: number): Iterable<string> {
  yield '"{\\"value\\":[\\"';
  for (let piece = 0; piece < megabytes; piece += 1) yield "x".repeat(1 << 20);
  yield '\\"]}"';
}

function* faults(): Iterable<string> {
  const told = (edits: { at: string; value: unknown }[], match: string): string => JSON.stringify({ match, times: "always", edits });
  const deep = `{"value":[${'{"a":['.repeat(10_000)}${"]}".repeat(10_000)}]}`;
  yield `[{"match":"GET .*/messages/delta","status":200,"body":`;
  yield* bigPage(200);
  yield `},{"match":"GET .*/root/delta","times":"always","status":200,"body":`;
  yield* bigPage(66);
  yield `},${JSON.stringify({ match: "GET .*/contacts/delta", status: 200, body: deep })},${JSON.stringify({ match: "GET .*/calendars/[^/]+/events", status: 200, body: deep })},`;
  yield `${told(HALVES.flatMap((value, index) => [{ at: `/value/${index}/subject`, value }, { at: `/value/${index}/categories`, value: HALVES }, { at: `/value/${index}/from/emailAddress/address`, value }]), "GET .*/messages/delta")},`;
  yield `${told([{ at: "/value/*/displayName", value: HALVES[2] }, { at: "/value/*/personalNotes", value: HALVES[3] }], "GET .*/contacts/delta")},`;
  yield `${told([{ at: "/value/*/subject", value: HALVES[2] }, { at: "/value/*/body", value: { contentType: "html", content: `<p>${HALVES[3] ?? ""}</p>${"<".repeat(500_000)}` } }], "GET .*/calendars/[^/]+/events")}]`;
}

describe("JSON that is too large, too deep, or holds what no UTF-8 holds", () => {
  let staged: Stage;
  let work: WorkDir;
  let first: Measured;

  beforeAll(async () => {
    staged = await stage(async (tenant) => {
      await put(tenant, "tenant.json", JSON.stringify({ name: "Mairie", domain: DOMAIN }));
      await person(tenant, "zoe", { mail: MAIL, files: 2, events: 3, contacts: 3 });
      await writePieces(path.join(tenant, "faults.json"), faults());
    }, (tenant) => ["--faults", path.join(tenant, "faults.json")]);
    await writeFile(path.join(staged.tenant, "faults.json"), "[]");
    work = await workDir(staged.served);
    first = await cliMeasured(HEAP, ["migrate", "--config", work.config, "--json"]);
  });
  afterAll(async () => {
    await work.remove();
    await staged.remove();
  });

  it("costs what cannot be read, by name, and nothing else, in little memory", () => {
    const { seen, counts, blocked } = summary(first.stdout);
    // Mail, contacts and events are asked for again in smaller pages; the drive answers so for ever.
    expect({ code: first.code, blocked: blocked.map(({ code }) => code) }).toEqual({ code: 3, blocked: ["GRAPH_OVERSIZED"] });
    expect({ seen, done: (counts["migrated"] ?? 0) + (counts["converted"] ?? 0), failed: counts["failed"] }).toEqual({ seen: MAIL + 6, done: MAIL + 6, failed: 0 });
    expect(first.peakMb).toBeLessThan(PEAK);
  });

  it("keeps what is told, half surrogates and all, and writes it as whole text", async () => {
    const checked = await cli(["vault", "check", "--read-data", "--schema", "--config", work.config]);
    expect({ code: checked.code, stderr: checked.stderr }).toEqual({ code: 0, stderr: "" });
    const [owner = ""] = await readdir(path.join(work.dir, "vault/owners"));
    const lines = (await readFile(path.join(work.dir, "vault/owners", owner, "records/mail-000001.jsonl"), "utf8")).trim().split("\n").map((line) => JSON.parse(line) as { kind: string; record?: { subject: string; from: string; categories: string[] } });
    for (const half of HALVES) expect(lines).toContainEqual(expect.objectContaining({ record: expect.objectContaining({ subject: half, from: half, categories: HALVES }) }));
    // The index has no half surrogates and no NUL: it shows a mark in their place, and what stands behind.
    const titles = records((await cli(["vault", "grep", "", "--json", "--config", work.config])).stdout).filter(({ type, workload }) => type === "found" && workload === "mail").map(({ title }) => title);
    expect(titles).toEqual(expect.arrayContaining(HALVES.map((half) => half.toWellFormed().replace("\u0000", "\ufffd"))));
    const texts = await Promise.all((await readdir(path.join(work.dir, "archive"), { recursive: true, withFileTypes: true })).filter((entry) => entry.isFile()).map(async (entry) => readFile(path.join(entry.parentPath, entry.name))));
    expect(texts.length).toBeGreaterThan(MAIL + 6);
    for (const text of texts) expect(new TextDecoder("utf-8", { fatal: true }).decode(text)).toEqual(expect.any(String));
    expect(summary((await cli(["verify", "--config", work.config, "--json"])).stdout).verified).toEqual({ same: MAIL + 6, different: 0, missing: 0, unverifiable: 0 });
  });

  it("is the same the next time: nothing is written again for it", async () => {
    const again = await cli(["migrate", "--config", work.config, "--pass", "delta", "--json"]);
    expect(summary(again.stdout).counts).toMatchObject({ migrated: 0, converted: 0, failed: 0 });
  });
});
