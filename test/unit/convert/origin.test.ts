import { describe, expect, it } from "@jest/globals";
import fc from "fast-check";
import { MESSAGE_FORMS, renderMessage } from "../../../src/convert/message/message.js";
import { markIn, markOf, originLine, originLosses, titleOf } from "../../../src/convert/message/origin.js";
import { LOSSES } from "../../../src/core/losses.js";
import type { ChatMessageRecord } from "../../../src/format/records.js";

const MARK = "o365-abcdefghijklmnop";
const ZONES = ["Europe/Paris", "Indian/Reunion", "Pacific/Marquesas", "America/St_Johns", "UTC", "Asia/Kathmandu"];
const record = (over: Partial<ChatMessageRecord> = {}): ChatMessageRecord => ({
  v: 1, type: "chat-message", messageId: "1", kind: "message", author: { kind: "user", name: "Jean Martin" }, createdAt: "2025-03-03T13:05:59Z", importance: "normal", format: "html", mentions: [], reactions: [], attachments: [], hosted: [], ...over,
});
const line = (over: Partial<ChatMessageRecord>, lang: "en" | "fr", zone = "Europe/Paris", mark?: string): string => originLine(record(over), { lang, zone, from: "Microsoft Teams", ...(mark === undefined ? {} : { mark }) });

/** The instant, to the minute, that a line tells. */
function toldIn(text: string): number {
  const months = "janvier février mars avril mai juin juillet août septembre octobre novembre décembre".split(" ");
  const [, day = "", month = "", year = "", hour = "", minute = "", sign = "", hours = "0", minutes = "0"] = /le (\d+)(?:er)? (\S+) (\d{4}) à (\d\d):(\d\d) UTC(?:([+-])(\d+)(?::(\d\d))?)? \(/.exec(text) ?? [];
  return Date.UTC(Number(year), months.indexOf(month), Number(day), Number(hour), Number(minute)) - (sign === "-" ? -1 : 1) * (Number(hours) * 60 + Number(minutes)) * 60_000;
}

describe("the line that tells author and date", () => {
  it("is told in French and English", () => {
    expect(line({}, "fr")).toBe("Message d'origine : Jean Martin, le 3 mars 2025 à 14:05 UTC+1 (Microsoft Teams)");
    expect(line({}, "en")).toBe("Original message: Jean Martin, on 3 March 2025 at 14:05 UTC+1 (Microsoft Teams)");
    expect(line({}, "fr", "Europe/Paris", MARK)).toBe(`Message d'origine : Jean Martin, le 3 mars 2025 à 14:05 UTC+1 (Microsoft Teams, réf. ${MARK})`);
    expect(line({ createdAt: "2025-08-01T00:00:00Z" }, "fr", "Indian/Reunion")).toBe("Message d'origine : Jean Martin, le 1er août 2025 à 04:00 UTC+4 (Microsoft Teams)");
  });

  it("tells the two hours that autumn shows alike apart", () => {
    expect(line({ createdAt: "2025-10-26T00:30:00Z" }, "fr")).toContain("26 octobre 2025 à 02:30 UTC+2");
    expect(line({ createdAt: "2025-10-26T01:30:00Z" }, "fr")).toContain("26 octobre 2025 à 02:30 UTC+1");
  });

  it("names somebody by the address, or nobody", () => {
    expect(line({ author: { kind: "user", address: "zoe@mairie.example" } }, "fr")).toContain(" : zoe@mairie.example, le");
    expect(line({ author: { kind: "unknown", name: " \n" } }, "fr")).toContain(" : auteur inconnu, le");
    expect(originLine({ createdAt: "2025-03-03T13:05:59Z" }, { lang: "en", zone: "UTC", from: "Teams" })).toBe("Original message: unknown author, on 3 March 2025 at 13:05 UTC (Teams)");
  });

  it("is one line that tells the very minute, whatever the zone and the name", () => {
    const instant = fc.integer({ min: Date.UTC(2010, 0), max: Date.UTC(2040, 0) });
    fc.assert(fc.property(instant, fc.constantFrom(...ZONES), fc.string({ unit: "binary" }), (at, zone, name) => {
      const text = line({ createdAt: new Date(at).toISOString(), author: { kind: "user", name } }, "fr", zone, MARK);
      expect(toldIn(text.slice(text.lastIndexOf(", le ")))).toBe(Math.floor(at / 60_000) * 60_000);
      expect(text).not.toMatch(/[\n\r\u2028]/);
      expect(markIn(text)).toBe(MARK);
    }), { numRuns: 1000 });
  });
});

describe("the mark", () => {
  it("is the item's own, in every run", () => {
    const id = { workload: "channels" as const, id: "a/1/2" };
    expect(markOf(id)).toMatch(/^o365-[a-z2-7]{16}$/);
    expect(markOf({ ...id })).toBe(markOf(id));
    expect(new Set([markOf(id), markOf({ ...id, workload: "chats" }), markOf({ ...id, id: "a/1/3" })]).size).toBe(3);
    expect(markOf(id)).toBe("o365-ah7kt3touyqlzy4j");
  });

  it("is found in every form, before any that somebody wrote into the name or the text", () => {
    const other = "o365-zzzzzzzzzzzzzzzz";
    const words = fc.array(fc.oneof(fc.constantFrom(other, "<b>", "</p>", "*", "_", "[", "<!--", "&amp;", "\n"), fc.string({ unit: "binary", maxLength: 6 })), { maxLength: 6 }).map((pieces) => pieces.join(""));
    fc.assert(fc.property(words, words, fc.option(words, { nil: undefined }), fc.constantFrom(...MESSAGE_FORMS), fc.uuid(), (name, body, subject, form, id) => {
      const mark = markOf({ workload: "channels", id });
      const told = record({ author: { kind: "user", name }, ...(subject === undefined ? {} : { subject }) });
      const { text } = renderMessage(told, body, form, { lang: "fr", origin: { zone: "Europe/Paris", from: "Microsoft Teams", mark } });
      expect(markIn(text)).toBe(mark);
    }), { numRuns: 1000 });
    expect(markIn("o365-short, xo365-zzzzzzzzzzzzzzzz")).toBeUndefined();
  });
});

describe("a heading", () => {
  it("is the subject, else the first words, else whose message it is", () => {
    expect(titleOf(record({ subject: "Budget\n2025" }), "texte", "fr", 80)).toBe("Budget 2025");
    expect(titleOf(record(), "\n  \nBonjour à tous\nsuite", "fr", 80)).toBe("Bonjour à tous");
    expect(titleOf(record(), " ", "fr", 80)).toBe("Message de Jean Martin");
    expect(titleOf(record({ author: undefined }), "", "en", 80)).toBe("Message from unknown author");
  });

  it("is never empty, never longer than asked, and cuts no character", () => {
    fc.assert(fc.property(fc.string({ unit: "binary" }), fc.integer({ min: 2, max: 40 }), (text, max) => {
      const title = titleOf(record(), text, "fr", max);
      expect([...title].length).toBeGreaterThan(0);
      expect([...title].length).toBeLessThanOrEqual(max);
      expect(title.isWellFormed()).toBe(true);
      expect(title).not.toContain("\n");
    }), { numRuns: 1000 });
  });
});

it("names losses that are listed", () => {
  expect(originLosses().map(({ reason }) => Object.hasOwn(LOSSES, reason))).toEqual([true, true]);
});
