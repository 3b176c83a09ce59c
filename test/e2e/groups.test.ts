import { createHash } from "node:crypto";
import { mkdir, readdir, readFile, rm, writeFile } from "node:fs/promises";
import path from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "@jest/globals";
import { cli, records, serve, summary, workDir } from "./cli.js";
import { stage, type Stage } from "./stage.js";

const PLAN = "Étude 2026/Plan d’eau.txt";

const ROLES = ["User.Read.All", "GroupMember.Read.All", "Sites.Read.All", "Files.Read.All", "Mail.Read", "Group-Conversation.Read.All", "Calendars.Read", "Contacts.Read"];

describe("document libraries of groups and sites", () => {
  let staged: Stage;

  beforeAll(async () => {
    staged = await stage(async (tenant) => {
      const put = async (file: string, text: string): Promise<void> => {
        await mkdir(path.dirname(path.join(tenant, file)), { recursive: true });
        await writeFile(path.join(tenant, file), text);
      };
      await put("tenant.json", JSON.stringify({ name: "Mairie", domain: "mairie.example", grantedRoles: ROLES }));
      await put("users/zoe@mairie.example/drive/note.txt", "note");
      await put("groups/projet-eau/group.json", JSON.stringify({ displayName: "Projet Eau", mail: "projet-eau@mairie.example" }));
      await put(`groups/projet-eau/drive/${PLAN}`, "plan");
      await put("groups/projet-eau/drive/vide.txt", "");
      await put("sites/intranet/site.json", JSON.stringify({ displayName: "Intranet" }));
      await put("sites/intranet/drive/accueil.txt", "accueil");
      await put("sites/intranet/drive.Délibérations/2026/séance.txt", "séance");
      await put("sites/intranet/drive.Délibérations/2026/séance.txt.versions/1", "brouillon");
      await put("sites/intranet/drive/Délibérations/ancien.txt", "un dossier du même nom");
      await put("sites/elections/site.json", JSON.stringify({ displayName: "Élections", parent: "intranet" }));
      await put("sites/elections/drive/bureaux.txt", "bureaux");
      await put("groups/securite/group.json", JSON.stringify({ displayName: "Droits", groupTypes: [], mail: "securite@mairie.example" }));
      await put("groups/securite/drive/never.txt", "not a group with content");
    });
  });

  afterAll(async () => {
    await staged.remove();
  });

  it("are left alone unless the configuration asks for them", async () => {
    const work = await workDir(staged.served);
    try {
      const run = await cli(["migrate", "--config", work.config, "--json"]);
      expect({ code: run.code, seen: summary(run.stdout).seen }).toEqual({ code: 0, seen: 1 });
    } finally {
      await work.remove();
    }
  });

  it("are migrated with the users' drives, audited, verified, and nothing is written twice", async () => {
    const work = await workDir(staged.served, { groups: "all" });
    try {
      expect((await cli(["doctor", "--config", work.config])).stdout).toContain("GroupMember.Read.All");
      const audit = records((await cli(["audit", "--config", work.config, "--json"])).stdout).filter(({ type }) => type === "audit");
      expect(audit.filter(({ ownerName, workload }) => ownerName === "projet-eau@mairie.example" && workload === "files")).toEqual([expect.objectContaining({ workload: "files", items: 2, bytes: 4 })]);
      expect(audit.map(({ ownerName }) => ownerName)).not.toContain("securite@mairie.example");
      const run = await cli(["migrate", "--config", work.config, "--json"]);
      expect({ code: run.code, seen: summary(run.stdout).seen }).toEqual({ code: 0, seen: 3 });
      const found = await readFile(path.join(work.dir, "archive/groups/projet-eau@mairie.example/drive", PLAN));
      expect(createHash("sha256").update(found).digest("hex")).toBe(createHash("sha256").update("plan").digest("hex"));
      const again = await cli(["migrate", "--config", work.config, "--json"]);
      expect(summary(again.stdout).counts).toMatchObject({ migrated: 0, "already-there": 3 });
      expect(summary((await cli(["verify", "--config", work.config, "--json"])).stdout).verified).toMatchObject({ same: 3, missing: 0, different: 0 });
      expect(summary((await cli(["status", "--config", work.config, "--json"])).stdout).seen).toBe(3);
    } finally {
      await work.remove();
    }
  });

  it("are chosen by name, and a name that no group has is told", async () => {
    const work = await workDir(staged.served, { groups: ["Projet-Eau@mairie.example", "absent@mairie.example"], owners: ["zoe@mairie.example"] });
    try {
      const run = await cli(["migrate", "--config", work.config, "--json"]);
      expect({ code: run.code, seen: summary(run.stdout).seen, unknown: run.stderr.includes("absent@mairie.example") }).toEqual({ code: 10, seen: 3, unknown: true });
      const one = await cli(["pull", "--owner", "projet-eau@mairie.example", "--config", work.config, "--json"]);
      expect({ code: one.code, unknown: one.stderr.includes("OWNER_UNKNOWN") }).toEqual({ code: 0, unknown: false });
    } finally {
      await work.remove();
    }
  });

  it("of sites come too, each once, subsites and further libraries among them", async () => {
    const work = await workDir(staged.served, { groups: "all", sites: "all" });
    try {
      const run = await cli(["migrate", "--config", work.config, "--json"]);
      expect({ code: run.code, seen: summary(run.stdout).seen }).toEqual({ code: 0, seen: 7 });
      const below = path.join(work.dir, "archive/sites");
      const found = (await readdir(below, { recursive: true, withFileTypes: true })).filter((entry) => entry.isFile() && !entry.name.endsWith(".json")).map((entry) => path.relative(below, path.join(entry.parentPath, entry.name)).normalize("NFC"));
      const intranet = "sandbox.sharepoint.example%2Fsites%2Fintranet";
      // The library and the folder share a name: one of the two carries a mark.
      expect(found.filter((file) => !file.includes("Délibérations")).sort()).toEqual([`${intranet}%2Felections/drive/bureaux.txt`, `${intranet}/drive/accueil.txt`]);
      expect(found.filter((file) => file.includes("Délibérations")).map((file) => path.basename(file)).sort()).toEqual(["1", "ancien.txt", "séance.txt"]);
      const again = await cli(["migrate", "--config", work.config, "--json"]);
      expect(summary(again.stdout).counts).toMatchObject({ migrated: 0, converted: 0, "already-there": 7 });

      await rm(path.join(staged.tenant, "sites/intranet/drive/accueil.txt"));
      await writeFile(path.join(staged.tenant, "sites/intranet/drive.Délibérations/2026/vote.txt"), "vote");
      await staged.served.control("rescan");
      const delta = await cli(["migrate", "--pass", "delta", "--apply-deletions", "--config", work.config, "--json"]);
      const { removed, counts } = summary(delta.stdout);
      expect({ code: delta.code, removed, arrived: (counts["migrated"] ?? 0) + (counts["converted"] ?? 0) }).toEqual({ code: 0, removed: 1, arrived: 1 });
      expect(summary((await cli(["verify", "--config", work.config, "--json"])).stdout).verified).toMatchObject({ same: 7, missing: 0, different: 0 });
    } finally {
      await work.remove();
    }
  });

  it("need a consent of their own, which is named", async () => {
    await writeFile(path.join(staged.tenant, "tenant.json"), JSON.stringify({ name: "Mairie", domain: "mairie.example", grantedRoles: ROLES.filter((role) => role !== "GroupMember.Read.All") }));
    const other = await serve(staged.tenant);
    const work = await workDir(other, { groups: "all" });
    try {
      const doctor = await cli(["doctor", "--config", work.config]);
      expect({ code: doctor.code === 0, named: doctor.stdout.includes("GroupMember.Read.All") }).toEqual({ code: false, named: true });
      const run = await cli(["migrate", "--config", work.config, "--json"]);
      expect({ code: run.code, named: run.stderr.includes("GroupMember.Read.All") }).toEqual({ code: 13, named: true });
    } finally {
      await work.remove();
      await other.stop();
    }
  });
});
