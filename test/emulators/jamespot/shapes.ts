import type { Store, StoredArticle, StoredComment, StoredFile, StoredSpot, StoredUser } from "./store.js";

export type Shape = Readonly<Record<string, unknown>>;
/** src/types/common.d.ts */
const RIGHTS = { create: true, read: true, publish: true, administrate: true, update: true, delete: true, comment: true };

const object = (mainType: string, type: string, id: number, title: string, made: string): Shape => ({
  id, mainType, type, uri: `${mainType}/${id}`, title, _url: `/${mainType}/${id}`, dateCreation: made, dateModified: made,
});

/** src/types/user.d.ts, `jUserLittle`; level 9 is an administrator's. */
export function userShape({ id, title }: StoredUser): Shape {
  return { ...object("user", "user", id, title, "2026-01-01 00:00:00"), level: 9 };
}

/** src/types/group.d.ts: the description comes by "raw-view" alone. */
export function spotShape({ id, title, description, privacy, category, language, made }: StoredSpot, format: unknown): Shape {
  return { ...object("spot", "spot", id, title, made), category: Number(category), privacy, ...(format === "raw-view" ? { description, language, edito: null } : {}) };
}

/** src/types/file.d.ts, `jFileLittle`. */
export function fileShape({ id, title, mimetype, bytes, on }: StoredFile): Shape {
  const mainType = on === undefined ? "file" : on.startsWith("article/") ? "fileArticle" : "fileComment";
  return { ...object(mainType, "file", id, title, "2026-01-01 00:00:00"), uri: `file/${id}`, mimetype, size: bytes.byteLength };
}

/** src/types/article.d.ts: `jArticleLittle`, `jArticleList`, `jArticleView`. */
export function articleShape(store: Store, one: StoredArticle, format: unknown): Shape {
  const little = object("article", "mpArticle", one.id, one.title, one.made);
  if (format === "raw-little") return little;
  const spot = store.spots.get(one.spot);
  const list = { ...little, description: one.description, _user: author(store, one.user), _right: RIGHTS, _audience: spot === undefined ? [] : [spotShape(spot, "raw-little")], hasRightToPublishType: true };
  return format === "raw-view" ? { ...list, _attachedFiles: store.filesOn(`article/${one.id}`).map(fileShape) } : list;
}

/** src/types/comment.d.ts: `jCommentLittle`, `jCommentList`. */
export function commentShape(store: Store, one: StoredComment, format: unknown): Shape {
  const little = { id: one.id, mainType: "comment", type: "comment", uri: `comment/${one.id}`, dateCreation: one.made, dateModified: null, description: one.description, _user: author(store, one.user) };
  if (format === "raw-little") return little;
  const article = store.articles.get(one.article);
  return { ...little, _right: RIGHTS, _attachedFiles: store.filesOn(`comment/${one.id}`).map(fileShape), ...(article === undefined ? {} : { _article: articleShape(store, article, "raw-little") }) };
}

/** src/types/utils.d.ts, `PagingResults`; pages count from 1. */
export function pageShape<T>(all: readonly T[], { limit, page }: Shape, shape: (one: T) => Shape): Shape {
  const [size, at] = [typeof limit === "number" ? limit : 20, typeof page === "number" ? page : 1];
  return { cnt: all.length, data: all.slice((at - 1) * size, at * size).map(shape), facets: null, idQuery: null, limit: size, page: at };
}

function author({ users }: Store, id: number): Shape {
  const found = users.find((one) => one.id === id);
  return found === undefined ? {} : userShape(found);
}
