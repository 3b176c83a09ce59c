import { z } from "zod";
import type { JamespotClient } from "./client.js";

/** `jGroupView` (src/types/group.d.ts): its description comes by "raw-view" alone. */
const Spot = z.object({ id: z.coerce.number(), title: z.string(), description: z.string().nullish(), privacy: z.coerce.number().nullish(), category: z.coerce.string().nullish(), language: z.string().nullish() });
export type Spot = z.infer<typeof Spot>;
const Category = z.object({ id: z.coerce.string(), label: z.string() });
/** `PagingResults` (src/types/utils.d.ts). */
export const pageOf = <T>(item: z.ZodType<T>): z.ZodType<{ readonly cnt: number; readonly data: readonly T[] }> => z.object({ cnt: z.coerce.number(), data: z.array(item) });

/** `CreateGroup`. */
export interface SpotDraft {
  /** Of `GroupPrivacy`; private when absent. */
  readonly privacy?: number;
  readonly title: string;
  readonly description: string;
  readonly category: string;
  readonly language: string;
}

/** `GroupPrivacy.SPOT_PRIVATE`. */
export const PRIVATE = 0;
const FORMAT = "raw-view";
const PAGE = 50;

/** `JGroupApi.list`: every spot that whoever signs in sees. */
export async function* spots(client: JamespotClient, signal: AbortSignal): AsyncGenerator<Spot> {
  yield* paged((page) => client.call(pageOf(Spot), { o: "objectList", f: "jamespotSpotQueryList", body: { type: "spot", limit: PAGE, page, format: FORMAT }, signal }));
}

/** Each page of a list, from the first to the last. */
export async function* paged<T>(ask: (page: number) => Promise<{ readonly cnt: number; readonly data: readonly T[] }>): AsyncGenerator<T> {
  let seen = 0;
  for (let page = 1; ; page += 1) {
    const { cnt, data } = await ask(page);
    yield* data;
    seen += data.length;
    if (data.length === 0 || seen >= cnt) return;
  }
}

/** Undefined for one that is not there, or not shown to whoever signs in. */
export function spotOf(client: JamespotClient, id: number, signal: AbortSignal): Promise<Spot | undefined> {
  return client.seen(Spot, { o: "spot", f: "getSpot", body: { idSpot: id, format: FORMAT }, signal });
}

export function createSpot(client: JamespotClient, draft: SpotDraft, signal: AbortSignal): Promise<Spot> {
  return client.call(Spot, { o: "spot", f: "create", body: { privacy: PRIVATE, ...draft, type: "spot", edito: null, format: FORMAT }, signal });
}

/** `UpdateGroup` asks for all of `CreateGroup` and for `rss_feed`, of which a spot of ours has none. */
export async function updateSpot(client: JamespotClient, { id }: Spot, draft: SpotDraft, signal: AbortSignal): Promise<void> {
  await client.changed(z.unknown(), { o: "spot", f: "update", body: { privacy: PRIVATE, ...draft, uri: `spot/${id}`, type: "spot", edito: null, rss_feed: "", format: FORMAT }, signal });
}

export function categories(client: JamespotClient, signal: AbortSignal): Promise<readonly z.infer<typeof Category>[]> {
  return client.call(z.array(Category), { o: "spot", f: "get-categories", signal });
}
