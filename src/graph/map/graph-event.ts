/**
 * The parts of Graph's `event` that the reader maps. Source of every name: Microsoft Graph v1.0 metadata, types event, attendee,
 * patternedRecurrence, location, attachment. A member may be absent (not selected, unknown to the cloud) or null.
 */
export type Maybe<T> = T | null | undefined;

/** `dateTime` is wall-clock text without offset ("2017-08-30T11:00:00.0000000"), `timeZone` a Windows or IANA name. */
export interface GraphDateTime {
  readonly dateTime: string;
  readonly timeZone?: Maybe<string>;
}

export interface GraphEmail {
  readonly name?: Maybe<string>;
  readonly address?: Maybe<string>;
}

export interface GraphRecipient {
  readonly emailAddress?: Maybe<GraphEmail>;
}

export interface GraphAttendee extends GraphRecipient {
  readonly type?: Maybe<string>;
  readonly status?: Maybe<{ readonly response?: Maybe<string>; readonly time?: Maybe<string> }>;
  readonly proposedNewTime?: Maybe<{ readonly start: GraphDateTime; readonly end: GraphDateTime }>;
}

export interface GraphAddress {
  readonly street?: Maybe<string>;
  readonly city?: Maybe<string>;
  readonly state?: Maybe<string>;
  readonly countryOrRegion?: Maybe<string>;
  readonly postalCode?: Maybe<string>;
}

export interface GraphLocation {
  readonly displayName?: Maybe<string>;
  readonly locationType?: Maybe<string>;
  readonly locationUri?: Maybe<string>;
  readonly locationEmailAddress?: Maybe<string>;
  readonly address?: Maybe<GraphAddress>;
  readonly coordinates?: Maybe<{ readonly latitude?: Maybe<number>; readonly longitude?: Maybe<number> }>;
}

export interface GraphPattern {
  readonly type?: Maybe<string>;
  readonly interval?: Maybe<number>;
  readonly month?: Maybe<number>;
  readonly dayOfMonth?: Maybe<number>;
  readonly daysOfWeek?: Maybe<readonly string[]>;
  readonly firstDayOfWeek?: Maybe<string>;
  readonly index?: Maybe<string>;
}

/** Dates are calendar dates ("2026-03-29") in `recurrenceTimeZone`; `endDate` is the last day on which an occurrence may start. */
export interface GraphRange {
  readonly type?: Maybe<string>;
  readonly startDate?: Maybe<string>;
  readonly endDate?: Maybe<string>;
  readonly recurrenceTimeZone?: Maybe<string>;
  readonly numberOfOccurrences?: Maybe<number>;
}

export interface GraphRecurrence {
  readonly pattern?: Maybe<GraphPattern>;
  readonly range?: Maybe<GraphRange>;
}

/** `contentBytes` is base64 and present on file attachments only. */
export interface GraphAttachment {
  readonly "@odata.type"?: Maybe<string>;
  readonly id?: Maybe<string>;
  readonly name?: Maybe<string>;
  readonly contentType?: Maybe<string>;
  readonly size?: Maybe<number>;
  readonly isInline?: Maybe<boolean>;
  readonly contentId?: Maybe<string>;
  readonly contentBytes?: Maybe<string>;
  /** Link of a reference attachment, where the cloud tells it. */
  readonly sourceUrl?: Maybe<string>;
}

export interface GraphOnlineMeeting {
  readonly joinUrl?: Maybe<string>;
  readonly conferenceId?: Maybe<string>;
  readonly tollNumber?: Maybe<string>;
  readonly tollFreeNumbers?: Maybe<readonly string[]>;
}

export interface GraphEvent {
  readonly id: string;
  readonly changeKey?: Maybe<string>;
  readonly type?: Maybe<string>;
  readonly seriesMasterId?: Maybe<string>;
  readonly iCalUId?: Maybe<string>;
  readonly subject?: Maybe<string>;
  readonly body?: Maybe<{ readonly contentType?: Maybe<string>; readonly content?: Maybe<string> }>;
  readonly bodyPreview?: Maybe<string>;
  readonly start?: Maybe<GraphDateTime>;
  readonly end?: Maybe<GraphDateTime>;
  readonly originalStart?: Maybe<string>;
  readonly originalStartTimeZone?: Maybe<string>;
  readonly originalEndTimeZone?: Maybe<string>;
  readonly isAllDay?: Maybe<boolean>;
  readonly isCancelled?: Maybe<boolean>;
  readonly isDraft?: Maybe<boolean>;
  readonly isOrganizer?: Maybe<boolean>;
  readonly isReminderOn?: Maybe<boolean>;
  readonly reminderMinutesBeforeStart?: Maybe<number>;
  readonly isOnlineMeeting?: Maybe<boolean>;
  readonly onlineMeeting?: Maybe<GraphOnlineMeeting>;
  readonly onlineMeetingUrl?: Maybe<string>;
  readonly onlineMeetingProvider?: Maybe<string>;
  readonly organizer?: Maybe<GraphRecipient>;
  readonly attendees?: Maybe<readonly GraphAttendee[]>;
  readonly hideAttendees?: Maybe<boolean>;
  readonly allowNewTimeProposals?: Maybe<boolean>;
  readonly responseRequested?: Maybe<boolean>;
  readonly responseStatus?: Maybe<{ readonly response?: Maybe<string> }>;
  readonly location?: Maybe<GraphLocation>;
  readonly locations?: Maybe<readonly GraphLocation[]>;
  readonly recurrence?: Maybe<GraphRecurrence>;
  readonly sensitivity?: Maybe<string>;
  readonly showAs?: Maybe<string>;
  readonly importance?: Maybe<string>;
  readonly categories?: Maybe<readonly string[]>;
  readonly hasAttachments?: Maybe<boolean>;
  readonly createdDateTime?: Maybe<string>;
  readonly lastModifiedDateTime?: Maybe<string>;
  readonly cancelledOccurrences?: Maybe<readonly string[]>;
  readonly exceptionOccurrences?: Maybe<readonly GraphEvent[]>;
}
