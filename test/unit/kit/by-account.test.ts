import { describe, expect, it } from "@jest/globals";
import { z } from "zod";
import { ByAccount, byAccount } from "../../../src/kit/by-account.js";

const [COMPOSED, TAKEN_APART] = ["Zoé@mairie.example".normalize("NFC"), "zoé@mairie.example".normalize("NFD")];

describe("what is named for accounts", () => {
  it("is found in letters of another case and in the other form of accents, and for nobody else", () => {
    const named = new ByAccount({ [COMPOSED]: 1, eaux: 2 });
    expect([COMPOSED, TAKEN_APART, "EAUX", "eau", "constructor", "__proto__"].map((account) => named.of(account))).toEqual([1, 1, 2, undefined, undefined, undefined]);
    expect(named.all).toEqual([1, 2]);
  });

  it("is refused by name where two spellings are one account", () => {
    const schema = byAccount(z.number());
    expect(schema.parse({ [COMPOSED]: 1, eaux: 2 })).toEqual({ [COMPOSED]: 1, eaux: 2 });
    expect(schema.safeParse({ [COMPOSED]: 1, eaux: 2, [TAKEN_APART]: 1 }).error?.issues.map(({ message }) => message))
      .toEqual([`"${COMPOSED}" and "${TAKEN_APART}" are one and the same: case and the form of accents do not matter`]);
    expect(schema.safeParse({ "": 1 }).success).toBe(false);
  });
});
