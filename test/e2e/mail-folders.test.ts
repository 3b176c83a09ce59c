import { mkdir, readdir, readFile, writeFile } from "node:fs/promises";
import path from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "@jest/globals";
import { cli, records, serve, summary, workDir, type Served } from "./cli.js";
import { stage, type Stage } from "./stage.js";

const HOME = "users/zoe@mairie.example";
const eml = (subject: string): string => `From: luc@mairie.example\r\nTo: zoe@mairie.example\r\nSubject: ${subject}\r\nDate: Mon, 05 Jan 2026 09:00:00 +0100\r\nMessage-ID: <${subject}@mairie.example>\r\n\r\n${subject}\r\n`;

/** Subjects of the archive's messages by their folder, below the owner's mail. */
async function archived(dir: string): Promise<Record<string, string[]>> {
  const mail = path.join(dir, "archive", HOME, "mail");
  const found: Record<string, string[]> = {};
  for (const name of (await readdir(mail, { recursive: true })).filter((one) => one.endsWith(".eml")).sort()) {
    const [, subject = ""] = /^Subject: (.*)\r$/m.exec(await readFile(path.join(mail, name), "utf8")) ?? [];
    (found[path.dirname(name)] ??= []).push(subject);
  }
  return found;
}

describe("folders that a mailbox does not show, and folders that are none", () => {
  let staged: Stage;
  let bleu: Served;
  beforeAll(async () => {
    staged = await stage(async (tenant) => {
      const mail = path.join(tenant, HOME, "mail");
      await mkdir(path.join(tenant, HOME, "settings"), { recursive: true });
      await writeFile(path.join(tenant, "tenant.json"), JSON.stringify({ name: "Mairie", domain: "mairie.example" }));
      const messages = { Inbox: "visible", "Inbox/Cache": "cache", "Conversation History": "historique", "Conversation History/Team Chat": "discussion", "Sync Issues/Conflicts": "conflit" };
      for (const [folder, subject] of Object.entries(messages)) {
        await mkdir(path.join(mail, folder), { recursive: true });
        await writeFile(path.join(mail, folder, "1.eml"), eml(subject));
      }
      await writeFile(path.join(tenant, HOME, "settings/mailFolders.json"), JSON.stringify({
        hidden: ["Inbox/Cache", "Conversation History/Team Chat", "Sync Issues"],
        search: [{ displayName: "Non lus", in: ["Inbox", "Conversation History"], filterQuery: "isRead eq false" }, { displayName: "Synthèse", parent: "Inbox", in: ["Inbox"], filterQuery: "contains(subject, 'v')" }],
      }));
    });
    bleu = await serve(staged.tenant, ["--cloud", "bleu"]);
  });
  afterAll(async () => {
    await bleu.stop();
    await staged.remove();
  });

  it.each(["global", "bleu"])("%s: hidden ones arrive, with what is below them; search folders bring nothing a second time", async (cloud) => {
    const work = await workDir(cloud === "bleu" ? bleu : staged.served, { routes: [{ workload: "mail", to: "archive" }] }, { cloud });
    try {
      const [row] = records((await cli(["audit", "--config", work.config, "--json"])).stdout).filter(({ type }) => type === "audit");
      const run = await cli(["migrate", "--config", work.config, "--json"]);
      expect({ code: run.code, audited: row?.["items"], seen: summary(run.stdout).seen, failed: summary(run.stdout).counts["failed"] }).toEqual({ code: 0, audited: 5, seen: 5, failed: 0 });
      expect(await archived(work.dir)).toEqual({
        Inbox: ["visible"], "Inbox/Cache": ["cache"], "Conversation History": ["historique"], "Conversation History/Team Chat": ["discussion"], "Sync Issues/Conflicts": ["conflit"],
      });
    } finally {
      await work.remove();
    }
  });
});
