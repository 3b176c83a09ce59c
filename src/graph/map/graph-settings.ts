import type { GraphDateTime, GraphEmail, Maybe } from "./graph-event.js";

/** Graph `automaticRepliesSetting` (api-reference/v1.0/resources/automaticrepliessetting). */
export interface GraphAutomaticReply {
  readonly status?: Maybe<string>;
  readonly externalAudience?: Maybe<string>;
  readonly scheduledStartDateTime?: Maybe<GraphDateTime>;
  readonly scheduledEndDateTime?: Maybe<GraphDateTime>;
  readonly internalReplyMessage?: Maybe<string>;
  readonly externalReplyMessage?: Maybe<string>;
}

/** Graph `mailboxSettings` (api-reference/v1.0/resources/mailboxsettings). */
export interface GraphMailboxSettings {
  readonly archiveFolder?: Maybe<string>;
  readonly automaticRepliesSetting?: Maybe<GraphAutomaticReply>;
  readonly dateFormat?: Maybe<string>;
  readonly timeFormat?: Maybe<string>;
  readonly timeZone?: Maybe<string>;
  readonly delegateMeetingMessageDeliveryOptions?: Maybe<string>;
  readonly language?: Maybe<{ readonly locale?: Maybe<string> }>;
  readonly workingHours?: Maybe<{
    readonly daysOfWeek?: Maybe<readonly string[]>;
    readonly startTime?: Maybe<string>;
    readonly endTime?: Maybe<string>;
    readonly timeZone?: Maybe<{ readonly "@odata.type"?: Maybe<string>; readonly name?: Maybe<string> }>;
  }>;
  /** A word by the metadata; `{"value": word}` in the example of user-get-mailboxsettings. */
  readonly userPurpose?: Maybe<string | { readonly value?: Maybe<string> }>;
}

/** Graph `messageRule` (api-reference/v1.0/resources/messagerule); its predicates and actions by name. */
export interface GraphMessageRule {
  readonly id: string;
  readonly displayName?: Maybe<string>;
  readonly sequence?: Maybe<number>;
  readonly isEnabled?: Maybe<boolean>;
  readonly hasError?: Maybe<boolean>;
  readonly isReadOnly?: Maybe<boolean>;
  readonly conditions?: Maybe<Readonly<Record<string, unknown>>>;
  readonly exceptions?: Maybe<Readonly<Record<string, unknown>>>;
  readonly actions?: Maybe<Readonly<Record<string, unknown>>>;
}

/** Graph `outlookCategory` (api-reference/v1.0/resources/outlookcategory). */
export interface GraphCategory {
  readonly id: string;
  readonly displayName?: Maybe<string>;
  readonly color?: Maybe<string>;
}

/** Graph `inferenceClassificationOverride` (api-reference/v1.0/resources/inferenceclassificationoverride). */
export interface GraphOverride {
  readonly id: string;
  readonly classifyAs?: Maybe<string>;
  readonly senderEmailAddress?: Maybe<GraphEmail>;
}
