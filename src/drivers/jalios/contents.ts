import { z } from "zod";
import { membersOf } from "../http/json.js";
import type { JaliosClient } from "./client.js";

/** `{"dataSet", "pageSize", "start", "total"}` (zelli@95b69c4, src/app/core/jcmsPager.ts). */
const Page = z.object({ dataSet: z.array(z.unknown()), start: z.number().default(0), total: z.number() });
const Named = z.object({ id: z.string().min(1) });
/** As `mapApiToMember` reads it (zelli@95b69c4, src/app/models/jcms/member.ts). */
const Member = Named.extend({ login: z.string().nullish(), email: z.string().nullish(), fullName: z.string().nullish() });
export type Member = z.infer<typeof Member>;

/** A content by its id: fields by their names, links as `{"class", "id"}` (zelli@95b69c4, src/assets/mock/DemAdmin.json). */
export interface Content {
  readonly id: string;
  readonly fields: Readonly<Record<string, unknown>>;
  /** Whose it is, and who changed it last. */
  readonly author: string | undefined;
  readonly operator: string | undefined;
}

const PAGE = "50";

export async function whoAmI(client: JaliosClient, signal: AbortSignal): Promise<Member> {
  const found = Member.safeParse(await client.read("WhoAmI", {}, signal));
  if (found.success) return found.data;
  throw client.error("TARGET_PASSING", "GET WhoAmI: an answer of another form");
}

export async function content(client: JaliosClient, id: string, signal: AbortSignal): Promise<Content | undefined> {
  const found = await client.read(`data/${encodeURIComponent(id)}`, {}, signal);
  if (found === undefined) return undefined;
  const fields = membersOf(found);
  if (fields["id"] !== id) throw client.error("TARGET_PASSING", "GET data/<id>: an answer of another form");
  return { id, fields, author: idIn(fields["author"]), operator: idIn(fields["opAuthor"]) };
}

/** The id of a link, however it is told. */
export function idIn(link: unknown): string | undefined {
  const id = typeof link === "string" ? link : membersOf(link)["id"];
  return typeof id === "string" && id !== "" ? id : undefined;
}

export interface Wanted {
  readonly type: string;
  readonly workspace: string;
  /** Words as they stand. */
  readonly text: string;
}

/** Ids of what the search shows: by its index, which is late. */
export async function* search(client: JaliosClient, { type, workspace, text }: Wanted, signal: AbortSignal): AsyncGenerator<string> {
  const query = { types: type, exactType: "true", text: `"${text}"`, mode: "exact", wrkspc: workspace };
  for await (const one of listed(client, "search", query, signal)) {
    const named = Named.safeParse(one);
    if (named.success) yield named.data.id;
  }
}

/** Members with that very address. */
export async function membersBy(client: JaliosClient, email: string, signal: AbortSignal): Promise<readonly Member[]> {
  const found: Member[] = [];
  for await (const one of listed(client, "search/member", { email }, signal)) {
    const member = Member.safeParse(one);
    if (member.success && member.data.email?.toLowerCase() === email.toLowerCase()) found.push(member.data);
  }
  return found;
}

async function* listed(client: JaliosClient, path: string, query: Readonly<Record<string, string>>, signal: AbortSignal): AsyncGenerator<unknown> {
  for (let start = 0; ; ) {
    const read = Page.safeParse(await client.read(path, { ...query, pageSize: PAGE, ...(start === 0 ? {} : { start: String(start) }) }, signal));
    if (!read.success) throw client.error("TARGET_PASSING", `GET ${path}: an answer of another form`);
    const { dataSet, total } = read.data;
    yield* dataSet;
    start += dataSet.length;
    if (dataSet.length === 0 || start >= total) return;
  }
}
