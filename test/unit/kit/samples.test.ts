import { describe, expect, it } from "@jest/globals";
import ICAL from "ical.js";
import { MemoryBlobs } from "../../../src/kit/conformance/harness.js";
import { calendarSamples } from "../../../src/kit/conformance/sample-calendar.js";
import { contactSamples } from "../../../src/kit/conformance/sample-contacts.js";
import { mailSamples } from "../../../src/kit/conformance/sample-mail.js";
import type { Item } from "../../../src/core/item.js";
import { NeutralRecord } from "../../../src/format/records.js";
import { WORKLOADS } from "../../../src/core/item.js";
import { samplesOf } from "../../../src/kit/conformance/samples.js";

const blobs = new MemoryBlobs();
const text = (item: Item): string => (item.body === undefined ? "" : Buffer.from(blobs.read(item.body)).toString("utf8"));

describe("samples", () => {
  it.each(WORKLOADS.slice(0, 4))("of %s have valid records and ids of their own", (workload) => {
    const samples = samplesOf(workload, blobs);
    const items = [samples.plain(1), samples.plain(2), samples.twin(samples.plain(3)), samples.sized(1_000), ...samples.rich().map(({ item }) => item)];
    for (const { record } of items) expect(NeutralRecord.safeParse(record).success).toBe(true);
    expect(new Set(items.map(({ key }) => key.id)).size).toBe(items.length);
    const item = samples.plain(4);
    expect(samples.changed(item)).toMatchObject({ key: item.key });
    expect(samples.changed(item).digest).not.toBe(item.digest);
  });

  it("are calendars that a parser reads, with an exception and a time zone", () => {
    for (const { item } of calendarSamples(blobs).rich()) {
      const calendar = new ICAL.Component(ICAL.parse(text(item)) as unknown[]);
      expect(calendar.getAllSubcomponents("vevent").length).toBeGreaterThan(0);
    }
    expect(text(calendarSamples(blobs).rich()[0]?.item ?? calendarSamples(blobs).plain(1))).toMatch(/RECURRENCE-ID[^]*TZID:Europe|TZID:Europe[^]*RECURRENCE-ID/);
  });

  it("are cards that a parser reads, and lines of at most 75 octets", () => {
    for (const item of [...contactSamples(blobs).rich().map((rich) => rich.item), contactSamples(blobs).sized(5_000)]) {
      expect(new ICAL.Component(ICAL.parse(text(item)) as unknown[]).getFirstPropertyValue("version")).toBe("4.0");
    }
    const longest = Math.max(...text(contactSamples(blobs).sized(5_000)).split("\r\n").map((line) => Buffer.byteLength(line)));
    expect(longest).toBeLessThanOrEqual(75);
  });

  it("are messages of the size asked for", () => {
    expect(mailSamples(blobs).sized(12_345).body?.size).toBe(12_345);
  });
});
