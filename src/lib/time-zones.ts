import windowsZones from "windows-iana";

/** A change of a zone's offset from UTC: `at` is the instant (epoch ms), offsets are ms east of UTC on either side. */
export interface Transition {
  readonly at: number;
  readonly before: number;
  readonly after: number;
}

const HOUR = 3_600_000;
const DAY = 24 * HOUR;
/** Shorter than the shortest stay on one offset known to the tz database (a few weeks, Morocco's Ramadan). */
const PROBE_STEP = 10 * DAY;
const UTC_NAMES = new Set(["UTC", "Etc/UTC", "Etc/GMT", "Etc/UCT", "GMT", "UCT", "Z", "tzone://Microsoft/Utc"]);

/** Overseas France by ISO 3166: its zones share their Windows names with other countries'. */
const FRENCH_OVERSEAS = ["GP", "MQ", "GF", "RE", "YT", "NC", "PF", "WF", "PM"] as const;

const formatters = new Map<string, Intl.DateTimeFormat | undefined>();

/** Undefined when the runtime's tz database does not know the name. */
function formatter(zone: string): Intl.DateTimeFormat | undefined {
  if (!formatters.has(zone)) {
    let made: Intl.DateTimeFormat | undefined;
    try {
      made = new Intl.DateTimeFormat("en-US", {
        timeZone: zone, hourCycle: "h23", year: "numeric", month: "2-digit", day: "2-digit", hour: "2-digit", minute: "2-digit", second: "2-digit",
      });
    } catch (thrown) {
      // ECMA-402 section 11.1.2: an unknown time zone is a RangeError; anything else is not ours to hide.
      if (!(thrown instanceof RangeError)) throw thrown;
    }
    formatters.set(zone, made);
  }
  return formatters.get(zone);
}

/**
 * IANA name of a zone given by its Windows or IANA name; "UTC" for every spelling of UTC; undefined when nobody knows it
 * (`Customized Time Zone`, `tzone://Microsoft/Custom`, free text).
 * One Windows zone covers several territories (CLDR `windowsZones`): `territory` (ISO 3166, for example "FR", "MQ", "RE")
 * picks the one meant, "FR" standing for overseas France as well; without a row for it the zone's first name stands, which has
 * the same rules today.
 */
export function ianaZone(name: string, territory?: string): string | undefined {
  const trimmed = name.trim();
  if (UTC_NAMES.has(trimmed)) return "UTC";
  const territories = territory === undefined ? [] : territory === "FR" ? [territory, ...FRENCH_OVERSEAS] : [territory];
  const mapped = territories.flatMap((one) => windowsZones.findIana(trimmed, one))[0] ?? windowsZones.findIana(trimmed)[0];
  if (mapped !== undefined) return UTC_NAMES.has(mapped) ? "UTC" : mapped;
  // Area/Location only: Intl also takes abbreviations ("EST") and raw offsets, which name no civil zone.
  return trimmed.includes("/") && formatter(trimmed) !== undefined ? trimmed : undefined;
}

/** Offset from UTC in ms, east positive, at an instant. `zone` must be known. */
export function offsetAt(zone: string, instant: number): number {
  if (zone === "UTC") return 0;
  const whole = Math.floor(instant / 1000) * 1000;
  const parts: Record<string, number> = {};
  for (const part of formatter(zone)?.formatToParts(whole) ?? []) parts[part.type] = Number(part.value);
  const { year = 1970, month = 1, day = 1, hour = 0, minute = 0, second = 0 } = parts;
  return Date.UTC(year, month - 1, day, hour, minute, second) - whole;
}

/** Wall-clock time of an instant, as the epoch ms that the same digits would have in UTC. */
export function toLocal(zone: string, instant: number): number {
  return instant + offsetAt(zone, instant);
}

/**
 * Instant of a wall-clock time. RFC 5545 section 3.3.5: a time that occurs twice is the first of the two, a time in a gap is read
 * with the offset before the gap.
 */
export function toInstant(zone: string, local: number): number {
  const early = offsetAt(zone, local - DAY);
  const late = offsetAt(zone, local + DAY);
  const first = local - early;
  if (early === late || offsetAt(zone, first) === early) return first;
  const second = local - late;
  return offsetAt(zone, second) === late ? second : first;
}

/** Offset changes in [from, to), oldest first. */
export function transitions(zone: string, from: number, to: number): readonly Transition[] {
  const found: Transition[] = [];
  if (zone === "UTC") return found;
  let left = from;
  let before = offsetAt(zone, left);
  while (left < to) {
    const right = Math.min(left + PROBE_STEP, to);
    const after = offsetAt(zone, right);
    if (after !== before) found.push({ at: turn(zone, left, right, before), before, after });
    left = right;
    before = after;
  }
  return found;
}

/** First whole second in (left, right] at which the offset is no longer `before`. */
function turn(zone: string, left: number, right: number, before: number): number {
  let low = Math.floor(left / 1000);
  let high = Math.ceil(right / 1000);
  while (high - low > 1) {
    const middle = Math.floor((low + high) / 2);
    if (offsetAt(zone, middle * 1000) === before) low = middle;
    else high = middle;
  }
  return high * 1000;
}
