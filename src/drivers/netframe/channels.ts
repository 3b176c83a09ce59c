import { z } from "zod";
import type { NetframeClient } from "./client.js";
import { tokenIn } from "./told.js";

/** app/Channel.php, as app/User.php, `allChannels`, gives it: with the person's own membership. */
const Channel = z.object({
  id: z.coerce.number(), name: z.string(), description: z.string().nullish(), confidentiality: z.coerce.number(), profile_id: z.coerce.number(), profile_type: z.string(),
  pivot: z.object({ users_id: z.coerce.number(), roles_id: z.coerce.number() }),
});
export type Channel = z.infer<typeof Channel>;
const Channels = z.object({ channels: z.array(Channel) });

export const PROFILES = ["house", "community", "project"] as const;
/** A group that channels belong to (config/validation.php, "channel/edit"). */
export interface Profile {
  readonly type: (typeof PROFILES)[number];
  readonly id: number;
}

export interface ChannelDraft {
  readonly name: string;
  readonly description: string;
  readonly profile: { readonly type: string; readonly id: number };
  readonly isPrivate: boolean;
}

/** config/validation.php, "channel/edit": a longer one is refused, and saved half all the same (ChannelController, `edit`). */
export const NAME_MAX = 50;
/** config/rights.php and app/Netframe.php, `getAcl`: who may post in a channel. */
export const MAY_POST = 4;

/** Active channels that the person is a member of (ChannelController, `feeds`). */
export async function channels(client: NetframeClient, signal: AbortSignal): Promise<readonly Channel[]> {
  const read = Channels.safeParse(client.jsonOf(await client.get("channels", "channels", signal, "json"), "channels"));
  if (!read.success) throw client.error("TARGET_PASSING", "channels: an answer of another form");
  return read.data.channels;
}

/** ChannelController, `edit`: the new channel's number is in the address that the answer leads to. The person who makes it is its one member. */
export async function editChannel(client: NetframeClient, id: number | undefined, { name, description, profile, isPrivate }: ChannelDraft, signal: AbortSignal): Promise<number> {
  const fields = { name, description, id_foreign: String(profile.id), type_foreign: profile.type, ...(isPrivate ? { confidentiality: "1" } : {}) };
  const told = await client.post(`channels/edit${id === undefined ? "" : `/${id}`}`, "channels/edit", fields, signal);
  const made = told.status === 302 ? /\/channels\/edit\/(\d+)$/.exec(told.location ?? "")?.[1] : undefined;
  if (made !== undefined) return Number(made);
  throw told.status === 403 ? client.error("TARGET_CONTAINER_REFUSED", `channels/edit: HTTP 403: no right in ${profile.type}/${profile.id}`) : client.refusal(told, "channels/edit");
}

/** `delete`: a link of the pages, which changes all the same. */
export async function deleteChannel(client: NetframeClient, id: number, signal: AbortSignal): Promise<void> {
  const told = await client.get(`channels/delete/${id}`, "channels/delete", signal);
  if (told.status !== 302) throw client.refusal(told, "channels/delete");
}

export interface ChannelPage {
  /** Members, the person included; undefined where the page does not say it as it did. */
  readonly members: number | undefined;
}

/** The channel's page (resources/views/channel/app.blade.php); undefined where there is no such channel. */
export async function channelPage(client: NetframeClient, id: number, signal: AbortSignal): Promise<ChannelPage | undefined> {
  const told = await client.get(`channels/${id}`, "channels, page", signal);
  if (told.status === 404) return undefined;
  if (told.status !== 200) throw client.refusal(told, "channels, page");
  // A page of something in front says nothing of the channel.
  if (tokenIn(told.text) === undefined) throw client.error("TARGET_PASSING", "channels, page: not the product's");
  const members = /<div class="nf-lbl" title="(\d+) /.exec(told.text)?.[1];
  return { members: members === undefined ? undefined : Number(members) };
}

/** Whether the person has the right that making a channel asks for: the form of a new folder asks for the same (User/MediaController, `editFolder`), and writes nothing. */
export async function mayEdit(client: NetframeClient, { type, id }: Profile, signal: AbortSignal): Promise<boolean> {
  const told = await client.get(`medias/edit-folder/${type}/${id}`, "medias/edit-folder", signal);
  if (told.status === 403) return false;
  if (told.status !== 200 || !told.text.includes('name="_token"')) throw client.refusal(told, "medias/edit-folder");
  return true;
}
