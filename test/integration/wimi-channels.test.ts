import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "@jest/globals";
import { markOf } from "../../src/convert/message/origin.js";
import type { Adapter, TargetContainer, TargetRef, TargetSession } from "../../src/core/adapter.js";
import type { Item, PlacedContainer } from "../../src/core/item.js";
import type { ChatMessageRecord } from "../../src/format/records.js";
import { thrownBy } from "../../src/kit/conformance/expectations.js";
import { contextOf, MemoryBlobs, MemoryLedger, sampleOwner } from "../../src/kit/conformance/harness.js";
import { sampleItem } from "../../src/kit/conformance/sample-item.js";
import { collected } from "../../src/lib/collected.js";
import { EmulatedWimi, type Mishap } from "../emulators/wimi/server.js";
import { Refusal } from "../emulators/wimi/wire.js";
import { taken, type Taken } from "../taken.js";
import { openWimi, SERVICE, SIGNAL } from "../wimi.js";

const CHAT = 31;
const POST = "chat.chat.PostMessage";
const server = new EmulatedWimi(SERVICE);
const [blobs, ledger] = [new MemoryBlobs(), new MemoryLedger()];
const placed: PlacedContainer = { workload: "channels", owner: "voirie", id: "general", name: "Général", path: ["Général"] };
let opened: Adapter;
let session: TargetSession;
let into: TargetContainer;

async function open(more: Record<string, unknown> = {}): Promise<void> {
  opened = await openWimi(server, { channels: { voirie: { "Général": CHAT } }, ...more });
  session = await opened.connect({ owner: sampleOwner("voirie@mairie.example"), name: "voirie" }, "channels", SIGNAL);
  into = await session.prepare(placed, undefined, SIGNAL);
}

async function shut(): Promise<void> {
  await session.close();
  await opened.close();
}

function message(messageId: string, words: string, more: Partial<ChatMessageRecord> = {}): Item<ChatMessageRecord> {
  const record: ChatMessageRecord = {
    v: 1, type: "chat-message", messageId, kind: "message", createdAt: "2026-03-03T13:05:00Z", author: { kind: "user", name: "Jean Martin" }, format: "text", importance: "normal", mentions: [], reactions: [], attachments: [], hosted: [], ...more,
  };
  return { ...sampleItem<ChatMessageRecord>("channels", words, record, blobs.add(words, ".txt"), `${placed.id}/${messageId}`), container: placed.id };
}

const put = async (item: Item, known?: TargetRef): Promise<Taken> => taken(await session.put(item, contextOf({ blobs, ledger, signal: SIGNAL }, item, placed, into, known)));
const find = (item: Item): Promise<TargetRef | undefined> => session.find(item, contextOf({ blobs, ledger, signal: SIGNAL }, item, placed, into));
const standing = (): readonly string[] => server.chats.get(CHAT) ?? [];

function once(mishap: Mishap): void {
  let left = 1;
  server.mishap = (asked) => (asked === POST && left-- > 0 ? mishap : undefined);
}

beforeAll(() => server.start());
afterAll(() => server.stop());
beforeEach(async () => {
  server.mishap = () => undefined;
  server.chats.clear();
  server.chats.set(CHAT, []);
  await open();
  server.log.splice(0);
});
afterEach(async () => {
  await shut();
  expect(server.undescribed.splice(0)).toEqual([]);
});

describe("a channel's messages in a chat of Wimi", () => {
  it("tell who wrote them, when, and which they answer", async () => {
    const first = message("1", "Bonjour à tous");
    await put(first);
    const { losses } = await put(message("2", "Bonjour", { replyTo: "1" }));
    expect(standing()).toEqual([
      `Original message: Jean Martin, on 3 March 2026 at 14:05 UTC+1 (Microsoft Teams, channel Général, ref. ${markOf(first.key)})\n\nBonjour à tous`,
      `Original message: Jean Martin, on 3 March 2026 at 14:05 UTC+1 (Microsoft Teams, channel Général, ref. ${markOf({ workload: "channels", id: "general/2" })})\n\nIn answer to ref. ${markOf(first.key)}\n\nBonjour`,
    ]);
    expect(losses.map(({ reason }) => reason)).toEqual(["conversation.author-in-text", "conversation.date-in-text", "conversation.thread-flat"]);
  });

  it("are not sent again once they are known, and a change is named", async () => {
    const { ref } = await put(message("1", "un"));
    const again = await put({ ...message("1", "deux"), digest: "autre" as never }, ref);
    expect([again.outcome, again.losses.some(({ reason }) => reason === "conversation.unchangeable"), standing().length]).toEqual(["unchanged", true, 1]);
  });

  it("need a chat that the administrator names", async () => {
    const error = await thrownBy(() => session.prepare({ ...placed, id: "autre", name: "Autre" }, undefined, SIGNAL));
    expect([error.code, error.params["reason"]]).toEqual(["TARGET_CONTAINER_REFUSED", 'no chat is named for "voirie/Autre" in "channels"']);
  });
});

describe("a message whose answer is lost", () => {
  it.each([["cut", "cut", 0], ["cut once it was done", "cut-after", 1], ["a page", "page", 0], ["HTTP 502", 502, 0], ["error 500", new Refusal("Oups", 500), 0]] as const)("(%s) is named with its reference, and sent again by nobody", async (_title, mishap, arrived) => {
    const item = message("1", "un");
    once(mishap);
    const error = await thrownBy(() => put(item));
    expect([error.code, error.errorClass, String(error.params["reason"]).endsWith(`ref. ${markOf(item.key)}`), standing().length]).toEqual(["TARGET_UNSURE", "permanent-item", true, arrived]);
    expect((await thrownBy(() => find(item))).code).toBe("TARGET_UNSURE");
  });

  it.each([["arrived", true], ["send", false]] as const)("is what the administrator says: %s", async (unsure, there) => {
    await shut();
    await open({ unsure });
    expect((await find(message("1", "un"))) !== undefined).toBe(there);
  });

  it.each([["TARGET_REFUSED_ITEM", new Refusal("Interdit", 403)], ["TARGET_THROTTLED", new Refusal("Trop", 429)]] as const)("but one that is refused did not arrive: %s", async (code, mishap) => {
    once(mishap);
    const error = await thrownBy(() => put(message("1", "un")));
    expect([error.code, standing()]).toEqual([code, []]);
    await put(message("1", "un"));
    expect(standing()).toHaveLength(1);
  });

  it("nor one before which the session ended: it is sent once with another", async () => {
    server.revoke();
    await put(message("1", "un"));
    expect([standing().length, server.log.filter((target) => target === "auth.user.Login").length]).toEqual([1, 1]);
  });

  it("nor one that a server which is away never got", async () => {
    await server.stop();
    const error = await thrownBy(() => put(message("1", "un")));
    await server.start();
    expect(["TARGET_CONNECTION", "TARGET_UNREACHABLE"]).toContain(error.code);
    await put(message("1", "un"));
    expect(standing()).toHaveLength(1);
  });
});

describe("doctor", () => {
  it("names the chats that are seen, where some are wanted", async () => {
    const told = await collected(opened.check(SIGNAL));
    expect(told.map(({ message: said }) => said)).toEqual([expect.stringContaining("chats: chat_id 31 name chat 31")]);
  });
});
