import { z } from "zod";
import { membersOf } from "../http/json.js";
import type { NetframeClient } from "./client.js";
import { wordsIn } from "./told.js";

const Media = z.object({ id: z.coerce.number(), name: z.string(), file_size: z.coerce.number() });
/** app/News.php and what it appends; other kinds of entries stand in a channel too. */
const Entry = z.object({
  id: z.coerce.number(), newsFeedId: z.coerce.number(), users_id: z.coerce.number().nullish(), content: z.string().nullish(), updated_at: z.string().nullish(), mediasApi: z.array(Media).catch([]),
});

export interface Entry {
  /** Of the post. */
  readonly id: number;
  /** Of its place in the channel. */
  readonly feed: number;
  readonly author: number | undefined;
  readonly content: string;
  /** ISO instant of the post, of which its place's own may be a moment later. */
  readonly updatedAt: string;
  readonly files: readonly StoredFile[];
}

export interface StoredFile {
  readonly id: number;
  readonly name: string;
  readonly size: number;
}

export interface PostDraft {
  readonly content: string;
  readonly files: readonly number[];
}

/** docker/database-init/00-schema.sql, news.content: a TEXT; config/database.php, "strict": what is longer is cut without a word. */
export const CONTENT_MAX = 65_535;

/** ChannelController, `feed`: the newest thirty, or the fifteen before a moment, oldest first. */
export async function entries(client: NetframeClient, channel: number, before: string | undefined, signal: AbortSignal): Promise<readonly Entry[]> {
  const path = `channels/${channel}${before === undefined ? "" : `/before/${encodeURIComponent(before)}`}`;
  const read = z.array(Entry).safeParse(client.jsonOf(await client.post(path, "channels, messages", {}, signal), "channels, messages"));
  if (!read.success) throw client.error("TARGET_PASSING", "channels, messages: an answer of another form");
  return read.data.map(({ id, newsFeedId, users_id: author, content, updated_at: updatedAt, mediasApi }) => ({
    id, feed: newsFeedId, author: author ?? undefined, content: content ?? "", updatedAt: updatedAt ?? "", files: mediasApi.map(({ id: media, name, file_size: size }) => ({ id: media, name, size })),
  }));
}

/** MessagesController, `posting`; with `id`, the post is changed. Answers its number. */
export async function post(client: NetframeClient, channel: number, id: number | undefined, { content, files }: PostDraft, signal: AbortSignal): Promise<number> {
  const fields = { channel_id: String(channel), content, post_type: "news", mediasIds: files.join(","), linksIds: "", ...(id === undefined ? {} : { id: String(id) }) };
  const told = client.jsonOf(await client.post("channels/post", "channels/post", fields, signal), "channels/post");
  const made = z.object({ post: z.object({ id: z.coerce.number().int().positive() }), return_message: z.string() }).safeParse(told);
  if (made.success) return made.data.post.id;
  // Errors of the form, and a right that is missing at the second look, are told with HTTP 200.
  throw client.error(membersOf(told)["return_code"] === "error" ? "TARGET_REFUSED_ITEM" : "TARGET_DENIED", `channels/post: ${wordsIn({ json: told }) || "no post"}`);
}

/** MessagesController, `delete`: by the place in the channel. */
export async function deletePost(client: NetframeClient, feed: number, signal: AbortSignal): Promise<void> {
  client.jsonOf(await client.post(`channels/delete-post/${feed}`, "channels/delete-post", {}, signal), "channels/delete-post");
}

export interface SentFile {
  readonly name: string;
  readonly mediaType: string;
  readonly size: number;
  open(): AsyncIterable<Uint8Array>;
}

const Uploaded = z.object({ files: z.array(z.object({ id: z.coerce.number().nullish(), size: z.coerce.number(), error: z.string().optional() })).length(1) });

/**
 * packages/netframe/media, MediaController, `upload`, as the channel's page sends it (resources/js/channel/app.js). Undefined for one that is too large for the
 * server. Nothing in the answer is an exhausted quota.
 */
export async function upload(client: NetframeClient, user: number, file: SentFile, signal: AbortSignal): Promise<number | undefined> {
  const fields = { profile: JSON.stringify({ id: user, type: "user" }), profileMedia: "0", postMedia: "1", fromXplorer: "0", idFolder: "0", mediaId: "" };
  const told = await client.upload("media/upload", "media/upload", (token) => ({ fields: { ...fields, _token: token }, file: { ...file, field: "files[]", bytes: file.open() } }), signal);
  if (told.status === 413) return undefined;
  if (told.status === 200 && told.text.trim() === "") throw client.error("TARGET_QUOTA_FULL", "media/upload: an empty answer");
  const read = Uploaded.safeParse(client.jsonOf(told, "media/upload"));
  const [one] = read.data?.files ?? [];
  if (one === undefined) throw client.error("TARGET_PASSING", "media/upload: an answer of another form");
  if (one.error !== undefined) throw client.error("TARGET_REFUSED_ITEM", `media/upload: ${one.error.slice(0, 200)}`);
  if (one.id === null || one.id === undefined || one.size !== file.size) throw client.error("TARGET_PASSING", `media/upload: ${one.size} / ${file.size}`);
  return one.id;
}
