import type { Maybe } from "./graph-event.js";

/** Graph `identity` in its kinds (api-reference/v1.0/resources/identityset, teamworkuseridentity). */
export interface GraphIdentity {
  readonly id?: Maybe<string>;
  readonly displayName?: Maybe<string>;
  readonly userIdentityType?: Maybe<string>;
}

export interface GraphIdentitySet {
  readonly user?: Maybe<GraphIdentity>;
  readonly application?: Maybe<GraphIdentity>;
  readonly device?: Maybe<GraphIdentity>;
  readonly conversation?: Maybe<GraphIdentity>;
}

/** Graph `chatMessage` (api-reference/v1.0/resources/chatmessage), the properties that are read. */
export interface GraphChatMessage {
  readonly id: string;
  readonly replyToId?: Maybe<string>;
  readonly etag?: Maybe<string>;
  readonly messageType?: Maybe<string>;
  readonly createdDateTime?: Maybe<string>;
  readonly lastModifiedDateTime?: Maybe<string>;
  readonly lastEditedDateTime?: Maybe<string>;
  readonly deletedDateTime?: Maybe<string>;
  readonly subject?: Maybe<string>;
  readonly importance?: Maybe<string>;
  readonly locale?: Maybe<string>;
  readonly webUrl?: Maybe<string>;
  readonly from?: Maybe<GraphIdentitySet>;
  readonly body?: Maybe<{ readonly contentType?: Maybe<string>; readonly content?: Maybe<string> }>;
  readonly attachments?: Maybe<readonly {
    readonly id?: Maybe<string>; readonly contentType?: Maybe<string>; readonly contentUrl?: Maybe<string>; readonly content?: Maybe<string>; readonly name?: Maybe<string>;
  }[]>;
  readonly mentions?: Maybe<readonly { readonly id?: Maybe<number>; readonly mentionText?: Maybe<string>; readonly mentioned?: Maybe<GraphIdentitySet> }[]>;
  readonly reactions?: Maybe<readonly { readonly reactionType?: Maybe<string>; readonly createdDateTime?: Maybe<string>; readonly reactionContentUrl?: Maybe<string>; readonly user?: Maybe<GraphIdentitySet> }[]>;
  readonly eventDetail?: Maybe<unknown>;
  /** Rides along with `$expand=replies`, at most 1000 (channel-list-messages). */
  readonly replies?: Maybe<readonly GraphChatMessage[]>;
  readonly "replies@odata.nextLink"?: string;
}

/** Graph `conversationMember`, mostly `aadUserConversationMember`. */
export interface GraphMember {
  readonly userId?: Maybe<string>;
  readonly displayName?: Maybe<string>;
  readonly email?: Maybe<string>;
  readonly roles?: Maybe<readonly string[]>;
  readonly tenantId?: Maybe<string>;
}

export interface GraphTab {
  readonly displayName?: Maybe<string>;
  readonly webUrl?: Maybe<string>;
  readonly configuration?: Maybe<{ readonly contentUrl?: Maybe<string>; readonly websiteUrl?: Maybe<string> }>;
}
