import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "@jest/globals";
import { adapter } from "../../adapters/jalios/index.js";
import { markOf } from "../../src/convert/message/origin.js";
import type { Adapter, TargetContainer, TargetRef, TargetSession } from "../../src/core/adapter.js";
import type { Item, PlacedContainer } from "../../src/core/item.js";
import type { CheckResult } from "../../src/core/source.js";
import type { ChatMessageRecord } from "../../src/format/records.js";
import { thrownBy } from "../../src/kit/conformance/expectations.js";
import { contextOf, MemoryBlobs, MemoryLedger, sampleOwner } from "../../src/kit/conformance/harness.js";
import { sampleItem } from "../../src/kit/conformance/sample-item.js";
import { collected } from "../../src/lib/collected.js";
import { EmulatedJalios, type Mishap } from "../emulators/jalios/server.js";
import { testEnvironment } from "../environment.js";
import { KEY, MEMBER } from "../jalios.js";
import { taken, type Taken } from "../taken.js";

const SIGNAL = new AbortController().signal;
const ZOE = { id: "j_8", login: "zoe", email: "zoe@commune.example", fullName: "Zoé Müller" };
const [EAU, RESTE] = ["j_20", "j_21"];
const channel = (name: string, role?: "root"): PlacedContainer => ({ workload: "channels", owner: "team", id: `19:${name}`, name, path: [name], ...(role === undefined ? {} : { role }) });
const GENERAL = channel("Général");
const server = new EmulatedJalios(KEY, MEMBER, ZOE);
const { store } = server;
const TYPES = server.types;
const blobs = new MemoryBlobs();
let ledger = new MemoryLedger();
let opened: Adapter;
let session: TargetSession;
let into: TargetContainer;

const optionsOf = (more: Record<string, unknown> = {}): unknown => ({
  untried: true, openapi: { url: server.url, key: "env:KEY", workspaces: { "qualite-eau": { général: EAU, "*": RESTE, Perdu: "j_404" } }, searchWait: 0.1, ...more },
});

async function open(more: Record<string, unknown> = {}, key = KEY): Promise<void> {
  opened = await adapter.create(adapter.options.parse(optionsOf(more)), { ...testEnvironment("plateforme", { "env:KEY": `${key}\n` }), lang: "fr" });
  session = await opened.connect({ owner: sampleOwner("qualite-eau"), name: "qualite-eau" }, "channels", SIGNAL);
}

async function reopen(more: Record<string, unknown> = {}): Promise<void> {
  await session.close();
  await opened.close();
  await open(more);
  into = await session.prepare(GENERAL, undefined, SIGNAL);
}

function message(messageId: string, text: string, told: Partial<ChatMessageRecord> = {}): Item<ChatMessageRecord> {
  const record: ChatMessageRecord = {
    v: 1, type: "chat-message", messageId, kind: "message", author: { kind: "user", name: "Zoé Müller", address: "zoe@commune.example" }, createdAt: "2026-01-12T07:58:04Z", importance: "normal", format: "html",
    mentions: [], reactions: [], attachments: [], hosted: [], ...told,
  };
  const id = [GENERAL.id, ...(record.replyTo === undefined ? [] : [record.replyTo]), messageId].join("/");
  return { ...sampleItem("channels", text, record, blobs.add(text, ".html"), id), container: GENERAL.id };
}

const context = (item: Item, known?: TargetRef): ReturnType<typeof contextOf> => contextOf({ blobs, ledger, signal: SIGNAL }, item, GENERAL, into, known);

async function put(item: Item, known?: TargetRef): Promise<Taken> {
  const result = taken(await session.put(item, context(item, known)));
  ledger.settle(into, result.ref, item);
  return result;
}

const find = (item: Item, known?: TargetRef): Promise<TargetRef | undefined> => session.find(item, context(item, known));
/** Texts without their first lines, by thread. */
const standing = (): string[][] => store.threads().map((texts) => texts.map((text) => text.replace(/<[^>]*>/g, " ").replace(/.*Microsoft Teams.*?\)/, "").trim()));
/** Befalls the first request of that name alone. */
function once(name: string, mishap: Mishap): void {
  let left = 1;
  server.mishap = (asked) => (asked === name && left-- > 0 ? mishap : undefined);
}

beforeAll(async () => {
  await server.start();
  for (const [id, name] of [[EAU, "Eau"], [RESTE, "Reste"]] as const) store.workspaces.set(id, name);
});
afterAll(() => server.stop());
beforeEach(async () => {
  store.contents.clear();
  Object.assign(server, { mishap: () => undefined, keeps: (text: string) => text, lag: 0, readFilter: true, writeFilter: true, locates: false, takesAuthor: true, administrator: true, types: TYPES });
  ledger = new MemoryLedger();
  await open();
  into = await session.prepare(GENERAL, undefined, SIGNAL);
  server.log.splice(0);
});
afterEach(async () => {
  await session.close();
  await opened.close();
  expect([server.undescribed.splice(0), store.activities.splice(0)]).toEqual([[], []]);
});

describe("a channel at JPlatform", () => {
  it("is contents of its workspace with comments, author and date in the text, and no line in anybody's activities", async () => {
    const root = await put(message("1", "<p>Turbidité : <b>2</b> NFU</p>", { subject: "Captage" }));
    const reply = await put(message("2", "<p>J'y vais &amp; vite</p>", { replyTo: "1", createdAt: "2026-07-01T10:00:00Z" }));
    const [article] = store.of("Article", EAU);
    const [comment] = store.of("DBComment", EAU);
    expect(article?.fields).toEqual({ title: "Captage", content: expect.stringMatching(/^<p><em>Message d&#39;origine : Zoé Müller, le 12 janvier 2026 à 08:58 UTC\+1 \(Microsoft Teams, canal Général, réf\. o365-[a-z2-7]{16}\)<\/em><\/p><p>Turbidité : <b>2<\/b> NFU<\/p>$/) });
    expect(comment?.fields).toEqual({ targetContent: article?.id, description: expect.stringMatching(/^Message d'origine : Zoé Müller, le 1er juillet 2026 à 12:00 UTC\+2 \(Microsoft Teams, canal Général, réf\. o365-\w+\)\n+J'y vais & vite$/) });
    expect([root.ref.id, reply.ref.id]).toEqual([`root/${article?.id ?? ""}`, `reply/${comment?.id ?? ""}`]);
    expect([root, reply].map(({ losses }) => losses.map(({ reason }) => reason))).toEqual([["conversation.author-in-text", "conversation.date-in-text"], ["conversation.author-in-text", "conversation.date-in-text"]]);
    expect((await session.verify(message("2", "<p>J'y vais &amp; vite</p>", { replyTo: "1", createdAt: "2026-07-01T10:00:00Z" }), reply.ref, context(message("2", "", { replyTo: "1" })))).state).toBe("same");
  });

  it("keeps a reply whose first message is missing as a content, and says so, in later runs too", async () => {
    const item = message("2", "<p>Oui</p>", { replyTo: "1" });
    const { ref, losses } = await put(item);
    await put(message("1", "<p>Tard</p>"));
    const again = await put(message("2", "<p>Oui, changé</p>", { replyTo: "1" }), ref);
    expect([losses, again.losses].map((all) => all.some(({ reason }) => reason === "conversation.thread-missing"))).toEqual([true, true]);
    expect([again.outcome, standing()]).toEqual(["updated", [["Oui, changé"], ["Tard"]]]);
  });

  it("is known again by a ledger that knows nothing, and what it holds is not sent again", async () => {
    const items = [message("1", "<p>Bonjour</p>"), message("2", "<p>Oui</p>", { replyTo: "1" }), message("3", "<p>Seul</p>", { replyTo: "9" })];
    for (const item of items) await put(item);
    ledger = new MemoryLedger();
    await reopen();
    server.writes();
    for (const item of items) expect((await put(item)).outcome).toBe("unchanged");
    expect([standing(), server.writes()]).toEqual([[["Bonjour", "Oui"], ["Seul"]], []]);
  });

  it("is changed in silence: the date of change and who made it stay", async () => {
    const { ref } = await put(message("1", "<p>Avant</p>"));
    const [before] = [...store.contents.values()].map((one) => ({ ...one }));
    expect((await put(message("1", "<p>Après</p>", { editedAt: "2026-02-01T00:00:00Z" }), ref)).outcome).toBe("updated");
    const [after] = [...store.contents.values()];
    expect([standing(), after?.mdate, after?.opAuthor]).toEqual([[["Après   (modifié)"]], before?.mdate, before?.opAuthor]);
  });

  it("has its authors as authors where they are members and it is asked for, and dates in the form that was found out", async () => {
    await reopen({ authors: true, dates: "dd/MM/yyyy HH:mm" });
    const taken = await put(message("1", "<p>Bonjour</p>"));
    const nobody = await put(message("2", "<p>Oui</p>", { replyTo: "1", author: { kind: "user", name: "Luc", address: "luc@commune.example" } }));
    server.takesAuthor = false;
    const refused = await put(message("3", "<p>Non</p>"));
    expect([...store.contents.values()].map(({ author, fields }) => [author, fields["pdate"]])).toEqual([[ZOE.id, "12/01/2026 08:58"], [MEMBER.id, "12/01/2026 08:58"], [MEMBER.id, "12/01/2026 08:58"]]);
    expect([taken, nobody, refused].map(({ losses }) => losses.some(({ reason }) => reason === "conversation.author-in-text"))).toEqual([false, true, true]);
    // Her own content: found again although the key's member is not its author, and somebody else changed it.
    const [hers] = store.of("Article");
    Object.assign(hers ?? {}, { opAuthor: "j_99" });
    expect(await find(message("1", "<p>Bonjour</p>"))).toEqual({ id: `root/${hers?.id ?? ""}` });
    expect(server.log.filter((name) => name === "GET search/member")).toHaveLength(2);
  });

  it("is not mistaken for what others wrote, though they quote a reference", async () => {
    const item = message("1", "<p>Bonjour</p>");
    const quote = { type: "Article", ws: EAU, author: ZOE.id, opAuthor: ZOE.id, cdate: new Date(), mdate: new Date(), shown: 0, fields: { title: "Citation", content: `voir ${markOf(item.key)}` } };
    for (let at = 0; at < 120; at += 1) store.contents.set(`c_${at}`, { ...quote, id: `c_${at}` });
    expect((await put(item)).outcome).toBe("created");
    // Ours is the last of three pages.
    expect(await find(item)).toEqual({ id: `root/${[...store.contents.keys()].at(-1) ?? ""}` });
  });

  it("holds the same for people although the platform changes tags, and another text is told", async () => {
    server.keeps = (text) => text.replace(/<\/?em>/g, "").replace(/<p>/g, '<p class="j">');
    const item = message("1", "<p>L'eau &amp; le <b>feu</b></p>");
    const { ref } = await put(item);
    expect([(await session.verify(item, ref, context(item))).state, (await put(item, ref)).outcome]).toEqual(["same", "unchanged"]);
    expect((await session.verify(message("1", "<p>Autre</p>"), ref, context(item))).fields.map(({ field }) => field)).toEqual(["title", "content"]);
  });

  it("is settled though the platform alters what people see, by a ledger that knows nothing too; another text that comes to nothing is told", async () => {
    server.keeps = (text) => text.replace(/feu|bois/, "···");
    const item = message("1", "<p>Eau et feu</p>");
    await put(item);
    ledger = new MemoryLedger();
    await reopen();
    once("POST data/<id>", "page");
    expect((await thrownBy(() => put(item))).code).toBe("TARGET_PASSING");
    const { outcome, ref } = await put(item);
    expect([outcome, (await put(item, ref)).outcome, standing()]).toEqual(["unchanged", "unchanged", [["Eau et ···"]]]);
    expect((await session.verify(item, ref, context(item, ref))).fields.map(({ field }) => field)).toEqual(["title", "content"]);
    expect((await thrownBy(() => put(message("1", "<p>Eau et bois</p>"), ref))).code).toBe("TARGET_PASSING");
  });

  it("is verified with its thread", async () => {
    const first = await put(message("1", "<p>Un</p>"));
    await put(message("3", "<p>Trois</p>"));
    const reply = message("2", "<p>Oui</p>", { replyTo: "1" });
    const { ref } = await put(reply);
    expect(await session.verify(reply, ref, context(reply, ref))).toEqual({ state: "same", fields: [] });
    const [comment] = store.of("DBComment", EAU);
    const [target = "", other = ""] = store.of("Article", EAU).map(({ id }) => id);
    if (comment !== undefined) comment.fields["targetContent"] = other;
    expect([first.ref.id, await session.verify(reply, ref, context(reply, ref))]).toEqual([`root/${target}`, { state: "different", fields: [{ field: "replyTo", expected: target, found: other }] }]);
  });

  it("stays when it is deleted at the source: nothing is removed but what is gone already", async () => {
    const { ref } = await put(message("1", "<p>Bonjour</p>"));
    expect((await thrownBy(() => session.remove(ref, into, SIGNAL))).code).toBe("TARGET_CANNOT_REMOVE");
    store.contents.clear();
    await session.remove(ref, into, SIGNAL);
    expect(await session.removeContainer(into.id, SIGNAL)).toBe(false);
  });
});

describe("an answer that is lost", () => {
  const POSTS = ["POST data/Article", "POST data/DBComment"];
  const send = async (name: string): Promise<unknown> => {
    if (name === "POST data/Article") return put(message("1", "<p>Bonjour</p>"));
    await put(message("1", "<p>Bonjour</p>"));
    return put(message("2", "<p>Oui</p>", { replyTo: "1" }));
  };
  const arrived = (name: string): number => store.of(name.slice("POST data/".length)).length;

  it.each(POSTS)("%s: what did arrive is found, what did not is named with its reference, and neither is sent again", async (name) => {
    const ends: Record<string, unknown> = {};
    for (const mishap of ["cut", "cut-after", "page", { status: 500 }, { status: 502, body: "<html>" }, { status: 504 }, { status: 302 }] as const) {
      store.contents.clear();
      ledger = new MemoryLedger();
      await reopen();
      once(name, mishap);
      const error = await send(name).then(() => undefined, (thrown: { code: string; params: { reason: string } }) => thrown);
      const title = typeof mishap === "string" ? mishap : `HTTP ${mishap.status}`;
      ends[title] = [error?.code, arrived(name), /ref\. o365-[a-z2-7]{16}$/.test(error?.params.reason ?? "")];
      // The next run asks again, and still does not send.
      const item = name === POSTS[0] ? message("1", "<p>Bonjour</p>") : message("2", "<p>Oui</p>", { replyTo: "1" });
      await reopen();
      expect([title, await find(item).then((ref) => ref?.id, (thrown: { code: string }) => thrown.code)]).toEqual([title, error === undefined ? expect.stringMatching(/^(root|reply)\/c_/) : "TARGET_UNSURE"]);
    }
    const doubt = ["TARGET_UNSURE", 0, true];
    expect(ends).toEqual({ cut: doubt, "cut-after": [undefined, 1, false], page: doubt, "HTTP 500": doubt, "HTTP 502": doubt, "HTTP 504": doubt, "HTTP 302": doubt });
  });

  it.each(["GET search", "GET data/<id>", "POST data/<id>"])("%s: asked again, and once each", async (name) => {
    for (const mishap of ["cut", "cut-after", { status: 503 }] as const) {
      store.contents.clear();
      await reopen();
      const run = async (again: (work: () => Promise<unknown>) => Promise<unknown>): Promise<void> => {
        await again(() => put(message("1", "<p>Avant</p>")));
        await again(() => put(message("1", "<p>Après</p>"), { id: `root/${[...store.contents.keys()][0] ?? ""}` }));
      };
      once(name, mishap);
      await run((work) => work().catch(() => work()));
      expect([mishap, standing()]).toEqual([mishap, [["Après"]]]);
    }
  });

  it("is none where no connection was made, and a server that is back gets what is missing", async () => {
    await server.stop();
    expect((await thrownBy(() => put(message("1", "<p>Bonjour</p>")))).code).toBe("TARGET_CONNECTION");
    await server.start();
    await put(message("1", "<p>Bonjour</p>"));
    expect(standing()).toEqual([["Bonjour"]]);
  });

  it("is a doubt whatever the search says afterwards: the server is gone, or refuses", async () => {
    for (const then of [{ status: 401 }, { status: 503 }, "cut"] as const) {
      store.contents.clear();
      await reopen();
      let sent = false;
      server.mishap = (name) => {
        const befalls = sent ? then : undefined;
        sent ||= name === "POST data/Article";
        return befalls;
      };
      const error = await thrownBy(() => put(message("1", "<p>Bonjour</p>")));
      server.mishap = () => undefined;
      expect([error.code, standing()]).toEqual(["TARGET_UNSURE", [["Bonjour"]]]);
      await reopen();
      expect((await find(message("1", "<p>Bonjour</p>")))?.id).toMatch(/^root\//);
    }
  });

  it("of a change that a page answers is told, since it stands unchanged", async () => {
    const { ref } = await put(message("1", "<p>Avant</p>"));
    once("POST data/<id>", "page");
    expect((await thrownBy(() => put(message("1", "<p>Après</p>"), ref))).code).toBe("TARGET_PASSING");
    expect([(await put(message("1", "<p>Après</p>"), ref)).outcome, standing()]).toEqual(["updated", [["Après"]]]);
  });
});

describe("a search that is late", () => {
  it("is waited for", async () => {
    await reopen({ searchWait: 5 });
    server.lag = 700;
    expect((await put(message("1", "<p>Bonjour</p>"))).outcome).toBe("created");
  });

  it("beyond the wait is a doubt that the next run settles; nothing more is sent meanwhile, and answers wait", async () => {
    server.lag = 400;
    const [item, reply, other] = [message("1", "<p>Bonjour</p>"), message("2", "<p>Oui</p>", { replyTo: "1" }), message("3", "<p>Autre</p>")];
    const error = await thrownBy(() => put(item));
    expect([error.code, error.params["reason"]]).toEqual(["TARGET_UNSURE", expect.stringMatching(/^POST data\/Article: HTTP 201, not shown by the search, ref\. o365-/)]);
    expect((await thrownBy(() => put(reply))).code).toBe("TARGET_THREAD_IN_DOUBT");
    const late = await thrownBy(() => put(other));
    expect([late.code, late.errorClass, standing()]).toEqual(["TARGET_SEARCH_LATE", "fatal-config", [["Bonjour"]]]);
    await reopen({ searchWait: 2 });
    const ref = await find(item);
    expect((await put(item, ref)).outcome).toBe("unchanged");
    await put(reply);
    await put(other);
    expect(standing()).toEqual([["Bonjour", "Oui"], ["Autre"]]);
  });

  it("holds answers back though the question for their first message fails, until it is settled in the same session", async () => {
    server.lag = 60_000;
    const [item, reply] = [message("1", "<p>Bonjour</p>"), message("2", "<p>Oui</p>", { replyTo: "1" })];
    await thrownBy(() => put(item));
    await reopen({ authors: true });
    once("GET search/member", { status: 503 });
    expect((await thrownBy(() => find(item))).code).toBe("TARGET_PASSING");
    expect((await thrownBy(() => put(reply))).code).toBe("TARGET_THREAD_IN_DOUBT");
    for (const content of store.contents.values()) content.shown = 0;
    expect(await find(item)).toEqual({ id: expect.stringMatching(/^root\//) });
    server.lag = 0;
    await put(reply);
    expect(standing()).toEqual([["Bonjour", "Oui"]]);
  });

  it("that has shown something else before stops nothing", async () => {
    await put(message("0", "<p>Vu</p>"));
    server.lag = 60_000;
    expect((await thrownBy(() => put(message("1", "<p>Bonjour</p>")))).code).toBe("TARGET_UNSURE");
    server.lag = 0;
    expect((await put(message("3", "<p>Autre</p>"))).outcome).toBe("created");
  });

  it("is not needed where 201 names the new content, which is looked at", async () => {
    [server.lag, server.locates] = [60_000, true];
    expect((await put(message("1", "<p>Bonjour</p>"))).outcome).toBe("created");
  });

  it("leaves what it never shows to whoever has looked: sent, or told where it is", async () => {
    server.lag = 60_000;
    const item = message("1", "<p>Bonjour</p>");
    await thrownBy(() => put(item));
    const [id = ""] = [...store.contents.keys()];
    await reopen();
    expect((await thrownBy(() => find(item))).code).toBe("TARGET_UNSURE");
    await reopen({ unsure: { [markOf(item.key)]: id } });
    expect(await find(item)).toEqual({ id: `root/${id}` });
    await reopen({ unsure: { [markOf(item.key)]: EAU } });
    expect((await thrownBy(() => find(item))).code).toBe("TARGET_UNSURE");
    await reopen({ unsure: "send" });
    expect([await find(item), await find(item, { id: "root/c_9" })]).toEqual([undefined, { id: "root/c_9" }]);
  });

  it("does not bring back what is gone", async () => {
    const { ref } = await put(message("1", "<p>Bonjour</p>"));
    const gone = [...store.contents.values()][0];
    store.contents.clear();
    if (gone !== undefined) store.contents.set("c_index", { ...gone, id: "c_index" });
    server.mishap = (name) => (name === "GET data/<id>" && store.contents.has("c_index") ? { status: 404 } : undefined);
    const error = await thrownBy(() => put(message("1", "<p>Bonjour</p>"), ref));
    expect([error.code, store.of("Article")]).toEqual(["TARGET_UNSURE", [expect.anything(), expect.anything()]]);
  });
});

describe("what JPlatform refuses", () => {
  it.each<[string, Mishap, string, string]>([
    ["a form that is wrong", { status: 400, body: "<error><code>400</code><message>title : champ &amp; obligatoire</message></error>" }, "TARGET_REFUSED_ITEM", "HTTP 400: 400: title : champ & obligatoire"],
    ["no right in this workspace", { status: 403 }, "TARGET_OPEN_API_WRITE", "HTTP 403: 403: mishap"],
    ["a key that is over", { status: 401 }, "TARGET_OPEN_API", "HTTP 401: 401: mishap"],
    ["too large a text, by something before it", { status: 413, body: "<html>413</html>" }, "TARGET_REFUSED_ITEM", "HTTP 413: an HTML page"],
    ["too many requests", { status: 429, retryAfter: 7 }, "TARGET_THROTTLED", "HTTP 429: 429: mishap"],
    ["maintenance", { status: 503, body: "<!DOCTYPE html>" }, "TARGET_PASSING", "HTTP 503: an HTML page"],
    ["a wait", { status: 503, retryAfter: 3, body: '{"status":"later"}' }, "TARGET_THROTTLED", "HTTP 503: later"],
  ])("%s is told in its own words, and nothing was sent", async (_title, mishap, code, reason) => {
    server.mishap = (name) => (name === "POST data/Article" ? mishap : undefined);
    const error = await thrownBy(() => put(message("1", "<p>Bonjour</p>")));
    expect({ code: error.code, reason: error.params["reason"], standing: standing() }).toEqual({ code, reason: `POST data/Article: ${reason}`, standing: [] });
    expect(JSON.stringify([error.message, error.params, error.describe("fr")])).not.toContain(KEY);
  });

  it("an address by its filters is told with both of them, before a word is written", async () => {
    server.readFilter = false;
    await session.close();
    await opened.close();
    await open();
    const reading = await thrownBy(() => session.prepare(GENERAL, undefined, SIGNAL));
    expect([reading.code, reading.remedy("fr").includes("rest.readaccess.ipfilter")]).toEqual(["TARGET_OPEN_API", true]);
    [server.readFilter, server.writeFilter] = [true, false];
    const writing = await thrownBy(() => put(message("1", "<p>Bonjour</p>")));
    expect([writing.code, writing.remedy("en").includes("rest.writeaccess.ipfilter"), standing()]).toEqual(["TARGET_OPEN_API_WRITE", true, []]);
  });

  it("a maintenance page where contents were asked for passes", async () => {
    server.mishap = () => "page";
    const error = await thrownBy(() => put(message("1", "<p>Bonjour</p>")));
    expect([error.code, error.params["reason"]]).toEqual(["TARGET_PASSING", expect.stringContaining("an HTML page")]);
  });

  it("a channel without a workspace, or with one that is not there, is refused by name", async () => {
    expect((await thrownBy(() => session.prepare(channel("Perdu"), undefined, SIGNAL))).params["reason"]).toBe("workspaces: j_404");
    const other = await opened.connect({ owner: sampleOwner("voirie"), name: "voirie" }, "channels", SIGNAL);
    const error = await thrownBy(() => other.prepare(GENERAL, undefined, SIGNAL));
    expect([error.code, error.params["container"], (await other.prepare(channel("", "root"), undefined, SIGNAL)).created]).toEqual(["TARGET_NO_WORKSPACE", "voirie/Général", false]);
    await other.close();
  });
});

describe("doctor", () => {
  const told = async (more: Record<string, unknown> = {}): Promise<CheckResult[]> => {
    await session.close();
    await opened.close();
    await open(more);
    return collected(opened.check(SIGNAL));
  };
  const failed = (results: readonly CheckResult[]): string[] => results.filter(({ ok }) => !ok).map(({ code, message, advice }) => `${code} ${message} ${advice ?? ""}`);

  it("looks at the key, types, modules and workspaces, writes nothing, and says that nobody has tried it", async () => {
    const results = await told({ workspaces: { "qualite-eau": { "*": EAU } } });
    expect(failed(results)).toEqual([]);
    expect(results.map(({ code }) => code).filter((code) => code !== "PART_ABSENT")).toEqual(["STATED", "JALIOS_KEY", "JALIOS_TYPES", "JALIOS_MODULES", "JALIOS_WORKSPACES"]);
    expect(results[0]?.message).toMatch(/^untried: .*non essayé sur une vraie plateforme/);
    expect([results[1]?.message, server.writes()]).toEqual([`la clé est celle de ${MEMBER.fullName} (${MEMBER.id})`, []]);
  });

  it.each<[string, () => void, Record<string, unknown>, RegExp]>([
    ["a type that is not there", () => undefined, { root: { type: "BlogPost" } }, /^TARGET_TYPE_MISSING .*types\/BlogPost: HTTP 404/],
    ["a field that the type does not have", () => (server.types = { ...TYPES, DBComment: ["description"] }), {}, /^TARGET_TYPE_MISSING .*types\/DBComment: targetContent .*<site>\/rest\/types/],
    ["a filter", () => (server.readFilter = false), {}, /^TARGET_OPEN_API .*Accès interdit depuis cette adresse.*rest\.readaccess\.ipfilter/],
    ["a workspace that is not there", () => undefined, {}, /^TARGET_CONTAINER_MISSING .*j_404/],
    ["a server that says nothing", () => (server.mishap = () => "silence"), { timeout: 1 }, /^TARGET_SILENT /],
    ["a maintenance page", () => (server.mishap = () => "page"), {}, /^TARGET_PASSING .*an HTML page/],
  ])("tells %s, with what to do, and stops there", async (_title, arrange, more, expected) => {
    arrange();
    expect(failed(await told(more))).toEqual([expect.stringMatching(expected)]);
  });

  it("tells an address that has no Open API below it, by the key's code and remedy", async () => {
    server.mishap = () => ({ status: 404, body: "<html>404</html>" });
    expect(failed(await told())).toEqual([expect.stringMatching(/^TARGET_OPEN_API .*GET WhoAmI: HTTP 404: an HTML page.*`url`/)]);
    await session.close();
    await opened.close();
    await open();
    expect((await thrownBy(() => session.prepare(GENERAL, undefined, SIGNAL))).code).toBe("TARGET_OPEN_API");
  });

  it("goes on where modules are not shown to the key, and asks no more after a refused key", async () => {
    server.administrator = false;
    expect((await told({ workspaces: {} })).find(({ code }) => code === "JALIOS_MODULES")?.message).toContain("à la main");
    await session.close();
    await opened.close();
    await open({}, "autre");
    server.log.splice(0);
    expect([failed(await collected(opened.check(SIGNAL))).map((line) => line.split(" ")[0]), server.log]).toEqual([["TARGET_OPEN_API"], ["GET WhoAmI"]]);
  });
});

it("is refused without the word that nobody has tried it", () => {
  const { untried: _left, ...rest } = optionsOf() as Record<string, unknown>;
  expect(adapter.options.safeParse(rest).error?.issues[0]?.message).toContain("untried: true");
  expect(adapter.options.safeParse(optionsOf({ dates: "yyyy-MM-dd'T'HH:mm" })).success).toBe(true);
  expect(adapter.options.safeParse(optionsOf({ dates: "YYYY" })).success).toBe(false);
});
