import { describe, expect, it } from "@jest/globals";
import fc from "fast-check";
import { flagChange, wantedState } from "../../../src/kit/mail-state.js";
import { categoryKeyword, keywordCategory } from "../../../src/drivers/imap/keywords.js";
import type { MailRecord } from "../../../src/format/records.js";

const record = (state: Partial<MailRecord>): MailRecord => ({ v: 1, type: "mail", isRead: false, isDraft: false, flag: "none", importance: "normal", categories: [], hasAttachments: false, ...state });

describe("categories as keywords", () => {
  it.each([["Projet-1.2", "Projet-1.2"], ["Catégorie rouge", "Cat_c3_a9gorie_20rouge"], ["a_b", "a_5fb"], ["Junk", "_4aunk"], ["$Important", "_24Important"], ["\\Seen", "_5cSeen"]])("%j is %j", (category, keyword) => {
    expect(categoryKeyword(category)).toEqual({ keyword, cut: false });
  });

  it("are atoms of at most 50 characters, and come back unless cut", () => {
    fc.assert(fc.property(fc.string({ unit: "grapheme", minLength: 1, maxLength: 40 }), (category) => {
      const { keyword, cut } = categoryKeyword(category);
      expect(keyword).toMatch(/^[A-Za-z0-9._-]{1,50}$/);
      if (!cut) expect(keywordCategory(keyword)).toBe(category.toWellFormed());
    }), { numRuns: 1_000 });
  });
});

describe("wantedState", () => {
  it("maps state to flags", () => {
    expect(wantedState(record({ isRead: true, flag: "flagged", isDraft: true, importance: "high", categories: ["A"] }))).toMatchObject({ system: ["\\Seen", "\\Flagged", "\\Draft"], keywords: ["$Important", "A"], losses: [] });
    expect(wantedState(record({ flag: "complete", importance: "low" }))).toMatchObject({ system: [], keywords: ["Flag_complete"], losses: [{ reason: "mail.low-importance" }] });
  });

  it("keeps dates that a server can store and names the others", () => {
    expect(wantedState(record({ receivedAt: "2024-03-31T01:30:15.5Z" }))).toMatchObject({ internalDate: new Date("2024-03-31T01:30:15.5Z"), losses: [] });
    expect(wantedState(record({ receivedAt: "1601-01-01T00:00:00Z" }))).toMatchObject({ internalDate: new Date(1_000), losses: [{ reason: "mail.received-range" }] });
  });
});

describe("flagChange", () => {
  it("touches our flags only", () => {
    const wanted = wantedState(record({ isRead: true, categories: ["Nouveau"] }));
    const found = new Set(["\\Flagged", "\\Answered", "\\Recent", "$Forwarded", "NonJunk", "Ancien", "nouveau"]);
    expect(flagChange(wanted, found)).toEqual({ add: ["\\Seen"], remove: ["\\Flagged", "Ancien"] });
  });
});
