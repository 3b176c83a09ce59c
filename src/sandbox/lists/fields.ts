import { GraphRefusal } from "../answers.js";
import { terms } from "../clouds/edition.js";
import type { SiteList, Told } from "./list-store.js";

/** Lookup fields whose values one query may ask for (api-reference/v1.0/resources/fieldvalueset). */
const MOST_LOOKUPS = 12;

/** A list as far as its columns go. */
type Columned = Pick<SiteList, "id" | "card">;

/** Columns that every list has beside its own. */
export function columnsOf({ card, id }: Columned): readonly Told[] {
  const own = Array.isArray(card["columns"]) ? (card["columns"] as readonly Told[]) : [];
  const column = (name: string, displayName: string, more: object): Told => ({ name, displayName, readOnly: false, required: false, ...more });
  const standard = [
    column("Title", "Title", { required: true, text: { allowMultipleLines: false, appendChangesToExistingText: false, linesForEditing: 0, maxLength: 255 } }),
    column("Attachments", "Attachments", {}),
    column("Created", "Created", { readOnly: true, dateTime: { displayAs: "default", format: "dateTime" } }), column("Modified", "Modified", { readOnly: true, dateTime: { displayAs: "default", format: "dateTime" } }),
    column("Author", "Created By", { readOnly: true, personOrGroup: PERSON }), column("Editor", "Modified By", { readOnly: true, personOrGroup: PERSON }),
  ];
  const all = [...standard.filter(({ name }) => !own.some((one) => one["name"] === name)), ...own];
  return all.map((one) => ({ id: `${id.slice(0, 8)}-0000-4000-8000-${Buffer.from(String(one["name"])).toString("hex").slice(0, 12).padEnd(12, "0")}`, displayName: one["name"], columnGroup: "Custom Columns", description: "", enforceUniqueValues: false, hidden: false, indexed: false, readOnly: false, required: false, ...one }));
}

const PERSON = { allowMultipleSelection: false, chooseFromType: "peopleOnly", displayAs: "nameWithPresence" };

/** Names wanted by `$expand=fields($select=…)`; undefined when the fields are not expanded, empty when all are wanted. */
export function wantedFields(expand: string | null): ReadonlySet<string> | undefined {
  const fields = terms(expand ?? "").find(({ name }) => name === "fields");
  const listed = /\$?select=([^;)]*)/.exec(fields?.options ?? "")?.[1];
  return fields === undefined ? undefined : new Set((listed ?? "").split(",").map((name) => name.trim()).filter((name) => name !== ""));
}

/**
 * Graph `fieldValueSet`: of a column that looks up one entry of another list only the number is told, `<name>LookupId`; its value when it is selected
 * by name. The tenant folder writes such a value as {LookupId, LookupValue}.
 */
export function fieldsJson(list: Columned, told: Told, values: Told, wanted: ReadonlySet<string>): Told {
  const columns = columnsOf(list);
  const lookups = new Set(columns.filter((column) => column["lookup"] !== undefined || column["personOrGroup"] !== undefined).map(({ name }) => String(name)));
  if ([...wanted].filter((name) => lookups.has(name)).length > MOST_LOOKUPS) throw new GraphRefusal(400, "invalidRequest", "The query exceeds the lookup column threshold.");
  const all: Record<string, unknown> = {
    ...Object.fromEntries(Object.entries(values).flatMap(([name, value]) => (lookups.has(name) && !Array.isArray(value) ? lookup(name, value as Told | null, wanted) : [[name, value]]))),
    ContentType: contentType(told).name, Created: told["createdDateTime"], Modified: told["lastModifiedDateTime"], AuthorLookupId: "11", EditorLookupId: "11",
    Attachments: values["Attachments"] ?? false, LinkTitle: values["Title"], _UIVersionString: "1.0",
  };
  const shown = Object.entries(all).filter(([name, value]) => value !== undefined && value !== null && (wanted.size === 0 || wanted.has(name)));
  return { "@odata.etag": etag(told), id: String(told["id"]), ...Object.fromEntries(shown) };
}

function lookup(name: string, value: Told | null, wanted: ReadonlySet<string>): readonly (readonly [string, unknown])[] {
  if (value === null) return [];
  return [[`${name}LookupId`, String(value["LookupId"])], ...(wanted.has(name) ? [[name, value["LookupValue"]] as const] : [])];
}

export function contentType(told: Told): { readonly id: string; readonly name: string } {
  return { id: "0x01", name: "Item", ...(told["contentType"] as object | undefined) };
}

/** Changes with what is told. */
export function etag(told: Told): string {
  let sum = 0;
  for (const character of JSON.stringify(told)) sum = (sum * 31 + character.charCodeAt(0)) >>> 0;
  return `"${String(told["id"])},${sum}"`;
}
