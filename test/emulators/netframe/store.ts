export interface StoredUser {
  readonly id: number;
  readonly email: string;
  readonly password: string;
}

export interface StoredChannel {
  readonly id: number;
  readonly maker: number;
  name: string;
  description: string;
  /** 0: private. */
  confidentiality: number;
  profileType: string;
  profileId: number;
  active: number;
  /** Role of each member. */
  readonly members: Map<number, number>;
}

/** A post and its place in a channel, whose moment is its own. */
export interface StoredPost {
  readonly id: number;
  readonly feed: number;
  readonly channel: number;
  readonly author: number;
  content: string;
  medias: readonly number[];
  /** ISO instants, to the second. */
  readonly createdAt: string;
  updatedAt: string;
  feedUpdatedAt: string;
}

export interface StoredMedia {
  readonly id: number;
  readonly user: number;
  readonly name: string;
  readonly bytes: Buffer;
  linked: number;
}

/** What an instance keeps; tests look in here. */
export class Store {
  readonly users: StoredUser[] = [];
  /** Role of the service person in each group, by "house/12". */
  readonly roles = new Map<string, number>();
  readonly channels = new Map<number, StoredChannel>();
  readonly posts = new Map<number, StoredPost>();
  readonly medias = new Map<number, StoredMedia>();
  /** Messages to phones: the channel, and who got one. */
  readonly pushes: { readonly channel: number; readonly users: readonly number[] }[] = [];
  /** Messages to the administrator about kinds of files that are not taken. */
  readonly mails: string[] = [];
  #last = 100;

  next(): number {
    this.#last += 1;
    return this.#last;
  }

  /** In no order within a second, as the database has none. */
  postsOf(channel: number): StoredPost[] {
    const own = [...this.posts.values()].filter((one) => one.channel === channel);
    return own.sort((a, b) => b.feedUpdatedAt.localeCompare(a.feedUpdatedAt) || (a.feed * 7) % 11 - (b.feed * 7) % 11);
  }

  /** As people read them, oldest first. */
  contentsOf(channel: number): string[] {
    return [...this.posts.values()].filter((one) => one.channel === channel).sort((a, b) => a.id - b.id).map(({ content }) => content);
  }

  clear(): void {
    for (const kind of [this.channels, this.posts, this.medias]) kind.clear();
    this.pushes.splice(0);
    this.mails.splice(0);
  }
}
