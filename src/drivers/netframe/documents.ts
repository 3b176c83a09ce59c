import { z } from "zod";
import { bodyHash, type BodyHash } from "../http/body-hash.js";
import type { Profile } from "./channels.js";
import type { NetframeClient } from "./client.js";
import type { SentFile } from "./posts.js";

/** A folder of a group's documents; 0: their own level. Requests of User/MediaController, as public/packages/netframe/media/js/explorer.js and the explorer's forms send them. */
export interface Folder {
  readonly profile: Profile;
  readonly id: number;
}

export interface TreeFolder {
  readonly id: number;
  readonly parent: number;
  readonly name: string;
}

/** A file as it stands. */
export interface Media {
  readonly id: number;
  readonly name: string;
  readonly size: number;
}

const Options = z.object({ options: z.array(z.object({ value: z.coerce.number(), text: z.string() })) });
/** app/MediasFolder.php, `formatFolderTree`: before a name, for each level. */
const LEVEL = "&nbsp;".repeat(4);
const at = ({ type, id }: Profile): string => `${type}/${id}`;
const told = (profile: Profile): string => JSON.stringify({ id: profile.id, type: profile.type });

/** All folders of a group (`loadFolders`), each after the one that it stands in. */
export async function foldersOf(client: NetframeClient, profile: Profile, signal: AbortSignal): Promise<readonly TreeFolder[]> {
  const action = "medias/load-profile-folders";
  const answer = await client.post(action, action, { profileType: profile.type, profileId: String(profile.id) }, signal);
  if (answer.status === 403) throw client.error("TARGET_CONTAINER_REFUSED", `${action}: no right in ${at(profile)}`);
  const read = Options.safeParse(client.jsonOf(answer, action));
  const [root, ...others] = read.data?.options ?? [];
  if (root?.value !== 0) throw client.error("TARGET_PASSING", `${action}: an answer of another form`);
  const above = [0];
  return others.map(({ value: id, text }) => {
    let depth = 0;
    while (depth + 1 < above.length && text.startsWith(LEVEL, depth * LEVEL.length)) depth += 1;
    const parent = above[depth] ?? 0;
    above.splice(depth + 1, above.length, id);
    return { id, parent, name: text.slice(depth * LEVEL.length) };
  });
}

const Edited = z.object({ folderName: z.string(), viewContent: z.object({ view: z.string() }) });

/** `editFolder`: makes a folder; with `id`, names it and puts it into `parent`. Answers its number. Whether others than members see it is set to no. */
export async function editFolder(client: NetframeClient, profile: Profile, id: number | undefined, { name, parent }: Pick<TreeFolder, "name" | "parent">, signal: AbortSignal): Promise<number> {
  const action = "medias/edit-folder";
  const fields = { name, idFolder: String(parent), ...(id === undefined ? {} : { id: String(id) }) };
  const answer = await client.post(`${action}/${at(profile)}`, action, fields, signal);
  if (answer.status === 403) throw client.error("TARGET_CONTAINER_REFUSED", `${action}: no right in ${at(profile)}`);
  const read = Edited.safeParse(client.jsonOf(answer, action));
  const number = /<li class="container[^>]*?\sid="folder-(\d+)"/.exec(read.data?.viewContent.view ?? "")?.[1];
  if (read.data === undefined || number === undefined) throw client.error("TARGET_CONTAINER_REFUSED", `${action}: the form comes again`);
  if (read.data.folderName !== name) throw client.error("TARGET_NOT_KEPT", `${action}: another name comes back`);
  return Number(number);
}

/** `testFileFolder`: the number of a file in a folder whose name the database takes for that one; case and accents may differ. */
export async function mediaNamed(client: NetframeClient, { profile, id }: Folder, name: string, signal: AbortSignal): Promise<number | undefined> {
  const action = "medias/test-file-folder";
  const answer = await client.post(action, action, { filename: name, idFolder: String(id), profile: told(profile) }, signal);
  const read = z.object({ response: z.boolean(), originalId: z.coerce.number().optional() }).safeParse(client.jsonOf(answer, action));
  if (!read.success) throw client.error("TARGET_PASSING", `${action}: an answer of another form`);
  return read.data.originalId;
}

const Described = z.object({ files: z.array(z.object({ id: z.coerce.number(), name: z.string(), size: z.coerce.number() })).length(1) });

/** packages/netframe/media, MediaController, `download`, with `returnJson`: what is told of a file instead of its bytes. */
export async function mediaOf(client: NetframeClient, id: number, signal: AbortSignal): Promise<Media | undefined> {
  const action = "media/download, returnJson";
  const answer = await client.get(`media/download/${id}?returnJson=1`, action, signal, "json");
  if (answer.status === 404) return undefined;
  const [one] = Described.safeParse(client.jsonOf(answer, action)).data?.files ?? [];
  if (one?.id !== id) throw client.error("TARGET_PASSING", `${action}: an answer of another form`);
  return one;
}

/** `download`, whose bytes the web server sends. A page of something in front names no file. */
export function contentOf(client: NetframeClient, id: number, signal: AbortSignal): Promise<BodyHash | undefined> {
  return client.read(`media/download/${id}`, "media/download", signal, async ({ header, body }) => {
    if (!/filename=/.test(header("content-disposition") ?? "")) throw client.error("TARGET_PASSING", "media/download: no file");
    return bodyHash(body);
  });
}

const Uploaded = z.object({ files: z.array(z.object({ id: z.coerce.number().nullish(), name: z.string(), size: z.coerce.number(), error: z.string().optional() })).length(1) });

/**
 * MediaController, `upload`, as the explorer's pages send it (attachment-system.js): a new file stands in its folder at once, and nobody is told; with `replaces`,
 * that file's bytes and name are changed, and what it was stays as an earlier version. The form after it, which would write a post into the group, is not sent
 * (User/MediaController, `addFile`). `confidentiality`: with any other the search finds the name for everybody of the instance (app/Search/Query.php).
 */
export async function sendMedia(client: NetframeClient, { profile, id }: Folder, file: SentFile, replaces: number | undefined, signal: AbortSignal): Promise<number> {
  const fields = {
    profile: told(profile), profileMedia: "0", profileCover: "0", postMedia: "0", fromXplorer: "1", idFolder: String(id), confidentiality: "0",
    mediaId: replaces === undefined ? "" : String(replaces),
  };
  const answer = await client.upload("media/upload", "media/upload", (token) => ({ fields: { ...fields, _token: token }, file: { ...file, field: "files[]", bytes: file.open() } }), signal);
  if (answer.status === 200 && answer.text.trim() === "") throw client.error("TARGET_QUOTA_FULL", "media/upload: an empty answer");
  const [one] = Uploaded.safeParse(client.jsonOf(answer, "media/upload")).data?.files ?? [];
  if (one === undefined) throw client.error("TARGET_PASSING", "media/upload: an answer of another form");
  if (one.error !== undefined) throw client.error("TARGET_REFUSED_ITEM", `media/upload: ${one.error.slice(0, 200)}`);
  if (one.id === null || one.id === undefined || one.size !== file.size) throw client.error("TARGET_PASSING", `media/upload: ${one.size} / ${file.size}`);
  if (one.name !== file.name) throw client.error("TARGET_NOT_KEPT", "media/upload: another name comes back");
  return one.id;
}

/** `delete`: for good. A file that is gone or locked, or a right that is missing, is refused alike. */
export async function deleteElement(client: NetframeClient, mediaType: "media" | "folder", id: number, signal: AbortSignal): Promise<boolean> {
  const answer = await client.post("medias/delete", "medias/delete", { mediaType, mediaId: String(id) }, signal);
  if (answer.status === 403) return false;
  const read = z.object({ delete: z.literal(true) }).safeParse(client.jsonOf(answer, "medias/delete"));
  if (!read.success) throw client.error("TARGET_PASSING", "medias/delete: an answer of another form");
  return true;
}
