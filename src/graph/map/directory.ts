import type { DirectoryEntry, DirectoryGroupRecord, DirectoryUserRecord } from "../../format/directory.js";
import { instant, text } from "./chat-message.js";
import type { Maybe } from "./graph-event.js";

/** A member of a collection of `directoryObject`; what the application may not read is null (includes/limited-info). */
export interface GraphDirectoryObject {
  readonly "@odata.type"?: Maybe<string>;
  readonly id: string;
  readonly displayName?: Maybe<string>;
  readonly userPrincipalName?: Maybe<string>;
  readonly mail?: Maybe<string>;
}

/** Who has licences, or gives them to its members. */
interface Licensed {
  readonly assignedLicenses?: Maybe<readonly { readonly skuId?: Maybe<string> }[]>;
}

/** Graph `user` (api-reference/v1.0/resources/user), the properties that are read: all but the default ones come by `$select` only. */
export interface GraphDirectoryUser extends GraphDirectoryObject {
  readonly proxyAddresses?: Maybe<readonly string[]>;
  readonly givenName?: Maybe<string>;
  readonly surname?: Maybe<string>;
  readonly jobTitle?: Maybe<string>;
  readonly department?: Maybe<string>;
  readonly companyName?: Maybe<string>;
  readonly officeLocation?: Maybe<string>;
  readonly businessPhones?: Maybe<readonly string[]>;
  readonly mobilePhone?: Maybe<string>;
  readonly faxNumber?: Maybe<string>;
  readonly streetAddress?: Maybe<string>;
  readonly city?: Maybe<string>;
  readonly state?: Maybe<string>;
  readonly postalCode?: Maybe<string>;
  readonly country?: Maybe<string>;
  readonly preferredLanguage?: Maybe<string>;
  readonly employeeId?: Maybe<string>;
  readonly accountEnabled?: Maybe<boolean>;
  readonly userType?: Maybe<string>;
  readonly createdDateTime?: Maybe<string>;
  readonly onPremisesSyncEnabled?: Maybe<boolean>;
  readonly assignedLicenses?: Licensed["assignedLicenses"];
  readonly manager?: Maybe<GraphDirectoryObject>;
}

export const USER_PROPERTIES = [
  "id", "userPrincipalName", "displayName", "mail", "proxyAddresses", "givenName", "surname", "jobTitle", "department", "companyName", "officeLocation", "businessPhones", "mobilePhone", "faxNumber",
  "streetAddress", "city", "state", "postalCode", "country", "preferredLanguage", "employeeId", "accountEnabled", "userType", "createdDateTime", "onPremisesSyncEnabled", "assignedLicenses",
].join(",");

/** Graph `group` (api-reference/v1.0/resources/group), the properties that are read. */
export interface GraphDirectoryGroup extends GraphDirectoryObject {
  readonly mailNickname?: Maybe<string>;
  readonly groupTypes?: Maybe<readonly string[]>;
  readonly mailEnabled?: Maybe<boolean>;
  readonly securityEnabled?: Maybe<boolean>;
  readonly membershipRuleProcessingState?: Maybe<string>;
  readonly onPremisesSyncEnabled?: Maybe<boolean>;
  readonly assignedLicenses?: Licensed["assignedLicenses"];
  readonly description?: Maybe<string>;
  readonly proxyAddresses?: Maybe<readonly string[]>;
  readonly visibility?: Maybe<string>;
  readonly classification?: Maybe<string>;
  readonly createdDateTime?: Maybe<string>;
  readonly renewedDateTime?: Maybe<string>;
  readonly expirationDateTime?: Maybe<string>;
  readonly membershipRule?: Maybe<string>;
  readonly resourceProvisioningOptions?: Maybe<readonly string[]>;
}

export const GROUP_PROPERTIES = [
  "id", "displayName", "mail", "mailNickname", "description", "proxyAddresses", "visibility", "classification", "createdDateTime", "renewedDateTime", "expirationDateTime", "membershipRule",
  "membershipRuleProcessingState", "resourceProvisioningOptions", "groupTypes", "mailEnabled", "securityEnabled", "onPremisesSyncEnabled", "assignedLicenses",
].join(",");

/** What other requests tell of a user. */
export interface AboutUser {
  readonly mailbox: string;
  readonly memberOf: readonly GraphDirectoryObject[];
  /** Part number of a licence by its `skuId`. */
  readonly licenceNames: ReadonlyMap<string, string>;
  readonly photo: DirectoryUserRecord["photo"];
}

export function directoryUserRecord(user: GraphDirectoryUser, about: AboutUser): DirectoryUserRecord {
  const postal = { street: text(user.streetAddress), city: text(user.city), state: text(user.state), postalCode: text(user.postalCode), country: text(user.country) };
  return {
    v: 1, type: "directory-user", id: user.id, name: user.userPrincipalName ?? user.id, displayName: user.displayName ?? "", mail: text(user.mail), addresses: addressesOf(user.proxyAddresses),
    givenName: text(user.givenName), surname: text(user.surname), jobTitle: text(user.jobTitle), department: text(user.department), company: text(user.companyName), office: text(user.officeLocation),
    phones: { business: [...(user.businessPhones ?? [])], mobile: text(user.mobilePhone), fax: text(user.faxNumber) }, postal: Object.values(postal).every((part) => part === undefined) ? undefined : postal,
    language: text(user.preferredLanguage), employeeId: text(user.employeeId), enabled: user.accountEnabled !== false, guest: user.userType === "Guest", createdAt: instant(user.createdDateTime),
    synced: user.onPremisesSyncEnabled === true, mailbox: about.mailbox, manager: user.manager ? entryOf(user.manager) : undefined, memberOf: entriesOf(about.memberOf),
    licences: licencesOf(user, about.licenceNames), photo: about.photo,
  };
}

/** What other requests tell of a group. */
export interface AboutGroup {
  readonly owners: readonly GraphDirectoryObject[];
  readonly members: readonly GraphDirectoryObject[];
  readonly licenceNames: ReadonlyMap<string, string>;
}

/** By the table of resources/groups-overview, "Group types". */
export function groupKind({ groupTypes, mailEnabled, securityEnabled }: GraphDirectoryGroup): NonNullable<DirectoryGroupRecord["kind"]> {
  if (groupTypes?.includes("Unified") === true) return "microsoft365";
  if (mailEnabled !== true) return "security";
  return securityEnabled === true ? "mail-security" : "distribution";
}

export function directoryGroupRecord(group: GraphDirectoryGroup, { owners, members, licenceNames }: AboutGroup): DirectoryGroupRecord {
  return {
    v: 1, type: "directory-group", id: group.id, name: group.mailNickname ?? group.id, displayName: group.displayName ?? "", kind: groupKind(group), security: group.securityEnabled === true, description: text(group.description), mail: text(group.mail),
    addresses: addressesOf(group.proxyAddresses), visibility: text(group.visibility)?.toLowerCase(), classification: text(group.classification), createdAt: instant(group.createdDateTime),
    renewedAt: instant(group.renewedDateTime), expiresAt: instant(group.expirationDateTime), memberRule: text(group.membershipRule), ruleActive: text(group.membershipRule) === undefined ? undefined : group.membershipRuleProcessingState === "On",
    synced: group.onPremisesSyncEnabled === true, licences: licencesOf(group, licenceNames), team: group.resourceProvisioningOptions?.includes("Team") === true,
    owners: entriesOf(owners), members: entriesOf(members),
  };
}

export function licencesOf({ assignedLicenses }: Licensed, names: ReadonlyMap<string, string>): DirectoryUserRecord["licences"] {
  return (assignedLicenses ?? []).flatMap(({ skuId }) => (skuId ? [{ id: skuId, name: names.get(skuId) }] : [])).sort((a, b) => (a.id < b.id ? -1 : 1));
}

/** "SMTP:" is the address that mail comes from, "smtp:" a further one (user, "proxyAddresses"). */
function addressesOf(proxies: Maybe<readonly string[]>): DirectoryUserRecord["addresses"] {
  const parts = (proxies ?? []).map((proxy) => /^([A-Za-z0-9]+):\s*(.*)$/.exec(proxy) ?? ["", "smtp", proxy]);
  return parts.map(([, kind = "", address = ""]) => ({ kind: kind.toLowerCase(), address, primary: kind === "SMTP" })).sort((a, b) => (`${a.kind}:${a.address}` < `${b.kind}:${b.address}` ? -1 : 1));
}

const KINDS: Readonly<Record<string, DirectoryEntry["kind"]>> = {
  user: "user", group: "group", directoryRole: "role", administrativeUnit: "unit", orgContact: "contact", device: "device", servicePrincipal: "application",
};

function entryOf(object: GraphDirectoryObject): DirectoryEntry {
  const kind = KINDS[object["@odata.type"]?.replace("#microsoft.graph.", "") ?? ""] ?? "unknown";
  return { id: object.id, kind, name: text(object.displayName), address: text(object.mail) ?? text(object.userPrincipalName) };
}

/** In the order of their ids, since Graph promises none. */
function entriesOf(objects: readonly GraphDirectoryObject[]): DirectoryEntry[] {
  return objects.map(entryOf).sort((a, b) => (a.id < b.id ? -1 : 1));
}
