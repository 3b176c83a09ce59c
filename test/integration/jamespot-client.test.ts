import { spawnSync } from "node:child_process";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, it } from "@jest/globals";
import { EmulatedJamespot } from "../emulators/jamespot/server.js";
import { SERVICE } from "../jamespot.js";

const INSTALLER = fileURLToPath(new URL("../../fixtures/jamespot/jamespot", import.meta.url));
const asked = spawnSync(INSTALLER, ["path"], { encoding: "utf8" });
const there = asked.status === 0;
if (!there && process.env["CI"] === "true") throw new Error("Jamespot's client is not installed: fixtures/jamespot/jamespot install");

interface Wrapper<T> { readonly o: string; readonly f: string; readonly error: number; readonly result: T }
type Ask<T = unknown> = (...args: readonly unknown[]) => Promise<Wrapper<T>>;
interface Named { readonly id: number; readonly uri: string }
interface Paged { readonly cnt: number; readonly data: readonly unknown[] }
interface Schema { parse(value: unknown): unknown }
/** What of the package's exports is used. */
interface ClientModule {
  readonly Network: new (window: object) => { token(): Promise<Wrapper<string>> };
  readonly JamespotUserApi: new (network: object) => {
    readonly network: { token(): Promise<Wrapper<string>> };
    readonly user: { signIn: Ask<Named> };
    readonly group: { create: Ask<Named>; update: Ask; getSpot: Ask; list: Ask<Paged>; getCategories: Ask<readonly unknown[]>; objectListSpotArticles: Ask<Paged> };
    readonly article: { create: Ask<readonly Named[]>; get: Ask; update: Ask; delete: Ask<boolean>; addComment: Ask<Named>; getComments: Ask<readonly unknown[]>; getComment: Ask; updateComment: Ask; deleteComment: Ask };
    readonly file: { upload(config: object): Promise<{ readonly response: Wrapper<Named>; readonly token: string }>; deleteFile: Ask };
  };
  readonly [schema: `${string}Schema`]: Schema;
}

/** As Jamespot/jamespot-langchain-tools@957c860, src/utils/WindowNode.ts: the cookie and the referer that a browser would send. */
class WindowNode {
  #cookie = "";
  limited = 0;
  constructor(private readonly url: string) {}
  getBackendUrl = (): Promise<string> => Promise.resolve(this.url);
  tooManyRequest = (): void => { this.limited += 1; };
  fetch = async (url: string, init: RequestInit = {}): Promise<Response> => {
    const answer = await fetch(url, { ...init, headers: { referer: `${this.url}/ng/wall`, ...(this.#cookie === "" ? {} : { cookie: this.#cookie }) } });
    const set = answer.headers.getSetCookie();
    if (set.length > 0) this.#cookie = set.map((one) => one.replace(/;.*$/s, "").trim()).join("; ");
    return answer;
  };
}

(there ? describe : describe.skip)(there ? "Jamespot's own client against the emulated platform" : "Jamespot's own client (skipped: not installed, run fixtures/jamespot/jamespot install)", () => {
  const server = new EmulatedJamespot([SERVICE]);
  const window = (): WindowNode => new WindowNode(server.url);
  let module: ClientModule;
  let api: InstanceType<ClientModule["JamespotUserApi"]>;
  let own: WindowNode;

  /** By the package's own description of the answer. */
  const described = (schema: `${string}Schema`, value: unknown): void => {
    const own = module[schema];
    if (own === undefined) throw new Error(`the package has no ${schema}`);
    own.parse(value);
  };

  beforeAll(async () => {
    await server.start();
    module = (await import(path.resolve(asked.stdout.trim()))) as ClientModule;
    own = window();
    api = new module.JamespotUserApi(new module.Network(own));
    expect((await api.user.signIn(SERVICE.mail, SERVICE.password)).result.id).toBe(SERVICE.id);
  });
  afterAll(() => server.stop());

  const group = { type: "spot", title: "Qualité de l'eau – Général", description: "Repris (réf. o365-aaaaaaaaaaaaaaaa)", privacy: 0, edito: null, language: "fr", category: "1" };
  const made = async (): Promise<Named> => (await api.group.create(group, "raw-view")).result;

  it("makes, finds and changes groups, in the shapes that it describes", async () => {
    const spot = await made();
    for (const category of (await api.group.getCategories()).result) described("categorySchema", category);
    const { result: view } = await api.group.getSpot(spot.id, "raw-view");
    described("jGroupViewSchema", view);
    expect(view).toMatchObject({ title: group.title, description: group.description, privacy: 0 });
    const listed = (await api.group.list({ type: "spot", limit: 50, page: 1, format: "raw-view" })).result;
    expect(listed).toMatchObject({ cnt: listed.data.length, data: expect.arrayContaining([expect.objectContaining({ id: spot.id, description: group.description })]) });
    await api.group.update({ ...group, title: "Eau", uri: spot.uri, rss_feed: "" }, "raw-view");
    expect(server.store.spots.get(spot.id)).toMatchObject({ title: "Eau", description: group.description });
  });

  it("publishes an article with the file that was uploaded under its token, changes and removes it", async () => {
    const spot = await made();
    const { result: token } = await api.network.token();
    const { response } = await api.file.upload({ attrName: "file", token, file: new File([Buffer.from("abc")], "relevé.csv", { type: "text/csv" }) });
    described("jFileLittleSchema", response.result);
    const [article] = (await api.article.create({ title: "Titre", description: "<p>é</p>", publishTo: spot.uri, token })).result;
    const { result: view } = await api.article.get({ idArticle: article?.id });
    described("jArticleViewSchema", view);
    expect(view).toMatchObject({ title: "Titre", description: "<p>é</p>", _user: { id: SERVICE.id }, _audience: [{ id: spot.id }], _attachedFiles: [{ title: "relevé.csv", size: 3 }] });
    const listed = (await api.group.objectListSpotArticles({ idSpot: spot.id, limit: 20, page: 1 }, { format: "raw-list" })).result;
    for (const one of listed.data) described("jArticleListSchema", one);
    expect(listed).toMatchObject({ cnt: 1, data: [{ id: article?.id, description: "<p>é</p>" }] });
    const { result: second } = await api.network.token();
    await api.file.deleteFile(response.result.id, "file", second);
    await api.article.update({ uri: article?.uri, title: "Autre", description: "<p>2</p>", token: second });
    expect((await api.article.get({ idArticle: article?.id })).result).toMatchObject({ title: "Autre", description: "<p>2</p>", _attachedFiles: [] });
    expect((await api.article.delete(article?.id ?? 0)).result).toBe(true);
    await expect(api.article.get({ idArticle: article?.id })).rejects.toMatchObject({ error: expect.any(Number), errorMsg: expect.any(String) });
  });

  it("comments quietly, and changes and removes comments", async () => {
    const spot = await made();
    const [article] = (await api.article.create({ title: "Titre", description: "", publishTo: spot.uri })).result;
    const { result: token } = await api.network.token();
    const comment = (await api.article.addComment({ token, content: "<p>oui</p>", idArticle: article?.id, sendAlert: false, alertAuthor: false })).result;
    const list = (await api.article.getComments({ idArticle: article?.id, limits: { start: 0, max: 100 } }, { format: "raw-list" })).result;
    for (const one of list) described("jCommentListSchema", one);
    expect(list).toMatchObject([{ id: comment.id, description: "<p>oui</p>", _user: { id: SERVICE.id } }]);
    await api.article.updateComment({ idComment: comment.id, description: "<p>non</p>", token: (await api.network.token()).result });
    expect((await api.article.getComment({ idComment: comment.id }, { format: "raw-list" })).result).toMatchObject({ description: "<p>non</p>", _article: { id: article?.id } });
    await api.article.deleteComment(comment.id);
    expect([server.store.commentsOf(article?.id ?? 0), server.routes.alerts]).toEqual([[], []]);
  });

  it("is told the number by which it knows a limit of rate, and refusals of who is not signed in", async () => {
    server.mishap = () => ({ error: 429 });
    await expect(api.group.getCategories()).rejects.toMatchObject({ error: 429 });
    server.mishap = () => undefined;
    expect(own.limited).toBe(1);
    const stranger = new module.JamespotUserApi(new module.Network(window()));
    await expect(stranger.group.getCategories()).rejects.toMatchObject({ error: expect.any(Number), errorMsg: expect.any(String) });
    await expect(stranger.user.signIn(SERVICE.mail, "faux")).rejects.toMatchObject({ error: expect.any(Number) });
    expect(server.undescribed).toEqual([]);
  });
});
