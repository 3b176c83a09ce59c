import { mkdir, readdir, readFile, rm, writeFile } from "node:fs/promises";
import path from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "@jest/globals";
import PostalMime, { type Email } from "postal-mime";
import { cli, records, summary, workDir } from "./cli.js";
import { stage, type Stage } from "./stage.js";

const ROUTES = [{ workload: "mail", to: "archive" }];
const MAIL = "groups/bureau/mail/Conversations";

function eml(id: string, minute: number, more: { subject?: string; answers?: string; attach?: boolean } = {}): string {
  const { subject = "Fête du village", answers, attach = false } = more;
  const date = new Date(Date.UTC(2026, 2, 3, 9, minute)).toUTCString().replace("GMT", "+0000");
  const head = `From: =?utf-8?q?H=C3=A9l=C3=A8ne?= <helene@mairie.example>\r\nTo: bureau@mairie.example\r\nCc: maire@mairie.example\r\nSubject: ${answers === undefined ? "" : "RE: "}=?utf-8?b?${Buffer.from(subject).toString("base64")}?=\r\nDate: ${date}\r\nMessage-ID: <${id}@mairie.example>\r\n${answers === undefined ? "" : `In-Reply-To: <${answers}@mairie.example>\r\nReferences: <a@mairie.example>\r\n`}MIME-Version: 1.0\r\n`;
  if (!attach) return `${head}Content-Type: text/plain; charset=utf-8\r\n\r\nMessage ${id}, à signer.\r\n`;
  return `${head}Content-Type: multipart/mixed; boundary=m\r\n\r\n--m\r\nContent-Type: text/plain; charset=utf-8\r\n\r\nVoir la pièce.\r\n--m\r\nContent-Type: text/plain; name=note.txt\r\nContent-Disposition: attachment; filename=note.txt\r\n\r\nnote\r\n--m--\r\n`;
}

describe("the mailbox of a group", () => {
  let staged: Stage;
  const put = async (file: string, text: string): Promise<void> => {
    await mkdir(path.dirname(path.join(staged.tenant, file)), { recursive: true });
    await writeFile(path.join(staged.tenant, file), text);
  };

  beforeAll(async () => {
    staged = await stage(async (tenant) => {
      const write = async (file: string, text: string): Promise<void> => {
        await mkdir(path.dirname(path.join(tenant, file)), { recursive: true });
        await writeFile(path.join(tenant, file), text);
      };
      await write("tenant.json", JSON.stringify({ name: "Mairie", domain: "mairie.example", grantedRoles: ["User.Read.All", "GroupMember.Read.All", "Group-Conversation.Read.All", "Mail.Read"] }));
      await write("groups/bureau/group.json", JSON.stringify({ displayName: "Bureau", mail: "bureau@mairie.example" }));
      await write(`${MAIL}/a.eml`, eml("a", 1));
      await write(`${MAIL}/b.eml`, eml("b", 2, { answers: "a", attach: true }));
      await write(`${MAIL}/c.eml`, eml("c", 3, { answers: "b" }));
      await write(`${MAIL}/b.json`, JSON.stringify({ categories: ["Élus"] }));
      for (let index = 0; index < 30; index += 1) await write(`${MAIL}/autre${index}.eml`, eml(`autre${index}`, index, { subject: `Sujet ${index}` }));
      await write("groups/ancien/group.json", JSON.stringify({ displayName: "Ancien", mail: "ancien@mairie.example", extendedProperties: false }));
      await write("groups/ancien/mail/1.eml", eml("a", 1));
      await write("groups/ancien/mail/2.eml", eml("d", 2, { answers: "a" }));
      await write("groups/vide/group.json", JSON.stringify({ displayName: "Vide", mail: "vide@mairie.example" }));
    });
  });

  afterAll(async () => {
    await staged.remove();
  });

  it("arrives as messages in threads, costs a request a page when nothing changed, and is followed", async () => {
    const work = await workDir(staged.served, { groups: "all", routes: ROUTES });
    try {
      expect((await cli(["doctor", "--config", work.config])).stdout).toContain("Group-Conversation.Read.All");
      const audit = records((await cli(["audit", "--config", work.config, "--json"])).stdout).filter(({ type }) => type === "audit");
      expect(audit.map(({ ownerName, containers, items }) => [ownerName, containers, items])).toEqual(expect.arrayContaining([["bureau@mairie.example", 1, undefined]]));
      const run = await cli(["migrate", "--config", work.config, "--json"]);
      expect({ code: run.code, counts: summary(run.stdout).counts }).toEqual({ code: 0, counts: expect.objectContaining({ converted: 35, failed: 0, skipped: 0 }) });
      const [a, b, c] = await Promise.all(["a", "b", "c"].map((id) => archived(work.dir, "bureau", id)));
      expect({ subject: a?.subject, from: a?.from, to: a?.to?.[0]?.address, cc: a?.cc?.[0]?.address, date: a?.date, text: said(a) }).toEqual({
        subject: "Fête du village", from: { name: "Hélène", address: "helene@mairie.example" }, to: "bureau@mairie.example", cc: "maire@mairie.example", date: "2026-03-03T09:01:00.000Z", text: "Message a, à signer.",
      });
      expect({ answers: b?.inReplyTo, references: b?.references, attached: b?.attachments.map(({ filename, content }) => [filename, Buffer.from(content as ArrayBuffer).toString("utf8").trim()]) }).toEqual({ answers: "<a@mairie.example>", references: "<a@mairie.example>", attached: [["note.txt", "note"]] });
      expect(c?.inReplyTo).toBe("<b@mairie.example>");
      // Without extended properties the thread holds all the same, by identifiers of our own.
      const [first, second] = (await all(work.dir, "ancien")).sort((one, other) => (one.date ?? "").localeCompare(other.date ?? ""));
      expect({ own: /^<[0-9a-f]{24}@rebuilt\.invalid>$/.test(first?.messageId ?? ""), answers: second?.inReplyTo }).toEqual({ own: true, answers: first?.messageId });

      const before = await staged.served.requests();
      const again = summary((await cli(["migrate", "--pass", "delta", "--config", work.config, "--json"])).stdout);
      expect(again.counts).toMatchObject({ converted: 0, "already-there": 35 });
      // Discovery, token, groups, and one page of threads for each of three groups.
      expect(await staged.served.requests() - before).toBeLessThanOrEqual(8);
      expect(summary((await cli(["verify", "--config", work.config, "--json"])).stdout).verified).toMatchObject({ same: 35, missing: 0, different: 0 });

      await put(`${MAIL}/d.eml`, eml("d", 50, { answers: "c" }));
      await rm(path.join(staged.tenant, MAIL, "a.eml"));
      await rm(path.join(staged.tenant, MAIL, "autre7.eml"));
      await staged.served.control("rescan");
      const delta = summary((await cli(["migrate", "--pass", "delta", "--apply-deletions", "--config", work.config, "--json"])).stdout);
      expect({ arrived: delta.counts["converted"], removed: delta.removed }).toEqual({ arrived: 1, removed: 2 });
      expect((await cli(["vault", "check", "--read-data", "--config", work.config])).code).toBe(0);
    } finally {
      await work.remove();
    }
  });

  it("says what Graph does not list of a long thread", async () => {
    await put("groups/vide/mail/a.eml", eml("a", 1));
    for (let index = 0; index < 110; index += 1) await put(`groups/vide/mail/r${index}.eml`, eml(`r${index}`, 1 + (index % 59), { answers: "a" }));
    await staged.served.control("rescan");
    const work = await workDir(staged.served, { groups: ["vide@mairie.example"], routes: ROUTES });
    try {
      const run = await cli(["migrate", "--config", work.config, "--json"]);
      expect({ code: run.code, counts: summary(run.stdout).counts }).toEqual({ code: 0, counts: expect.objectContaining({ converted: 100, skipped: 1 }) });
      expect(run.stdout).toContain("POSTS_BEYOND");
      expect(summary((await cli(["migrate", "--pass", "delta", "--config", work.config, "--json"])).stdout).counts).toMatchObject({ converted: 0, "already-there": 100, skipped: 1 });
    } finally {
      await work.remove();
    }
  });

  it("goes without the group's calendar, and audit says that nobody can read it for an application", async () => {
    const work = await workDir(staged.served, { groups: "all", routes: [{ workload: ["mail", "calendar"], to: "archive" }] });
    try {
      const audit = await cli(["audit", "--config", work.config, "--json"]);
      const calendars = records(audit.stdout).filter(({ type, workload }) => type === "audit" && workload === "calendar");
      expect({ code: audit.code, calendars: calendars.map(({ ownerName, forecast, blockers }) => [ownerName, (forecast as { reason: string }[]).map(({ reason }) => reason), blockers]).sort() }).toEqual({
        code: 0, calendars: ["ancien", "bureau", "vide"].map((name) => [`${name}@mairie.example`, ["calendar.group"], []]),
      });
      expect((await cli(["migrate", "--config", work.config, "--json"])).code).toBe(0);
    } finally {
      await work.remove();
    }
  });

  it("needs a consent of its own, which is named", async () => {
    const other = await stage(async (tenant) => {
      await mkdir(path.join(tenant, "groups/bureau/mail"), { recursive: true });
      await writeFile(path.join(tenant, "tenant.json"), JSON.stringify({ name: "Mairie", domain: "mairie.example", grantedRoles: ["User.Read.All", "GroupMember.Read.All", "Mail.Read"] }));
      await writeFile(path.join(tenant, "groups/bureau/mail/a.eml"), eml("a", 1));
    });
    const work = await workDir(other.served, { groups: "all", routes: ROUTES });
    try {
      const run = await cli(["migrate", "--config", work.config, "--json"]);
      expect({ code: run.code, named: summary(run.stdout).blocked.map(({ remedy }) => remedy.includes("Group-Conversation.Read.All")) }).toEqual({ code: 13, named: [true] });
    } finally {
      await work.remove();
      await other.remove();
    }
  });
});

function said(email: Email | undefined): string {
  return (email?.html ?? email?.text ?? "").replace(/<[^>]*>/g, " ").trim();
}

async function all(dir: string, group: string): Promise<Email[]> {
  const folder = path.join(dir, `archive/groups/${group}@mairie.example/mail/Inbox`);
  const files = (await readdir(folder)).filter((name) => name.endsWith(".eml"));
  return Promise.all(files.map(async (name) => PostalMime.parse(await readFile(path.join(folder, name)))));
}

async function archived(dir: string, group: string, id: string): Promise<Email | undefined> {
  return (await all(dir, group)).find(({ messageId }) => messageId === `<${id}@mairie.example>`);
}
