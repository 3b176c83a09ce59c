import { afterAll, beforeAll, beforeEach, describe, expect, it } from "@jest/globals";
import { NetframeClient } from "../../src/drivers/netframe/client.js";
import { feed } from "../../src/drivers/netframe/feed.js";
import { thrownBy } from "../../src/kit/conformance/expectations.js";
import { EmulatedNetframe } from "../emulators/netframe/server.js";
import { testEnvironment } from "../environment.js";
import { SERVICE } from "../netframe.js";

const SIGNAL = new AbortController().signal;
const CHANNEL = 42;
const server = new EmulatedNetframe([SERVICE], {});
const { store } = server;
let client: NetframeClient;

/** `count` messages, so many of each second; the place in the channel of each seventh is written so many seconds later. */
function fill(count: number, perSecond: number, lag: number): void {
  const start = Date.UTC(2026, 2, 2, 9, 0, 0);
  const instant = (second: number): string => `${new Date(start + second * 1_000).toISOString().slice(0, 19)}.000000Z`;
  for (let at = 0; at < count; at += 1) {
    const second = Math.floor(at / perSecond);
    const moved = instant(second + (at % 7 === 0 ? lag : 0));
    store.posts.set(at + 1, { id: at + 1, feed: 500_000 + at, channel: CHANNEL, author: SERVICE.id, content: `n° ${at}`, medias: [], createdAt: instant(second), updatedAt: instant(second), feedUpdatedAt: moved });
  }
}

async function listed(): Promise<number[]> {
  const ids: number[] = [];
  for await (const { id } of feed(client, CHANNEL, SIGNAL)) ids.push(id);
  return ids;
}

beforeAll(async () => {
  await server.start();
  const { ca, governor } = testEnvironment("netframe", {});
  client = new NetframeClient({ target: "netframe", account: "eau", ca, governor, timeoutMs: 10_000, base: new URL(`${server.url}/`), mail: SERVICE.email, password: SERVICE.password });
});
afterAll(async () => {
  await client.close();
  await server.stop();
});
beforeEach(() => {
  store.clear();
  store.channels.set(CHANNEL, { id: CHANNEL, maker: SERVICE.id, name: "Eau", description: "", confidentiality: 0, profileType: "App\\House", profileId: 5, active: 1, members: new Map([[SERVICE.id, 1]]) });
});

describe("a channel of Netframe, whose pages are cut by moments that are not shown", () => {
  it.each([
    [0, 1, 0, 6], [29, 1, 0, 6], [30, 1, 0, 6], [31, 5, 0, 6], [45, 6, 0, 6], [400, 1, 0, 6], [400, 5, 1, 4], [400, 6, 0, 6], [200, 3, 3_600, 2], [150, 1, 86_400 * 30, 6],
  ])("is listed whole: %d messages, %d a second, a seventh of them moved by %d seconds; %d come by each request", async (count, perSecond, lag, each) => {
    fill(count, perSecond, lag);
    server.log.splice(0);
    const ids = await listed();
    expect([...ids].sort((a, b) => a - b)).toEqual(Array.from({ length: count }, (_, at) => at + 1));
    expect(server.log.filter((name) => name.startsWith("POST /channels/N")).length).toBeLessThan(3 + count / each);
  });

  it("is refused by name where the pages do not follow the moments that are told", async () => {
    fill(40, 1, 0);
    const page = [...store.posts.values()].slice(-15).map(({ id, feed: place, author, content, updatedAt }) => ({ id, newsFeedId: place, users_id: author, content, updated_at: updatedAt, mediasApi: [] }));
    server.mishap = (name) => (name === "POST /channels/N/before" ? { json: page } : undefined);
    const error = await thrownBy(listed);
    server.mishap = () => undefined;
    expect([error.code, error.params["reason"]]).toEqual(["TARGET_CONTAINER_REFUSED", expect.stringContaining("do not follow")]);
  });

  it("is refused by name where a second holds more than can be told apart", async () => {
    fill(80, 40, 0);
    const error = await thrownBy(listed);
    expect([error.code, error.params["reason"]]).toEqual(["TARGET_CONTAINER_REFUSED", expect.stringContaining("in one second")]);
  });
});
