import { asExodusError } from "../../core/errors.js";
import type { Loss } from "../../core/item.js";
import type { FileRecord } from "../../format/records.js";
import type { GraphClient, RequestOptions } from "../client/client.js";
import { ALL_FIELDS, fieldsAsked, ownColumns, plainFields, type GraphColumn, type GraphListItem } from "../map/list.js";
import { OF_ONE_ITEM } from "../reading/read-errors.js";
import { personOf, type Identities } from "./drive-item.js";

/** What a document library tells of a file beside what every drive does. */
export interface LibraryFacts {
  readonly told: Pick<FileRecord, "contentType" | "columns" | "checkedOut">;
  readonly losses: readonly Loss[];
}

/** Reads what a library tells of one of its files. */
export type Library = (item: string) => Promise<LibraryFacts>;

/** Graph `driveItem` with its list item (api-reference/v1.0/resources/driveitem, "Relationships") and `publication`, "not returned by default". */
interface LibraryItem {
  readonly publication?: { readonly level?: string | null; readonly checkedOutBy?: Identities | null } | null;
  readonly listItem?: GraphListItem | null;
}

/** Named by the file itself, or by `contentType`. */
const TOLD_ELSEWHERE: ReadonlySet<string> = new Set(["FileLeafRef", "ContentType"]);
const NOTHING: LibraryFacts = { told: {}, losses: [] };
const UNREADABLE: LibraryFacts = { told: {}, losses: [{ field: "columns", change: "dropped", side: "source", reason: "files.columns-unreadable" }] };
/** Refusals after which a file is worth keeping without its columns. */
const REFUSALS: ReadonlySet<string> = new Set([...OF_ONE_ITEM, "GRAPH_REFUSED", "GRAPH_NOT_OFFERED"]);

/** A drive that is no library: OneDrive has the columns of every drive only. */
export const NO_LIBRARY: Library = () => Promise.resolve(NOTHING);

/**
 * Columns, content type and checkout of files in one library: one request a file that is read, since a delta does not expand `listItem` (OneDrive/onedrive-api-docs#1181).
 * Columns are asked for once, and only when a file needs them.
 */
export function libraryOf(client: GraphClient, driveId: string, request: RequestOptions): Library {
  let columns: Promise<readonly GraphColumn[] | undefined> | undefined;
  return async (item) => {
    columns ??= unlessRefused(() => columnsOf(client, driveId, request));
    const known = await columns;
    if (known === undefined) return UNREADABLE;
    for (const way of new Set([fieldsAsked(known).expand, ALL_FIELDS])) {
      const query = { $select: "id,publication", $expand: `listItem($expand=${way})` };
      const found = await unlessRefused(() => client.get<LibraryItem>(`/drives/${driveId}/items/${item}`, { ...request, query }));
      if (found !== undefined) return factsOf(found, known, way);
    }
    return UNREADABLE;
  };
}

async function columnsOf(client: GraphClient, driveId: string, request: RequestOptions): Promise<readonly GraphColumn[]> {
  const columns: GraphColumn[] = [];
  for await (const page of client.pages<GraphColumn>(`/drives/${driveId}/list/columns`, request)) columns.push(...page.value);
  return columns;
}

async function unlessRefused<T>(read: () => Promise<T>): Promise<T | undefined> {
  try {
    return await read();
  } catch (thrown) {
    if (!REFUSALS.has(asExodusError(thrown).code)) throw thrown;
    return undefined;
  }
}

function factsOf({ listItem, publication }: LibraryItem, known: readonly GraphColumn[], way: string): LibraryFacts {
  const fields = plainFields(listItem?.fields);
  const columns = ownColumns(known).flatMap(({ name, displayName }) => {
    if (!name || TOLD_ELSEWHERE.has(name)) return [];
    const value = fields[name] ?? fields[`${name}LookupId`];
    return isEmpty(value) ? [] : [{ name, displayName: displayName ?? name, value }];
  });
  columns.sort((a, b) => (a.name < b.name ? -1 : 1));
  const by = personOf(publication?.checkedOutBy);
  const { unresolved } = fieldsAsked(known, way);
  const numbers = unresolved.filter((name) => columns.some((column) => column.name === name));
  return {
    told: {
      ...(listItem?.contentType?.name ? { contentType: listItem.contentType.name } : {}), ...(columns.length === 0 ? {} : { columns }),
      ...(publication?.level === "checkout" ? { checkedOut: by === undefined ? {} : { by } } : {}),
    },
    losses: numbers.length === 0 ? [] : [{ field: numbers.join(", "), change: "approximated", side: "source", reason: "list.lookup-values" }],
  };
}

/** A column without a value is told as nothing, or left out (microsoft-graph-docs#13342). */
function isEmpty(value: unknown): boolean {
  return value === undefined || value === null || value === "" || (Array.isArray(value) && value.length === 0);
}
