import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "@jest/globals";
import { adapter } from "../../adapters/netframe/index.js";
import type { Adapter, TargetContainer, TargetRef, TargetSession } from "../../src/core/adapter.js";
import type { BlobRef, Item, PlacedContainer } from "../../src/core/item.js";
import type { ChatMessageRecord } from "../../src/format/records.js";
import { thrownBy } from "../../src/kit/conformance/expectations.js";
import { contextOf, MemoryBlobs, MemoryLedger } from "../../src/kit/conformance/harness.js";
import { sampleItem } from "../../src/kit/conformance/sample-item.js";
import { retrying } from "../../src/lib/retry.js";
import { EmulatedNetframe, type Mishap } from "../emulators/netframe/server.js";
import { formatted, readBy } from "../emulators/netframe/shown.js";
import type { StoredChannel, StoredPost } from "../emulators/netframe/store.js";
import { testEnvironment } from "../environment.js";
import { HOUSE, openNetframe, SERVICE } from "../netframe.js";
import { taken, type Taken } from "../taken.js";

const SIGNAL = new AbortController().signal;
const OTHER = { id: 8, email: "zoe@commune.example", password: "x" };
const PLACED: PlacedContainer = { workload: "channels", owner: "eau", id: "canal", parentId: "eau", name: "Général", path: ["Général"] };
const PNG = Buffer.from("\x89PNG\r\n\x1a\nimage", "latin1");
const blobs = new MemoryBlobs();
type Again = <T>(work: () => Promise<T>) => Promise<T>;

let server: EmulatedNetframe;
let ledger: MemoryLedger;
let opened: Adapter;
let session: TargetSession;
let into: TargetContainer;

async function open(more: Record<string, unknown> = {}): Promise<void> {
  opened = await openNetframe(server, more);
  session = await opened.connect({ owner: { id: "eau", name: "eau", kind: "group", displayName: "Qualité de l'eau" }, name: "eau" }, "channels", SIGNAL);
}

async function shut(): Promise<void> {
  await session.close();
  await opened.close();
}

async function reopen(more: Record<string, unknown> = {}): Promise<void> {
  await shut();
  await open(more);
}

function message(id: string, html: string, more: Partial<ChatMessageRecord> = {}, parts: readonly BlobRef[] = []): Item {
  const record: ChatMessageRecord = {
    v: 1, type: "chat-message", messageId: id, kind: "message", author: { kind: "user", id: "u1", name: "Jean Martin" }, createdAt: "2025-03-03T13:05:00Z", importance: "normal", format: "html",
    mentions: [], reactions: [], attachments: [], hosted: [], ...more,
  };
  return { ...sampleItem("channels", id, record, blobs.add(html, ".html"), more.replyTo === undefined ? `canal/${id}` : `canal/${more.replyTo}/${id}`), parts };
}

function pictured(bytes: Buffer): Item {
  const blob = blobs.add(bytes, ".bin");
  return message("5", '<p><img src="https://graph.example/hostedContents/abc/$value" alt="courbe"></p>', { hosted: [{ id: "abc", sha256: blob.sha256, size: blob.size }] }, [blob]);
}

const card = (description: string): Item => sampleItem("channels", "Général", { v: 1, type: "conversation", form: "channel", name: "Général", description, archived: false, tabs: [] }, undefined);
const context = (item: Item, known?: TargetRef): ReturnType<typeof contextOf> => contextOf({ blobs, ledger, signal: SIGNAL }, item, PLACED, into, known);

async function put(item: Item, known?: TargetRef): Promise<Taken> {
  const result = taken(await session.put(item, context(item, known)));
  ledger.settle(into, result.ref, item);
  return result;
}

/** The mishap befalls the first request of that name alone. */
function once(name: string, mishap: Mishap | (() => Mishap)): () => number {
  let left = 1;
  server.mishap = (asked) => (asked === name && left-- > 0 ? (typeof mishap === "function" ? mishap() : mishap) : undefined);
  return () => left;
}

const reasons = ({ losses }: { readonly losses: readonly { readonly reason: string }[] }): string[] => losses.map(({ reason }) => reason);
/** What people read of a channel, without the line that says whose it was. */
const texts = (): string[] => server.store.contentsOf(Number(into.id)).map((content) => readBy(formatted(content, [SERVICE.id])).text.replace(/^.*réf\. o365-[a-z2-7]{16}\)\n+/, "").replace(/ réf\. o365-[a-z2-7]{16}/, ""));
const linked = (): string[] => [...server.store.posts.values()].flatMap(({ medias }) => medias.map((id) => server.store.medias.get(id)?.name ?? ""));

beforeAll(async () => {
  server = new EmulatedNetframe([SERVICE, OTHER], { [`${HOUSE.type}/${HOUSE.id}`]: 1, "project/3": 4 });
  await server.start();
});
afterAll(() => server.stop());
beforeEach(async () => {
  [server.mishap, server.largest, server.routes.full] = [() => undefined, 20 * 1024 * 1024, false];
  server.store.clear();
  ledger = new MemoryLedger();
  await open();
  into = await session.prepare(PLACED, undefined, SIGNAL);
  server.log.splice(0);
});
afterEach(async () => {
  await shut();
  expect([server.undescribed.splice(0), server.store.mails]).toEqual([[], []]);
});

describe("a channel at Netframe", () => {
  it("is private, of the group that is named, with its team's name; messages and answers are messages with author and date in the text, and nobody's phone rings", async () => {
    expect([...server.store.channels.values()]).toMatchObject([{ name: "Qualité de l'eau – Général", confidentiality: 0, profileType: "App\\House", profileId: HOUSE.id, description: expect.stringMatching(/^Repris de Microsoft Teams, Qualité de l'eau – Général \(réf\. o365-[a-z2-7]{16}\)$/) }]);
    const root = await put(message("1", "<p>Bonjour</p>", { subject: "Budget" }));
    const reply = await put(message("2", "<p>Oui</p>", { replyTo: "1", author: { kind: "user", name: "Zoé" } }));
    const [first, second] = server.store.contentsOf(Number(into.id));
    expect(first).toMatch(/^Message d'origine : Jean Martin, le 3 mars 2025 à 14:05 UTC\+1 \(Microsoft Teams, réf\. o365-[a-z2-7]{16}\)\n\nBudget\n\nBonjour$/);
    expect(second).toContain(`\nEn réponse au message réf. ${/o365-[a-z2-7]{16}/.exec(first ?? "")?.[0] ?? "?"}\n\nOui`);
    expect([reasons(root), reasons(reply)]).toEqual([["conversation.author-in-text", "conversation.date-in-text"], ["conversation.author-in-text", "conversation.date-in-text", "conversation.thread-flat"]]);
    expect(server.store.pushes).toEqual([]);
  });

  it.each([
    "a < b && c > d \"entre\" 'guillemets'", "<img src=x onerror=alert(1)>", "&lt;script&gt;alert(1)&lt;/script&gt; &amp;amp; &#39;", "@[Zoé](user:8) et @[Personne](999)", "#39 et <12> et https://x.example/?a=1&b=\"2\"",
  ])("shows %s as that text, with nothing of it live", async (text) => {
    const { ref } = await put(message("1", text, { format: "text" }));
    const [content = ""] = server.store.contentsOf(Number(into.id));
    const { text: shown, tags } = readBy(formatted(content, [SERVICE.id]));
    expect({ tags, shown: shown.split("\n\n").slice(1).join("\n\n").replace(/\u2060/g, "") }).toEqual({ tags: [], shown: text });
    expect((await session.verify(message("1", text, { format: "text" }), ref, context(message("1", text, { format: "text" }), ref))).state).toBe("same");
    await session.put(card(text), context(card(text)));
    const description = formatted(formatted([...server.store.channels.values()][0]?.description ?? "", [SERVICE.id]).replace(/<br \/>/g, ""), [SERVICE.id]);
    expect(readBy(description).tags).toEqual([]);
  });

  it("has pictures as files of the message; one of a kind that is not taken is not tried, and a too large one is named", async () => {
    const first = await put(pictured(PNG));
    expect([texts(), linked(), reasons(first).includes("conversation.picture-beside")]).toEqual([["[courbe]"], ["abc.png"], true]);
    expect((await put(pictured(PNG), first.ref)).outcome).toBe("unchanged");
    expect(reasons(await put(pictured(Buffer.from("II*\0TIFF")), first.ref))).toContain("conversation.picture-missing");
    expect(linked()).toEqual([]);
    server.largest = 900;
    expect(reasons(await put(pictured(Buffer.concat([PNG, Buffer.alloc(1_000)])), first.ref))).toContain("conversation.file-too-large");
    expect([texts(), linked()]).toEqual([["[courbe]"], []]);
  });

  it("is verified with its pictures: one that is gone, and one that somebody has added, are told by name", async () => {
    const { ref } = await put(pictured(PNG));
    const verdict = (): ReturnType<TargetSession["verify"]> => session.verify(pictured(PNG), ref, context(pictured(PNG), ref));
    expect(await verdict()).toEqual({ state: "same", fields: [] });
    const post = [...server.store.posts.values()][0] as StoredPost;
    const [own = 0] = post.medias;
    server.store.medias.set(9_999, { id: 9_999, user: OTHER.id, name: "autre.png", bytes: PNG, linked: 1 });
    for (const [medias, fields] of [
      [[own, 9_999], [{ field: "pictures", expected: "", found: "autre.png" }]],
      [[], [{ field: "pictures", expected: "abc.png", found: "" }]],
    ] as const) {
      post.medias = medias;
      await reopen();
      expect(await verdict()).toEqual({ state: "different", fields });
    }
  });

  it("keeps the beginning of what is longer than the column, and the whole as a file", async () => {
    const long = "été & ".repeat(9_000).trim();
    const result = await put(message("1", long, { format: "text" }));
    const [content = ""] = server.store.contentsOf(Number(into.id));
    const [media] = [...server.store.medias.values()];
    expect({ fits: Buffer.byteLength(content) <= 65_535, told: content.endsWith("(le texte entier est un fichier de ce message)"), whole: media?.bytes.toString().endsWith(long), loss: reasons(result).includes("conversation.long-text") }).toEqual({ fits: true, told: true, whole: true, loss: true });
    expect((await put(message("1", long, { format: "text" }), result.ref)).outcome).toBe("unchanged");
  });

  it("has a short name where the whole is too long, and characters that the column holds", async () => {
    const name = `🗳️ ${"Élections et scrutins ".repeat(4).trim()}`;
    const placed = { ...PLACED, id: "long", name, path: [name] };
    const made = await session.prepare(placed, undefined, SIGNAL);
    const channel = server.store.channels.get(Number(made.id));
    expect([[...(channel?.name ?? "")].length, channel?.description.includes("scrutins Élections"), reasons(made)]).toEqual([50, true, ["conversation.characters", "conversation.name-shortened"]]);
    expect((await session.prepare(placed, made.id, SIGNAL)).id).toBe(made.id);
  });

  it("is known again by a ledger that knows nothing, and what it holds is not sent again", async () => {
    const items = [message("1", "<p>Bonjour</p>"), message("2", "<p>Oui</p>", { replyTo: "1" }), pictured(PNG)];
    for (const item of items) await put(item);
    const before = [texts(), linked()];
    ledger = new MemoryLedger();
    await reopen();
    server.log.splice(0);
    expect(await session.prepare(PLACED, undefined, SIGNAL)).toMatchObject({ id: into.id, created: false });
    for (const item of items) expect((await put(item)).outcome).toBe("unchanged");
    // What is there is listed once: it shows that the mark is given back, too.
    expect((await put(message("9", "<p>Après</p>"))).outcome).toBe("created");
    const listed = server.log.filter((name) => name === "POST /channels/N").length;
    expect({ listed, texts: texts(), linked: linked(), writes: server.writes() }).toEqual({ listed: 1, texts: [...(before[0] ?? []), "Après"], linked: before[1], writes: ["POST /channels/post"] });
  });

  it("leaves others' messages alone, though they quote a mark, and is not removed with them", async () => {
    const { ref } = await put(message("1", "<p>Bonjour</p>"));
    const [ours] = [...server.store.posts.values()];
    server.store.posts.set(9_999, { ...(ours as StoredPost), id: 9_999, feed: 9_998, author: OTHER.id });
    await reopen();
    await session.remove({ id: "news/9999" }, into, SIGNAL);
    await session.remove(ref, into, SIGNAL);
    expect([...server.store.posts.keys()]).toEqual([9_999]);
    expect(await session.find(message("1", "<p>Bonjour</p>"), context(message("1", "")))).toBeUndefined();
    expect(await session.removeContainer(into.id, SIGNAL)).toBe(false);
  });
});

describe("an answer that is lost, or a session that ends, at any request", () => {
  const REQUESTS = ["POST /login", "GET /channels/edit", "GET /channels", "POST /channels/N", "POST /media/upload", "POST /channels/post", "POST /channels/delete-post/N", "GET /channels/N"];
  const WHOLE = [["Bonjour changé", "En réponse au message\n\nOui changé", "sans"], []];

  /** As the engine repeats a step whose error may pass. */
  const repeated: Again = (work) => retrying(work, { attempts: 2, signal: SIGNAL, wait: () => Promise.resolve() });

  /** All that the adapter does with messages. */
  async function run(again: Again = (work) => work()): Promise<unknown> {
    const root = await again(() => put(message("1", "<p>Bonjour</p>")));
    const reply = await again(() => put(message("2", "<p>Oui</p>", { replyTo: "1" })));
    const picture = await again(() => put(pictured(PNG)));
    await again(() => put(message("5", "<p>sans</p>"), picture.ref));
    await again(() => put(message("1", "<p>Bonjour changé</p>"), root.ref));
    await again(() => put(message("2", "<p>Oui changé</p>", { replyTo: "1" }), reply.ref));
    const gone = await again(() => put(message("6", "<p>En trop</p>")));
    await again(() => session.remove(gone.ref, into, SIGNAL));
    return [texts(), linked()];
  }

  it("comes to this where nothing happens, by each of these requests", async () => {
    await reopen();
    expect(await run()).toEqual(WHOLE);
    const asked = new Set(server.log);
    expect(REQUESTS.filter((name) => !asked.has(name))).toEqual([]);
  });

  it.each(REQUESTS)("%s: once each", async (name) => {
    for (const mishap of ["cut", "cut-after", "page"] as const) {
      server.mishap = () => undefined;
      server.store.posts.clear();
      ledger = new MemoryLedger();
      await reopen();
      const left = once(name, mishap);
      expect({ mishap, whole: await run(repeated) }).toEqual({ mishap, whole: WHOLE });
      expect(left()).toBeLessThan(1);
    }
  });

  it.each(REQUESTS)("%s: the session, or the form's token, has ended", async (name) => {
    for (const end of [() => server.endSessions(), () => server.changeTokens()]) {
      server.mishap = () => undefined;
      server.store.posts.clear();
      ledger = new MemoryLedger();
      await reopen();
      const left = once(name, () => {
        end();
        return undefined;
      });
      expect(await run()).toEqual(WHOLE);
      expect(left()).toBeLessThan(1);
    }
  });

  it.each(["POST /channels/edit", "POST /channels/edit/N", "GET /channels", "POST /login", "GET /channels/edit"])("%s: one channel", async (name) => {
    server.store.clear();
    await reopen();
    once(name, "cut-after");
    const placed = await session.prepare(PLACED, undefined, SIGNAL);
    once(name, { status: 503 });
    await session.prepare({ ...PLACED, name: "Annonces", path: ["Annonces"] }, placed.id, SIGNAL);
    expect([...server.store.channels.values()]).toMatchObject([{ id: Number(placed.id), name: "Qualité de l'eau – Annonces", confidentiality: 0 }]);
  });

  it("a server that goes and comes back", async () => {
    const { ref } = await put(message("1", "<p>Bonjour</p>"));
    await server.stop();
    expect((await thrownBy(() => put(message("2", "<p>Oui</p>")))).errorClass).toBe("retryable");
    await server.start();
    await put(message("2", "<p>Oui</p>"));
    expect([(await put(message("1", "<p>Bonjour</p>"), ref)).outcome, texts()]).toEqual(["unchanged", ["Bonjour", "Oui"]]);
  });
});

describe("what Netframe refuses", () => {
  it.each<[string, Mishap, string, string]>([
    ["a right that is missing", { status: 403 }, "TARGET_DENIED", "channels/post: HTTP 403"],
    ["a right that is missing at the second look", { json: { headers: {}, original: [], exception: null } }, "TARGET_DENIED", "channels/post: no post"],
    ["what the form's rules say", { json: { return_code: "error", errors: { content: ["Le texte est obligatoire"] }, post: { id: null } } }, "TARGET_REFUSED_ITEM", "channels/post: Le texte est obligatoire"],
    ["a channel that is gone", { status: 404 }, "TARGET_CONTAINER_MISSING", "channels/post: HTTP 404"],
    ["an instance whose subscription has ended", { status: 302, location: "/instance/subscription?cle=secret" }, "TARGET_DENIED", "channels/post: sent on to /instance/subscription"],
    ["a limit of rate before the product", { status: 429, retryAfter: 7 }, "TARGET_THROTTLED", "channels/post: HTTP 429"],
    ["a page of maintenance", "page", "TARGET_PASSING", "channels/post: no JSON"],
    ["maintenance", { status: 503 }, "TARGET_PASSING", "channels/post: HTTP 503"],
    ["a server in trouble", { status: 500 }, "TARGET_PASSING", "channels/post: HTTP 500"],
  ])("%s is told by name", async (_title, mishap, code, reason) => {
    server.mishap = (name) => (name === "POST /channels/post" ? mishap : undefined);
    const error = await thrownBy(() => put(message("1", "<p>Bonjour</p>")));
    expect({ code: error.code, reason: error.params["reason"], standing: server.store.posts.size }).toEqual({ code, reason, standing: 0 });
  });

  it("an exhausted quota, which is an empty answer, is no success: nothing is posted", async () => {
    server.routes.full = true;
    const error = await thrownBy(() => put(pictured(PNG)));
    expect([error.code, server.store.posts.size]).toEqual(["TARGET_QUOTA_FULL", 0]);
  });

  it("a channel with members is not written to, unless that is wished, since each gets every message on the phone", async () => {
    server.store.channels.get(Number(into.id))?.members.set(OTHER.id, 5);
    const error = await thrownBy(() => put(message("1", "<p>Bonjour</p>")));
    expect([error.code, error.params["reason"], server.store.posts.size]).toEqual(["TARGET_CONTAINER_REFUSED", expect.stringContaining("2 members"), 0]);
    await reopen({ notify: true });
    await put(message("1", "<p>Bonjour</p>"));
    expect([texts(), server.store.pushes]).toEqual([["Bonjour"], [{ channel: Number(into.id), users: [OTHER.id] }]]);
  });

  it("a channel that is closed, without its reference, or that the person was taken out of, gets no second one beside it", async () => {
    await put(message("1", "<p>Bonjour</p>"));
    const channel = server.store.channels.get(Number(into.id)) as StoredChannel;
    const { description, members } = channel;
    for (const change of [{ active: 0 }, { description: "La nôtre" }, { members: new Map([[OTHER.id, 1]]), confidentiality: 1 }]) {
      Object.assign(channel, { active: 1, description, members, confidentiality: 0 }, change);
      await reopen();
      expect([(await thrownBy(() => session.prepare(PLACED, into.id, SIGNAL))).code, server.store.channels.size]).toEqual(["TARGET_CONTAINER_MISSING", 1]);
    }
    server.store.channels.clear();
    await reopen();
    expect((await session.prepare(PLACED, into.id, SIGNAL)).created).toBe(true);
  });

  it("a channel that comes out public is not written to, in later runs neither, until somebody makes it private", async () => {
    server.store.clear();
    await reopen();
    const set = server.store.channels.set.bind(server.store.channels);
    server.store.channels.set = (id, made) => set(id, Object.assign(made, { confidentiality: 1 }));
    const refused = await thrownBy(() => session.prepare(PLACED, undefined, SIGNAL));
    server.store.channels.set = set;
    await reopen();
    const again = await thrownBy(() => session.prepare(PLACED, undefined, SIGNAL));
    expect([refused, again].map(({ code, params }) => [code, params["reason"]])).toEqual(Array(2).fill(["TARGET_CONTAINER_REFUSED", expect.stringContaining("is not private")]));
    const [channel] = [...server.store.channels.values()] as [StoredChannel];
    channel.confidentiality = 0;
    await reopen();
    into = await session.prepare(PLACED, undefined, SIGNAL);
    // Once it is known, its people may open it.
    channel.confidentiality = 1;
    await reopen();
    expect([server.store.channels.size, (await session.prepare(PLACED, into.id, SIGNAL)).id, channel.confidentiality]).toEqual([1, into.id, 1]);
  });

  it("a platform that does not give the mark back gets one message, and no second", async () => {
    const set = server.store.posts.set.bind(server.store.posts);
    server.store.posts.set = (id, stored) => set(id, Object.assign(stored, { content: stored.content.replace(/o365-/g, "") }));
    const error = await thrownBy(() => put(message("1", "<p>Bonjour</p>")));
    server.store.posts.set = set;
    expect([error.code, server.store.posts.size]).toEqual(["TARGET_MARK_LOST", 1]);
  });
});

describe("channels that the administrator made, and what doctor looks at", () => {
  it("get the messages and keep their names and descriptions; without a group no others are made", async () => {
    server.store.clear();
    const own: StoredChannel = { id: 42, maker: OTHER.id, name: "Eau", description: "La nôtre", confidentiality: 1, profileType: "App\\House", profileId: 5, active: 1, members: new Map([[SERVICE.id, 4]]) };
    server.store.channels.set(42, own);
    await reopen({ profiles: {}, channels: { eau: { "Général": 42 } } });
    into = await session.prepare(PLACED, undefined, SIGNAL);
    await put(message("1", "<p>Bonjour</p>"));
    expect(await session.put(card("Autre"), context(card("Autre")))).toEqual({ outcome: "skipped", code: "CONVERSATION_CARD" });
    expect([into.id, texts(), own.description, await session.removeContainer("42", SIGNAL), server.store.channels.size]).toEqual(["42", ["Bonjour"], "La nôtre", true, 1]);
    expect((await thrownBy(() => session.prepare({ ...PLACED, id: "autre", name: "Autre", path: ["Autre"] }, undefined, SIGNAL))).code).toBe("TARGET_CONTAINER_REFUSED");
    own.members.set(SERVICE.id, 5);
    await reopen({ channels: { eau: { "Général": 42 } } });
    expect((await thrownBy(() => session.prepare(PLACED, undefined, SIGNAL))).code).toBe("TARGET_CONTAINER_MISSING");
  });

  it("a team's group is found whatever the case of its name, and each team is named once", async () => {
    await reopen({ profiles: { EAU: `${HOUSE.type}/${HOUSE.id}` } });
    expect((await session.prepare(PLACED, undefined, SIGNAL)).id).toMatch(/^\d+$/);
    await expect(open({ profiles: { EAU: "house/1", eau: "house/2" } })).rejects.toThrow("are one and the same");
  });

  it.each<[string, Record<string, unknown>, boolean, string]>([
    ["says that it is brittle, and that members come last", {}, true, "brittle: true"],
    ["says loudly that members are written to", { notify: true }, true, "NOTIFY EST ACTIF"],
    ["tells a group in which the person's role is too low", { profiles: { "*": "project/3" } }, false, "project/3"],
    ["tells a channel that is not there", { channels: { eau: { "*": 4_242 } } }, false, "4242"],
  ])("%s", async (_title, more, ok, words) => {
    await reopen(more);
    server.log.splice(0);
    const checks = [];
    for await (const check of opened.check(SIGNAL)) checks.push(check);
    expect(checks).toMatchObject([{ ok, message: expect.stringContaining(words) }]);
    expect(server.writes()).toEqual([]);
  });

  it("tells a refused sign-in in the page's words, without the password, and another host than the instance's", async () => {
    await shut();
    opened = await adapter.create(adapter.options.parse({ url: server.url, user: SERVICE.email, password: "env:PASSWORD", brittle: true }), testEnvironment("netframe", { "env:PASSWORD": "falsch" }));
    session = await opened.connect({ owner: { id: "eau", name: "eau", kind: "group", displayName: "Eau" }, name: "eau" }, "channels", SIGNAL);
    const error = await thrownBy(() => session.prepare(PLACED, undefined, SIGNAL));
    expect([error.code, error.params["reason"], JSON.stringify(error.params).includes("falsch")]).toEqual(["TARGET_CREDENTIAL", "login: Erreur de mot de passe", false]);
    once("POST /login", "page");
    const passing = await thrownBy(() => put(message("1", "<p>Bonjour</p>")));
    expect([passing.code, passing.params["reason"]]).toEqual(["TARGET_PASSING", "login: not the product's page"]);
    once("POST /login", { status: 302, location: "https://commune.netframe.example/workspace" });
    expect((await thrownBy(() => session.prepare(PLACED, undefined, SIGNAL))).params["reason"]).toContain("commune.netframe.example/workspace");
  });

  it("is refused by the configuration unless it says that it knows, and where two teams share a channel", () => {
    const shared = adapter.options.safeParse({ url: server.url, user: SERVICE.email, password: "env:P", brittle: true, channels: { eau: { "*": 42, "Général": 42 }, voirie: { "*": 42 } } });
    expect(shared.error?.issues[0]?.message).toContain("one team's");
    expect(adapter.options.safeParse({ url: server.url, user: SERVICE.email, password: "env:P" }).error?.issues[0]?.message).toContain("brittle: true");
  });
});
