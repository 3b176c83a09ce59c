import { compareContent, type CompareRules, type FieldDifferences } from "../dav/compare-content.js";

const RULES: CompareRules = {
  // Servers may put their own product identifier and stamps on what they store (RFC 4791 section 5.3.4, RFC 5545 sections 3.7.3, 3.8.7.2).
  ignored: new Set(["PRODID", "DTSTAMP", "CALSCALE", "METHOD"]),
  // A server may replace the definition of a zone by its own of the same name (RFC 7809): TZID and local times are compared.
  ignoredComponents: new Set(["VTIMEZONE"]),
  // Set by scheduling servers (RFC 6638 section 7.3), and the default type spelled out.
  ignoredParams: new Set(["SCHEDULE-STATUS", "X-VOBJ-ORIGINAL-TZID"]),
  identity: ({ kind, lines }) => (kind === "VEVENT" || kind === "VTODO" || kind === "VJOURNAL" ? lines.find(({ name }) => name === "RECURRENCE-ID")?.value.trim() ?? "" : ""),
  lists: new Set(["CATEGORIES", "RESOURCES", "EXDATE", "RDATE"]),
};

/** Differences between what we sent and what the server stores, by meaning. */
export function compareEvents(expected: string, found: string): FieldDifferences {
  return compareContent(expected, found, RULES);
}
