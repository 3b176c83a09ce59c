import { afterEach, beforeEach, describe, expect, it } from "@jest/globals";
import { JmapMailSession } from "../../../adapters/jmap/session.js";
import type { JmapClient } from "../../../src/drivers/jmap/client.js";
import { Labels } from "../../../src/drivers/jmap/labels.js";
import { Mailboxes } from "../../../src/drivers/jmap/mailboxes.js";
import { MailBench } from "../../mail-bench.js";
import type { Taken } from "../../taken.js";
import { LoopbackMail } from "./mailbox.js";

const TEXT = "Message-ID: <a@commune.example>\r\nSubject: Compte rendu\r\n\r\nBonjour\r\n";

describe("a session of JMAP", () => {
  let server: LoopbackMail;
  let client: JmapClient;
  let session: JmapMailSession;
  let bench: MailBench;

  beforeEach(async () => {
    server = await LoopbackMail.open();
    client = server.client();
    const mail = { client, account: "A" };
    session = new JmapMailSession(mail, new Mailboxes(mail, []));
    bench = new MailBench(session, "M", TEXT);
  });
  afterEach(async () => {
    await client.close();
    await server.close();
  });

  const reasons = ({ losses }: Taken): string[] => losses.map(({ reason }) => reason);

  it("tells each loss once, also of a message whose import broke before its answer", async () => {
    server.rewrite = (text) => text.replace("Bonjour", "Bonjour ");
    server.lostAnswers = 1;
    const item = bench.message({ importance: "low", receivedAt: "2050-01-01T00:00:00Z", categories: ["Urgent"] });
    await expect(bench.put(item)).rejects.toMatchObject({ code: "TARGET_CONNECTION" });
    const result = await bench.put(item);
    expect({ outcome: result.outcome, reasons: reasons(result).sort(), standing: server.emails.size }).toEqual({
      outcome: "created", reasons: ["mail.keyword-case", "mail.low-importance", "mail.received-range", "mail.rewritten"], standing: 1,
    });
  });

  it.each([
    ["under another id", false, TEXT.replace("Bonjour", "Bonsoir"), 1, ["mail.rewritten"]],
    ["under the same id, of a header with bytes over 127", true, TEXT.replace("Compte", "Relevé"), 1, ["mail.rewritten"]],
    ["under the same id, of bytes over 127 in the text only", true, TEXT.replace("Bonjour", "Bonne soirée"), 0, []],
    ["under the same id, of nothing", true, TEXT, 0, []],
  ])("reads back only what the server may have rewritten: what it gives %s", async (_title, keepsBlobId, text, downloads, losses) => {
    server.rewrite = (whole) => (keepsBlobId ? whole.replace(/^[^]*?\r\n\r\n/, (head) => head.replace(/[\x80-\xff]/g, "X")) : whole.replace("Bonsoir", "Bonsoir "));
    server.keepsBlobId = keepsBlobId;
    const item = bench.message({}, undefined, text);
    const result = await bench.put(item);
    expect([server.downloads, reasons(result)]).toEqual([downloads, losses]);
    expect(await session.verify(item, result.ref, bench.context(item))).toEqual({ state: "same", fields: [] });
  });

  describe("on a server that has labels", () => {
    let labelled: JmapMailSession;
    let labelBench: MailBench;
    beforeEach(() => {
      const mail = { client, account: "A" };
      labelled = new JmapMailSession(mail, new Mailboxes(mail, []), new Labels(mail));
      labelBench = new MailBench(labelled, "M", TEXT);
    });
    const asked = (): number => server.calls.filter(([method]) => method === "Label/set").length;

    it("reads a message once to verify it, though it was written before there were any", async () => {
      server.labels.push({ id: "l", displayName: "rouge", keyword: "label-1", color: null });
      const item = bench.message({ categories: ["rouge"] });
      const { ref } = await bench.put(item);
      server.downloads = 0;
      expect(await labelled.verify(item, ref, bench.context(item))).toEqual({ state: "same", fields: [] });
      expect(server.downloads).toBe(1);
    });

    it("asks once for a label that is refused, and puts each of its messages with a keyword", async () => {
      server.labelRefusal = { type: "invalidArguments" };
      const refs = [];
      for (const category of ["rouge", "Rouge", "rouge"]) refs.push((await labelBench.put(labelBench.message({ categories: [category] }))).ref);
      expect([asked(), refs.map(({ id }) => server.emails.get(id)?.keywords)]).toEqual([1, Array(3).fill({ $seen: true, rouge: true })]);
    });

    it("asks again for a label that failed in passing", async () => {
      server.labelRefusal = { type: "serverFail" };
      const item = labelBench.message({ categories: ["rouge"] });
      await expect(labelBench.put(item)).rejects.toMatchObject({ code: "TARGET_PASSING" });
      server.labelRefusal = undefined;
      const { ref } = await labelBench.put(item);
      expect([asked(), server.emails.get(ref.id)?.keywords]).toEqual([2, { $seen: true, "label-1": true }]);
    });
  });

  describe("on a server that takes no new keyword", () => {
    beforeEach(() => { server.keeps = (keyword) => keyword.startsWith("$"); });

    it("brings later changes of the rest, tells the loss each time, and finds nothing different", async () => {
      const item = bench.message({ categories: ["rouge"] });
      const first = await bench.put(item);
      expect([first.outcome, reasons(first)]).toEqual(["created", ["mail.keywords-refused"]]);
      expect(await session.verify(item, first.ref, bench.context(item))).toEqual({ state: "same", fields: [] });
      const unread = bench.message({ categories: ["rouge"], isRead: false, flag: "flagged" }, item.key.id);
      const second = await bench.put(unread, first.ref);
      expect([second.outcome, reasons(second), second.ref.id]).toEqual(["updated", ["mail.keywords-refused"], first.ref.id]);
      expect(server.emails.get(first.ref.id)?.keywords).toEqual({ $flagged: true });
      expect(await session.verify(unread, second.ref, bench.context(unread))).toEqual({ state: "same", fields: [] });
      const third = await bench.put(unread, second.ref);
      expect([third.outcome, reasons(third)]).toEqual(["unchanged", ["mail.keywords-refused"]]);
    });

    it("finds the rest different all the same", async () => {
      const item = bench.message({ categories: ["rouge"] });
      const { ref } = await bench.put(item);
      server.emails.set(ref.id, { ...server.emails.get(ref.id), keywords: {} } as never);
      expect(await session.verify(item, ref, bench.context(item))).toMatchObject({ state: "different", fields: [{ field: "isRead" }] });
    });
  });

  it("removes a keyword with the signs of a JSON pointer, and no other", async () => {
    const item = bench.message();
    const { ref } = await bench.put(item);
    server.emails.set(ref.id, { ...server.emails.get(ref.id), keywords: { "$seen": true, "a/b": true, "c~d": true, "$forwarded": true } } as never);
    expect((await bench.put(item, ref)).outcome).toBe("updated");
    expect(server.emails.get(ref.id)?.keywords).toEqual({ $seen: true, $forwarded: true });
  });

  describe("of identical twins", () => {
    it.each([["a batch", 1], ["two batches", 2]])("whose imports broke in %s gives each a message of its own", async (_title, lostAnswers) => {
      server.lostAnswers = lostAnswers;
      const twins = Array.from({ length: 6 }, () => bench.message());
      const ids = await Promise.all(twins.map((twin) => bench.settle(twin)));
      expect([new Set(ids).size, server.emails.size]).toEqual([6, 6]);
    });

    it("gives no message to one that is another's, whose answer is on its way", async () => {
      const [a, b] = [bench.message(), bench.message()];
      server.lostAnswers = 1;
      await expect(bench.put(a)).rejects.toMatchObject({ code: "TARGET_CONNECTION" });
      // Whatever of the first arrived is gone: only the second's message stands when the first looks.
      server.emails.clear();
      let first = "";
      server.beforeAnswer = async () => { first = await bench.settle(a); };
      const second = await bench.settle(b);
      expect([first === second, server.emails.size]).toEqual([false, 2]);
    });

    it("takes none twice on a server that holds no message twice", async () => {
      server.oneOfEach = true;
      const [a, b] = [bench.message(), bench.message()];
      const results = await Promise.allSettled([bench.put(a), bench.put(b)]);
      expect(results.map(({ status }) => status)).toEqual(["fulfilled", "rejected"]);
      expect((results[1] as PromiseRejectedResult).reason).toMatchObject({ code: "TARGET_REFUSED_ITEM", params: { reason: "Email/import, alreadyExists" } });
    });
  });

  it("takes a message that stood there already, and tells the date and the keywords that it does not have", async () => {
    server.oneOfEach = true;
    server.keeps = (keyword) => keyword.startsWith("$");
    const id = server.deliver(TEXT, { mailboxIds: { N: true }, receivedAt: "2020-01-01T00:00:00Z" });
    const item = bench.message({ categories: ["rouge"] });
    const result = await bench.put(item);
    expect([result.outcome, result.ref.id, reasons(result)]).toEqual(["created", id, ["mail.keywords-refused", "mail.standing-date"]]);
    expect(server.emails.get(id)).toMatchObject({ keywords: { $seen: true }, mailboxIds: { M: true, N: true } });
    expect(await session.verify(item, result.ref, bench.context(item))).toEqual({ state: "same", fields: [] });
    const unread = bench.message({ categories: ["rouge"], isRead: false }, item.key.id);
    expect(await bench.put(unread, result.ref)).toMatchObject({ outcome: "updated", ref: result.ref });
  });

  it("takes no other text for the same, where neither Message-ID nor second tells them apart and the server rewrites", async () => {
    const plain = (text: string): string => `Subject: Rappel\r\n\r\n${text}\r\n`;
    server.deliver(plain("Salle B  "));
    server.rewrite = (text) => text.replace(/\r\n$/, " \r\n");
    const item = bench.message({}, undefined, plain("Salle A"));
    expect(await session.find(item, bench.context(item))).toBeUndefined();
    const { ref } = await bench.put(item);
    expect(await session.find(item, bench.context(item))).toMatchObject({ id: ref.id });
  });
});
