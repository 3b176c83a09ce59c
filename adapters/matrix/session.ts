import type { Account, PutContext, PutResult, TargetContainer, TargetRef, TargetSession, Verdict } from "../../src/core/adapter.js";
import { ExodusError } from "../../src/core/errors.js";
import type { Item, PlacedContainer, WorkloadName } from "../../src/core/item.js";
import type { MatrixClient } from "../../src/drivers/matrix/client.js";
import { history, isRedacted } from "../../src/drivers/matrix/events.js";
import { createRoom, resolveAlias, type Room } from "../../src/drivers/matrix/rooms.js";
import { serverOf, Users } from "../../src/drivers/matrix/users.js";
import type { ChatMessageRecord, ConversationRecord } from "../../src/format/records.js";
import { conversationItem } from "../../src/kit/typed-items.js";
import { retrying } from "../../src/lib/retry.js";
import { CARD_REF, CardPut, type CardOptions } from "./card.js";
import { aliasOf } from "./keys.js";
import { ListedRooms, type RoomList } from "./listed-rooms.js";
import { MessagePut, removeMessage, type MessageOptions } from "./message-put.js";
import type { OpenRoom } from "./open-room.js";
import { membersUnlessLeft, OpenRooms } from "./open-rooms.js";

const ATTEMPTS = 3;

export interface SessionOptions extends MessageOptions {
  readonly client: MatrixClient;
  readonly workload: WorkloadName;
  readonly account: Account;
  readonly bot: string;
  readonly roomVersion: string;
  readonly readOnly: boolean;
}

/** Conversations of one team, or the chats of one person: a room each, a space for the team. */
export class MatrixSession implements TargetSession {
  readonly #rooms: OpenRooms;
  /** Rooms of the containers that have others in them, by their ids: an owner has one, the team. */
  readonly #parents = new Map<string, string>();
  readonly #users: Users;

  constructor(private readonly options: SessionOptions) {
    const { client, workload, account, people, bot, readOnly } = options;
    this.#users = new Users(client);
    const actor = workload === "chats" ? people.account(account.name) : undefined;
    const list = (kind: RoomList): ListedRooms => new ListedRooms(client, actor ?? bot, kind, `${workload}\n${account.owner.id}`);
    this.#rooms = new OpenRooms({
      client, actor, users: this.#users, readOnly, isGhost: (user) => people.isGhost(user), lists: { unsettled: list("unsettled"), archives: list("archives") },
    });
  }

  async prepare(container: PlacedContainer, known: string | undefined, signal: AbortSignal): Promise<TargetContainer> {
    return retrying(() => this.#prepare(container, known, signal), { attempts: ATTEMPTS, signal });
  }

  async put(item: Item, context: PutContext): Promise<PutResult> {
    const open = this.#rooms.open(context.into.id);
    const { record, ...rest } = conversationItem(item);
    if (record.type === "chat-message") return this.#message(open, { ...rest, record }, context).put();
    const before = await open.card(context.signal);
    const { changed, losses } = await (await this.#card(open, { ...rest, record }, context)).put();
    if (changed && record.form === "team") await this.#spread(open, context.signal);
    return { outcome: before.source_id === undefined ? "created" : changed ? "updated" : "unchanged", ref: { id: CARD_REF }, losses };
  }

  async find(item: Item, context: PutContext): Promise<TargetRef | undefined> {
    const open = this.#rooms.open(context.into.id);
    return retrying(async () => {
      if (conversationItem(item).record.type === "conversation") return (await open.card(context.signal)).source_id === item.key.id ? { id: CARD_REF } : undefined;
      const id = await open.history.find(item.key.id, context.signal);
      return id === undefined || (await context.isTaken({ id })) ? undefined : { id };
    }, { attempts: ATTEMPTS, signal: context.signal });
  }

  async remove(ref: TargetRef, into: TargetContainer, signal: AbortSignal): Promise<void> {
    const open = this.#rooms.open(into.id);
    if (ref.id !== CARD_REF) return removeMessage(open, ref.id, signal);
    const { adopted } = await open.card(signal);
    await open.writeCard(adopted === true ? { adopted } : {}, signal);
  }

  /** A server keeps its rooms: one that holds no message is left by everybody, and its alias freed. */
  async removeContainer(id: string, signal: AbortSignal): Promise<boolean> {
    const { room } = this.#rooms.open(id);
    const joined = await membersUnlessLeft(room, signal);
    if (joined !== undefined) {
      for await (const event of history(room, signal)) if (!isRedacted(event)) return false;
      const alias = (await room.state({ type: "m.room.canonical_alias" }, signal))?.["alias"];
      if (typeof alias === "string") await room.client.request("DELETE", `client/v3/directory/room/${encodeURIComponent(alias)}`, { as: room.actor, expect: ["M_NOT_FOUND"], signal });
      const actor = room.actor ?? this.options.bot;
      for (const user of [...joined.filter((one) => one !== actor), actor]) await room.leave(user, signal);
    }
    this.#rooms.forget(id);
    return true;
  }

  async verify(item: Item, ref: TargetRef, context: PutContext): Promise<Verdict> {
    const open = this.#rooms.open(context.into.id);
    const { record, ...rest } = conversationItem(item);
    if (record.type === "chat-message") return this.#message(open, { ...rest, record }, context).verify(ref);
    return (await this.#card(open, { ...rest, record }, context)).verify();
  }

  settle(signal: AbortSignal): Promise<void> {
    return this.#rooms.settle(signal);
  }

  close(): Promise<void> {
    this.#rooms.close();
    return this.options.client.close();
  }

  async #prepare(container: PlacedContainer, known: string | undefined, signal: AbortSignal): Promise<TargetContainer> {
    const { client, workload, bot, roomVersion } = this.options;
    const server = serverOf(bot);
    const alias = aliasOf(workload, container.id);
    const actor = await this.#actor(signal);
    // A chat of two has no name, and a team's is told by its card.
    const name = workload === "chats" || container.name === "" ? {} : { name: container.name };
    let id = known ?? (await resolveAlias(client, `#${alias}:${server}`, signal));
    let created = false;
    if (id === undefined) {
      ({ id, created } = await createRoom(client, actor, {
        alias, server, space: container.role === "root", version: roomVersion, ...name,
        powerLevels: { ...(this.#namesCreator ? { users: { [actor ?? bot]: 100 } } : {}), ...(workload === "chats" ? { invite: 0 } : {}) },
      }, signal));
    }
    const open = this.#rooms.open(id);
    if ((await open.room.state({ type: "m.room.encryption" }, signal)) !== undefined) throw new ExodusError("TARGET_ROOM_ENCRYPTED", { params: { target: client.access.target, room: id } });
    if ("name" in name && !created) await open.room.setState({ type: "m.room.name" }, name, signal);
    if (known === undefined && !created) await open.adopt(signal);
    if (container.parentId !== undefined) await this.#hang(open, container, server, signal);
    return { id, created, losses: [] };
  }

  /** A channel hangs in the space of its team. */
  async #hang(open: OpenRoom, placed: PlacedContainer, server: string, signal: AbortSignal): Promise<void> {
    const parent = await this.#parentOf(placed, signal);
    if (parent === undefined) return;
    await this.#rooms.open(parent).room.setState({ type: "m.space.child", key: open.room.id }, { via: [server] }, signal);
    await open.room.setState({ type: "m.space.parent", key: parent }, { via: [server], canonical: true }, signal);
  }

  async #parentOf({ parentId }: PlacedContainer, signal: AbortSignal): Promise<string | undefined> {
    if (parentId === undefined) return undefined;
    const { client, workload, bot } = this.options;
    const parent = this.#parents.get(parentId) ?? (await resolveAlias(client, `#${aliasOf(workload, parentId)}:${serverOf(bot)}`, signal));
    if (parent !== undefined) this.#parents.set(parentId, parent);
    return parent;
  }

  /** Who came to a team comes to its standard channels, and who left leaves them. */
  async #spread(space: OpenRoom, signal: AbortSignal): Promise<void> {
    const members = new Set((await space.card(signal)).members ?? []);
    for (const id of await childrenOf(space.room, signal)) {
      const open = this.#rooms.open(id);
      const card = await open.card(signal);
      if (card.membership !== "standard") continue;
      for (const user of members) await open.unlessClosed(user, () => open.room.join(user, signal), signal);
      for (const user of (card.members ?? []).filter((one) => !members.has(one))) await open.unlessClosed(user, () => open.room.leave(user, signal), signal);
      const spread = { ...card, members: [...members].sort() };
      await open.writeCard(spread, signal);
    }
  }

  /** A chat is made and kept by the person whose chats these are, so that no stranger stands in it. */
  async #actor(signal: AbortSignal): Promise<string | undefined> {
    const { workload, account, people, client } = this.options;
    if (workload !== "chats") return undefined;
    const user = people.account(account.name);
    if (user === undefined) throw new ExodusError("TARGET_NO_ACCOUNT", { params: { target: client.access.target, account: account.name } });
    await this.#users.ensure(user, account.owner.displayName, signal);
    return user;
  }

  get #namesCreator(): boolean {
    return Number(this.options.roomVersion) < 12;
  }

  #message(open: OpenRoom, item: Item<ChatMessageRecord>, context: PutContext): MessagePut {
    return new MessagePut(open, item, context, this.options);
  }

  async #card(open: OpenRoom, item: Item<ConversationRecord>, { placed, signal, refOf }: PutContext): Promise<CardPut> {
    const { people, bot } = this.options;
    const parent = await this.#parentOf(placed, signal);
    const options: CardOptions = {
      people, users: this.#users, bot, namesCreator: this.#namesCreator,
      space: parent === undefined ? undefined : this.#rooms.open(parent), eventOf: async (messageId) => (await refOf(`${placed.id}/${messageId}`))?.id,
    };
    return new CardPut(open, item, options, signal);
  }
}

async function childrenOf(room: Room, signal: AbortSignal): Promise<readonly string[]> {
  const { body } = await room.client.request("GET", `${room.path}/state`, { as: room.actor, signal });
  const events = (Array.isArray(body["list"]) ? body["list"] : []) as readonly { readonly type?: string; readonly state_key?: string; readonly content?: { readonly via?: unknown } }[];
  return events.flatMap(({ type, state_key: child, content }) => (type === "m.space.child" && child !== undefined && content?.via !== undefined ? [child] : []));
}

