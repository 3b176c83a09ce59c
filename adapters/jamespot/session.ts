import type { Account, PutContext, PutResult, TargetContainer, TargetRef, TargetSession, Verdict } from "../../src/core/adapter.js";
import { markOf } from "../../src/convert/message/origin.js";
import type { Item, PlacedContainer } from "../../src/core/item.js";
import { articles } from "../../src/drivers/jamespot/posts.js";
import type { Spot } from "../../src/drivers/jamespot/spots.js";
import type { ConversationRecord } from "../../src/format/records.js";
import type { ByAccount } from "../../src/kit/by-account.js";
import { conversationItem } from "../../src/kit/typed-items.js";
import { retrying } from "../../src/lib/retry.js";
import type { Groups } from "./groups.js";
import { cardLosses, spotTitle } from "./losses.js";
import { MessagePut, removePost, type MessageOptions } from "./message-put.js";

const ATTEMPTS = 3;
/** Reference of a conversation's card, which is the group's description. */
const CARD = "card";

export interface SessionOptions extends MessageOptions {
  readonly account: Account;
  readonly groups: Groups;
  /** Groups that the administrator made, by team ("Team") or channel ("Team/Channel"). */
  readonly given: ByAccount<number>;
}

/** The channels of one team: a group each, known by a mark. TargetContainer.id = the group's number. */
export class JamespotSession implements TargetSession {
  readonly #proven = new Set<string>();

  constructor(private readonly options: SessionOptions) {}

  prepare(container: PlacedContainer, known: string | undefined, signal: AbortSignal): Promise<TargetContainer> {
    return retrying(() => this.#prepare(container, known, signal), { attempts: ATTEMPTS, signal });
  }

  async put(item: Item, context: PutContext): Promise<PutResult> {
    const { record, ...rest } = conversationItem(item);
    if (record.type === "chat-message") return this.#message({ ...rest, record }, context).put();
    const losses = cardLosses(record);
    if (this.#given(context.placed) !== undefined) return { outcome: context.known === undefined ? "created" : "unchanged", ref: { id: CARD }, losses };
    const { groups } = this.options;
    const [spot, bare] = [await this.#spot(context), this.#described(context.placed)];
    const first = spot.description === bare;
    const changed = await groups.describe(spot, this.#described(context.placed, record), context.signal);
    return { outcome: first && context.known === undefined ? "created" : changed ? "updated" : "unchanged", ref: { id: CARD }, losses };
  }

  find(item: Item, context: PutContext): Promise<TargetRef | undefined> {
    return retrying(async () => {
      const { record, ...rest } = conversationItem(item);
      if (record.type === "chat-message") return this.#message({ ...rest, record }, context).find();
      return this.#given(context.placed) !== undefined || (await this.#spot(context)).description !== this.#described(context.placed) ? { id: CARD } : undefined;
    }, { attempts: ATTEMPTS, signal: context.signal });
  }

  async remove(ref: TargetRef, into: TargetContainer, signal: AbortSignal): Promise<void> {
    // A description goes with its group.
    if (ref.id !== CARD) await removePost(this.options, this.#number(into), ref, signal);
  }

  /** An empty group of ours is given up; one that the administrator made stays theirs. */
  async removeContainer(id: string, signal: AbortSignal): Promise<boolean> {
    const { groups, client, given } = this.options;
    const number = this.#number({ id });
    const spot = given.all.includes(number) ? undefined : await groups.of(number, signal);
    if (spot === undefined) return true;
    for await (const _post of articles(client, number, signal)) return false;
    await groups.release(spot, signal);
    return true;
  }

  async verify(item: Item, ref: TargetRef, context: PutContext): Promise<Verdict> {
    const { record, ...rest } = conversationItem(item);
    if (record.type === "chat-message") return this.#message({ ...rest, record }, context).verify(ref);
    if (this.#given(context.placed) !== undefined) return { state: "unverifiable", fields: [] };
    const spot = await this.options.groups.of(this.#number(context.into), context.signal);
    if (spot === undefined) return { state: "missing", fields: [] };
    const [expected, found] = [this.#described(context.placed, record), spot.description ?? ""];
    return expected === found ? { state: "same", fields: [] } : { state: "different", fields: [{ field: "description", expected, found }] };
  }

  async close(): Promise<void> {
    this.options.found.close();
    await this.options.client.close();
  }

  async #prepare(container: PlacedContainer, known: string | undefined, signal: AbortSignal): Promise<TargetContainer> {
    const { groups, found, client } = this.options;
    const { title, losses } = spotTitle(this.#team, container);
    const given = this.#given(container);
    if (given !== undefined) {
      if ((await groups.of(given, signal)) === undefined) throw client.error("TARGET_CONTAINER_MISSING", `groups: spot/${given}`);
      return { id: String(given), created: false, losses };
    }
    const { spot, made } = await groups.claim(container, title, known === undefined ? undefined : Number(known), signal);
    if (made) found.empty(`spot/${spot.id}`);
    return { id: String(spot.id), created: made, losses };
  }

  get #team(): string {
    return this.options.account.owner.displayName;
  }

  #given({ path }: PlacedContainer): number | undefined {
    return this.options.given.of([this.#team, ...path.filter((one) => one !== "")].join("/"));
  }

  #described(container: PlacedContainer, record?: ConversationRecord): string {
    return this.options.groups.described(markOf(container), record);
  }

  async #spot({ into, signal }: PutContext): Promise<Spot> {
    const spot = await this.options.groups.of(this.#number(into), signal);
    if (spot === undefined) throw this.options.client.error("TARGET_CONTAINER_MISSING", `spot/${into.id}`);
    return spot;
  }

  #number({ id }: Pick<TargetContainer, "id">): number {
    if (!/^\d+$/.test(id)) throw this.options.client.error("TARGET_CONTAINER_MISSING", "spot");
    return Number(id);
  }

  #message(item: ConstructorParameters<typeof MessagePut>[1], context: PutContext): MessagePut {
    return new MessagePut(this.#number(context.into), item, context, this.options, this.#proven);
  }
}
