import { describe, expect, it } from "@jest/globals";
import PostalMime from "postal-mime";
import { ExodusError } from "../../../src/core/errors.js";
import type { Change, Owner } from "../../../src/core/item.js";
import { MailRecord } from "../../../src/format/records.js";
import type { GraphPost, GraphThread } from "../../../src/graph/map/post-to-message.js";
import { createGroupMailWorkload } from "../../../src/graph/workloads/group-mail.js";
import { fakeClient, FakeContext, page, type Answer } from "../graph-calendar/fake-client.js";

const GROUP: Owner = { id: "g1", name: "bureau@mairie.example", kind: "group", displayName: "Bureau", mail: "bureau@mairie.example" };
const THREADS = "/groups/g1/threads";
const POSTS = `${THREADS}/t1/posts`;
const person = (name: string) => ({ emailAddress: { name, address: `${name.toLowerCase()}@mairie.example` } });
const thread = (at: string): GraphThread => ({ id: "t1", topic: "Fête du village", lastDeliveredDateTime: at, hasAttachments: false, uniqueSenders: ["Zoe"], preview: "…", toRecipients: [person("Bureau")], ccRecipients: [person("Maire")] });
const post = (id: string, minute: number, more: Partial<GraphPost> = {}): GraphPost => ({
  id, changeKey: `k-${id}`, createdDateTime: `2026-03-01T09:0${minute}:00Z`, receivedDateTime: `2026-03-01T09:0${minute}:01Z`, hasAttachments: false,
  body: { contentType: "html", content: `<p>${id}</p>` }, from: person("Zoe"), sender: person("Zoe"), ...more,
});

async function round(routes: Readonly<Record<string, Answer>>, context: FakeContext, workload = createGroupMailWorkload(fakeClient(routes))): Promise<readonly Change[]> {
  const changes: Change[] = [];
  for await (const feed of workload.feeds(GROUP, context.signal)) {
    for await (const batch of workload.changes(GROUP, feed, undefined, context)) changes.push(...batch.changes);
  }
  context.keep(changes);
  return changes;
}

const kinds = (changes: readonly Change[]): readonly string[] => changes.map((change) => `${change.kind} ${change.kind === "item" ? change.key.id : "id" in change ? change.id : ""}`);

describe("a group's mailbox", () => {
  it("is one folder of messages, with thread, author, recipients and what each post answers", async () => {
    const context = new FakeContext();
    const headers = (id: string, more: object[] = []) => ({ singleValueExtendedProperties: [{ id: "String 0x1035", value: id }, ...more] as { id: string; value: string }[] });
    const posts = [
      post("p2", 2, { ...headers("<two@x>", [{ id: "String 0x1042", value: "<one@x>" }, { id: "String 0x1039", value: "<zero@x> <one@x>" }]), sender: person("Secretariat"), categories: ["Élus"] }),
      post("p1", 1, headers("<one@x>")), post("p3", 3, { inReplyTo: { id: "p2" } }),
    ];
    const workload = createGroupMailWorkload(fakeClient({ [THREADS]: () => [page(thread("a"))], [POSTS]: () => [page(...posts)] }));
    const feeds = [];
    for await (const feed of workload.feeds(GROUP, context.signal)) feeds.push([feed.listing, feed.container.role]);
    expect(feeds).toEqual([[true, "inbox"]]);
    const changes = await round({}, context, workload);
    expect(kinds(changes)).toEqual(["item t1/p1", "item t1/p2", "item t1/p3"]);
    for (const change of changes) if (change.kind === "item") expect({ record: MailRecord.parse(change.record), losses: change.losses.map(({ reason }) => reason) }).toEqual({ record: change.record, losses: ["mail.group-post"] });
    const [one, two, three] = await Promise.all(changes.map((change) => PostalMime.parse(context.body(change))));
    expect({ id: one?.messageId, to: one?.to?.[0]?.address, cc: one?.cc?.[0]?.address, subject: one?.subject, answers: one?.inReplyTo, date: one?.date }).toEqual({ id: "<one@x>", to: "bureau@mairie.example", cc: "maire@mairie.example", subject: "Fête du village", answers: undefined, date: "2026-03-01T09:01:00.000Z" });
    expect({ from: two?.from?.address, sender: two?.sender?.address, answers: two?.inReplyTo, references: two?.references }).toEqual({ from: "zoe@mairie.example", sender: "secretariat@mairie.example", answers: "<one@x>", references: "<zero@x> <one@x>" });
    expect({ answers: three?.inReplyTo, references: three?.references }).toEqual({ answers: "<two@x>", references: "<one@x> <two@x>" });
    expect(changes[1]).toMatchObject({ container: "g1", record: { thread: "t1", categories: ["Élus"], receivedAt: "2026-03-01T09:02:01Z", internetMessageId: "<two@x>", isRead: true } });
  });

  it("costs one request a page of threads when nothing changed", async () => {
    const context = new FakeContext();
    const threads = Array.from({ length: 5 }, (_, index) => ({ ...thread("a"), id: `t${index}` }));
    const client = fakeClient({ [THREADS]: () => [page(...threads)], ...Object.fromEntries(threads.map(({ id }) => [`${THREADS}/${id}/posts`, () => [page(post("p1", 1), post("p2", 2))]])) });
    const workload = createGroupMailWorkload(client);
    expect((await round({}, context, workload)).filter(({ kind }) => kind === "item")).toHaveLength(10);
    const before = client.asked.length;
    expect((await round({}, context, workload)).map(({ kind }) => kind)).toEqual(Array.from({ length: 10 }, () => "unchanged"));
    expect(client.asked.slice(before)).toEqual([THREADS]);
  });

  it("tells a new post and keeps silent about one that was deleted, which the listing then buries", async () => {
    const context = new FakeContext();
    let [at, posts] = ["a", [post("p1", 1), post("p2", 2)]];
    const routes: Readonly<Record<string, Answer>> = { [THREADS]: () => [page(thread(at))], [POSTS]: () => [page(...posts)] };
    const first = await round(routes, context);
    [at, posts] = ["b", [post("p1", 1), post("p2", 2), post("p3", 3)]];
    const second = await round(routes, context);
    // The last post bears the mark of its thread: read anew, it has the same content.
    expect(kinds(second)).toEqual(["unchanged t1/p1", "item t1/p2", "item t1/p3"]);
    expect(digestOf(second[1])).toBe(digestOf(first[1]));
    [at, posts] = ["a", [post("p1", 1), post("p2", 2)]];
    expect(kinds(await round(routes, context))).toEqual(["unchanged t1/p1", "item t1/p2"]);
  });

  it("reads a thread again until all of it is told", async () => {
    const context = new FakeContext();
    let broken = true;
    const routes: Readonly<Record<string, Answer>> = {
      [THREADS]: () => [page(thread("a"))], [POSTS]: () => [page(post("p1", 1, { hasAttachments: true }), post("p2", 2))],
      [`${POSTS}/p1/attachments`]: () => { if (broken) throw new ExodusError("GRAPH_REFUSED", { params: { path: "x" } }); return [page()]; },
    };
    expect(kinds(await round(routes, context))).toEqual(["unreadable t1/p1", "item t1/p2"]);
    expect(kinds(await round(routes, context))).toEqual(["unreadable t1/p1", "unchanged t1/p2"]);
    broken = false;
    expect(kinds(await round(routes, context))).toEqual(["item t1/p1", "unchanged t1/p2"]);
    const workload = createGroupMailWorkload(fakeClient({ ...routes, [`${THREADS}/t1`]: () => thread("a") }));
    expect(await workload.readOne(GROUP, "t1/p9", "g1", context)).toEqual({ kind: "tombstone", id: "t1/p9", container: "g1" });
    // Read alone, a post does not vouch for its thread.
    expect(await workload.readOne(GROUP, "t1/p2", "g1", context)).toMatchObject({ kind: "item", version: "k-p2" });
  });

  it("keeps what it holds of a thread whose posts cannot be listed, and forgets one that is gone", async () => {
    const context = new FakeContext();
    await round({ [THREADS]: () => [page(thread("a"))], [POSTS]: () => [page(post("p1", 1))] }, context);
    const refused = { [THREADS]: () => [page(thread("b"))], [POSTS]: () => { throw new ExodusError("GRAPH_SHAPE", { params: { path: "x" } }); } };
    expect(kinds(await round(refused, context))).toEqual(["unreadable t1/*", "unchanged t1/p1"]);
    expect(kinds(await round({ [THREADS]: () => [page(thread("b"))] }, context))).toEqual([]);
  });

  it("asks for headers, and for the answered post where headers are refused", async () => {
    const asked: unknown[] = [];
    const routes: Readonly<Record<string, Answer>> = {
      [THREADS]: () => [page(thread("a"))],
      [POSTS]: ({ query }) => {
        asked.push(query?.["$expand"]);
        if (query?.["$expand"] !== "inReplyTo") throw new ExodusError("GRAPH_REFUSED", { params: { path: POSTS } });
        return [page(post("p1", 1), post("p2", 2, { inReplyTo: { id: "p1" } }))];
      },
    };
    const context = new FakeContext();
    const workload = createGroupMailWorkload(fakeClient(routes));
    const [first, second] = await Promise.all((await round({}, context, workload)).map((change) => PostalMime.parse(context.body(change))));
    expect(first?.messageId).toMatch(/^<[0-9a-f]{24}@rebuilt\.invalid>$/);
    expect(second?.inReplyTo).toBe(first?.messageId);
    await round({}, new FakeContext(), workload);
    expect(asked).toEqual([expect.stringContaining("String 0x1035"), "inReplyTo", "inReplyTo"]);
  });

  it("says where a hundred posts came without a link to others", async () => {
    const context = new FakeContext();
    const posts = Array.from({ length: 100 }, (_, index) => post(`p${index}`, index % 10));
    const routes: Readonly<Record<string, Answer>> = { [THREADS]: () => [page(thread("a"))], [POSTS]: () => [page(...posts)] };
    const beyond = { kind: "skipped", id: "t1/beyond", container: "g1", title: "Fête du village", code: "POSTS_BEYOND" };
    expect((await round(routes, context)).filter(({ kind }) => kind === "skipped")).toEqual([beyond]);
    const again = await round(routes, context);
    expect({ skipped: again.filter(({ kind }) => kind === "skipped"), unchanged: again.filter(({ kind }) => kind === "unchanged").length }).toEqual({ skipped: [beyond], unchanged: 100 });
  });

  describe("of more than a hundred posts in a thread", () => {
    const all = Array.from({ length: 230 }, (_, index) => post(`p${index}`, index % 10));
    const read = async (list: (skip: number) => unknown) => {
      const changes = await round({ [THREADS]: () => [page(thread("a"))], [POSTS]: ({ query }) => list(Number(query?.["$skip"] ?? 0)) }, new FakeContext());
      return { items: changes.filter(({ kind }) => kind === "item").length, skipped: changes.flatMap((change) => (change.kind === "skipped" ? [change.code] : [])) };
    };

    it("reads all by links, and says nothing of others", async () => {
      expect(await read(() => [page(...all.slice(0, 100)), page(...all.slice(100, 200)), page(...all.slice(200))])).toEqual({ items: 230, skipped: [] });
    });

    it("reads all by position where there are no links", async () => {
      expect(await read((skip) => [page(...all.slice(skip, skip + 100))])).toEqual({ items: 230, skipped: [] });
      expect(await read((skip) => [page(...all.slice(0, 200).slice(skip, skip + 100))])).toEqual({ items: 200, skipped: [] });
    });

    it("says where the first hundred came again, none came, or the question was refused", async () => {
      const cut = { items: 100, skipped: ["POSTS_BEYOND"] };
      expect(await read(() => [page(...all.slice(0, 100))])).toEqual(cut);
      expect(await read((skip) => [page(...(skip === 0 ? all.slice(0, 100) : []))])).toEqual(cut);
      expect(await read((skip) => { if (skip > 0) throw new ExodusError("GRAPH_REFUSED", { params: { path: POSTS } }); return [page(...all.slice(0, 100))]; })).toEqual(cut);
    });
  });

  it("takes attachments of the three kinds as a message does", async () => {
    const context = new FakeContext();
    const attachment = (type: string, id: string) => ({ "@odata.type": `#microsoft.graph.${type}Attachment`, id, name: id, contentType: "text/plain", size: 4, isInline: false });
    const [change] = await round({
      [THREADS]: () => [page(thread("a"))], [POSTS]: () => [page(post("p1", 1, { hasAttachments: true }))],
      [`${POSTS}/p1/attachments`]: () => [page(attachment("file", "note.txt"), attachment("item", "avis"), attachment("reference", "lien"))],
      [`${POSTS}/p1/attachments/note.txt`]: () => ({ ...attachment("file", "note.txt"), contentBytes: Buffer.from("note").toString("base64") }),
      [`${POSTS}/p1/attachments/avis/$value`]: () => Buffer.from("Subject: avis\r\n\r\nx\r\n"),
    }, context);
    const { attachments } = await PostalMime.parse(context.body(change), { forceRfc822Attachments: true });
    expect(attachments.map(({ filename, mimeType }) => [filename, mimeType])).toEqual([["note.txt", "text/plain"], ["avis.eml", "message/rfc822"]]);
    expect(change?.kind === "item" && change.losses.map(({ reason }) => reason)).toEqual(["mail.group-post", "mail.reference-attachment"]);
  });
});

function digestOf(change: Change | undefined): string | undefined {
  return change?.kind === "item" ? change.digest : undefined;
}
