/** A group, as `CreateGroup` (src/types/group.d.ts) tells it. */
export interface StoredSpot {
  readonly id: number;
  title: string;
  description: string;
  privacy: number;
  category: string;
  language: string;
  readonly made: string;
}

export interface StoredFile {
  readonly id: number;
  readonly title: string;
  readonly mimetype: string;
  readonly bytes: Buffer;
  /** Object that it hangs on; undefined as long as it waits under its token. */
  on: string | undefined;
  readonly token: string;
}

export interface StoredArticle {
  readonly id: number;
  readonly spot: number;
  readonly user: number;
  title: string;
  description: string;
  readonly made: string;
}

export interface StoredComment {
  readonly id: number;
  readonly article: number;
  readonly user: number;
  description: string;
  readonly made: string;
}

export interface StoredUser {
  readonly id: number;
  readonly mail: string;
  readonly password: string;
  readonly title: string;
}

/** What a platform keeps; tests look in here. */
export class Store {
  readonly spots = new Map<number, StoredSpot>();
  readonly articles = new Map<number, StoredArticle>();
  readonly comments = new Map<number, StoredComment>();
  readonly files = new Map<number, StoredFile>();
  readonly users: StoredUser[] = [];
  #last = 100;

  next(): number {
    this.#last += 1;
    return this.#last;
  }

  /** As the client shows dates (src/types, "dateCreation"). */
  now(): string {
    return new Date().toISOString().slice(0, 19).replace("T", " ");
  }

  filesOn(uri: string): StoredFile[] {
    return [...this.files.values()].filter(({ on }) => on === uri);
  }

  articlesOf(spot: number): StoredArticle[] {
    return [...this.articles.values()].filter((one) => one.spot === spot);
  }

  commentsOf(article: number): StoredComment[] {
    return [...this.comments.values()].filter((one) => one.article === article);
  }
}
