import type { ChatMessageRecord } from "../../format/records.js";
import { percentDecoded } from "../../lib/percent.js";
import { asObject, parsed, stringOf } from "./json.js";

const ADDRESS = /hostedContents\/([^/"'\\\s?#]+)/;

/** Id of a content that Teams hosts, from any address of it. */
export function hostedIdOf(address: string): string | undefined {
  const id = ADDRESS.exec(address)?.[1];
  return id === undefined ? undefined : percentDecoded(id);
}

/** Ids of all contents that a text names: HTML, or JSON that has some in it. */
export function hostedIdsIn(text: string): readonly string[] {
  return [...new Set([...text.matchAll(new RegExp(ADDRESS, "g"))].map(([, id = ""]) => percentDecoded(id)))];
}

export type Attachment = ChatMessageRecord["attachments"][number];

/** A code snippet: `name` and `language` as its card tells them; the code itself is a hosted content. */
export interface Snippet {
  readonly name: string;
  readonly language: string;
  readonly id: string | undefined;
}

/** Undefined for other attachments (Graph, chatMessageAttachment, "contentType"). */
export function snippetOf({ mediaType, name, content }: Attachment): Snippet | undefined {
  if (mediaType !== "application/vnd.microsoft.card.codesnippet") return undefined;
  const card = asObject(parsed(content));
  return { name: stringOf(card["name"]) || (name ?? ""), language: stringOf(card["language"]), id: hostedIdOf(stringOf(card["codeSnippetUrl"])) };
}

/** Ids of the code that a message shows. */
export function snippetIds(attachments: readonly Attachment[]): readonly string[] {
  return attachments.flatMap((attachment) => snippetOf(attachment)?.id ?? []);
}

/** What a message calls a content that Teams hosts; else the beginning of its id. */
export function hostedName(id: string, { attachments }: Pick<ChatMessageRecord, "attachments">): string {
  const named = attachments.find(({ content, url }) => hostedIdOf(content ?? "") === id || hostedIdOf(url ?? "") === id)?.name;
  return named ?? id.slice(0, 100);
}
