import { randomUUID } from "node:crypto";
import { itemDigest } from "../../core/digest.js";
import type { BlobRef, Item, WorkloadName } from "../../core/item.js";
import type { ChatMessageRecord, ConversationRecord } from "../../format/records.js";
import type { MemoryBlobs } from "./harness.js";
import { sampleItem, type Samples } from "./sample-item.js";

const AUTHOR = { kind: "user" as const, id: "00000000-0000-4000-8000-0000000000a1", name: "Zoé Müller", address: "zoe@commune.example" };
const FIRST = Date.UTC(2026, 0, 12, 8, 0, 0);
let made = 0;

/** Messages of a channel or chat, and the conversation's own card. */
export function conversationSamples(workload: WorkloadName, blobs: MemoryBlobs): Samples {
  const make = (text: string | undefined, told: Partial<ChatMessageRecord> = {}, id?: string, parts: readonly BlobRef[] = []): Item => {
    made += 1;
    const at = new Date(FIRST + made).toISOString();
    const record: ChatMessageRecord = {
      v: 1, type: "chat-message", messageId: String(FIRST + made), kind: "message", author: AUTHOR, createdAt: at, modifiedAt: at, importance: "normal", locale: "fr-fr", format: "html",
      mentions: [], reactions: [], attachments: [], hosted: [], ...told,
    };
    const body = text === undefined ? undefined : blobs.add(text, record.format === "html" ? ".html" : ".txt");
    const item = sampleItem(workload, told.subject ?? `Message ${made}`, record, body, id);
    return { ...item, parts, digest: itemDigest(record, body, parts) };
  };
  const picture = blobs.add(Buffer.from(Array.from({ length: 2_000 }, (_, index) => index % 249)), ".bin");
  return {
    plain: (serial) => make(`<p>Bonjour, voici le n°&nbsp;${serial}.</p>`, { subject: `Message ${serial}` }),
    rich: () => [
      { name: "a reply, edited", item: make("<p>Oui</p>", { replyTo: String(FIRST), editedAt: new Date(FIRST + 9_000).toISOString() }) },
      { name: "plain text with signs of markup", item: make("a < b && c > d\nligne 2", { format: "text" }) },
      { name: "a mention and reactions", item: make('<p><at id="0">Luc</at> ?</p>', { mentions: [{ index: 0, text: "Luc", person: { kind: "user", id: "u2", name: "Luc" } }], reactions: [{ reaction: "like", at: new Date(FIRST).toISOString(), person: AUTHOR }, { reaction: "🎉" }] }) },
      { name: "a picture", item: make('<p><img src="https://graph.example/v1.0/chats/c/messages/1/hostedContents/aW1hZ2U=/$value"></p>', { hosted: [{ id: "aW1hZ2U=", sha256: picture.sha256, size: picture.size }] }, undefined, [picture]) },
      { name: "a link to a file and a card", item: make('<attachment id="a"></attachment>', { attachments: [{ id: "a", mediaType: "reference", name: "Été.docx", url: "https://sites.example/Été.docx" }, { id: "c", mediaType: "application/vnd.microsoft.card.adaptive", content: '{"type":"AdaptiveCard"}' }] }) },
      { name: "a deleted message", item: make(undefined, { deletedAt: new Date(FIRST + 5_000).toISOString() }) },
      { name: "an event of the service without author", item: make("<systemEventMessage/>", { kind: "event", author: undefined, event: { "@odata.type": "#microsoft.graph.membersAddedEventMessageDetail", members: [{ id: "u2" }] } }) },
      { name: "an application as author, urgent", item: make("<p>Alerte</p>", { author: { kind: "application", id: "app", name: "Supervision" }, importance: "urgent" }) },
      { name: "the conversation's own card", item: card(workload) },
    ],
    changed: (item) => make("<p>Texte changé</p>", { ...(item.record as ChatMessageRecord), editedAt: new Date(FIRST + 60_000).toISOString() }, item.key.id),
    restated: (item) => {
      const record = { ...(item.record as ChatMessageRecord), reactions: [{ reaction: "heart", at: new Date(FIRST).toISOString(), person: AUTHOR }] };
      return { ...item, record, version: randomUUID(), digest: itemDigest(record, item.body, item.parts) };
    },
    twin: (item) => make("<p>Bonjour</p>", { subject: item.title }),
    sized: (bytes) => make("a".repeat(bytes), { format: "text" }),
    empty: () => make(undefined),
  };
}

function card(workload: WorkloadName): Item {
  const record: ConversationRecord = {
    v: 1, type: "conversation", form: workload === "chats" ? "group" : "channel", name: "Qualité de l'eau", description: "Analyses", createdAt: new Date(FIRST).toISOString(), archived: false,
    ...(workload === "chats" ? {} : { membership: "private" as const }), members: [{ ...AUTHOR, owner: true, guest: false }], tabs: [{ name: "Tableau", url: "https://intranet.example/" }],
  };
  return sampleItem(workload, record.name, record, undefined);
}
