import ICAL from "ical.js";
import { cleanLines, parseLines } from "./clean-text.js";
import { customZone, namedZone, UTC, type Zone } from "./zones.js";

/** A DATE or DATE-TIME (RFC 5545 sections 3.3.4 and 3.3.5) with its zone settled. */
export interface IcsTime {
  /** Wall clock as epoch ms, as if it were UTC. */
  readonly local: number;
  readonly isDate: boolean;
  readonly zone: Zone;
}

/** Where what the file says differs from what will be served. */
export type Warn = (reason: string) => void;

/** One property in jCal form (RFC 7265): name, parameters, type, values. */
export interface IcsProperty {
  readonly parameters: Readonly<Record<string, string>>;
  readonly type: string;
  readonly values: readonly unknown[];
}

/** One VEVENT, read leniently: what cannot be read is absent, never an exception. */
export class IcsEvent {
  constructor(private readonly component: ICAL.Component, private readonly zones: ZoneBook) {}

  all(name: string): readonly IcsProperty[] {
    return this.component.getAllProperties(name).map((property) => {
      const [, parameters, type, ...values] = property.jCal as [string, Record<string, unknown>, string, ...unknown[]];
      return { parameters: Object.fromEntries(Object.entries(parameters).map(([key, value]) => [key, [value].flat().map(String).join(",")])), type, values };
    });
  }

  first(name: string): IcsProperty | undefined {
    return this.all(name)[0];
  }

  text(name: string): string {
    const { type, values } = this.first(name) ?? { type: "", values: [] };
    const text = [values[0] ?? ""].flat().map(String).join(";");
    // ical.js leaves the escapes in properties that it does not know; their type is TEXT (RFC 5545 section 3.8.8.2).
    return type === "unknown" ? unescaped(text) : text;
  }

  times(name: string): readonly IcsTime[] {
    return this.all(name).flatMap(({ parameters, values }) => values.flatMap((value) => this.zones.time(value, parameters["tzid"]) ?? []));
  }

  time(name: string): IcsTime | undefined {
    return this.times(name)[0];
  }

  /** VALARM components, in order. */
  get alarms(): readonly IcsEvent[] {
    return this.component.getAllSubcomponents("valarm").map((alarm) => new IcsEvent(alarm, this.zones));
  }
}

/** Zones of one file: names that the world knows first, then the file's own VTIMEZONEs, so that an old rule in a file does not win over today's. */
class ZoneBook {
  readonly #own = new Map<string, ICAL.Component>();
  readonly #settled = new Map<string, Zone>();

  constructor(calendars: readonly ICAL.Component[], private readonly floating: Zone, private readonly warn: Warn) {
    for (const component of calendars.flatMap((calendar) => calendar.getAllSubcomponents("vtimezone"))) this.#own.set(String(component.getFirstPropertyValue("tzid")), component);
  }

  /** A time without zone floats: Exchange reads it in the mailbox's zone. ical.js leaves the digits of a value whose type it does not know as they stand. */
  time(value: unknown, tzid: string | undefined): IcsTime | undefined {
    const [, year = "", month = "", day = "", hour, minute = "0", second = "0", utc] = /^(\d{4})-?(\d{2})-?(\d{2})(?:T(\d{2}):?(\d{2}):?(\d{2})(Z)?)?/.exec(String(value)) ?? [];
    if (year === "") return undefined;
    const local = Date.UTC(Number(year), Number(month) - 1, Number(day), Number(hour ?? 0), Number(minute), Number(second));
    if (Number.isNaN(local) || Number(month) < 1 || Number(day) < 1) return undefined;
    return { local, isDate: hour === undefined, zone: hour === undefined || utc !== undefined ? UTC : tzid === undefined ? this.floating : this.#zone(tzid) };
  }

  #zone(tzid: string): Zone {
    const settled = this.#settled.get(tzid) ?? this.#named(tzid) ?? this.#custom(tzid);
    this.#settled.set(tzid, settled);
    return settled;
  }

  #named(tzid: string): Zone | undefined {
    const zone = namedZone(tzid);
    const told = this.#own.get(tzid)?.getFirstPropertyValue("x-o365-original-tz");
    return zone === undefined || typeof told !== "string" ? zone : { ...zone, name: unescaped(told) };
  }

  #custom(tzid: string): Zone {
    const own = this.#own.get(tzid);
    if (own !== undefined) return customZone(own);
    this.warn(`time zone "${tzid}" is neither known nor described in the file; its times are read in the mailbox's zone`);
    return this.floating;
  }
}

/** Events of a file by UID, in the order of the file; those without UID stand alone. Throws what ical.js throws on text that is no iCalendar. */
export function readIcs(text: string, floating: Zone, warn: Warn): readonly (readonly IcsEvent[])[] {
  const parsed = parseLines(cleanLines(text, warn), warn);
  const roots = (typeof parsed[0] === "string" ? [parsed] : parsed).map((root) => new ICAL.Component(root as string[]));
  const zones = new ZoneBook(roots, floating, warn);
  const groups = new Map<string, IcsEvent[]>();
  for (const component of roots.flatMap(eventsIn)) {
    const event = new IcsEvent(component, zones);
    const uid = event.text("uid") || `without uid ${groups.size}`;
    const group = groups.get(uid);
    if (group === undefined) groups.set(uid, [event]);
    else group.push(event);
  }
  if (groups.size === 0) warn("no VEVENT in the file");
  return [...groups.values()];
}

/** At any depth: calendars stand in calendars in some files. */
function eventsIn(component: ICAL.Component): readonly ICAL.Component[] {
  return component.name === "vevent" ? [component] : component.getAllSubcomponents().flatMap(eventsIn);
}

/** RFC 5545 section 3.3.11. */
function unescaped(text: string): string {
  return text.replace(/\\([\\;,nN])/g, (_, character: string) => (/n/i.test(character) ? "\n" : character));
}
