import { mkdir, readdir, readFile, writeFile } from "node:fs/promises";
import path from "node:path";
import { parse } from "csv-parse/sync";
import { afterAll, beforeAll, describe, expect, it } from "@jest/globals";
import { cli, records, summary, workDir, type Ended, type WorkDir } from "./cli.js";
import { stage, type Stage } from "./stage.js";

type Json = Record<string, unknown>;
type Row = Record<string, string>;

const [ZOE, LUC, ACCUEIL, ROBOT, GUEST, NEW] = ["zoe@mairie.example", "luc@mairie.example", "accueil@mairie.example", "robot@mairie.example", "ana_ailleurs.example#EXT#@mairie.example", "nouvelle@mairie.example"] as const;
const table = async (file: string): Promise<Row[]> => parse(await readFile(file, "utf8"), { delimiter: ";", bom: true, columns: true }) as Row[];

describe("the identity map and the files for a target's own import", () => {
  let staged: Stage;
  let work: WorkDir;
  const write = async (tenant: string, file: string, value: string | Json): Promise<void> => {
    await mkdir(path.dirname(path.join(tenant, file)), { recursive: true });
    await writeFile(path.join(tenant, file), typeof value === "string" ? value : JSON.stringify(value));
  };
  const run = (...args: string[]): Promise<Ended> => cli([...args, "--config", work.config, "--json"]);
  const codes = ({ stdout }: Ended): unknown[] => records(stdout).filter(({ type }) => type === "identity-finding").map(({ code }) => code);
  const changes = ({ stdout }: Ended): string[] => records(stdout).filter(({ type }) => type === "identity-change").map(({ status, source }) => `${String(status)} ${String(source)}`);
  const map = (): string => path.join(work.dir, "identities.csv");
  const edit = async (from: string, to: string): Promise<void> => {
    const before = await readFile(map(), "utf8");
    expect(before).toContain(from);
    await writeFile(map(), before.replace(from, to));
  };

  beforeAll(async () => {
    staged = await stage(async (tenant) => {
      await write(tenant, "tenant.json", { name: "Mairie", domain: "mairie.example" });
      await write(tenant, `users/${ZOE}/profile.json`, { displayName: "=Zoé, maire", givenName: "Zoé", surname: "Bénard", department: "DGS", proxyAddresses: [`SMTP:${ZOE}`, "smtp:maire@mairie.example", `sip:${ZOE}`] });
      await write(tenant, `users/${LUC}/profile.json`, { displayName: "Luc", surname: "Petit", accountEnabled: false });
      await write(tenant, `users/${ACCUEIL}/profile.json`, { displayName: "Accueil", accountEnabled: false });
      await write(tenant, `users/${ACCUEIL}/settings/mailboxSettings.json`, { userPurpose: "shared" });
      await write(tenant, `users/${ROBOT}/profile.json`, { displayName: "Sauvegarde", mailboxEnabled: false });
      await write(tenant, `users/${GUEST}/profile.json`, { displayName: "Ana", userType: "Guest", mailboxEnabled: false, mail: "ana@ailleurs.example" });
      for (const who of [ZOE, LUC, ACCUEIL]) await write(tenant, `users/${who}/mail/Inbox/1.eml`, `From: a@b.example\r\nSubject: Pour ${who}\r\nDate: Mon, 05 Jan 2026 09:00:00 +0100\r\nMessage-ID: <${who}>\r\n\r\nBonjour\r\n`);
      await write(tenant, "groups/bureau/group.json", { displayName: "Bureau", mail: "bureau@mairie.example", members: [ZOE, GUEST, "droits"], owners: [ZOE] });
      await write(tenant, "groups/droits/group.json", { displayName: "Droits", groupTypes: [], mailEnabled: false, securityEnabled: true, members: [LUC] });
    });
    work = await workDir(staged.served, {
      identities: "identities.csv", targets: Object.fromEntries(["courrier", "archive"].map((name) => [name, { adapter: "archive", path: `./${name}`, index: false }])),
      routes: [{ workload: "mail", to: "archive", kind: ["leaver", "shared"] }, { workload: "mail", to: "courrier" }],
    });
  });
  afterAll(async () => {
    await work.remove();
    await staged.remove();
  });

  it("is made from the directory, with kinds and aliases, safe for spreadsheets", async () => {
    const none = await run("init", "identities", "--check");
    expect([none.code, codes(none)]).toEqual([10, ["IDENTITY_MISSING"]]);
    const made = await run("init", "identities");
    expect([made.code, changes(made).length, codes(made)]).toEqual([0, 5, []]);
    const rows = await table(map());
    expect(rows.map(({ source, account, kind, status }) => [source, account, kind, status])).toEqual([
      [ACCUEIL, ACCUEIL, "shared", "new"], [GUEST, "", "guest", "new"], [LUC, LUC, "leaver", "new"], [ROBOT, ROBOT, "service", "new"], [ZOE, ZOE, "person", "new"],
    ]);
    expect(rows.at(-1)).toMatchObject({ name: "'=Zoé, maire", addresses: `${ZOE} | maire@mairie.example`, "account@courrier": "" });
    expect(await readFile(map(), "utf8")).toMatch(/^\ufeff"source";"account";/);
    const again = await run("init", "identities", "--check");
    expect([again.code, changes(again)]).toEqual([0, []]);
  });

  it("routes by its kinds, to its accounts, by target where it tells one", async () => {
    await edit(`"${ZOE}";"${ZOE}"`, `"${ZOE}";"z.benard"`);
    const planned = await run("plan");
    const goes = records(planned.stdout).filter(({ type }) => type === "plan").map(({ owner, targets, accounts, route }) => [owner, targets, accounts, route]);
    expect(goes).toEqual(expect.arrayContaining([[ZOE, ["courrier"], ["z.benard"], 2], [LUC, ["archive"], [LUC], 1], [ACCUEIL, ["archive"], [ACCUEIL], 1]]));
    expect(summary((await run("migrate")).stdout)).toMatchObject({ seen: 3, counts: { migrated: 3 } });
    expect([(await readdir(path.join(work.dir, "archive/users"))).length, (await readdir(path.join(work.dir, "courrier/users"))).length]).toEqual([2, 1]);
  });

  it("lists no guest where entries of the directory are left out", async () => {
    const none = await workDir(staged.served, { routes: [{ workload: "mail", to: "archive" }, { workload: "all", to: "none" }] });
    try {
      const { code, stdout } = await cli(["plan", "--config", none.config, "--json"]);
      expect([code, records(stdout).filter(({ type }) => type === "route").map(({ owners }) => owners)]).toEqual([0, [4, 4]]);
    } finally {
      await none.remove();
    }
  });

  it("made again keeps what was edited, and tells who is new, changed, gone; who is not in it yet waits", async () => {
    await edit(`"${ROBOT}";"${ROBOT}";"service"`, `"${ROBOT}";"${ROBOT}";"person"`);
    await write(staged.tenant, `users/${NEW}/profile.json`, { displayName: "Nouvelle", surname: "N" });
    await write(staged.tenant, `users/${ZOE}/profile.json`, { displayName: "Zoé Bénard", surname: "Bénard" });
    await staged.served.control("rescan");
    const planned = await run("plan");
    expect(records(planned.stdout).filter(({ code }) => code === "ROUTE_UNMATCHED").map(({ owners }) => owners)).toEqual([[NEW]]);
    const checked = await run("init", "identities", "--check");
    expect([checked.code, codes(checked), changes(checked)]).toEqual([10, ["IDENTITY_MISSING"], [`changed ${ZOE}`, `new ${NEW}`]]);
    expect((await run("doctor")).code).toBe(10);
    const before = (await table(map())).length;
    expect((await run("init", "identities")).code).toBe(0);
    const rows = await table(map());
    expect([rows.length - before, rows.find(({ source }) => source === ROBOT)?.["kind"], rows.find(({ source }) => source === ZOE)]).toEqual([1, "person", expect.objectContaining({ account: "z.benard", name: "Zoé Bénard", status: "changed: name, addresses" })]);
    expect((await run("doctor")).code).toBe(0);
  });

  it("is checked by audit and doctor too, in the reader's language, with remedies", async () => {
    const good = await readFile(map(), "utf8");
    try {
      await writeFile(map(), good.replace(`"${LUC}";"${LUC}"`, `"${LUC}";"Z.Benard"`).replace(`"${NEW}";`, '"inconnue@mairie.example";'));
      const doctor = await cli(["doctor", "--config", work.config, "--lang", "fr"]);
      expect([doctor.code, ["Seules les majuscules", "ne nomment personne à la source : inconnue@mairie.example", "Remède"].every((words) => doctor.stdout.includes(words))]).toEqual([10, true]);
      const audit = await run("audit");
      expect([audit.code, codes(audit)]).toEqual([10, expect.arrayContaining(["IDENTITY_CASE", "IDENTITY_UNKNOWN"])]);
    } finally {
      await writeFile(map(), good);
    }
  });

  it("users, groups and members become three files with the accounts of the map", async () => {
    const [header = "", ...lines] = (await readFile(map(), "utf8")).split("\r\n");
    const at = header.split(";").indexOf('"account@courrier"');
    await writeFile(map(), [header, ...lines.map((line) => (line.startsWith(`"${LUC}"`) ? line.split(";").map((cell, index) => (index === at ? '"l.petit"' : cell)).join(";") : line))].join("\r\n"));
    const made = await run("init", "provisioning", "--out", "comptes", "--target", "courrier", "--for", "jalios");
    expect([made.code, records(made.stdout).find(({ type }) => type === "provisioning")]).toEqual([0, expect.objectContaining({ users: 6, groups: 2, members: 5 })]);
    const of = (name: string): Promise<Row[]> => table(path.join(work.dir, "comptes", name));
    expect((await of("users.csv")).find(({ source }) => source === ZOE)).toMatchObject({ account: "z.benard", kind: "person", enabled: "yes", surname: "Bénard" });
    expect((await of("users.csv")).find(({ source }) => source === GUEST)).toMatchObject({ account: "", kind: "guest", mail: "ana@ailleurs.example" });
    // People alone, in the columns of one platform.
    const members = (await readFile(path.join(work.dir, "comptes/jalios-members-1.csv"), "utf8")).trim().split("\r\n");
    expect([members[0]?.startsWith('"Name";"Firstname";"Email"'), members.filter((line) => line.includes('"z.benard"')).length, members.some((line) => line.includes("ana@ailleurs.example"))]).toEqual([true, 1, false]);
    expect((await of("groups.csv")).map(({ group, kind }) => [group, kind]).sort()).toEqual([["bureau", "microsoft365"], ["droits", "security"]]);
    expect((await of("members.csv")).map(({ group, role, kind, account }) => [group, role, kind, account]).sort()).toEqual([
      ["bureau", "member", "group", ""], ["bureau", "member", "user", ""], ["bureau", "member", "user", "z.benard"], ["bureau", "owner", "user", "z.benard"], ["droits", "member", "user", "l.petit"],
    ]);
  });

  it("who was given another's name gets no account in the files, and that is the configuration's to put right", async () => {
    const good = await readFile(map(), "utf8");
    const id = (await table(map())).find(({ source }) => source === ZOE)?.["id"] ?? "";
    try {
      await edit(id, "00000000-0000-4000-8000-000000000000");
      const made = await run("init", "provisioning", "--out", "autres");
      expect([made.code, codes(made)]).toEqual([10, ["IDENTITY_OTHER"]]);
      expect((await table(path.join(work.dir, "autres/users.csv"))).map(({ source, account }) => [source, account])).toContainEqual([ZOE, ""]);
    } finally {
      await writeFile(map(), good);
    }
  });

  it("`--check` tells a directory that has changed from a map with something wrong", async () => {
    await write(staged.tenant, `users/${NEW}/profile.json`, { displayName: "Nouvelle Venue", surname: "N" });
    await staged.served.control("rescan");
    const changed = await run("init", "identities", "--check");
    expect([changed.code, codes(changed), changes(changed)]).toEqual([4, [], [`changed ${NEW}`]]);
    await edit(`"${ROBOT}";"${ROBOT}"`, `"${ROBOT}";"${LUC}"`);
    const wrong = await run("init", "identities", "--check");
    expect([wrong.code, codes(wrong)]).toEqual([10, ["IDENTITY_SHARED"]]);
    await edit(`"${ROBOT}";"${LUC}"`, `"${ROBOT}";"${ROBOT}"`);
    expect((await run("init", "identities")).code).toBe(0);
    expect((await run("init", "identities", "--check")).code).toBe(0);
  });

  it("costs no second listing of the directory", async () => {
    const targets = Object.fromEntries(["courrier", "archive"].map((name) => [name, { adapter: "archive", path: `./${name}`, index: false }]));
    const asked = async (command: string[], changes: Json): Promise<unknown[]> => {
      const one = await workDir(staged.served, { targets, ...changes });
      try {
        await writeFile(path.join(one.dir, "who.csv"), await readFile(map(), "utf8"));
        const before = await staged.served.requests();
        const { code } = await cli([...command, "--config", one.config]);
        return [code, (await staged.served.requests()) - before];
      } finally {
        await one.remove();
      }
    };
    const only = { owners: [ZOE], routes: [{ workload: "mail", to: "courrier", owners: [ZOE] }] };
    for (const command of ["audit", "doctor"]) expect([command, ...(await asked([command], { ...only, identities: "who.csv" }))]).toEqual([command, ...(await asked([command], only))]);
    // People once, and the groups that may have lines of their own: one request more.
    const [[, alone], [, beside]] = [await asked(["init", "identities"], only), await asked(["init", "identities"], { ...only, groups: "all" })];
    expect(Number(beside) - Number(alone)).toBe(1);
  });

  it("is not made by a person's sign-in, which reads nothing of others in the directory", async () => {
    const { tenantId, clientId, graph, authority, caFile } = staged.served.ready;
    const own = path.join(work.dir, "own.yaml");
    await writeFile(own, JSON.stringify({ source: { tenantId, clientId, graph, authority, deviceCode: true }, tls: { caFile }, targets: { archive: { adapter: "archive", path: "./own" } }, routes: [{ workload: "mail", to: "archive" }] }));
    for (const command of ["identities", "provisioning"]) {
      const ended = await cli(["init", command, "--config", own, "--json", "--out", path.join(work.dir, "own")]);
      expect([command, ended.code, records(ended.stdout).map(({ code }) => code)]).toEqual([command, 10, ["IDENTITY_SOURCE"]]);
    }
    expect(await readdir(path.join(work.dir, "own")).catch(() => "nothing written")).toBe("nothing written");
  });
});
