import type { PutContext, PutResult, TargetRef, Verdict } from "../../src/core/adapter.js";
import { markIn, markOf } from "../../src/convert/message/origin.js";
import { asExodusError } from "../../src/core/errors.js";
import type { Item, Loss } from "../../src/core/item.js";
import { deleteFile, type Post } from "../../src/drivers/jamespot/posts.js";
import type { ChatMessageRecord } from "../../src/format/records.js";
import { withMessageText } from "../../src/kit/message-text.js";
import { htmlToText } from "../../src/lib/html-text.js";
import { changedFiles, namedParts, sendFiles, type NamedPart } from "./attachments.js";
import { pictureTooLarge, threadMissing } from "./losses.js";
import { draftOf, type Draft } from "./message.js";
import { ArticlePlace, CommentPlace, postOf, type Place, type PlaceOptions } from "./places.js";

export interface MessageOptions extends PlaceOptions {
  readonly lang: "en" | "fr";
  readonly zone: string;
}

/** Kinds of post whose marks were seen again in this session. */
type Proven = Set<string>;
/** The text, its renditions, and what the platform shows of it stand in memory together. */
const WEIGHT = 6;

/** One message: an article of its channel's group, or a comment under the article of its thread. */
export class MessagePut {
  readonly #mark: string;

  constructor(private readonly spot: number, private readonly item: Item<ChatMessageRecord>, private readonly context: PutContext, private readonly options: MessageOptions, private readonly proven: Proven) {
    this.#mark = markOf(item.key);
  }

  put(): Promise<PutResult> {
    return this.#drafted(async (draft, parts, place, lost) => {
      const { client } = this.options;
      const { known, signal } = this.context;
      const standing = (known === undefined ? undefined : await this.#ours(known)) ?? (await this.#found(place));
      const { missing, left } = changedFiles(parts, standing?.post.files ?? []);
      const same = standing !== undefined && missing.length === 0 && left.length === 0 && standing.post.html === draft.html && (standing.post.title ?? draft.title) === draft.title;
      if (same) return { outcome: "unchanged", ref: standing.ref, losses: [...draft.losses, ...lost] };
      let refused = 0;
      const id = await client.inOneSession(async () => {
        const token = await client.token(signal);
        refused = await sendFiles(client, token, missing, this.context);
        if (standing === undefined) return this.#create(place, { ...draft, token });
        for (const file of left) await deleteFile(client, file.id, token, signal);
        await standing.place.update(standing.post.id, { ...draft, token }, signal);
        return standing.post.id;
      }, signal);
      if (standing === undefined) await this.#prove(place, id);
      const losses = [...draft.losses, ...lost, ...(refused === 0 ? [] : [pictureTooLarge])];
      return { outcome: standing === undefined ? "created" : "updated", ref: standing?.ref ?? place.refOf(id), losses };
    });
  }

  async find(): Promise<TargetRef | undefined> {
    const found = await this.#found((await this.#place()).place);
    return found === undefined || (await this.context.isTaken(found.ref)) ? undefined : found.ref;
  }

  async verify(ref: TargetRef): Promise<Verdict> {
    const standing = await this.#ours(ref);
    if (standing === undefined) return { state: "missing", fields: [] };
    const fields = await this.#drafted((draft, parts, place) => Promise.resolve(differences(draft, parts, standing.post, place)));
    return { state: fields.length === 0 ? "same" : "different", fields };
  }

  /** What was sent may stand although its answer was lost: the next try lists the place before it sends again. */
  async #create(place: Place, draft: Parameters<Place["create"]>[0]): Promise<number> {
    try {
      const id = await place.create(draft, this.context.signal);
      this.options.found.add(place.key, this.#mark, id);
      return id;
    } catch (thrown) {
      if (asExodusError(thrown).errorClass !== "throttled") this.options.found.forget(place.key);
      throw thrown;
    }
  }

  /** Once for each kind in a session: a platform that does not give our mark back would get everything twice. */
  async #prove(place: Place, id: number): Promise<void> {
    if (this.proven.has(place.kind)) {
      place.opened(id);
      return;
    }
    this.options.found.forget(place.key);
    if ((await this.#lookUp(place)) !== id) throw this.options.client.error("TARGET_MARK_LOST", place.kind);
    this.proven.add(place.kind);
    place.opened(id);
  }

  #lookUp(place: Place): Promise<number | undefined> {
    const { signal } = this.context;
    return this.options.found.find(place.key, this.#mark, () => place.list(signal), signal);
  }

  async #found(place: Place): Promise<{ readonly ref: TargetRef; readonly post: Post; readonly place: Place } | undefined> {
    const id = await this.#lookUp(place);
    if (id === undefined) return undefined;
    const standing = await this.#ours(place.refOf(id));
    if (standing !== undefined) return standing;
    // Listed once, and gone since?
    this.options.found.forget(place.key);
    if ((await this.#lookUp(place)) !== undefined) throw this.options.client.error("TARGET_DENIED", `${place.kind}: listed, and not shown`);
    return undefined;
  }

  /** Under a reference, where it stands and is this message's. */
  async #ours(ref: TargetRef): Promise<{ readonly ref: TargetRef; readonly post: Post; readonly place: Place } | undefined> {
    const { signal } = this.context;
    const found = await postOf(this.options, this.spot, ref, signal);
    if (found === undefined || found.post.author !== (await this.options.client.me(signal)).id || markIn(found.post.html) !== this.#mark) return undefined;
    return { ref, ...found };
  }

  /** A reply is a comment of its thread's article; where that is not there, an article of its own. */
  async #place(): Promise<{ readonly place: Place; readonly lost: readonly Loss[] }> {
    const group = new ArticlePlace(this.options, this.spot);
    const { item: { key: { id, workload }, record }, context: { refOf, signal }, options } = this;
    if (record.replyTo === undefined) return { place: group, lost: [] };
    const thread = id.slice(0, Math.max(0, id.lastIndexOf("/")));
    const told = await refOf(thread);
    const root = told === undefined ? await options.found.find(group.key, markOf({ workload, id: thread }), () => group.list(signal), signal) : group.idOf(told);
    return root === undefined ? { place: group, lost: [threadMissing] } : { place: new CommentPlace(options, root), lost: [] };
  }

  #drafted<T>(work: (draft: Draft, parts: readonly NamedPart[], place: Place, lost: readonly Loss[]) => Promise<T>): Promise<T> {
    const { item, context, options: { lang, zone } } = this;
    return withMessageText(item, context, WEIGHT, async ({ body, snippets }) => {
      const { place, lost } = await this.#place();
      const draft = draftOf(item, body, { lang, zone, mark: this.#mark, titled: place.titled, snippets });
      return work(draft, await namedParts(draft.parts, context), place, lost);
    });
  }
}

/** By the text that people see: what the platform makes of tags is not documented. */
function differences(draft: Draft, parts: readonly NamedPart[], post: Post, place: Place): Verdict["fields"] {
  const { missing, left } = changedFiles(parts, post.files);
  const [expected, found] = [htmlToText(draft.html), htmlToText(post.html)];
  return [
    ...(post.title === undefined || post.title === draft.title ? [] : [{ field: "title", expected: draft.title, found: post.title }]),
    ...(expected === found ? [] : [{ field: "body", expected, found }]),
    ...missing.map(({ name }) => ({ field: "pictures", expected: name, found: "" })),
    ...left.map(({ title }) => ({ field: "pictures", expected: "", found: title })),
    ...(post.article === undefined || place.article === post.article ? [] : [{ field: "replyTo", expected: String(place.article ?? ""), found: String(post.article) }]),
  ];
}

/** Takes a post of ours away, whose message is any. */
export async function removePost(options: PlaceOptions, spot: number, ref: TargetRef, signal: AbortSignal): Promise<void> {
  const found = await postOf(options, spot, ref, signal);
  if (found === undefined || found.post.author !== (await options.client.me(signal)).id || markIn(found.post.html) === undefined) return;
  await found.place.remove(found.post.id, signal);
}
