import { ExodusError } from "../../core/errors.js";
import type { Page, RequestOptions } from "./client.js";
import { loopGuard } from "./loop-guard.js";

/** Times that a link which was followed before is followed again: one that repeats in passing leads on the second time. */
const REPEATS = 3;

type Row = Readonly<Record<string, unknown>>;

/** A page as Graph writes it. */
export interface RawPage {
  readonly value: readonly Row[];
  readonly "@odata.nextLink"?: string;
  readonly "@odata.deltaLink"?: string;
}

/**
 * A page with its links as `own` makes them.
 * @throws ExodusError GRAPH_SHAPE for a row whose identifier cannot be held; GRAPH_FOREIGN for JSON that is no page, whatever its status: taken for an empty one, it would end a list early.
 */
export function pageOf(body: { readonly value?: unknown } | null, name: string, own: (link: string) => string): RawPage {
  if (!Array.isArray(body?.value)) throw new ExodusError("GRAPH_FOREIGN", { params: { path: name, reason: "JSON without a list" } });
  // Two that differ only in what no UTF-8 holds, or behind a NUL, would be one to the index: one of them would vanish.
  if ((body.value as readonly (Row | null)[]).some((row) => isUnholdable(row?.["id"]))) throw new ExodusError("GRAPH_SHAPE", { params: { path: name, reason: "an identifier that is no text" } });
  const { value, "@odata.nextLink": nextLink, "@odata.deltaLink": deltaLink } = body as RawPage;
  return { value, ...(nextLink === undefined ? {} : { "@odata.nextLink": own(nextLink) }), ...(deltaLink === undefined ? {} : { "@odata.deltaLink": own(deltaLink) }) };
}

function isUnholdable(id: unknown): boolean {
  return typeof id === "string" && (!id.isWellFormed() || id.includes("\u0000"));
}

/**
 * Follows nextLinks exactly as given until there is none. A page that is asked for again because its link was its own tells its rows once.
 * @throws ExodusError GRAPH_LOOP when links go on leading back.
 */
export async function* followPages<T>(
  path: string, wanted: RequestOptions, name: string, fetchPage: (link: string, options: RequestOptions) => Promise<RawPage>,
): AsyncIterable<Page<T>> {
  // A link carries the query already.
  const { query: _inTheLink, ...further } = wanted;
  let [link, previous]: [string | undefined, { readonly link: string; readonly rows: readonly Row[] } | undefined] = [path, undefined];
  const leadsBack = loopGuard(path);
  let repeats = 0;
  while (link !== undefined) {
    const { value: rows, "@odata.nextLink": nextLink, "@odata.deltaLink": deltaLink }: RawPage = await fetchPage(link, previous === undefined ? wanted : further);
    const again = previous !== undefined && previous.link === link && sameRows(previous.rows, rows);
    yield { value: (again ? [] : rows) as T[], ...(nextLink === undefined ? {} : { nextLink }), ...(deltaLink === undefined ? {} : { deltaLink }) };
    if (nextLink !== undefined && (leadsBack(nextLink, rows) || nextLink === link)) repeats += 1;
    if (repeats >= REPEATS) throw new ExodusError("GRAPH_LOOP", { params: { path: name } });
    previous = { link, rows };
    link = nextLink;
  }
}

function sameRows(before: readonly Row[], now: readonly Row[]): boolean {
  return before.length === now.length && before.every((row, index) => row["id"] !== undefined && row["id"] === now[index]?.["id"]);
}
