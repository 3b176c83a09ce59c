import { compareContent, type CompareRules, type FieldDifferences } from "../dav/compare-content.js";

const RULES: CompareRules = {
  ignored: new Set(["PRODID", "REV", "VERSION"]),
  ignoredParams: new Set(["VALUE", "CHARSET"]),
  identity: () => "",
  lists: new Set(["CATEGORIES", "NICKNAME"]),
};

/** Differences between what we sent and what the server stores, by meaning. */
export function compareCards(expected: string, found: string): FieldDifferences {
  return compareContent(expected, found, RULES);
}
