import { afterEach, beforeEach, describe, expect, it } from "@jest/globals";
import { ImapSession } from "../../../adapters/imap/session.js";
import type { PutContext, PutResult, TargetContainer, TargetRef } from "../../../src/core/adapter.js";
import type { ExodusError } from "../../../src/core/errors.js";
import type { Item, PlacedContainer } from "../../../src/core/item.js";
import { Connections } from "../../../src/drivers/imap/connections.js";
import { Mailboxes } from "../../../src/drivers/imap/mailboxes.js";
import type { MailRecord } from "../../../src/format/records.js";
import { contextOf, MemoryBlobs, MemoryLedger } from "../../../src/kit/conformance/harness.js";
import { sampleItem } from "../../../src/kit/conformance/sample-item.js";
import { LoopbackMailbox } from "./mailbox.js";

const { signal } = new AbortController();
const INTO: TargetContainer = { id: "Projets", created: false, losses: [] };
const PLACED: PlacedContainer = { workload: "mail", owner: "zoe", id: "f", name: "Projets", path: ["Projets"] };
const RECORD: MailRecord = { v: 1, type: "mail", isRead: true, isDraft: false, flag: "none", importance: "normal", categories: [], hasAttachments: false, receivedAt: "2024-03-31T01:30:15Z" };

describe("a session of IMAP", () => {
  let server: LoopbackMailbox;
  let session: ImapSession;
  let blobs: MemoryBlobs;
  let ledger: MemoryLedger;

  beforeEach(async () => {
    server = await LoopbackMailbox.open();
    const connections = new Connections(server.access(), 6);
    session = new ImapSession(connections, new Mailboxes(connections, []));
    [blobs, ledger] = [new MemoryBlobs(), new MemoryLedger()];
  });
  afterEach(async () => {
    await session.close();
    await server.close();
  });

  const message = (record: Partial<MailRecord> = {}, id?: string): Item => sampleItem("mail", "x", { ...RECORD, ...record }, blobs.add("Subject: x\r\n\r\nBonjour\r\n", ".eml"), id);
  const contextFor = (item: Item, known?: TargetRef): PutContext => contextOf({ blobs, ledger, signal }, item, PLACED, INTO, known);
  const put = async (item: Item, known?: TargetRef): Promise<Exclude<PutResult, { outcome: "skipped" }>> => {
    const result = await session.put(item, contextFor(item, known));
    if (result.outcome === "skipped") throw new Error(result.code);
    return result;
  };
  /** Tries again what broke in passing, as the engine does, and settles. */
  const settle = async (item: Item): Promise<string> => {
    for (;;) {
      const result = await put(item).catch((thrown: unknown) => {
        if ((thrown as ExodusError).errorClass !== "retryable") throw thrown;
        return undefined;
      });
      if (result === undefined) continue;
      ledger.settle(INTO, result.ref, item);
      return result.ref.id;
    }
  };
  const flagsOf = ({ id }: TargetRef): string[] => [...server.messages.get(Number(id.split(".")[1]))?.flags ?? []];

  it("brings later changes of flags to a mailbox that keeps no new keyword, and tells the loss each time", async () => {
    server.permanent = "\\Seen \\Flagged \\Draft connu";
    server.refusesKeywords = true;
    const item = message({ categories: ["rouge"] });
    const first = await put(item);
    expect(first).toMatchObject({ outcome: "created", losses: [{ reason: "mail.keywords-refused" }] });
    const unread = message({ categories: ["rouge"], isRead: false }, item.key.id);
    expect(await put(unread, first.ref)).toMatchObject({ outcome: "updated", losses: [{ reason: "mail.keywords-refused" }] });
    const flagged = message({ categories: ["rouge"], isRead: false, flag: "flagged" }, item.key.id);
    expect(await put(flagged, first.ref)).toMatchObject({ outcome: "updated", losses: [{ reason: "mail.keywords-refused" }] });
    expect(flagsOf(first.ref)).toEqual(["\\Flagged"]);
    expect(await put(flagged, first.ref)).toMatchObject({ outcome: "unchanged", losses: [{ reason: "mail.keywords-refused" }] });
    server.refusesKeywords = false;
    const known = message({ categories: ["connu"], isRead: false, flag: "flagged" }, item.key.id);
    expect(await put(known, first.ref)).toMatchObject({ outcome: "updated", losses: [] });
  });

  it("finds a message the same whose keywords a server refused that announced to take any, and tells what else became of it", async () => {
    server.refusesKeywords = true;
    const item = message({ categories: ["rouge"] });
    const verdict = async (of: Item, ref: TargetRef): Promise<unknown> => session.verify(of, ref, contextFor(of, ref));
    const first = await put(item);
    expect(first.losses).toMatchObject([{ reason: "mail.keywords-refused" }]);
    expect(await verdict(item, first.ref)).toEqual({ state: "same", fields: [] });
    const flagged = message({ categories: ["rouge"], flag: "flagged" }, item.key.id);
    const second = await put(flagged, first.ref);
    expect(second).toMatchObject({ outcome: "updated", losses: [{ reason: "mail.keywords-refused" }], ref: { id: first.ref.id } });
    expect(await verdict(flagged, second.ref)).toEqual({ state: "same", fields: [] });
    server.messages.get(1)?.flags.delete("\\Flagged");
    expect(await verdict(flagged, second.ref)).toMatchObject({ state: "different", fields: [{ field: "flag" }] });
    // Taken at last, they are asked for from then on.
    server.refusesKeywords = false;
    const third = await put(flagged, second.ref);
    expect(third).toMatchObject({ outcome: "updated", losses: [], ref: { id: first.ref.id } });
    expect(await verdict(flagged, third.ref)).toEqual({ state: "same", fields: [] });
    server.messages.get(1)?.flags.delete("rouge");
    expect(await verdict(flagged, third.ref)).toMatchObject({ state: "different", fields: [{ field: "categories" }] });
  });

  it("tells the loss of a mailbox that would drop the keyword without a word", async () => {
    server.permanent = "\\Seen \\Flagged \\Draft connu";
    for (const categories of [["rouge"], ["rouge", "connu"]]) {
      const { ref, losses } = await put(message({ categories }));
      expect([losses.map(({ reason }) => reason), flagsOf(ref)]).toEqual([["mail.keywords-refused"], ["\\Seen", ...categories.slice(1)]]);
    }
  });

  it("appends once when the answer to the message without its keywords is lost", async () => {
    server.refusesKeywords = true;
    server.lostAnswers = 1;
    const item = message({ categories: ["rouge"] });
    await expect(put(item)).rejects.toMatchObject({ errorClass: "retryable" });
    expect(await put(item)).toMatchObject({ outcome: "created", losses: [{ reason: "mail.keywords-refused" }] });
    expect(server.messages.size).toBe(1);
  });

  it("gives each of identical twins, all of whose answers were lost, a message of its own", async () => {
    server.lostAnswers = 6;
    const ids = await Promise.all(Array.from({ length: 6 }, () => settle(message())));
    expect([new Set(ids).size, server.messages.size]).toEqual([6, 6]);
  });

  it("gives no message to one that is another's, whose answer is on its way", async () => {
    const [a, b] = [message(), message()];
    server.lostAnswers = 1;
    await expect(put(a)).rejects.toMatchObject({ errorClass: "retryable" });
    server.messages.clear();
    let first = "";
    server.beforeAnswer = async () => { first = await settle(a); };
    const second = await settle(b);
    expect([first === second, server.messages.size]).toEqual([false, 2]);
  });
});
