import { snippetIds } from "../convert/message/hosted.js";
import { renderMessage, type MessageForm, type Rendition } from "../convert/message/message.js";
import { ExodusError, type Lang } from "../core/errors.js";
import type { BlobRef, Item } from "../core/item.js";
import { ChatMessageRecord } from "../format/records.js";
import type { Holdings } from "./holdings.js";

/** Longer code stays beside the message: `vault cat --part` gives it. */
const SNIPPET = 1 << 20;

/** A message of a channel or chat in a form that people read, with its snippets and reactions. Memory: the message. @throws ExodusError VAULT_NO_MESSAGE. */
export async function readable(holdings: Holdings, item: Item, form: MessageForm, lang: Lang): Promise<Rendition> {
  const parsed = ChatMessageRecord.safeParse(item.record);
  if (!parsed.success) throw new ExodusError("VAULT_NO_MESSAGE", { params: { id: item.key.id } });
  const record = parsed.data;
  const text = async (blob: BlobRef): Promise<string> => {
    const chunks: Uint8Array[] = [];
    for await (const chunk of holdings.bytes(item.key.owner, blob)) chunks.push(chunk);
    return Buffer.concat(chunks).toString("utf8");
  };
  const codes = new Map<string, string>();
  for (const id of snippetIds(record.attachments)) {
    const sha256 = record.hosted.find((one) => one.id === id)?.sha256;
    const part = item.parts.find((one) => one.sha256 === sha256);
    if (part !== undefined && part.size <= SNIPPET) codes.set(id, await text(part));
  }
  return renderMessage(record, item.body === undefined ? "" : await text(item.body), form, { lang, reactions: true, snippet: (id) => codes.get(id) });
}
