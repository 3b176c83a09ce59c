import { z } from "zod";

/** ISO 8601 UTC instant, for example 2026-11-24T09:12:00Z; fractions of a second allowed. */
const instant = z.string().regex(/^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(\.\d+)?Z$/);
const hexSha256 = z.string().regex(/^[0-9a-f]{64}$/);

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
});
export type FileRecord = z.infer<typeof FileRecord>;

export const NeutralRecord = z.discriminatedUnion("type", [MailRecord, EventRecord, ContactRecord, FileRecord]);
export type NeutralRecord = z.infer<typeof NeutralRecord>;
