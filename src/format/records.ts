import { z } from "zod";
import { CalendarRecord } from "./calendar-rights.js";
import { hexSha256, instant, Person } from "./common.js";
import { DirectoryGroupRecord, DirectoryUserRecord } from "./directory.js";
import { ListItemRecord, ListRecord } from "./list.js";
import { Permissions } from "./permissions.js";
import { NotePageRecord, NotePartRecord } from "./note.js";
import { SitePageRecord } from "./page.js";
import { TaskListRecord, TaskRecord } from "./task.js";
import { AutomaticReplyRecord, CategoryRecord, FocusedOverrideRecord, MailboxSettingsRecord, MessageRuleRecord } from "./settings.js";

export { CalendarRecord, CalendarRight } from "./calendar-rights.js";
export { Person } from "./common.js";

/** State of a message that its bytes do not hold. The bytes are the item's body (RFC 5322, as received). */
export const MailRecord = z.object({
  v: z.literal(1),
  type: z.literal("mail"),
  subject: z.string().optional(),
  from: z.string().optional(),
  internetMessageId: z.string().optional(),
  /** Becomes the IMAP internal date; not the Date header. */
  receivedAt: instant.optional(),
  sentAt: instant.optional(),
  isRead: z.boolean(),
  isDraft: z.boolean(),
  flag: z.enum(["none", "flagged", "complete"]),
  importance: z.enum(["low", "normal", "high"]),
  categories: z.array(z.string()),
  hasAttachments: z.boolean(),
  /** Id of the thread at a source that keeps messages in threads (mailboxes of groups). */
  thread: z.string().optional(),
});
export type MailRecord = z.infer<typeof MailRecord>;

/** One series with its overrides, or one single event. The body is one VCALENDAR (RFC 5545). */
export const EventRecord = z.object({
  v: z.literal(1),
  type: z.literal("event"),
  uid: z.string(),
  summary: z.string(),
  /** Local start as in the body's first VEVENT: a date for all-day events. */
  start: z.string().optional(),
  recurring: z.boolean(),
  cancelled: z.boolean(),
  /** The owner is the organiser. */
  organized: z.boolean(),
});
export type EventRecord = z.infer<typeof EventRecord>;

/** The body is one vCard 4.0 (RFC 6350), photo inline. */
export const ContactRecord = z.object({
  v: z.literal(1),
  type: z.literal("contact"),
  uid: z.string(),
  displayName: z.string(),
  hasPhoto: z.boolean(),
});
export type ContactRecord = z.infer<typeof ContactRecord>;

/** The body is the present content; older versions are further blobs, oldest first. */
export const FileRecord = z.object({
  v: z.literal(1),
  type: z.literal("file"),
  name: z.string(),
  size: z.number().int().nonnegative(),
  mediaType: z.string().optional(),
  createdAt: instant.optional(),
  modifiedAt: instant.optional(),
  createdBy: z.string().optional(),
  modifiedBy: z.string().optional(),
  /** Base64, as told by the source; absent for some items. */
  quickXorHash: z.string().optional(),
  versions: z.array(z.object({ id: z.string(), modifiedAt: instant.optional(), size: z.number().int().nonnegative(), sha256: hexSha256 })),
  /** Absent: those of the folder. */
  permissions: Permissions.optional(),
  /** Of a document library: what kind of document it is there. */
  contentType: z.string().optional(),
  /** Of a document library: values of its columns, in the order of their names; those without a value are left out. */
  columns: z.array(z.object({ name: z.string(), displayName: z.string(), value: z.unknown() })).optional(),
  /** Somebody had it checked out: what they changed since is theirs until they check it in. */
  checkedOut: z.object({ by: z.string().optional() }).optional(),
  /** Page of the file at the source, as of its last own change: renaming a folder above alters it unheard. Older records have none. */
  url: z.string().optional(),
});
export type FileRecord = z.infer<typeof FileRecord>;

/** What a folder of files is beside its name and place, when there is something to tell. It stands in the folder itself, without a body. */
export const FolderRecord = z.object({
  v: z.literal(1),
  type: z.literal("folder"),
  permissions: Permissions.optional(),
});
export type FolderRecord = z.infer<typeof FolderRecord>;

/** A team, a channel or a chat itself: what it is called, who belongs to it, what hangs on it. It has no body. */
export const ConversationRecord = z.object({
  v: z.literal(1),
  type: z.literal("conversation"),
  form: z.enum(["team", "channel", "one-on-one", "group", "meeting"]),
  name: z.string(),
  description: z.string().optional(),
  /** Who may see a channel: everybody of the team, its own members, or people of other teams too. */
  membership: z.enum(["standard", "private", "shared"]).optional(),
  createdAt: instant.optional(),
  archived: z.boolean(),
  /** Absent: everybody of the team. */
  members: z.array(Person.extend({ owner: z.boolean(), guest: z.boolean() })).optional(),
  /** Pages pinned to a channel or chat, as links. */
  tabs: z.array(z.object({ name: z.string(), url: z.string().optional() })),
  /** Where a channel's files are at the source: ids of the drive and of the folder in it. Links in messages lead there. */
  files: z.object({ drive: z.string(), item: z.string(), url: z.string().optional() }).optional(),
  /** The online meeting that a chat belongs to; `eventId` is that of the organizer's event. */
  meeting: z.object({ url: z.string().optional(), eventId: z.string().optional(), organizer: Person.optional() }).optional(),
  /** `messageId`s of messages pinned to the top of a chat. */
  pinned: z.array(z.string()).optional(),
});
export type ConversationRecord = z.infer<typeof ConversationRecord>;

/** One message of a channel or chat. The body is its text as the source gave it; pictures and snippets in it are further blobs. */
export const ChatMessageRecord = z.object({
  v: z.literal(1),
  type: z.literal("chat-message"),
  /** The source's id in its conversation: milliseconds of its making, as text. */
  messageId: z.string(),
  /** Id of the message that opens the thread; absent on that message itself, and in chats. */
  replyTo: z.string().optional(),
  /** "event": written by the service (a member joined, the topic changed); `event` tells which. */
  kind: z.enum(["message", "event"]),
  author: Person.optional(),
  createdAt: instant,
  modifiedAt: instant.optional(),
  /** Its author changed the text; earlier texts are not kept at the source. */
  editedAt: instant.optional(),
  /** Deleted at the source, which keeps no text of it. */
  deletedAt: instant.optional(),
  subject: z.string().optional(),
  importance: z.enum(["normal", "high", "urgent"]),
  locale: z.string().optional(),
  format: z.enum(["html", "text"]),
  /** `index` is that of `<at id="…">` in the text. */
  mentions: z.array(z.object({ index: z.number().int(), text: z.string(), person: Person.optional(), conversation: z.string().optional() })),
  reactions: z.array(z.object({ reaction: z.string(), at: instant.optional(), person: Person.optional() })),
  /** Links to files, quoted messages and cards; `mediaType` is the source's own word. */
  attachments: z.array(z.object({ id: z.string(), mediaType: z.string(), name: z.string().optional(), url: z.string().optional(), content: z.string().optional() })),
  /** Pictures and snippets that stand in the text as `…/hostedContents/<id>/$value`. */
  hosted: z.array(z.object({ id: z.string(), sha256: hexSha256, size: z.number().int().nonnegative(), mediaType: z.string().optional() })),
  /** What the service wrote of, in the source's own terms. */
  event: z.unknown().optional(),
  url: z.string().optional(),
});
export type ChatMessageRecord = z.infer<typeof ChatMessageRecord>;

export const NeutralRecord = z.discriminatedUnion("type", [
  MailRecord, EventRecord, CalendarRecord, ContactRecord, FileRecord, FolderRecord, ConversationRecord, ChatMessageRecord,
  TaskListRecord, TaskRecord, ListRecord, ListItemRecord, SitePageRecord, NotePartRecord, NotePageRecord,
  MailboxSettingsRecord, AutomaticReplyRecord, MessageRuleRecord, CategoryRecord, FocusedOverrideRecord, DirectoryUserRecord, DirectoryGroupRecord,
]);
export type NeutralRecord = z.infer<typeof NeutralRecord>;
