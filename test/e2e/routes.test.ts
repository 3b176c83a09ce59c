import { mkdir, readdir, readFile, rm, writeFile } from "node:fs/promises";
import path from "node:path";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "@jest/globals";
import { cli, records, summary, workDir, type Ended, type WorkDir } from "./cli.js";
import { stage, type Stage } from "./stage.js";

type Json = Record<string, unknown>;

const [ZOE, LUC, ANA, PAUL] = ["zoe@mairie.example", "luc@mairie.example", "ana@mairie.example", "paul@mairie.example"] as const;
const TARGETS = Object.fromEntries(["courrier", "finances", "dsi", "reste"].map((name) => [name, { adapter: "archive", path: `./${name}`, index: false }]));
/** The sandbox counts being asked how many requests it served. */
const OWN_QUESTION = 1;
/** Mail of all to one target, files of one directorate and of one department elsewhere, the rest to another. */
const ROUTES = [
  { workload: "mail", to: "courrier" },
  { workload: "files", to: "finances", group: "Direction des finances" },
  { workload: "files", to: "dsi", where: { department: "DSI" } },
  { workload: "files", to: "reste" },
];

describe("routes by group and by property of the directory", () => {
  let staged: Stage;
  let work: WorkDir;
  const put = async (file: string, value: unknown): Promise<void> => {
    await mkdir(path.dirname(path.join(staged.tenant, file)), { recursive: true });
    await writeFile(path.join(staged.tenant, file), typeof value === "string" ? value : JSON.stringify(value));
  };
  const finances = async (...members: string[]): Promise<void> => {
    await put("groups/finances/group.json", { displayName: "Direction des finances", mail: "finances@mairie.example", members: [...members, "tresorerie"] });
    await staged.served.control("rescan");
  };

  beforeAll(async () => {
    staged = await stage(async (tenant) => {
      const write = async (file: string, value: string | Json): Promise<void> => {
        await mkdir(path.dirname(path.join(tenant, file)), { recursive: true });
        await writeFile(path.join(tenant, file), typeof value === "string" ? value : JSON.stringify(value));
      };
      await write("tenant.json", { name: "Mairie", domain: "mairie.example" });
      for (const [who, department] of [[ZOE, "Finances"], [LUC, "Finances"], [ANA, "dsi"], [PAUL, undefined]] as const) {
        await write(`users/${who}/profile.json`, { displayName: who, ...(department === undefined ? {} : { department }) });
        await write(`users/${who}/mail/Inbox/1.eml`, `From: a@b.example\r\nSubject: Pour ${who}\r\nDate: Mon, 05 Jan 2026 09:00:00 +0100\r\nMessage-ID: <${who}>\r\n\r\nBonjour\r\n`);
        await write(`users/${who}/drive/a.txt`, `De ${who}`);
      }
      // Zoé by herself, Luc through a group inside it, which is in a circle.
      await write("groups/finances/group.json", { displayName: "Direction des finances", mail: "finances@mairie.example", members: [ZOE, "tresorerie"] });
      await write("groups/tresorerie/group.json", { displayName: "Trésorerie", groupTypes: [], mailEnabled: false, securityEnabled: true, members: [LUC, "finances"] });
      await write("groups/vide/group.json", { displayName: "Vide", members: [{ "@odata.type": "#microsoft.graph.device", id: "d1" }] });
      for (const one of ["jumeau1", "jumeau2"]) await write(`groups/${one}/group.json`, { displayName: "Jumeaux", members: [ZOE] });
    });
  });
  afterAll(() => staged.remove());
  beforeEach(async () => {
    await finances(ZOE);
    work = await workDir(staged.served, { targets: TARGETS, routes: ROUTES });
  });
  afterEach(() => work.remove());

  const run = (...args: string[]): Promise<Ended> => cli([...args, "--config", work.config, "--json"]);
  const rows = ({ stdout }: Ended, type: string): Json[] => records(stdout).filter((row) => row["type"] === type);
  const homes = async (target: string): Promise<string[]> => (await readdir(path.join(work.dir, target, "users")).catch(() => [])).map((name) => name.split("@")[0] ?? name).sort();
  const fileRoutes = (ended: Ended): Json => Object.fromEntries(rows(ended, "plan").filter(({ workload }) => workload === "files").map(({ owner, targets, route }) => [String(owner), [route, ...(targets as string[])]]));

  it("works on the routes alone that --route names, and refuses a number that there is not", async () => {
    const planned = await run("plan", "--route", "2", "3");
    expect({ code: planned.code, files: fileRoutes(planned), all: rows(planned, "plan").length }).toEqual({ code: 0, files: { [ZOE]: [2, "finances"], [LUC]: [2, "finances"], [ANA]: [3, "dsi"] }, all: 3 });
    const migrated = await run("migrate", "--route", "3");
    expect({ code: migrated.code, seen: summary(migrated.stdout).seen, dsi: await homes("dsi"), others: [...await homes("courrier"), ...await homes("finances"), ...await homes("reste")] }).toEqual({ code: 0, seen: 1, dsi: ["ana"], others: [] });
    for (const [told, code, says] of [["5", 10, "ROUTE_NUMBER"], ["0", 2, "a number from 1"], ["deux", 2, "a number from 1"]] as const) {
      const refused = await run("migrate", "--route", told);
      expect({ code: refused.code, says: refused.stderr.includes(says) }).toEqual({ code, says: true });
    }
  });

  it("plan, audit and doctor show who goes where, and a run brings everybody there", async () => {
    const planned = await run("plan");
    expect({ code: planned.code, files: fileRoutes(planned) }).toEqual({ code: 0, files: { [ZOE]: [2, "finances"], [LUC]: [2, "finances"], [ANA]: [3, "dsi"], [PAUL]: [4, "reste"] } });
    const told = rows(planned, "route").map(({ route, targets, owners }) => [route, targets, owners]);
    expect(told).toEqual([[1, ["courrier"], 4], [2, ["finances"], 2], [3, ["dsi"], 1], [4, ["reste"], 1]]);
    const audited = await run("audit");
    expect([audited.code, rows(audited, "route").map(({ owners }) => owners)]).toEqual([0, [4, 2, 1, 1]]);
    const checked = await cli(["doctor", "--config", work.config, "--lang", "fr"]);
    expect(checked).toMatchObject({ code: 0, stdout: expect.stringContaining("route 2: fichiers (group: Direction des finances) → finances: 2 propriétaire(s)") });
    expect(checked.stdout).toContain("GroupMember.Read.All");
    expect(summary((await run("migrate")).stdout)).toMatchObject({ seen: 8, counts: { migrated: 8 } });
    expect([await homes("courrier"), await homes("finances"), await homes("dsi"), await homes("reste")]).toEqual([["ana", "luc", "paul", "zoe"], ["luc", "zoe"], ["ana"], ["paul"]]);
    // What the directory said is kept for commands that do not ask it.
    const asked = await staged.served.requests();
    const verified = await run("verify");
    expect([verified.code, summary(verified.stdout).verified["same"], (await run("status")).code, (await staged.served.requests()) - asked]).toEqual([0, 8, 0, OWN_QUESTION]);
  });

  it("who changes group between two passes goes on where it stands, is told of, and moves only when asked", async () => {
    await run("migrate");
    await finances(ZOE, PAUL);
    const second = await run("migrate", "--pass", "delta", "--quiet");
    expect(rows(second, "route-finding")).toEqual([expect.objectContaining({ code: "ROUTE_MOVED", workload: "files", from: "reste", to: "finances", owners: [PAUL] })]);
    expect(second).toMatchObject({ code: 0, stderr: expect.stringContaining("files of 1 owner(s) stands at reste; the routes now say finances. It goes on at reste") });
    expect([await homes("finances"), await homes("reste")]).toEqual([["luc", "zoe"], ["paul"]]);
    expect(fileRoutes(await run("plan"))[PAUL]).toEqual([2, "reste"]);
    // A change of the file still arrives where it stands.
    await put(`users/${PAUL}/drive/b.txt`, "plus tard");
    await staged.served.control("rescan");
    await run("migrate", "--pass", "delta");
    expect((await readdir(path.join(work.dir, "reste"), { recursive: true })).some((file) => file.endsWith("b.txt"))).toBe(true);
    const doctor = await run("doctor");
    expect([doctor.code, rows(doctor, "check").filter(({ code }) => code === "ROUTE_MOVED")]).toEqual([0, [expect.objectContaining({ ok: true, advice: expect.stringContaining("--reroute --owner") })]]);
    const moved = await run("migrate", "--reroute", "--owner", PAUL);
    expect([moved.code, await homes("finances"), await homes("reste")]).toEqual([0, ["luc", "paul", "zoe"], ["paul"]]);
    // It has moved for good, and what it left behind is told.
    const after = await run("migrate", "--pass", "delta");
    expect([after.code, rows(after, "route-finding").map(({ code, from }) => [code, from])]).toEqual([0, [["ROUTE_LEFT", "reste"]]]);
    // Back in the group where the old target is the route: neither alone there nor at both, until somebody asks.
    await finances(ZOE);
    const back = await run("plan");
    expect([rows(back, "route-finding").map(({ code, from, to }) => [code, from, to]), fileRoutes(back)[PAUL]]).toEqual([[["ROUTE_MOVED", "finances", "reste"]], [4, "finances"]]);
    await writeFile(work.config, (await readFile(work.config, "utf8")).replace("to: reste", "to: [dsi, finances]"));
    expect(fileRoutes(await run("plan"))[PAUL]).toEqual([4, "dsi", "finances"]);
  });

  it("a group that is not there, is empty, or has a namesake stops everything before anything is read, with its remedy", async () => {
    const told = async (group: string, command: string): Promise<unknown[]> => {
      const wrong = await workDir(staged.served, { targets: TARGETS, routes: [{ workload: "mail", to: "courrier", group }, { workload: "mail", to: "reste" }] });
      try {
        const ended = await cli([command, "--config", wrong.config, "--json"]);
        const failed = [...rows(ended, "error"), ...rows(ended, "check").filter(({ ok }) => ok === false)];
        return [ended.code, ...failed.map((row) => [row["code"], (row["remedy"] ?? row["advice"] ?? "") !== ""]), await readdir(path.join(wrong.dir, "courrier")).catch(() => "nothing written")];
      } finally {
        await wrong.remove();
      }
    };
    const stopped = (code: string): unknown[] => [10, [code, true], "nothing written"];
    expect(await told("Direction des fêtes", "migrate")).toEqual(stopped("ROUTE_GROUP_UNKNOWN"));
    expect(await told("00000000-0000-4000-8000-000000000000", "plan")).toEqual(stopped("ROUTE_GROUP_UNKNOWN"));
    expect(await told("o'fetes@mairie.example", "plan")).toEqual(stopped("ROUTE_GROUP_UNKNOWN"));
    expect(await told("Jumeaux", "plan")).toEqual(stopped("ROUTE_GROUP_AMBIGUOUS"));
    expect(await told("Vide", "doctor")).toEqual(stopped("ROUTE_GROUP_EMPTY"));
  });

  it("names what matches nothing and what matches twice, and finds a group by its address", async () => {
    const mixed = await workDir(staged.served, {
      targets: TARGETS, groups: "all", routes: [{ workload: "files", to: "finances", group: "finances@mairie.example" }, { workload: "files", to: "dsi", owners: [ZOE, ANA] }, { workload: "files", to: "none", owners: [LUC] }],
    });
    try {
      const planned = await cli(["plan", "--config", mixed.config, "--json"]);
      expect(rows(planned, "route-finding").map(({ code, owners }) => [code, (owners as string[]).sort()])).toEqual(expect.arrayContaining([
        ["ROUTE_TWICE", [ZOE]], ["ROUTE_TWICE", [LUC]], ["ROUTE_UNMATCHED", expect.arrayContaining([PAUL])],
      ]));
      // The group itself is in it: its library goes with its members' files.
      expect(fileRoutes(planned)).toMatchObject({ [ANA]: [2, "dsi"], "finances@mairie.example": [1, "finances"] });
    } finally {
      await mixed.remove();
    }
  });

  it("finds a group by its object id, and by its nickname", async () => {
    expect((await run("init", "provisioning", "--out", "comptes")).code).toBe(0);
    const id = /"finances";.*"([0-9a-f-]{36})"\r/.exec(await readFile(path.join(work.dir, "comptes/groups.csv"), "utf8"))?.[1] ?? "";
    for (const group of [id, "finances"]) {
      await writeFile(work.config, (await readFile(work.config, "utf8")).replace(/group: .*/, `group: ${group}`));
      expect([group, fileRoutes(await run("plan"))]).toEqual([group, expect.objectContaining({ [ZOE]: [2, "finances"], [LUC]: [2, "finances"], [PAUL]: [4, "reste"] })]);
    }
  });

  it("who matches no route any more gets no more changes, and is named with where it stands", async () => {
    const config = (await readFile(work.config, "utf8")).replace(/  - workload: files\n    to: reste\n/, "");
    await writeFile(work.config, config);
    expect(rows(await run("migrate", "--workload", "files"), "route-finding").map(({ code, owners }) => [code, owners])).toEqual([["ROUTE_UNMATCHED", [PAUL]]]);
    await finances();
    const second = await run("migrate", "--workload", "files", "--pass", "delta", "--quiet");
    const { routes } = JSON.parse(await readFile(path.join(work.dir, "report", "report.json"), "utf8")) as { routes: Json[] };
    expect(routes.map(({ code, owners }) => [code, owners])).toEqual([["ROUTE_UNMATCHED", [PAUL]], ["ROUTE_LEFT", [ZOE]]]);
    expect(await readFile(path.join(work.dir, "report", "report.html"), "utf8")).toMatch(new RegExp(`ROUTE_UNMATCHED[^]*${PAUL}`));
    expect([second.code, ["ROUTE_UNMATCHED", "ROUTE_LEFT"].every((code) => second.stderr.includes(code))]).toEqual([0, true]);
    expect(rows(second, "route-finding").map(({ code, owners, from }) => [code, owners, from])).toEqual([["ROUTE_UNMATCHED", [PAUL], undefined], ["ROUTE_LEFT", [ZOE], "finances"]]);
    expect((await run("doctor")).code).toBe(0);
    // Before a run too, and with no other route beside it.
    await writeFile(work.config, config.replace(/routes:[^]*/, "routes:\n  - { workload: files, to: finances, group: Direction des finances }\n"));
    expect(rows(await run("plan"), "route-finding").map(({ code, owners }) => [code, owners])).toEqual([["ROUTE_LEFT", [ANA]], ["ROUTE_UNMATCHED", [PAUL]], ["ROUTE_LEFT", [ZOE]]]);
  });

  it("a name that nobody has is told, and stops everything where it was to be left out", async () => {
    const named = async (to: string): Promise<Ended> => {
      const wrong = await workDir(staged.served, { targets: TARGETS, routes: [{ workload: "files", to, owners: ["pol@mairie.example"] }, { workload: "files", to: "reste" }] });
      try {
        const ended = await cli(["migrate", "--config", wrong.config, "--json", "--quiet"]);
        expect((await readdir(path.join(wrong.dir, "reste")).catch(() => [])).length > 0).toBe(to !== "none");
        return ended;
      } finally {
        await wrong.remove();
      }
    };
    const [told, stopped] = [await named("dsi"), await named("none")];
    expect([told.code, told.stderr.includes("pol@mairie.example"), rows(told, "route-finding").map(({ code, route, owners }) => [code, route, owners])]).toEqual([0, true, [["ROUTE_OWNER_UNLISTED", 1, ["pol@mairie.example"]]]]);
    expect([stopped.code, rows(stopped, "error").map(({ code }) => code)]).toEqual([10, ["ROUTE_NONE_UNKNOWN"]]);
  }, 60_000);

  it("an owner whom the tenant has no more keeps nobody else from being verified and reported when routes ask anew", async () => {
    const ida = "ida@mairie.example";
    await put(`users/${ida}/profile.json`, { displayName: ida });
    await put(`users/${ida}/drive/a.txt`, "D'Ida");
    await staged.served.control("rescan");
    let all: Ended;
    try {
      all = await run("migrate");
    } finally {
      await rm(path.join(staged.tenant, "users", ida), { recursive: true });
      await staged.served.control("rescan");
    }
    expect(all.code).toBe(0);
    await writeFile(work.config, (await readFile(work.config, "utf8")).replace("group: Direction des finances", "group: Trésorerie"));
    expect((await run("migrate", "--pass", "delta")).code).toBe(0);
    const verified = await run("verify", "--quiet");
    const untold = [expect.objectContaining({ code: "ROUTE_UNTOLD", workload: "files", route: 2, owners: [ida] })];
    const findings = (ended: Ended): Json[] => rows(ended, "route-finding").filter(({ code }) => code === "ROUTE_UNTOLD");
    expect([verified.code, summary(verified.stdout).verified["same"], findings(verified), verified.stderr.includes("hangs on route 2")]).toEqual([0, summary(all.stdout).seen, untold, true]);
    for (const command of [["status"], ["report"], ["push"], ["audit", "--from-vault"], ["verify", "--owner", ida]]) {
      const ended = await run(...command);
      expect([command[0], ended.code, findings(ended)]).toEqual([command[0], 0, untold]);
    }
  });

  it("asks for routes that nobody answered yet to be run once with the source", async () => {
    await writeFile(work.config, (await readFile(work.config, "utf8")).replaceAll("group: Direction des finances", "owners: [zoe@mairie.example]").replaceAll(/where:\s+department: DSI/g, "owners: [ana@mairie.example]"));
    expect((await run("pull")).code).toBe(0);
    await writeFile(work.config, (await readFile(work.config, "utf8")).replaceAll("owners: [zoe@mairie.example]", "group: Direction des finances"));
    const pushed = await run("push");
    expect([pushed.code, rows(pushed, "error").map(({ code }) => code)]).toEqual([10, ["ROUTE_FACTS_UNTOLD"]]);
  });
});
