import { createHash } from "node:crypto";
import { mkdir, readdir, readFile, writeFile } from "node:fs/promises";
import path from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "@jest/globals";
import { cli, records, serve, summary, workDir } from "./cli.js";
import { stage, type Stage } from "./stage.js";

type Json = Record<string, unknown>;

const [ZOE, LUC, ACCUEIL, GUEST] = ["zoe@mairie.example", "luc@mairie.example", "accueil@mairie.example", "ana_ailleurs.example#EXT#@mairie.example"] as const;
const E3 = "05e9a617-0261-4cee-bb44-138d3ef5d965";
const PHOTO = Buffer.from("iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==", "base64");
const ROUTES = [{ workload: ["directory", "settings"], to: "archive" }];
const CARD = { name: "Mairie", domain: "mairie.example", subscribedSkus: [{ skuId: E3, skuPartNumber: "SPE_E3" }] };

async function recordOf(work: string, home: string): Promise<Json> {
  const dir = path.join(work, "archive", home, "directory/Directory");
  const [name] = (await readdir(dir)).filter((one) => one.endsWith(".json"));
  return (JSON.parse(await readFile(path.join(dir, name ?? ""), "utf8")) as { record: Json }).record;
}

describe("the directory", () => {
  let staged: Stage;
  const put = async (file: string, value: unknown): Promise<void> => {
    await mkdir(path.dirname(path.join(staged.tenant, file)), { recursive: true });
    await writeFile(path.join(staged.tenant, file), JSON.stringify(value));
  };

  beforeAll(async () => {
    staged = await stage(async (tenant) => {
      const write = async (file: string, value: string | Buffer | Json): Promise<void> => {
        await mkdir(path.dirname(path.join(tenant, file)), { recursive: true });
        await writeFile(path.join(tenant, file), typeof value === "string" || Buffer.isBuffer(value) ? value : JSON.stringify(value));
      };
      await write("tenant.json", CARD);
      await write(`users/${ZOE}/profile.json`, {
        displayName: "Zoé Bénard", givenName: "Zoé", surname: "Bénard", jobTitle: "Directrice", department: "DSI", manager: LUC, businessPhones: ["+33 1"], mobilePhone: "+33 6", city: "Nantes",
        proxyAddresses: [`SMTP:${ZOE}`, "smtp:dsi@mairie.example", `sip:${ZOE}`], assignedLicenses: [{ skuId: E3, disabledPlans: [] }], createdDateTime: "2020-01-02T03:04:05Z",
      });
      await write(`users/${ZOE}/photo.png`, PHOTO);
      await write(`users/${LUC}/profile.json`, { displayName: "Luc" });
      await write(`users/${ACCUEIL}/profile.json`, { displayName: "Accueil", accountEnabled: false });
      await write(`users/${ACCUEIL}/settings/mailboxSettings.json`, { userPurpose: "shared" });
      await write(`users/${GUEST}/profile.json`, { displayName: "Ana", userType: "Guest", mailboxEnabled: false, mail: "ana@ailleurs.example" });
      await write("groups/bureau/group.json", { displayName: "Bureau", mail: "bureau@mairie.example", members: [ZOE, GUEST], owners: [ZOE], visibility: "Private", renewedDateTime: "2026-01-01T00:00:00Z" });
      await write("groups/droits/group.json", {
        displayName: "Droits", description: "Accès à la paie", groupTypes: ["DynamicMembership"], mailEnabled: false, securityEnabled: true, membershipRule: 'user.department -eq "DSI"', assignedLicenses: [{ skuId: E3, disabledPlans: [] }],
        members: [ZOE, "bureau", { "@odata.type": "#microsoft.graph.device", id: "d1", displayName: "PORTABLE-7" }, { "@odata.type": "#microsoft.graph.orgContact", id: "c1", displayName: null, mail: null }], owners: [LUC],
      });
      await write("groups/tous/group.json", { displayName: "Tous", mail: "tous@mairie.example", groupTypes: [], proxyAddresses: ["SMTP:tous@mairie.example", "smtp:personnel@mairie.example"], members: ["droits"] });
      await write("groups/discret/group.json", { displayName: "Discret", groupTypes: [], mail: "discret@mairie.example", securityEnabled: true, onPremisesSyncEnabled: true, visibility: "HiddenMembership" });
    });
  });
  afterAll(() => staged.remove());

  const named = async (work: string, home: string): Promise<string> => (await readdir(path.join(work, "archive/groups"))).find((name) => name.startsWith(home)) ?? "";

  it("is kept for users, guests and groups of every kind, each once; guests have nothing else; the audit tells kinds of mailbox and licences", async () => {
    const work = await workDir(staged.served, { groups: "all", routes: ROUTES });
    try {
      const audit = records((await cli(["audit", "--config", work.config, "--json"])).stdout).filter(({ type, workload }) => type === "audit" && workload === "directory");
      expect(Object.fromEntries(audit.map(({ ownerName, account }) => [ownerName, account]))).toEqual({
        [ZOE]: { mailbox: "user", enabled: true, guest: false, licences: ["SPE_E3"] }, [LUC]: { mailbox: "user", enabled: true, guest: false, licences: [] },
        [ACCUEIL]: { mailbox: "shared", enabled: false, guest: false, licences: [] }, [GUEST]: { mailbox: "none", enabled: true, guest: true, licences: [] }, "bureau@mairie.example": undefined,
        "tous@mairie.example": undefined, "discret@mairie.example": undefined, [audit.find(({ ownerName }) => String(ownerName).startsWith("Droits ("))?.["ownerName"] as string]: undefined,
      });
      expect(audit.flatMap(({ group }) => (group === undefined ? [] : [group]))).toEqual(expect.arrayContaining([
        { kind: "microsoft365", dynamic: false, synced: false, licences: [] }, { kind: "security", dynamic: true, synced: false, licences: ["SPE_E3"] },
        { kind: "distribution", dynamic: false, synced: false, licences: [] }, { kind: "mail-security", dynamic: false, synced: true, licences: [] },
      ]));
      expect((await cli(["audit", "--config", work.config])).stdout).toContain("security group, members by rule, licences: SPE_E3");
      const run = await cli(["migrate", "--config", work.config, "--json"]);
      // Eight entries, and settings of three mailboxes: none of the guest's, none of a group without content.
      const { seen, counts } = summary(run.stdout);
      expect({ code: run.code, seen, migrated: counts["migrated"], converted: counts["converted"] }).toEqual({ code: 0, seen: 8 + 6, migrated: 5 + 6, converted: 3 });
      const zoe = await recordOf(work.dir, `users/${ZOE}`);
      expect(zoe).toMatchObject({
        name: ZOE, mail: ZOE, displayName: "Zoé Bénard", givenName: "Zoé", surname: "Bénard", jobTitle: "Directrice", department: "DSI", phones: { business: ["+33 1"], mobile: "+33 6" }, postal: { city: "Nantes" },
        enabled: true, guest: false, mailbox: "user", manager: { kind: "user", name: "Luc", address: LUC }, licences: [{ id: E3, name: "SPE_E3" }], createdAt: "2020-01-02T03:04:05.000Z",
        addresses: [{ kind: "sip", address: ZOE, primary: false }, { kind: "smtp", address: "dsi@mairie.example", primary: false }, { kind: "smtp", address: ZOE, primary: true }],
      });
      expect((zoe["memberOf"] as Json[]).map(({ name }) => name).sort()).toEqual(["Bureau", "Droits", "Tous"]);
      expect(zoe["photo"]).toEqual({ sha256: createHash("sha256").update(PHOTO).digest("hex"), size: PHOTO.length });
      const below = await readdir(path.join(work.dir, `archive/users/${ZOE}/directory/Directory`), { recursive: true });
      const photo = below.find((name) => name.endsWith(".jpg"));
      expect(await readFile(path.join(work.dir, `archive/users/${ZOE}/directory/Directory`, photo ?? ""))).toEqual(PHOTO);
      expect(await recordOf(work.dir, "groups/bureau@mairie.example")).toMatchObject({ visibility: "private", team: false, renewedAt: "2026-01-01T00:00:00.000Z", owners: [{ name: "Zoé Bénard" }] });
      expect(((await recordOf(work.dir, "groups/bureau@mairie.example"))["members"] as Json[]).map(({ address }) => address).sort()).toEqual(["ana@ailleurs.example", ZOE]);
      const rights = await recordOf(work.dir, `groups/${await named(work.dir, "Droits (")}`);
      expect(rights).toMatchObject({
        kind: "security", security: true, description: "Accès à la paie", memberRule: 'user.department -eq "DSI"', ruleActive: true, synced: false, licences: [{ id: E3, name: "SPE_E3" }], owners: [{ kind: "user", name: "Luc" }],
      });
      // Nested ones stay groups; of what the application may not read there is the id.
      expect((rights["members"] as Json[]).map(({ kind, name }) => [kind, name]).sort()).toEqual([["contact", undefined], ["device", "PORTABLE-7"], ["group", "Bureau"], ["user", "Zoé Bénard"]]);
      expect(await recordOf(work.dir, "groups/tous@mairie.example")).toMatchObject({ kind: "distribution", security: false, mail: "tous@mairie.example", addresses: [{ address: "personnel@mairie.example", primary: false }, { address: "tous@mairie.example", primary: true }] });
      expect(await recordOf(work.dir, "groups/discret@mairie.example")).toMatchObject({ kind: "mail-security", synced: true, visibility: "hiddenmembership", members: [] });
      const report = await readFile(path.join(work.dir, "report/report.json"), "utf8");
      for (const reason of ["directory.entries-unnamed", "directory.owners-untold", "directory.members-hidden"]) expect(report).toContain(reason);
      expect(await recordOf(work.dir, `users/${encodeURIComponent(GUEST).replaceAll("%40", "@").replaceAll("%23", "#")}`)).toMatchObject({ guest: true, mailbox: "none" });
      expect(await readdir(path.join(work.dir, "archive/users", GUEST))).not.toContain("settings");

      expect(summary((await cli(["verify", "--config", work.config, "--json"])).stdout).verified).toMatchObject({ same: 14, missing: 0, different: 0 });
      await put(`users/${LUC}/profile.json`, { displayName: "Luc Garçon" });
      await staged.served.control("rescan");
      const delta = summary((await cli(["migrate", "--pass", "delta", "--config", work.config, "--json"])).stdout);
      // His own entry, and that of whom he manages; that of the group which he owns too.
      expect({ migrated: delta.counts["migrated"], converted: delta.counts["converted"], rest: delta.counts["already-there"] }).toEqual({ migrated: 2, converted: 1, rest: 11 });
    } finally {
      await work.remove();
    }
  });

  it("is read as far as the permissions go, and says what is missing", async () => {
    await put("tenant.json", { ...CARD, grantedRoles: ["User.Read.All", "GroupMember.Read.All"] });
    const narrow = await serve(staged.tenant);
    const work = await workDir(narrow, { owners: [ZOE], routes: [{ workload: "directory", to: "archive" }] });
    try {
      const doctor = await cli(["doctor", "--config", work.config]);
      expect({ code: doctor.code, named: ["missing: Organization.Read.All, MailboxSettings.Read", "GRAPH_PERMISSION"].map((text) => `${doctor.stdout}${doctor.stderr}`.includes(text))[0] }).toEqual({ code: 13, named: true });
      const run = await cli(["migrate", "--config", work.config, "--json"]);
      expect({ code: run.code, converted: summary(run.stdout).counts["converted"] }).toEqual({ code: 0, converted: 1 });
      expect(await recordOf(work.dir, `users/${ZOE}`)).toMatchObject({ mailbox: "unknown", licences: [{ id: E3 }] });
      const report = await readFile(path.join(work.dir, "report/report.json"), "utf8");
      for (const reason of ["directory.mailbox-unread", "directory.licences-unnamed"]) expect(report).toContain(reason);
    } finally {
      await work.remove();
      await narrow.stop();
    }
  });
});
