import { photoOf, type ContactPhoto } from "./photo.js";
import { untoldParameters } from "./untold-parameters.js";
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
const IM_NAMES: Readonly<Record<string, string>> = { IMPP: "", "X-AIM": "aim:", "X-ICQ": "icq:", "X-JABBER": "xmpp:", "X-MSN": "msn:", "X-YAHOO": "ymsgr:", "X-SKYPE": "skype:", "X-SKYPE-USERNAME": "skype:", "X-MS-IMADDRESS": "", "X-MS-IM-ADDRESS": "" };
/** Properties that a contact has one of each. */
const SINGLE = ["FN", "N", "NICKNAME", "TITLE", "ROLE", "ORG", "URL", "NOTE", "BDAY"];
/** Properties that a contact has a place for, and those that say nothing of a person. */
const KNOWN = new Set([
  ...SINGLE, ...Object.keys(IM_NAMES), "VERSION", "PRODID", "REV", "CREATED", "X-CREATED", "UID", "KIND", "X-ADDRESSBOOKSERVER-KIND", "PHOTO", "EMAIL", "TEL", "ADR", "CATEGORIES", "RELATED", "X-NICKNAME",
  ...["MS-", ""].flatMap((prefix) => ["FILE-AS", "INITIALS", "ASSISTANT", "MANAGER", "SPOUSE", "CHILD"].map((name) => `X-${prefix}${name}`)), ...["FILE-AS", "ASSISTANT", "MANAGER", "SPOUSE", "CHILD"].map((name) => `X-EVOLUTION-${name}`),
  "X-MS-OFFICE-LOCATION", "X-PHONETIC-FIRST-NAME", "X-PHONETIC-LAST-NAME", "X-PHONETIC-ORG",
]);
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
    for (const { name } of lines) if (!KNOWN.has(name)) warn(`a contact has no place for ${name}`);
    for (const name of SINGLE) if (card.all(name).length > 1) warn(`only the first ${name} is served`);
    if (card.structured("ORG").slice(2).some((unit) => unit !== null)) warn("a contact has no place for a third unit of ORG");
    if (card.all("PHOTO").length > 1) warn("only the first PHOTO is served");
    for (const type of ["work", "home", undefined]) if (card.all("ADR").filter((line) => isAddress(line, type)).length > 1) warn("only the first ADR of a kind is served");
    for (const line of lines) if (KNOWN.has(line.name)) for (const told of untoldParameters(line, card.servedTypes(line), card.isInPlace(line))) warn(`a contact has no place for ${told}`);
    return [{ json: contactJson(card, contextOf(position), warn), photo: photoOf(lines, warn) }];
  });
}

/** A card's lines by name. */
class Card {
  readonly #lines = new Map<string, CardLine[]>();
  /** Names of which the most preferred line comes first. */
  readonly #ordered = new Set<string>();
  /** The number that a contact's one place for a mobile takes. */
  readonly #mobile: CardLine | undefined;

  constructor(lines: readonly CardLine[]) {
    for (const line of lines) {
      const before = this.#lines.get(line.name);
      if (before === undefined) this.#lines.set(line.name, [line]);
      else before.push(line);
    }
    const preference = (line: CardLine): number => (typesOf(line).includes("pref") ? 1 : Number(line.parameters["PREF"]?.[0] ?? 100));
    for (const [name, all] of this.#lines) if (all.every((line, position) => position === 0 || preference(all[position - 1] ?? line) <= preference(line))) this.#ordered.add(name);
    this.#mobile = this.all("TEL").find((line) => typesOf(line).includes("cell") && !isMachine(line) && numberOf(line) !== "");
  }

  /** In the order of the names. */
  all(...names: readonly string[]): readonly CardLine[] {
    return names.flatMap((name) => this.#lines.get(name) ?? []);
  }

  /** The first of its name, or one of several in the order of their preference (RFC 6350 section 5.3). */
  isInPlace(line: CardLine): boolean {
    return this.#lines.get(line.name)?.[0] === line || this.#ordered.has(line.name);
  }

  /** Where a number goes: the first mobile one to its own place, then by place; one without place is a business number. Undefined where a contact has no such numbers. */
  phoneKind(line: CardLine): PhoneKind | undefined {
    if (isMachine(line)) return undefined;
    return line === this.#mobile ? "cell" : typesOf(line).includes("home") ? "home" : "work";
  }

  /** First non-empty value under one of the names; null as Graph writes a missing one. */
  text(...names: readonly string[]): string | null {
    for (const name of names) {
      const found = this.all(name).map(({ value }) => unescaped(value)).find((value) => value !== "");
      if (found !== undefined) return found;
    }
    return null;
  }

  /** Types that the member says in which a line is served. */
  servedTypes(line: CardLine): readonly string[] {
    if (line.name === "TEL") {
      const kind = this.phoneKind(line);
      return kind === undefined ? typesOf(line) : [kind];
    }
    return line.name === "ADR" ? ["work", "home"].filter((place) => isAddress(line, place)) : [];
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
  const emails = card.all("EMAIL").map(({ value, parameters }) => ({ address: unescaped(value).replace(/^mailto:/i, ""), label: parameters["X-MS-LABEL"]?.[0] })).filter(({ address }) => address !== "");
  const displayName = card.text("FN") ?? ([givenName, middleName, surname].filter((part) => part !== null).join(" ") || companyName || emails[0]?.address || "");
  const emailAddresses = emails.map(({ address, label }) => ({ name: label === undefined ? displayName : caretDecoded(label), address }));
  const work = addressLine(card, "work");
  return {
    "@odata.etag": `W/"${context.changeKey}"`, id: context.id, createdDateTime: context.modified, lastModifiedDateTime: revised(card.text("REV")) ?? context.modified, changeKey: context.changeKey,
    categories: card.all("CATEGORIES").flatMap(({ value }) => parts(value, ",")).filter((name) => name !== ""), parentFolderId: context.parentFolderId,
    birthday: birthday(card.text("BDAY")), fileAs: card.text("X-MS-FILE-AS", "X-FILE-AS", "X-EVOLUTION-FILE-AS") ?? ([surname, givenName].filter((part) => part !== null).join(", ") || displayName), displayName,
    givenName, initials: card.text("X-MS-INITIALS", "X-INITIALS"), middleName, nickName: card.text("NICKNAME", "X-NICKNAME"), surname, title, generation,
    yomiGivenName: card.text("X-PHONETIC-FIRST-NAME"), yomiSurname: card.text("X-PHONETIC-LAST-NAME"), yomiCompanyName: card.text("X-PHONETIC-ORG"),
    emailAddresses, primaryEmailAddress: emailAddresses[0] ?? null, secondaryEmailAddress: emailAddresses[1] ?? null, tertiaryEmailAddress: emailAddresses[2] ?? null,
    imAddresses: Object.entries(IM_NAMES).flatMap(([name, scheme]) => card.all(name).map(({ value }) => unescaped(value)).filter((value) => value !== "").map((value) => (value.includes(":") ? value.replace(/^im:/i, "") : `${scheme}${value}`))),
    jobTitle: card.text("TITLE"), companyName, department, officeLocation: card.text("X-MS-OFFICE-LOCATION") ?? ((work === undefined ? undefined : parts(work.value, ";")[1]) || null), profession: card.text("ROLE"),
    businessHomePage: card.text("URL"), assistantName: card.text("X-MS-ASSISTANT", "X-ASSISTANT", "X-EVOLUTION-ASSISTANT") ?? card.related("agent")[0] ?? null,
    manager: card.text("X-MS-MANAGER", "X-MANAGER", "X-EVOLUTION-MANAGER") ?? card.related("x-manager")[0] ?? null, ...phones(card, warn),
    homeAddress: address(addressLine(card, "home"), []), businessAddress: address(work, [1]), otherAddress: address(addressLine(card, undefined), []),
    spouseName: card.text("X-MS-SPOUSE", "X-SPOUSE", "X-EVOLUTION-SPOUSE") ?? card.related("spouse")[0] ?? null, personalNotes: card.text("NOTE"),
    children: [...card.all(...CHILD_NAMES).map(({ value }) => unescaped(value)), ...card.related("child")],
  };
}

type PhoneKind = "home" | "work" | "cell";

/** Fax, pager and the like. */
function isMachine(line: CardLine): boolean {
  return typesOf(line).some((type) => ["fax", "pager", "bbs", "modem", "isdn", "telex"].includes(type));
}

function numberOf({ value }: CardLine): string {
  return unescaped(value).replace(/^tel:/i, "");
}

function phones(card: Card, warn: Warn): object {
  const numbers: Readonly<Record<PhoneKind, string[]>> = { home: [], work: [], cell: [] };
  for (const line of card.all("TEL").filter((one) => numberOf(one) !== "")) {
    const kind = card.phoneKind(line);
    if (kind === undefined) warn("a contact has no place for a fax or pager number");
    else if (numbers[kind].length < MOST_PHONES) numbers[kind].push(numberOf(line));
    else warn("a contact has no place for a third number of a kind");
  }
  return { homePhones: numbers.home, mobilePhone: numbers.cell[0] ?? null, businessPhones: numbers.work };
}

function addressLine(card: Card, type: string | undefined): CardLine | undefined {
  return card.all("ADR").find((line) => isAddress(line, type));
}

function isAddress(line: CardLine, type: string | undefined): boolean {
  return type === undefined ? !["work", "home"].some((place) => typesOf(line).includes(place)) : typesOf(line).includes(type);
}

/** RFC 6868: what a parameter cannot hold as it is. */
function caretDecoded(text: string): string {
  return text.replace(/\^([n'^])/g, (_, character: string) => ({ n: "\n", "'": "\"" })[character] ?? "^");
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
