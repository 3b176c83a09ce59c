import { mkdir, readdir, readFile, writeFile } from "node:fs/promises";
import path from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "@jest/globals";
import { cli, records, summary, workDir } from "./cli.js";
import { stage, type Stage } from "./stage.js";

const [ZOE, LUC, ANA, BOB] = ["zoe@mairie.example", "luc@mairie.example", "ana@ailleurs.example", "bob@ailleurs.example"];
const ROUTES = [{ workload: ["channels", "chats", "files"], to: "archive" }];
const at = (minute: number): string => new Date(Date.UTC(2026, 0, 5, 9, minute)).toISOString();
const message = (minute: number, content: string): string => `${JSON.stringify({ createdDateTime: at(minute), from: ZOE, body: { contentType: "text", content } })}\n`;
const MEETING = { joinWebUrl: "https://teams.example/join/1", calendarEventId: "AAMkA", organizer: ZOE };

describe("what is told about teams, channels and chats", () => {
  let staged: Stage;
  const put = async (file: string, text: string): Promise<void> => writeFile(path.join(staged.tenant, file), text);
  const chat = (pinned: readonly string[]): string => JSON.stringify({ chatType: "meeting", topic: "Chantier", members: [ZOE, LUC], tabs: [{ displayName: "Notes", url: "https://wiki.example/notes" }], pinnedMessages: pinned, onlineMeetingInfo: MEETING });

  beforeAll(async () => {
    staged = await stage(async (tenant) => {
      const files: Record<string, string> = {
        "tenant.json": JSON.stringify({ name: "Mairie", domain: "mairie.example" }),
        [`users/${ZOE}/profile.json`]: "{}", [`users/${LUC}/profile.json`]: "{}",
        "teams/Projet/team.json": JSON.stringify({ displayName: "Projet", group: "projet", members: [ZOE, LUC], incomingChannels: [{ displayName: "Communauté de communes", tenantId: "1f0c7a1e-92d4-4a63-8f3b-6d1c0e7b2a45" }, { displayName: "D'une autre équipe" }] }),
        "teams/Projet/General/messages.jsonl": message(1, "Bonjour"), "teams/Projet/General/files/plan.txt": "plan",
        "teams/Projet/Ancien/channel.json": JSON.stringify({ isArchived: true }),
        "teams/Projet/Partage/channel.json": JSON.stringify({ membershipType: "shared", members: [{ user: ZOE, roles: ["owner"] }, ANA], indirectMembers: [BOB] }),
        "teams/Projet/Partage/files/commun.txt": "commun",
        "chats/chantier/chat.json": chat([String(Date.parse(at(1)))]), "chats/chantier/messages.jsonl": message(1, "Épinglé") + message(2, "Suite"),
      };
      for (const [file, text] of Object.entries(files)) {
        await mkdir(path.dirname(path.join(tenant, file)), { recursive: true });
        await writeFile(path.join(tenant, file), text);
      }
    });
  });

  afterAll(async () => {
    await staged.remove();
  });

  it("is kept: where files are, all members of shared channels, meetings, pinned messages, tabs of chats; a foreign channel is named", async () => {
    const work = await workDir(staged.served, { groups: "all", sites: "all", routes: ROUTES });
    const card = async (file: string): Promise<Record<string, unknown>> => JSON.parse(await readFile(path.join(work.dir, "archive", file), "utf8")) as Record<string, unknown>;
    try {
      const run = await cli(["migrate", "--config", work.config, "--json"]);
      const skipped = records(run.stdout).filter(({ type, state, stage: at }) => type === "item" && state === "skipped" && at === "pull");
      expect({ code: run.code, skipped: skipped.map(({ title, failure }) => [title, (failure as { code: string }).code]) }).toEqual({ code: 0, skipped: [["Communauté de communes", "FOREIGN_CHANNEL"]] });

      const [general, old, shared, chantier] = await Promise.all([card("teams/projet/General/channel.json"), card("teams/projet/Ancien/channel.json"), card("teams/projet/Partage/channel.json"), card("chats/Chantier/chat.json")]);
      expect(old).toMatchObject({ isArchived: true });
      expect(old["filesFolder"]).toBeUndefined();
      expect((shared["members"] as { user: string; roles: string[] }[]).map(({ user, roles }) => [user, roles]).sort()).toEqual([[ANA, []], [BOB, []], [ZOE, ["owner"]]]);
      // The folder is the one that the group's library, or the channel's own site, was read from.
      const folders = await vaultContainers(work.dir);
      expect([general, shared].map(({ filesFolder }) => folders.get((filesFolder as { id: string }).id))).toEqual(["General", ""]);
      expect(chantier).toMatchObject({ tabs: [{ displayName: "Notes", url: "https://wiki.example/notes" }], pinnedMessages: [String(Date.parse(at(1)))], onlineMeetingInfo: { ...MEETING, organizer: { email: ZOE } } });

      const again = summary((await cli(["migrate", "--pass", "delta", "--config", work.config, "--json"])).stdout);
      expect(again.counts).toMatchObject({ migrated: 0, converted: 0, skipped: 1 });

      await put("chats/chantier/chat.json", chat([String(Date.parse(at(2)))]));
      await put("chats/chantier/messages.jsonl", message(1, "Épinglé") + message(2, "Suite") + `${JSON.stringify({ createdDateTime: new Date().toISOString(), from: null, messageType: "systemEventMessage", body: { contentType: "html", content: "<systemEventMessage/>" }, eventDetail: { "@odata.type": "#microsoft.graph.messagePinnedEventMessageDetail" } })}\n`);
      await staged.served.control("rescan");
      const delta = summary((await cli(["migrate", "--pass", "delta", "--config", work.config, "--json"])).stdout);
      expect({ arrived: delta.counts["migrated"], pinned: (await card("chats/Chantier/chat.json"))["pinnedMessages"] }).toEqual({ arrived: 2, pinned: [String(Date.parse(at(2)))] });
      expect(summary((await cli(["verify", "--config", work.config, "--json"])).stdout).verified).toMatchObject({ missing: 0, different: 0 });
    } finally {
      await work.remove();
    }
  });

  it("goes without what the application may not read, and says so", async () => {
    const roles = ["User.Read.All", "GroupMember.Read.All", "Team.ReadBasic.All", "TeamMember.Read.All", "Channel.ReadBasic.All", "ChannelMember.Read.All", "ChannelMessage.Read.All", "Chat.Read.All"];
    await put("tenant.json", JSON.stringify({ name: "Mairie", domain: "mairie.example", grantedRoles: roles }));
    const other = await stage(async () => undefined, () => ["--tenant", staged.tenant]);
    const work = await workDir(other.served, { groups: "all", routes: [{ workload: ["channels", "chats"], to: "archive" }] });
    try {
      const run = await cli(["migrate", "--config", work.config, "--json"]);
      const losses = records(run.stdout).filter(({ type, stage: at }) => type === "item" && at === "push").flatMap(({ losses: told }) => (told as { field: string; reason: string }[] | undefined) ?? []);
      expect({ code: run.code, losses: [...new Set(losses.map(({ field, reason }) => `${field} ${reason}`))].sort() }).toEqual({ code: 0, losses: ["files conversation.part-unreadable", "tabs conversation.tabs-unreadable"] });
    } finally {
      await work.remove();
      await other.remove();
    }
  });
});

/** Names of folders by id, from the vault's own journal. */
async function vaultContainers(dir: string): Promise<Map<string, string>> {
  const found = new Map<string, string>();
  for (const entry of await readdir(path.join(dir, "vault"), { recursive: true, withFileTypes: true })) {
    if (!entry.isFile() || !entry.name.endsWith(".jsonl")) continue;
    for (const line of (await readFile(path.join(entry.parentPath, entry.name), "utf8")).split("\n")) {
      if (!line.includes('"kind":"container"')) continue;
      const { container } = JSON.parse(line) as { container: { id: string; name: string } };
      found.set(container.id, container.name);
    }
  }
  return found;
}
