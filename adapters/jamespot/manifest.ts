import type { Gap, Manifest } from "../../src/core/adapter.js";
import type { Loss } from "../../src/core/item.js";
import type { LossReason } from "../../src/core/losses.js";
import { formGaps } from "../../src/kit/message-losses.js";

const CLIENT = "npm jamespot-user-api 1.3.135, dist/src";
const ARTICLE = `${CLIENT}/types/article.d.ts, ArticleCreation, AddCommentParams`;
const FORM = "docs/conversions.md, \"Messages of conversations\": HTML of this program's own";
const gap = (of: Gap["of"], field: string, change: Loss["change"], reason: LossReason, cite: string): Gap => ({ of, field, change, reason, cite });

export const manifest: Manifest = {
  name: "jamespot",
  title: "Jamespot",
  docs: "docs/targets/jamespot.md",
  workloads: {
    channels: {
      support: "partial", via: "rest", evidence: "emulator", cite: ARTICLE, keepsDates: false, keepsAuthors: false,
      canFind: true, canReadBack: true, canUpdate: true, canRemove: true, appends: true,
      gaps: [
        gap("container", "name", "approximated", "conversation.characters", `${CLIENT}/types/group.d.ts, CreateGroup: a title is a line of text`),
        gap("item", "author", "approximated", "conversation.author-in-text", `${ARTICLE}: no author`),
        gap("item", "createdAt", "approximated", "conversation.date-in-text", `${ARTICLE}: no date`),
        gap("item", "order", "approximated", "conversation.appended", `${ARTICLE}: no date, by which a post could be put among others`),
        gap("item", "earlier texts", "dropped", "conversation.edits", "Microsoft Graph keeps the last text of a message only (chatMessage, lastEditedDateTime)"),
        gap("item", "importance", "dropped", "conversation.importance", `${ARTICLE}: no importance`),
        gap("item", "members", "dropped", "conversation.members", `${CLIENT}/apis/group/group.d.ts: changeMemberRole is for whoever is a member; no call that brings one in quietly`),
        gap("item", "archived", "dropped", "conversation.archived", `${CLIENT}/types/group.d.ts, GroupProperties: no such property`),
        gap("item", "tabs", "approximated", "conversation.tabs-in-topic", `${CLIENT}/types/group.d.ts, CreateGroup: a description`),
        gap("item", "replyTo", "dropped", "conversation.thread-missing", `${ARTICLE}: a comment is an article's`),
        gap("item", "pictures", "approximated", "conversation.picture-beside", "Jamespot/jamespot-langchain-tools@957c860, README.md, \"Manual File Attachment Workflow\": files hang on the article"),
        gap("item", "pictures", "dropped", "conversation.file-too-large", "RFC 9110 section 15.5.14 (413): no limit is documented"),
        ...formGaps(FORM),
      ],
    },
  },
  concurrency: 1,
  skips: [],
};
