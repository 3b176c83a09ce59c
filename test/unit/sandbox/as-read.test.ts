import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "@jest/globals";
import { siteIdOf, siteOf } from "../../../src/sandbox/sites.js";
import { TeamsStore } from "../../../src/sandbox/teams/teams-store.js";
import { TenantStore } from "../../../src/sandbox/tenant/store.js";

describe("what the sandbox makes of a tenant once per reading of its folder", () => {
  let dir = "";
  let tenant: TenantStore;
  let teams: TeamsStore;

  const write = async (file: string, json: object): Promise<void> => {
    await mkdir(path.dirname(path.join(dir, file)), { recursive: true });
    await writeFile(path.join(dir, file), JSON.stringify(json));
  };

  beforeEach(async () => {
    dir = await mkdtemp(path.join(tmpdir(), "sandbox-as-read-"));
    await write("tenant.json", { domain: "test.example" });
    await write("users/zoe@test.example/profile.json", {});
    await write("teams/Eau/team.json", { members: ["zoe@test.example"] });
    await write("chats/Eau/chat.json", { id: "19:one@thread.v2", chatType: "group", members: ["zoe@test.example"] });
    await write("sites/eau/site.json", {});
    tenant = await TenantStore.load(dir);
    teams = new TeamsStore(tenant);
  });
  afterEach(() => rm(dir, { recursive: true, force: true }));

  const idOf = (name: string): string => tenant.owners.get(name)?.id ?? "";

  it("gives the same team and chat at each question", () => {
    expect(teams.team(idOf("eau"))).toBe(teams.teams()[0]);
    expect(teams.team(idOf("eau").toUpperCase())).toBe(teams.teams()[0]);
    expect(teams.chat("19:one@thread.v2")).toBe(teams.chats()[0]);
  });

  it("shows a team, a chat and a site from the reading on that finds them, and no more once they are gone", async () => {
    expect([teams.teams().length, teams.chats().length]).toEqual([1, 1]);
    await write("teams/Voirie/team.json", {});
    await write("chats/Voirie/chat.json", { id: "19:two@thread.v2", chatType: "group" });
    await write("sites/voirie/site.json", {});
    expect(teams.teams().length).toBe(1);
    await tenant.rescan();
    const [team, site] = [idOf("voirie"), tenant.owners.get("voirie")];
    expect(teams.teams().map(({ folder }) => folder.name)).toEqual(["Eau", "Voirie"]);
    expect([teams.team(team).folder.name, teams.chat("19:two@thread.v2").folder.name]).toEqual(["Voirie", "Voirie"]);
    const id = site === undefined ? "" : siteIdOf(site);
    expect(siteOf(tenant, id.toUpperCase())).toBe(site);
    for (const area of ["teams", "chats", "sites"]) await rm(path.join(dir, area, area === "sites" ? "voirie" : "Voirie"), { recursive: true });
    await tenant.rescan();
    expect(() => teams.team(team)).toThrow();
    expect(() => teams.chat("19:two@thread.v2")).toThrow();
    expect(() => siteOf(tenant, id)).toThrow();
  });

  it("takes the first folder of two with one id", async () => {
    await write("chats/Zone/chat.json", { id: "19:one@thread.v2", chatType: "group" });
    await write("teams/Zone/team.json", { group: "eau" });
    await tenant.rescan();
    expect(teams.chat("19:one@thread.v2").folder.name).toBe("Eau");
    expect(teams.team(idOf("eau")).folder.name).toBe("Eau");
    expect([...tenant.owners.values()].filter(({ kind }) => kind === "group")).toHaveLength(1);
  });
});
