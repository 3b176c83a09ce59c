import { photoOf, type ContactPhoto } from "./photo.js";
import { parts, readCards, unescaped, type CardLine } from "./vcard.js";

export interface ContactContext {
  readonly id: string;
  readonly parentFolderId: string;
  readonly changeKey: string;
  /** Time of the file's last change. */
  readonly modified: string;
}

export interface ContactCard {
  readonly json: Readonly<Record<string, unknown>>;
  readonly photo: ContactPhoto | undefined;
}

type Warn = (reason: string) => void;

/** Outlook's limits: two numbers of each of these kinds (api-reference/v1.0/resources/contact has one mobile number). */
const MOST_PHONES = 2;
/** Year that Outlook writes for a birthday without one. */
const NO_YEAR = "1604";
const IM_NAMES: Readonly<Record<string, string>> = { IMPP: "", "X-AIM": "aim:", "X-ICQ": "icq:", "X-JABBER": "xmpp:", "X-MSN": "msn:", "X-YAHOO": "ymsgr:", "X-SKYPE": "skype:", "X-SKYPE-USERNAME": "skype:", "X-MS-IMADDRESS": "" };
const CHILD_NAMES = ["X-MS-CHILD", "X-CHILD", "X-EVOLUTION-CHILD"];

/**
 * vCard (2.1, 3.0 or 4.0) → Graph `contact` (api-reference/v1.0/resources/contact). The layout's rule is one contact a file; a file with several
 * cards gives several. Distribution lists (KIND:group, RFC 6350 section 6.1.4) are no contacts in Graph and are left out with a warning, as are
 * numbers for which a contact has no place (fax, pager, a third one of a kind). `contextOf` gives the identity of the n-th card.
 */
export function contactsFromVcf(text: string, contextOf: (position: number) => ContactContext, warn: Warn): readonly ContactCard[] {
  const cards = readCards(text);
  if (cards.length === 0) warn("no vCard in the file");
  return cards.flatMap((lines, position) => {
    const card = new Card(lines);
    if (/^group$/i.test(card.text("KIND") ?? card.text("X-ADDRESSBOOKSERVER-KIND") ?? "")) {
      warn("a distribution list is no contact");
      return [];
    }
    return [{ json: contactJson(card, contextOf(position), warn), photo: photoOf(lines, warn) }];
  });
}

/** A card's lines by name. */
class Card {
  constructor(private readonly lines: readonly CardLine[]) {}

  all(...names: readonly string[]): readonly CardLine[] {
    return this.lines.filter(({ name }) => names.includes(name));
  }

  /** First non-empty value under one of the names; null as Graph writes a missing one. */
  text(...names: readonly string[]): string | null {
    for (const name of names) {
      const found = this.all(name).map(({ value }) => unescaped(value)).find((value) => value !== "");
      if (found !== undefined) return found;
    }
    return null;
  }

  structured(name: string): readonly (string | null)[] {
    return parts(this.all(name)[0]?.value ?? "", ";").map((part) => part || null);
  }

  /** Names of RELATED (RFC 6350 section 6.6.6) of a type, where they are text. */
  related(type: string): readonly string[] {
    return this.all("RELATED").filter((line) => typesOf(line).includes(type)).map(({ value }) => unescaped(value)).filter((value) => !/^urn:/i.test(value));
  }
}

function contactJson(card: Card, context: ContactContext, warn: Warn): Record<string, unknown> {
  const [surname = null, givenName = null, middleName = null, title = null, generation = null] = card.structured("N");
  const [companyName = null, department = null] = card.structured("ORG");
  const emails = card.all("EMAIL").map(({ value }) => unescaped(value).replace(/^mailto:/i, "")).filter((address) => address !== "");
  const displayName = card.text("FN") ?? ([givenName, middleName, surname].filter((part) => part !== null).join(" ") || companyName || emails[0] || "");
  const emailAddresses = emails.map((address) => ({ name: displayName, address }));
  const work = addressLine(card, "work");
  return {
    "@odata.etag": `W/"${context.changeKey}"`, id: context.id, createdDateTime: context.modified, lastModifiedDateTime: revised(card.text("REV")) ?? context.modified, changeKey: context.changeKey,
    categories: card.all("CATEGORIES").flatMap(({ value }) => parts(value, ",")).filter((name) => name !== ""), parentFolderId: context.parentFolderId,
    birthday: birthday(card.text("BDAY")), fileAs: card.text("X-MS-FILE-AS", "X-FILE-AS", "X-EVOLUTION-FILE-AS") ?? ([surname, givenName].filter((part) => part !== null).join(", ") || displayName), displayName,
    givenName, initials: card.text("X-INITIALS"), middleName, nickName: card.text("NICKNAME", "X-NICKNAME"), surname, title, generation,
    yomiGivenName: card.text("X-PHONETIC-FIRST-NAME"), yomiSurname: card.text("X-PHONETIC-LAST-NAME"), yomiCompanyName: card.text("X-PHONETIC-ORG"),
    emailAddresses, primaryEmailAddress: emailAddresses[0] ?? null, secondaryEmailAddress: emailAddresses[1] ?? null, tertiaryEmailAddress: emailAddresses[2] ?? null,
    imAddresses: Object.entries(IM_NAMES).flatMap(([name, scheme]) => card.all(name).map(({ value }) => unescaped(value)).filter((value) => value !== "").map((value) => (value.includes(":") ? value : `${scheme}${value}`))),
    jobTitle: card.text("TITLE"), companyName, department, officeLocation: (work === undefined ? undefined : parts(work.value, ";")[1]) || null, profession: card.text("ROLE"),
    businessHomePage: card.text("URL"), assistantName: card.text("X-MS-ASSISTANT", "X-ASSISTANT", "X-EVOLUTION-ASSISTANT") ?? card.related("agent")[0] ?? null,
    manager: card.text("X-MS-MANAGER", "X-MANAGER", "X-EVOLUTION-MANAGER"), ...phones(card, warn),
    homeAddress: address(addressLine(card, "home"), []), businessAddress: address(work, [1]), otherAddress: address(addressLine(card, undefined), []),
    spouseName: card.text("X-MS-SPOUSE", "X-SPOUSE", "X-EVOLUTION-SPOUSE") ?? card.related("spouse")[0] ?? null, personalNotes: card.text("NOTE"),
    children: [...card.all(...CHILD_NAMES).map(({ value }) => unescaped(value)), ...card.related("child")],
  };
}

/** Where a number goes: a mobile one first, then by place; one without place is a business number. */
function phones(card: Card, warn: Warn): object {
  const kinds = { businessPhones: [] as string[], homePhones: [] as string[], mobile: [] as string[] };
  for (const line of card.all("TEL")) {
    const types = typesOf(line);
    const number = unescaped(line.value).replace(/^tel:/i, "");
    if (number === "") continue;
    if (types.some((type) => ["fax", "pager", "bbs", "modem", "isdn", "telex"].includes(type))) warn("a contact has no place for a fax or pager number");
    else if (types.includes("cell") && kinds.mobile.length === 0) kinds.mobile.push(number);
    else {
      const list = types.includes("home") ? kinds.homePhones : kinds.businessPhones;
      if (list.length < MOST_PHONES) list.push(number);
      else warn("a contact has no place for a third number of a kind");
    }
  }
  return { homePhones: kinds.homePhones, mobilePhone: kinds.mobile[0] ?? null, businessPhones: kinds.businessPhones };
}

function addressLine(card: Card, type: string | undefined): CardLine | undefined {
  return card.all("ADR").find((line) => (type === undefined ? !["work", "home"].some((place) => typesOf(line).includes(place)) : typesOf(line).includes(type)));
}

/** ADR (RFC 6350 section 6.3.1): post box, extension, street, city, region, code, country. Graph's street is the first three together; `left` are told elsewhere. */
function address(line: CardLine | undefined, left: readonly number[]): object {
  if (line === undefined) return {};
  const [box = "", extension = "", street = "", city = "", state = "", postalCode = "", countryOrRegion = ""] = parts(line.value, ";");
  const lines = [street, extension, box].filter((part, index) => part !== "" && !left.includes([2, 1, 0][index] ?? -1));
  return Object.fromEntries(Object.entries({ street: lines.join("\n"), city, state, countryOrRegion, postalCode }).filter(([, part]) => part !== ""));
}

function typesOf({ parameters }: CardLine): readonly string[] {
  return (parameters["TYPE"] ?? []).map((type) => type.trim().toLowerCase());
}

/** Outlook keeps a birthday as an instant near the middle of its day in UTC. */
function birthday(text: string | null): string | null {
  const [, year, month, day] = /^(\d{4}|--)-?(\d{2})-?(\d{2})/.exec(text ?? "") ?? [];
  return year === undefined || month === undefined || day === undefined ? null : `${year === "--" ? NO_YEAR : year}-${month}-${day}T11:59:00Z`;
}

/** REV in either form (RFC 6350 section 4.3.5). */
function revised(text: string | null): string | undefined {
  const [, date, time] = /^(\d{4}-?\d{2}-?\d{2})T(\d{2}:?\d{2}:?\d{2})(?:\.\d+)?Z?$/.exec(text ?? "") ?? [];
  if (date === undefined || time === undefined) return undefined;
  const instant = `${date.replace(/-/g, "").replace(/(\d{4})(\d{2})(\d{2})/, "$1-$2-$3")}T${time.replace(/:/g, "").replace(/(\d{2})(\d{2})(\d{2})/, "$1:$2:$3")}Z`;
  return Number.isNaN(Date.parse(instant)) ? undefined : instant;
}
