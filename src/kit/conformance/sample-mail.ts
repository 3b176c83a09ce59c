import type { Item } from "../../core/item.js";
import type { MailRecord } from "../../format/records.js";
import type { MemoryBlobs } from "./harness.js";
import { sampleItem, type Samples } from "./sample-item.js";

const BASE: MailRecord = {
  v: 1, type: "mail", isRead: false, isDraft: false, flag: "none", importance: "normal", categories: [], hasAttachments: false,
  receivedAt: "2024-03-31T01:30:15Z",
};

export function mailSamples(blobs: MemoryBlobs): Samples {
  const make = (bytes: Uint8Array | string, state: Partial<MailRecord> = {}, id?: string): Item =>
    sampleItem("mail", state.subject ?? "Compte rendu", { ...BASE, ...state }, blobs.add(bytes, ".eml"), id);
  return {
    plain: (serial) => make(message(`<plain-${serial}@commune.example>`, `Compte rendu ${serial}`, `Bonjour,\r\n\r\nvoici le n° ${serial}.\r\n`), { internetMessageId: `<plain-${serial}@commune.example>` }),
    rich: () => richMail(make),
    changed: (item) => make(message("<changed@commune.example>", "Compte rendu modifié", "Nouveau texte\r\n"), stateOf(item), item.key.id),
    restated: (item) => sampleItem("mail", item.title, { ...stateOf(item), isRead: !stateOf(item).isRead, flag: "flagged" }, item.body, item.key.id),
    twin: (item) => sampleItem("mail", item.title, item.record, item.body),
    sized: (bytes) => make(sizedMessage(bytes)),
    empty: () => make(""),
  };
}

function richMail(make: (bytes: Uint8Array | string, state?: Partial<MailRecord>) => Item): readonly { name: string; item: Item }[] {
  const text = message("<rich@commune.example>", "État", "Texte\r\n");
  return [
    { name: "read, flagged", item: make(text, { isRead: true, flag: "flagged" }) },
    { name: "flag complete", item: make(text, { flag: "complete" }) },
    { name: "draft", item: make(text, { isDraft: true }) },
    { name: "important", item: make(text, { importance: "high" }) },
    { name: "categories", item: make(text, { categories: ["Catégorie rouge", "À traiter (urgent)", "Projet \"Été\" 100%*", "junk", "漢字"] }) },
    { name: "category of 200 characters", item: make(text, { categories: [`${"très long ".repeat(20)}fin`] }) },
    { name: "received before 1970", item: make(text, { receivedAt: "1969-07-20T20:17:40Z" }) },
    { name: "received in the lost hour of summer time", item: make(text, { receivedAt: "2024-03-31T01:59:59.999Z" }) },
    { name: "no date received", item: make(text, { receivedAt: undefined }) },
    { name: "no Message-ID", item: make("Subject: sans identifiant\r\n\r\nTexte\r\n") },
    { name: "no header", item: make("\r\nTexte seul\r\n") },
    { name: "no final line break", item: make("Subject: x\r\n\r\nfin") },
    { name: "lines that look like protocol", item: make("Subject: x\r\n\r\n.\r\n)\r\n{3}\r\nA1 LOGOUT\r\nFrom here\r\n") },
    { name: "8-bit bytes that are no UTF-8", item: make(Buffer.from("Subject: x\r\n\r\n\xe9\xff\x80\r\n", "latin1")) },
    { name: "a line of 100 000 characters", item: make(`Subject: x\r\n\r\n${"a".repeat(100_000)}\r\n`) },
  ];
}

function stateOf(item: Item): MailRecord {
  return item.record as MailRecord;
}

function message(id: string, subject: string, body: string): string {
  return [
    "Date: Sun, 31 Mar 2024 03:30:15 +0200", "From: =?utf-8?Q?Zo=C3=A9?= <zoe@commune.example>", "To: paul@commune.example",
    `Message-ID: ${id}`, `Subject: =?utf-8?B?${Buffer.from(subject).toString("base64")}?=`, "MIME-Version: 1.0",
    "Content-Type: text/plain; charset=utf-8", "Content-Transfer-Encoding: 8bit", "", body,
  ].join("\r\n");
}

function sizedMessage(bytes: number): string {
  const head = message("<sized@commune.example>", "Gros", "");
  const line = `${"0123456789".repeat(7)}\r\n`;
  const rest = Math.max(0, bytes - Buffer.byteLength(head));
  return head + line.repeat(Math.floor(rest / line.length)) + "x".repeat(rest % line.length);
}
