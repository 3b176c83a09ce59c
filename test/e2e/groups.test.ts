import { createHash } from "node:crypto";
import { mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "@jest/globals";
import { cli, records, serve, summary, workDir, type Served } from "./cli.js";

const PLAN = "Étude 2026/Plan d’eau.txt";

describe("document libraries of groups", () => {
  let tenant = "";
  let served: Served;

  beforeAll(async () => {
    tenant = await mkdtemp(path.join(tmpdir(), "exodus-tenant-"));
    const put = async (file: string, text: string): Promise<void> => {
      await mkdir(path.dirname(path.join(tenant, file)), { recursive: true });
      await writeFile(path.join(tenant, file), text);
    };
    await put("tenant.json", JSON.stringify({ name: "Mairie", domain: "mairie.example", grantedRoles: ["User.Read.All", "GroupMember.Read.All", "Files.Read.All", "Mail.Read", "Calendars.Read", "Contacts.Read"] }));
    await put("users/zoe@mairie.example/drive/note.txt", "note");
    await put("groups/projet-eau/group.json", JSON.stringify({ displayName: "Projet Eau", mail: "projet-eau@mairie.example" }));
    await put(`groups/projet-eau/drive/${PLAN}`, "plan");
    await put("groups/projet-eau/drive/vide.txt", "");
    await put("groups/securite/group.json", JSON.stringify({ displayName: "Droits", groupTypes: [], mail: "securite@mairie.example" }));
    await put("groups/securite/drive/never.txt", "not a group with content");
    served = await serve(tenant);
  }, 60_000);

  afterAll(async () => {
    await served.stop();
    await rm(tenant, { recursive: true, force: true });
  });

  it("are left alone unless the configuration asks for them", async () => {
    const work = await workDir(served);
    try {
      const run = await cli(["migrate", "--config", work.config, "--json"]);
      expect({ code: run.code, seen: summary(run.stdout).seen }).toEqual({ code: 0, seen: 1 });
    } finally {
      await work.remove();
    }
  }, 60_000);

  it("are migrated with the users' drives, audited, verified, and nothing is written twice", async () => {
    const work = await workDir(served, { groups: "all" });
    try {
      expect((await cli(["doctor", "--config", work.config])).stdout).toContain("GroupMember.Read.All");
      const audit = records((await cli(["audit", "--config", work.config, "--json"])).stdout).filter(({ type }) => type === "audit");
      expect(audit.filter(({ ownerName }) => ownerName === "projet-eau@mairie.example")).toEqual([expect.objectContaining({ workload: "files", items: 2, bytes: 4 })]);
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
  }, 120_000);

  it("are chosen by name, and a name that no group has is told", async () => {
    const work = await workDir(served, { groups: ["Projet-Eau@mairie.example", "absent@mairie.example"], owners: ["zoe@mairie.example"] });
    try {
      const run = await cli(["migrate", "--config", work.config, "--json"]);
      expect({ code: run.code, seen: summary(run.stdout).seen, unknown: run.stderr.includes("absent@mairie.example") }).toEqual({ code: 10, seen: 3, unknown: true });
      const one = await cli(["pull", "--owner", "projet-eau@mairie.example", "--config", work.config, "--json"]);
      expect({ code: one.code, unknown: one.stderr.includes("OWNER_UNKNOWN") }).toEqual({ code: 0, unknown: false });
    } finally {
      await work.remove();
    }
  }, 60_000);

  it("need a consent of their own, which is named", async () => {
    await writeFile(path.join(tenant, "tenant.json"), JSON.stringify({ name: "Mairie", domain: "mairie.example", grantedRoles: ["User.Read.All", "Files.Read.All", "Mail.Read", "Calendars.Read", "Contacts.Read"] }));
    const other = await serve(tenant);
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
  }, 60_000);
});
