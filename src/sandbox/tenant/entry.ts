export type Kind = "message" | "event" | "contact" | "task" | "file" | "folder" | "list" | "list-item";

/** One message, event file, contact, task, file, folder, list or list item of the tenant: small, since a tenant may have many. */
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
  /** Birth time of the inode: systems give the number of a removed file to the next one. */
  born: string;
  /** Fingerprint of the content, once it was served: what nobody has seen needs no lasting id. */
  fingerprint?: string;
  /** Of a drive: rights of its own stand beside it (`<name>.permissions.json`). */
  shared: boolean;
  /** Position in listings; never changes. */
  readonly order: number;
  /** Number of the last change. */
  seq: number;
}

/** Something that left a folder for good; one that comes back takes its departure out of the journal. */
export interface Departure {
  readonly id: string;
  readonly kind: Kind;
  readonly container: string;
  readonly owner: string;
  /** Path below the tenant folder at which it stood. */
  readonly file: string;
  readonly seq: number;
  /** It is elsewhere now, not deleted. */
  readonly moved: boolean;
}

/** A user, a group, or a SharePoint site of its own. */
export interface OwnerFile {
  readonly id: string;
  readonly name: string;
  readonly kind: "user" | "group" | "site";
  readonly profile: Readonly<Record<string, unknown>>;
  /** Folder of the owner below the tenant folder, as it is written on the disk. */
  readonly base: string;
  /** Folders of its drives: "drive", and "drive.<name>" for each further library. */
  readonly drives: readonly string[];
  /** Number of the last change of the profile. */
  readonly seq: number;
}

/** An owner that is gone from the directory. */
export interface OwnerDeparture {
  readonly id: string;
  readonly kind: OwnerFile["kind"];
  readonly seq: number;
}
