import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "@jest/globals";
import { adapter } from "../../adapters/jamespot/index.js";
import type { Adapter, TargetContainer, TargetRef, TargetSession } from "../../src/core/adapter.js";
import type { BlobRef, Item, PlacedContainer } from "../../src/core/item.js";
import type { ChatMessageRecord } from "../../src/format/records.js";
import { thrownBy } from "../../src/kit/conformance/expectations.js";
import { contextOf, MemoryBlobs, MemoryLedger } from "../../src/kit/conformance/harness.js";
import { sampleItem } from "../../src/kit/conformance/sample-item.js";
import { retrying } from "../../src/lib/retry.js";
import { EmulatedJamespot, type Mishap } from "../emulators/jamespot/server.js";
import { testEnvironment } from "../environment.js";
import { SERVICE } from "../jamespot.js";
import { taken, type Taken } from "../taken.js";

const SIGNAL = new AbortController().signal;
const OTHER = { id: 8, mail: "zoe@commune.example", password: "x", title: "Zoé" };
const PLACED: PlacedContainer = { workload: "channels", owner: "eau", id: "canal", parentId: "eau", name: "Général", path: ["Général"] };
const PNG = Buffer.from("\x89PNG\r\n\x1a\nimage", "latin1");
const blobs = new MemoryBlobs();
type Again = <T>(work: () => Promise<T>) => Promise<T>;

let server: EmulatedJamespot;
let ledger: MemoryLedger;
let opened: Adapter;
let session: TargetSession;
let into: TargetContainer;

async function open(more: Record<string, unknown> = {}): Promise<void> {
  opened = await adapter.create(adapter.options.parse({ url: server.url, user: SERVICE.mail, password: "env:PASSWORD", vendorAgreement: true, category: "1", ...more }), { ...testEnvironment("jamespot", { "env:PASSWORD": SERVICE.password }), lang: "fr" });
  session = await opened.connect({ owner: { id: "eau", name: "eau", kind: "group", displayName: "Qualité de l'eau" }, name: "eau" }, "channels", SIGNAL);
}

async function shut(): Promise<void> {
  await session.close();
  await opened.close();
}

function message(id: string, html: string, more: Partial<ChatMessageRecord> = {}, parts: readonly BlobRef[] = []): Item {
  const record: ChatMessageRecord = {
    v: 1, type: "chat-message", messageId: id, kind: "message", author: { kind: "user", id: "u1", name: "Jean Martin" }, createdAt: "2025-03-03T13:05:00Z", importance: "normal", format: "html",
    mentions: [], reactions: [], attachments: [], hosted: [], ...more,
  };
  const root = more.replyTo === undefined ? `canal/${id}` : `canal/${more.replyTo}/${id}`;
  return { ...sampleItem("channels", id, record, blobs.add(html, ".html"), root), parts };
}

const pictured = (): Item => {
  const blob = blobs.add(PNG, ".bin");
  return message("5", '<p><img src="https://graph.example/hostedContents/abc/$value" alt="courbe"></p>', { hosted: [{ id: "abc", sha256: blob.sha256, size: blob.size }] }, [blob]);
};

const context = (item: Item, known?: TargetRef): ReturnType<typeof contextOf> => contextOf({ blobs, ledger, signal: SIGNAL }, item, PLACED, into, known);

async function put(item: Item, known?: TargetRef): Promise<Taken> {
  const result = taken(await session.put(item, context(item, known)));
  ledger.settle(into, result.ref, item);
  return result;
}

/** The mishap befalls the first call of that function alone. */
function once(name: string, mishap: Mishap): void {
  let left = 1;
  server.mishap = (asked) => (asked === name && left-- > 0 ? mishap : undefined);
}

/** What the platform's own store holds: articles with the texts of their comments and the names of all files that hang somewhere. */
const standing = (): object => ({
  articles: [...server.store.articles.values()].map(({ id, title }) => [title, ...server.store.commentsOf(id).map(({ description }) => description.replace(/<[^>]*>/g, " ").replace(/ \(Microsoft Teams.*?\)/, "").trim())]),
  files: [...server.store.files.values()].filter(({ on }) => on !== undefined).map(({ title }) => title),
});

beforeAll(async () => {
  server = new EmulatedJamespot([SERVICE, OTHER]);
  await server.start();
});
afterAll(() => server.stop());
beforeEach(async () => {
  [server.mishap, server.keeps, server.largest] = [() => undefined, (html) => html, Number.POSITIVE_INFINITY];
  for (const kind of [server.store.spots, server.store.articles, server.store.comments, server.store.files]) kind.clear();
  ledger = new MemoryLedger();
  await open();
  into = await session.prepare(PLACED, undefined, SIGNAL);
  server.log.splice(0);
});
afterEach(async () => {
  await shut();
  expect([server.undescribed.splice(0), server.routes.alerts.splice(0)]).toEqual([[], []]);
});

describe("a channel at Jamespot", () => {
  it("is a private group with its team's name; a message is an article and a reply its comment, with author and date in the text", async () => {
    expect([...server.store.spots.values()]).toMatchObject([{ title: "Qualité de l'eau – Général", privacy: 0, category: "1", language: "fr" }]);
    const root = await put(message("1", "<p>Bonjour</p>", { subject: "Budget" }));
    const reply = await put(message("2", "<p>Oui</p>", { replyTo: "1", author: { kind: "user", name: "Zoé" } }));
    const [article] = [...server.store.articles.values()];
    const [comment] = [...server.store.comments.values()];
    expect(article).toMatchObject({ title: "Budget", user: SERVICE.id, description: expect.stringMatching(/^<p><em>Message d&#39;origine : Jean Martin, le 3 mars 2025 à 14:05 UTC\+1 \(Microsoft Teams, réf\. o365-[a-z2-7]{16}\)<\/em><\/p><p>Bonjour<\/p>$/) });
    expect(comment?.description).toContain("Zoé, le 3 mars 2025");
    expect([root.ref.id, reply.ref.id]).toEqual([`article/${article?.id ?? 0}`, `article/${article?.id ?? 0}/comment/${comment?.id ?? 0}`]);
    expect(root.losses.map(({ reason }) => reason)).toEqual(["conversation.author-in-text", "conversation.date-in-text"]);
    expect((await session.verify(message("2", "<p>Oui</p>", { replyTo: "1", author: { kind: "user", name: "Zoé" } }), reply.ref, context(message("2", "", { replyTo: "1" })))).state).toBe("same");
  });

  it("keeps a reply whose first message is missing as an article, and says so", async () => {
    const { losses } = await put(message("2", "<p>Oui</p>", { replyTo: "1" }));
    expect([losses.map(({ reason }) => reason).includes("conversation.thread-missing"), standing()]).toEqual([true, { articles: [["Oui"]], files: [] }]);
  });

  it("has pictures as files of the post, by the names of what they are, and a too large one is a named loss", async () => {
    const first = await put(pictured());
    expect([standing(), first.losses.map(({ reason }) => reason).includes("conversation.picture-beside")]).toEqual([{ articles: [["[courbe]"]], files: ["abc.png"] }, true]);
    expect((await put(pictured(), first.ref)).outcome).toBe("unchanged");
    // Without the picture: it goes with the change of the text.
    const changed = await put(message("5", "<p>sans</p>"), first.ref);
    expect([changed.outcome, standing()]).toEqual(["updated", { articles: [["sans"]], files: [] }]);
    server.largest = 10;
    const { losses } = await put(pictured(), first.ref);
    expect([losses.map(({ reason }) => reason).includes("conversation.file-too-large"), standing()]).toEqual([true, { articles: [["[courbe]"]], files: [] }]);
  });

  it("is known again by a ledger that knows nothing, and what it holds is not sent again", async () => {
    const items = [message("1", "<p>Bonjour</p>"), message("2", "<p>Oui</p>", { replyTo: "1" }), pictured()];
    for (const item of items) await put(item);
    const before = standing();
    await shut();
    ledger = new MemoryLedger();
    await open();
    server.log.splice(0);
    expect(await session.prepare(PLACED, undefined, SIGNAL)).toMatchObject({ id: into.id, created: false });
    for (const item of items) expect((await put(item)).outcome).toBe("unchanged");
    expect([standing(), server.writes()]).toEqual([before, []]);
  });

  it("leaves others' posts alone, though they quote a mark", async () => {
    const { ref } = await put(message("1", "<p>Bonjour</p>"));
    const [ours] = [...server.store.articles.values()];
    server.store.articles.set(9_999, { ...(ours as NonNullable<typeof ours>), id: 9_999, user: OTHER.id });
    await session.remove({ id: "article/9999" }, into, SIGNAL);
    await session.remove(ref, into, SIGNAL);
    expect([...server.store.articles.keys()]).toEqual([9_999]);
    expect(await session.find(message("1", "<p>Bonjour</p>"), context(message("1", "")))).toBeUndefined();
    expect(await session.removeContainer(into.id, SIGNAL)).toBe(false);
    expect((await put(message("1", "<p>Bonjour</p>"))).outcome).toBe("created");
  });
});

describe("an answer that is lost, or a session that ends, at any call", () => {
  const CALLS = ["misc/token", "misc/tokenCSRF", "file/create", "article/create", "article/addComment", "article/update", "article/updateComment", "article/delete", "comment/delete", "objectList/spotArticles", "article/getComments", "article/get", "comment/getComment", "file/delete"];

  /** As the engine repeats a step whose error may pass. */
  const repeated: Again = (work) => retrying(work, { attempts: 2, signal: SIGNAL, wait: () => Promise.resolve() });

  /** All that the adapter does with messages. */
  async function run(again: Again = (work) => work()): Promise<object> {
    const root = await again(() => put(message("1", "<p>Bonjour</p>")));
    const first = await again(() => put(message("2", "<p>Oui</p>", { replyTo: "1" })));
    await again(() => put(message("3", "<p>Non</p>", { replyTo: "1" })));
    const picture = await again(() => put(pictured()));
    await again(() => put(message("5", "<p>sans</p>"), picture.ref));
    await again(() => put(message("1", "<p>Bonjour changé</p>"), root.ref));
    await again(() => put(message("2", "<p>Oui changé</p>", { replyTo: "1" }), first.ref));
    const gone = await again(() => put(message("6", "<p>En trop</p>")));
    const goneReply = await again(() => put(message("7", "<p>En trop</p>", { replyTo: "1" })));
    await again(() => session.remove(goneReply.ref, into, SIGNAL));
    await again(() => session.remove(gone.ref, into, SIGNAL));
    return standing();
  }

  const WHOLE = { articles: [["Bonjour changé", "Message d&#39;origine : Jean Martin, le 3 mars 2025 à 14:05 UTC+1   Oui changé", "Message d&#39;origine : Jean Martin, le 3 mars 2025 à 14:05 UTC+1   Non"], ["sans"]], files: [] };

  it("comes to this where nothing happens, by each of these calls", async () => {
    expect(await run()).toEqual(WHOLE);
    const called = new Set(server.log.map(({ name }) => name));
    expect(CALLS.filter((name) => !called.has(name))).toEqual([]);
  });

  it.each(CALLS)("%s: once each", async (name) => {
    for (const mishap of ["cut", "cut-after", { status: 502 }] as const) {
      for (const kind of [server.store.articles, server.store.comments, server.store.files]) kind.clear();
      ledger = new MemoryLedger();
      await shut();
      await open();
      once(name, mishap);
      expect({ mishap, ...(await run(repeated)) }).toEqual({ mishap, ...WHOLE });
    }
  });

  it.each(CALLS)("%s: the session has ended", async (name) => {
    let left = 1;
    server.mishap = (asked) => {
      if (asked === name && left-- > 0) server.endSessions();
      return undefined;
    };
    expect(await run()).toEqual(WHOLE);
    expect(left).toBeLessThan(1);
  });

  it.each(["spot/create", "spot/update", "spot/getSpot", "objectList/jamespotSpotQueryList", "misc/tokenCSRF", "user/signIn"])("%s: one group", async (name) => {
    server.store.spots.clear();
    await shut();
    await open();
    once(name, "cut-after");
    const placed = await session.prepare(PLACED, undefined, SIGNAL);
    once(name, { status: 503 });
    await session.prepare({ ...PLACED, name: "Annonces", path: ["Annonces"] }, placed.id, SIGNAL);
    expect([...server.store.spots.values()]).toMatchObject([{ id: Number(placed.id), title: "Qualité de l'eau – Annonces" }]);
  });
});

describe("what Jamespot refuses", () => {
  it.each<[string, Mishap, string, string]>([
    ["a limit of rate", { error: 429 }, "TARGET_THROTTLED", "article/create: error 429: mishap; mishap"],
    ["a limit of rate before the platform", { status: 429, retryAfter: 7 }, "TARGET_THROTTLED", "article/create: HTTP 429: no JSON"],
    ["a conflict", { error: 409 }, "TARGET_REFUSED_ITEM", "article/create: error 409: mishap; mishap"],
    ["any other number", { error: 42 }, "TARGET_REFUSED_ITEM", "article/create: error 42: mishap; mishap"],
    ["a page", "page", "TARGET_PASSING", "article/create: no JSON"],
    ["a server in trouble", { status: 503 }, "TARGET_PASSING", "article/create: HTTP 503: no JSON"],
  ])("%s is told in its own words", async (_title, mishap, code, reason) => {
    server.mishap = (name) => (name === "article/create" ? mishap : undefined);
    const error = await thrownBy(() => put(message("1", "<p>Bonjour</p>")));
    expect({ code: error.code, reason: error.params["reason"], wait: error.retryAfterMs, standing: standing() }).toEqual({ code, reason, wait: typeof mishap === "object" && "retryAfter" in mishap ? 7_000 : undefined, standing: { articles: [], files: [] } });
  });

  it("a platform that does not give the mark back gets one post, and no second", async () => {
    server.keeps = (html) => html.replace(/o365-/g, "");
    expect((await thrownBy(() => put(message("1", "<p>Bonjour</p>")))).code).toBe("TARGET_MARK_LOST");
    expect(server.store.articles.size).toBe(1);
  });

  it("a platform that changes tags alone holds the same text", async () => {
    server.keeps = (html) => html.replace(/<\/?em>/g, "").replace(/&#39;/g, "'").replace(/<p>/g, '<p dir="ltr">');
    const item = message("1", "<p>L'eau &amp; le <b>feu</b></p>");
    const { ref } = await put(item);
    expect((await session.verify(item, ref, context(item, ref))).state).toBe("same");
    expect(await session.find(item, context(item))).toEqual(ref);
  });

  it("a group that comes out open is given up before a word is written", async () => {
    server.store.spots.clear();
    await shut();
    await open();
    const create = server.store.spots.set.bind(server.store.spots);
    server.store.spots.set = (id, spot) => create(id, { ...spot, privacy: 1 });
    const error = await thrownBy(() => session.prepare(PLACED, undefined, SIGNAL));
    server.store.spots.set = create;
    expect([error.code, [...server.store.spots.values()].map(({ title, description }) => [title, description])]).toEqual(["TARGET_CONTAINER_REFUSED", [["(vide, à supprimer) Qualité de l'eau – Général", ""]]]);
  });
});

describe("groups that the administrator made", () => {
  it("get the posts and keep their names and descriptions; without a category no others are made", async () => {
    server.store.spots.clear();
    server.store.spots.set(12, { id: 12, title: "Eau", description: "La nôtre", privacy: 1, category: "2", language: "fr", made: "" });
    await shut();
    await open({ category: undefined, groups: { "Qualité de l'eau/Général": 12 } });
    into = await session.prepare(PLACED, undefined, SIGNAL);
    await put(message("1", "<p>Bonjour</p>"));
    const card = sampleItem("channels", "Général", { v: 1, type: "conversation", form: "channel", name: "Général", description: "Autre", archived: false, tabs: [] }, undefined);
    const { ref } = await put(card);
    expect((await session.verify(card, ref, context(card, ref))).state).toBe("unverifiable");
    await session.remove({ id: `article/${[...server.store.articles.keys()][0] ?? 0}` }, into, SIGNAL);
    expect(await session.removeContainer("12", SIGNAL)).toBe(true);
    expect((await thrownBy(() => session.prepare({ ...PLACED, id: "autre", name: "Autre", path: ["Autre"] }, undefined, SIGNAL))).code).toBe("TARGET_CONTAINER_REFUSED");
    expect([into.id, [...server.store.spots.values()]]).toEqual(["12", [{ id: 12, title: "Eau", description: "La nôtre", privacy: 1, category: "2", language: "fr", made: "" }]]);
  });

  it("are found whatever the case and the form of accents, and each is named once", async () => {
    server.store.spots.set(12, { id: 12, title: "Eau", description: "La nôtre", privacy: 1, category: "2", language: "fr", made: "" });
    const spelled = "QUALITÉ de l'eau/général";
    await shut();
    await open({ category: undefined, groups: { [spelled.normalize("NFD")]: 12 } });
    expect((await session.prepare(PLACED, undefined, SIGNAL)).id).toBe("12");
    await expect(open({ groups: { [spelled]: 12, "Qualité de l'eau/Général": 13 } })).rejects.toThrow("are one and the same");
  });

  it("are looked for before anything is written, as are the category and the agreement", async () => {
    await shut();
    await open({ groups: { "Qualité de l'eau/Général": 4_242 } });
    expect((await thrownBy(() => session.prepare(PLACED, undefined, SIGNAL))).code).toBe("TARGET_CONTAINER_MISSING");
    await shut();
    await open({ category: "99" });
    const checks = [];
    for await (const check of opened.check(SIGNAL)) checks.push(check);
    expect(checks).toMatchObject([{ ok: false, code: "TARGET_CONTAINER_REFUSED", message: expect.stringContaining("1 Projets, 2 Communautés") }]);
    expect(adapter.options.safeParse({ url: server.url, user: "x", password: "env:P" }).error?.issues[0]?.message).toContain("vendorAgreement: true");
  });
});
