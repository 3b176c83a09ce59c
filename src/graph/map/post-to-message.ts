import { derivedMessageId, type GraphMessage, type GraphRecipient } from "./message-to-mime.js";
import type { Maybe } from "./graph-event.js";

/** Graph `conversationThread` (api-reference/v1.0/resources/conversationthread). */
export interface GraphThread {
  readonly id: string;
  readonly topic?: Maybe<string>;
  readonly lastDeliveredDateTime?: Maybe<string>;
  readonly hasAttachments?: Maybe<boolean>;
  readonly uniqueSenders?: Maybe<readonly string[]>;
  readonly preview?: Maybe<string>;
  readonly toRecipients?: Maybe<readonly GraphRecipient[]>;
  readonly ccRecipients?: Maybe<readonly GraphRecipient[]>;
}

/** Graph `post` (api-reference/v1.0/resources/post), the properties that are read. */
export interface GraphPost {
  readonly id: string;
  readonly changeKey?: Maybe<string>;
  readonly createdDateTime?: Maybe<string>;
  readonly lastModifiedDateTime?: Maybe<string>;
  readonly receivedDateTime?: Maybe<string>;
  readonly categories?: Maybe<readonly string[]>;
  readonly hasAttachments?: Maybe<boolean>;
  readonly body?: GraphMessage["body"];
  readonly from?: Maybe<GraphRecipient>;
  readonly sender?: Maybe<GraphRecipient>;
  readonly conversationThreadId?: Maybe<string>;
  readonly inReplyTo?: Maybe<{ readonly id?: Maybe<string> }>;
  readonly singleValueExtendedProperties?: Maybe<readonly { readonly id?: Maybe<string>; readonly value?: Maybe<string> }[]>;
}

/** Headers of the post as it was delivered, by their MAPI tags ([MS-OXPROPS]: PidTagInternetMessageId, PidTagInReplyToId, PidTagInternetReferences). */
export const HEADER_TAGS = { messageId: "0x1035", inReplyTo: "0x1042", references: "0x1039" } as const;

/**
 * Posts of one thread as messages, oldest first. Each answers the one that it names, else the first, so that mail programs show the thread; the recipients
 * are the thread's, since Graph tells none of a post.
 */
export function postsToMessages(thread: GraphThread, posts: readonly GraphPost[]): readonly { readonly post: GraphPost; readonly message: GraphMessage }[] {
  const inOrder = [...posts].sort((a, b) => orderOf(a).localeCompare(orderOf(b)));
  const ids = new Map(inOrder.map((post) => [post.id, header(post, HEADER_TAGS.messageId) ?? derivedMessageId(post.id)]));
  const first = inOrder[0] === undefined ? undefined : ids.get(inOrder[0].id);
  return inOrder.map((post) => {
    const own = ids.get(post.id) ?? derivedMessageId(post.id);
    const answered = header(post, HEADER_TAGS.inReplyTo) ?? ids.get(post.inReplyTo?.id ?? "") ?? (first === own ? undefined : first);
    const references = header(post, HEADER_TAGS.references) ?? [...new Set([first, answered])].filter((id) => id !== undefined && id !== own).join(" ");
    return {
      post,
      message: {
        id: post.id, subject: thread.topic ?? "", body: post.body ?? null, from: post.from ?? post.sender ?? null, sender: post.sender ?? null, hasAttachments: post.hasAttachments ?? false,
        toRecipients: thread.toRecipients ?? [], ccRecipients: thread.ccRecipients ?? [], sentDateTime: post.createdDateTime ?? null, receivedDateTime: post.receivedDateTime ?? null, internetMessageId: own,
        internetMessageHeaders: [{ name: "In-Reply-To", value: answered ?? "" }, { name: "References", value: references }].filter(({ value }) => value !== ""),
      },
    };
  });
}

function orderOf({ receivedDateTime, createdDateTime, id }: GraphPost): string {
  return `${receivedDateTime ?? createdDateTime ?? ""} ${id}`;
}

/** Tags come back in the spelling of the service: "String 0x1035". */
function header({ singleValueExtendedProperties }: GraphPost, tag: string): string | undefined {
  const value = singleValueExtendedProperties?.find(({ id }) => id?.toLowerCase().endsWith(tag.toLowerCase()) === true)?.value;
  return typeof value === "string" && value.trim() !== "" ? value.trim() : undefined;
}
