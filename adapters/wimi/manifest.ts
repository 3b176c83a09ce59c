import type { Manifest } from "../../src/core/adapter.js";
import { fileGaps } from "../../src/kit/file-losses.js";
import { formGaps } from "../../src/kit/message-losses.js";

/** Classes made of the vendor's page by a public program. */
const CLASSES = "praftr/wimi-api-client@c6e4535, src/Request/Document";
const UPLOAD = `${CLASSES}/File/UploadRequest.php`;
const MESSAGE = "praftr/wimi-api-client@c6e4535, src/Request/Chat/Chat/PostMessageRequest.php: a chat's number and a text";
/** Told for the client that brings files to people's machines. */
const RESTRICTIONS = "https://support.wimi-teamwork.com/t/what-are-the-restrictions-of-wimi-drive/84";
const twice = `${CLASSES}/Entry/ListRequest.php: a folder is a list of names; what a second file of a name becomes is in no source`;

export const manifest: Manifest = {
  name: "wimi",
  title: "Wimi",
  docs: "docs/targets/wimi.md",
  workloads: {
    files: {
      support: "partial", via: "rest", evidence: "emulator",
      cite: `${UPLOAD}: names and fields of the vendor's page; how the bytes travel rests on a third party's program alone (https://pypi.org/project/pywimi/0.3/, pywimi/wimi.py, upload)`,
      keepsDates: false, keepsAuthors: false,
      canFind: true, canReadBack: true, canUpdate: true, canRemove: true,
      maxBytes: 2 * 2 ** 30,
      gaps: [
        ...fileGaps({
          name: `${RESTRICTIONS}: characters of names`,
          shortened: `${RESTRICTIONS}: names that Windows and macOS take`,
          twice,
          authors: `${UPLOAD}: no author`,
          dates: `${UPLOAD}: timestamp, whose form is in no source`,
          versions: `${UPLOAD}: replace_master and file_id, whose effect is in no source`,
          permissions: `${CLASSES}/Directory/AddMembersToDirRequest.php: members are a workspace's`,
          columns: `${UPLOAD} has no columns of a library`,
        }),
        { of: "container", field: "folder", change: "approximated", reason: "container.flattened", cite: `${RESTRICTIONS}: nine levels of folders` },
      ],
    },
    channels: {
      support: "partial", via: "rest", evidence: "emulator",
      cite: "ArnaudGardille/dify@9a7824c, api/core/tools/provider/builtin/wimi/tools/create_message.py: chat.chat.PostMessage, as a third party's program sends it",
      keepsDates: false, keepsAuthors: false,
      canFind: false, canReadBack: false, canUpdate: false, canRemove: false, appends: true, concurrency: 1,
      gaps: [
        { of: "item", field: "author", change: "approximated", reason: "conversation.author-in-text", cite: MESSAGE },
        { of: "item", field: "createdAt", change: "approximated", reason: "conversation.date-in-text", cite: MESSAGE },
        { of: "item", field: "order", change: "approximated", reason: "conversation.appended", cite: MESSAGE },
        { of: "item", field: "replyTo", change: "approximated", reason: "conversation.thread-flat", cite: MESSAGE },
        { of: "item", field: "earlier texts", change: "dropped", reason: "conversation.edits", cite: "Microsoft Graph keeps the last text of a message only (chatMessage, lastEditedDateTime)" },
        { of: "item", field: "changes", change: "dropped", reason: "conversation.unchangeable", cite: "praftr/wimi-api-client@c6e4535, src/Request/Chat/Chat/EditMessageRequest.php asks for a message's number, which no source shows" },
        { of: "item", field: "importance", change: "dropped", reason: "conversation.importance", cite: MESSAGE },
        { of: "item", field: "reactions", change: "approximated", reason: "conversation.reactions-in-text", cite: MESSAGE },
        { of: "item", field: "mentions", change: "approximated", reason: "conversation.mentions-in-text", cite: MESSAGE },
        ...formGaps(`${MESSAGE}, whose form is in no source, so that it is plain text; docs/conversions.md`),
      ],
    },
  },
  concurrency: 4,
  skips: ["FOLDER_PERMISSIONS", "CONVERSATION_CARD"],
};
