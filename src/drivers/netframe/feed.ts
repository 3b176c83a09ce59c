import type { NetframeClient } from "./client.js";
import { entries, type Entry } from "./posts.js";

/** ChannelController, `feed`: entries of the first answer, and of those before a moment. */
const [FIRST, PAGE] = [30, 15];
/** Entries that two pages must share, which is more than a channel gets in a second (`GAP_MS`): moments are told to the second, and entries of one second in no order. */
const OVERLAP = 8;
/** Between two writes in a channel: five in a second, six at most, since a timer may be a moment early. */
export const GAP_MS = 200;
/** A place in the channel is written a moment after its post. */
const LAG_MS = 2_000;
const SECOND = 1_000;
/** Beyond it, a moment has no four figures for its year. */
const LAST = Date.UTC(9999, 0);
/** config/app.php, "timezone": moments are compared as the database has them. Where a host has changed it, the walk finds its way all the same. */
const ZONE = "Europe/Paris";

/**
 * All entries of a channel, newest first. Pages are cut by a moment that the caller tells, to the second, of the entry's place in the channel; what is shown is the
 * post's. So a page counts as the next one only where it shares enough entries with the one before that nothing can stand between them; the moment is looked for
 * until it does.
 */
export async function* feed(client: NetframeClient, channel: number, signal: AbortSignal): AsyncGenerator<Entry> {
  let page = await entries(client, channel, undefined, signal);
  yield* [...page].reverse();
  let full = page.length >= FIRST;
  let [top, drift] = [Number.POSITIVE_INFINITY, 0];
  while (full) {
    const known = new Set(page.map((one) => one.feed));
    const next = await older(client, channel, page, { top, drift }, signal);
    yield* next.page.filter((one) => !known.has(one.feed)).reverse();
    ({ top, drift, page } = next);
    full = page.length >= PAGE;
  }
}

interface Walk {
  /** Moment before which the page is the newest; nothing new comes at or after it. */
  readonly top: number;
  /** By how much the last guess was wrong. */
  readonly drift: number;
}

/** The page below: with new entries, or less than full, and sharing enough. */
async function older(client: NetframeClient, channel: number, page: readonly Entry[], { top, drift }: Walk, signal: AbortSignal): Promise<Walk & { readonly page: readonly Entry[] }> {
  const known = new Set(page.map((one) => one.feed));
  const guess = wallOf(page[OVERLAP - 1]?.updatedAt ?? "") + LAG_MS;
  let [low, high] = [Number.NEGATIVE_INFINITY, top];
  let at = Math.min(guess + drift, high - SECOND);
  for (let step = LAG_MS; ; step *= 2) {
    const found = await entries(client, channel, textOf(at), signal);
    const shared = found.filter((one) => known.has(one.feed)).length;
    if (shared >= OVERLAP && (shared < found.length || found.length < PAGE)) return { page: found, top: at, drift: at - guess };
    if (shared < OVERLAP) low = at;
    else high = at;
    if (high - low <= SECOND) throw client.error("TARGET_CONTAINER_REFUSED", `channels, messages: more of channel ${channel} in one second than its pages show`);
    // A release that takes moments no more would be asked for ever.
    if (at < 0 || at > LAST) throw client.error("TARGET_CONTAINER_REFUSED", `channels, messages: pages of channel ${channel} do not follow the moment that is told`);
    at = !Number.isFinite(low) ? high - step : !Number.isFinite(high) ? low + step : Math.floor((low + high) / 2 / SECOND) * SECOND;
    if (at <= low) at = high - SECOND;
  }
}

/** What a clock on the wall shows, counted as if it were UTC; whole seconds. */
function wallOf(instant: string): number {
  const at = Number.isNaN(Date.parse(instant)) ? Date.now() : Date.parse(instant);
  const parts = new Map(new Intl.DateTimeFormat("en-US", {
    timeZone: ZONE, hourCycle: "h23", year: "numeric", month: "numeric", day: "numeric", hour: "numeric", minute: "numeric", second: "numeric",
  }).formatToParts(new Date(at)).map(({ type, value }) => [type, Number(value)]));
  const part = (type: Intl.DateTimeFormatPartTypes): number => parts.get(type) ?? 0;
  return Date.UTC(part("year"), part("month") - 1, part("day"), part("hour"), part("minute"), part("second"));
}

/** As the database writes moments. */
function textOf(wall: number): string {
  return new Date(wall).toISOString().slice(0, 19).replace("T", " ");
}
