import { mkdir, readdir, readFile, writeFile } from "node:fs/promises";
import path from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "@jest/globals";
import { cli, records, summary, workDir } from "./cli.js";
import { stage, type Stage } from "./stage.js";

type Line = Record<string, unknown>;

const ZOE = "zoe@mairie.example";
const LUC = "luc@mairie.example";
const ROUTES = [{ workload: ["channels", "chats"], to: "archive" }];
const GENERAL = "teams/Projet/General/messages.jsonl";
const PNG = Buffer.from("iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==", "base64");

const html = (content: string) => ({ contentType: "html", content });
const at = (second: number): string => new Date(Date.UTC(2026, 0, 5, 9, 0, second)).toISOString();
const lines = (messages: readonly Line[]): string => messages.map((message) => `${JSON.stringify(message)}\n`).join("");

/** 60 threads (more than a page), each second one with replies; one thread of 1,203 replies, whose link to the rest the service forgets. */
function general(): Line[] {
  const threads: Line[] = Array.from({ length: 60 }, (_, index) => ({
    createdDateTime: at(index * 20), from: index % 3 === 0 ? ZOE : LUC, body: html(`<p>Sujet ${index}</p>`),
    ...(index % 2 === 0 ? { replies: [1, 2].map((reply) => ({ createdDateTime: at(index * 20 + reply), from: LUC, body: { contentType: "text", content: `Réponse ${index}.${reply}` } })) } : {}),
  }));
  const many = Array.from({ length: 1203 }, (_, index) => ({ createdDateTime: new Date(Date.UTC(2026, 0, 6, 9, 0, 0, 1) + index * 1000).toISOString(), from: ZOE, body: { contentType: "text", content: `R${index}` } }));
  return [
    ...threads,
    { createdDateTime: "2026-01-06T08:00:00.000Z", from: ZOE, body: html("<p>Long fil</p>"), replies: many },
    { createdDateTime: "2026-01-07T08:00:00.000Z", from: null, messageType: "systemEventMessage", body: html("<systemEventMessage/>"), eventDetail: { "@odata.type": "#microsoft.graph.membersAddedEventMessageDetail" } },
    { createdDateTime: "2026-01-07T09:00:00.000Z", from: LUC, body: html(""), deletedDateTime: "2026-01-07T09:05:00.000Z" },
    {
      createdDateTime: "2026-01-07T10:00:00.000Z", from: ZOE, subject: "Images", body: html('<p><at id="0">Luc</at> <img src="../hostedContents/plan.png/$value"><img src="https://evil.example/v1.0/hostedContents/absent.png/$value"></p>'),
      mentions: [{ id: 0, mentionText: "Luc", mentioned: LUC }], reactions: [{ reactionType: "like", createdDateTime: "2026-01-07T10:01:00.000Z", user: LUC }], lastModifiedDateTime: "2026-01-07T10:01:00.000Z",
    },
  ];
}

const MESSAGES = 60 + 60 + 1 + 1203 + 1 + 1 + 1;

/** What the archive wrote, by message, in words that do not depend on who wrote it. */
function told(text: string): Map<string, object> {
  const found = new Map<string, object>();
  const add = (message: Line, root?: string): void => {
    const { from, body, createdDateTime, deletedDateTime, lastEditedDateTime, subject, eventDetail, reactions, mentions } = message as Record<string, never> & { from: unknown; body: { content: string } };
    const author = typeof from === "string" ? from : (from as { user?: { email?: string } } | null)?.user?.email ?? null;
    const names = (list: unknown): unknown => (Array.isArray(list) ? list.length : 0);
    found.set(String(Date.parse(String(createdDateTime))), {
      author, content: body.content.replace(/https?:\/\/[^"]*?\/hostedContents\//g, "../hostedContents/"), root, subject: subject ?? null, deleted: deletedDateTime ?? null, edited: lastEditedDateTime ?? null, event: eventDetail ?? null,
      reactions: names(reactions), mentions: names(mentions),
    });
  };
  for (const line of text.split("\n").filter((one) => one !== "")) {
    const message = JSON.parse(line) as Line;
    add(message);
    for (const reply of (message["replies"] ?? []) as Line[]) add(reply, String(Date.parse(String(message["createdDateTime"]))));
  }
  return found;
}

describe("channels and chats", () => {
  let staged: Stage;
  let messages: Line[];
  const put = async (file: string, text: string | Buffer): Promise<void> => {
    await mkdir(path.dirname(path.join(staged.tenant, file)), { recursive: true });
    await writeFile(path.join(staged.tenant, file), text);
  };
  const archived = (dir: string, file: string): Promise<string> => readFile(path.join(dir, "archive", file), "utf8");

  beforeAll(async () => {
    messages = general();
    staged = await stage(async (tenant) => {
      const write = async (file: string, text: string | Buffer): Promise<void> => {
        await mkdir(path.dirname(path.join(tenant, file)), { recursive: true });
        await writeFile(path.join(tenant, file), text);
      };
      await write("tenant.json", JSON.stringify({ name: "Mairie", domain: "mairie.example" }));
      for (const user of [ZOE, LUC, "ana@mairie.example"]) await write(`users/${user}/profile.json`, JSON.stringify({ displayName: user.split("@")[0] }));
      await write("groups/sans-equipe/group.json", JSON.stringify({ displayName: "Sans équipe", mail: "sans-equipe@mairie.example" }));
      await write("teams/Projet/team.json", JSON.stringify({ displayName: "Projet", group: "projet", members: [{ user: ZOE, roles: ["owner"] }, LUC] }));
      await write("teams/Projet/General/channel.json", JSON.stringify({ dropRepliesLink: true, tabs: [{ displayName: "Wiki", url: "https://wiki.example/" }] }));
      await write(GENERAL, lines(messages));
      await write("teams/Projet/General/hosted/plan.png", PNG);
      await write("teams/Projet/Secret/channel.json", JSON.stringify({ membershipType: "private", members: [{ user: ZOE, roles: ["owner"] }] }));
      await write("teams/Projet/Secret/messages.jsonl", lines([{ createdDateTime: at(1), from: ZOE, body: html("<p>Confidentiel</p>") }]));
      await write("chats/a-deux/chat.json", JSON.stringify({ chatType: "oneOnOne", members: [ZOE, LUC] }));
      await write("chats/a-deux/messages.jsonl", lines(Array.from({ length: 70 }, (_, index) => ({ createdDateTime: at(index), from: index % 2 === 0 ? ZOE : LUC, body: { contentType: "text", content: `Message ${index}` } }))));
      await write("chats/vide/chat.json", JSON.stringify({ chatType: "group", topic: "Vide", members: [ZOE, LUC] }));
      await write("chats/grand/chat.json", JSON.stringify({ chatType: "meeting", topic: "Séance", members: [ZOE, ...Array.from({ length: 39 }, (_, index) => `invite${index}@ailleurs.example`)] }));
      await write("chats/grand/messages.jsonl", lines([{ createdDateTime: at(3), from: "invite7@ailleurs.example", body: html("<p>Bonjour</p>") }]));
    });
  });

  afterAll(async () => {
    await staged.remove();
  });

  it("arrive whole: every message once, with author, thread, dates, reactions and pictures", async () => {
    const work = await workDir(staged.served, { groups: "all", routes: ROUTES, targets: { archive: { adapter: "archive", path: "./archive" } } });
    try {
      const doctor = await cli(["doctor", "--config", work.config]);
      expect({ code: doctor.code, asked: ["ChannelMessage.Read.All", "Chat.Read.All"].every((name) => doctor.stdout.includes(name)), notRouted: doctor.stdout.includes("Mail.Read") }).toEqual({ code: 0, asked: true, notRouted: false });
      const run = await cli(["migrate", "--config", work.config, "--json"]);
      const cards = 1 + 2 + 3;
      const { seen, counts } = summary(run.stdout);
      // One message shows a picture that is not there.
      expect({ code: run.code, seen, counts: { migrated: counts["migrated"], converted: counts["converted"] } }).toEqual({ code: 0, seen: MESSAGES + 1 + 71 + cards, counts: { migrated: MESSAGES + 71 + cards, converted: 1 } });

      const channel = "teams/projet/General";
      expect(told(await archived(work.dir, `${channel}/messages.jsonl`))).toEqual(told(lines(messages)));
      expect(await readFile(path.join(work.dir, "archive", channel, "hosted/plan.png"))).toEqual(PNG);
      expect(await readdir(path.join(work.dir, "archive", channel, "hosted"))).toEqual(["plan.png"]);
      expect(JSON.parse(await archived(work.dir, `${channel}/channel.json`))).toMatchObject({ displayName: "General", tabs: [{ displayName: "Wiki", url: "https://wiki.example/" }] });
      expect(JSON.parse(await archived(work.dir, "teams/projet/Secret/channel.json"))).toMatchObject({ membershipType: "private", members: [{ user: ZOE, roles: ["owner"] }] });
      expect((JSON.parse(await archived(work.dir, "teams/projet/team.json")) as { members: { user: string }[] }).members.map(({ user }) => user).sort()).toEqual([LUC, ZOE]);
      const chats = await readdir(path.join(work.dir, "archive/chats"));
      expect(chats.map((name) => name.normalize("NFC")).sort()).toEqual(["Séance", "Vide", "luc, zoe"]);
      expect(told(await archived(work.dir, "chats/luc, zoe/messages.jsonl"))).toEqual(told(await readFile(path.join(staged.tenant, "chats/a-deux/messages.jsonl"), "utf8")));
      // $expand=members stops at 25: the rest comes from the list of members.
      const meeting = JSON.parse(await archived(work.dir, "chats/Séance/chat.json")) as { members: unknown[] };
      expect(meeting.members).toHaveLength(40);

      const verified = summary((await cli(["verify", "--config", work.config, "--json"])).stdout).verified;
      expect(verified).toMatchObject({ same: seen, missing: 0, different: 0 });
      expect((await cli(["vault", "check", "--read-data", "--config", work.config])).code).toBe(0);
      const index = await archived(work.dir, "index.html");
      expect(index).toContain("projet / General");

      // Their pages show the sanitised message with its picture, and so does the vault itself.
      const pages = (await readdir(path.join(work.dir, "archive/_index/conversations"))).filter((name) => name.endsWith(".html"));
      const shown = (await Promise.all(pages.map((name) => archived(work.dir, `_index/conversations/${name}`)))).join("");
      expect([shown.includes('@Luc <img src="../../teams/projet/General/hosted/plan.png" alt="'), shown.includes("evil.example")]).toEqual([true, false]);
      const cat = (id: unknown, ...args: readonly string[]) => cli(["vault", "cat", String(id), "--lang", "fr", "--config", work.config, ...args]);
      const [message] = records((await cli(["vault", "grep", "Images", "--json", "--config", work.config])).stdout);
      expect((await cat(message?.["id"], "--as", "markdown")).stdout).toMatch(/^\*\*Images\*\*\n\n@Luc \\\[image\\\]\\\[image\\\]\n\nRéactions : 👍.*\n$/);
      expect(records((await cat(message?.["id"], "--as", "text", "--json")).stdout)).toMatchObject([{ type: "message", form: "text", losses: expect.arrayContaining([expect.objectContaining({ reason: "conversation.picture-missing" })]) }]);
      const [room] = records((await cli(["vault", "grep", "Secret", "--json", "--config", work.config])).stdout);
      expect(await cat(room?.["id"], "--as", "html")).toMatchObject({ code: 2, stderr: expect.stringContaining("VAULT_NO_MESSAGE") });
    } finally {
      await work.remove();
    }
  });

  it("are followed: a new reply, an edit, a deletion and a new channel arrive by delta, and nothing else is written", async () => {
    const work = await workDir(staged.served, { groups: "all", routes: ROUTES });
    try {
      const first = summary((await cli(["migrate", "--config", work.config, "--json"])).stdout).seen;
      const again = summary((await cli(["migrate", "--pass", "delta", "--config", work.config, "--json"])).stdout);
      expect(again.counts).toMatchObject({ migrated: 0, converted: 0, "already-there": first });

      const now = (offset: number): string => new Date(Date.now() + offset).toISOString();
      const [answered, edited, deleted] = [messages[1] as Line, messages[2] as Line, messages[3] as Line];
      answered["replies"] = [{ createdDateTime: now(0), from: LUC, body: html("<p>Tardive</p>") }];
      Object.assign(edited, { body: html("<p>Corrigé</p>"), lastEditedDateTime: now(10), lastModifiedDateTime: now(10) });
      Object.assign(deleted, { body: html(""), deletedDateTime: now(20), lastModifiedDateTime: now(20) });
      await put(GENERAL, lines(messages));
      await put("teams/Projet/Nouveau/messages.jsonl", lines([{ createdDateTime: now(30), from: ZOE, body: html("<p>Ouvert</p>") }]));
      await staged.served.control("rescan");

      const delta = await cli(["migrate", "--pass", "delta", "--apply-deletions", "--config", work.config, "--json"]);
      const { counts, removed } = summary(delta.stdout);
      // Reply, edit, the new channel's card and message.
      expect({ code: delta.code, arrived: counts["migrated"], removed, rest: counts["already-there"] }).toEqual({ code: 0, arrived: 4, removed: 1, rest: first - 2 });
      const general = told(await archived(work.dir, "teams/projet/General/messages.jsonl"));
      const expected = told(lines(messages));
      expected.delete(String(Date.parse(String(deleted["createdDateTime"]))));
      expect(general).toEqual(expected);
      await staged.served.control("expire-deltas");
      const expired = await cli(["migrate", "--pass", "delta", "--config", work.config, "--json"]);
      expect({ code: expired.code, counts: summary(expired.stdout).counts["migrated"] }).toEqual({ code: 0, counts: 0 });
    } finally {
      await work.remove();
    }
  });

  it("of two people are read once, whoever runs, and go on when the first has left", async () => {
    const chats = [{ workload: ["chats"], to: "archive" }];
    const work = await workDir(staged.served, { routes: chats });
    try {
      const one = summary((await cli(["migrate", "--owner", ZOE, "--config", work.config, "--json"])).stdout).seen;
      const other = summary((await cli(["migrate", "--owner", LUC, "--config", work.config, "--json"])).stdout);
      expect({ one: one > 70, other: other.seen }).toEqual({ one: true, other: 0 });
      const file = "chats/a-deux/messages.jsonl";
      await put(file, `${await readFile(path.join(staged.tenant, file), "utf8")}${JSON.stringify({ createdDateTime: new Date().toISOString(), from: LUC, body: html("<p>Suite</p>") })}\n`);
      await staged.served.control("rescan");
      await cli(["migrate", "--pass", "delta", "--owner", LUC, "--config", work.config, "--json"]);
      // The vault holds it in the first one's part; the next push brings it.
      const push = summary((await cli(["push", "--config", work.config, "--json"])).stdout);
      expect({ seen: push.seen, migrated: push.counts["migrated"] }).toEqual({ seen: one + 1, migrated: 1 });
      expect(await archived(work.dir, "chats/luc, zoe/messages.jsonl")).toContain("Suite");
    } finally {
      await work.remove();
    }
  });

  it("of an archive are served again as the same conversations", async () => {
    const work = await workDir(staged.served, { groups: "all", routes: ROUTES });
    try {
      await cli(["migrate", "--config", work.config, "--json"]);
      const copy = await stage(async () => undefined, () => ["--tenant", path.join(work.dir, "archive")]);
      const second = await workDir(copy.served, { groups: "all", routes: ROUTES });
      try {
        const run = await cli(["migrate", "--config", second.config, "--json"]);
        expect(run.code).toBe(0);
          const channel = told(await archived(second.dir, "teams/projet/General/messages.jsonl"));
        expect([...channel.keys()].sort()).toEqual([...told(lines(messages)).keys()].sort());
      } finally {
        await second.remove();
        await copy.remove();
      }
    } finally {
      await work.remove();
    }
  });
});
