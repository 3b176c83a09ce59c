import { spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { cp, mkdir, open, readdir, readFile, rm, stat, writeFile } from "node:fs/promises";
import path from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "@jest/globals";
import { cli, records, ROOT, workDir, type WorkDir } from "./cli.js";
import { stage, type Stage } from "./stage.js";

const READER = path.join(ROOT, "test/e2e/read_mail.py");
const BAGIT = path.join(ROOT, "fixtures/bagit/bagit");
const HOSTILE = "hostile@eaux-vallee.example";
/** Names of folders that would escape, vanish or clash if they were taken as they are. */
const FOLDERS = ["..", ".", "cur", "new", "mbox", ".hidden", "a/b", "a", "con:", "Été ", "x".repeat(240)];
const TRICKY = [
  "Subject: quoted\r\n\r\nFrom the start\r\n>From there\r\n>>From afar\r\n From inside\r\nfrom below\r\n",
  "Subject: no end of line\r\n\r\nFrom ",
  "Status: D\r\nX-Status: T\r\nX-Keywords: forged\r\nSubject: forged state\r\n\r\n.\r\n",
  `Subject: long line\r\n\r\n${">".repeat(300_000)}From far\r\n`,
  `Subject: large\r\n\r\n${"From me\r\n>x\r\n".repeat(120_000)}`,
];

interface Message {
  readonly folder: string;
  readonly flags: string;
  readonly date: number;
  readonly sha256: string;
  readonly keywords: readonly string[];
}

function percent(name: string): string {
  const plain = name.replace(/[%/\\:*?"<>|]|[. ]$/g, (character) => `%${(character.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(2, "0")}`);
  return name === ".." || name === "." ? name.replaceAll(".", "%2E") : plain;
}

function named(folder: string): string {
  return folder.split("/").map(decodeURIComponent).join(" > ");
}

/** What Python's mailbox module reads. */
function read(form: string, dir: string): Message[] {
  const run = spawnSync("python3", [READER, form, dir], { encoding: "utf8", maxBuffer: 1 << 26 });
  if (run.status !== 0) throw new Error(`python3 read_mail.py ${form}: ${run.stderr}`);
  return run.stdout.trim().split("\n").map((line) => JSON.parse(line) as Message);
}

/** What the tenant folder holds: folder with its own names, state, hash of the bytes as `form` keeps them. */
async function held(tenant: string, form: "maildir" | "mbox"): Promise<string[]> {
  const lines: string[] = [];
  for (const owner of await readdir(path.join(tenant, "users"))) {
    const mail = path.join(tenant, "users", owner, "mail");
    for (const name of await readdir(mail, { recursive: true }).catch(() => [])) {
      if (!name.endsWith(".eml")) continue;
      const told = await readFile(path.join(mail, name.replace(/\.eml$/, ".json")), "utf8").then((text) => JSON.parse(text) as Record<string, unknown>, () => ({}) as Record<string, unknown>);
      const flag = typeof told["flag"] === "object" && told["flag"] !== null ? (told["flag"] as { flagStatus?: string }).flagStatus : told["flag"];
      const flags = `${told["isDraft"] === true ? "D" : ""}${flag === "flagged" ? "F" : ""}${told["isRead"] === false ? "" : "S"}`;
      const bytes = await readFile(path.join(mail, name));
      const kept = form === "maildir" ? bytes : Buffer.from(bytes.toString("latin1").replace(/\r\n/g, "\n").replace(/\n+$/, ""), "latin1");
      lines.push(`${owner} > ${named(path.dirname(name))} ${flags} ${createHash("sha256").update(kept).digest("hex")}`);
    }
  }
  return lines.sort();
}

const bagit = spawnSync(BAGIT, ["check", "/nonexistent"], { encoding: "utf8" }).status !== 3;
if (!bagit && process.env["CI"] === "true") throw new Error("the BagIt library is not installed: fixtures/bagit/bagit install");

describe("exports", () => {
  let staged: Stage;
  let work: WorkDir;
  const at = (name: string): string => path.join(work.dir, name);
  const vault = (...args: string[]) => cli(["vault", ...args, "-c", work.config]);

  beforeAll(async () => {
    staged = await stage(async (tenant) => {
      for (const user of ["helene.garcon@eaux-vallee.example", "accueil@eaux-vallee.example"]) await cp(path.join(ROOT, "fixtures/tenant/users", user), path.join(tenant, "users", user), { recursive: true });
      await cp(path.join(ROOT, "fixtures/tenant/tenant.json"), path.join(tenant, "tenant.json"));
      for (const [index, name] of FOLDERS.entries()) {
        const dir = path.join(tenant, "users", HOSTILE, "mail", percent(name));
        await mkdir(dir, { recursive: true });
        await writeFile(path.join(dir, "0.eml"), `Message-ID: <${index}@hostile>\r\nSubject: in ${index}\u001b[31m\r\n\r\n${index}\r\n`);
        if (index === 7) for (const [number, text] of TRICKY.entries()) await writeFile(path.join(dir, `t${number}.eml`), `Message-ID: <t${number}@hostile>\r\n${text}`);
      }
    });
    work = await workDir(staged.served, { routes: [{ workload: ["mail", "calendar", "files"], to: "archive" }] });
    const pulled = await cli(["pull", "-c", work.config]);
    expect([pulled.code, pulled.stderr]).toEqual([0, ""]);
  });

  afterAll(async () => {
    await staged.remove();
    await work.remove();
  });

  it.each(["maildir", "mbox"] as const)("to %s: another reader finds every message in its folder, with its bytes, state and date", async (form) => {
    const { code, stdout, stderr } = await vault("export", `--${form}`, at(form), "--json");
    expect([code, stderr]).toEqual([0, expect.stringContaining("Not mail, and not in this export: calendar")]);
    const found = read(form, at(form));
    const index = (await readFile(at(`${form}/index.jsonl`), "utf8")).trim().split("\n").map((line) => JSON.parse(line) as { owner: string; folder: string[]; file: string; losses: { field: string }[] });
    expect(records(stdout).at(-1)).toMatchObject({ type: "export", form, messages: found.length, failed: 0, withLosses: index.filter(({ losses }) => losses.length > 0).length });
    // One name is longer than a file's may be: its folder is found by the index alone.
    const [long = ""] = FOLDERS.slice(-1);
    const shown = found.map(({ folder, flags, sha256 }) => `${named(folder)} ${flags} ${sha256}`.replace(/x{200,}~[0-9a-f]{8}/, long)).sort();
    expect(shown).toEqual(await held(staged.tenant, form));
    expect(new Set(index.map(({ owner, folder }) => [owner, ...folder].join(" > ")))).toEqual(new Set((await held(staged.tenant, form)).map((line) => line.replace(/ \w* [0-9a-f]{64}$/, ""))));
    expect(index.length).toBe(found.length);
    // Nothing outside of the folder, and nothing that tells of an unfinished export.
    expect((await readdir(work.dir)).filter((name) => !["secret", "exodus.yaml", "vault", "maildir", "mbox"].includes(name))).toEqual([]);
    // It is as private as the vault.
    expect(((await stat(at(form))).mode & 0o777).toString(8)).toBe("700");
    expect((await readdir(at(form))).sort()).toEqual(["accueil@eaux-vallee.example", "helene.garcon@eaux-vallee.example", HOSTILE, "index.jsonl"]);
  });

  it("agree on dates with one another and with the record, and keep categories as keywords", async () => {
    const [maildir, mbox] = [read("maildir", at("maildir")), read("mbox", at("mbox"))];
    expect(maildir.map(({ folder, date }) => `${folder} ${date}`).sort()).toEqual(mbox.map(({ folder, date }) => `${folder} ${date}`).sort());
    const { stdout } = await vault("grep", "PV de la seance", "--json");
    const [{ id = "" } = {}] = records(stdout) as { id?: string }[];
    const record = records((await vault("cat", id, "--json")).stdout)[0]?.["record"] as { receivedAt: string };
    expect(maildir.filter(({ folder }) => folder.endsWith("Réunions 2026")).map(({ date }) => date)).toContain(Date.parse(record.receivedAt) / 1000);
    const losses = (await readFile(at("maildir/index.jsonl"), "utf8")).split("\n").filter((line) => line.includes('"categories"')).length;
    expect(losses).toBeGreaterThan(0);
    expect(mbox.filter(({ keywords }) => keywords.some((word) => !["$Important", "Flag_complete"].includes(word))).length).toBe(losses);
  });

  it("never write into a folder that holds something, and say when one was cut off", async () => {
    expect(await vault("export", "--mbox", at("mbox"))).toMatchObject({ code: 10, stderr: expect.stringContaining("EXPORT_EXISTS") });
    await mkdir(at("cut"));
    await writeFile(at("cut/exodus-export.unfinished"), "");
    expect(await vault("export", "--maildir", at("cut"))).toMatchObject({ code: 10, stderr: expect.stringContaining("EXPORT_UNFINISHED") });
    expect(await vault("export")).toMatchObject({ code: 2 });
    expect(await vault("export", "--mbox", at("other"), "--owner", "nobody")).toMatchObject({ code: 10, stderr: expect.stringContaining("VAULT_OWNER_UNKNOWN") });
    await rm(at("cut"), { recursive: true });
  });

  it("list, show and find what is there", async () => {
    const owners = records((await vault("ls", "--json")).stdout);
    expect(owners.map(({ name }) => name)).toEqual(["accueil@eaux-vallee.example", "helene.garcon@eaux-vallee.example", HOSTILE]);
    const folders = records((await vault("ls", HOSTILE, "mail", "--json")).stdout);
    expect(folders.flatMap(({ path: names, items }) => (Number(items) > 0 ? (names as string[]) : [])).sort()).toEqual([...FOLDERS].sort());
    const listed = await vault("ls", HOSTILE, "mail", "a%2Fb");
    expect([listed.code, listed.stdout]).toEqual([0, expect.stringMatching(/^\S+ {2}\d+ B {2}in 6 \[31m\n$/)]);
    const bytes = await vault("cat", listed.stdout.split(" ")[0] ?? "");
    expect(bytes.stdout).toBe("Message-ID: <6@hostile>\r\nSubject: in 6\u001b[31m\r\n\r\n6\r\n");
    expect(await vault("cat", "nothing")).toMatchObject({ code: 10, stderr: expect.stringContaining("VAULT_ITEM_UNKNOWN") });
    expect(await vault("ls", HOSTILE, "mail", "a/b")).toMatchObject({ code: 10, stderr: expect.stringContaining("VAULT_FOLDER_UNKNOWN") });
    expect(records((await vault("grep", "FROM AFAR", "--json")).stdout)).toEqual([{ type: "grep", found: 0, looked: expect.any(Number), failed: 0 }]);
    expect(records((await vault("grep", "FROM AFAR", "--body", "--json")).stdout)).toEqual([expect.objectContaining({ type: "found", owner: HOSTILE, folder: "a", title: "quoted", where: "body" }), expect.objectContaining({ found: 1 })]);
  });

  it("end in order when nobody reads on", () => {
    const run = spawnSync("bash", ["-c", `"${process.execPath}" bin/o365-exodus.js vault ls ${HOSTILE} mail -c "${work.config}" | head -1`], { cwd: ROOT, encoding: "utf8" });
    expect([run.status, run.stderr, run.stdout.split("\n").length]).toEqual([0, "", 2]);
  });

  it("tell a message whose bytes are damaged, and write the others", async () => {
    const damaged = path.join(work.dir, "vault-damaged");
    await cp(at("vault"), damaged, { recursive: true });
    const folder = (await readdir(path.join(damaged, "owners"))).find((name) => name.startsWith("helene")) ?? "";
    const segment = path.join(damaged, "owners", folder, "segments/000001.tar");
    const spot = (await readFile(segment)).indexOf("Message-ID:");
    const handle = await open(segment, "r+");
    await handle.write("X", spot);
    await handle.close();
    const { code, stdout, stderr } = await cli(["vault", "export", "--vault", damaged, "--mbox", at("damaged"), "--owner", "helene.garcon@eaux-vallee.example", "--json"]);
    expect([code, stderr]).toEqual([3, expect.stringContaining("VAULT_BLOB_DAMAGED")]);
    const whole = read("mbox", at("mbox")).filter(({ folder: of }) => of.startsWith("helene"));
    expect(records(stdout).at(-1)).toMatchObject({ failed: 1, messages: whole.length - 1 });
    expect(read("mbox", at("damaged")).length).toBe(whole.length - 1);
  });

  (bagit ? it : it.skip)(bagit ? "to a bag: the Library of Congress's library finds it valid, and it is a vault again" : "to a bag (skipped: not installed, run fixtures/bagit/bagit install)", async () => {
    const check = () => spawnSync(BAGIT, ["check", at("bag")], { encoding: "utf8" });
    expect(await vault("export", "--bagit", at("bag"))).toMatchObject({ code: 0, stdout: expect.stringContaining("Bag of") });
    expect(check()).toMatchObject({ status: 0, stdout: "" });
    expect((await cli(["vault", "rebuild", "--vault", at("bag/data")])).code).toBe(0);
    expect((await cli(["vault", "check", "--vault", at("bag/data"), "--read-data", "--schema"])).code).toBe(0);
    // Who is named twice, by name and by identifier, is one owner.
    const owner = records((await vault("ls", "--json")).stdout).find(({ name }) => name === "helene.garcon@eaux-vallee.example");
    expect(await vault("export", "--bagit", at("bag-of-one"), "--owner", String(owner?.["name"]), String(owner?.["id"]))).toMatchObject({ code: 0 });
    expect((await readdir(at("bag-of-one/data/owners"))).length).toBe(1);
    await rm(at("bag-of-one"), { recursive: true });
    // The judge does judge: an index in the payload is a file that no manifest names.
    expect(check().status).toBe(1);
    await rm(at("bag"), { recursive: true });
  });
});
