import { z } from "zod";
import { UploadedFile, type JamespotClient } from "./client.js";
import { pageOf, paged } from "./spots.js";

const By = z.object({ id: z.coerce.number() });
/** `jArticleList`; with its files by "raw-view" (src/types/article.d.ts). */
const Article = z.object({ id: z.coerce.number(), title: z.string(), description: z.string().nullish(), _user: By, _attachedFiles: z.array(UploadedFile).optional() });
/** `jCommentList` (src/types/comment.d.ts). */
const Comment = z.object({ id: z.coerce.number(), description: z.string().nullable(), _user: By, _attachedFiles: z.array(UploadedFile).optional(), _article: By.optional() });

/** An article or a comment, as both are compared. */
export interface Post {
  readonly id: number;
  /** Of an article. */
  readonly title?: string;
  readonly html: string;
  readonly author: number;
  readonly files: readonly UploadedFile[];
  /** Of a comment, where it is told. */
  readonly article?: number;
}

export interface Draft {
  readonly title: string;
  readonly html: string;
  /** Files that were uploaded with it hang on the post. */
  readonly token: string;
}

/** Few: each has its whole text. */
const ARTICLES = 20;
const COMMENTS = 100;
const [VIEW, LIST] = ["raw-view", "raw-list"];

const articlePost = ({ id, title, description, _user, _attachedFiles }: z.infer<typeof Article>): Post => ({ id, title, html: description ?? "", author: _user.id, files: _attachedFiles ?? [] });
const commentPost = ({ id, description, _user, _attachedFiles, _article }: z.infer<typeof Comment>): Post => ({
  id, html: description ?? "", author: _user.id, files: _attachedFiles ?? [], ...(_article === undefined ? {} : { article: _article.id }),
});

/** `JGroupApi.objectListSpotArticles`. */
export async function* articles(client: JamespotClient, spot: number, signal: AbortSignal): AsyncGenerator<Post> {
  for await (const one of paged((page) => client.call(pageOf(Article), { o: "objectList", f: "spotArticles", body: { idSpot: spot, limit: ARTICLES, page, format: LIST }, signal }))) yield articlePost(one);
}

export async function article(client: JamespotClient, id: number, signal: AbortSignal): Promise<Post | undefined> {
  const found = await client.seen(Article, { o: "article", f: "get", body: { idArticle: id, format: VIEW }, signal });
  return found === undefined ? undefined : articlePost(found);
}

/** `JArticleApi.create` answers a list, one for each place that it was published to. */
export async function createArticle(client: JamespotClient, spot: number, { title, html, token }: Draft, signal: AbortSignal): Promise<number> {
  const [made] = await client.call(z.array(By).min(1), { o: "article", f: "create", body: { title, description: html, publishTo: `spot/${spot}`, token, format: VIEW }, signal });
  return made?.id ?? 0;
}

export async function updateArticle(client: JamespotClient, id: number, { title, html, token }: Draft, signal: AbortSignal): Promise<void> {
  await client.call(z.unknown(), { o: "article", f: "update", body: { uri: `article/${id}`, title, description: html, token, format: LIST }, signal });
}

export async function deleteArticle(client: JamespotClient, id: number, signal: AbortSignal): Promise<void> {
  await client.changed(z.unknown(), { o: "article", f: "delete", body: { idArticle: id }, signal });
}

/** `JArticleApi.getComments`, by "start" and "max". */
export async function* comments(client: JamespotClient, idArticle: number, signal: AbortSignal): AsyncGenerator<Post> {
  for (let start = 0; ; ) {
    const found = await client.call(z.array(Comment), { o: "article", f: "getComments", body: { idArticle, attachment: false, limits: { start, max: COMMENTS }, format: LIST }, signal });
    yield* found.map(commentPost);
    start += found.length;
    if (found.length < COMMENTS) return;
  }
}

export async function comment(client: JamespotClient, id: number, signal: AbortSignal): Promise<Post | undefined> {
  const found = await client.seen(Comment, { o: "comment", f: "getComment", body: { idComment: id, format: LIST }, signal });
  return found === undefined ? undefined : commentPost(found);
}

/** Without either alert: nobody is written to. */
export async function addComment(client: JamespotClient, idArticle: number, { html, token }: Draft, signal: AbortSignal): Promise<number> {
  const { id } = await client.call(By, { o: "article", f: "addComment", body: { idArticle, content: html, token, sendAlert: 0, alertAuthor: 0, type: "comment", format: "raw-little" }, signal });
  return id;
}

export async function updateComment(client: JamespotClient, id: number, { html, token }: Draft, signal: AbortSignal): Promise<void> {
  await client.call(z.unknown(), { o: "article", f: "updateComment", body: { idComment: id, description: html, token, format: LIST }, signal });
}

export async function deleteComment(client: JamespotClient, id: number, signal: AbortSignal): Promise<void> {
  await client.changed(z.unknown(), { o: "comment", f: "delete", body: { idComment: id }, signal });
}

/** `JFileApi.deleteFile`: done once what it hangs on is updated with the same token. */
export async function deleteFile(client: JamespotClient, id: number, token: string, signal: AbortSignal): Promise<void> {
  await client.call(z.unknown(), { o: "file", f: "delete", body: { idFile: id, attrName: "file", token }, signal });
}
