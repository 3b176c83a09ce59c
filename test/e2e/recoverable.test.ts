import { mkdir, readdir, writeFile } from "node:fs/promises";
import path from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "@jest/globals";
import { cli, records, summary, workDir } from "./cli.js";
import { stage, type Stage } from "./stage.js";

const ROUTES = [{ workload: "mail", to: "archive" }];
const eml = (subject: string): string => `From: luc@mairie.example\r\nTo: zoe@mairie.example\r\nSubject: ${subject}\r\nDate: Mon, 05 Jan 2026 09:00:00 +0100\r\nMessage-ID: <${subject}@mairie.example>\r\n\r\n${subject}\r\n`;

describe("recoverable items", () => {
  let staged: Stage;
  beforeAll(async () => {
    staged = await stage(async (tenant) => {
      const home = path.join(tenant, "users/zoe@mairie.example");
      for (const folder of ["mail/Inbox", "recoverable"]) await mkdir(path.join(home, folder), { recursive: true });
      await writeFile(path.join(tenant, "tenant.json"), JSON.stringify({ name: "Mairie", domain: "mairie.example" }));
      await writeFile(path.join(home, "mail/Inbox/1.eml"), eml("present"));
      await writeFile(path.join(home, "recoverable/2.eml"), eml("supprime"));
    });
  });
  afterAll(() => staged.remove());

  async function read(source: Record<string, unknown>): Promise<{ seen: number; items: unknown; reasons: string[]; deletions: number }> {
    const work = await workDir(staged.served, { routes: ROUTES }, source);
    try {
      const [row] = records((await cli(["audit", "--config", work.config, "--json"])).stdout).filter(({ type }) => type === "audit");
      const { seen } = summary((await cli(["migrate", "--config", work.config, "--json"])).stdout);
      const below = await readdir(path.join(work.dir, "archive/users/zoe@mairie.example/mail/Deletions")).catch(() => []);
      return { seen, items: row?.["items"], reasons: (row?.["forecast"] as { reason: string; sure: boolean }[]).filter(({ sure }) => sure).map(({ reason }) => reason), deletions: below.filter((name) => name.endsWith(".eml")).length };
    } finally {
      await work.remove();
    }
  }

  it("are left where they are unless asked for, and the audit says so", async () => {
    expect(await read({})).toEqual({ seen: 1, items: 1, reasons: ["mail.recoverable-left", "mail.archive-mailbox"], deletions: 0 });
  });

  it("come in a folder of their own when asked for", async () => {
    expect(await read({ recoverableItems: true })).toEqual({ seen: 2, items: 2, reasons: ["mail.archive-mailbox"], deletions: 1 });
  });
});
