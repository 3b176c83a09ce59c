import { writeFile } from "node:fs/promises";
import path from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "@jest/globals";
import { cli, records, summary, workDir, type WorkDir } from "./cli.js";
import { stage, type Stage } from "./stage.js";
import { generateTenant } from "../../src/sandbox/generate.js";

const SECOND = "00000000-0000-4000-8000-0000000000b2";
const THIRD = "00000000-0000-4000-8000-0000000000c3";

describe("several registered applications", () => {
  let staged: Stage;
  let work: WorkDir;

  beforeAll(async () => {
    staged = await stage(async (tenant) => {
      await generateTenant({ dir: tenant, users: 2, messages: 40, files: 3, seed: 7 });
      await writeFile(path.join(tenant, "tenant.json"), JSON.stringify({
        name: "Mairie", domain: "mairie.example",
        apps: [{ clientId: SECOND, clientSecret: "deux" }, { clientId: THIRD, clientSecret: "trois", grantedRoles: ["User.Read.All", "Calendars.Read", "Contacts.Read"] }],
      }));
    });
    work = await workDir(staged.served, {}, {
      apps: [{ clientId: SECOND, clientSecret: "env:SECOND" }, { clientId: THIRD, clientSecret: "env:THIRD" }],
    });
  });

  afterAll(async () => {
    await staged.remove();
    await work.remove();
  });

  it("read everything together although one cannot sign in and another lacks consents", async () => {
    const { code, stdout, stderr } = await cli(["migrate", "--config", work.config, "--json"], { env: { SECOND: "faux", THIRD: "trois" } });
    expect({ code, failed: summary(stdout).counts["failed"], blocked: summary(stdout).blocked }).toEqual({ code: 0, failed: 0, blocked: [] });
    expect(stderr).toContain(SECOND);
    expect(records(stdout).filter(({ type }) => type === "error")).toMatchObject([{ code: "AUTH_SECRET" }]);
  });

  it("go on from links that another one got", async () => {
    const { code, stdout } = await cli(["migrate", "--config", work.config, "--json"], { env: { SECOND: "deux", THIRD: "trois" } });
    expect({ code, failed: summary(stdout).counts["failed"] }).toEqual({ code: 0, failed: 0 });
  });

  it("are each asked about by doctor", async () => {
    const { code, stdout } = await cli(["doctor", "--config", work.config, "--json"], { env: { SECOND: "faux", THIRD: "trois" } });
    const checks = records(stdout).filter(({ type }) => type === "check") as { subject: string; ok: boolean; code: string; advice?: string }[];
    const failed = checks.filter(({ ok }) => !ok);
    expect(code).toBe(13);
    expect(failed.map(({ subject, code: why }) => `${subject} ${why}`)).toEqual([
      `${SECOND}: sign-in AUTH_SECRET`, `${THIRD}: mailboxes GRAPH_OUT_OF_SCOPE`, `${THIRD}: Mail.Read GRAPH_PERMISSION`, `${THIRD}: Files.Read.All GRAPH_PERMISSION`,
      `${THIRD}: application permissions for these routes GRAPH_CONSENT`,
    ]);
    expect(failed[2]?.advice).toContain(`client_id=${THIRD}`);
    expect(checks.filter(({ subject, ok }) => ok && subject.startsWith(staged.served.ready["clientId"] ?? "-")).length).toBeGreaterThan(3);
  });
});
