import { readdir, rm } from "node:fs/promises";
import path from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "@jest/globals";
import { cli, records, summary, workDir, type WorkDir } from "./cli.js";
import { compareTrees } from "./compare.js";
import { DOMAIN, person, put } from "./fault-tenant.js";
import { stage, type Stage } from "./stage.js";

const ZOE = `zoe@${DOMAIN}`;

describe("retry", () => {
  let staged: Stage;
  let work: WorkDir;
  let inbox: string;

  const rows = (stdout: string): unknown[] => records(stdout).filter(({ type }) => type === "failed").map(({ ownerName, workload, target, code, items }) => ({ ownerName, workload, target, code, items }));

  beforeAll(async () => {
    staged = await stage(async (tenant) => {
      await put(tenant, "tenant.json", JSON.stringify({ name: "Mairie", domain: DOMAIN }));
      await person(tenant, "zoe", { mail: 12, files: 3 });
      for (const name of ["ana", "luc", "max"]) await person(tenant, name, { mail: 5, files: 2 });
    });
    work = await workDir(staged.served, { routes: [{ workload: ["mail", "files"], to: "archive" }] });
    inbox = path.join(work.dir, "archive/users", ZOE, "mail/Inbox");
  });
  afterAll(async () => {
    await work.remove();
    await staged.remove();
  });

  it("says that nothing is there before the first run", async () => {
    const { code, stdout } = await cli(["retry", "--config", work.config]);
    expect({ code, stdout }).toEqual({ code: 0, stdout: "Nothing has been migrated yet.\n" });
  });

  it("lists what failed with its remedy, and writes nothing for it", async () => {
    await put(work.dir, `archive/users/${ZOE}/mail`, "a file where a folder is to be");
    const { code, stdout } = await cli(["migrate", "--config", work.config, "--json"]);
    expect({ code: code === 0, failed: summary(stdout).counts["failed"] }).toEqual({ code: false, failed: 12 });

    const asked = await staged.served.requests();
    const listed = await cli(["retry", "--list", "--json", "--config", work.config]);
    expect({ code: listed.code, rows: rows(listed.stdout) }).toEqual({ code: 3, rows: [{ ownerName: ZOE, workload: "mail", target: "archive", code: expect.any(String), items: 12 }] });
    const told = records(listed.stdout).find(({ type }) => type === "failed");
    expect(String(told?.["remedy"]).length).toBeGreaterThan(10);
    // The question itself is counted.
    expect(await staged.served.requests()).toBe(asked + 1);

    const other = await cli(["retry", "--list", "--json", "--code", "TARGET_QUOTA_FULL", "--config", work.config]);
    expect({ code: other.code, rows: rows(other.stdout) }).toEqual({ code: 0, rows: [] });
    const elsewhere = await cli(["retry", "--list", "--json", "--owner", `ana@${DOMAIN}`, "--config", work.config]);
    expect({ code: elsewhere.code, rows: rows(elsewhere.stdout) }).toEqual({ code: 0, rows: [] });
    const nobody = await cli(["retry", "--list", "--owner", "personne@ailleurs.example", "--config", work.config]);
    expect({ code: nobody.code, told: nobody.stderr.includes("OWNER_UNKNOWN") }).toEqual({ code: 10, told: true });
  });

  it("names whom it does not know, when nothing of theirs can have failed", async () => {
    const nobody = await cli(["retry", "--owner", "personne@ailleurs.example", "--config", work.config]);
    expect({ code: nobody.code, told: nobody.stderr.includes("OWNER_UNKNOWN") }).toEqual({ code: 10, told: true });
  });

  it("keeps failing while nothing is mended, and tries nobody else's", async () => {
    const asked = await staged.served.requests();
    const { code, stdout } = await cli(["retry", "--config", work.config, "--json"]);
    const { seen, counts } = summary(stdout);
    expect({ failing: code !== 0, seen, failed: counts["failed"] }).toEqual({ failing: true, seen: 12, failed: 12 });
    const spent = (await staged.served.requests()) - asked;
    const before = await staged.served.requests();
    await cli(["migrate", "--pass", "delta", "--config", work.config, "--json"]);
    // One mailbox of four, and neither drives nor the directory.
    expect(spent).toBeLessThan(((await staged.served.requests()) - before) / 2);
  });

  it("brings them once it is mended, each once, and then has nothing to do", async () => {
    await rm(path.dirname(inbox));
    const { code, stdout } = await cli(["retry", "--config", work.config, "--json"]);
    const { seen, counts } = summary(stdout);
    expect({ code, seen, migrated: counts["migrated"] }).toEqual({ code: 0, seen: 12, migrated: 12 });
    expect(await compareTrees(staged.tenant, path.join(work.dir, "archive"))).toEqual({ missing: [], extra: [], count: 36 });
    const again = await cli(["retry", "--config", work.config]);
    expect({ code: again.code, stdout: again.stdout }).toEqual({ code: 0, stdout: "Nothing of what was asked for has failed.\n" });
  });

  it("puts again what verify did not find, only when told to", async () => {
    const files = (await readdir(inbox)).filter((name) => name.endsWith(".eml"));
    const [first = "", second = ""] = files;
    await rm(path.join(inbox, first));
    await rm(path.join(inbox, second));
    expect((await cli(["verify", "--config", work.config])).code).toBe(4);
    expect((await cli(["retry", "--config", work.config])).stdout).toBe("Nothing of what was asked for has failed.\n");
    const { code, stdout } = await cli(["retry", "--missing", "--config", work.config, "--json"]);
    const { seen, counts } = summary(stdout);
    expect({ code, seen, migrated: counts["migrated"], there: counts["already-there"] }).toEqual({ code: 0, seen: 12, migrated: 2, there: 10 });
    expect(await compareTrees(staged.tenant, path.join(work.dir, "archive"))).toEqual({ missing: [], extra: [], count: 36 });
    expect((await cli(["verify", "--config", work.config])).code).toBe(0);
  });

  it("asks again for what the source could not tell", async () => {
    const other = await stage(async (tenant) => {
      await put(tenant, "tenant.json", JSON.stringify({ name: "Mairie", domain: DOMAIN }));
      await person(tenant, "zoe", { mail: 4 });
      await put(tenant, "faults.json", JSON.stringify([{ match: "GET .*/messages", tells: "zoe 2\"", times: "always", status: 500, code: "ErrorContentConversionFailed" }]));
    }, (tenant) => ["--faults", path.join(tenant, "faults.json")]);
    const mended = await workDir(other.served, { routes: [{ workload: "mail", to: "archive" }] });
    try {
      expect((await cli(["migrate", "--config", mended.config])).code).toBe(3);
      const listed = await cli(["retry", "--list", "--json", "--config", mended.config]);
      expect(rows(listed.stdout)).toEqual([{ ownerName: ZOE, workload: "mail", target: "archive", code: "GRAPH_REFUSED", items: 1 }]);
      const { code, stdout } = await cli(["retry", "--config", mended.config, "--json"]);
      expect({ code, failed: summary(stdout).counts["failed"] }).toEqual({ code: 3, failed: 1 });
    } finally {
      await mended.remove();
      await other.remove();
    }
  });
});
