import { existsSync } from "node:fs";
import path from "node:path";
import { beforeAll, describe, expect, it } from "@jest/globals";
import { Csdl, type Violation } from "../../../src/sandbox/check/csdl.js";
import { compare, emptyShape, learn, readSamples, routeOf, type Sample } from "../../../src/sandbox/check/samples.js";

const REFERENCE = path.join(process.env["EXODUS_SHARED"] ?? path.resolve("../shared"), "graph");
const present = existsSync(path.join(REFERENCE, "csdl-subset.full.json"));
const EVENT = "microsoft.graph.event";
const GOOD = {
  "@odata.etag": "W/\"1\"", id: "e1", subject: "S", isAllDay: false, importance: "high", reminderMinutesBeforeStart: 15, createdDateTime: "2026-01-01T00:00:00Z", categories: ["a"], body: { contentType: "html", content: "" },
  recurrence: { pattern: { type: "daily", interval: 1, month: 0, dayOfMonth: 0, daysOfWeek: [], firstDayOfWeek: "monday", index: "first" }, range: { type: "noEnd", startDate: "2026-01-01", endDate: "0001-01-01", numberOfOccurrences: 0, recurrenceTimeZone: "UTC" } },
  attachments: [{ "@odata.type": "#microsoft.graph.fileAttachment", id: "a", name: "n", isInline: false, size: 1, contentBytes: "aGVsbG8=" }],
};

if (!present && process.env["CI"] === "true") throw new ReferenceError(`missing: ${REFERENCE}`);

(present ? describe : describe.skip)(`planted violations (${present ? "" : "missing: "}${REFERENCE})`, () => {
  let csdl: Csdl;
  beforeAll(async () => {
    csdl = await Csdl.load(REFERENCE);
  });
  const judged = (entity: unknown): Violation[] => {
    const found: Violation[] = [];
    csdl.check(EVENT, entity, "", found);
    return found;
  };

  it("passes what is right", () => {
    expect(judged(GOOD)).toEqual([]);
  });

  it.each([
    ["a wrong type", { isAllDay: "false" }, "/isAllDay"],
    ["a fraction", { reminderMinutesBeforeStart: 1.5 }, "/reminderMinutesBeforeStart"],
    ["a number too large", { reminderMinutesBeforeStart: 2 ** 40 }, "/reminderMinutesBeforeStart"],
    ["a date without time", { createdDateTime: "2026-01-01" }, "/createdDateTime"],
    ["an unknown key", { couleur: "bleu" }, "/couleur"],
    ["an unknown member", { importance: "urgent" }, "/importance"],
    ["a null that is not allowed", { recurrence: { ...GOOD.recurrence, pattern: { ...GOOD.recurrence.pattern, interval: null } } }, "/recurrence/pattern/interval"],
    ["an unknown key in a complex type", { body: { contentType: "html", content: "", langue: "fr" } }, "/body/langue"],
    ["a value instead of a collection", { categories: "a" }, "/categories"],
    ["a foreign member in a collection", { categories: [1] }, "/categories[0]"],
    ["an abstract type without its real one", { attachments: [{ id: "a", name: "n", isInline: false, size: 1 }] }, "/attachments[0]"],
    ["a type that is none of the declared", { attachments: [{ "@odata.type": "#microsoft.graph.contact", id: "a" }] }, "/attachments[0]"],
    ["an entity without id", { id: undefined }, ""],
  ])("catches %s", (_, planted, where) => {
    expect(judged({ ...GOOD, ...planted }).map((violation) => violation.where)).toContain(where);
  });

  it.each([
    ["/users/:user/mailFolders/:folder/messages/delta", "microsoft.graph.message", true],
    ["/users/:user/events/:event/attachments", "microsoft.graph.attachment", true],
    ["/drives/:drive/items/:item/content", "Edm.Stream", false],
    ["/users/delta", "microsoft.graph.user", true],
  ])("knows what %s leads to", (pattern, type, many) => {
    expect(csdl.resolve(pattern)).toEqual({ type, many });
  });

  it("judges by the cloud: what only the global one has is a mistake elsewhere", async () => {
    const bleu = await Csdl.load(REFERENCE, "bleu");
    const found: Violation[] = [];
    bleu.check(EVENT, { ...GOOD, cancelledOccurrences: [] }, "", found);
    expect(found.map(({ where }) => where)).toEqual(["/cancelledOccurrences"]);
    expect(judged({ ...GOOD, cancelledOccurrences: [] })).toEqual([]);
    expect([bleu.absent("/users/:user/todo/lists"), csdl.absent("/users/:user/todo/lists"), bleu.absent("/users/:user/agendas")]).toEqual([true, false, false]);
    expect(bleu.lacking("microsoft.graph.mailFolder")).toEqual(["isHidden"]);
  });

  it("knows no path that the metadata lacks", () => {
    expect(csdl.resolve("/users/:user/agendas")).toBeUndefined();
  });

  it("finds a sample's route, and a difference of kind or envelope", async () => {
    const { samples } = await readSamples(path.join(REFERENCE, "samples"));
    const sample = samples.find(({ file }) => file === "user-list-calendars-1.json") as Sample;
    expect(routeOf(sample, ["/users/:user/calendars", "/users/:user/calendars/:calendar"])).toBe("/users/:user/calendars");
    const against = (body: unknown): Violation[] => {
      const [shape, found] = [emptyShape(), [] as Violation[]];
      learn(shape, body);
      compare(sample, shape, found);
      return found;
    };
    expect(against(sample.body)).toEqual([]);
    expect(against({ ...sample.body, value: [{ canEdit: "true", owner: "Zoé" }] })).toHaveLength(2);
    expect(against({ value: [] }).map(({ problem }) => problem)).toEqual([expect.stringContaining("@odata.context")]);
  });
});
