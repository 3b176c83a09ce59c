import type { Answer } from "../answers.js";
import { notFound } from "../answers.js";
import { userOf } from "../directory.js";
import { collection, context, pageSize, refuseOptions, select, type Call, type Route } from "../odata.js";
import type { TenantStore } from "../tenant/store.js";
import { channelDelta, channelMessages, chatMessages, hostedBytes, hostedContents, replyMessage, replyMessages, rootMessage, shownMessage, wantsReplies } from "./messages.js";
import { messageJson } from "./message-json.js";
import { filesFolderJson } from "./files-folder.js";
import { allMembersJson, channelJson, chatJson, incomingJson, membersJson, tabsJson, teamJson } from "./shapes.js";
import { TeamsStore, type Conversation, type Team } from "./teams-store.js";

/** `$expand=members` tells no more of a chat (api-reference/v1.0/api/chat-list, known issue). */
const EXPANDED_MEMBERS = 25;

type Handler = (call: Call) => Promise<Answer>;

/** Teams with channels, messages, replies and hosted contents; chats with theirs. Roles: the least permission of each page's table. */
export function teamsRoutes(tenant: TenantStore): Route[] {
  const store = new TeamsStore(tenant);
  const get = (role: string, pattern: string, handle: Handler): Route => ({ method: "GET", pattern, role, handle });
  const team = (call: Call): Team => store.team(call.params["team"] ?? "");
  const channel = (call: Call): Conversation => store.channel(team(call), call.params["channel"] ?? "");
  const chat = (call: Call): Conversation => store.chat(call.params["chat"] ?? "");
  const one = (call: Call, what: string, json: object): Promise<Answer> => Promise.resolve({ json: { "@odata.context": context(call, what), ...json } });
  const channels = (call: Call): Promise<Answer> => {
    refuseOptions(call, ["$search", "$expand", "$filter"], "BadRequest");
    return collection(call, `teams('${team(call).id}')/channels`, store.channels(team(call)), 100, (entry) => select(channelJson(store, entry), call.query));
  };
  const at = "/teams/:team/channels/:channel";
  return [
    get("Team.ReadBasic.All", "/teams", (call) => collection(call, "teams", store.teams(), 100, (entry) => select(teamJson(store, entry), call.query))),
    get("Team.ReadBasic.All", "/teams/:team", (call) => one(call, "teams/$entity", select(teamJson(store, team(call)), call.query))),
    get("TeamMember.Read.All", "/teams/:team/members", (call) => collection(call, `teams('${team(call).id}')/members`, membersJson(store, team(call).folder, team(call).id), 100, (entry) => entry)),
    get("Channel.ReadBasic.All", "/teams/:team/channels", channels),
    get("Channel.ReadBasic.All", "/teams/:team/allChannels", (call) => {
      refuseOptions(call, ["$search", "$expand", "$filter"], "BadRequest");
      return collection(call, `teams('${team(call).id}')/allChannels`, [...store.channels(team(call)).map((entry) => channelJson(store, entry)), ...incomingJson(store, team(call))], 100, (entry) => select(entry, call.query));
    }),
    get("Channel.ReadBasic.All", "/teams/:team/incomingChannels", (call) => collection(call, `teams('${team(call).id}')/incomingChannels`, incomingJson(store, team(call)), 100, (entry) => select(entry, call.query))),
    get("ChannelMember.Read.All", `${at}/allMembers`, (call) => collection(call, "teams/channels/allMembers", allMembersJson(store, channel(call)), 100, (entry) => entry)),
    get("Files.Read.All", `${at}/filesFolder`, (call) => one(call, "teams/channels/filesFolder/$entity", filesFolderJson(store, channel(call)))),
    get("Channel.ReadBasic.All", at, (call) => one(call, "teams/channels/$entity", select(channelJson(store, channel(call)), call.query))),
    get("ChannelMember.Read.All", `${at}/members`, (call) => collection(call, "teams/channels/members", membersJson(store, channel(call).folder, channel(call).id), 100, (entry) => entry)),
    get("TeamsTab.Read.All", `${at}/tabs`, (call) => {
      refuseOptions(call, ["$search", "$filter"], "BadRequest");
      return collection(call, "teams/channels/tabs", tabsJson(channel(call), call.query.get("$expand")), 100, (entry) => entry);
    }),
    ...channelMessageRoutes(store, at, channel, get),
    ...chatRoutes(store, chat, get),
  ];
}

type Get = (role: string, pattern: string, handle: Handler) => Route;

function channelMessageRoutes(store: TeamsStore, at: string, channel: (call: Call) => Conversation, get: Get): Route[] {
  const role = "ChannelMessage.Read.All";
  return [
    get(role, `${at}/messages`, (call) => channelMessages(store, channel(call), call)),
    get(role, `${at}/messages/delta`, (call) => channelDelta(store, channel(call), call, (made) => made < store.tenant.expiredBefore)),
    get(role, `${at}/messages/:message`, async (call) => {
      const conversation = channel(call);
      return entity(call, shownMessage({ store, conversation, call, replies: wantsReplies(call) }, await rootMessage(store, conversation, call)));
    }),
    get(role, `${at}/messages/:message/replies`, (call) => replyMessages(store, channel(call), call)),
    get(role, `${at}/messages/:message/replies/:reply`, async (call) => {
      const conversation = channel(call);
      const { reply, replyTo } = await replyMessage(store, conversation, call);
      return entity(call, messageJson(reply, { store, conversation, root: call.root, replyTo }));
    }),
    ...hostedRoutes(store, role, `${at}/messages/:message`, get, async (call) => ({ conversation: channel(call), message: await rootMessage(store, channel(call), call) })),
    ...hostedRoutes(store, role, `${at}/messages/:message/replies/:reply`, get, async (call) => ({ conversation: channel(call), message: (await replyMessage(store, channel(call), call)).reply })),
  ];
}

function chatRoutes(store: TeamsStore, chat: (call: Call) => Conversation, get: Get): Route[] {
  const role = "Chat.Read.All";
  const members = (conversation: Conversation): readonly Record<string, unknown>[] => membersJson(store, conversation.folder, conversation.id);
  const shown = (call: Call, conversation: Conversation): object => ({ ...chatJson(store, conversation), ...(call.query.get("$expand") === "members" ? { members: members(conversation).slice(0, EXPANDED_MEMBERS) } : {}) });
  const message = async (call: Call) => ({ conversation: chat(call), message: await rootMessage(store, chat(call), call) });
  return [
    get("Chat.ReadBasic.All", "/users/:user/chats", (call) => {
      refuseOptions(call, ["$search", "$filter", "$select", "$orderby"], "BadRequest");
      return collection(call, "chats", store.chatsOf(userOf(store.tenant, call.params["user"] ?? "")), pageSize(call, 20, 50), (one) => shown(call, one));
    }),
    get("Chat.ReadBasic.All", "/chats/:chat", async (call) => ({ json: { "@odata.context": context(call, "chats/$entity"), ...shown(call, chat(call)) } })),
    get("Chat.ReadBasic.All", "/chats/:chat/members", (call) => collection(call, `chats('${encodeURIComponent(chat(call).id)}')/members`, members(chat(call)), 100, (one) => one)),
    get("TeamsTab.Read.All", "/chats/:chat/tabs", (call) => {
      refuseOptions(call, ["$search", "$filter"], "BadRequest");
      return collection(call, "chats/tabs", tabsJson(chat(call), call.query.get("$expand")), 100, (entry) => entry);
    }),
    get(role, "/chats/:chat/pinnedMessages", async (call) => {
      const conversation = chat(call);
      const expand = call.query.get("$expand") === "message";
      return collection(call, "chats/pinnedMessages", pinnedIds(conversation), 100, async (id) => ({
        id, ...(expand ? { message: messageJson(await rootMessage(store, conversation, { ...call, params: { ...call.params, message: id } }), { store, conversation, root: call.root }) } : {}),
      }));
    }),
    ...["/chats/:chat/messages", "/users/:user/chats/:chat/messages"].map((pattern) => get(role, pattern, (call) => chatMessages(store, chat(call), call))),
    get(role, "/chats/:chat/messages/:message", async (call) => {
      const found = await message(call);
      return entity(call, messageJson(found.message, { store, conversation: found.conversation, root: call.root }));
    }),
    ...hostedRoutes(store, role, "/chats/:chat/messages/:message", get, message),
  ];
}

type Found = { readonly conversation: Conversation; readonly message: Readonly<Record<string, unknown>> };

function hostedRoutes(store: TeamsStore, role: string, base: string, get: Get, find: (call: Call) => Promise<Found>): Route[] {
  const shown = (id: string): object => ({ id, contentBytes: null, contentType: null });
  return [
    get(role, `${base}/hostedContents`, async (call) => {
      const { conversation, message } = await find(call);
      return collection(call, "hostedContents", await hostedContents(store, conversation, message), 100, shown);
    }),
    get(role, `${base}/hostedContents/:content`, async (call) => {
      const { conversation, message } = await find(call);
      const id = call.params["content"] ?? "";
      if (!(await hostedContents(store, conversation, message)).includes(id)) throw notFound("NotFound", "NotFound");
      return { json: { "@odata.context": context(call, "hostedContents/$entity"), ...shown(id) } };
    }),
    get(role, `${base}/hostedContents/:content/$value`, async (call) => {
      const { conversation, message } = await find(call);
      return hostedBytes(store, conversation, message, call.params["content"] ?? "");
    }),
  ];
}

function entity(call: Call, json: object): Answer {
  return { json: { "@odata.context": context(call, "chatMessage/$entity"), ...json } };
}

function pinnedIds({ folder }: Conversation): readonly string[] {
  const pinned = folder.card["pinnedMessages"];
  return Array.isArray(pinned) ? pinned.map(String) : [];
}
