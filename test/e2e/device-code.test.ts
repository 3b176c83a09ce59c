import { createHash } from "node:crypto";
import { spawn, type ChildProcess } from "node:child_process";
import { mkdir, readdir, readFile, rm, stat, writeFile } from "node:fs/promises";
import path from "node:path";
import { createInterface } from "node:readline";
import { setTimeout as pause } from "node:timers/promises";
import { generateX25519Identity, identityToRecipient } from "age-encryption";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "@jest/globals";
import { cli, launch, PROGRAM, records, summary, workDir, type Ended, type WorkDir } from "./cli.js";
import { stage, type Stage } from "./stage.js";

const ZOE = "zoe@mairie.example";
const LUC = "luc@mairie.example";
const PAGES = 30;
const ROUTES = [{ workload: "all", to: "archive" }];
const PERSON = { clientSecret: undefined, deviceCode: true };
const sha = (bytes: string | Buffer): string => createHash("sha256").update(bytes).digest("hex");
const picture = (index: number): Buffer => Buffer.from([137, 80, 78, 71, index]);
const pageOf = (index: number): string => `<html><head><title>Page ${String(index)}</title></head><body><p>Compte rendu ${String(index)}</p><img src="resources/p${String(index)}.png" data-src-type="image/png"/></body></html>`;

async function fill(tenant: string): Promise<void> {
  const put = async (file: string, content: string | Buffer): Promise<void> => {
    await mkdir(path.dirname(path.join(tenant, file)), { recursive: true });
    await writeFile(path.join(tenant, file), content);
  };
  await put("tenant.json", JSON.stringify({ name: "Mairie", domain: "mairie.example", deviceCode: { interval: 1 } }));
  for (const who of [ZOE, LUC]) {
    await put(`users/${who}/profile.json`, JSON.stringify({ displayName: who, manager: LUC }));
    for (let index = 0; index < 4; index += 1) await put(`users/${who}/mail/Inbox/${String(index)}.eml`, `From: a@mairie.example\r\nSubject: Message ${String(index)}\r\nDate: Mon, 05 Jan 2026 09:00:00 +0100\r\nMessage-ID: <${who}-${String(index)}>\r\n\r\nBonjour ${who}\r\n`);
    await put(`users/${who}/drive/Notes/a.txt`, `De ${who}`);
    await put(`users/${who}/contacts/Contacts/c.vcf`, "BEGIN:VCARD\r\nVERSION:4.0\r\nFN:Ada\r\nEND:VCARD\r\n");
    await put(`users/${who}/todo/Tâches/t.json`, JSON.stringify({ title: "Tâche" }));
    for (let index = 0; index < PAGES; index += 1) {
      await put(`users/${who}/onenote/Carnet/Conseil/p${String(index).padStart(2, "0")}.html`, pageOf(index));
      await put(`users/${who}/onenote/Carnet/Conseil/resources/p${String(index)}.png`, picture(index));
    }
  }
  await put("chats/duo/chat.json", JSON.stringify({ chatType: "oneOnOne", members: [ZOE, LUC], tabs: [{ displayName: "Wiki", url: "https://wiki.example" }] }));
}

/** Does with a shown code what a person would. */
function watchCode(child: ChildProcess, answer: (code: string) => Promise<void>): void {
  if (child.stdout === null) return;
  createInterface({ input: child.stdout }).on("line", (line) => {
    const row = JSON.parse(line) as Record<string, unknown>;
    if (row["type"] === "sign-in-code") void answer(String(row["userCode"]));
  });
}

/** Every file with its size and the time of its last change. */
async function filesOf(dir: string): Promise<Readonly<Record<string, string>>> {
  const files = (await readdir(dir, { recursive: true, withFileTypes: true })).filter((one) => one.isFile()).map((one) => path.join(one.parentPath, one.name));
  return Object.fromEntries(await Promise.all(files.sort().map(async (file) => [file, await stat(file).then(({ size, mtimeMs }) => `${String(size)} ${String(mtimeMs)}`)])));
}

describe("a person signs in by device code", () => {
  let staged: Stage;
  let work: WorkDir;
  const kept = (): string => `${path.join(work.dir, "vault")}.sign-in`;
  const run = (...args: string[]): Promise<Ended> => cli([...args, "--config", work.config, "--json"]);

  function signIn(answer: (code: string) => Promise<void>, of: WorkDir = work, env: NodeJS.ProcessEnv = {}): Promise<Ended> {
    const { child, done } = launch(["sign-in", "--config", of.config, "--json"], { env });
    watchCode(child, answer);
    return done;
  }
  const as = (person: string | undefined) => (code: string): Promise<void> => staged.served.answerCode(code, person);
  const told = ({ code, stdout }: Ended): unknown[] => [code, ...records(stdout).filter(({ type }) => type === "error").map((row) => row["code"])];

  beforeAll(async () => { staged = await stage(fill, () => ["--latency", "15"]); }, 60_000);
  afterAll(() => staged.remove());
  beforeEach(async () => { work = await workDir(staged.served, { routes: ROUTES, targets: { archive: { adapter: "archive", path: "./archive", index: true } } }, PERSON); });
  afterEach(() => work.remove());

  it("and migrates the own mailbox, notes with their pictures, and nothing of others; later runs need no new sign-in", async () => {
    const signed = await signIn(as(ZOE));
    expect({ code: signed.code, person: records(signed.stdout).at(-1)?.["person"], shown: /open https:\/\/localhost:\d+\/device in a browser and enter the code [A-Z0-9]{9} \(within 15 minutes\)/.test(signed.stderr) }).toEqual({ code: 0, person: ZOE, shown: true });
    expect((await stat(kept())).mode & 0o777).toBe(0o600);

    const doctor = await run("doctor");
    const checks = records(doctor.stdout).filter(({ type, where }) => type === "check" && where === "Microsoft 365");
    expect({ code: doctor.code, failed: checks.filter(({ ok }) => ok !== true), subjects: checks.map(({ subject }) => subject) }).toEqual({
      code: 0, failed: [], subjects: ["sign-in", "Mail.Read", "Calendars.Read", "Contacts.Read", "Files.Read", "Chat.Read", "Tasks.Read", "MailboxSettings.Read", "Notes.Read", "delegated permissions for these routes", "directory"],
    });

    const audit = await run("audit");
    const rows = records(audit.stdout).filter(({ type }) => type === "audit");
    expect({ code: audit.code, owners: [...new Set(rows.map(({ ownerName }) => ownerName))], directory: rows.filter(({ workload }) => workload === "directory").map(({ forecast }) => (forecast as { reason: string }[]).map(({ reason }) => reason)) })
      .toEqual({ code: 0, owners: [ZOE], directory: [["directory.person"]] });
    const plan = records((await run("plan")).stdout).filter(({ type }) => type === "plan");
    expect(plan.map(({ workload }) => workload).sort()).toEqual(["calendar", "chats", "contacts", "files", "mail", "notes", "settings", "tasks"]);

    const before = await staged.served.counts();
    const migrated = await run("migrate");
    const sums = summary(migrated.stdout);
    expect({ code: migrated.code, failed: sums.counts["failed"], blocked: sums.blocked }).toEqual({ code: 0, failed: 0, blocked: [] });
    const home = path.join(work.dir, "archive/users", ZOE);
    expect(await readdir(path.join(work.dir, "archive/users"))).toEqual([ZOE]);
    expect((await readdir(path.join(home, "mail/Inbox"))).filter((name) => name.endsWith(".eml")).length).toBe(4);
    expect(await readFile(path.join(home, "drive/Notes/a.txt"), "utf8")).toBe(`De ${ZOE}`);

    const section = path.join(home, "notes/Carnet/Conseil");
    const documents = await Promise.all((await readdir(section)).filter((name) => name.endsWith(".json")).map(async (name) => JSON.parse(await readFile(path.join(section, name), "utf8")) as { title: string; record: { type: string; pages?: unknown[] }; files: Record<string, string> }));
    const pages = documents.filter(({ record }) => record.type === "note-page");
    const arrived = await Promise.all(pages.map(async ({ title, files }) => {
      const contents = await Promise.all(Object.entries(files).map(async ([name, hash]) => ({ name, hash, bytes: await readFile(path.join(section, name)) })));
      for (const { hash, bytes } of contents) expect(sha(bytes)).toBe(hash);
      return { title, text: /<p>([^<]*)/.exec(contents.find(({ name }) => name.endsWith(".html"))?.bytes.toString() ?? "")?.[1], pictures: contents.filter(({ name }) => name.endsWith(".png")).map(({ hash }) => hash) };
    }));
    expect(arrived.sort((a, b) => a.title.localeCompare(b.title))).toEqual(Array.from({ length: PAGES }, (_, index) => ({ title: `p${String(index).padStart(2, "0")}`, text: `Compte rendu ${String(index)}`, pictures: [sha(picture(index))] })));
    expect(documents.find(({ record }) => record.type === "note-part")?.record.pages?.length).toBe(PAGES);
    const index = path.join(work.dir, "archive/_index/users", ZOE);
    const offline = (await Promise.all((await readdir(index)).filter((name) => name.endsWith(".html")).map((name) => readFile(path.join(index, name), "utf8")))).join("");
    expect([0, PAGES - 1].filter((one) => !offline.includes(`Compte rendu ${String(one)}`) || !offline.includes(`${sha(picture(one)).slice(0, 16)}.png`))).toEqual([]);

    const verified = await run("verify");
    expect({ code: verified.code, ...summary(verified.stdout).verified }).toMatchObject({ code: 0, different: 0, missing: 0 });

    // Every access token so far is worthless: the kept refresh token brings another one, and no code is asked for.
    await staged.served.control("expire-tokens");
    const stands = await filesOf(path.join(work.dir, "archive/users"));
    const again = await run("migrate", "--pass", "delta");
    expect({ code: again.code, codes: records(again.stdout).filter(({ type }) => type === "sign-in-code").length, failed: summary(again.stdout).counts["failed"] }).toEqual({ code: 0, codes: 0, failed: 0 });
    expect((await staged.served.counts())["GET 401"] ?? 0).toBeGreaterThan(before["GET 401"] ?? 0);
    expect(await filesOf(path.join(work.dir, "archive/users"))).toEqual(stands);
    // Nothing of the sign-in stands in the vault, which is copied and handed on.
    const secret = /"secret":\s*"([^"]{40,})"/.exec(await readFile(kept(), "utf8"))?.[1] ?? "";
    const inVault = await Promise.all((await readdir(path.join(work.dir, "vault"), { recursive: true, withFileTypes: true })).filter((one) => one.isFile()).map((one) => readFile(path.join(one.parentPath, one.name))));
    expect([secret.length > 0, inVault.filter((bytes) => bytes.includes(secret)).length]).toEqual([true, 0]);

    expect((await cli(["sign-in", "--forget", "--config", work.config])).code).toBe(0);
    expect(told(await run("migrate", "--pass", "delta"))).toEqual([13, "AUTH_SIGN_IN_NEEDED"]);
  });

  /** Starts a pull and calls `change` when it has come some way. */
  async function midway(change: () => Promise<void>): Promise<Ended> {
    const before = await staged.served.requests();
    const { done } = launch(["pull", "--workload", "notes", "--config", work.config, "--json"]);
    while ((await staged.served.requests()) - before < 25) await pause(20);
    await change();
    return done;
  }

  it("and a token that runs out in the middle is renewed; a revoked sign-in stops the run, which goes on after a new one", async () => {
    expect((await signIn(as(ZOE))).code).toBe(0);
    const renewed = await midway(() => staged.served.control("expire-tokens"));
    expect({ code: renewed.code, pulled: summary(renewed.stdout).seen }).toEqual({ code: 0, pulled: PAGES + 2 });

    await rm(path.join(work.dir, "vault"), { recursive: true });
    const stopped = await midway(async () => {
      await staged.served.control("revoke-sign-ins");
      await staged.served.control("expire-tokens");
    });
    expect(told(stopped)).toEqual([13, "AUTH_SIGN_IN_NEEDED"]);
    expect(await signIn(as(ZOE))).toMatchObject({ code: 0 });
    const finished = await run("pull", "--workload", "notes");
    expect({ code: finished.code, pulled: summary(finished.stdout).seen, failed: summary(finished.stdout).counts["failed"] }).toEqual({ code: 0, pulled: PAGES + 2, failed: 0 });
  });

  it("or does not: declined, too late, nobody there; each is told with its remedy", async () => {
    expect(told(await signIn(as(undefined)))).toEqual([13, "AUTH_DECLINED"]);
    expect(told(await signIn(() => staged.served.control("expire-codes")))).toEqual([13, "AUTH_CODE_EXPIRED"]);
    const alone = await cli(["migrate", "--config", work.config, "--lang", "fr"]);
    expect({ code: alone.code, told: alone.stderr }).toEqual({ code: 13, told: expect.stringMatching(/Une personne doit se connecter[\s\S]*o365-exodus sign-in/) });
  });

  it("on a terminal, where every command asks", async () => {
    // A terminal of its own (pty), as a person has; what is shown there goes to our pipe.
    const script = "import os,pty,sys; sys.exit(os.waitstatus_to_exitcode(pty.spawn(['sh', '-c', 'stty cols 200 rows 50 && exec \"$@\"', 'sh'] + sys.argv[1:])))";
    const child = spawn("python3", ["-c", script, process.execPath, PROGRAM, "doctor", "--config", work.config, "--lang", "fr"], { stdio: ["ignore", "pipe", "inherit"] });
    let shown = "";
    let answered = false;
    child.stdout.on("data", (chunk) => {
      shown += String(chunk);
      const code = /saisissez le code ([A-Z0-9]{9})/.exec(shown)?.[1];
      if (code === undefined || answered) return;
      answered = true;
      void as(ZOE)(code);
    });
    const code = await new Promise((resolve) => child.once("close", resolve));
    expect({ code, answered, told: shown.includes(`, ${ZOE}`) }).toEqual({ code: 0, answered: true, told: true });
  });

  it("and reads nothing of others, whom owners, routes or --owner may name", async () => {
    const others = await workDir(staged.served, { owners: [ZOE, LUC], routes: [{ workload: "contacts", to: "archive" }, { workload: "files", to: "archive", owners: ["paul@mairie.example"] }] }, PERSON);
    try {
      expect((await signIn(as(ZOE), others)).code).toBe(0);
      const unread = (of: Ended): unknown[] => [of.code, ...records(of.stdout).filter(({ type }) => type === "error").map((row) => `${String(row["code"])} ${/"([^"]*)"/.exec(String(row["message"]))?.[1] ?? ""}`)];
      const migrated = await cli(["migrate", "--config", others.config, "--json"]);
      expect(unread(migrated)).toEqual([10, `OWNER_NOT_SIGNED_IN ${LUC}`, "OWNER_NOT_SIGNED_IN paul@mairie.example"]);
      expect(await readdir(path.join(others.dir, "archive/users"))).toEqual([ZOE]);
      expect(unread(await cli(["audit", "--owner", LUC, "--config", others.config, "--json"]))).toEqual([10, `OWNER_NOT_SIGNED_IN ${LUC}`]);
    } finally {
      await others.remove();
    }
  });

  it("for an encrypted vault, whose identity opens what is kept", async () => {
    const identity = await generateX25519Identity();
    const sealed = await workDir(staged.served, { routes: [{ workload: "contacts", to: "archive" }], vault: { path: "./vault", recipients: [await identityToRecipient(identity)], identity: "env:ME" } }, PERSON);
    const env = { ME: identity };
    try {
      expect((await signIn(as(ZOE), sealed, env)).code).toBe(0);
      const kept = await readFile(path.join(sealed.dir, "vault.sign-in"));
      expect([kept.subarray(0, 21).toString(), kept.includes("RefreshToken")]).toEqual(["age-encryption.org/v1", false]);
      expect((await cli(["migrate", "--config", sealed.config, "--json"], { env })).code).toBe(0);
      const stranger = await cli(["audit", "--config", sealed.config, "--json"], { env: { ME: await generateX25519Identity() } });
      expect(told(stranger)).toEqual([13, "AUTH_KEPT"]);
    } finally {
      await sealed.remove();
    }
  });

  it("and not where an application signs in", async () => {
    const application = await workDir(staged.served);
    expect(told(await cli(["sign-in", "--config", application.config, "--json"]))).toEqual([10, "CONFIG_PERSON"]);
    await application.remove();
  });
});

describe("a tenant whose administrator allows people less than is asked for", () => {
  let staged: Stage;
  beforeAll(async () => {
    staged = await stage(async (tenant) => {
      await fill(tenant);
      await writeFile(path.join(tenant, "tenant.json"), JSON.stringify({ name: "Mairie", domain: "mairie.example", deviceCode: { interval: 1 }, delegatedScopes: ["User.Read", "Mail.Read", "Contacts.Read"] }));
    });
  });
  afterAll(() => staged.remove());

  it("has doctor name each missing permission, with the least set and the link that grants it; the rest is read", async () => {
    const work = await workDir(staged.served, { routes: [{ workload: ["mail", "contacts", "notes", "tasks"], to: "archive" }] }, PERSON);
    try {
      const { child, done } = launch(["sign-in", "--config", work.config, "--json"]);
      watchCode(child, (code) => staged.served.answerCode(code, ZOE));
      expect((await done).code).toBe(0);
      const doctor = await cli(["doctor", "--config", work.config, "--json"]);
      const checks = records(doctor.stdout).filter(({ type, where }) => type === "check" && where === "Microsoft 365");
      expect({ code: doctor.code, failed: checks.filter(({ ok }) => ok !== true).map(({ subject, code }) => `${String(subject)} ${String(code)}`), held: checks.filter(({ ok }) => ok === true).map(({ subject }) => subject) }).toEqual({
        code: 13, failed: ["Tasks.Read GRAPH_SCOPE", "Notes.Read GRAPH_SCOPE", "delegated permissions for these routes GRAPH_SCOPE"], held: ["sign-in", "Mail.Read", "Contacts.Read"],
      });
      expect(checks.find(({ subject }) => subject === "Notes.Read")?.["advice"]).toMatch(/delegated permission Notes\.Read .*\/adminconsent\?client_id=/);
      expect(checks.at(-1)?.["message"]).toBe("User.Read, Mail.Read, Contacts.Read, Tasks.Read, Notes.Read; missing: Tasks.Read, Notes.Read");
      const migrated = await cli(["migrate", "--config", work.config, "--json"]);
      const sums = summary(migrated.stdout);
      expect({ code: migrated.code, blocked: sums.blocked.map(({ code }) => code), mail: (await readdir(path.join(work.dir, "archive/users", ZOE, "mail/Inbox"))).filter((name) => name.endsWith(".eml")).length })
        .toEqual({ code: 13, blocked: ["GRAPH_CONSENT", "GRAPH_CONSENT"], mail: 4 });
    } finally {
      await work.remove();
    }
  });
});
