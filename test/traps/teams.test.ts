import { writeFile } from "node:fs/promises";
import path from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "@jest/globals";
import { hostedIds } from "../../src/graph/map/chat-message.js";
import { TrapStage, ZOE, type Round } from "./stage.js";

type Line = Record<string, unknown>;

const LUC = "luc@test.example";
const GENERAL = "teams/Projet/General/messages.jsonl";
const html = (content: string) => ({ contentType: "html", content });
const at = (second: number): string => new Date(Date.UTC(2026, 5, 1, 9, 0, second)).toISOString();
const lines = (rows: readonly Line[]): string => rows.map((row) => `${JSON.stringify(row)}\n`).join("");
const identity = (kind: "application" | "user", extra: Line) => ({ application: null, device: null, user: null, [kind]: { id: "00000000-0000-0000-0000-000000000001", ...extra } });

const MESSAGES: Line[] = [
  { createdDateTime: at(0), from: ZOE, subject: "Long fil", body: html("<p>racine</p>"), replies: Array.from({ length: 1_003 }, (_, index) => ({ createdDateTime: at(1 + index), from: LUC, body: html(`<p>réponse ${index}</p>`) })) },
  { createdDateTime: at(2_000), from: ZOE, subject: "Images", body: html('<img src="../hostedContents/la.png/$value"><img src="../hostedContents/partie.png/$value"><img src="https://evil.example/hostedContents/piege.png/$value"><img src="http://169.254.169.254/latest">') },
  { createdDateTime: at(2_001), from: null, subject: "Systeme", messageType: "systemEventMessage", body: html("<systemEventMessage/>"), eventDetail: { "@odata.type": "#microsoft.graph.membersAddedEventMessageDetail" } },
  { createdDateTime: at(2_002), from: identity("application", { displayName: "Robot", applicationIdentityType: "bot" }), subject: "Robot", body: html("<p>bip</p>") },
  { createdDateTime: at(2_003), from: identity("user", { displayName: null, userIdentityType: "anonymousGuest" }), subject: "Invite", body: html("<p>bonjour</p>") },
  { createdDateTime: at(2_004), from: ZOE, subject: "Fichier", body: html('<attachment id="f1"></attachment>'), attachments: [{ id: "f1", contentType: "reference", contentUrl: "https://test.sharepoint.com/sites/projet/Documents/General/plan.pdf", name: "plan.pdf" }] },
  { createdDateTime: at(2_005), from: LUC, subject: "Efface", body: html(""), deletedDateTime: at(2_050), lastModifiedDateTime: at(2_050) },
  { createdDateTime: at(2_006), from: LUC, subject: "Corrige", body: html("<p>dernier texte</p>"), lastEditedDateTime: at(2_060), lastModifiedDateTime: at(2_060) },
];

describe("teams", () => {
  let stage: TrapStage;
  let first: Round;

  beforeAll(async () => {
    stage = await TrapStage.start({
      [`users/${LUC}/profile.json`]: JSON.stringify({ displayName: "Luc" }),
      "teams/Projet/team.json": JSON.stringify({ displayName: "Projet", group: "projet", members: [{ user: ZOE, roles: ["owner"] }, LUC] }),
      "teams/Projet/General/channel.json": JSON.stringify({ dropRepliesLink: true }), [GENERAL]: lines(MESSAGES), "teams/Projet/General/hosted/la.png": Buffer.from([0x89, 0x50]),
      "teams/Projet/Secret/channel.json": JSON.stringify({ membershipType: "private", members: [{ user: LUC, roles: ["owner"] }] }),
      "teams/Projet/Secret/messages.jsonl": lines([{ createdDateTime: at(1), from: LUC, subject: "Confidentiel", body: html("<p>entre nous</p>") }]),
      "chats/deux/chat.json": JSON.stringify({ chatType: "oneOnOne", members: [ZOE, LUC] }), "chats/deux/messages.jsonl": lines([{ createdDateTime: at(1), from: ZOE, body: html("<p>Salut</p>") }]),
    }, { faults: [{ match: "hostedContents/partie\\.png", nth: 1, times: 9, status: 403, body: { error: { code: "Forbidden", message: "" } } }] });
    first = await stage.round("channels", "Projet");
  });
  afterAll(() => stage.stop());

  it("25. Replies are paged on their own, and a link to the rest may be missing: all are read", () => {
    expect(first.items.filter(({ record }) => record["replyTo"] !== undefined)).toHaveLength(1_003);
  });

  it("25. … hosted contents answer 404 or 403: the message is kept without, and pictures of other hosts are never fetched", () => {
    const { losses, parts, record } = first.item("Images");
    expect(parts).toHaveLength(1);
    expect(record["hosted"]).toEqual([expect.objectContaining({ id: "la.png" })]);
    expect(losses.map(({ reason }) => reason)).toEqual(["conversation.picture-unreadable", "conversation.picture-unreadable"]);
    // Only the id is taken of an address, whatever host it names; an address without one is left in the text.
    expect(hostedIds({ id: "1", body: html('<img src="http://169.254.169.254/latest"><img src="https://evil.example/v1.0/hostedContents/x/$value">') })).toEqual(["x"]);
    expect(first.body("Images")).toContain("http://169.254.169.254/latest");
  });

  it("26. `from` can be null, an application, an anonymous guest", () => {
    expect(first.item("Systeme").record).toMatchObject({ kind: "event" });
    expect(first.item("Systeme").record["author"]).toBeUndefined();
    expect(first.item("Robot").record["author"]).toMatchObject({ kind: "application", name: "Robot" });
    expect(first.item("Invite").record["author"]).toMatchObject({ kind: "user", id: "00000000-0000-0000-0000-000000000001" });
  });

  it("27. Attachments of type `reference` are SharePoint links: the link stays beside, nothing is copied twice", () => {
    const { record, parts } = first.item("Fichier");
    expect(record["attachments"]).toEqual([expect.objectContaining({ mediaType: "reference", name: "plan.pdf", url: "https://test.sharepoint.com/sites/projet/Documents/General/plan.pdf" })]);
    expect(parts).toEqual([]);
  });

  it("28. Deleted messages stay as tombstones with an empty body; edited ones keep only the last text", async () => {
    const deleted = first.item("Efface");
    expect(deleted.record).toMatchObject({ deletedAt: at(2_050) });
    expect(deleted.body).toBeUndefined();
    expect(first.item("Corrige").record).toMatchObject({ editedAt: at(2_060) });
    expect(first.body("Corrige")).toBe("<p>dernier texte</p>");
    // One that we hold and that is deleted later is a removal.
    const now = new Date().toISOString();
    const later = MESSAGES.map((message) => (message["subject"] === "Fichier" ? { ...message, body: html(""), deletedDateTime: now, lastModifiedDateTime: now } : message));
    await stage.served.change((dir) => writeFile(path.join(dir, GENERAL), lines(later)));
    const second = await stage.round("channels", "Projet");
    expect(second.changes.filter(({ kind }) => kind === "tombstone")).toEqual([expect.objectContaining({ id: first.item("Fichier").key.id })]);
  });

  it("29. Private channels are read app-only without an owner's consent, with members of their own", () => {
    const secret = first.items.find(({ record }) => record["membership"] === "private");
    expect(secret?.record["members"]).toEqual([expect.objectContaining({ address: LUC, owner: true })]);
    expect(first.body("Confidentiel")).toBe("<p>entre nous</p>");
  });

  it("30. A chat of two appears under both users: it is one feed with one id, and shared between its members", async () => {
    const chats = stage.source.workload("chats");
    const ids: string[][] = [];
    for (const name of [ZOE, LUC]) {
      const owner = await stage.owner(name);
      const own: string[] = [];
      for await (const feed of chats?.feeds(owner, stage.context.signal) ?? []) own.push(feed.id);
      ids.push(own);
    }
    expect(chats?.shared).toBe(true);
    expect(ids[0]).toHaveLength(1);
    expect(ids[0]).toEqual(ids[1]);
  });

  it("46. One user whose chats are refused (403) is that user's trouble: the others' are read", async () => {
    const faulty = await TrapStage.start({ "chats/deux/chat.json": JSON.stringify({ chatType: "oneOnOne", members: [ZOE, LUC] }), [`users/${LUC}/profile.json`]: "{}", "chats/deux/messages.jsonl": lines([{ createdDateTime: at(1), from: ZOE, body: html("<p>Salut</p>") }]) },
      { faults: [{ match: "/users/[^/]+/chats", nth: 1, times: 1, status: 403, body: { error: { code: "Forbidden", message: "Forbidden" } } }] });
    try {
      await expect(faulty.round("chats", LUC)).rejects.toMatchObject({ code: "GRAPH_CONSENT", errorClass: "permanent-container" });
      expect((await faulty.round("chats", ZOE)).items.map(({ record }) => record["type"]).sort()).toEqual(["chat-message", "conversation"]);
    } finally {
      await faulty.stop();
    }
  });
});
