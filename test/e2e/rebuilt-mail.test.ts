import { createHash, randomBytes } from "node:crypto";
import { mkdir, readdir, readFile, writeFile } from "node:fs/promises";
import path from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "@jest/globals";
import PostalMime, { type Email } from "postal-mime";
import { cli, records, summary, workDir, type WorkDir } from "./cli.js";
import { stage, type Stage } from "./stage.js";

const BIG = randomBytes(4_000_000).toString("base64").replace(/(.{76})/g, "$1\r\n");
const PNG = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==";
const HEAD = "From: =?utf-8?q?H=C3=A9l=C3=A8ne?= <helene@mairie.example>\r\nTo: Paul <paul@mairie.example>, \"Durand, Zoé\" <zoe@mairie.example>\r\nCc: cc@mairie.example\r\nDate: Tue, 3 Mar 2026 10:11:12 +0100\r\nMIME-Version: 1.0\r\n";
const MAILS: Readonly<Record<string, string>> = {
  "plain.eml": `${HEAD}Received: from a by b; Tue, 3 Mar 2026 10:11:13 +0100\r\nSubject: =?utf-8?q?D=C3=A9lib=C3=A9ration?=\r\nMessage-ID: <plain@mairie.example>\r\nIn-Reply-To: <before@mairie.example>\r\nX-Parapheur: 12\r\nContent-Type: text/plain; charset=utf-8\r\n\r\nÀ signer.\r\n`,
  "parts.eml": `${HEAD}Subject: pièces\r\nMessage-ID: <parts@mairie.example>\r\nContent-Type: multipart/mixed; boundary=m\r\n\r\n--m\r\nContent-Type: multipart/related; boundary=r\r\n\r\n--r\r\nContent-Type: text/html; charset=utf-8\r\n\r\n<p>Voir <img src="cid:logo@mairie"></p>\r\n--r\r\nContent-Type: image/png; name=logo.png\r\nContent-ID: <logo@mairie>\r\nContent-Disposition: inline; filename=logo.png\r\nContent-Transfer-Encoding: base64\r\n\r\n${PNG}\r\n--r--\r\n--m\r\nContent-Type: application/octet-stream; name=plan.bin\r\nContent-Disposition: attachment; filename=plan.bin\r\nContent-Transfer-Encoding: base64\r\n\r\n${BIG}\r\n--m\r\nContent-Type: message/rfc822\r\nContent-Disposition: attachment; filename=dedans\r\n\r\nSubject: dedans\r\nMessage-ID: <inner@x>\r\n\r\nbonjour\r\n--m--\r\n`,
};

describe("a message that Exchange cannot write", () => {
  let staged: Stage;
  let work: WorkDir;

  beforeAll(async () => {
    staged = await stage(async (tenant) => {
      const inbox = path.join(tenant, "users/helene@mairie.example/mail/Inbox");
      await mkdir(inbox, { recursive: true });
      await writeFile(path.join(tenant, "tenant.json"), JSON.stringify({ name: "Mairie", domain: "mairie.example" }));
      for (const [name, bytes] of Object.entries(MAILS)) await writeFile(path.join(inbox, name), bytes);
      const refused = { match: "/messages/[^/]+/\\$value", nth: 1, times: 1_000, status: 500, body: { error: { code: "ErrorMimeContentConversionFailed", message: "MIME content conversion failed." } } };
      await writeFile(path.join(tenant, "faults.json"), JSON.stringify([refused]));
    }, (tenant) => ["--faults", path.join(tenant, "faults.json")]);
    work = await workDir(staged.served);
  });

  afterAll(async () => {
    await staged.remove();
    await work.remove();
  });

  it("is rebuilt from its fields and attachments, says so, and is the same at each reading", async () => {
    const run = await cli(["migrate", "--config", work.config, "--json"]);
    expect({ code: run.code, counts: summary(run.stdout).counts }).toEqual({ code: 0, counts: expect.objectContaining({ converted: 2, failed: 0 }) });
    const losses = records(run.stdout).filter(({ type, stage }) => type === "item" && stage === "push").map(({ losses: told }) => told);
    expect(losses).toEqual([1, 2].map(() => [expect.objectContaining({ side: "source", reason: "mail.rebuilt" })]));

    const rebuilt = await archived(work.dir);
    for (const [name, source] of Object.entries(MAILS)) {
      const wanted = await PostalMime.parse(source);
      const found = rebuilt.get(wanted.messageId ?? "");
      if (found === undefined) throw new Error(`${name} is not in the archive`);
      expect(fields(await PostalMime.parse(found))).toEqual(fields(wanted));
    }
    const plain = rebuilt.get("<plain@mairie.example>")?.toString("latin1") ?? "";
    expect(plain).toMatch(/^Received: from a by b;/m);
    expect(plain).toMatch(/^In-Reply-To: <before@mairie.example>/m);
    expect(plain).toMatch(/^X-Parapheur: 12/m);

    const other = await workDir(staged.served);
    try {
      expect((await cli(["migrate", "--config", other.config])).code).toBe(0);
      expect(sums(await archived(other.dir))).toEqual(sums(rebuilt));
    } finally {
      await other.remove();
    }
  });
});

function fields(email: Email): unknown {
  return {
    subject: email.subject, from: email.from, to: email.to, cc: email.cc, date: email.date, messageId: email.messageId,
    body: (email.html ?? email.text ?? "").replace(/<[^>]*>|\s+/g, ""), shows: /cid:[^"']*/.exec(email.html ?? "")?.[0],
    // The parser ends a message inside the message by a line end of its own; what is rebuilt gives it the extension that mail programs open.
    attachments: email.attachments.map(({ filename, mimeType, contentId, content }) => ({
      filename: filename?.replace(/\.eml$/, ""), mimeType, contentId,
      sha: createHash("sha256").update(Buffer.from(content as ArrayBuffer).toString("latin1").trimEnd(), "latin1").digest("hex"),
    })).sort((a, b) => a.mimeType.localeCompare(b.mimeType)),
  };
}

function sums(messages: ReadonlyMap<string, Buffer>): Record<string, string> {
  return Object.fromEntries([...messages].map(([id, bytes]) => [id, createHash("sha256").update(bytes).digest("hex")]));
}

async function archived(dir: string): Promise<Map<string, Buffer>> {
  const found = new Map<string, Buffer>();
  for (const entry of await readdir(path.join(dir, "archive"), { recursive: true, withFileTypes: true })) {
    if (!entry.name.endsWith(".eml")) continue;
    const bytes = await readFile(path.join(entry.parentPath, entry.name));
    found.set((await PostalMime.parse(bytes)).messageId ?? "", bytes);
  }
  return found;
}
