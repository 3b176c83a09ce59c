import { describe, expect, it } from "@jest/globals";
import { ExodusError } from "../../../src/core/errors.js";
import type { Batch, Cursor } from "../../../src/core/source.js";
import { createChannelsWorkload } from "../../../src/graph/workloads/channels.js";
import { FakeContext, fakeClient, feedsOf, OWNER, page, round, type Answer } from "../graph-calendar/fake-client.js";

const TEAM = `/teams/${OWNER.id}`;
const CHANNEL = `${TEAM}/channels/c1`;
const SINCE = "https://graph.example/v1.0/since-the-mark";
const LATER = "https://graph.example/v1.0/since-the-changes";
const message = (id: string, extra: object = {}) => ({ id, createdDateTime: "2026-06-01T09:00:00Z", etag: id, body: { contentType: "text", content: `Texte ${id}` }, replies: [], ...extra });

/** A team of one channel, whose listing is made of `pages`; `changed` is what its delta tells after the mark. */
async function channel(pages: readonly object[], more: Readonly<Record<string, Answer>> = {}) {
  const client = fakeClient({
    [TEAM]: () => ({ id: OWNER.id, displayName: "Equipe" }),
    [`${TEAM}/members`]: () => [page({ userId: "u1", displayName: "Zoé", email: "zoe@mairie.example", roles: ["owner"] })],
    [`${TEAM}/channels`]: () => [page({ id: "c1", displayName: "Général", membershipType: "standard" })],
    [`${CHANNEL}/tabs`]: () => [page()],
    [`${CHANNEL}/messages/delta`]: () => [{ ...page(), deltaLink: SINCE }],
    [`${CHANNEL}/messages`]: () => pages,
    [SINCE]: () => [{ ...page(message("9")), deltaLink: LATER }],
    ...more,
  });
  const workload = createChannelsWorkload(client);
  const feed = (await feedsOf(workload)).find(({ id }) => id === "c1");
  if (feed === undefined) throw new Error("the channel is not listed");
  const context = new FakeContext();
  const changes = (): AsyncIterable<Batch> => workload.changes(OWNER, feed, undefined, context);
  const read = async (since?: Cursor) => {
    const asked = client.asked.length;
    const { batches } = await round(workload, feed, context, since);
    return { batches, next: batches.at(-1)?.next, asked: client.asked.slice(asked).filter((path) => !/\/(?:tabs|filesFolder|members)$/.test(path)) };
  };
  return { read, changes };
}

const told = (batches: readonly Batch[]): readonly (readonly string[])[] => batches.map(({ changes }) => changes.map((change) => (change.kind === "item" ? change.key.id : change.kind === "unchanged" ? change.id : change.kind)));

describe("a channel", () => {
  it("that is one page is read by its mark and its listing, in one batch with its card; what changed since is the next round's", async () => {
    const { read } = await channel([page(message("1"), message("2"))]);
    const first = await read();
    expect(first.asked).toEqual([`${CHANNEL}/messages/delta`, `${CHANNEL}/messages`]);
    expect(told(first.batches)).toEqual([["c1/card", "c1/1", "c1/2"]]);
    expect(first.batches.map(({ done }) => done)).toEqual([true]);
    const second = await read(first.next);
    expect(second.asked).toEqual([SINCE]);
    expect(told(second.batches)).toEqual([["c1/card", "c1/9"]]);
    expect(second.next).toContain(LATER);
  });

  it("of several pages is not read at one instant: the changes since the mark are read too", async () => {
    const { read } = await channel([{ ...page(message("2")), nextLink: "https://graph.example/v1.0/page-2" }, page(message("1"))]);
    const first = await read();
    expect(first.asked).toEqual([`${CHANNEL}/messages/delta`, `${CHANNEL}/messages`, SINCE]);
    expect(told(first.batches)).toEqual([["c1/card", "c1/2"], ["c1/1"], ["c1/9"]]);
    expect(first.batches.map(({ done }) => done)).toEqual([false, false, true]);
  });

  it("nor is one whose replies had to be asked for", async () => {
    const rest = "https://graph.example/v1.0/replies-2";
    const { read } = await channel([page(message("1", { replies: [message("1a")], "replies@odata.nextLink": rest }))], { [rest]: () => [page(message("1b"))] });
    expect((await read()).asked).toEqual([`${CHANNEL}/messages/delta`, `${CHANNEL}/messages`, rest, SINCE]);
  });

  it("whose messages are refused is told by its card", async () => {
    const refused = (): never => { throw new ExodusError("GRAPH_CONSENT", { params: { permission: "ChannelMessage.Read.All" } }); };
    const { changes } = await channel([], { [`${CHANNEL}/messages/delta`]: refused });
    const seen: Batch[] = [];
    const reading = (async () => { for await (const batch of changes()) seen.push(batch); })();
    await expect(reading).rejects.toMatchObject({ code: "GRAPH_CONSENT" });
    expect(told(seen)).toEqual([["c1/card"]]);
  });
});
