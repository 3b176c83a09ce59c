import { describe, expect, it } from "@jest/globals";
import { ExodusError } from "../../../src/core/errors.js";
import type { Cursor, Feed } from "../../../src/core/source.js";
import { ContactRecord } from "../../../src/format/records.js";
import type { RequestOptions } from "../../../src/graph/client/client.js";
import type { GraphContact } from "../../../src/graph/map/graph-contact.js";
import { createContactsWorkload } from "../../../src/graph/workloads/contacts.js";
import { fakeClient, FakeContext, feedsOf, OWNER, page, round } from "../graph-calendar/fake-client.js";

const FEED: Feed = { id: "f0", container: { workload: "contacts", owner: OWNER.id, id: "f0", name: "Contacts" }, listing: false };
const DELTA = "/users/u1/contactFolders/f0/contacts/delta";
const LINK = "https://graph.example/v1.0/delta?$deltatoken=1" as Cursor;
const contact = (id: string, more: Partial<GraphContact> = {}): GraphContact => ({ id, changeKey: `k-${id}`, createdDateTime: "2020-01-01T00:00:00Z", displayName: `Nom ${id}`, emailAddresses: [], ...more });

describe("feeds", () => {
  const folders = {
    "/users/u1/contactFolders": () => [page({ id: "f1", displayName: "Élus" }, { id: "f0", displayName: "Contacts" })], "/users/u1/contactFolders/f1/childFolders": () => [page({ id: "f2", displayName: "2020" })],
    "/users/u1/contactFolders/f2/childFolders": () => [page()], "/users/u1/contactFolders/f0/childFolders": () => [page()],
  };
  it("tells the default folder by its well-known name, then the others with what is below", async () => {
    const feeds = await feedsOf(createContactsWorkload(fakeClient({ ...folders, "/users/u1/contactFolders/contacts": () => ({ id: "f0", displayName: "Contacts" }) })));
    expect(feeds.map((feed) => [feed.id, feed.container.name, feed.container.role ?? null, feed.container.parentId ?? null])).toEqual([["f0", "Contacts", "default", null], ["f1", "Élus", null, null], ["f2", "2020", null, "f1"]]);
  });
  it("finds the default folder through a contact where the name is refused", async () => {
    const refused = () => { throw new ExodusError("GRAPH_REFUSED"); };
    const feeds = await feedsOf(createContactsWorkload(fakeClient({ ...folders, "/users/u1/contactFolders/contacts": refused, "/users/u1/contacts": () => ({ value: [{ id: "x", parentFolderId: "f0" }] }) })));
    expect(feeds.map((feed) => feed.id)).toEqual(["f0", "f1", "f2"]);
    const denied = () => { throw new ExodusError("GRAPH_CONSENT"); };
    await expect(feedsOf(createContactsWorkload(fakeClient({ "/users/u1/contactFolders/contacts": denied })))).rejects.toMatchObject({ code: "GRAPH_CONSENT" });
  });
});

describe("a round", () => {
  it("lists the folder where its delta fails, and asks for each contact by itself", async () => {
    const failed = () => { throw new ExodusError("GRAPH_PASSING", { params: { status: 500, graphCode: "-", requestId: "-" } }); };
    const client = fakeClient({
      [DELTA]: failed, "/users/u1/contactFolders/f0/contacts": ({ query }) => (query?.["$select"] === "id,changeKey" ? [page({ id: "a", changeKey: "k-a" }, { id: "b", changeKey: "k-b" })] : failed()),
      "/users/u1/contacts/a": () => contact("a"), "/users/u1/contacts/b": failed,
    });
    const context = new FakeContext();
    expect((await round(createContactsWorkload(client), FEED, context)).changes.map(({ kind }) => kind)).toEqual(["reset", "item", "unreadable"]);
    const before = client.asked.length;
    expect((await round(createContactsWorkload(client), FEED, context)).changes.map(({ kind }) => kind)).toEqual(["reset", "unchanged", "unreadable"]);
    expect(client.asked.slice(before).filter((asked) => asked.includes("/contacts/a"))).toEqual([]);
  });

  it("stores contacts with their photos and follows the delta link", async () => {
    const photo = Uint8Array.from([0xff, 0xd8, 0xff, 1, 2, 3]);
    const client = fakeClient({
      [DELTA]: () => [{ value: [contact("a"), contact("b", { displayName: "ancien" }), contact("b")], nextLink: "next" }, { value: [], deltaLink: LINK }],
      [LINK]: () => [{ value: [contact("a"), { id: "b", "@removed": { reason: "deleted" } }], deltaLink: LINK }],
      "/users/u1/contacts/a/photo/$value": () => photo,
    });
    const context = new FakeContext();
    const workload = createContactsWorkload(client);
    const first = await round(workload, FEED, context);
    expect(first.changes.map((change) => (change.kind === "item" ? [change.title, (change.record as ContactRecord).hasPhoto] : change.kind))).toEqual([["Nom a", true], ["Nom b", false]]);
    expect(first.batches.map((batch) => [batch.next ?? null, batch.done])).toEqual([[null, false], ["next", false], [LINK, true]]);
    expect(context.body(first.changes[0]).replace(/\r\n /g, "")).toContain(`PHOTO:data:image/jpeg;base64,${Buffer.from(photo).toString("base64")}`);
    for (const change of first.changes) if (change.kind === "item") expect(ContactRecord.parse(change.record)).toEqual(change.record);
    const second = await round(workload, FEED, context, LINK);
    expect(second.changes).toEqual([{ kind: "unchanged", id: "a", container: "f0" }, { kind: "tombstone", id: "b", container: "f0" }]);
  });
  it("asks for pages and immutable ids, and reads a partial row whole", async () => {
    let prefer: RequestOptions["headers"];
    const client = fakeClient({ [DELTA]: (options) => { prefer = options.headers; return [{ value: [{ id: "a", mobilePhone: "1" }, { id: "gone", mobilePhone: "2" }], deltaLink: LINK }]; }, "/users/u1/contacts/a": () => contact("a", { mobilePhone: "1", surname: "Entier" }) });
    const context = new FakeContext();
    const { changes } = await round(createContactsWorkload(client), FEED, context);
    expect(context.body(changes[0])).toContain("N:Entier;;;;");
    expect(changes[1]).toEqual({ kind: "tombstone", id: "gone", container: "f0" });
    expect(prefer?.["Prefer"]).toBe('IdType="ImmutableId", odata.maxpagesize=100');
  });
  it("lists anew when the change token has expired", async () => {
    const client = fakeClient({ [LINK]: () => { throw new ExodusError("GRAPH_DELTA_EXPIRED"); }, [DELTA]: () => [{ value: [contact("a")], deltaLink: LINK }] });
    const { changes } = await round(createContactsWorkload(client), FEED, new FakeContext(), LINK);
    expect(changes.map((change) => change.kind)).toEqual(["reset", "item"]);
  });
  it("keeps a contact whose photo cannot be read, with a loss", async () => {
    const client = fakeClient({ [DELTA]: () => [{ value: [contact("a")], deltaLink: LINK }], "/users/u1/contacts/a/photo/$value": () => { throw new ExodusError("GRAPH_REFUSED"); } });
    const { changes } = await round(createContactsWorkload(client), FEED, new FakeContext());
    expect(changes[0]).toMatchObject({ kind: "item", losses: [{ field: "photo", reason: "contact.photo-unreadable" }] });
  });
});
