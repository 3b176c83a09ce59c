export interface StoredMember {
  readonly id: string;
  readonly login: string;
  readonly email: string;
  readonly fullName: string;
}

export interface StoredContent {
  readonly id: string;
  readonly type: string;
  ws: string;
  author: string;
  opAuthor: string;
  readonly cdate: Date;
  mdate: Date;
  /** By the names of the edit form. */
  fields: Record<string, string>;
  /** When the search begins to show it. */
  shown: number;
}

/** Fields of a type beside those that all contents have. */
export type Types = Readonly<Record<string, readonly string[]>>;

/** What a platform keeps; tests look in here. */
export class Store {
  readonly members = new Map<string, StoredMember>();
  /** Names by id. */
  readonly workspaces = new Map<string, string>();
  readonly contents = new Map<string, StoredContent>();
  /** Lines of the social network that people would have seen. */
  readonly activities: string[] = [];
  #last = 1_000;

  next(): string {
    this.#last += 1;
    return `c_${this.#last}`;
  }

  of(type: string, workspace?: string): StoredContent[] {
    return [...this.contents.values()].filter((one) => one.type === type && (workspace === undefined || one.ws === workspace));
  }

  /** First messages of a workspace, each with the texts of its comments. */
  threads(workspace?: string): string[][] {
    return this.of("Article", workspace).map(({ id, fields }) => [
      fields["content"] ?? "", ...this.of("DBComment").filter((one) => one.fields["targetContent"] === id).map((one) => one.fields["description"] ?? ""),
    ]);
  }
}
