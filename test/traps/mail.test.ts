import { mkdir, rename, rm, writeFile } from "node:fs/promises";
import path from "node:path";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "@jest/globals";
import { wantedState } from "../../src/kit/mail-state.js";
import { MailRecord } from "../../src/format/records.js";
import type { Change } from "../../src/core/item.js";
import { distinctName, mailboxName } from "../../src/drivers/imap/mailbox-names.js";
import { createMailWorkload } from "../../src/graph/workloads/mail.js";
import { cli, records, workDir } from "../e2e/cli.js";
import { eml, type Json } from "../integration/sandbox/served.js";
import { FakeContext, fakeClient, feedsOf, page, round } from "../unit/graph-calendar/fake-client.js";
import { HOME, TrapStage, ZOE } from "./stage.js";

const INBOX = `${HOME}/mail/Inbox`;
const containersOf = (changes: readonly Change[]) => changes.flatMap((change) => (change.kind === "container" ? [change.container] : []));
const idOf = (change: Change): string => (change.kind === "item" ? change.key.id : "id" in change ? change.id : "");

describe("mail", () => {
  let stage: TrapStage;

  beforeAll(async () => {
    stage = await TrapStage.start({
      [`${INBOX}/draft.eml`]: "Subject: sans expediteur\r\n\r\nbrouillon\r\n",
      [`${INBOX}/twice-1.eml`]: eml(1).replace("<1@test.example>", "<same@test.example>"),
      [`${INBOX}/twice-2.eml`]: eml(2).replace("<2@test.example>", "<same@test.example>"),
      [`${INBOX}/none.eml`]: eml(3).replace(/Message-ID: .*\r\n/, ""),
      [`${INBOX}/late.eml`]: eml(4), [`${INBOX}/late.json`]: JSON.stringify({ receivedDateTime: "2026-02-03T04:05:06Z" }),
      [`${HOME}/mail/Achats%2FMarch%C3%A9s%5C%01 %20/x.eml`]: eml(5),
      [`${HOME}/mail/dossier/x.eml`]: eml(6), [`${HOME}/mail/Dossier/x.eml`]: eml(7),
      "groups/bureau/group.json": JSON.stringify({ displayName: "Bureau", mail: "bureau@test.example" }), "groups/bureau/mail/1.eml": eml(8, ["To: bureau@test.example"]),
    }, { faults: [{ match: "/messages/[^/]+/\\$value", nth: 1, times: 1, status: 500, body: { error: { code: "ErrorMimeContentConversionFailed", message: "MIME content conversion failed." } } }] });
  });
  afterAll(() => stage.stop());

  it("1. `$value` fails on some items: the MIME is rebuilt from the JSON and marked so", async () => {
    const { items } = await stage.round("mail");
    const rebuilt = items.filter(({ losses }) => losses.some(({ reason }) => reason === "mail.rebuilt"));
    expect(rebuilt).toHaveLength(1);
    expect(stage.context.body(rebuilt[0])).toMatch(/^(?:Subject|From|To|Date|Message-ID|MIME-Version):/im);
    expect(items).toHaveLength(8);
  });

  it("3. Message-ID is missing or repeated in real mailboxes: it is no key", async () => {
    await stage.served.control("expire-deltas");
    stage.context.items.clear();
    const { items } = await stage.round("mail");
    const messageIds = items.map(({ record }) => record["internetMessageId"]);
    expect(messageIds.filter((id) => id === "<same@test.example>")).toHaveLength(2);
    expect(new Set(items.map(({ key }) => key.id)).size).toBe(8);
  });

  it("4. `receivedDateTime`, not `Date:`, is the IMAP internal date", async () => {
    await stage.served.control("expire-deltas");
    stage.context.items.clear();
    const late = (await stage.round("mail")).item("Réunion 4");
    expect(late.record).toMatchObject({ receivedAt: "2026-02-03T04:05:06Z", sentAt: "2026-01-05T08:04:00Z" });
    expect(wantedState(MailRecord.parse(late.record)).internalDate).toEqual(new Date("2026-02-03T04:05:06Z"));
  });

  it("5. Folder names contain `/`, `\\`, control characters, trailing spaces: read as they are, written as the server's separator allows", async () => {
    const names = containersOf((await stage.round("mail")).changes).map(({ name }) => name);
    const name = names.find((one) => one.startsWith("Achats")) ?? "";
    expect(name).toBe("Achats/Marchés\\\u0001  ");
    for (const separator of ["/", ".", "\\"]) expect(mailboxName(name, separator, 1).name).not.toMatch(/[/\\.\u0001]|\s$/);
  });

  it("6. Two folders may differ only by case, or share a name after cleaning: both are kept apart by id", async () => {
    const twins = containersOf((await stage.round("mail")).changes).filter(({ name }) => name.toLowerCase() === "dossier");
    expect(twins.map(({ name }) => name).sort()).toEqual(["Dossier", "dossier"]);
    const [one, two] = twins.map(({ id, name }) => distinctName(mailboxName(name.toLowerCase(), "/", 0), id).name);
    expect(one).not.toBe(two);
  });

  it("34. A group's conversations are not in `/users/.../messages`: they are read from its threads", async () => {
    const group = await stage.owner("Bureau");
    expect(group.kind).toBe("group");
    expect((await stage.served.get(`/users/${group.id}/messages`)).status).toBe(404);
    expect((await stage.round("mail", "Bureau")).items.map(({ title }) => title)).toEqual(["Réunion 8"]);
  });

  it("35. Archive mailboxes and recoverable items are separate stores: the audit names what it does not count", async () => {
    const roles = containersOf((await stage.round("mail")).changes).flatMap(({ role }) => role ?? []);
    // The well-known folder `archive` is an ordinary one.
    expect(roles).not.toContain("archive");
    const work = await workDir({ ready: { ...stage.served.sandbox.ready, ready: "true" } }, { routes: [{ workload: "mail", to: "archive" }] });
    try {
      const told = records((await cli(["audit", "--config", work.config, "--json"])).stdout).filter(({ type }) => type === "unreached");
      expect(told.map(({ code }) => code)).toEqual(["mail.archive-mailbox", "mail.recoverable-items"]);
    } finally {
      await work.remove();
    }
  });
});

describe("mail that cannot be followed by delta", () => {
  let stage: TrapStage;

  afterEach(() => stage.stop());

  const inbox = Object.fromEntries(Array.from({ length: 25 }, (_, number) => [`${INBOX}/${String(number).padStart(2, "0")}.eml`, eml(number)]));

  it("47. A corrupt message fails every page that tells it: the others are read, and it alone is unreadable", async () => {
    stage = await TrapStage.start(inbox, { pageMost: 7, faults: [{ match: "GET .*/messages", tells: "Réunion 12\"", times: "always", status: 500, code: "ErrorContentConversionFailed" }] });
    const { items, changes } = await stage.round("mail");
    expect(new Set(items.map(({ title }) => title))).toEqual(new Set(Array.from({ length: 25 }, (_, number) => `Réunion ${number}`).filter((title) => title !== "Réunion 12")));
    const unread = changes.filter((change) => change.kind === "unreadable");
    expect(unread).toEqual([expect.objectContaining({ code: "GRAPH_REFUSED", container: changes.flatMap((change) => (change.kind === "container" && change.container.role === "inbox" ? [change.container.id] : []))[0] })]);

    await stage.served.change((dir) => writeFile(path.join(dir, INBOX, "99.eml"), eml(99)));
    const again = await stage.round("mail");
    expect(again.items.map(({ title }) => title)).toEqual(["Réunion 99"]);
    expect(again.changes.filter(({ kind }) => kind === "unreadable").map(idOf)).toEqual(unread.map(idOf));
    expect(new Set(again.changes.filter(({ kind }) => kind === "unchanged").map(idOf)).size).toBe(24);
  });

  it("48. A full mailbox takes no delta: its folders are listed", async () => {
    stage = await TrapStage.start(inbox, { faults: [{ match: "GET .*/delta", times: "always", status: 403, code: "ErrorQuotaExceeded" }] });
    expect((await stage.round("mail")).items).toHaveLength(25);
    const { changes } = await stage.round("mail");
    expect(changes.filter(({ kind }) => kind === "unchanged")).toHaveLength(25);
    expect(changes.filter(({ kind }) => kind === "item" || kind === "unreadable" || kind === "tombstone")).toEqual([]);
  });
});

describe("mail that moves and grows", () => {
  let stage: TrapStage;
  const inbox = (): string => path.join(stage.served.dir, INBOX);

  afterEach(() => stage.stop());

  it("7. Delta per folder misses moves between folders: a move is a removal here and an addition there, with the same immutable id", async () => {
    stage = await TrapStage.start({ [`${INBOX}/1.eml`]: eml(1), [`${INBOX}/2.eml`]: eml(2) });
    const id = (await stage.round("mail")).item("Réunion 1").key.id;
    await stage.served.change(async (dir) => {
      await mkdir(path.join(dir, HOME, "mail/Archive"), { recursive: true });
      await rename(path.join(inbox(), "1.eml"), path.join(dir, HOME, "mail/Archive/1.eml"));
    });
    const { changes } = await stage.round("mail");
    const told = changes.filter((change) => idOf(change) === id);
    const left = told.flatMap((change) => (change.kind === "tombstone" ? [change.container] : []));
    const arrived = told.flatMap((change) => (change.kind === "item" || change.kind === "unchanged" ? [change.container] : []));
    const folders = new Map(containersOf(changes).map((container) => [container.id, container.name]));
    expect([left, arrived].map(([id = ""]) => folders.get(id))).toEqual(["Inbox", "Archive"]);
    expect(told).toHaveLength(2);
  });

  it("8. Without `IdType=\"ImmutableId\"` the id changes on a move: the reader asks for the lasting one", async () => {
    stage = await TrapStage.start({ [`${INBOX}/1.eml`]: eml(1) });
    const lasting = (await stage.round("mail")).item("Réunion 1").key.id;
    const plain = async (): Promise<string> => String((await stage.served.all(`/users/${ZOE}/messages`)).rows[0]?.["id"]);
    const before = await plain();
    await stage.served.change(async (dir) => {
      await mkdir(path.join(dir, HOME, "mail/Archive"), { recursive: true });
      await rename(path.join(inbox(), "1.eml"), path.join(dir, HOME, "mail/Archive/1.eml"));
    });
    expect(await plain()).not.toBe(before);
    expect((await stage.round("mail")).changes.map(idOf)).toContain(lasting);
  });

  it("9. Items arrive during the run: what comes while a folder is listed is in the next round, once", async () => {
    stage = await TrapStage.start(Object.fromEntries(Array.from({ length: 130 }, (_, number) => [`${INBOX}/${number}.eml`, eml(number)])));
    const { seen, next } = await interrupted(async () => {
      await stage.served.change(() => writeFile(path.join(inbox(), "new.eml"), eml(900)));
    });
    expect(seen).not.toContain("Réunion 900");
    expect(next).toEqual(["Réunion 900"]);
  });

  it("11. `$skip` paging drops items when the mailbox changes: delta tokens do not", async () => {
    const files = Object.fromEntries(Array.from({ length: 130 }, (_, number) => [`${INBOX}/${String(number).padStart(3, "0")}.eml`, eml(number)]));
    stage = await TrapStage.start(files);
    const skipped = new Set<string>();
    const page1 = await stage.served.get(`/users/${ZOE}/mailFolders/inbox/messages?$top=100&$skip=0`);
    for (const row of page1.json["value"] as Json[]) skipped.add(String(row["subject"]));
    const { seen } = await interrupted(() => stage.served.change(() => rm(path.join(inbox(), "000.eml"))));
    const page2 = await stage.served.get(`/users/${ZOE}/mailFolders/inbox/messages?$top=100&$skip=100`);
    for (const row of page2.json["value"] as Json[]) skipped.add(String(row["subject"]));
    expect(skipped.size).toBe(129);
    expect(seen).toHaveLength(130);
  });

  /** Subjects of a first round during which `meanwhile` happens after the first page, and those of the second round. */
  async function interrupted(meanwhile: () => Promise<unknown>): Promise<{ readonly seen: readonly string[]; readonly next: readonly string[] }> {
    const owner = await stage.owner();
    const mail = stage.source.workload("mail");
    if (mail === undefined) throw new Error("no mail");
    const feeds = [];
    for await (const feed of mail.feeds(owner, stage.context.signal)) feeds.push(feed);
    const feed = feeds.find(({ container }) => container.role === "inbox");
    if (feed === undefined) throw new Error("no inbox");
    const rounds: string[][] = [[], []];
    let cursor = undefined;
    for (const [index, titles] of rounds.entries()) {
      let pages = 0;
      for await (const batch of mail.changes(owner, feed, cursor, stage.context)) {
        stage.context.keep(batch.changes);
        titles.push(...batch.changes.flatMap((change) => (change.kind === "item" ? [change.title] : [])));
        if (batch.next === undefined) continue;
        cursor = batch.next;
        pages += 1;
        if (index === 0 && pages === 1) await meanwhile();
      }
    }
    return { seen: rounds[0] ?? [], next: rounds[1] ?? [] };
  }
});

describe("mail as a fake service tells it", () => {
  const base = "/users/u1";
  const row = { id: "m1", changeKey: "1", subject: "Bonjour", receivedDateTime: "2026-01-01T00:00:00Z", isRead: false, categories: ["Élus"], parentFolderId: "inbox" };
  const folders = { [`${base}/mailFolders`]: () => [page({ id: "inbox", displayName: "Inbox", totalItemCount: 1 })] };
  const delta = `${base}/mailFolders/inbox/messages/delta`;

  it("2. The MIME of `$value` is regenerated at each reading: an unchanged mark, not equal bytes, says that there is nothing new", async () => {
    let readings = 0;
    const client = fakeClient({
      ...folders, [delta]: () => [{ value: [row], deltaLink: "d" }],
      [`${base}/messages/m1/$value`]: () => Buffer.from(`Content-Type: multipart/mixed; boundary=${readings += 1}\r\n\r\n`),
    });
    const mail = createMailWorkload(client);
    const [feed] = await feedsOf(mail);
    if (feed === undefined) throw new Error("no feed");
    const context = new FakeContext();
    await round(mail, feed, context);
    const again = await round(mail, feed, context);
    expect(again.changes).toEqual([{ kind: "unchanged", id: "m1", container: "inbox" }]);
    expect(readings).toBe(1);
  });

  it("36. A changed message may be told by its id, folder and `isRead` alone: the rest is asked for, nothing is wiped", async () => {
    const client = fakeClient({
      ...folders, [delta]: () => [{ value: [row], deltaLink: "d" }], d: () => [{ value: [{ id: "m1", isRead: true, parentFolderId: "inbox" }], deltaLink: "e" }],
      [`${base}/messages/m1`]: () => ({ ...row, changeKey: "2", isRead: true }), [`${base}/messages/m1/$value`]: () => Buffer.from("Subject: Bonjour\r\n\r\n"),
    });
    const mail = createMailWorkload(client);
    const [feed] = await feedsOf(mail);
    if (feed === undefined) throw new Error("no feed");
    const context = new FakeContext();
    const first = await round(mail, feed, context);
    const { changes } = await round(mail, feed, context, first.batches.at(-1)?.next);
    expect(changes).toEqual([expect.objectContaining({ kind: "item", version: "2", title: "Bonjour", record: expect.objectContaining({ isRead: true, subject: "Bonjour", categories: ["Élus"] }) })]);
  });
});
