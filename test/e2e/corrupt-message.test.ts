import { writeFile } from "node:fs/promises";
import path from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "@jest/globals";
import { cli, records, summary, workDir, type WorkDir } from "./cli.js";
import { DOMAIN, person, put } from "./fault-tenant.js";
import { stage, type Stage } from "./stage.js";

const CORRUPT = { match: "GET .*/messages", tells: "zoe 7\"", times: "always", status: 500, code: "ErrorContentConversionFailed" };

describe("a folder with a message that fails each list that tells it", () => {
  let staged: Stage;
  let work: WorkDir;

  beforeAll(async () => {
    staged = await stage(async (tenant) => {
      await put(tenant, "tenant.json", JSON.stringify({ name: "Mairie", domain: DOMAIN }));
      await person(tenant, "zoe", { mail: 30 });
      await writeFile(path.join(tenant, "faults.json"), JSON.stringify([CORRUPT]));
    }, (tenant) => ["--faults", path.join(tenant, "faults.json"), "--page-most", "9"]);
    work = await workDir(staged.served, { routes: [{ workload: "mail", to: "archive" }] });
  });
  afterAll(async () => {
    await work.remove();
    await staged.remove();
  });

  it("arrives but for that one, which is counted as failed, asked for again by each run, and never taken for gone", async () => {
    const first = await cli(["migrate", "--config", work.config, "--json"]);
    const { seen, counts, blocked } = summary(first.stdout);
    expect({ code: first.code, seen, migrated: counts["migrated"], failed: counts["failed"], blocked }).toEqual({ code: 3, seen: 30, migrated: 29, failed: 1, blocked: [] });
    const failures = (stdout: string) => records(stdout).filter(({ type, state }) => type === "item" && state === "failed").map(({ id, failure }) => [id, (failure as { code: string }).code]);
    expect(failures(first.stdout)).toEqual([[expect.any(String), "GRAPH_REFUSED"]]);

    await put(staged.tenant, `users/zoe@${DOMAIN}/mail/Inbox/new.eml`, "Subject: nouveau\r\n\r\nBonjour\r\n");
    await staged.served.control("rescan");
    const second = await cli(["migrate", "--config", work.config, "--pass", "delta", "--json"]);
    const after = summary(second.stdout);
    expect({ seen: after.seen, migrated: after.counts["migrated"], there: after.counts["already-there"], failed: after.counts["failed"], removed: after.removed, kept: after.keptAfterDeletion }).toEqual({ seen: 31, migrated: 1, there: 29, failed: 1, removed: 0, kept: 0 });
    expect(failures(second.stdout)).toContainEqual(failures(first.stdout)[0]);
  });
});
