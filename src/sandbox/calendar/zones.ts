import ICAL from "ical.js";
import windowsZones from "windows-iana";

/**
 * A civil time zone as the sandbox needs it. "Local" times are the wall clock's digits read as if they were UTC (epoch milliseconds).
 * `name` is what Graph shows: the Windows name where CLDR has one, the IANA name for the rest, "tzone://Microsoft/Custom" for rules that only the
 * file itself knows (api-reference/v1.0/resources/datetimetimezone and event, property originalStartTimeZone).
 */
export interface Zone {
  readonly name: string;
  toUtc(local: number): number;
  toLocal(utc: number): number;
}

export const CUSTOM_ZONE = "tzone://Microsoft/Custom";
export const UTC: Zone = { name: "UTC", toUtc: (local) => local, toLocal: (utc) => utc };

const UTC_NAMES = new Set(["utc", "etc/utc", "z", "gmt", "etc/gmt", "tzone://microsoft/utc", "coordinated universal time"]);
const DAY_MS = 86_400_000;
const formatters = new Map<string, Intl.DateTimeFormat | undefined>();

/** Zone of a Windows or IANA name; undefined when nobody knows it. A vendor's prefix ("/mozilla.org/20050126_1/Europe/Paris") is cut off. */
export function namedZone(given: string): Zone | undefined {
  const name = given.trim().replace(/^"|"$/g, "");
  if (UTC_NAMES.has(name.toLowerCase())) return UTC;
  const iana = windowsZones.findIana(name)[0] ?? (known(name) ? name : /[A-Za-z_]+\/[A-Za-z_+-]+(?:\/[A-Za-z_+-]+)?$/.exec(name)?.[0]);
  if (iana === undefined || !known(iana)) return undefined;
  const shown = windowsZones.findIana(name).length > 0 ? name : ([windowsZones.findWindows(iana)].flat()[0] ?? iana);
  return zone(shown, (utc) => offsetOf(iana, utc));
}

/** Zone of a VTIMEZONE whose name nobody knows: its own rules, Graph's name for such zones. */
export function customZone(component: ICAL.Component): Zone {
  const rules = new ICAL.Timezone(component);
  const offset = (local: number): number => {
    const at = new Date(local);
    const time = new ICAL.Time({
      year: at.getUTCFullYear(), month: at.getUTCMonth() + 1, day: at.getUTCDate(), hour: at.getUTCHours(), minute: at.getUTCMinutes(), second: at.getUTCSeconds(), isDate: false,
    }, ICAL.Timezone.utcTimezone);
    return rules.utcOffset(time) * 1000;
  };
  return { name: CUSTOM_ZONE, toUtc: (local) => local - offset(local), toLocal: (utc) => utc + offset(utc + offset(utc)) };
}

function zone(name: string, offset: (utc: number) => number): Zone {
  return {
    name,
    toLocal: (utc) => utc + offset(utc),
    // RFC 5545 section 3.3.5: a time that occurs twice is the first one, a time in a gap is read with the offset before the gap.
    toUtc(local) {
      const early = offset(local - DAY_MS);
      if (offset(local - early) === early) return local - early;
      const late = offset(local + DAY_MS);
      return offset(local - late) === late ? local - late : local - early;
    },
  };
}

/** ECMA-402: an unknown zone is a RangeError. Abbreviations and bare offsets are not civil zones. */
function known(name: string): boolean {
  if (!formatters.has(name)) {
    let made: Intl.DateTimeFormat | undefined;
    try {
      made = name.includes("/") ? new Intl.DateTimeFormat("en-US", { timeZone: name, hourCycle: "h23", year: "numeric", month: "numeric", day: "numeric", hour: "numeric", minute: "numeric", second: "numeric", era: "short" }) : undefined;
    } catch (thrown) {
      if (!(thrown instanceof RangeError)) throw thrown;
    }
    formatters.set(name, made);
  }
  return formatters.get(name) !== undefined;
}

function offsetOf(iana: string, utc: number): number {
  const whole = Math.floor(utc / 1000) * 1000;
  const at: Record<string, number> = {};
  for (const { type, value } of formatters.get(iana)?.formatToParts(whole) ?? []) at[type] = Number(value);
  return Date.UTC(at["year"] ?? 1970, (at["month"] ?? 1) - 1, at["day"] ?? 1, at["hour"] ?? 0, at["minute"] ?? 0, at["second"] ?? 0) - whole;
}
