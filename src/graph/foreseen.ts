import type { ForeseenLoss, Loss, Owner, WorkloadName } from "../core/item.js";
import type { LossReason } from "../core/losses.js";

type Told = readonly [reason: LossReason, field: string, change: Loss["change"], more?: { readonly side?: Loss["side"]; readonly kinds?: readonly Owner["kind"][]; readonly sure?: boolean }];

/**
 * What reading may cost, per workload: every reason that the reader gives stands here (test/arch/losses.test.ts). Sure is what reading costs
 * every item; the rest hangs on items that only reading shows.
 */
const READING: Readonly<Record<WorkloadName, readonly Told[]>> = {
  mail: [
    // Graph's post has no MIME form (api-reference/v1.0/resources/post).
    ["mail.group-post", "body", "approximated", { kinds: ["group"], sure: true }],
    ["mail.rebuilt", "body", "approximated", { kinds: ["user"] }],
    ["mail.attachment-unreadable", "*", "dropped"],
    ["mail.reference-attachment", "*", "dropped"],
  ],
  calendar: [
    ["calendar.unknown-zone", "start.timeZone", "approximated"], ["calendar.zone-inferred", "start.timeZone", "approximated"], ["calendar.zone-unmatched", "start.timeZone", "approximated"],
    ["calendar.repeated-hour", "start.timeZone", "approximated", { side: "tool" }], ["calendar.all-day-shifted", "start", "approximated"], ["calendar.end-before-start", "end", "dropped"],
    ["calendar.unknown-recurrence", "recurrence", "dropped"], ["calendar.cancelled-unmatched", "cancelledOccurrences", "approximated"],
    ["calendar.exception-start", "*", "approximated"], ["calendar.exceptions-window", "exceptionOccurrences", "truncated"],
    ["calendar.attendee-address", "*", "approximated"], ["calendar.attachment-too-large", "*", "dropped", { side: "tool" }],
    ["calendar.attachment-unreadable", "*", "dropped", { side: "tool" }], ["calendar.item-attachment", "*", "dropped", { side: "tool" }],
    ["calendar.reference-attachment", "*", "approximated", { side: "tool" }], ["text.unwritable", "*", "approximated", { side: "tool" }],
  ],
  contacts: [["contact.photo-unreadable", "photo", "dropped"], ["contact.birthday-time", "birthday", "approximated"], ["text.unwritable", "*", "approximated", { side: "tool" }]],
  files: [
    ["files.permissions-unreadable", "permissions", "dropped"], ["files.link-address", "permissions", "truncated"], ["files.hash-mismatch", "quickXorHash", "approximated"],
    ["files.versions-limit", "versions", "truncated", { side: "tool" }], ["files.version-unreadable", "*", "dropped"], ["files.columns-unreadable", "columns", "dropped"],
    ["list.lookup-values", "*", "approximated"],
  ],
  lists: [["list.attachments", "attachments", "dropped"], ["list.lookup-values", "*", "approximated"], ["list.versions-limit", "versions", "truncated", { side: "tool" }]],
  pages: [["pages.content-untold", "sections", "dropped"], ["pages.comments-untold", "comments", "dropped"]],
  channels: [["conversation.picture-unreadable", "hosted", "dropped"], ["conversation.tabs-unreadable", "tabs", "dropped"], ["conversation.part-unreadable", "*", "dropped"]],
  chats: [["conversation.picture-unreadable", "hosted", "dropped"], ["conversation.part-unreadable", "*", "dropped"]],
  settings: [["settings.purpose-unknown", "purpose", "dropped"], ["settings.folder-unnamed", "folder", "approximated"]],
  tasks: [["task.unknown-recurrence", "recurrence", "dropped"], ["task.attachment-unreadable", "*", "dropped"]],
  notes: [["note.resource-unreadable", "*", "dropped"]],
  directory: [
    ["settings.purpose-unknown", "mailbox", "dropped", { kinds: ["user"] }], ["directory.mailbox-unread", "mailbox", "dropped", { kinds: ["user"] }],
    ["directory.licences-unnamed", "licences", "approximated", { kinds: ["user"] }], ["directory.entries-unnamed", "*", "approximated"], ["directory.photo-unreadable", "photo", "dropped"],
    ["directory.owners-untold", "owners", "dropped", { kinds: ["group"] }], ["directory.members-hidden", "members", "dropped", { kinds: ["group"] }],
  ],
};

/** Told with the counts (`Inventory.losses`), in place of a workload that is kept from whoever reads, or by the cloud about one property: not by what is read. */
export const TOLD_ELSEWHERE: readonly LossReason[] = ["mail.recoverable-left", "mail.archive-mailbox", "calendar.group", "notes.application", "directory.person", "source.property-untold"];

export const FORESEEN_REASONS: readonly LossReason[] = [...new Set([...Object.values(READING).flat().map(([reason]) => reason), ...TOLD_ELSEWHERE])];

export function foreseeReading(workload: WorkloadName, { kind }: Pick<Owner, "kind">): readonly ForeseenLoss[] {
  return READING[workload].flatMap(([reason, field, change, more = {}]): readonly ForeseenLoss[] => (more.kinds?.includes(kind) === false ? [] : [{ field, change, side: more.side ?? "source", reason, sure: more.sure === true }]));
}
