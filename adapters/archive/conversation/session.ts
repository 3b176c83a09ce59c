import type { PutContext, PutResult, TargetContainer, TargetRef, TargetSession, Verdict } from "../../../src/core/adapter.js";
import { canonicalJson } from "../../../src/core/digest.js";
import { ExodusError } from "../../../src/core/errors.js";
import type { BlobRef, Item, PlacedContainer } from "../../../src/core/item.js";
import type { DiskTree } from "../../../src/drivers/disk/tree.js";
import { conversationItem } from "../../../src/kit/typed-items.js";
import { component } from "../names.js";
import type { Places } from "../places.js";
import { chunk } from "../text.js";
import { cardJson, CARDS, messageJson } from "./graph-shape.js";
import { markConversation, MESSAGES_FILE } from "./stale.js";

/**
 * Conversations in the archive: a folder each, its card, one JSON file a message and its pictures; `messages.jsonl` and the pages are made from those
 * when the run ends. TargetRef.id = path of the JSON file in the conversation's folder.
 */
export class ConversationSession implements TargetSession {
  readonly #marked = new Set<string>();

  /** `group` is the name of the group behind a team; `changing` is awaited before each change. */
  constructor(private readonly tree: DiskTree, private readonly places: Places, private readonly group: string | undefined, private readonly changing: () => Promise<void>) {}

  async prepare(container: PlacedContainer, known: string | undefined, signal: AbortSignal): Promise<TargetContainer> {
    signal.throwIfAborted();
    await this.changing();
    const placed = await this.places.prepare(container, known);
    if (known !== undefined && known !== placed.id) for (const folder of [known, placed.id]) await this.#mark(folder);
    return placed;
  }

  async put(item: Item, context: PutContext): Promise<PutResult> {
    context.signal.throwIfAborted();
    if ((await this.tree.info(context.into.id))?.folder !== true) throw new ExodusError("TARGET_CONTAINER_MISSING", { params: { target: this.tree.root, reason: "ENOENT" } });
    const [id, text] = [fileOf(item), await this.#textOf(item, context)];
    const found = await this.#text(`${context.into.id}/${id}`);
    const differing = await this.#differences(item, text, context.into.id);
    const ref = { id };
    if (differing.length === 0) return { outcome: "unchanged", ref, losses: [] };
    await this.changing();
    await this.#mark(context.into.id);
    for (const [name, blob] of picturesOf(item)) {
      await this.tree.makeFolder(`${context.into.id}/hosted`);
      await this.tree.write(`${context.into.id}/hosted/${name}`, context.open(blob), { signal: context.signal });
    }
    if (id.includes("/")) await this.tree.makeFolder(`${context.into.id}/messages`);
    // Pictures stand before the message that shows them.
    await this.tree.write(`${context.into.id}/${id}`, chunk(text), { signal: context.signal });
    return { outcome: found === undefined && context.known === undefined ? "created" : "updated", ref, losses: [] };
  }

  async find(item: Item, context: PutContext): Promise<TargetRef | undefined> {
    context.signal.throwIfAborted();
    const ref = { id: fileOf(item) };
    return (await this.#text(`${context.into.id}/${ref.id}`)) === undefined || (await context.isTaken(ref)) ? undefined : ref;
  }

  async remove(ref: TargetRef, into: TargetContainer, signal: AbortSignal): Promise<void> {
    signal.throwIfAborted();
    const text = await this.#text(`${into.id}/${ref.id}`);
    if (text === undefined) return;
    await this.changing();
    await this.#mark(into.id);
    for (const [, id = ""] of text.matchAll(/\/hostedContents\/([^/"'\\\s?#]+)/g)) await this.tree.removeFile(`${into.id}/hosted/${component(id)}`);
    await this.tree.removeFile(`${into.id}/${ref.id}`);
  }

  async removeContainer(id: string, signal: AbortSignal): Promise<boolean> {
    signal.throwIfAborted();
    await this.changing();
    const emptied = (await this.tree.removeFolder(`${id}/messages`)) && (await this.tree.removeFolder(`${id}/hosted`));
    if (!emptied) return false;
    await this.tree.removeFile(`${id}/${MESSAGES_FILE}`);
    return this.places.remove(id);
  }

  async verify(item: Item, ref: TargetRef, context: PutContext): Promise<Verdict> {
    context.signal.throwIfAborted();
    if ((await this.#text(`${context.into.id}/${ref.id}`)) === undefined) return { state: "missing", fields: [] };
    const fields = await this.#differences(item, await this.#textOf(item, context), context.into.id);
    return { state: fields.length === 0 ? "same" : "different", fields };
  }

  async close(): Promise<void> {
    // Every file was closed when it was written.
  }

  async #differences(item: Item, text: string, folder: string): Promise<Verdict["fields"]> {
    const fields = [{ field: "message", expected: canonicalText(text), found: canonicalText((await this.#text(`${folder}/${fileOf(item)}`)) ?? "") }];
    for (const [name, { sha256, size }] of picturesOf(item)) {
      const file = `${folder}/hosted/${name}`;
      const same = (await this.tree.info(file))?.size === size;
      fields.push({ field: "hosted", expected: sha256, found: same ? ((await this.tree.hash(file)) ?? "") : "" });
    }
    return fields.filter(({ expected, found }) => expected !== found);
  }

  async #textOf(item: Item, { open, reserve }: PutContext): Promise<string> {
    const { record, body } = conversationItem(item);
    if (record.type === "conversation") return `${JSON.stringify({ ...(record.form === "team" ? { group: this.group } : {}), ...cardJson(record) }, null, 1)}\n`;
    const release = await reserve(body?.size ?? 0);
    try {
      const chunks: Uint8Array[] = [];
      if (body !== undefined) for await (const piece of open(body)) chunks.push(piece);
      return `${JSON.stringify(messageJson(record, Buffer.concat(chunks).toString("utf8")))}\n`;
    } finally {
      release();
    }
  }

  async #text(file: string): Promise<string | undefined> {
    return (await this.tree.info(file))?.folder === false ? this.tree.text(file) : undefined;
  }

  async #mark(folder: string): Promise<void> {
    if (this.#marked.has(folder)) return;
    await markConversation(this.tree, folder);
    this.#marked.add(folder);
  }
}

/** Messages sort by thread, then by time: ids are milliseconds, and "_" comes after ".". */
function fileOf(item: Item): string {
  const { record } = conversationItem(item);
  if (record.type === "conversation") return CARDS[record.form];
  const name = record.replyTo === undefined ? component(record.messageId) : `${component(record.replyTo)}_${component(record.messageId)}`;
  return `messages/${name}.json`;
}

function picturesOf(item: Item): readonly (readonly [string, BlobRef])[] {
  const { record, parts } = conversationItem(item);
  if (record.type === "conversation") return [];
  return record.hosted.flatMap(({ id, sha256 }) => {
    const blob = parts.find((part) => part.sha256 === sha256);
    return blob === undefined ? [] : [[component(id), blob] as const];
  });
}

/** Equal whatever the spacing; what is no JSON differs from all that is. */
function canonicalText(text: string): string {
  try {
    return canonicalJson(JSON.parse(text));
  } catch (thrown) {
    if (thrown instanceof SyntaxError) return "";
    throw thrown;
  }
}
