import type { Verdict } from "../../src/core/adapter.js";
import type { Item, Loss } from "../../src/core/item.js";
import { sameJson } from "../../src/drivers/matrix/rooms.js";
import type { Users } from "../../src/drivers/matrix/users.js";
import type { ConversationRecord } from "../../src/format/records.js";
import { CARD } from "./keys.js";
import { cardLosses, closedLoss } from "./losses.js";
import type { CardState, OpenRoom } from "./open-room.js";
import type { Identity, People } from "./people.js";

/** Reference of a conversation's card: a state of its room. */
export const CARD_REF = "card";
/** Whoever may do everything in a room (client-server API, "m.room.power_levels"). */
const OWNER = 100;

export interface CardOptions {
  readonly people: People;
  readonly users: Users;
  /** The application service's own user, who makes the rooms of teams. */
  readonly bot: string;
  /** Room versions from 12 on give their creator more than any level, and refuse to name it (room version 12). */
  readonly namesCreator: boolean;
  /** The space of the team that a channel belongs to. */
  readonly space: OpenRoom | undefined;
  /** Event of a message of this conversation, by the source's id in it; undefined when it does not stand (yet). */
  readonly eventOf: (messageId: string) => Promise<string | undefined>;
}

type CardItem = Item<ConversationRecord>;

export interface CardResult {
  readonly changed: boolean;
  readonly losses: readonly Loss[];
}

/** What a team, channel or chat is called, who belongs to it and with which rights: the state of its room. */
export class CardPut {
  constructor(private readonly open: OpenRoom, private readonly item: CardItem, private readonly options: CardOptions, private readonly signal: AbortSignal) {}

  async put(): Promise<CardResult> {
    const { open: { room }, item: { record }, signal } = this;
    const members = await this.#members();
    let changed = await this.#bringIn(members);
    for (const [type, content] of this.#plainState()) changed = (await room.setState({ type }, content, signal)) || changed;
    changed = (await this.#setLevels(members)) || changed;
    const { adopted, pinned: before = [] } = await this.open.card(signal);
    const card = { ...this.#cardState(members), ...(adopted === true ? { adopted } : {}) };
    // Before the card is written, which tells who was in: a cut run comes back to it.
    await this.#putOut(members);
    changed = (await this.#pin(before)) || changed;
    changed = (await this.open.writeCard(card, signal)) || changed;
    if (record.form === "one-on-one") await this.#markDirect(members);
    return { changed, losses: [...cardLosses(this.item.record), ...(this.#closed ? [closedLoss("members")] : [])] };
  }

  async verify(): Promise<Verdict> {
    const { open: { room }, signal } = this;
    const card = await room.state({ type: CARD }, signal);
    if (card === undefined || card["source_id"] !== this.item.key.id) return { state: "missing", fields: [] };
    const members = await this.#members();
    const fields: { field: string; expected: string; found: string }[] = [];
    for (const [type, content] of this.#plainState()) {
      const found = (await room.state({ type }, signal)) ?? {};
      if (!sameJson(content, found)) fields.push({ field: type, expected: JSON.stringify(content), found: JSON.stringify(found) });
    }
    const joined = [...(await room.joined(signal)).keys()].filter((user) => user !== this.options.bot && !this.options.people.isPassing(user, members)).map((user) => ({ user, told: user }));
    const told = members.map(({ user }) => ({ user, told: user }));
    const [expected, found] = [await this.open.butClosed(told, joined, signal), await this.open.butClosed(joined, told, signal)];
    if (!sameJson(expected, found)) fields.push({ field: "members", expected: expected.join(" "), found: found.join(" ") });
    const levels = (await room.state({ type: "m.room.power_levels" }, signal)) ?? {};
    const lacking = members.filter(({ user, owner }) => owner && levelOf(levels, user) < OWNER).map(({ user }) => user);
    const pins = await this.open.pins(signal);
    const unpinned = (await this.#events(this.item.record.pinned ?? [])).filter((event) => !pins.includes(event));
    if (unpinned.length > 0) fields.push({ field: "pinned", expected: unpinned.join(" "), found: pins.join(" ") });
    if (lacking.length > 0) fields.push({ field: "owners", expected: lacking.join(" "), found: "" });
    return { state: fields.length === 0 ? "same" : "different", fields };
  }

  get #isChat(): boolean {
    return this.item.key.workload === "chats";
  }

  /** A standard channel has its team's members, as the team's space has them. */
  async #members(): Promise<readonly Member[]> {
    const { item: { record }, options: { people, space, bot }, signal } = this;
    if (record.members !== undefined) return record.members.map((member) => ({ ...people.of(member), owner: member.owner || this.#isChat }));
    if (space === undefined) return [];
    const levels = (await space.room.state({ type: "m.room.power_levels" }, signal)) ?? {};
    return ((await space.card(signal)).members ?? []).filter((user) => user !== bot).map((user) => ({ user, name: undefined, ghost: people.isGhost(user), owner: levelOf(levels, user) >= OWNER }));
  }

  async #bringIn(members: readonly Member[]): Promise<boolean> {
    const { open: { room }, item: { record }, options: { users }, signal } = this;
    const at = record.createdAt === undefined ? {} : { at: Date.parse(record.createdAt) };
    let changed = false;
    for (const { user, name } of members) {
      if ((await room.joined(signal)).has(user)) continue;
      const came = await this.#unlessClosed(user, async () => {
        await users.ensure(user, name, signal);
        await room.join(user, signal, { ...at, direct: record.form === "one-on-one" });
      });
      changed ||= came;
    }
    return changed;
  }

  /** Those whom an earlier card named and this one does not; whoever joined by other ways stays. */
  async #putOut(members: readonly Member[]): Promise<void> {
    const { open, signal } = this;
    const before = this.#before;
    for (const user of before.filter((one) => !members.some((member) => member.user === one) && one !== open.room.actor)) await this.#unlessClosed(user, () => open.room.leave(user, signal));
  }

  #before: readonly string[] = [];
  /** Whether an account was closed that had something to do itself. */
  #closed = false;

  async #unlessClosed(user: string, work: () => Promise<unknown>): Promise<boolean> {
    const done = await this.open.unlessClosed(user, work, this.signal);
    this.#closed ||= !done;
    return done;
  }

  /** Name, topic and who may join. A chat of two has no name: each sees the other's. */
  #plainState(): readonly (readonly [type: string, content: object])[] {
    const { item: { record }, options: { space } } = this;
    const topic = [record.description, ...record.tabs.map(({ name, url }) => [name, url].filter((part) => part !== undefined).join(": "))].filter((line) => line !== undefined && line !== "").join("\n");
    const restricted = record.form === "channel" && record.membership === "standard" && space !== undefined;
    return [
      ...(record.form === "one-on-one" ? [] : [["m.room.name", { name: record.name }] as const]),
      ...(topic === "" ? [] : [["m.room.topic", { topic }] as const]),
      ["m.room.join_rules", restricted ? { join_rule: "restricted", allow: [{ type: "m.room_membership", room_id: space.room.id }] } : { join_rule: "invite" }],
    ];
  }

  /** Owners may do everything; who no longer is one gives it up itself, since nobody can take it from an equal. */
  async #setLevels(members: readonly Member[]): Promise<boolean> {
    const { open: { room }, signal } = this;
    this.#before = (await this.open.card(signal)).members ?? [];
    const standing = (await room.state({ type: "m.room.power_levels" }, signal)) ?? {};
    const users = { ...((standing["users"] ?? {}) as Record<string, number>) };
    const owners = new Set(members.filter(({ owner }) => owner).map(({ user }) => user));
    for (const former of this.#before.filter((user) => (users[user] ?? 0) >= OWNER && !owners.has(user) && user !== room.actor)) {
      const others = Object.fromEntries(Object.entries(users).filter(([user]) => user !== former));
      // A closed account keeps its level, which it cannot use.
      if (await this.#unlessClosed(former, () => room.sendState({ type: "m.room.power_levels" }, { ...standing, users: others }, former, signal))) delete users[former];
    }
    for (const owner of owners) {
      // The creator of a newer room is above all levels, and may not be listed.
      if (this.options.namesCreator || owner !== room.actor) users[owner] = OWNER;
    }
    return room.setState({ type: "m.room.power_levels" }, { ...standing, users }, signal);
  }

  /** Messages that are there already; the others are pinned as they arrive. What people have pinned at the target stays. */
  async #pin(before: readonly string[]): Promise<boolean> {
    const { pinned: now = [] } = this.item.record;
    const [add, take] = [await this.#events(now.filter((id) => !before.includes(id))), await this.#events(before.filter((id) => !now.includes(id)))];
    return this.open.changePins(add, take, this.signal);
  }

  async #events(messages: readonly string[]): Promise<readonly string[]> {
    const found: string[] = [];
    for (const id of messages) {
      const event = await this.options.eventOf(id);
      if (event !== undefined) found.push(event);
    }
    return found;
  }

  #cardState(members: readonly Member[]): CardState {
    const { key, record } = this.item;
    return {
      source_id: key.id, form: record.form, archived: record.archived, members: members.map(({ user }) => user).sort(),
      ...(record.membership === undefined ? {} : { membership: record.membership }), ...(record.pinned === undefined ? {} : { pinned: record.pinned }),
    };
  }

  async #markDirect(members: readonly Member[]): Promise<void> {
    for (const { user, ghost } of members) {
      const other = members.find((member) => member.user !== user);
      if (!ghost && other !== undefined) await this.#unlessClosed(user, () => this.options.users.markDirect(user, other.user, this.open.room.id, this.signal));
    }
  }
}

interface Member extends Identity {
  readonly owner: boolean;
}

function levelOf(levels: Readonly<Record<string, unknown>>, user: string): number {
  const level = (levels["users"] as Readonly<Record<string, unknown>> | undefined)?.[user];
  return typeof level === "number" ? level : 0;
}

