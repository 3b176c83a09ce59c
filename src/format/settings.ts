import { z } from "zod";

/** Somebody by mail address. */
const Address = z.object({ name: z.string().optional(), address: z.string().optional() });

/** A mail folder by its source id; `path` = names from the top level down, absent when the mailbox has no such folder any more. */
const FolderRef = z.object({
  id: z.string(), path: z.array(z.string()).optional(),
  /** What the first folder of `path` is for, where it is one that every mailbox has: its name alone is a word of the owner's language. */
  role: z.enum(["inbox", "sent", "drafts", "trash", "junk", "archive", "outbox"]).optional(),
});
export type FolderRef = z.infer<typeof FolderRef>;

/** A reading of the wall clock in `zone`, a Windows or IANA name as the source has it. */
const WallTime = z.object({ local: z.string(), zone: z.string().optional() });

/** What a mailbox is set to. It has no body, nor have the other records of this file. */
export const MailboxSettingsRecord = z.object({
  v: z.literal(1),
  type: z.literal("mailbox-settings"),
  /** What the mailbox is for: "user", "shared", "room", "equipment", "linked", "others"; absent where the source does not tell. */
  purpose: z.string().optional(),
  /** Windows or IANA name, as the source has it. */
  timeZone: z.string().optional(),
  /** BCP 47 tag. */
  language: z.string().optional(),
  /** .NET patterns, for example "dd/MM/yyyy" and "HH:mm". */
  dateFormat: z.string().optional(),
  timeFormat: z.string().optional(),
  workingHours: z.object({
    /** English names in lower case, Monday first. */
    days: z.array(z.string()),
    /** Time of day, for example "08:30:00". */
    start: z.string().optional(),
    end: z.string().optional(),
    zone: z.string().optional(),
    /** A zone of the mailbox's own, in the source's terms. */
    customZone: z.unknown().optional(),
  }).optional(),
  archiveFolder: FolderRef.optional(),
  /** Who gets the meeting messages of an owner with a delegate. */
  meetingMessages: z.enum(["delegate", "delegate-and-owner", "delegate-owner-informed"]).optional(),
});
export type MailboxSettingsRecord = z.infer<typeof MailboxSettingsRecord>;

/** The absence message. Its texts stay at the source while it is switched off. */
export const AutomaticReplyRecord = z.object({
  v: z.literal(1),
  type: z.literal("automatic-reply"),
  status: z.enum(["off", "on", "scheduled"]),
  /** Who outside the organisation is answered. */
  outside: z.enum(["nobody", "contacts", "everybody"]).optional(),
  start: WallTime.optional(),
  end: WallTime.optional(),
  /** HTML. */
  internalText: z.string(),
  externalText: z.string(),
});
export type AutomaticReplyRecord = z.infer<typeof AutomaticReplyRecord>;

const texts = z.array(z.string()).optional();
const addresses = z.array(Address).optional();
const yes = z.boolean().optional();

/** Named as in Graph's messageRulePredicates. All that are set must hold. One that this list lacks is kept as the source tells it. */
const Predicates = z.looseObject({
  bodyContains: texts, bodyOrSubjectContains: texts, categories: texts, headerContains: texts, recipientContains: texts, senderContains: texts, subjectContains: texts,
  fromAddresses: addresses, sentToAddresses: addresses,
  hasAttachments: yes, isApprovalRequest: yes, isAutomaticForward: yes, isAutomaticReply: yes, isEncrypted: yes, isMeetingRequest: yes, isMeetingResponse: yes, isNonDeliveryReport: yes,
  isPermissionControlled: yes, isReadReceipt: yes, isSigned: yes, isVoicemail: yes, notSentToMe: yes, sentCcMe: yes, sentOnlyToMe: yes, sentToMe: yes, sentToOrCcMe: yes,
  importance: z.string().optional(), messageActionFlag: z.string().optional(), sensitivity: z.string().optional(),
  /** In kilobytes. */
  withinSizeRange: z.object({ minimumSize: z.number().optional(), maximumSize: z.number().optional() }).optional(),
});

/** Named as in Graph's messageRuleActions, folders with their names. */
const Actions = z.looseObject({
  moveToFolder: FolderRef.optional(), copyToFolder: FolderRef.optional(), assignCategories: texts, markAsRead: yes, markImportance: z.string().optional(),
  delete: yes, permanentDelete: yes, forwardTo: addresses, forwardAsAttachmentTo: addresses, redirectTo: addresses, stopProcessingRules: yes,
});

/** A rule of the inbox. Rules are run by `order`, least first. */
export const MessageRuleRecord = z.object({
  v: z.literal(1),
  type: z.literal("message-rule"),
  name: z.string(),
  order: z.number().int(),
  enabled: z.boolean(),
  /** The source cannot run it, for example because its folder is gone. */
  hasError: z.boolean(),
  readOnly: z.boolean(),
  conditions: Predicates,
  exceptions: Predicates,
  actions: Actions,
});
export type MessageRuleRecord = z.infer<typeof MessageRuleRecord>;

/** A category of the mailbox, which messages, events and contacts name. */
export const CategoryRecord = z.object({
  v: z.literal(1),
  type: z.literal("category"),
  name: z.string(),
  /** Name of Outlook's colour in lower case ("dark-blue"); "none" without one. */
  color: z.string(),
});
export type CategoryRecord = z.infer<typeof CategoryRecord>;

/** Mail of one sender always goes to the focused inbox, or beside it. */
export const FocusedOverrideRecord = z.object({
  v: z.literal(1),
  type: z.literal("focused-override"),
  sender: Address,
  inbox: z.enum(["focused", "other"]),
});
export type FocusedOverrideRecord = z.infer<typeof FocusedOverrideRecord>;
