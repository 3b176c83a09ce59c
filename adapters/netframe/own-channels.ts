import { markIn, markOf } from "../../src/convert/message/origin.js";
import type { Lang } from "../../src/core/errors.js";
import type { PlacedContainer } from "../../src/core/item.js";
import { channelPage, channels, deleteChannel, editChannel, MAY_POST, type Channel, type Profile } from "../../src/drivers/netframe/channels.js";
import type { NetframeClient } from "../../src/drivers/netframe/client.js";
import { channelName, columnText, described } from "./channel-texts.js";

export interface OwnOptions {
  readonly client: NetframeClient;
  readonly lang: Lang;
  /** The group that new channels of this team belong to; undefined: none are made. */
  readonly profile: Profile | undefined;
  /** Whether members may be written to. */
  readonly notify: boolean;
}

/** Channels that the person is a member of, those of ours known by a mark in their descriptions: the name is people's to change. */
export class OwnChannels {
  #all: readonly Channel[] | undefined;
  readonly #quiet = new Set<number>();

  constructor(private readonly options: OwnOptions) {}

  async of(id: number, signal: AbortSignal): Promise<Channel | undefined> {
    return (await this.#listed(signal)).find((one) => one.id === id);
  }

  /** @throws ExodusError TARGET_CONTAINER_MISSING for a channel that the person is no member of, or may not write in. */
  async given(id: number, signal: AbortSignal): Promise<Channel> {
    const found = await this.of(id, signal);
    if (found !== undefined && found.pivot.roles_id <= MAY_POST) return found;
    throw this.options.client.error("TARGET_CONTAINER_MISSING", `channels: ${id}${found === undefined ? ": the person is no member of an active channel of that number" : `: role ${found.pivot.roles_id} may not write`}`);
  }

  /** The channel of a container, made where there is none. */
  async claim(container: PlacedContainer, title: string, known: number | undefined, signal: AbortSignal): Promise<{ readonly channel: Channel; readonly made: boolean }> {
    const mark = markOf(container);
    const { client, profile, lang } = this.options;
    const standing = await this.#standing(mark, known, signal);
    const name = channelName(columnText(title));
    if (standing !== undefined) {
      // It may be one that came out public, and was refused. One that was taken in once is its people's to open.
      if (standing.id !== known) this.#private(standing);
      const renamed = standing.name === name ? standing : await this.#edit(standing, { name }, signal);
      return { channel: renamed, made: false };
    }
    if (profile === undefined) throw client.error("TARGET_CONTAINER_REFUSED", `no channel is named for "${title}" in "channels", and no group in "profiles" in which to make one`);
    const made = await this.#changing(() => editChannel(client, undefined, { name, description: described(title, mark, lang), profile, isPrivate: true }, signal));
    const channel = await this.of(made, signal);
    // Before a word is written: the next run would make another, or others would read it.
    if (channel === undefined || markIn(channel.description ?? "") !== mark) throw client.error("TARGET_MARK_LOST", "channels");
    this.#private(channel);
    return { channel, made: true };
  }

  /** Before a word is written: everybody of the instance would read it. */
  #private({ id, confidentiality }: Channel): void {
    if (confidentiality !== PRIVATE) throw this.options.client.error("TARGET_CONTAINER_REFUSED", `channels/edit: channel ${id} is not private; make it so, or name it in "channels" if it is to be public`);
  }

  /** Answers whether anything was changed. */
  async describe(channel: Channel, description: string, signal: AbortSignal): Promise<boolean> {
    if (channel.description === description) return false;
    await this.#edit(channel, { description }, signal);
    return true;
  }

  async remove(id: number, signal: AbortSignal): Promise<void> {
    await this.#changing(() => deleteChannel(this.options.client, id, signal));
  }

  /** Each message, and each change of one, goes to the phones of all members (app/Listeners/NotifNewChanPost.php). Looked at once, before the first. */
  async quiet(id: number, signal: AbortSignal): Promise<void> {
    if (this.options.notify || this.#quiet.has(id)) return;
    const { client } = this.options;
    const members = (await channelPage(client, id, signal))?.members;
    if (members !== 1) {
      const told = members === undefined ? "its page does not say how many members it has" : `${members} members, each of whom would get every message on the phone`;
      throw client.error("TARGET_CONTAINER_REFUSED", `channel ${id}: ${told}; take them out until all has come, or write notify: true`);
    }
    this.#quiet.add(id);
  }

  async #standing(mark: string, known: number | undefined, signal: AbortSignal): Promise<Channel | undefined> {
    const all = await this.#listed(signal);
    const found = all.find((one) => one.id === known && markIn(one.description ?? "") === mark) ?? all.find(({ description }) => markIn(description ?? "") === mark);
    if (found !== undefined || known === undefined) return found;
    // Made once, and not shown: closed, or the person was taken out. A second one would hold everything again.
    if ((await channelPage(this.options.client, known, signal)) === undefined) return undefined;
    throw this.options.client.error("TARGET_CONTAINER_MISSING", `channel ${known} is there, but closed, without its reference, or the person is no member of it`);
  }

  async #edit(channel: Channel, change: { readonly name?: string; readonly description?: string }, signal: AbortSignal): Promise<Channel> {
    const { name, description, confidentiality, profile_type: type, profile_id: profile } = channel;
    const draft = { name, description: description ?? "", profile: { type: type.replace(/^App\\/, "").toLowerCase(), id: profile }, isPrivate: confidentiality === PRIVATE, ...change };
    await this.#changing(() => editChannel(this.options.client, channel.id, draft, signal));
    return { ...channel, ...change };
  }

  /** It may have been done though its answer was lost: what is there is asked for again. */
  async #changing<T>(work: () => Promise<T>): Promise<T> {
    this.#all = undefined;
    try {
      return await work();
    } finally {
      this.#all = undefined;
    }
  }

  async #listed(signal: AbortSignal): Promise<readonly Channel[]> {
    return (this.#all ??= await channels(this.options.client, signal));
  }
}

/** ChannelController, `edit`. */
const PRIVATE = 0;
