export type Kind = "message" | "event" | "contact" | "file" | "folder";

/** One message, event file, contact, file or folder of the tenant: small, since a tenant may have many. */
export interface Entry {
  readonly id: string;
  readonly kind: Kind;
  readonly owner: string;
  /** Id of the folder that holds it. */
  container: string;
  /** Path below the tenant folder. */
  file: string;
  size: number;
  mtimeMs: number;
  /** Signature of everything that makes the entry: another one = it changed. */
  mark: string;
  /** Signature of the content alone. */
  contentMark: string;
  inode: string;
  /** Position in listings; never changes. */
  readonly order: number;
  /** Number of the last change. */
  seq: number;
}

/** Something that left a folder. */
export interface Departure {
  readonly id: string;
  readonly kind: Kind;
  readonly container: string;
  readonly owner: string;
  readonly seq: number;
  /** It is elsewhere now, not deleted. */
  readonly moved: boolean;
}
