import { describe, expect, it } from "@jest/globals";
import fc from "fast-check";
import ICAL from "ical.js";
import { ianaZone, offsetAt, toInstant, toLocal, transitions } from "../../../src/lib/time-zones.js";
import { vtimezone } from "../../../src/graph/map/vtimezone.js";

const ZONES = [
  "Europe/Paris", "Europe/London", "Europe/Istanbul", "America/Martinique", "America/Guadeloupe", "America/Cayenne", "America/Miquelon", "America/New_York",
  "America/Nuuk", "America/Sao_Paulo", "Indian/Reunion", "Indian/Mayotte", "Pacific/Noumea", "Pacific/Tahiti", "Pacific/Marquesas", "Pacific/Wallis",
  "Australia/Sydney", "Africa/Casablanca", "Asia/Kathmandu", "America/Santiago",
];

describe("zone names", () => {
  it("maps Windows names, by territory where one name covers several", () => {
    expect(ianaZone("Romance Standard Time", "FR")).toBe("Europe/Paris");
    expect(ianaZone("SA Western Standard Time", "MQ")).toBe("America/Martinique");
    expect(ianaZone("Mauritius Standard Time", "RE")).toBe("Indian/Reunion");
    expect(ianaZone("W. Europe Standard Time", "FR")).toBe("Europe/Berlin");
    expect(ianaZone("Central Pacific Standard Time", "FR")).toBe("Pacific/Noumea");
    expect(ianaZone("Central Pacific Standard Time", "SB")).toBe("Pacific/Guadalcanal");
    expect(ianaZone("Pacific/Noumea")).toBe("Pacific/Noumea");
  });
  it("knows every spelling of UTC, and says when it knows nothing", () => {
    for (const name of ["UTC", "tzone://Microsoft/Utc", "Etc/UTC"]) expect(ianaZone(name)).toBe("UTC");
    for (const name of ["Customized Time Zone", "tzone://Microsoft/Custom", "", "Paris"]) expect(ianaZone(name)).toBeUndefined();
  });
});

describe("wall clock and instants", () => {
  it("goes there and back for any instant, but for the repeated hour", () => {
    fc.assert(fc.property(fc.constantFrom(...ZONES), fc.integer({ min: Date.UTC(1998, 0) / 1000, max: Date.UTC(2037, 0) / 1000 }), (zone, second) => {
      const back = toInstant(zone, toLocal(zone, second * 1000));
      expect(toLocal(zone, back)).toBe(toLocal(zone, second * 1000));
      expect(back).toBeLessThanOrEqual(second * 1000);
    }), { numRuns: 1_000 });
  });
  it("reads a time in the gap with the offset before, a repeated one as the first", () => {
    expect(toInstant("Europe/Paris", Date.UTC(2026, 2, 29, 2, 30))).toBe(Date.UTC(2026, 2, 29, 1, 30));
    expect(toInstant("Europe/Paris", Date.UTC(2026, 9, 25, 2, 30))).toBe(Date.UTC(2026, 9, 25, 0, 30));
  });
  it("finds Paris's changes of 2026 to the second", () => {
    const found = transitions("Europe/Paris", Date.UTC(2026, 0, 1), Date.UTC(2027, 0, 1)).map((turn) => turn.at);
    expect(found).toEqual([Date.UTC(2026, 2, 29, 1), Date.UTC(2026, 9, 25, 1)]);
  });
});

describe("VTIMEZONE", () => {
  it.each(ZONES)("%s gives the offsets of the tz database, read by another implementation", (name) => {
    const from = Date.UTC(2003, 5, 15);
    const component = vtimezone(name, from, Date.UTC(2038, 0, 1));
    const zone = new ICAL.Timezone({ component: ICAL.Component.fromString(component.toString()), tzid: name });
    // ical.js expands zones up to its own horizon; 2034 is within it.
    for (let instant = from; instant < Date.UTC(2034, 0, 1); instant += 53 * 3_600_000 + 60_000) {
      const local = new Date(toLocal(name, instant));
      const time = new ICAL.Time({ year: local.getUTCFullYear(), month: local.getUTCMonth() + 1, day: local.getUTCDate(), hour: local.getUTCHours(), minute: local.getUTCMinutes(), second: 0, isDate: false }, zone);
      // The repeated hour stands for two instants: RFC 5545 means the first, ical.js takes the second.
      if ([instant - 3_600_000, instant + 3_600_000].some((other) => toLocal(name, other) === local.getTime())) continue;
      if (zone.utcOffset(time) * 1000 !== offsetAt(name, instant)) throw new Error(`${name} ${new Date(instant).toISOString()} ${String(zone.utcOffset(time))} ${String(offsetAt(name, instant))}`);
    }
    expect(component.getFirstPropertyValue("tzid")).toBe(name);
  });
  it("has summer time for what begins after the years that are read off", () => {
    const paris = vtimezone("Europe/Paris", Date.UTC(2045, 5, 1), Date.UTC(2045, 5, 2));
    const summer = paris.getAllSubcomponents("daylight").map((half) => [String(half.getFirstPropertyValue("dtstart")).slice(0, 4), String(half.getFirstPropertyValue("rrule"))]);
    expect(summer).toEqual([["2029", "FREQ=YEARLY;BYMONTH=3;BYDAY=-1SU"]]);
  });
  it("writes a yearly rule for Paris and plain standard time for Réunion", () => {
    const paris = vtimezone("Europe/Paris", Date.UTC(2024, 3, 1), Date.UTC(2024, 3, 2), "Romance Standard Time").toString();
    expect(paris).toContain("RRULE:FREQ=YEARLY;BYMONTH=3;BYDAY=-1SU");
    expect(paris).toContain("X-O365-ORIGINAL-TZ:Romance Standard Time");
    const reunion = vtimezone("Indian/Reunion", Date.UTC(2024, 3, 1), Date.UTC(2038, 0, 1));
    expect(reunion.getAllSubcomponents("daylight")).toHaveLength(0);
    expect(reunion.getAllSubcomponents("standard")).toHaveLength(1);
  });
});
