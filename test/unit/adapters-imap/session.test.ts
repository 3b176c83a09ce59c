import { afterEach, beforeEach, describe, expect, it } from "@jest/globals";
import { ImapSession } from "../../../adapters/imap/session.js";
import type { TargetRef } from "../../../src/core/adapter.js";
import type { Item } from "../../../src/core/item.js";
import { Connections } from "../../../src/drivers/imap/connections.js";
import { Mailboxes } from "../../../src/drivers/imap/mailboxes.js";
import { MailBench } from "../../mail-bench.js";
import { LoopbackMailbox } from "./mailbox.js";

describe("a session of IMAP", () => {
  let server: LoopbackMailbox;
  let session: ImapSession;
  let bench: MailBench;

  beforeEach(async () => {
    server = await LoopbackMailbox.open();
    const connections = new Connections(server.access(), 6);
    session = new ImapSession(connections, new Mailboxes(connections, []));
    bench = new MailBench(session, "Projets", "Subject: x\r\n\r\nBonjour\r\n");
  });
  afterEach(async () => {
    await session.close();
    await server.close();
  });

  const flagsOf = ({ id }: TargetRef): string[] => [...server.messages.get(Number(id.split(".")[1]))?.flags ?? []];

  it("brings later changes of flags to a mailbox that keeps no new keyword, and tells the loss each time", async () => {
    server.permanent = "\\Seen \\Flagged \\Draft connu";
    server.refusesKeywords = true;
    const item = bench.message({ categories: ["rouge"] });
    const first = await bench.put(item);
    expect(first).toMatchObject({ outcome: "created", losses: [{ reason: "mail.keywords-refused" }] });
    const unread = bench.message({ categories: ["rouge"], isRead: false }, item.key.id);
    expect(await bench.put(unread, first.ref)).toMatchObject({ outcome: "updated", losses: [{ reason: "mail.keywords-refused" }] });
    const flagged = bench.message({ categories: ["rouge"], isRead: false, flag: "flagged" }, item.key.id);
    expect(await bench.put(flagged, first.ref)).toMatchObject({ outcome: "updated", losses: [{ reason: "mail.keywords-refused" }] });
    expect(flagsOf(first.ref)).toEqual(["\\Flagged"]);
    expect(await bench.put(flagged, first.ref)).toMatchObject({ outcome: "unchanged", losses: [{ reason: "mail.keywords-refused" }] });
    server.refusesKeywords = false;
    const known = bench.message({ categories: ["connu"], isRead: false, flag: "flagged" }, item.key.id);
    expect(await bench.put(known, first.ref)).toMatchObject({ outcome: "updated", losses: [] });
  });

  it("finds a message the same whose keywords a server refused that announced to take any, and tells what else became of it", async () => {
    server.refusesKeywords = true;
    const item = bench.message({ categories: ["rouge"] });
    const verdict = async (of: Item, ref: TargetRef): Promise<unknown> => session.verify(of, ref, bench.context(of, ref));
    const first = await bench.put(item);
    expect(first.losses).toMatchObject([{ reason: "mail.keywords-refused" }]);
    expect(await verdict(item, first.ref)).toEqual({ state: "same", fields: [] });
    const flagged = bench.message({ categories: ["rouge"], flag: "flagged" }, item.key.id);
    const second = await bench.put(flagged, first.ref);
    expect(second).toMatchObject({ outcome: "updated", losses: [{ reason: "mail.keywords-refused" }], ref: { id: first.ref.id } });
    expect(await verdict(flagged, second.ref)).toEqual({ state: "same", fields: [] });
    server.messages.get(1)?.flags.delete("\\Flagged");
    expect(await verdict(flagged, second.ref)).toMatchObject({ state: "different", fields: [{ field: "flag" }] });
    // Taken at last, they are asked for from then on.
    server.refusesKeywords = false;
    const third = await bench.put(flagged, second.ref);
    expect(third).toMatchObject({ outcome: "updated", losses: [], ref: { id: first.ref.id } });
    expect(await verdict(flagged, third.ref)).toEqual({ state: "same", fields: [] });
    server.messages.get(1)?.flags.delete("rouge");
    expect(await verdict(flagged, third.ref)).toMatchObject({ state: "different", fields: [{ field: "categories" }] });
  });

  it("tells the loss of a mailbox that would drop the keyword without a word", async () => {
    server.permanent = "\\Seen \\Flagged \\Draft connu";
    for (const categories of [["rouge"], ["rouge", "connu"]]) {
      const { ref, losses } = await bench.put(bench.message({ categories }));
      expect([losses.map(({ reason }) => reason), flagsOf(ref)]).toEqual([["mail.keywords-refused"], ["\\Seen", ...categories.slice(1)]]);
    }
  });

  it("appends once when the answer to the message without its keywords is lost", async () => {
    server.refusesKeywords = true;
    server.lostAnswers = 1;
    const item = bench.message({ categories: ["rouge"] });
    await expect(bench.put(item)).rejects.toMatchObject({ errorClass: "retryable" });
    expect(await bench.put(item)).toMatchObject({ outcome: "created", losses: [{ reason: "mail.keywords-refused" }] });
    expect(server.messages.size).toBe(1);
  });

  it("gives each of identical twins, all of whose answers were lost, a message of its own", async () => {
    server.lostAnswers = 6;
    const ids = await Promise.all(Array.from({ length: 6 }, () => bench.settle(bench.message())));
    expect([new Set(ids).size, server.messages.size]).toEqual([6, 6]);
  });

  it("gives no message to one that is another's, whose answer is on its way", async () => {
    const [a, b] = [bench.message(), bench.message()];
    server.lostAnswers = 1;
    await expect(bench.put(a)).rejects.toMatchObject({ errorClass: "retryable" });
    server.messages.clear();
    let first = "";
    server.beforeAnswer = async () => { first = await bench.settle(a); };
    const second = await bench.settle(b);
    expect([first === second, server.messages.size]).toEqual([false, 2]);
  });

  describe("of a server that rewrites headers of 8 bits", () => {
    const REWRITTEN = { losses: [{ reason: "mail.rewritten" }] };
    const [accents, plain] = ["Subject: Réunion\r\n\r\nÉlus\r\n", "Subject: Point\r\n\r\nÉlus\r\n"];
    beforeEach(() => { server.munges = true; });

    it("tells it of a message that is found again after a lost answer", async () => {
      server.lostAnswers = 1;
      const item = bench.message({}, undefined, accents);
      await expect(bench.put(item)).rejects.toMatchObject({ errorClass: "retryable" });
      expect(await bench.put(item)).toMatchObject({ outcome: "created", ...REWRITTEN });
      expect(server.messages.size).toBe(1);
    });

    it("tells it again with each change of flags, and reads no message that cannot be concerned", async () => {
      const [first, second] = [bench.message({}, undefined, accents), bench.message({}, undefined, plain)];
      const [{ ref }, { ref: other }] = [await bench.put(first), await bench.put(second)];
      const unread = bench.message({ isRead: false }, first.key.id, accents);
      expect(await bench.put(unread, ref)).toMatchObject({ outcome: "updated", ...REWRITTEN });
      expect(await bench.put(unread, ref)).toMatchObject({ outcome: "unchanged", ...REWRITTEN });
      server.piecesRead = 0;
      expect(await bench.put(bench.message({ isRead: false }, second.key.id, plain), other)).toMatchObject({ outcome: "updated", losses: [] });
      expect(server.piecesRead).toBe(0);
    });
  });

  it("asks for each form of a folder's name once where the server refuses all of them", async () => {
    server.refusesFolders = true;
    await expect(session.prepare({ workload: "mail", owner: "o", id: "c", name: "v1.2", path: ["v1.2"] }, undefined, new AbortController().signal)).rejects.toMatchObject({ code: "TARGET_CONTAINER_REFUSED" });
    expect(server.foldersAsked).toEqual(["v1.2", "v1&,w4-2"]);
  });
});
