import type { TargetRef } from "../../src/core/adapter.js";
import type { JamespotClient } from "../../src/drivers/jamespot/client.js";
import {
  addComment, article, articles, comment, comments, createArticle, deleteArticle, deleteComment, updateArticle, updateComment, type Draft, type Post,
} from "../../src/drivers/jamespot/posts.js";
import type { FoundPosts } from "./found-posts.js";

export interface PlaceOptions {
  readonly client: JamespotClient;
  readonly found: FoundPosts;
}

/** Where posts of one kind stand together, and are listed. */
export interface Place {
  readonly kind: string;
  readonly key: string;
  readonly titled: boolean;
  /** Whose comments these are. */
  readonly article: number | undefined;
  refOf(id: number): TargetRef;
  list(signal: AbortSignal): AsyncIterable<Post>;
  create(draft: Draft, signal: AbortSignal): Promise<number>;
  update(id: number, draft: Draft, signal: AbortSignal): Promise<void>;
  remove(id: number, signal: AbortSignal): Promise<void>;
  /** Just made: nothing hangs on it yet. */
  opened(id: number): void;
}

/** The articles of a group. */
export class ArticlePlace implements Place {
  readonly kind = "article";
  readonly titled = true;
  readonly article = undefined;
  readonly key: string;

  constructor(private readonly options: PlaceOptions, private readonly spot: number) {
    this.key = `spot/${spot}`;
  }

  refOf(id: number): TargetRef {
    return { id: `article/${id}` };
  }

  /** Undefined for a comment's: a reply whose thread was missing may have answers of its own. */
  idOf({ id }: TargetRef): number | undefined {
    return numbers(id).comment === undefined ? numbers(id).article : undefined;
  }

  list(signal: AbortSignal): AsyncIterable<Post> {
    return articles(this.options.client, this.spot, signal);
  }

  create(draft: Draft, signal: AbortSignal): Promise<number> {
    return createArticle(this.options.client, this.spot, draft, signal);
  }

  update(id: number, draft: Draft, signal: AbortSignal): Promise<void> {
    return updateArticle(this.options.client, id, draft, signal);
  }

  remove(id: number, signal: AbortSignal): Promise<void> {
    return deleteArticle(this.options.client, id, signal);
  }

  opened(id: number): void {
    this.options.found.empty(`article/${id}`);
  }
}

/** The comments of an article, on one level as replies in Teams are. */
export class CommentPlace implements Place {
  readonly kind = "comment";
  readonly titled = false;
  readonly key: string;

  constructor(private readonly options: PlaceOptions, readonly article: number) {
    this.key = `article/${article}`;
  }

  refOf(id: number): TargetRef {
    return { id: `${this.key}/comment/${id}` };
  }

  list(signal: AbortSignal): AsyncIterable<Post> {
    return comments(this.options.client, this.article, signal);
  }

  create(draft: Draft, signal: AbortSignal): Promise<number> {
    return addComment(this.options.client, this.article, draft, signal);
  }

  update(id: number, draft: Draft, signal: AbortSignal): Promise<void> {
    return updateComment(this.options.client, id, draft, signal);
  }

  remove(id: number, signal: AbortSignal): Promise<void> {
    return deleteComment(this.options.client, id, signal);
  }

  opened(): void {
    // Nothing hangs on a comment.
  }
}

/** What stands under a reference, and where. */
export async function postOf(options: PlaceOptions, spot: number, { id }: TargetRef, signal: AbortSignal): Promise<{ readonly post: Post; readonly place: Place } | undefined> {
  const told = numbers(id);
  if (told.article === undefined) return undefined;
  const place = told.comment === undefined ? new ArticlePlace(options, spot) : new CommentPlace(options, told.article);
  const post = told.comment === undefined ? await article(options.client, told.article, signal) : await comment(options.client, told.comment, signal);
  return post === undefined ? undefined : { post, place };
}

function numbers(ref: string): { readonly article?: number; readonly comment?: number } {
  const [, article, comment] = /^article\/(\d+)(?:\/comment\/(\d+))?$/.exec(ref) ?? [];
  return { ...(article === undefined ? {} : { article: Number(article) }), ...(comment === undefined ? {} : { comment: Number(comment) }) };
}
