import ICAL from "ical.js";

export interface ContactContext {
  readonly id: string;
  readonly parentFolderId: string;
  readonly changeKey: string;
  readonly modified: string;
}

export interface ContactFile {
  readonly json: Record<string, unknown>;
  readonly photo: { readonly bytes: Buffer; readonly type: string } | undefined;
}

/** vCard (2.1, 3.0 or 4.0) → Graph `contact` (api-reference/v1.0/resources/contact). Undefined when no card can be read. */
export function contactFromVcf(text: string, context: ContactContext): ContactFile | undefined {
  const parsed = ICAL.parse(readable(text)) as unknown as [string, unknown[], unknown[]] | [string, unknown[], unknown[]][];
  const first = (Array.isArray(parsed[0]) ? parsed[0] : parsed) as unknown as string;
  const card = new ICAL.Component(first);
  const all = (name: string): ICAL.Property[] => card.getAllProperties(name);
  const value = (name: string): string | null => textOf(card.getFirstPropertyValue(name)) || null;
  const [family, given, middle, prefix, suffix] = structured(card.getFirstPropertyValue("n"));
  const [company, department] = structured(card.getFirstPropertyValue("org"));
  const phones = (...types: string[]): string[] => all("tel").filter((property) => types.some((type) => typesOf(property).includes(type)) && !typesOf(property).some((type) => type === "fax" || (type === "cell" && !types.includes("cell")))).map((property) => textOf(property.getFirstValue()).replace(/^tel:/, ""));
  const name = value("fn") ?? [given, family].filter(Boolean).join(" ");
  const json = {
    "@odata.etag": `W/"${context.changeKey}"`, id: context.id, changeKey: context.changeKey, createdDateTime: context.modified, lastModifiedDateTime: context.modified, parentFolderId: context.parentFolderId,
    categories: all("categories").flatMap((property) => property.getValues().map(textOf)), displayName: name, fileAs: value("x-file-as") ?? name,
    givenName: given || null, surname: family || null, middleName: middle || null, title: prefix || null, generation: suffix || null, initials: null, nickName: value("nickname"),
    companyName: company || null, department: department || null, jobTitle: value("title"), profession: value("role"), officeLocation: null, manager: null, assistantName: null, spouseName: null, children: [],
    emailAddresses: all("email").map((property) => ({ name, address: textOf(property.getFirstValue()).replace(/^mailto:/, "") })),
    businessPhones: phones("work").slice(0, 2), homePhones: phones("home").slice(0, 2), mobilePhone: phones("cell")[0] ?? null,
    imAddresses: all("impp").map((property) => textOf(property.getFirstValue())), businessHomePage: value("url"), personalNotes: value("note") ?? "",
    businessAddress: addressOf(all("adr"), "work"), homeAddress: addressOf(all("adr"), "home"), otherAddress: addressOf(all("adr"), undefined), birthday: birthday(value("bday")),
    yomiGivenName: value("x-phonetic-first-name"), yomiSurname: value("x-phonetic-last-name"), yomiCompanyName: null,
  };
  return { json, photo: photoOf(card) };
}

/** vCard 2.1 writes types without a name and folds quoted-printable; enough of it is put into 3.0 form to be read. */
function readable(text: string): string {
  return text.replace(/^\uFEFF/, "").replace(/=\r?\n/g, "").replace(/^(?:item\d+\.|[\w-]+\.)(?=[A-Za-z-]+[;:])/gm, "");
}

function structured(value: unknown): string[] {
  const parts = Array.isArray(value) ? value : [value];
  return parts.map((part) => (Array.isArray(part) ? part.join(" ") : textOf(part)));
}

function textOf(value: unknown): string {
  return value === null || value === undefined ? "" : String(value);
}

function typesOf(property: ICAL.Property): readonly string[] {
  const type = property.getParameter("type") as string | string[] | undefined;
  return [type ?? []].flat().flatMap((entry) => entry.toLowerCase().split(","));
}

function addressOf(all: readonly ICAL.Property[], type: string | undefined): object {
  const found = all.find((property) => (type === undefined ? !typesOf(property).some((entry) => entry === "work" || entry === "home") : typesOf(property).includes(type)));
  if (found === undefined) return {};
  const [, , street, city, state, postalCode, country] = structured(found.getFirstValue());
  const told = { street, city, state, countryOrRegion: country, postalCode };
  return Object.fromEntries(Object.entries(told).filter(([, part]) => part !== undefined && part !== ""));
}

/** Outlook keeps a birthday as an instant near the middle of its day in UTC. */
function birthday(text: string | null): string | null {
  const date = /^(\d{4})-?(\d{2})-?(\d{2})/.exec(text ?? "");
  return date === null ? null : `${date[1] ?? ""}-${date[2] ?? ""}-${date[3] ?? ""}T11:59:00Z`;
}

function photoOf(card: ICAL.Component): ContactFile["photo"] {
  const property = card.getFirstProperty("photo");
  if (property === null || property === undefined) return undefined;
  const value = property.getFirstValue() as unknown;
  const text = typeof value === "object" && value !== null ? textOf((value as { value?: string }).value) : textOf(value);
  const uri = /^data:([^;,]+);base64,(.*)$/s.exec(text);
  const encoded = uri?.[2] ?? (/^[A-Za-z0-9+/=\s]+$/.test(text) && text.length > 40 ? text : undefined);
  if (encoded === undefined) return undefined;
  return { bytes: Buffer.from(encoded, "base64"), type: uri?.[1] ?? "image/jpeg" };
}
