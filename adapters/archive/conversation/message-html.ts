import { hostedIdsIn, snippetIds } from "../../../src/convert/message/hosted.js";
import { renderMessage } from "../../../src/convert/message/message.js";
import type { Lang } from "../../../src/core/errors.js";
import { component } from "../names.js";
import type { Hosted } from "./hosted.js";
import type { Message } from "./messages-file.js";
import { readMessage, type ReadMessage } from "./read-message.js";

/** Longer code is a link. */
const SNIPPET = 256 * 1024;

/** How a message is shown, and which of its contents stand in that. */
export interface ShownMessage extends ReadMessage {
  readonly html: string;
  /** Files in `hosted/` that the text does not show. */
  readonly aside: readonly string[];
}

/** A message as sanitised HTML, its pictures by the addresses that `addressOf` gives to files of `hosted/`. Undefined when the file cannot be read as a message. */
export async function showMessage(hosted: Hosted, message: Message, { lang, addressOf }: { readonly lang: Lang; readonly addressOf: (file: string) => string }): Promise<ShownMessage | undefined> {
  const read = readMessage(message);
  if (read === undefined) return undefined;
  const [files, codes, placed] = [new Map<string, string>(), new Map<string, string>(), new Set<string>()];
  const snippets = new Set(snippetIds(read.record.attachments));
  for (const id of hostedIdsIn(JSON.stringify(message))) {
    const file = component(id);
    const size = await hosted.size(file);
    if (size === undefined) continue;
    files.set(id, file);
    if (snippets.has(id) && size <= SNIPPET) codes.set(id, (await hosted.text(file)) ?? "");
  }
  const placing = <T>(id: string, value: T | undefined): T | undefined => {
    if (value !== undefined) placed.add(id);
    return value;
  };
  const { text } = renderMessage(read.record, read.body, "html", {
    lang, hosted: (id) => placing(id, files.has(id) ? addressOf(files.get(id) ?? "") : undefined), snippet: (id) => placing(id, codes.get(id)),
  });
  return { ...read, html: text, aside: [...files].filter(([id]) => !placed.has(id)).map(([, file]) => file) };
}
