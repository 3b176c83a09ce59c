import type { Manifest } from "../../src/core/adapter.js";
import { formGaps } from "../../src/kit/message-losses.js";

const DOC = "talkspirit/talkspirit.github.com@20969a6, _docs/incoming-webhooks.md";
/** Title, content, url, thread_id and contact are all that the examples show. */
const PAYLOAD = `${DOC}, "Sending posts": the properties of a post`;
const ADDS = `${DOC}: a call adds a post or a comment, and nothing else`;

export const manifest: Manifest = {
  name: "talkspirit",
  title: "Talkspirit",
  docs: "docs/targets/talkspirit.md",
  workloads: {
    channels: {
      support: "partial", via: "rest", evidence: "emulator", cite: `${DOC}, "Threaded posts"`, keepsDates: false, keepsAuthors: false,
      canFind: false, canReadBack: false, canUpdate: false, canRemove: false, appends: true,
      gaps: [
        { of: "item", field: "author", change: "approximated", reason: "conversation.author-in-text", cite: `${PAYLOAD}: contact is a name and a picture, not an account` },
        { of: "item", field: "createdAt", change: "approximated", reason: "conversation.date-in-text", cite: PAYLOAD },
        { of: "item", field: "order", change: "approximated", reason: "conversation.appended", cite: PAYLOAD },
        { of: "item", field: "earlier texts", change: "dropped", reason: "conversation.edits", cite: "Microsoft Graph keeps the last text of a message only (chatMessage, lastEditedDateTime)" },
        { of: "item", field: "changes", change: "dropped", reason: "conversation.unchangeable", cite: ADDS },
        { of: "item", field: "importance", change: "dropped", reason: "conversation.importance", cite: PAYLOAD },
        { of: "item", field: "reactions", change: "approximated", reason: "conversation.reactions-in-text", cite: PAYLOAD },
        { of: "item", field: "mentions", change: "approximated", reason: "conversation.mentions-in-text", cite: PAYLOAD },
        { of: "item", field: "replyTo", change: "dropped", reason: "conversation.thread-missing", cite: `${DOC}, "Threaded posts": the first call of a thread is its post` },
        ...formGaps(`${PAYLOAD}: the form of content is not told, so that it is plain text; docs/conversions.md`),
      ],
    },
  },
  concurrency: 1,
  skips: ["CONVERSATION_CARD"],
};
