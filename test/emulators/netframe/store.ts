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
  user: number;
  name: string;
  bytes: Buffer;
  linked: number;
  /** Where it stands in a group's documents; 0: their own level. */
  place?: { readonly profile: string; folder: number };
  locked?: boolean;
  underWorkflow?: boolean;
  confidentiality?: number;
}

export interface StoredFolder {
  readonly id: number;
  /** As "house/12". */
  readonly profile: string;
  parent: number;
  name: string;
  user: number;
  isPublic: boolean;
}

/** What an instance keeps; tests look in here. */
export class Store {
  readonly users: StoredUser[] = [];
  /** Role of the service person in each group, by "house/12". */
  readonly roles = new Map<string, number>();
  readonly channels = new Map<number, StoredChannel>();
  readonly posts = new Map<number, StoredPost>();
  readonly medias = new Map<number, StoredMedia>();
  readonly folders = new Map<number, StoredFolder>();
  /** What stood before a file was replaced. */
  readonly archives: { readonly media: number; readonly name: string; readonly bytes: Buffer }[] = [];
  /** Files of which the person is told to have fetched them. */
  readonly views: number[] = [];
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

  foldersIn(profile: string, parent: number): StoredFolder[] {
    return [...this.folders.values()].filter((one) => one.profile === profile && one.parent === parent).sort((a, b) => a.name.localeCompare(b.name));
  }

  mediasIn(profile: string, folder: number): StoredMedia[] {
    return [...this.medias.values()].filter(({ place }) => place?.profile === profile && place.folder === folder);
  }

  /** Files of a group's documents by their paths. */
  documents(profile: string, folder = 0, above = ""): [where: string, media: StoredMedia][] {
    return [
      ...this.mediasIn(profile, folder).map((media): [string, StoredMedia] => [`${above}${media.name}`, media]),
      ...this.foldersIn(profile, folder).flatMap(({ id, name }) => this.documents(profile, id, `${above}${name}/`)),
    ];
  }

  clear(): void {
    for (const kind of [this.channels, this.posts, this.medias, this.folders]) kind.clear();
    this.pushes.splice(0);
    this.mails.splice(0);
    this.archives.splice(0);
    this.views.splice(0);
  }
}
