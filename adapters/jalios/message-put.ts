import { markOf } from "../../src/convert/message/origin.js";
import type { PutContext, PutResult, TargetRef, Verdict } from "../../src/core/adapter.js";
import type { Lang } from "../../src/core/errors.js";
import type { Item, Loss } from "../../src/core/item.js";
import type { Fields, JaliosClient } from "../../src/drivers/jalios/client.js";
import { content, idIn, type Content } from "../../src/drivers/jalios/contents.js";
import type { ChatMessageRecord } from "../../src/format/records.js";
import { withMessageText } from "../../src/kit/message-text.js";
import { dateIn, differences, draftOf, isSame, type Draft } from "./draft.js";
import type { Finder, Found, Place, SearchProof, Sought } from "./finder.js";
import { recordLosses, THREAD_MISSING } from "./losses.js";
import type { Members } from "./members.js";
import type { OpenApiOptions } from "./options.js";

/** The text, its renditions, the form in which it is sent, and what the platform shows of it stand in memory together. */
const WEIGHT = 12;
/** Nobody is told (help of the Open API: no line in the activities; the date of change stays). */
const QUIET: Fields = { skipActivity: "true" };
const SILENT: Fields = { ...QUIET, silentUpdate: "true" };

export interface MessageOptions extends Pick<OpenApiOptions, "root" | "reply" | "dates" | "zone" | "unsure"> {
  readonly lang: Lang;
  readonly client: JaliosClient;
  readonly finder: Finder;
  readonly proof: SearchProof;
  readonly members: Members;
  /** First messages of which it is not known whether they arrived, by their items' ids. */
  readonly doubts: Set<string>;
}

/** One message: a content of its channel's workspace, or a comment of the content of its thread. TargetRef.id = "root/" or "reply/" and the content's id; etag = digest of what was sent. */
export class MessagePut {
  readonly #mark: string;

  constructor(private readonly workspace: string, private readonly item: Item<ChatMessageRecord>, private readonly context: PutContext, private readonly options: MessageOptions) {
    this.#mark = markOf(item.key);
  }

  put(): Promise<PutResult> {
    return withMessageText(this.item, this.context, WEIGHT, async (text) => {
      const { known, signal } = this.context;
      const author = await this.options.members.of(this.item.record.author, signal);
      const draft = (place: Place): Draft => draftOf(this.item, text, { ...this.options, channel: this.context.placed.name, mark: this.#mark, kind: place.kind });
      const standing = (known === undefined ? undefined : await this.#at(known)) ?? (await this.options.finder.look(this.#sought(author), signal));
      if (standing !== undefined) return this.#kept(standing, draft(standing.place), author);
      const { place, target } = await this.#placed();
      const made = draft(place);
      return this.#result("created", await this.#send(place, made, target, author), made, author);
    });
  }

  /** @throws ExodusError TARGET_UNSURE for what is not found, unless the administrator has said what holds. */
  async find(): Promise<TargetRef | undefined> {
    const { context: { known, signal }, options: { finder, members, unsure, client } } = this;
    if (known !== undefined) return known;
    // Before anything is asked: an answer that came next would stand alone where the question fails.
    this.#doubt();
    const sought = this.#sought(await members.of(this.item.record.author, signal));
    const told = typeof unsure === "string" ? undefined : unsure[this.#mark];
    const { found = await this.#toldAt(told, sought), reason } = await finder.awaited(sought, undefined, signal);
    const ref = found === undefined || (await this.context.isTaken(refOf(found))) ? undefined : refOf(found);
    if (ref !== undefined || unsure === "send") {
      this.#settled();
      return ref;
    }
    throw client.error("TARGET_UNSURE", `${reason}, ref. ${this.#mark}`);
  }

  async verify(ref: TargetRef): Promise<Verdict> {
    const standing = await this.#at(ref);
    if (standing === undefined) return { state: "missing", fields: [] };
    return withMessageText(this.item, this.context, WEIGHT, async (text) => {
      const { place: { kind, name }, content: there } = standing;
      const draft = draftOf(this.item, text, { ...this.options, channel: this.context.placed.name, mark: this.#mark, kind });
      const fields = [...differences(draft, kind, there), ...(name === "reply" ? await this.#otherThread(there) : [])];
      return { state: fields.length === 0 ? "same" : "different", fields };
    });
  }

  /** What stands is left as it is, or changed; a change may be made twice. */
  async #kept({ place, content: there }: Found, draft: Draft, author: string | undefined): Promise<PutResult> {
    const { client } = this.options;
    const { known, signal } = this.context;
    const sentBefore = known?.etag === draft.digest && differences(draft, place.kind, there).length === 0;
    if (sentBefore || isSame(draft, there)) return this.#result("unchanged", { place, content: there }, draft, author);
    const { page } = await client.change(there.id, { ...draft.fields, ...SILENT }, signal);
    const after = await content(client, there.id, signal);
    const stays = after !== undefined && Object.keys(draft.fields).every((field) => after.fields[field] === there.fields[field]);
    const isOther = known?.etag !== undefined && known.etag !== draft.digest;
    // A page that says that all is well is no proof; nor is an answer, where another text was to come.
    if (after === undefined || (stays && (page || isOther) && differences(draft, place.kind, after).length > 0)) throw client.error("TARGET_PASSING", "POST data/<id>: it stands unchanged");
    // What the platform makes of this text stands there already: `verify` tells the difference.
    return this.#result(stays ? "unchanged" : "updated", { place, content: after }, draft, author);
  }

  async #send(place: Place, draft: Draft, target: string | undefined, author: string | undefined): Promise<Found> {
    const { options: { client, finder, proof, dates, zone, reply }, context: { signal } } = this;
    if (proof.fault !== undefined) throw client.error("TARGET_SEARCH_LATE", proof.fault);
    const fields = {
      ...place.kind.fields, ...draft.fields, ws: this.workspace, ...QUIET, ...(target === undefined ? {} : { [reply.target]: target }),
      ...(author === undefined ? {} : { author }), ...(dates === undefined ? {} : { pdate: dateIn(dates, this.item.record.createdAt, zone) }),
    };
    await this.context.sending();
    const sent = await client.create(place.kind.type, fields, signal);
    const { found, reason } = await finder.awaited({ ...this.#sought(author), places: [place] }, sent, signal);
    if (found !== undefined) return found;
    if (sent.created) proof.misses(sent.reason);
    this.#doubt();
    throw client.error("TARGET_UNSURE", `${sent.reason}, ${reason}, ref. ${this.#mark}`);
  }

  /** An answer is a comment of its thread's first message; where that is not there, a content of its own. */
  async #placed(): Promise<{ readonly place: Place; readonly target?: string }> {
    const { item: { key: { id, workload }, record }, context: { refOf: refOfItem, signal }, options: { finder, doubts, client } } = this;
    if (record.replyTo === undefined) return { place: this.#root };
    const thread = id.slice(0, Math.max(0, id.lastIndexOf("/")));
    if (doubts.has(thread)) throw client.error("TARGET_THREAD_IN_DOUBT", `ref. ${markOf({ workload, id: thread })}`);
    const told = await refOfItem(thread);
    const sought = { mark: markOf({ workload, id: thread }), workspace: this.workspace, places: [this.#root], author: undefined };
    const target = told === undefined ? (await finder.look(sought, signal))?.content.id : told.id.startsWith("root/") ? told.id.slice("root/".length) : undefined;
    return target === undefined ? { place: this.#root } : { place: this.#reply, target };
  }

  /** Under a reference of the ledger's, which knows that it is ours. */
  async #at({ id: ref }: TargetRef): Promise<Found | undefined> {
    const [, name, id = ""] = /^(root|reply)\/(\w+)$/.exec(ref) ?? [];
    const there = name === undefined ? undefined : await content(this.options.client, id, this.context.signal);
    return there === undefined ? undefined : { place: name === "root" ? this.#root : this.#reply, content: there };
  }

  async #toldAt(id: string | undefined, sought: Sought): Promise<Found | undefined> {
    for (const place of id === undefined ? [] : sought.places) {
      const there = await this.options.finder.ours(id ?? "", place, sought, this.context.signal);
      if (there !== undefined) return { place, content: there };
    }
    return undefined;
  }

  async #otherThread(there: Content): Promise<Verdict["fields"]> {
    const found = idIn(there.fields[this.options.reply.target]);
    const { place, target } = await this.#placed();
    return found === undefined || place.name === "root" || found === target ? [] : [{ field: "replyTo", expected: target ?? "", found }];
  }

  #result(outcome: "created" | "updated" | "unchanged", found: Found, draft: Draft, author: string | undefined): PutResult {
    this.#settled();
    const { record } = this.item;
    const alone: readonly Loss[] = record.replyTo !== undefined && found.place.name === "root" ? [THREAD_MISSING] : [];
    const kept = author !== undefined && found.content.author === author;
    return { outcome, ref: { ...refOf(found), etag: draft.digest }, losses: [...draft.losses, ...recordLosses(record, kept), ...alone] };
  }

  /** Answers to a first message wait until it is known where that one is. */
  #doubt(): void {
    if (this.item.record.replyTo === undefined) this.options.doubts.add(this.item.key.id);
  }

  #settled(): void {
    this.options.doubts.delete(this.item.key.id);
  }

  #sought(author: string | undefined): Sought {
    return { mark: this.#mark, workspace: this.workspace, author, places: this.item.record.replyTo === undefined ? [this.#root] : [this.#reply, this.#root] };
  }

  get #root(): Place {
    return { name: "root", kind: this.options.root };
  }

  get #reply(): Place {
    return { name: "reply", kind: this.options.reply };
  }
}

function refOf({ place: { name }, content: { id } }: Found): TargetRef {
  return { id: `${name}/${id}` };
}
