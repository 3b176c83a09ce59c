import { describe, expect, it } from "@jest/globals";
import type { ForeseenLoss } from "../../../src/core/item.js";
import { ForecastSums, outcomeOf, routesOf } from "../../../src/engine/forecast.js";
import type { AuditRow } from "../../../src/engine/report/model.js";
import { foreseeReading } from "../../../src/graph/foreseen.js";

const loss = (reason: string, sure: boolean, field = "name"): ForeseenLoss => ({ field, change: "dropped", side: "target", reason, sure });
const row = (more: Partial<AuditRow>): AuditRow => ({ ownerName: "zoe", workload: "files", target: "disk", support: "native", evidence: "live", containers: 1, forecast: [], blockers: [], ...more });

describe("forecasts added up", () => {
  it("count an item once a reason, whatever its fields, and a sure loss is not possible besides", () => {
    const sums = new ForecastSums();
    sums.add([loss("contact.vcard3", true, "ANNIVERSARY"), loss("contact.vcard3", true, "GENDER"), loss("contact.vcard3", false, "*")], 1);
    sums.add([loss("contact.vcard3", false, "*")], 1);
    expect(sums.rows()).toEqual([{ ...loss("contact.vcard3", true, "*"), items: 1 }, { ...loss("contact.vcard3", false, "*"), items: 1 }]);
  });

  it("tell no number where one part has none", () => {
    const rows = [row({ forecast: [{ ...loss("files.versions", false), items: 4 }] }), row({ ownerName: "paul", forecast: [loss("files.versions", false)] })];
    expect(routesOf(rows)).toEqual([{ workload: "files", target: "disk", forecast: [loss("files.versions", false)], leftOut: [] }]);
  });

  it("keep routes apart, and add up what is left out", () => {
    const rows = [row({ leftOut: [{ code: "FOLDER_PERMISSIONS", items: 2 }] }), row({ ownerName: "paul", leftOut: [{ code: "FOLDER_PERMISSIONS", items: 3 }] }), row({ target: "other" })];
    expect(routesOf(rows).map(({ target, leftOut }) => [target, leftOut])).toEqual([["disk", [{ code: "FOLDER_PERMISSIONS", items: 5 }]], ["other", []]]);
  });

  it("an item over the limit, or left out by rule, loses nothing: it does not arrive", () => {
    const told = { losses: [loss("files.versions", true)] };
    expect(outcomeOf(told, 10, 10)).toEqual(told);
    expect(outcomeOf(told, 11, 10)).toEqual({ losses: [], skipped: "ITEM_TOO_LARGE" });
    expect(outcomeOf({ ...told, skipped: "FOLDER_PERMISSIONS" }, 11, 10)).toEqual({ losses: [], skipped: "FOLDER_PERMISSIONS" });
  });
});

describe("what reading costs", () => {
  it("mail of a group is rebuilt for sure, that of a person perhaps", () => {
    expect(foreseeReading("mail", { kind: "group" })).toContainEqual({ field: "body", change: "approximated", side: "source", reason: "mail.group-post", sure: true });
    expect(foreseeReading("mail", { kind: "user" }).filter(({ reason }) => reason === "mail.group-post")).toEqual([]);
    expect(foreseeReading("mail", { kind: "user" })).toContainEqual(expect.objectContaining({ reason: "mail.rebuilt", sure: false }));
  });
});
