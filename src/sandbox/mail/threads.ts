import { notFound } from "../answers.js";
import { asRead } from "../tenant/as-read.js";
import type { Entry } from "../tenant/entry.js";
import type { OwnerFile, TenantStore } from "../tenant/store.js";
import { mailFolders, messagesIn, requireMailbox, rootFolder } from "./folders.js";
import { messageJson } from "./message.js";

/** A message of a group, and what places it among the others. */
export interface Post {
  readonly entry: Entry;
  readonly json: Readonly<Record<string, unknown>>;
  readonly messageId: string;
  readonly inReplyTo: string | undefined;
  readonly references: string | undefined;
}

export interface Thread {
  readonly id: string;
  /** Every thread here has a conversation of its own. */
  readonly conversation: string;
  readonly topic: string;
  /** Oldest first. */
  readonly posts: readonly Post[];
}

const WANTED = new Set(["internetMessageHeaders", "hasAttachments", "bodyPreview", "body"]);
/** By owner. */
const threads = asRead(() => new Map<string, Promise<readonly Thread[]>>());

/** Threads of a group's mailbox, the one with the latest post first: messages whose References begin with the same one. Parsed once per reading of the tenant folder. */
export function threadsOf(store: TenantStore, owner: OwnerFile): Promise<readonly Thread[]> {
  requireMailbox(owner);
  const known = threads(store);
  const found = known.get(owner.id) ?? made(store, owner);
  known.set(owner.id, found);
  return found;
}

export async function threadOf(store: TenantStore, owner: OwnerFile, id: string): Promise<Thread> {
  const found = (await threadsOf(store, owner)).find((thread) => thread.id === id);
  if (found === undefined) throw notFound("ErrorItemNotFound", "");
  return found;
}

async function made(store: TenantStore, owner: OwnerFile): Promise<readonly Thread[]> {
  const groups = new Map<string, Post[]>();
  for (const { id } of [rootFolder(store, owner), ...mailFolders(store, owner)]) {
    for (const entry of messagesIn(store, id)) {
      const post = await postOf(store, entry);
      const key = String(post.json["conversationId"]);
      groups.set(key, [...(groups.get(key) ?? []), post]);
    }
  }
  const found = [...groups].map(([key, posts]): Thread => {
    const inOrder = posts.sort((a, b) => receivedOf(a).localeCompare(receivedOf(b)));
    return { id: store.idOf(owner.id, "thread", key), conversation: store.idOf(owner.id, "conversation", key), topic: String(inOrder[0]?.json["subject"] ?? "").replace(/^(?:(?:re|tr|fw|fwd)\s*:\s*)+/i, ""), posts: inOrder };
  });
  return found.sort((a, b) => deliveredOf(b).localeCompare(deliveredOf(a)));
}

async function postOf(store: TenantStore, entry: Entry): Promise<Post> {
  const { internetMessageHeaders, ...json } = await messageJson(store, entry, { wanted: WANTED, asText: false });
  const header = (wanted: string): string | undefined => (internetMessageHeaders as { name: string; value: string }[]).find(({ name }) => name.toLowerCase() === wanted)?.value;
  return { entry, json, messageId: String(json["internetMessageId"]), inReplyTo: header("in-reply-to"), references: header("references") };
}

export function receivedOf({ json }: Post): string {
  return String(json["receivedDateTime"]);
}

export function deliveredOf({ posts }: Thread): string {
  const last = posts.at(-1);
  return last === undefined ? "" : receivedOf(last);
}
