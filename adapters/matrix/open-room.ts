import { asExodusError, ExodusError } from "../../src/core/errors.js";
import { history, send, type Sending } from "../../src/drivers/matrix/events.js";
import type { Room } from "../../src/drivers/matrix/rooms.js";
import { RoomHistory } from "../../src/drivers/matrix/room-history.js";
import type { Users } from "../../src/drivers/matrix/users.js";
import type { DiskMap } from "../../src/lib/disk-map.js";
import { ARCHIVE, CARD, CLOSED, sourceOf } from "./keys.js";
import type { Identity } from "./people.js";

/** What a room's own state event tells of the conversation that it stands for. */
export interface CardState {
  readonly source_id?: string;
  readonly form?: string;
  readonly membership?: string;
  readonly archived?: boolean;
  readonly pinned?: readonly string[];
  /** An earlier ledger, which is lost, wrote here: a message that this one does not know may stand all the same. */
  readonly adopted?: boolean;
  /** Everybody of the card, at the target. */
  readonly members?: readonly string[];
}

/** `further`: lists of members under the state keys "1", "2" … */
type StoredCard = CardState & { readonly further?: number };

/** User ids have up to 255 bytes, an event 65 536 (appendices, "User identifiers"; client-server API, "Size limits"). */
const MEMBERS_A_STATE = 200;

/** Something of a user, as `verify` names it. */
export interface Told {
  readonly user: string;
  readonly told: string;
}

export interface OpenRoomOptions {
  readonly users: Users;
  /** Every room is closed for writing once all is there. */
  readonly readOnly: boolean;
  /** What was seen in the rooms of this session. */
  readonly known: DiskMap;
  /** Told before the room is written to. */
  readonly touch: (signal: AbortSignal) => Promise<void>;
  /** Told before the room is closed by the option alone. */
  readonly archive: (signal: AbortSignal) => Promise<void>;
}

/** A room that this session works in: read once, and left as it is to stay. */
export class OpenRoom {
  readonly history: RoomHistory;
  #card: CardState | undefined;
  #unlocked = false;
  /** Asked once: each try would invite them again. */
  readonly #closed = new Set<string>();
  /** What was sent, and whose answer was lost. */
  #doubtful: string | undefined;

  constructor(readonly room: Room, private readonly options: OpenRoomOptions) {
    this.history = new RoomHistory(room, options.known, sourceOf);
  }

  /** How many people are kept in memory. */
  get members(): number {
    return this.room.known + (this.#card?.members?.length ?? 0) + this.#closed.size;
  }

  async card(signal: AbortSignal): Promise<CardState> {
    return (this.#card ??= await this.#readCard(signal));
  }

  async #readCard(signal: AbortSignal): Promise<CardState> {
    const { further = 0, ...card } = ((await this.room.state({ type: CARD }, signal)) ?? {}) as StoredCard;
    const members = [...(card.members ?? [])];
    for (let list = 1; list <= further; list += 1) members.push(...(((await this.room.state({ type: CARD, key: String(list) }, signal)) as StoredCard | undefined)?.members ?? []));
    return further === 0 ? card : { ...card, members };
  }

  /** Answers whether anything was changed. Long lists of members take several events. */
  async writeCard(card: CardState, signal: AbortSignal): Promise<boolean> {
    await this.options.touch(signal);
    const lists: (readonly string[])[] = [];
    for (let start = 0; start < (card.members?.length ?? 0); start += MEMBERS_A_STATE) lists.push(card.members?.slice(start, start + MEMBERS_A_STATE) ?? []);
    const [first, ...further] = lists;
    let changed = false;
    for (const [index, members] of further.entries()) changed = (await this.room.setState({ type: CARD, key: String(index + 1) }, { members }, signal)) || changed;
    const stored: StoredCard = { ...card, ...(first === undefined ? {} : { members: first }), ...(further.length === 0 ? {} : { further: further.length }) };
    changed = (await this.room.setState({ type: CARD }, stored, signal)) || changed;
    this.#card = card;
    return changed;
  }

  /** The ledger knows nothing of this room: does it hold messages that we brought? From then on each is looked for before it is sent. */
  async adopt(signal: AbortSignal): Promise<void> {
    const card = await this.card(signal);
    if (card.adopted === true) return;
    for await (const event of history(this.room, signal)) {
      if (sourceOf(event) === undefined) continue;
      await this.writeCard({ ...card, adopted: true }, signal);
      return;
    }
  }

  /** Brings the author in if need be, and opens a room that an earlier pass closed. */
  async enter({ user, name }: Identity, signal: AbortSignal, at: number | undefined): Promise<void> {
    await this.options.touch(signal);
    await this.options.users.ensure(user, name, signal);
    await this.room.join(user, signal, at === undefined ? {} : { at });
    if (this.#unlocked) return;
    await this.#setDefault(0, signal);
    this.#unlocked = true;
  }

  /** Does what only this account can do here. False: the server lets nobody write for it (deactivated, suspended, locked); the room tells so from then on, for `verify`. */
  async unlessClosed(user: string, work: () => Promise<unknown>, signal: AbortSignal): Promise<boolean> {
    if (this.#closed.has(user)) return false;
    try {
      await work();
      return true;
    } catch (thrown) {
      if (!(thrown instanceof ExodusError && thrown.code === "TARGET_ACCOUNT_CLOSED")) throw thrown;
      await this.room.setState({ type: CLOSED, key: user.slice(1) }, { closed: true }, signal);
      this.#closed.add(user);
      return false;
    }
  }

  /** What is told of `those`, in order, without what `others` lack because somebody's account was closed when it was written. */
  async butClosed(those: readonly Told[], others: readonly Told[], signal: AbortSignal): Promise<readonly string[]> {
    const there = new Set(others.map(({ told }) => told));
    const kept: string[] = [];
    for (const { user, told } of those) {
      if (there.has(told) || (await this.room.state({ type: CLOSED, key: user.slice(1) }, signal))?.["closed"] !== true) kept.push(told);
    }
    return kept.sort();
  }

  /** Sends what nobody may send twice. A server that was down has forgotten its transactions: after a lost answer the room itself is asked. */
  async sendOnce(source: string, sending: Sending, signal: AbortSignal): Promise<string> {
    const event = (await this.arrived(source, signal)) ?? (await this.#send(source, sending, signal));
    this.#doubtful = undefined;
    this.history.add(source, event);
    return event;
  }

  /** The event of what was sent last, where its answer was lost and it stands all the same. */
  async arrived(source: string, signal: AbortSignal): Promise<string | undefined> {
    if (this.#doubtful !== source) return undefined;
    const event = await this.history.findLast(source, signal);
    this.#doubtful = undefined;
    return event;
  }

  async #send(source: string, sending: Sending, signal: AbortSignal): Promise<string> {
    try {
      return (await send(this.room, sending, signal)) ?? "";
    } catch (thrown) {
      if (asExodusError(thrown).errorClass === "retryable") this.#doubtful = source;
      throw thrown;
    }
  }

  /** Messages that the source has pinned to the top are pinned as they arrive. */
  async pinIfTold(messageId: string, event: string, signal: AbortSignal): Promise<void> {
    if ((await this.card(signal)).pinned?.includes(messageId) !== true) return;
    await this.changePins([event], [], signal);
  }

  async pins(signal: AbortSignal): Promise<readonly string[]> {
    const standing = await this.room.state({ type: "m.room.pinned_events" }, signal);
    return Array.isArray(standing?.["pinned"]) ? (standing["pinned"] as string[]) : [];
  }

  /** Answers whether anything was changed. */
  async changePins(add: readonly string[], take: readonly string[], signal: AbortSignal): Promise<boolean> {
    if (add.length === 0 && take.length === 0) return false;
    const pinned = (await this.pins(signal)).filter((event) => !take.includes(event));
    return this.room.setState({ type: "m.room.pinned_events" }, { pinned: [...pinned, ...add.filter((event) => !pinned.includes(event))] }, signal);
  }

  /** Ghosts who do not belong to the conversation leave; what is an archive is closed for writing, and opened when it is none any more. */
  async settle(isGhost: (user: string) => boolean, signal: AbortSignal): Promise<void> {
    const { members, archived } = await this.card(signal);
    // Without a card nobody knows who belongs here: its next put will tell.
    if (members !== undefined) {
      const belonging = new Set(members);
      for (const user of [...(await this.room.joined(signal)).keys()]) {
        if (isGhost(user) && !belonging.has(user)) await this.room.leave(user, signal);
      }
    }
    if (archived === true) await this.#close("source", signal);
    else if (this.options.readOnly) await this.#close("option", signal);
    else await this.#reopen(signal);
  }

  async #close(by: "source" | "option", signal: AbortSignal): Promise<void> {
    const before = (await this.room.state({ type: ARCHIVE }, signal))?.["by"];
    // Somebody else closed it, and may open it again.
    if (before === undefined && (await this.#levels(signal)).events_default === ARCHIVE_LEVEL) return;
    if (by === "option" && before !== "option") await this.options.archive(signal);
    await this.room.setState({ type: ARCHIVE }, { by }, signal);
    await this.#setDefault(ARCHIVE_LEVEL, signal);
  }

  /** Of what this program closed alone. */
  async #reopen(signal: AbortSignal): Promise<void> {
    if ((await this.room.state({ type: ARCHIVE }, signal))?.["by"] === undefined) return;
    await this.#setDefault(0, signal);
    await this.room.setState({ type: ARCHIVE }, {}, signal);
  }

  async #setDefault(level: number, signal: AbortSignal): Promise<void> {
    const standing = await this.#levels(signal);
    const present = standing.events_default ?? 0;
    // Another level than ours was set by somebody who had a reason.
    if (present === level || (level === 0 && present !== ARCHIVE_LEVEL)) return;
    await this.room.setState({ type: "m.room.power_levels" }, { ...standing, events_default: level }, signal);
  }

  async #levels(signal: AbortSignal): Promise<{ readonly events_default?: unknown }> {
    return (await this.room.state({ type: "m.room.power_levels" }, signal)) ?? {};
  }
}

/** Of whoever may write into an archive: administrators alone. */
const ARCHIVE_LEVEL = 100;
