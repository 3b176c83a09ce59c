import type { Gap, Manifest } from "../../src/core/adapter.js";
import type { Loss } from "../../src/core/item.js";
import type { LossReason } from "../../src/core/losses.js";
import { fileGaps } from "../../src/kit/file-losses.js";
import { formGaps } from "../../src/kit/message-losses.js";

const SOURCE = "NetframeHQ/netframe-core@33e11bf";
const POST = `${SOURCE}, app/Http/Controllers/Channel/MessagesController.php, "posting"`;
const CHANNEL = `${SOURCE}, app/Http/Controllers/Channel/ChannelController.php, "edit"`;
const PAGE = `${SOURCE}, resources/js/channel/app.vue`;
const UPLOAD = `${SOURCE}, packages/netframe/media/src/Netframe/Media/MediaController.php, "upload"`;
const SCHEMA = `${SOURCE}, docker/database-init/00-schema.sql`;
const EXPLORER = `${SOURCE}, app/Http/Controllers/User/MediaController.php`;
const gap = (of: Gap["of"], field: string, change: Loss["change"], reason: LossReason, cite: string): Gap => ({ of, field, change, reason, cite });

export const manifest: Manifest = {
  name: "netframe",
  title: "Netframe",
  docs: "docs/targets/netframe.md",
  workloads: {
    files: {
      support: "partial", via: "rest", evidence: "emulator", cite: `${UPLOAD}, with "fromXplorer"`, keepsDates: false, keepsAuthors: false,
      canFind: true, canReadBack: true, canUpdate: true, canRemove: true,
      // docker/netframe.production.Dockerfile: upload_max_filesize.
      maxBytes: 2 ** 30,
      gaps: fileGaps({
        name: `${SCHEMA}, medias.name: three bytes a character; app/Http/Middleware/TrimStrings.php`,
        shortened: `${SCHEMA}, medias.name: 245 characters`,
        twice: `${EXPLORER}, "testFileFolder": one file is found by a name`,
        authors: `${UPLOAD}: the person who is signed in`,
        dates: `${UPLOAD}: now`,
        versions: `${UPLOAD}: earlier versions are those that were replaced there`,
        permissions: `${EXPLORER}, "editFolder": rights are the group's`,
        columns: `${SCHEMA}, medias: no columns of a library`,
      }),
    },
    channels: {
      support: "partial", via: "rest", evidence: "emulator", cite: POST, keepsDates: false, keepsAuthors: false,
      canFind: true, canReadBack: true, canUpdate: true, canRemove: true, appends: true,
      gaps: [
        gap("container", "name", "approximated", "conversation.characters", `${SCHEMA}, channels.name: three bytes a character`),
        gap("container", "name", "approximated", "conversation.name-shortened", `${SOURCE}, config/validation.php, "channel/edit": 50 characters`),
        gap("item", "author", "approximated", "conversation.author-in-text", `${POST}: the person who is signed in`),
        gap("item", "createdAt", "approximated", "conversation.date-in-text", `${POST}: now`),
        gap("item", "order", "approximated", "conversation.appended", `${POST}: now, and a change puts a message last`),
        gap("item", "earlier texts", "dropped", "conversation.edits", "Microsoft Graph keeps the last text of a message only (chatMessage, lastEditedDateTime)"),
        gap("item", "importance", "dropped", "conversation.importance", `${POST}: no importance`),
        gap("item", "reactions", "approximated", "conversation.reactions-in-text", `${SOURCE}, app/Http/Controllers/NetframeController.php, "postLike": the person who is signed in`),
        gap("item", "mentions", "approximated", "conversation.mentions-in-text", `${SOURCE}, app/Listeners/UserTag.php: who is named is written to`),
        gap("item", "replyTo", "approximated", "conversation.thread-flat", `${PAGE}: a channel shows its messages, and no comments`),
        gap("item", "members", "dropped", "conversation.members", `${SOURCE}, app/Listeners/NotifNewChanPost.php: members get a message on their phones for each post`),
        gap("item", "archived", "dropped", "conversation.archived", `${CHANNEL}: no such property`),
        gap("item", "tabs", "approximated", "conversation.tabs-in-topic", `${CHANNEL}: a description`),
        gap("item", "description", "approximated", "conversation.characters", `${SCHEMA}, channels.description: three bytes a character`),
        gap("item", "pictures", "approximated", "conversation.picture-beside", `${PAGE}: files below the text`),
        gap("item", "pictures", "dropped", "conversation.file-too-large", `${UPLOAD}: as the server is set up`),
        gap("item", "body", "approximated", "conversation.long-text", `${SCHEMA}, news.content: 65,535 bytes`),
        ...formGaps(`${SOURCE}, app/Helpers/StringHelper.php, "formatPostText": text, in which addresses and words with # become links; docs/conversions.md`),
      ],
    },
  },
  concurrency: 1,
  skips: ["CONVERSATION_CARD", "FOLDER_PERMISSIONS", "FILE_KIND_REFUSED", "FILE_KIND_CHANGED"],
};
