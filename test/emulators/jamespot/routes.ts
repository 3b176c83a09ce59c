import { articleShape, commentShape, fileShape, pageShape, spotShape, userShape, type Shape } from "./shapes.js";
import type { Store, StoredFile, StoredUser } from "./store.js";

/** A refusal: the envelope's `error` and words. Numbers other than 409 and 429 are this emulator's own: the client's source knows no others. */
export class Refusal extends Error {
  constructor(readonly number: number, message: string) {
    super(message);
  }
}

export const NOT_SIGNED_IN = new Refusal(10, "Veuillez vous connecter.");
const MISSING = new Refusal(11, "Objet introuvable ou accès refusé.");
const TOKEN = new Refusal(12, "Jeton invalide.");

export interface Call {
  readonly user: StoredUser;
  readonly body: Shape;
  /** Of `file/create`. */
  readonly file?: { readonly title: string; readonly mimetype: string; readonly bytes: Buffer };
}

export interface Tokens {
  issue(kind: "upload" | "csrf"): string;
  isKnown(kind: "upload" | "csrf", token: unknown): boolean;
  /** One that is asked before each change is taken once. */
  use(token: unknown): boolean;
}

interface Route {
  /** Members that the client's types know of the request. */
  readonly takes: readonly string[];
  readonly csrf?: boolean;
  serve(call: Call): unknown;
}

/** The functions of `/api-front/<o>/<f>` that README.md lists. */
export class Routes {
  /** Alerts that people would have got. */
  readonly alerts: string[] = [];
  readonly #routes: Readonly<Record<string, Route>>;

  constructor(private readonly store: Store, private readonly tokens: Tokens, private readonly settings: { readonly categories: Readonly<Record<string, string>>; readonly keeps: (html: string) => string }) {
    const group = ["type", "title", "description", "privacy", "edito", "language", "category", "idCommunity", "widgets", "format"];
    this.#routes = {
      "misc/token": { takes: [], serve: () => tokens.issue("upload") },
      "misc/tokenCSRF": { takes: [], serve: () => tokens.issue("csrf") },
      "spot/get-categories": { takes: [], serve: () => Object.entries(settings.categories).map(([id, label], index) => ({ id, idorder: index, label })) },
      "spot/create": { takes: group, serve: ({ body }) => this.#createSpot(body) },
      "spot/update": { takes: [...group, "uri", "rss_feed", "tokenCSRF"], csrf: true, serve: ({ body }) => this.#updateSpot(body) },
      "spot/getSpot": { takes: ["idSpot", "format"], serve: ({ body }) => spotShape(found(store.spots, body["idSpot"]), body["format"]) },
      "objectList/jamespotSpotQueryList": { takes: ["type", "format", "query", "limit", "page", "public", "orders", "filters"], serve: ({ body }) => pageShape([...store.spots.values()], body, (one) => spotShape(one, body["format"])) },
      "objectList/spotArticles": { takes: ["idSpot", "idSpots", "limit", "page", "order", "tagConcepts", "types", "format"], serve: ({ body }) => pageShape(store.articlesOf(found(store.spots, body["idSpot"]).id).reverse(), body, (one) => articleShape(store, one, body["format"])) },
      "article/get": { takes: ["uri", "idArticle", "format"], serve: ({ body }) => articleShape(store, this.#article(body), body["format"]) },
      "article/create": { takes: ["title", "description", "type", "publishTo", "idSpot", "token", "format"], serve: (call) => this.#createArticle(call) },
      "article/update": { takes: ["uri", "title", "description", "type", "publishTo", "token", "format"], serve: ({ body }) => this.#updateArticle(body) },
      "article/delete": { takes: ["idArticle", "tokenCSRF"], csrf: true, serve: ({ body }) => store.articles.delete(this.#article(body).id) },
      "article/getComments": { takes: ["attachment", "idArticle", "limits", "format"], serve: ({ body }) => this.#comments(body) },
      "article/addComment": { takes: ["token", "content", "idArticle", "sendAlert", "alertAuthor", "widgets", "type", "format"], serve: (call) => this.#addComment(call) },
      "article/updateComment": { takes: ["token", "description", "idComment", "widgets", "format"], serve: ({ body }) => this.#updateComment(body) },
      "comment/getComment": { takes: ["idComment", "format"], serve: ({ body }) => commentShape(store, found(store.comments, body["idComment"]), body["format"]) },
      "comment/delete": { takes: ["idComment", "tokenCSRF"], csrf: true, serve: ({ body }) => void store.comments.delete(found(store.comments, body["idComment"]).id) },
      "file/create": { takes: ["attrName", "token", "format"], serve: (call) => this.#createFile(call) },
      "file/delete": { takes: ["idFile", "attrName", "token"], serve: ({ body }) => this.#deleteFile(body) },
      "user/get": { takes: ["uri", "format"], serve: ({ user }) => userShape(user) },
    };
  }

  /** Undefined for what the package does not describe. @throws Refusal. */
  serve(name: string, call: Call): { readonly result: unknown } | undefined {
    const route = this.#routes[name];
    if (route === undefined || Object.keys(call.body).some((member) => !route.takes.includes(member))) return undefined;
    if (route.csrf === true && !this.tokens.use(call.body["tokenCSRF"])) throw TOKEN;
    return { result: route.serve(call) };
  }

  #createSpot(body: Shape): Shape {
    const { title, description, privacy, category, language, type } = body;
    if (type !== "spot" || typeof title !== "string" || title === "" || !Object.hasOwn(this.settings.categories, String(category))) throw new Refusal(13, "Champ obligatoire manquant.");
    const spot = { id: this.store.next(), title, description: String(description), privacy: Number(privacy), category: String(category), language: String(language), made: this.store.now() };
    this.store.spots.set(spot.id, spot);
    return spotShape(spot, body["format"]);
  }

  #updateSpot(body: Shape): Shape {
    const spot = found(this.store.spots, String(body["uri"]).replace(/^spot\//, ""));
    Object.assign(spot, { title: String(body["title"]), description: String(body["description"]), privacy: Number(body["privacy"]), category: String(body["category"]), language: String(body["language"]) });
    return spotShape(spot, body["format"]);
  }

  #article({ idArticle, uri }: Shape): ReturnType<Store["articlesOf"]>[number] {
    return found(this.store.articles, idArticle ?? String(uri).replace(/^article\//, ""));
  }

  #createArticle({ user, body }: Call): readonly Shape[] {
    const token = this.#token(body);
    const spots = String(body["publishTo"]).split(",").map((uri) => found(this.store.spots, uri.replace(/^spot\//, "")));
    return spots.map((spot) => {
      const article = { id: this.store.next(), spot: spot.id, user: user.id, title: String(body["title"]), description: this.settings.keeps(String(body["description"])), made: this.store.now() };
      this.store.articles.set(article.id, article);
      this.#hang(token, `article/${article.id}`);
      return articleShape(this.store, article, body["format"]);
    });
  }

  #updateArticle(body: Shape): Shape {
    const article = this.#article({ uri: body["uri"] });
    if (typeof body["title"] === "string") article.title = body["title"];
    if (typeof body["description"] === "string") article.description = this.settings.keeps(body["description"]);
    if (body["token"] !== undefined) this.#hang(this.#token(body), `article/${article.id}`);
    return articleShape(this.store, article, body["format"]);
  }

  #comments(body: Shape): readonly Shape[] {
    const { start = 0, max = 10_000, beforeId } = (body["limits"] ?? {}) as { start?: number; max?: number; beforeId?: number };
    if (beforeId !== undefined) throw new Refusal(14, "beforeId is not played.");
    return this.store.commentsOf(this.#article(body).id).slice(start, start + max).map((one) => commentShape(this.store, one, body["format"]));
  }

  #addComment({ user, body }: Call): Shape {
    const token = this.#token(body);
    const article = this.#article(body);
    if (![body["sendAlert"], body["alertAuthor"]].every((flag) => flag === 0 || flag === 1) || body["type"] !== "comment") throw new Refusal(13, "Champ obligatoire manquant.");
    const comment = { id: this.store.next(), article: article.id, user: user.id, description: this.settings.keeps(String(body["content"])), made: this.store.now() };
    this.store.comments.set(comment.id, comment);
    this.#hang(token, `comment/${comment.id}`);
    if (body["sendAlert"] === 1 || body["alertAuthor"] === 1) this.alerts.push(`comment/${comment.id}`);
    return commentShape(this.store, comment, body["format"]);
  }

  #updateComment(body: Shape): Shape {
    const comment = found(this.store.comments, body["idComment"]);
    if (typeof body["description"] === "string") comment.description = this.settings.keeps(body["description"]);
    if (body["token"] !== undefined) this.#hang(this.#token(body), `comment/${comment.id}`);
    return commentShape(this.store, comment, body["format"]);
  }

  #createFile({ body, file }: Call): Shape {
    const token = this.#token(body);
    if (file === undefined) throw new Refusal(13, "Fichier manquant.");
    const stored: StoredFile = { id: this.store.next(), ...file, on: undefined, token };
    this.store.files.set(stored.id, stored);
    return fileShape(stored);
  }

  /** "This action is not automatic. You need to update the content associated … with the same token" (src/apis/file/file.d.ts). */
  #deleteFile(body: Shape): boolean {
    const token = this.#token(body);
    this.#going.set(found(this.store.files, body["idFile"]).id, token);
    return true;
  }
  readonly #going = new Map<number, string>();

  #hang(token: string, uri: string): void {
    for (const file of this.store.files.values()) if (file.token === token && file.on === undefined) file.on = uri;
    for (const [id, told] of this.#going) {
      if (told !== token || this.store.files.get(id)?.on !== uri) continue;
      this.store.files.delete(id);
      this.#going.delete(id);
    }
  }

  #token({ token }: Shape): string {
    if (!this.tokens.isKnown("upload", token)) throw TOKEN;
    return String(token);
  }
}

function found<T>(all: ReadonlyMap<number, T>, id: unknown): T {
  const one = all.get(Number(id));
  if (one === undefined) throw MISSING;
  return one;
}
