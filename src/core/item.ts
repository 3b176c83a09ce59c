/**
 * The kinds of content that move; every route, unit and report row names one of them. `settings`: rules, automatic replies and categories of a mailbox;
 * `lists`: SharePoint lists; `pages`: pages and news posts of sites; `tasks`: To Do and Planner; `notes`: OneNote; `directory`: what the directory tells of the owner itself.
 */
export const WORKLOADS = ["mail", "calendar", "contacts", "files", "channels", "chats", "settings", "lists", "pages", "tasks", "notes", "directory"] as const;
export type WorkloadName = (typeof WORKLOADS)[number];

/** The workload whose feeds several owners list, each held by one of them (`Workload.shared`). */
export const SHARED_WORKLOAD: WorkloadName = "chats";

/** Lower-case hexadecimal SHA-256, 64 characters. */
export type Sha256 = string & { readonly __brand: "sha256" };

/** Who the content belongs to at the source. `id` is the directory's immutable object id; `name` is the user principal name or group nickname. */
export interface Owner {
  readonly id: string;
  readonly name: string;
  readonly kind: "user" | "group" | "site";
  readonly displayName: string;
  readonly mail?: string;
  /** Of another organisation: nothing is theirs here but their entry in the directory. */
  readonly guest?: boolean;
  /** A group that gives rights or takes mail, without content: nothing is its own here but its entry in the directory. */
  readonly entryOnly?: boolean;
}

/** Immutable source identity; display names and paths are data, never keys. `owner` is `Owner.id`. */
export interface ContainerRef {
  readonly workload: WorkloadName;
  readonly owner: string;
  readonly id: string;
}

export type ContainerRole =
  | "root" | "inbox" | "sent" | "drafts" | "trash" | "junk" | "archive" | "outbox" | "default";

/** A mail folder, calendar, address book, drive folder, channel or chat, as the source tells it: its own name and its parent's id. */
export interface Container extends ContainerRef {
  /** Absent at the top level. The parent may become known after the child. */
  readonly parentId?: string;
  /** Display name exactly as at the source; may hold any character. Empty for a drive's root. */
  readonly name: string;
  readonly role?: ContainerRole;
  /** Hidden at the source (for example mail's system folders). */
  readonly hidden?: boolean;
  /** Source's own count of direct items, for reconciliation. */
  readonly count?: number;
  /** Calendar or category colour as `#RRGGBB`. */
  readonly color?: string;
}

/** A container with its names from the top level down to itself (a drive's root has an empty path). */
export interface PlacedContainer extends Container {
  readonly path: readonly string[];
}

/** Bytes held by the vault. `extension` includes the dot (".eml", ".ics", ".vcf", ".bin"). Size in bytes. */
export interface BlobRef {
  readonly sha256: Sha256;
  readonly size: number;
  readonly extension: string;
}

/** One alteration of one field, kept from reader to report. `reason` is a code of `losses.ts`. */
export interface Loss {
  readonly field: string;
  readonly change: "dropped" | "truncated" | "approximated";
  readonly side: "source" | "tool" | "target";
  readonly reason: string;
}

/** A loss told before anything is written. `sure`: it follows from the item alone, whatever the target answers. */
export interface ForeseenLoss extends Loss {
  readonly sure: boolean;
}

/** Identity of an item across runs. `id` is the source's immutable id. */
export interface ItemKey {
  readonly workload: WorkloadName;
  readonly owner: string;
  readonly id: string;
}

/** One message, event series, contact or file. */
export interface Item<R = unknown> {
  readonly kind: "item";
  readonly key: ItemKey;
  /** Id of the container that holds it now. */
  readonly container: string;
  /** Source's change mark (changeKey, eTag): equal version = nothing to read again. */
  readonly version: string;
  /** Short human name for progress and reports (subject, file name); never used as a key. */
  readonly title: string;
  /** Neutral record, validated by the workload's schema in `src/format`. */
  readonly record: R;
  /** The item's main bytes: RFC 5322, iCalendar, vCard or file content. */
  readonly body?: BlobRef;
  /** Further blobs named by the record (file versions, photos). */
  readonly parts: readonly BlobRef[];
  /** Over the canonical record and the blob hashes: equal digest = nothing to push. */
  readonly digest: Sha256;
  /** What reading or conversion could not keep. */
  readonly losses: readonly Loss[];
}

/** What a reader tells about its feed, in order. */
export type Change =
  /** A container seen (new, renamed or moved). May come after items that name it. */
  | { readonly kind: "container"; readonly container: Container }
  /** A container deleted at the source; whatever it still holds is gone with it. */
  | { readonly kind: "container-gone"; readonly id: string }
  | Item
  /** Seen again with the version that the vault already holds; nothing was read. */
  | { readonly kind: "unchanged"; readonly id: string; readonly container: string }
  /** Removed from `container` (or from wherever it is, when absent). A move is a tombstone here and an item there with the same id, in any order. */
  | { readonly kind: "tombstone"; readonly id: string; readonly container?: string }
  /** Could not be read: accounted as failed, tried again by the next run through `Workload.readOne`. */
  | { readonly kind: "unreadable"; readonly id: string; readonly container: string; readonly title: string; readonly code: string; readonly message: string }
  /** Left out by a documented rule; `code` is listed in `skips.ts`. `detail`: what the report is to keep of it, such as where a shortcut leads. */
  | { readonly kind: "skipped"; readonly id: string; readonly container: string; readonly title: string; readonly code: string; readonly detail?: string }
  /** The cursor expired: what follows in this feed is a full listing; what it does not name is gone. */
  | { readonly kind: "reset" };
