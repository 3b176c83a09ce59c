import type { AutomaticReplyRecord, CategoryRecord, FocusedOverrideRecord, FolderRef, MailboxSettingsRecord, MessageRuleRecord } from "../../format/settings.js";
import { text } from "./chat-message.js";
import type { GraphDateTime, GraphEmail, GraphRecipient, Maybe } from "./graph-event.js";
import type { GraphAutomaticReply, GraphCategory, GraphMailboxSettings, GraphMessageRule, GraphOverride } from "./graph-settings.js";

/** Names of a mail folder from the top level down. */
export type FolderNames = (id: string) => Promise<FolderRef>;

const WEEK = ["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"];
const MEETING_MESSAGES: Readonly<Record<string, MailboxSettingsRecord["meetingMessages"]>> = {
  sendtodelegateonly: "delegate", sendtodelegateandprincipal: "delegate-and-owner", sendtodelegateandinformationtoprincipal: "delegate-owner-informed",
};
/** The examples of user-get-mailboxsettings write "Scheduled" and "All" where the metadata has lower case: words are compared without case. */
const STATUS: Readonly<Record<string, AutomaticReplyRecord["status"]>> = { alwaysenabled: "on", scheduled: "scheduled" };
const AUDIENCE: Readonly<Record<string, AutomaticReplyRecord["outside"]>> = { none: "nobody", contactsonly: "contacts", all: "everybody" };

/** Outlook's names of the preset colours, by number (api-reference/v1.0/resources/outlookcategory, "Pre-set constant"). */
const COLORS = [
  "red", "orange", "brown", "yellow", "green", "teal", "olive", "blue", "purple", "cranberry", "steel", "dark-steel", "gray", "dark-gray", "black",
  "dark-red", "dark-orange", "dark-brown", "dark-yellow", "dark-green", "dark-teal", "dark-olive", "dark-blue", "dark-purple", "dark-cranberry",
];

export async function mailboxSettingsRecord(settings: GraphMailboxSettings, folder: FolderNames): Promise<MailboxSettingsRecord> {
  const { workingHours: hours, archiveFolder } = settings;
  const zone = hours?.timeZone;
  return {
    v: 1, type: "mailbox-settings", purpose: purposeOf(settings), timeZone: text(settings.timeZone), language: text(settings.language?.locale), dateFormat: text(settings.dateFormat), timeFormat: text(settings.timeFormat),
    workingHours: hours ? {
      days: (hours.daysOfWeek ?? []).map((day) => day.toLowerCase()).sort((a, b) => WEEK.indexOf(a) - WEEK.indexOf(b)), start: clock(hours.startTime), end: clock(hours.endTime), zone: text(zone?.name),
      customZone: zone?.["@odata.type"]?.endsWith("customTimeZone") === true ? withoutAnnotations(zone) : undefined,
    } : undefined,
    archiveFolder: archiveFolder ? await folder(archiveFolder) : undefined, meetingMessages: MEETING_MESSAGES[word(settings.delegateMeetingMessageDeliveryOptions)],
  };
}

/** What the mailbox is for, in lower case; undefined where the source does not tell. */
export function purposeOf({ userPurpose }: GraphMailboxSettings): string | undefined {
  return text(typeof userPurpose === "string" ? userPurpose : userPurpose?.value)?.toLowerCase();
}

/** A mailbox always has one, switched off when nothing was ever set. */
export function automaticReplyRecord(reply: GraphAutomaticReply): AutomaticReplyRecord {
  return {
    v: 1, type: "automatic-reply", status: STATUS[word(reply.status)] ?? "off", outside: AUDIENCE[word(reply.externalAudience)],
    start: wallTime(reply.scheduledStartDateTime), end: wallTime(reply.scheduledEndDateTime), internalText: reply.internalReplyMessage ?? "", externalText: reply.externalReplyMessage ?? "",
  };
}

/** Predicates and actions as they are told, those unknown to us too; what is null was not set. */
export async function messageRuleRecord(rule: GraphMessageRule, folder: FolderNames): Promise<MessageRuleRecord> {
  const actions: Record<string, unknown> = told(rule.actions);
  for (const name of ["moveToFolder", "copyToFolder"]) if (typeof actions[name] === "string") actions[name] = await folder(actions[name]);
  return {
    v: 1, type: "message-rule", name: rule.displayName ?? "", order: rule.sequence ?? 0, enabled: rule.isEnabled !== false, hasError: rule.hasError === true, readOnly: rule.isReadOnly === true,
    conditions: told(rule.conditions), exceptions: told(rule.exceptions), actions,
  };
}

export function categoryRecord({ displayName, color }: GraphCategory): CategoryRecord {
  const preset = /^preset(\d+)$/.exec(word(color))?.[1];
  return { v: 1, type: "category", name: displayName ?? "", color: (preset === undefined ? undefined : COLORS[Number(preset)]) ?? (word(color) || "none") };
}

export function focusedOverrideRecord({ classifyAs, senderEmailAddress }: GraphOverride): FocusedOverrideRecord {
  return { v: 1, type: "focused-override", sender: addressOf(senderEmailAddress), inbox: word(classifyAs) === "focused" ? "focused" : "other" };
}

const PERSONS: ReadonlySet<string> = new Set(["fromAddresses", "sentToAddresses", "forwardTo", "forwardAsAttachmentTo", "redirectTo"]);

function told(members: Maybe<Readonly<Record<string, unknown>>>): Record<string, unknown> {
  const set = Object.entries(members ?? {}).filter(([name, value]) => value !== null && !name.includes("@odata."));
  // The page of messageRuleActions has one recipient for redirectTo, the metadata several.
  const value = (name: string, one: unknown): unknown => (PERSONS.has(name) ? ([one].flat() as Maybe<GraphRecipient>[]).map((person) => addressOf(person?.emailAddress)) : withoutAnnotations(one));
  return Object.fromEntries(set.map(([name, one]) => [name, value(name, one)]));
}

function addressOf(email: Maybe<GraphEmail>): FocusedOverrideRecord["sender"] {
  return { name: text(email?.name), address: text(email?.address) };
}

function wallTime(told: Maybe<GraphDateTime>): AutomaticReplyRecord["start"] {
  return told?.dateTime ? { local: clock(told.dateTime) ?? told.dateTime, zone: text(told.timeZone) } : undefined;
}

/** Seven zeros after the second say nothing. */
function clock(time: Maybe<string>): string | undefined {
  return text(time)?.replace(/\.0+$/, "");
}

function word(value: Maybe<string>): string {
  return (value ?? "").toLowerCase();
}

function withoutAnnotations(value: unknown): unknown {
  if (typeof value !== "object" || value === null || Array.isArray(value)) return value;
  return Object.fromEntries(Object.entries(value).filter(([name, member]) => !name.startsWith("@odata.") && member !== null));
}
