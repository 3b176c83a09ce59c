import type { GraphAddress, GraphEmail, Maybe } from "./graph-event.js";

/** Graph v1.0 `contact` (metadata type contact); an open type, so other members may appear. */
export interface GraphContact {
  readonly id: string;
  readonly changeKey?: Maybe<string>;
  readonly parentFolderId?: Maybe<string>;
  readonly createdDateTime?: Maybe<string>;
  readonly lastModifiedDateTime?: Maybe<string>;
  readonly categories?: Maybe<readonly string[]>;
  readonly displayName?: Maybe<string>;
  readonly fileAs?: Maybe<string>;
  readonly givenName?: Maybe<string>;
  readonly middleName?: Maybe<string>;
  readonly surname?: Maybe<string>;
  /** Honorific ("Dr."); the job is `jobTitle`. */
  readonly title?: Maybe<string>;
  readonly generation?: Maybe<string>;
  readonly initials?: Maybe<string>;
  readonly nickName?: Maybe<string>;
  readonly companyName?: Maybe<string>;
  readonly department?: Maybe<string>;
  readonly officeLocation?: Maybe<string>;
  readonly jobTitle?: Maybe<string>;
  readonly profession?: Maybe<string>;
  readonly emailAddresses?: Maybe<readonly GraphEmail[]>;
  readonly primaryEmailAddress?: Maybe<GraphEmail>;
  readonly secondaryEmailAddress?: Maybe<GraphEmail>;
  readonly tertiaryEmailAddress?: Maybe<GraphEmail>;
  readonly businessPhones?: Maybe<readonly string[]>;
  readonly homePhones?: Maybe<readonly string[]>;
  readonly mobilePhone?: Maybe<string>;
  readonly businessAddress?: Maybe<GraphAddress>;
  readonly homeAddress?: Maybe<GraphAddress>;
  readonly otherAddress?: Maybe<GraphAddress>;
  readonly imAddresses?: Maybe<readonly string[]>;
  readonly businessHomePage?: Maybe<string>;
  /** A date, or an instant in UTC. */
  readonly birthday?: Maybe<string>;
  readonly personalNotes?: Maybe<string>;
  readonly spouseName?: Maybe<string>;
  readonly children?: Maybe<readonly string[]>;
  readonly assistantName?: Maybe<string>;
  readonly manager?: Maybe<string>;
  readonly yomiGivenName?: Maybe<string>;
  readonly yomiSurname?: Maybe<string>;
  readonly yomiCompanyName?: Maybe<string>;
}
