import { lookup } from "mime-types";
import { readdir } from "node:fs/promises";
import path from "node:path";
import { fileAnswer, GraphRefusal, notFound, type Answer } from "../answers.js";
import { collection, context, link, pageSize, readToken, refuseOptions, type Call } from "../odata.js";
import { absent } from "../tenant/read.js";
import { createdOf, idOf, linesOf, repliesOf, withMessages, type Line, type RawMessage } from "./conversation-file.js";
import { messageJson, type Place } from "./message-json.js";
import type { Conversation, TeamsStore } from "./teams-store.js";

/** Messages and replies a page at most (channel-list-messages, chat-list-messages, "$top"), and replies that ride along with an expanded message. */
const MOST = 50;
const DEFAULT = 20;
export const EXPANDED = 1000;

/** `$expand=replies`, the only one that is served (channel-list-messages, "$expand"). */
export function wantsReplies(call: Call): boolean {
  const asked = call.query.get("$expand");
  if (asked !== null && asked !== "replies") throw new GraphRefusal(400, "BadRequest", `Property '${asked}' cannot be expanded.`);
  return asked === "replies";
}

/** Page size; more than 50 is refused. */
export function messagePage(call: Call): number {
  if (Number(call.query.get("$top") ?? 1) > MOST) throw new GraphRefusal(400, "BadRequest", "The limit of '50' for Top query has been exceeded.");
  return pageSize(call, DEFAULT, MOST);
}

export interface Shown {
  readonly store: TeamsStore;
  readonly conversation: Conversation;
  readonly call: Call;
  readonly replies: boolean;
}

/** What `answer` makes of lines, while they are told as Graph tells them. */
function withShown<T>(shown: Shown, answer: (tell: (line: Line) => Promise<object>) => Promise<T>): Promise<T> {
  return withMessages(shown.store.disk(shown.conversation), (messageAt) => answer(async (line) => shownMessage(shown, await messageAt(line))));
}

export function shownMessage({ store, conversation, call, replies }: Shown, message: RawMessage): object {
  const place: Place = { store, conversation, root: call.root };
  const json = messageJson(message, place);
  if (!replies) return json;
  const all = newestFirst(repliesOf(message));
  const id = idOf(message);
  const told = all.slice(0, EXPANDED).map((reply) => messageJson(reply, { ...place, replyTo: id }));
  const more = all.length > EXPANDED && conversation.folder.card["dropRepliesLink"] !== true;
  const next = `${call.root}/v1.0/teams/${conversation.team?.id ?? ""}/channels/${encodeURIComponent(conversation.id)}/messages/${id}/replies`;
  return {
    ...json, "replies@odata.context": context(call, `teams/channels/messages('${id}')/replies`), "replies@odata.count": told.length,
    ...(more ? { "replies@odata.nextLink": link({ ...call, path: next.slice(`${call.root}/v1.0`.length) }, "$skiptoken", { at: EXPANDED }, false) } : {}), replies: told,
  };
}

/** Root messages of a channel, newest first. */
export async function channelMessages(store: TeamsStore, conversation: Conversation, call: Call): Promise<Answer> {
  refuseOptions(call, ["$filter", "$orderby", "$search", "$select", "$skip"], "BadRequest");
  const [replies, size] = [wantsReplies(call), messagePage(call)];
  const lines = [...(await linesOf(store.disk(conversation)))].sort((a, b) => (a.created < b.created ? 1 : -1));
  return withShown({ store, conversation, call, replies }, (tell) => collection(call, `teams('${conversation.team?.id ?? ""}')/channels('${encodeURIComponent(conversation.id)}')/messages`, lines, size, tell));
}

export async function replyMessages(store: TeamsStore, conversation: Conversation, call: Call): Promise<Answer> {
  refuseOptions(call, ["$filter", "$orderby", "$search", "$select", "$skip", "$expand"], "BadRequest");
  const size = messagePage(call);
  const root = await rootMessage(store, conversation, call);
  const place: Place = { store, conversation, root: call.root, replyTo: idOf(root) };
  return collection(call, `teams('${conversation.team?.id ?? ""}')/channels('${encodeURIComponent(conversation.id)}')/messages('${idOf(root)}')/replies`, newestFirst(repliesOf(root)), size, (reply) => messageJson(reply, place));
}

/** Messages of a chat, by `lastModifiedDateTime` or `createdDateTime`, newest first only; a filter counts only beside the order by the same property (chat-list-messages). */
export async function chatMessages(store: TeamsStore, conversation: Conversation, call: Call): Promise<Answer> {
  refuseOptions(call, ["$search", "$select", "$skip", "$expand"], "BadRequest");
  const size = messagePage(call);
  const order = call.query.get("$orderby") ?? call.query.get("$orderBy");
  const [, property = "lastModifiedDateTime", direction] = /^(lastModifiedDateTime|createdDateTime)(?:\s+(asc|desc))?$/.exec(order ?? "lastModifiedDateTime desc") ?? [];
  if (direction !== "desc") throw new GraphRefusal(400, "BadRequest", "QueryOptions to order by are supported in descending direction only.");
  const dateOf = (line: Line): string => (property === "createdDateTime" ? line.created : line.modified);
  const within = filtered(call, order === null ? undefined : property);
  const lines = (await linesOf(store.disk(conversation))).filter((line) => within(dateOf(line))).sort((a, b) => (dateOf(a) < dateOf(b) ? 1 : -1));
  return withShown({ store, conversation, call, replies: false }, (tell) => collection(call, `chats('${encodeURIComponent(conversation.id)}')/messages`, lines, size, tell));
}

function filtered(call: Call, property: string | undefined): (date: string) => boolean {
  const filter = call.query.get("$filter");
  if (filter === null || property === undefined) return () => true;
  const bounds = filter.split(/\s+and\s+/).map((part) => new RegExp(`^${property}\\s+(gt|lt)\\s+(\\S+)$`).exec(part.trim()));
  return (date) => bounds.every((bound) => {
    if (bound === null) return true;
    const [at, limit] = [Date.parse(date), Date.parse(bound[2] ?? "")];
    return bound[1] === "gt" ? at > limit : at < limit;
  });
}

export async function rootMessage(store: TeamsStore, conversation: Conversation, call: Call): Promise<RawMessage> {
  const line = (await linesOf(store.disk(conversation))).find(({ id }) => id === call.params["message"]);
  if (line === undefined) throw notFound("NotFound", "NotFound");
  return withMessages(store.disk(conversation), (messageAt) => messageAt(line));
}

export async function replyMessage(store: TeamsStore, conversation: Conversation, call: Call): Promise<{ readonly reply: RawMessage; readonly replyTo: string }> {
  const root = await rootMessage(store, conversation, call);
  const reply = repliesOf(root).find((one) => idOf(one) === call.params["reply"]);
  if (reply === undefined) throw notFound("NotFound", "NotFound");
  return { reply, replyTo: idOf(root) };
}

/** Pictures and snippets of a message: files of `hosted/` that its line names. The bytes answer to `/$value` only (chatmessagehostedcontent-get). */
export async function hostedContents(store: TeamsStore, conversation: Conversation, message: RawMessage): Promise<readonly string[]> {
  const text = JSON.stringify({ ...message, replies: [] });
  const names = await readdir(path.join(store.disk(conversation), "hosted")).catch(absent<string[]>([]));
  return names.sort().filter((name) => text.includes(`hostedContents/${name}/`));
}

export async function hostedBytes(store: TeamsStore, conversation: Conversation, message: RawMessage, name: string): Promise<Answer> {
  if (!(await hostedContents(store, conversation, message)).includes(name)) throw notFound("NotFound", "NotFound");
  return fileAnswer(path.join(store.disk(conversation), "hosted", name), { "content-type": lookup(name) || "image/png" });
}

function newestFirst(messages: readonly RawMessage[]): readonly RawMessage[] {
  return [...messages].sort((a, b) => (createdOf(a) < createdOf(b) ? 1 : -1));
}

interface DeltaState {
  /** Chains changed after this instant, up to that one. */
  readonly after: string;
  readonly upto: string;
  readonly at: number;
  readonly replies: boolean;
  readonly size: number;
  readonly made: number;
}

const MONTHS_MS = 8 * 30 * 86_400_000;

/** Changes of a channel by reply chain (chatmessage-delta): at most eight months back, `$filter=lastModifiedDateTime gt …` only. */
export async function channelDelta(store: TeamsStore, conversation: Conversation, call: Call, expired: (made: number) => boolean): Promise<Answer> {
  refuseOptions(call, ["$orderby", "$search", "$select", "$skip"], "BadRequest");
  const all = await linesOf(store.disk(conversation));
  const newest = all.map(({ modified }) => modified).sort().at(-1) ?? "1970-01-01T00:00:00Z";
  const [page, round] = [readToken<DeltaState>(call.query.get("$skiptoken")), readToken<DeltaState>(call.query.get("$deltatoken"))];
  const carried = page ?? round;
  if (carried !== undefined && expired(carried.made)) throw new GraphRefusal(410, "SyncStateNotFound", "The sync state generation is not found.");
  const state: DeltaState = page ?? (round === undefined ? first(call, newest, store.tenant.seq) : { ...round, after: round.upto, upto: newest, at: 0 });
  const lines = all.filter(({ modified }) => Date.parse(modified) > Date.parse(state.after) && Date.parse(modified) <= Date.parse(state.upto)).sort((a, b) => (a.modified < b.modified ? -1 : 1));
  const told = lines.slice(state.at, state.at + state.size);
  const more = state.at + state.size < lines.length;
  const value = await withShown({ store, conversation, call, replies: state.replies }, (tell) => Promise.all(told.map(tell)));
  const next = more ? link(call, "$skiptoken", { ...state, at: state.at + state.size }, false) : link(call, "$deltatoken", { ...state, at: 0, made: store.tenant.seq }, false);
  return { json: { "@odata.context": context(call, "Collection(chatMessage)"), [more ? "@odata.nextLink" : "@odata.deltaLink"]: next, value } };
}

function first(call: Call, newest: string, made: number): DeltaState {
  const filter = call.query.get("$filter");
  const since = filter === null ? undefined : /^lastModifiedDateTime\s+gt\s+(\S+)$/.exec(filter)?.[1];
  if (filter !== null && since === undefined) throw new GraphRefusal(400, "BadRequest", "Filter supports only lastModifiedDateTime with the gt operator.");
  const oldest = Date.now() - MONTHS_MS;
  const after = new Date(Math.max(oldest, since === undefined ? 0 : Date.parse(since))).toISOString();
  return { after, upto: newest, at: 0, replies: wantsReplies(call), size: messagePage(call), made };
}

