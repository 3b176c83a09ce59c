import { z } from "zod";
import { ExodusError } from "../core/errors.js";
import type { BlobRef, Item } from "../core/item.js";
import { CalendarRecord, ChatMessageRecord, ContactRecord, ConversationRecord, EventRecord, FileRecord, FolderRecord, MailRecord } from "../format/records.js";
import { AutomaticReplyRecord, CategoryRecord, FocusedOverrideRecord, MailboxSettingsRecord, MessageRuleRecord } from "../format/settings.js";

/** An item whose record was checked and whose main bytes are there. */
export interface TypedItem<R> extends Item<R> {
  readonly body: BlobRef;
}

/** @throws ExodusError RECORD_MISSING when the record is of another kind or the item has no body. */
function typed<R>(item: Item, schema: z.ZodType<R>): TypedItem<R> {
  const parsed = schema.safeParse(item.record);
  const { body } = item;
  if (!parsed.success || body === undefined) throw new ExodusError("RECORD_MISSING", { params: { item: item.key.id }, cause: parsed.error });
  return { ...item, record: parsed.data, body };
}

export const mailItem = (item: Item): TypedItem<MailRecord> => typed(item, MailRecord);
export const eventItem = (item: Item): TypedItem<EventRecord> => typed(item, EventRecord);
export const contactItem = (item: Item): TypedItem<ContactRecord> => typed(item, ContactRecord);
export const fileItem = (item: Item): TypedItem<FileRecord> => typed(item, FileRecord);

/** The rights of a folder, as an item of `files` that stands in it and has no body; undefined for a file. */
export function folderItem(item: Item): Item<FolderRecord> | undefined {
  const parsed = FolderRecord.safeParse(item.record);
  return parsed.success ? { ...item, record: parsed.data } : undefined;
}

/** The rights of a calendar, as an item of `calendar` that stands in it and has no body; undefined for an event. */
export function calendarItem(item: Item): Item<CalendarRecord> | undefined {
  const parsed = CalendarRecord.safeParse(item.record);
  return parsed.success ? { ...item, record: parsed.data } : undefined;
}

/** An item of a conversation: the conversation itself, or a message, which may have no text. @throws ExodusError RECORD_MISSING for another kind of record. */
export function conversationItem(item: Item): Item<ConversationRecord | ChatMessageRecord> {
  const parsed = z.discriminatedUnion("type", [ConversationRecord, ChatMessageRecord]).safeParse(item.record);
  if (!parsed.success) throw new ExodusError("RECORD_MISSING", { params: { item: item.key.id }, cause: parsed.error });
  return { ...item, record: parsed.data };
}

const Setting = z.discriminatedUnion("type", [MailboxSettingsRecord, AutomaticReplyRecord, MessageRuleRecord, CategoryRecord, FocusedOverrideRecord]);

/** A setting of a mailbox, which has no body. @throws ExodusError RECORD_MISSING for another kind of record. */
export function settingItem(item: Item): Item<z.infer<typeof Setting>> {
  const parsed = Setting.safeParse(item.record);
  if (!parsed.success) throw new ExodusError("RECORD_MISSING", { params: { item: item.key.id }, cause: parsed.error });
  return { ...item, record: parsed.data };
}
