import ICAL from "ical.js";
import type { Loss } from "../../core/item.js";
import { ContactRecord } from "../../format/records.js";
import { derivedUid } from "./derived-uid.js";
import type { GraphContact } from "./graph-contact.js";
import type { GraphAddress, GraphEmail, Maybe } from "./graph-event.js";
import { addList, addMember, addProperty, addX, cleanText, contentLines, unwritable, type Params } from "./ics-text.js";
import { LossLog } from "./loss-log.js";

export interface MappedContact {
  /** One vCard 4.0 (RFC 6350), CRLF lines folded at 75 octets. */
  readonly vcard: string;
  readonly record: ContactRecord;
  readonly losses: readonly Loss[];
}

/** A photo as read, or told to exist but not readable. */
export type ContactPhoto = { readonly bytes: Uint8Array } | { readonly unreadable: true };

const HALF_DAY = 43_200_000;
const DAY = 2 * HALF_DAY;

/** Members that have their own place below, or that describe the item and not the person. */
const MAPPED = new Set([
  "id", "changeKey", "parentFolderId", "createdDateTime", "lastModifiedDateTime", "categories", "displayName", "fileAs", "givenName", "middleName",
  "surname", "title", "generation", "initials", "nickName", "companyName", "department", "officeLocation", "jobTitle", "profession", "emailAddresses",
  "primaryEmailAddress", "secondaryEmailAddress", "tertiaryEmailAddress", "businessPhones", "homePhones", "mobilePhone", "businessAddress",
  "homeAddress", "otherAddress", "imAddresses", "businessHomePage", "birthday", "personalNotes", "spouseName", "children", "assistantName",
  "manager", "yomiGivenName", "yomiSurname", "yomiCompanyName", "photo",
]);

/**
 * Maps a Graph contact to vCard 4.0. What RFC 6350 has no property for goes to an X- property, and so does every member that
 * this mapping does not know: nothing is dropped in silence.
 */
export function contactToVcard(contact: GraphContact, photo?: ContactPhoto): MappedContact {
  const log = new LossLog();
  const card = new ICAL.Component(["vcard", [], []]);
  const uid = derivedUid(contact.id);
  const name = formattedName(contact);
  addProperty(card, "version", "4.0");
  addProperty(card, "prodid", "-//o365-exodus//NONSGML o365-exodus//EN");
  addProperty(card, "uid", `urn:uuid:${uid}`);
  addNames(card, contact, name);
  addWork(card, contact);
  addReach(card, contact);
  addPerson(card, contact, log);
  addStamps(card, contact);
  addUnknown(card, contact);
  if (photo !== undefined && "bytes" in photo) addUri(card, "photo", `data:${imageType(photo.bytes)};base64,${Buffer.from(photo.bytes).toString("base64")}`);
  else if (photo !== undefined) log.add("photo", "dropped", "contact.photo-unreadable", "source");
  for (const member of unwritable(contact)) log.add(member, "approximated", "text.unwritable");
  const record = ContactRecord.parse({ v: 1, type: "contact", uid, displayName: name, hasPhoto: photo !== undefined && "bytes" in photo });
  return { vcard: contentLines(card, plainUri), record, losses: log.losses };
}

/** FN is the one name that every vCard must have (RFC 6350 section 6.2.1). */
function formattedName(contact: GraphContact): string {
  const parts = [contact.title, contact.givenName, contact.middleName, contact.surname, contact.generation].filter(Boolean).join(" ");
  const candidates = [contact.displayName, parts, contact.fileAs, contact.companyName, contact.emailAddresses?.[0]?.address, contact.nickName];
  return candidates.find((text) => (text ?? "").trim() !== "") ?? "?";
}

function addNames(card: ICAL.Component, contact: GraphContact, name: string): void {
  addProperty(card, "fn", name);
  const parts = [contact.surname, contact.givenName, contact.middleName, contact.title, contact.generation].map((part) => part ?? "");
  if (parts.some((part) => part !== "")) addStructured(card, "n", parts);
  addText(card, "nickname", contact.nickName);
  addExtra(card, "x-ms-initials", contact.initials);
  addExtra(card, "x-ms-file-as", contact.fileAs);
  // The names that Apple's and several CardDAV clients read for a phonetic name.
  addExtra(card, "x-phonetic-first-name", contact.yomiGivenName);
  addExtra(card, "x-phonetic-last-name", contact.yomiSurname);
  addExtra(card, "x-phonetic-org", contact.yomiCompanyName);
}

function addWork(card: ICAL.Component, contact: GraphContact): void {
  if (contact.companyName || contact.department) {
    addStructured(card, "org", [contact.companyName ?? "", ...(contact.department ? [contact.department] : [])]);
  }
  addText(card, "title", contact.jobTitle);
  addText(card, "role", contact.profession);
  addExtra(card, "x-ms-office-location", contact.officeLocation);
  for (const [type, related] of [["agent", contact.assistantName], ["x-manager", contact.manager]] as const) addText(card, "related", related, { type, value: "text" });
}

function addReach(card: ICAL.Component, contact: GraphContact): void {
  for (const [position, email] of emails(contact).entries()) {
    const label = email.name && email.name !== email.address && email.name !== contact.displayName ? email.name : undefined;
    addText(card, "email", email.address, { pref: String(position + 1), "x-ms-label": label });
  }
  for (const phone of contact.businessPhones ?? []) addText(card, "tel", phone, { type: "work" });
  for (const phone of contact.homePhones ?? []) addText(card, "tel", phone, { type: "home" });
  addText(card, "tel", contact.mobilePhone, { type: "cell" });
  addAddress(card, contact.businessAddress, { type: "work" });
  addAddress(card, contact.homeAddress, { type: "home" });
  addAddress(card, contact.otherAddress, { "x-ms-address": "other" });
  for (const address of contact.imAddresses ?? []) addChat(card, address);
  const page = contact.businessHomePage;
  if (page && isUri(page)) addUri(card, "url", page, { type: "work" });
  else addText(card, "url", page, { type: "work", value: "text" });
}

/** `emailAddresses` holds all; newer clouds tell the three of Outlook apart as well, as repeats. */
function emails(contact: GraphContact): readonly GraphEmail[] {
  const all = [...(contact.emailAddresses ?? []), contact.primaryEmailAddress, contact.secondaryEmailAddress, contact.tertiaryEmailAddress];
  const byAddress = new Map<string, GraphEmail>();
  for (const email of all) {
    const key = email?.address?.toLowerCase() ?? "";
    if (email && key !== "" && !byAddress.has(key)) byAddress.set(key, email);
  }
  return [...byAddress.values()];
}

/** IMPP must be a URI (RFC 6350 section 6.4.3): a bare address with a domain is an `im:` one (RFC 3860), other text is kept apart. */
function addChat(card: ICAL.Component, address: string): void {
  if (isUri(address)) addUri(card, "impp", address);
  else if (/^[^\s@]+@[^\s@]+$/.test(address)) addUri(card, "impp", `im:${address}`);
  else addExtra(card, "x-ms-im-address", address);
}

function isUri(text: Maybe<string>): boolean {
  return /^[a-z][a-z0-9+.-]*:\S+$/i.test(text ?? "");
}

function addAddress(card: ICAL.Component, address: Maybe<GraphAddress>, params: Params): void {
  const parts = ["", "", address?.street ?? "", address?.city ?? "", address?.state ?? "", address?.postalCode ?? "", address?.countryOrRegion ?? ""];
  if (parts.some((part) => part !== "")) addStructured(card, "adr", parts, params);
}

function addPerson(card: ICAL.Component, contact: GraphContact, log: LossLog): void {
  const birthday = birthDate(contact.birthday, log);
  // The raw jCard value: ical.js has no constructor for a date without its year.
  if (birthday !== undefined) card.addProperty(new ICAL.Property(["bday", {}, "date", birthday]));
  else if (contact.birthday) addExtra(card, "x-ms-birthday", contact.birthday);
  addText(card, "note", contact.personalNotes);
  addText(card, "related", contact.spouseName, { type: "spouse", value: "text" });
  for (const child of contact.children ?? []) addText(card, "related", child, { type: "child", value: "text" });
  addList(card, "categories", contact.categories ?? []);
}

/**
 * A birthday is a date; Graph tells it as an instant (contact: birthday), by noon or 11:59 UTC when Outlook on the web wrote it,
 * by local midnight when desktop clients did: from 13:00 UTC on it is the next day's midnight somewhere east of Greenwich.
 * Year 1604 is the mark that address books write for an unknown year.
 */
function birthDate(birthday: Maybe<string>, log: LossLog): string | undefined {
  const instant = Date.parse(birthday ?? "");
  if (Number.isNaN(instant)) return undefined;
  const timeOfDay = ((instant % DAY) + DAY) % DAY;
  const date = new Date(timeOfDay >= HALF_DAY + HALF_DAY / 12 ? instant + DAY - timeOfDay : instant).toISOString().slice(0, 10);
  if (timeOfDay !== 0 && Math.abs(timeOfDay - HALF_DAY) > 60_000) log.add("birthday", "approximated", "contact.birthday-time", "source");
  return date.startsWith("1604-") ? `--${date.slice(5)}` : date;
}

/** REV (RFC 6350 section 6.7.4), and CREATED of RFC 9554 section 3.1. */
function addStamps(card: ICAL.Component, contact: GraphContact): void {
  const stamp = (text: Maybe<string>) => (Number.isNaN(Date.parse(text ?? "")) ? undefined : new Date(text ?? "").toISOString().replace(/[-:]/g, "").replace(/\.\d+/, ""));
  const [revised, created] = [stamp(contact.lastModifiedDateTime), stamp(contact.createdDateTime)];
  if (revised !== undefined) card.addProperty(new ICAL.Property(["rev", {}, "unknown", revised]));
  if (created !== undefined) addProperty(card, "created", created, { value: "timestamp" });
}

function addUnknown(card: ICAL.Component, contact: GraphContact): void {
  for (const [member, value] of Object.entries(contact)) {
    if (!MAPPED.has(member) && !member.includes("@")) addMember(card, "x-ms-", member, value);
  }
}

function addText(card: ICAL.Component, name: string, value: Maybe<string>, params: Params = {}): void {
  if (value === null || value === undefined || value === "") return;
  const { value: kind, ...others } = params;
  const property = addProperty(card, name, value, others);
  if (kind !== undefined) property.resetType(kind);
  if (kind !== undefined) property.setValue(value);
}

function addExtra(card: ICAL.Component, name: string, value: Maybe<string>): void {
  if (value !== null && value !== undefined && value !== "") addX(card, name, value);
}

function addUri(card: ICAL.Component, name: string, uri: string, params: Params = {}): void {
  addProperty(card, name, cleanText(uri).replace(/\s/g, "%20"), params);
}

/** A URI value stands as it is (RFC 6350 section 4.2); ical.js escapes its commas and semicolons as if it were text. */
function plainUri(line: string): string {
  return /^(PHOTO|IMPP|URL)(;(?!VALUE=)[^:;]*)*:/.test(line) ? line.replace(/\\([,;])/g, "$1") : line;
}

function addStructured(card: ICAL.Component, name: string, parts: readonly string[], params: Params = {}): void {
  addProperty(card, name, [...parts], params);
}

/** Media type from the bytes: Graph answers profile photos as JPEG, imported contacts may hold anything. */
function imageType(bytes: Uint8Array): string {
  const head = Buffer.from(bytes.subarray(0, 12)).toString("latin1");
  if (head.startsWith("\u0089PNG")) return "image/png";
  if (head.startsWith("GIF8")) return "image/gif";
  if (head.startsWith("BM")) return "image/bmp";
  if (head.startsWith("RIFF") && head.endsWith("WEBP")) return "image/webp";
  return "image/jpeg";
}
