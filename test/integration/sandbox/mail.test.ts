import { rename, rm, writeFile } from "node:fs/promises";
import path from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "@jest/globals";
import { eml, Served, TENANT, writeTree, type Json } from "./served.js";

const ZOE = "/users/zoe@test.example";
const MAIL = "users/zoe@test.example/mail";
const IMMUTABLE = { prefer: 'IdType="ImmutableId"' };
const MIXED = eml(9, ["MIME-Version: 1.0", 'Content-Type: multipart/mixed; boundary="b"']).replace("Texte 9", [
  "--b", "Content-Type: text/html; charset=utf-8", "", "<p>Voir la pièce</p>", "--b", 'Content-Type: text/plain; name="note.txt"', 'Content-Disposition: attachment; filename="note.txt"', "", "contenu",
  "--b", "Content-Type: message/rfc822", "", "Subject: dedans", "", "corps", "--b--",
].join("\r\n"));

let served: Served;
beforeEach(async () => {
  served = await Served.start({
    ...TENANT,
    "users/sans@test.example/profile.json": JSON.stringify({ mailboxEnabled: false }),
    ...Object.fromEntries([1, 2, 3, 4, 5].map((number) => [`${MAIL}/Boîte de réception/${number}.eml`, eml(number)])),
    [`${MAIL}/Boîte de réception/1.json`]: JSON.stringify({ isRead: false, flag: "flagged", importance: "high", categories: ["Élus"], receivedDateTime: "2025-12-31T23:00:00Z" }),
    [`${MAIL}/Boîte de réception/Élus%2FMaires/6.eml`]: eml(6),
    [`${MAIL}/Archives/9.eml`]: MIXED,
    [`${MAIL}/À trier/vide.eml`]: "",
    [`${MAIL}/À trier/abîmé.eml`]: Buffer.from([0x00, 0xff, 0x3a, 0x0a, 0xfe, 0x0d, 0x0a, 0x0d, 0x0a, 0x80]),
  });
});
afterEach(() => served.stop());

const at = (dir: string, ...names: readonly string[]): string => path.join(dir, ...MAIL.split("/"), ...names);
const rowsOf = async (link: string, headers = IMMUTABLE as Record<string, string>): Promise<{ rows: Json[]; deltaLink: string; pages: number }> => served.all(link, headers);
const inbox = `${ZOE}/mailFolders/inbox/messages/delta?$select=subject,isRead`;

describe("mail folders", () => {
  it("shows those of the disk with their own names, and the ordinary ones that are missing there", async () => {
    const { rows } = await served.all(`${ZOE}/mailFolders?$top=3`);
    expect(rows.map((row) => row["displayName"]).sort()).toEqual(["Archives", "Boîte d'envoi", "Boîte de réception", "Brouillons", "Courrier indésirable", "Éléments envoyés", "Éléments supprimés", "À trier"].sort());
    const shown = rows.find((row) => row["displayName"] === "Boîte de réception");
    expect(shown).toMatchObject({ totalItemCount: 5, unreadItemCount: 1, childFolderCount: 1, isHidden: false });
    expect((await served.get(`${ZOE}/mailFolders/inbox`)).json["id"]).toBe(shown?.["id"]);
    expect((await served.all(`${ZOE}/mailFolders/inbox/childFolders`)).rows.map((row) => row["displayName"])).toEqual(["Élus/Maires"]);
    expect((await served.get(`${ZOE}/mailFolders/msgfolderroot`)).json["id"]).toBe(shown?.["parentFolderId"]);
  });

  it("keeps the id of an ordinary folder when it appears on the disk, and tells renamed and removed ones in the delta", async () => {
    const before = (await served.get(`${ZOE}/mailFolders/drafts`)).json["id"];
    const { rows, deltaLink } = await served.all(`${ZOE}/mailFolders/delta`, { prefer: "odata.maxpagesize=2" });
    expect(rows).toHaveLength(9);
    await served.change(async (dir) => {
      await writeTree(dir, { [`${MAIL}/Brouillons/1.eml`]: eml(1) });
      await rename(at(dir, "À trier"), at(dir, "À classer"));
      await rm(at(dir, "Boîte de réception", "Élus%2FMaires"), { recursive: true });
    });
    expect((await served.get(`${ZOE}/mailFolders/drafts`)).json["id"]).toBe(before);
    const changed = (await served.all(deltaLink)).rows;
    expect(changed.map((row) => row["displayName"] ?? row["@removed"]).sort()).toEqual(["Brouillons", { reason: "deleted" }, "À classer"].sort());
  });

  it("answers an account without mailbox as Exchange does", async () => {
    const reply = await served.get("/users/sans@test.example/mailFolders");
    expect([reply.status, (reply.json["error"] as Json)["code"]]).toEqual([404, "MailboxNotEnabledForRESTAPI"]);
  });
});

describe("messages", () => {
  it("come from the header and the sidecar, and their bytes are the file's", async () => {
    const { rows } = await rowsOf(`${ZOE}/mailFolders/inbox/messages`);
    expect(rows.map((row) => row["subject"])).toEqual(["Réunion 1", "Réunion 2", "Réunion 3", "Réunion 4", "Réunion 5"]);
    expect(rows[0]).toMatchObject({ isRead: false, flag: { flagStatus: "flagged" }, importance: "high", categories: ["Élus"], receivedDateTime: "2025-12-31T23:00:00Z", sentDateTime: "2026-01-05T08:01:00Z", internetMessageId: "<1@test.example>" });
    expect(rows[1]).toMatchObject({ isRead: true, flag: { flagStatus: "notFlagged" }, receivedDateTime: "2026-01-05T08:02:00Z", from: { emailAddress: { name: "Luc", address: "luc@test.example" } } });
    const value = await served.get(`${ZOE}/messages/${String(rows[2]?.["id"])}/$value`);
    expect(value.bytes.toString()).toBe(eml(3));
  });

  it("are served as if they had no sidecar when theirs is no JSON", async () => {
    const own = await Served.start({ ...TENANT, "users/zoe@test.example/mail/Inbox/a.eml": eml(1), "users/zoe@test.example/mail/Inbox/a.json": "{\"isRead\": fal", "users/zoe@test.example/mail/Inbox/b.eml": eml(2), "users/zoe@test.example/mail/Inbox/b.json": "null" });
    try {
      const { rows } = await own.all(`${ZOE}/mailFolders/inbox/messages/delta`);
      expect(rows.map((row) => [row["subject"], row["isRead"]])).toEqual([["Réunion 1", true], ["Réunion 2", true]]);
      expect((await own.get(`${ZOE}/mailFolders/inbox`)).json["unreadItemCount"]).toBe(0);
    } finally {
      await own.stop();
    }
  });

  it("are ordered by receipt when asked to, and by nothing else", async () => {
    const subjects = async (order: string): Promise<unknown[]> => (await rowsOf(`${ZOE}/mailFolders/inbox/messages?$select=subject&$orderby=${order}`)).rows.map((row) => row["subject"]);
    const ascending = await subjects("receivedDateTime%20asc");
    expect(ascending[0]).toBe("Réunion 1");
    expect(await subjects("receivedDateTime%20desc")).toEqual([...ascending].reverse());
    expect((await served.get(`${ZOE}/mailFolders/inbox/messages?$orderby=subject`)).status).toBe(400);
  });

  it("are served with empty properties when the file is empty or unreadable", async () => {
    const folder = (await served.all(`${ZOE}/mailFolders?$top=100`)).rows.find((row) => row["displayName"] === "À trier")?.["id"];
    const { rows } = await rowsOf(`${ZOE}/mailFolders/${String(folder)}/messages`);
    expect(rows).toHaveLength(2);
    for (const row of rows) expect(row).toMatchObject({ from: null, sender: null, toRecipients: [], hasAttachments: false });
    const sizes = await Promise.all(rows.map(async (row) => (await served.get(`${ZOE}/messages/${String(row["id"])}/$value`)).bytes.length));
    expect(sizes.sort()).toEqual([0, 10]);
  });

  it("have their attachments, a message inside as an item with its own bytes", async () => {
    const [message] = (await rowsOf(`${ZOE}/mailFolders/archive/messages?$select=hasAttachments`)).rows;
    expect(message?.["hasAttachments"]).toBe(true);
    const base = `${ZOE}/messages/${String(message?.["id"])}`;
    const { rows } = await served.all(`${base}/attachments`);
    expect(rows.map((row) => row["@odata.type"])).toEqual(["#microsoft.graph.fileAttachment", "#microsoft.graph.itemAttachment"]);
    expect(Buffer.from(String(rows[0]?.["contentBytes"]), "base64").toString().trim()).toBe("contenu");
    expect((await served.get(`${base}/attachments/${String(rows[1]?.["id"])}/$value`)).bytes.toString()).toContain("Subject: dedans");
    expect((await served.get(`${base}?$expand=attachments`)).json["attachments"]).toHaveLength(2);
    expect((await served.get(base)).json["body"]).toMatchObject({ contentType: "html", content: expect.stringContaining("<p>Voir la pièce</p>") });
  });

  it("refuse what is not served instead of pretending", async () => {
    const code = async (query: string) => {
      const { status, json } = await served.get(`${ZOE}/messages?${query}`);
      return [status, (json["error"] as Json | undefined)?.["code"]];
    };
    expect(await code("$select=nonsense")).toEqual([400, "BadRequest"]);
    expect(await code("$filter=isRead eq false")).toEqual([400, "ErrorInvalidUrlQuery"]);
    expect((await served.get(`${ZOE}/nonsense`)).status).toBe(400);
    expect((await served.get(`${ZOE}/messages/absent`)).json["error"]).toMatchObject({ code: "ErrorItemNotFound" });
    expect((await served.send("POST", `${served.sandbox.ready.graph}/v1.0${ZOE}/messages`)).status).toBe(401);
  });
});

describe("message delta", () => {
  it("pages by the size asked for and closes with a delta link that tells nothing new", async () => {
    const first = await rowsOf(inbox, { prefer: 'IdType="ImmutableId", odata.maxpagesize=2' });
    expect([first.rows.length, first.pages]).toEqual([5, 3]);
    expect(Object.keys(first.rows[0] ?? {}).filter((name) => !name.startsWith("@")).sort()).toEqual(["id", "isRead", "subject"]);
    expect((await rowsOf(first.deltaLink)).rows).toEqual([]);
  });

  it("tells what was added, changed in content or state, and removed", async () => {
    const { rows, deltaLink } = await rowsOf(inbox);
    const id = (subject: string) => rows.find((row) => row["subject"] === subject)?.["id"];
    const key = async () => (await served.get(`${ZOE}/messages/${String(id("Réunion 2"))}`, IMMUTABLE)).json["changeKey"];
    const before = await key();
    await served.change(async (dir) => {
      await writeFile(at(dir, "Boîte de réception", "7.eml"), eml(7));
      await writeFile(at(dir, "Boîte de réception", "2.json"), JSON.stringify({ isRead: false }));
      await rm(at(dir, "Boîte de réception", "3.eml"));
    });
    const changes = (await rowsOf(deltaLink)).rows;
    expect(changes.filter((row) => row["@removed"] === undefined).map((row) => [row["subject"], row["isRead"]])).toEqual([["Réunion 2", false], ["Réunion 7", true]]);
    expect(changes.filter((row) => row["@removed"] !== undefined).map((row) => row["id"])).toEqual([id("Réunion 3")]);
    expect(await key()).not.toBe(before);
  });

  it("tells a move as removed here and added there, with the same immutable id and another ordinary one", async () => {
    const archive = `${ZOE}/mailFolders/archive/messages/delta?$select=subject`;
    const here = await rowsOf(inbox);
    const there = await rowsOf(archive);
    const plainHere = await rowsOf(inbox, {});
    const id = String(here.rows.find((row) => row["subject"] === "Réunion 4")?.["id"]);
    const plain = String(plainHere.rows.find((row) => row["subject"] === "Réunion 4")?.["id"]);
    await served.change((dir) => rename(at(dir, "Boîte de réception", "4.eml"), at(dir, "Archives", "4.eml")));
    expect((await rowsOf(here.deltaLink)).rows).toEqual([expect.objectContaining({ id, "@removed": { reason: "deleted" } })]);
    expect((await rowsOf(there.deltaLink)).rows).toEqual([expect.objectContaining({ id, subject: "Réunion 4" })]);
    expect((await rowsOf(plainHere.deltaLink, {})).rows).toEqual([expect.objectContaining({ id: plain })]);
    expect((await served.get(`${ZOE}/messages/${plain}`)).status).toBe(404);
    expect((await served.get(`${ZOE}/messages/${id}`, IMMUTABLE)).status).toBe(200);
    // Back again between two rounds: it is there, so it must not be told as gone.
    const next = (await rowsOf(here.deltaLink)).deltaLink;
    await served.change((dir) => rename(at(dir, "Archives", "4.eml"), at(dir, "Boîte de réception", "4.eml")));
    for (const link of [here.deltaLink, next]) expect((await rowsOf(link)).rows).toEqual([expect.objectContaining({ id, subject: "Réunion 4" })]);
  });

  it("knows a message again that was copied and removed, and never gives an id twice", async () => {
    const { rows, deltaLink } = await rowsOf(inbox);
    const id = rows.find((row) => row["subject"] === "Réunion 5")?.["id"];
    await served.change(async (dir) => {
      await writeFile(at(dir, "Archives", "5.eml"), eml(5));
      await rm(at(dir, "Boîte de réception", "5.eml"));
    });
    expect((await served.get(`${ZOE}/messages/${String(id)}`, IMMUTABLE)).json["subject"]).toBe("Réunion 5");
    await served.change((dir) => writeFile(at(dir, "Boîte de réception", "5.eml"), eml(8)));
    const changes = (await rowsOf(deltaLink)).rows;
    expect(changes.find((row) => row["id"] === id)).toMatchObject({ "@removed": { reason: "deleted" } });
    expect(changes.find((row) => row["subject"] === "Réunion 8")?.["id"]).not.toBe(id);
    expect((await served.get(`${ZOE}/messages/${String(id)}`, IMMUTABLE)).json["subject"]).toBe("Réunion 5");
  });

  it("loses nothing when the mailbox changes between two pages", async () => {
    const page = (await served.get(inbox, { prefer: 'IdType="ImmutableId", odata.maxpagesize=2' })).json;
    await served.change(async (dir) => {
      await rm(at(dir, "Boîte de réception", "1.eml"));
      await writeFile(at(dir, "Boîte de réception", "4.eml"), eml(8));
    });
    const rest = await rowsOf(String(page["@odata.nextLink"]));
    const next = await rowsOf(rest.deltaLink);
    const told = new Map([...(page["value"] as Json[]), ...rest.rows, ...next.rows].map((row) => [row["id"], row]));
    expect([...told.values()].filter((row) => row["@removed"] === undefined).map((row) => row["subject"]).sort()).toEqual(["Réunion 2", "Réunion 3", "Réunion 5", "Réunion 8"]);
  });

  it("answers 410 to tokens that were made to expire", async () => {
    const { deltaLink } = await rowsOf(inbox);
    await served.control("expire-deltas");
    const reply = await served.get(deltaLink);
    expect([reply.status, (reply.json["error"] as Json)["code"]]).toEqual([410, "SyncStateNotFound"]);
    expect((await rowsOf((await rowsOf(inbox)).deltaLink)).rows).toEqual([]);
  });
});
