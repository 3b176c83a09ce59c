import type { Person } from "../../format/common.js";
import type { ListColumn, ListItemRecord, ListRecord } from "../../format/list.js";
import { instant, personOf, text } from "./chat-message.js";
import type { GraphIdentitySet } from "./graph-conversation.js";
import type { Maybe } from "./graph-event.js";

/** Graph `list` (api-reference/v1.0/resources/list), the properties that are read. */
export interface GraphList {
  readonly id: string;
  readonly name?: Maybe<string>;
  readonly displayName?: Maybe<string>;
  readonly description?: Maybe<string>;
  readonly createdDateTime?: Maybe<string>;
  readonly webUrl?: Maybe<string>;
  readonly list?: Maybe<{ readonly hidden?: Maybe<boolean>; readonly template?: Maybe<string> }>;
}

/** Graph `columnDefinition` (api-reference/v1.0/resources/columndefinition): one facet tells the kind of value. */
export type GraphColumn = Readonly<Record<string, unknown>> & {
  readonly name?: Maybe<string>;
  readonly displayName?: Maybe<string>;
  readonly description?: Maybe<string>;
  readonly hidden?: Maybe<boolean>;
  readonly readOnly?: Maybe<boolean>;
  readonly required?: Maybe<boolean>;
};

export type Fields = Readonly<Record<string, unknown>>;

/** Graph `listItem` (api-reference/v1.0/resources/listitem). */
export interface GraphListItem {
  readonly id: string;
  readonly eTag?: Maybe<string>;
  readonly createdDateTime?: Maybe<string>;
  readonly lastModifiedDateTime?: Maybe<string>;
  readonly createdBy?: Maybe<GraphIdentitySet>;
  readonly lastModifiedBy?: Maybe<GraphIdentitySet>;
  readonly webUrl?: Maybe<string>;
  readonly contentType?: Maybe<{ readonly name?: Maybe<string> }>;
  readonly fields?: Maybe<Fields>;
  readonly deleted?: Maybe<object>;
}

/** Graph `listItemVersion` (api-reference/v1.0/resources/listitemversion). */
export interface GraphListVersion {
  readonly id: string;
  readonly lastModifiedDateTime?: Maybe<string>;
  readonly lastModifiedBy?: Maybe<GraphIdentitySet>;
  readonly fields?: Maybe<Fields>;
}

/** Facets of a column that tell its kind (columndefinition, "Properties"). */
const KINDS = ["text", "number", "currency", "boolean", "dateTime", "choice", "lookup", "personOrGroup", "hyperlinkOrPicture", "calculated", "geolocation", "term", "thumbnail", "contentApprovalStatus"] as const;
/** Values that one query can look up (api-reference/v1.0/resources/fieldvalueset). */
const MOST_LOOKUPS = 12;

export function listRecord(list: GraphList, columns: readonly GraphColumn[]): ListRecord {
  const name = text(list.name) ?? list.id;
  return {
    v: 1, type: "list", name, displayName: text(list.displayName) ?? name, description: text(list.description), template: text(list.list?.template), createdAt: instant(list.createdDateTime), url: text(list.webUrl),
    columns: columns.filter(isShown).map(columnOf).sort((a, b) => (a.name < b.name ? -1 : 1)),
  };
}

function isShown({ hidden, name }: GraphColumn): boolean {
  return hidden !== true && text(name) !== undefined;
}

function kindOf(column: GraphColumn): (typeof KINDS)[number] | undefined {
  return KINDS.find((kind) => column[kind] !== undefined && column[kind] !== null);
}

function columnOf(column: GraphColumn): ListColumn {
  const [name, kind] = [column.name ?? "", kindOf(column)];
  return {
    name, displayName: text(column.displayName) ?? name, type: kind ?? "other", description: text(column.description), required: column.required === true, readOnly: column.readOnly === true,
    settings: kind === undefined ? undefined : plain(column[kind]), default: plain(column["defaultValue"]) ?? undefined,
  };
}

/** Columns that people fill, or have calculated; the others are the service's own. */
export function ownColumns(columns: readonly GraphColumn[]): readonly GraphColumn[] {
  return columns.filter((column) => isShown(column) && (column.readOnly !== true || kindOf(column) === "calculated"));
}

/** What is asked of the fields. */
export interface FieldsAsked {
  /** For `$expand`. */
  readonly expand: string;
  /** Columns whose values stay numbers of another list's entries. */
  readonly unresolved: readonly string[];
}

/** All fields, columns that look something up as numbers. */
export const ALL_FIELDS = "fields";

/**
 * All fields come by themselves, but of a column that looks up one entry or person its number alone: the value comes when columns are selected by name, up to
 * twelve of that kind in a query (fieldvalueset). Columns of the service's own, which look up too, are told by other properties of the item.
 * `told`: what the source was willing to expand.
 */
export function fieldsAsked(columns: readonly GraphColumn[], told?: string): FieldsAsked {
  const own = ownColumns(columns);
  const lookups = own.filter(looksUp).map(({ name }) => name ?? "");
  if (lookups.length === 0) return { expand: ALL_FIELDS, unresolved: [] };
  if (told === ALL_FIELDS) return { expand: ALL_FIELDS, unresolved: lookups };
  const unresolved = lookups.slice(MOST_LOOKUPS);
  const names = own.map(({ name }) => name ?? "").filter((name) => !unresolved.includes(name));
  return { expand: `fields($select=${[...new Set([...names, ...lookups.map((name) => `${name}LookupId`), "Attachments", "ContentType"])].join(",")})`, unresolved };
}

function looksUp(column: GraphColumn): boolean {
  const facet = (column["lookup"] ?? column["personOrGroup"]) as { readonly allowMultipleValues?: unknown; readonly allowMultipleSelection?: unknown } | null | undefined;
  // Several values come with their texts anyway.
  return facet !== undefined && facet !== null && facet.allowMultipleValues !== true && facet.allowMultipleSelection !== true;
}

export function listItemRecord(item: GraphListItem, versions: readonly GraphListVersion[]): ListItemRecord {
  return {
    v: 1, type: "list-item", number: item.id, contentType: text(item.contentType?.name), createdAt: instant(item.createdDateTime), modifiedAt: instant(item.lastModifiedDateTime),
    createdBy: personWithAddress(item.createdBy), modifiedBy: personWithAddress(item.lastModifiedBy), url: text(item.webUrl), fields: fieldsOf(item.fields),
    versions: versions.map((version) => ({ id: version.id, modifiedAt: instant(version.lastModifiedDateTime), modifiedBy: personWithAddress(version.lastModifiedBy), fields: fieldsOf(version.fields) })),
  };
}

/** What every item has under other names, or repeats: links to edit it, its own number. */
const REPEATED: ReadonlySet<string> = new Set(["id", "LinkTitle", "LinkTitleNoMenu", "LinkTitle2", "Edit", "DocIcon"]);

/** Values by name of column, without the protocol's annotations. */
export function plainFields(fields: Maybe<Fields>): Fields {
  return plain(fields ?? {}) as Fields;
}

function fieldsOf(fields: Maybe<Fields>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(plainFields(fields)).filter(([name]) => !REPEATED.has(name)));
}

/** Without the protocol's annotations, which change from answer to answer. */
export function plain(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(plain);
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(Object.entries(value).filter(([name]) => !name.includes("@odata.")).map(([name, inner]) => [name, plain(inner)]));
}

/** SharePoint's identities are open and carry an address. */
export function personWithAddress(identities: Maybe<GraphIdentitySet>): Person | undefined {
  const user = identities?.user as { readonly id?: Maybe<string>; readonly email?: Maybe<string> } | null | undefined;
  return personOf(identities, new Map(user?.email ? [[user.id ?? "", user.email]] : []));
}
