import { RRuleTemporal } from "rrule-temporal";
import windowsZones from "windows-iana";

/** One occurrence of an event: instants (dates as their midnight in UTC), the wall clock of its zone, and what it says. */
export interface Instance {
  readonly uid: string;
  readonly start: number;
  readonly end: number;
  /** Wall-clock digits of the start, as epoch ms. */
  readonly clock: number;
  readonly allDay: boolean;
  readonly summary: string;
}

interface Line {
  readonly name: string;
  readonly params: Readonly<Record<string, string>>;
  readonly value: string;
}

interface Part {
  readonly kind: string;
  readonly lines: Line[];
  readonly inner: Part[];
}

interface Zone {
  toInstant(local: number): number;
  toLocal(instant: number): number;
}

interface Moment {
  readonly local: number;
  readonly allDay: boolean;
  readonly zone: Zone;
}

const DAY = 86_400_000;
const UTC: Zone = { toInstant: (local) => local, toLocal: (instant) => instant };

export interface Scope {
  /** IANA zone in which floating times are read. */
  readonly floating: string;
  readonly horizon: number;
  /** Occurrences made of one rule. */
  readonly most: number;
}

export interface Instances {
  /** Sorted. */
  readonly all: readonly Instance[];
  /** Before this instant none is missing: the horizon, or where the first rule was cut at `most`. */
  readonly until: number;
}

/**
 * Occurrences of a calendar file. Written from RFC 5545 with rrule-temporal as rule
 * engine: it shares no code with the program, which reads calendars with ical.js.
 */
export function instancesOf(text: string, { floating, horizon, most }: Scope): Instances {
  const limit: Limit = { horizon, most, until: horizon };
  const parts = partsOf(text);
  const zones = new Map<string, Zone>();
  const own = new Map(parts.filter(({ kind }) => kind === "VTIMEZONE").map((part) => [textOf(value(part, "TZID")).trim(), part]));
  const zoneOf = (name: string): Zone => {
    const known = zones.get(name) ?? namedZone(name) ?? (own.has(name) ? ownZone(own.get(name) as Part) : ianaZone(floating));
    zones.set(name, known);
    return known;
  };
  const moments = (part: Part, name: string): readonly Moment[] => part.lines.filter((line) => line.name === name).flatMap((line) => line.value.split(",").flatMap((one) => {
    const [, year, month, day, hour, minute = "0", second = "0", utc] = /^\s*(\d{4})(\d{2})(\d{2})(?:T(\d{2})(\d{2})(\d{2})?(Z)?)?/.exec(one) ?? [];
    if (year === undefined) return [];
    const local = Date.UTC(Number(year), Number(month) - 1, Number(day), Number(hour ?? 0), Number(minute), Number(second));
    if (line.params["VALUE"] === "DATE") return [{ local: Math.floor(local / DAY) * DAY, allDay: true, zone: UTC }];
    const zone = hour === undefined || utc !== undefined ? UTC : line.params["TZID"] === undefined ? ianaZone(floating) : zoneOf(line.params["TZID"]);
    return [{ local, allDay: hour === undefined, zone }];
  }));
  const groups = new Map<string, Part[]>();
  for (const part of parts) if (part.kind === "VEVENT") groups.set(uidOf(part, groups.size), [...(groups.get(uidOf(part, groups.size)) ?? []), part]);
  const all = [...groups].flatMap(([uid, group]) => ofSeries(uid, group, moments, limit)).sort((a, b) => a.start - b.start || (a.summary < b.summary ? -1 : 1));
  return { all, until: limit.until };
}

interface Limit {
  readonly horizon: number;
  readonly most: number;
  until: number;
}

function uidOf(part: Part, position: number): string {
  return value(part, "UID") || `without ${position}`;
}

function ofSeries(uid: string, group: readonly Part[], moments: (part: Part, name: string) => readonly Moment[], limit: Limit): readonly Instance[] {
  const overrides = group.filter((part) => moments(part, "RECURRENCE-ID").length > 0);
  const [master, ...others] = group.filter((part) => !overrides.includes(part));
  const shown = (part: Part, start: Moment): Instance => {
    const from = start.allDay ? start.local : start.zone.toInstant(start.local);
    return { uid, start: from, end: from + lengthOf(part, moments), clock: start.allDay ? start.local : start.zone.toLocal(from), allDay: start.allDay, summary: textOf(value(part, "SUMMARY")) };
  };
  const replaced = new Map<number, Part>();
  // Events that wrongly share a UID are each their own.
  const found: Instance[] = others.flatMap((other) => ofSeries(uid, [other], moments, limit));
  const start = master === undefined ? undefined : moments(master, "DTSTART")[0];
  const instant = (moment: Moment): number => (start?.allDay === true || moment.allDay ? Math.floor(moment.local / DAY) * DAY : moment.zone.toInstant(moment.local));
  for (const part of overrides) for (const original of moments(part, "RECURRENCE-ID")) replaced.set(instant(original), part);
  for (const part of overrides) for (const own of moments(part, "DTSTART").slice(0, 1)) found.push(shown(part, own));
  if (master === undefined || start === undefined) return found;
  const gone = new Set(moments(master, "EXDATE").map(instant));
  const goneDays = new Set(moments(master, "EXDATE").filter(({ allDay }) => allDay).map(({ local }) => local));
  const locals = new Set<number>([start.local, ...moments(master, "RDATE").map((moment) => (start.allDay || moment.allDay ? moment.local : start.zone.toLocal(moment.zone.toInstant(moment.local))))]);
  for (const rule of values(master, "RRULE")) for (const local of ruled(rule, start, limit)) locals.add(local);
  for (const rule of values(master, "EXRULE")) for (const local of ruled(rule, start, limit)) locals.delete(local);
  for (const local of [...locals].sort((a, b) => a - b)) {
    const at = start.allDay ? local : start.zone.toInstant(local);
    if (gone.has(at) || goneDays.has(Math.floor(local / DAY) * DAY) || replaced.has(at)) continue;
    found.push(shown(master, { ...start, local }));
  }
  return found.filter((one) => one.start < limit.horizon);
}

/** Wall-clock starts of a rule; UNTIL is read on the clock of the series, a date counts whole; DTSTART counts as the first, even off the rule. */
function ruled(rule: string, start: Moment, limit: Limit): readonly number[] {
  const until = /UNTIL=(\d{4})(\d{2})(\d{2})(?:T(\d{2})(\d{2})(\d{2})(Z)?)?/i.exec(rule);
  let last = limit.horizon;
  if (until !== null) {
    const [, year, month, day, hour, minute, second, utc] = until;
    const digits = Date.UTC(Number(year), Number(month) - 1, Number(day), Number(hour ?? 23), Number(minute ?? 59), Number(second ?? 59));
    last = Math.min(last, utc !== undefined && !start.allDay ? start.zone.toLocal(digits) : digits);
  }
  const text = `DTSTART:${stamp(start.local)}\nRRULE:${rule.trim().toUpperCase().replace(/;?UNTIL=[^;]*/, "").replace(/^;/, "")}`;
  const found: number[] = [];
  try {
    const count = Number(/COUNT=(\d+)/i.exec(rule)?.[1] ?? Infinity);
    new RRuleTemporal({ rruleString: text, cache: false }).all((date) => {
      const off = found.length > 0 && found[0] !== start.local || found.length === 0 && date.epochMilliseconds !== start.local;
      if (date.epochMilliseconds > last || found.length >= count - (off ? 1 : 0)) return false;
      if (found.length >= limit.most) {
        limit.until = Math.min(limit.until, date.epochMilliseconds - 2 * DAY);
        return false;
      }
      found.push(date.epochMilliseconds);
      return true;
    });
  } catch (thrown) {
    // The engine's guard against rules that never fall; whatever they gave before stands.
    if (!(thrown instanceof Error) || !/Maximum|Invalid|required|must/i.test(thrown.message)) throw thrown;
  }
  return found;
}

function stamp(local: number): string {
  return `${new Date(local).toISOString().replace(/[-:]/g, "").slice(0, 15)}Z`;
}

function lengthOf(part: Part, moments: (part: Part, name: string) => readonly Moment[]): number {
  const [start] = moments(part, "DTSTART");
  const [end] = moments(part, "DTEND");
  if (start === undefined) return 0;
  if (end !== undefined && end.allDay === start.allDay) {
    const length = start.allDay ? end.local - start.local : end.zone.toInstant(end.local) - start.zone.toInstant(start.local);
    return start.allDay ? Math.max(DAY, length) : Math.max(0, length);
  }
  const [, sign, weeks, days, hours, minutes, seconds] = /^([+-]?)P(?:(\d+)W)?(?:(\d+)D)?(?:T(?:(\d+)H)?(?:(\d+)M)?(?:(\d+)S)?)?$/.exec(value(part, "DURATION")) ?? [];
  const told = sign === "-" ? 0 : (((Number(weeks ?? 0) * 7 + Number(days ?? 0)) * 24 + Number(hours ?? 0)) * 60 + Number(minutes ?? 0)) * 60_000 + Number(seconds ?? 0) * 1000;
  return start.allDay ? Math.max(DAY, told) : told;
}

// -- text -------------------------------------------------------------------------------------------------------------------------

/** All components, whatever their depth. */
function partsOf(text: string): readonly Part[] {
  const all: Part[] = [];
  const open: Part[] = [];
  for (const raw of text.replace(/^\uFEFF/, "").replace(/\r?\n[ \t]/g, "").split(/\r?\n|\r/)) {
    const line = lineOf(raw);
    if (line === undefined) continue;
    if (line.name === "BEGIN") {
      const part: Part = { kind: line.value.trim().toUpperCase(), lines: [], inner: [] };
      open.at(-1)?.inner.push(part);
      open.push(part);
      all.push(part);
    } else if (line.name === "END") open.pop();
    else open.at(-1)?.lines.push(line);
  }
  return all;
}

function lineOf(raw: string): Line | undefined {
  const [, head = "", content = ""] = /^((?:[^:"]|"[^"]*")*):(.*)$/s.exec(raw) ?? [];
  if (head === "") return undefined;
  const [name = "", ...params] = head.split(/;(?=(?:[^"]*"[^"]*")*[^"]*$)/);
  return { name: name.toUpperCase(), params: Object.fromEntries(params.map((param) => [param.slice(0, param.indexOf("=")).toUpperCase(), param.slice(param.indexOf("=") + 1).replace(/^"|"$/g, "")])), value: content };
}

function values(part: Part, name: string): readonly string[] {
  return part.lines.filter((line) => line.name === name).map((line) => line.value);
}

function value(part: Part, name: string): string {
  return values(part, name)[0] ?? "";
}

function textOf(text: string): string {
  return text.replace(/\\([\\;,nN])/g, (_, character: string) => (/n/i.test(character) ? "\n" : character));
}

// -- zones ------------------------------------------------------------------------------------------------------------------------

function namedZone(name: string): Zone | undefined {
  if (/^(utc|etc\/utc|gmt|z)$/i.test(name)) return UTC;
  const candidates = [windowsZones.findIana(name)[0], name.includes("/") ? name : undefined, /[A-Za-z_]+\/[A-Za-z_+-]+(?:\/[A-Za-z_+-]+)?$/.exec(name)?.[0]];
  for (const candidate of candidates) {
    if (candidate === undefined) continue;
    try {
      return ianaZone(candidate);
    } catch (thrown) {
      if (!(thrown instanceof RangeError)) throw thrown;
    }
  }
  return undefined;
}

const made = new Map<string, Zone>();

export function ianaZone(name: string): Zone {
  const known = made.get(name);
  if (known !== undefined) return known;
  const format = new Intl.DateTimeFormat("en-US", { timeZone: name, hourCycle: "h23", year: "numeric", month: "numeric", day: "numeric", hour: "numeric", minute: "numeric", second: "numeric" });
  const zone = fromOffset((instant) => {
    const part = Object.fromEntries(format.formatToParts(instant).map(({ type, value: text }) => [type, Number(text)])) as Record<string, number>;
    return Date.UTC(part["year"] ?? 0, (part["month"] ?? 1) - 1, part["day"] ?? 1, part["hour"] ?? 0, part["minute"] ?? 0, part["second"] ?? 0) - Math.floor(instant / 1000) * 1000;
  });
  made.set(name, zone);
  return zone;
}

/** Gaps with the offset before, doubled times as the first (RFC 5545 section 3.3.5). */
function fromOffset(offset: (instant: number) => number): Zone {
  return {
    toLocal: (instant) => instant + offset(instant),
    toInstant: (local) => {
      const before = offset(local - DAY);
      const after = offset(local + DAY);
      if (offset(local - before) === before) return local - before;
      return offset(local - after) === after ? local - after : local - before;
    },
  };
}

/** A VTIMEZONE's own rules: the last onset before an instant tells the offset. */
function ownZone(part: Part): Zone {
  const onsets = part.inner.flatMap((observance) => {
    const [from, to] = [offsetText(value(observance, "TZOFFSETFROM")), offsetText(value(observance, "TZOFFSETTO"))];
    const [, year, month, day, hour, minute, second] = /^(\d{4})(\d{2})(\d{2})T(\d{2})(\d{2})(\d{2})/.exec(value(observance, "DTSTART")) ?? [];
    const first = Date.UTC(Number(year), Number(month) - 1, Number(day), Number(hour), Number(minute), Number(second));
    const start: Moment = { local: first, allDay: false, zone: { toInstant: (local) => local - from, toLocal: (instant) => instant + from } };
    const all = new Set([first, ...values(observance, "RRULE").flatMap((rule) => ruled(rule, start, { horizon: Date.UTC(2045, 0, 1), most: 500, until: 0 }))]);
    return [...all].map((local) => ({ at: local - from, from, to }));
  }).sort((a, b) => a.at - b.at);
  return fromOffset((instant) => onsets.filter(({ at }) => at <= instant).at(-1)?.to ?? onsets[0]?.from ?? 0);
}

function offsetText(text: string): number {
  const [, sign, hours, minutes, seconds] = /^([+-])(\d{2})(\d{2})(\d{2})?/.exec(text.trim()) ?? [];
  return (sign === "-" ? -1 : 1) * ((Number(hours ?? 0) * 60 + Number(minutes ?? 0)) * 60 + Number(seconds ?? 0)) * 1000;
}
