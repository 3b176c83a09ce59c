import type { Gap, Manifest } from "../../src/core/adapter.js";
import type { Loss } from "../../src/core/item.js";
import type { LossReason } from "../../src/core/losses.js";
import { formGaps } from "../../src/kit/message-losses.js";

const HELP = "help of the Open API of an installed JPlatform (<site>/rest/doc), version 10.0.7";
const CREATE = `departement-loire-atlantique/zelli@95b69c4, src/app/pages/ask-question/ask-question-form/ask-question-form.component.ts, and ${HELP}: POST rest/data/<type>`;
const COMMENT = `${HELP}: fields of DBComment`;
const gap = (field: string, change: Loss["change"], reason: LossReason, cite: string): Gap => ({ of: "item", field, change, reason, cite });

/** The Open API's part. */
export const manifest: Manifest = {
  name: "jalios",
  title: "Jalios JPlatform (Open API)",
  docs: "docs/targets/jalios.md",
  workloads: {
    channels: {
      support: "partial", via: "rest", evidence: "emulator", cite: CREATE, keepsDates: false, keepsAuthors: false,
      canFind: "late", canReadBack: true, canUpdate: true, canRemove: false, appends: true,
      gaps: [
        gap("author", "approximated", "conversation.author-in-text", `${HELP}: author is a field; for whom it is taken is not told, so that it is set on request`),
        gap("createdAt", "approximated", "conversation.date-in-text", `${HELP}: dates of creation and change are no fields`),
        gap("order", "approximated", "conversation.appended", `${HELP}: dates of creation and change are no fields`),
        gap("earlier texts", "dropped", "conversation.edits", "Microsoft Graph keeps the last text of a message only (chatMessage, lastEditedDateTime)"),
        gap("importance", "dropped", "conversation.importance", `${HELP}: no such field`),
        gap("reactions", "approximated", "conversation.reactions-in-text", `${HELP}: no such field`),
        gap("mentions", "approximated", "conversation.mentions-in-text", `${HELP}: no such field`),
        gap("replyTo", "dropped", "conversation.thread-missing", `${COMMENT}: targetContent is the content that it comments`),
        ...formGaps(`${COMMENT}: description is wiki text, so that it is written as plain text; HTML of contents: docs/conversions.md`),
      ],
    },
  },
  concurrency: 1,
  skips: ["CONVERSATION_CARD"],
};
