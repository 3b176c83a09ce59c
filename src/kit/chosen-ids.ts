import { ExodusError } from "../core/errors.js";
import { MOST_UUIDS, nameUuids } from "../lib/name-uuid.js";

/** As many identifiers without a row, one after the other, end a search: rows are made in their order, but a server purges what was thrown away. */
const ABSENT = 16;

/** A server that lets the client choose identifiers, as seen for one thing: what is asked of it by identifier. */
export interface ChosenIds<T> {
  readonly target: string;
  /** Undefined where the identifier is spent: by what stands under it, or by what was thrown away. */
  make(id: string): Promise<T | undefined>;
  /** Undefined where nothing was ever made under it, or nobody may see it. */
  get(id: string): Promise<T | undefined>;
  /** "gone": in the trash, so that the next identifier is taken; "broken": ours, and of no use. */
  judge(item: T): "stands" | "gone" | "broken";
  discard(id: string): Promise<void>;
}

/** Makes the thing that the seed names, or takes what stands: a request whose answer was lost may have arrived. @throws ExodusError TARGET_IDS_SPENT when all are. */
export async function claim<T>(seed: string, server: ChosenIds<T>): Promise<{ readonly item: T; readonly made: boolean }> {
  for (const id of nameUuids(seed)) {
    const made = await server.make(id);
    if (made !== undefined) return { item: made, made: true };
    const found = await server.get(id);
    const state = found === undefined ? "gone" : server.judge(found);
    if (found !== undefined && state === "stands") return { item: found, made: false };
    if (state === "broken") await server.discard(id);
  }
  throw new ExodusError("TARGET_IDS_SPENT", { params: { target: server.target, count: MOST_UUIDS } });
}

/** What stands under the seed's identifiers, without making it; a purged one hides none that comes after it. */
export async function standing<T>(seed: string, { get, judge }: Pick<ChosenIds<T>, "get" | "judge">): Promise<T | undefined> {
  let absent = 0;
  for (const id of nameUuids(seed)) {
    const found = await get(id);
    if (found !== undefined && judge(found) === "stands") return found;
    absent = found === undefined ? absent + 1 : 0;
    if (absent === ABSENT) return undefined;
  }
  return undefined;
}
