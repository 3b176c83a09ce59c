import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "@jest/globals";
import { adapter } from "../../adapters/talkspirit/index.js";
import type { Adapter, PutResult, TargetContainer, TargetRef, TargetSession } from "../../src/core/adapter.js";
import type { Item, PlacedContainer } from "../../src/core/item.js";
import type { ChatMessageRecord, ConversationRecord } from "../../src/format/records.js";
import { thrownBy } from "../../src/kit/conformance/expectations.js";
import { contextOf, MemoryBlobs, MemoryLedger, sampleOwner } from "../../src/kit/conformance/harness.js";
import { sampleItem } from "../../src/kit/conformance/sample-item.js";
import { EmulatedTalkspirit, type Mishap } from "../emulators/talkspirit/server.js";
import { testEnvironment } from "../environment.js";

const SIGNAL = new AbortController().signal;
const server = new EmulatedTalkspirit("eau", "reste");
const blobs = new MemoryBlobs();
const channel = (name: string, role?: "root"): PlacedContainer => ({ workload: "channels", owner: "team", id: `19:${name}`, name, path: [name], ...(role === undefined ? {} : { role }) });
const GENERAL = channel("Général");
let ledger = new MemoryLedger();
let opened: Adapter;
let session: TargetSession;
let into: TargetContainer;

async function open(more: Record<string, unknown> = {}, lang: "en" | "fr" = "fr"): Promise<void> {
  const webhooks = { "qualite-eau": { "général": "env:EAU", "*": "env:RESTE" }, voirie: { "Chantiers": "env:BAD", Perdu: "env:NOBODY" } };
  const secrets = { "env:EAU": `${server.address("eau")}\n`, "env:RESTE": server.address("reste"), "env:BAD": "http://webhook.example/v1/incoming/x", "env:NOBODY": server.address("personne") };
  opened = await adapter.create(adapter.options.parse({ webhooks, ...more }), { ...testEnvironment("publications", secrets), lang });
  session = await connect("qualite-eau");
  into = await session.prepare(GENERAL, undefined, SIGNAL);
}

const connect = (team: string): Promise<TargetSession> => opened.connect({ owner: sampleOwner(team), name: team }, "channels", SIGNAL);

function message(messageId: string, text: string, told: Partial<ChatMessageRecord> = {}, container = GENERAL): Item<ChatMessageRecord> {
  const record: ChatMessageRecord = {
    v: 1, type: "chat-message", messageId, kind: "message", author: { kind: "user", name: "Zoé Müller" }, createdAt: "2026-01-12T07:58:04Z", importance: "normal", format: "text", mentions: [], reactions: [], attachments: [], hosted: [], ...told,
  };
  const id = [container.id, ...(record.replyTo === undefined ? [] : [record.replyTo]), messageId].join("/");
  return { ...sampleItem("channels", text, record, blobs.add(text, ".txt"), id), container: container.id };
}

async function put(item: Item, known?: TargetRef): Promise<PutResult> {
  const result = await session.put(item, contextOf({ blobs, ledger, signal: SIGNAL }, item, GENERAL, into, known));
  if (result.outcome !== "skipped") ledger.settle(into, result.ref, item);
  return result;
}

const find = (item: Item, known?: TargetRef): Promise<TargetRef | undefined> => session.find(item, contextOf({ blobs, ledger, signal: SIGNAL }, item, GENERAL, into, known));
const reasons = (result: PutResult): string[] => (result.outcome === "skipped" ? [] : result.losses.map(({ reason }) => reason));
/** Befalls the first call alone. */
const once = (mishap: Mishap): void => {
  const first = server.calls + 1;
  server.mishap = (call) => (call === first ? mishap : undefined);
};

beforeAll(() => server.start());
afterAll(() => server.stop());
beforeEach(async () => {
  for (const wall of server.groups.values()) wall.splice(0);
  [ledger, server.mishap] = [new MemoryLedger(), () => undefined];
  await open();
});
afterEach(async () => {
  await session.close();
  await opened.close();
  expect(server.undescribed.splice(0)).toEqual([]);
});

describe("a channel's messages", () => {
  it("are a post with comments, with author, date and reference above the text", async () => {
    const root = await put(message("1", "Turbidité : 2 NFU\nQui passe ?", { subject: "Turbidité au captage" }));
    const reply = await put(message("2", "J'y vais", { replyTo: "1", author: undefined, createdAt: "2026-07-01T10:00:00Z", editedAt: "2026-07-01T10:05:00Z" }));
    expect(server.groups.get("eau")).toEqual([{
      title: "Turbidité au captage", author: "Zoé Müller", thread: `${into.id}/1`,
      content: "Message d'origine : Zoé Müller, le 12 janvier 2026 à 08:58 UTC+1 (Microsoft Teams, canal Général, réf. REF)\n\nTurbidité : 2 NFU\nQui passe ?".replace("REF", (root as { ref: TargetRef }).ref.id),
      comments: [{ author: "auteur inconnu", content: "Message d'origine : auteur inconnu, le 1er juillet 2026 à 12:00 UTC+2 (Microsoft Teams, canal Général, réf. REF)\n\nJ'y vais\n\n(modifié)".replace("REF", (reply as { ref: TargetRef }).ref.id) }],
    }]);
    // The word "modifié" is set apart elsewhere.
    expect([reasons(root), reasons(reply)]).toEqual([["conversation.author-in-text", "conversation.date-in-text"], ["conversation.appearance", "conversation.author-in-text", "conversation.date-in-text"]]);
  });

  it("tell reactions and mentions in words, and say so", async () => {
    const result = await put(message("1", '<p><at id="0">Luc</at> ?</p>', { format: "html", importance: "urgent", mentions: [{ index: 0, text: "Luc" }], reactions: [{ reaction: "like", person: { kind: "user", name: "Ana" } }] }));
    expect(server.standing("eau")[0]?.content).toContain("\n\n@Luc ?\n\nRéactions : 👍 Ana");
    expect(reasons(result).slice(2)).toEqual(["conversation.importance", "conversation.reactions-in-text", "conversation.mentions-in-text"]);
  });

  it("stand alone where the message that they answer is not there, and say so", async () => {
    expect(reasons(await put(message("2", "Oui", { replyTo: "1" })))).toContain("conversation.thread-missing");
    expect(server.groups.get("eau")?.map(({ comments }) => comments.length)).toEqual([0]);
  });

  it("name their page in the hand-over package where pictures or files are, when people have one; in English too, with a page and a picture of their author", async () => {
    await session.close();
    await open({ handOver: "drive, folder Handover", zone: "Indian/Reunion", link: "https://intranet.example/teams", icon: "https://intranet.example/teams.png" }, "en");
    await put(message("1", "See", { attachments: [{ id: "a", mediaType: "reference", name: "Été.docx", url: "https://sites.example/Été.docx" }] }));
    await put(message("3", "Oui", { replyTo: "1" }));
    const [post, comment] = server.standing("eau").map(({ content }) => content.replace(/o365-\w+/, "REF"));
    expect(post).toBe("Original message: Zoé Müller, on 12 January 2026 at 11:58 UTC+4 (Microsoft Teams, channel Général, ref. REF)\n\nSee\n\nÉté.docx (https://sites.example/%C3%89t%C3%A9.docx)\n\nPictures and files: drive, folder Handover, channels/Général/threads/1.html");
    expect(comment).not.toContain("Pictures");
  });

  it("go to the group of their channel, or of the team's others; none is written for a card", async () => {
    const team = await connect("Qualite-Eau");
    const other = await team.prepare(channel("Astreinte"), undefined, SIGNAL);
    const item = message("1", "Nuit", {}, channel("Astreinte"));
    await team.put(item, contextOf({ blobs, ledger, signal: SIGNAL }, item, channel("Astreinte"), other));
    const card: ConversationRecord = { v: 1, type: "conversation", form: "team", name: "Qualité de l'eau", archived: false, tabs: [] };
    const root = await team.prepare(channel("", "root"), undefined, SIGNAL);
    const about = sampleItem("channels", "card", card, undefined);
    expect(await team.put(about, contextOf({ blobs, ledger, signal: SIGNAL }, about, channel("", "root"), root))).toEqual({ outcome: "skipped", code: "CONVERSATION_CARD" });
    expect(await team.find(about, contextOf({ blobs, ledger, signal: SIGNAL }, about, channel("", "root"), root))).toBeUndefined();
    expect([server.standing("eau").length, server.standing("reste").length]).toEqual([0, 1]);
    await team.close();
  });

  it("stand as they were sent: a later change is told as lost, and nothing is sent", async () => {
    const item = message("1", "Avant");
    const { ref } = (await put(item)) as { ref: TargetRef };
    expect(reasons(await put(item, ref))).not.toContain("conversation.unchangeable");
    const changed = { ...message("1", "Après"), key: item.key };
    const again = (await put(changed, ref)) as { outcome: string; ref: TargetRef };
    expect([again.outcome, again.ref, reasons(again as PutResult).includes("conversation.unchangeable")]).toEqual(["unchanged", ref, true]);
    expect(server.standing("eau").map(({ content }) => content.split("\n\n")[1])).toEqual(["Avant"]);
  });
});

describe("an answer that is lost", () => {
  it.each<[string, Mishap, string, number]>([
    ["a connection cut before the call was taken", "cut", "TARGET_UNSURE", 0],
    ["a connection cut after it was taken", "cut-after", "TARGET_UNSURE", 1],
    ["an error of the server", 500, "TARGET_UNSURE", 0],
    ["a gateway's error", 502, "TARGET_UNSURE", 0],
    ["a gateway's patience", 504, "TARGET_UNSURE", 0],
    ["no room for now", 503, "TARGET_PASSING", 0],
    ["a request that came too slowly", 408, "TARGET_PASSING", 0],
    ["too many calls", 429, "TARGET_THROTTLED", 0],
    ["a call that is too large", 413, "TARGET_REFUSED_ITEM", 0],
    ["a webhook that is gone", 410, "TARGET_WEBHOOK", 0],
    ["another place", 302, "TARGET_WEBHOOK", 0],
  ])("is told from a call that surely was not taken: %s", async (_what, mishap, code, standing) => {
    once(mishap);
    const error = await thrownBy(() => put(message("1", "Bonjour")));
    expect({ code: error.code, standing: server.standing("eau").length }).toEqual({ code, standing });
    if (code === "TARGET_UNSURE") expect(error.params["reason"]).toMatch(/, ref\. o365-[a-z2-7]{16}$/);
    expect(JSON.stringify([error.params, error.message])).not.toContain("/v1/incoming/");
  });

  it("is none where no connection was made", async () => {
    await server.stop();
    expect((await thrownBy(() => put(message("1", "Bonjour")))).code).toBe("TARGET_UNREACHABLE");
    await server.start();
    await put(message("1", "Bonjour"));
    await server.stop();
    expect((await thrownBy(() => put(message("2", "Encore")))).code).toBe("TARGET_CONNECTION");
    await server.start();
    expect(server.standing("eau").length).toBe(1);
  });

  it.each([["report", "TARGET_UNSURE"], ["arrived", "known"], ["send", "unknown"]])("leaves a message to whoever has looked: unsure: %s", async (unsure, expected) => {
    await session.close();
    await open({ unsure });
    const item = message("1", "Bonjour");
    const found = await find(item).then((ref) => (ref === undefined ? "unknown" : "known"), (thrown: { code: string }) => thrown.code);
    expect(found).toBe(expected);
    // What stands by the ledger is not in doubt, whatever the option.
    expect(await find(item, { id: "o365-known" })).toEqual({ id: "o365-known" });
  });
});

describe("a channel without a group", () => {
  it.each([["qualite-eau-2", "Général", "TARGET_NO_WEBHOOK"], ["voirie", "Déneigement", "TARGET_NO_WEBHOOK"], ["voirie", "Chantiers", "TARGET_WEBHOOK"]])("is refused by name: %s/%s", async (team, name, code) => {
    const other = await connect(team);
    const error = await thrownBy(() => other.prepare(channel(name), undefined, SIGNAL));
    expect({ code: error.code, class: error.errorClass, container: error.params["container"] }).toEqual({ code, class: "permanent-container", container: `${team}/${name}` });
    await other.close();
  });

  it("is told by the first post where the token is nobody's", async () => {
    const other = await connect("voirie");
    const place = await other.prepare(channel("Perdu"), undefined, SIGNAL);
    const item = message("1", "Bonjour", {}, channel("Perdu"));
    const error = await thrownBy(() => other.put(item, contextOf({ blobs, ledger, signal: SIGNAL }, item, channel("Perdu"), place)));
    expect([error.code, error.params["reason"]]).toEqual(["TARGET_WEBHOOK", "HTTP 404"]);
    await other.close();
  });

  it("is named by doctor, which calls nothing", async () => {
    const calls = server.calls;
    const results = [];
    for await (const result of opened.check(SIGNAL)) results.push(result);
    expect(results).toMatchObject([{ ok: false, code: "TARGET_WEBHOOK", subject: "publications" }]);
    expect(server.calls).toBe(calls);
  });
});

it("removes nothing, and says so", async () => {
  expect((await thrownBy(() => session.remove({ id: "x" }, into, SIGNAL))).code).toBe("TARGET_CANNOT_REMOVE");
  expect(await session.removeContainer(into.id, SIGNAL)).toBe(false);
});
